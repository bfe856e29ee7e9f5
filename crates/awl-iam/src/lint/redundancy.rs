//! What another part of the policy says already.

use super::Linter;
use super::overlap::{Token, covers, pattern};
use crate::policy::{Policy, Statement};
use crate::position::Located;

/// Statements and values beyond this are not compared with one another.
const MANY: usize = 200;
/// Longer than any policy that AWS takes, in bytes.
const LONG: usize = 32_768;

pub(super) fn policy(linter: &mut Linter<'_>, policy: &Policy) {
    if policy.size() > LONG && policy.size_without_space() > LONG {
        return;
    }
    for statement in &policy.statements {
        let actions = lower(&statement.actions.values);
        repeated(
            linter,
            "redundant-action",
            &statement.actions.values,
            &actions,
        );
        if let Some(resources) = &statement.resources {
            let patterns = plain(&resources.values);
            repeated(linter, "redundant-resource", &resources.values, &patterns);
        }
    }
    let statements: Vec<Compared<'_>> = policy
        .statements
        .iter()
        .take(MANY)
        .map(Compared::new)
        .collect();
    for (index, narrow) in statements.iter().enumerate() {
        let wide = statements.iter().enumerate().find(|(place, wide)| {
            // Of two that say the same, the later one is too much.
            *place != index && wide.says(narrow) && (*place < index || !narrow.says(wide))
        });
        if let Some((_, wide)) = wide {
            let start = wide.statement.span.start;
            let message = format!("the statement at {start} says this already");
            linter.warn("redundant-statement", narrow.statement.span, message);
        }
    }
}

/// Values that another one of the list covers.
fn repeated(
    linter: &mut Linter<'_>,
    rule: &'static str,
    values: &[Located<String>],
    patterns: &[Vec<Token>],
) {
    if values.len() > MANY {
        return;
    }
    for (index, narrow) in patterns.iter().enumerate() {
        let wide = patterns.iter().enumerate().find(|(place, wide)| {
            *place != index && covers(wide, narrow) && (*place < index || !covers(narrow, wide))
        });
        if let (Some((place, _)), Some(value)) = (wide, values.get(index)) {
            let wide = values.get(place).map_or("", |wide| &wide.value);
            let message = format!("{:?} is in {wide:?}", value.value);
            linter.warn(rule, value.span, message);
        }
    }
}

/// A statement, ready to be compared.
struct Compared<'a> {
    statement: &'a Statement,
    actions: Vec<Vec<Token>>,
    resources: Vec<Vec<Token>>,
}

impl<'a> Compared<'a> {
    fn new(statement: &'a Statement) -> Self {
        let resources = statement.resources.as_ref();
        Self {
            statement,
            actions: lower(&statement.actions.values),
            resources: resources.map_or_else(Vec::new, |own| plain(&own.values)),
        }
    }

    /// Whether this says all that another statement says.
    fn says(&self, other: &Self) -> bool {
        let (own, theirs) = (self.statement, other.statement);
        let same_elements = own.effect.value == theirs.effect.value
            && own.actions.negated == theirs.actions.negated
            && own.resources.as_ref().map(|own| own.negated)
                == theirs.resources.as_ref().map(|theirs| theirs.negated);
        same_elements
            && same_principals(own, theirs)
            && limits_no_more(own, theirs)
            && within(&self.actions, &other.actions, own.actions.negated)
            && within(
                &self.resources,
                &other.resources,
                own.resources.as_ref().is_some_and(|own| own.negated),
            )
    }
}

/// Whether the wide list takes in the narrow one; of lists of exceptions it is
/// the other way round.
fn within(wide: &[Vec<Token>], narrow: &[Vec<Token>], negated: bool) -> bool {
    let (wide, narrow) = if negated {
        (narrow, wide)
    } else {
        (wide, narrow)
    };
    let covered = |narrow: &Vec<Token>| wide.iter().any(|wide| covers(wide, narrow));
    narrow.iter().all(covered)
}

fn same_principals(own: &Statement, theirs: &Statement) -> bool {
    match (&own.principals, &theirs.principals) {
        (None, None) => true,
        (Some(own), Some(theirs)) => {
            let names = |principal: &Located<_>| {
                theirs.values.iter().any(|other| {
                    let other: &Located<crate::principal::PrincipalPattern> = other;
                    other.value == principal.value
                })
            };
            own.negated == theirs.negated
                && own.values.len() == theirs.values.len()
                && own.values.iter().all(names)
        }
        _ => false,
    }
}

/// Whether every condition of the first is one of the second.
fn limits_no_more(own: &Statement, theirs: &Statement) -> bool {
    own.conditions.iter().all(|condition| {
        theirs.conditions.iter().any(|other| {
            let values = |condition: &crate::condition::Condition| -> Vec<String> {
                let values = condition.values.iter();
                values.map(|value| value.value.clone()).collect()
            };
            other.operator.value == condition.operator.value
                && other.key.value.eq_ignore_ascii_case(&condition.key.value)
                && values(other) == values(condition)
        })
    })
}

fn lower(values: &[Located<String>]) -> Vec<Vec<Token>> {
    let lower = |own: &Located<String>| pattern(&own.value.to_ascii_lowercase());
    values.iter().map(lower).collect()
}

/// Patterns in which variables stand for themselves.
fn plain(values: &[Located<String>]) -> Vec<Vec<Token>> {
    let token = |letter| match letter {
        '*' => Token::Any,
        '?' => Token::One,
        letter => Token::Is(letter),
    };
    let tokens = |own: &Located<String>| own.value.chars().map(token).collect();
    values.iter().map(tokens).collect()
}
