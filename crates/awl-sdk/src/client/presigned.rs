//! Presigned URLs: calls that somebody else makes, or a service in another
//! Region.

use awl_endpoint::{Arn, Endpoint};
use awl_model::{Operation, Service};
use awl_sign::{
    Identity, Payload, Purpose, Scheme, SignableRequest, Signing, SigningTime, is_signed_header,
    presign_request,
};
use awl_value::{Map, Value, json};

use super::prepare::{Built, hashed};
use super::{Call, Client};
use crate::Error;
use crate::checksum::{ChecksumContext, RequestChecksum};
use crate::handlers;
use crate::transport::HttpRequest;

/// How long the URLs are good that copies between Regions carry, in seconds.
const COPY_EXPIRES_IN: i64 = 3600;

/// Operations that take in the query of a GET what their model has in a JSON
/// body, so that a browser can open the URL.
const IN_QUERY: &[(&str, &str)] = &[("polly", "SynthesizeSpeech")];

/// How a URL is to be presigned.
#[derive(Clone, Copy, Debug)]
pub struct Presign<'a> {
    /// How many seconds it is good for.
    pub expires_in: i64,
    /// The method it is good for, where that is not the operation's.
    pub method: Option<&'a str>,
    /// Headers that have to be sent with it.
    pub headers: &'a [(&'a str, &'a str)],
}

/// A call that somebody else makes.
#[derive(Clone, Debug)]
pub struct PresignedCall {
    /// Method and URL, the headers that have to be sent with them, and the body
    /// that the call was given.
    pub request: HttpRequest,
    /// Whether it is only good with that body. Where it is not, any body will
    /// do.
    pub needs_body: bool,
}

impl Client {
    /// A URL that makes a call for whoever has it. What the call has in a body
    /// is left out, but for forms.
    ///
    /// # Errors
    /// See [`Error`]; never [`Error::Service`].
    // Parity: botocore/signers.py, generate_presigned_url.
    pub async fn presign(&self, call: &Call, options: &Presign<'_>) -> Result<String, Error> {
        let (mut built, signing) = self.to_presign(call).await?;
        let form = take_form(&mut built.request);
        if let Some(method) = options.method {
            method.clone_into(&mut built.request.method);
        }
        for (name, value) in options.headers {
            built.request.set_header(name, *value);
        }
        built.request.body = Default::default();
        let call = Some((call.operation, &built.params));
        let (request, expires_in) = (built.request, options.expires_in);
        let request = self
            .presigned(request, &signing, expires_in, &form, call)
            .await?;
        Ok(request.url)
    }

    /// A call presigned with all that it needs. Forms become the query of a GET,
    /// as in botocore's URLs with that method; other bodies are signed as they
    /// are, unless the service takes any.
    ///
    /// # Errors
    /// See [`Error`]; never [`Error::Service`].
    pub async fn presign_call(&self, call: &Call, expires_in: i64) -> Result<PresignedCall, Error> {
        let (mut built, signing) = self.to_presign(call).await?;
        let operation = call.operation;
        let mut form = take_form(&mut built.request);
        if !form.is_empty() {
            "GET".clone_into(&mut built.request.method);
        } else if IN_QUERY.contains(&(self.service().name(), operation.name())) {
            form = take_json(&mut built.request);
        }
        let streams = operation.streaming_input().is_some();
        let mut needs_body = !built.request.body.is_empty();
        if streams && signing.scheme.is_s3() {
            needs_body = false;
        } else if streams && is_unsigned(operation) && built.request.url.starts_with("https:") {
            needs_body = false;
            built
                .request
                .set_header("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD");
        } else if needs_body
            && let Some(checksum) = RequestChecksum::resolve(&ChecksumContext {
                operation,
                params: &built.params,
                request: &built.request,
                calculation: self.inner.settings.checksum_calculation,
                presigned: false,
                legacy_s3_signature: false,
            })?
        {
            checksum.apply(&mut built.request).await?;
        }
        let params = Some((operation, &built.params));
        let mut request = self
            .presigned(built.request, &signing, expires_in, &form, params)
            .await?;
        request
            .headers
            .retain(|(name, _)| is_signed_header(&name.to_ascii_lowercase()));
        Ok(PresignedCall {
            request,
            needs_body,
        })
    }

    /// The request of a call, and what its URL is to be signed with.
    async fn to_presign(&self, call: &Call) -> Result<(Built, Signing), Error> {
        let handlers = handlers::of(self.service().name());
        // Of S3's endpoints, the Region counts only where a bucket's ARN names it. botocore ignores
        // that of others as well, but knows itself which services are global.
        let bucket = call.params.get("Bucket").and_then(Value::as_str);
        let purpose = Purpose::PresignedUrl {
            keep_endpoint_region: self.service().signing_name() != "s3"
                || bucket.is_some_and(|bucket| Arn::parse(bucket).is_some()),
        };
        let built = self.build(call, &handlers, purpose).await?;
        let signing = self
            .signing(call.operation, &built.endpoint, purpose)?
            .signing;
        Ok((built, signing))
    }

    /// A URL that is no call of an operation, signed for a service by its
    /// signing name: tokens for databases are such.
    ///
    /// # Errors
    /// No credentials, or a URL that is none.
    pub async fn presign_url(
        &self,
        url: &str,
        signing_name: &str,
        region: &str,
        expires_in: i64,
    ) -> Result<String, Error> {
        let signing = Signing {
            scheme: Scheme::V4,
            signing_name: signing_name.to_owned(),
            region: region.to_owned(),
        };
        let request = HttpRequest::new("GET", url);
        let request = self
            .presigned(request, &signing, expires_in, &[], None)
            .await?;
        Ok(request.url)
    }

    /// The URL by which a service gets what it copies from another Region: the
    /// call itself, signed for there.
    // Parity: botocore/handlers.py, _get_cross_region_presigned_url.
    pub(crate) async fn cross_region_url(
        &self,
        operation: Operation,
        url: &str,
        form: &[(String, String)],
        source: &str,
    ) -> Result<String, Error> {
        const DESTINATION: &str = "DestinationRegion";
        let mut form = form.to_vec();
        match form.iter_mut().find(|(name, _)| name == DESTINATION) {
            Some((_, region)) => self.region().clone_into(region),
            None => form.push((DESTINATION.to_owned(), self.region().to_owned())),
        }
        let purpose = Purpose::PresignedUrl {
            keep_endpoint_region: false,
        };
        let mut signing = self
            .signing(operation, &Endpoint::default(), purpose)?
            .signing;
        source.clone_into(&mut signing.region);
        let request = HttpRequest::new("GET", url.replace(self.region(), source));
        let request = self
            .presigned(request, &signing, COPY_EXPIRES_IN, &form, None)
            .await?;
        Ok(request.url)
    }

    async fn presigned(
        &self,
        mut request: HttpRequest,
        signing: &Signing,
        expires_in: i64,
        form: &[(String, String)],
        call: Option<(Operation, &Map)>,
    ) -> Result<HttpRequest, Error> {
        let session;
        let identity = match (signing.scheme, call) {
            (Scheme::V4S3Express, Some((operation, params))) => {
                session = self.express_credentials(operation, params).await?;
                Identity::Credentials(&session)
            }
            (scheme, _) if scheme.needs_credentials() => {
                Identity::Credentials(&self.credentials().await?.credentials)
            }
            _ => Identity::Anonymous,
        };
        let body = request.body.clone();
        let mut signable = SignableRequest {
            method: request.method.as_str().into(),
            url: std::mem::take(&mut request.url),
            headers: std::mem::take(&mut request.headers),
            payload: match signing.scheme {
                Scheme::V4 => hashed(&body).await?,
                _ => Payload::EMPTY,
            },
        };
        let time = SigningTime::from_epoch_seconds(self.now());
        presign_request(&mut signable, signing, identity, time, expires_in, form)?;
        (request.url, request.headers) = (signable.url, signable.headers);
        Ok(request)
    }
}

/// The protocol that a service's URLs are made in, where that is not the one
/// that its calls go in: one whose calls have no body is better.
pub(super) fn protocol(service: Service) -> Option<&'static str> {
    const QUERY: &str = "query";
    let mut protocols = service.metadata().get("protocols").items();
    protocols
        .any(|protocol| protocol.as_str() == Some(QUERY))
        .then_some(QUERY)
}

/// Whether an operation's body is sent unsigned.
fn is_unsigned(operation: Operation) -> bool {
    let traits = operation.traits();
    traits.str("authtype") == Some("v4-unsigned-body")
        || traits.get("unsignedPayload").as_bool() == Some(true)
}

/// Takes a form out of a request's body.
fn take_form(request: &mut HttpRequest) -> Vec<(String, String)> {
    if !handlers::is_form(request) {
        return Vec::new();
    }
    let form = handlers::form_pairs(request);
    request.body = Default::default();
    form
}

/// Makes parameters of the members of a JSON body, and a GET of the request.
// Parity: botocore/auth.py, _get_body_as_dict; boto3's callers set the method.
fn take_json(request: &mut HttpRequest) -> Vec<(String, String)> {
    let text = request.body.as_bytes().map(|bytes| bytes.to_vec());
    let Some(Ok(Value::Map(members))) = text
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(|text| json::parse(&text))
    else {
        return Vec::new();
    };
    let mut pairs = Vec::with_capacity(members.len());
    for (name, value) in members {
        let values = match value {
            Value::List(values) => values,
            value => vec![value],
        };
        for value in values {
            let text = match value {
                Value::String(text) => text,
                value => json::to_string(&value),
            };
            pairs.push((name.to_string(), text));
        }
    }
    request.body = Default::default();
    request.remove_header("Content-Type");
    "GET".clone_into(&mut request.method);
    pairs
}

#[cfg(test)]
mod tests;
