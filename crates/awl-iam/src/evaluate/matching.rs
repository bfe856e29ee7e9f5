//! Whether a statement matches a request.

use super::PolicySet;
use crate::arn::MaybeArn;
use crate::policy::{Effect, NamedPolicy, PolicyType, Principals, Statement};
use crate::principal::{Naming, Principal, PrincipalKind, PrincipalPattern};
use crate::request::Request;

/// What is the same for all statements of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) request: &'a Request,
    resource: MaybeArn<'a>,
    unspecific: bool,
    boundary: bool,
}

impl<'a> Subject<'a> {
    pub(super) fn new(request: &'a Request, policies: &PolicySet) -> Self {
        Self {
            request,
            resource: MaybeArn::new(request.resource()),
            unspecific: request.resource() == "*",
            boundary: policies.permissions_boundary.is_some(),
        }
    }

    /// How a statement matches, or None where it does not. Statements of types
    /// that name nobody match directly.
    pub(super) fn matches(&self, statement: &Statement, policy_type: PolicyType) -> Option<Naming> {
        if !self.action(statement) {
            return None;
        }
        let naming = self.naming(statement, policy_type)?;
        let rest = self.resource(statement, policy_type) && self.conditions(statement);
        rest.then_some(naming)
    }

    pub(super) fn action(&self, statement: &Statement) -> bool {
        statement.actions.match_lower(self.request.lower_action())
    }

    pub(super) fn resource(&self, statement: &Statement, policy_type: PolicyType) -> bool {
        let context = self.request.context();
        statement.resources.as_ref().is_none_or(|resources| {
            resources.match_arn(&self.resource, self.unspecific, context, policy_type)
        })
    }

    fn conditions(&self, statement: &Statement) -> bool {
        let context = self.request.context();
        let mut conditions = statement.conditions.iter();
        conditions.all(|condition| condition.is_met(context))
    }

    /// How a statement names the caller.
    pub(super) fn naming(&self, statement: &Statement, policy_type: PolicyType) -> Option<Naming> {
        if !policy_type.names_principals() {
            return Some(Naming::Direct);
        }
        let Some(principals) = &statement.principals else {
            // Policies of organizations may leave it out; others are refused
            // without it.
            return (policy_type == PolicyType::ResourceControl).then_some(Naming::Direct);
        };
        let caller = self.request.principal();
        let context = self.request.context();
        if !principals.negated {
            let values = principals.values.iter();
            return values
                .filter_map(|pattern| pattern.value.naming(caller, context))
                .max();
        }
        let excepted = match statement.effect.value {
            // A deny that excepts somebody does not except whoever has a boundary.
            Effect::Deny => {
                let bound = self.boundary && caller.account().is_some();
                !bound && is_excepted(principals, caller, self)
            }
            Effect::Allow => {
                let mut values = principals.values.iter();
                values.any(|pattern| pattern.value.naming(caller, context).is_some())
            }
        };
        (!excepted).then_some(Naming::Direct)
    }
}

/// Whether `NotPrincipal` names the caller and all that the caller belongs to:
/// AWS looks at the account first, then the role, then the session.
fn is_excepted(principals: &Principals, caller: &Principal, subject: &Subject<'_>) -> bool {
    let context = subject.request.context();
    let mut namings = [false; 3];
    for pattern in &principals.values {
        match (&pattern.value, pattern.value.naming(caller, context)) {
            (_, None) => {}
            (PrincipalPattern::Everyone, _) => return true,
            (PrincipalPattern::Account(_), Some(_)) => namings[0] = true,
            (_, Some(Naming::Parent)) => namings[1] = true,
            (_, Some(_)) => namings[2] = true,
        }
    }
    let [account, parent, own] = namings;
    match caller.kind() {
        PrincipalKind::Root => account,
        PrincipalKind::User | PrincipalKind::FederatedUser => account && own,
        PrincipalKind::Role => account && parent,
        PrincipalKind::AssumedRole => account && parent && own,
        _ => own,
    }
}

/// What the policies of one type say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    pub(super) allowed: Option<Naming>,
    pub(super) denied: bool,
}

/// What some policies say, without the statements.
pub(super) fn scan(
    policy_type: PolicyType,
    policies: &[NamedPolicy],
    request: &Request,
    all: &PolicySet,
) -> Said {
    let subject = Subject::new(request, all);
    super::tally::said(policy_type, None, policies, &subject, &mut ())
}
