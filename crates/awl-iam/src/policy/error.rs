//! What can be wrong with a policy's text, in AWS's words and in ours.

use crate::position::Span;

/// Everything that is wrong with a text; at least one thing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.first())]
pub struct PolicyErrors {
    errors: Vec<PolicyError>,
}

impl PolicyErrors {
    pub(crate) fn new(errors: Vec<PolicyError>) -> Self {
        Self { errors }
    }

    /// The errors in the order of the text.
    #[must_use]
    pub fn errors(&self) -> &[PolicyError] {
        &self.errors
    }

    /// The code with which AWS refuses such a policy.
    #[must_use]
    pub const fn aws_code(&self) -> &'static str {
        "MalformedPolicyDocument"
    }

    fn first(&self) -> String {
        let first = self.errors.first();
        first.map(ToString::to_string).unwrap_or_default()
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {explanation}", span.start.line, span.start.column)]
pub struct PolicyError {
    /// What kind of fault it is.
    pub kind: PolicyErrorKind,
    /// What is wrong, in plain words.
    pub explanation: String,
    /// Where.
    pub span: Span,
}

impl PolicyError {
    pub(crate) fn new(kind: PolicyErrorKind, explanation: impl Into<String>, span: Span) -> Self {
        Self {
            kind,
            explanation: explanation.into(),
            span,
        }
    }

    /// The message with which AWS refuses such a policy.
    #[must_use]
    pub fn aws_message(&self) -> String {
        self.kind.aws_message()
    }
}

/// The kinds of faults, by AWS's messages for them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// The text is no JSON, or an element is not what the grammar wants.
    Syntax,
    /// The version is older than the policy needs.
    Version,
    /// A value is of the wrong form.
    Legacy,
    /// Two statements have one Sid.
    DuplicateSid,
    /// The Sid has other characters than letters and digits.
    SidFormat,
    /// A statement has no actions.
    MissingActions,
    /// A statement has no resources.
    MissingResources,
    /// An action or a condition's key has no service before it.
    Vendor,
    /// A resource is no ARN.
    ResourceFormat(String),
    /// A principal is none.
    InvalidPrincipal(String),
    /// An element that policies of the type may not have.
    ProhibitedField(&'static str),
    /// An element that policies of the type must have.
    MissingField(&'static str),
    /// The document is too long.
    Size(usize),
    /// What AWS takes, and yet does not what it seems to.
    Advice,
}

impl PolicyErrorKind {
    /// The message with which AWS refuses such a policy.
    #[must_use]
    pub fn aws_message(&self) -> String {
        match self {
            Self::Syntax => "Syntax errors in policy.".to_owned(),
            Self::Version => "Policy document must be version 2012-10-17 or greater.".to_owned(),
            Self::Legacy | Self::Advice => "The policy failed legacy parsing".to_owned(),
            Self::DuplicateSid => {
                "Statement IDs (SID) in a single policy must be unique.".to_owned()
            }
            Self::SidFormat => "Statement IDs (SID) must be alpha-numeric. Check that your input \
                 satisfies the regular expression [0-9A-Za-z]*"
                .to_owned(),
            Self::MissingActions => "Policy statement must contain actions.".to_owned(),
            Self::MissingResources => "Policy statement must contain resources.".to_owned(),
            Self::Vendor => {
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
                    .to_owned()
            }
            Self::ResourceFormat(text) => {
                format!("Resource {text} must be in ARN format or \"*\".")
            }
            Self::InvalidPrincipal(text) => format!("Invalid principal in policy: {text}"),
            Self::ProhibitedField(field) => format!("Has prohibited field {field}"),
            Self::MissingField(field) => format!("Missing required field {field}"),
            Self::Size(limit) => format!("Cannot exceed quota for PolicySize: {limit}"),
        }
    }
}
