//! awl-sdk.

pub mod config;
pub mod env;
