//! A sign-in URL of the console, for who has temporary credentials.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html

use awl_endpoint::Partition;
use awl_model::Store;
use awl_sign::Credentials;
use awl_value::{Map, Value, json};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Error;
use crate::client;
use crate::config::Config;
use crate::transport::{HttpRequest, TransportError};

/// What stays as it is in a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The sign-in service and the console of each partition.
static PARTITIONS: &[(&str, &str, &str)] = &[
    (
        "aws",
        "https://signin.aws.amazon.com",
        "https://console.aws.amazon.com/",
    ),
    (
        "aws-cn",
        "https://signin.amazonaws.cn",
        "https://console.amazonaws.cn/",
    ),
    (
        "aws-us-gov",
        "https://signin.amazonaws-us-gov.com",
        "https://console.amazonaws-us-gov.com/",
    ),
];

/// Why there is no sign-in URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsoleError {
    /// The credentials are long-term keys.
    #[error("the console is opened with temporary credentials, and these are long-term keys")]
    LongTerm,
    /// Nobody knows where the partition's sign-in service is.
    #[error(
        "the sign-in service of partition {partition} is not known; AWS_ENDPOINT_URL_SIGNIN and \
         --destination can name it and its console"
    )]
    UnknownPartition {
        /// The partition.
        partition: &'static str,
    },
    /// The sign-in service refuses the credentials.
    #[error(
        "the sign-in service at {endpoint} refuses the credentials with status {status}: they \
         must be those of a role or of a federated user, and must not have ended"
    )]
    Refused {
        /// Where the service is.
        endpoint: String,
        /// The status of its answer.
        status: u16,
    },
    /// The service answers what cannot be read.
    #[error("the sign-in service at {endpoint} answers no token")]
    NoToken {
        /// Where the service is.
        endpoint: String,
    },
    /// The service cannot be asked.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(Box<Error>),
}

/// A URL that signs a browser in with these credentials and leads it to
/// `destination`, or to the console's first page. It holds for 15 minutes, for
/// whoever has it.
///
/// # Errors
/// See [`ConsoleError`].
pub async fn sign_in_url(
    config: &Config,
    store: Store,
    credentials: &Credentials,
    destination: Option<&str>,
) -> Result<String, ConsoleError> {
    let token = credentials.token().ok_or(ConsoleError::LongTerm)?;
    let (endpoint, home) = places(config, store, destination.is_some())?;
    let mut session = Map::with_capacity(3);
    session.push("sessionId", Value::from(&*credentials.access_key_id));
    session.push("sessionKey", Value::from(&*credentials.secret_access_key));
    session.push("sessionToken", Value::from(token));
    let session = json::to_string(&Value::Map(session));
    let request = HttpRequest::new(
        "GET",
        format!(
            "{endpoint}/federation?Action=getSigninToken&Session={}",
            encode(&session)
        ),
    );
    let transport =
        client::transport(config).map_err(|error| ConsoleError::Config(Box::new(error)))?;
    let response = transport
        .send(&request)
        .await
        .map_err(|error| without_query(error, &endpoint))?;
    if response.status != 200 {
        return Err(ConsoleError::Refused {
            endpoint,
            status: response.status,
        });
    }
    let body = response
        .body
        .collect()
        .await
        .map_err(|error| without_query(error, &endpoint))?;
    let answer = std::str::from_utf8(&body)
        .ok()
        .and_then(|text| json::parse(text).ok());
    let token = answer
        .as_ref()
        .and_then(|answer| answer.get("SigninToken")?.as_str())
        .ok_or_else(|| ConsoleError::NoToken {
            endpoint: endpoint.clone(),
        })?;
    Ok(format!(
        "{endpoint}/federation?Action=login&Issuer=awl&Destination={}&SigninToken={}",
        encode(destination.unwrap_or(&home)),
        encode(token)
    ))
}

/// Where the sign-in service is, without a slash at the end, and the console's
/// first page.
fn places(
    config: &Config,
    store: Store,
    has_destination: bool,
) -> Result<(String, String), ConsoleError> {
    let region = config.region().value;
    let partition = Partition::find(store.partitions(), &region)
        .or_else(|| Partition::first(store.partitions()))
        .map_or("aws", Partition::name);
    let known = PARTITIONS.iter().find(|(name, _, _)| *name == partition);
    let unknown = ConsoleError::UnknownPartition { partition };
    let endpoint = match config.endpoint_url("Signin") {
        Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
        None => match known {
            Some((_, endpoint, _)) => (*endpoint).to_owned(),
            None => return Err(unknown),
        },
    };
    let home = match known {
        Some((_, _, home)) => format!("{home}?region={region}"),
        None if has_destination => String::new(),
        None => return Err(unknown),
    };
    Ok((endpoint, home))
}

/// The error without the request's query, where the credentials are.
fn without_query(error: TransportError, endpoint: &str) -> ConsoleError {
    let place = || format!("{endpoint}/federation");
    ConsoleError::Transport(match error {
        TransportError::Connect { source, .. } => TransportError::Connect {
            url: place(),
            source,
        },
        TransportError::ConnectTimeout { .. } => TransportError::ConnectTimeout { url: place() },
        TransportError::ReadTimeout { .. } => TransportError::ReadTimeout { url: place() },
        TransportError::Tls { reason, source, .. } => TransportError::Tls {
            url: place(),
            reason,
            source,
        },
        TransportError::ConnectionClosed { source, .. } => TransportError::ConnectionClosed {
            url: place(),
            source,
        },
        // A URL that is none would be shown whole.
        TransportError::InvalidRequest { .. } => TransportError::InvalidRequest {
            reason: format!("not a URL to ask: {}", place()),
        },
        other => other,
    })
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}
