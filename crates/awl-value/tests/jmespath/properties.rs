//! What holds of every expression and document.

use awl_value::jmespath::{ErrorKind, Expression};
use awl_value::{Timestamp, Value, json};
use proptest::prelude::*;

use super::strategies::{documents, expressions, nearly_expressions};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(
        text in prop_oneof![any::<String>(), nearly_expressions()],
        document in documents(),
    ) {
        if let Ok(expression) = Expression::compile(&text) {
            let _ = expression.search(&document);
        }
    }

    #[test]
    fn an_owned_document_gives_what_a_borrowed_one_gives(
        text in expressions(),
        document in documents(),
    ) {
        if let Ok(expression) = Expression::compile(&text) {
            let borrowed = expression.search(&document);
            let owned = expression.search_owned(document);
            prop_assert_eq!(format!("{borrowed:?}"), format!("{owned:?}"));
        }
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let document = json::parse(r#"{"a": [[1]]}"#).unwrap();
    let deep = |open: &str, middle: &str, close: &str| {
        let levels = 20_000;
        format!("{}{middle}{}", open.repeat(levels), close.repeat(levels))
    };
    for text in [
        deep("(", "a", ")"),
        deep("[", "a", "]"),
        deep("{a:", "a", "}"),
        deep("!", "a", ""),
        deep("& ", "a", ""),
        deep("a[?", "a", "]"),
        deep("length(", "a", ")"),
        deep("a[*].", "a", ""),
        deep("", "a", "[]"),
        deep("", "a", ".*"),
        deep("", "a", "||a"),
        deep("", "a", "|a"),
        deep("", "a", "==a"),
    ] {
        let error = Expression::compile(&text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Syntax, "{text:.20}");
        assert_eq!(error.to_string(), "maximum recursion depth exceeded");
    }
    // Long is not deep.
    for text in [deep("", "a", ".a"), deep("", "a", "[0]")] {
        let result = Expression::compile(&text).unwrap().search(&document);
        assert_eq!(result, Ok(Value::Null));
    }
    // Wraps what it is given ever again; hands itself to itself.
    for text in [
        deep("", "@", ".[@]"),
        "[&map(@[0], [@])] | map(@[0], [@])".to_owned(),
    ] {
        let error = Expression::compile(&text).unwrap().search(&document);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidValue);
    }
}

#[test]
fn the_deepest_that_is_taken_fits_a_small_stack() {
    let deepest = |open: &str, close: &str| {
        (1..)
            .map(|levels| format!("{}@{}", open.repeat(levels), close.repeat(levels)))
            .map_while(|text| Expression::compile(&text).ok())
            .last()
            .unwrap()
    };
    let run = move || {
        let document = json::parse(&format!("{}{}", "[".repeat(990), "]".repeat(990))).unwrap();
        for (open, close) in [
            ("[", "]"),
            ("{a:", "}"),
            ("not_null(", ")"),
            ("map(&", ", @)"),
            ("[?", "]"),
            ("", "|[@]"),
            ("!", ""),
        ] {
            let expression = deepest(open, close);
            let found = expression.search(&document);
            assert_eq!(expression.search_owned(document.clone()), found);
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run);
    thread.unwrap().join().unwrap();
}

#[test]
fn blobs_and_timestamps_are_of_their_own() {
    let timestamp = Value::Timestamp(Timestamp::utc(0));
    let document: Value = vec![Value::Blob(b"\0'".to_vec()), timestamp.clone()].into();
    for (text, expected) in [
        ("[1]", Ok(timestamp)),
        ("type([1])", Ok("string".into())),
        (
            "[?@ == '1970-01-01T00:00:00+00:00'] | length(@)",
            Ok(Value::Int(1)),
        ),
        ("starts_with([1], '1970')", Ok(true.into())),
        ("[0] == [0]", Ok(true.into())),
        ("type([0])", Ok(Value::Null)),
        (
            "length([0])",
            Err(
                "In function length(), invalid type for value: b\"\\x00'\", expected one of: \
                 ['string', 'array', 'object'], received: \"unknown\"",
            ),
        ),
    ] {
        let actual = Expression::compile(text).unwrap().search(&document);
        let actual = actual.map_err(|error| error.to_string());
        assert_eq!(actual, expected.map_err(str::to_owned), "{text}");
    }
}

#[test]
fn a_literal_may_hold_what_json_of_python_holds() {
    for (text, expected) in [
        ("`NaN` == `NaN`", "false"),
        ("`[NaN]` == `[NaN]`", "false"),
        ("to_string(`[Infinity, 1e400]`)", "\"[Infinity,Infinity]\""),
        ("`12345678901234567890123` > `1e22`", "true"),
        ("abs(`-9223372036854775808`)", "9223372036854775808"),
        ("ceil(`1e20`)", "100000000000000000000"),
        ("sort(`[NaN, 2, 1]`)", "[NaN, 1, 2]"),
    ] {
        let actual = Expression::compile(text).unwrap().search(&Value::Null);
        assert_eq!(json::to_string(&actual.unwrap()), expected, "{text}");
    }
}
