//! Signing a request with whichever scheme was resolved for it.

use crate::credentials::{Credentials, Identity};
use crate::error::SignError;
use crate::request::{AUTHORIZATION, CONTENT_SHA256, Payload, SignableRequest};
use crate::scheme::{Scheme, Signing};
use crate::time::SigningTime;
use crate::{legacy, v4, v4a};

/// What signing leaves besides the changed headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// The signature, which seeds the chain of [`ChunkSigner`](crate::ChunkSigner) and
    /// [`EventSigner`](crate::EventSigner); hexadecimal for SigV4, empty for schemes without one.
    pub signature: String,
    /// The new form body, where the signature travels in it (version 2).
    pub body: Option<Vec<u8>>,
}

/// Signs a request: adds the headers that the AWS CLI adds, in its order and case, and replaces
/// those of an earlier attempt.
///
/// Headers that transport adds afterwards (`Host`, `Content-Length`, `amz-sdk-request`) must not be
/// in the list yet; SigV4a alone adds `host` itself, as the CLI's does.
pub fn sign_request(
    request: &mut SignableRequest<'_>,
    signing: &Signing,
    identity: Identity<'_>,
    time: SigningTime,
) -> Result<Signed, SignError> {
    request.validate()?;
    let signature = match signing.scheme {
        Scheme::None => {
            // Parity: botocore/handlers.py, _set_extra_headers_for_unsigned_request.
            if request.payload == Payload::StreamingUnsignedTrailer {
                let hash = request.payload.hash().into_owned();
                request.replace_header(CONTENT_SHA256, hash)?;
            }
            return Ok(Signed::default());
        }
        Scheme::Bearer => {
            let Identity::Token(token) = identity else {
                return Err(SignError::MissingToken);
            };
            request.replace_header(AUTHORIZATION, format!("Bearer {token}"))?;
            return Ok(Signed::default());
        }
        Scheme::V2 => return legacy::sign_v2(request, credentials_of(identity)?, time),
        Scheme::V3 => legacy::sign_v3(request, credentials_of(identity)?, time)?,
        Scheme::V4 | Scheme::S3V4 | Scheme::V4S3Express => {
            v4::sign(request, signing, credentials_of(identity)?, time)?
        }
        Scheme::V4a | Scheme::S3V4a => {
            v4a::sign(request, signing, credentials_of(identity)?, time)?
        }
    };
    Ok(Signed {
        signature,
        body: None,
    })
}

fn credentials_of(identity: Identity<'_>) -> Result<&Credentials, SignError> {
    match identity {
        Identity::Credentials(credentials) => Ok(credentials),
        Identity::Anonymous | Identity::Token(_) => Err(SignError::MissingCredentials),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> SignableRequest<'static> {
        SignableRequest {
            method: "POST".into(),
            url: "https://host/".to_owned(),
            headers: vec![("authorization".to_owned(), "old".to_owned())],
            payload: Payload::EMPTY,
        }
    }

    fn signing(scheme: Scheme) -> Signing {
        Signing {
            scheme,
            signing_name: "service".to_owned(),
            region: "us-east-1".to_owned(),
        }
    }

    const TIME: i64 = 1_440_938_160;

    #[test]
    fn a_bearer_token_replaces_authorization() {
        let mut request = request();
        sign_request(
            &mut request,
            &signing(Scheme::Bearer),
            Identity::Token("tok"),
            SigningTime::from_epoch_seconds(TIME),
        )
        .unwrap();
        assert_eq!(
            request.headers,
            [("Authorization".to_owned(), "Bearer tok".to_owned())]
        );
    }

    #[test]
    fn a_token_with_a_line_break_is_refused() {
        let result = sign_request(
            &mut request(),
            &signing(Scheme::Bearer),
            Identity::Token("tok\r\nx: y"),
            SigningTime::from_epoch_seconds(TIME),
        );
        assert!(matches!(result, Err(SignError::InvalidHeader { .. })));
    }

    #[test]
    fn each_scheme_needs_its_identity() {
        for scheme in Scheme::ALL {
            let result = sign_request(
                &mut request(),
                &signing(scheme),
                Identity::Anonymous,
                SigningTime::from_epoch_seconds(TIME),
            );
            let expected = match scheme {
                Scheme::None => None,
                Scheme::Bearer => Some(SignError::MissingToken),
                _ => Some(SignError::MissingCredentials),
            };
            assert_eq!(result.err(), expected, "{scheme:?}");
        }
    }

    #[test]
    fn an_unsigned_trailer_is_announced() {
        let mut request = request();
        request.headers.clear();
        request.payload = Payload::StreamingUnsignedTrailer;
        sign_request(
            &mut request,
            &signing(Scheme::None),
            Identity::Anonymous,
            SigningTime::from_epoch_seconds(TIME),
        )
        .unwrap();
        assert_eq!(
            request.header("x-amz-content-sha256"),
            Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        );
    }
}
