//! Opening a store, and reading its sections.

use crate::format::{HEADER_WORDS, MAGIC, Section, VERSION, service_fields};
use crate::{Node, Service};

/// Why bytes are no store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// They do not begin as a store does.
    #[error("not a model store")]
    NotAStore,
    /// They were written by another version of the compiler.
    #[error("model store of version {0}, where version {VERSION} is needed")]
    Version(u32),
    /// A section lies beyond the end.
    #[error("truncated model store")]
    Truncated,
}

/// An opened store. `Copy`: it is a reference.
#[derive(Clone, Copy)]
pub struct Store(&'static Sections);

/// The section table, checked against the bytes once.
struct Sections {
    sections: [&'static [u8]; Section::COUNT],
    partitions: u32,
    base: Option<Store>,
}

impl Store {
    /// Opens a store over its bytes. Costs a few dozen instructions and one
    /// small allocation that lives as long as the program.
    ///
    /// # Errors
    /// Bytes that are no store, of another version, or cut off.
    pub fn open(bytes: &'static [u8]) -> Result<Self, OpenError> {
        Self::open_over(bytes, None)
    }

    /// Opens a store that takes what it lacks from another: partitions, and
    /// paginators, waiters and endpoint rules of services with the same name.
    /// A user's model is often `service-2.json` and nothing else.
    ///
    /// # Errors
    /// Bytes that are no store, of another version, or cut off.
    // Parity: botocore/loaders.py, Loader.load_service_model, which looks for
    // each file of a service in each folder.
    pub fn open_over(bytes: &'static [u8], base: Option<Self>) -> Result<Self, OpenError> {
        if bytes.get(..4) != Some(&MAGIC) {
            return Err(OpenError::NotAStore);
        }
        if bytes.len() < HEADER_WORDS * 4 {
            return Err(OpenError::Truncated);
        }
        let version = word(bytes, 1);
        if version != VERSION {
            return Err(OpenError::Version(version));
        }
        let mut sections = [&bytes[..0]; Section::COUNT];
        for (index, section) in sections.iter_mut().enumerate() {
            let offset = word(bytes, 3 + 2 * index) as usize;
            let length = word(bytes, 4 + 2 * index) as usize;
            let end = offset.checked_add(length).ok_or(OpenError::Truncated)?;
            *section = bytes.get(offset..end).ok_or(OpenError::Truncated)?;
        }
        let sections = Sections {
            sections,
            partitions: word(bytes, 2),
            base,
        };
        Ok(Self(Box::leak(Box::new(sections))))
    }

    /// How many services it holds.
    #[must_use]
    pub fn len(self) -> usize {
        self.section(Section::Services).len() / (service_fields::WORDS * 4)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The services, sorted by name.
    pub fn services(self) -> impl ExactSizeIterator<Item = Service> {
        (0..self.len()).map(move |index| Service::new(self, index))
    }

    /// The service whose folder in botocore has this name (`ec2`, `s3`).
    #[must_use]
    pub fn service(self, name: &str) -> Option<Service> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let service = Service::new(self, middle);
            match service.name().cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(service),
            }
        }
        None
    }

    /// `partitions.json`, null in a store of user models that lies over no
    /// other.
    #[must_use]
    pub fn partitions(self) -> Node {
        let own = Node::new(self, self.0.partitions);
        match self.0.base {
            Some(base) if own.is_null() => base.partitions(),
            _ => own,
        }
    }

    pub(crate) fn base(self) -> Option<Self> {
        self.0.base
    }

    pub(crate) fn section(self, section: Section) -> &'static [u8] {
        self.0.sections[section as usize]
    }

    /// Word `field` of record `index` in a table whose records have `words`.
    pub(crate) fn field(self, table: Section, words: usize, index: usize, field: usize) -> u32 {
        word(
            self.section(table),
            index.saturating_mul(words).saturating_add(field),
        )
    }

    /// The string whose length stands at `offset`; empty where none does.
    pub(crate) fn string(self, offset: u32) -> &'static str {
        self.try_string(offset as usize).unwrap_or_default()
    }

    /// Whether the string at `offset` is this one; cheaper than reading it.
    pub(crate) fn string_is(self, offset: u32, text: &str) -> bool {
        self.bytes(offset as usize) == Some(text.as_bytes())
    }

    fn try_string(self, at: usize) -> Option<&'static str> {
        // The check that it is UTF-8 is the price of having no `unsafe`; the
        // strings are short.
        std::str::from_utf8(self.bytes(at)?).ok()
    }

    fn bytes(self, mut at: usize) -> Option<&'static [u8]> {
        let strings = self.section(Section::Strings);
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = *strings.get(at)?;
            at += 1;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
            shift += 7;
            if shift > 28 {
                return None;
            }
        }
        strings.get(at..at.checked_add(length)?)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Store({} services)", self.len())
    }
}

/// The word at `index`, zero beyond the end.
pub(crate) fn word(bytes: &[u8], index: usize) -> u32 {
    index
        .checked_mul(4)
        .and_then(|at| bytes.get(at..)?.first_chunk())
        .map_or(0, |chunk| u32::from_le_bytes(*chunk))
}
