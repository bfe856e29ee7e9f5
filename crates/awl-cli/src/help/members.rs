//! What is said of members: their types, documentation, choices, constraints,
//! and what they hold.
// Parity: awscli/clidocs.py, CLIDocumentEventHandler.

use awl_model::documentation::Block;
use awl_model::{Location, Member, Node, Shape, ShapeKind};
use awl_value::Value;

use super::script::{Form, Script};
use super::syntax;
use crate::python;

/// Writes what the documentation of one service says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Members<'a> {
    /// The documentation; None where there is none.
    pub documentation: Option<&'a Block>,
}

impl<'a> Members<'a> {
    /// What is said of a member.
    pub(crate) fn text(self, member: Member) -> &'a str {
        self.documentation
            .and_then(|block| block.of_member(member))
            .unwrap_or_default()
    }

    /// What a member is called: its type, or what it comes to.
    pub(crate) fn type_name(member: Member) -> &'static str {
        let shape = member.shape();
        if member.is_json_value() && member.location() == Location::Header {
            "JSON"
        } else if shape.is_document() {
            "document"
        } else if is_streaming(member) {
            "streaming blob"
        } else if shape.is_union() {
            "tagged union structure"
        } else {
            shape.kind().name()
        }
    }

    /// Writes a member, all that it holds below it.
    pub(crate) fn member(
        self,
        script: &mut Script,
        name: &str,
        member: Member,
        is_required: bool,
        stack: &mut Vec<usize>,
    ) {
        let shape = member.shape();
        let number = shape.number();
        let times = stack.iter().filter(|other| **other == number).count();
        if times > 1 {
            if shape.kind() == ShapeKind::Structure {
                script.write("( ... recursive ... )");
            }
            return;
        }
        stack.push(number);
        let type_name = Self::type_name(member);
        let head = if name.is_empty() {
            format!("({type_name})")
        } else {
            format!("{name} -> ({type_name})")
        };
        script.write(&head);
        if is_required {
            script.write(" [required]");
        }
        script.indent();
        script.paragraph();
        script.documentation(self.text(member));
        union_note(script, shape);
        choices(script, shape);
        self.constraints(script, member);
        script.paragraph();
        if syntax::is_scalar(shape) || script.describes(Form::Members, number) {
            self.inside(script, shape, stack);
        } else {
            script.write("( ... as above ... )");
        }
        script.dedent();
        script.paragraph();
        stack.pop();
    }

    /// Writes what a shape holds.
    pub(crate) fn inside(self, script: &mut Script, shape: Shape, stack: &mut Vec<usize>) {
        for member in shape.members() {
            if script.hides(shape.number(), member.name()) {
                continue;
            }
            self.member(script, member.name(), member, member.is_required(), stack);
        }
        if let Some(item) = shape.list_member() {
            self.member(script, "", item, false, stack);
        }
        for (member, name) in [(shape.map_key(), "key"), (shape.map_value(), "value")] {
            if let Some(member) = member {
                let name = member.location_name().unwrap_or(name);
                self.member(script, name, member, false, stack);
            }
        }
    }

    /// Writes what a member's value must be.
    pub(crate) fn constraints(self, script: &mut Script, member: Member) {
        let mut lines = Vec::new();
        for key in ["min", "max"] {
            if let Some(number) = number(member.attribute(key)) {
                lines.push(format!("{key}: ``{number}``"));
            }
        }
        let block = self.documentation;
        if let Some(pattern) = block.and_then(|block| block.pattern(member.shape())) {
            lines.push(format!("pattern: ``{pattern}``"));
        }
        write_constraints(script, &lines);
    }
}

/// Writes constraints under their heading, if there are any.
pub(crate) fn write_constraints(script: &mut Script, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    script.paragraph();
    script.write("Constraints:");
    script.list(lines);
}

/// A number as Python shows it.
pub(crate) fn number(node: Node) -> Option<String> {
    match (node.as_int(), node.as_float()) {
        (Some(number), _) => Some(number.to_string()),
        (None, Some(number)) => Some(python::str(&Value::Float(number))),
        _ => node.as_str().map(str::to_owned),
    }
}

/// Writes the values of an enumeration.
pub(crate) fn choices(script: &mut Script, shape: Shape) {
    if shape.kind() != ShapeKind::String {
        return;
    }
    let mut values = shape.enum_values().peekable();
    if values.peek().is_some() {
        script.paragraph();
        script.write("Possible values:");
        script.list(values.map(|value| format!("``{value}``")));
    }
}

/// Says of a union that one of its members is set.
pub(crate) fn union_note(script: &mut Script, shape: Shape) {
    if !shape.is_union() {
        return;
    }
    let names: Vec<String> = shape
        .members()
        .map(|member| format!("``{}``", member.name()))
        .collect();
    script.note(&format!(
        "This is a Tagged Union structure. Only one of the following top level keys can be set: \
         {}.",
        names.join(", ")
    ));
}

/// Whether a member is a blob that streams.
pub(crate) fn is_streaming(member: Member) -> bool {
    member.shape().kind() == ShapeKind::Blob && member.is_streaming()
}
