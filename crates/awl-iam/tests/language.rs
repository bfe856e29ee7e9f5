//! What the grammar of policies takes and refuses, with places; and what a
//! policy says of itself.

#![expect(
    clippy::unwrap_used,
    reason = "a policy that cannot be read fails the test"
)]

use awl_iam::{Policy, PolicyType, Severity, Version};

/// Checks the first error of a text: AWS's message and the place.
fn refused(text: &str, message: &str, place: (u32, u32)) {
    let errors = Policy::parse(text).unwrap_err();
    let first = &errors.errors()[0];
    assert_eq!(first.aws_message(), message, "{text}: {first}");
    let start = first.span.start;
    assert_eq!((start.line, start.column), place, "{text}: {first}");
    assert!(first.span.end.offset <= text.len() && start.offset <= first.span.end.offset);
    assert_eq!(errors.aws_code(), "MalformedPolicyDocument");
    let told = errors.to_string();
    assert!(
        told.starts_with(&format!("line {}, column {}: ", place.0, place.1)),
        "{told}"
    );
}

/// The same for a statement that stands alone in a policy, at column 15.
fn statement_refused(statement: &str, message: &str, column: u32) {
    refused(
        &format!("{{\"Statement\": {statement}}}"),
        message,
        (1, 15 + column),
    );
}

#[test]
fn what_is_no_policy_is_refused_with_its_place() {
    const SYNTAX: &str = "Syntax errors in policy.";
    for (text, place) in [
        ("", (1, 1)),
        ("[]", (1, 1)),
        ("{", (1, 2)),
        ("{\n\t\"Statement\": [\n\t],\n}", (4, 1)),
        ("{\"Statement\": []} x", (1, 19)),
        ("{\"Statement\": 'a'}", (1, 15)),
        ("{\"Statement\": [01]}", (1, 17)),
        ("{\"Statement\": [1]}", (1, 16)),
        ("{\"Statement\": \"a\\x\"}", (1, 17)),
        ("{\"Statement\": \"a", (1, 15)),
        ("{\"Statement\": \"\\ud800\"}", (1, 16)),
        ("{\"Version\": \"2012-10-17\"}", (1, 1)),
        ("{\"Version\": \"2020-01-01\", \"Statement\": []}", (1, 13)),
        ("{\"Version\": 2012, \"Statement\": []}", (1, 13)),
        ("{\"Statement\": [],\n \"Statement\": []}", (2, 2)),
        ("{\"Statement\": [], \"Foo\": 1}", (1, 19)),
        ("{\"Statement\": [], \"Id\": 1}", (1, 25)),
    ] {
        refused(text, SYNTAX, place);
    }
}

#[test]
fn statements_are_refused_with_the_place_of_the_element() {
    const SYNTAX: &str = "Syntax errors in policy.";
    let good = r#""Effect": "Allow", "Action": "*""#;
    for (statement, message, column) in [
        (r#"{"Action": "*"}"#.to_owned(), SYNTAX, 0),
        (
            r#"{"Effect": "Allow"}"#.to_owned(),
            "Policy statement must contain actions.",
            0,
        ),
        (
            r#"{"Effect": "Allow", "Action": []}"#.to_owned(),
            "Policy statement must contain actions.",
            30,
        ),
        (
            r#"{"Effect": "ALLOW", "Action": "*"}"#.to_owned(),
            SYNTAX,
            11,
        ),
        (r#"{"Effect": "Allow", "Action": 1}"#.to_owned(), SYNTAX, 30),
        (
            r#"{"Effect": "Allow", "Action": ["*", {}]}"#.to_owned(),
            SYNTAX,
            36,
        ),
        (format!(r#"{{{good}, "NotAction": "*"}}"#), SYNTAX, 35),
        (
            format!(r#"{{{good}, "Resource": "*", "NotResource": "*"}}"#),
            SYNTAX,
            52,
        ),
        (
            format!(r#"{{{good}, "Principal": "*", "NotPrincipal": "*"}}"#),
            SYNTAX,
            53,
        ),
        (
            format!(r#"{{{good}, "Resource": []}}"#),
            "Policy statement must contain resources.",
            47,
        ),
        (format!(r#"{{{good}, "Sid": 1}}"#), SYNTAX, 42),
        (format!(r#"{{{good}, "Foo": 1}}"#), SYNTAX, 35),
        (
            format!(r#"{{{good}, "Principal": "ana"}}"#),
            "Invalid principal in policy: ana",
            48,
        ),
        (
            format!(r#"{{{good}, "Principal": {{"AWS": "ana"}}}}"#),
            "Invalid principal in policy: \"AWS\":\"ana\"",
            56,
        ),
        (
            format!(r#"{{{good}, "Principal": {{"Foo": "*"}}}}"#),
            SYNTAX,
            49,
        ),
        (format!(r#"{{{good}, "Principal": {{}}}}"#), SYNTAX, 48),
        (format!(r#"{{{good}, "Condition": []}}"#), SYNTAX, 48),
        (
            format!(r#"{{{good}, "Condition": {{"Bool": "x"}}}}"#),
            SYNTAX,
            57,
        ),
        (
            format!(r#"{{{good}, "Condition": {{"Boolean": {{}}}}}}"#),
            SYNTAX,
            49,
        ),
        (
            format!(r#"{{{good}, "Condition": {{"NullIfExists": {{}}}}}}"#),
            SYNTAX,
            49,
        ),
        (
            format!(r#"{{{good}, "Condition": {{"ForSome:StringLike": {{}}}}}}"#),
            SYNTAX,
            49,
        ),
        (
            format!(r#"{{{good}, "Condition": {{"Bool": {{"aws:a": null}}}}}}"#),
            SYNTAX,
            67,
        ),
        (
            format!(r#"{{{good}, "Condition": {{"Bool": {{"aws:a": [[]]}}}}}}"#),
            SYNTAX,
            68,
        ),
    ] {
        statement_refused(&statement, message, column);
    }
}

#[test]
fn keys_that_repeat_are_found_in_large_objects_too() {
    let keys: Vec<String> = (0..20_000).map(|n| format!("\"aws:k{n}\": \"\"")).collect();
    let policy = |more: &str| {
        let keys = keys.join(",");
        format!(
            r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{{keys}{more}}}}}}}}}"#
        )
    };
    assert!(Policy::parse(&policy("")).is_ok());
    for key in ["aws:k0", "aws:k15", "aws:k16", "aws:k19999"] {
        let errors = Policy::parse(&policy(&format!(",\"{key}\": 1"))).unwrap_err();
        assert!(errors.to_string().contains("stands here twice"), "{errors}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let text = "{\"Version\": \"1\", \"Statement\": [\n  {\"Effect\": \"allow\", \"Action\": 1},\n  {\"Effect\": \"Deny\"}]}";
    let errors = Policy::parse(text).unwrap_err();
    let lines: Vec<u32> = errors
        .errors()
        .iter()
        .map(|error| error.span.start.line)
        .collect();
    assert_eq!(lines, [1, 2, 2, 3]);
}

#[test]
fn operators_that_are_mistaken_have_a_suggestion() {
    let text =
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"StringEqual": {}}}}"#;
    let errors = Policy::parse(text).unwrap_err();
    let told = errors.errors()[0].explanation.clone();
    assert_eq!(
        told,
        "there is no operator \"StringEqual\"; did you mean \"StringEquals\"?"
    );
}

/// Checks AWS's messages of the errors that a type of policy has.
fn found(text: &str, policy_type: PolicyType, expected: &[&str]) {
    let policy = Policy::parse(text).unwrap();
    let findings = policy.validate(policy_type);
    let errors = findings
        .iter()
        .filter(|own| own.severity == Severity::Error);
    let messages: Vec<String> = errors.map(|own| own.kind.aws_message()).collect();
    assert_eq!(messages, expected, "{text} {findings:?}");
}

#[test]
fn types_of_policies_have_their_own_rules() {
    use PolicyType::{Identity, Resource, ResourceControl, RoleTrust, ServiceControl, Session};
    let full = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let public =
        r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;
    let prohibited = "Has prohibited field Principal";
    found(full, Identity, &[]);
    found(full, ServiceControl, &[]);
    found(full, Resource, &["Missing required field Principal"]);
    found(public, Resource, &[]);
    found(public, ResourceControl, &[]);
    for policy_type in [
        Identity,
        ServiceControl,
        Session,
        PolicyType::PermissionsBoundary,
    ] {
        found(public, policy_type, &[prohibited]);
        let missing = "Policy statement must contain resources.";
        found(trust, policy_type, &[missing, prohibited]);
    }
    found(trust, RoleTrust, &[]);
    let partial = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}, "Action": "*"}}"#;
    let invalid = "Invalid principal in policy: arn:aws:iam::111122223333:user/*";
    found(partial, Resource, &[invalid]);
    found(public, RoleTrust, &["Has prohibited field Resource"]);
    let wide = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "{}"}}}}"#,
        "*".repeat(10_240)
    );
    found(
        &wide,
        Identity,
        &["Cannot exceed quota for PolicySize: 10240"],
    );
    let spaced = format!("{full}{}", " ".repeat(5120));
    found(&spaced, Identity, &[]);
    found(
        &spaced,
        ServiceControl,
        &["Cannot exceed quota for PolicySize: 5120"],
    );
}

#[test]
fn values_of_the_wrong_form_are_found() {
    let vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    let statement = |rest: &str| {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {rest}}}]}}"#)
    };
    for (rest, expected) in [
        (r#""Action": "GetObject", "Resource": "*""#, vendor),
        (r#""Action": ["s3:Get*", ":x"], "Resource": "*""#, vendor),
        (
            r#""Action": "*", "Resource": "*", "Condition": {"Bool": {"key": true}}"#,
            vendor,
        ),
        (
            r#""Action": "*", "Resource": "bucket""#,
            "Resource bucket must be in ARN format or \"*\".",
        ),
    ] {
        found(&statement(rest), PolicyType::Identity, &[expected]);
    }
    let twice = r#"{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    let unique = "Statement IDs (SID) in a single policy must be unique.";
    found(twice, PolicyType::Identity, &[unique]);
    let warned = |rest: &str| {
        let policy = Policy::parse(&statement(rest)).unwrap();
        let findings = policy.validate(PolicyType::Identity);
        assert_eq!(findings.len(), 1, "{rest} {findings:?}");
        assert_eq!(findings[0].severity, Severity::Warning);
    };
    for rest in [
        r#""Action": "s*:Get", "Resource": "*""#,
        r#""Action": "*", "Resource": "arn:aws:s3""#,
        r#""Action": "*", "Resource": "arn:aws:*:::x""#,
        r#""Action": "*", "Resource": "arn:aws:iam::123:user/x""#,
        r#""Action": "*", "Resource": "arn:aws:iam::111122223333:us*/x""#,
        r#""Action": "*", "Resource": "arn:aws:sqs:${aws:RequestedRegion}::x""#,
        r#""Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/40"}}"#,
        r#""Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "now"}}"#,
        r#""Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"s3:max-keys": "ten"}}"#,
        r#""Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "yes"}}"#,
        r#""Action": "*", "Resource": "*", "Condition": {"Null": {"aws:SecureTransport": "yes"}}"#,
        r#""Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "x"}}"#,
        r#""Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:UserAgent": []}}"#,
        r#""Sid": "a b", "Action": "*", "Resource": "*""#,
    ] {
        warned(rest);
    }
}

#[test]
fn versions_and_sizes_are_told() {
    let policy = Policy::parse("{ \"Statement\": [ ] }").unwrap();
    assert_eq!(policy.version, Version::V2008);
    assert_eq!(policy.version_span, None);
    assert_eq!((policy.size(), policy.size_without_space()), (20, 16));
    let policy = Policy::parse(r#"{"Version": "2012-10-17", "Id": "a \" b", "Statement": []}"#);
    let policy = policy.unwrap();
    assert_eq!(policy.version.as_str(), "2012-10-17");
    assert_eq!(policy.id.unwrap().value, "a \" b");
}

#[test]
fn keys_are_told_in_reading_order() {
    let policy = Policy::parse(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*",
        "Condition": {"StringLike": {"s3:prefix": ["${aws:username}/*", "${aws:PrincipalTag/team, 'x'}"]},
                      "Bool": {"AWS:SecureTransport": "true"}},
        "Resource": "arn:aws:s3:::${aws:PrincipalAccount}-${aws:UserName}${*}"},
        {"Effect": "Deny", "Action": "*", "Resource": "*",
         "Condition": {"Bool": {"aws:securetransport": "false"}, "NumericEquals": {"s3:max-keys": "${x}"}}}]}"#,
    );
    let keys = policy.unwrap().context_keys();
    assert_eq!(
        keys,
        [
            "s3:prefix",
            "aws:username",
            "aws:PrincipalTag/team",
            "AWS:SecureTransport",
            "aws:PrincipalAccount",
            "s3:max-keys",
        ]
    );
}
