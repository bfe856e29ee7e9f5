//! Writing XML.

use awl_model::{Node, TimestampFormat};
use awl_value::Value;

use crate::encode::Encoder;
use crate::schema::{Field, Layout};
use crate::text;
use crate::timestamp::Written;

/// Writes XML without a declaration.
pub(crate) struct XmlEncoder {
    text: String,
    /// The name for the value that comes next.
    name: &'static str,
    /// `xmlNamespace` of the root, where it does not stand at its shape.
    root_namespace: Option<Node>,
    /// The namespace of the root, where a service says it.
    root_uri: Option<&'static str>,
    /// Whether the start tag written last can still take attributes.
    open: bool,
    frames: Vec<Frame>,
    /// Whether a service writes: lists without an element of their own have the
    /// name of their items, and carriage returns are kept.
    of_service: bool,
}

/// A container that is not complete.
enum Frame {
    Structure {
        name: &'static str,
    },
    List {
        /// What is to be closed; nothing if flattened.
        name: Option<&'static str>,
        item: &'static str,
    },
    Map {
        name: Option<&'static str>,
        entry: &'static str,
        key: &'static str,
        key_namespace: Option<Node>,
        value: &'static str,
        in_entry: bool,
    },
}

impl XmlEncoder {
    /// A writer whose root element has this name and, if any, namespace.
    pub(crate) fn new(name: &'static str, root_namespace: Option<Node>) -> Self {
        Self {
            text: String::new(),
            name,
            root_namespace,
            root_uri: None,
            open: false,
            frames: Vec::new(),
            of_service: false,
        }
    }

    /// A writer for a response: the element written first has this namespace.
    /// A structure without a name has no element of its own.
    pub(crate) fn of_response(name: &'static str, namespace: Option<&'static str>) -> Self {
        Self {
            root_uri: namespace,
            of_service: true,
            ..Self::new(name, None)
        }
    }

    /// Names the element that comes next.
    pub(crate) fn set_name(&mut self, name: &'static str) {
        self.name = name;
    }

    /// Opens an element around what follows.
    pub(crate) fn open(&mut self, name: &str) {
        self.start(name, None);
    }

    /// Closes the element that [`Self::open`] opened.
    pub(crate) fn close(&mut self, name: &str) {
        self.end(name);
    }

    /// Writes an element with text.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.start(name, None);
        self.text_and_end(name, text);
    }

    /// The text written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    fn seal(&mut self) {
        if std::mem::take(&mut self.open) {
            self.text.push('>');
        }
    }

    fn start(&mut self, name: &str, namespace: Option<Node>) {
        self.seal();
        self.text.push('<');
        self.text.push_str(name);
        self.open = true;
        if let Some(uri) = self.root_uri.take() {
            return self.push_attribute("xmlns", uri);
        }
        let Some(namespace) = self.root_namespace.take().or(namespace) else {
            return;
        };
        // Parity: botocore/serialize.py, RestXMLSerializer._add_xml_namespace.
        if let Some(uri) = namespace.as_str().or_else(|| namespace.str("uri")) {
            match namespace.str("prefix").filter(|prefix| !prefix.is_empty()) {
                Some(prefix) => self.push_attribute(&format!("xmlns:{prefix}"), uri),
                None => self.push_attribute("xmlns", uri),
            }
        }
    }

    fn push_attribute(&mut self, name: &str, value: &str) {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        escape(value, true, &mut self.text);
        self.text.push('"');
    }

    fn end(&mut self, name: &str) {
        if std::mem::take(&mut self.open) {
            self.text.push_str(" />");
        } else {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    fn element(&mut self, field: &Field, text: &str) {
        let name = self.name;
        self.start(name, Some(field.attribute("xmlNamespace")));
        self.text_and_end(name, text);
    }

    fn text_and_end(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.seal();
            escape(text, self.of_service, &mut self.text);
        }
        self.end(name);
    }
}

impl Encoder for XmlEncoder {
    const TIMESTAMP_FORMAT: TimestampFormat = TimestampFormat::Iso8601;
    const ATTRIBUTES: bool = true;

    fn structure_start(&mut self, field: &Field, _members: usize) {
        let name = self.name;
        if !name.is_empty() {
            self.start(name, Some(field.attribute("xmlNamespace")));
        }
        self.frames.push(Frame::Structure { name });
    }

    fn structure_end(&mut self, _field: &Field) {
        if let Some(Frame::Structure { name }) = self.frames.pop()
            && !name.is_empty()
        {
            self.end(name);
        }
    }

    fn member(&mut self, field: &Field) {
        self.name = if self.of_service {
            field.xml_name
        } else {
            field.wire_name()
        };
    }

    fn attribute(&mut self, field: &Field, text: &str) {
        self.push_attribute(field.wire_name(), text);
    }

    fn list_start(&mut self, field: &Field, layout: &Layout, _items: usize) {
        let name = self.name;
        let frame = if field.flattened {
            Frame::List {
                name: None,
                item: name,
            }
        } else {
            self.start(name, Some(field.attribute("xmlNamespace")));
            let item = layout.first().and_then(|item| item.location_name);
            Frame::List {
                name: Some(name),
                item: item.unwrap_or("member"),
            }
        };
        self.frames.push(frame);
    }

    fn item(&mut self, _index: usize) {
        if let Some(Frame::List { item, .. }) = self.frames.last() {
            self.name = item;
        }
    }

    fn list_end(&mut self, _field: &Field) {
        if let Some(Frame::List {
            name: Some(name), ..
        }) = self.frames.pop()
        {
            self.end(name);
        }
    }

    fn map_start(&mut self, field: &Field, layout: &Layout, _entries: usize) {
        let name = self.name;
        if !field.flattened {
            self.start(name, Some(field.attribute("xmlNamespace")));
        }
        let named = |part: Option<&Field>| part.and_then(|part| part.location_name);
        self.frames.push(Frame::Map {
            name: (!field.flattened).then_some(name),
            entry: if field.flattened { name } else { "entry" },
            key: named(layout.first()).unwrap_or("key"),
            key_namespace: layout.first().map(|key| key.attribute("xmlNamespace")),
            value: named(layout.second()).unwrap_or("value"),
            in_entry: false,
        });
    }

    fn key(&mut self, _index: usize, key_text: &str) {
        let Some(Frame::Map {
            entry,
            key,
            key_namespace,
            value,
            in_entry,
            ..
        }) = self.frames.last_mut()
        else {
            return;
        };
        let (entry, key, value, namespace) = (*entry, *key, *value, *key_namespace);
        if std::mem::replace(in_entry, true) {
            self.end(entry);
        }
        self.seal();
        self.text.push('<');
        self.text.push_str(entry);
        self.text.push('>');
        self.start(key, namespace);
        self.text_and_end(key, key_text);
        self.name = value;
    }

    fn map_end(&mut self, _field: &Field) {
        if let Some(Frame::Map {
            name,
            entry,
            in_entry,
            ..
        }) = self.frames.pop()
        {
            if in_entry {
                self.end(entry);
            }
            if let Some(name) = name {
                self.end(name);
            }
        }
    }

    fn null(&mut self, field: &Field) {
        self.element(field, "");
    }

    fn boolean(&mut self, field: &Field, flag: bool) {
        self.element(field, if flag { "true" } else { "false" });
    }

    fn integer(&mut self, field: &Field, number: &Value) {
        self.element(field, &text::scalar(number).unwrap_or_default());
    }

    fn float(&mut self, field: &Field, number: f64) {
        self.element(field, &text::float(number));
    }

    fn string(&mut self, field: &Field, text: &str) {
        self.element(field, text);
    }

    fn blob(&mut self, field: &Field, bytes: &[u8]) {
        self.element(field, &text::base64_encode(bytes));
    }

    fn timestamp(&mut self, field: &Field, time: Written) {
        self.element(field, &time.into_text());
    }

    fn document(&mut self, field: &Field, value: &Value) {
        self.element(field, &awl_value::json::to_string(value));
    }
}

/// Appends text with what XML does not allow in it written otherwise.
// Parity: xml.etree.ElementTree, _escape_cdata and _escape_attrib.
fn escape(text: &str, attribute: bool, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\r' | b'\n' | b'\t'))
    {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'&' => out.push_str("&amp;"),
            b'<' => out.push_str("&lt;"),
            b'>' => out.push_str("&gt;"),
            b'"' if attribute => out.push_str("&quot;"),
            b'\n' if attribute => out.push_str("&#10;"),
            b'\t' if attribute => out.push_str("&#09;"),
            b'\r' if attribute => out.push_str("&#13;"),
            other => out.push(char::from(other)),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}
