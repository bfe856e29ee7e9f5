//! What single services do beside their rule sets, by their service id.

mod events;
mod health;
mod s3;
mod s3control;

use std::borrow::Cow;

use awl_model::{Node, Operation, Service};
use awl_value::Map;

use crate::{Builtins, EndpointError};

/// Changes the input of a call before its endpoint is resolved: an ARN that S3
/// Control takes for a name or a bucket gives the account as well.
/// `accelerate` is `use_accelerate_endpoint` of the `s3` section.
///
/// # Errors
/// An ARN that the operation does not take.
pub fn prepare_input(
    operation: Operation,
    input: &mut Map,
    accelerate: bool,
) -> Result<(), EndpointError> {
    match operation.service().service_id() {
        "S3 Control" => s3control::account_from_arn(operation.name(), input, accelerate),
        _ => Ok(()),
    }
}

/// The built-ins as the service wants them for this call.
pub(crate) fn customised<'a>(
    operation: Operation,
    input: &Map,
    builtins: &'a Builtins,
) -> Cow<'a, Builtins> {
    match operation.service().service_id() {
        "S3" => s3::customised(operation.name(), input, builtins),
        _ => Cow::Borrowed(builtins),
    }
}

/// The region that a service signs for, if it is not the client's and its
/// rules do not tell.
pub(crate) fn signing_region(
    service: Service,
    partitions: Node,
    builtins: &Builtins,
) -> Option<&'static str> {
    match service.service_id() {
        "Health" => health::signing_region(partitions, builtins),
        _ => None,
    }
}

/// Whether a parameter is one that the service's rules never look at.
pub(crate) fn is_unreferenced(service: Service, parameter: &str) -> bool {
    s3::UNREFERENCED_PARAMETERS.contains(&parameter) && service.service_id() == "S3"
}

/// An error of the rules as the service's own.
// Parity: botocore/regions.py, ruleset_error_to_botocore_exception.
pub(crate) fn explained(service: Service, parameters: &Map, error: EndpointError) -> EndpointError {
    let EndpointError::Resolution(message) = error else {
        return error;
    };
    if message.starts_with("Invalid region in ARN: ") {
        let label = message.split('`').nth(1).unwrap_or(&message);
        return EndpointError::HostLabel(label.to_owned());
    }
    match service.service_id() {
        "S3" => s3::explained(message),
        "S3 Control" => s3control::explained(message, parameters),
        "EventBridge" => events::explained(message),
        _ => EndpointError::Resolution(message),
    }
}
