//! The keys of maps.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A map's key. Member names that come from a model are borrowed from it; others
/// are shared, so that a thousand maps with the same key have its text once, if
/// whoever made them saw to it.
#[derive(Clone)]
pub struct Key(Text);

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Shared(Arc<str>),
}

impl Key {
    /// The key as a text of its own.
    #[must_use]
    pub fn into_string(self) -> String {
        (*self).to_owned()
    }
}

impl Deref for Key {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Text::Static(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl From<&'static str> for Key {
    fn from(text: &'static str) -> Self {
        Self(Text::Static(text))
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(Text::Shared(text.into()))
    }
}

impl From<Arc<str>> for Key {
    fn from(text: Arc<str>) -> Self {
        Self(Text::Shared(text))
    }
}

impl From<Cow<'static, str>> for Key {
    fn from(text: Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl AsRef<str> for Key {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Key {}

impl PartialEq<str> for Key {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Key {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self)
    }
}

/// Gives texts that come again and again as one shared text. It remembers some
/// and forgets without notice.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    slots: Vec<Option<Arc<str>>>,
}

impl Interner {
    /// How many texts are remembered at most; a power of two.
    const SLOTS: usize = 512;
    /// The longest text that is worth remembering, in bytes.
    const LONGEST: usize = 128;

    /// The key with this text.
    pub fn key(&mut self, text: &str) -> Key {
        if text.len() > Self::LONGEST {
            return text.to_owned().into();
        }
        if self.slots.is_empty() {
            self.slots.resize(Self::SLOTS, None);
        }
        let slot = &mut self.slots[hash(text.as_bytes()) & (Self::SLOTS - 1)];
        match slot {
            Some(known) if **known == *text => Key::from(known.clone()),
            _ => {
                let new: Arc<str> = text.into();
                *slot = Some(new.clone());
                new.into()
            }
        }
    }
}

/// FNV-1a, folded: quick for texts as short as keys are.
fn hash(bytes: &[u8]) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in bytes {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ hash >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_come_again_are_one() {
        let mut interner = Interner::default();
        let (one, other) = (interner.key("name"), interner.key("name"));
        assert_eq!(one.as_ptr(), other.as_ptr());
        assert_eq!(one, other);
        assert_eq!(one, "name");
        // More texts than there is room for are right all the same.
        for number in 0..10_000 {
            let text = format!("key-{number}");
            assert_eq!(&*interner.key(&text), text);
        }
        let long = "x".repeat(1000);
        assert_eq!(&*interner.key(&long), long);
    }
}
