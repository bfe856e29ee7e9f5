//! The smallest change that would allow what was refused: a statement to add,
//! or a condition that takes a caller out of a Deny.
//!
//! ```
//! use awl_iam::{PolicySet, Principal, Request, remedy};
//! let ana = Principal::parse("arn:aws:iam::111122223333:user/ana").unwrap();
//! let request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::reports/2026.csv");
//! let (additions, suffices) = remedy::additions(&request, &PolicySet::default());
//! assert!(suffices);
//! let statement = awl_value::json::to_string(&additions[0].statement);
//! assert_eq!(
//!     statement,
//!     r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/2026.csv"}"#
//! );
//! ```

use std::sync::Arc;

use awl_value::{Map, Value, json};

use crate::evaluate::{Decision, PolicySet, evaluate};
use crate::policy::{NamedPolicy, Policy, PolicyType};
use crate::principal::Principal;
use crate::request::Request;

/// A statement to add to a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// The type of the policy.
    pub policy_type: PolicyType,
    /// The level within the organization, from 0 for the root.
    pub level: Option<usize>,
    /// The statement.
    pub statement: Value,
}

/// The statement that has a policy of a type allow a request.
#[must_use]
pub fn addition(
    policy_type: PolicyType,
    principal: Option<&str>,
    action: &str,
    resource: &str,
) -> Addition {
    let mut statement = Map::new();
    statement.push("Effect", Value::from("Allow"));
    if matches!(
        policy_type,
        PolicyType::Resource | PolicyType::RoleTrust | PolicyType::VpcEndpoint
    ) {
        let mut named = Map::new();
        let principal = principal.unwrap_or("*");
        let key = if principal.ends_with(".amazonaws.com") {
            "Service"
        } else {
            "AWS"
        };
        named.push(key, Value::from(lasting(principal)));
        statement.push("Principal", Value::Map(named));
    }
    statement.push("Action", Value::from(action));
    if policy_type != PolicyType::RoleTrust {
        statement.push("Resource", Value::from(resource));
    }
    Addition {
        policy_type,
        level: None,
        statement: Value::Map(statement),
    }
}

/// The condition that takes a caller out of a statement that denies.
#[must_use]
pub fn exemption(principal: &str) -> Value {
    let mut key = Map::new();
    key.push("aws:PrincipalArn", Value::from(lasting(principal)));
    let mut operator = Map::new();
    operator.push("ArnNotLike", Value::Map(key));
    Value::Map(operator)
}

/// Whom to name in a policy: of a session its role, which outlasts it.
#[must_use]
pub fn lasting(principal: &str) -> String {
    let role = Principal::parse(principal).ok();
    let role = role
        .as_ref()
        .and_then(|own| Some((own.account()?, own.role_name()?)));
    match (role, principal.contains(":assumed-role/")) {
        (Some((account, name)), true) => {
            let partition = principal.split(':').nth(1).unwrap_or("aws");
            format!("arn:{partition}:iam::{account}:role/{name}")
        }
        _ => principal.to_owned(),
    }
}

/// What to add to policies until they allow a request, and whether they do
/// then: no addition helps against a Deny.
#[must_use]
pub fn additions(request: &Request, policies: &PolicySet) -> (Vec<Addition>, bool) {
    let mut policies = policies.clone();
    let mut additions: Vec<Addition> = Vec::new();
    loop {
        let evaluation = evaluate(request, &policies);
        let missing = match (evaluation.decision, evaluation.missing_allow()) {
            (Decision::ImplicitDeny, Some(missing)) => missing,
            (decision, _) => return (additions, decision == Decision::Allowed),
        };
        let mut parts = evaluation.parts.iter();
        let level = parts
            .find(|part| part.policy_type == missing && part.decision != Decision::Allowed)
            .and_then(|part| part.level);
        let principal = request.principal().arn();
        let mut addition = addition(
            missing,
            Some(principal),
            request.action(),
            request.resource(),
        );
        addition.level = level;
        if additions.contains(&addition) || !add(&mut policies, &addition) {
            return (additions, false);
        }
        additions.push(addition);
    }
}

/// Adds a statement; false where it is none, or has no place.
fn add(policies: &mut PolicySet, addition: &Addition) -> bool {
    let mut document = Map::new();
    document.push("Version", Value::from("2012-10-17"));
    document.push("Statement", Value::List(vec![addition.statement.clone()]));
    let Ok(policy) = Policy::parse(&json::to_string(&Value::Map(document))) else {
        return false;
    };
    let named = NamedPolicy::new("the addition", policy.clone());
    let single = match addition.policy_type {
        PolicyType::Identity => {
            policies.identity.push(named);
            return true;
        }
        PolicyType::Session => {
            policies.session.push(named);
            return true;
        }
        PolicyType::ServiceControl => {
            let level = addition
                .level
                .and_then(|level| policies.scps.get_mut(level));
            let has_level = level.is_some();
            level
                .into_iter()
                .for_each(|level| level.push(named.clone()));
            return has_level;
        }
        PolicyType::ResourceControl => return false,
        PolicyType::PermissionsBoundary => &mut policies.permissions_boundary,
        PolicyType::VpcEndpoint => &mut policies.vpc_endpoint,
        PolicyType::Resource | PolicyType::RoleTrust => &mut policies.resource,
    };
    match single {
        Some(own) => {
            let mut longer = Policy::clone(&own.policy);
            longer.statements.extend(policy.statements);
            own.policy = Arc::new(longer);
        }
        None => *single = Some(named),
    }
    true
}
