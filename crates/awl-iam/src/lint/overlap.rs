//! Whether two patterns have a text in common, and whether one covers the
//! other: `*` is any run of characters, `?` one.

/// One piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Is(char),
    /// Any one.
    One,
    /// Any run.
    Any,
    /// Any run without `/`.
    Name,
}

/// A pattern of a policy. A variable is any run: its value is not known.
pub(super) fn pattern(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("${")
            && let Some(end) = rest.find('}')
        {
            let inner = rest.get(2..end).unwrap_or_default();
            tokens.push(match inner {
                "*" | "?" | "$" => Token::Is(inner.chars().next().unwrap_or('$')),
                _ => Token::Any,
            });
            rest = rest.get(end + 1..).unwrap_or_default();
            continue;
        }
        tokens.push(match letter {
            '*' => Token::Any,
            '?' => Token::One,
            letter => Token::Is(letter),
        });
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    tokens
}

/// The format of ARNs. The name of a bucket has no `/`; what else stands for a
/// placeholder may.
pub(super) fn format(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("${")
            && let Some(end) = rest.find('}')
        {
            let is_bucket = rest.get(2..end) == Some("BucketName");
            tokens.push(if is_bucket { Token::Name } else { Token::Any });
            rest = rest.get(end + 1..).unwrap_or_default();
            continue;
        }
        tokens.push(match letter {
            '*' => Token::Any,
            letter => Token::Is(letter),
        });
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    tokens
}

/// Whether a text fits a pattern, in any letters.
pub(super) fn fits(pattern: &[Token], text: &str) -> bool {
    let text = text.as_bytes();
    let (mut at, mut place) = (0, 0);
    // The run last met, and what it takes so far.
    let mut run: Option<(usize, usize)> = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(Token::Any | Token::Name) => {
                run = Some((at, place));
                at += 1;
            }
            Some(Token::One) => (at, place) = (at + 1, place + 1),
            Some(Token::Is(letter)) if same(*letter, text[place]) => {
                (at, place) = (at + 1, place + 1);
            }
            _ => match &mut run {
                Some((start, taken)) => {
                    *taken += 1;
                    (at, place) = (*start + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern
        .get(at..)
        .unwrap_or_default()
        .iter()
        .all(|token| is_run(*token))
}

fn same(letter: char, byte: u8) -> bool {
    letter.eq_ignore_ascii_case(&char::from(byte))
}

/// Whether some text fits both.
pub(super) fn have_common(left: &[Token], right: &[Token]) -> bool {
    let (mut left, mut right) = (left, right);
    while let ([Token::Is(one), rest @ ..], [Token::Is(other), others @ ..]) = (left, right) {
        if one != other {
            return false;
        }
        (left, right) = (rest, others);
    }
    while let ([rest @ .., Token::Is(one)], [others @ .., Token::Is(other)]) = (left, right) {
        if one != other {
            return false;
        }
        (left, right) = (rest, others);
    }
    // For each piece of the left, whether the right can be read up to each of
    // its pieces.
    let mut row: Vec<bool> = Vec::with_capacity(right.len() + 1);
    row.push(true);
    for (index, token) in right.iter().enumerate() {
        row.push(row[index] && is_run(*token));
    }
    for left in left {
        let mut next = Vec::with_capacity(row.len());
        next.push(row[0] && is_run(*left));
        for (index, right) in right.iter().enumerate() {
            let (skip_left, skip_right, both) = (row[index + 1], next[index], row[index]);
            next.push(match (is_run(*left), is_run(*right)) {
                // Runs may be empty, or take what the other side asks for.
                (true, true) => skip_left || skip_right,
                (true, false) => skip_left || skip_right && takes(*left, *right),
                (false, true) => skip_right || skip_left && takes(*right, *left),
                (false, false) => both && meets(*left, *right),
            });
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

/// Whether every text that fits `narrow` fits `wide`; it may say no where it
/// is so.
pub(super) fn covers(wide: &[Token], narrow: &[Token]) -> bool {
    let mut row: Vec<bool> = vec![false; narrow.len() + 1];
    row[0] = true;
    for wide in wide {
        let mut next = vec![false; narrow.len() + 1];
        next[0] = row[0] && is_run(*wide);
        for (index, narrow) in narrow.iter().enumerate() {
            next[index + 1] = match wide {
                Token::Any => row[index + 1] || next[index],
                Token::Name => row[index + 1] || next[index] && takes(*wide, *narrow),
                Token::One => row[index] && !is_run(*narrow),
                Token::Is(_) => row[index] && wide == narrow,
            };
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

const fn is_run(token: Token) -> bool {
    matches!(token, Token::Any | Token::Name)
}

/// Whether a run may contain one character of the other side.
fn takes(run: Token, other: Token) -> bool {
    run == Token::Any || other != Token::Is('/') && other != Token::Any
}

fn meets(left: Token, right: Token) -> bool {
    left == Token::One || right == Token::One || left == right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet_where_a_text_fits_both() {
        for (left, right, expected) in [
            ("a*", "*b", true),
            ("a*", "b*", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("a*b*c", "abc", true),
            ("a*b", "a*c", false),
            ("${aws:username}/*", "x/y", true),
            ("", "", true),
        ] {
            let found = have_common(&pattern(left), &pattern(right));
            assert_eq!(found, expected, "{left} {right}");
            let found = have_common(&pattern(right), &pattern(left));
            assert_eq!(found, expected, "{right} {left}");
        }
    }

    #[test]
    fn buckets_have_no_slash() {
        let (bucket, object) = (
            format("${BucketName}"),
            format("${BucketName}/${ObjectName}"),
        );
        for (text, is_bucket, is_object) in [
            ("b", true, false),
            ("b*", true, true),
            ("b/*", false, true),
            ("*", true, true),
            ("b/k", false, true),
        ] {
            assert_eq!(have_common(&bucket, &pattern(text)), is_bucket, "{text}");
            assert_eq!(have_common(&object, &pattern(text)), is_object, "{text}");
        }
    }

    #[test]
    fn wide_patterns_cover_narrow_ones() {
        for (wide, narrow, expected) in [
            ("*", "a*b", true),
            ("a*", "ab?", true),
            ("a*", "*", false),
            ("s3:get*", "s3:getobject", true),
            ("a?", "a*", false),
            ("ab", "ab", true),
            ("a*c", "ab*c", true),
        ] {
            assert_eq!(
                covers(&pattern(wide), &pattern(narrow)),
                expected,
                "{wide} {narrow}"
            );
        }
    }
}
