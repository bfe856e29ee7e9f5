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
            out.push_str(&python::str(scalar));
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
    let (scalars, others): (Vec<&Value>, Vec<&Value>) =
        items.iter().partition(|item| is_scalar(item));
    write_scalars(&scalars, name, out);
    others
        .into_iter()
        .try_for_each(|item| write(item, name, None, out))
}

/// The scalars of a list: a line each below a name, else all on one.
fn write_scalars(scalars: &[&Value], name: Option<&str>, out: &mut String) {
    if scalars.is_empty() {
        return;
    }
    match name {
        Some(name) => {
            let name = name.to_uppercase();
            for scalar in scalars {
                write_line([name.clone(), python::str(scalar)], out);
            }
        }
        None => write_line(scalars.iter().map(|scalar| python::str(scalar)), out),
    }
}

fn write_map(
    map: &Map,
    name: Option<&str>,
    columns: Option<&BTreeSet<&str>>,
    out: &mut String,
) -> Result<(), String> {
    let mut members: Vec<(&str, &Value)> = map.iter().collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    let cells: Vec<String> = match columns {
        Some(columns) => columns
            .iter()
            .map(|column| map.get(column).map_or_else(String::new, python::str))
            .collect(),
        None => members
            .iter()
            .filter(|(_, value)| is_scalar(value))
            .map(|(_, value)| python::str(value))
            .collect(),
    };
    if !cells.is_empty() {
        write_line(name.map(str::to_uppercase).into_iter().chain(cells), out);
    }
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

fn write_line(cells: impl IntoIterator<Item = String>, out: &mut String) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push('\t');
        }
        out.push_str(&cell);
    }
    out.push('\n');
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
