//! The packed models of every AWS service, embedded. The build script gets the
//! pinned botocore release and compiles it; see `models.lock`. Beside them lie
//! what help shows, and the facts of [`access`].
//!
//! ```
//! let store = awl_catalog::store();
//! let operation = store.service("ec2").unwrap().operation("DescribeInstances").unwrap();
//! assert_eq!(operation.cli_name(), "describe-instances");
//! ```

pub mod access;

use std::sync::OnceLock;

use awl_model::Store;
use awl_model::documentation::Library;

/// The store's bytes. Pages that no command reads are never loaded.
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/models.awlm"));

/// The bytes of what help shows, apart from the store.
static HELP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/help.awlh"));

/// AWS's managed policies that accounts use most, as AWS has them: a JSON list of
/// maps with `name`, `path`, `created`, `updated`, `version` and `document`.
pub const MANAGED_POLICIES: &str = include_str!(concat!(env!("OUT_DIR"), "/managed.json"));

/// The version of botocore that the models are of: `1.44.5`.
pub const BOTOCORE_VERSION: &str = env!("AWL_BOTOCORE_VERSION");

/// The embedded store. The first call opens it, which costs microseconds.
///
/// # Panics
/// Where the embedded bytes are no store, which a test of this crate excludes.
#[must_use]
pub fn store() -> Store {
    static STORE: OnceLock<Store> = OnceLock::new();
    *STORE.get_or_init(|| Store::open(BYTES).expect("the build script wrote a store"))
}

/// What help shows: documentation, examples, topics. See
/// `awl_model_compiler::library` for the names of its blocks.
///
/// # Panics
/// Where the embedded bytes are no library, which a test of this crate excludes.
#[must_use]
pub fn library() -> Library {
    Library::open(HELP).expect("the build script wrote a library")
}

/// The size of what help shows in bytes.
#[must_use]
pub const fn library_size() -> usize {
    HELP.len()
}

/// The size of the embedded store in bytes.
#[must_use]
pub const fn size() -> usize {
    BYTES.len()
}

#[cfg(test)]
mod tests;
