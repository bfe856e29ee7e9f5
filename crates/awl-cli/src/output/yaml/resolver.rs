//! Which type YAML 1.2 sees in a text without quotes. A text that reads as
//! something else needs quotes.
// Parity: ruamel/yaml/resolver.py, the implicit resolvers of version 1.2.

/// Whether a text without quotes would be no text.
pub(super) fn is_typed(text: &str) -> bool {
    let Some(first) = text.bytes().next() else {
        // Nothing at all is null.
        return true;
    };
    match first {
        b't' | b'T' | b'f' | b'F' | b'n' | b'N' => matches!(
            text,
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" | "null" | "Null" | "NULL"
        ),
        b'~' | b'=' => text.len() == 1,
        b'<' => text == "<<",
        b'-' | b'+' => is_integer(text) || is_float(text),
        b'.' => is_float(text),
        b'0'..=b'9' => is_integer(text) || is_float(text) || is_timestamp(text),
        _ => false,
    }
}

fn is_integer(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |digits: &str, is_digit: fn(u8) -> bool| {
        !digits.is_empty() && digits.bytes().all(|byte| byte == b'_' || is_digit(byte))
    };
    let based = |prefix: &str, is_digit| {
        unsigned
            .strip_prefix(prefix)
            .is_some_and(|digits| all(digits, is_digit))
    };
    all(unsigned, |byte| byte.is_ascii_digit())
        || based("0b", |byte| matches!(byte, b'0' | b'1'))
        || based("0o", |byte| matches!(byte, b'0'..=b'7'))
        || based("0x", |byte| byte.is_ascii_hexdigit())
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if !digits(whole) || !fraction.is_none_or(digits) {
        return false;
    }
    let signed = exponent.and_then(|exponent| exponent.strip_prefix(['-', '+']));
    let plain =
        |exponent: &str| !exponent.is_empty() && exponent.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() {
        // Without digits before the point an exponent needs its sign.
        return fraction.is_some_and(|fraction| !fraction.is_empty())
            && (exponent.is_none() || signed.is_some_and(plain));
    }
    whole.starts_with(|letter: char| letter.is_ascii_digit())
        && (fraction.is_some() || exponent.is_some())
        && exponent.is_none_or(|exponent| plain(signed.unwrap_or(exponent)))
}

/// A date, or a date and a time.
fn is_timestamp(text: &str) -> bool {
    let mut rest = Rest(text.as_bytes());
    if !(rest.digits(4, 4) && rest.byte(b'-')) {
        return false;
    }
    let date = rest.0;
    if rest.digits(2, 2) && rest.byte(b'-') && rest.digits(2, 2) && rest.0.is_empty() {
        return true;
    }
    rest.0 = date;
    if !(rest.digits(1, 2) && rest.byte(b'-') && rest.digits(1, 2)) {
        return false;
    }
    if !rest.byte(b't') && !rest.byte(b'T') && !rest.blanks() {
        return false;
    }
    let has_time = rest.digits(1, 2)
        && rest.byte(b':')
        && rest.digits(2, 2)
        && rest.byte(b':')
        && rest.digits(2, 2);
    if !has_time {
        return false;
    }
    if rest.byte(b'.') {
        rest.digits(0, usize::MAX);
    }
    if rest.0.is_empty() {
        return true;
    }
    rest.blanks();
    if rest.byte(b'Z') {
        return rest.0.is_empty();
    }
    (rest.byte(b'-') || rest.byte(b'+'))
        && rest.digits(1, 2)
        && (rest.0.is_empty() || (rest.byte(b':') && rest.digits(2, 2) && rest.0.is_empty()))
}

/// What of a text is not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// As many digits as there are, up to `most`; whether they are enough.
    fn digits(&mut self, least: usize, most: usize) -> bool {
        let count = self
            .0
            .iter()
            .take(most)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.0 = &self.0[count..];
        count >= least
    }

    /// Spaces and tabs; whether there are any.
    fn blanks(&mut self) -> bool {
        let count = self
            .0
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        self.0 = &self.0[count..];
        count > 0
    }
}

#[cfg(test)]
mod tests {
    use super::is_typed;

    #[test]
    fn types_are_those_of_yaml_1_2() {
        for text in [
            "",
            "true",
            "FALSE",
            "null",
            "~",
            "=",
            "<<",
            "0",
            "-1",
            "+1_000",
            "-_",
            "0b1",
            "0o17",
            "0x1F",
            "1.",
            "1.5e3",
            "1e5",
            "1E+5",
            ".5",
            "-.5e-3",
            "-.inf",
            ".NaN",
            "2020-01-01",
            "2020-1-1T1:00:00",
            "2020-01-01 00:00:00.5 +01:00",
            "2020-01-01T00:00:00Z",
            "09",
        ] {
            assert!(is_typed(text), "{text:?}");
        }
        for text in [
            "yes",
            "no",
            "on",
            "tRue",
            "nul",
            "0b2",
            "0o8",
            "0xg",
            "1e",
            "1.5.2",
            ".",
            "+",
            "-",
            ".5e3",
            "-.nan",
            "1:30",
            "2020-1-1",
            "2020-01-01T00:00",
            "2020-01-01T00:00:00+1:2",
            "1_.e",
            "_1",
            "12 ",
            "2020-01-01T00:00:00 ",
        ] {
            assert!(!is_typed(text), "{text:?}");
        }
    }
}
