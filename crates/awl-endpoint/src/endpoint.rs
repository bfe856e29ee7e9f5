//! What comes out of a rule set.

use std::borrow::Cow;

use awl_value::{Map, Value};

/// Where a request goes, and how it is to be signed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// Scheme, host, and sometimes a path: `https://sts.eu-west-1.amazonaws.com`.
    pub url: String,
    /// Headers to send, each with its values in order. botocore sends only the
    /// first of each: [`Endpoint::sent_headers`].
    pub headers: Vec<(&'static str, Vec<String>)>,
    /// The `authSchemes` property, best first; empty where the rules leave it
    /// to the service's model.
    pub auth_schemes: Vec<AuthScheme>,
    /// All other properties: `backend`, `metricValues`.
    pub properties: Map,
    /// The region to sign for where the auth scheme names none, if it is not
    /// the client's. Only [`crate::resolve_operation`] knows it.
    pub default_signing_region: Option<&'static str>,
}

impl Endpoint {
    /// The headers as they are sent, one value each.
    // Parity: botocore/regions.py, EndpointRulesetResolver.construct_endpoint.
    pub fn sent_headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers
            .iter()
            .filter_map(|(name, values)| Some((*name, values.first()?.as_str())))
    }

    /// The service behind the endpoint, where the rules say so: `S3Express`.
    #[must_use]
    pub fn backend(&self) -> Option<&str> {
        self.properties.get("backend").and_then(Value::as_str)
    }
}

/// One way to sign that an endpoint accepts. Whatever is `None` comes from the
/// service's model and the client's region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthScheme {
    /// `sigv4`, `sigv4a`, `sigv4-s3express`, `bearer`, `none`.
    pub name: Cow<'static, str>,
    /// The service's name in the signature.
    pub signing_name: Option<Cow<'static, str>>,
    /// The region in the signature.
    pub signing_region: Option<Cow<'static, str>>,
    /// The regions in a SigV4a signature.
    pub signing_region_set: Option<Vec<Cow<'static, str>>>,
    /// Whether the path is encoded once only in the canonical request.
    pub disable_double_encoding: Option<bool>,
}
