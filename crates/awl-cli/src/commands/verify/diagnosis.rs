//! Whether a signature is right and would be taken, and if not, why.

use awl_sign::{
    ChunkDecoder, ChunkError, Credentials, EMPTY_SHA256, Presented, Received, SignatureLocation,
    SigningTime, VerifyError,
};

use super::difference::{self, Difference};
use super::message::Message;
use super::quote::Quote;
use super::variants::{self, Reading};
use crate::commands::sign::host;
use crate::commands::sign::request::host_name;
use crate::python;

/// How far a signature's time may be from the service's, in seconds.
const ALLOWED_SKEW: i64 = 900;

/// What is looked at.
pub(super) struct Subject<'a> {
    /// The request.
    pub message: &'a Message,
    /// Whose key it is said to be signed with.
    pub credentials: &'a Credentials,
    /// When it gets to the service.
    pub now: SigningTime,
    /// What the service's error quotes.
    pub quote: &'a Quote,
}

/// Something about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// What it is called.
    pub code: &'static str,
    /// What it is, in words.
    pub message: String,
    /// Whether a service refuses the request for it.
    pub is_fatal: bool,
}

/// What comes out.
#[derive(Clone, Debug, Default)]
pub(super) struct Diagnosis {
    /// The signature that was found.
    pub presented: Option<Presented>,
    /// Whether it is that of the request.
    pub matches: bool,
    /// The request as the service reads it.
    pub reading: Option<Reading>,
    /// What was signed instead, where that is known.
    pub signed: Option<Reading>,
    /// What is to be said.
    pub findings: Vec<Finding>,
    /// Where what was signed differs from what the service says or reads.
    pub difference: Option<Difference>,
    /// Whether the difference is of strings to sign, not of canonical requests.
    pub differs_in_string_to_sign: bool,
}

impl Diagnosis {
    /// Whether a service would take the request.
    pub(super) fn verifies(&self) -> bool {
        self.matches && !self.findings.iter().any(|finding| finding.is_fatal)
    }

    fn fatal(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, message, true);
    }

    fn note(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(code, message, false);
    }

    fn add(&mut self, code: &'static str, message: impl Into<String>, is_fatal: bool) {
        self.findings.push(Finding {
            code,
            message: message.into(),
            is_fatal,
        });
    }
}

/// Looks at a request.
pub(super) fn diagnose(subject: &Subject<'_>) -> Diagnosis {
    let message = subject.message;
    let mut diagnosis = Diagnosis::default();
    let received = Received {
        method: &message.method,
        path: &message.path,
        query: &message.query,
        headers: &message.headers,
    };
    let presented = match Presented::find(&received) {
        Ok(presented) => presented,
        Err(error) => {
            let (code, text) = unreadable(&error);
            diagnosis.fatal(code, text);
            return diagnosis;
        }
    };
    let reading = variants::of_service(message, &presented);
    let signed = variants::find(message, &presented, subject.credentials);
    diagnosis.matches = signed
        .as_ref()
        .is_some_and(|signed| signed.mistakes.is_empty());
    key(&mut diagnosis, subject, &presented);
    match &signed {
        Some(signed) if !signed.mistakes.is_empty() => diagnosis.fatal(
            "signed-otherwise",
            format!("it verifies when {}", signed.mistakes.join(" and ")),
        ),
        Some(_) => {}
        None => mismatch(&mut diagnosis, subject, &presented),
    }
    headers(&mut diagnosis, subject, &presented);
    body(&mut diagnosis, subject, &presented);
    scope(&mut diagnosis, subject, &presented);
    time(&mut diagnosis, subject, &presented);
    compare(&mut diagnosis, subject, &reading, signed.as_ref());
    diagnosis.presented = Some(presented);
    diagnosis.reading = Some(reading);
    diagnosis.signed = signed;
    diagnosis
}

/// Why there is no signature to look at.
fn unreadable(error: &VerifyError) -> (&'static str, String) {
    match error {
        VerifyError::Missing => (
            "not-signed",
            "it is not signed: it has neither an Authorization header nor X-Amz-Signature in its \
             query"
                .to_owned(),
        ),
        VerifyError::UnsupportedScheme { scheme } => (
            "unsupported-scheme",
            format!(
                "it is authorised by {}, which is neither version 4 nor 4a of AWS's signatures",
                python::quote(&super::message::short(scheme))
            ),
        ),
        VerifyError::Incomplete { part } => (
            "incomplete",
            format!("its signature is not whole: {part} is missing or malformed"),
        ),
        error => ("unreadable", error.to_string()),
    }
}

fn key(diagnosis: &mut Diagnosis, subject: &Subject<'_>, presented: &Presented) {
    let credentials = subject.credentials;
    if credentials.access_key_id != presented.access_key_id {
        diagnosis.fatal(
            "wrong-access-key",
            format!(
                "it is signed with the access key {}, but the credentials here are those of {}",
                presented.access_key_id, credentials.access_key_id
            ),
        );
        return;
    }
    match (presented.session_token.as_deref(), credentials.token()) {
        (None, Some(_)) => diagnosis.fatal(
            "session-token-missing",
            "it has no session token, and the credentials here are temporary ones, which need it",
        ),
        (Some(sent), Some(token)) if sent != token => diagnosis.fatal(
            "session-token-differs",
            "its session token is another than that of the credentials here",
        ),
        (Some(_), None) => diagnosis.note(
            "session-token-unknown",
            "it has a session token, and the credentials here have none to compare it with",
        ),
        _ => {}
    }
}

/// The signature is of nothing that was tried.
fn mismatch(diagnosis: &mut Diagnosis, subject: &Subject<'_>, presented: &Presented) {
    let is_other_key = subject.credentials.access_key_id != presented.access_key_id;
    let text = if is_other_key {
        "the signature cannot be checked without the secret of that key"
    } else {
        "the signature is of something else: the secret access key is not the one it was made \
         with, or the request was changed behind it"
    };
    diagnosis.fatal("signature-differs", text);
}

fn headers(diagnosis: &mut Diagnosis, subject: &Subject<'_>, presented: &Presented) {
    for name in &presented.signed_headers {
        if subject.message.header(name).is_none() {
            diagnosis.fatal(
                "header-not-sent",
                format!("the header {name} is signed, but the request does not have it"),
            );
        }
    }
    if !presented.has_signed("host") {
        diagnosis.fatal("header-not-signed", "the header host is not signed");
    }
    let in_query = presented.location == SignatureLocation::Query;
    for (name, _) in &subject.message.headers {
        let name = name.to_ascii_lowercase();
        if !name.starts_with("x-amz-") || presented.has_signed(&name) {
            continue;
        }
        let text = format!("the header {name} is sent, but it is not signed");
        if name == "x-amz-security-token" || (in_query && name == "x-amz-content-sha256") {
            diagnosis.note("header-not-signed", text);
        } else {
            diagnosis.fatal("header-not-signed", text);
        }
    }
}

fn body(diagnosis: &mut Diagnosis, subject: &Subject<'_>, presented: &Presented) {
    let message = subject.message;
    let sent = variants::sent_hash(message, presented);
    let length = message
        .header("content-length")
        .and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > message.body.len()) {
        diagnosis.note(
            "body-missing",
            "its body is not here, or not all of it, so the body's hash is not checked",
        );
        return;
    }
    let decoder = ChunkDecoder::announced(&sent, presented, subject.credentials);
    if let Ok(Some(decoder)) = decoder {
        chunks(diagnosis, message, decoder);
        return;
    }
    let actual = variants::body_hash(&message.body);
    let is_hash = sent.len() == 64 && sent.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash || sent.eq_ignore_ascii_case(&actual) {
        return;
    }
    let text = if actual == EMPTY_SHA256 {
        format!("it says that its body hashes to {sent}, but it has no body")
    } else {
        format!("it says that its body hashes to {sent}, but the body hashes to {actual}")
    };
    diagnosis.fatal("payload-mismatch", text);
}

/// Looks at a body in chunks, each of which may have a signature over the one before.
fn chunks(diagnosis: &mut Diagnosis, message: &Message, mut decoder: ChunkDecoder) {
    if !diagnosis.matches {
        // The first chunk's signature is over that of the headers.
        return;
    }
    let mut payload = Vec::new();
    let mut decoded = 0;
    let read = decoder.push(&message.body, &mut payload).and_then(|()| {
        decoded = decoder.decoded_length();
        decoder.finish()
    });
    match read {
        Ok(_) => {}
        Err(ChunkError::Truncated) if message.body.is_empty() => {
            diagnosis.note(
                "body-missing",
                "its body is not here, so the signatures of its chunks are not checked",
            );
            return;
        }
        Err(error) => {
            let code = match error {
                ChunkError::Mismatch { .. } | ChunkError::NotSigned => "chunk-signature-differs",
                _ => "chunks-malformed",
            };
            diagnosis.fatal(code, format!("its body comes in chunks, but {error}"));
            return;
        }
    }
    let said = message.header("x-amz-decoded-content-length");
    match said.map(str::parse::<u64>) {
        Some(Ok(said)) if said == decoded => {}
        Some(_) => diagnosis.fatal(
            "decoded-length-differs",
            format!(
                "it says that its chunks have {} bytes together, but they have {decoded}",
                said.unwrap_or_default()
            ),
        ),
        None => diagnosis.fatal(
            "decoded-length-missing",
            "its body comes in chunks, but it has no header x-amz-decoded-content-length",
        ),
    }
}

fn scope(diagnosis: &mut Diagnosis, subject: &Subject<'_>, presented: &Presented) {
    let Some(host) = subject.message.header("host") else {
        return;
    };
    let host = host_name(host);
    let guess = host::guess(awl_catalog::store(), host);
    if let Some(service) = guess.service
        && service != presented.signing_name
    {
        diagnosis.fatal(
            "wrong-service",
            format!(
                "it is signed for the service {}, but {host} is of {service}",
                presented.signing_name
            ),
        );
    }
    let Some(region) = guess.region.filter(|region| region != "*") else {
        return;
    };
    let is_meant = if presented.asymmetric {
        presented.region.split(',').any(|pattern| {
            let pattern = pattern.trim();
            match pattern.split_once('*') {
                Some((head, tail)) => region.starts_with(head) && region.ends_with(tail),
                None => pattern == region,
            }
        })
    } else {
        region == presented.region
    };
    if is_meant {
        return;
    }
    let text = format!(
        "it is signed for the Region {}, but {host} is of {region}",
        presented.region
    );
    // A host without a Region may serve others, as that of S3 does.
    if host.contains(&region) {
        diagnosis.fatal("wrong-region", text);
    } else {
        diagnosis.note("wrong-region", text);
    }
}

fn time(diagnosis: &mut Diagnosis, subject: &Subject<'_>, presented: &Presented) {
    let signed = presented.time.epoch_seconds();
    let (now, whose) = match subject.quote.time {
        Some(time) => (time, "the service's"),
        None => (subject.now, "this machine's"),
    };
    let age = now.epoch_seconds().saturating_sub(signed);
    if age < -ALLOWED_SKEW {
        diagnosis.fatal(
            "signed-ahead",
            format!("it was signed {} ahead of {whose} clock", span(-age)),
        );
        return;
    }
    match presented.expires_in.map(i64::try_from) {
        Some(expires_in) => {
            let left = expires_in.unwrap_or(i64::MAX).saturating_sub(age);
            if left < 0 {
                diagnosis.fatal("expired", format!("it expired {} ago", span(-left)));
            } else {
                diagnosis.note("expires", format!("it is good for another {}", span(left)));
            }
        }
        None if age > ALLOWED_SKEW => diagnosis.fatal(
            "expired",
            format!(
                "it was signed {} ago by {whose} clock, and services take no signature older than \
                 15 minutes",
                span(age)
            ),
        ),
        None => {}
    }
}

/// Finds where what was signed departs from what the service says, else from
/// what it reads.
fn compare(
    diagnosis: &mut Diagnosis,
    subject: &Subject<'_>,
    reading: &Reading,
    signed: Option<&Reading>,
) {
    let ours = signed.unwrap_or(reading);
    let quote = subject.quote;
    let mut says_something = false;
    if let Some(theirs) = &quote.canonical_request {
        says_something = true;
        diagnosis.difference = difference::first(&ours.canonical_request, theirs);
    } else if quote.string_to_sign.is_none() {
        diagnosis.difference =
            difference::first(&ours.canonical_request, &reading.canonical_request);
    }
    if let (None, Some(theirs)) = (&diagnosis.difference, &quote.string_to_sign) {
        says_something = true;
        diagnosis.difference = difference::first(&ours.string_to_sign, theirs);
        diagnosis.differs_in_string_to_sign = diagnosis.difference.is_some();
    }
    if !says_something {
        return;
    }
    match (&diagnosis.difference, diagnosis.matches) {
        (None, false) => diagnosis.fatal(
            "service-agrees",
            "what the service says that it reads is what this request comes to, so the secret \
             access key is what differs",
        ),
        (Some(_), true) => diagnosis.fatal(
            "service-differs",
            "the service quotes something else than this request comes to: what it got was \
             changed on the way, or is not this request",
        ),
        _ => {}
    }
}

/// A length of time in words.
pub(super) fn span(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
