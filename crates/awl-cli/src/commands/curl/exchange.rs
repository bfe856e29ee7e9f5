//! The requests that one command sends: signed, followed where they are
//! redirected, sent again where that may help.

use std::time::Duration;

use awl_sdk::credentials::ResolvedCredentials;
use awl_sdk::env::Host;
use awl_sdk::transport::{HttpRequest, HttpResponse, RequestBody, Transport};
use awl_sign::{
    Freeform, FreeformOptions, Payload, PayloadHasher, Placement, Signing, SigningTime,
    sign_freeform,
};
use tokio::time::Instant;

use super::Options;
use super::failure::{self, Failure};
use super::redirect::{Joined, is_private};
use super::sink::{Decoder, Sink};
use super::trace;
use super::write_out::Facts;
use crate::commands::sign::request::TypedUrl;
use crate::commands::sign::signing;
use crate::error::CommandError;
use crate::ui::Ui;

/// The longest wait between two attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(600);
/// Headers that are not signed, since what is between here and the service may
/// change them.
static UNSIGNED: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "referer",
    "te",
    "transfer-encoding",
    "user-agent",
];

/// What requests are signed with.
pub(super) struct Signer {
    /// Scheme and host of the first URL.
    pub origin: (String, String),
    pub signing: Signing,
    pub credentials: ResolvedCredentials,
    /// Whether the signature goes into the query, and for how many seconds.
    pub presigned: Option<u64>,
    pub unsigned_payload: bool,
    /// The body's hash, once it is known.
    pub hash: Option<String>,
}

/// The exchange of one command.
pub(super) struct Exchange<'a> {
    pub ui: &'a mut Ui,
    pub host: &'a dyn Host,
    pub transport: &'a Transport,
    pub signer: Option<Signer>,
    pub options: &'a Options,
    pub sink: Sink,
    pub facts: &'a mut Facts,
}

/// A request that is still to be signed.
struct Next {
    url: TypedUrl,
    method: String,
    headers: Vec<(String, String)>,
    body: RequestBody,
}

impl Exchange<'_> {
    /// Does all of it.
    pub(super) async fn run(&mut self, url: TypedUrl) -> Result<(), Failure> {
        let start = Instant::now();
        let mut delay = Duration::from_secs(1);
        loop {
            let attempt = self.attempt(url.clone(), start).await;
            self.facts.time_total = start.elapsed().as_secs_f64();
            let (is_over, after) = match &attempt {
                Ok(after) => (!is_transient(self.facts.status), *after),
                Err(Failure::Command(_)) => (true, None),
                Err(error) => {
                    let by_status =
                        error.code() == failure::STATUS && is_transient(self.facts.status);
                    (
                        !(error.is_transient() || by_status || self.options.retry_all),
                        None,
                    )
                }
            };
            if is_over || self.facts.num_retries >= self.options.retries {
                return attempt.map(|_| ());
            }
            self.facts.num_retries += 1;
            let wait = self.options.retry_delay.or(after).unwrap_or(delay);
            delay = (delay * 2).min(LONGEST_DELAY);
            tokio::time::sleep(wait.min(LONGEST_DELAY)).await;
        }
    }

    /// One attempt with its redirects; what `Retry-After` says.
    async fn attempt(
        &mut self,
        url: TypedUrl,
        start: Instant,
    ) -> Result<Option<Duration>, Failure> {
        let mut next = Next {
            url,
            method: self.options.method.clone(),
            headers: self.options.headers.clone(),
            body: self.options.body.clone().unwrap_or_default(),
        };
        self.facts.num_redirects = 0;
        loop {
            let request = self.request(&next).await?;
            self.facts.method.clone_from(&request.method);
            self.facts.url_effective.clone_from(&request.url);
            if self.options.verbose {
                self.ui.write_error(&trace::request(&request));
            }
            let response = self.transport.send(&request).await?;
            self.facts.size_upload += request.body.length().unwrap_or_default();
            self.facts.time_starttransfer = start.elapsed().as_secs_f64();
            self.note(&response)?;
            let location = target(&response).map(|location| Joined::url(&next.url, location));
            self.facts.redirect_url = location.clone().unwrap_or_default();
            let after = retry_after(&response);
            let Some(location) = location.filter(|_| self.options.location) else {
                self.receive(response).await?;
                return Ok(after);
            };
            if self
                .options
                .max_redirects
                .is_some_and(|most| self.facts.num_redirects >= most)
            {
                let message = format!("Maximum ({}) redirects followed", self.facts.num_redirects);
                return Err(Failure::new(failure::REDIRECTS, message));
            }
            self.facts.num_redirects += 1;
            let status = response.status;
            drop(response);
            self.follow(&mut next, &location, status)?;
        }
    }

    /// Makes the next request that of a redirect.
    fn follow(&self, next: &mut Next, location: &str, status: u16) -> Result<(), Failure> {
        let url = TypedUrl::parse(location)?;
        let becomes_get = match status {
            303 => next.method != "HEAD",
            301 | 302 => next.method == "POST",
            _ => false,
        };
        if becomes_get {
            if !self.options.keeps_method {
                "GET".clone_into(&mut next.method);
            }
            next.body = RequestBody::default();
            next.headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        }
        // Compared with the last one, so that nothing comes back on the way.
        if Joined::origin(&url) != Joined::origin(&next.url) {
            next.headers.retain(|(name, _)| !is_private(name));
        }
        next.url = url;
        Ok(())
    }

    /// The request, signed if it may be.
    async fn request(&mut self, next: &Next) -> Result<HttpRequest, Failure> {
        let hash_of = next.body.clone();
        let signing = self
            .signer
            .as_ref()
            .and_then(|signer| Joined::signing(&signer.origin, &signer.signing, &next.url));
        let (Some(signer), Some(signing)) = (&mut self.signer, signing) else {
            let url = next.url.to_wire();
            let mut request = HttpRequest::new(&*next.method, url.with(&url.path, &url.query));
            request.headers.clone_from(&next.headers);
            request.body = hash_of;
            return Ok(request);
        };
        let url = if signing::is_known(awl_catalog::store(), &signing.signing_name) {
            next.url.to_wire()
        } else {
            next.url.clone()
        };
        let payload = if signer.unsigned_payload {
            Payload::Unsigned
        } else if next.body.is_empty() || signer.presigned.is_some() && signing.scheme.is_s3() {
            // S3 does not look at the body of a presigned request.
            Payload::EMPTY
        } else if let Some(hash) = &signer.hash {
            Payload::Sha256(hash.clone())
        } else {
            let mut hasher = PayloadHasher::new();
            next.body
                .read_through(|bytes| hasher.update(bytes))
                .await
                .map_err(|error| Failure::new(failure::READ, error.to_string()))?;
            let hash = hasher.finish();
            signer.hash = Some(hash.clone());
            Payload::Sha256(hash)
        };
        let (late, headers) = next.headers.iter().cloned().partition(|(name, _)| {
            UNSIGNED
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        });
        let late: Vec<(String, String)> = late;
        let freeform = Freeform {
            method: &next.method,
            host: &url.host,
            path: &url.path,
            query: &url.query,
            headers,
            payload,
        };
        let placement = match signer.presigned {
            Some(expires_in) => Placement::Query { expires_in },
            None => Placement::Headers,
        };
        let options = FreeformOptions::of(&signing, placement);
        let seconds = self.host.epoch().as_secs();
        let time = SigningTime::from_epoch_seconds(seconds.try_into().unwrap_or(i64::MAX));
        let credentials = &signer.credentials.credentials;
        let signed = sign_freeform(freeform, &signing, credentials, time, options)
            .map_err(CommandError::from)?;
        let mut request = HttpRequest::new(&*next.method, url.with(&signed.path, &signed.query));
        request.headers = signed.headers;
        let place = request
            .headers
            .iter()
            .position(|(name, _)| name.eq_ignore_ascii_case("host"))
            .map_or(0, |place| place + 1);
        request.headers.splice(place..place, late);
        request.body = next.body.clone();
        Ok(request)
    }

    /// Shows the head of a response where that is asked for.
    fn note(&mut self, response: &HttpResponse) -> Result<(), Failure> {
        self.facts.status = response.status;
        self.facts.version = response.version;
        self.facts.headers.clone_from(&response.headers);
        let head = trace::response(response, "", "\r\n");
        self.facts.size_header += head.len() as u64;
        if self.options.verbose {
            self.ui.write_error(&trace::response(response, "< ", "\n"));
        }
        if let Some(path) = &self.options.dump_header {
            if path == "-" {
                self.ui.write_out(&head);
            } else {
                let path = self.host.expand(path);
                let mut options = std::fs::OpenOptions::new();
                let is_first = self.facts.num_redirects == 0;
                options.create(true).write(true);
                options.truncate(is_first).append(!is_first);
                let written = options.open(&path).and_then(|mut file| {
                    use std::io::Write as _;
                    file.write_all(head.as_bytes())
                });
                written.map_err(|error| {
                    Failure::new(failure::WRITE, crate::python::os_error(&error, &path))
                })?;
            }
        }
        if self.options.include && !self.fails(response.status) {
            self.sink.open()?;
            self.sink.write(self.ui, head.as_bytes())?;
        }
        Ok(())
    }

    /// Whether nothing is printed of an answer, since it is an error.
    fn fails(&self, status: u16) -> bool {
        self.options.fail && status >= 400
    }

    /// Reads an answer to its end.
    async fn receive(&mut self, response: HttpResponse) -> Result<(), Failure> {
        let status = response.status;
        let refused = || {
            let message = format!("The requested URL returned error: {status}");
            Failure::new(failure::STATUS, message)
        };
        if self.fails(status) {
            return Err(refused());
        }
        if self.options.head {
            return Ok(());
        }
        let encoding = response
            .header("content-encoding")
            .filter(|_| self.options.compressed);
        let mut decoder = Decoder::new(encoding)?;
        if !self.options.include {
            self.sink.open()?;
        }
        let mut body = response.body;
        while let Some(chunk) = body.chunk().await? {
            self.facts.size_download += chunk.len() as u64;
            let (sink, ui) = (&mut self.sink, &mut *self.ui);
            decoder.push(&chunk, |bytes| sink.write(ui, bytes))?;
        }
        let (sink, ui) = (&mut self.sink, &mut *self.ui);
        decoder.finish(|bytes| sink.write(ui, bytes))?;
        if self.options.fail_with_body && status >= 400 {
            return Err(refused());
        }
        Ok(())
    }
}

/// Where a response redirects to.
fn target(response: &HttpResponse) -> Option<&str> {
    (300..400)
        .contains(&response.status)
        .then(|| response.header("location"))
        .flatten()
}

/// Whether a status is one that may not come again.
fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let seconds = response.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
