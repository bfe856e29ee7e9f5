//! How requests are refused whose signature is not believed: each family of
//! protocols has its own codes for it.

use awl_model::Service;
use awl_protocol::Protocol;
use awl_protocol::server::Failure;
use awl_sign::{ChunkError, Presented, SignatureLocation, SigningTime, VerifyError};

/// A family of services by how they refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    S3,
    Ec2,
    /// The query protocol, and services of XML other than S3.
    Query,
    /// JSON in bodies alone, and CBOR.
    Json,
    RestJson,
}

/// Why a caller is not believed.
#[derive(Clone, Debug)]
pub(crate) enum Distrust {
    /// The signature is missing, malformed or wrong.
    Signature(VerifyError),
    /// A chunk of the body is.
    Chunk(ChunkError),
    /// No such access key, or it is inactive.
    UnknownKey,
    /// The session token is none of this sandbox's, or goes with another key.
    Token,
    /// The session is over.
    Expired,
    /// The signature is for another service: the one it should be for.
    Scope(&'static str),
}

impl Family {
    pub(crate) fn of(protocol: Protocol, service: Option<Service>) -> Self {
        match protocol {
            Protocol::RestXml if service.is_some_and(|own| own.signing_name() == "s3") => Self::S3,
            Protocol::Ec2 => Self::Ec2,
            Protocol::Query | Protocol::RestXml => Self::Query,
            Protocol::Json | Protocol::RpcV2Cbor => Self::Json,
            Protocol::RestJson => Self::RestJson,
        }
    }

    /// An error with the code of the query protocol and the one of JSON, which
    /// services of JSON that have paths send with 403.
    fn error(self, query: &'static str, json: &'static str, message: String) -> Failure {
        let (code, status) = match self {
            Self::S3 | Self::Ec2 | Self::Query => (query, 403),
            Self::Json => (json, 400),
            Self::RestJson => (json, 403),
        };
        Failure::new(code, message).with_status(status)
    }

    /// The error of whoever is not allowed to.
    pub(crate) fn denied(self, service: Service, message: String) -> Failure {
        match service.name() {
            "sns" => Failure::new("AuthorizationError", message).with_status(403),
            _ => self.error("AccessDenied", "AccessDeniedException", message),
        }
    }

    /// The error of parameters that break a rule of the model.
    pub(crate) fn invalid(self, message: String) -> Failure {
        let code = match self {
            Self::S3 => "InvalidRequest",
            Self::Ec2 => "InvalidParameterValue",
            Self::Query => "ValidationError",
            Self::Json | Self::RestJson => "ValidationException",
        };
        Failure::new(code, message)
    }

    /// The error of a caller who is not believed.
    pub(crate) fn distrusted(
        self,
        distrust: &Distrust,
        presented: Option<&Presented>,
        now: i64,
    ) -> Failure {
        let ec2 = || {
            let text = "AWS was not able to validate the provided access credentials";
            Failure::new("AuthFailure", text).with_status(401)
        };
        let key = presented.map_or("", |own| &own.access_key_id);
        match (distrust, self) {
            (Distrust::Signature(error), _) => self.signature(error, presented, now),
            (Distrust::Chunk(ChunkError::Truncated), Self::S3) => {
                Failure::new("IncompleteBody", "The request body terminated unexpectedly")
            }
            (Distrust::Chunk(ChunkError::Malformed(_)), Self::S3) => {
                Failure::new("InvalidRequest", "The chunks of the body are malformed")
            }
            (Distrust::Chunk(_), _) => self.error(
                "SignatureDoesNotMatch",
                "InvalidSignatureException",
                self.mismatch().to_owned(),
            ),
            (Distrust::Scope(name), _) => self.error(
                "SignatureDoesNotMatch",
                "InvalidSignatureException",
                format!("Credential should be scoped to correct service: '{name}'. "),
            ),
            (Distrust::UnknownKey, Self::S3) => Failure::new(
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            )
            .with_status(403)
            .with_detail("AWSAccessKeyId", key),
            (Distrust::Token, Self::S3) => Failure::new(
                "InvalidToken",
                "The provided token is malformed or otherwise invalid.",
            ),
            (Distrust::UnknownKey | Distrust::Token, Self::Ec2) => ec2(),
            (Distrust::UnknownKey | Distrust::Token, _) => self.error(
                "InvalidClientTokenId",
                "UnrecognizedClientException",
                "The security token included in the request is invalid.".to_owned(),
            ),
            (Distrust::Expired, Self::S3) => {
                Failure::new("ExpiredToken", "The provided token has expired.")
            }
            (Distrust::Expired, Self::Ec2) => {
                Failure::new("RequestExpired", "Request has expired.")
            }
            (Distrust::Expired, _) => self.error(
                "ExpiredToken",
                "ExpiredTokenException",
                "The security token included in the request is expired".to_owned(),
            ),
        }
    }

    const fn mismatch(self) -> &'static str {
        match self {
            Self::S3 => {
                "The request signature we calculated does not match the signature you provided. \
                 Check your key and signing method."
            }
            _ => {
                "The request signature we calculated does not match the signature you provided. \
                 Check your AWS Secret Access Key and signing method. Consult the service \
                 documentation for details."
            }
        }
    }

    fn signature(self, error: &VerifyError, presented: Option<&Presented>, now: i64) -> Failure {
        let wrong = |message: String| {
            self.error(
                "SignatureDoesNotMatch",
                "InvalidSignatureException",
                message,
            )
        };
        let incomplete = |message: String| match self {
            Self::RestJson => {
                Failure::new("IncompleteSignatureException", message).with_status(403)
            }
            Self::Json => Failure::new("IncompleteSignatureException", message),
            _ => Failure::new("IncompleteSignature", message),
        };
        let is_query = presented.is_some_and(|own| own.location == SignatureLocation::Query);
        match error {
            VerifyError::Missing => match self {
                Self::S3 => Failure::new("AccessDenied", "Access Denied").with_status(403),
                Self::RestJson => Failure::new(
                    "MissingAuthenticationTokenException",
                    "Missing Authentication Token",
                )
                .with_status(403),
                _ => self.error(
                    "MissingAuthenticationToken",
                    "MissingAuthenticationTokenException",
                    "Request is missing Authentication Token".to_owned(),
                ),
            },
            VerifyError::UnsupportedScheme { scheme } => match self {
                Self::S3 => Failure::new(
                    "InvalidRequest",
                    "The authorization mechanism you have provided is not supported. Please use \
                     AWS4-HMAC-SHA256.",
                ),
                _ => incomplete(format!("Unsupported AWS 'algorithm': '{scheme}'.")),
            },
            VerifyError::Incomplete { part } => match (self, is_query) {
                (Self::S3, true) => Failure::new(
                    "AuthorizationQueryParametersError",
                    format!("Query-string authentication is incomplete: {part}"),
                ),
                (Self::S3, false) => Failure::new(
                    "AuthorizationHeaderMalformed",
                    format!("The authorization header is malformed; {part}"),
                ),
                _ if part.contains(' ') => {
                    incomplete(format!("The signature is incomplete: {part}."))
                }
                _ => incomplete(format!("Authorization header requires '{part}' parameter.")),
            },
            VerifyError::Skewed { signed } => self.skewed(*signed, now),
            VerifyError::Expired { expired } => match self {
                Self::S3 => Failure::new("AccessDenied", "Request has expired")
                    .with_status(403)
                    .with_detail(
                        "X-Amz-Expires",
                        presented
                            .and_then(|own| own.expires_in)
                            .unwrap_or_default()
                            .to_string(),
                    )
                    .with_detail("Expires", expired.iso8601())
                    .with_detail("ServerTime", time(now).iso8601()),
                Self::Ec2 => Failure::new("RequestExpired", "Request has expired."),
                _ => wrong(format!(
                    "Signature expired: {} is now earlier than {}",
                    expired.amz_date(),
                    time(now).amz_date(),
                )),
            },
            VerifyError::HeaderNotSigned { name } => match (self, &**name) {
                (Self::S3, _) => Failure::new(
                    "AccessDenied",
                    "There were headers present in the request which were not signed",
                )
                .with_status(403)
                .with_detail("HeadersNotSigned", name.as_str()),
                (_, "host") => wrong(
                    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
                        .to_owned(),
                ),
                _ => wrong(format!(
                    "'{name}' must be a 'SignedHeader' in the AWS Authorization."
                )),
            },
            VerifyError::PayloadMismatch if self == Self::S3 => Failure::new(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ),
            VerifyError::Mismatch {
                canonical_request,
                string_to_sign,
            } => match self {
                Self::S3 => {
                    let bytes = |text: &str| {
                        let bytes = text.bytes().map(|byte| format!("{byte:02x}"));
                        bytes.collect::<Vec<_>>().join(" ")
                    };
                    let (key, signature) = presented
                        .map(|own| (&*own.access_key_id, &*own.signature))
                        .unwrap_or_default();
                    wrong(self.mismatch().to_owned())
                        .with_detail("AWSAccessKeyId", key)
                        .with_detail("StringToSign", string_to_sign.as_str())
                        .with_detail("SignatureProvided", signature)
                        .with_detail("StringToSignBytes", bytes(string_to_sign))
                        .with_detail("CanonicalRequest", canonical_request.as_str())
                        .with_detail("CanonicalRequestBytes", bytes(canonical_request))
                }
                Self::Ec2 => {
                    let text = "AWS was not able to validate the provided access credentials";
                    Failure::new("AuthFailure", text).with_status(401)
                }
                _ => wrong(format!(
                    "{}\n\nThe Canonical String for this request should have been\n'{canonical_request}'\
                     \n\nThe String-to-Sign should have been\n'{string_to_sign}'\n",
                    self.mismatch()
                )),
            },
            _ => wrong(self.mismatch().to_owned()),
        }
    }

    fn skewed(self, signed: SigningTime, now: i64) -> Failure {
        const MINUTES: i64 = 15;
        match self {
            Self::S3 => Failure::new(
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            )
            .with_status(403)
            .with_detail("RequestTime", signed.amz_date())
            .with_detail("ServerTime", time(now).iso8601())
            .with_detail("MaxAllowedSkewMilliseconds", (MINUTES * 60_000).to_string()),
            Self::Ec2 => Failure::new("RequestExpired", "Request has expired."),
            _ => {
                let (signed_at, now_text) = (signed.amz_date(), time(now).amz_date());
                let message = if signed.epoch_seconds() < now {
                    let limit = time(now - MINUTES * 60).amz_date();
                    format!(
                        "Signature expired: {signed_at} is now earlier than {limit} \
                         ({now_text} - {MINUTES} min.)"
                    )
                } else {
                    let limit = time(now + MINUTES * 60).amz_date();
                    format!(
                        "Signature not yet current: {signed_at} is still later than {limit} \
                         ({now_text} + {MINUTES} min.)"
                    )
                };
                self.error(
                    "SignatureDoesNotMatch",
                    "InvalidSignatureException",
                    message,
                )
            }
        }
    }
}

fn time(seconds: i64) -> SigningTime {
    SigningTime::from_epoch_seconds(seconds)
}
