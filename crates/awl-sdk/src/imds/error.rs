//! Why the metadata service told nothing.

use crate::transport::TransportError;

/// Why the metadata service told nothing. The words are botocore's where it
/// has the same error.
// Parity: botocore/exceptions.py.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImdsError {
    /// `AWS_EC2_METADATA_DISABLED` is set.
    #[error("AWS_EC2_METADATA_DISABLED is set")]
    Disabled,
    /// Nothing is asked that is not on this machine.
    #[error("the instance metadata service is not asked, which --offline rules out")]
    Offline,
    /// The machine is plainly no EC2 instance, so the service was not asked.
    #[error("this machine is no EC2 instance ({0}), so the instance metadata service is not asked")]
    NotEc2(String),
    /// Nobody answers there.
    #[error("no instance metadata service answers at {endpoint}")]
    NoAnswer {
        /// Where it was looked for.
        endpoint: String,
        /// Why not; None: it answered no request for a token.
        source: Option<TransportError>,
    },
    /// The service answered with another status than 200.
    #[error("the instance metadata service answers status {status} for {url}")]
    Status {
        /// The URL asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// The service answered nothing.
    #[error("the instance metadata service answers nothing for {url}")]
    Empty {
        /// The URL asked for.
        url: String,
    },
    /// The service answered what is no JSON where it must be.
    #[error("the instance metadata service answers no JSON for {url}")]
    NoJson {
        /// The URL asked for.
        url: String,
    },
    /// The service refused the request for a token.
    #[error("the instance metadata service at {endpoint} refuses to give a token: status 400")]
    BadRequest {
        /// Where it was asked.
        endpoint: String,
    },
    /// There is no token, and version 1 is ruled out.
    #[error(
        "Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 \
         has been disabled"
    )]
    V1Disabled,
    /// A configured endpoint that is no URL.
    #[error("Invalid endpoint EC2 Instance Metadata endpoint: {endpoint}")]
    InvalidEndpoint {
        /// What is configured.
        endpoint: String,
    },
    /// A configured mode that there is not.
    #[error(
        "Invalid EC2 Instance Metadata endpoint mode: {mode} Valid endpoint modes \
         (case-insensitive): ('ipv4', 'ipv6')."
    )]
    InvalidMode {
        /// What is configured.
        mode: String,
    },
    /// Another setting that cannot be used, in Python's words.
    #[error("{0}")]
    InvalidSetting(String),
    /// The request could not be made at all.
    #[error(transparent)]
    Transport(TransportError),
}

impl ImdsError {
    /// Whether botocore passes on to the next source where this is the answer.
    #[must_use]
    pub const fn is_absence(&self) -> bool {
        match self {
            Self::Disabled
            | Self::Offline
            | Self::NotEc2(_)
            | Self::NoAnswer { .. }
            | Self::Status { .. }
            | Self::Empty { .. }
            | Self::NoJson { .. }
            | Self::BadRequest { .. } => true,
            Self::V1Disabled
            | Self::InvalidEndpoint { .. }
            | Self::InvalidMode { .. }
            | Self::InvalidSetting(_)
            | Self::Transport(_) => false,
        }
    }
}
