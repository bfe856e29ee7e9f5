//! What a client does, told to whoever wants to keep a record of it.
// Parity: botocore/history.py; botocore/client.py, _make_api_call;
// botocore/endpoint.py, _do_get_response.

use std::fmt;
use std::sync::Arc;

use awl_model::Operation;
use awl_value::Map;

use crate::config::Config;
use crate::error::OperationError;
use crate::transport::HttpRequest;

/// Sees the calls of clients. What it sees has secrets in it.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Sees one event. The events of one call share its name, a UUID.
    fn see(&self, call: &str, event: Event<'_>);
}

/// What happens in a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A call begins.
    Call {
        /// The operation.
        operation: Operation,
        /// Its parameters, as they were given.
        params: &'a Map,
    },
    /// A signed request is sent; again for every attempt.
    Request {
        /// The operation.
        operation: Operation,
        /// The request.
        request: &'a HttpRequest,
    },
    /// A response has come.
    Response {
        /// The operation.
        operation: Operation,
        /// Its status.
        status: u16,
        /// Its headers.
        headers: &'a [(String, String)],
        /// Its body; None where it is read later, as it comes.
        body: Option<&'a [u8]>,
    },
    /// A response was understood.
    Parsed {
        /// The operation.
        operation: Operation,
        /// Its status.
        status: u16,
        /// Its headers.
        headers: &'a [(String, String)],
        /// What it says.
        result: Result<&'a Map, &'a OperationError>,
    },
}

/// A call and who sees it, if anybody does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch(Option<(Arc<dyn Observer>, String)>);

impl Watch {
    /// A call that begins.
    pub(crate) fn begin(config: &Config) -> Self {
        let observer = config.overrides().observer.clone();
        Self(observer.map(|observer| (observer, config.host().uuid())))
    }

    /// Whether anybody does.
    pub(crate) const fn is_watched(&self) -> bool {
        self.0.is_some()
    }

    /// Tells of an event.
    pub(crate) fn see(&self, event: Event<'_>) {
        if let Some((observer, call)) = &self.0 {
            observer.see(call, event);
        }
    }
}
