//! The other side: reading a signature out of a received request and checking it by signing again.

use crate::canonical::{
    PathStyle, canonical_headers, canonical_path, canonical_query, canonical_request,
    string_to_sign,
};
use crate::credentials::Credentials;
use crate::key::{ALGORITHM_V4, ALGORITHM_V4A, SigningKey, credential_scope};
use crate::request::{CONTENT_SHA256, UNSIGNED_PAYLOAD};
use crate::scheme::{Scheme, Signing};
use crate::text::parse_query;
use crate::time::SigningTime;
use crate::v4a::AsymmetricKey;

use thiserror::Error;

/// How far a signature's time may be from the verifier's, in seconds.
const ALLOWED_SKEW: i64 = 900;
/// A presigned URL lives a week at most.
const LONGEST_EXPIRY: u64 = 604_800;
const EXPRESS_TOKEN: &str = "X-Amz-S3session-Token";

/// A request as it came in, still encoded.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The method.
    pub method: &'a str,
    /// The path of the request line.
    pub path: &'a str,
    /// The query of the request line, without `?`.
    pub query: &'a str,
    /// All headers, `Host` included.
    pub headers: &'a [(String, String)],
}

impl Received<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Where a signature was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureLocation {
    /// In the `Authorization` header.
    Headers,
    /// In the query: a presigned URL.
    Query,
}

/// A signature of version 4 or 4a as the caller presented it, not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Header or query.
    pub location: SignatureLocation,
    /// Whether it is version 4a.
    pub asymmetric: bool,
    /// The access key id, by which the secret is looked up.
    pub access_key_id: String,
    /// The day of the scope, `20150830`.
    pub date: String,
    /// The region of the scope, or the region set of version 4a.
    pub region: String,
    /// The service's signing name of the scope.
    pub signing_name: String,
    /// The lower-case names of the signed headers.
    pub signed_headers: Vec<String>,
    /// The signature, in hexadecimal.
    pub signature: String,
    /// When it was signed.
    pub time: SigningTime,
    /// For how many seconds a presigned URL is good.
    pub expires_in: Option<u64>,
    /// The session token that was sent along.
    pub session_token: Option<String>,
}

/// Why a signature was not found or not believed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The request carries no signature.
    #[error("the request is not signed")]
    Missing,
    /// The request is authorized with something else than version 4.
    #[error("unsupported authorization scheme {scheme:?}")]
    UnsupportedScheme {
        /// The scheme's name.
        scheme: String,
    },
    /// The signature has a part missing or malformed.
    #[error("incomplete signature: {part}")]
    Incomplete {
        /// The part.
        part: &'static str,
    },
    /// The time of signing is too far from now.
    #[error("signed at {signed}, which is too far from now")]
    Skewed {
        /// The time of signing.
        signed: SigningTime,
    },
    /// The presigned URL has expired.
    #[error("the presigned URL expired at {expired}")]
    Expired {
        /// When it did.
        expired: SigningTime,
    },
    /// A header that must be signed is not.
    #[error("header {name:?} is not signed")]
    HeaderNotSigned {
        /// Its lower-case name.
        name: String,
    },
    /// The body does not hash to what the header says.
    #[error("the body does not match its signed hash")]
    PayloadMismatch,
    /// The signature is not that of this request and secret.
    #[error("the signature does not match")]
    Mismatch {
        /// What should have been signed, for the answer to the caller.
        canonical_request: String,
        /// The string to sign made of it.
        string_to_sign: String,
    },
}

impl Presented {
    /// Finds the signature of a request, in its headers or else in its query.
    pub fn find(request: &Received<'_>) -> Result<Self, VerifyError> {
        match request.header("Authorization") {
            Some(authorization) => Self::from_headers(request, authorization),
            None => Self::from_query(request),
        }
    }

    /// What it claims to be signed with. Services other than S3 have [`Scheme::V4`].
    pub fn signing(&self) -> Signing {
        let s3 = matches!(
            self.signing_name.as_str(),
            "s3" | "s3express" | "s3-outposts" | "s3-object-lambda"
        );
        let scheme = match (s3, self.asymmetric) {
            (false, false) => Scheme::V4,
            (true, false) => Scheme::S3V4,
            (false, true) => Scheme::V4a,
            (true, true) => Scheme::S3V4a,
        };
        Signing {
            scheme,
            signing_name: self.signing_name.clone(),
            region: self.region.clone(),
        }
    }

    /// Checks time, signed headers, body and signature. `body_sha256` is the hexadecimal hash of
    /// the body received; `None` leaves the body to whoever reads it (chunks, uploads).
    pub fn verify(
        &self,
        request: &Received<'_>,
        credentials: &Credentials,
        body_sha256: Option<&str>,
        now: SigningTime,
    ) -> Result<(), VerifyError> {
        self.check_time(now)?;
        self.check_headers(request)?;
        let scheme = self.signing().scheme;
        let sent = request.header(CONTENT_SHA256);
        let hash = match (sent, self.location) {
            (_, SignatureLocation::Query) if scheme.is_s3() => sent
                .filter(|_| self.has_signed(CONTENT_SHA256))
                .unwrap_or(UNSIGNED_PAYLOAD),
            (Some(sent), _) => sent,
            (None, _) => body_sha256.unwrap_or(UNSIGNED_PAYLOAD),
        };
        // Whatever else stands there would leave the body unchecked.
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash && hash != UNSIGNED_PAYLOAD && !hash.starts_with("STREAMING-") {
            return Err(VerifyError::Incomplete {
                part: CONTENT_SHA256,
            });
        }
        if let Some(body) = body_sha256
            && is_hash
            && !hash.eq_ignore_ascii_case(body)
        {
            return Err(VerifyError::PayloadMismatch);
        }
        self.check_signature(request, credentials, scheme.path_style(), hash)
    }

    fn check_time(&self, now: SigningTime) -> Result<(), VerifyError> {
        let age = now.epoch_seconds() - self.time.epoch_seconds();
        let Some(expires_in) = self.expires_in else {
            return if age.abs() <= ALLOWED_SKEW {
                Ok(())
            } else {
                Err(VerifyError::Skewed { signed: self.time })
            };
        };
        if age < -ALLOWED_SKEW {
            return Err(VerifyError::Skewed { signed: self.time });
        }
        let expires_in = expires_in.min(LONGEST_EXPIRY) as i64;
        if age > expires_in {
            let expired = SigningTime::from_epoch_seconds(self.time.epoch_seconds() + expires_in);
            return Err(VerifyError::Expired { expired });
        }
        Ok(())
    }

    /// Headers that change what a request does must be signed.
    fn check_headers(&self, request: &Received<'_>) -> Result<(), VerifyError> {
        for (name, _) in request.headers {
            let name = name.to_ascii_lowercase();
            let must = name == "host" || name.starts_with("x-amz-");
            // S3 ignores an unsigned hash beside a presigned URL.
            let may = self.location == SignatureLocation::Query
                && name.eq_ignore_ascii_case(CONTENT_SHA256);
            if must && !may && !self.has_signed(&name) {
                return Err(VerifyError::HeaderNotSigned { name });
            }
        }
        for name in &self.signed_headers {
            if request.header(name).is_none() {
                return Err(VerifyError::Incomplete {
                    part: "a signed header was not sent",
                });
            }
        }
        if self.has_signed("host") {
            Ok(())
        } else {
            Err(VerifyError::HeaderNotSigned {
                name: "host".to_owned(),
            })
        }
    }

    fn check_signature(
        &self,
        request: &Received<'_>,
        credentials: &Credentials,
        path_style: PathStyle,
        hash: &str,
    ) -> Result<(), VerifyError> {
        let query = self.signed_query(request.query);
        let headers = canonical_headers(request.headers, None, |name| self.has_signed(name));
        let canonical = canonical_request(
            request.method,
            &canonical_path(request.path, path_style),
            &canonical_query(&query),
            &headers,
            hash,
        );
        let to_sign = self.string_to_sign(&canonical);
        if self.signs(&to_sign, credentials) {
            Ok(())
        } else {
            Err(VerifyError::Mismatch {
                canonical_request: canonical,
                string_to_sign: to_sign,
            })
        }
    }

    /// The string to sign of a canonical request under this signature's scope and time.
    pub fn string_to_sign(&self, canonical_request: &str) -> String {
        let region = (!self.asymmetric).then_some(self.region.as_str());
        let scope = credential_scope(&self.date, region, &self.signing_name);
        let algorithm = if self.asymmetric {
            ALGORITHM_V4A
        } else {
            ALGORITHM_V4
        };
        string_to_sign(algorithm, &self.time.amz_date(), &scope, canonical_request)
    }

    /// Whether the signature is that of a string, made with these credentials.
    pub fn signs(&self, string_to_sign: &str, credentials: &Credentials) -> bool {
        if self.asymmetric {
            AsymmetricKey::derive(credentials)
                .is_ok_and(|key| key.matches(string_to_sign, &self.signature))
        } else {
            SigningKey::derive(credentials, &self.date, &self.region, &self.signing_name)
                .matches(string_to_sign, &self.signature)
        }
    }

    /// The query without the signature itself.
    pub fn signed_query(&self, query: &str) -> String {
        if self.location == SignatureLocation::Headers {
            return query.to_owned();
        }
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.starts_with("X-Amz-Signature="))
            .collect();
        kept.join("&")
    }

    /// Whether a header is among the signed ones.
    pub fn has_signed(&self, name: &str) -> bool {
        self.signed_headers
            .iter()
            .any(|signed| signed.eq_ignore_ascii_case(name))
    }

    fn from_headers(request: &Received<'_>, authorization: &str) -> Result<Self, VerifyError> {
        let (algorithm, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let asymmetric = is_asymmetric(algorithm)?;
        let part = |wanted: &str, part: &'static str| {
            rest.split(',')
                .filter_map(|pair| pair.trim().split_once('='))
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value)
                .ok_or(VerifyError::Incomplete { part })
        };
        // Signers may have the time in `Date` instead, as botocore has where there is one.
        let time = match request.header("X-Amz-Date") {
            Some(date) => SigningTime::parse_amz_date(date),
            None => request
                .header("Date")
                .and_then(SigningTime::parse_http_date),
        };
        let time = time.ok_or(VerifyError::Incomplete { part: "X-Amz-Date" })?;
        let token = request
            .header("X-Amz-Security-Token")
            .or_else(|| request.header(EXPRESS_TOKEN));
        let region_set = request.header("X-Amz-Region-Set");
        Self {
            location: SignatureLocation::Headers,
            signature: part("Signature", "Signature")?.to_owned(),
            signed_headers: names(part("SignedHeaders", "SignedHeaders")?),
            time,
            expires_in: None,
            session_token: token.map(str::to_owned),
            ..Self::scoped(part("Credential", "Credential")?, asymmetric, region_set)?
        }
        .checked()
    }

    fn from_query(request: &Received<'_>) -> Result<Self, VerifyError> {
        let query = parse_query(request.query);
        let find = |wanted: &str| {
            query
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        };
        let part =
            |wanted: &'static str| find(wanted).ok_or(VerifyError::Incomplete { part: wanted });
        let asymmetric = is_asymmetric(find("X-Amz-Algorithm").ok_or(VerifyError::Missing)?)?;
        let incomplete = |part| VerifyError::Incomplete { part };
        let time =
            SigningTime::parse_amz_date(part("X-Amz-Date")?).ok_or(incomplete("X-Amz-Date"))?;
        let expires_in = part("X-Amz-Expires")?
            .parse()
            .ok()
            .filter(|seconds| *seconds <= LONGEST_EXPIRY)
            .ok_or(incomplete("X-Amz-Expires"))?;
        let token = find("X-Amz-Security-Token").or_else(|| find(EXPRESS_TOKEN));
        let region_set = find("X-Amz-Region-Set");
        Self {
            location: SignatureLocation::Query,
            signature: part("X-Amz-Signature")?.to_owned(),
            signed_headers: names(part("X-Amz-SignedHeaders")?),
            time,
            expires_in: Some(expires_in),
            session_token: token.map(str::to_owned),
            ..Self::scoped(part("X-Amz-Credential")?, asymmetric, region_set)?
        }
        .checked()
    }

    /// What a credential says: the access key id and the scope, read from the end because an
    /// access key id may hold slashes.
    fn scoped(
        credential: &str,
        asymmetric: bool,
        region_set: Option<&str>,
    ) -> Result<Self, VerifyError> {
        let incomplete = VerifyError::Incomplete { part: "Credential" };
        let mut parts = credential.rsplitn(if asymmetric { 4 } else { 5 }, '/');
        let mut next = || parts.next().filter(|part| !part.is_empty());
        if next() != Some("aws4_request") {
            return Err(incomplete);
        }
        let signing_name = next();
        let region = if asymmetric { region_set } else { next() };
        let (date, access_key_id) = (next(), next());
        let (Some(signing_name), Some(region), Some(date), Some(access_key_id)) =
            (signing_name, region, date, access_key_id)
        else {
            return Err(incomplete);
        };
        Ok(Self {
            location: SignatureLocation::Headers,
            asymmetric,
            access_key_id: access_key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            signing_name: signing_name.to_owned(),
            signed_headers: Vec::new(),
            signature: String::new(),
            time: SigningTime::from_epoch_seconds(0),
            expires_in: None,
            session_token: None,
        })
    }

    fn checked(self) -> Result<Self, VerifyError> {
        if self.time.date() == self.date {
            Ok(self)
        } else {
            Err(VerifyError::Incomplete {
                part: "the date of the scope is not that of the signature",
            })
        }
    }
}

fn is_asymmetric(algorithm: &str) -> Result<bool, VerifyError> {
    match algorithm {
        ALGORITHM_V4 => Ok(false),
        ALGORITHM_V4A => Ok(true),
        _ => Err(VerifyError::UnsupportedScheme {
            scheme: algorithm.to_owned(),
        }),
    }
}

fn names(signed: &str) -> Vec<String> {
    signed.split(';').map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests;
