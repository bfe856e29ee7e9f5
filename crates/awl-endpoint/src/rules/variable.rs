//! The values that variables of rules have.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::rc::Rc;

use awl_model::Node;
use awl_value::Value;

use crate::url::ParsedUrl;
use crate::{Arn, EndpointError, Partition};

/// A value while rules are evaluated. Cheap to clone: texts are borrowed from
/// the parameters or the store, but for those that rules make up.
#[derive(Clone, Debug)]
pub(super) enum Variable<'a> {
    None,
    Bool(bool),
    Int(i64),
    Text(Cow<'a, str>),
    /// A list parameter.
    List(&'a [Value]),
    /// A literal list or object, or a number that is no integer.
    Literal(Node),
    Partition(Partition),
    Arn(Rc<Arn<'a>>),
    /// The list `resourceId` of an ARN.
    ArnResource(Rc<Arn<'a>>),
    Url(Rc<ParsedUrl>),
}

impl<'a> Variable<'a> {
    /// A parameter; `None` where it is null or of a kind that none can be of.
    pub(super) fn from_value(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Int(number) => Self::Int(*number),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::List(items) => Self::List(items),
            _ => return None,
        })
    }

    /// A literal of the rules.
    pub(super) fn literal(node: Node) -> Self {
        if let Some(flag) = node.as_bool() {
            return Self::Bool(flag);
        }
        if let Some(text) = node.as_str() {
            return Self::Text(Cow::Borrowed(text));
        }
        if let Some(number) = node.as_int() {
            return Self::Int(number);
        }
        if node.is_null() {
            return Self::None;
        }
        Self::Literal(node)
    }

    /// Whether a condition with this result holds.
    pub(super) const fn holds(&self) -> bool {
        !matches!(self, Self::None | Self::Bool(false))
    }

    /// Whether Python would take it for true.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(flag) => *flag,
            Self::Int(number) => *number != 0,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Literal(node) => node.as_float().map_or(!node.is_empty(), |x| x != 0.0),
            Self::Partition(_) | Self::Arn(_) | Self::ArnResource(_) | Self::Url(_) => true,
        }
    }

    /// The name of its type in Python, as `str(type(…))` gives it.
    pub(super) fn python_type(&self) -> &'static str {
        match self {
            Self::None => "<class 'NoneType'>",
            Self::Bool(_) => "<class 'bool'>",
            Self::Int(_) => "<class 'int'>",
            Self::Text(_) => "<class 'str'>",
            Self::List(_) => "<class 'tuple'>",
            Self::Literal(node) if node.is_object() => "<class 'dict'>",
            Self::Literal(node) if node.is_list() => "<class 'list'>",
            Self::Literal(_) => "<class 'float'>",
            Self::ArnResource(_) => "<class 'list'>",
            Self::Partition(_) | Self::Arn(_) | Self::Url(_) => "<class 'dict'>",
        }
    }

    /// What stands under `name` in a partition, an ARN, a URL or a literal.
    ///
    /// # Errors
    /// Where it has no such thing: Python's `KeyError`.
    pub(super) fn attribute(&self, name: &str) -> Result<Self, EndpointError> {
        let found = match self {
            // A rule set asks this of what it has not looked at.
            Self::None => return Ok(Self::None),
            Self::Partition(partition) if name == "name" => {
                Some(Self::Text(Cow::Borrowed(partition.name())))
            }
            Self::Partition(partition) => present(partition.output(name)),
            Self::Arn(arn) => match name {
                "partition" => Some(Self::Text(arn.partition.clone())),
                "service" => Some(Self::Text(arn.service.clone())),
                "region" => Some(Self::Text(arn.region.clone())),
                "accountId" => Some(Self::Text(arn.account_id.clone())),
                "resourceId" => Some(Self::ArnResource(Rc::clone(arn))),
                _ => None,
            },
            Self::Url(url) => match name {
                "scheme" => Some(Self::owned(&url.scheme)),
                "authority" => Some(Self::owned(&url.authority)),
                "path" => Some(Self::owned(&url.path)),
                "normalizedPath" => Some(Self::owned(&url.normalized_path)),
                "isIp" => Some(Self::Bool(url.is_ip)),
                _ => None,
            },
            Self::Literal(node) => present(node.get(name)),
            _ => None,
        };
        found.ok_or_else(|| EndpointError::rules(format!("nothing has an attribute {name} here")))
    }

    /// Item `index` of a list; `None` beyond its end.
    ///
    /// # Errors
    /// Where it is no list.
    pub(super) fn item(&self, index: usize) -> Result<Self, EndpointError> {
        Ok(match self {
            Self::None => Self::None,
            Self::List(items) => items
                .get(index)
                .and_then(Self::from_value)
                .unwrap_or(Self::None),
            Self::ArnResource(arn) => {
                resource_part(&arn.resource, index).map_or(Self::None, Self::Text)
            }
            Self::Literal(node) if node.is_list() => {
                node.item(index).map_or(Self::None, Self::literal)
            }
            _ => return Err(EndpointError::rules("an index into what is no list")),
        })
    }

    /// The text that Python would format it as.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            other => {
                let mut text = String::new();
                other.push_to(&mut text);
                Cow::Owned(text)
            }
        }
    }

    /// Appends the text that Python would format it as.
    pub(super) fn push_to(&self, text: &mut String) {
        match self {
            Self::None => text.push_str("None"),
            Self::Bool(true) => text.push_str("True"),
            Self::Bool(false) => text.push_str("False"),
            Self::Int(number) => {
                // Writing to a string does not fail.
                let _ = write!(text, "{number}");
            }
            Self::Text(own) => text.push_str(own),
            Self::List(items) => {
                let items = items.iter().filter_map(Value::as_str);
                push_list(text, items, '(', ')');
            }
            Self::ArnResource(arn) => push_list(text, arn.resource_parts(), '[', ']'),
            // No rule set puts these into a text.
            Self::Literal(_) | Self::Partition(_) | Self::Arn(_) | Self::Url(_) => {}
        }
    }

    fn owned(text: &str) -> Self {
        Self::Text(Cow::Owned(text.to_owned()))
    }
}

fn present<'a>(node: Node) -> Option<Variable<'a>> {
    (!node.is_null()).then(|| Variable::literal(node))
}

/// A part of an ARN's resource, borrowed as long as the ARN's own text is.
fn resource_part<'a>(resource: &Cow<'a, str>, index: usize) -> Option<Cow<'a, str>> {
    match resource {
        Cow::Borrowed(text) => text.split(['/', ':']).nth(index).map(Cow::Borrowed),
        Cow::Owned(text) => text
            .split(['/', ':'])
            .nth(index)
            .map(|part| Cow::Owned(part.to_owned())),
    }
}

fn push_list<'a>(text: &mut String, items: impl Iterator<Item = &'a str>, open: char, close: char) {
    text.push(open);
    let mut count = 0;
    for item in items {
        if count > 0 {
            text.push_str(", ");
        }
        count += 1;
        text.push('\'');
        text.push_str(item);
        text.push('\'');
    }
    if count == 1 && open == '(' {
        text.push(',');
    }
    text.push(close);
}
