//! What can go wrong with a call.

use awl_endpoint::EndpointError;
use awl_protocol::{ParseError, SerializeError, ServiceError};
use awl_sign::SignError;
use awl_value::Value;

use crate::checksum::ChecksumError;
use crate::config::ConfigError;
use crate::credentials::CredentialsError;
use crate::pages::PaginationError;
use crate::transport::TransportError;
use crate::validate::ParameterErrors;
use crate::waiter::WaiterError;

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service refused it.
    #[error(transparent)]
    Service(Box<OperationError>),
    /// The service has no such operation.
    #[error("{service} has no operation {operation}")]
    UnknownOperation {
        /// The service's name.
        service: &'static str,
        /// The operation asked for.
        operation: String,
    },
    /// The parameters do not fit the model.
    #[error(transparent)]
    Validation(#[from] ParameterErrors),
    /// A parameter has a value that the service's rules exclude, in botocore's
    /// words.
    #[error("Parameter validation failed:\n{0}")]
    Parameter(String),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is nothing to sign with.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The parameters make no request.
    #[error(transparent)]
    Serialize(#[from] SerializeError),
    /// There is no endpoint for it.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The service's own endpoints are not to be had, in botocore's words.
    #[error("{0}")]
    Discovery(&'static str),
    /// It cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// No whole response came back.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A body does not have the checksum that it should have, or none can be
    /// made.
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// The response cannot be read.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The pages of a listing do not go on as they should.
    #[error(transparent)]
    Pagination(#[from] PaginationError),
    /// What was waited for did not come.
    #[error(transparent)]
    Waiter(#[from] WaiterError),
}

/// An error that a service answered with.
#[derive(Clone, Debug)]
pub struct OperationError {
    /// Code, message, request id, modelled members.
    pub error: ServiceError,
    /// The service's name, that of its model.
    pub service: &'static str,
    /// The operation's name.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// How often the request was sent.
    pub attempts: u32,
    /// Whether it would have been sent again, had there been attempts left.
    pub retries_exhausted: bool,
    /// The response's headers.
    pub headers: Vec<(String, String)>,
}

impl OperationError {
    /// The error's code: `AccessDenied`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.error.code
    }

    /// The service's message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.error.message
    }

    /// The request's id, where the response names one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.error.request_id.as_deref()
    }
}

impl Error {
    /// The service's error, where it is one.
    #[must_use]
    pub fn service(&self) -> Option<&OperationError> {
        match self {
            Self::Service(error) => Some(error),
            _ => None,
        }
    }
}

// Parity: botocore/exceptions.py, ClientError.
impl std::fmt::Display for OperationError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // botocore's words for what the response does not say: an empty element
        // of XML is Python's None.
        let said = |name: &str, text| match self.error.error.get(name) {
            Some(Value::Null) => "None",
            None if str::is_empty(text) => "Unknown",
            _ => text,
        };
        let retries = if self.retries_exhausted {
            format!(
                " (reached max retries: {})",
                self.attempts.saturating_sub(1)
            )
        } else {
            String::new()
        };
        write!(
            formatter,
            "An error occurred ({}) when calling the {} operation{retries}: {}",
            said("Code", &self.error.code),
            self.operation,
            said("Message", &self.error.message),
        )
    }
}

impl std::error::Error for OperationError {}

#[cfg(test)]
mod tests {
    use awl_protocol::{Headers, ParseOptions, parse_error};

    use super::OperationError;

    #[test]
    fn what_a_response_does_not_say_has_pythons_words() {
        let service = awl_catalog::store().service("s3control").unwrap();
        let operation = service.operation("ListJobs").unwrap();
        for (body, expected) in [
            (
                "<Code>A</Code><Message>m</Message>",
                "(A) when calling the ListJobs operation: m",
            ),
            (
                "<Code>A</Code><Message/>",
                "(A) when calling the ListJobs operation: None",
            ),
            (
                "<Code>A</Code>",
                "(A) when calling the ListJobs operation: ",
            ),
            (
                "<Message>m</Message>",
                "() when calling the ListJobs operation: m",
            ),
        ] {
            let body = format!("<ErrorResponse><Error>{body}</Error></ErrorResponse>");
            let options = ParseOptions::default();
            let error = OperationError {
                error: parse_error(operation, 400, &Headers::new(), body.as_bytes(), &options)
                    .unwrap(),
                service: service.name(),
                operation: operation.name(),
                status: 400,
                attempts: 1,
                retries_exhausted: false,
                headers: Vec::new(),
            };
            assert_eq!(error.to_string(), format!("An error occurred {expected}"));
        }
        // S3's own errors have nothing by default.
        let error = OperationError {
            error: parse_error(
                operation,
                400,
                &Headers::new(),
                b"<Error><A/></Error>",
                &ParseOptions::default(),
            )
            .unwrap(),
            service: service.name(),
            operation: operation.name(),
            status: 400,
            attempts: 3,
            retries_exhausted: true,
            headers: Vec::new(),
        };
        assert_eq!(
            error.to_string(),
            "An error occurred (Unknown) when calling the ListJobs operation (reached max \
             retries: 2): Unknown"
        );
    }
}
