//! Rows and columns for other programs: CSV, TSV, JSON lines and Markdown. The
//! AWS CLI has none of these.
//!
//! Rows are the items of a list. The columns are the keys of the items, in the
//! order in which they first appear; what is no structure stands in a column of
//! its own.

use std::borrow::Cow;

use awl_value::{Map, Value, json};

/// How rows are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Comma-separated values as RFC 4180 quotes them; lines end as on Unix.
    Csv,
    /// Values between tabs; what is special in them behind a backslash.
    Tsv,
    /// One JSON value a line.
    JsonLines,
    /// A table of Markdown.
    Markdown,
}

impl Layout {
    /// The layout called `name` by `--output`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .position(|known| *known == name)
            .map(|index| [Self::Csv, Self::Tsv, Self::JsonLines, Self::Markdown][index])
    }
}

/// What `--output` calls the layouts.
pub(crate) static NAMES: &[&str] = &["csv", "tsv", "jsonl", "markdown"];

/// So many rows are held back to see which columns there are. Behind them, the
/// columns stay as they are, so that a listing of any length fits the memory.
const HELD: usize = 10_000;

/// The column of what is no structure.
const VALUE: &str = "Value";

/// Rows, written as they come.
#[derive(Debug)]
pub(crate) struct Rows {
    layout: Layout,
    columns: Vec<String>,
    held: Vec<Value>,
    /// Whether the line with the names has been written.
    is_open: bool,
    /// Columns that came too late.
    left_out: Vec<String>,
}

impl Rows {
    /// No rows yet.
    pub(crate) const fn new(layout: Layout) -> Self {
        Self {
            layout,
            columns: Vec::new(),
            held: Vec::new(),
            is_open: false,
            left_out: Vec::new(),
        }
    }

    /// Adds an answer: each item of a list is a row, anything else is one, null
    /// is none. What is the only member of an answer stands for the answer.
    pub(crate) fn add_answer(&mut self, mut answer: Value, is_queried: bool, out: &mut String) {
        if !is_queried && let Some(only) = only_member(&mut answer) {
            answer = only;
        }
        match answer {
            Value::Null => {}
            Value::Map(map) if map.is_empty() => {}
            Value::List(items) => {
                for item in items {
                    self.add(item, out);
                }
            }
            row => self.add(row, out),
        }
    }

    /// Adds a row; what can be written is appended to `out`.
    pub(crate) fn add(&mut self, row: Value, out: &mut String) {
        if self.layout == Layout::JsonLines {
            json::write(&row, json::Style::COMPACT, out);
            out.push('\n');
            return;
        }
        let is_full = self.held.len() >= HELD;
        for name in column_names(&row) {
            if self.columns.iter().any(|column| *column == name) {
                continue;
            }
            if !self.is_open && !is_full {
                self.columns.push(name.into_owned());
            } else if !self.left_out.iter().any(|column| *column == name) {
                self.left_out.push(name.into_owned());
            }
        }
        if self.is_open {
            self.write_row(&row, out);
            return;
        }
        self.held.push(row);
        if self.held.len() > HELD {
            self.open(out);
        }
    }

    /// Writes what is held back. Gives the names of the columns that came too
    /// late to be written.
    pub(crate) fn finish(mut self, out: &mut String) -> Vec<String> {
        if !self.is_open && !self.held.is_empty() {
            self.open(out);
        }
        self.left_out
    }

    fn open(&mut self, out: &mut String) {
        self.is_open = true;
        let columns = self.columns.iter().map(|name| Cow::Borrowed(&**name));
        write_line(self.layout, columns, out);
        if self.layout == Layout::Markdown {
            let rules = self.columns.iter().map(|_| Cow::Borrowed("---"));
            write_line(self.layout, rules, out);
        }
        for row in std::mem::take(&mut self.held) {
            self.write_row(&row, out);
        }
    }

    fn write_row(&self, row: &Value, out: &mut String) {
        let cells = self.columns.iter().enumerate().map(|(index, name)| {
            let value = match row {
                Value::Map(map) => map.get(name),
                Value::List(items) => items.get(index).filter(|_| *name == position(index)),
                value => (name == VALUE).then_some(value),
            };
            value.map_or(Cow::Borrowed(""), cell)
        });
        write_line(self.layout, cells, out);
    }
}

/// Takes the list or the structure that is all of an answer.
fn only_member(answer: &mut Value) -> Option<Value> {
    let Value::Map(map) = answer else {
        return None;
    };
    let is_only = map.len() == 1;
    let (_, only) = map.iter_mut().next().filter(|_| is_only)?;
    matches!(only, Value::List(_) | Value::Map(_)).then(|| std::mem::take(only))
}

/// The columns that a row has.
fn column_names(row: &Value) -> Vec<Cow<'_, str>> {
    match row {
        Value::Map(map) => map.keys().map(Cow::Borrowed).collect(),
        Value::List(items) => (0..items.len()).map(|i| Cow::Owned(position(i))).collect(),
        _ => vec![Cow::Borrowed(VALUE)],
    }
}

/// The name of a column that has none.
fn position(index: usize) -> String {
    format!("Column{}", index + 1)
}

fn cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        value => {
            let mut text = String::new();
            json::write(value, json::Style::COMPACT, &mut text);
            Cow::Owned(text)
        }
    }
}

fn write_line<'a>(layout: Layout, cells: impl Iterator<Item = Cow<'a, str>>, out: &mut String) {
    let (before, between, behind) = match layout {
        Layout::Csv => ("", ",", ""),
        Layout::Tsv => ("", "\t", ""),
        Layout::Markdown => ("| ", " | ", " |"),
        Layout::JsonLines => ("", "", ""),
    };
    out.push_str(before);
    let start = out.len();
    let mut count = 0;
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        write_cell(layout, &cell, out);
        count += 1;
    }
    // A line without anything would be none.
    if layout == Layout::Csv && count == 1 && out.len() == start {
        out.push_str("\"\"");
    }
    out.push_str(behind);
    out.push('\n');
}

fn write_cell(layout: Layout, text: &str, out: &mut String) {
    match layout {
        Layout::Csv if text.contains(['"', ',', '\n', '\r']) => {
            out.push('"');
            out.push_str(&text.replace('"', "\"\""));
            out.push('"');
        }
        Layout::Tsv | Layout::Markdown => {
            for letter in text.chars() {
                match (layout, letter) {
                    (Layout::Tsv, '\t') => out.push_str("\\t"),
                    (Layout::Tsv, '\n') => out.push_str("\\n"),
                    (Layout::Tsv, '\r') => out.push_str("\\r"),
                    (_, '\\') => out.push_str("\\\\"),
                    (Layout::Markdown, '|') => out.push_str("\\|"),
                    (Layout::Markdown, '\n') => out.push_str("<br>"),
                    (Layout::Markdown, '\r') => {}
                    _ => out.push(letter),
                }
            }
        }
        _ => out.push_str(text),
    }
}

/// Takes the rows out of a page: the items of all lists among its results, or,
/// where there is none, its other results as one row.
pub(crate) fn of_page<'p>(
    page: &mut Map,
    results: impl Iterator<Item = &'p awl_sdk::pages::Path>,
) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut others = Map::new();
    let mut has_list = false;
    for path in results {
        match path.find_mut(page) {
            Some(Value::List(items)) => {
                has_list = true;
                rows.append(items);
            }
            Some(Value::Null) | None => {}
            Some(other) => path.set(&mut others, std::mem::take(other)),
        }
    }
    if !has_list && !others.is_empty() {
        rows.push(Value::Map(others));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(layout: Layout, document: &str, is_queried: bool) -> String {
        let mut rows = Rows::new(layout);
        let mut out = String::new();
        rows.add_answer(json::parse(document).unwrap(), is_queried, &mut out);
        assert!(rows.finish(&mut out).is_empty());
        out
    }

    #[test]
    fn answers_become_rows() {
        for (document, expected) in [
            ("null", ""),
            ("{}", ""),
            ("[]", ""),
            (r#"{"Users": []}"#, ""),
            ("5", "Value\n5\n"),
            (r#"["a", null, "b,c"]"#, "Value\na\n\"\"\n\"b,c\"\n"),
            (
                r#"[{"a": 1, "b": "x"}, {"c": true, "a": null}]"#,
                "a,b,c\n1,x,\n,,true\n",
            ),
            (
                r#"{"Users": [{"n": "say \"hi\"\nthere", "t": [{"k": 1}]}]}"#,
                "n,t\n\"say \"\"hi\"\"\nthere\",\"[{\"\"k\"\":1}]\"\n",
            ),
            (r#"{"Role": {"a": 1.50, "b": {}}}"#, "a,b\n1.5,{}\n"),
            (r#"{"a": 1, "b": ["c"]}"#, "a,b\n1,\"[\"\"c\"\"]\"\n"),
            (r#"[[1, "x"], [2]]"#, "Column1,Column2\n1,x\n2,\n"),
            (r#"[{"a": 1}, 2]"#, "a,Value\n1,\n,2\n"),
        ] {
            assert_eq!(text(Layout::Csv, document, false), expected, "{document}");
        }
        assert_eq!(
            text(Layout::Csv, r#"{"Users": ["a"]}"#, true),
            "Users\n\"[\"\"a\"\"]\"\n"
        );
    }

    #[test]
    fn each_layout_escapes_what_it_must() {
        let document = r#"[{"a|": "x\ty|\\", "b": "1\n2"}]"#;
        for (layout, expected) in [
            (Layout::Tsv, "a|\tb\nx\\ty|\\\\\t1\\n2\n"),
            (
                Layout::Markdown,
                "| a\\| | b |\n| --- | --- |\n| x\ty\\|\\\\ | 1<br>2 |\n",
            ),
            (
                Layout::JsonLines,
                "{\"a|\":\"x\\ty|\\\\\",\"b\":\"1\\n2\"}\n",
            ),
        ] {
            assert_eq!(text(layout, document, false), expected, "{layout:?}");
        }
    }

    #[test]
    fn columns_that_come_too_late_are_named() {
        let mut rows = Rows::new(Layout::Csv);
        let mut out = String::new();
        let row = |name: &'static str| Value::Map(Map::from_iter([(name.into(), Value::Int(1))]));
        for _ in 0..HELD {
            rows.add(row("a"), &mut out);
            assert!(out.is_empty());
        }
        rows.add(row("late"), &mut out);
        assert_eq!(out.lines().count(), HELD + 2);
        assert_eq!(rows.finish(&mut out), ["late"]);
    }

    #[test]
    fn names_are_those_of_the_layouts() {
        let layouts: Vec<_> = NAMES
            .iter()
            .filter_map(|name| Layout::named(name))
            .collect();
        assert_eq!(layouts.len(), NAMES.len());
        assert_eq!(Layout::named("csv"), Some(Layout::Csv));
        assert_eq!(Layout::named("json"), None);
    }
}
