//! An AWS SDK driven by the models: one [`Client`] speaks to any service, by
//! the names that the models have. Under it: configuration with provenance,
//! the credential chain, endpoints, signatures, HTTP, retries.
//!
//! There are no generated types and no terminal here: parameters and answers
//! are [`awl_value::Value`]s, checked against the model at run time.
//!
//! ```
//! use std::sync::Arc;
//! use awl_sdk::config::{Config, Overrides};
//! use awl_sdk::{Client, env};
//! use awl_value::{Value, json};
//!
//! # // A server that answers as STS would.
//! # use std::io::{Read, Write};
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
//! # let endpoint_url = format!("http://{}", listener.local_addr().unwrap());
//! # std::thread::spawn(move || {
//! #     for (status, body) in [
//! #         ("200 OK", "<R><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></R>"),
//! #         ("403 Forbidden", "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"),
//! #     ] {
//! #         let (mut stream, _) = listener.accept().unwrap();
//! #         let _ = stream.read(&mut [0; 4096]).unwrap();
//! #         write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
//! #     }
//! # });
//! # #[derive(Debug)] struct Keys;
//! # impl env::Host for Keys {
//! #     fn variable(&self, name: &str) -> Option<String> {
//! #         matches!(name, "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY").then(|| "test".to_owned())
//! #     }
//! #     fn read(&self, _: &std::path::Path) -> std::io::Result<Vec<u8>> { Err(std::io::ErrorKind::NotFound.into()) }
//! #     fn list(&self, _: &std::path::Path) -> std::io::Result<Vec<String>> { Ok(vec![]) }
//! #     fn write(&self, _: &std::path::Path, _: &[u8]) -> std::io::Result<()> { Ok(()) }
//! #     fn now(&self) -> std::time::SystemTime { std::time::UNIX_EPOCH }
//! #     fn random(&self) -> f64 { 0.5 }
//! #     fn uuid(&self) -> String { "00000000-0000-4000-8000-000000000000".to_owned() }
//! # }
//! # let host = Keys;
//! # let overrides = Overrides { endpoint_url: Some(endpoint_url), ..Overrides::default() };
//! # /*
//! let (host, overrides) = (env::Process, Overrides::default());
//! # */
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let config = Config::load(Arc::new(host), overrides)?;
//! let sts = Client::new(&config, awl_catalog::store().service("sts").unwrap())?;
//!
//! let identity = sts.call("GetCallerIdentity", json::parse("{}")?).await?;
//! assert_eq!(identity.get("Account").and_then(Value::as_str), Some("123456789012"));
//!
//! let params = json::parse(r#"{"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "s1"}"#)?;
//! let error = sts.call("AssumeRole", params).await.unwrap_err();
//! let refused = error.service().unwrap();
//! assert_eq!((refused.code(), refused.message()), ("AccessDenied", "not you"));
//! assert_eq!((refused.status, refused.request_id()), (403, Some("r-1")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

pub mod checksum;
pub mod client;
pub mod compress;
pub mod config;
pub mod console;
pub mod credentials;
pub mod env;
mod error;
pub mod handlers;
pub mod imds;

#[cfg(feature = "user-models")]
pub mod models;
mod monitor;
pub mod observe;
pub mod pages;
pub mod retry;
pub mod transport;
pub mod validate;
pub mod waiter;

pub use client::{Call, Client, LocalOffset, Output, StreamingBody, TranscriptConfig};
pub use config::Config;
pub use error::{Error, OperationError};
