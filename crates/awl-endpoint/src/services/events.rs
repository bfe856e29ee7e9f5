//! Amazon EventBridge.

use crate::EndpointError;

/// An error of the rules in botocore's words for EventBridge.
pub(super) fn explained(message: String) -> EndpointError {
    let configuration = message.starts_with(
        "Invalid Configuration: FIPS is not supported with EventBridge multi-region endpoints.",
    ) || message == "EndpointId must be a valid host label.";
    if configuration {
        EndpointError::Configuration(message)
    } else {
        EndpointError::Resolution(message)
    }
}
