//! What AWS checks of a policy by its type, and what it takes although it does
//! not do what it seems to.

use super::{Effect, Policy, PolicyErrorKind, PolicyType, Statement, Version};
use crate::arn::{Arn, has_wild_type, is_account};
use crate::condition::Family;
use crate::pattern::variable_names;
use crate::position::{Located, Span};
use crate::principal::PrincipalPattern;

/// Something to say about a policy that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether AWS refuses the policy for it.
    pub severity: Severity,
    /// What kind of fault it is, with AWS's message.
    pub kind: PolicyErrorKind,
    /// What is wrong, in plain words.
    pub explanation: String,
    /// Where.
    pub span: Span,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// AWS takes the policy, but it does not do what it seems to.
    Warning,
    /// AWS refuses the policy.
    Error,
}

/// The most bytes of a policy by its type, and whether white space counts. Of
/// identities it is the widest, a role's inline policies; managed ones have 6144.
const fn limit(policy_type: PolicyType) -> (usize, bool) {
    match policy_type {
        PolicyType::Identity => (10_240, false),
        PolicyType::PermissionsBoundary => (6144, false),
        // An administrator may raise a trust policy's limit from 2048.
        PolicyType::RoleTrust => (4096, false),
        PolicyType::ServiceControl | PolicyType::ResourceControl => (5120, true),
        PolicyType::Session => (2048, true),
        // S3's, the widest that is documented.
        PolicyType::Resource | PolicyType::VpcEndpoint => (20_480, false),
    }
}

impl Policy {
    /// Checks what the type asks of the policy, in the order of the text.
    ///
    /// ```
    /// use awl_iam::{Policy, PolicyType, Severity};
    /// let policy = Policy::parse(
    ///     r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}}"#,
    /// ).unwrap();
    /// let findings = policy.validate(PolicyType::Identity);
    /// assert_eq!(findings[0].severity, Severity::Error);
    /// assert_eq!(findings[0].kind.aws_message(), "Has prohibited field Principal");
    /// assert!(policy.validate(PolicyType::Resource).is_empty());
    /// ```
    #[must_use]
    pub fn validate(&self, policy_type: PolicyType) -> Vec<Finding> {
        let mut checker = Checker {
            findings: Vec::new(),
            policy_type,
            version: self.version,
        };
        checker.policy(self);
        checker.findings.sort_by_key(|finding| finding.span.start);
        checker.findings
    }
}

struct Checker {
    findings: Vec<Finding>,
    policy_type: PolicyType,
    version: Version,
}

impl Checker {
    fn add(
        &mut self,
        severity: Severity,
        kind: PolicyErrorKind,
        span: Span,
        explanation: impl Into<String>,
    ) {
        self.findings.push(Finding {
            severity,
            kind,
            explanation: explanation.into(),
            span,
        });
    }

    fn error(&mut self, kind: PolicyErrorKind, span: Span, explanation: impl Into<String>) {
        self.add(Severity::Error, kind, span, explanation);
    }

    fn warn(&mut self, span: Span, explanation: impl Into<String>) {
        self.add(
            Severity::Warning,
            PolicyErrorKind::Advice,
            span,
            explanation,
        );
    }

    fn policy(&mut self, policy: &Policy) {
        let name = self.policy_type.with_article();
        let (limit, space_counts) = limit(self.policy_type);
        let size = if space_counts {
            policy.size()
        } else {
            policy.size_without_space()
        };
        if size > limit {
            let explanation = format!("the policy has {size} bytes; {name} has at most {limit}");
            self.error(PolicyErrorKind::Size(limit), policy.span, explanation);
        }
        if policy.statements.is_empty() {
            let explanation = "the policy has no statements";
            self.add(
                Severity::Warning,
                PolicyErrorKind::Syntax,
                policy.span,
                explanation,
            );
        }
        if let Some(id) = &policy.id
            && !self.policy_type.names_principals()
        {
            let explanation = format!("\"Id\" belongs into policies of resources, not into {name}");
            self.warn(id.span, explanation);
        }
        for (index, statement) in policy.statements.iter().enumerate() {
            self.sid(
                statement,
                policy.statements.get(..index).unwrap_or_default(),
            );
            self.principals(statement);
            self.actions(statement);
            self.resources(statement);
            self.conditions(statement);
        }
    }

    fn sid(&mut self, statement: &Statement, before: &[Statement]) {
        let Some(sid) = &statement.sid else {
            return;
        };
        let same = |other: &&Statement| {
            let other = other.sid.as_ref();
            other.is_some_and(|other| other.value == sid.value && !sid.value.is_empty())
        };
        if let Some(first) = before.iter().find(same) {
            let line = first.span.start.line;
            let explanation = format!("the statement at line {line} has the same Sid");
            self.error(PolicyErrorKind::DuplicateSid, sid.span, explanation);
        }
        let plain = sid.value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain && !matches!(self.policy_type, PolicyType::Resource) {
            let explanation = "a Sid has letters and digits only";
            self.add(
                Severity::Warning,
                PolicyErrorKind::SidFormat,
                sid.span,
                explanation,
            );
        }
    }

    fn principals(&mut self, statement: &Statement) {
        let name = self.policy_type.with_article();
        let Some(principals) = &statement.principals else {
            match self.policy_type {
                PolicyType::Resource | PolicyType::RoleTrust | PolicyType::VpcEndpoint => {
                    let explanation = format!("{name} must say whom it is about");
                    let kind = PolicyErrorKind::MissingField("Principal");
                    self.error(kind, statement.span, explanation);
                }
                PolicyType::ResourceControl => {
                    self.warn(
                        statement.span,
                        format!("{name} must have \"Principal\": \"*\""),
                    );
                }
                _ => {}
            }
            return;
        };
        if !self.policy_type.names_principals() {
            let explanation =
                format!("{name} names no principals: it is about whom it is attached to");
            let kind = PolicyErrorKind::ProhibitedField("Principal");
            self.error(kind, principals.span, explanation);
            return;
        }
        if self.policy_type == PolicyType::ResourceControl && !principals.star {
            self.warn(
                principals.span,
                format!("{name} must have \"Principal\": \"*\""),
            );
        }
        if self.policy_type == PolicyType::ResourceControl
            && statement.effect.value == Effect::Allow
        {
            self.warn(
                statement.effect.span,
                format!("what {name} allows has no effect: RCPFullAWSAccess allows everything"),
            );
        }
        if principals.negated && statement.effect.value == Effect::Allow {
            self.warn(
                principals.span,
                "\"NotPrincipal\" with \"Allow\" lets in everybody else, strangers included",
            );
        }
        for value in &principals.values {
            let text = value.value.to_string();
            let wrong = match &value.value {
                PrincipalPattern::Everyone => false,
                PrincipalPattern::Service(service) => !service.contains('.') && service != "*",
                // Nothing but * alone stands for several.
                _ => text.is_empty() || (text != "*" && text.contains(['*', '?'])),
            };
            if wrong {
                let explanation = format!("{text:?} is no principal of this kind");
                self.error(
                    PolicyErrorKind::InvalidPrincipal(text),
                    value.span,
                    explanation,
                );
            }
        }
    }

    fn actions(&mut self, statement: &Statement) {
        for action in &statement.actions.values {
            let text = &action.value;
            let problem = match text.split_once(':') {
                None if text.bytes().all(|byte| byte == b'*') && !text.is_empty() => None,
                None => Some("an action is a service and a name with a colon between, or *"),
                Some(("", _) | (_, "")) => Some("the action lacks its service or its name"),
                Some(_) => None,
            };
            if let Some(problem) = problem {
                self.error(PolicyErrorKind::Vendor, action.span, problem);
            } else if let Some((service, name)) = text.split_once(':')
                && service.contains(['*', '?'])
                && text != "*:*"
            {
                let explanation =
                    format!("{text:?}: the service before {name:?} may have no wildcards");
                self.warn(action.span, explanation);
            }
        }
    }

    fn resources(&mut self, statement: &Statement) {
        let name = self.policy_type.with_article();
        let Some(resources) = &statement.resources else {
            // Policies of resources may leave it out where they are about
            // nothing else; trust policies must.
            if !matches!(
                self.policy_type,
                PolicyType::Resource | PolicyType::RoleTrust
            ) {
                self.error(
                    PolicyErrorKind::MissingResources,
                    statement.span,
                    format!("a statement of {name} must say which resources it is about"),
                );
            }
            return;
        };
        if self.policy_type == PolicyType::RoleTrust {
            let explanation = "a role trust policy is about its role and names no resource";
            let kind = PolicyErrorKind::ProhibitedField("Resource");
            self.error(kind, resources.span, explanation);
            return;
        }
        for resource in &resources.values {
            self.resource(resource);
        }
    }

    fn resource(&mut self, resource: &Located<String>) {
        let text = &resource.value;
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return;
        }
        if !text.starts_with("arn:") {
            // Some services shorten ARNs in policies of their resources.
            let severity = match self.policy_type {
                PolicyType::Resource => Severity::Warning,
                _ => Severity::Error,
            };
            let explanation = format!("{text:?} is no ARN, and nothing but * may stand for one");
            let kind = PolicyErrorKind::ResourceFormat(text.clone());
            self.add(severity, kind, resource.span, explanation);
            return;
        }
        let Some(arn) = Arn::parse(text) else {
            let what = if self.policy_type.completes_arns() {
                "AWS puts * for the missing ones"
            } else {
                "it matches nothing here"
            };
            self.warn(
                resource.span,
                format!("the ARN has fewer than six parts; {what}"),
            );
            return;
        };
        if arn.service.contains(['*', '?']) {
            let explanation = "the service of an ARN may have no wildcards";
            self.warn(resource.span, explanation);
        }
        if has_wild_type(text) {
            self.warn(
                resource.span,
                "the type of resource of an ARN may have no wildcards: it matches nothing",
            );
        }
        let wild = arn.account.contains(['*', '?', '$', '}']) || arn.account.is_empty();
        if !wild && !is_account(arn.account) && arn.account != "aws" {
            let explanation = format!("{:?} is no account: it has twelve digits", arn.account);
            self.warn(resource.span, explanation);
        }
        let head = text.len() - arn.resource.len();
        if self.version == Version::V2012
            && text.get(..head).is_some_and(|head| head.contains("${"))
        {
            self.warn(
                resource.span,
                "variables may stand behind the fifth colon of an ARN only; before it they are text",
            );
        }
        if self.version == Version::V2008 && !variable_names(text).is_empty() {
            self.warn(
                resource.span,
                "without \"Version\": \"2012-10-17\" variables are text",
            );
        }
    }

    fn conditions(&mut self, statement: &Statement) {
        for condition in &statement.conditions {
            let operator = condition.operator.value;
            if !condition.key.value.contains(':') {
                self.error(
                    PolicyErrorKind::Vendor,
                    condition.key.span,
                    "a key is a service, or aws, and a name with a colon between",
                );
            }
            if condition.list && condition.values.is_empty() {
                let span = condition.key.span;
                self.warn(
                    span,
                    "the list of values is empty: nothing equals any of them",
                );
            }
            for (index, value) in condition.values.iter().enumerate() {
                if !condition.is_valid(index) {
                    let wanted = match operator.family {
                        Family::Numeric => "a number",
                        Family::Date => {
                            "a date, such as 2026-11-22T10:00:00Z or seconds since 1970"
                        }
                        Family::Bool | Family::Null => "true or false",
                        Family::Binary => "base64",
                        Family::IpAddress => "an address or a network in CIDR notation",
                        Family::String | Family::Arn => "text",
                    };
                    let explanation =
                        format!("{:?} is not {wanted}: it matches nothing", value.value);
                    self.warn(value.span, explanation);
                }
                let text = matches!(operator.family, Family::String | Family::Arn | Family::Bool);
                if self.version == Version::V2008
                    && text
                    && !variable_names(&value.value).is_empty()
                {
                    self.warn(
                        value.span,
                        "without \"Version\": \"2012-10-17\" variables are text",
                    );
                }
                let arn = operator.family == Family::Arn;
                if arn && Arn::parse(&value.value).is_none() {
                    let explanation = format!("{:?} is no ARN: it matches none", value.value);
                    self.warn(value.span, explanation);
                }
            }
        }
    }
}
