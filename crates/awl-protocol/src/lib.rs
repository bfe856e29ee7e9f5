//! The wire protocols of AWS, interpreted from models: parameters to requests,
//! responses, errors and event streams to values. One walk over a shape serves
//! every codec; codecs know bytes, not HTTP, and what goes into path, query
//! string and headers is bound apart from them.
//!
//! The crate does no I/O, resolves no endpoint and signs nothing.
//!
//! ```
//! use awl_protocol::{Body, Headers, ParseOptions, SerializeOptions, TimestampPrecision};
//! use awl_value::{Map, Value};
//!
//! let store = awl_test::compile(r#"{
//!     "metadata": {"protocol": "json", "jsonVersion": "1.1", "targetPrefix": "Greeter"},
//!     "operations": {"Greet": {"name": "Greet", "input": {"shape": "Who"}, "output": {"shape": "Who"}}},
//!     "shapes": {
//!         "Who": {"type": "structure", "members": {"Name": {"shape": "Text"}}},
//!         "Text": {"type": "string"}
//!     }
//! }"#);
//! let operation = store.service("test").unwrap().operation("Greet").unwrap();
//! let input = Map::from_iter([("Name".into(), Value::from("you"))]);
//! let request = awl_protocol::serialize(operation, &input, &mut SerializeOptions {
//!     protocol: None,
//!     timestamp_precision: TimestampPrecision::Full,
//!     streaming_body: false,
//!     idempotency_token: &mut String::new,
//! }).unwrap();
//! assert_eq!(request.header("x-amz-target"), Some("Greeter.Greet"));
//! assert_eq!(request.body, Body::Bytes(br#"{"Name": "you"}"#.to_vec()));
//!
//! let body = br#"{"Name": "me"}"#;
//! let options = ParseOptions::default();
//! let output = awl_protocol::parse_response(operation, 200, &Headers::new(), body, &options);
//! assert_eq!(output.unwrap().get("Name"), Some(&Value::from("me")));
//! ```

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
pub mod server;
mod text;
mod timestamp;
mod transcribe;

pub use error::{ServiceError, parse_error};
pub use headers::Headers;
pub use peek::{is_timestamp, xml_root};
pub use protocol::Protocol;
pub use request::{Body, Request, SerializeError, SerializeOptions, TimestampPrecision, serialize};
pub use request_id::{RequestIds, request_ids};
pub use response::{
    Blobs, ParseError, ParseOptions, Timestamps, parse_response, transcribe_response,
};
pub use timestamp::{http_date, parse_parameter_time, parse_time};
pub use transcribe::{Items, Transcript};
