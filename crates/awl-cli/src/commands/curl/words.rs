//! The words of curl's command line as those of ours: short options written
//! together taken apart, every value bound to its option.

use std::borrow::Cow;

use crate::commands::custom::Argument;
use crate::error::CommandError;

/// An option: its letter in curl, its name here, whether it takes a value.
pub(super) struct Known {
    letter: Option<char>,
    name: &'static str,
    takes_value: bool,
    /// Another long name of curl's for it.
    alias: Option<&'static str>,
}

const fn flag(letter: Option<char>, name: &'static str) -> Known {
    Known {
        letter,
        name,
        takes_value: false,
        alias: None,
    }
}

const fn value(letter: Option<char>, name: &'static str) -> Known {
    Known {
        takes_value: true,
        ..flag(letter, name)
    }
}

const fn also(known: Known, alias: &'static str) -> Known {
    Known {
        alias: Some(alias),
        ..known
    }
}

/// All of them. What curl calls `--output` is `--output-file`, since `--output`
/// is an option of every command here.
static KNOWN: &[Known] = &[
    value(Some('X'), "--request"),
    value(Some('H'), "--header"),
    also(value(Some('d'), "--data"), "--data-ascii"),
    value(None, "--data-raw"),
    value(None, "--data-binary"),
    value(None, "--data-urlencode"),
    value(None, "--json"),
    value(Some('F'), "--form"),
    value(None, "--form-string"),
    value(Some('T'), "--upload-file"),
    flag(Some('G'), "--get"),
    flag(Some('I'), "--head"),
    flag(Some('i'), "--include"),
    value(Some('o'), "--output-file"),
    flag(Some('O'), "--remote-name"),
    value(Some('D'), "--dump-header"),
    flag(Some('s'), "--silent"),
    flag(Some('S'), "--show-error"),
    flag(Some('f'), "--fail"),
    flag(None, "--fail-with-body"),
    flag(Some('L'), "--location"),
    value(None, "--max-redirs"),
    flag(Some('k'), "--insecure"),
    flag(Some('v'), "--verbose"),
    value(Some('w'), "--write-out"),
    flag(None, "--compressed"),
    value(Some('m'), "--max-time"),
    value(None, "--connect-timeout"),
    value(None, "--retry"),
    value(None, "--retry-delay"),
    flag(None, "--retry-all-errors"),
    value(Some('x'), "--proxy"),
    value(None, "--noproxy"),
    value(Some('A'), "--user-agent"),
    value(Some('e'), "--referer"),
    value(Some('r'), "--range"),
    value(Some('u'), "--user"),
    value(None, "--cacert"),
    value(None, "--url"),
    value(None, "--aws-sigv4"),
    value(None, "--service"),
    flag(None, "--sigv4a"),
    flag(None, "--presign"),
    value(None, "--expires-in"),
    flag(None, "--unsigned-payload"),
];

/// The same as arguments of a command.
pub(super) const ARGUMENTS: &[Argument] = &[
    Argument::positional("url").optional().literal(),
    option("--request"),
    option("--header"),
    option("--data"),
    option("--data-raw"),
    option("--data-binary"),
    option("--data-urlencode"),
    option("--json"),
    option("--form"),
    option("--form-string"),
    option("--upload-file"),
    Argument::flag("--get"),
    Argument::flag("--head"),
    Argument::flag("--include"),
    option("--output-file"),
    Argument::flag("--remote-name"),
    option("--dump-header"),
    Argument::flag("--silent"),
    Argument::flag("--show-error"),
    Argument::flag("--fail"),
    Argument::flag("--fail-with-body"),
    Argument::flag("--location"),
    option("--max-redirs"),
    Argument::flag("--insecure"),
    Argument::flag("--verbose"),
    option("--write-out"),
    Argument::flag("--compressed"),
    option("--max-time"),
    option("--connect-timeout"),
    option("--retry"),
    option("--retry-delay"),
    Argument::flag("--retry-all-errors"),
    option("--proxy"),
    option("--noproxy"),
    option("--user-agent"),
    option("--referer"),
    option("--range"),
    option("--user"),
    option("--cacert"),
    option("--url"),
    option("--aws-sigv4"),
    option("--service"),
    Argument::flag("--sigv4a"),
    Argument::flag("--presign"),
    option("--expires-in"),
    Argument::flag("--unsigned-payload"),
];

const fn option(name: &'static str) -> Argument {
    Argument::option(name).literal()
}

/// Takes curl's words apart. A URL stays a word of its own.
///
/// # Errors
/// An option that there is not, or one without its value.
pub(super) fn expand<'a>(words: &[&'a str]) -> Result<Vec<Cow<'a, str>>, CommandError> {
    let mut expanded = Vec::with_capacity(words.len());
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        if let Some(name) = word.strip_prefix("--") {
            let (name, attached) = match name.split_once('=') {
                Some((name, attached)) => (name, Some(attached)),
                None => (name, None),
            };
            let known = long(name)?;
            match (known.takes_value, attached) {
                (false, None) => expanded.push(Cow::Borrowed(known.name)),
                (false, Some(_)) => {
                    return Err(wrong(&format!("the option --{name} takes no value")));
                }
                (true, Some(value)) => expanded.push(bound(known, value)),
                (true, None) => expanded.push(bound(known, next(&mut words, word)?)),
            }
        } else if word.len() > 1 && word.starts_with('-') {
            for (at, letter) in word[1..].char_indices() {
                let known = KNOWN
                    .iter()
                    .find(|known| known.letter == Some(letter))
                    .ok_or_else(|| wrong(&format!("the option -{letter} is unknown")))?;
                if !known.takes_value {
                    expanded.push(Cow::Borrowed(known.name));
                    continue;
                }
                let attached = &word[1 + at + letter.len_utf8()..];
                let value = if attached.is_empty() {
                    next(&mut words, &format!("-{letter}"))?
                } else {
                    attached
                };
                expanded.push(bound(known, value));
                break;
            }
        } else {
            expanded.push(Cow::Borrowed(word));
        }
    }
    Ok(expanded)
}

/// The option of a long name, or of a beginning of one that no other has.
fn long(name: &str) -> Result<&'static Known, CommandError> {
    let names = |known: &Known| [Some(known.name), known.alias];
    let is = |known: &&Known, test: fn(&str, &str) -> bool| {
        names(known)
            .into_iter()
            .flatten()
            .any(|known| test(&known[2..], name))
    };
    if let Some(known) = KNOWN.iter().find(|known| is(known, |a, b| a == b)) {
        return Ok(known);
    }
    let mut matches = KNOWN
        .iter()
        .filter(|known| is(known, |a, b| a.starts_with(b)));
    match (matches.next(), matches.next()) {
        (Some(known), None) => Ok(known),
        (Some(_), Some(_)) => Err(wrong(&format!("the option --{name} is ambiguous"))),
        (None, _) => Err(wrong(&format!("the option --{name} is unknown"))),
    }
}

fn next<'a, 'b>(
    words: &mut impl Iterator<Item = &'b &'a str>,
    option: &str,
) -> Result<&'a str, CommandError>
where
    'a: 'b,
{
    words
        .next()
        .copied()
        .ok_or_else(|| wrong(&format!("the option {option} needs a value")))
}

fn bound<'a>(known: &Known, value: &str) -> Cow<'a, str> {
    Cow::Owned(format!("{}={value}", known.name))
}

fn wrong(reason: &str) -> CommandError {
    CommandError::validation(format!("curl: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::{ARGUMENTS, KNOWN, expand};
    use crate::argv::Arity;

    #[test]
    fn both_tables_have_the_same_options() {
        let arguments: Vec<_> = ARGUMENTS[1..]
            .iter()
            .map(|argument| (argument.name(), argument.arity() == Arity::One))
            .collect();
        let known: Vec<_> = KNOWN
            .iter()
            .map(|known| (known.name, known.takes_value))
            .collect();
        assert_eq!(arguments, known);
    }

    #[test]
    fn words_are_taken_apart() {
        let check = |line: &str, expected: &[&str]| {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(expand(&words).unwrap(), expected, "{line}");
        };
        check(
            "-sS https://h/",
            &["--silent", "--show-error", "https://h/"],
        );
        check("-XPOST -o- u", &["--request=POST", "--output-file=-", "u"]);
        check(
            "-sXPOST -d -5 u",
            &["--silent", "--request=POST", "--data=-5", "u"],
        );
        check("-d --foo u", &["--data=--foo", "u"]);
        check("-iH A:b u", &["--include", "--header=A:b", "u"]);
        check("--data=a=b --req PUT", &["--data=a=b", "--request=PUT"]);
        check("--data-ascii x -w %{x}", &["--data=x", "--write-out=%{x}"]);
        check("-T - -", &["--upload-file=-", "-"]);
        for word in [
            "-Z",
            "--nope",
            "--da",
            "-d",
            "--data",
            "--silent=x",
            "--ret",
        ] {
            assert!(expand(&[word]).is_err(), "{word}");
        }
    }
}
