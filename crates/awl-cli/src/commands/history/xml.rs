//! XML set in lines, as Python's `minidom` does it.
// Parity: Lib/xml/dom/minidom.py, toprettyxml, behind what
// awscli/customizations/history/show.py strips before.

/// What stands in a document.
#[derive(Debug, PartialEq)]
enum Node<'a> {
    Element {
        name: &'a str,
        attributes: Vec<(&'a str, String)>,
        children: Vec<Self>,
    },
    Text(String),
    /// A comment, a CDATA section or an instruction, as it stands there.
    Raw(&'a str),
}

/// The text with an element a line; None where it is no XML.
pub(super) fn pretty(text: &str) -> Option<String> {
    let document = Parser { rest: text }.document()?;
    // The AWS CLI writes it out, takes the blanks at the ends of lines away,
    // and reads it again.
    let mut flat = String::new();
    for node in &document {
        write(node, "", None, &mut flat);
    }
    let flat: String = flat.lines().map(str::trim).collect();
    let document = Parser { rest: &flat }.document()?;
    let mut pretty = String::from("<?xml version=\"1.0\" ?>\n");
    for node in &document {
        write(node, "", Some("    "), &mut pretty);
    }
    Some(pretty)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// The nodes of a whole document: one element, and what may stand beside.
    fn document(mut self) -> Option<Vec<Node<'a>>> {
        if let Some(rest) = self.rest.strip_prefix("<?xml ") {
            self.rest = &rest[rest.find("?>")? + 2..];
        }
        let mut nodes = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() {
                break;
            }
            nodes.push(self.node(0)?);
        }
        let is_element = |node: &&Node<'_>| matches!(node, Node::Element { .. });
        let is_text = |node: &Node<'_>| matches!(node, Node::Text(_));
        let is_whole = nodes.iter().filter(is_element).count() == 1 && !nodes.iter().any(is_text);
        is_whole.then_some(nodes)
    }

    fn node(&mut self, depth: usize) -> Option<Node<'a>> {
        const DEEPEST: usize = 200;
        if depth > DEEPEST {
            return None;
        }
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
            if self.rest.starts_with(start) {
                let length = self.rest.find(end)? + end.len();
                return Some(Node::Raw(self.take(length)));
            }
        }
        if !self.rest.starts_with('<') {
            let length = self.rest.find('<').unwrap_or(self.rest.len());
            return Some(Node::Text(unescaped(self.take(length))?));
        }
        self.element(depth)
    }

    fn element(&mut self, depth: usize) -> Option<Node<'a>> {
        self.take(1);
        let name = self.name()?;
        let mut attributes = Vec::new();
        loop {
            let blanks = self.rest.len() - self.rest.trim_start().len();
            self.take(blanks);
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Some(Node::Element {
                    name,
                    attributes,
                    children: Vec::new(),
                });
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                break;
            }
            if blanks == 0 {
                return None;
            }
            let key = self.name()?;
            self.rest = self.rest.trim_start().strip_prefix('=')?.trim_start();
            let quote = self
                .rest
                .chars()
                .next()
                .filter(|quote| "'\"".contains(*quote))?;
            self.take(1);
            let value = self.take(self.rest.find(quote)?);
            self.take(1);
            attributes.push((key, unescaped(value)?));
        }
        let mut children = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix("</") {
                self.rest = rest.strip_prefix(name)?.trim_start().strip_prefix('>')?;
                return Some(Node::Element {
                    name,
                    attributes,
                    children,
                });
            }
            if self.rest.is_empty() {
                return None;
            }
            children.push(self.node(depth + 1)?);
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let is_end = |letter: char| letter.is_whitespace() || "=/><\"'&".contains(letter);
        let length = self.rest.find(is_end)?;
        let name = self.take(length);
        let begins = |letter: char| letter.is_alphabetic() || letter == '_' || letter == ':';
        name.starts_with(begins).then_some(name)
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

/// A text with its references replaced; None where one is unknown.
fn unescaped(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let end = rest[at..].find(';')? + at;
        plain.push(match &rest[at + 1..end] {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            name => {
                let number = match name.strip_prefix("#x") {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => name.strip_prefix('#')?.parse(),
                };
                char::from_u32(number.ok()?)?
            }
        });
        rest = &rest[end + 1..];
    }
    plain.push_str(rest);
    Some(plain)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('>', "&gt;")
}

/// Writes a node behind `indent`; all on one line if nothing is added to that
/// for each level.
fn write(node: &Node<'_>, indent: &str, added: Option<&str>, out: &mut String) {
    let end = if added.is_some() { "\n" } else { "" };
    match node {
        Node::Text(text) => {
            out.push_str(indent);
            out.push_str(&escaped(text));
            out.push_str(end);
        }
        // Parity: a CDATA section is written as it is, without a line of its
        // own.
        Node::Raw(text) if text.starts_with("<![") => out.push_str(text),
        Node::Raw(text) => {
            out.push_str(indent);
            out.push_str(text);
            out.push_str(end);
        }
        Node::Element {
            name,
            attributes,
            children,
        } => {
            out.push_str(&format!("{indent}<{name}"));
            for (key, value) in attributes {
                out.push_str(&format!(" {key}=\"{}\"", escaped(value)));
            }
            match &children[..] {
                [] => {
                    out.push_str("/>");
                    out.push_str(end);
                    return;
                }
                [Node::Text(text)] => {
                    out.push('>');
                    out.push_str(&escaped(text));
                }
                children => {
                    out.push('>');
                    out.push_str(end);
                    let inside = format!("{indent}{}", added.unwrap_or_default());
                    for child in children {
                        write(child, &inside, added, out);
                    }
                    out.push_str(indent);
                }
            }
            out.push_str(&format!("</{name}>{end}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn elements_are_set_in_lines() {
        // As Python 3.12 has it.
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A xmlns='u'>\n  <B>x &amp; \"y\"</B>\n  <C/><D></D><E a=\"1\">t<F/></E></A>\n";
        assert_eq!(
            pretty(text).unwrap(),
            "<?xml version=\"1.0\" ?>\n<A xmlns=\"u\">\n    <B>x &amp; &quot;y&quot;</B>\n    <C/>\n    <D/>\n    <E a=\"1\">\n        t\n        <F/>\n    </E>\n</A>\n"
        );
    }

    #[test]
    fn what_is_no_xml_is_told() {
        for text in [
            "",
            "{}",
            "text",
            "<A>",
            "<A></B>",
            "<A/><B/>",
            "<A/>x",
            "<A>&x;</A>",
            "<A b></A>",
        ] {
            assert_eq!(pretty(text), None, "{text}");
        }
    }
}
