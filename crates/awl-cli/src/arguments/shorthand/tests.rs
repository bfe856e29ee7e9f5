use awl_value::{Value, json};
use proptest::prelude::*;

use super::{Error, parser};

fn parse(text: &str) -> Result<Value, Error> {
    let load = |word: &str| {
        Ok(match word {
            "file://there" => Some(Value::from("content")),
            _ => None,
        })
    };
    parser::parse(text, &load).map(Value::Map)
}

/// Checked against the AWS CLI's own parser.
#[test]
fn values_are_those_of_the_aws_cli() {
    for (text, expected) in [
        ("a=b", r#"{"a": "b"}"#),
        ("a=", r#"{"a": ""}"#),
        ("a=,b=", r#"{"a": "", "b": ""}"#),
        ("a=b,c=d", r#"{"a": "b", "c": "d"}"#),
        ("a=b,c,d=e", r#"{"a": ["b", "c"], "d": "e"}"#),
        ("a=b,c,d", r#"{"a": ["b", "c", "d"]}"#),
        ("a = b , c = d", r#"{"a": "b", "c": "d"}"#),
        ("a=b=c", r#"{"a": "b=c"}"#),
        ("a=[b]", r#"{"a": ["b"]}"#),
        ("a=[ b , c ],d=e", r#"{"a": ["b", "c"], "d": "e"}"#),
        ("a=[]", r#"{"a": []}"#),
        ("a=[b,[c,d]]", r#"{"a": ["b", ["c", "d"]]}"#),
        ("a={b=c,d=[e,f]}", r#"{"a": {"b": "c", "d": ["e", "f"]}}"#),
        ("a={}", r#"{"a": {}}"#),
        ("a={b=c},d=e", r#"{"a": {"b": "c"}, "d": "e"}"#),
        ("a='b,c'", r#"{"a": "b,c"}"#),
        (r#"a="b,c",d=e"#, r#"{"a": "b,c", "d": "e"}"#),
        (r"a='it\'s'", r#"{"a": "it's"}"#),
        (r"a='b\\c'", r#"{"a": "b\\c"}"#),
        (r#"a="say \"hi\"""#, r#"{"a": "say \"hi\""}"#),
        (r"a=b\,c,d", r#"{"a": ["b,c", "d"]}"#),
        (r"a='b\'", r#"{"a": "b\\"}"#),
        ("a=b c ,d=e", r#"{"a": "b c", "d": "e"}"#),
        ("a-b_c.d#e/f:g=h", r#"{"a-b_c.d#e/f:g": "h"}"#),
        ("=b", r#"{"": "b"}"#),
        ("a=file://there", r#"{"a": "file://there"}"#),
        (
            "a@=file://there,b=file://there",
            r#"{"a": "content", "b": "file://there"}"#,
        ),
        ("a@=b", r#"{"a": "b"}"#),
        ("a={b@=file://there}", r#"{"a": {"b": "content"}}"#),
        ("a=b,'c','d',e=f", r#"{"a": ["b", "c", "d"], "e": "f"}"#),
        ("a=100%,b=~x|y", r#"{"a": "100%", "b": "~x|y"}"#),
        ("a=é,b=ñ", r#"{"a": "é", "b": "ñ"}"#),
        ("a={b=c\n,d=e}", r#"{"a": {"b": "c", "d": "e"}}"#),
        ("a=[,]", r#"{"a": [""]}"#),
        ("a={b=]}", r#"{"a": {"b": "]"}}"#),
    ] {
        assert_eq!(parse(text), Ok(json::parse(expected).unwrap()), "{text}");
    }
}

/// Checked against the AWS CLI's own parser.
#[test]
fn errors_are_those_of_the_aws_cli() {
    for (text, expected) in [
        ("", "Expected: '=', received: 'EOF' for input:\n \n^"),
        (
            "foo",
            "Expected: '=', received: 'EOF' for input:\n foo\n   ^",
        ),
        (
            "a=b,",
            "Expected: '<second>', received: '<none>' for input:\n a=b,\n    ^",
        ),
        (
            "a=[b",
            "Expected: ',', received: 'EOF' for input:\n a=[b\n    ^",
        ),
        (
            "a={b=c",
            "Expected: ',', received: 'EOF' for input:\n a={b=c\n      ^",
        ),
        (
            "a={b}",
            "Expected: '=', received: '}' for input:\n a={b}\n    ^",
        ),
        (
            "a='b",
            "Expected: '<singled quoted>', received: '<none>' for input:\n a='b\n  ^",
        ),
        (
            "a=\"b",
            "Expected: '<double quoted>', received: '<none>' for input:\n a=\"b\n  ^",
        ),
        (
            "a=b\"c",
            "Expected: ',', received: '\"' for input:\n a=b\"c\n   ^",
        ),
        (
            "a=é\"",
            "Expected: ',', received: '\"' for input:\n a=é\"\n   ^",
        ),
        (
            "a=b,\nc==\"d,\ne=f",
            "Expected: ',', received: '=' for input:\n a=b,\nc==\"d,\n  ^\ne=f",
        ),
        (
            "a={b=c}\n",
            "Expected: ',', received: 'EOF' for input:\n a={b=c}\n\n^",
        ),
        (
            "a=b,a=c",
            "Second instance of key \"a\" encountered for input:\na=b,a=c\n    ^\nThis is often \
             because there is a preceding \",\" instead of a space.",
        ),
    ] {
        assert_eq!(
            parse(text),
            Err(Error::Syntax(expected.to_owned())),
            "{text}"
        );
    }
}

#[test]
fn endless_nesting_is_refused() {
    assert!(matches!(
        parse(&format!("a={}", "[".repeat(100_000))),
        Err(Error::Python(_))
    ));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[a-c=@,\\[\\]{}'\"\\\\ \n\u{e9}\u{1f600}]{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn quoted_values_come_back(value in "[a-z,=\\[{}\"' ]{0,20}") {
        let quoted = value.replace('\'', "\\'");
        let parsed = parse(&format!("key='{quoted}'")).unwrap();
        prop_assert_eq!(parsed.get("key").and_then(Value::as_str), Some(&*value));
    }
}
