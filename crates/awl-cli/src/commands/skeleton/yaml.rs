//! The sample of parameters in YAML: every member with a comment that says
//! what it is.
// Parity: awscli/customizations/generatecliskeleton.py, YAMLArgumentGenerator;
// ruamel.yaml's round-trip emitter.

use awl_model::documentation::Block;
use awl_model::{Member, Shape, ShapeKind};
use awl_value::{Map, Value};

use super::{recurs, scalar};
use crate::output::write_yaml;

/// Writes the sample of a shape; an empty map without one.
pub(super) fn write(shape: Option<Shape>) -> String {
    let mut writer = Writer {
        documentation: shape.and_then(documentation),
        stack: Vec::new(),
        text: String::new(),
    };
    match shape {
        Some(shape) if shape.members().len() > 0 => writer.structure(shape, 0, false),
        _ => writer.text.push_str("{}\n"),
    }
    writer.text
}

/// What is said of the shapes of a service, if it is one of AWS's.
fn documentation(shape: Shape) -> Option<Block> {
    let service = shape.service();
    let embedded = awl_catalog::store().service(service.name())?;
    // A model of the user's own may have the name, and has other shapes.
    let is_same = embedded.shape_count() == service.shape_count();
    is_same
        .then(|| awl_catalog::library().block(&format!("service/{}", service.name())))
        .flatten()
}

struct Writer {
    documentation: Option<Block>,
    stack: Vec<Shape>,
    text: String,
}

impl Writer {
    /// The members of a structure, a line each; the first goes on with the line
    /// that is begun if it `follows` a dash.
    fn structure(&mut self, shape: Shape, indent: usize, follows: bool) {
        self.stack.push(shape);
        let mut commented: Vec<(&str, bool)> = Vec::new();
        for (index, member) in shape.members().enumerate() {
            if index > 0 || !follows {
                self.indent(indent);
            }
            self.text.push_str(&in_yaml(member.name()));
            self.text.push(':');
            let mut comment = self.comment(shape, member);
            if let Some(text) = &mut comment
                && !has_column(&commented, member.name())
            {
                text.insert(0, ' ');
            }
            commented.push((member.name(), comment.is_some()));
            self.value(member.shape(), indent, false, comment);
        }
        self.stack.pop();
    }

    /// A value behind a key or a dash, with the comment on its first line.
    fn value(&mut self, shape: Shape, indent: usize, in_list: bool, comment: Option<String>) {
        let comment = comment.unwrap_or_default();
        match shape.kind() {
            ShapeKind::Structure => {
                self.stack.push(shape);
                let is_empty = recurs(&self.stack, shape) || shape.members().len() == 0;
                self.stack.pop();
                if is_empty {
                    self.end_line(" {}", &comment);
                } else if in_list {
                    self.text.push(' ');
                    self.structure(shape, indent + 2, true);
                } else {
                    self.end_line("", &comment);
                    self.structure(shape, indent + 2, false);
                }
            }
            ShapeKind::List => {
                let Some(item) = shape.list_member() else {
                    return;
                };
                self.stack.push(shape);
                let indent = if in_list {
                    self.text.push(' ');
                    indent + 2
                } else {
                    self.end_line("", &comment);
                    self.indent(indent);
                    indent
                };
                self.text.push('-');
                self.value(item.shape(), indent, true, None);
                self.stack.pop();
            }
            ShapeKind::Map => {
                let Some(value) = shape.map_value() else {
                    return;
                };
                self.stack.push(shape);
                if in_list {
                    self.text.push(' ');
                } else {
                    self.end_line("", &comment);
                    self.indent(indent + 2);
                }
                self.text.push_str("KeyName:");
                self.value(value.shape(), indent + 2, false, None);
                self.stack.pop();
            }
            ShapeKind::Blob => self.end_line(" !!binary ''", &comment),
            ShapeKind::Timestamp => self.end_line(" 1970-01-01 00:00:00", &comment),
            kind => {
                let value = match scalar(shape, kind, None) {
                    Value::String(text) => in_yaml(&text),
                    Value::Bool(_) => "true".to_owned(),
                    Value::Float(_) => "0.0".to_owned(),
                    _ => "0".to_owned(),
                };
                self.end_line(&format!(" {value}"), &comment);
            }
        }
    }

    fn end_line(&mut self, value: &str, comment: &str) {
        self.text.push_str(value);
        self.text.push_str(comment);
        self.text.push('\n');
    }

    fn indent(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
    }

    /// ` # What the member is.`, where there is anything to say.
    fn comment(&self, shape: Shape, member: Member) -> Option<String> {
        let said = self
            .documentation
            .as_ref()
            .and_then(|block| block.of_member(member));
        let mut words = Vec::new();
        if shape.required().any(|name| name == member.name()) {
            words.push("[REQUIRED]".to_owned());
        }
        words.push(said.map(first_sentence).unwrap_or_default());
        let choices: Vec<_> = match member.shape().kind() {
            ShapeKind::String => member.shape().enum_values().collect(),
            _ => Vec::new(),
        };
        if !choices.is_empty() {
            words.push(format!("Valid values are: {}.", choices.join(", ")));
        }
        let words = words.join(" ");
        (!words.trim().is_empty()).then(|| format!(" # {words}"))
    }
}

/// Whether a comment finds another one to stand under: that of the member
/// before, or of any before it in the order of the alphabet, up to the first
/// that is not.
// Parity: ruamel/yaml/comments.py, CommentedMap._yaml_get_column.
fn has_column(commented: &[(&str, bool)], name: &str) -> bool {
    commented
        .last()
        .is_some_and(|(_, is_commented)| *is_commented)
        || commented
            .iter()
            .take_while(|(other, _)| *other < name)
            .any(|(_, is_commented)| *is_commented)
}

/// A text as a scalar, in quotes where it needs them.
fn in_yaml(text: &str) -> String {
    let mut map = Map::with_capacity(1);
    map.push("k", Value::from(text));
    let mut yaml = String::new();
    write_yaml(&Value::Map(map), &[], &mut yaml);
    let yaml = yaml.strip_prefix("k: ").unwrap_or(&yaml);
    yaml.trim_end_matches('\n').to_owned()
}

/// The first sentence of a text in markup, without the markup.
fn first_sentence(markup: &str) -> String {
    let text = without_markup(markup);
    let end = text.find(['.', ':']).unwrap_or(text.len());
    let sentence = text[..end].replace(['\n', '\u{2028}'], " ");
    if sentence.is_empty() {
        return sentence;
    }
    sentence + "."
}

/// Text without literals' quotes, emphasis, directives and the addresses of
/// links.
fn without_markup(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let body = markup.trim_start_matches('\n');
    let body = body
        .strip_prefix(".. note::")
        .or_else(|| body.strip_prefix(".. warning::"))
        .map_or(body, |rest| rest.trim_start());
    let mut rest = body;
    while let Some(letter) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("``") {
            let end = behind.find("``").unwrap_or(behind.len());
            text.push_str(&behind[..end]);
            rest = without_blank(behind.get(end + 2..).unwrap_or_default());
        } else if let Some(behind) = rest.strip_prefix("**") {
            rest = behind;
        } else if let (Some(behind), Some(end)) = (rest.strip_prefix('`'), rest.find("`_")) {
            let link = &behind[..end.saturating_sub(1)];
            text.push_str(link.split_once(" <").map_or(link, |(words, _)| words));
            rest = without_blank(rest[end + 1..].trim_start_matches('_'));
        } else {
            rest = &rest[letter.len_utf8()..];
            match letter {
                '\\' => {
                    let next = rest.chars().next();
                    text.extend(next);
                    rest = &rest[next.map_or(0, char::len_utf8)..];
                }
                '*' => rest = without_blank(rest),
                letter => text.push(letter),
            }
        }
    }
    text
}

/// Text behind markup without the blank that only ends the markup.
fn without_blank(text: &str) -> &str {
    match text.strip_prefix(' ') {
        Some(rest) if rest.starts_with([' ', '.', ',', ';', ':', ')', '?', '!']) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::first_sentence;

    #[test]
    fn comments_are_the_first_sentence_without_markup() {
        for (markup, expected) in [
            ("", ""),
            ("One. Two.", "One."),
            ("The ``a`` , and ``b`` .\n\nMore.", "The a, and b."),
            (
                "See `the docs <https://example.com/x>`__ . Then",
                "See the docs.",
            ),
            ("A *long* \\*star\nline: x", "A long *star line."),
            (".. note::\n\n  Careful.", "Careful."),
        ] {
            assert_eq!(first_sentence(markup), expected, "{markup}");
        }
    }
}
