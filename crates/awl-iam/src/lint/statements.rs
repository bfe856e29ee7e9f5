//! What is said of the policy as a whole, and of statements by their elements
//! alone.

use super::{Linter, is_limited_by};
use crate::pattern::variable_names;
use crate::policy::{Effect, Policy, PolicyType, Statement, Version};

/// The most bytes of a managed policy.
const MANAGED: usize = 6144;

/// The keys that ask for a second factor.
const MFA: &[&str] = &["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"];

pub(super) fn policy(linter: &mut Linter<'_>, policy: &Policy) {
    let has_variables = variables(linter, policy);
    match (policy.version_span, policy.version) {
        (None, _) if !has_variables => {
            linter.note(
                "version-missing",
                policy.span,
                "the policy names no version",
            );
        }
        (Some(span), Version::V2008) if !has_variables => {
            linter.note("version-old", span, "the version is 2008-10-17");
        }
        _ => {}
    }
    let size = policy.size_without_space();
    if linter.policy_type == PolicyType::Identity && size > MANAGED && size <= 10_240 {
        let message = format!("the policy has {size} bytes without white space");
        linter.warn("size-managed", policy.span, message);
    }
}

/// Variables in a policy whose version has none; whether there are any.
fn variables(linter: &mut Linter<'_>, policy: &Policy) -> bool {
    if policy.version != Version::V2008 {
        return false;
    }
    let before = linter.lints.len();
    for statement in &policy.statements {
        let resources = statement.resources.iter().flat_map(|own| &own.values);
        let conditions = statement.conditions.iter().flat_map(|own| &own.values);
        for value in resources.chain(conditions) {
            if let Some(name) = variable_names(&value.value).first() {
                let message = format!("${{{name}}} is no variable here");
                linter.warn("variables-need-version", value.span, message);
            }
        }
    }
    linter.lints.len() > before
}

pub(super) fn statement(linter: &mut Linter<'_>, statement: &Statement) {
    if statement.effect.value == Effect::Deny {
        return;
    }
    let actions = &statement.actions;
    // What these allow grants nothing.
    let grants = !matches!(
        linter.policy_type,
        PolicyType::ServiceControl | PolicyType::ResourceControl | PolicyType::VpcEndpoint
    );
    if grants && actions.negated {
        let message = "\"NotAction\" with \"Allow\"";
        linter.warn("not-action-allow", actions.span, message);
    }
    if let Some(resources) = &statement.resources
        && grants
        && resources.negated
    {
        let message = "\"NotResource\" with \"Allow\"";
        linter.warn("not-resource-allow", resources.span, message);
    }
    full_access(linter, statement, grants);
    pass_role(linter, statement);
    second_factor(linter, statement);
}

fn full_access(linter: &mut Linter<'_>, statement: &Statement, grants: bool) {
    let actions = &statement.actions;
    let everything = |text: &str| matches!(text, "*" | "*:*");
    let whole = actions.values.iter().find(|own| everything(&own.value));
    let on_all = statement.resources.as_ref().is_none_or(|resources| {
        let mut values = resources.values.iter();
        !resources.negated && values.any(|own| own.value == "*")
    });
    if let Some(action) = whole
        && grants
        && !actions.negated
        && on_all
        && statement.conditions.is_empty()
    {
        let message = "every action on every resource is allowed";
        linter.warn("full-access", action.span, message);
    }
}

fn pass_role(linter: &mut Linter<'_>, statement: &Statement) {
    if !matches!(
        linter.policy_type,
        PolicyType::Identity | PolicyType::PermissionsBoundary | PolicyType::Session
    ) || statement.actions.negated
        || is_limited_by(
            statement,
            &["iam:PassedToService", "iam:AssociatedResourceArn"],
        )
    {
        return;
    }
    let anywhere = statement.resources.as_ref().is_some_and(|resources| {
        let mut values = resources.values.iter();
        !resources.negated && values.any(|own| own.value == "*" || own.value.ends_with(":role/*"))
    });
    let actions = &statement.actions;
    for (index, action) in actions.values.iter().enumerate() {
        if anywhere && names(&action.value, "iam:") && actions.value_matches(index, "iam:PassRole")
        {
            let message = format!("{:?} passes every role to every service", action.value);
            linter.warn("pass-role-anywhere", action.span, message);
            return;
        }
    }
}

/// Roles that are passed or assumed with keys alone.
fn second_factor(linter: &mut Linter<'_>, statement: &Statement) {
    let is_trust = linter.policy_type == PolicyType::RoleTrust;
    let own = matches!(
        linter.policy_type,
        PolicyType::Identity | PolicyType::Session
    );
    // Services and users of identity providers have no factor of IAM's.
    let by_people = statement.principals.as_ref().is_some_and(|principals| {
        let mut values = principals.values.iter();
        values.any(|own| {
            use crate::principal::PrincipalPattern::{Account, Everyone, Principal};
            matches!(own.value, Account(_) | Everyone | Principal(_))
        })
    });
    if !(own || is_trust && by_people) || statement.actions.negated || is_limited_by(statement, MFA)
    {
        return;
    }
    let actions = &statement.actions;
    for (index, action) in actions.values.iter().enumerate() {
        for (prefix, name) in [("sts:", "sts:AssumeRole"), ("iam:", "iam:PassRole")] {
            if names(&action.value, prefix) && actions.value_matches(index, name) {
                let message = format!("{name} is allowed without a second factor");
                linter.note("missing-mfa", action.span, message);
                return;
            }
        }
    }
}

/// Whether an action names its service.
fn names(action: &str, prefix: &str) -> bool {
    let head = action.get(..prefix.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}
