//! What each type of policy says about a request.

use super::matching::{Said, Subject};
use super::{MatchedStatement, PolicySet};
use crate::policy::{Effect, NamedPolicy, PolicyType};
use crate::principal::Naming;
use crate::request::Request;

/// What the types of policies say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tallies {
    /// Whether a statement that binds denies.
    pub(super) denied: bool,
    pub(super) identity: bool,
    pub(super) identity_denied: bool,
    pub(super) boundary: bool,
    pub(super) boundary_denied: bool,
    pub(super) session: bool,
    pub(super) session_denied: bool,
    pub(super) endpoint: bool,
    pub(super) endpoint_denied: bool,
    /// How the resource's policy names the caller whom it allows.
    pub(super) resource: Option<Naming>,
    pub(super) resource_denied: bool,
    pub(super) resource_type: PolicyType,
    /// Whether there are policies of this type that bind the caller.
    pub(super) scps_bind: bool,
    /// Whether every level allows.
    pub(super) scps_allow: bool,
    pub(super) rcps_bind: bool,
}

/// Whoever wants to know the statements that match.
pub(super) trait Found<'a> {
    /// Whether all are wanted. What only decides may stop at the first.
    const ALL: bool;

    fn add(&mut self, statement: MatchedStatement<'a>);
}

impl<'a> Found<'a> for () {
    const ALL: bool = false;

    fn add(&mut self, _: MatchedStatement<'a>) {}
}

/// Looks through all policies.
pub(super) fn tally<'a, F: Found<'a>>(
    request: &'a Request,
    policies: &'a PolicySet,
    found: &mut F,
) -> Tallies {
    let subject = Subject::new(request, policies);
    let principal = request.principal();
    let linked = principal.is_service_linked_role();
    let member = principal.account().is_some();
    let resource_type = if request.assumes_role() {
        PolicyType::RoleTrust
    } else {
        PolicyType::Resource
    };
    let mut tallies = Tallies {
        denied: false,
        identity: false,
        identity_denied: false,
        boundary: false,
        boundary_denied: false,
        session: false,
        session_denied: false,
        endpoint: false,
        endpoint_denied: false,
        resource: None,
        resource_denied: false,
        resource_type,
        scps_bind: !policies.scps.is_empty() && member && !linked,
        scps_allow: true,
        rcps_bind: !linked,
    };
    let mut said = |policy_type, level, policies: &'a [NamedPolicy]| {
        said(policy_type, level, policies, &subject, found)
    };
    if tallies.rcps_bind {
        for (level, policies) in policies.rcps.iter().enumerate() {
            let said = said(PolicyType::ResourceControl, Some(level), policies);
            tallies.denied |= said.denied;
        }
    }
    if tallies.scps_bind {
        for (level, policies) in policies.scps.iter().enumerate() {
            let said = said(PolicyType::ServiceControl, Some(level), policies);
            tallies.denied |= said.denied;
            tallies.scps_allow &= said.allowed.is_some();
        }
    }
    let endpoint = policies.vpc_endpoint.as_slice();
    let endpoint = said(PolicyType::VpcEndpoint, None, endpoint);
    tallies.denied |= endpoint.denied;
    (tallies.endpoint, tallies.endpoint_denied) = (endpoint.allowed.is_some(), endpoint.denied);
    let resource = policies.resource.as_slice();
    let resource = said(resource_type, None, resource);
    tallies.resource = resource.allowed;
    tallies.resource_denied = resource.denied;
    tallies.denied |= resource.denied;
    let identity = said(PolicyType::Identity, None, &policies.identity);
    let boundary = policies.permissions_boundary.as_slice();
    let boundary = said(PolicyType::PermissionsBoundary, None, boundary);
    let session = said(PolicyType::Session, None, &policies.session);
    // What is given is taken to be the caller's, so its denies bind anybody.
    tallies.denied |= identity.denied || boundary.denied || session.denied;
    (tallies.identity, tallies.identity_denied) = (identity.allowed.is_some(), identity.denied);
    (tallies.boundary, tallies.boundary_denied) = (boundary.allowed.is_some(), boundary.denied);
    (tallies.session, tallies.session_denied) = (session.allowed.is_some(), session.denied);
    tallies
}

/// What the policies of one type say.
pub(super) fn said<'a, F: Found<'a>>(
    policy_type: PolicyType,
    level: Option<usize>,
    policies: &'a [NamedPolicy],
    subject: &Subject<'_>,
    found: &mut F,
) -> Said {
    let mut said = Said::default();
    for policy in policies {
        for (index, statement) in policy.policy.statements.iter().enumerate() {
            let effect = statement.effect.value;
            let known = match effect {
                Effect::Deny => said.denied,
                Effect::Allow => said.allowed == Some(Naming::Direct),
            };
            if known && !F::ALL {
                continue;
            }
            let Some(naming) = subject.matches(statement, policy_type) else {
                continue;
            };
            match effect {
                Effect::Deny => said.denied = true,
                Effect::Allow => said.allowed = said.allowed.max(Some(naming)),
            }
            found.add(MatchedStatement {
                policy_type,
                level,
                policy,
                index,
                statement,
                naming: policy_type.names_principals().then_some(naming),
            });
        }
    }
    said
}
