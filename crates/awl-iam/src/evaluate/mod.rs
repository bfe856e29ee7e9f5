//! The decision: which statements match, what each type of policy says, and
//! what comes of it together. First an explicit deny anywhere, then what the
//! organization and the network allow, then the resource's policy and the
//! caller's own.

mod explain;
mod matching;
mod tally;

pub use explain::{Explanation, Failure, NearMiss};

use crate::policy::{Effect, NamedPolicy, PolicyType, Statement};
use crate::position::Position;
use crate::principal::{Naming, PrincipalKind};
use crate::request::Request;
use tally::{Found, Tallies, tally};

/// All policies that bear on a request.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    /// The caller's own: the user's and its groups', or the role's.
    pub identity: Vec<NamedPolicy>,
    /// The resource's policy; of a role its trust policy.
    pub resource: Option<NamedPolicy>,
    /// The caller's permissions boundary.
    pub permissions_boundary: Option<NamedPolicy>,
    /// The service control policies of the caller's account: level by level, the
    /// root first. No level means that there are none; a level without policies
    /// allows nothing.
    pub scps: Vec<Vec<NamedPolicy>>,
    /// The resource control policies of the resource's account, level by level.
    /// They only ever deny.
    pub rcps: Vec<Vec<NamedPolicy>>,
    /// The policies that were given when the session was opened; together they
    /// are one set. None means that the session is not limited.
    pub session: Vec<NamedPolicy>,
    /// The policy of the VPC endpoint through which the request came: it must
    /// allow as well.
    pub vpc_endpoint: Option<NamedPolicy>,
}

impl PolicySet {
    /// All policies with their types, and their levels within the organization.
    pub fn all(&self) -> impl Iterator<Item = (PolicyType, Option<usize>, &NamedPolicy)> {
        let plain = |policy_type| move |policy| (policy_type, None, policy);
        fn leveled(
            policy_type: PolicyType,
            levels: &[Vec<NamedPolicy>],
        ) -> impl Iterator<Item = (PolicyType, Option<usize>, &NamedPolicy)> {
            let levels = levels.iter().enumerate();
            levels.flat_map(move |(level, policies)| {
                let policies = policies.iter();
                policies.map(move |policy| (policy_type, Some(level), policy))
            })
        }
        let identity = self.identity.iter().map(plain(PolicyType::Identity));
        let resource = self.resource.iter().map(plain(PolicyType::Resource));
        let boundary = self.permissions_boundary.iter();
        let boundary = boundary.map(plain(PolicyType::PermissionsBoundary));
        let session = self.session.iter().map(plain(PolicyType::Session));
        leveled(PolicyType::ResourceControl, &self.rcps)
            .chain(leveled(PolicyType::ServiceControl, &self.scps))
            .chain(self.vpc_endpoint.iter().map(plain(PolicyType::VpcEndpoint)))
            .chain(resource)
            .chain(identity)
            .chain(boundary)
            .chain(session)
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing denies it, and what would have to allow it does not.
    ImplicitDeny,
}

impl Decision {
    /// The word that IAM has for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
        }
    }
}

impl std::fmt::Display for Decision {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What one type of policy has to do with the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The type.
    pub policy_type: PolicyType,
    /// The level within the organization, from 0 for the root.
    pub level: Option<usize>,
    /// What its policies say.
    pub decision: Decision,
    /// What that means for the request.
    pub role: Role,
}

/// What a type of policy means for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The request needed its allow, and had it or not.
    Needed,
    /// It could have allowed by itself, and did.
    Granted,
    /// Its allow made no difference; it could have denied.
    Unneeded,
    /// It does not bind this caller or resource.
    Unbound,
}

/// A statement that matched.
#[derive(Clone, Copy, Debug)]
pub struct MatchedStatement<'a> {
    /// The type of its policy.
    pub policy_type: PolicyType,
    /// The level within the organization, from 0 for the root.
    pub level: Option<usize>,
    /// Its policy.
    pub policy: &'a NamedPolicy,
    /// Which of the policy's statements it is, from 0.
    pub index: usize,
    /// The statement.
    pub statement: &'a Statement,
    /// How it names the caller, of policies that name principals.
    pub naming: Option<Naming>,
}

impl MatchedStatement<'_> {
    /// Where IAM's simulator says that the statement begins: behind the token
    /// before it.
    #[must_use]
    pub const fn start(&self) -> Position {
        self.statement.simulated_start
    }

    /// Where the statement ends: behind its brace.
    #[must_use]
    pub const fn end(&self) -> Position {
        self.statement.span.end
    }
}

/// A decision and how it came about.
#[derive(Clone, Debug)]
pub struct Evaluation<'a> {
    /// The decision.
    pub decision: Decision,
    /// What each type of policy that was given has to do with it.
    pub parts: Vec<Part>,
    /// The statements that decided: the denies of an explicit deny, the allows of
    /// an allow. Of an implicit deny there are none.
    pub matched: Vec<MatchedStatement<'a>>,
    /// The statements that allow without it being enough.
    pub insufficient: Vec<MatchedStatement<'a>>,
    request: &'a Request,
    policies: &'a PolicySet,
    missing: Option<PolicyType>,
}

/// Decides on a request. It says the same as [`evaluate`] without saying why,
/// and allocates nothing.
///
/// ```
/// use awl_iam::{Decision, NamedPolicy, Policy, PolicySet, Principal, Request, decide};
/// let policy = Policy::parse(r#"{"Version": "2012-10-17", "Statement": {
///     "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"}}"#).unwrap();
/// let policies = PolicySet {
///     identity: vec![NamedPolicy::new("reports", policy)],
///     ..PolicySet::default()
/// };
/// let ana = Principal::parse("arn:aws:iam::111122223333:user/ana").unwrap();
/// let request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::reports/2026.csv");
/// assert_eq!(decide(&request, &policies), Decision::Allowed);
/// ```
#[must_use]
pub fn decide(request: &Request, policies: &PolicySet) -> Decision {
    let tallies = tally(request, policies, &mut ());
    conclude(request, policies, &tallies).decision
}

/// Decides on a request and says what each policy had to do with it.
///
/// ```
/// use awl_iam::{Decision, NamedPolicy, Policy, PolicySet, PolicyType, Principal, Request, evaluate};
/// let parse = |text| Policy::parse(text).unwrap();
/// let policies = PolicySet {
///     identity: vec![NamedPolicy::new("all", parse(
///         r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#))],
///     permissions_boundary: Some(NamedPolicy::new("most", parse(
///         r#"{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#))),
///     ..PolicySet::default()
/// };
/// let ana = Principal::parse("arn:aws:iam::111122223333:user/ana").unwrap();
/// let request = Request::new(ana, "iam:CreateUser", "arn:aws:iam::111122223333:user/bob");
/// let evaluation = evaluate(&request, &policies);
/// assert_eq!(evaluation.decision, Decision::ImplicitDeny);
/// assert_eq!(evaluation.missing_allow(), Some(PolicyType::PermissionsBoundary));
/// let explanation = evaluation.explain();
/// assert_eq!(explanation.near_misses[0].policy.id, "most");
/// ```
#[must_use]
pub fn evaluate<'a>(request: &'a Request, policies: &'a PolicySet) -> Evaluation<'a> {
    let mut found: Vec<MatchedStatement<'a>> = Vec::new();
    let tallies = tally(request, policies, &mut found);
    let verdict = conclude(request, policies, &tallies);
    let wanted = match verdict.decision {
        Decision::ExplicitDeny => Effect::Deny,
        _ => Effect::Allow,
    };
    found.retain(|statement| {
        statement.statement.effect.value == wanted && verdict.uses(statement, &tallies)
    });
    let (matched, insufficient) = match verdict.decision {
        Decision::ImplicitDeny => (Vec::new(), found),
        _ => (found, Vec::new()),
    };
    Evaluation {
        decision: verdict.decision,
        parts: parts(request, policies, &tallies, &verdict),
        matched,
        insufficient,
        request,
        policies,
        missing: verdict.missing,
    }
}

impl<'a> Evaluation<'a> {
    /// The request.
    #[must_use]
    pub const fn request(&self) -> &'a Request {
        self.request
    }

    /// The policies.
    #[must_use]
    pub const fn policies(&self) -> &'a PolicySet {
        self.policies
    }

    /// The type of policy whose allow was missing, of an implicit deny. Where
    /// several are, it is the first in the order in which AWS looks.
    #[must_use]
    pub const fn missing_allow(&self) -> Option<PolicyType> {
        self.missing
    }
}

/// The decision, and which allows it rests on.
#[derive(Clone, Copy, Debug)]
struct Verdict {
    decision: Decision,
    missing: Option<PolicyType>,
    /// Whether the resource's policy granted by itself: the caller, or its role.
    grant: Option<Naming>,
    /// Whether the caller's own policies allowed.
    own: bool,
    /// Whether the resource's policy was needed beside the caller's own.
    resource: bool,
}

impl Verdict {
    fn uses(&self, statement: &MatchedStatement<'_>, tallies: &Tallies) -> bool {
        if self.decision != Decision::Allowed {
            return match statement.policy_type {
                PolicyType::ServiceControl => tallies.scps_bind,
                // What they allow never counts, here and below.
                PolicyType::ResourceControl => self.decision == Decision::ExplicitDeny,
                _ => true,
            };
        }
        match statement.policy_type {
            PolicyType::Identity => self.own,
            PolicyType::PermissionsBoundary | PolicyType::Session => {
                self.own || self.grant == Some(Naming::Parent)
            }
            PolicyType::Resource | PolicyType::RoleTrust => match self.grant {
                Some(grant) => statement.naming.is_some_and(|naming| naming >= grant),
                None => self.resource,
            },
            PolicyType::ServiceControl => tallies.scps_bind,
            PolicyType::VpcEndpoint => true,
            PolicyType::ResourceControl => false,
        }
    }
}

/// Puts together what the types of policies say.
fn conclude(request: &Request, policies: &PolicySet, tallies: &Tallies) -> Verdict {
    let principal = request.principal();
    let verdict = |decision, missing| Verdict {
        decision,
        missing,
        grant: None,
        own: false,
        resource: false,
    };
    // Nobody can be kept from asking who they are.
    if request.lower_action() == "sts:getcalleridentity"
        && principal.kind() != PrincipalKind::Anonymous
    {
        return verdict(Decision::Allowed, None);
    }
    if tallies.denied {
        return verdict(Decision::ExplicitDeny, None);
    }
    if tallies.scps_bind && !tallies.scps_allow {
        return verdict(Decision::ImplicitDeny, Some(PolicyType::ServiceControl));
    }
    if policies.vpc_endpoint.is_some() && !tallies.endpoint {
        return verdict(Decision::ImplicitDeny, Some(PolicyType::VpcEndpoint));
    }
    let resource_type = tallies.resource_type;
    let missing = |missing| verdict(Decision::ImplicitDeny, Some(missing));
    let allowed = |grant, own, resource| Verdict {
        decision: Decision::Allowed,
        missing: None,
        grant,
        own,
        resource,
    };
    let Some(caller) = principal.account() else {
        return match tallies.resource {
            Some(Naming::Direct) => allowed(Some(Naming::Direct), false, false),
            _ => missing(resource_type),
        };
    };
    let boundary = policies.permissions_boundary.is_none() || tallies.boundary;
    let session = policies.session.is_empty() || tallies.session;
    let root = principal.kind() == PrincipalKind::Root;
    // In the order in which AWS looks.
    let own = if root {
        None
    } else if !tallies.identity {
        Some(PolicyType::Identity)
    } else if !boundary {
        Some(PolicyType::PermissionsBoundary)
    } else if !session {
        Some(PolicyType::Session)
    } else {
        None
    };
    let cross_account = request
        .resource_account()
        .is_some_and(|owner| owner != caller);
    if cross_account {
        return match (tallies.resource, own) {
            (_, Some(own)) => missing(own),
            (None, None) => missing(resource_type),
            (Some(_), None) => allowed(None, !root, true),
        };
    }
    // The caller's own policies may allow as well.
    let also = own.is_none() && !root;
    match tallies.resource {
        Some(Naming::Direct) => return allowed(Some(Naming::Direct), also, false),
        Some(Naming::Parent) if boundary && session => {
            return allowed(Some(Naming::Parent), also, false);
        }
        _ => {}
    }
    // Trust policies and the policies of keys are the only way in.
    let required = request.assumes_role() || request.uses_key();
    if required && tallies.resource.is_none() {
        return missing(resource_type);
    }
    match own {
        Some(own) => missing(own),
        None => allowed(None, !root, required),
    }
}

fn parts(
    request: &Request,
    policies: &PolicySet,
    tallies: &Tallies,
    verdict: &Verdict,
) -> Vec<Part> {
    let mut parts = Vec::new();
    let said = |denied: bool, allowed: bool| match (denied, allowed) {
        (true, _) => Decision::ExplicitDeny,
        (false, true) => Decision::Allowed,
        (false, false) => Decision::ImplicitDeny,
    };
    let mut add = |policy_type, level, decision, role| {
        parts.push(Part {
            policy_type,
            level,
            decision,
            role,
        });
    };
    let principal = request.principal();
    let levels = |policy_type, levels: &[Vec<NamedPolicy>]| {
        let mut decisions = Vec::with_capacity(levels.len());
        for level in levels {
            let found = matching::scan(policy_type, level, request, policies);
            decisions.push(said(found.denied, found.allowed.is_some()));
        }
        decisions
    };
    for (level, decision) in levels(PolicyType::ResourceControl, &policies.rcps)
        .into_iter()
        .enumerate()
    {
        // They need not allow.
        let decision = match decision {
            Decision::ExplicitDeny => decision,
            _ => Decision::Allowed,
        };
        let role = if tallies.rcps_bind {
            Role::Unneeded
        } else {
            Role::Unbound
        };
        add(PolicyType::ResourceControl, Some(level), decision, role);
    }
    for (level, decision) in levels(PolicyType::ServiceControl, &policies.scps)
        .into_iter()
        .enumerate()
    {
        let role = if tallies.scps_bind {
            Role::Needed
        } else {
            Role::Unbound
        };
        add(PolicyType::ServiceControl, Some(level), decision, role);
    }
    if policies.vpc_endpoint.is_some() {
        let decision = said(tallies.endpoint_denied, tallies.endpoint);
        add(PolicyType::VpcEndpoint, None, decision, Role::Needed);
    }
    let cross = request.is_cross_account();
    let outside = principal.account().is_none();
    let required = cross || outside || request.assumes_role() || request.uses_key();
    if policies.resource.is_some() || required {
        let role = match verdict.grant {
            Some(_) => Role::Granted,
            None if required => Role::Needed,
            None => Role::Unneeded,
        };
        let decision = said(tallies.resource_denied, tallies.resource.is_some());
        add(tallies.resource_type, None, decision, role);
    }
    let own = if principal.kind() == PrincipalKind::Root || outside {
        Role::Unbound
    } else if verdict.grant == Some(Naming::Direct) {
        Role::Unneeded
    } else {
        Role::Needed
    };
    let identity = match (own, verdict.grant) {
        (Role::Needed, Some(_)) => Role::Unneeded,
        (own, _) => own,
    };
    let decision = said(tallies.identity_denied, tallies.identity);
    add(PolicyType::Identity, None, decision, identity);
    if policies.permissions_boundary.is_some() {
        let decision = said(tallies.boundary_denied, tallies.boundary);
        add(PolicyType::PermissionsBoundary, None, decision, own);
    }
    if !policies.session.is_empty() {
        let decision = said(tallies.session_denied, tallies.session);
        add(PolicyType::Session, None, decision, own);
    }
    parts
}

impl<'a> Found<'a> for Vec<MatchedStatement<'a>> {
    const ALL: bool = true;

    fn add(&mut self, statement: MatchedStatement<'a>) {
        self.push(statement);
    }
}
