//! Which service a request is for.

use std::collections::HashMap;
use std::sync::OnceLock;

use awl_model::{Service, Store};

use super::router::{action, rpc_path};
use super::{Incoming, Route, RouteError, Router};

/// What is known of a request beside the request itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hint<'a> {
    /// The signing name in the scope of the request's credentials.
    pub signing_name: Option<&'a str>,
}

impl<'a> Hint<'a> {
    /// The request is signed for this name.
    #[must_use]
    pub const fn signed_for(signing_name: &'a str) -> Self {
        Self {
            signing_name: Some(signing_name),
        }
    }
}

/// All services of a store, to be found by what requests say. The router of
/// each is built when it is first needed.
#[derive(Debug)]
pub struct Directory {
    services: Vec<(Service, OnceLock<Router>)>,
    /// Services by signing name, and by the name before the operation's.
    signed: HashMap<&'static str, Vec<usize>>,
    targets: HashMap<&'static str, Vec<usize>>,
}

impl Directory {
    /// Reads the names of a store's services.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let mut directory = Self {
            services: Vec::with_capacity(store.len()),
            signed: HashMap::new(),
            targets: HashMap::new(),
        };
        for (number, service) in store.services().enumerate() {
            let signed = directory.signed.entry(service.signing_name());
            signed.or_default().push(number);
            if let Some(target) = service.metadata().str("targetPrefix") {
                directory.targets.entry(target).or_default().push(number);
            }
            directory.services.push((service, OnceLock::new()));
        }
        directory
    }

    /// The router of a service by its folder's name in botocore.
    #[must_use]
    pub fn router(&self, service: &str) -> Option<&Router> {
        let place = self
            .services
            .binary_search_by(|(known, _)| known.name().cmp(service));
        Some(self.router_at(place.ok()?))
    }

    /// Finds the operation that a request is for: the service is one that its
    /// target or path names, else one that the request is signed for, else one
    /// that its host names. Of several that have such an operation the one is
    /// taken that the host names, that has the version asked for, whose path is
    /// the most exact, and at last the one that is named as it is signed for:
    /// `rds`, `neptune` and `docdb` differ in nothing else.
    ///
    /// # Errors
    /// See [`RouteError`].
    pub fn route(&self, request: &Incoming<'_>, hint: Hint<'_>) -> Result<Route, RouteError> {
        let host = request.host();
        let candidates = self.candidates(request, hint, host.as_deref());
        let version = action(request).and_then(|(_, version)| version);
        let mut best: Option<((bool, bool, usize, bool), Route)> = None;
        let mut error = RouteError::UnknownService;
        for number in candidates {
            let router = self.router_at(number);
            let service = router.service();
            match router.route(request) {
                Ok(route) => {
                    let asked = version.as_deref();
                    let rank = (
                        host.as_deref()
                            .is_some_and(|host| is_host_of(service, host)),
                        asked == Some(service.api_version()),
                        route.exactness,
                        hint.signing_name == Some(service.name()),
                    );
                    if best.as_ref().is_none_or(|(other, _)| rank > *other) {
                        best = Some((rank, route));
                    }
                }
                Err(other) => {
                    // What says more of the request is kept.
                    let says_more = |error: &RouteError| match error {
                        RouteError::UnknownService => 0,
                        RouteError::Unnamed => 1,
                        RouteError::UnknownOperation(_) => 2,
                        RouteError::MethodNotAllowed(_) => 3,
                    };
                    if says_more(&other) > says_more(&error) {
                        error = other;
                    }
                }
            }
        }
        let route = best.map(|(_, route)| route).ok_or(error)?;
        Ok(match hint.signing_name {
            Some("s3express") => directory_buckets(route),
            _ => route,
        })
    }

    /// The services that a request may be for.
    fn candidates(&self, request: &Incoming<'_>, hint: Hint<'_>, host: Option<&str>) -> Vec<usize> {
        let target = request.headers.get("x-amz-target");
        let prefix = target
            .and_then(|target| Some(target.rsplit_once('.')?.0))
            .or_else(|| rpc_path(request.path).map(|(service, _)| service));
        let signed = hint.signing_name.and_then(|name| {
            let name = if name == "s3express" { "s3" } else { name };
            self.signed.get(name)
        });
        if let Some(prefix) = prefix
            && let Some(named) = self.targets.get(prefix)
        {
            let of_both = |numbers: &Vec<usize>| {
                let both = named.iter().filter(|number| numbers.contains(number));
                both.copied().collect::<Vec<_>>()
            };
            return match signed.map(of_both) {
                Some(both) if !both.is_empty() => both,
                _ => named.clone(),
            };
        }
        if target.is_some() {
            return Vec::new();
        }
        match (signed, host) {
            (Some(numbers), _) => numbers.clone(),
            (None, Some(host)) => (0..self.services.len())
                .filter(|number| is_host_of(self.services[*number].0, host))
                .collect(),
            (None, None) => Vec::new(),
        }
    }

    fn router_at(&self, number: usize) -> &Router {
        let (service, router) = &self.services[number];
        router.get_or_init(|| Router::new(*service))
    }
}

/// Whether a host is one of the service's: `sts.eu-west-1.amazonaws.com`,
/// `123.s3-control.eu-west-1.amazonaws.com`.
fn is_host_of(service: Service, host: &str) -> bool {
    let prefix = service.endpoint_prefix();
    let mut rest = host;
    loop {
        if let Some(after) = rest.strip_prefix(prefix)
            && (after.starts_with('.') || after.starts_with("-fips."))
        {
            return true;
        }
        match rest.split_once('.') {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
}

/// The lists of buckets of S3 and of S3 Express have one path.
fn directory_buckets(mut route: Route) -> Route {
    if route.operation.name() == "ListBuckets"
        && let Some(operation) = route.operation.service().operation("ListDirectoryBuckets")
    {
        route.operation = operation;
    }
    route
}
