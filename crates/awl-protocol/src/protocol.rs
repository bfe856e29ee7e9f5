//! The protocols by name.

use awl_model::Operation;

/// A protocol that this crate speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `json`: JSON bodies, the operation in a header. Versions 1.0 and 1.1.
    Json,
    /// `rest-json`: JSON bodies, the operation in method and path.
    RestJson,
    /// `rest-xml`: XML bodies, the operation in method and path.
    RestXml,
    /// `query`: forms go out, XML comes back.
    Query,
    /// `ec2`: `query` with other names.
    Ec2,
    /// `smithy-rpc-v2-cbor`: CBOR bodies, the operation in the path.
    RpcV2Cbor,
}

impl Protocol {
    /// The protocol of a name as models have it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "rest-json" => Self::RestJson,
            "rest-xml" => Self::RestXml,
            "query" => Self::Query,
            "ec2" => Self::Ec2,
            "smithy-rpc-v2-cbor" => Self::RpcV2Cbor,
            _ => return None,
        })
    }

    /// The protocol that the operation's service speaks.
    #[must_use]
    pub fn of(operation: Operation) -> Option<Self> {
        Self::parse(operation.service().protocol())
    }

    /// The name as models have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::RestJson => "rest-json",
            Self::RestXml => "rest-xml",
            Self::Query => "query",
            Self::Ec2 => "ec2",
            Self::RpcV2Cbor => "smithy-rpc-v2-cbor",
        }
    }

    /// Whether members are bound to path, query string and headers.
    #[must_use]
    pub const fn is_rest(self) -> bool {
        matches!(self, Self::RestJson | Self::RestXml)
    }
}
