//! The context of a request: keys and their values, as given.

use awl_value::Value;

/// The keys of a request's context and their values. Names of keys are told
/// apart without regard to case. Nothing is filled in: what the caller does not
/// give is not there.
///
/// ```
/// use awl_iam::{Context, ContextValue};
/// let mut context = Context::new();
/// context.insert("aws:MultiFactorAuthPresent", "true");
/// context.insert("aws:TagKeys", vec!["cost".to_owned(), "team".to_owned()]);
/// let value = context.get("AWS:multifactorauthpresent").unwrap();
/// assert_eq!(value, &ContextValue::One("true".to_owned()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// By the key in lower case.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    lower: String,
    name: String,
    value: ContextValue,
}

/// What a key of the context holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    /// One value.
    One(String),
    /// A list of any length.
    Many(Vec<String>),
}

impl ContextValue {
    /// The values, one or more or none.
    #[must_use]
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl From<&str> for ContextValue {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

impl From<String> for ContextValue {
    fn from(value: String) -> Self {
        Self::One(value)
    }
}

impl From<Vec<String>> for ContextValue {
    fn from(values: Vec<String>) -> Self {
        Self::Many(values)
    }
}

impl Context {
    /// A context without keys.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// Sets a key, whatever it held before.
    pub fn insert(&mut self, key: &str, value: impl Into<ContextValue>) {
        let lower = key.to_lowercase();
        let entry = Entry {
            name: key.to_owned(),
            value: value.into(),
            lower,
        };
        match self.find(&entry.lower) {
            Ok(place) => self.entries[place] = entry,
            Err(place) => self.entries.insert(place, entry),
        }
    }

    /// What a key holds.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        self.lower(&key.to_lowercase())
    }

    /// All keys, as they were given, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.entries
            .iter()
            .map(|entry| (entry.name.as_str(), &entry.value))
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Reads `{key: value or [value, …]}`. Numbers and booleans are taken as
    /// their text, `null` as an absent key.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let mut context = Self::new();
        let Value::Map(map) = value else {
            return Err("the context must be an object".to_owned());
        };
        for (key, value) in map.iter() {
            let scalar = |value: &Value| {
                scalar(value).ok_or_else(|| format!("{key}: expected a string or a list of them"))
            };
            let value = match value {
                Value::Null => continue,
                Value::List(values) => {
                    ContextValue::Many(values.iter().map(scalar).collect::<Result<_, _>>()?)
                }
                value => ContextValue::One(scalar(value)?),
            };
            context.insert(key, value);
        }
        Ok(context)
    }

    /// What a key holds that is in lower case already.
    pub(crate) fn lower(&self, key: &str) -> Option<&ContextValue> {
        let place = self.find(key).ok()?;
        self.entries.get(place).map(|entry| &entry.value)
    }

    /// The one value of a key that is in lower case already.
    pub(crate) fn single(&self, key: &str) -> Option<&str> {
        match self.lower(key)? {
            ContextValue::One(value) => Some(value),
            ContextValue::Many(_) => None,
        }
    }

    fn find(&self, lower: &str) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|entry| entry.lower.as_str().cmp(lower))
    }
}

impl<K: AsRef<str>, V: Into<ContextValue>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut context = Self::new();
        for (key, value) in entries {
            context.insert(key.as_ref(), value);
        }
        context
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::BigInt(digits) => Some(digits.to_string()),
        Value::Float(_) => Some(awl_value::json::to_string(value)),
        _ => None,
    }
}
