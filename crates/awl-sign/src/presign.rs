//! Presigned URLs: version 4 with its parameters in the query.

use std::borrow::Cow;

use crate::canonical::{
    canonical_headers, canonical_path, canonical_query, canonical_request, is_signed_header,
    string_to_sign,
};
use crate::credentials::{Credentials, Identity};
use crate::error::SignError;
use crate::key::{ALGORITHM_V4, SigningKey, credential_scope};
use crate::request::{AMZ_DATE, CONTENT_SHA256, SECURITY_TOKEN, SignableRequest, UNSIGNED_PAYLOAD};
use crate::scheme::{Scheme, Signing};
use crate::text::{encode_query, parse_query, percent_encode, set_parameter};
use crate::time::SigningTime;
use crate::url::UrlParts;
use crate::v4a;

pub(crate) const CONTENT_TYPE: &str = "content-type";
/// What botocore sets by itself on a form; it makes no sense in a URL to open.
pub(crate) const DEFAULT_CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// Rewrites a request's URL to the presigned one, good for `expires_in` seconds.
///
/// `parameters` are those of a form body, which move into the query; one that comes again is a
/// list's next item. A time that is over already is signed all the same. Headers are signed as they
/// are and must be sent with the URL; none is moved. S3 URLs say nothing of the body, others are
/// signed for the payload given (usually [`Payload::EMPTY`](crate::Payload::EMPTY)).
// Parity: botocore/auth.py, SigV4QueryAuth, S3SigV4QueryAuth and S3ExpressQueryAuth.
pub fn presign_request(
    request: &mut SignableRequest<'_>,
    signing: &Signing,
    identity: Identity<'_>,
    time: SigningTime,
    expires_in: i64,
    parameters: &[(String, String)],
) -> Result<(), SignError> {
    request.validate()?;
    match signing.scheme {
        Scheme::V4 | Scheme::S3V4 | Scheme::V4S3Express | Scheme::S3V4a | Scheme::V4a => {}
        Scheme::None => return add_parameters(request, parameters),
        Scheme::V2 | Scheme::V3 | Scheme::Bearer => {
            return Err(SignError::UnsupportedVersion {
                version: format!("{}-query", signing.scheme.name()),
            });
        }
    }
    let Identity::Credentials(credentials) = identity else {
        return Err(SignError::MissingCredentials);
    };
    if matches!(signing.scheme, Scheme::V4a | Scheme::S3V4a) {
        return v4a::presign(request, signing, credentials, time, expires_in, parameters);
    }
    presign(request, signing, credentials, time, expires_in, parameters)
}

fn presign(
    request: &mut SignableRequest<'_>,
    signing: &Signing,
    credentials: &Credentials,
    time: SigningTime,
    expires_in: i64,
    parameters: &[(String, String)],
) -> Result<(), SignError> {
    if request.header(CONTENT_TYPE) == Some(DEFAULT_CONTENT_TYPE) {
        request.remove_header(CONTENT_TYPE);
    }
    let timestamp = time.amz_date();
    let date = &timestamp[..8];
    let scope = credential_scope(date, Some(&signing.region), &signing.signing_name);
    let parts = UrlParts::split(&request.url)?;
    let headers = canonical_headers(&request.headers, Some(&parts.host()?), is_signed_header);

    let mut query = operation_query(&parts, parameters);
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str("X-Amz-Algorithm=");
    query.push_str(ALGORITHM_V4);
    query.push_str("&X-Amz-Credential=");
    query.push_str(&percent_encode(&format!(
        "{}/{scope}",
        credentials.access_key_id
    )));
    query.push_str(&format!(
        "&{AMZ_DATE}={timestamp}&X-Amz-Expires={expires_in}"
    ));
    query.push_str("&X-Amz-SignedHeaders=");
    query.push_str(&percent_encode(&headers.signed));
    if let Some(token) = credentials.token() {
        query.push('&');
        query.push_str(match signing.scheme {
            Scheme::V4S3Express => "X-Amz-S3session-Token",
            _ => SECURITY_TOKEN,
        });
        query.push('=');
        query.push_str(&percent_encode(token));
    }

    let hash = match request.header(CONTENT_SHA256) {
        Some(sent) => Cow::Borrowed(sent),
        None if signing.scheme == Scheme::V4 => request.payload.hash(),
        None => Cow::Borrowed(UNSIGNED_PAYLOAD),
    };
    let canonical = canonical_request(
        &request.method,
        &canonical_path(parts.path, signing.scheme.path_style()),
        &canonical_query(&query),
        &headers,
        &hash,
    );
    let to_sign = string_to_sign(ALGORITHM_V4, &timestamp, &scope, &canonical);
    let key = SigningKey::derive(credentials, date, &signing.region, &signing.signing_name);
    query.push_str("&X-Amz-Signature=");
    query.push_str(&key.sign(&to_sign));
    request.url = parts.with_query(&query);
    Ok(())
}

/// The operation's own query, decoded and encoded anew, with a form's parameters merged in.
fn operation_query(parts: &UrlParts<'_>, parameters: &[(String, String)]) -> String {
    let query = with_parameters(parse_query(parts.query), parameters);
    encode_query(
        query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

/// Puts parameters where those of the same names are, or last; a list's items stay together.
pub(crate) fn with_parameters(
    mut query: Vec<(String, String)>,
    parameters: &[(String, String)],
) -> Vec<(String, String)> {
    for (index, (name, value)) in parameters.iter().enumerate() {
        if parameters[..index].iter().any(|(known, _)| known == name) {
            query.push((name.clone(), value.clone()));
        } else {
            set_parameter(&mut query, name, value.clone());
        }
    }
    query
}

/// An unsigned URL still carries the form's parameters.
fn add_parameters(
    request: &mut SignableRequest<'_>,
    parameters: &[(String, String)],
) -> Result<(), SignError> {
    if !parameters.is_empty() {
        let parts = UrlParts::split(&request.url)?;
        request.url = parts.with_query(&operation_query(&parts, parameters));
    }
    Ok(())
}
