//! The packed model store: the format that `awl-model-compiler` writes, and a
//! zero-copy reader of it. A store is opened from bytes by checking its
//! section table; nothing is parsed, and look-ups read the bytes in place.
//!
//! Everything a reader hands out is `Copy` and borrows the store for
//! `'static`: a program opens a handful of stores in its life, the embedded
//! one above all, and keeps them. The crate does no I/O and parses no JSON.
//!
//! Bytes that were damaged after they were written give wrong answers, empty
//! ones mostly, and never a panic or an endless loop.
//!
//! ```
//! use awl_model::Store;
//! // A store has to be compiled: see `awl_model_compiler::compile`.
//! assert!(Store::open(b"not a store").is_err());
//! ```

pub mod documentation;
pub mod format;
mod names;
mod node;
mod operation;
mod service;
mod shape;
mod store;

pub use names::{kebab_case, snake_case};
pub use node::Node;
pub use operation::Operation;
pub use service::Service;
pub use shape::{Location, Member, Shape, ShapeKind, TimestampFormat};
pub use store::{OpenError, Store};
