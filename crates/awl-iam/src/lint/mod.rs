//! What is suspicious in a policy, and why: actions that do not exist, actions
//! that cannot match their resources, principals that are everybody, statements
//! that say nothing new.
//!
//! What IAM knows of actions, resources and condition keys comes in through
//! [`Facts`]: this crate has none of it. Without facts, a service is not judged.
//!
//! ```
//! use awl_iam::PolicyType;
//! use awl_iam::lint::{NoFacts, lint};
//! let text = r#"{"Version": "2012-10-17", "Statement": {
//!     "Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
//! let lints = lint(text, PolicyType::Identity, &NoFacts);
//! assert_eq!(lints[0].rule, "full-access");
//! assert_eq!((lints[0].span.start.line, lints[0].span.start.column), (2, 34));
//! ```

mod actions;
mod conditions;
mod facts;
mod overlap;
mod principals;
mod redundancy;
mod resources;
mod statements;

use crate::policy::{Policy, PolicyErrorKind, PolicyType, Severity, Statement};
use crate::position::Span;

pub use facts::{ActionFacts, Facts, KeyType, NoFacts, ServiceFacts};

/// Something suspicious.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// The rule's name, which stays: `unknown-action`.
    pub rule: &'static str,
    /// How grave it is.
    pub level: Level,
    /// What is there.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl Lint {
    /// Why it matters.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        let mut rules = RULES.iter();
        rules
            .find(|(rule, _)| *rule == self.rule)
            .map_or("", |(_, reason)| reason)
    }
}

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The policy works; it could say it better or safer.
    Note,
    /// The policy does not do what it seems to, or too much.
    Warning,
    /// AWS refuses the policy, or a part of it can never take effect.
    Error,
}

impl Level {
    /// Its name: `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The rules and why each is one, sorted by name.
pub static RULES: &[(&str, &str)] = &[
    (
        "action-matches-nothing",
        "a pattern without any action allows and denies nothing",
    ),
    (
        "confused-deputy",
        "without aws:SourceArn, aws:SourceAccount or aws:SourceOrgID anybody may have the service act on this resource for them",
    ),
    (
        "duplicate-sid",
        "AWS refuses a policy in which two statements have one Sid",
    ),
    (
        "for-all-values-allow",
        "ForAllValues holds for a request without the key, so that it allows more than it seems to; a Null condition closes that",
    ),
    (
        "full-access",
        "it allows everything on everything; nothing is left to be granted or held back",
    ),
    (
        "invalid-principal",
        "AWS refuses a policy with a principal that it cannot find",
    ),
    ("malformed", "AWS refuses the policy"),
    ("missing-element", "AWS refuses a statement without it"),
    (
        "missing-mfa",
        "whoever has the keys alone can take on other permissions; aws:MultiFactorAuthPresent asks for the second factor",
    ),
    (
        "missing-prefix",
        "actions and condition keys are told apart by the service before the colon",
    ),
    (
        "no-effect",
        "AWS takes it, but it does not do what it seems to",
    ),
    (
        "not-action-allow",
        "it allows every action that is not listed, those of services to come included",
    ),
    (
        "not-principal",
        "it takes in everybody who is not listed, and lists are easily incomplete: a session needs its account, role and session",
    ),
    (
        "not-resource-allow",
        "it allows the actions on every resource that is not listed, those of others included",
    ),
    (
        "open-federation",
        "an identity provider has users and applications of all the world; a condition on its own keys, such as :sub and :aud, says which",
    ),
    (
        "operator-type",
        "an operator of another type than the key's never matches, or compares text that should be a number, date, address or ARN",
    ),
    (
        "pass-role-anywhere",
        "whoever can pass every role to every service has the permissions of them all; name the roles, and the service in iam:PassedToService",
    ),
    (
        "prohibited-element",
        "AWS refuses policies of this type with it",
    ),
    (
        "public-access",
        "anybody in the world may do this, without being signed in where the service lets them",
    ),
    (
        "redundant-action",
        "another action in the same statement covers it",
    ),
    (
        "redundant-resource",
        "another resource in the same statement covers it",
    ),
    ("redundant-statement", "another statement says it already"),
    ("resource-format", "AWS refuses resources that are no ARNs"),
    (
        "resource-mismatch",
        "an action that cannot be on any of the statement's resources is neither allowed nor denied",
    ),
    (
        "resource-unused",
        "no action of the statement can be on this resource",
    ),
    (
        "set-operator",
        "a key with several values needs ForAllValues or ForAnyValue; without them it matches nothing",
    ),
    (
        "sid-format",
        "AWS takes letters and digits only, in most places",
    ),
    ("size-limit", "AWS refuses longer policies"),
    (
        "size-managed",
        "it fits a role's inline policies alone; managed policies have 6144 bytes at most",
    ),
    ("syntax", "AWS refuses what it cannot read"),
    (
        "unknown-action",
        "an action that does not exist is never asked for, so nothing is allowed or denied",
    ),
    (
        "unknown-condition-key",
        "a key that no request has makes conditions with it always false, or, negated, always true",
    ),
    ("unknown-service", "no service has actions with this prefix"),
    (
        "unsupported-condition-key",
        "requests of these actions do not have the key, so that the condition is always false, or, negated, always true",
    ),
    (
        "variables-need-version",
        "policy variables are plain text without \"Version\": \"2012-10-17\"",
    ),
    (
        "version-missing",
        "without a version the policy is of 2008, without variables",
    ),
    (
        "version-old",
        "2008-10-17 has no variables; nothing else speaks for it",
    ),
];

/// Looks through the text of a policy: first what AWS refuses, in the order of
/// the text, then what is suspicious.
#[must_use]
pub fn lint(text: &str, policy_type: PolicyType, facts: &dyn Facts) -> Vec<Lint> {
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(errors) => {
            return errors
                .errors()
                .iter()
                .map(|error| Lint {
                    rule: rule_of(&error.kind),
                    level: Level::Error,
                    message: error.explanation.clone(),
                    span: error.span,
                })
                .collect();
        }
    };
    lint_policy(&policy, policy_type, facts)
}

/// The same for a policy that is read.
#[must_use]
pub fn lint_policy(policy: &Policy, policy_type: PolicyType, facts: &dyn Facts) -> Vec<Lint> {
    let mut linter = Linter {
        lints: Vec::new(),
        policy_type,
        facts,
    };
    statements::policy(&mut linter, policy);
    for statement in &policy.statements {
        statements::statement(&mut linter, statement);
        principals::statement(&mut linter, statement);
        let known = actions::statement(&mut linter, statement);
        resources::statement(&mut linter, statement, &known);
        conditions::statement(&mut linter, statement, &known);
    }
    redundancy::policy(&mut linter, policy);
    let mut lints = linter.lints;
    for finding in policy.validate(policy_type) {
        let is_advice = finding.kind == PolicyErrorKind::Advice;
        // Where a rule of its own says more, the advice is left out.
        if is_advice && lints.iter().any(|lint| lint.span == finding.span) {
            continue;
        }
        lints.push(Lint {
            rule: rule_of(&finding.kind),
            level: match finding.severity {
                Severity::Error => Level::Error,
                Severity::Warning => Level::Warning,
            },
            message: finding.explanation,
            span: finding.span,
        });
    }
    lints.sort_by_key(|lint| (lint.span.start, std::cmp::Reverse(lint.level)));
    lints
}

/// The type that a policy is by what it says, where nobody says it: one that
/// names principals is a resource's, or, without resources, a role's trust
/// policy.
#[must_use]
pub fn likely_type(policy: &Policy) -> PolicyType {
    let statements = || policy.statements.iter();
    if !statements().any(|statement| statement.principals.is_some()) {
        return PolicyType::Identity;
    }
    let is_trust = |statement: &Statement| {
        let mut actions = statement.actions.values.iter();
        statement.resources.is_none()
            && actions.all(|action| action.value.to_ascii_lowercase().starts_with("sts:"))
    };
    if statements().all(is_trust) {
        PolicyType::RoleTrust
    } else {
        PolicyType::Resource
    }
}

/// The rule for a fault that makes AWS refuse a policy.
const fn rule_of(kind: &PolicyErrorKind) -> &'static str {
    match kind {
        PolicyErrorKind::Syntax => "syntax",
        PolicyErrorKind::DuplicateSid => "duplicate-sid",
        PolicyErrorKind::SidFormat => "sid-format",
        PolicyErrorKind::MissingActions
        | PolicyErrorKind::MissingResources
        | PolicyErrorKind::MissingField(_) => "missing-element",
        PolicyErrorKind::Vendor => "missing-prefix",
        PolicyErrorKind::ResourceFormat(_) => "resource-format",
        PolicyErrorKind::InvalidPrincipal(_) => "invalid-principal",
        PolicyErrorKind::ProhibitedField(_) => "prohibited-element",
        PolicyErrorKind::Size(_) => "size-limit",
        PolicyErrorKind::Advice => "no-effect",
        PolicyErrorKind::Version | PolicyErrorKind::Legacy => "malformed",
    }
}

/// What the rules share.
struct Linter<'a> {
    lints: Vec<Lint>,
    policy_type: PolicyType,
    facts: &'a dyn Facts,
}

impl Linter<'_> {
    fn add(&mut self, rule: &'static str, level: Level, span: Span, message: impl Into<String>) {
        debug_assert!(RULES.iter().any(|(name, _)| *name == rule), "{rule}");
        self.lints.push(Lint {
            rule,
            level,
            message: message.into(),
            span,
        });
    }

    fn error(&mut self, rule: &'static str, span: Span, message: impl Into<String>) {
        self.add(rule, Level::Error, span, message);
    }

    fn warn(&mut self, rule: &'static str, span: Span, message: impl Into<String>) {
        self.add(rule, Level::Warning, span, message);
    }

    fn note(&mut self, rule: &'static str, span: Span, message: impl Into<String>) {
        self.add(rule, Level::Note, span, message);
    }
}

/// Whether a statement has a condition on one of these keys, in any letters.
fn is_limited_by(statement: &Statement, keys: &[&str]) -> bool {
    statement.conditions.iter().any(|condition| {
        let key = &condition.key.value;
        let tag = |known: &&str| known.ends_with('/') && key.len() > known.len();
        keys.iter().any(|known| {
            known.eq_ignore_ascii_case(key)
                || tag(known)
                    && key
                        .get(..known.len())
                        .is_some_and(|head| head.eq_ignore_ascii_case(known))
        })
    })
}

#[cfg(test)]
mod tests;
