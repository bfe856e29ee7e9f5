//! Words as a shell reads and writes them.
// Parity: Python's `shlex.split` and `shlex.quote`.

/// A line that ends within quotes, or behind a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished(pub &'static str);

/// The words of a line.
///
/// # Errors
/// One that does not end.
pub(crate) fn split(line: &str) -> Result<Vec<String>, Unfinished> {
    const ESCAPED: Unfinished = Unfinished("No escaped character");
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => {
                let escaped = letters.next().ok_or(ESCAPED)?;
                word.get_or_insert_default().push(escaped);
            }
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next() {
                        None => return Err(Unfinished("No closing quotation")),
                        Some(end) if end == letter => break,
                        Some('\\') if letter == '"' => {
                            let escaped = letters.next().ok_or(ESCAPED)?;
                            if !matches!(escaped, '\\' | '"') {
                                word.push('\\');
                            }
                            word.push(escaped);
                        }
                        Some(other) => word.push(other),
                    }
                }
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

/// A word as it must be written.
pub(crate) fn quote(word: &str) -> String {
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || "_@%+=:,./-".contains(letter);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\"'\"'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_a_shell_does() {
        let check = |line: &str, expected: Result<&[&str], &'static str>| {
            let expected = expected
                .map(|words| words.iter().map(|&word| word.to_owned()).collect())
                .map_err(Unfinished);
            assert_eq!(split(line), expected, "{line}");
        };
        check("", Ok(&[]));
        check(" s3  ls\t", Ok(&["s3", "ls"]));
        check(r#"a'b c'd "" e"#, Ok(&["ab cd", "", "e"]));
        check(r#""a\"b\c\\" 'a\b'"#, Ok(&[r#"a"b\c\"#, r"a\b"]));
        check(r"a\ b # c", Ok(&["a b", "#", "c"]));
        check("'a", Err("No closing quotation"));
        check("\"a", Err("No closing quotation"));
        check("\"a\\", Err("No escaped character"));
        check("a\\", Err("No escaped character"));
    }

    #[test]
    fn what_is_quoted_is_one_word_again() {
        for (word, expected) in [
            ("s3://b/k", "s3://b/k"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\"'\"'s'"),
            ("é", "'é'"),
            ("a;b", "'a;b'"),
        ] {
            assert_eq!(quote(word), expected);
            assert_eq!(split(&quote(word)).unwrap(), [word]);
        }
    }
}
