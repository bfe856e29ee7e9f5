//! What can be wrong with a model file.

use awl_value::json::JsonError;

/// Why a model could not be compiled: which file, and where in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The file is no UTF-8 text, or cannot be decompressed.
    #[error("{file}: not readable as text: {reason}")]
    Text {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// The file is no JSON.
    #[error("{file}: invalid JSON")]
    Json {
        /// The file.
        file: String,
        /// Where and why.
        source: JsonError,
    },
    /// The file is JSON, but no such model.
    #[error("{file}: at {place}: {reason}")]
    Model {
        /// The file.
        file: String,
        /// The place, as a path of keys: `shapes.Foo.members.Bar`.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// The models are more than a store can hold.
    #[error("{file}: more {what} than a model store can hold")]
    TooLarge {
        /// The file that was one too many.
        file: String,
        /// Of what.
        what: &'static str,
    },
}
