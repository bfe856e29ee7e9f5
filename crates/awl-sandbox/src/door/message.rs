//! Encoded authorization messages: packed, and sealed so that only this sandbox
//! can read them.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::Sandbox;
use crate::seal;

/// What they are sealed as.
const MESSAGE: &str = "message";
/// The longest that can be asked about.
const LONGEST: usize = 10_240;
/// The most bytes of what one says.
const LARGEST: u64 = 1 << 20;

impl Sandbox {
    /// A message that says `text`; None where it would be too long.
    pub(super) fn encode_message(&self, text: &str) -> Option<String> {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text.as_bytes()).ok()?;
        let packed = packer.finish().ok()?;
        let sealed = self.messages.seal(&packed, MESSAGE, self.entropy());
        let encoded = seal::message(&sealed.ok()?);
        (encoded.len() <= LONGEST).then_some(encoded)
    }

    /// What a message says; None where it is none of this sandbox's.
    pub(crate) fn decode_message(&self, encoded: &str) -> Option<String> {
        let packed = self.messages.open(&seal::of_message(encoded)?, MESSAGE)?;
        let mut text = String::new();
        let mut unpacker = ZlibDecoder::new(&packed[..]).take(LARGEST);
        unpacker.read_to_string(&mut text).ok()?;
        Some(text)
    }
}
