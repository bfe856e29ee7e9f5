//! Actions that do not exist.

use std::sync::Arc;

use super::overlap::{fits, pattern};
use super::{ActionFacts, Linter, ServiceFacts};
use crate::policy::Statement;
use crate::position::Span;

/// What a value of `Action` stands for, as far as the facts tell.
pub(super) struct Known {
    /// The value.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// The service, and which of its actions.
    pub service: Arc<ServiceFacts>,
    pub actions: Vec<usize>,
}

impl Known {
    /// The actions.
    pub(super) fn facts(&self) -> impl Iterator<Item = &ActionFacts> {
        let all = &self.service.actions;
        self.actions.iter().filter_map(|index| all.get(*index))
    }
}

/// The actions of a statement that are known.
pub(super) struct KnownActions {
    pub values: Vec<Known>,
    /// Whether these are all: no value stands for more than one service, or for
    /// nothing known, and the element is not `NotAction`.
    pub is_whole: bool,
}

/// Judges the actions of a statement.
pub(super) fn statement(linter: &mut Linter<'_>, statement: &Statement) -> KnownActions {
    let mut values = Vec::new();
    let mut is_whole = !statement.actions.negated;
    for action in &statement.actions.values {
        let Some((prefix, name)) = action.value.split_once(':') else {
            is_whole = false;
            continue;
        };
        if prefix.contains(['*', '?']) || prefix.is_empty() || name.is_empty() {
            is_whole = false;
            continue;
        }
        let Some(service) = linter.facts.service(&prefix.to_ascii_lowercase()) else {
            is_whole = false;
            if linter.facts.is_complete() {
                let message = format!("there is no service {prefix:?}");
                linter.error("unknown-service", action.span, message);
            }
            continue;
        };
        let wanted = pattern(name);
        let found = |index: &usize| fits(&wanted, &service.actions[*index].name);
        let actions: Vec<usize> = (0..service.actions.len()).filter(found).collect();
        if actions.is_empty() {
            is_whole = false;
            if name.contains(['*', '?']) {
                let message = format!("no action of {prefix} matches {:?}", action.value);
                linter.error("action-matches-nothing", action.span, message);
            } else {
                let near = nearest(name, &service).map_or(String::new(), |near| {
                    format!("; did you mean \"{prefix}:{near}\"?")
                });
                let message = format!("there is no action {:?}{near}", action.value);
                linter.error("unknown-action", action.span, message);
            }
            continue;
        }
        values.push(Known {
            text: action.value.clone(),
            span: action.span,
            service,
            actions,
        });
    }
    if statement.actions.negated {
        values.clear();
    }
    KnownActions { values, is_whole }
}

/// The action whose name differs least, if by little.
fn nearest<'a>(name: &str, service: &'a ServiceFacts) -> Option<&'a str> {
    let names = service.actions.iter().map(|action| action.name.as_str());
    nearest_name(name, names)
}

/// The name that differs least from another, if by little.
pub(super) fn nearest_name<'a>(
    name: &str,
    names: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let distances = names.map(|other| {
        let lower = other.to_ascii_lowercase();
        (distance(name.as_bytes(), lower.as_bytes()), other)
    });
    let (least, near) = distances.min()?;
    (least <= 2.max(name.len() / 4)).then_some(near)
}

/// How many letters have to be changed, added or taken away.
fn distance(left: &[u8], right: &[u8]) -> usize {
    // Names are short; a longer text is no misspelling.
    const LONGEST: usize = 128;
    if left.len().max(right.len()) > LONGEST {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (place, other) in right.iter().enumerate() {
            let above = row[place + 1];
            let changed = diagonal + usize::from(letter != other);
            row[place + 1] = changed.min(above + 1).min(row[place] + 1);
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}
