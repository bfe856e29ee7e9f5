//! From a call to a request that only lacks its signature.

use awl_endpoint::{Endpoint, resolve_operation, uses_built_in};
use awl_model::Operation;
use awl_protocol::{Body, Request, SerializeOptions, TimestampPrecision, serialize};
use awl_sign::{
    EndpointAuth, Identity, OperationAuth, Payload, PayloadFacts, PayloadHasher, PayloadRule,
    Purpose, Resolved, ServiceAuth, SignableRequest, SigningTime, UserAuth, bearer_token_variable,
    payload_rule, resolve_signing, sign_request,
};
use awl_value::Map;

use super::{Call, Client, user_agent::user_agent};
use crate::Error;
use crate::checksum::{ChecksumContext, Placement, RequestChecksum};
use crate::compress::compress;
use crate::config::settings;
use crate::credentials;
use crate::handlers::{self, Context, Handlers};
use crate::transport::{HttpRequest, RequestBody, TransportError};

/// A request that lacks only its signature, and what it is to be signed with.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The operation.
    pub operation: Operation,
    /// The parameters as they were sent, completed by the service's handlers.
    pub params: Map,
    /// The request.
    pub request: HttpRequest,
    pub(super) signing: Resolved,
    pub(super) facts: PayloadFacts,
    pub(super) handlers: Handlers,
    pub(super) invocation_id: String,
}

/// A request before anything is added to it that only matters when it is sent.
#[derive(Debug)]
pub(super) struct Built {
    pub params: Map,
    pub endpoint: Endpoint,
    pub request: HttpRequest,
}

impl Client {
    /// Does all of a call but signing and sending it.
    ///
    /// # Errors
    /// See [`Error`]; never [`Error::Service`].
    pub async fn prepare(&self, call: &Call) -> Result<Prepared, Error> {
        let operation = call.operation;
        let handlers = handlers::of(self.service().name());
        let Built {
            params,
            endpoint,
            mut request,
        } = self.build(call, &handlers, Purpose::Request).await?;
        request.set_header(
            "User-Agent",
            user_agent(self.config(), self.inner.settings.retry_mode.name()),
        );
        handlers::api_version(operation, &mut request);
        if !operation.traits().get("endpointdiscovery").is_null()
            && let Some(url) = self.discover(operation, &params, &request.url).await?
        {
            request.url = url;
        }
        let signing = self.signing(operation, &endpoint, Purpose::Request)?;
        let checksum = RequestChecksum::resolve(&ChecksumContext {
            operation,
            params: &params,
            request: &request,
            calculation: self.inner.settings.checksum_calculation,
            presigned: false,
            legacy_s3_signature: false,
        })?;
        (handlers.request)(&self.context(operation), &params, &mut request)?;
        if let Some(complete) = handlers.complete {
            complete(self, operation, &mut request).await?;
        }
        compress(operation, self.inner.settings.compression, &mut request)
            .await
            .map_err(|source| TransportError::RequestBody { source })?;
        if let Some(checksum) = checksum {
            checksum.apply(&mut request).await?;
        }
        let trailing = checksum.is_some_and(|checksum| checksum.placement == Placement::Trailer);
        let facts = PayloadFacts {
            https: request.url.starts_with("https:"),
            unsigned_operation: signing.unsigned_payload,
            trailing_checksum: trailing,
            checksum_header: request.header("Content-MD5").is_some()
                || checksum
                    .is_some_and(|checksum| request.header(checksum.algorithm.header()).is_some()),
            streaming_input: operation.streaming_input().is_some(),
            configured: self.inner.settings.payload_signing,
        };
        Ok(Prepared {
            operation,
            params,
            request,
            signing,
            facts,
            handlers,
            invocation_id: self.config().host().uuid(),
        })
    }

    /// The request as parameters, model and endpoint rules make it.
    pub(super) async fn build(
        &self,
        call: &Call,
        handlers: &Handlers,
        purpose: Purpose,
    ) -> Result<Built, Error> {
        let operation = call.operation;
        let mut params = call.params.clone();
        self.fill_idempotency_tokens(operation, &mut params);
        if purpose == Purpose::Request {
            handlers::validation_mode(operation, self.config(), &mut params);
        }
        (handlers.parameters)(&self.context(operation), &mut params)?;
        if self.inner.settings.validate
            && let Some(shape) = operation.input()
        {
            let streaming = call.body.as_ref().and(operation.streaming_input());
            crate::validate::validate(&params, shape, streaming.map(|member| member.name()))?;
        }
        let serialized = self.serialize(call, &params, purpose)?;
        let endpoint = self.endpoint(operation, &params).await?;
        // The rules of S3 Control put the account there themselves.
        let prefix = serialized.host_prefix.filter(|_| {
            !self.inner.settings.no_host_prefix
                && awl_endpoint::host_prefix(operation, &params).is_some()
        });
        let path = (handlers.path)(operation, &serialized.path);
        let mut url = awl_endpoint::join_url(&endpoint.url, path, prefix.as_deref());
        if !serialized.query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&serialized.query);
        }
        let mut request = HttpRequest::new(serialized.method, url);
        for (name, value) in serialized.headers {
            request.headers.push((name.into_owned(), value));
        }
        for (name, value) in endpoint.sent_headers() {
            request.set_header(name, value);
        }
        request.body = match serialized.body {
            Body::Bytes(bytes) => bytes.into(),
            Body::Streaming(_) | Body::Events(..) => call.body.clone().unwrap_or_default(),
        };
        Ok(Built {
            params,
            endpoint,
            request,
        })
    }

    fn serialize(&self, call: &Call, params: &Map, purpose: Purpose) -> Result<Request, Error> {
        let host = self.config().host();
        let mut options = SerializeOptions {
            protocol: match purpose {
                Purpose::PresignedUrl { .. } => super::presigned::protocol(self.service()),
                Purpose::Request => None,
            },
            timestamp_precision: TimestampPrecision::Legacy,
            streaming_body: call.body.is_some(),
            idempotency_token: &mut || host.uuid(),
        };
        Ok(serialize(call.operation, params, &mut options)?)
    }

    // Parity: botocore/handlers.py, generate_idempotent_uuid: before the
    // parameters are validated, since such a member may be required.
    fn fill_idempotency_tokens(&self, operation: Operation, params: &mut Map) {
        let Some(shape) = operation.input() else {
            return;
        };
        for member in shape
            .members()
            .filter(|member| member.is_idempotency_token())
        {
            if !params.contains_key(member.name()) {
                params.push(member.name(), self.config().host().uuid().into());
            }
        }
    }

    /// The request of an attempt, signed for now.
    ///
    /// # Errors
    /// No credentials, a body that cannot be read, or nothing to sign with.
    pub async fn sign(&self, prepared: &Prepared) -> Result<HttpRequest, Error> {
        let mut request = prepared.request.clone();
        (prepared.handlers.sign)(&self.context(prepared.operation), &mut request);
        let scheme = prepared.signing.signing.scheme;
        let body = request.body.clone();
        let payload = match payload_rule(scheme, prepared.facts) {
            _ if matches!(scheme, awl_sign::Scheme::None | awl_sign::Scheme::Bearer) => {
                Payload::EMPTY
            }
            PayloadRule::Unsigned => Payload::Unsigned,
            PayloadRule::UnsignedTrailer => Payload::StreamingUnsignedTrailer,
            PayloadRule::Hash => hashed(&body).await?,
        };
        let (token, session, credentials);
        let identity = match scheme {
            awl_sign::Scheme::None => Identity::Anonymous,
            awl_sign::Scheme::Bearer => {
                token = self
                    .bearer_token(&prepared.signing)
                    .await?
                    .ok_or(awl_sign::SignError::MissingToken)?;
                Identity::Token(&token)
            }
            awl_sign::Scheme::V4S3Express => {
                session = self
                    .express_credentials(prepared.operation, &prepared.params)
                    .await?;
                Identity::Credentials(&session)
            }
            _ => {
                credentials = self.credentials_for(prepared.operation).await?;
                Identity::Credentials(&credentials.credentials)
            }
        };
        let mut signable = SignableRequest {
            method: request.method.as_str().into(),
            url: request.url.clone(),
            headers: std::mem::take(&mut request.headers),
            payload,
        };
        let time = SigningTime::from_epoch_seconds(self.now());
        let signed = sign_request(&mut signable, &prepared.signing.signing, identity, time)?;
        request.headers = signable.headers;
        if let Some(body) = signed.body {
            request.body = body.into();
        }
        Ok(request)
    }

    /// The services' time, in seconds since the epoch.
    pub(super) fn now(&self) -> i64 {
        let offset = self
            .inner
            .clock_offset
            .load(std::sync::atomic::Ordering::Relaxed);
        self.config().host().epoch().as_secs() as i64 + offset
    }

    pub(super) fn context(&self, operation: Operation) -> Context<'_> {
        Context {
            operation,
            config: self.config(),
            region: self.region(),
        }
    }

    pub(super) async fn endpoint(
        &self,
        operation: Operation,
        params: &Map,
    ) -> Result<Endpoint, Error> {
        let service = self.service();
        let settings = &self.inner.settings;
        let mut builtins = settings.builtins.clone();
        if let Some(region) = self.inner.bucket_regions.of(params) {
            builtins.region = Some(region);
        }
        let wants_account = uses_built_in(service.endpoint_rules(), "AWS::Auth::AccountId")
            && builtins.account_id_endpoint_mode.as_deref() != Some("disabled")
            && !self.config().overrides().no_sign_request;
        if wants_account {
            builtins.account_id = self.credentials().await?.account_id.clone();
        } else if self.config().overrides().no_sign_request {
            builtins.account_id_endpoint_mode = Some("disabled".to_owned());
        }
        let partitions = self.inner.store.partitions();
        Ok(resolve_operation(
            operation,
            partitions,
            params,
            &builtins,
            &settings.client_context,
        )?)
    }

    pub(super) fn signing(
        &self,
        operation: Operation,
        endpoint: &Endpoint,
        purpose: Purpose,
    ) -> Result<Resolved, Error> {
        let (service, config) = (self.service(), self.config());
        let metadata = service.metadata();
        let strings = |node: awl_model::Node| -> Vec<&'static str> {
            node.items().filter_map(awl_model::Node::as_str).collect()
        };
        let (service_auth, operation_auth) = (
            strings(metadata.get("auth")),
            strings(operation.traits().get("auth")),
        );
        let region_sets: Vec<Vec<&str>> = endpoint
            .auth_schemes
            .iter()
            .map(|scheme| {
                scheme
                    .signing_region_set
                    .iter()
                    .flatten()
                    .map(|region| &**region)
                    .collect()
            })
            .collect();
        let schemes: Vec<EndpointAuth<'_>> = endpoint
            .auth_schemes
            .iter()
            .zip(&region_sets)
            .map(|(scheme, region_set)| EndpointAuth {
                name: &scheme.name,
                signing_name: scheme.signing_name.as_deref(),
                signing_region: scheme.signing_region.as_deref(),
                signing_region_set: region_set,
            })
            .collect();
        let preference = config.text(&settings::AUTH_SCHEME_PREFERENCE);
        let region_set = config.text(&settings::SIGV4A_REGION_SET);
        let traits = operation.traits();
        Ok(resolve_signing(
            &ServiceAuth {
                endpoint_prefix: service.endpoint_prefix(),
                signing_name: service.signing_name(),
                signature_version: metadata.str("signatureVersion"),
                auth: &service_auth,
            },
            &OperationAuth {
                name: operation.name(),
                auth: &operation_auth,
                authtype: traits.str("authtype"),
                unsigned_payload: traits.get("unsignedPayload").as_bool() == Some(true),
            },
            (!schemes.is_empty()).then_some(&schemes),
            &UserAuth {
                no_sign_request: config.overrides().no_sign_request,
                signature_version: None,
                auth_scheme_preference: preference.as_deref(),
                region_set: region_set.as_deref(),
                has_bearer_token: self.bearer_variable(service.signing_name()).is_some(),
            },
            endpoint.default_signing_region.unwrap_or(self.region()),
            purpose,
        )?)
    }

    fn bearer_variable(&self, signing_name: &str) -> Option<String> {
        let variable = bearer_token_variable(signing_name);
        self.config()
            .host()
            .variable(&variable)
            .filter(|token| !token.is_empty())
    }

    /// The token of a service that takes one: its variable's, else that of the
    /// profile's SSO session.
    // Parity: botocore/tokens.py, create_token_resolver.
    async fn bearer_token(&self, signing: &Resolved) -> Result<Option<String>, Error> {
        match self.bearer_variable(&signing.signing.signing_name) {
            Some(token) => Ok(Some(token)),
            None => {
                let config = self.config();
                // Boxed, since it may be renewed by a call of its own.
                let token = credentials::sso::bearer_token(config, self.inner.store);
                Ok(Box::pin(token).await?)
            }
        }
    }
}

/// A body to be signed by its hash.
pub(super) async fn hashed(body: &RequestBody) -> Result<Payload<'_>, Error> {
    Ok(match body {
        RequestBody::Bytes(bytes) => Payload::Bytes((&**bytes).into()),
        body @ RequestBody::Source(_) => {
            let mut hasher = PayloadHasher::new();
            body.read_through(|bytes| hasher.update(bytes))
                .await
                .map_err(|source| TransportError::RequestBody { source })?;
            Payload::Sha256(hasher.finish())
        }
    })
}
