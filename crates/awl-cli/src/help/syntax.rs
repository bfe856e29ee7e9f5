//! How the value of an argument is written: in shorthand, and in JSON.
// Parity: awscli/argprocess.py, ParamShorthandDocGen; awscli/clidocs.py,
// OperationDocumentEventHandler._json_example.

use awl_model::{Member, Shape, ShapeKind};

use super::script::{Form, Script};

/// Lists of structures with one member, whose items may be written as the
/// member's values: service, operation, argument.
static OLD_LISTS: &[(&str, &str, &str)] = &[
    ("firehose", "put-record-batch", "records"),
    (
        "workspaces",
        "reboot-workspaces",
        "reboot-workspace-requests",
    ),
    (
        "workspaces",
        "rebuild-workspaces",
        "rebuild-workspace-requests",
    ),
    (
        "workspaces",
        "terminate-workspaces",
        "terminate-workspace-requests",
    ),
    ("elb", "remove-tags", "tags"),
    ("elb", "describe-instance-health", "instances"),
    (
        "elb",
        "deregister-instances-from-load-balancer",
        "instances",
    ),
    ("elb", "register-instances-with-load-balancer", "instances"),
];

/// An example of shorthand stops where it nests deeper.
const MAX_NESTING: usize = 3;

/// What says how a value is written in shorthand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shorthand {
    /// There is none, or it would be too complex.
    None,
    /// Neither is any other form to be shown.
    Nothing,
    /// An example.
    Example(String),
}

/// Whether a shape is no structure, list or map.
pub(crate) fn is_scalar(shape: Shape) -> bool {
    !matches!(
        shape.kind(),
        ShapeKind::Structure | ShapeKind::List | ShapeKind::Map
    )
}

/// The example of the shorthand for the argument `name` of an operation.
/// A hidden member is passed over.
pub(crate) fn shorthand(
    service: &str,
    operation: &str,
    name: &str,
    shape: Shape,
    hidden: Option<(usize, &'static str)>,
) -> Shorthand {
    if !has_shorthand(shape) {
        return Shorthand::None;
    }
    let inside = shape.list_member().map(Member::shape);
    if let Some(inside) = inside
        && OLD_LISTS.contains(&(service, operation, name))
        && let Some(member) = only_member(inside)
    {
        let name = format!("--{name}");
        let member = member.name();
        let traits = shape.traits();
        let is_one = ["min", "max"]
            .iter()
            .all(|key| traits.get(key).as_int() == Some(1));
        return Shorthand::Example(if is_one {
            format!("{name} {member}1")
        } else {
            format!("{name} {member}1 {member}2 {member}3")
        });
    }
    let is_value =
        |member: &Member| member.name() == "Value" && member.shape().kind() == ShapeKind::String;
    if only_member(shape).as_ref().is_some_and(is_value) {
        return Shorthand::Nothing;
    }
    let mut writer = ShorthandWriter {
        stack: Vec::new(),
        is_too_complex: false,
        hidden,
    };
    let text = match inside {
        Some(inside) => format!("{} ...", writer.shape(inside)),
        None => writer.shape(shape),
    };
    if writer.is_too_complex || text.is_empty() {
        Shorthand::None
    } else {
        Shorthand::Example(text)
    }
}

fn only_member(shape: Shape) -> Option<Member> {
    let mut members = shape.members();
    members.next().filter(|_| members.next().is_none())
}

fn has_shorthand(shape: Shape) -> bool {
    if is_document_container(shape) {
        return false;
    }
    match shape.list_member() {
        Some(member) => !is_scalar(member.shape()),
        None => !is_scalar(shape),
    }
}

/// Whether it is a document, or lists and maps of documents.
fn is_document_container(shape: Shape) -> bool {
    let mut shape = shape;
    for _ in 0..MAX_NESTING {
        if shape.is_document() {
            return true;
        }
        match shape.list_member().or_else(|| shape.map_value()) {
            Some(inside) => shape = inside.shape(),
            None => return false,
        }
    }
    false
}

struct ShorthandWriter {
    /// The shapes around, by number.
    stack: Vec<usize>,
    is_too_complex: bool,
    /// A member that is passed over: its structure and its name.
    hidden: Option<(usize, &'static str)>,
}

impl ShorthandWriter {
    fn shape(&mut self, shape: Shape) -> String {
        if self.stack.len() > MAX_NESTING {
            self.is_too_complex = true;
        }
        if self.is_too_complex {
            return String::new();
        }
        match shape.kind() {
            ShapeKind::Structure => self.structure(shape),
            ShapeKind::List => self.list(shape),
            ShapeKind::Map => self.map(shape),
            kind => kind.name().to_owned(),
        }
    }

    fn inside(&mut self, shape: Shape) -> String {
        self.stack.push(shape.number());
        let text = self.shape(shape);
        self.stack.pop();
        text
    }

    fn structure(&mut self, shape: Shape) -> String {
        let mut parts = Vec::new();
        for member in shape.members() {
            let inside = member.shape();
            if is_document_container(inside) || self.hidden == Some((shape.number(), member.name()))
            {
                continue;
            }
            parts.push(if self.stack.contains(&inside.number()) {
                "( ... recursive ... )".to_owned()
            } else {
                format!("{}={}", member.name(), self.inside(inside))
            });
            if self.is_too_complex {
                return String::new();
            }
        }
        let parts = parts.join(",");
        if self.stack.is_empty() {
            parts
        } else {
            format!("{{{parts}}}")
        }
    }

    fn list(&mut self, shape: Shape) -> String {
        let Some(item) = shape.list_member().map(Member::shape) else {
            return String::new();
        };
        let text = self.inside(item);
        if !is_scalar(item) || self.stack.len() > 1 {
            format!("[{text},{text}]")
        } else {
            format!("{text},{text}")
        }
    }

    fn map(&mut self, shape: Shape) -> String {
        let (Some(key), Some(value)) = (shape.map_key(), shape.map_value()) else {
            return String::new();
        };
        let value = self.inside(value.shape());
        let mut text = format!("KeyName1={value},KeyName2={value}");
        let mut keys = key.shape().enum_values().peekable();
        if !self.stack.is_empty() {
            return format!("{{{text}}}");
        }
        if keys.peek().is_some() {
            text.push_str("\n\nWhere valid key names are:\n");
            for key in keys {
                text.push_str(&format!("  {key}\n"));
            }
        }
        text
    }
}

/// What stands for a scalar in an example; an enumeration may be spelled out.
pub(crate) fn scalar(shape: Shape, with_choices: bool) -> String {
    match shape.kind() {
        ShapeKind::String => {
            let choices: Vec<String> = shape
                .enum_values()
                .filter(|_| with_choices)
                .map(|choice| format!("\"{choice}\""))
                .collect();
            if choices.is_empty() {
                "\"string\"".to_owned()
            } else {
                choices.join("|")
            }
        }
        ShapeKind::Boolean => "true|false".to_owned(),
        kind => kind.name().to_owned(),
    }
}

/// Writes an example of a shape's JSON.
pub(crate) fn json(script: &mut Script, shape: Shape, stack: &mut Vec<usize>) {
    let number = shape.number();
    let times = stack.iter().filter(|other| **other == number).count();
    if times > 1 {
        if shape.kind() == ShapeKind::Structure {
            script.write("{ ... recursive ... }");
        }
        return;
    }
    if shape.kind() == ShapeKind::Structure && !script.describes(Form::Json, number) {
        script.write("{ ... as above ... }");
        return;
    }
    stack.push(number);
    match shape.kind() {
        ShapeKind::List => json_list(script, shape, stack),
        ShapeKind::Map => json_map(script, shape, stack),
        ShapeKind::Structure if shape.is_document() => script.write("{...}"),
        ShapeKind::Structure => {
            script.write("{");
            script.indent();
            script.new_line();
            let members: Vec<Member> = shape
                .members()
                .filter(|member| !script.hides(number, member.name()))
                .collect();
            for (index, member) in members.iter().enumerate() {
                script.write(&format!("\"{}\": ", member.name()));
                json_value(script, member.shape(), stack);
                if index + 1 < members.len() {
                    script.write(",");
                    script.new_line();
                }
            }
            script.dedent();
            script.new_line();
            script.write("}");
        }
        _ => {}
    }
    stack.pop();
}

fn json_value(script: &mut Script, shape: Shape, stack: &mut Vec<usize>) {
    if is_scalar(shape) {
        script.write(&scalar(shape, true));
    } else {
        json(script, shape, stack);
    }
}

fn json_list(script: &mut Script, shape: Shape, stack: &mut Vec<usize>) {
    let Some(item) = shape.list_member().map(Member::shape) else {
        return;
    };
    script.write("[");
    if is_scalar(item) {
        script.write(&format!("{}, ...", scalar(item, true)));
    } else {
        script.indent();
        script.new_line();
        json(script, item, stack);
        script.new_line();
        script.write("...");
        script.dedent();
        script.new_line();
    }
    script.write("]");
}

fn json_map(script: &mut Script, shape: Shape, stack: &mut Vec<usize>) {
    let (Some(key), Some(value)) = (shape.map_key(), shape.map_value()) else {
        return;
    };
    script.write("{");
    script.indent();
    script.write(&format!("{}: ", scalar(key.shape(), true)));
    if is_scalar(value.shape()) {
        script.write(&scalar(value.shape(), true));
    } else {
        script.indent();
        json(script, value.shape(), stack);
        script.dedent();
    }
    script.new_line();
    script.write("...");
    script.dedent();
    script.write("}");
}
