//! What a client does, told to whoever wants to keep a record of it.
// Parity: botocore/history.py; botocore/client.py, _make_api_call;
// botocore/endpoint.py, _do_get_response.

use std::fmt;
use std::sync::Arc;

use awl_model::Operation;
use awl_value::Map;

use crate::config::Config;
use crate::error::OperationError;
use crate::monitor::Monitor;
use crate::transport::{HttpRequest, TransportError};

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
    /// An attempt came to nothing on the way.
    Failed {
        /// The operation.
        operation: Operation,
        /// What went wrong.
        error: &'a TransportError,
    },
    /// A call is over, whatever came of it.
    End {
        /// The operation.
        operation: Operation,
        /// Whether it was tried as often as it may be.
        retries_exhausted: bool,
    },
}

/// A call and who sees it, if anybody does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    observers: Vec<Arc<dyn Observer>>,
    call: String,
}

impl Watch {
    /// A call that begins.
    pub(crate) fn begin(config: &Config) -> Self {
        let mut observers: Vec<Arc<dyn Observer>> = Vec::new();
        observers.extend(config.overrides().observer.clone());
        if let Some(monitor) = Monitor::of(config) {
            observers.push(Arc::new(monitor));
        }
        if observers.is_empty() {
            return Self::default();
        }
        Self {
            observers,
            call: config.host().uuid(),
        }
    }

    /// Whether anybody does.
    pub(crate) const fn is_watched(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Tells of an event.
    pub(crate) fn see(&self, event: Event<'_>) {
        for observer in &self.observers {
            observer.see(&self.call, event);
        }
    }
}
