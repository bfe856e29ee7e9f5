//! A decision and its explanation as JSON.

use awl_iam::words::element;
use awl_iam::{Evaluation, Failure, NearMiss, Part, Role, batch};
use awl_value::{Map, Value};

/// A decision with all that explains it.
pub(in crate::commands::policy) fn result(evaluation: &Evaluation<'_>) -> Map {
    let explanation = evaluation.explain();
    let request = evaluation.request();
    let mut map = Map::new();
    map.push("decision", Value::from(evaluation.decision.as_str()));
    map.push("principal", Value::from(request.principal().arn()));
    map.push("action", Value::from(request.action()));
    map.push("resource", Value::from(request.resource()));
    if let Some(missing) = evaluation.missing_allow() {
        map.push("missingAllow", Value::from(missing.as_str()));
    }
    let matched = evaluation.matched.iter().map(batch::matched_statement);
    map.push("matchedStatements", matched.collect::<Vec<_>>().into());
    let insufficient = evaluation.insufficient.iter().map(batch::matched_statement);
    map.push(
        "insufficientStatements",
        insufficient.collect::<Vec<_>>().into(),
    );
    let parts: Vec<Value> = evaluation.parts.iter().map(part).collect();
    map.push("policyTypes", Value::List(parts));
    let misses: Vec<Value> = explanation.near_misses.iter().map(near_miss).collect();
    map.push("nearMisses", Value::List(misses));
    map.push("missingContextKeys", texts(&explanation.missing_keys));
    map
}

fn part(part: &Part) -> Value {
    let mut map = Map::new();
    map.push("policyType", Value::from(part.policy_type.as_str()));
    push_level(&mut map, part.level);
    map.push("decision", Value::from(part.decision.as_str()));
    let role = match part.role {
        Role::Needed => "needed",
        Role::Granted => "granted",
        Role::Unneeded => "unneeded",
        Role::Unbound => "unbound",
    };
    map.push("role", Value::from(role));
    Value::Map(map)
}

fn near_miss(miss: &NearMiss<'_>) -> Value {
    let mut map = Map::new();
    map.push("sourcePolicyId", Value::from(&*miss.policy.id));
    map.push("policyType", Value::from(miss.policy_type.as_str()));
    push_level(&mut map, miss.level);
    if let Some(sid) = &miss.statement.sid {
        map.push("statementId", Value::from(&*sid.value));
    }
    map.push("statementIndex", number(miss.index));
    map.push("effect", Value::from(miss.statement.effect.value.as_str()));
    let start = miss.statement.span.start;
    let mut position = Map::new();
    position.push("line", Value::Int(start.line.into()));
    position.push("column", Value::Int(start.column.into()));
    map.push("position", Value::Map(position));
    let failures = miss.failures.iter().map(|found| failure(miss, found));
    map.push("failures", failures.collect::<Vec<_>>().into());
    Value::Map(map)
}

fn failure(miss: &NearMiss<'_>, failure: &Failure) -> Value {
    let mut map = Map::new();
    let mut plain = |element: &str, expected: &[String], actual: &str| {
        map.push("element", Value::from(element));
        map.push("expected", texts(expected));
        map.push("actual", Value::List(vec![Value::from(actual)]));
    };
    match failure {
        Failure::Principal { actual, expected } => {
            plain(element(miss, "Principal"), expected, actual);
        }
        Failure::Action { actual, expected } => plain(element(miss, "Action"), expected, actual),
        Failure::Resource {
            actual,
            expected,
            unresolved,
        } => {
            plain(element(miss, "Resource"), expected, actual);
            if !unresolved.is_empty() {
                map.push("unresolvedVariables", texts(unresolved));
            }
        }
        Failure::Condition {
            operator,
            key,
            outcome,
            ..
        } => {
            map.push("element", Value::from("Condition"));
            map.push("operator", Value::from(&**operator));
            map.push("key", Value::from(&**key));
            let expected = outcome.expected.iter().map(|value| match value {
                Some(value) => Value::from(&**value),
                None => Value::Null,
            });
            map.push("expected", expected.collect::<Vec<_>>().into());
            map.push("actual", texts(&outcome.actual));
            map.push("missing", Value::Bool(outcome.missing));
            if !outcome.unresolved.is_empty() {
                map.push("unresolvedVariables", texts(&outcome.unresolved));
            }
            if let Some(note) = outcome.note {
                map.push("note", Value::from(note));
            }
        }
    }
    Value::Map(map)
}

fn push_level(map: &mut Map, level: Option<usize>) {
    if let Some(level) = level {
        map.push("level", number(level));
    }
}

fn number(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn texts(items: &[String]) -> Value {
    Value::List(items.iter().map(|item| Value::from(&**item)).collect())
}
