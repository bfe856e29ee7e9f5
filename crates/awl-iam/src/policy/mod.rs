//! The policy language: what a policy says, where each word of it stands, and
//! whether AWS would take it.

mod error;
mod parse;
mod validate;

use std::sync::Arc;

pub use error::{PolicyError, PolicyErrorKind, PolicyErrors};
pub use validate::{Finding, Severity};

use crate::arn::{ArnPattern, MaybeArn};
use crate::condition::Condition;
use crate::context::Context;
use crate::pattern::Pattern;
use crate::position::{Located, Position, Span};
use crate::principal::PrincipalPattern;

/// A policy, read and ready to be evaluated.
///
/// ```
/// use awl_iam::{Effect, Policy};
/// let policy = Policy::parse(r#"{
///   "Version": "2012-10-17",
///   "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
/// }"#).unwrap();
/// let statement = &policy.statements[0];
/// assert_eq!(statement.effect.value, Effect::Allow);
/// assert_eq!(statement.actions.values[0].span.start.line, 3);
///
/// let errors = Policy::parse(r#"{"Statement": [{"Effect": "allow", "Action": "*"}]}"#).unwrap_err();
/// let error = &errors.errors()[0];
/// assert_eq!(error.aws_message(), "Syntax errors in policy.");
/// assert_eq!((error.span.start.line, error.span.start.column), (1, 27));
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    /// The version of the language; 2008-10-17 where the policy names none.
    pub version: Version,
    /// Where the version stands, if it does.
    pub version_span: Option<Span>,
    /// The element `Id`.
    pub id: Option<Located<String>>,
    /// The statements in their order.
    pub statements: Vec<Statement>,
    /// The whole document.
    pub span: Span,
    sizes: Sizes,
}

/// How long a document is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    whole: usize,
    without_space: usize,
}

/// A version of the policy language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 2008-10-17: without policy variables.
    V2008,
    /// 2012-10-17.
    V2012,
}

impl Version {
    /// The version's date.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

/// What a statement does where it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

impl Effect {
    /// The word that stands in the policy.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The element `Sid`.
    pub sid: Option<Located<String>>,
    /// The element `Effect`.
    pub effect: Located<Effect>,
    /// `Principal` or `NotPrincipal`.
    pub principals: Option<Principals>,
    /// `Action` or `NotAction`.
    pub actions: Actions,
    /// `Resource` or `NotResource`; trust policies have none.
    pub resources: Option<Resources>,
    /// The element `Condition`: each key under each operator. All must hold.
    pub conditions: Vec<Condition>,
    /// The statement from `{` to `}`.
    pub span: Span,
    /// Where IAM's simulator says that the statement begins: behind the token
    /// before it.
    pub(crate) simulated_start: Position,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug)]
pub struct Principals {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// Where the element's value stands.
    pub span: Span,
    /// Who is named.
    pub values: Vec<Located<PrincipalPattern>>,
    /// Whether it is the text `"*"` rather than an object.
    pub(crate) star: bool,
}

/// `Action` or `NotAction`.
#[derive(Clone, Debug)]
pub struct Actions {
    /// Whether it is `NotAction`.
    pub negated: bool,
    /// Where the element's value stands.
    pub span: Span,
    /// The actions as written.
    pub values: Vec<Located<String>>,
    patterns: Vec<Pattern>,
}

/// `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Whether it is `NotResource`.
    pub negated: bool,
    /// Where the element's value stands.
    pub span: Span,
    /// The resources as written.
    pub values: Vec<Located<String>>,
    patterns: Vec<ResourcePattern>,
}

#[derive(Clone, Debug)]
struct ResourcePattern {
    pattern: ArnPattern,
    /// Whether parts were missing. They are filled up in policies that stand with
    /// identities only.
    incomplete: bool,
    /// Whether a wildcard stands where none may: the pattern matches nothing.
    void: bool,
}

impl Actions {
    /// Whether the element takes in `action`, which is in lower case.
    pub(crate) fn match_lower(&self, action: &str) -> bool {
        let context = const { &Context::new() };
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(action, context))
            != self.negated
    }

    /// Whether the element takes in `action`: for `NotAction`, whether it is none
    /// of those that stand there.
    #[must_use]
    pub fn matches(&self, action: &str) -> bool {
        self.match_lower(&action.to_ascii_lowercase())
    }

    /// Whether the value at `index` alone matches `action`.
    #[must_use]
    pub fn value_matches(&self, index: usize, action: &str) -> bool {
        let pattern = self.patterns.get(index);
        pattern
            .is_some_and(|pattern| pattern.matches(&action.to_ascii_lowercase(), &Context::new()))
    }
}

impl Resources {
    /// Whether the element takes in a resource.
    #[must_use]
    pub fn matches(&self, resource: &str, context: &Context, policy_type: PolicyType) -> bool {
        self.match_arn(
            &MaybeArn::new(resource),
            resource == "*",
            context,
            policy_type,
        )
    }

    /// `unspecific`: the request's resource is `*`, which only `*` matches.
    pub(crate) fn match_arn(
        &self,
        resource: &MaybeArn<'_>,
        unspecific: bool,
        context: &Context,
        policy_type: PolicyType,
    ) -> bool {
        let any = self.patterns.iter().any(|own| {
            if unspecific {
                return matches!(own.pattern, ArnPattern::Anything);
            }
            let usable = !own.void && (!own.incomplete || policy_type.completes_arns());
            usable && own.pattern.matches(resource, context)
        });
        any != self.negated
    }

    /// The keys of the variables in the values, in reading order.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let patterns = self.patterns.iter().flat_map(|own| own.pattern.patterns());
        patterns
            .flat_map(Pattern::variables)
            .map(|variable| variable.name.trim())
    }

    /// The keys of variables without a value.
    pub(crate) fn unresolved<'a>(&'a self, context: &'a Context) -> impl Iterator<Item = &'a str> {
        let patterns = self.patterns.iter().flat_map(|own| own.pattern.patterns());
        patterns.flat_map(|pattern| pattern.unresolved(context))
    }
}

/// The types of policies, which differ in grammar and in what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyType {
    /// Attached to a user, group or role, inline or managed.
    Identity,
    /// Attached to a resource.
    Resource,
    /// A role's trust policy: the resource's policy of a role.
    RoleTrust,
    /// The most that a user or role may have.
    PermissionsBoundary,
    /// A service control policy of an organization.
    ServiceControl,
    /// A resource control policy of an organization.
    ResourceControl,
    /// Given when a session was opened.
    Session,
    /// Attached to a VPC endpoint, through which the request came.
    VpcEndpoint,
}

impl PolicyType {
    /// All types.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Resource,
        Self::RoleTrust,
        Self::PermissionsBoundary,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Session,
        Self::VpcEndpoint,
    ];

    /// The type's name as error messages of AWS have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::RoleTrust => "role trust policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Session => "session policy",
            Self::VpcEndpoint => "VPC endpoint policy",
        }
    }

    /// The same with its article.
    pub(crate) fn with_article(self) -> String {
        let name = self.as_str();
        let article = if name.starts_with('i') { "an" } else { "a" };
        format!("{article} {name}")
    }

    /// Whether policies of the type stand with resources and name principals.
    #[must_use]
    pub const fn names_principals(self) -> bool {
        matches!(
            self,
            Self::Resource | Self::RoleTrust | Self::ResourceControl | Self::VpcEndpoint
        )
    }

    /// Whether ARNs that lack parts get `*` for them: in policies of identities.
    const fn completes_arns(self) -> bool {
        matches!(
            self,
            Self::Identity | Self::PermissionsBoundary | Self::Session
        )
    }
}

/// A policy and where it came from.
#[derive(Clone, Debug)]
pub struct NamedPolicy {
    /// What it is called in results, such as `PolicyInputList.1` or its name.
    pub id: String,
    /// The ARN, of policies that have one.
    pub arn: Option<String>,
    /// The policy; shared, since many requests are evaluated with it.
    pub policy: Arc<Policy>,
}

impl NamedPolicy {
    /// A policy with a name.
    pub fn new(id: impl Into<String>, policy: impl Into<Arc<Policy>>) -> Self {
        Self {
            id: id.into(),
            arn: None,
            policy: policy.into(),
        }
    }

    /// The same with its ARN.
    #[must_use]
    pub fn with_arn(mut self, arn: impl Into<String>) -> Self {
        self.arn = Some(arn.into());
        self
    }
}

impl Policy {
    /// The bytes of the document without white space between its words, which
    /// is what most limits count.
    #[must_use]
    pub const fn size_without_space(&self) -> usize {
        self.sizes.without_space
    }

    /// The bytes of the document as it is.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.sizes.whole
    }

    /// The keys that conditions and variables ask for, as they are written, in
    /// reading order, each once.
    #[must_use]
    pub fn context_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        let mut add = |key: &str| {
            if !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                keys.push(key.to_owned());
            }
        };
        for statement in &self.statements {
            // What is read first is told first, wherever the elements stand.
            let mut found: Vec<(usize, &str)> = Vec::new();
            if let Some(resources) = &statement.resources {
                let place = resources.span.start.offset;
                found.extend(resources.variables().map(|key| (place, key)));
            }
            for condition in &statement.conditions {
                let place = condition.key.span.start.offset;
                found.push((place, &condition.key.value));
                found.extend(condition.variables().map(|key| (place, key)));
            }
            found.sort_by_key(|(place, _)| *place);
            for (_, key) in found {
                add(key);
            }
        }
        keys
    }
}
