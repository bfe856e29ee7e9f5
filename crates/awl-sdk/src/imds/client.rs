//! Requests to the metadata service, and where it is.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::{ImdsError, Likelihood, likelihood};
use crate::client::user_agent;
use crate::config::{Config, Setting, settings};
use crate::transport::{
    HttpRequest, HttpResponse, Transport, TransportConfig, TransportError, TransportErrorKind,
};

/// How long a token is good for, in seconds, unless the caller says else.
pub const TOKEN_TTL: u32 = 21_600;

const IPV4: &str = "http://169.254.169.254/";
const IPV6: &str = "http://[fd00:ec2::254]/";
const TOKEN_PATH: &str = "latest/api/token";

/// A client of the metadata service. Its token is fetched once, at the first
/// request.
#[derive(Debug)]
pub struct Imds {
    transport: Transport,
    endpoint: String,
    attempts: i64,
    allows_v1: bool,
    user_agent: String,
    /// Why nothing is to be asked.
    refusal: Option<Refusal>,
    token: OnceCell<Option<String>>,
}

#[derive(Clone, Debug)]
enum Refusal {
    Disabled,
    Offline,
    NotEc2(String),
}

/// What answers must be; one that is not is asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// Status 200.
    Success,
    /// Status 200 and a body.
    Text,
    /// Status 200 and JSON.
    Json,
}

impl Imds {
    /// A client of the service that the configuration names. Opens no
    /// connection yet.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub fn new(config: &Config) -> Result<Self, ImdsError> {
        let seconds = integer(config, &settings::METADATA_TIMEOUT)?;
        if seconds <= 0 {
            return Err(ImdsError::InvalidSetting(format!(
                "An HTTP Client raised an unhandled exception: Attempted to set connect timeout \
                 to {seconds}, but the timeout cannot be set to a value less than or equal to 0."
            )));
        }
        let timeout = Some(Duration::from_secs(seconds.unsigned_abs()));
        let retry_mode = config.text(&settings::RETRY_MODE).unwrap_or_default();
        Ok(Self {
            // Never by a proxy: it would answer for its own machine.
            transport: Transport::new(TransportConfig {
                connect_timeout: timeout,
                read_timeout: timeout,
                ..TransportConfig::default()
            }),
            endpoint: endpoint(config)?,
            attempts: integer(config, &settings::METADATA_ATTEMPTS)?,
            allows_v1: config.boolean(&settings::IMDS_V1_DISABLED) != Some(true),
            user_agent: user_agent(config, &retry_mode),
            refusal: refusal(config),
            token: OnceCell::new(),
        })
    }

    /// Where the service is, without a slash at the end.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint.trim_end_matches('/')
    }

    /// Whether it is asked at all.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), ImdsError> {
        match &self.refusal {
            None => Ok(()),
            Some(Refusal::Disabled) => Err(ImdsError::Disabled),
            Some(Refusal::Offline) => Err(ImdsError::Offline),
            Some(Refusal::NotEc2(what)) => Err(ImdsError::NotEc2(what.clone())),
        }
    }

    /// What the service has at a path, which begins behind the slash:
    /// `latest/meta-data/instance-id`.
    ///
    /// # Errors
    /// See [`ImdsError`].
    pub async fn get(&self, path: &str) -> Result<Bytes, ImdsError> {
        self.request(path, Expect::Success).await
    }

    /// A new token, good for so many seconds; None where the service gives
    /// none, so that only version 1 is left.
    ///
    /// # Errors
    /// The service cannot be reached, refuses the request, or is not asked.
    pub async fn fetch_token(&self, ttl: u32) -> Result<Option<String>, ImdsError> {
        self.check()?;
        let mut request = HttpRequest::new("PUT", self.url(TOKEN_PATH));
        request.set_header("x-aws-ec2-metadata-token-ttl-seconds", ttl.to_string());
        request.set_header("User-Agent", &*self.user_agent);
        let mut unreachable = None;
        for _ in 0..self.attempts {
            match self.send(&request).await {
                Ok((200, body)) => return Ok(Some(String::from_utf8_lossy(&body).into_owned())),
                Ok((403..=405, _)) => return Ok(None),
                Ok((400, _)) => {
                    let endpoint = self.endpoint().to_owned();
                    return Err(ImdsError::BadRequest { endpoint });
                }
                Ok(_) => unreachable = None,
                // The answer to this request alone may not cross a hop.
                Err(error) if error.kind() == TransportErrorKind::ReadTimeout => return Ok(None),
                Err(error) if is_transient(&error) => {
                    let kind = error.kind();
                    let nobody = matches!(
                        kind,
                        TransportErrorKind::Connect | TransportErrorKind::ConnectTimeout
                    );
                    unreachable = nobody.then_some(error);
                }
                Err(error) => return Err(ImdsError::Transport(error)),
            }
        }
        match unreachable {
            // Where nobody accepts a connection, version 1 is not there either:
            // the AWS CLI waits for that once more.
            Some(source) if self.allows_v1 => Err(ImdsError::NoAnswer {
                endpoint: self.endpoint().to_owned(),
                source: Some(source),
            }),
            _ => Ok(None),
        }
    }

    /// What the service answers to a request that is tried as often as the
    /// configuration says.
    pub(super) async fn request(&self, path: &str, expect: Expect) -> Result<Bytes, ImdsError> {
        let token = self
            .token
            .get_or_try_init(|| self.fetch_token(TOKEN_TTL))
            .await?
            .as_deref()
            .filter(|token| !token.is_empty());
        if token.is_none() && !self.allows_v1 {
            return Err(ImdsError::V1Disabled);
        }
        let url = self.url(path);
        let mut request = HttpRequest::new("GET", &*url);
        if let Some(token) = token {
            request.set_header("x-aws-ec2-metadata-token", token);
        }
        request.set_header("User-Agent", &*self.user_agent);
        let mut last = ImdsError::NoAnswer {
            endpoint: self.endpoint().to_owned(),
            source: None,
        };
        for _ in 0..self.attempts {
            last = match self.send(&request).await {
                Ok((200, body)) => match complaint(&url, &body, expect) {
                    None => return Ok(body),
                    Some(complaint) => complaint,
                },
                Ok((status, _)) => ImdsError::Status {
                    url: url.clone(),
                    status,
                },
                Err(error) if is_transient(&error) => ImdsError::NoAnswer {
                    endpoint: self.endpoint().to_owned(),
                    source: Some(error),
                },
                Err(error) => return Err(ImdsError::Transport(error)),
            };
        }
        Err(last)
    }

    async fn send(&self, request: &HttpRequest) -> Result<(u16, Bytes), TransportError> {
        let HttpResponse { status, body, .. } = self.transport.send(request).await?;
        Ok((status, body.collect().await?))
    }

    pub(super) fn url(&self, path: &str) -> String {
        let separator = if self.endpoint.ends_with('/') {
            ""
        } else {
            "/"
        };
        format!("{}{separator}{path}", self.endpoint)
    }
}

/// What is wrong with the body of an answer.
fn complaint(url: &str, body: &[u8], expect: Expect) -> Option<ImdsError> {
    let url = || url.to_owned();
    match expect {
        Expect::Success => None,
        _ if body.is_empty() => Some(ImdsError::Empty { url: url() }),
        Expect::Json => {
            let text = std::str::from_utf8(body).ok();
            match text.map(awl_value::json::parse) {
                Some(Ok(_)) => None,
                _ => Some(ImdsError::NoJson { url: url() }),
            }
        }
        Expect::Text => None,
    }
}

// Parity: botocore/utils.py, RETRYABLE_HTTP_ERRORS.
fn is_transient(error: &TransportError) -> bool {
    matches!(
        error.kind(),
        TransportErrorKind::Connect
            | TransportErrorKind::ConnectTimeout
            | TransportErrorKind::ReadTimeout
            | TransportErrorKind::ConnectionClosed
    )
}

/// Where the service is.
fn endpoint(config: &Config) -> Result<String, ImdsError> {
    let is_ipv6 = match config.text(&settings::IMDS_ENDPOINT_MODE) {
        Some(mode) => match &*mode.to_lowercase() {
            "ipv4" => false,
            "ipv6" => true,
            _ => return Err(ImdsError::InvalidMode { mode }),
        },
        None => config.boolean(&settings::IMDS_USE_IPV6) == Some(true),
    };
    let endpoint = config
        .text(&settings::IMDS_ENDPOINT)
        .filter(|endpoint| !endpoint.is_empty())
        .unwrap_or_else(|| if is_ipv6 { IPV6 } else { IPV4 }.to_owned());
    if awl_endpoint::is_valid_endpoint_url(&endpoint) {
        Ok(endpoint)
    } else {
        Err(ImdsError::InvalidEndpoint { endpoint })
    }
}

/// Why the service is not to be asked.
fn refusal(config: &Config) -> Option<Refusal> {
    const SWITCH: &str = "AWS_EC2_METADATA_DISABLED";
    let switch = config.host().variable(SWITCH);
    let is_off = |switch: &String| switch.eq_ignore_ascii_case("true");
    if switch.as_ref().is_some_and(is_off) {
        return Some(Refusal::Disabled);
    }
    // Whoever sets one of these knows that there is a service.
    let is_pointed_to = [&settings::IMDS_ENDPOINT, &settings::IMDS_ENDPOINT_MODE]
        .iter()
        .any(|setting| config.text(setting).is_some_and(|text| !text.is_empty()));
    if !is_pointed_to
        && !switch.is_some_and(|switch| switch.eq_ignore_ascii_case("false"))
        && let Likelihood::No(what) = likelihood(&**config.host())
    {
        return Some(Refusal::NotEc2(what));
    }
    config.overrides().offline.then_some(Refusal::Offline)
}

/// A setting that Python's `int` reads.
fn integer(config: &Config, setting: &Setting) -> Result<i64, ImdsError> {
    let Some(resolved) = config.resolve(setting) else {
        return Ok(1);
    };
    resolved.value.trim().parse().map_err(|_| {
        let text = format!(
            "invalid literal for int() with base 10: '{}'",
            resolved.value
        );
        ImdsError::InvalidSetting(text)
    })
}
