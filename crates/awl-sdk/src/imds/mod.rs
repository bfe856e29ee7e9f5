//! The instance metadata service: what an EC2 instance asks about itself.
//!
//! Version 2 of it is spoken: a token is fetched first and shown with every
//! request. Where there is none to be had, version 1 is, unless the
//! configuration rules it out. A proxy never stands between.
// Parity: botocore/utils.py, IMDSFetcher, InstanceMetadataFetcher;
// awscli/utils.py, IMDSRegionProvider.

mod client;
mod error;
mod machine;
mod region;
mod role;

pub use client::{Imds, TOKEN_TTL};
pub use error::ImdsError;
pub use machine::{Likelihood, likelihood};
pub use role::{RoleAnswer, RoleCredentials};
