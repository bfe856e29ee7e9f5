use proptest::prelude::*;

use super::{Style, parse, to_string, write, write_pieces};
use crate::{Map, Value};

fn error(text: &str) -> String {
    parse(text).expect_err(text).to_string()
}

#[test]
fn errors_are_in_pythons_words() {
    for (text, expected) in [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        (
            "{a",
            "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
        ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
        (
            "{\"a\" 1}",
            "Expecting ':' delimiter: line 1 column 6 (char 5)",
        ),
        ("{\"é\": x}", "Expecting value: line 1 column 7 (char 6)"),
        (
            "[\n\"a",
            "Unterminated string starting at: line 2 column 1 (char 2)",
        ),
        ("01", "Extra data: line 1 column 2 (char 1)"),
        ("\"\\q\"", "Invalid \\escape: line 1 column 2 (char 1)"),
        ("-", "Expecting value: line 1 column 1 (char 0)"),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn a_deep_nesting_is_an_error_and_no_crash() {
    assert!(error(&"[".repeat(100_000)).starts_with("Nesting too deep"));
}

#[test]
fn the_last_of_duplicate_keys_wins_in_the_first_place() {
    let value = parse(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
    assert_eq!(to_string(&value), r#"{"a": 3, "b": 2}"#);
    let many: Vec<String> = (0..5000)
        .map(|n| format!("\"k{}\": {n}", n % 2500))
        .collect();
    let value = parse(&format!("{{{}}}", many.join(","))).unwrap();
    assert_eq!(value.as_map().map(Map::len), Some(2500));
    assert_eq!(value.get("k7"), Some(&Value::Int(2507)));
}

#[test]
fn pieces_are_the_whole_text() {
    let mut deep = Value::from("deep");
    for _ in 0..40 {
        deep = Value::List(vec![deep]);
    }
    let item = parse(r#"{"a": ["quoted \"x\"", "é", 1, {}], "b": []}"#).unwrap();
    let value = Value::List([vec![deep], vec![item; 5000]].concat());
    for style in [Style::PRETTY, Style::LINE, Style::WIRE] {
        let mut whole = String::new();
        write(&value, style, &mut whole);
        let mut pieces = Vec::new();
        write_pieces(&value, style, &mut |piece| pieces.push(piece.to_owned()));
        assert!(pieces.len() > 2);
        assert!(pieces.iter().all(|piece| piece.len() < 100_000));
        assert!(pieces.concat() == whole);
        assert_eq!(parse(&whole), Ok(value.clone()));
    }
}

#[test]
fn indentation_is_by_four_however_deep() {
    let mut value = Value::List(Vec::new());
    for _ in 0..40 {
        value = Value::List(vec![value]);
    }
    let mut text = String::new();
    write(&value, Style::PRETTY, &mut text);
    let indents: Vec<usize> = text
        .lines()
        .map(|line| line.len() - line.trim_start().len())
        .collect();
    let down = (0..=40).map(|level| level * 4);
    let expected: Vec<usize> = down.clone().chain(down.rev().skip(1)).collect();
    assert_eq!(indents, expected);
}

#[test]
fn numbers_keep_their_kind_and_size() {
    for (text, printed) in [
        ("1", "1"),
        ("-0", "0"),
        ("1.0", "1.0"),
        ("1e2", "100.0"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e999", "Infinity"),
    ] {
        assert_eq!(to_string(&parse(text).unwrap()), printed);
    }
}

#[test]
fn layouts_are_those_of_json_dumps() {
    let value = parse(r#"{"a": [1, {"b": "é\u0001\ud83d\ude00"}], "c": [], "d": {}}"#).unwrap();
    let laid_out = |style| {
        let mut text = String::new();
        write(&value, style, &mut text);
        text
    };
    assert_eq!(
        laid_out(Style::WIRE),
        r#"{"a": [1, {"b": "\u00e9\u0001\ud83d\ude00"}], "c": [], "d": {}}"#
    );
    assert_eq!(
        laid_out(Style::COMPACT),
        "{\"a\":[1,{\"b\":\"é\\u0001😀\"}],\"c\":[],\"d\":{}}"
    );
    assert_eq!(
        laid_out(Style::PRETTY),
        "{\n    \"a\": [\n        1,\n        {\n            \"b\": \"é\\u0001😀\"\n        }\n    ],\n    \"c\": [],\n    \"d\": {}\n}"
    );
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        prop::num::f64::NORMAL.prop_map(Value::Float),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|entries| {
                Value::Map(
                    entries
                        .into_iter()
                        .map(|(key, value)| (key.into(), value))
                        .collect(),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(value in values()) {
        for style in [Style::WIRE, Style::LINE, Style::COMPACT, Style::PRETTY] {
            let mut text = String::new();
            write(&value, style, &mut text);
            prop_assert_eq!(&parse(&text).unwrap(), &value);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}\":,0-9eE+\\-.\\\\u nulltrefas]{0,40}") {
        let _ = parse(&text);
    }
}
