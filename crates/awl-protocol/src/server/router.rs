//! Which operation of a service a request is for.

use std::borrow::Cow;

use awl_model::{Operation, Service};

use super::Incoming;
use super::path::{Search, Tree};
use crate::Protocol;
use crate::codec::form::pairs;

/// The operations of a service, to be found by what requests say. Building one
/// reads every operation once, where the service has paths, and costs next to
/// nothing where operations are named.
#[derive(Debug)]
pub struct Router {
    service: Service,
    protocols: Vec<Protocol>,
    paths: Option<Tree>,
}

/// Where a request leads to: an operation, and how it was asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Route {
    /// The operation.
    pub operation: Operation,
    /// The protocol that the request speaks, and the answer has to speak.
    pub protocol: Protocol,
    /// The labels of the path with their values, still encoded.
    pub(super) labels: Vec<(&'static str, String)>,
    /// How much of the request was needed to tell the operation.
    pub(super) exactness: usize,
}

impl Route {
    /// The route of a request for this operation in the protocol of its
    /// service, for answers to what was not routed.
    #[must_use]
    pub fn of(operation: Operation) -> Option<Self> {
        Some(Self {
            operation,
            protocol: Protocol::of(operation)?,
            labels: Vec::new(),
            exactness: 0,
        })
    }
}

/// Why a request leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// No service is known by what the request says of it.
    #[error("no service is known for this request")]
    UnknownService,
    /// The request names no operation, or the path is none of the service's.
    #[error("no operation is named by this request")]
    Unnamed,
    /// The service has no operation of this name.
    #[error("unknown operation {0:?}")]
    UnknownOperation(String),
    /// The path is one of the service's, with another method.
    #[error("the method {0:?} is not allowed for this path")]
    MethodNotAllowed(String),
}

impl Router {
    /// Reads the operations of a service.
    #[must_use]
    pub fn new(service: Service) -> Self {
        let named = service.metadata().get("protocols");
        let mut protocols: Vec<Protocol> = named
            .items()
            .filter_map(|node| Protocol::parse(node.as_str()?))
            .collect();
        if let Some(own) = Protocol::parse(service.protocol())
            && !protocols.contains(&own)
        {
            protocols.push(own);
        }
        let paths = protocols
            .iter()
            .any(|protocol| protocol.is_rest())
            .then(|| Tree::new(service.operations()));
        Self {
            service,
            protocols,
            paths,
        }
    }

    /// The service.
    #[must_use]
    pub const fn service(&self) -> Service {
        self.service
    }

    /// The protocols that the service speaks, the preferred first.
    #[must_use]
    pub fn protocols(&self) -> &[Protocol] {
        &self.protocols
    }

    /// Finds the operation that a request is for. Where operations of S3 are
    /// alike, the one that is not deprecated is taken.
    ///
    /// # Errors
    /// See [`RouteError`].
    pub fn route(&self, request: &Incoming<'_>) -> Result<Route, RouteError> {
        let speaks = |protocol: Protocol| self.protocols.contains(&protocol);
        if let Some(target) = request.headers.get("x-amz-target")
            && speaks(Protocol::Json)
        {
            let name = target.rsplit_once('.').map_or(target, |(_, name)| name);
            return self.named(name, Protocol::Json);
        }
        if speaks(Protocol::RpcV2Cbor)
            && let Some((_, name)) = rpc_path(request.path)
        {
            return self.named(name, Protocol::RpcV2Cbor);
        }
        if let Some(query) = [Protocol::Query, Protocol::Ec2]
            .into_iter()
            .find(|protocol| speaks(*protocol))
            && let Some((name, _)) = action(request)
        {
            return self.named(&name, query);
        }
        match &self.paths {
            Some(paths) => self.by_path(paths, request),
            None => Err(RouteError::Unnamed),
        }
    }

    fn named(&self, name: &str, protocol: Protocol) -> Result<Route, RouteError> {
        match self.service.operation(name) {
            Some(operation) => Ok(Route {
                operation,
                protocol,
                labels: Vec::new(),
                exactness: 1,
            }),
            None => Err(RouteError::UnknownOperation(name.to_owned())),
        }
    }

    fn by_path(&self, paths: &Tree, request: &Incoming<'_>) -> Result<Route, RouteError> {
        let query: Vec<_> = pairs(request.query).collect();
        let has_header = |name: &str| request.headers.get(name).is_some();
        let find = |method: &str, strict| {
            let search = Search {
                method,
                query: &query,
                has_header: &has_header,
                strict,
            };
            paths.find(request.path, &search)
        };
        let found = find(request.method, true).or_else(|| find(request.method, false));
        let Some(found) = found else {
            let other = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"]
                .into_iter()
                .any(|method| method != request.method && find(method, false).is_some());
            return Err(match other {
                true => RouteError::MethodNotAllowed(request.method.to_owned()),
                false => RouteError::Unnamed,
            });
        };
        Ok(Route {
            operation: found.leaf.operation,
            protocol: self.rest_protocol(request),
            exactness: found.exactness,
            labels: found.labels(),
        })
    }

    /// The protocol of a request with a path: what its body is said to be in,
    /// where the service speaks both.
    fn rest_protocol(&self, request: &Incoming<'_>) -> Protocol {
        let mut spoken = self.protocols.iter().filter(|protocol| protocol.is_rest());
        let first = spoken.next().copied().unwrap_or(Protocol::RestJson);
        let Some(second) = spoken.next().copied() else {
            return first;
        };
        let said = match &*request.media_type() {
            "application/xml" | "text/xml" => Protocol::RestXml,
            "application/json" => Protocol::RestJson,
            _ => first,
        };
        if said == second { second } else { first }
    }
}

/// The service and the operation of `/service/X/operation/Y`, which may stand
/// below other parts.
pub(super) fn rpc_path(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let (rest, operation) = path.rsplit_once('/')?;
    let rest = rest.strip_suffix("/operation")?;
    let (rest, service) = rest.rsplit_once('/')?;
    rest.ends_with("/service").then_some((service, operation))
}

/// The `Action` of a request, and the `Version` that it asks for.
pub(super) fn action<'r>(request: &Incoming<'r>) -> Option<(Cow<'r, str>, Option<Cow<'r, str>>)> {
    let (mut action, mut version) = (None, None);
    for (name, value) in form_pairs(request) {
        match &*name {
            "Action" if action.is_none() => action = Some(value),
            "Version" if version.is_none() => version = Some(value),
            _ => {}
        }
        if action.is_some() && version.is_some() {
            break;
        }
    }
    Some((action?, version))
}

/// The parameters of a request of `query`: those of the query string, then
/// those of the body.
pub(super) fn form_pairs<'r>(
    request: &Incoming<'r>,
) -> impl Iterator<Item = (Cow<'r, str>, Cow<'r, str>)> + use<'r> {
    // A body that says to be something else is no form.
    let is_form = matches!(
        &*request.media_type(),
        "" | "application/x-www-form-urlencoded"
    );
    let body = match std::str::from_utf8(request.body) {
        Ok(body) if is_form => body,
        _ => "",
    };
    pairs(request.query).chain(pairs(body))
}
