//! The yaml format: what ruamel.yaml writes with libyaml's emitter, block
//! style, keys sorted, lines folded after 80 columns.
// Parity: awscli/formatter.py, YAMLDumper; ruamel.yaml's SafeRepresenter;
// libyaml's emitter.c. ruamel.yaml takes YAML 1.2's types.

mod anchors;
mod emitter;
mod resolver;
mod scalar;

use awl_value::{Map, Value, json};

use anchors::Anchors;
use emitter::Emitter;

/// Appends `value` to `out` as one document; a scalar as JSON, because YAML
/// would end it with a line of dots. `repeats` is what
/// [`Expression::search_identified`] says of it, or nothing.
///
/// [`Expression::search_identified`]: awl_value::jmespath::Expression::search_identified
pub(crate) fn write_yaml(value: &Value, repeats: &[u32], out: &mut String) {
    match value {
        Value::List(_) | Value::Map(_) | Value::Blob(_) => {
            let mut emitter = Emitter::new(out, Anchors::new(value, repeats), Form::OUTPUT);
            emitter.node(value, false);
            emitter.end();
        }
        scalar => {
            json::write(scalar, json::Style::LINE, out);
            out.push('\n');
        }
    }
}

/// Appends `value` to `out` as the one item of a list, which is how a page is
/// written in a stream of pages.
pub(crate) fn write_yaml_item(value: &Value, repeats: &[u32], out: &mut String) {
    let mut emitter = Emitter::new(out, Anchors::new(value, repeats), Form::OUTPUT);
    emitter.item(value);
    emitter.end();
}

/// Appends `value` to `out` as a configuration file has it: keys in their
/// order, lines as long as they are.
pub(crate) fn write_yaml_file(value: &Value, out: &mut String) {
    let form = Form {
        width: usize::MAX,
        is_sorted: false,
    };
    let mut emitter = Emitter::new(out, Anchors::new(value, &[]), form);
    emitter.node(value, false);
    emitter.end();
}

/// How values are laid out.
#[derive(Clone, Copy, Debug)]
struct Form {
    /// Lines are folded at the first space beyond.
    width: usize,
    /// Whether entries stand in the order of their keys.
    is_sorted: bool,
}

impl Form {
    /// As answers are printed.
    const OUTPUT: Self = Self {
        width: 80,
        is_sorted: true,
    };
}

/// The entries of a map, in the order of their keys or in their own.
fn entries(map: &Map, is_sorted: bool) -> Vec<(&str, &Value)> {
    let mut entries: Vec<_> = map.iter().collect();
    if is_sorted {
        entries.sort_unstable_by_key(|(key, _)| *key);
    }
    entries
}

#[cfg(test)]
mod tests;
