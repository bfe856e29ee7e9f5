//! What holds of every expression and document.

use awl_value::jmespath::{ErrorKind, Expression, Needs};
use awl_value::{Map, Timestamp, Value, json};
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

    #[test]
    fn what_an_expression_does_not_need_makes_no_difference(
        text in expressions(),
        document in documents(),
    ) {
        if let Ok(expression) = Expression::compile(&text) {
            let pruned = prune(&document, &expression.needs());
            let (whole, part) = (expression.search(&document), expression.search(&pruned));
            prop_assert_eq!(format!("{whole:?}"), format!("{part:?}"));
        }
    }
}

/// What is needed of a value.
fn prune(value: &Value, needs: &Needs) -> Value {
    match value {
        _ if needs.is_everything() => value.clone(),
        Value::List(items) => Value::List(items.iter().map(|item| prune(item, needs)).collect()),
        Value::Map(map) => {
            let members = map.iter().filter_map(|(name, value)| {
                Some((name.to_owned().into(), prune(value, needs.member(name)?)))
            });
            Value::Map(members.collect::<Map>())
        }
        scalar => scalar.clone(),
    }
}

#[test]
fn what_common_queries_need_is_little() {
    for (text, needed) in [
        (
            "Reservations[].Instances[].InstanceId",
            "Reservations.Instances.InstanceId",
        ),
        (
            "Images[?State == 'available'].ImageId | [0]",
            "Images.State Images.ImageId",
        ),
        ("sort_by(Images, &CreationDate)[-1].ImageId", "Images"),
        (
            "Buckets[*].{N: Name, D: CreationDate}",
            "Buckets.Name Buckets.CreationDate",
        ),
        (
            "Vpcs[0].Tags[?Key=='Name'].Value",
            "Vpcs.Tags.Key Vpcs.Tags.Value",
        ),
        ("length(Items)", "Items"),
        (
            "Functions[].[FunctionName, Layers[].Arn]",
            "Functions.FunctionName Functions.Layers.Arn",
        ),
    ] {
        let needs = Expression::compile(text).unwrap().needs();
        assert!(needs.member("NextToken").is_none(), "{text}");
        for path in needed.split(' ') {
            let mut at = &needs;
            for name in path.split('.') {
                assert!(
                    !at.is_everything() && at.member("Other").is_none(),
                    "{text}: {path}"
                );
                at = at.member(name).unwrap();
            }
            assert!(at.is_everything(), "{text}: {path}");
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
