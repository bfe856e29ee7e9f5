//! Reading the part of reStructuredText that documentation, examples and
//! topics are written in, as docutils reads it: blocks, and spans in them.

mod block;
mod inline;

pub(crate) use block::{Block, parse};
pub(crate) use inline::{Face, Span};
