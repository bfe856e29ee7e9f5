//! Parameters that are no good. Texts are those of AWS CLI 2.36.7.

use insta::assert_snapshot;

use crate::support::TestPlace;

#[test]
fn faults_are_told_together() {
    let place = TestPlace::new();
    assert_snapshot!(
        place.run(&[
            "dynamodb",
            "get-item",
            "--table-name",
            "",
            "--key",
            r#"{"a": {"S": 1, "X": 2}, "b": "it's"}"#,
        ]),
        @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:
    Invalid length for parameter TableName, value: 0, valid min length: 1
    Unknown parameter in Key.a: "X", must be one of: S, N, B, SS, NS, BS, M, L, NULL, BOOL
    Invalid type for parameter Key.a.S, value: 1, type: <class 'int'>, valid types: <class 'str'>
    Invalid type for parameter Key.b, value: it's, type: <class 'str'>, valid types: <class 'dict'>
    "#
    );
}

#[test]
fn they_may_be_let_pass() {
    let place = TestPlace::new().file(
        "home/.aws/config",
        "[default]\nparameter_validation = false\n",
    );
    let output = place.line("kms describe-key --no-sign-request --print-request --key-id=");
    assert!(output.starts_with("exit: 0\n"), "{output}");
}
