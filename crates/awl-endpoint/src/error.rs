//! Why no endpoint came out, in botocore's words.

/// Why there is no endpoint. `Display` is what botocore's exception says; the
/// variants are its exception types, since the exit code depends on them.
// Parity: botocore/exceptions.py.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The rules say no: `EndpointResolutionError`.
    #[error("{0}")]
    Resolution(String),
    /// A label that cannot stand in a host: `InvalidHostLabelError`.
    #[error("Invalid host label to be bound to the hostname of the endpoint: \"{0}\".")]
    HostLabel(String),
    /// `UnsupportedS3ConfigurationError`.
    #[error("Unsupported configuration when using S3: {0}")]
    S3Configuration(String),
    /// `UnsupportedS3AccesspointConfigurationError`.
    #[error("Unsupported configuration when using S3 access-points: {0}")]
    S3AccessPoint(String),
    /// `UnsupportedS3ControlArnError`.
    #[error("S3 ARN \"{arn}\" provided is invalid for this operation. {message}")]
    S3ControlArn {
        /// The ARN as given.
        arn: String,
        /// What is wrong with it.
        message: String,
    },
    /// `UnsupportedS3ControlConfigurationError`.
    #[error("Unsupported configuration when using S3 Control: {0}")]
    S3ControlConfiguration(String),
    /// `InvalidEndpointConfigurationError`.
    #[error("Invalid endpoint configuration: {0}")]
    Configuration(String),
    /// `ParamValidationError`: a parameter of the operation is wrong.
    #[error("Parameter validation failed:\n{0}")]
    Parameter(String),
    /// `UnknownEndpointResolutionBuiltInName`.
    #[error("Unknown builtin variable name: {0}")]
    UnknownBuiltIn(String),
    /// The rule set breaks its own grammar, or is too deep or too long to
    /// evaluate; botocore ends with a Python error there.
    #[error("invalid endpoint rule set: {0}")]
    Rules(String),
    /// The service has no rule set, and no Region or partition is known that an
    /// endpoint could be made of.
    #[error("service {0} has no endpoint rule set")]
    NoRules(String),
}

impl EndpointError {
    pub(crate) fn rules(message: impl Into<String>) -> Self {
        Self::Rules(message.into())
    }
}
