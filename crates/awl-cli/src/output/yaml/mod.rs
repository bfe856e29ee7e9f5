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
            let mut emitter = Emitter::new(out, Anchors::new(value, repeats));
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
    let mut emitter = Emitter::new(out, Anchors::new(value, repeats));
    emitter.item(value);
    emitter.end();
}

/// The entries in the order of their keys.
fn sorted(map: &Map) -> Vec<(&str, &Value)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

#[cfg(test)]
mod tests;
