//! A matcher for the regular expressions of `partitions.json`, so that no
//! regular expression engine has to be started for a name of a region.
//!
//! It knows literals, escapes, `\w`, `\d`, `\s`, `.`, classes, groups with
//! alternatives, `*`, `+`, `?` and the anchors. A pattern with anything else
//! matches nothing: then only the regions that are listed are of a partition.

use std::iter::Peekable;
use std::str::Chars;

/// How long a pattern may be, how deep its groups may nest, and how many steps
/// a match may take.
const MAX_LENGTH: usize = 256;
const MAX_DEPTH: usize = 16;
const MAX_STEPS: usize = 100_000;

/// Whether `pattern` matches at the start of `text`, as Python's `re.match`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    if pattern.len() > MAX_LENGTH {
        return false;
    }
    let mut letters = pattern.chars().peekable();
    let Some(alternatives) = alternatives(&mut letters, 0) else {
        return false;
    };
    if letters.next().is_some() {
        return false;
    }
    let text: Vec<char> = text.chars().collect();
    let mut steps = 0;
    any(&alternatives, &text, 0, &mut steps, &mut |_, _| true)
}

enum Item {
    Start,
    End,
    Letter(Letter),
    Group(Vec<Vec<Piece>>),
}

enum Letter {
    Any,
    Is(char),
    Word,
    Digit,
    Space,
    Class(bool, Vec<Range>),
}

enum Range {
    Of(char, char),
    Letter(Letter),
}

/// An item and how often it may stand.
struct Piece {
    item: Item,
    at_least: usize,
    at_most: usize,
}

impl Letter {
    fn is(&self, letter: char) -> bool {
        match self {
            Self::Any => letter != '\n',
            Self::Is(expected) => letter == *expected,
            Self::Word => letter.is_alphanumeric() || letter == '_',
            Self::Digit => letter.is_ascii_digit(),
            Self::Space => letter.is_whitespace(),
            Self::Class(negated, ranges) => {
                let within = ranges.iter().any(|range| match range {
                    Range::Of(low, high) => (*low..=*high).contains(&letter),
                    Range::Letter(inner) => inner.is(letter),
                });
                within != *negated
            }
        }
    }
}

/// Called where all before matched, with the place and the steps so far.
type Rest<'a> = &'a mut dyn FnMut(usize, &mut usize) -> bool;

fn any(
    alternatives: &[Vec<Piece>],
    text: &[char],
    at: usize,
    steps: &mut usize,
    rest: Rest<'_>,
) -> bool {
    alternatives
        .iter()
        .any(|pieces| sequence(pieces, text, at, steps, rest))
}

fn sequence(pieces: &[Piece], text: &[char], at: usize, steps: &mut usize, rest: Rest<'_>) -> bool {
    *steps += 1;
    if *steps > MAX_STEPS {
        return false;
    }
    let Some((piece, after)) = pieces.split_first() else {
        return rest(at, steps);
    };
    match &piece.item {
        Item::Start => at == 0 && sequence(after, text, at, steps, rest),
        Item::End => {
            let ends = at == text.len() || (at + 1 == text.len() && text[at] == '\n');
            ends && sequence(after, text, at, steps, rest)
        }
        Item::Letter(letter) => {
            // The longest run first, then shorter ones.
            let run = text[at..]
                .iter()
                .take(piece.at_most)
                .take_while(|next| letter.is(**next))
                .count();
            (piece.at_least..=run)
                .rev()
                .any(|count| sequence(after, text, at + count, steps, rest))
        }
        Item::Group(alternatives) => {
            let (at_least, at_most) = (piece.at_least, piece.at_most);
            group(
                alternatives,
                (at_least, at_most),
                text,
                at,
                steps,
                &mut |at, steps| sequence(after, text, at, steps, rest),
            )
        }
    }
}

/// A group, as often as it may stand. Only `?` and no sign at all are taken
/// for groups by the parser, so it is nought or once.
fn group(
    alternatives: &[Vec<Piece>],
    (at_least, at_most): (usize, usize),
    text: &[char],
    at: usize,
    steps: &mut usize,
    rest: Rest<'_>,
) -> bool {
    (at_most > 0 && any(alternatives, text, at, steps, rest)) || (at_least == 0 && rest(at, steps))
}

fn alternatives(letters: &mut Peekable<Chars<'_>>, depth: usize) -> Option<Vec<Vec<Piece>>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut alternatives = Vec::new();
    let mut pieces = Vec::new();
    while let Some(letter) = letters.next_if(|letter| *letter != ')') {
        let item = match letter {
            '|' => {
                alternatives.push(std::mem::take(&mut pieces));
                continue;
            }
            '^' => Item::Start,
            '$' => Item::End,
            '(' => {
                if letters.next_if_eq(&'?').is_some() && letters.next() != Some(':') {
                    return None;
                }
                let inner = self::alternatives(letters, depth + 1)?;
                letters.next_if_eq(&')')?;
                Item::Group(inner)
            }
            '[' => Item::Letter(class(letters)?),
            '\\' => Item::Letter(escape(letters)?),
            '.' => Item::Letter(Letter::Any),
            '*' | '+' | '?' | '{' => return None,
            _ => Item::Letter(Letter::Is(letter)),
        };
        let (at_least, at_most) = match letters.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            _ => (1, 1),
        };
        if (at_least, at_most) != (1, 1) {
            letters.next();
        }
        let repeated = at_most > 1 && matches!(item, Item::Group(_));
        let lazy = (at_least, at_most) != (1, 1) && letters.peek() == Some(&'?');
        if repeated || lazy || (at_least != 1 && matches!(item, Item::Start | Item::End)) {
            return None;
        }
        pieces.push(Piece {
            item,
            at_least,
            at_most,
        });
    }
    alternatives.push(pieces);
    Some(alternatives)
}

fn class(letters: &mut Peekable<Chars<'_>>) -> Option<Letter> {
    let negated = letters.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = match letters.next()? {
            ']' if !ranges.is_empty() => return Some(Letter::Class(negated, ranges)),
            '\\' => match escape(letters)? {
                Letter::Is(letter) => letter,
                other => {
                    ranges.push(Range::Letter(other));
                    continue;
                }
            },
            letter => letter,
        };
        let mut ahead = letters.clone();
        let high = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(high)) if high != ']' && high != '\\' => {
                *letters = ahead;
                high
            }
            _ => low,
        };
        ranges.push(Range::Of(low, high));
    }
}

fn escape(letters: &mut Peekable<Chars<'_>>) -> Option<Letter> {
    Some(match letters.next()? {
        'w' => Letter::Word,
        'd' => Letter::Digit,
        's' => Letter::Space,
        letter if letter.is_ascii_alphanumeric() => return None,
        letter => Letter::Is(letter),
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_in_python() {
        for (pattern, text, expected) in [
            (r"^(us|eu|ap)\-\w+\-\d+$", "us-east-1", true),
            (r"^(us|eu|ap)\-\w+\-\d+$", "us-gov-east-1", false),
            (r"^(us|eu|ap)\-\w+\-\d+$", "xus-east-1", false),
            (r"^(us|eu|ap)\-\w+\-\d+$", "us-east-1x", false),
            (r"^us\-gov\-\w+\-\d+$", "us-gov-west-12", true),
            (r"^eusc\-(de)\-\w+\-\d+$", "eusc-de-east-1", true),
            ("a|b", "bc", true),
            ("a|b$", "bc", false),
            ("^a*b", "aaab", true),
            ("^a?ab$", "ab", true),
            ("^(ab)?c$", "c", true),
            ("^(ab)?c$", "abc", true),
            ("^(?:a|ab)c$", "abc", true),
            ("^[a-c1]+$", "abc1", true),
            ("^[^a-c]$", "b", false),
            (r"^[\w-]+$", "a-b", true),
            ("^.$", "é", true),
            ("", "anything", true),
            ("^a$", "a\n", true),
            // Beyond what it knows.
            ("^(a)+$", "a", false),
            ("^a{2}$", "aa", false),
            ("^(?=a)a$", "a", false),
            (r"^\ba$", "a", false),
            ("^a+?$", "a", false),
            ("(", "", false),
            (")", "", false),
            ("[a", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let pattern = "^".to_owned() + &"a*".repeat(30) + "b$";
        assert!(!matches(&pattern, &"a".repeat(60)));
        assert!(!matches(&"(".repeat(100_000), "a"));
    }
}
