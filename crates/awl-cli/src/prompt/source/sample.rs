//! A sample of what a command prints: the answer that
//! `--generate-cli-skeleton output` shows, with the query and in the format of
//! the line.
// Parity: awscli/autoprompt/output.py, OutputGetter.

use std::sync::Arc;

use awl_model::ShapeKind;
use awl_sdk::config::{Config, Overrides, settings};
use awl_sdk::env::Host;
use awl_value::jmespath::Expression;

use crate::commands::skeleton::sample_of_output;
use crate::complete::{self, Node};
use crate::output;

/// The formats that there are.
// Parity: awscli/data/cli.json, in its order; awl's own last.
static FORMATS: &[&str] = &["json", "text", "table", "yaml", "yaml-stream", "off"];

/// What is shown where there is nothing to show.
const NOTHING: &str = "No output";

/// The sample for a line, or why there is none.
pub(super) fn of(host: &Arc<dyn Host>, line: &str) -> String {
    let whole = complete::parse(host, &format!("{line} "));
    let typed = complete::parse(host, line);
    let Node::Operation(operation, _) = whole.node else {
        return NOTHING.to_owned();
    };
    let shape = operation.output().filter(|shape| match shape.kind() {
        ShapeKind::Structure => shape.members().next().is_some(),
        kind => matches!(kind, ShapeKind::List | ShapeKind::Map),
    });
    let Some(shape) = shape else {
        return NOTHING.to_owned();
    };
    let is_typing = |name: &str| {
        let current = typed.current.as_ref();
        current.is_some_and(|argument| argument.name == name)
    };
    let given = |name: &str| whole.value(name).filter(|value| !value.is_empty());
    let is_format = |name: &&str| FORMATS.contains(name) || output::ROW_LAYOUTS.contains(name);
    let format = match given("output") {
        // While it is typed, it is no format yet.
        Some(format) if is_format(&format) || !is_typing("output") => format.to_owned(),
        _ => configured(host),
    };
    if !is_format(&&*format) {
        return format!(
            "Bad value for --output: {format}\n\nValid values are: {}",
            FORMATS.join(", ")
        );
    }
    let query = given("query").map(finished_query).unwrap_or_default();
    let query = match Expression::compile(&query) {
        _ if query.is_empty() => None,
        Ok(expression) => Some(expression),
        Err(error) => {
            return format!("Bad value for --query: {query}\n\n{error}");
        }
    };
    let title = title(whole.lineage.last().map_or("", String::as_str));
    let answer = sample_of_output(shape);
    let text = output::sample_text(&format, &title, answer, query.as_ref());
    text.replace('\t', "  ")
}

/// The format that the configuration wants.
fn configured(host: &Arc<dyn Host>) -> String {
    Config::load(host.clone(), Overrides::default())
        .ok()
        .and_then(|config| config.text(&settings::OUTPUT))
        .unwrap_or_else(|| "json".to_owned())
}

/// What stands at the top of a table: `DescribeInstances`.
fn title(command: &str) -> String {
    command
        .split('-')
        .flat_map(|part| {
            let mut letters = part.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            let rest: Vec<char> = letters.flat_map(char::to_lowercase).collect();
            first.chain(rest).collect::<Vec<char>>()
        })
        .collect()
}

/// A query as far as it is written: what is open at its end is left out, and
/// every number in brackets is zero, as lists of the sample have one item.
fn finished_query(query: &str) -> String {
    let mut text = String::with_capacity(query.len());
    let mut rest = query;
    while let Some(at) = rest.find(['[', '{']) {
        let (before, behind) = rest.split_at(at + 1);
        text.push_str(before);
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        rest = behind;
        if digits > 0 && behind[digits..].starts_with([']', '}']) {
            text.push('0');
            rest = &behind[digits..];
        }
    }
    text.push_str(rest);
    let is_open = |at: usize| !text[at + 1..].contains([']', '}', '^']);
    let open = text.match_indices(['[', '{']).find(|(at, _)| is_open(*at));
    text.truncate(open.map_or(text.len(), |(at, _)| at));
    text.trim_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_query_is_cut() {
        for (query, expected) in [
            ("Groups", "Groups"),
            ("Groups.", "Groups"),
            ("Groups[2].Names[34", "Groups[0].Names"),
            ("Groups[12]", "Groups[0]"),
            ("Groups[*].{a: b", "Groups[*]"),
            ("Groups[?a=='b", "Groups"),
            ("a[b{c", "a"),
            ("[", ""),
        ] {
            assert_eq!(finished_query(query), expected, "{query}");
        }
    }

    #[test]
    fn a_table_is_named_as_the_operation() {
        assert_eq!(title("describe-instances"), "DescribeInstances");
        assert_eq!(title("list-objects-v2"), "ListObjectsV2");
        assert_eq!(title(""), "");
    }
}
