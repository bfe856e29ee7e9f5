//! awl-sdk.

pub mod client;
pub mod config;
pub mod credentials;
pub mod env;
mod error;
pub mod handlers;

pub mod transport;
pub mod validate;

pub use client::{Call, Client, Output};
pub use config::Config;
pub use error::{Error, OperationError};
