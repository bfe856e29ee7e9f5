//! Why a request was refused: the statements that nearly matched, and what each
//! lacked. Worked out only when it is asked for.

use super::matching::Subject;
use super::{Decision, Evaluation, Role};
use crate::condition::ConditionOutcome;
use crate::policy::{Effect, NamedPolicy, PolicyType, Statement};

/// What an evaluation says beside its decision.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The statements of types that decided which would have changed that, and lack
    /// one thing, or conditions only; those that lack least come first.
    pub near_misses: Vec<NearMiss<'a>>,
    /// The keys that conditions and variables of statements for this action ask
    /// for and the context lacks, as they are written, each once.
    pub missing_keys: Vec<String>,
}

/// A statement that nearly matched.
#[derive(Clone, Debug)]
pub struct NearMiss<'a> {
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
    /// What did not match.
    pub failures: Vec<Failure>,
}

/// What of a statement did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The element `Principal` or `NotPrincipal`.
    Principal {
        /// Who calls.
        actual: String,
        /// Whom the statement names.
        expected: Vec<String>,
    },
    /// The element `Action` or `NotAction`.
    Action {
        /// What is asked for.
        actual: String,
        /// What the statement is about.
        expected: Vec<String>,
    },
    /// The element `Resource` or `NotResource`.
    Resource {
        /// What it is asked for on.
        actual: String,
        /// What the statement is about.
        expected: Vec<String>,
        /// The keys of variables that have no value.
        unresolved: Vec<String>,
    },
    /// A condition.
    Condition {
        /// Which of the statement's conditions, from 0.
        index: usize,
        /// The operator as it is written.
        operator: String,
        /// The key as it is written.
        key: String,
        /// What was compared.
        outcome: ConditionOutcome,
    },
}

impl<'a> Evaluation<'a> {
    /// Looks for the statements that nearly matched. Of a refusal those are
    /// allows, of what is allowed the denies that it just escaped.
    #[must_use]
    pub fn explain(&self) -> Explanation<'a> {
        let subject = Subject::new(self.request, self.policies);
        let wanted = match self.decision {
            Decision::Allowed => Effect::Deny,
            Decision::ExplicitDeny | Decision::ImplicitDeny => Effect::Allow,
        };
        let mut near_misses: Vec<NearMiss<'a>> = Vec::new();
        let mut missing_keys: Vec<String> = Vec::new();
        for (policy_type, level, policy) in self.policies.all() {
            let policy_type = match policy_type {
                PolicyType::Resource if self.request.assumes_role() => PolicyType::RoleTrust,
                other => other,
            };
            for (index, statement) in policy.policy.statements.iter().enumerate() {
                if subject.action(statement) {
                    self.add_missing(statement, &mut missing_keys);
                }
                if statement.effect.value != wanted || !self.matters(wanted, policy_type, level) {
                    continue;
                }
                let failures = failures(&subject, statement, policy_type);
                let conditions = failures
                    .iter()
                    .all(|failure| matches!(failure, Failure::Condition { .. }));
                if failures.len() == 1 || (conditions && !failures.is_empty()) {
                    near_misses.push(NearMiss {
                        policy_type,
                        level,
                        policy,
                        index,
                        statement,
                        failures,
                    });
                }
            }
        }
        // What lacks the action is about something else, most of the time.
        near_misses.sort_by_key(|miss| {
            let action = matches!(miss.failures.first(), Some(Failure::Action { .. }));
            (action, miss.failures.len())
        });
        Explanation {
            near_misses,
            missing_keys,
        }
    }

    /// Whether a statement more of this type would have made a difference: an
    /// allow does where the type has none.
    fn matters(&self, wanted: Effect, policy_type: PolicyType, level: Option<usize>) -> bool {
        let mut parts = self.parts.iter();
        let part = parts.find(|part| part.policy_type == policy_type && part.level == level);
        part.is_some_and(|part| match wanted {
            _ if part.role == Role::Unbound => false,
            Effect::Deny => true,
            Effect::Allow => {
                policy_type != PolicyType::ResourceControl && part.decision != Decision::Allowed
            }
        })
    }

    fn add_missing(&self, statement: &Statement, missing: &mut Vec<String>) {
        let context = self.request.context();
        let mut add = |key: &str| {
            if !missing.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                missing.push(key.to_owned());
            }
        };
        if let Some(resources) = &statement.resources {
            resources.unresolved(context).for_each(&mut add);
        }
        for condition in &statement.conditions {
            let outcome = condition.examine(context);
            if context.get(&condition.key.value).is_none() {
                add(&condition.key.value);
            }
            for key in &outcome.unresolved {
                add(key);
            }
        }
    }
}

fn failures(subject: &Subject<'_>, statement: &Statement, policy_type: PolicyType) -> Vec<Failure> {
    let request = subject.request;
    let context = request.context();
    let mut failures = Vec::new();
    if !subject.action(statement) {
        failures.push(Failure::Action {
            actual: request.action().to_owned(),
            expected: texts(&statement.actions.values),
        });
    }
    if subject.naming(statement, policy_type).is_none() {
        let principals = statement.principals.as_ref();
        let values = principals.map_or(&[][..], |principals| &principals.values);
        failures.push(Failure::Principal {
            actual: request.principal().arn().to_owned(),
            expected: values.iter().map(|own| own.value.to_string()).collect(),
        });
    }
    if !subject.resource(statement, policy_type)
        && let Some(resources) = &statement.resources
    {
        let mut unresolved: Vec<String> = Vec::new();
        for key in resources.unresolved(context) {
            if !unresolved.iter().any(|known| known == key) {
                unresolved.push(key.to_owned());
            }
        }
        failures.push(Failure::Resource {
            actual: request.resource().to_owned(),
            expected: texts(&resources.values),
            unresolved,
        });
    }
    for (index, condition) in statement.conditions.iter().enumerate() {
        let outcome = condition.examine(context);
        if !outcome.met {
            failures.push(Failure::Condition {
                index,
                operator: condition.written.clone(),
                key: condition.key.value.clone(),
                outcome,
            });
        }
    }
    failures
}

fn texts(values: &[crate::position::Located<String>]) -> Vec<String> {
    values.iter().map(|value| value.value.clone()).collect()
}
