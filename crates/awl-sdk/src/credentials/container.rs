//! The credentials of a container's task: ECS, EKS Pod Identity, and whatever
//! else serves them on this machine.
// Parity: botocore/credentials.py, ContainerProvider; botocore/utils.py,
// ContainerMetadataFetcher.

use std::net::IpAddr;
use std::time::Duration;

use awl_sign::Credentials;
use awl_value::{Value, json};

use super::answer::{Answer, Provided};
use super::{CredentialsError, ResolvedCredentials, keys};
use crate::config::Config;
use crate::transport::{
    HttpRequest, Transport, TransportConfig, TransportError, TransportErrorKind,
};

const PROVIDER: &str = "container-role";
const RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// What a relative URI is relative to.
const ECS: &str = "http://169.254.170.2";
/// The hosts that are asked without TLS, next to this machine itself.
const HOSTS: &[&str] = &[
    "169.254.170.2",
    "169.254.170.23",
    "fd00:ec2::23",
    "localhost",
];

const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Why an attempt gave nothing.
enum Failure {
    /// Another may give something.
    Again(String),
    /// None will.
    Final(CredentialsError),
}

/// The credentials that the container's endpoint gives.
pub(super) async fn load(config: &Config) -> Provided {
    let host = config.host();
    let (url, variable) = match (host.variable(RELATIVE_URI), host.variable(FULL_URI)) {
        (Some(path), _) => (format!("{ECS}{path}"), RELATIVE_URI),
        (None, Some(url)) => (url, FULL_URI),
        (None, None) => {
            return Ok(Answer::Absent(
                format!("neither {RELATIVE_URI} nor {FULL_URI} is set").into(),
            ));
        }
    };
    if config.overrides().offline {
        return Err(CredentialsError::Offline(
            "the container's credentials endpoint",
        ));
    }
    let token = token(config)?;
    check_host(&url)?;
    let document = fetch(&url, token.as_deref()).await?;
    resolved(&document, &url, variable).map(Answer::Found)
}

/// What goes into `Authorization`. The file is read each time, since the token
/// in it changes.
fn token(config: &Config) -> Result<Option<String>, CredentialsError> {
    let host = config.host();
    let token = match host.variable(TOKEN_FILE) {
        Some(path) => {
            let bytes = host
                .read(path.as_ref())
                .map_err(|source| CredentialsError::File {
                    path: path.clone().into(),
                    source,
                })?;
            let token = String::from_utf8(bytes)
                .map_err(|_| CredentialsError::Other(format!("{path} is not UTF-8 text")))?;
            Some(token)
        }
        None => host.variable(TOKEN),
    };
    if token
        .as_ref()
        .is_some_and(|token| token.contains(['\r', '\n']))
    {
        let message = "Auth token value is not a legal header value";
        return Err(CredentialsError::Other(message.to_owned()));
    }
    Ok(token)
}

/// Refuses an endpoint that anybody on the network could stand in for.
fn check_host(url: &str) -> Result<(), CredentialsError> {
    let (scheme, host) = scheme_and_host(url);
    if scheme == "https" {
        return Ok(());
    }
    let is_allowed = host.as_deref().is_some_and(|host| {
        HOSTS.contains(&host) || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    });
    if is_allowed {
        return Ok(());
    }
    Err(CredentialsError::Other(format!(
        "Unsupported host '{}'.  Can only retrieve metadata from a loopback address or one of \
         these hosts: {}",
        host.as_deref().unwrap_or("None"),
        HOSTS.join(", ")
    )))
}

/// Scheme and host of a URL in lower case, as Python's `urlparse` finds them.
fn scheme_and_host(url: &str) -> (String, Option<String>) {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    let scheme = scheme.to_ascii_lowercase();
    let Some(rest) = rest.strip_prefix("//") else {
        return (scheme, None);
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(ipv6) => ipv6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = (!host.is_empty()).then(|| host.to_lowercase());
    (scheme, host)
}

/// Asks the endpoint until it answers.
async fn fetch(url: &str, token: Option<&str>) -> Result<Value, CredentialsError> {
    // No proxy: what is asked is on this machine, or its host.
    let transport = Transport::new(TransportConfig {
        connect_timeout: Some(TIMEOUT),
        read_timeout: Some(TIMEOUT),
        ..TransportConfig::default()
    });
    let mut request = HttpRequest::new("GET", url);
    request.set_header("Accept", "application/json");
    if let Some(token) = token {
        request.set_header("Authorization", token);
    }
    let mut attempt = 1;
    loop {
        match ask(&transport, &request).await {
            Ok(document) => return Ok(document),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Again(message)) if attempt == ATTEMPTS => {
                return Err(CredentialsError::Retrieval {
                    provider: PROVIDER.to_owned(),
                    message: format!("Error retrieving metadata: {message}"),
                });
            }
            Err(Failure::Again(_)) => {}
        }
        attempt += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

async fn ask(transport: &Transport, request: &HttpRequest) -> Result<Value, Failure> {
    let failed = |error: TransportError| match error.kind() {
        TransportErrorKind::Connect
        | TransportErrorKind::ConnectTimeout
        | TransportErrorKind::ReadTimeout
        | TransportErrorKind::ConnectionClosed => Failure::Again(format!(
            "Received error when attempting to retrieve container metadata: {error}"
        )),
        _ => Failure::Final(CredentialsError::Other(error.to_string())),
    };
    let response = transport.send(request).await.map_err(failed)?;
    let status = response.status;
    let body = response.body.collect().await.map_err(failed)?;
    let text = std::str::from_utf8(&body)
        .map_err(|error| Failure::Final(CredentialsError::Other(python_words(&body, error))))?;
    if status != 200 {
        return Err(Failure::Again(format!(
            "Received non 200 response {status} from container metadata: {text}"
        )));
    }
    json::parse(text).map_err(|_| {
        Failure::Again("Unable to parse JSON returned from container metadata services".to_owned())
    })
}

/// Python's words for bytes that are not UTF-8.
fn python_words(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let at = error.valid_up_to();
    let byte = bytes.get(at).copied().unwrap_or_default();
    let reason = match (error.error_len(), byte) {
        (None, _) => "unexpected end of data",
        (Some(_), 0xc2..=0xf4) => "invalid continuation byte",
        (Some(_), _) => "invalid start byte",
    };
    format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}")
}

fn resolved(
    document: &Value,
    url: &str,
    variable: &str,
) -> Result<ResolvedCredentials, CredentialsError> {
    // A member that is missing is Python's KeyError, whose text is its name.
    let member = |name: &str| match document {
        Value::Map(map) => map
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| CredentialsError::Other(format!("'{name}'"))),
        Value::List(_) => Err(CredentialsError::Other(
            "list indices must be integers or slices, not str".to_owned(),
        )),
        _ => Err(CredentialsError::Other(
            "the container's credentials endpoint answers no JSON object".to_owned(),
        )),
    };
    let credentials = Credentials::new(
        member("AccessKeyId")?,
        member("SecretAccessKey")?,
        Some(member("Token")?.to_owned()).filter(|token| !token.is_empty()),
    );
    let end = member("Expiration")?;
    let expiration = keys::time(end)
        .ok_or_else(|| CredentialsError::Other(format!("Unknown string format: {end}")))?;
    let (scheme, host) = scheme_and_host(url);
    Ok(ResolvedCredentials {
        credentials,
        account_id: document
            .get("AccountId")
            .and_then(Value::as_str)
            .map(str::to_owned),
        expiration: Some(expiration),
        method: PROVIDER,
        // The path may be what keeps others from asking.
        origin: format!(
            "{variable}, at {scheme}://{}",
            host.as_deref().unwrap_or_default()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::check_host;

    #[test]
    fn hosts_are_those_of_this_machine_or_have_tls() {
        for url in [
            "http://169.254.170.2/v2/credentials",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
            "http://127.3.2.1:80/",
            "http://[::1]:8080/x",
            "HTTP://LOCALHOST?x",
            "https://example.com/x",
        ] {
            assert!(check_host(url).is_ok(), "{url}");
        }
        for (url, host) in [
            ("http://example.com/x", "example.com"),
            ("http://169.254.170.2@evil.example/x", "evil.example"),
            ("http://127.0.0.1.evil.example/", "127.0.0.1.evil.example"),
            ("http://localhost.evil.example", "localhost.evil.example"),
            ("http://169.254.169.254/", "169.254.169.254"),
            ("localhost", "None"),
            ("http:///x", "None"),
            ("", "None"),
        ] {
            let error = check_host(url).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("Unsupported host '{host}'.  Can only")),
                "{url}: {error}"
            );
        }
    }
}
