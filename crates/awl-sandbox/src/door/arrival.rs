//! A request whose body is still coming. What can be told of it before, is: of a
//! request to S3 the headers say how its body hashes, so its signature is
//! verified before a large body is taken.

use std::time::Duration;

use awl_protocol::Headers;
use awl_protocol::server::{Answer, Failure, Hint, Incoming, Recipient, Route, bucket_in_host};
use awl_sign::{
    ChunkDecoder, Credentials, Presented, Received, STREAMING_UNSIGNED_PAYLOAD_TRAILER,
    SignatureLocation, VerifyError,
};

use super::payload::{Intake, IntakeError, Payload};
use super::refusal::Distrust;
use super::{Family, Reply, Request, Sandbox, form};
use crate::caller::Caller;
use crate::log::LogEntry;
use crate::{Ending, ids, s3};

/// The largest body of a request that brings no object.
pub(crate) const LARGEST_BODY: u64 = 16 << 20;
/// The largest object, or part of one, that a request can bring.
const LARGEST_OBJECT: u64 = 5 << 30;

/// Whom a refusal is told, and the refusal.
pub(super) type Refusal = (Recipient, Failure);

/// A request whose body is still coming.
#[derive(Debug)]
pub struct Arrival {
    pub(super) visit: Visit,
    pub(super) presented: Result<Presented, VerifyError>,
    /// What is known without the body, where that is enough.
    pub(super) early: Option<Result<Known, Refusal>>,
    intake: Intake,
    /// Whether it is a form, which brings an object.
    pub(super) is_form: bool,
}

/// A request on its way through the door.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) request: Request,
    pub(super) headers: Headers,
    pub(super) now: i64,
    /// When it came, to tell how long it took.
    pub(super) began: Duration,
    /// How long the answer is kept back, and how the connection ends instead.
    pub(super) delay: Duration,
    pub(super) ending: Option<Ending>,
    /// The path with the bucket that the host names.
    pub(super) path: String,
    pub(super) entry: LogEntry,
    pub(super) host_id: String,
}

/// Whose request it is, and for what.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) route: Route,
    pub(super) recipient: Recipient,
    pub(super) family: Family,
    pub(super) caller: Caller,
    /// None of a request that is not signed.
    pub(super) credentials: Option<Credentials>,
    /// Of the signature.
    pub(super) region: Option<String>,
}

impl Visit {
    fn new(sandbox: &Sandbox, request: Request) -> Self {
        let headers: Headers = request
            .headers
            .iter()
            .map(|(name, value)| (&**name, value))
            .collect();
        let now = sandbox.now();
        Self {
            now,
            began: sandbox.clock(),
            delay: Duration::ZERO,
            ending: None,
            path: request.path.clone(),
            entry: LogEntry {
                time: now,
                request_id: ids::request_id(sandbox.entropy()),
                source: Some(request.peer),
                user_agent: headers.get("user-agent").map(str::to_owned),
                ..LogEntry::default()
            },
            host_id: crate::seal::token(&ids::random::<24>(sandbox.entropy())),
            headers,
            request,
        }
    }

    pub(super) fn answer<'a>(&'a self) -> Answer<'a> {
        Answer {
            request_id: &self.entry.request_id,
            host_id: Some(&self.host_id),
        }
    }

    pub(super) fn received(&self) -> Received<'_> {
        Received {
            method: &self.request.method,
            path: &self.request.path,
            query: &self.request.query,
            headers: &self.request.headers,
        }
    }

    pub(super) fn incoming<'b>(&'b self, body: &'b [u8]) -> Incoming<'b> {
        Incoming {
            method: &self.request.method,
            path: &self.path,
            query: &self.request.query,
            headers: &self.headers,
            body,
        }
    }

    /// Puts a bucket that the host names in front of the path.
    fn place_bucket(&mut self) -> bool {
        let host = self.headers.get("host");
        let bucket = host.and_then(|host| bucket_in_host(host, &["localhost"]));
        if let Some(bucket) = bucket {
            self.path = format!("/{bucket}{}", self.path);
            return true;
        }
        false
    }
}

impl Arrival {
    /// Whether there is a use for the body: not of a request that is refused
    /// already.
    #[must_use]
    pub const fn wants_body(&self) -> bool {
        !matches!(self.early, Some(Err(_)))
    }

    /// Whether the body is so large that it goes to a file.
    pub(crate) const fn is_in_file(&self) -> bool {
        self.intake.is_in_file()
    }

    /// Takes bytes of the body. Those of a refused request are passed over.
    pub fn push(&mut self, sandbox: &Sandbox, bytes: &[u8]) {
        if !self.wants_body() {
            return;
        }
        let taken = self.intake.push(bytes, &sandbox.blobs, sandbox.entropy());
        if let Err(error) = taken {
            self.refuse(error);
        }
    }

    /// Notes why the body is not taken.
    fn refuse(&mut self, error: IntakeError) {
        let (recipient, family) = match &self.early {
            Some(Ok(known)) => (known.recipient, known.family),
            Some(Err(_)) => return,
            None => {
                let recipient = Recipient::guess(&self.visit.incoming(&[]), None);
                (recipient, Family::of(recipient.protocol(), None))
            }
        };
        let failure = match error {
            IntakeError::TooLarge(_) if family != Family::S3 => Failure::new(
                "RequestEntityTooLarge",
                "the body is larger than the sandbox takes",
            )
            .with_status(413),
            IntakeError::TooLarge(length) => s3::too_large(length, self.intake.limit()),
            IntakeError::Chunk(error) => {
                let presented = self.presented.as_ref().ok();
                family.distrusted(&Distrust::Chunk(error), presented, self.visit.now)
            }
            IntakeError::Disk => super::internal(),
        };
        self.early = Some(Err((recipient, failure)));
    }

    /// Answers the request: its body has come.
    #[must_use]
    pub fn finish(mut self, sandbox: &Sandbox) -> Reply {
        let intake = std::mem::replace(&mut self.intake, Intake::small(0));
        let payload = match intake.finish(&sandbox.blobs, sandbox.entropy()) {
            Ok((payload, hash)) => {
                self.check_hash(hash.as_deref());
                payload
            }
            Err(error) => {
                self.refuse(error);
                Payload::default()
            }
        };
        sandbox.conclude(self, payload)
    }

    /// Holds the hash of the body against the one that was signed.
    fn check_hash(&mut self, hash: Option<&str>) {
        let signed = self.visit.headers.get("x-amz-content-sha256");
        let (Some(hash), Some(signed), Some(Ok(known))) = (hash, signed, &self.early) else {
            return;
        };
        if !hash.eq_ignore_ascii_case(signed) {
            let failure = Failure::new(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )
            .with_detail("ClientComputedContentSHA256", signed)
            .with_detail("S3ComputedContentSHA256", hash);
            self.early = Some(Err((known.recipient, failure)));
        }
    }
}

impl Sandbox {
    /// Begins to answer a request, whose body is given to the
    /// [`Arrival`] as it comes. That of `request` is not looked at.
    #[must_use]
    pub fn arrive(&self, request: Request) -> Arrival {
        let mut visit = Visit::new(self, request);
        let presented = Presented::find(&visit.received());
        let is_s3 = match &presented {
            Ok(presented) => {
                let name = &*presented.signing_name;
                if matches!(name, "s3" | "s3express") {
                    visit.place_bucket();
                }
                is_s3(name)
            }
            Err(VerifyError::Missing) => self.is_open_to_all(&mut visit),
            Err(_) => false,
        };
        let form = form::is_one(&visit.request.method, &visit.headers);
        let is_form = form && is_s3 && presented.is_err();
        let mut arrival = Arrival {
            visit,
            presented,
            early: None,
            intake: Intake::small(LARGEST_BODY),
            is_form,
        };
        let length = arrival.visit.headers.get("content-length");
        let length = length.and_then(|length| length.parse().ok());
        if is_s3 && !is_form {
            arrival.early = Some(self.begin(&mut arrival));
        } else if let Some(length) = length.filter(|length| *length > LARGEST_BODY) {
            arrival.refuse(IntakeError::TooLarge(length));
        }
        arrival
    }

    /// Whether a request without signature is for S3, where a bucket's policy may
    /// allow it.
    fn is_open_to_all(&self, visit: &mut Visit) -> bool {
        let media_type = visit.headers.get("content-type").unwrap_or_default();
        let elsewhere = visit.headers.get("x-amz-target").is_some()
            || [
                "application/x-www-form-urlencoded",
                "application/x-amz-json",
                "application/cbor",
            ]
            .iter()
            .any(|own| media_type.starts_with(own));
        if elsewhere {
            return false;
        }
        if visit.place_bucket() {
            return true;
        }
        let first = visit.path.trim_start_matches('/').split('/').next();
        first.is_some_and(|bucket| self.account().bucket(bucket).is_some())
    }

    /// Recognises a request to S3, and prepares for its body.
    fn begin(&self, arrival: &mut Arrival) -> Result<Known, Refusal> {
        let known = self.recognize(&mut arrival.visit, &arrival.presented, None)?;
        let (headers, intake) = (&arrival.visit.headers, &mut arrival.intake);
        let failed = |failure: Failure| (known.recipient, failure);
        let announced = headers.get("x-amz-content-sha256");
        match (&arrival.presented, &known.credentials) {
            (Ok(presented), Some(credentials)) => {
                if announced.is_none() && presented.location == SignatureLocation::Headers {
                    let text = "Missing required header for this request: x-amz-content-sha256";
                    return Err(failed(Failure::new("InvalidRequest", text)));
                }
                let announced = announced.unwrap_or_default();
                let decoder = ChunkDecoder::announced(announced, presented, credentials);
                match decoder {
                    Ok(Some(decoder)) => intake.in_chunks(decoder),
                    Ok(None) if announced.len() == 64 => {
                        if presented.has_signed("x-amz-content-sha256") {
                            intake.hash_raw();
                        }
                    }
                    Ok(None) => {}
                    Err(_) => {
                        let part = VerifyError::Incomplete { part: "Signature" };
                        let distrust = Distrust::Signature(part);
                        let now = arrival.visit.now;
                        let failure = known.family.distrusted(&distrust, Some(presented), now);
                        return Err(failed(failure));
                    }
                }
            }
            _ if announced == Some(STREAMING_UNSIGNED_PAYLOAD_TRAILER) => {
                intake.in_chunks(ChunkDecoder::unsigned());
            }
            _ => {}
        }
        let operation = known.route.operation;
        if operation.service().name() == "s3" && operation.streaming_input().is_some() {
            intake.object(LARGEST_OBJECT, &s3::algorithms(headers), &self.blobs);
            s3::check_length(headers, intake.limit()).map_err(failed)?;
        }
        Ok(known)
    }

    /// Finds what a request is for and whose it is, and verifies its signature.
    /// Without the body, which is still coming, its hash is the one that the
    /// headers say.
    pub(super) fn recognize(
        &self,
        visit: &mut Visit,
        presented: &Result<Presented, VerifyError>,
        body: Option<&[u8]>,
    ) -> Result<Known, Refusal> {
        let name = match presented {
            Ok(presented) => Some(&*presented.signing_name),
            Err(_) => match body {
                // Only what is for S3 is looked at before its body.
                None => Some("s3"),
                Some(body) => asks_with_token(body).then_some("sts"),
            },
        };
        let hint = name.map(Hint::signed_for).unwrap_or_default();
        let route = self
            .directory
            .route(&visit.incoming(body.unwrap_or_default()), hint);
        let service = match &route {
            Ok(route) => Some(route.operation.service()),
            Err(_) => name.and_then(|name| Some(self.directory.router(name)?.service())),
        };
        let recipient = match &route {
            Ok(route) => Recipient::of(route),
            Err(_) => Recipient::guess(&visit.incoming(body.unwrap_or_default()), service),
        };
        let family = Family::of(recipient.protocol(), service);
        if let Ok(route) = &route {
            visit.entry.service = Some(route.operation.service().name());
            visit.entry.operation = Some(route.operation.name());
        }
        let now = visit.now;
        let refused = |distrust: &Distrust, presented: Option<&Presented>| {
            (recipient, family.distrusted(distrust, presented, now))
        };
        let (caller, credentials, region) = match presented {
            Ok(presented) => {
                visit.entry.region = Some(presented.region.clone());
                visit.entry.access_key_id = Some(presented.access_key_id.clone());
                let signed = self.signed(visit, presented, body);
                let (caller, credentials) =
                    signed.map_err(|distrust| refused(&distrust, Some(presented)))?;
                visit.entry.principal = Some(caller.principal.arn().to_owned());
                (caller, Some(credentials), Some(presented.region.clone()))
            }
            Err(VerifyError::Missing) if body.is_none() => {
                if s3::is_signed_as_before(&visit.request.query) {
                    let scheme = "AWS".to_owned();
                    let error = VerifyError::UnsupportedScheme { scheme };
                    return Err(refused(&Distrust::Signature(error), None));
                }
                visit.entry.principal = Some("anonymous".to_owned());
                (Caller::anonymous(), None, None)
            }
            // A token stands for the signature.
            Err(VerifyError::Missing) if route.as_ref().is_ok_and(has_token) => {
                visit.entry.principal = Some("anonymous".to_owned());
                (Caller::anonymous(), None, None)
            }
            Err(error) => return Err(refused(&Distrust::Signature(error.clone()), None)),
        };
        let route = route.map_err(|error| {
            let failure = Failure::of_route(&error, recipient.protocol());
            (recipient, failure)
        })?;
        let own = route.operation.service().signing_name();
        if let Ok(presented) = presented
            && presented.signing_name != own
            && !(is_s3(&presented.signing_name) && is_s3(own))
        {
            return Err(refused(&Distrust::Scope(own), Some(presented)));
        }
        Ok(Known {
            route,
            recipient,
            family,
            caller,
            credentials,
            region,
        })
    }
}

/// Whether a body asks for what needs no signature of STS.
fn asks_with_token(body: &[u8]) -> bool {
    let mut parameters = body.split(|byte| *byte == b'&');
    parameters.any(|own| own == b"Action=AssumeRoleWithWebIdentity")
}

/// Whether an operation is asked for with a token of an identity provider.
fn has_token(route: &Route) -> bool {
    let operation = route.operation;
    operation.service().name() == "sts" && operation.name() == "AssumeRoleWithWebIdentity"
}

/// Whether a name is one that S3 and its relatives are signed for.
pub(super) fn is_s3(signing_name: &str) -> bool {
    matches!(
        signing_name,
        "s3" | "s3express" | "s3-outposts" | "s3-object-lambda"
    )
}
