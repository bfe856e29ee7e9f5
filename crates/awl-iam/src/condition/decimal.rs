//! Decimal numbers of any size, compared exactly.

use std::cmp::Ordering;

/// A number: its digits without zeros at either end, and where the point is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Empty for zero.
    digits: Box<[u8]>,
    /// The number is 0.DIGITS times ten to this.
    exponent: i64,
}

impl Decimal {
    /// Reads `[+-]digits[.digits]`; the integer part or the fraction may be absent,
    /// not both.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (integer, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut digits: Vec<u8> = integer.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut exponent = i64::try_from(integer.len()).ok()?;
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        exponent -= i64::try_from(zeros).ok()?;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            exponent = 0;
        }
        Some(Self {
            negative: negative && !digits.is_empty(),
            digits: digits.into(),
            exponent,
        })
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let signs = sign(self).cmp(&sign(other));
        if signs.is_ne() || self.digits.is_empty() {
            return signs;
        }
        let size = self.exponent.cmp(&other.exponent);
        let size = size.then_with(|| self.digits.cmp(&other.digits));
        if self.negative { size.reverse() } else { size }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        let ascending = [
            "-100000000000000000000",
            "-9007199254740993",
            "-9007199254740992",
            "-10.5",
            "-0.001",
            "0",
            "0.0009",
            ".001",
            "9.99",
            "10",
            "10.0000000000000000000000001",
            "11",
            "9007199254740992",
            "9007199254740993",
            "1000000000000000000000000000000",
        ];
        let numbers = ascending.map(|text| Decimal::parse(text).unwrap());
        for (left, text) in numbers.iter().zip(ascending).skip(1) {
            for (right, other) in numbers.iter().zip(ascending).skip(1) {
                let expected = text.parse::<f64>().unwrap();
                let expected = expected.partial_cmp(&other.parse::<f64>().unwrap());
                if expected.unwrap().is_ne() {
                    assert_eq!(left.partial_cmp(right), expected, "{text} {other}");
                }
            }
        }
        for pair in numbers.windows(2).skip(1) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
        for (left, right) in [
            ("10", "10.0"),
            ("-0", "0"),
            ("100.00", "+100"),
            ("007", "+7."),
        ] {
            assert_eq!(Decimal::parse(left), Decimal::parse(right));
        }
        for text in ["", "abc", "1,5", "0x10", "1.2.3", "-", ".", "1e2", "NaN"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
