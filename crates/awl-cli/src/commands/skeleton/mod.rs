//! `--generate-cli-skeleton`: a sample of an operation's parameters or of its
//! answer, printed in place of calling it.
// Parity: awscli/customizations/generatecliskeleton.py; botocore/utils.py,
// ArgumentGenerator.

mod yaml;

use awl_model::{Shape, ShapeKind};
use awl_sdk::transport::RequestBody;
use awl_sdk::validate::validate;
use awl_value::{Map, Value, json};

use super::Invocation;
use super::call;
use super::operation::Call;
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output;

/// Which sample is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skeleton {
    /// Of the parameters, in JSON.
    Input,
    /// Of the parameters, in YAML with comments.
    YamlInput,
    /// Of the answer, as if it had come.
    Output,
}

/// Prints the sample.
pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    call: Call,
    form: Skeleton,
) -> Result<(), CommandError> {
    let input = call.operation.input();
    match form {
        Skeleton::Input => {
            let sample = input.map_or_else(
                || Value::Map(Map::new()),
                |shape| sample(shape, false, MOMENT),
            );
            let mut text = String::new();
            json::write(&sample, json::Style::PRETTY, &mut text);
            text.push('\n');
            invocation.ui.write_out(&text);
            Ok(())
        }
        Skeleton::YamlInput => {
            let text = yaml::write(input);
            invocation.ui.write_out(&text);
            Ok(())
        }
        Skeleton::Output => print_output(invocation, globals, call),
    }
}

/// Checks the parameters as the call would, and prints an answer that none
/// gave.
fn print_output(
    invocation: &mut Invocation,
    globals: &Globals,
    mut call: Call,
) -> Result<(), CommandError> {
    let config = call::load_config(invocation, globals)?;
    let client = call::client(invocation, &config, &mut call)?;
    let body = call.body.take().map(|body| {
        let length = body.file.metadata().map_or(0, |metadata| metadata.len());
        RequestBody::file(body.path, 0, length)
    });
    let request = awl_sdk::Call {
        body,
        ..awl_sdk::Call::new(call.operation, std::mem::take(&mut call.parameters))
    };
    let printer = output::Printer::new(&config, globals, call.operation.name())?;
    let moment = if printer.writes_words() {
        MOMENT_IN_WORDS
    } else {
        MOMENT
    };
    let mut answer = match call.operation.output() {
        Some(shape) => match sample(shape, true, moment) {
            Value::Map(answer) => {
                // The sample has to be an answer, which not all are.
                validate(&answer, shape, None).map_err(awl_sdk::Error::from)?;
                answer
            }
            _ => Map::new(),
        },
        None => Map::new(),
    };
    call::until_interrupted(async {
        client.prepare(&request).await?;
        Ok(())
    })?;
    call::change_answer(&call, &mut answer, &*invocation.host)?;
    printer.print(&mut invocation.ui, &*invocation.host, Value::Map(answer))
}

/// A sample of an answer.
#[cfg(feature = "prompt")]
pub(crate) fn sample_of_output(shape: Shape) -> Value {
    sample(shape, true, MOMENT)
}

/// The time of a sample as JSON has it, and as Python's `str` does.
const MOMENT: &str = "1970-01-01T00:00:00";
const MOMENT_IN_WORDS: &str = "1970-01-01 00:00:00";

/// A sample of a shape: every member once, texts empty or `named` as their
/// members, times written as `moment`.
fn sample(shape: Shape, named: bool, moment: &'static str) -> Value {
    Sampler {
        named,
        moment,
        stack: Vec::new(),
    }
    .sample(shape, "")
}

struct Sampler {
    named: bool,
    moment: &'static str,
    /// The shapes around the one that is being sampled.
    stack: Vec<Shape>,
}

impl Sampler {
    fn sample(&mut self, shape: Shape, name: &str) -> Value {
        self.stack.push(shape);
        let value = match shape.kind() {
            ShapeKind::Structure => {
                let mut map = Map::new();
                if !recurs(&self.stack, shape) {
                    for member in shape.members() {
                        map.push(member.name(), self.sample(member.shape(), member.name()));
                    }
                }
                Value::Map(map)
            }
            ShapeKind::List => {
                let item = shape.list_member().map(|item| {
                    let name = if self.named { item.shape().name() } else { "" };
                    self.sample(item.shape(), name)
                });
                Value::List(item.into_iter().collect())
            }
            ShapeKind::Map => {
                let mut map = Map::new();
                if let Some(value) = shape.map_value() {
                    map.push("KeyName", self.sample(value.shape(), ""));
                }
                Value::Map(map)
            }
            ShapeKind::Timestamp => Value::from(self.moment),
            kind => scalar(shape, kind, if self.named { Some(name) } else { None }),
        };
        self.stack.pop();
        value
    }
}

/// Whether a shape stands in itself, so that its sample would have no end.
fn recurs(stack: &[Shape], shape: Shape) -> bool {
    let same = |other: &&Shape| other.name() == shape.name();
    stack.iter().filter(same).count() > 1
}

fn scalar(shape: Shape, kind: ShapeKind, name: Option<&str>) -> Value {
    match kind {
        ShapeKind::String => Value::from(match name {
            Some(name) => name,
            None => shape.enum_values().next().unwrap_or_default(),
        }),
        ShapeKind::Integer | ShapeKind::Long => Value::Int(0),
        ShapeKind::Float | ShapeKind::Double => Value::Float(0.0),
        ShapeKind::Boolean => Value::Bool(true),
        _ => Value::Null,
    }
}
