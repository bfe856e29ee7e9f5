//! A local AWS with real identity: signatures are verified, codes of MFA devices
//! are checked, policies are enforced, denials are encoded. Every modelled
//! service's requests are read and authorised; STS and IAM are emulated, other
//! services are answered with a clear `NotImplemented`.
//!
//! The crate knows no models and no facts of access of its own: the caller hands
//! both in. It reads neither environment nor clock: see [`Surroundings`].
//!
//! ```
//! # use awl_sandbox::{Access, AccessFacts, Request, Sandbox, Scope, Surroundings, Entropy};
//! # #[derive(Debug)] struct Nothing;
//! # impl AccessFacts for Nothing {
//! #     fn access(&self, _: awl_model::Operation, _: &awl_value::Map, _: &Scope<'_>) -> Access {
//! #         Access::Free
//! #     }
//! # }
//! # impl Entropy for Nothing {
//! #     fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()> { bytes.fill(7); Ok(()) }
//! # }
//! # impl Surroundings for Nothing { fn now(&self) -> i64 { 1_800_000_000 } }
//! let store = awl_catalog::store();
//! let sandbox = Sandbox::in_memory(store, Box::new(Nothing), Box::new(Nothing))?;
//! let request = Request {
//!     method: "POST".to_owned(),
//!     path: "/".to_owned(),
//!     query: String::new(),
//!     headers: vec![("host".to_owned(), "127.0.0.1:4566".to_owned())],
//!     body: b"Action=GetCallerIdentity&Version=2011-06-15".to_vec(),
//!     peer: std::net::Ipv4Addr::LOCALHOST.into(),
//! };
//! let reply = sandbox.answer(&request);
//! assert_eq!(reply.status, 403);
//! let text = String::from_utf8(reply.body.into_bytes()?)?;
//! assert!(text.contains("<Code>MissingAuthenticationToken</Code>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![expect(
    clippy::result_large_err,
    reason = "a failure is an answer as any other, one a request"
)]

mod access;
mod account;
mod blobs;
mod caller;
mod content;
mod control;
mod door;
mod ec2;
mod iam;
mod ids;
mod imds;
mod link;
mod log;
mod managed;
mod page;
mod record;
mod s3;
mod seal;
mod server;
mod session;
mod store;
mod sts;
mod totp;
mod trouble;
mod web_identity;

#[cfg(test)]
mod testing;

pub use access::{Access, AccessFacts, Entropy, Need, Scope, Surroundings};
pub use content::Content;
pub use control::ControlError;
pub use door::{Administrator, Arrival, Reply, Request, Sandbox};
pub use log::{Checked, Deciding, LogEntry};
pub use server::Server;
pub use store::StoreError;
pub use trouble::Ending;
