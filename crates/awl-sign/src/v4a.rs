//! Signature version 4a: ECDSA on P-256 with a key derived from the secret, valid in a set of regions.

use std::borrow::Cow;

use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{DerSignature, Signature, SigningKey as EcdsaKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::canonical::{
    canonical_headers, canonical_path, canonical_query, canonical_request, is_signed_header,
    string_to_sign,
};
use crate::credentials::Credentials;
use crate::error::SignError;
use crate::key::{ALGORITHM_V4A, credential_scope};
use crate::presign::{CONTENT_TYPE, DEFAULT_CONTENT_TYPE, with_parameters};
use crate::request::{
    AMZ_DATE, AUTHORIZATION, CONTENT_SHA256, Payload, SECURITY_TOKEN, SignableRequest,
    UNSIGNED_PAYLOAD,
};
use crate::scheme::{Scheme, Signing};
use crate::text::{encode_query, hex, hmac_sha256, parse_query, unhex};
use crate::time::SigningTime;
use crate::url::UrlParts;
use crate::v4;

const REGION_SET: &str = "X-Amz-Region-Set";
/// As the CRT library writes it, unlike the header of version 4.
const CRT_CONTENT_SHA256: &str = "x-amz-content-sha256";
/// The order of P-256 less two, the largest candidate from which a private key is made.
const LARGEST_CANDIDATE: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

/// A SigV4a key pair, which depends on the access key alone.
#[derive(Clone)]
pub struct AsymmetricKey(EcdsaKey);

impl AsymmetricKey {
    /// Derives the key of an access key: a counter-mode KDF on HMAC-SHA256 until a candidate fits
    /// the curve, which the first nearly always does.
    pub fn derive(credentials: &Credentials) -> Result<Self, SignError> {
        let secret = Zeroizing::new(["AWS4A", &credentials.secret_access_key].concat());
        for counter in 1..=254_u8 {
            let mut input = Vec::with_capacity(64);
            input.extend_from_slice(&1_u32.to_be_bytes());
            input.extend_from_slice(ALGORITHM_V4A.as_bytes());
            input.push(0);
            input.extend_from_slice(credentials.access_key_id.as_bytes());
            input.push(counter);
            input.extend_from_slice(&256_u32.to_be_bytes());
            let mut candidate = Zeroizing::new(hmac_sha256(secret.as_bytes(), &input));
            if *candidate > LARGEST_CANDIDATE {
                continue;
            }
            // The private key is the candidate plus one; below the order, so the carry ends.
            for byte in candidate.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
            return EcdsaKey::from_slice(candidate.as_slice())
                .map(Self)
                .map_err(|_| SignError::InvalidKey);
        }
        Err(SignError::InvalidKey)
    }

    /// The signature of a string to sign: DER in hexadecimal. Deterministic (RFC 6979).
    pub fn sign(&self, string_to_sign: &str) -> String {
        let signature: Signature = self.0.sign(string_to_sign.as_bytes());
        hex(signature.to_der().as_bytes())
    }

    /// Whether a hexadecimal DER signature is one of the string.
    pub fn matches(&self, string_to_sign: &str, signature: &str) -> bool {
        let Some(signature) =
            unhex(signature).and_then(|bytes| DerSignature::from_bytes(&bytes).ok())
        else {
            return false;
        };
        VerifyingKey::from(&self.0)
            .verify(string_to_sign.as_bytes(), &signature)
            .is_ok()
    }

    /// The public point, uncompressed as SEC 1 has it.
    pub fn public_key(&self) -> Vec<u8> {
        VerifyingKey::from(&self.0)
            .to_sec1_point(false)
            .as_bytes()
            .to_vec()
    }
}

impl std::fmt::Debug for AsymmetricKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AsymmetricKey(**redacted**)")
    }
}

/// Signs a validated request in its headers and returns the signature.
// Parity: botocore/crt/auth.py, CrtSigV4AsymAuth and CrtS3SigV4AsymAuth; order and case of the
// headers are those of aws-c-auth.
pub(crate) fn sign(
    request: &mut SignableRequest<'_>,
    signing: &Signing,
    credentials: &Credentials,
    time: SigningTime,
) -> Result<String, SignError> {
    let s3 = signing.scheme == Scheme::S3V4a;
    let sent_hash = request.header(CONTENT_SHA256).map(str::to_owned);
    prepare_headers(request)?;
    if let Some(token) = credentials.token() {
        request.add_header(SECURITY_TOKEN, token)?;
    }
    let timestamp = time.amz_date();
    request.add_header(AMZ_DATE, timestamp.as_str())?;
    request.add_header(REGION_SET, signing.region.as_str())?;
    let (hash, says_hash) = match (&request.payload, sent_hash) {
        (Payload::Bytes(_) | Payload::Sha256(_), Some(sent)) if !s3 => (sent, true),
        (payload @ (Payload::Bytes(_) | Payload::Sha256(_)), _) => {
            (payload.hash().into_owned(), s3)
        }
        (payload, _) => (payload.hash().into_owned(), true),
    };
    if says_hash {
        request.add_header(CRT_CONTENT_SHA256, hash.as_str())?;
    }

    let scope = credential_scope(&timestamp[..8], None, &signing.signing_name);
    let (to_sign, signed) = string_for(request, signing.scheme, &timestamp, &scope, &hash)?;
    let signature = AsymmetricKey::derive(credentials)?.sign(&to_sign);
    let authorization = v4::authorization(
        ALGORITHM_V4A,
        &credentials.access_key_id,
        &scope,
        &signed,
        &signature,
    );
    request.replace_header(AUTHORIZATION, authorization)?;
    Ok(signature)
}

/// Signs a validated S3 request in its query; its URL becomes the presigned one.
// Parity: botocore/crt/auth.py, CrtS3SigV4AsymQueryAuth.
pub(crate) fn presign(
    request: &mut SignableRequest<'_>,
    signing: &Signing,
    credentials: &Credentials,
    time: SigningTime,
    expires_in: i64,
    parameters: &[(String, String)],
) -> Result<(), SignError> {
    if signing.scheme != Scheme::S3V4a {
        return Err(SignError::UnsupportedVersion {
            version: format!("{}-query", signing.scheme.name()),
        });
    }
    prepare_headers(request)?;
    if request.header(CONTENT_TYPE) == Some(DEFAULT_CONTENT_TYPE) {
        request.remove_header(CONTENT_TYPE);
    }
    let timestamp = time.amz_date();
    let scope = credential_scope(&timestamp[..8], None, &signing.signing_name);
    let signed = canonical_headers(&request.headers, None, is_signed_header).signed;
    let credential = format!("{}/{scope}", credentials.access_key_id);
    let expires = expires_in.to_string();

    let parts = UrlParts::split(&request.url)?;
    let query = with_parameters(parse_query(parts.query), parameters);
    let mut added = vec![
        ("X-Amz-Algorithm", ALGORITHM_V4A),
        ("X-Amz-Credential", &credential),
        (AMZ_DATE, &timestamp),
        ("X-Amz-SignedHeaders", &signed),
        ("X-Amz-Expires", &expires),
    ];
    added.extend(credentials.token().map(|token| (SECURITY_TOKEN, token)));
    added.push((REGION_SET, &signing.region));
    let pairs = query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    request.url = parts.with_query(&encode_query(pairs.chain(added)));

    let hash = UNSIGNED_PAYLOAD;
    let (to_sign, _) = string_for(request, signing.scheme, &timestamp, &scope, hash)?;
    let signature = AsymmetricKey::derive(credentials)?.sign(&to_sign);
    request.url.push_str("&X-Amz-Signature=");
    request.url.push_str(&signature);
    Ok(())
}

/// Removes what an earlier attempt left, and names the host, which the CRT does not do itself.
fn prepare_headers(request: &mut SignableRequest<'_>) -> Result<(), SignError> {
    for name in [
        AUTHORIZATION,
        AMZ_DATE,
        CONTENT_SHA256,
        SECURITY_TOKEN,
        REGION_SET,
    ] {
        request.remove_header(name);
    }
    if request.header("host").is_none() {
        let host = UrlParts::split(&request.url)?.host()?;
        request.add_header("host", host)?;
    }
    Ok(())
}

/// The string to sign and the names of the signed headers.
fn string_for(
    request: &SignableRequest<'_>,
    scheme: Scheme,
    timestamp: &str,
    scope: &str,
    hash: &str,
) -> Result<(String, String), SignError> {
    let parts = UrlParts::split(&request.url)?;
    let headers = canonical_headers(&request.headers, None, is_signed_header);
    let path: Cow<'_, str> = canonical_path(parts.path, scheme.path_style());
    let query = canonical_query(parts.query);
    let canonical = canonical_request(&request.method, &path, &query, &headers, hash);
    let to_sign = string_to_sign(ALGORITHM_V4A, timestamp, scope, &canonical);
    Ok((to_sign, headers.signed))
}
