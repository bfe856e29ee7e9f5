//! Templates that parameters fill in: the path of a request and the prefix of
//! its host.

use awl_model::{Location, Operation};

use super::{Content, value};
use crate::{SerializeError, text};

/// Fills in the labels of a request's path. A label that ends with `+` keeps
/// its slashes.
// Parity: botocore/serialize.py, BaseRestSerializer._render_uri_template.
pub(crate) fn path(content: &Content<'_>, template: &str) -> Result<String, SerializeError> {
    let mut path = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, name, after)) = split(rest) {
        path.push_str(before);
        let (name, greedy) = match name.strip_suffix('+') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let text = label(content, name)?;
        if greedy {
            text::percent_encode_path(&text, &mut path);
        } else {
            text::percent_encode(&text, &mut path);
        }
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// Fills in `endpoint.hostPrefix`.
// Parity: botocore/serialize.py, Serializer._expand_host_prefix.
pub(crate) fn host_prefix(
    operation: Operation,
    content: &Content<'_>,
) -> Result<Option<String>, SerializeError> {
    let endpoint = operation.traits().get("endpoint");
    let Some(template) = endpoint.str("hostPrefix") else {
        return Ok(None);
    };
    let mut prefix = String::with_capacity(template.len() + 32);
    let mut wrong = Vec::new();
    let mut rest = template;
    while let Some((before, name, after)) = split(rest) {
        prefix.push_str(before);
        let value = content
            .get(name)
            .and_then(text::scalar)
            .ok_or_else(|| SerializeError::MissingLabel(name.to_owned()))?;
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if value.is_empty() || !value.bytes().all(valid) {
            wrong.push(name);
        }
        prefix.push_str(&value);
        rest = after;
    }
    prefix.push_str(rest);
    if wrong.is_empty() {
        Ok(Some(prefix))
    } else {
        Err(SerializeError::HostLabel(wrong.join(", ")))
    }
}

/// The text for a label of the path.
fn label(content: &Content<'_>, name: &str) -> Result<String, SerializeError> {
    let missing = || SerializeError::MissingLabel(name.to_owned());
    let shape = content.shape.ok_or_else(missing)?;
    let layout = content.walk.schema.layout(shape);
    let field = layout
        .fields
        .iter()
        .find(|field| field.location == Location::Uri && field.wire_name() == name)
        .ok_or_else(missing)?;
    let given = content.get(field.name).ok_or_else(missing)?;
    value::in_query(&content.walk, field, given)
}

/// What stands before the first label, its name, and what stands after it.
pub(crate) fn split(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}
