//! `awl curl`: curl with the signature of AWS. It has the options of curl that
//! requests to AWS need, and sends over the same transport as all commands.

mod body;
mod exchange;
mod failure;
mod redirect;
mod sink;
mod trace;
mod words;
mod write_out;

use std::path::{Path, PathBuf};
use std::time::Duration;

use awl_sdk::config::Config;
use awl_sdk::transport::{RequestBody, Transport, TransportConfig};

use self::body::Content;
use self::exchange::{Exchange, Signer};
use self::failure::Failure;
use self::redirect::Joined;
use self::sink::Sink;
use self::write_out::Facts;
use super::custom::{Custom, Given};
use super::sign::request::{TypedUrl, parse_header};
use super::sign::signing::{self, Wish};
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::python;

/// How long a presigned request is good that is sent at once, in seconds.
const EXPIRES_IN: u64 = 3600;
/// How many redirects are followed.
const MAX_REDIRECTS: u32 = 50;

/// `curl`.
pub(super) static COMMAND: Custom =
    Custom::new("curl", words::ARGUMENTS, run).with_words(words::expand);

/// What the options ask for.
pub(super) struct Options {
    pub method: String,
    /// Whether the method stays what it is when a redirect would change it.
    pub keeps_method: bool,
    pub headers: Vec<(String, String)>,
    pub body: Option<RequestBody>,
    pub head: bool,
    pub include: bool,
    pub verbose: bool,
    pub fail: bool,
    pub fail_with_body: bool,
    pub location: bool,
    pub max_redirects: Option<u32>,
    pub compressed: bool,
    pub retries: u32,
    pub retry_delay: Option<Duration>,
    pub retry_all: bool,
    pub dump_header: Option<String>,
}

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    if given.has("--user") {
        return Err(CommandError::validation(
            "curl: --user is of no use here: requests are signed with the keys of the profile \
             (--profile, AWS_PROFILE), which awl whoami tells",
        ));
    }
    let content = body::content(&*invocation.host, given)?;
    let url = url(given, &content)?;
    let output = output(given, &url)?;
    let options = options(invocation, given, content)?;
    let write_out = match given.get("--write-out") {
        Some(format) => match format.strip_prefix('@') {
            Some(path) => {
                let bytes = body::read(&*invocation.host, path)?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            None => Some(format.to_owned()),
        },
        None => None,
    };
    let limit = seconds(given, "--max-time")?;

    let config = call::load_config(invocation, globals)?;
    let transport = Transport::new(transport(&config, given)?);
    let signer = signer(&config, globals, given, &url)?;
    let mut facts = Facts {
        url: url.with(&url.path, &url.query),
        filename_effective: output
            .as_ref()
            .map(|path| path.to_string_lossy().into_owned())
            .unwrap_or_default(),
        ..Facts::default()
    };
    let mut exchange = Exchange {
        ui: &mut invocation.ui,
        host: &*invocation.host,
        transport: &transport,
        signer,
        options: &options,
        sink: Sink::new(output.as_deref()),
        facts: &mut facts,
    };
    let result = call::until_interrupted(async {
        Ok(match limit {
            Some(limit) => match tokio::time::timeout(limit, exchange.run(url)).await {
                Ok(result) => result,
                Err(_) => Err(Failure::new(
                    failure::TIMEOUT,
                    format!("Operation timed out after {} seconds", limit.as_secs_f64()),
                )),
            },
            None => exchange.run(url).await,
        })
    })?;
    let failure = result.err();
    if let Some(format) = write_out {
        let (out, error) = facts.write(&format, failure.as_ref());
        invocation.ui.write_out(&out);
        invocation.ui.write_error(&error);
    }
    let is_silent = given.has("--silent") && !given.has("--show-error");
    match failure {
        None => Ok(()),
        Some(Failure::Curl(code, _)) if is_silent => Err(CommandError::silent(code)),
        Some(Failure::Curl(code, message)) => Err(CommandError::coded(
            code,
            format!("curl: ({code}) {message}"),
        )),
        Some(Failure::Command(error)) => Err(error),
    }
}

/// The URL, with what options add to it.
fn url(given: &Given<'_>, content: &Content) -> Result<TypedUrl, CommandError> {
    let text = match (given.get("url"), given.get("--url")) {
        (Some(_), Some(_)) => {
            return Err(CommandError::validation("curl: there is more than one URL"));
        }
        (Some(url), None) | (None, Some(url)) => url,
        (None, None) => return Err(CommandError::validation("curl: no URL was given")),
    };
    // Signed requests go over TLS unless somebody says otherwise.
    let mut url = if text.contains("://") {
        TypedUrl::parse(text)?
    } else {
        TypedUrl::parse(&format!("https://{text}"))?
    };
    if let Some(name) = &content.file_name
        && url.path.ends_with('/')
        && url.query.is_empty()
    {
        url.path.push_str(name);
    }
    if let Some(query) = &content.query {
        if !url.query.is_empty() {
            url.query.push('&');
        }
        url.query.push_str(query);
    }
    Ok(url)
}

/// The file that the answer goes to; None: standard output.
fn output(given: &Given<'_>, url: &TypedUrl) -> Result<Option<PathBuf>, CommandError> {
    if let Some(path) = given.get("--output-file") {
        return Ok(Some(path.into()));
    }
    if !given.has("--remote-name") {
        return Ok(None);
    }
    let name = url.path.rsplit('/').next().unwrap_or_default();
    if name.is_empty() || Path::new(name).file_name().is_none() {
        return Err(CommandError::validation(
            "curl: the URL ends in no name for --remote-name",
        ));
    }
    Ok(Some(name.into()))
}

fn options(
    invocation: &Invocation,
    given: &Given<'_>,
    content: Content,
) -> Result<Options, CommandError> {
    let head = given.has("--head");
    if head && content.body.is_some() {
        return Err(CommandError::validation(
            "curl: --head has no body; --get puts data into the URL",
        ));
    }
    let method = match given.get("--request") {
        Some(method) => method.to_owned(),
        None if head => "HEAD".to_owned(),
        None if given.has("--upload-file") => "PUT".to_owned(),
        None if content.body.is_some() => "POST".to_owned(),
        None => "GET".to_owned(),
    };
    let mut headers = vec![
        (
            "User-Agent".to_owned(),
            concat!("awl/", env!("CARGO_PKG_VERSION"), " curl").to_owned(),
        ),
        (
            "Accept".to_owned(),
            content.accept.unwrap_or("*/*").to_owned(),
        ),
    ];
    if given.has("--compressed") {
        headers.push(("Accept-Encoding".to_owned(), "deflate, gzip".to_owned()));
    }
    for (name, option) in [
        ("User-Agent", "--user-agent"),
        ("Referer", "--referer"),
        ("Range", "--range"),
    ] {
        if let Some(value) = given.get(option) {
            headers.retain(|(known, _)| known != name);
            let value = if name == "Range" && !value.contains('=') {
                format!("bytes={value}")
            } else {
                value.to_owned()
            };
            headers.push((name.to_owned(), value));
        }
    }
    if let Some(kind) = content.content_type {
        headers.push(("Content-Type".to_owned(), kind));
    }
    add_headers(invocation, given, &mut headers)?;
    Ok(Options {
        keeps_method: given.has("--request"),
        method,
        headers,
        body: content.body,
        head,
        include: given.has("--include") || head,
        verbose: given.has("--verbose"),
        fail: given.has("--fail"),
        fail_with_body: given.has("--fail-with-body"),
        location: given.has("--location"),
        max_redirects: match number(given, "--max-redirs")? {
            None => Some(MAX_REDIRECTS),
            Some(-1) => None,
            Some(number) => Some(number.try_into().unwrap_or_default()),
        },
        compressed: given.has("--compressed"),
        retries: number(given, "--retry")?
            .unwrap_or_default()
            .try_into()
            .unwrap_or_default(),
        retry_delay: seconds(given, "--retry-delay")?,
        retry_all: given.has("--retry-all-errors"),
        dump_header: given.get("--dump-header").map(str::to_owned),
    })
}

/// The user's own headers: `Name: value`, `Name:` to leave one out, `Name;`
/// for one without a value, `@file` for lines of them.
fn add_headers(
    invocation: &Invocation,
    given: &Given<'_>,
    headers: &mut Vec<(String, String)>,
) -> Result<(), CommandError> {
    let mut lines = Vec::new();
    for line in given.each("--header").flatten() {
        match line.strip_prefix('@') {
            Some(path) => {
                let bytes = body::read(&*invocation.host, path)?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let of_file = text.lines().map(str::trim_end);
                lines.extend(of_file.filter(|line| !line.is_empty()).map(str::to_owned));
            }
            None => lines.push(line.to_string()),
        }
    }
    let mut own: Vec<String> = Vec::new();
    for line in lines {
        let (name, value) = match line.strip_suffix(';') {
            Some(name) if !name.contains(':') => (name.to_owned(), Some(String::new())),
            _ => {
                let (name, value) = parse_header(&line)?;
                (name, Some(value).filter(|value| !value.is_empty()))
            }
        };
        // The first of the user's takes the place of ours.
        if !own.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        }
        own.push(name.clone());
        if let Some(value) = value {
            headers.push((name, value));
        }
    }
    Ok(())
}

fn transport(config: &Config, given: &Given<'_>) -> Result<TransportConfig, CommandError> {
    let mut transport = awl_sdk::client::transport(config)?.config().clone();
    if given.has("--insecure") {
        transport.verify = false;
    }
    if let Some(path) = given.get("--cacert") {
        transport.ca_bundle = Some(config.host().expand(path));
    }
    if let Some(limit) = seconds(given, "--connect-timeout")? {
        transport.connect_timeout = Some(limit);
    }
    if let Some(proxy) = given.get("--proxy") {
        let proxy = Some(proxy.to_owned()).filter(|proxy| !proxy.is_empty());
        transport.proxies.http.clone_from(&proxy);
        transport.proxies.https = proxy;
    }
    if let Some(hosts) = given.get("--noproxy") {
        transport.proxies.no_proxy = Some(hosts.to_owned());
    }
    Ok(transport)
}

/// Who signs; None where nothing is to be signed.
fn signer(
    config: &Config,
    globals: &Globals,
    given: &Given<'_>,
    url: &TypedUrl,
) -> Result<Option<Signer>, CommandError> {
    if !globals.sign_request {
        return Ok(None);
    }
    // As curl has it: provider1[:provider2[:region[:service]]].
    let mut parts = given
        .get("--aws-sigv4")
        .into_iter()
        .flat_map(|text| text.split(':').skip(2));
    let (region, service) = (parts.next(), parts.next());
    let wish = Wish {
        service: given.get("--service").or(service),
        region: globals.region.as_deref().or(region),
        asymmetric: given.has("--sigv4a"),
    };
    let signing = signing::signing(config, url, &wish)?;
    let expires_in = match number(given, "--expires-in")? {
        None => EXPIRES_IN,
        Some(number) => number.try_into().unwrap_or_default(),
    };
    Ok(Some(Signer {
        origin: Joined::origin(url),
        signing,
        credentials: signing::credentials(config)?,
        presigned: given.has("--presign").then_some(expires_in),
        unsigned_payload: given.has("--unsigned-payload"),
        hash: None,
    }))
}

fn seconds(given: &Given<'_>, name: &str) -> Result<Option<Duration>, CommandError> {
    let Some(word) = given.get(name) else {
        return Ok(None);
    };
    let wrong = || CommandError::validation(format!("curl: {name} takes seconds, not {word}"));
    let number = python::float(word).ok_or_else(wrong)?;
    let duration = Duration::try_from_secs_f64(number).map_err(|_| wrong())?;
    Ok(Some(duration).filter(|duration| !duration.is_zero()))
}

fn number(given: &Given<'_>, name: &str) -> Result<Option<i64>, CommandError> {
    let Some(word) = given.get(name) else {
        return Ok(None);
    };
    let number = python::int(word).and_then(|number| number.as_int());
    match number {
        Some(number) if number >= -1 => Ok(Some(number)),
        _ => Err(CommandError::validation(format!(
            "curl: {name} takes a number, not {word}"
        ))),
    }
}
