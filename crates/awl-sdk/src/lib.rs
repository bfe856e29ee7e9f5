//! awl-sdk.

pub mod config;
pub mod env;

pub mod transport;
