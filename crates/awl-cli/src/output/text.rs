//! The text format: a line for each structure, its scalars between tabs in
//! the order of their names.
// Parity: awscli/text.py.

use std::collections::BTreeSet;

use awl_value::{Map, Value};

use crate::python;

/// Appends `value` to `out`.
///
/// # Errors
/// What Python says of a list in which structures and others are mixed.
pub(crate) fn write_text(value: &Value, out: &mut String) -> Result<(), String> {
    write(value, None, None, out)
}

/// `name` is that of the member that `value` is of; `columns` are the names
/// of the scalars that all structures of a list have together.
fn write(
    value: &Value,
    name: Option<&str>,
    columns: Option<&BTreeSet<&str>>,
    out: &mut String,
) -> Result<(), String> {
    match value {
        Value::Map(map) => write_map(map, name, columns, out),
        Value::List(items) => write_list(items, name, out),
        scalar => {
            write_cell(scalar, out);
            out.push('\n');
            Ok(())
        }
    }
}

fn write_list(items: &[Value], name: Option<&str>, out: &mut String) -> Result<(), String> {
    if items.iter().any(|item| item.as_map().is_some()) {
        let columns = columns(items)?;
        return items
            .iter()
            .try_for_each(|item| write(item, name, Some(&columns), out));
    }
    write_scalars(items, name, out);
    items
        .iter()
        .filter(|item| !is_scalar(item))
        .try_for_each(|item| write(item, name, None, out))
}

/// The scalars of a list: a line each below a name, else all on one.
fn write_scalars(items: &[Value], name: Option<&str>, out: &mut String) {
    let mut line = Line::new(None);
    let name = name.map(str::to_uppercase);
    for scalar in items.iter().filter(|item| is_scalar(item)) {
        match &name {
            Some(name) => {
                let mut line = Line::new(Some(name));
                line.cell(Some(scalar), out);
                line.end(out);
            }
            None => line.cell(Some(scalar), out),
        }
    }
    line.end(out);
}

fn write_map(
    map: &Map,
    name: Option<&str>,
    columns: Option<&BTreeSet<&str>>,
    out: &mut String,
) -> Result<(), String> {
    let mut members: Vec<(&str, &Value)> = map.iter().collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    let name = name.map(str::to_uppercase);
    let mut line = Line::new(name.as_deref());
    match columns {
        Some(columns) => {
            // Both are in the order of their names.
            let mut rest = members.iter().peekable();
            for column in columns {
                while rest.next_if(|(key, _)| key < column).is_some() {}
                let found = rest.next_if(|(key, _)| key == column);
                line.cell(found.map(|(_, value)| *value), out);
            }
        }
        None => members
            .iter()
            .filter(|(_, value)| is_scalar(value))
            .for_each(|(_, value)| line.cell(Some(value), out)),
    }
    line.end(out);
    members
        .into_iter()
        .filter(|(key, value)| match columns {
            Some(columns) => !columns.contains(key),
            None => !is_scalar(value),
        })
        .try_for_each(|(key, value)| write(value, Some(key), None, out))
}

/// The names of all scalars in the structures of a list.
fn columns(items: &[Value]) -> Result<BTreeSet<&str>, String> {
    let mut columns = BTreeSet::new();
    for item in items {
        let map = item.as_map().ok_or_else(|| {
            format!(
                "'{}' object has no attribute 'items'",
                python::type_name(item)
            )
        })?;
        let scalars = map.iter().filter(|(_, value)| is_scalar(value));
        columns.extend(scalars.map(|(key, _)| key));
    }
    Ok(columns)
}

const fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

/// A line of cells; nothing where no cell comes.
struct Line<'a> {
    name: Option<&'a str>,
    is_begun: bool,
}

impl<'a> Line<'a> {
    /// A line that begins with `name`.
    const fn new(name: Option<&'a str>) -> Self {
        Self {
            name,
            is_begun: false,
        }
    }

    /// Adds a cell, an empty one for none.
    fn cell(&mut self, value: Option<&Value>, out: &mut String) {
        if self.is_begun {
            out.push('\t');
        } else if let Some(name) = self.name {
            out.push_str(name);
            out.push('\t');
        }
        self.is_begun = true;
        if let Some(value) = value {
            write_cell(value, out);
        }
    }

    fn end(&self, out: &mut String) {
        if self.is_begun {
            out.push('\n');
        }
    }
}

fn write_cell(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.push_str(text),
        _ => out.push_str(&python::str(value)),
    }
}

#[cfg(test)]
mod tests {
    use awl_value::json;

    use super::write_text;

    fn text(document: &str) -> Result<String, String> {
        let mut out = String::new();
        write_text(&json::parse(document).unwrap(), &mut out)?;
        Ok(out)
    }

    /// Checked against the AWS CLI's own formatter.
    #[test]
    fn text_is_that_of_the_aws_cli() {
        for (document, expected) in [
            ("{}", ""),
            ("[]", ""),
            ("null", "None\n"),
            ("\"a\"", "a\n"),
            ("true", "True\n"),
            ("[1, null, \"a\"]", "1\tNone\ta\n"),
            (r#"{"b": 1, "a": 1.0}"#, "1.0\t1\n"),
            (r#"{"a": [1, 2]}"#, "A\t1\nA\t2\n"),
            (r#"{"b": {"x": 1}, "a": "s"}"#, "s\nB\t1\n"),
            (
                r#"{"items": [{"k": "a", "v": 1}, {"k": "b", "t": ["x"]}]}"#,
                "ITEMS\ta\t1\nITEMS\tb\t\nT\tx\n",
            ),
            (r#"[[1, 2], [3, [4]]]"#, "1\t2\n3\n4\n"),
            (r#"[{"a": {"b": 1}}, {"a": 2}]"#, "{'b': 1}\n2\n"),
            (r#"[{"a": {"b": [{"c": 1}]}}]"#, "B\t1\n"),
            (r#"{"a": {"b": {}}}"#, ""),
        ] {
            assert_eq!(text(document), Ok(expected.to_owned()), "{document}");
        }
        assert_eq!(
            text(r#"[{"a": 1}, "b"]"#),
            Err("'str' object has no attribute 'items'".to_owned())
        );
    }
}
