//! The values of structured arguments of commands that no model describes:
//! their schemas as constants, compiled as a model when one is given, so that
//! shorthand, JSON and validation are those of operations.
// Parity: awscli/schema.py, SchemaTransformer.

use awl_model::{Member, Store};
use awl_value::{Map, Value, json};

use super::table::Argument;
use super::{Files, Place, Unpacked, added, unpack};
use crate::error::CommandError;

/// What a value is.
#[derive(Debug)]
pub(crate) enum Schema {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A whole number that may be large.
    Long,
    /// A number.
    Double,
    /// True or false.
    Boolean,
    /// A list.
    List(&'static Self),
    /// Names that are the user's.
    Map(&'static Self),
    /// Names that are known.
    Structure(&'static [Field]),
}

/// A member of a structure.
#[derive(Debug)]
pub(crate) struct Field {
    name: &'static str,
    schema: &'static Schema,
    required: bool,
}

impl Field {
    /// A member that may be left out.
    pub(crate) const fn new(name: &'static str, schema: &'static Schema) -> Self {
        Self {
            name,
            schema,
            required: false,
        }
    }

    /// A member that must be there.
    pub(crate) const fn required(name: &'static str, schema: &'static Schema) -> Self {
        Self {
            required: true,
            ..Self::new(name, schema)
        }
    }
}

impl Schema {
    /// The value that an argument's words come to.
    ///
    /// # Errors
    /// Words that cannot be parsed, and values that the schema does not allow.
    pub(crate) fn value(
        &'static self,
        name: &str,
        words: &[&str],
        files: Files<'_>,
    ) -> Result<Value, CommandError> {
        let member = self.member()?;
        let argument = Argument::of_custom(name.trim_start_matches('-'), member);
        let place = Place {
            service: "custom",
            operation: "",
        };
        let Unpacked::Value(value) = unpack(&argument, member, words, place, files)? else {
            return Err(CommandError::general("No argument here is a body."));
        };
        awl_sdk::validate::validate_value(&value, member)
            .map_err(|error| CommandError::validation(error.to_string()))?;
        Ok(value)
    }

    /// The schema as the member of a model.
    fn member(&self) -> Result<Member, CommandError> {
        let mut shapes = Map::new();
        let shape = self.add_to(&mut shapes);
        shapes.push("Arguments", structure([("Value", shape)], &[]));
        let input = [("shape", "Arguments".into())];
        let model = added::map([
            (
                "metadata",
                added::map([
                    ("apiVersion", "1".into()),
                    ("endpointPrefix", "custom".into()),
                    ("protocol", "json".into()),
                    ("serviceId", "custom".into()),
                ]),
            ),
            (
                "operations",
                added::map([(
                    "Run",
                    added::map([
                        ("name", "Run".into()),
                        ("input", added::map(input)),
                        (
                            "http",
                            added::map([("method", "POST".into()), ("requestUri", "/".into())]),
                        ),
                    ]),
                )]),
            ),
            ("shapes", Value::Map(shapes)),
        ]);
        let mut text = String::new();
        json::write(&model, json::Style::PRETTY, &mut text);
        let files = [("custom/1/service-2.json".to_owned(), text.into_bytes())];
        let member = || {
            let bytes = awl_model_compiler::compile(&files.into()).ok()?;
            // Models are read in place as long as the program runs.
            let store = Store::open(bytes.leak()).ok()?;
            let operation = store.service("custom")?.operation("Run")?;
            operation.input()?.member("Value")
        };
        member().ok_or_else(|| CommandError::general("An argument's schema is broken."))
    }

    /// Adds its shapes and says what its own is called.
    fn add_to(&self, shapes: &mut Map) -> String {
        let shape = match self {
            Self::String => scalar("string"),
            Self::Integer => scalar("integer"),
            Self::Long => scalar("long"),
            Self::Double => scalar("double"),
            Self::Boolean => scalar("boolean"),
            Self::List(item) => added::map([
                ("type", "list".into()),
                ("member", reference(item.add_to(shapes))),
            ]),
            Self::Map(value) => added::map([
                ("type", "map".into()),
                ("key", reference(Self::String.add_to(shapes))),
                ("value", reference(value.add_to(shapes))),
            ]),
            Self::Structure(fields) => {
                let required: Vec<&str> = fields
                    .iter()
                    .filter(|field| field.required)
                    .map(|field| field.name)
                    .collect();
                let members: Vec<(&'static str, String)> = fields
                    .iter()
                    .map(|field| (field.name, field.schema.add_to(shapes)))
                    .collect();
                structure(members, &required)
            }
        };
        let name = format!("Shape{}", shapes.len());
        shapes.push(name.clone(), shape);
        name
    }
}

fn scalar(kind: &str) -> Value {
    added::map([("type", kind.into())])
}

fn reference(shape: String) -> Value {
    added::map([("shape", shape.into())])
}

fn structure(
    members: impl IntoIterator<Item = (&'static str, String)>,
    required: &[&str],
) -> Value {
    let mut map = Map::new();
    for (name, shape) in members {
        map.push(name, reference(shape));
    }
    let required = required.iter().map(|name| Value::from(*name)).collect();
    added::map([
        ("type", "structure".into()),
        ("members", Value::Map(map)),
        ("required", Value::List(required)),
    ])
}
