//! `awl jp`.

use insta::assert_snapshot;

use crate::support::TestPlace;

#[test]
fn results() {
    let place = TestPlace::new().input(r#"{"a": [{"b": "é", "c": 1.10}, {"b": 2}]}"#);
    assert_snapshot!(place.line("jp a[0]"), @r#"
    exit: 0
    ----- stdout
    {
      "b": "é",
      "c": 1.1
    }
    ----- stderr
    "#);
    assert_snapshot!(place.line("jp -c a[].{x:b}"), @r#"
    exit: 0
    ----- stdout
    [{"x":"é"},{"x":2}]
    ----- stderr
    "#);
    assert_snapshot!(place.line("jp --compact missing"), @r#"
    exit: 0
    ----- stdout
    null
    ----- stderr
    "#);
}

#[test]
fn errors_begin_with_their_kind() {
    let place = TestPlace::new()
        .program("awl")
        .input("{\"a\": \"text\", \"n\": 1}");
    for (expression, kind) in [
        ("a[", "syntax"),
        ("abs(a)", "invalid-type"),
        ("length(a,n)", "invalid-arity"),
        ("nothing(a)", "unknown-function"),
    ] {
        let output = place.run(&["jp", expression]);
        let expected = format!("exit: 255\n----- stdout\n----- stderr\n\nawl: [ERROR]: {kind}: ");
        assert!(output.starts_with(&expected), "{output}");
    }
    let place = TestPlace::new().input("[1]");
    let output = place.run(&["jp", "[::0]"]);
    assert!(output.contains("invalid-value: "), "{output}");
    let output = TestPlace::new().input("{").run(&["jp", "a"]);
    assert!(output.contains("standard input is no JSON: "), "{output}");
}
