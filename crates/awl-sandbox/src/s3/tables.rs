//! Where objects and uploads are kept: sorted tables beside the state's own, of
//! which a listing reads a range, and blobs that are counted by who refers to
//! them.

use std::collections::HashSet;
use std::ops::Bound;

use awl_protocol::server::Failure;
use awl_value::json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::error::internal;
use super::model::{Part, Piece, Upload, Version};
use crate::blobs::Blobs;
use crate::record::Stored;
use crate::store::{Store, store};
use crate::{Entropy, StoreError, ids};

/// Bucket, key, and a number that is smaller the newer the version is.
type ObjectKey = (&'static str, &'static str, u64);

const OBJECTS: TableDefinition<'_, ObjectKey, &[u8]> = TableDefinition::new("s3 objects");
const UPLOADS: TableDefinition<'_, (&str, &str, &str), &[u8]> = TableDefinition::new("s3 uploads");
const PARTS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("s3 parts");
/// How often each blob is referred to.
const BLOBS: TableDefinition<'_, &str, u64> = TableDefinition::new("s3 blobs");
/// Blobs too small for a file.
const INLINE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("s3 inline");
const COUNTERS: TableDefinition<'_, &str, u64> = TableDefinition::new("s3 counters");

/// Ids of versions that come one after another look different by this; the other
/// is its inverse.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
const GATHER: u64 = 0xf1de_83e1_9937_733d;

type Result<T> = std::result::Result<T, Failure>;

/// The tables as they are now.
pub(crate) struct Tables(ReadTransaction);

/// A change of the tables.
pub(crate) struct Change<'a> {
    transaction: WriteTransaction,
    blobs: &'a Blobs,
    /// Files that nothing refers to once this is committed.
    released: Vec<String>,
}

/// A version with its place in the order of versions.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) key: String,
    pub(crate) order: u64,
    pub(crate) version: Version,
}

/// Makes the tables, and removes files that nothing refers to.
pub(crate) fn prepare(kept: &Store, blobs: &Blobs) -> std::result::Result<(), StoreError> {
    let transaction = kept.write()?;
    let mut known = HashSet::new();
    {
        transaction.open_table(OBJECTS).map_err(store)?;
        transaction.open_table(UPLOADS).map_err(store)?;
        transaction.open_table(PARTS).map_err(store)?;
        transaction.open_table(INLINE).map_err(store)?;
        transaction.open_table(COUNTERS).map_err(store)?;
        let table = transaction.open_table(BLOBS).map_err(store)?;
        for entry in table.iter().map_err(store)? {
            let (id, _) = entry.map_err(store)?;
            known.insert(id.value().to_owned());
        }
    }
    transaction.commit().map_err(store)?;
    blobs.sweep(&known).map_err(store)
}

/// A version's id, which holds its place and cannot be guessed.
pub(crate) fn version_id(order: u64, entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&order.wrapping_mul(SPREAD).to_be_bytes());
    bytes[8..].copy_from_slice(&ids::random::<16>(entropy));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a version's id holds.
fn order_of(id: &str) -> Option<u64> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    let (order, rest) = bytes.split_first_chunk::<8>()?;
    (rest.len() == 16).then(|| u64::from_be_bytes(*order).wrapping_mul(GATHER))
}

/// Whether a text can be the id of a version.
pub(crate) fn is_version_id(id: &str) -> bool {
    id == "null" || order_of(id).is_some()
}

impl Tables {
    pub(crate) fn open(kept: &Store) -> Result<Self> {
        kept.read().map(Self).map_err(internal)
    }

    /// The newest version of an object, which may be a mark.
    pub(crate) fn latest(&self, bucket: &str, key: &str) -> Result<Option<Placed>> {
        let table = self.0.open_table(OBJECTS).map_err(internal)?;
        let mut range = table
            .range((bucket, key, 0)..=(bucket, key, u64::MAX))
            .map_err(internal)?;
        let Some(entry) = range.next() else {
            return Ok(None);
        };
        let (place, value) = entry.map_err(internal)?;
        let (_, key, order) = place.value();
        Ok(Some(Placed {
            key: key.to_owned(),
            order,
            version: read(value.value())?,
        }))
    }

    /// A version of an object.
    pub(crate) fn version(&self, bucket: &str, key: &str, id: &str) -> Result<Option<Placed>> {
        let table = self.0.open_table(OBJECTS).map_err(internal)?;
        let (from, to) = match order_of(id) {
            Some(order) => (order, order),
            None => (0, u64::MAX),
        };
        let range = table.range((bucket, key, from)..=(bucket, key, to));
        for entry in range.map_err(internal)? {
            let (place, value) = entry.map_err(internal)?;
            let version: Version = read(value.value())?;
            if version.id == id {
                let (_, key, order) = place.value();
                return Ok(Some(Placed {
                    key: key.to_owned(),
                    order,
                    version,
                }));
            }
        }
        Ok(None)
    }

    /// Goes through versions from a place on, in their order: by key, the newest
    /// first. The visitor says where to go on.
    pub(crate) fn walk(
        &self,
        bucket: &str,
        mut from: Bound<(String, u64)>,
        mut visitor: impl FnMut(Placed) -> Step,
    ) -> Result<()> {
        let table = self.0.open_table(OBJECTS).map_err(internal)?;
        'seek: loop {
            let start = match &from {
                Bound::Included((key, order)) => Bound::Included((bucket, &**key, *order)),
                Bound::Excluded((key, order)) => Bound::Excluded((bucket, &**key, *order)),
                Bound::Unbounded => Bound::Included((bucket, "", 0)),
            };
            let range = table.range::<(&str, &str, u64)>((start, Bound::Unbounded));
            for entry in range.map_err(internal)? {
                let (place, value) = entry.map_err(internal)?;
                let (of, key, order) = place.value();
                if of != bucket {
                    return Ok(());
                }
                let placed = Placed {
                    key: key.to_owned(),
                    order,
                    version: read(value.value())?,
                };
                match visitor(placed) {
                    Step::Next => {}
                    Step::Seek(key) => {
                        from = Bound::Included((key, 0));
                        continue 'seek;
                    }
                    Step::End => return Ok(()),
                }
            }
            return Ok(());
        }
    }

    /// Whether a bucket has anything in it.
    pub(crate) fn is_empty(&self, bucket: &str) -> Result<bool> {
        let mut empty = true;
        self.walk(bucket, Bound::Unbounded, |_| {
            empty = false;
            Step::End
        })?;
        Ok(empty)
    }

    pub(crate) fn upload(&self, bucket: &str, key: &str, id: &str) -> Result<Option<Upload>> {
        let table = self.0.open_table(UPLOADS).map_err(internal)?;
        let found = table.get((bucket, key, id)).map_err(internal)?;
        found.map(|value| read(value.value())).transpose()
    }

    /// The uploads of a bucket, by key, from one behind a key and id on.
    pub(crate) fn uploads(
        &self,
        bucket: &str,
        after: Option<(&str, &str)>,
        mut visitor: impl FnMut(Upload) -> bool,
    ) -> Result<()> {
        let table = self.0.open_table(UPLOADS).map_err(internal)?;
        let start = match after {
            Some((key, id)) => Bound::Excluded((bucket, key, id)),
            None => Bound::Included((bucket, "", "")),
        };
        let range = table.range::<(&str, &str, &str)>((start, Bound::Unbounded));
        for entry in range.map_err(internal)? {
            let (place, value) = entry.map_err(internal)?;
            if place.value().0 != bucket || !visitor(read(value.value())?) {
                break;
            }
        }
        Ok(())
    }

    /// The parts of an upload, by number, from one behind a number on.
    pub(crate) fn parts(&self, upload: &str, after: u64, most: usize) -> Result<Vec<Part>> {
        let table = self.0.open_table(PARTS).map_err(internal)?;
        let range = table.range((upload, after + 1)..=(upload, u64::MAX));
        let mut parts = Vec::new();
        for entry in range.map_err(internal)?.take(most) {
            parts.push(read(entry.map_err(internal)?.1.value())?);
        }
        Ok(parts)
    }

    pub(crate) fn part(&self, upload: &str, number: u64) -> Result<Option<Part>> {
        let table = self.0.open_table(PARTS).map_err(internal)?;
        let found = table.get((upload, number)).map_err(internal)?;
        found.map(|value| read(value.value())).transpose()
    }

    /// The bytes of a small blob.
    pub(crate) fn inline(&self, blob: &str) -> Result<Vec<u8>> {
        let table = self.0.open_table(INLINE).map_err(internal)?;
        let found = table.get(blob).map_err(internal)?;
        Ok(found
            .map(|bytes| bytes.value().to_vec())
            .unwrap_or_default())
    }
}

/// Where a walk goes on.
#[derive(Debug)]
pub(crate) enum Step {
    Next,
    /// At the first of a key or what comes behind it.
    Seek(String),
    End,
}

impl<'a> Change<'a> {
    pub(crate) fn begin(kept: &Store, blobs: &'a Blobs) -> Result<Self> {
        Ok(Self {
            transaction: kept.write().map_err(internal)?,
            blobs,
            released: Vec::new(),
        })
    }

    /// The place of a version that is newer than all.
    pub(crate) fn newest(&self) -> Result<u64> {
        let mut table = self.transaction.open_table(COUNTERS).map_err(internal)?;
        let count = table.get("versions").map_err(internal)?;
        let count = count.map_or(0, |count| count.value()) + 1;
        table.insert("versions", count).map_err(internal)?;
        Ok(u64::MAX - count)
    }

    pub(crate) fn put_version(
        &mut self,
        bucket: &str,
        key: &str,
        order: u64,
        version: &Version,
    ) -> Result<()> {
        let mut table = self.transaction.open_table(OBJECTS).map_err(internal)?;
        let text = json::to_string(&version.to_value());
        let put = table.insert((bucket, key, order), text.as_bytes());
        put.map_err(internal).map(drop)
    }

    /// Removes a version; its data goes where nothing else refers to it.
    pub(crate) fn remove_version(&mut self, bucket: &str, placed: &Placed) -> Result<()> {
        {
            let mut table = self.transaction.open_table(OBJECTS).map_err(internal)?;
            let place = (bucket, &*placed.key, placed.order);
            table.remove(place).map_err(internal)?;
        }
        self.release(&placed.version.pieces)
    }

    pub(crate) fn put_upload(&mut self, bucket: &str, upload: &Upload) -> Result<()> {
        let mut table = self.transaction.open_table(UPLOADS).map_err(internal)?;
        let text = json::to_string(&upload.to_value());
        let place = (bucket, &*upload.key, &*upload.id);
        let put = table.insert(place, text.as_bytes());
        put.map_err(internal).map(drop)
    }

    /// Removes an upload with its parts.
    pub(crate) fn remove_upload(&mut self, bucket: &str, upload: &Upload) -> Result<()> {
        let mut pieces = Vec::new();
        {
            let mut table = self.transaction.open_table(UPLOADS).map_err(internal)?;
            let place = (bucket, &*upload.key, &*upload.id);
            table.remove(place).map_err(internal)?;
            let mut table = self.transaction.open_table(PARTS).map_err(internal)?;
            let range = (&*upload.id, 0)..=(&*upload.id, u64::MAX);
            let parts = table.extract_from_if(range, |_, _| true);
            for entry in parts.map_err(internal)? {
                let part: Part = read(entry.map_err(internal)?.1.value())?;
                pieces.extend(part.pieces);
            }
        }
        self.release(&pieces)
    }

    /// Puts a part in the place of one with its number.
    pub(crate) fn put_part(&mut self, upload: &str, part: &Part) -> Result<()> {
        let old = {
            let mut table = self.transaction.open_table(PARTS).map_err(internal)?;
            let text = json::to_string(&part.to_value());
            let place = (upload, part.number.unsigned_abs());
            let old = table.insert(place, text.as_bytes()).map_err(internal)?;
            old.map(|old| read::<Part>(old.value())).transpose()?
        };
        match old {
            Some(old) => self.release(&old.pieces),
            None => Ok(()),
        }
    }

    /// Keeps the bytes of a small blob.
    pub(crate) fn put_inline(&mut self, blob: &str, bytes: &[u8]) -> Result<()> {
        let mut table = self.transaction.open_table(INLINE).map_err(internal)?;
        table.insert(blob, bytes).map_err(internal).map(drop)
    }

    /// Notes that something refers to these ranges.
    pub(crate) fn hold(&mut self, pieces: &[Piece]) -> Result<()> {
        let mut table = self.transaction.open_table(BLOBS).map_err(internal)?;
        for piece in pieces {
            let count = table.get(&*piece.blob).map_err(internal)?;
            let count = count.map_or(0, |count| count.value()) + 1;
            table.insert(&*piece.blob, count).map_err(internal)?;
        }
        Ok(())
    }

    /// Notes that something no longer does.
    pub(crate) fn release(&mut self, pieces: &[Piece]) -> Result<()> {
        let mut table = self.transaction.open_table(BLOBS).map_err(internal)?;
        let mut inline = self.transaction.open_table(INLINE).map_err(internal)?;
        for piece in pieces {
            let count = table.get(&*piece.blob).map_err(internal)?;
            let count = count.map_or(0, |count| count.value());
            if count > 1 {
                table.insert(&*piece.blob, count - 1).map_err(internal)?;
                continue;
            }
            table.remove(&*piece.blob).map_err(internal)?;
            if piece.inline {
                inline.remove(&*piece.blob).map_err(internal)?;
            } else {
                self.released.push(piece.blob.clone());
            }
        }
        Ok(())
    }

    /// Makes the change last, and removes files that nothing refers to now.
    pub(crate) fn commit(self) -> Result<()> {
        self.transaction.commit().map_err(internal)?;
        for blob in &self.released {
            self.blobs.remove(blob);
        }
        Ok(())
    }
}

fn read<T: Stored>(bytes: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(bytes).map_err(internal)?;
    let value = json::parse(text).map_err(internal)?;
    T::of(&value).ok_or_else(|| internal("a record says nothing that is known"))
}
