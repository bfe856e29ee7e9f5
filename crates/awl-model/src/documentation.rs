//! What help shows: the documentation of services and the examples of
//! commands, apart from the store, as named blocks that are compressed each by
//! itself. Only who opens a block reads it.
//!
//! A library is magic, version and count, then a record a block, sorted by
//! name: offset and length of the name, offset and length of the compressed
//! bytes, length of the raw ones. Numbers are little-endian words.
//!
//! A raw block is a count of words, the words, and texts behind them, each a
//! word of length and UTF-8 bytes. A text is named by its offset among them
//! plus one; zero names none.

use crate::store::word;
use crate::{Member, OpenError, Operation, Shape};

/// The first bytes of every library.
pub const MAGIC: [u8; 4] = *b"AWLH";
/// The version of this layout.
pub const VERSION: u32 = 1;
/// Words of a block's record.
pub const RECORD_WORDS: usize = 5;
/// Words before the first record.
pub const HEADER_WORDS: usize = 3;
/// The words of a service's block that stand before the texts of operations:
/// its own text, and how many operations, shapes and members there are.
pub const SERVICE_WORDS: usize = 4;

/// The largest raw block that is opened, so that damaged bytes cannot ask for
/// all memory.
const MAX_BLOCK: usize = 64 << 20;

/// A library of blocks. `Copy`: it is a reference.
#[derive(Clone, Copy)]
pub struct Library(&'static [u8]);

impl Library {
    /// Opens a library over its bytes, of which it reads the first few.
    ///
    /// # Errors
    /// Bytes that are no library, or of another version.
    pub fn open(bytes: &'static [u8]) -> Result<Self, OpenError> {
        if bytes.get(..4) != Some(&MAGIC) {
            return Err(OpenError::NotAStore);
        }
        match word(bytes, 1) {
            VERSION => Ok(Self(bytes)),
            version => Err(OpenError::Version(version)),
        }
    }

    /// The names of its blocks, sorted.
    pub fn names(self) -> impl ExactSizeIterator<Item = &'static str> {
        (0..self.len()).map(move |index| self.name(index))
    }

    /// Unpacks the block of this name; None where there is none, or where it
    /// is damaged.
    #[must_use]
    pub fn block(self, name: &str) -> Option<Block> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.name(middle).cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.unpack(middle),
            }
        }
        None
    }

    fn len(self) -> usize {
        let room = self.0.len() / 4 / RECORD_WORDS;
        (word(self.0, 2) as usize).min(room)
    }

    fn field(self, index: usize, field: usize) -> usize {
        word(self.0, HEADER_WORDS + index * RECORD_WORDS + field) as usize
    }

    fn slice(self, offset: usize, length: usize) -> Option<&'static [u8]> {
        self.0.get(offset..offset.checked_add(length)?)
    }

    fn name(self, index: usize) -> &'static str {
        self.slice(self.field(index, 0), self.field(index, 1))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    fn unpack(self, index: usize) -> Option<Block> {
        let packed = self.slice(self.field(index, 2), self.field(index, 3))?;
        let length = self.field(index, 4);
        if length > MAX_BLOCK {
            return None;
        }
        let mut bytes = vec![0; length];
        let mut inflate = flate2::Decompress::new(false);
        let status = inflate
            .decompress(packed, &mut bytes, flate2::FlushDecompress::Finish)
            .ok()?;
        let is_whole = status == flate2::Status::StreamEnd && inflate.total_out() == length as u64;
        is_whole.then_some(Block(bytes))
    }
}

/// An unpacked block: words and texts.
pub struct Block(Vec<u8>);

impl Block {
    /// A block over raw bytes, as the compiler makes them.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The text of this name in a block of named texts.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts()
            .find(|(key, _)| *key == name)
            .map(|(_, text)| text)
    }

    /// The names and texts of a block of named texts, sorted.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        (0..self.len() / 2).map(|index| {
            let string = |index| self.string(index).unwrap_or_default();
            (string(2 * index), string(2 * index + 1))
        })
    }

    /// What the service itself says, in a block of a service's documentation.
    #[must_use]
    pub fn of_service(&self) -> Option<&str> {
        self.string(0)
    }

    /// What is said of an operation.
    #[must_use]
    pub fn of_operation(&self, operation: Operation) -> Option<&str> {
        let number = operation.number();
        (number < self.word(1)).then(|| self.string(SERVICE_WORDS + number))?
    }

    /// What is said of a shape.
    #[must_use]
    pub fn of_shape(&self, shape: Shape) -> Option<&str> {
        let (number, count) = (shape.number(), self.word(2));
        (number < count).then(|| self.string(SERVICE_WORDS + self.word(1) + number))?
    }

    /// What is said of a member: at itself, else at its shape.
    #[must_use]
    pub fn of_member(&self, member: Member) -> Option<&str> {
        let (number, count) = (member.number(), self.word(3));
        let first = SERVICE_WORDS + self.word(1) + 2 * self.word(2);
        let own = (number < count).then(|| self.string(first + number));
        own.flatten().or_else(|| self.of_shape(member.shape()))
    }

    /// The regular expression that a string of this shape matches.
    #[must_use]
    pub fn pattern(&self, shape: Shape) -> Option<&str> {
        let (number, count) = (shape.number(), self.word(2));
        (number < count).then(|| self.string(SERVICE_WORDS + self.word(1) + count + number))?
    }

    /// How many words there are.
    fn len(&self) -> usize {
        let room = (self.0.len() / 4).saturating_sub(1);
        (word(&self.0, 0) as usize).min(room)
    }

    fn word(&self, index: usize) -> usize {
        if index < self.len() {
            word(&self.0, index + 1) as usize
        } else {
            0
        }
    }

    /// The text that a word names.
    fn string(&self, index: usize) -> Option<&str> {
        let offset = self.word(index).checked_sub(1)?;
        let texts = self.0.get((self.len() + 1) * 4..)?;
        let length = u32::from_le_bytes(*texts.get(offset..)?.first_chunk()?) as usize;
        let start = offset + 4;
        std::str::from_utf8(texts.get(start..start.checked_add(length)?)?).ok()
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Library({} blocks)", self.len())
    }
}

impl std::fmt::Debug for Block {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Block({} bytes)", self.0.len())
    }
}
