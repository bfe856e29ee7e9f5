//! What the store keeps: records with named fields, written as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use awl_iam::{Policy, PolicyErrors};
use awl_value::{Map, Value};
use zeroize::Zeroizing;

/// Something that can be kept. A field that an older record lacks is read from
/// `null`, so that fields may be added.
pub(crate) trait Stored: Sized {
    /// The value that is written.
    fn to_value(&self) -> Value;
    /// What was written; None where it is none of this kind.
    fn of(value: &Value) -> Option<Self>;
}

/// Declares a structure whose fields are all kept.
macro_rules! record {
    ($(#[$doc:meta])* struct $name:ident { $($(#[$about:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name { $($(#[$about])* pub(crate) $field: $kind,)* }

        impl $crate::record::Stored for $name {
            fn to_value(&self) -> awl_value::Value {
                let mut map = awl_value::Map::new();
                $(map.push(stringify!($field), self.$field.to_value());)*
                map.into()
            }

            fn of(value: &awl_value::Value) -> Option<Self> {
                Some(Self {
                    $($field: <$kind as $crate::record::Stored>::of(
                        value.get(stringify!($field)).unwrap_or(&awl_value::Value::Null),
                    )?,)*
                })
            }
        }
    };
}
pub(crate) use record;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("…")
    }
}

/// A policy as it was given, and read.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) policy: Arc<Policy>,
}

impl Document {
    pub(crate) fn parse(text: &str) -> Result<Self, PolicyErrors> {
        Ok(Self {
            policy: Arc::new(Policy::parse(text)?),
            text: text.to_owned(),
        })
    }
}

record! {
    /// A tag.
    struct Tag {
        key: String,
        value: String,
    }
}

impl Stored for String {
    fn to_value(&self) -> Value {
        Value::String(self.clone())
    }

    fn of(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Stored for Secret {
    fn to_value(&self) -> Value {
        Value::from(self.expose())
    }

    fn of(value: &Value) -> Option<Self> {
        value.as_str().map(Self::new)
    }
}

impl Stored for Document {
    fn to_value(&self) -> Value {
        Value::from(&*self.text)
    }

    fn of(value: &Value) -> Option<Self> {
        Self::parse(value.as_str()?).ok()
    }
}

impl Stored for i64 {
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(0),
            value => value.as_int(),
        }
    }
}

impl Stored for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(false),
            value => value.as_bool(),
        }
    }
}

impl<T: Stored> Stored for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::of(value).map(Some),
        }
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(T::to_value).collect())
    }

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::new()),
            value => value.as_list()?.iter().map(T::of).collect(),
        }
    }
}

impl<T: Stored> Stored for BTreeMap<String, T> {
    fn to_value(&self) -> Value {
        let entries = self.iter();
        let entries = entries.map(|(key, value)| (key.clone().into(), value.to_value()));
        Value::Map(entries.collect::<Map>())
    }

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::new()),
            value => {
                let entries = value.as_map()?.iter();
                entries
                    .map(|(key, value)| Some((key.to_owned(), T::of(value)?)))
                    .collect()
            }
        }
    }
}
