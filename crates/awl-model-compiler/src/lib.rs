//! Compiles botocore's JSON models into the packed store that `awl-model`
//! reads. The build script of `awl-catalog` runs it over all of AWS, a program
//! runs it over a user's own models; both give the same bytes for the same
//! files.
//!
//! It reads no files itself: they come as a map from path to bytes.
//!
//! ```
//! use awl_model_compiler::{Files, compile};
//! let mut files = Files::new();
//! files.insert("tiny/2020-01-01/service-2.json".to_owned(), br#"{
//!     "metadata": {"serviceId": "Tiny", "protocol": "json"},
//!     "operations": {"GetThing": {"http": {"method": "POST", "requestUri": "/"},
//!                                 "input": {"shape": "GetThingRequest"}}},
//!     "shapes": {"GetThingRequest": {"type": "structure", "members": {"Id": {"shape": "Id"}}},
//!                "Id": {"type": "string"}}
//! }"#.to_vec());
//! let bytes: &'static [u8] = compile(&files).unwrap().leak();
//! let store = awl_model::Store::open(bytes).unwrap();
//! let operation = store.service("tiny").unwrap().operation_by_cli_name("get-thing").unwrap();
//! assert_eq!(operation.input().unwrap().members().next().unwrap().name(), "Id");
//! ```

mod access;
mod documentation;
mod error;
mod files;
mod managed;
mod markup;
mod pack;
mod service;

pub use access::access;
pub use documentation::{library, named_texts, service_documentation};
pub use error::CompileError;
pub use files::{Files, ServiceFiles, compile, services};
pub use managed::managed_policies;
pub use pack::Packer;

#[cfg(test)]
mod tests;
