//! The policy simulator of IAM: what `SimulateCustomPolicy` and
//! `SimulatePrincipalPolicy` are asked and answer, in the terms of their models.

use awl_value::Value;

mod answer;
mod custom;

pub use answer::{EvaluationResult, PolicyStatement, ResourceSpecificResult, SimulationResponse};
pub use custom::{ContextEntry, SimulateCustomPolicy};

use crate::arn::{Arn, is_account};
use crate::context::Context;
use crate::evaluate::{Decision, PolicySet, evaluate};
use crate::policy::Policy;
use crate::principal::Principal;
use crate::request::Request;

/// A simulation, ready to run: actions, each on all of the resources.
///
/// ```
/// use awl_iam::simulate::Simulation;
/// use awl_iam::{Decision, NamedPolicy, Policy, PolicySet};
/// let policy = Policy::parse(
///     r#"{"Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}"#).unwrap();
/// let simulation = Simulation {
///     actions: vec!["s3:GetObject".to_owned(), "s3:PutObject".to_owned()],
///     policies: PolicySet {
///         identity: vec![NamedPolicy::new("PolicyInputList.1", policy)],
///         ..PolicySet::default()
///     },
///     ..Simulation::default()
/// };
/// let response = simulation.run(None, 100).unwrap();
/// assert_eq!(response.evaluation_results[0].decision, Decision::Allowed);
/// assert_eq!(response.evaluation_results[1].decision, Decision::ImplicitDeny);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Simulation {
    /// Who asks; where nobody is named, a user of the account that owns the
    /// resource.
    pub caller: Option<Principal>,
    /// The actions.
    pub actions: Vec<String>,
    /// The ARNs; none means `*`.
    pub resources: Vec<String>,
    /// The account that owns the resources.
    pub resource_owner: Option<String>,
    /// The context of every request.
    pub context: Context,
    /// The policies.
    pub policies: PolicySet,
    /// Whether the caller's account is a member of an organization, so that the
    /// answer says what the organization allows.
    pub in_organization: bool,
}

/// Why a simulation cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SimulationError {
    /// The error's code: `InvalidInput`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl SimulationError {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            code: "InvalidInput",
            message: message.into(),
        }
    }
}

impl Simulation {
    /// Runs the simulation: one result for each action, from the one that
    /// `marker` names on, `max_items` of them at most.
    ///
    /// # Errors
    /// Where the marker is none that an earlier answer gave.
    pub fn run(
        &self,
        marker: Option<&str>,
        max_items: usize,
    ) -> Result<SimulationResponse, SimulationError> {
        let first = match marker {
            None => 0,
            Some(marker) => custom::read_marker(marker)
                .filter(|first| *first < self.actions.len())
                .ok_or_else(|| SimulationError::invalid(format!("Invalid Marker: {marker}")))?,
        };
        let actions = self.actions.get(first..).unwrap_or_default();
        let results = actions.iter().take(max_items);
        let next = first.saturating_add(max_items);
        Ok(SimulationResponse {
            evaluation_results: results.map(|action| self.action(action)).collect(),
            marker: (next < self.actions.len()).then(|| custom::write_marker(next)),
        })
    }

    fn action(&self, action: &str) -> EvaluationResult {
        if self.resources.is_empty() || self.resources == ["*"] {
            return self.resource(action, "*").into_result(action);
        }
        let results = self.resources.iter();
        let results: Vec<ResourceSpecificResult> = results
            .map(|resource| self.resource(action, resource))
            .collect();
        EvaluationResult::of_resources(action, results)
    }

    fn resource(&self, action: &str, resource: &str) -> ResourceSpecificResult {
        let mut request = Request::new(self.caller(resource), action, resource)
            .with_context(self.context.clone());
        if let Some(account) = &self.resource_owner {
            request = request.with_resource_account(account);
        }
        let evaluation = evaluate(&request, &self.policies);
        let missing = missing_keys(&self.policies, &self.context);
        ResourceSpecificResult::new(&evaluation, missing, self.in_organization)
    }

    fn caller(&self, resource: &str) -> Principal {
        if let Some(caller) = &self.caller {
            return caller.clone();
        }
        let in_arn = Arn::parse(resource).map(|arn| arn.account);
        let account = self.resource_owner.as_deref().or(in_arn);
        let account = account.filter(|account| is_account(account));
        let account = account.unwrap_or("123456789012");
        Principal::parse(&format!("arn:aws:iam::{account}:user/simulated"))
            .unwrap_or_else(|_| Principal::anonymous())
    }
}

/// The keys that any of the policies asks for and the context does not have, as
/// they are written, each once.
fn missing_keys(policies: &PolicySet, context: &Context) -> Vec<String> {
    let mut missing: Vec<String> = Vec::new();
    for (.., policy) in policies.all() {
        for key in policy.policy.context_keys() {
            let known = missing.iter().any(|known| known.eq_ignore_ascii_case(&key));
            if !known && context.get(&key).is_none() {
                missing.push(key);
            }
        }
    }
    missing
}

/// The keys that policies ask for, as `GetContextKeysForCustomPolicy` and
/// `GetContextKeysForPrincipalPolicy` name them: those of conditions and of
/// variables, in reading order, each once.
///
/// ```
/// use awl_iam::{Policy, simulate::context_keys};
/// let policy = Policy::parse(r#"{"Version": "2012-10-17", "Statement": {
///     "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*",
///     "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}}}"#).unwrap();
/// assert_eq!(context_keys([&policy]), ["aws:username", "aws:CurrentTime"]);
/// ```
#[must_use]
pub fn context_keys<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for policy in policies {
        for key in policy.context_keys() {
            if !keys.iter().any(|known| known.eq_ignore_ascii_case(&key)) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The decision on several resources together: what is worst of them.
fn together(decisions: impl Iterator<Item = Decision>) -> Decision {
    let worse = |one: Decision, other: Decision| match (one, other) {
        (Decision::ExplicitDeny, _) | (_, Decision::ExplicitDeny) => Decision::ExplicitDeny,
        (Decision::ImplicitDeny, _) | (_, Decision::ImplicitDeny) => Decision::ImplicitDeny,
        _ => Decision::Allowed,
    };
    decisions.fold(Decision::Allowed, worse)
}

fn texts(values: &[String]) -> Value {
    Value::List(
        values
            .iter()
            .map(|text| Value::from(text.as_str()))
            .collect(),
    )
}
