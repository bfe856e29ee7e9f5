//! Scenarios: files of commands, in the form that `tests/data/moto/README.md`
//! describes.

use std::collections::BTreeMap;

/// A command and what is to be done with its output.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Where it stands: file and line.
    pub place: String,
    /// Whether it changes nothing, so that both programs can ask the same
    /// state.
    pub is_read: bool,
    /// Its words, with `$NAME` still in them.
    pub words: Vec<String>,
    /// The exit code of awl.
    pub code: i32,
    /// Names for later steps, and the JMESPath expressions that give them.
    pub captures: Vec<(String, String)>,
    /// Members whose values two calls never share.
    pub masks: Vec<String>,
}

/// Reads the steps of a scenario.
pub(super) fn parse(name: &str, text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let place = format!("tests/data/moto/{name}.txt:{}", number + 1);
        let mut line = line.trim().to_owned();
        while let Some(start) = line.strip_suffix('\\') {
            let (_, next) = lines
                .next()
                .unwrap_or_else(|| panic!("{place}: no next line"));
            line = format!("{start}{}", next.trim());
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (kind, rest) = line
            .split_once(' ')
            .unwrap_or_else(|| panic!("{place}: {line}"));
        if matches!(kind, "$" | "?") {
            steps.push(Step {
                is_read: kind == "?",
                words: words(rest),
                place,
                ..Step::default()
            });
            continue;
        }
        let step = steps
            .last_mut()
            .unwrap_or_else(|| panic!("{place}: before the first command"));
        match kind {
            "=" => step.code = rest.parse().unwrap_or_else(|_| panic!("{place}: {rest}")),
            "mask" => {
                let (member, reason) = rest
                    .split_once(": ")
                    .unwrap_or_else(|| panic!("{place}: a mask needs its reason"));
                assert!(!step.is_read, "{place}: reads compare fully");
                assert!(!reason.is_empty(), "{place}: a mask needs its reason");
                step.masks.push(member.to_owned());
            }
            name => {
                let expression = rest
                    .strip_prefix(":= ")
                    .unwrap_or_else(|| panic!("{place}: {line}"));
                assert!(!step.is_read, "{place}: only one program runs a read first");
                step.captures.push((name.to_owned(), expression.to_owned()));
            }
        }
    }
    assert!(!steps.is_empty(), "{name} has no commands");
    steps
}

/// The words with the names that were captured replaced.
pub(super) fn substitute(words: &[String], names: &BTreeMap<String, String>) -> Vec<String> {
    let replace = |word: &String| {
        let mut word = word.clone();
        // The longest name first: `$KEY` is no part of `$KEYS`.
        for (name, value) in names.iter().rev() {
            word = word.replace(&format!("${name}"), value);
        }
        word
    };
    words.iter().map(replace).collect()
}

/// Splits at spaces; single quotes hold a word together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    assert!(!quoted, "a quote is open in {line}");
    words.extend(word);
    words
}
