//! Trees as the models have them, read in place.

use crate::Store;
use crate::format::{NULL, Section, tag};
use crate::store::word;

/// A JSON-like value inside a store. `Copy`; every accessor reads in place.
#[derive(Clone, Copy)]
pub struct Node {
    store: Store,
    reference: u32,
}

impl Node {
    pub(crate) const fn new(store: Store, reference: u32) -> Self {
        Self { store, reference }
    }

    /// Whether this is null, which an absent tree is.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.reference == NULL
    }

    /// The text, of a string.
    #[must_use]
    pub fn as_str(self) -> Option<&'static str> {
        (self.tag() == tag::STRING).then(|| self.store.string(self.payload()))
    }

    /// The boolean, of one.
    #[must_use]
    pub const fn as_bool(self) -> Option<bool> {
        match self.reference >> 3 {
            1 if self.reference & 7 == tag::CONSTANT => Some(false),
            2 if self.reference & 7 == tag::CONSTANT => Some(true),
            _ => None,
        }
    }

    /// The integer, of one.
    #[must_use]
    pub fn as_int(self) -> Option<i64> {
        match self.tag() {
            tag::SMALL => Some(i64::from(self.reference as i32 >> 3)),
            tag::INTEGER => Some(self.two_words() as i64),
            _ => None,
        }
    }

    /// The double, of one.
    #[must_use]
    pub fn as_float(self) -> Option<f64> {
        (self.tag() == tag::FLOAT).then(|| f64::from_bits(self.two_words()))
    }

    /// Whether this is a list.
    #[must_use]
    pub const fn is_list(self) -> bool {
        self.tag() == tag::LIST
    }

    /// Whether this is an object.
    #[must_use]
    pub const fn is_object(self) -> bool {
        self.tag() == tag::OBJECT
    }

    /// How many items or entries it has; zero where it is no container.
    #[must_use]
    pub fn len(self) -> usize {
        let width = match self.tag() {
            tag::LIST => 1,
            tag::OBJECT => 2,
            _ => return 0,
        };
        let words = self.store.section(Section::Nodes).len() / 4;
        let room = words.saturating_sub(self.payload() as usize + 1) / width;
        (self.word(0) as usize).min(room)
    }

    /// Whether it has no items or entries.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items, of a list; none of anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = Self> {
        let count = if self.is_list() { self.len() } else { 0 };
        (0..count).map(move |index| self.child(self.word(1 + index)))
    }

    /// Item `index`, of a list that has it.
    #[must_use]
    pub fn item(self, index: usize) -> Option<Self> {
        (self.is_list() && index < self.len()).then(|| self.child(self.word(1 + index)))
    }

    /// The entries in the model's order, of an object; none of anything else.
    pub fn entries(self) -> impl ExactSizeIterator<Item = (&'static str, Self)> {
        let count = if self.is_object() { self.len() } else { 0 };
        (0..count).map(move |index| {
            (
                self.store.string(self.word(1 + 2 * index)),
                self.child(self.word(2 + 2 * index)),
            )
        })
    }

    /// The value under `key`, of an object that has it; else null. Linear.
    #[must_use]
    pub fn get(self, key: &str) -> Self {
        let count = if self.is_object() { self.len() } else { 0 };
        (0..count)
            .find(|index| self.store.string_is(self.word(1 + 2 * index), key))
            .map_or(Self::new(self.store, NULL), |index| {
                self.child(self.word(2 + 2 * index))
            })
    }

    /// The text under `key`, of an object that has one there.
    #[must_use]
    pub fn str(self, key: &str) -> Option<&'static str> {
        self.get(key).as_str()
    }

    /// A number that tells this tree from every other in its store: equal
    /// trees have the same, so it may key a cache.
    #[must_use]
    pub const fn identity(self) -> u32 {
        self.reference
    }

    const fn tag(self) -> u32 {
        self.reference & 7
    }

    const fn payload(self) -> u32 {
        self.reference >> 3
    }

    fn word(self, offset: usize) -> u32 {
        word(
            self.store.section(Section::Nodes),
            self.payload() as usize + offset,
        )
    }

    fn two_words(self) -> u64 {
        u64::from(self.word(0)) | u64::from(self.word(1)) << 32
    }

    /// A child; null where it does not stand before its parent, as it must.
    fn child(self, reference: u32) -> Self {
        let container = reference & 7 >= tag::LIST;
        if container && reference >> 3 >= self.payload() {
            return Self::new(self.store, NULL);
        }
        Self::new(self.store, reference)
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_object() {
            return formatter.debug_map().entries(self.entries()).finish();
        }
        if self.is_list() {
            return formatter.debug_list().entries(self.items()).finish();
        }
        if let Some(text) = self.as_str() {
            return write!(formatter, "{text:?}");
        }
        if let Some(number) = self.as_int() {
            return write!(formatter, "{number}");
        }
        if let Some(number) = self.as_float() {
            return write!(formatter, "{number}");
        }
        match self.as_bool() {
            Some(flag) => write!(formatter, "{flag}"),
            None => formatter.write_str("null"),
        }
    }
}
