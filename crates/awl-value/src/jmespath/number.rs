//! Python's numbers: integers of any size, doubles, and both together without
//! loss.

use std::cmp::Ordering;

use super::error::JmespathError;
use crate::Value;

/// 2 to the power of 63: the first double beyond the 64-bit integers.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// A number of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number<'l> {
    Int(i64),
    /// Canonical digits beyond 64 bits.
    Big(&'l str),
    Float(f64),
}

impl Number<'_> {
    /// The order of two numbers, exact; none with a NaN.
    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => Some(left.cmp(&right)),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(&right),
            (Self::Int(left), Self::Float(right)) => compare_int_float(left, right),
            (Self::Float(left), Self::Int(right)) => {
                compare_int_float(right, left).map(Ordering::reverse)
            }
            (Self::Big(left), Self::Big(right)) => Some(compare_digits(left, right)),
            (Self::Big(left), Self::Int(_)) => Some(sign(left)),
            (Self::Int(_), Self::Big(right)) => Some(sign(right).reverse()),
            (Self::Big(left), Self::Float(right)) => compare_big_float(left, right),
            (Self::Float(left), Self::Big(right)) => {
                compare_big_float(right, left).map(Ordering::reverse)
            }
        }
    }

    pub(super) const fn is_nan(self) -> bool {
        matches!(self, Self::Float(number) if number.is_nan())
    }

    /// Python's `float()`.
    pub(super) fn to_float(self) -> Result<f64, JmespathError> {
        match self {
            Self::Int(number) => Ok(number as f64),
            Self::Float(number) => Ok(number),
            Self::Big(digits) => float_of(digits)
                .ok_or_else(|| JmespathError::invalid_value("int too large to convert to float")),
        }
    }

    pub(super) fn absolute(self) -> Value {
        match self {
            Self::Int(number) => number
                .checked_abs()
                .map_or_else(|| integer(number.unsigned_abs().to_string()), Value::Int),
            Self::Big(digits) => integer(digits.trim_start_matches('-').to_owned()),
            Self::Float(number) => Value::Float(number.abs()),
        }
    }

    /// Python's `math.ceil` and `math.floor`: an integer from `round`.
    pub(super) fn rounded(self, round: fn(f64) -> f64) -> Result<Value, JmespathError> {
        match self {
            Self::Int(number) => Ok(Value::Int(number)),
            Self::Big(digits) => Ok(Value::BigInt(digits.into())),
            Self::Float(number) if number.is_nan() => Err(JmespathError::invalid_value(
                "cannot convert float NaN to integer",
            )),
            Self::Float(number) if number.is_infinite() => Err(JmespathError::invalid_value(
                "cannot convert float infinity to integer",
            )),
            Self::Float(number) => {
                let number = round(number);
                Ok(if (-TWO_63..TWO_63).contains(&number) {
                    Value::Int(number as i64)
                } else {
                    integer(format!("{number:.0}"))
                })
            }
        }
    }
}

/// An integer from its canonical digits.
pub(super) fn integer(digits: String) -> Value {
    digits
        .parse()
        .map_or_else(|_| Value::BigInt(digits.into_boxed_str()), Value::Int)
}

/// Python's `sum`: exact while there are integers only, then with Neumaier's
/// correction, as Python has it since 3.12.
pub(super) struct Sum {
    total: Total,
    /// What doubles have lost so far.
    lost: f64,
    /// Python stops correcting once an integer leaves 64 bits.
    corrects: bool,
}

enum Total {
    Int(i128),
    /// Canonical digits beyond 128 bits.
    Big(String),
    Float(f64),
}

impl Sum {
    pub(super) const fn new() -> Self {
        Self {
            total: Total::Int(0),
            lost: 0.0,
            corrects: true,
        }
    }

    pub(super) fn add(&mut self, number: Number<'_>) -> Result<(), JmespathError> {
        self.total = match (&self.total, number) {
            (Total::Float(sum), Number::Float(number)) if self.corrects => {
                let total = sum + number;
                self.lost += if sum.abs() >= number.abs() {
                    (sum - total) + number
                } else {
                    (number - total) + sum
                };
                Total::Float(total)
            }
            (Total::Float(sum), Number::Big(_)) if self.corrects => {
                let sum = corrected(*sum, self.lost);
                (self.lost, self.corrects) = (0.0, false);
                Total::Float(sum + number.to_float()?)
            }
            (Total::Float(sum), _) => Total::Float(sum + number.to_float()?),
            (total, Number::Float(number)) => Total::Float(total.to_float()? + number),
            (Total::Int(sum), Number::Int(number)) => match sum.checked_add(number.into()) {
                Some(sum) => Total::Int(sum),
                None => Total::Big(add_digits(&sum.to_string(), &number.to_string())),
            },
            (Total::Int(sum), Number::Big(digits)) => {
                let added = digits.parse().ok().and_then(|n| sum.checked_add(n));
                match added {
                    Some(sum) => Total::Int(sum),
                    None => Total::Big(add_digits(&sum.to_string(), digits)),
                }
            }
            (Total::Big(sum), Number::Int(number)) => {
                Total::Big(add_digits(sum, &number.to_string()))
            }
            (Total::Big(sum), Number::Big(digits)) => Total::Big(add_digits(sum, digits)),
        };
        self.corrects &= match &self.total {
            Total::Int(sum) => i64::try_from(*sum).is_ok() && !matches!(number, Number::Big(_)),
            Total::Big(_) => false,
            Total::Float(_) => true,
        };
        Ok(())
    }

    pub(super) fn into_value(self) -> Value {
        match self.total {
            Total::Int(sum) => {
                i64::try_from(sum).map_or_else(|_| integer(sum.to_string()), Value::Int)
            }
            Total::Big(digits) => integer(digits),
            Total::Float(sum) => Value::Float(corrected(sum, self.lost)),
        }
    }

    /// Python's `/` by a count that is not 0: the double nearest to the quotient.
    pub(super) fn divided_by(self, count: usize) -> Result<f64, JmespathError> {
        let digits = match self.total {
            Total::Float(sum) => return Ok(corrected(sum, self.lost) / count as f64),
            Total::Int(sum) if sum.unsigned_abs() < 1 << 53 => {
                return Ok(sum as f64 / count as f64);
            }
            Total::Int(sum) => sum.to_string(),
            Total::Big(digits) => digits,
        };
        let (minus, digits) = unsigned(&digits);
        let mut quotient = String::from(if minus { "-" } else { "" });
        let mut rest = 0;
        // A double, and the middle between two, that is at least 2^53 / count
        // has fewer than 128 decimal places: with those digits and a last one
        // for whatever rests, the text rounds as the quotient does.
        let places = std::iter::repeat_n(b'0', 128);
        for (at, digit) in digits.bytes().chain(places).enumerate() {
            if at == digits.len() {
                quotient.push('.');
            }
            rest = rest * 10 + u128::from(digit - b'0');
            quotient.push((b'0' + (rest / count as u128) as u8) as char);
            rest %= count as u128;
        }
        if rest > 0 {
            quotient.push('1');
        }
        float_of(&quotient).ok_or_else(|| {
            JmespathError::invalid_value("integer division result too large for a float")
        })
    }
}

impl Total {
    fn to_float(&self) -> Result<f64, JmespathError> {
        match self {
            Self::Int(sum) => Ok(*sum as f64),
            Self::Big(digits) => Number::Big(digits).to_float(),
            Self::Float(sum) => Ok(*sum),
        }
    }
}

/// The sum with what was lost; an infinite one has lost nothing that counts.
const fn corrected(sum: f64, correction: f64) -> f64 {
    if correction != 0.0 && correction.is_finite() {
        sum + correction
    } else {
        sum
    }
}

fn float_of(digits: &str) -> Option<f64> {
    digits
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

fn compare_int_float(left: i64, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        return None;
    }
    if right >= TWO_63 {
        return Some(Ordering::Less);
    }
    if right < -TWO_63 {
        return Some(Ordering::Greater);
    }
    let whole = right.trunc();
    match left.cmp(&(whole as i64)) {
        Ordering::Equal => whole.partial_cmp(&right),
        order => Some(order),
    }
}

fn compare_big_float(left: &str, right: f64) -> Option<Ordering> {
    if right.is_nan() {
        None
    } else if right.is_infinite() {
        Some(if right > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        })
    } else if right.abs() < TWO_63 {
        Some(sign(left))
    } else {
        // A double of this size is whole.
        Some(compare_digits(left, &format!("{right:.0}")))
    }
}

/// How a number beyond 64 bits stands to those within.
fn sign(digits: &str) -> Ordering {
    if digits.starts_with('-') {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

fn unsigned(digits: &str) -> (bool, &str) {
    digits
        .strip_prefix('-')
        .map_or((false, digits), |rest| (true, rest))
}

fn compare_digits(left: &str, right: &str) -> Ordering {
    match (unsigned(left), unsigned(right)) {
        ((false, left), (false, right)) => compare_unsigned(left, right),
        ((true, left), (true, right)) => compare_unsigned(right, left),
        ((minus, _), _) if minus => Ordering::Less,
        _ => Ordering::Greater,
    }
}

fn compare_unsigned(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// The sum of two integers as digits.
fn add_digits(left: &str, right: &str) -> String {
    let ((left_minus, left), (right_minus, right)) = (unsigned(left), unsigned(right));
    let left_is_larger = compare_unsigned(left, right) == Ordering::Greater;
    let (minus, larger, smaller) = if left_is_larger {
        (left_minus, left, right)
    } else {
        (right_minus, right, left)
    };
    let subtracts = left_minus != right_minus;
    let mut digits = Vec::with_capacity(larger.len() + 2);
    let mut carry = 0;
    let mut smaller = smaller.bytes().rev().map(|digit| (digit - b'0') as i8);
    for digit in larger.bytes().rev() {
        let other = smaller.next().unwrap_or(0);
        let other = if subtracts { -other } else { other };
        let sum = (digit - b'0') as i8 + other + carry;
        carry = sum.div_euclid(10);
        digits.push(b'0' + sum.rem_euclid(10) as u8);
    }
    if carry > 0 {
        digits.push(b'1');
    }
    while digits.len() > 1 && digits.last() == Some(&b'0') {
        digits.pop();
    }
    if minus && digits != b"0" {
        digits.push(b'-');
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(*digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_kinds_are_compared_exactly() {
        use Number::{Big, Float, Int};
        let ascending = [
            Float(f64::NEG_INFINITY),
            Big("-9223372036854775809"),
            Int(i64::MIN),
            Float(-1.5),
            Int(-1),
            Float(-0.5),
            Int(0),
            Float(5e-324),
            Int(9_007_199_254_740_991),
            Float(9_007_199_254_740_992.0),
            Int(9_007_199_254_740_993),
            Int(i64::MAX),
            Float(TWO_63),
            Big("9223372036854775809"),
            Big("18446744073709551616000"),
            Float(1e300),
            Float(f64::INFINITY),
        ];
        for (at, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                let expected = at.cmp(&other);
                assert_eq!(left.compare(*right), Some(expected), "{left:?} {right:?}");
            }
            assert_eq!(left.compare(Float(f64::NAN)), None);
        }
        assert_eq!(Int(0).compare(Float(-0.0)), Some(Ordering::Equal));
    }

    #[test]
    fn digits_add_up() {
        for (left, right, sum) in [
            ("999", "1", "1000"),
            ("1", "-1", "0"),
            ("-1000", "1", "-999"),
            ("5", "-17", "-12"),
            ("-5", "-17", "-22"),
            ("100000000000000000000", "-99999999999999999999", "1"),
        ] {
            assert_eq!(add_digits(left, right), sum);
            assert_eq!(add_digits(right, left), sum);
        }
    }

    #[test]
    fn doubles_add_up_as_in_python_3_12() {
        let sum = |numbers: &[f64]| {
            let mut sum = Sum::new();
            for number in numbers {
                sum.add(Number::Float(*number)).unwrap();
            }
            sum.into_value()
        };
        assert_eq!(sum(&[0.1; 10]), Value::Float(1.0));
        assert_eq!(sum(&[1e300, 1.0, -1e300]), Value::Float(1.0));
        assert_eq!(sum(&[f64::MAX, f64::MAX]), Value::Float(f64::INFINITY));
    }

    #[test]
    fn a_mean_is_the_nearest_double() {
        let mean = |digits: &str, count| {
            let mut sum = Sum::new();
            sum.add(Number::Big(digits)).unwrap();
            sum.divided_by(count)
        };
        for (sum, count, expected) in [
            ("1152921504606846976", 3, 3.843_071_682_022_823e17),
            ("9223372036854775807", 7, 1_317_624_576_693_539_401.0),
            // Dividing the rounded sum would give ...49.0.
            ("18014398509481991", 5, 3_602_879_701_896_398.0),
            (
                "-1267650600228229401496703205376",
                1,
                -1.267_650_600_228_229_4e30,
            ),
        ] {
            assert_eq!(mean(sum, count), Ok(expected));
        }
        assert!(mean(&"9".repeat(400), 2).is_err());
    }
}
