//! awl-sdk.

pub mod client;
pub mod config;
pub mod credentials;
pub mod env;
mod error;
pub mod handlers;

#[cfg(feature = "user-models")]
pub mod models;
pub mod retry;
pub mod transport;
pub mod validate;

pub use client::{Call, Client, Output};
pub use config::Config;
pub use error::{Error, OperationError};
