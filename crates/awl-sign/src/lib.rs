//! Signing AWS requests as the AWS CLI signs them, and choosing how; the same functions serve
//! verifying. No I/O, no clock, no environment: time, secrets and settings come from the caller.
//!
//! ```
//! use awl_sign::{
//!     Credentials, Identity, Payload, Scheme, SignableRequest, Signing, SigningTime, sign_request,
//! };
//!
//! let credentials = Credentials::new("AKIDEXAMPLE", "secret", None);
//! let mut request = SignableRequest {
//!     method: "GET".into(),
//!     url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08".to_owned(),
//!     headers: Vec::new(),
//!     payload: Payload::EMPTY,
//! };
//! let signing = Signing {
//!     scheme: Scheme::V4,
//!     signing_name: "iam".to_owned(),
//!     region: "us-east-1".to_owned(),
//! };
//! let time = SigningTime::from_epoch_seconds(1_440_938_160);
//! sign_request(&mut request, &signing, Identity::Credentials(&credentials), time)?;
//! assert!(request.header("authorization").is_some_and(|value| value.starts_with(
//!     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
//!      SignedHeaders=host;x-amz-date, Signature="
//! )));
//! # Ok::<(), awl_sign::SignError>(())
//! ```

mod scheme;

mod resolve;

mod credentials;
mod error;
mod time;

mod request;
mod sign;

mod v4;

mod presign;

mod freeform;

mod v4a;

mod legacy;

mod stream;

mod verify;

mod chunked;

mod canonical;
mod key;
mod text;
mod url;

pub use canonical::{
    CanonicalHeaders, PathStyle, canonical_headers, canonical_path, canonical_query,
    canonical_request, is_signed_header, string_to_sign,
};
pub use chunked::{ChunkDecoder, ChunkError};
pub use credentials::{Credentials, Identity};
pub use error::SignError;
pub use freeform::{
    Freeform, FreeformOptions, FreeformSigned, Placement, sign_freeform, wire_path, wire_query,
};
pub use key::{ALGORITHM_V4, ALGORITHM_V4A, SigningKey, credential_scope};
pub use presign::presign_request;
pub use request::{
    EMPTY_SHA256, Payload, PayloadHasher, STREAMING_SIGNED_EVENTS, STREAMING_SIGNED_PAYLOAD,
    STREAMING_SIGNED_PAYLOAD_TRAILER, STREAMING_SIGNED_PAYLOAD_TRAILER_V4A,
    STREAMING_SIGNED_PAYLOAD_V4A, STREAMING_UNSIGNED_PAYLOAD_TRAILER, SignableRequest,
    UNSIGNED_PAYLOAD,
};
pub use resolve::{
    EndpointAuth, OperationAuth, Purpose, Resolved, ServiceAuth, UserAuth, bearer_token_variable,
    resolve_signing,
};
pub use scheme::{PayloadFacts, PayloadRule, Scheme, Signing, payload_rule};
pub use sign::{Signed, sign_request};
pub use stream::{ChunkSigner, EventSigner, SignedEvent};
pub use time::SigningTime;
pub use v4a::AsymmetricKey;
pub use verify::{Presented, Received, SignatureLocation, VerifyError};
