//! `--debug`: what happens, line by line on standard error, in the form of
//! the AWS CLI's log. Secrets are masked.

use awl_model::{Member, Shape};
use awl_sdk::transport::HttpRequest;
use awl_sdk::{Error, Output};
use awl_value::{Map, Value, python};

use crate::commands::Invocation;
use crate::output::local_zone;

/// What stands in the place of a secret.
pub(crate) const MASK: &str = "****";

/// Headers whose values are secrets.
pub(crate) const SECRET_HEADERS: [&str; 4] = [
    "authorization",
    "x-amz-security-token",
    "x-amz-s3session-token",
    "x-amz-server-side-encryption-customer-key",
];

/// The program and its words.
pub(crate) fn command_line(invocation: &mut Invocation, version: &str, words: &[&str]) {
    log(
        invocation,
        "awscli.clidriver",
        &format!("CLI version: {version}"),
    );
    let words: Vec<Value> = words.iter().map(|word| Value::from(*word)).collect();
    let words = python::repr(&Value::List(words));
    log(
        invocation,
        "awscli.clidriver",
        &format!("Arguments entered to CLI: {words}"),
    );
}

/// The parameters that the arguments came to.
pub(crate) fn parameters(invocation: &mut Invocation, call: &awl_sdk::Call) {
    let mut parameters = call.params.clone();
    if let Some(shape) = call.operation.input() {
        mask_map(shape, &mut parameters);
    }
    let text = python::repr(&Value::Map(parameters));
    log(
        invocation,
        "awscli.arguments",
        &format!("Parameters of {}: {text}", call.operation.name()),
    );
}

/// The request, before it is signed.
pub(crate) fn request(invocation: &mut Invocation, request: &HttpRequest) {
    let headers = headers(&request.headers);
    log(
        invocation,
        "botocore.endpoint",
        &format!(
            "Making request: {} {} with headers {headers}",
            request.method, request.url
        ),
    );
}

/// What the service answered.
pub(crate) fn answer(invocation: &mut Invocation, output: &Output) {
    log(
        invocation,
        "botocore.parsers",
        &format!(
            "Response status: {}, attempts: {}, headers: {}",
            output.status,
            output.attempts,
            headers(&output.headers)
        ),
    );
}

/// What went wrong, cause by cause.
pub(crate) fn failure(invocation: &mut Invocation, error: &Error) {
    let mut text = format!("Exception caught: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    if let Some(error) = error.service() {
        text.push_str(&format!(
            " (status {}, headers {})",
            error.status,
            headers(&error.headers)
        ));
    }
    log(invocation, "awscli.clidriver", &text);
}

fn log(invocation: &mut Invocation, logger: &str, message: &str) {
    let now = jiff::Timestamp::try_from(invocation.host.now()).unwrap_or_default();
    let now = now.to_zoned(local_zone(&*invocation.host));
    let line = format!(
        "{},{:03} - MainThread - {logger} - DEBUG - {message}\n",
        now.strftime("%Y-%m-%d %H:%M:%S"),
        now.millisecond()
    );
    invocation.ui.write_error(&line);
}

fn headers(headers: &[(String, String)]) -> String {
    let map: Map = headers
        .iter()
        .map(|(name, value)| {
            let secret = SECRET_HEADERS
                .iter()
                .any(|secret| name.eq_ignore_ascii_case(secret));
            let value = if secret { MASK } else { value.as_str() };
            (name.clone().into(), Value::from(value))
        })
        .collect();
    python::repr(&Value::Map(map))
}

/// Replaces what the model calls sensitive in a structure.
pub(crate) fn mask_map(shape: Shape, map: &mut Map) {
    for member in shape.members() {
        if let Some(value) = map.get_mut(member.name()) {
            mask(member, value);
        }
    }
}

/// Replaces what the model calls sensitive.
fn mask(member: Member, value: &mut Value) {
    let shape = member.shape();
    if member.is_sensitive() || shape.is_sensitive() {
        *value = Value::from(MASK);
        return;
    }
    match value {
        Value::Map(map) => match shape.map_value() {
            Some(inner) => map.iter_mut().for_each(|(_, value)| mask(inner, value)),
            None => mask_map(shape, map),
        },
        Value::List(items) => {
            if let Some(item) = shape.list_member() {
                items.iter_mut().for_each(|value| mask(item, value));
            }
        }
        _ => {}
    }
}
