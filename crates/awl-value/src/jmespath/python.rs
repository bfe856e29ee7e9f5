//! What Python itself does to a value where the reference leaves it to Python:
//! `str` and `repr`, `==`, `int` and `float` of text, `sorted`.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::item::{Elements, Entries, Item, View};
use super::number::{self, Number};
use crate::python::{quote, repr};
use crate::{Value, python_float};

/// The most digits that Python turns into an integer.
pub(super) const MAX_DIGITS: usize = 4300;

/// Where the decimal digits of each script begin, beyond ASCII.
const ZEROS: [u32; 65] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// A Python type, as far as values have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    None,
    Bool,
    Int,
    Float,
    Str,
    Bytes,
    List,
    Dict,
    Expression,
}

impl Type {
    pub(super) fn of(item: &Item<'_>) -> Self {
        match item.view() {
            View::Null => Self::None,
            View::Bool(_) => Self::Bool,
            View::Number(Number::Float(_)) => Self::Float,
            View::Number(_) => Self::Int,
            View::Text(_) => Self::Str,
            View::Bytes(_) => Self::Bytes,
            View::List(_) => Self::List,
            View::Map(_) => Self::Dict,
            View::Expression(_) => Self::Expression,
        }
    }

    /// Python's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::None => "NoneType",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::Bytes => "bytes",
            Self::List => "list",
            Self::Dict => "dict",
            Self::Expression => "_Expression",
        }
    }

    /// JMESPath's name.
    pub(super) const fn jmespath_name(self) -> &'static str {
        match self {
            Self::None => "null",
            Self::Bool => "boolean",
            Self::Int | Self::Float => "number",
            Self::Str => "string",
            Self::Bytes => "unknown",
            Self::List => "array",
            Self::Dict => "object",
            Self::Expression => "expref",
        }
    }
}

/// `str(item)`.
pub(super) fn text(item: &Item<'_>) -> String {
    if let View::Text(text) = item.view() {
        return text.into_owned();
    }
    let mut out = String::new();
    write_representation(item, &mut out);
    out
}

/// Appends `repr(item)`.
fn write_representation(item: &Item<'_>, out: &mut String) {
    match item.view() {
        View::Null => out.push_str("None"),
        View::Bool(true) => out.push_str("True"),
        View::Bool(false) => out.push_str("False"),
        View::Number(number) => write_number(number, out),
        View::Text(text) => out.push_str(&quote(&text)),
        View::Bytes(bytes) => out.push_str(&repr(&Value::Blob(bytes.to_vec()))),
        View::List(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_representation(&element, out);
            }
            out.push(']');
        }
        View::Map(entries) => {
            out.push('{');
            for (index, (key, item)) in entries.to_vec().iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&quote(key));
                out.push_str(": ");
                write_representation(item, out);
            }
            out.push('}');
        }
        // Python adds the address, which means nothing.
        View::Expression(_) => out.push_str("<jmespath.visitor._Expression object>"),
    }
}

fn write_number(number: Number<'_>, out: &mut String) {
    match number {
        Number::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Number::Big(digits) => out.push_str(digits),
        Number::Float(number) => out.push_str(&python_float(number)),
    }
}

/// `left == right`, by which `True` is 1.
pub(super) fn equal(left: &Item<'_>, right: &Item<'_>) -> bool {
    match (left.view(), right.view()) {
        (View::Null, View::Null) => true,
        (View::Text(left), View::Text(right)) => left == right,
        (View::Bytes(left), View::Bytes(right)) => left == right,
        (View::List(left), View::List(right)) => equal_lists(left, right),
        (View::Map(left), View::Map(right)) => equal_maps(left, right),
        (View::Expression(left), View::Expression(right)) => std::ptr::eq(left, right),
        (left, right) => match (as_number(&left), as_number(&right)) {
            (Some(left), Some(right)) => left.compare(right) == Some(Ordering::Equal),
            _ => false,
        },
    }
}

/// `left is right or left == right`, as containers compare: a NaN equals itself.
pub(super) fn same(left: &Item<'_>, right: &Item<'_>) -> bool {
    let identical = match (left, right) {
        (Item::Value(left), Item::Value(right)) => std::ptr::eq(*left, *right),
        (Item::Owned(left), Item::Owned(right)) => std::rc::Rc::ptr_eq(left, right),
        _ => false,
    };
    identical || equal(left, right)
}

fn as_number<'l>(view: &View<'l, '_>) -> Option<Number<'l>> {
    match view {
        View::Number(number) => Some(*number),
        View::Bool(flag) => Some(Number::Int(i64::from(*flag))),
        _ => None,
    }
}

fn equal_lists(left: Elements<'_, '_>, right: Elements<'_, '_>) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right.iter())
            .all(|(left, right)| same(&left, &right))
}

fn equal_maps(left: Entries<'_, '_>, right: Entries<'_, '_>) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let right_entries = right.to_vec();
    // The usual case, equal order, is linear.
    left.to_vec()
        .iter()
        .zip(&right_entries)
        .all(|((key, item), (other_key, other))| {
            if key == other_key {
                same(item, other)
            } else {
                right.get(key).is_some_and(|other| same(item, &other))
            }
        })
}

/// The order of two numbers or two texts; none of others.
pub(super) fn compare(left: &Item<'_>, right: &Item<'_>) -> Option<Ordering> {
    match (left.view(), right.view()) {
        (View::Text(left), View::Text(right)) => Some(left.cmp(&right)),
        (View::Number(left), View::Number(right)) => left.compare(right),
        _ => None,
    }
}

/// `sorted`: stable, by keys that are all numbers or all text.
pub(super) fn sort<'a>(mut keyed: Vec<(Item<'a>, Item<'a>)>) -> Vec<Item<'a>> {
    let is_nan = |key: &Item<'_>| matches!(key.view(), View::Number(number) if number.is_nan());
    if keyed.iter().any(|(key, _)| is_nan(key)) {
        insertion_sort(&mut keyed);
    } else {
        keyed.sort_by(|(left, _), (right, _)| compare(left, right).unwrap_or(Ordering::Equal));
    }
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// The sort of up to 63 items, step by step as before Python 3.13: with a NaN,
/// what comes out depends on which items are compared.
fn insertion_sort(keyed: &mut [(Item<'_>, Item<'_>)]) {
    let descending = keyed.len() > 1 && is_less(&keyed[1], &keyed[0]);
    let sorted = 1 + keyed
        .windows(2)
        .take_while(|pair| is_less(&pair[1], &pair[0]) == descending)
        .count();
    if descending {
        keyed[..sorted].reverse();
    }
    for next in sorted..keyed.len() {
        let (mut low, mut high) = (0, next);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_less(&keyed[next], &keyed[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        keyed[low..=next].rotate_right(1);
    }
}

fn is_less<'a>(left: &(Item<'a>, Item<'a>), right: &(Item<'a>, Item<'a>)) -> bool {
    compare(&left.0, &right.0) == Some(Ordering::Less)
}

/// The integer of an optional minus and digits.
pub(super) fn integer(text: &str) -> Value {
    let (minus, digits) = text
        .strip_prefix('-')
        .map_or(("", text), |digits| ("-", digits));
    match digits.trim_start_matches('0') {
        "" => Value::Int(0),
        digits => number::integer(format!("{minus}{digits}")),
    }
}

/// `int(text)`, else `float(text)`, else nothing.
pub(super) fn to_number(text: &str) -> Option<Value> {
    let plain: String = text.chars().map(to_ascii).collect();
    let plain = plain.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let plain = without_underscores(plain)?;
    let (minus, unsigned) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, &*plain),
    };
    let is_integer = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if is_integer && unsigned.len() <= MAX_DIGITS {
        let sign = if minus { "-" } else { "" };
        return Some(integer(&format!("{sign}{unsigned}")));
    }
    // Beyond these letters, Rust reads the doubles that Python reads.
    let is_word = ["inf", "infinity", "nan"]
        .iter()
        .any(|word| unsigned.eq_ignore_ascii_case(word));
    let is_decimal = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let number: f64 = (is_word || is_decimal)
        .then(|| unsigned.parse().ok())
        .flatten()?;
    Some(Value::Float(if minus { -number } else { number }))
}

/// A digit or space of any script as that of ASCII.
fn to_ascii(character: char) -> char {
    if character < '\u{7f}' {
        return character;
    }
    if character.is_whitespace() {
        return ' ';
    }
    let code = character as u32;
    let script = ZEROS.partition_point(|zero| *zero <= code);
    let digit = script.checked_sub(1).map(|script| code - ZEROS[script]);
    digit
        .filter(|digit| *digit < 10)
        .and_then(|digit| char::from_digit(digit, 10))
        .unwrap_or('?')
}

/// The text without underscores, each of which must stand between digits.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit_at = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let misplaced = bytes.iter().enumerate().any(|(at, byte)| {
        *byte == b'_' && !(at.checked_sub(1).is_some_and(digit_at) && digit_at(at + 1))
    });
    (!misplaced).then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_a_number_as_int_and_float_have_it() {
        let int = |number| Some(Value::Int(number));
        let float = |number| Some(Value::Float(number));
        for (text, expected) in [
            ("12", int(12)),
            (" 5\u{b}", int(5)),
            ("+007", int(7)),
            ("-0", int(0)),
            ("1_0", int(10)),
            ("１２", int(12)),
            ("\u{2000}٣", int(3)),
            ("1.5_0", float(1.5)),
            ("1e1_0", float(1e10)),
            ("5.", float(5.0)),
            (".5", float(0.5)),
            ("-Infinity", float(f64::NEG_INFINITY)),
            ("1e400", float(f64::INFINITY)),
            ("\u{1c}5", None),
            ("1__0", None),
            ("_1", None),
            ("1_.5", None),
            ("--5", None),
            ("+-5", None),
            (".", None),
            ("1e", None),
            ("", None),
            ("-", None),
            ("0x10", None),
            ("infinit", None),
        ] {
            assert_eq!(to_number(text), expected, "{text:?}");
        }
        let digits = "9".repeat(30);
        assert_eq!(to_number(&digits), Some(Value::BigInt(digits.into())));
        assert_eq!(to_number(&"9".repeat(MAX_DIGITS + 1)), float(f64::INFINITY));
    }
}
