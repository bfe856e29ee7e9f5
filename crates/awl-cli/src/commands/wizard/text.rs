//! Texts with answers in them, parts of which are only there for some answers.

/// A part of a text: lines in which `{name}` is an answer.
#[derive(Debug)]
pub(super) struct Part {
    only_if: &'static [(&'static str, &'static str)],
    text: &'static str,
}

/// A part that is always there.
pub(super) const fn always(text: &'static str) -> Part {
    Part { only_if: &[], text }
}

/// A part that is there for these answers.
pub(super) const fn only(
    only_if: &'static [(&'static str, &'static str)],
    text: &'static str,
) -> Part {
    Part { only_if, text }
}

/// The text for these answers.
pub(super) fn render(parts: &[Part], answers: &[(&'static str, String)]) -> String {
    let answer = |name: &str| {
        let mut answers = answers.iter();
        let found = answers.find(|(known, _)| *known == name);
        found.map(|(_, answer)| &**answer)
    };
    let mut whole = String::new();
    for part in parts {
        let fits = |(name, wanted): &(&str, &str)| answer(name).unwrap_or_default() == *wanted;
        if !part.only_if.iter().all(fits) {
            continue;
        }
        let mut rest = part.text;
        while let Some((before, behind)) = rest.split_once('{') {
            whole.push_str(before);
            // A brace that begins no name is one.
            let name = behind.split_once('}');
            match name.and_then(|(name, after)| Some((answer(name)?, after))) {
                Some((answer, after)) => {
                    whole.push_str(answer);
                    rest = after;
                }
                None => {
                    whole.push('{');
                    rest = behind;
                }
            }
        }
        whole.push_str(rest);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_where_their_names_do() {
        let answers = [("a", "1".to_owned()), ("b", "{a}".to_owned())];
        let parts = [
            always("{\"x\": {a}, {y}}\n"),
            only(&[("a", "2")], "never\n"),
            only(&[("a", "1"), ("c", "")], "{b}{"),
        ];
        assert_eq!(render(&parts, &answers), "{\"x\": 1, {y}}\n{a}{");
    }
}
