//! Where a request goes: endpoint rule sets, evaluated in place over the packed
//! model, the parameters that they are asked with, partitions, host prefixes.
//!
//! Choosing among the auth schemes that come out, signing, and everything that
//! touches the network are not done here. The crate does no I/O.
//!
//! ```
//! use awl_endpoint::{Builtins, resolve_operation};
//! use awl_value::Map;
//!
//! let service = awl_catalog::store().service("sts").unwrap();
//! let operation = service.operation("GetCallerIdentity").unwrap();
//! let builtins = Builtins {
//!     region: Some("eu-west-1".into()),
//!     ..Builtins::default()
//! };
//! let partitions = awl_catalog::store().partitions();
//! let endpoint =
//!     resolve_operation(operation, partitions, &Map::new(), &builtins, &Map::new()).unwrap();
//! assert_eq!(endpoint.url, "https://sts.eu-west-1.amazonaws.com");
//! ```

mod arn;
mod assumed;
mod builtins;
mod cache;
mod endpoint;
mod error;
mod host;
mod parameters;
mod partition;
mod pattern;
mod region;
mod rules;
mod services;
mod url;

pub use arn::Arn;
pub use builtins::{
    BUILT_IN_NAMES, Builtins, ClientSettings, S3Settings, client_context, uses_built_in,
};
pub use cache::EndpointCache;
pub use endpoint::{AuthScheme, Endpoint};
pub use error::EndpointError;
pub use host::{apply_host_prefix, host_prefix, join_url};
pub use parameters::{parameters, resolve_operation};
pub use partition::Partition;
pub use region::{is_valid_region_name, without_fips};
pub use rules::resolve;
pub use services::prepare_input;
pub use url::{is_valid_endpoint_url, is_valid_host_label};
