//! The other side: which operation a request is for ([`Directory`],
//! [`Router`]), its parameters ([`parse_request`]), and the answer
//! ([`serialize_response`], [`serialize_error`]), in any protocol.
//!
//! Values are typed: times are `Value::Timestamp` in UTC, blobs are bytes,
//! numbers are of the kind that the model has. What services take leniently
//! (order, unknown members, `null`, forms in the query string) is taken; what
//! does not fit the model is an error that says where.
//!
//! ```
//! use awl_protocol::Headers;
//! use awl_protocol::server::{
//!     Answer, Failure, Hint, Incoming, Directory, parse_request, serialize_error,
//!     serialize_response,
//! };
//! use awl_value::{Map, Value};
//!
//! let store = awl_test::compile(r#"{
//!     "metadata": {"protocol": "query", "apiVersion": "2020-01-01", "endpointPrefix": "greeter",
//!         "xmlNamespace": "https://greeter/"},
//!     "operations": {"Greet": {"name": "Greet", "input": {"shape": "Names"},
//!         "output": {"shape": "Names", "resultWrapper": "GreetResult"}}},
//!     "shapes": {
//!         "Names": {"type": "structure", "members": {"Names": {"shape": "List"}}},
//!         "List": {"type": "list", "member": {"shape": "Text"}}, "Text": {"type": "string"}
//!     }
//! }"#);
//! let directory = Directory::new(store);
//! let headers = Headers::from_iter([("Content-Type", "application/x-www-form-urlencoded")]);
//! let request = Incoming {
//!     method: "POST",
//!     path: "/",
//!     query: "",
//!     headers: &headers,
//!     body: b"Action=Greet&Version=2020-01-01&Names.member.1=you&Names.member.2=me",
//! };
//! let route = directory.route(&request, Hint::signed_for("greeter"))?;
//! assert_eq!(route.operation.name(), "Greet");
//! let input = parse_request(&route, &request)?;
//! assert_eq!(input.get("Names"), Some(&Value::from(vec!["you", "me"])));
//!
//! let answer = Answer { request_id: "1-2", host_id: None };
//! let response = serialize_response(&route, &input, answer)?;
//! assert_eq!(response.body.bytes(), Some(
//!     "<GreetResponse xmlns=\"https://greeter/\"><GreetResult><Names><member>you</member>\
//!      <member>me</member></Names></GreetResult><ResponseMetadata><RequestId>1-2</RequestId>\
//!      </ResponseMetadata></GreetResponse>".as_bytes()));
//!
//! let failure = Failure::new("Throttling", "Rate exceeded");
//! let response = serialize_error(&route, &failure, answer);
//! assert_eq!(response.status, 400);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod incoming;

mod directory;
mod path;
mod router;

mod parse;

mod answer;
mod failure;

pub use answer::{Answer, Response, serialize_response};
pub use directory::{Directory, Hint};
pub use failure::{Failure, Fault, Recipient, serialize_error};
pub use incoming::{Incoming, bucket_in_host};
pub(crate) use parse::read_structure;
pub use parse::{RequestError, host_labels, parse_request};
pub use router::{Route, RouteError, Router};
