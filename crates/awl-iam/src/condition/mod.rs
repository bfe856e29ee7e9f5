//! Conditions: operators, the values of each family, and whether a context
//! meets them.

mod date;
mod decimal;
mod network;
mod operator;

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

pub use operator::{Comparison, Family, Operator, SetOperator};

use crate::arn::{ArnPattern, MaybeArn};
use crate::context::{Context, ContextValue};
use crate::pattern::{Pattern, Special};
use crate::position::Located;
use date::Instant;
use decimal::Decimal;
use network::Network;

/// One key under one operator, with the values that it is compared with.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The operator, and where its name stands.
    pub operator: Located<Operator>,
    /// The operator's name as it was written.
    pub written: String,
    /// The key as it was written.
    pub key: Located<String>,
    /// The values as they were written; numbers and booleans as their text.
    pub values: Vec<Located<String>>,
    lower: String,
    compiled: Vec<Test>,
    /// Whether the values were a list.
    pub(crate) list: bool,
}

/// A value of a condition, ready to be compared with.
#[derive(Clone, Debug)]
enum Test {
    Text(Pattern),
    Decimal(Decimal),
    Date(Instant),
    Bool(Pattern),
    Binary(Vec<u8>),
    Network(Network),
    Arn(ArnPattern),
    Absent(bool),
    /// A value that is none of the operator's type matches nothing.
    Nothing,
}

/// What came of a condition, for those who explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionOutcome {
    /// Whether the condition holds.
    pub met: bool,
    /// Whether the key is missing in the context.
    pub missing: bool,
    /// What the context holds.
    pub actual: Vec<String>,
    /// The policy's values with their variables filled in, None where a
    /// variable has no value.
    pub expected: Vec<Option<String>>,
    /// The keys of variables that have no value.
    pub unresolved: Vec<String>,
    /// Why the condition failed where the values alone do not say it.
    pub note: Option<&'static str>,
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Condition {
    pub(crate) fn new(
        operator: Located<Operator>,
        written: String,
        key: Located<String>,
        values: Vec<Located<String>>,
        list: bool,
        variables: bool,
    ) -> Self {
        let compiled = values
            .iter()
            .map(|value| compile(operator.value, &value.value, variables))
            .collect();
        Self {
            lower: key.value.to_lowercase(),
            operator,
            written,
            key,
            values,
            compiled,
            list,
        }
    }

    /// Whether the value at `index` is of the operator's type.
    pub(crate) fn is_valid(&self, index: usize) -> bool {
        match self.compiled.get(index) {
            Some(Test::Nothing) => false,
            Some(Test::Bool(pattern)) => {
                pattern.as_text().is_none_or(|text| boolean(text).is_some())
            }
            _ => true,
        }
    }

    /// The keys of variables in the values, in reading order.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let patterns = self.compiled.iter().flat_map(|test| match test {
            Test::Text(pattern) | Test::Bool(pattern) => std::slice::from_ref(pattern),
            Test::Arn(arn) => arn.patterns(),
            _ => &[],
        });
        patterns
            .flat_map(Pattern::variables)
            .map(|variable| variable.name.trim())
    }

    /// Whether the context meets the condition.
    #[must_use]
    pub fn is_met(&self, context: &Context) -> bool {
        let operator = self.operator.value;
        let value = context.lower(&self.lower);
        let values = value.map_or(&[][..], ContextValue::values);
        if operator.family == Family::Null {
            let absent = is_null(values);
            return self.compiled.iter().any(|test| match test {
                Test::Absent(wanted) => *wanted == absent,
                _ => false,
            });
        }
        match (operator.set, value) {
            (_, None) => operator.without_value(),
            (Some(_), Some(_)) if values.is_empty() => operator.without_value(),
            (Some(SetOperator::ForAllValues), _) => {
                is_null(values) || values.iter().all(|value| self.passes(value, context))
            }
            (Some(SetOperator::ForAnyValue), _) => {
                values.iter().any(|value| self.passes(value, context))
            }
            (None, Some(ContextValue::One(value))) => self.passes(value, context),
            // A list needs one of the set operators, however long it is.
            (None, Some(ContextValue::Many(_))) => false,
        }
    }

    /// Whether one value of the context passes all values of the policy.
    fn passes(&self, value: &str, context: &Context) -> bool {
        let operator = self.operator.value;
        let any = match operator.family {
            Family::String => Some(self.any(|test| match test {
                Test::Text(pattern) if operator.ignores_case => {
                    pattern.equals_ignoring_case(value, context)
                }
                Test::Text(pattern) => pattern.matches(value, context),
                _ => false,
            })),
            Family::Numeric => Decimal::parse(value).map(|value| {
                self.any(|test| match test {
                    Test::Decimal(own) => operator.comparison.holds(value.cmp(own)),
                    _ => false,
                })
            }),
            Family::Date => Instant::parse(value).map(|value| {
                self.any(|test| match test {
                    Test::Date(own) => operator.comparison.holds(value.cmp(own)),
                    _ => false,
                })
            }),
            Family::Bool => boolean(value).map(|value| {
                let word = if value { "true" } else { "false" };
                self.any(|test| match test {
                    Test::Bool(pattern) => pattern.equals_ignoring_case(word, context),
                    _ => false,
                })
            }),
            Family::Binary => BASE64.decode(value).ok().map(|value| {
                self.any(|test| match test {
                    Test::Binary(own) => *own == value,
                    _ => false,
                })
            }),
            Family::IpAddress => network::address(value).map(|value| {
                self.any(|test| match test {
                    Test::Network(own) => own.contains(value),
                    _ => false,
                })
            }),
            Family::Arn => MaybeArn::new(value).is_arn().then(|| {
                let value = MaybeArn::new(value);
                self.any(|test| match test {
                    Test::Arn(own) => own.matches(&value, context),
                    _ => false,
                })
            }),
            Family::Null => None,
        };
        // A value that is not of the operator's type passes neither way.
        any.is_some_and(|any| any != operator.negated)
    }

    fn any(&self, matches: impl FnMut(&Test) -> bool) -> bool {
        self.compiled.iter().any(matches)
    }

    /// What comes of the condition, with all that was compared.
    #[must_use]
    pub fn examine(&self, context: &Context) -> ConditionOutcome {
        let operator = self.operator.value;
        let value = context.lower(&self.lower);
        let actual = value.map_or(&[][..], ContextValue::values);
        let met = self.is_met(context);
        let mut unresolved: Vec<String> = Vec::new();
        for name in self.unresolved(context) {
            if !unresolved
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
            {
                unresolved.push(name.to_owned());
            }
        }
        let expected = self.compiled.iter().zip(&self.values);
        let expected = expected.map(|(test, written)| match test {
            Test::Text(pattern) | Test::Bool(pattern) => pattern.filled(context),
            Test::Arn(arn) => {
                let parts = arn.patterns().iter().map(|part| part.filled(context));
                let parts: Option<Vec<String>> = parts.collect();
                match arn {
                    ArnPattern::Anything => Some("*".to_owned()),
                    _ => parts.map(|parts| parts.join(":")),
                }
            }
            _ => Some(written.value.clone()),
        });
        let note = if met {
            None
        } else if operator.set.is_none()
            && matches!(value, Some(ContextValue::Many(_)))
            && operator.family != Family::Null
        {
            Some("the key holds a list, which needs ForAnyValue or ForAllValues")
        } else if (0..self.values.len()).any(|index| !self.is_valid(index)) {
            Some("a value of the policy is not of the operator's type")
        } else {
            None
        };
        ConditionOutcome {
            met,
            missing: value.is_none(),
            actual: actual.to_vec(),
            expected: expected.collect(),
            unresolved,
            note,
        }
    }

    fn unresolved<'a>(&'a self, context: &'a Context) -> impl Iterator<Item = &'a str> {
        let patterns = self.compiled.iter().flat_map(|test| match test {
            Test::Text(pattern) | Test::Bool(pattern) => std::slice::from_ref(pattern),
            Test::Arn(arn) => arn.patterns(),
            _ => &[],
        });
        patterns.flat_map(|pattern| pattern.unresolved(context))
    }
}

/// No value, or a null data set: the documentation counts an empty string as one.
fn is_null(values: &[String]) -> bool {
    values.iter().all(String::is_empty)
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn compile(operator: Operator, text: &str, variables: bool) -> Test {
    let special = Special {
        wildcards: operator.wildcards,
        variables,
    };
    let test = match operator.family {
        Family::String => Some(Test::Text(Pattern::compile(text, special))),
        Family::Numeric => Decimal::parse(text).map(Test::Decimal),
        Family::Date => Instant::parse(text).map(Test::Date),
        Family::Bool => Some(Test::Bool(Pattern::compile(text, special))),
        Family::Binary => BASE64.decode(text).ok().map(Test::Binary),
        Family::IpAddress => Network::parse(text).map(Test::Network),
        Family::Arn => Some(Test::Arn(ArnPattern::condition(text, variables))),
        Family::Null => boolean(text).map(Test::Absent),
    };
    test.unwrap_or(Test::Nothing)
}
