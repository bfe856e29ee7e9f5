//! A client of one service: parameters in, values out.

mod client_settings;
mod clock;
mod discovery;
mod express;
mod output;
mod prepare;
mod presigned;
mod receive;
mod redirect;
mod send;
mod user_agent;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use awl_model::{Operation, Service, Store};
use awl_protocol::{Blobs, Timestamps};
use awl_value::jmespath::Needs;
use awl_value::{Map, Timestamp, Value};

pub use output::{Output, StreamingBody};
pub use prepare::Prepared;
pub use presigned::{Presign, PresignedCall};
pub(crate) use user_agent::user_agent;

use crate::Error;
use crate::config::{Config, settings};
use crate::credentials::{self, ResolvedCredentials};
use crate::observe::{Event, Watch};
use crate::retry::{RetryConfig, RetryPolicy};
use crate::transport::{RequestBody, Transport};
use client_settings::Settings;

/// A client of one service. Cheap to clone; clones share connections,
/// credentials and the retry quota.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    service: Service,
    store: Store,
    config: Config,
    settings: Settings,
    transport: Transport,
    retry: RetryPolicy,
    /// How many seconds the services' clocks are ahead of ours.
    clock_offset: AtomicI64,
    bucket_regions: redirect::BucketRegions,
    sessions: express::Sessions,
    discovered: discovery::Discovered,
}

/// One call: the operation, its parameters, and how its answer is wanted.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub operation: Operation,
    /// Its parameters.
    pub params: Map,
    /// The streaming payload, where it is not among the parameters.
    pub body: Option<RequestBody>,
    /// Whether a streaming payload of the answer is left to be read from
    /// [`Output::body`] instead of being collected.
    pub stream: bool,
    /// How timestamps are given back.
    pub timestamps: Timestamps,
    /// How blobs are given back.
    pub blobs: Blobs,
    /// The list whose items are given back as text ([`Output::items`]).
    pub transcript: Option<TranscriptConfig>,
    /// What of the output is needed, if not all of it: the rest may be left out.
    pub needs: Option<Arc<Needs>>,
}

/// A list of an answer whose items are wanted as the JSON that is printed of them
/// ([`awl_protocol::Transcript`]): that takes a fraction of the time and memory of
/// values.
#[derive(Clone)]
pub struct TranscriptConfig {
    /// The names of the members that lead to the list.
    pub path: Vec<&'static str>,
    /// The machine's zone.
    pub local_offset: LocalOffset,
}

/// How many seconds east of UTC the machine's zone is at a time.
pub type LocalOffset = Arc<dyn Fn(Timestamp) -> i32 + Send + Sync>;

impl fmt::Debug for TranscriptConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = formatter.debug_struct("TranscriptConfig");
        text.field("path", &self.path).finish_non_exhaustive()
    }
}

impl Call {
    /// A call with everything else at its default.
    #[must_use]
    pub const fn new(operation: Operation, params: Map) -> Self {
        Self {
            operation,
            params,
            body: None,
            stream: false,
            timestamps: Timestamps::Typed,
            blobs: Blobs::Bytes,
            transcript: None,
            needs: None,
        }
    }
}

/// The way to servers that a configuration asks for, for what no model
/// describes.
///
/// # Errors
/// A setting with a value that it cannot have.
pub fn transport(config: &Config) -> Result<Transport, Error> {
    Ok(Transport::new(client_settings::transport(config)?))
}

impl Client {
    /// A client of a service. Opens no connection and looks for no credentials
    /// yet.
    ///
    /// # Errors
    /// A setting with a value that it cannot have.
    pub fn new(config: &Config, service: Service) -> Result<Self, Error> {
        Self::with_store(config, service, service.store())
    }

    /// A client of a service whose own store has nothing else: that of a user's
    /// model. `store` has the partitions, and the services that credentials come
    /// from.
    ///
    /// # Errors
    /// A setting with a value that it cannot have.
    pub fn with_store(config: &Config, service: Service, store: Store) -> Result<Self, Error> {
        let settings = Settings::resolve(config, service)?;
        let transport = Transport::new(settings.transport.clone());
        let retry = RetryPolicy::new(&RetryConfig {
            mode: settings.retry_mode,
            max_attempts: settings.max_attempts,
            new_2026: config.boolean(&settings::NEW_RETRIES) == Some(true),
            service: service.name(),
            service_id: service.service_id(),
            now: config.host().epoch().as_secs_f64(),
        });
        Ok(Self {
            inner: Arc::new(Inner {
                service,
                store,
                config: config.clone(),
                settings,
                transport,
                retry,
                clock_offset: AtomicI64::new(0),
                bucket_regions: redirect::BucketRegions::default(),
                sessions: express::Sessions::default(),
                discovered: discovery::Discovered::default(),
            }),
        })
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> Service {
        self.inner.service
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The Region that requests go to, unless an ARN or an endpoint says else.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.inner.settings.region
    }

    /// Calls an operation by its name on the wire, `DescribeInstances`, with
    /// a map of parameters.
    ///
    /// # Errors
    /// See [`Error`]; what the service answered is [`Error::Service`].
    pub async fn call(&self, operation: &str, params: Value) -> Result<Output, Error> {
        let service = self.service();
        let operation = service
            .operation(operation)
            .ok_or_else(|| Error::UnknownOperation {
                service: service.name(),
                operation: operation.to_owned(),
            })?;
        let params = match params {
            Value::Map(params) => params,
            Value::Null => Map::new(),
            _ => return Err(Error::Parameter("Parameters must be a map".to_owned())),
        };
        self.send(Call::new(operation, params)).await
    }

    /// Makes a call.
    ///
    /// # Errors
    /// See [`Error`]; what the service answered is [`Error::Service`].
    pub async fn send(&self, call: Call) -> Result<Output, Error> {
        let watch = Watch::begin(self.config());
        watch.see(Event::Call {
            operation: call.operation,
            params: &call.params,
        });
        let prepared = self.prepare(&call).await?;
        let result = self.exchange(&call, prepared, &watch).await;
        watch.see(Event::End {
            operation: call.operation,
            retries_exhausted: matches!(&result, Err(Error::Service(error)) if error.retries_exhausted),
        });
        result
    }

    /// What requests are signed with now.
    ///
    /// # Errors
    /// See [`crate::credentials::resolve`].
    pub async fn credentials(&self) -> Result<Arc<ResolvedCredentials>, Error> {
        Ok(credentials::current(&self.inner.config, self.inner.store).await?)
    }

    /// What a call of an operation is signed with now.
    pub(super) async fn credentials_for(
        &self,
        operation: Operation,
    ) -> Result<Arc<ResolvedCredentials>, Error> {
        if !credentials::is_long_term_only(operation) {
            return self.credentials().await;
        }
        let mut overrides = self.inner.config.overrides().clone();
        overrides.no_mfa_session = true;
        let config = self.inner.config.with_overrides(overrides);
        Ok(credentials::current(&config, self.inner.store).await?)
    }
}
