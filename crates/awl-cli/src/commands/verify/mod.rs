//! `awl verify`: whether a signed request would be taken, and if not, why.
//! Nothing is sent.

mod curl;
mod diagnosis;
mod difference;
pub(crate) mod message;
mod quote;
mod report;
mod variants;

use awl_sdk::config::Config;
use awl_sdk::env::Host;
use awl_sign::{Credentials, Presented, Received, SigningTime};
use zeroize::Zeroizing;

use self::diagnosis::Subject;
use self::message::Message;
use self::quote::Quote;
use super::custom::{Argument, Custom, Given};
use super::sign::request::{self, TypedUrl};
use super::sign::{self, signing};
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output::Printer;

/// What the program returns for a request that does not verify.
const REFUSED: u8 = 1;

/// `verify`.
pub(super) static COMMAND: Custom = Custom::new(
    "verify",
    &[
        Argument::positional("request").optional().literal(),
        sign::METHOD,
        sign::URL,
        sign::HEADER,
        sign::BODY,
        sign::BODY_FILE,
        Argument::option("--error").literal(),
        Argument::option("--date").literal(),
        Argument::option("--secret-access-key-file").literal(),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let host = invocation.host.clone();
    let message = message(&*host, given)?;
    let quote = match given.get("--error") {
        Some(path) => {
            let bytes = request::read(&*host, "--error", path)?;
            Quote::parse(&String::from_utf8_lossy(&bytes))
        }
        None => Quote::default(),
    };
    let now = match given.get("--date") {
        Some(text) => request::parse_date(text)?,
        None => SigningTime::from(host.now()),
    };
    let config = call::load_config(invocation, globals)?;
    let credentials = credentials(&config, given, &message)?;
    let diagnosis = diagnosis::diagnose(&Subject {
        message: &message,
        credentials: &credentials,
        now,
        quote: &quote,
    });
    if given.has("--error") && quote == Quote::default() {
        invocation
            .ui
            .hint("the error quotes neither a canonical request nor a string to sign");
    }
    if globals.output.is_some() || globals.query.is_some() {
        let printer = Printer::new(&config, globals, "verify")?;
        let value = report::value(&diagnosis);
        printer.print(&mut invocation.ui, &*invocation.host, value)?;
    } else {
        invocation.ui.write_out(&report::lines(&diagnosis));
    }
    if diagnosis.verifies() {
        Ok(())
    } else {
        Err(CommandError::silent(REFUSED))
    }
}

/// The request: of options, of a URL, of a file or of standard input.
fn message(host: &dyn Host, given: &Given<'_>) -> Result<Message, CommandError> {
    let typed = given.get("request");
    let url = match (typed, given.get("--url")) {
        (Some(_), Some(_)) => {
            return Err(CommandError::validation(
                "A request and --url cannot be given both",
            ));
        }
        (_, Some(url)) => Some(url),
        (Some(text), None) if text.contains("://") && !text.starts_with("file") => Some(text),
        _ => None,
    };
    let headers = sign::headers(given)?;
    let Some(url) = url else {
        let changes = ["--method", "--header", "--body", "--body-file"];
        if let Some(name) = changes.iter().find(|name| given.has(name)) {
            return Err(CommandError::validation(format!(
                "{name} belongs to --url; a request in a file has its own"
            )));
        }
        let bytes = request::read(host, "request", typed.unwrap_or("-"))?;
        return read(&bytes, &|path| request::read(host, "--data-binary", path));
    };
    let url = TypedUrl::parse(url)?;
    let body = request::body(host, given.get("--body"), given.get("--body-file"))?;
    let default = if body.is_empty() { "GET" } else { "POST" };
    let mut message = Message::of_url(given.get("--method").unwrap_or(default), &url);
    if headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        message.headers.clear();
    }
    message.headers.extend(headers);
    message.body = body.into_owned();
    Ok(message)
}

/// What a file has: an HTTP message, a command line of curl, or a URL.
/// `file` gives the files that curl would read.
pub(crate) fn read(
    bytes: &[u8],
    file: &dyn Fn(&str) -> Result<Vec<u8>, CommandError>,
) -> Result<Message, CommandError> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if curl::is_command(text) {
            return curl::parse(text, file);
        }
        let text = text.trim();
        let is_url = ["https://", "http://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        if is_url && !text.contains('\n') {
            return Ok(Message::of_url("GET", &TypedUrl::parse(text)?));
        }
    }
    Message::parse(bytes)
}

/// Reads a text as a service's error, for fuzzing.
pub(crate) fn read_error(text: &str) {
    let _ = Quote::parse(text);
}

/// Looks at a message with keys that are none, for fuzzing.
pub(crate) fn look_at(message: &Message) {
    let diagnosis = diagnosis::diagnose(&Subject {
        message,
        credentials: &Credentials::new("AKIDEXAMPLE", "secret", None),
        now: SigningTime::from_epoch_seconds(1_440_938_160),
        quote: &Quote::default(),
    });
    let _ = (report::lines(&diagnosis), report::value(&diagnosis));
}

/// The credentials to check with: of a file that has the secret alone, else of
/// the chain, else those of the profile whose key signed.
fn credentials(
    config: &Config,
    given: &Given<'_>,
    message: &Message,
) -> Result<Credentials, CommandError> {
    let received = Received {
        method: &message.method,
        path: &message.path,
        query: &message.query,
        headers: &message.headers,
    };
    let presented = Presented::find(&received).ok();
    let key = presented.as_ref().map(|found| found.access_key_id.as_str());
    if let Some(path) = given.get("--secret-access-key-file") {
        let bytes = request::read(&**config.host(), "--secret-access-key-file", path)?;
        let bytes = Zeroizing::new(bytes);
        let secret = String::from_utf8_lossy(&bytes);
        let token = presented
            .as_ref()
            .and_then(|found| found.session_token.clone());
        return Ok(Credentials::new(
            key.unwrap_or_default(),
            secret.trim(),
            token,
        ));
    }
    let of_chain = signing::credentials(config);
    let is_found = |found: &Credentials| key.is_none_or(|key| key == found.access_key_id);
    match of_chain {
        Ok(found) if is_found(&found.credentials) => Ok(found.credentials),
        other => match key.and_then(|key| of_profile(config, key)) {
            Some(credentials) => Ok(credentials),
            None => Ok(other?.credentials),
        },
    }
}

/// The keys of the profile that has an access key in its file.
fn of_profile(config: &Config, key: &str) -> Option<Credentials> {
    config.profiles().profiles().iter().find_map(|profile| {
        let id = profile.get("aws_access_key_id")?.trim();
        let secret = profile.get("aws_secret_access_key")?.trim();
        let token = profile.get("aws_session_token").map(str::to_owned);
        (id == key).then(|| Credentials::new(id, secret, token))
    })
}
