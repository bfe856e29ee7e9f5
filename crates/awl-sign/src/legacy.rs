//! Signature versions 2 (SimpleDB) and 3, which came before version 4.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::credentials::Credentials;
use crate::error::SignError;
use crate::request::{Payload, SECURITY_TOKEN, SignableRequest};
use crate::sign::Signed;
use crate::text::{encode_query, hmac_sha256, parse_query, set_parameter};
use crate::time::SigningTime;
use crate::url::UrlParts;

/// Signs a form in its body, or a request without one in its query.
// Parity: botocore/auth.py, SigV2Auth.
pub(crate) fn sign_v2(
    request: &mut SignableRequest<'_>,
    credentials: &Credentials,
    time: SigningTime,
) -> Result<Signed, SignError> {
    let Payload::Bytes(body) = &request.payload else {
        return Err(SignError::InvalidForm);
    };
    let body = std::str::from_utf8(body).map_err(|_| SignError::InvalidForm)?;
    let parts = UrlParts::split(&request.url)?;
    let in_body = !body.is_empty();
    let mut parameters = parse_query(if in_body { body } else { parts.query });
    // A signature of an earlier attempt is no part of this one.
    parameters.retain(|(name, _)| name != "Signature");
    let set = |parameters: &mut Vec<_>, name, value: &str| {
        set_parameter(parameters, name, value.to_owned());
    };
    set(
        &mut parameters,
        "AWSAccessKeyId",
        &credentials.access_key_id,
    );
    set(&mut parameters, "SignatureVersion", "2");
    set(&mut parameters, "SignatureMethod", "HmacSHA256");
    set(&mut parameters, "Timestamp", &time.iso8601());
    if let Some(token) = credentials.token() {
        set(&mut parameters, "SecurityToken", token);
    }

    let mut sorted: Vec<(&str, &str)> = borrowed(&parameters).collect();
    sorted.sort_unstable();
    let to_sign = format!(
        "{}\n{}\n{}\n{}",
        request.method,
        parts.authority,
        parts.path_or_root(),
        encode_query(sorted.into_iter())
    );
    let signature = STANDARD.encode(hmac_sha256(
        credentials.secret_access_key.as_bytes(),
        to_sign.as_bytes(),
    ));
    set(&mut parameters, "Signature", &signature);
    let encoded = encode_query(borrowed(&parameters));
    let body = if in_body {
        Some(encoded.into_bytes())
    } else {
        request.url = parts.with_query(&encoded);
        None
    };
    Ok(Signed { signature, body })
}

/// Signs the date alone, in a header of its own.
// Parity: botocore/auth.py, SigV3Auth.
pub(crate) fn sign_v3(
    request: &mut SignableRequest<'_>,
    credentials: &Credentials,
    time: SigningTime,
) -> Result<String, SignError> {
    let date = time.http_date("GMT");
    let signature = STANDARD.encode(hmac_sha256(
        credentials.secret_access_key.as_bytes(),
        date.as_bytes(),
    ));
    request.replace_header("Date", date)?;
    if let Some(token) = credentials.token() {
        request.replace_header(SECURITY_TOKEN, token)?;
    }
    request.replace_header(
        "X-Amzn-Authorization",
        format!(
            "AWS3-HTTPS AWSAccessKeyId={},Algorithm=HmacSHA256,Signature={signature}",
            credentials.access_key_id
        ),
    )?;
    Ok(signature)
}

fn borrowed(parameters: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}
