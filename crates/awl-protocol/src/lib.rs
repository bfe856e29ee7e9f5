//! The wire protocols of AWS, interpreted from models: parameters to requests,
//! responses, errors and event streams to values. One walk over a shape serves
//! every codec; codecs know bytes, not HTTP, and what goes into path, query
//! string and headers is bound apart from them.
//!
//! The crate does no I/O, resolves no endpoint and signs nothing.

mod codec;
mod decode;
mod encode;
mod error;
pub mod event;
mod headers;
mod http;
mod peek;
mod protocol;
mod request;
mod request_id;
mod response;
mod schema;
mod text;
mod timestamp;

pub use error::{ServiceError, parse_error};
pub use headers::Headers;
pub use peek::{is_timestamp, xml_root};
pub use protocol::Protocol;
pub use request::{Body, Request, SerializeError, SerializeOptions, TimestampPrecision, serialize};
pub use request_id::{RequestIds, request_ids};
pub use response::{Blobs, ParseError, ParseOptions, Timestamps, parse_response};
