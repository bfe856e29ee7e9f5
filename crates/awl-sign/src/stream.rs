//! Bodies whose parts are signed one by one, each signature over the one before: S3's signed
//! chunks and the messages of event streams.

use crate::credentials::Credentials;
use crate::key::{ALGORITHM_V4, ALGORITHM_V4A, SigningKey, credential_scope};
use crate::request::EMPTY_SHA256;
use crate::scheme::Signing;
use crate::text::{hex, sha256_hex};
use crate::time::SigningTime;

/// Signs (or checks) the chunks of a body announced as
/// [`STREAMING_SIGNED_PAYLOAD`](crate::STREAMING_SIGNED_PAYLOAD).
#[derive(Clone, Debug)]
pub struct ChunkSigner {
    key: SigningKey,
    chain: Chain,
}

/// What each signature of a body in chunks is over, beside its chunk.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// Whether it is version 4a.
    pub(crate) asymmetric: bool,
    pub(crate) timestamp: String,
    pub(crate) scope: String,
    pub(crate) previous: String,
}

impl Chain {
    /// The string to sign of a chunk (`PAYLOAD`) or the trailers (`TRAILER`).
    pub(crate) fn string(&self, kind: &str, hashes: &[&str]) -> String {
        let version = if self.asymmetric {
            ALGORITHM_V4A
        } else {
            ALGORITHM_V4
        };
        let algorithm = [version, kind].join("-");
        let mut lines = vec![&*algorithm, &self.timestamp, &self.scope, &self.previous];
        lines.extend_from_slice(hashes);
        lines.join("\n")
    }
}

impl ChunkSigner {
    /// Begins the chain with the signature of the request's headers.
    pub fn new(
        credentials: &Credentials,
        signing: &Signing,
        time: SigningTime,
        seed_signature: &str,
    ) -> Self {
        let date = time.date();
        Self {
            key: SigningKey::derive(credentials, &date, &signing.region, &signing.signing_name),
            chain: Chain {
                asymmetric: false,
                timestamp: time.amz_date(),
                scope: credential_scope(&date, Some(&signing.region), &signing.signing_name),
                previous: seed_signature.to_owned(),
            },
        }
    }

    /// The signature of the next chunk's bytes; the last chunk is empty.
    pub fn sign_chunk(&mut self, chunk: &[u8]) -> &str {
        let hashes = [EMPTY_SHA256, &sha256_hex(chunk)];
        self.chain.previous = self.key.sign(&self.chain.string("PAYLOAD", &hashes));
        &self.chain.previous
    }

    /// The signature of the trailers behind the last chunk, each `name:value\n` in lower case.
    pub fn sign_trailers(&mut self, trailers: &str) -> &str {
        let hashes = [&*sha256_hex(trailers.as_bytes())];
        self.chain.previous = self.key.sign(&self.chain.string("TRAILER", &hashes));
        &self.chain.previous
    }
}

/// Signs (or checks) the messages of an event stream announced as
/// [`STREAMING_SIGNED_EVENTS`](crate::STREAMING_SIGNED_EVENTS).
#[derive(Clone, Debug)]
pub struct EventSigner {
    credentials: Credentials,
    signing: Signing,
    previous: String,
}

/// The headers of the message that wraps a signed event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedEvent {
    /// `:date`, a timestamp.
    pub date: SigningTime,
    /// `:chunk-signature`, bytes.
    pub signature: [u8; 32],
}

impl EventSigner {
    /// Begins the chain with the signature of the request's headers.
    pub fn new(credentials: Credentials, signing: Signing, seed_signature: &str) -> Self {
        Self {
            credentials,
            signing,
            previous: seed_signature.to_owned(),
        }
    }

    /// The signature of the next event: `message` is the whole encoded inner message, or nothing
    /// for the one that ends the stream.
    // Parity: botocore has no signer for this; the rules are those of Transcribe's streaming guide.
    pub fn sign_event(&mut self, message: &[u8], time: SigningTime) -> SignedEvent {
        let (key, to_sign) = self.next(message, time, time.epoch_seconds() * 1000);
        let signature = key.mac(to_sign.as_bytes());
        self.previous = hex(&signature);
        SignedEvent {
            date: time,
            signature,
        }
    }

    /// Whether the next event was signed with `signature`; the one after it is over that then.
    /// `message` is the payload of the message that came, `date` its `:date` in milliseconds and
    /// `signature` its `:chunk-signature`. Whether the time is near is the caller's to ask.
    pub fn verify_event(&mut self, message: &[u8], date: i64, signature: &[u8]) -> bool {
        let time = SigningTime::from_epoch_seconds(date.div_euclid(1000));
        let (key, to_sign) = self.next(message, time, date);
        let matches = key.mac_matches(to_sign.as_bytes(), signature);
        if matches {
            self.previous = hex(signature);
        }
        matches
    }

    /// The key and the string to sign of the next event.
    fn next(&self, message: &[u8], time: SigningTime, date_millis: i64) -> (SigningKey, String) {
        let date = time.date();
        let Signing {
            signing_name,
            region,
            ..
        } = &self.signing;
        let scope = credential_scope(&date, Some(region), signing_name);
        let to_sign = [
            "AWS4-HMAC-SHA256-PAYLOAD",
            &time.amz_date(),
            &scope,
            &self.previous,
            &sha256_hex(&date_header(date_millis)),
            &sha256_hex(message),
        ]
        .join("\n");
        let key = SigningKey::derive(&self.credentials, &date, region, signing_name);
        (key, to_sign)
    }
}

/// The `:date` header as it is encoded in a message: name, type 8, milliseconds.
fn date_header(millis: i64) -> [u8; 15] {
    const NAME: &[u8; 5] = b":date";
    let mut output = [0; 15];
    output[0] = NAME.len() as u8;
    output[1..6].copy_from_slice(NAME);
    output[6] = 8;
    output[7..].copy_from_slice(&millis.to_be_bytes());
    output
}
