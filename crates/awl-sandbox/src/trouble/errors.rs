//! The errors of services that are asked too much or cannot go on: their codes,
//! words and status.

use awl_model::{Operation, Shape};
use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use crate::door::Family;

/// What services say that have words of their own when they are asked too often.
const THROTTLED: &[(&str, &str, &str)] = &[
    (
        "dynamodb",
        "ThrottlingException",
        "Rate of requests exceeds the allowed throughput.",
    ),
    (
        "kms",
        "ThrottlingException",
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
    ),
    ("sqs", "RequestThrottled", "Request is throttled."),
];

/// Exceptions by which models say so.
const EXCEPTIONS: &[&str] = &[
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "TooManyRequestsException",
    "TooManyRequests",
];

/// Errors that can be asked for by name, with their status and words.
const KNOWN: &[(&str, u16, &str)] = &[
    ("AccessDenied", 403, "Access Denied"),
    (
        "InternalError",
        500,
        "We encountered an internal error. Please try again.",
    ),
    (
        "InternalFailure",
        500,
        "The request processing has failed because of an unknown error, exception or failure.",
    ),
    (
        "InternalServerError",
        500,
        "The request processing has failed because of an unknown error, exception or failure.",
    ),
    (
        "ProvisionedThroughputExceededException",
        400,
        "The level of configured provisioned throughput for the table was exceeded. Consider \
         increasing your provisioning level with the UpdateTable API.",
    ),
    ("RequestLimitExceeded", 503, "Request limit exceeded."),
    (
        "RequestTimeout",
        400,
        "Your socket connection to the server was not read from or written to within the timeout \
         period. Idle connections will be closed.",
    ),
    (
        "ServiceUnavailable",
        503,
        "The request has failed due to a temporary failure of the server.",
    ),
    ("SlowDown", 503, "Please reduce your request rate."),
    ("Throttling", 400, "Rate exceeded"),
    ("ThrottlingException", 400, "Rate exceeded"),
    ("TooManyRequestsException", 429, "Rate exceeded"),
    (
        "Unavailable",
        503,
        "The server is overloaded and can't handle the request.",
    ),
];

/// The error of a call too many.
pub(crate) fn throttled(operation: Operation, family: Family) -> Failure {
    let service = operation.service().name();
    let own = THROTTLED.iter().find(|(name, ..)| *name == service);
    if let Some((_, code, message)) = own {
        return named(operation, code, message);
    }
    match family {
        Family::S3 => {
            return Failure::new("SlowDown", "Please reduce your request rate.").with_status(503);
        }
        Family::Ec2 => {
            return Failure::new("RequestLimitExceeded", "Request limit exceeded.")
                .with_status(503);
        }
        _ => {}
    }
    let marked = operation.errors().find(|shape| {
        let retryable = shape.traits().get("retryable");
        retryable.get("throttling").as_bool() == Some(true)
    });
    let code = marked.map(Shape::error_code).or_else(|| {
        let is_json = matches!(family, Family::Json | Family::RestJson);
        let mut names = EXCEPTIONS.iter().copied();
        names.find(|name| match operation.error_shape(name) {
            // Services of XML that have one for some operations alone do not
            // answer others so.
            Some(shape) => is_json || operation.errors().any(|own| own.name() == shape.name()),
            None => false,
        })
    });
    let usual = match family {
        Family::Json | Family::RestJson => "ThrottlingException",
        _ => "Throttling",
    };
    let mut failure = named(operation, code.unwrap_or(usual), "Rate exceeded");
    if code.is_none() && family == Family::RestJson {
        failure = failure.with_status(429);
    }
    failure
}

/// The error that somebody asked for: a status, or a code.
pub(crate) fn asked(
    error: &str,
    message: Option<&str>,
    operation: Operation,
    family: Family,
) -> Failure {
    let failure = match error.parse() {
        Ok(status) => of_status(status, operation, family),
        Err(_) => of_code(error, operation),
    };
    match message {
        None => failure,
        Some(message) => {
            let status = failure.status;
            named(operation, &failure.code, message).with_status(status)
        }
    }
}

fn of_code(code: &str, operation: Operation) -> Failure {
    let known = KNOWN.iter().find(|(own, ..)| *own == code);
    let (status, message) = match known {
        Some((_, status, message)) => (Some(*status), *message),
        None => (None, "This error was asked for."),
    };
    let failure = named(operation, code, message);
    match status {
        // What the model says counts more.
        Some(status) if failure.shape.is_none() => failure.with_status(status),
        _ => failure,
    }
}

/// What a service says with a status.
fn of_status(status: u16, operation: Operation, family: Family) -> Failure {
    if status == 429 || status == 400 {
        return throttled(operation, family).with_status(status);
    }
    let code = match (family, status) {
        (Family::S3 | Family::Ec2, 500) => "InternalError",
        (Family::S3, 503) => "SlowDown",
        (Family::Ec2, 503) => "Unavailable",
        (_, 503) => "ServiceUnavailable",
        (Family::S3, 403) => "AccessDenied",
        (_, 403) => return family.denied(operation.service(), "Access Denied".to_owned()),
        _ => "InternalFailure",
    };
    // A JSON service names its own exceptions where it has some.
    let modelled = operation
        .errors()
        .map(|shape| Failure::of(shape, Map::new()));
    let modelled = modelled
        .filter(|failure| {
            failure.status == status && matches!(family, Family::Json | Family::RestJson)
        })
        .map(|failure| failure.code.into_owned())
        .next();
    let message = match (family, code) {
        (Family::Ec2, "InternalError") => "An internal error has occurred",
        (_, code) => words(code),
    };
    named(operation, modelled.as_deref().unwrap_or(code), message).with_status(status)
}

fn words(code: &str) -> &'static str {
    let known = KNOWN.iter().find(|(own, ..)| *own == code);
    known.map_or("This error was asked for.", |(_, _, message)| message)
}

/// A failure with the status of the model, and the wait that it names there.
fn named(operation: Operation, code: &str, message: &str) -> Failure {
    let mut failure = Failure::named(operation, code.to_owned(), message);
    let waits = failure.shape.into_iter().flat_map(Shape::members);
    let waits = waits.filter(|member| member.location_name() == Some("Retry-After"));
    for member in waits {
        failure.members.push(member.name(), Value::from("1"));
    }
    failure
}
