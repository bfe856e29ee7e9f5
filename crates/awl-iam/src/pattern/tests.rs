use super::*;

fn wild(pattern: &str, text: &str) -> bool {
    let special = Special {
        wildcards: true,
        variables: true,
    };
    let mut context = Context::new();
    context.insert("aws:username", "a*b");
    context.insert("Empty", "");
    Pattern::compile(pattern, special).matches(text, &context)
}

/// The plainest matcher there is.
fn reference(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|skip| reference(rest, &text[skip..])),
        ['?', rest @ ..] => !text.is_empty() && reference(rest, &text[1..]),
        [own, rest @ ..] => text.first() == Some(own) && reference(rest, &text[1..]),
    }
}

#[test]
fn wildcards_match_runs_and_single_characters() {
    for (pattern, text) in [
        ("", ""),
        ("*", ""),
        ("*", "anything"),
        ("a*", "a"),
        ("a*c", "abbc"),
        ("a?c", "abc"),
        ("?", "é"),
        ("*é?", "caféx"),
        ("*ab?d*", "xxabxabcdyy"),
        ("**a**", "a"),
        ("a*b*c", "aXbXbXc"),
        ("*?b", "ab"),
        ("${aws:username}", "a*b"),
        ("x${AWS:UserName}*", "xa*bz"),
        ("${*}${?}${$}", "*?$"),
        ("${nothing, 'd*}", " ${nothing, 'd*}".trim_start()),
        ("${nothing, 'd*'}", "d*"),
        ("${nothing,'d'}", "d"),
        ("${Empty}", ""),
        ("${}", "${}"),
        ("${open", "${open"),
    ] {
        assert!(wild(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [
        ("", "a"),
        ("?", ""),
        ("?", "ab"),
        ("a*a", "a"),
        ("ab*ba", "aba"),
        ("*abc*cba*", "abcba"),
        ("${aws:username}", "axb"),
        ("${*}", "x"),
        ("${nothing}", "${nothing}"),
        ("${nothing}", ""),
        ("${nothing, 'd*'}", "dx"),
    ] {
        assert!(!wild(pattern, text), "{pattern} {text}");
    }
}

#[test]
fn long_patterns_end_soon() {
    let text = "a".repeat(20_000);
    let nested = "*a".repeat(3072);
    assert!(wild(&nested, &text));
    assert!(!wild(&format!("{nested}b"), &text));
    assert!(!wild(&format!("{nested}b*"), &text));
    let marks = format!("*{}b*", "a?".repeat(3000));
    assert!(!wild(&marks, &text));
    assert!(wild(&marks, &format!("{text}b")));
    let marks = "*a?a".repeat(1536);
    assert!(wild(&marks, &text));
    assert!(!wild(&format!("{marks}b*"), &text));
    assert!(wild(&"?".repeat(6144), &text[..6144]));
}

proptest::proptest! {
    #[test]
    fn matching_agrees_with_the_plain_matcher(
        pattern in "[ab?*é]{0,10}",
        text in "[abé]{0,12}",
    ) {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        let expected = reference(&letters(&pattern), &letters(&text));
        proptest::prop_assert_eq!(wild(&pattern, &text), expected);
    }

    /// Long segments are searched in another way.
    #[test]
    fn long_segments_agree_with_the_plain_matcher(
        segment in "[ab?]{65,140}",
        before in "[ab]{0,100}",
        after in "[ab]{0,5}",
        change in 0_usize..400,
    ) {
        let mut text = format!("{before}{}{after}", segment.replace('?', "b"));
        if change < text.len() {
            text.replace_range(change..=change, "x");
        }
        let pattern = format!("*{segment}*");
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        let expected = reference(&letters(&pattern), &letters(&text));
        proptest::prop_assert_eq!(wild(&pattern, &text), expected);
    }
}
