//! Condition keys that do not exist, that the actions do not fill, and operators
//! of another type than the key's.

use super::actions::{Known, KnownActions, nearest_name};
use super::facts::{self, KeyType, is_key};
use super::{Linter, is_limited_by};
use crate::condition::{Condition, Family, SetOperator};
use crate::policy::{Effect, Statement};

/// Judges the conditions of a statement.
pub(super) fn statement(linter: &mut Linter<'_>, statement: &Statement, known: &KnownActions) {
    for condition in &statement.conditions {
        let key = &condition.key.value;
        let Some((prefix, _)) = key.split_once(':') else {
            continue;
        };
        let kind = if prefix.eq_ignore_ascii_case("aws") {
            let kind = facts::global(key).or_else(|| of_actions(key, known));
            if kind.is_none() {
                let near = nearest_name(key, facts::globals())
                    .map_or(String::new(), |near| format!("; did you mean \"{near}\"?"));
                let message = format!("there is no condition key {key:?}{near}");
                linter.error("unknown-condition-key", condition.key.span, message);
            }
            kind
        } else {
            of_service(linter, condition, prefix, known)
        };
        if let Some(kind) = kind {
            operator(linter, condition, kind);
        }
        for_all_values(linter, statement, condition);
    }
}

/// The type of a service's key. Keys of identity providers are told by names of
/// hosts, and not known.
fn of_service(
    linter: &mut Linter<'_>,
    condition: &Condition,
    prefix: &str,
    known: &KnownActions,
) -> Option<KeyType> {
    let key = &condition.key.value;
    let service = linter.facts.service(&prefix.to_ascii_lowercase());
    let mut own = service.iter().flat_map(|service| &service.keys);
    let own = own.find(|(name, _)| is_key(name, key));
    let kind = own.map(|(_, kind)| *kind);
    let kind = kind.or_else(|| of_actions(key, known));
    let Some(kind) = kind else {
        // Other services' keys of the prefix may be in nobody's list.
        if let Some(service) = service {
            let names = service.keys.iter().map(|(name, _)| name.as_str());
            let near = nearest_name(key, names)
                .map_or(String::new(), |near| format!("; did you mean \"{near}\"?"));
            let message = format!("{prefix} has no condition key {key:?}{near}");
            linter.error("unknown-condition-key", condition.key.span, message);
        }
        return None;
    };
    if known.is_whole && !known.values.is_empty() {
        let fills = |action: &Known| {
            let mut facts = action.facts();
            facts.any(|facts| facts.keys.iter().any(|name| is_key(name, key)))
        };
        if !known.values.iter().any(fills) {
            let message = format!("no action of the statement fills {key:?}");
            linter.warn("unsupported-condition-key", condition.key.span, message);
        }
    }
    Some(kind)
}

/// The type of a key that a service of the statement's actions lists.
fn of_actions(key: &str, known: &KnownActions) -> Option<KeyType> {
    let services = known.values.iter().map(|action| &action.service);
    let mut keys = services.flat_map(|service| &service.keys);
    keys.find(|(name, _)| is_key(name, key))
        .map(|(_, kind)| *kind)
}

/// Whether the operator fits what the key holds.
fn operator(linter: &mut Linter<'_>, condition: &Condition, kind: KeyType) {
    let operator = condition.operator.value;
    let key = &condition.key.value;
    let family = operator.family;
    if family == Family::Null {
        return;
    }
    let fits = match kind {
        // Text may be an ARN.
        KeyType::Text => matches!(family, Family::String | Family::Arn),
        KeyType::Arn => matches!(family, Family::Arn | Family::String),
        KeyType::Bool => matches!(family, Family::Bool | Family::String),
        KeyType::Number => family == Family::Numeric,
        // Seconds since 1970 are a number.
        KeyType::Date => matches!(family, Family::Date | Family::Numeric),
        KeyType::Address => family == Family::IpAddress,
        KeyType::Binary => family == Family::Binary,
        KeyType::Several => matches!(family, Family::String | Family::Arn | Family::Bool),
    };
    if !fits {
        let message = format!(
            "{key:?} holds {}, not what {} compares",
            kind.says(),
            condition.written
        );
        linter.warn("operator-type", condition.operator.span, message);
    }
    if kind == KeyType::Several && operator.set.is_none() {
        let message = format!("{key:?} holds several values");
        linter.warn("set-operator", condition.operator.span, message);
    }
}

/// `ForAllValues` that allows whoever does not send the key.
fn for_all_values(linter: &mut Linter<'_>, statement: &Statement, condition: &Condition) {
    let key = condition.key.value.as_str();
    let is_checked = statement.conditions.iter().any(|other| {
        other.operator.value.family == Family::Null && other.key.value.eq_ignore_ascii_case(key)
    });
    if statement.effect.value == Effect::Allow
        && condition.operator.value.set == Some(SetOperator::ForAllValues)
        && !is_checked
        && is_limited_by(statement, &[key])
    {
        let message = format!("a request without {key:?} is allowed too");
        linter.note("for-all-values-allow", condition.operator.span, message);
    }
}
