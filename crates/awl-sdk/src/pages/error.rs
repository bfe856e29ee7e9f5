//! Why pages end before the listing does.

use awl_value::jmespath::JmespathError;

/// What is wrong with the pages of an operation, in botocore's words.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PaginationError {
    /// The operation has no pages.
    #[error("Operation cannot be paginated: {operation}")]
    NotPaginated {
        /// Its name.
        operation: &'static str,
    },
    /// The model of the pages cannot be used.
    #[error("the model of the pages of {operation} has no usable {part}")]
    Model {
        /// The operation's name.
        operation: &'static str,
        /// What of the model.
        part: &'static str,
    },
    /// The service gives the same page for ever.
    #[error("Error during pagination: The same next token was received twice: {token}")]
    SameToken {
        /// The token, as Python shows it.
        token: String,
    },
    /// A page size for an operation whose pages have none.
    #[error(
        "Error during pagination: PageSize parameter is not supported for the pagination \
         interface for this operation."
    )]
    NoPageSize,
    /// A starting token that is none of this operation's.
    #[error("Bad starting token: {token}")]
    StartingToken {
        /// The token, or what it holds, as Python shows it.
        token: String,
    },
    /// A number that is none, or what cannot be counted or cut, in Python's
    /// words.
    #[error("{0}")]
    Python(String),
    /// An expression of the model that a page does not fit.
    #[error("{0}")]
    Expression(#[from] JmespathError),
}
