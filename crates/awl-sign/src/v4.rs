//! Signature version 4 in the `Authorization` header: plain, S3's and S3 Express's.

use std::borrow::Cow;

use crate::canonical::{
    canonical_headers, canonical_path, canonical_query, canonical_request, is_signed_header,
    string_to_sign,
};
use crate::credentials::Credentials;
use crate::error::SignError;
use crate::key::{ALGORITHM_V4, SigningKey, credential_scope};
use crate::request::{
    AMZ_DATE, AUTHORIZATION, CONTENT_SHA256, Payload, SECURITY_TOKEN, SignableRequest,
};
use crate::scheme::{Scheme, Signing};
use crate::time::SigningTime;
use crate::url::UrlParts;

/// The S3 Express session token's header, in botocore's case.
const S3_SESSION_TOKEN: &str = "x-amz-s3session-token";

/// Signs a validated request and returns the signature.
pub(crate) fn sign(
    request: &mut SignableRequest<'_>,
    signing: &Signing,
    credentials: &Credentials,
    time: SigningTime,
) -> Result<String, SignError> {
    let timestamp = time.amz_date();
    prepare_headers(request, signing.scheme, credentials, time, &timestamp)?;

    let date = &timestamp[..8];
    let scope = credential_scope(date, Some(&signing.region), &signing.signing_name);
    let hash = match request.header(CONTENT_SHA256) {
        Some(sent) => Cow::Borrowed(sent),
        None => request.payload.hash(),
    };
    let parts = UrlParts::split(&request.url)?;
    let headers = canonical_headers(&request.headers, Some(&parts.host()?), is_signed_header);
    let canonical = canonical_request(
        &request.method,
        &canonical_path(parts.path, signing.scheme.path_style()),
        &canonical_query(parts.query),
        &headers,
        &hash,
    );
    let to_sign = string_to_sign(ALGORITHM_V4, &timestamp, &scope, &canonical);
    let key = SigningKey::derive(credentials, date, &signing.region, &signing.signing_name);
    let signature = key.sign(&to_sign);
    let authorization = authorization(
        ALGORITHM_V4,
        &credentials.access_key_id,
        &scope,
        &headers.signed,
        &signature,
    );
    request.replace_header(AUTHORIZATION, authorization)?;
    Ok(signature)
}

/// The value of an `Authorization` header.
pub(crate) fn authorization(
    algorithm: &str,
    access_key_id: &str,
    scope: &str,
    signed: &str,
    signature: &str,
) -> String {
    format!(
        "{algorithm} Credential={access_key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
    )
}

// Parity: botocore/auth.py, _modify_request_before_signing of SigV4Auth, S3SigV4Auth and
// S3ExpressAuth, which decides the order of the headers on the wire.
fn prepare_headers(
    request: &mut SignableRequest<'_>,
    scheme: Scheme,
    credentials: &Credentials,
    time: SigningTime,
    timestamp: &str,
) -> Result<(), SignError> {
    request.remove_header(AUTHORIZATION);
    let has_date = request.header("Date").is_some();
    request.remove_header(AMZ_DATE);
    if has_date {
        request.replace_header("Date", time.http_date("-0000"))?;
    } else {
        request.add_header(AMZ_DATE, timestamp)?;
    }
    if scheme == Scheme::V4S3Express {
        request.remove_header(SECURITY_TOKEN);
    } else if let Some(token) = credentials.token() {
        request.replace_header(SECURITY_TOKEN, token)?;
    }
    let says_hash = match request.payload {
        Payload::Bytes(_) | Payload::Sha256(_) | Payload::StreamingUnsignedTrailer => {
            scheme != Scheme::V4
        }
        Payload::Unsigned
        | Payload::StreamingSigned
        | Payload::StreamingSignedTrailer
        | Payload::Events => true,
    };
    if says_hash {
        let hash = request.payload.hash().into_owned();
        request.replace_header(CONTENT_SHA256, hash)?;
    }
    if scheme == Scheme::V4S3Express
        && request.header(S3_SESSION_TOKEN).is_none()
        && let Some(token) = credentials.token()
    {
        request.add_header(S3_SESSION_TOKEN, token)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Identity;
    use crate::sign_request;

    fn sign_with(
        scheme: Scheme,
        payload: Payload<'static>,
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Vec<(String, String)> {
        let mut request = SignableRequest {
            method: "PUT".into(),
            url: "https://host/key".to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            payload,
        };
        let credentials = Credentials::new("AKID", "secret", token.map(str::to_owned));
        let signing = Signing {
            scheme,
            signing_name: "s3".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let time = SigningTime::from_epoch_seconds(1_440_938_160);
        for _attempt in 0..2 {
            sign_request(
                &mut request,
                &signing,
                Identity::Credentials(&credentials),
                time,
            )
            .unwrap();
        }
        request.headers
    }

    fn names(headers: &[(String, String)]) -> Vec<&str> {
        headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn headers_come_in_botocore_order_also_on_a_retry() {
        assert_eq!(
            names(&sign_with(
                Scheme::V4,
                Payload::EMPTY,
                Some("t"),
                &[("A", "1")]
            )),
            ["A", "X-Amz-Date", "X-Amz-Security-Token", "Authorization"]
        );
        assert_eq!(
            names(&sign_with(Scheme::S3V4, Payload::EMPTY, Some("t"), &[])),
            [
                "X-Amz-Date",
                "X-Amz-Security-Token",
                "X-Amz-Content-SHA256",
                "Authorization"
            ]
        );
        let express = sign_with(Scheme::V4S3Express, Payload::Unsigned, Some("t"), &[]);
        assert_eq!(express.len(), 4);
        assert!(names(&express).contains(&"x-amz-s3session-token"));
        assert!(
            express[3].1.contains(
                "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-s3session-token,"
            )
        );
    }

    #[test]
    fn an_unsigned_payload_is_said() {
        let headers = sign_with(Scheme::V4, Payload::Unsigned, None, &[]);
        assert_eq!(headers[1].0, "X-Amz-Content-SHA256");
        assert_eq!(headers[1].1, "UNSIGNED-PAYLOAD");
    }

    #[test]
    fn a_date_header_takes_the_place_of_x_amz_date() {
        let headers = sign_with(Scheme::V4, Payload::EMPTY, None, &[("date", "old")]);
        assert_eq!(headers[0].1, "Sun, 30 Aug 2015 12:36:00 -0000");
        assert_eq!(names(&headers), ["Date", "Authorization"]);
    }

    #[test]
    fn a_token_with_a_line_break_is_refused() {
        let mut request = SignableRequest {
            method: "GET".into(),
            url: "https://host/".to_owned(),
            headers: Vec::new(),
            payload: Payload::EMPTY,
        };
        let signing = Signing {
            scheme: Scheme::V4,
            signing_name: "s".to_owned(),
            region: "r".to_owned(),
        };
        let time = SigningTime::from_epoch_seconds(0);
        for credentials in [
            Credentials::new("AKID", "secret", Some("a\nb".to_owned())),
            Credentials::new("AK\rID", "secret", None),
        ] {
            assert!(matches!(
                sign(&mut request, &signing, &credentials, time),
                Err(SignError::InvalidHeader { .. })
            ));
            request.headers.clear();
        }
    }
}
