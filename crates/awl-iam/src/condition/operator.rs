//! The operators of conditions.

use std::cmp::Ordering;

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Text.
    String,
    /// Numbers.
    Numeric,
    /// Points in time.
    Date,
    /// `true` and `false`.
    Bool,
    /// Bytes in base64.
    Binary,
    /// Addresses and networks.
    IpAddress,
    /// ARNs, part by part.
    Arn,
    /// Whether the key is there.
    Null,
}

/// How numbers and dates are compared: the request's value to the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Less.
    Less,
    /// Less or equal.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrEqual,
}

impl Comparison {
    pub(super) const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// How many of a key's values must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    /// Every one; also when there is none.
    ForAllValues,
    /// At least one.
    ForAnyValue,
}

/// An operator with all that stands before and after its name.
///
/// ```
/// use awl_iam::{Family, Operator, SetOperator};
/// let operator = Operator::parse("ForAnyValue:StringNotLikeIfExists").unwrap();
/// assert_eq!(operator.family, Family::String);
/// assert_eq!(operator.set, Some(SetOperator::ForAnyValue));
/// assert!(operator.negated && operator.if_exists);
/// assert!(Operator::parse("NullIfExists").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// What it compares.
    pub family: Family,
    /// `ForAllValues:` or `ForAnyValue:`.
    pub set: Option<SetOperator>,
    /// Whether it passes when the key is missing, `…IfExists`.
    pub if_exists: bool,
    /// Whether none of the policy's values may match.
    pub negated: bool,
    /// How numbers and dates are compared.
    pub comparison: Comparison,
    /// Whether upper and lower case are the same.
    pub ignores_case: bool,
    /// Whether `*` and `?` are wildcards.
    pub wildcards: bool,
}

/// A name, its family, and what else it says.
type Row = (&'static str, Family, Flag);

#[derive(Clone, Copy)]
enum Flag {
    Plain,
    Not,
    AnyCase,
    NotAnyCase,
    Like,
    NotLike,
    Compare(Comparison),
}

/// All operators, as the documentation spells them.
const OPERATORS: &[Row] = &[
    ("StringEquals", Family::String, Flag::Plain),
    ("StringNotEquals", Family::String, Flag::Not),
    ("StringEqualsIgnoreCase", Family::String, Flag::AnyCase),
    (
        "StringNotEqualsIgnoreCase",
        Family::String,
        Flag::NotAnyCase,
    ),
    ("StringLike", Family::String, Flag::Like),
    ("StringNotLike", Family::String, Flag::NotLike),
    ("NumericEquals", Family::Numeric, Flag::Plain),
    ("NumericNotEquals", Family::Numeric, Flag::Not),
    (
        "NumericLessThan",
        Family::Numeric,
        Flag::Compare(Comparison::Less),
    ),
    (
        "NumericLessThanEquals",
        Family::Numeric,
        Flag::Compare(Comparison::LessOrEqual),
    ),
    (
        "NumericGreaterThan",
        Family::Numeric,
        Flag::Compare(Comparison::Greater),
    ),
    (
        "NumericGreaterThanEquals",
        Family::Numeric,
        Flag::Compare(Comparison::GreaterOrEqual),
    ),
    ("DateEquals", Family::Date, Flag::Plain),
    ("DateNotEquals", Family::Date, Flag::Not),
    (
        "DateLessThan",
        Family::Date,
        Flag::Compare(Comparison::Less),
    ),
    (
        "DateLessThanEquals",
        Family::Date,
        Flag::Compare(Comparison::LessOrEqual),
    ),
    (
        "DateGreaterThan",
        Family::Date,
        Flag::Compare(Comparison::Greater),
    ),
    (
        "DateGreaterThanEquals",
        Family::Date,
        Flag::Compare(Comparison::GreaterOrEqual),
    ),
    ("Bool", Family::Bool, Flag::Plain),
    ("BinaryEquals", Family::Binary, Flag::Plain),
    ("IpAddress", Family::IpAddress, Flag::Plain),
    ("NotIpAddress", Family::IpAddress, Flag::Not),
    ("ArnEquals", Family::Arn, Flag::Like),
    ("ArnNotEquals", Family::Arn, Flag::NotLike),
    ("ArnLike", Family::Arn, Flag::Like),
    ("ArnNotLike", Family::Arn, Flag::NotLike),
    ("Null", Family::Null, Flag::Plain),
];

impl Operator {
    /// Reads an operator's name. Letters of any case are accepted.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (set, name) = match text.split_once(':') {
            Some((set, name)) if set.eq_ignore_ascii_case("ForAllValues") => {
                (Some(SetOperator::ForAllValues), name)
            }
            Some((set, name)) if set.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(SetOperator::ForAnyValue), name)
            }
            Some(_) => return None,
            None => (None, text),
        };
        let short = name.len().checked_sub("IfExists".len());
        let suffix = short.and_then(|short| name.get(short..));
        let if_exists = suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("IfExists"));
        let base = match short {
            Some(short) if if_exists => name.get(..short)?,
            _ => name,
        };
        let row = OPERATORS
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(base))?;
        let (_, family, flag) = *row;
        if family == Family::Null && if_exists {
            return None;
        }
        Some(Self {
            family,
            set,
            if_exists,
            negated: matches!(flag, Flag::Not | Flag::NotAnyCase | Flag::NotLike),
            comparison: match flag {
                Flag::Compare(comparison) => comparison,
                _ => Comparison::Equal,
            },
            ignores_case: matches!(flag, Flag::AnyCase | Flag::NotAnyCase),
            wildcards: matches!(flag, Flag::Like | Flag::NotLike),
        })
    }

    /// All names without prefixes and suffixes, as the documentation spells
    /// them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        OPERATORS.iter().map(|(name, ..)| *name)
    }

    /// What comes of a condition whose key is missing or has no values.
    pub(super) const fn without_value(self) -> bool {
        match self.set {
            _ if self.if_exists => true,
            Some(SetOperator::ForAllValues) => true,
            Some(SetOperator::ForAnyValue) => false,
            None => self.negated,
        }
    }
}
