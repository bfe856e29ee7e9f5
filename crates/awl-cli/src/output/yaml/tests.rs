use awl_value::jmespath::Expression;
use awl_value::{Timestamp, Value, json};
use proptest::prelude::*;

use super::{write_yaml, write_yaml_item};

fn yaml(document: &str) -> String {
    let mut out = String::new();
    write_yaml(&json::parse(document).unwrap(), &[], &mut out);
    out
}

/// All expected texts here are what the AWS CLI's own formatter writes.
#[test]
fn collections() {
    for (document, expected) in [
        (
            r#"{"b": 1, "a": [1, 2.0, true, null, "x"], "c": {}, "d": []}"#,
            "a:\n- 1\n- 2.0\n- true\n- null\n- x\nb: 1\nc: {}\nd: []\n",
        ),
        (
            r#"{"a": {"b": {"c": [{"e": 1, "d": 2}, ["f", ["g"]]]}}}"#,
            "a:\n  b:\n    c:\n    - d: 2\n      e: 1\n    - - f\n      - - g\n",
        ),
        (
            "[[], {}, [[1, 2], [3]]]",
            "- []\n- {}\n- - - 1\n    - 2\n  - - 3\n",
        ),
        (
            "[1e16, 1e-5, -0.0, Infinity, -Infinity, NaN, 12345678901234567890]",
            "- 1e+16\n- 1e-05\n- -0.0\n- .inf\n- -.inf\n- .nan\n- 12345678901234567890\n",
        ),
        ("[]", "[]\n"),
        ("1.5", "1.5\n"),
        ("\"é\"", "\"é\"\n"),
        ("null", "null\n"),
    ] {
        assert_eq!(yaml(document), expected, "{document}");
    }
}

#[test]
fn quotes() {
    for (text, expected) in [
        ("true", "'true'"),
        ("yes", "yes"),
        ("null", "'null'"),
        ("1", "'1'"),
        ("1e5", "'1e5'"),
        ("2020-01-01T00:00:00+00:00", "'2020-01-01T00:00:00+00:00'"),
        ("", "''"),
        ("~", "'~'"),
        ("it's", "it's"),
        ("- a", "'- a'"),
        ("-a", "-a"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("#a", "'#a'"),
        ("a#b", "a#b"),
        ("*", "'*'"),
        ("@a", "'@a'"),
        (" a", "' a'"),
        ("a ", "'a '"),
        ("---", "'---'"),
        ("arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x"),
        ("a\nb\n", "'a\n\n  b\n\n  '"),
        ("a\n\n b", r#""a\n\n b""#),
        ("tab\t", r#""tab\t""#),
        ("\0\u{7}\u{1b}\u{7f}\u{85}\u{2028}", r#""\0\a\e\x7F\N\L""#),
        ("é日本", "é日本"),
        ("😀", r#""\U0001F600""#),
        ("\u{feff}", r#""\uFEFF""#),
        ("\"\\", r#"'"\'"#),
    ] {
        let mut out = String::new();
        write_yaml(&Value::from(vec![text]), &[], &mut out);
        assert_eq!(out, format!("- {expected}\n"), "{text:?}");
    }
}

#[test]
fn long_lines_are_folded() {
    let document = format!(
        r#"{{"plain": "{}", "single": "{}", "double": "{}"}}"#,
        "word ".repeat(20) + "end",
        "it's: ".repeat(17),
        r"tab\t ".repeat(15)
    );
    assert_eq!(
        yaml(&document),
        r#"double: "tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t tab\t
  tab\t tab\t "
plain: word word word word word word word word word word word word word word word
  word word word word word end
single: 'it''s: it''s: it''s: it''s: it''s: it''s: it''s: it''s: it''s: it''s: it''s:
  it''s: it''s: it''s: it''s: it''s: it''s: '
"#
    );
}

#[test]
fn keys_that_are_not_simple() {
    let long = "k".repeat(129);
    let short = "k".repeat(128);
    assert_eq!(
        yaml(&format!(
            r#"{{"a\nb": ["list"], "{long}": {{"x": 1}}, "{short}": 2, "1": 3, "é:": 4}}"#
        )),
        format!("'1': 3\n? 'a\n\n  b'\n: - list\n{short}: 2\n? {long}\n: x: 1\n'é:': 4\n")
    );
}

#[test]
fn bytes_and_times() {
    let value = Value::List(vec![
        Value::Blob(b"abc".to_vec()),
        Value::Blob(vec![0; 60]),
        Value::Blob(Vec::new()),
        Value::Timestamp(Timestamp::utc(0)),
    ]);
    let mut out = String::new();
    write_yaml(&value, &[], &mut out);
    assert_eq!(
        out,
        format!(
            "- !!binary |\n  YWJj\n- !!binary |\n  {}\n  AAAA\n- !!binary \"\"\n\
             - '1970-01-01T00:00:00+00:00'\n",
            "A".repeat(76)
        )
    );
}

#[test]
fn pages_are_items() {
    let mut out = String::new();
    for document in ["{\"b\": [1], \"a\": 2}", "{}", "\"x\""] {
        write_yaml_item(&json::parse(document).unwrap(), &[], &mut out);
    }
    assert_eq!(out, "- a: 2\n  b:\n  - 1\n- {}\n- x\n");
}

#[test]
fn what_comes_again_is_an_alias() {
    let document = json::parse(r#"{"a": [{"k": 1}, {"k": 2}], "b": {}}"#).unwrap();
    for (expression, expected) in [
        ("[b, b]", "- &id001 {}\n- *id001\n"),
        (
            "{z: a, y: a, x: a[1]}",
            "x: &id001\n  k: 2\ny: &id002\n- k: 1\n- *id001\nz: *id002\n",
        ),
        ("[a[0].k, a[0].k]", "- 1\n- 1\n"),
    ] {
        let (value, repeats) = Expression::compile(expression)
            .unwrap()
            .search_identified(&document)
            .unwrap();
        let mut out = String::new();
        write_yaml(&value, &repeats, &mut out);
        assert_eq!(out, expected, "{expression}");
    }
}

/// Values of every type, with texts that are hard to quote.
fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        "[ a-c:#'\"\\\\\n\t,\\-?0-9.e\u{85}\u{2028}é😀]{0,100}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..100).prop_map(Value::Blob),
        Just(Value::Null),
    ];
    scalar.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            proptest::collection::vec((".{0,5}", inner), 0..5).prop_map(|entries| Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.into(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_makes_whole_lines(value in values()) {
        let mut out = String::new();
        write_yaml(&value, &[], &mut out);
        prop_assert!(out.ends_with('\n'));
        write_yaml_item(&value, &[], &mut out);
        prop_assert!(out.ends_with('\n'));
    }
}
