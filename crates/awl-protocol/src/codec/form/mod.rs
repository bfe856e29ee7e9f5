//! Forms: the flat names and values that query protocols send, written from
//! parameters and read back into them.

mod reader;
mod writer;

use std::borrow::Cow;

use crate::schema::Field;

pub(crate) use reader::{FormDecoder, pairs};
pub(crate) use writer::FormEncoder;

/// The name of a member in a form.
fn member_name<const EC2: bool>(field: &Field) -> Cow<'static, str> {
    if !EC2 {
        return Cow::Borrowed(field.wire_name());
    }
    if let Some(name) = field.attribute("queryName").as_str() {
        return Cow::Borrowed(name);
    }
    // Parity: botocore/serialize.py, EC2Serializer._get_serialized_name;
    // the protocol capitalises names of members too.
    let name = field.wire_name();
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => {
            let first: String = first.to_uppercase().collect();
            Cow::Owned(first + letters.as_str())
        }
        _ => Cow::Borrowed(name),
    }
}
