//! A body while it comes: taken out of its chunks, hashed, and held in memory or,
//! where it is larger, in a file.

use awl_sign::{ChunkDecoder, ChunkError, PayloadHasher};
use md5::Digest as _;

use crate::Entropy;
use crate::blobs::{Blobs, NewBlob};
use crate::s3::checksum::{Algorithm, Hasher};

/// Larger ones go to a file while they come.
const IN_MEMORY: usize = 1 << 20;
/// The most bytes of an object that has no file of its own.
pub(crate) const INLINE: usize = 16 << 10;
/// The largest where there are no files.
const LARGEST_IN_MEMORY: u64 = 256 << 20;

/// A body that has come.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    pub(crate) data: Data,
    pub(crate) length: u64,
    pub(crate) md5: [u8; 16],
    /// The checksums that were asked for.
    pub(crate) checksums: Vec<(Algorithm, String)>,
    /// What came behind the last chunk.
    pub(crate) trailers: Vec<(String, String)>,
    /// Of what is copied: the place of the version that it is of.
    pub(crate) copied: Option<u64>,
}

/// Where a body is.
#[derive(Debug)]
pub(crate) enum Data {
    Bytes(Vec<u8>),
    File(NewBlob),
}

impl Default for Data {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Payload {
    /// The bytes of one that is not in a file.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.data {
            Data::Bytes(bytes) => bytes,
            Data::File(_) => &[],
        }
    }
}

/// Why a body is not taken.
#[derive(Debug)]
pub(super) enum IntakeError {
    TooLarge(u64),
    Chunk(ChunkError),
    Disk,
}

/// A body while it comes.
#[derive(Debug)]
pub(super) struct Intake {
    limit: u64,
    decoder: Option<ChunkDecoder>,
    /// Of the body as it is sent, chunks and all.
    raw: Option<PayloadHasher>,
    digests: Option<Digests>,
    bytes: Vec<u8>,
    blob: Option<NewBlob>,
    length: u64,
    decoded: Vec<u8>,
}

#[derive(Debug)]
struct Digests {
    md5: md5::Md5,
    checksums: Vec<(Algorithm, Hasher)>,
}

impl Intake {
    /// A body that stays in memory.
    pub(super) const fn small(limit: u64) -> Self {
        Self {
            limit,
            decoder: None,
            raw: None,
            digests: None,
            bytes: Vec::new(),
            blob: None,
            length: 0,
            decoded: Vec::new(),
        }
    }

    /// Takes the body out of its chunks.
    pub(super) fn in_chunks(&mut self, decoder: ChunkDecoder) {
        self.decoder = Some(decoder);
    }

    /// Computes the hash that a signature is of.
    pub(super) fn hash_raw(&mut self) {
        self.raw = Some(PayloadHasher::new());
    }

    /// An object's data: of any size, with MD5 and these checksums.
    pub(super) fn object(&mut self, limit: u64, algorithms: &[Algorithm], blobs: &Blobs) {
        self.limit = match blobs.is_on_disk() {
            true => limit,
            false => limit.min(LARGEST_IN_MEMORY),
        };
        self.digests = Some(Digests {
            md5: md5::Md5::new(),
            checksums: algorithms.iter().map(|own| (*own, own.hasher())).collect(),
        });
    }

    /// Whether finishing it has to write a file.
    pub(super) const fn is_in_file(&self) -> bool {
        self.digests.is_some() && (self.blob.is_some() || self.bytes.len() > INLINE)
    }

    pub(super) const fn limit(&self) -> u64 {
        self.limit
    }

    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        blobs: &Blobs,
        entropy: &dyn Entropy,
    ) -> Result<(), IntakeError> {
        if let Some(raw) = &mut self.raw {
            raw.update(bytes);
        }
        let Some(decoder) = &mut self.decoder else {
            return self.take(bytes, blobs, entropy);
        };
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        let read = decoder.push(bytes, &mut decoded);
        read.map_err(IntakeError::Chunk)?;
        self.take(&decoded, blobs, entropy)?;
        self.decoded = decoded;
        Ok(())
    }

    fn take(
        &mut self,
        bytes: &[u8],
        blobs: &Blobs,
        entropy: &dyn Entropy,
    ) -> Result<(), IntakeError> {
        self.length += bytes.len() as u64;
        if self.length > self.limit {
            return Err(IntakeError::TooLarge(self.length));
        }
        if let Some(digests) = &mut self.digests {
            digests.md5.update(bytes);
            for (_, hasher) in &mut digests.checksums {
                hasher.update(bytes);
            }
            if self.blob.is_none() && self.bytes.len() + bytes.len() > IN_MEMORY {
                self.spill(blobs, entropy)?;
            }
            if let Some(blob) = &mut self.blob {
                return blob.write(bytes).map_err(|_| IntakeError::Disk);
            }
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The body, and the hash of it as it was sent. What is in a file lasts from
    /// now on.
    pub(super) fn finish(
        mut self,
        blobs: &Blobs,
        entropy: &dyn Entropy,
    ) -> Result<(Payload, Option<String>), IntakeError> {
        let mut payload = Payload {
            length: self.length,
            ..Payload::default()
        };
        if let Some(decoder) = self.decoder.take() {
            payload.trailers = decoder.finish().map_err(IntakeError::Chunk)?;
        }
        let is_object = self.digests.is_some();
        if let Some(digests) = self.digests.take() {
            payload.md5 = digests.md5.finalize().into();
            let checksums = digests.checksums.into_iter();
            payload.checksums = checksums
                .map(|(algorithm, hasher)| (algorithm, hasher.finish()))
                .collect();
        }
        if is_object && self.blob.is_none() && self.bytes.len() > INLINE {
            self.spill(blobs, entropy)?;
        }
        payload.data = match self.blob {
            Some(blob) => {
                let synced = blob.sync().and_then(|()| blobs.sync());
                synced.map_err(|_| IntakeError::Disk)?;
                Data::File(blob)
            }
            None => Data::Bytes(self.bytes),
        };
        Ok((payload, self.raw.map(PayloadHasher::finish)))
    }

    /// Goes on in a file.
    fn spill(&mut self, blobs: &Blobs, entropy: &dyn Entropy) -> Result<(), IntakeError> {
        self.blob = blobs.create(entropy).map_err(|_| IntakeError::Disk)?;
        if let Some(blob) = &mut self.blob {
            let held = std::mem::take(&mut self.bytes);
            blob.write(&held).map_err(|_| IntakeError::Disk)?;
        }
        Ok(())
    }
}
