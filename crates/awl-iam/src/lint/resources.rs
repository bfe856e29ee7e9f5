//! Actions and resources that cannot meet.

use std::collections::BTreeMap;

use super::Linter;
use super::actions::{Known, KnownActions};
use super::overlap::{Token, format, have_common, pattern};
use crate::policy::Statement;

/// Judges the resources of a statement by its actions.
pub(super) fn statement(linter: &mut Linter<'_>, statement: &Statement, known: &KnownActions) {
    let Some(resources) = &statement.resources else {
        return;
    };
    if resources.negated || resources.values.is_empty() {
        return;
    }
    // What may be anything meets everything.
    if resources.values.iter().any(|own| is_anything(&own.value)) {
        return;
    }
    let arns: Vec<[Vec<Token>; 6]> = resources
        .values
        .iter()
        .filter_map(|own| parts(&own.value, pattern))
        .collect();
    if arns.len() != resources.values.len() {
        return;
    }
    let mut used = vec![false; arns.len()];
    // Many actions are on the same types of resources.
    let mut told: BTreeMap<&str, bool> = BTreeMap::new();
    for action in &known.values {
        let mut meets = false;
        for text in action.facts().flat_map(|facts| &facts.resources) {
            meets |= *told.entry(text).or_insert_with(|| {
                let Some(format) = parts(text, format) else {
                    return false;
                };
                let mut found = false;
                for (arn, used) in arns.iter().zip(&mut used) {
                    let is_met = meet(&format, arn);
                    *used |= is_met;
                    found |= is_met;
                }
                found
            });
        }
        if !meets {
            let message = mismatch(action);
            linter.error("resource-mismatch", action.span, message);
        }
    }
    if !known.is_whole || !used.contains(&true) {
        return;
    }
    for (index, own) in resources.values.iter().enumerate() {
        if !used[index] {
            let message = format!("no action of the statement can be on {:?}", own.value);
            linter.warn("resource-unused", own.span, message);
        }
    }
}

/// What an action that meets no resource could be on.
fn mismatch(action: &Known) -> String {
    let text = &action.text;
    let mut could: Vec<&str> = action
        .facts()
        .flat_map(|facts| facts.resources.iter().map(String::as_str))
        .collect();
    could.sort_unstable();
    could.dedup();
    if could.is_empty() {
        return format!("{text:?} can be on \"*\" alone");
    }
    const SHOWN: usize = 3;
    let more = if could.len() > SHOWN { ", …" } else { "" };
    could.truncate(SHOWN);
    format!(
        "{text:?} cannot be on any of the resources; it can be on {}{more}",
        could.join(", ")
    )
}

/// The six parts of an ARN.
fn parts(text: &str, read: fn(&str) -> Vec<Token>) -> Option<[Vec<Token>; 6]> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let parts: [&str; 6] = parts.try_into().ok()?;
    Some(parts.map(read))
}

fn meet(format: &[Vec<Token>; 6], arn: &[Vec<Token>; 6]) -> bool {
    let mut pairs = format.iter().zip(arn);
    pairs.all(|(format, arn)| have_common(format, arn))
}

/// Whether a resource is `*`, or an ARN whose kind nobody can tell.
fn is_anything(text: &str) -> bool {
    text == "*" || text.starts_with("${") || text.split(':').count() < 6
}
