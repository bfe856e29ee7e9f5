//! Presigned URLs: calls that somebody else makes, or a service in another
//! Region.

use awl_endpoint::{Arn, Endpoint};
use awl_model::Operation;
use awl_sign::{
    Identity, Payload, Purpose, Scheme, SignableRequest, Signing, SigningTime, presign_request,
};
use awl_value::{Map, Value};

use super::prepare::Built;
use super::{Call, Client};
use crate::Error;
use crate::handlers;
use crate::transport::HttpRequest;

/// How long the URLs are good that copies between Regions carry, in seconds.
const COPY_EXPIRES_IN: u64 = 3600;

/// How a URL is to be presigned.
#[derive(Clone, Copy, Debug)]
pub struct Presign<'a> {
    /// How many seconds it is good for.
    pub expires_in: u64,
    /// The method it is good for, where that is not the operation's.
    pub method: Option<&'a str>,
    /// Headers that have to be sent with it.
    pub headers: &'a [(&'a str, &'a str)],
}

impl Client {
    /// A URL that makes a call for whoever has it.
    ///
    /// # Errors
    /// See [`Error`]; never [`Error::Service`].
    // Parity: botocore/signers.py, generate_presigned_url.
    pub async fn presign(&self, call: &Call, options: &Presign<'_>) -> Result<String, Error> {
        let handlers = handlers::of(self.service().name());
        // A Region is taken from the endpoint only where a bucket's ARN names it.
        let bucket = call.params.get("Bucket").and_then(Value::as_str);
        let purpose = Purpose::PresignedUrl {
            keep_endpoint_region: bucket.is_some_and(|bucket| Arn::parse(bucket).is_some()),
        };
        let Built {
            params,
            endpoint,
            mut request,
        } = self.build(call, &handlers, purpose).await?;
        let form = if handlers::is_form(&request) {
            handlers::form_pairs(&request)
        } else {
            Vec::new()
        };
        if let Some(method) = options.method {
            method.clone_into(&mut request.method);
        }
        for (name, value) in options.headers {
            request.set_header(name, *value);
        }
        let signing = self.signing(call.operation, &endpoint, purpose)?.signing;
        let call = Some((call.operation, &params));
        self.presigned(request, &signing, options.expires_in, &form, call)
            .await
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
        expires_in: u64,
    ) -> Result<String, Error> {
        let signing = Signing {
            scheme: Scheme::V4,
            signing_name: signing_name.to_owned(),
            region: region.to_owned(),
        };
        let request = HttpRequest::new("GET", url);
        self.presigned(request, &signing, expires_in, &[], None)
            .await
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
        self.presigned(request, &signing, COPY_EXPIRES_IN, &form, None)
            .await
    }

    async fn presigned(
        &self,
        request: HttpRequest,
        signing: &Signing,
        expires_in: u64,
        form: &[(String, String)],
        call: Option<(Operation, &Map)>,
    ) -> Result<String, Error> {
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
        let mut signable = SignableRequest {
            method: request.method.into(),
            url: request.url,
            headers: request.headers,
            payload: Payload::EMPTY,
        };
        let time = SigningTime::from_epoch_seconds(self.now());
        presign_request(&mut signable, signing, identity, time, expires_in, form)?;
        Ok(signable.url)
    }
}

#[cfg(test)]
mod tests;
