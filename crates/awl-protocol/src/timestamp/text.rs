//! Dates and times as text: ISO 8601 in its usual forms, RFC 822 and its
//! relatives, and what else services have been seen to send.

use awl_value::{Timestamp, Zone};

use super::MONTHS;

/// A time that text names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Parsed {
    /// With a zone.
    Aware(Timestamp),
    /// Without: microseconds as if it were UTC.
    Naive(i64),
}

/// The fields found so far.
#[derive(Default)]
struct Fields {
    year: Option<i64>,
    month: Option<u8>,
    day: Option<u8>,
    time: Option<(u8, u8, u8, u32)>,
    offset: Option<i32>,
    afternoon: Option<bool>,
}

/// Reads the time that text names.
// Parity: the common part of dateutil.parser.parse. What that guesses from
// today's date or from the names of local zones is refused.
pub(crate) fn parse_text(text: &str) -> Option<Parsed> {
    let text = text.trim();
    let fields = iso8601(text).or_else(|| words(text))?;
    fields.finish()
}

impl Fields {
    fn finish(self) -> Option<Parsed> {
        let (mut hour, minute, second, micros) = self.time.unwrap_or_default();
        if let Some(afternoon) = self.afternoon {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        // Python's calendar has no second 60 and no year 0.
        if second > 59 || self.year? < 1 {
            return None;
        }
        let timestamp = Timestamp::from_civil(
            (self.year?, self.month?, self.day?),
            (hour, minute, second),
            micros,
            self.offset.unwrap_or(0),
        )?;
        Some(match self.offset {
            Some(_) => Parsed::Aware(timestamp),
            None => Parsed::Naive(timestamp.micros),
        })
    }
}

/// `2015-01-01T00:00:00.123Z` and its variants, `20150101T000000Z`,
/// `2015/1/1 0:00`, `12/31/2015`.
fn iso8601(text: &str) -> Option<Fields> {
    let mut cursor = Cursor(text);
    let mut fields = Fields::default();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let separator = ["-", "/", "."]
        .into_iter()
        .find(|separator| text[digits..].starts_with(separator));
    match (digits, separator) {
        (4, Some(separator)) => {
            fields.year = Some(cursor.digits(4)?.into());
            cursor.eat(separator);
            fields.month = Some(cursor.one_or_two()?);
            if !cursor.eat(separator) {
                return None;
            }
            fields.day = Some(cursor.one_or_two()?);
        }
        (1 | 2, Some(separator @ "/")) => {
            fields.month = Some(cursor.one_or_two()?);
            cursor.eat(separator);
            fields.day = Some(cursor.one_or_two()?);
            if !cursor.eat(separator) {
                return None;
            }
            fields.year = Some(cursor.digits(4)?.into());
        }
        (8, None) => {
            fields.year = Some(cursor.digits(4)?.into());
            fields.month = Some(cursor.small(2)?);
            fields.day = Some(cursor.small(2)?);
        }
        _ => return None,
    }
    if cursor.0.is_empty() {
        return Some(fields);
    }
    if !(cursor.eat("T") || cursor.eat("t") || cursor.eat(" ")) {
        return None;
    }
    cursor.0 = cursor.0.trim_start();
    fields.time = Some(cursor.clock()?);
    fields.offset = cursor.zone()?;
    Some(fields)
}

/// `Thu, 01 Jan 2015 00:00:00 GMT`, `Thursday, 01-Jan-15 …`, `Jan 1, 2015 …`.
fn words(text: &str) -> Option<Fields> {
    let mut fields = Fields::default();
    let mut cursor = Cursor(text);
    loop {
        cursor.0 = cursor.0.trim_start_matches([' ', ',', '\t']);
        let Some(first) = cursor.0.chars().next() else {
            return Some(fields);
        };
        if first.is_ascii_digit() {
            number(&mut cursor, &mut fields)?;
        } else if first.is_ascii_alphabetic() {
            word(&mut cursor, &mut fields)?;
        } else if first == '-' && fields.time.is_none() {
            // Between the parts of `01-Jan-15`.
            cursor.eat("-");
        } else {
            fields.offset = Some(cursor.zone()??);
            return Some(fields);
        }
    }
}

fn number(cursor: &mut Cursor<'_>, fields: &mut Fields) -> Option<()> {
    let length = cursor.0.bytes().take_while(u8::is_ascii_digit).count();
    if cursor.0[length..].starts_with(':') && fields.time.is_none() {
        fields.time = Some(cursor.clock()?);
        return Some(());
    }
    let value = cursor.digits(length)?;
    if length <= 2 && fields.day.is_none() {
        fields.day = u8::try_from(value).ok();
    } else if length == 4 && fields.year.is_none() {
        fields.year = Some(value.into());
    } else if length == 2 && fields.year.is_none() {
        // Two digits mean the century around now.
        let value = i64::from(value);
        fields.year = Some(if value < 70 {
            2000 + value
        } else {
            1900 + value
        });
    } else {
        return None;
    }
    Some(())
}

fn word(cursor: &mut Cursor<'_>, fields: &mut Fields) -> Option<()> {
    let length = cursor.0.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, rest) = cursor.0.split_at(length);
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    if is("GMT") || is("UTC") || is("Z") {
        fields.time?;
        fields.offset = Some(0);
    } else if is("AM") || is("PM") {
        fields.time?;
        fields.afternoon = Some(is("PM"));
    } else if let Some(month) = month(word) {
        if fields.month.replace(month).is_some() {
            return None;
        }
    } else if !is_weekday(word) {
        return None;
    }
    cursor.0 = rest;
    Some(())
}

fn month(word: &str) -> Option<u8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let index = NAMES
        .iter()
        .zip(MONTHS)
        .position(|(name, short)| {
            word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(short)
        })
        .or_else(|| word.eq_ignore_ascii_case("sept").then_some(8))?;
    u8::try_from(index + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const NAMES: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.to_ascii_lowercase();
    word.len() >= 3 && NAMES.iter().any(|name| *name == word || name[..3] == word)
}

/// What is left to read.
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    fn eat(&mut self, prefix: &str) -> bool {
        match self.0.strip_prefix(prefix) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let digits = self.0.get(..count)?;
        if count > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = &self.0[count..];
        digits.parse().ok()
    }

    fn small(&mut self, count: usize) -> Option<u8> {
        u8::try_from(self.digits(count)?).ok()
    }

    /// One digit or two.
    fn one_or_two(&mut self) -> Option<u8> {
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        self.small(length.clamp(1, 2))
    }

    /// `HH[:MM[:SS[.fraction]]]`, `HHMM[SS[.fraction]]`.
    fn clock(&mut self) -> Option<(u8, u8, u8, u32)> {
        let hour = self.one_or_two()?;
        if self.0.is_empty() {
            return Some((hour, 0, 0, 0));
        }
        let colons = self.eat(":");
        let minute = self.one_or_two()?;
        let more = if colons {
            self.eat(":")
        } else {
            self.0.starts_with(|letter: char| letter.is_ascii_digit())
        };
        if !more {
            return Some((hour, minute, 0, 0));
        }
        let second = self.one_or_two()?;
        let mut micros = 0;
        if self.eat(".") || self.eat(",") {
            let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
            if length == 0 {
                return None;
            }
            // Finer than microseconds is cut off.
            let kept = length.min(6);
            micros = self.0[..kept].parse::<u32>().ok()? * 10_u32.pow(6 - kept as u32);
            self.0 = &self.0[length..];
        }
        Some((hour, minute, second, micros))
    }

    /// What follows a time: nothing, `Z`, a name of UTC, or an offset.
    fn zone(&mut self) -> Option<Option<i32>> {
        let rest = self.0.trim();
        if rest.is_empty() {
            return Some(None);
        }
        if ["Z", "GMT", "UTC"]
            .iter()
            .any(|name| rest.eq_ignore_ascii_case(name))
        {
            return Some(Some(0));
        }
        let sign = match rest.as_bytes()[0] {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let mut cursor = Cursor(&rest[1..]);
        let hours = cursor.digits(2)?;
        cursor.eat(":");
        let minutes = if cursor.0.is_empty() {
            0
        } else {
            cursor.digits(2)?
        };
        if !cursor.0.is_empty() || hours > 23 || minutes > 59 {
            return None;
        }
        Some(Some(
            sign * i32::try_from(hours * 3600 + minutes * 60).ok()?,
        ))
    }
}

/// The timestamp without a zone, as Python's `isoformat` prints it.
pub(crate) fn naive_isoformat(micros: i64) -> String {
    let mut text = Timestamp {
        micros,
        zone: Zone::Offset(0),
    }
    .isoformat(0);
    text.truncate(text.len() - "+00:00".len());
    text
}
