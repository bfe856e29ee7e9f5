//! A decision and why it came about, in sentences.

use crate::evaluate::{Decision, Evaluation, Failure, MatchedStatement, NearMiss};
use crate::policy::{NamedPolicy, PolicyType, Statement};

/// So many near misses are told.
const MOST: usize = 3;

/// Why it is decided so, a sentence a line.
#[must_use]
pub fn about(evaluation: &Evaluation<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for matched in &evaluation.matched {
        let verb = match evaluation.decision {
            Decision::ExplicitDeny => "denied",
            _ => "allowed",
        };
        lines.push(format!("{verb} by {}", of_matched(matched)));
    }
    let explanation = match evaluation.decision {
        Decision::Allowed => {
            if evaluation.matched.is_empty() {
                lines.push("allowed without any policy".to_owned());
            }
            return lines;
        }
        Decision::ExplicitDeny => return lines,
        Decision::ImplicitDeny => {
            let explanation = evaluation.explain();
            if let Some(missing) = evaluation.missing_allow() {
                lines.push(format!("no {} allows it", named(evaluation, missing)));
            }
            for matched in &evaluation.insufficient {
                lines.push(format!("not enough: allowed by {}", of_matched(matched)));
            }
            // What lacks the action is about something else.
            let is_near = |miss: &&NearMiss<'_>| {
                evaluation.missing_allow() == Some(miss.policy_type)
                    && !matches!(miss.failures[..], [Failure::Action { .. }])
            };
            let misses = explanation.near_misses.iter().filter(is_near);
            for miss in misses.take(MOST) {
                let place = place(miss.policy, miss.index, miss.statement);
                lines.push(format!("nearly: {place}"));
                lines.extend(
                    miss.failures
                        .iter()
                        .map(|found| format!("  {}", failure(miss, found))),
                );
            }
            explanation
        }
    };
    if !explanation.missing_keys.is_empty() {
        lines.push(format!(
            "the context lacks {}",
            explanation.missing_keys.join(", ")
        ));
    }
    lines
}

/// The type of the policy that should allow and does not, with its level.
fn named(evaluation: &Evaluation<'_>, missing: PolicyType) -> String {
    let level = evaluation
        .parts
        .iter()
        .filter(|part| part.policy_type == missing && part.decision != Decision::Allowed)
        .find_map(|part| part.level);
    match level {
        Some(level) => format!("{} of level {}", missing.as_str(), level + 1),
        None => missing.as_str().to_owned(),
    }
}

fn of_matched(matched: &MatchedStatement<'_>) -> String {
    let place = place(matched.policy, matched.index, matched.statement);
    format!("{place} ({})", matched.policy_type.as_str())
}

/// Where a statement stands: its policy, line, column, and what it is called.
#[must_use]
pub fn place(policy: &NamedPolicy, index: usize, statement: &Statement) -> String {
    let name = match &statement.sid {
        Some(sid) => format!("statement \"{}\"", sid.value),
        None => format!("statement {}", index + 1),
    };
    format!("{}:{}, {name}", policy.id, statement.span.start)
}

/// The name of an element, `Principal`, `Action` or `Resource`, as the statement
/// has it.
#[must_use]
pub fn element(miss: &NearMiss<'_>, name: &'static str) -> &'static str {
    let statement = miss.statement;
    match name {
        "Principal" if statement.principals.as_ref().is_some_and(|own| own.negated) => {
            "NotPrincipal"
        }
        "Action" if statement.actions.negated => "NotAction",
        "Resource" if statement.resources.as_ref().is_some_and(|own| own.negated) => "NotResource",
        name => name,
    }
}

/// What of a statement does not match.
fn failure(miss: &NearMiss<'_>, failure: &Failure) -> String {
    let plain = |name: &'static str, expected: &[String], actual: &str| {
        let element = element(miss, name);
        format!("{element} is {}, the request's is {actual}", list(expected))
    };
    match failure {
        Failure::Principal { actual, expected } => plain("Principal", expected, actual),
        Failure::Action { actual, expected } => plain("Action", expected, actual),
        Failure::Resource {
            actual,
            expected,
            unresolved,
        } => {
            let mut text = plain("Resource", expected, actual);
            if !unresolved.is_empty() {
                text.push_str(&format!("; the context lacks {}", unresolved.join(", ")));
            }
            text
        }
        Failure::Condition {
            operator,
            key,
            outcome,
            ..
        } => {
            let expected: Vec<String> = outcome
                .expected
                .iter()
                .map(|value| {
                    value
                        .clone()
                        .unwrap_or_else(|| "(a variable without value)".to_owned())
                })
                .collect();
            let actual = if outcome.missing {
                "the request has no such key".to_owned()
            } else {
                format!("the request's is {}", list(&outcome.actual))
            };
            let mut text = format!("{operator} {key} {}: {actual}", list(&expected));
            if let Some(note) = outcome.note {
                text.push_str(&format!(" ({note})"));
            }
            text
        }
    }
}

/// Values for a sentence.
fn list(values: &[String]) -> String {
    match values {
        [] => "nothing".to_owned(),
        [value] => value.clone(),
        values => format!("[{}]", values.join(", ")),
    }
}
