//! The same, and in which line each part of a document begins.

use std::collections::HashMap;

use awl_value::Value;
use saphyr_parser::{Event, Parser};

use super::{Builder, YamlError};

/// Why a text is no YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in lower case.
    pub message: String,
}

/// Parses one document, and says in which line each part of it begins: by the
/// part's path, as `Users[0].Path`.
///
/// # Errors
/// See [`parse`].
pub(crate) fn parse_with_lines(text: &str) -> Result<(Value, HashMap<String, usize>), YamlFault> {
    let mut builder = Builder::default();
    let mut paths = Paths::default();
    let mut lines = HashMap::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| YamlFault {
            line: error.marker().line(),
            message: error.info().to_owned(),
        })?;
        let line = span.start.line();
        if let Some(path) = paths.event(&event) {
            lines.entry(path).or_insert(line);
        }
        builder.event(event).map_err(|YamlError| YamlFault {
            line,
            message: "this stands twice, or cannot stand here".to_owned(),
        })?;
    }
    Ok((builder.document.unwrap_or_default(), lines))
}

/// Follows where events are.
#[derive(Default)]
struct Paths(Vec<Step>);

/// A collection that events are in.
enum Step {
    /// A list, with the number of the next item.
    Item(usize),
    /// A map, with the key whose value is next.
    Key(Option<String>),
}

impl Paths {
    /// The path of what begins with an event.
    fn event(&mut self, event: &Event<'_>) -> Option<String> {
        match event {
            Event::Scalar(text, ..) => {
                if let Some(Step::Key(key @ None)) = self.0.last_mut() {
                    *key = Some(text.to_string());
                    return Some(self.path());
                }
                let path = self.path();
                self.ended();
                Some(path)
            }
            Event::Alias(_) => {
                self.ended();
                None
            }
            Event::SequenceStart(..) => {
                let path = self.path();
                self.0.push(Step::Item(0));
                Some(path)
            }
            Event::MappingStart(..) => {
                let path = self.path();
                self.0.push(Step::Key(None));
                Some(path)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.0.pop();
                self.ended();
                None
            }
            _ => None,
        }
    }

    /// What the path leads to is over.
    fn ended(&mut self) {
        match self.0.last_mut() {
            Some(Step::Item(number)) => *number += 1,
            Some(Step::Key(key)) => *key = None,
            None => {}
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.0 {
            match step {
                Step::Item(number) => path.push_str(&format!("[{number}]")),
                Step::Key(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key.as_deref().unwrap_or_default());
                }
            }
        }
        path
    }
}
