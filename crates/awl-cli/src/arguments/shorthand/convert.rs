//! What the model makes of parsed shorthand: numbers and booleans out of text,
//! lists out of single values.
// Parity: awscli/shorthand.py, BackCompatVisitor.

use awl_model::{Shape, ShapeKind};
use awl_value::Value;

use super::Error;
use crate::python;

/// Makes `value` what `shape` asks for, where it can.
pub(super) fn convert(shape: Shape, value: &mut Value) -> Result<(), Error> {
    visit(shape, value).map_err(|fault| match fault {
        Fault::Document => Error::Python(String::new()),
        Fault::Error(error) => error,
    })
}

enum Fault {
    /// A document, which the structure around it is to report by its name.
    Document,
    Error(Error),
}

fn visit(shape: Shape, value: &mut Value) -> Result<(), Fault> {
    match shape.kind() {
        ShapeKind::Structure => {
            if shape.is_document() && !value.is_null() {
                return Err(Fault::Document);
            }
            let Value::Map(map) = value else {
                return Ok(());
            };
            for member in shape.members() {
                let Some(inner) = map.get_mut(member.name()) else {
                    continue;
                };
                visit(member.shape(), inner).map_err(|fault| match fault {
                    Fault::Document => Fault::Error(Error::Syntax(format!(
                        "Shorthand syntax does not support document types. Use JSON input for \
                         top-level argument to specify nested parameter: {}",
                        member.name()
                    ))),
                    fault => fault,
                })?;
            }
        }
        ShapeKind::List => match value {
            Value::List(items) => {
                if let Some(item) = shape.list_member() {
                    for value in items {
                        visit(item.shape(), value)?;
                    }
                }
            }
            Value::Null => {}
            single => *single = Value::List(vec![std::mem::take(single)]),
        },
        ShapeKind::Map => {
            if let (Value::Map(map), Some(inner)) = (value, shape.map_value()) {
                for (_, value) in map.iter_mut() {
                    visit(inner.shape(), value)?;
                }
            }
        }
        kind => {
            convert_scalar(kind, value).map_err(|message| Fault::Error(Error::Python(message)))?
        }
    }
    Ok(())
}

fn convert_scalar(kind: ShapeKind, value: &mut Value) -> Result<(), String> {
    if value.is_null() {
        return Ok(());
    }
    match kind {
        ShapeKind::Integer | ShapeKind::Long => *value = python::int_of(value)?,
        ShapeKind::Float | ShapeKind::Double => *value = python::float_of(value)?,
        ShapeKind::Boolean => match value {
            Value::String(text) if text.eq_ignore_ascii_case("true") => *value = Value::Bool(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => {
                *value = Value::Bool(false);
            }
            Value::String(_) => {}
            other => {
                return Err(format!(
                    "'{}' object has no attribute 'lower'",
                    python::type_name(other)
                ));
            }
        },
        _ => {}
    }
    Ok(())
}
