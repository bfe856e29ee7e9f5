use std::sync::Arc;

use super::*;

/// A service that looks like S3, and three more.
struct Some4;

impl Facts for Some4 {
    fn service(&self, prefix: &str) -> Option<Arc<ServiceFacts>> {
        let action = |name: &str, resources: &[&str], keys: &[&str]| ActionFacts {
            name: name.to_owned(),
            resources: resources.iter().map(|&text| text.to_owned()).collect(),
            keys: keys.iter().map(|&text| text.to_owned()).collect(),
        };
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        let role = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
        let (actions, keys) = match prefix {
            "s3" => (
                vec![
                    action("GetObject", &[object], &["s3:ExistingObjectTag/<key>"]),
                    action("PutObject", &[object], &["s3:x-amz-acl"]),
                    action("ListBucket", &[bucket], &["s3:prefix", "s3:max-keys"]),
                    action("ListAllMyBuckets", &[], &[]),
                ],
                vec![
                    ("s3:ExistingObjectTag/<key>", KeyType::Text),
                    ("s3:max-keys", KeyType::Number),
                    ("s3:prefix", KeyType::Text),
                    ("s3:x-amz-acl", KeyType::Text),
                ],
            ),
            "iam" => (
                vec![action("PassRole", &[role], &["iam:PassedToService"])],
                vec![("iam:PassedToService", KeyType::Text)],
            ),
            "sts" => (
                vec![action("AssumeRole", &[role], &["sts:ExternalId"])],
                vec![("sts:ExternalId", KeyType::Text)],
            ),
            "sqs" => (
                vec![action(
                    "SendMessage",
                    &["arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"],
                    &[],
                )],
                vec![],
            ),
            _ => return None,
        };
        let keys = keys.into_iter();
        Some(Arc::new(ServiceFacts {
            actions,
            keys: keys.map(|(key, kind)| (key.to_owned(), kind)).collect(),
        }))
    }
}

/// `rule at line:column` of everything found in a policy of the type.
fn found(text: &str, policy_type: PolicyType) -> Vec<String> {
    lint(text, policy_type, &Some4)
        .iter()
        .map(|lint| {
            assert!(!lint.reason().is_empty(), "{}", lint.rule);
            let Span { start, end } = lint.span;
            assert!(text.get(start.offset..end.offset).is_some(), "{lint:?}");
            lint.rule.to_owned()
        })
        .collect()
}

/// A policy of one statement.
fn of(statement: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{{statement}}}]}}"#)
}

/// Holds that a rule finds the first statement and not the second.
fn check(rule: &str, policy_type: PolicyType, with: &str, without: &str) {
    let rules = found(&of(with), policy_type);
    assert!(
        rules.iter().any(|found| found == rule),
        "{rule}: {rules:?} in {with}"
    );
    let rules = found(&of(without), policy_type);
    assert!(
        !rules.iter().any(|found| found == rule),
        "{rule}: {rules:?} in {without}"
    );
}

const IDENTITY: PolicyType = PolicyType::Identity;
const RESOURCE: PolicyType = PolicyType::Resource;
const TRUST: PolicyType = PolicyType::RoleTrust;

#[test]
fn actions_exist() {
    let on = |action: &str| format!(r#""Effect": "Allow", "Action": "{action}", "Resource": "*""#);
    check(
        "unknown-service",
        IDENTITY,
        &on("s4:GetObject"),
        &on("S3:GetObject"),
    );
    check(
        "unknown-action",
        IDENTITY,
        &on("s3:GetObjekt"),
        &on("s3:getobject"),
    );
    check(
        "action-matches-nothing",
        IDENTITY,
        &on("s3:Fetch*"),
        &on("s3:Get*"),
    );
    check(
        "missing-prefix",
        IDENTITY,
        &on("GetObject"),
        &on("s3:GetObject"),
    );
    let lints = lint(&of(&on("s3:GetObjekt")), IDENTITY, &Some4);
    assert_eq!(
        lints[0].message,
        "there is no action \"s3:GetObjekt\"; did you mean \"s3:GetObject\"?"
    );
    assert_eq!(lints[0].level, Level::Error);
}

#[test]
fn actions_and_resources_meet() {
    let on = |action: &str, resource: &str| {
        format!(r#""Effect": "Allow", "Action": {action}, "Resource": {resource}"#)
    };
    let objects = r#""arn:aws:s3:::b/*""#;
    check(
        "resource-mismatch",
        IDENTITY,
        &on(r#""s3:ListBucket""#, objects),
        &on(r#""s3:ListBucket""#, r#""arn:aws:s3:::b""#),
    );
    check(
        "resource-mismatch",
        IDENTITY,
        &on(r#""s3:ListAllMyBuckets""#, objects),
        &on(r#""s3:ListAllMyBuckets""#, r#""*""#),
    );
    check(
        "resource-mismatch",
        IDENTITY,
        &on(
            r#""s3:GetObject""#,
            r#""arn:aws:sqs:eu-west-1:111122223333:q""#,
        ),
        &on(r#""s3:*""#, objects),
    );
    let both = r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#;
    check(
        "resource-unused",
        IDENTITY,
        &on(r#""s3:GetObject""#, both),
        &on(r#"["s3:GetObject", "s3:ListBucket"]"#, both),
    );
    check(
        "resource-format",
        IDENTITY,
        &on(r#""s3:GetObject""#, r#""b/*""#),
        &on(r#""s3:GetObject""#, objects),
    );
}

#[test]
fn allowing_everything_but_is_told() {
    check(
        "not-action-allow",
        IDENTITY,
        r#""Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "*""#,
        r#""Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*""#,
    );
    check(
        "not-resource-allow",
        IDENTITY,
        r#""Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*""#,
        r#""Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*""#,
    );
    check(
        "full-access",
        IDENTITY,
        r#""Effect": "Allow", "Action": "*", "Resource": "*""#,
        r#""Effect": "Deny", "Action": "*", "Resource": "*""#,
    );
    check(
        "full-access",
        PolicyType::PermissionsBoundary,
        r#""Effect": "Allow", "Action": ["*:*"], "Resource": ["*"]"#,
        r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#,
    );
    // An organization's full access is where everybody begins.
    let rules = found(
        &of(r#""Effect": "Allow", "Action": "*", "Resource": "*""#),
        PolicyType::ServiceControl,
    );
    assert!(rules.is_empty(), "{rules:?}");
}

#[test]
fn everybody_is_told() {
    let by = |principal: &str, rest: &str| {
        format!(
            r#""Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"{rest}"#
        )
    };
    let organization = r#", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#;
    check(
        "public-access",
        RESOURCE,
        &by(r#""*""#, ""),
        &by(r#""*""#, organization),
    );
    check(
        "public-access",
        RESOURCE,
        &by(
            r#"{"AWS": "*"}"#,
            r#", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#,
        ),
        &by(r#"{"AWS": "111122223333"}"#, ""),
    );
    check(
        "public-access",
        TRUST,
        r#""Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole""#,
        r#""Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole""#,
    );
    check(
        "not-principal",
        RESOURCE,
        r#""Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
        &by(r#"{"AWS": "111122223333"}"#, ""),
    );
    let source = r#", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:t"}}"#;
    check(
        "confused-deputy",
        RESOURCE,
        &by(r#"{"Service": "sns.amazonaws.com"}"#, ""),
        &by(r#"{"Service": "sns.amazonaws.com"}"#, source),
    );
}

#[test]
fn providers_users_are_named() {
    let trust = |condition: &str| {
        let provider =
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
        format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRole"{condition}"#
        )
    };
    let subject = r#", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:o/r:*"}}"#;
    check("open-federation", TRUST, &trust(""), &trust(subject));
}

#[test]
fn repetition_is_told() {
    let on = |actions: &str, resources: &str| {
        format!(r#""Effect": "Allow", "Action": {actions}, "Resource": {resources}"#)
    };
    let one = r#""arn:aws:s3:::b/*""#;
    check(
        "redundant-action",
        IDENTITY,
        &on(r#"["s3:GetObject", "s3:Get*"]"#, one),
        &on(r#"["s3:GetObject", "s3:Put*"]"#, one),
    );
    check(
        "redundant-action",
        IDENTITY,
        &on(r#"["s3:GetObject", "s3:getobject"]"#, one),
        &on(r#"["s3:GetObject"]"#, one),
    );
    check(
        "redundant-resource",
        IDENTITY,
        &on(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b/*", "arn:aws:s3:::b/a"]"#,
        ),
        &on(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b/*", "arn:aws:s3:::c/a"]"#,
        ),
    );
    let two = |first: &str, second: &str| of(&format!("{first}}}, {{{second}"));
    let wide = on(r#""s3:*""#, r#""*""#);
    let narrow = on(r#""s3:GetObject""#, one);
    let rules = |text: &str| found(text, IDENTITY);
    let has = |rules: &[String]| rules.iter().any(|rule| rule == "redundant-statement");
    assert!(has(&rules(&two(&wide, &narrow))));
    assert!(has(&rules(&two(&narrow, &wide))));
    assert!(has(&rules(&two(&narrow, &narrow))));
    let condition = r#", "Condition": {"StringEquals": {"aws:username": "a"}}"#;
    assert!(has(&rules(&two(&wide, &format!("{narrow}{condition}")))));
    assert!(!has(&rules(&two(&format!("{wide}{condition}"), &narrow))));
    assert!(!has(&rules(&two(&wide, &narrow.replace("Allow", "Deny")))));
}

#[test]
fn condition_keys_exist_and_fit() {
    let under = |action: &str, condition: &str| {
        let resource = if action == "s3:ListBucket" {
            "arn:aws:s3:::b"
        } else {
            "arn:aws:s3:::b/*"
        };
        format!(
            r#""Effect": "Allow", "Action": "{action}", "Resource": "{resource}", "Condition": {condition}"#
        )
    };
    let list = |condition: &str| under("s3:ListBucket", condition);
    check(
        "unknown-condition-key",
        IDENTITY,
        &list(r#"{"StringEquals": {"s3:prefixes": "a"}}"#),
        &list(r#"{"StringEquals": {"S3:Prefix": "a"}}"#),
    );
    check(
        "unknown-condition-key",
        IDENTITY,
        &list(r#"{"StringEquals": {"aws:PrincipalOrg": "o-1"}}"#),
        &list(r#"{"StringEquals": {"aws:PrincipalTag/team": "a"}}"#),
    );
    check(
        "unsupported-condition-key",
        IDENTITY,
        &under("s3:GetObject", r#"{"StringEquals": {"s3:prefix": "a"}}"#),
        &under(
            "s3:GetObject",
            r#"{"StringEquals": {"s3:ExistingObjectTag/a": "a"}}"#,
        ),
    );
    check(
        "operator-type",
        IDENTITY,
        &list(r#"{"StringEquals": {"s3:max-keys": "10"}}"#),
        &list(r#"{"NumericEquals": {"s3:max-keys": "10"}}"#),
    );
    check(
        "operator-type",
        IDENTITY,
        &list(r#"{"StringEquals": {"aws:SourceIp": "10.0.0.0/8"}}"#),
        &list(r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#),
    );
    check(
        "operator-type",
        IDENTITY,
        &list(r#"{"NumericEquals": {"aws:MultiFactorAuthPresent": "1"}}"#),
        &list(r#"{"Null": {"aws:MultiFactorAuthPresent": "true"}}"#),
    );
    check(
        "set-operator",
        IDENTITY,
        &list(r#"{"StringEquals": {"aws:TagKeys": "a"}}"#),
        &list(r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}"#),
    );
    check(
        "for-all-values-allow",
        IDENTITY,
        &list(r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#),
        &list(
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}"#,
        ),
    );
    let google = r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"accounts.google.com:aud": "a"}}"#;
    check(
        "unknown-condition-key",
        TRUST,
        &google.replace("accounts.google.com:aud", "sts:Audience"),
        google,
    );
}

#[test]
fn roles_are_passed_and_assumed_with_care() {
    let role = r#""arn:aws:iam::111122223333:role/r""#;
    let on = |action: &str, resource: &str, condition: &str| {
        format!(r#""Effect": "Allow", "Action": "{action}", "Resource": {resource}{condition}"#)
    };
    let second = r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
    check(
        "missing-mfa",
        IDENTITY,
        &on("sts:AssumeRole", role, ""),
        &on("sts:AssumeRole", role, second),
    );
    check(
        "missing-mfa",
        IDENTITY,
        &on("iam:PassRole", role, ""),
        &on("s3:GetObject", r#""arn:aws:s3:::b/*""#, ""),
    );
    let trust = |principal: &str, rest: &str| {
        format!(r#""Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"{rest}"#)
    };
    check(
        "missing-mfa",
        TRUST,
        &trust(r#"{"AWS": "111122223333"}"#, ""),
        &trust(r#"{"AWS": "111122223333"}"#, second),
    );
    check(
        "missing-mfa",
        TRUST,
        &trust(r#"{"AWS": "111122223333"}"#, ""),
        &trust(r#"{"Service": "ec2.amazonaws.com"}"#, ""),
    );
    let service =
        r#", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#;
    check(
        "pass-role-anywhere",
        IDENTITY,
        &on("iam:PassRole", r#""*""#, ""),
        &on("iam:PassRole", r#""*""#, service),
    );
    check(
        "pass-role-anywhere",
        IDENTITY,
        &on("iam:*", r#""*""#, ""),
        &on("iam:PassRole", role, ""),
    );
}

#[test]
fn versions_are_told() {
    let policy = |version: &str, resource: &str| {
        format!(
            r#"{{{version}"Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "{resource}"}}}}"#
        )
    };
    let (plain, variable) = ("arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*");
    let (old, new) = (
        r#""Version": "2008-10-17", "#,
        r#""Version": "2012-10-17", "#,
    );
    let rules = |version, resource| found(&policy(version, resource), IDENTITY);
    assert_eq!(rules("", plain), ["version-missing"]);
    assert_eq!(rules(old, plain), ["version-old"]);
    assert_eq!(rules(new, plain), Vec::<String>::new());
    assert_eq!(rules("", variable), ["variables-need-version"]);
    assert_eq!(rules(old, variable), ["variables-need-version"]);
    assert_eq!(rules(new, variable), Vec::<String>::new());
}

#[test]
fn sizes_and_sids_are_told() {
    let long = |count: usize| {
        let resources: Vec<String> = (0..count)
            .map(|index| format!(r#""arn:aws:s3:::b/{index:04}""#))
            .collect();
        of(&format!(
            r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": [{}]"#,
            resources.join(", ")
        ))
    };
    let rules = |text: &str, policy_type| found(text, policy_type);
    assert_eq!(rules(&long(100), IDENTITY), Vec::<String>::new());
    assert_eq!(rules(&long(300), IDENTITY), ["size-managed"]);
    assert_eq!(rules(&long(600), IDENTITY), ["size-limit"]);
    assert_eq!(rules(&long(100), PolicyType::Session), ["size-limit"]);
    let sid = |first: &str, second: &str| {
        of(&format!(
            r#""Sid": "{first}", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}}, {{"Sid": "{second}", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#
        ))
    };
    assert_eq!(rules(&sid("A", "A"), IDENTITY), ["duplicate-sid"]);
    assert_eq!(rules(&sid("A", "B c"), IDENTITY), ["sid-format"]);
    assert_eq!(rules(&sid("A", "B"), IDENTITY), Vec::<String>::new());
}

#[test]
fn what_aws_refuses_is_an_error() {
    for (rule, policy_type, text) in [
        ("syntax", IDENTITY, "{".to_owned()),
        (
            "syntax",
            IDENTITY,
            of(r#""Effect": "allow", "Action": "s3:GetObject", "Resource": "*""#),
        ),
        (
            "missing-element",
            IDENTITY,
            of(r#""Effect": "Allow", "Action": "s3:GetObject""#),
        ),
        (
            "missing-element",
            RESOURCE,
            of(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#),
        ),
        (
            "prohibited-element",
            IDENTITY,
            of(
                r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
            ),
        ),
        (
            "invalid-principal",
            RESOURCE,
            of(
                r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:user/*"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
            ),
        ),
        (
            "prohibited-element",
            TRUST,
            of(
                r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Resource": "*""#,
            ),
        ),
    ] {
        let lints = lint(&text, policy_type, &Some4);
        let lint = lints.iter().find(|lint| lint.rule == rule);
        assert!(
            lint.is_some_and(|lint| lint.level == Level::Error),
            "{rule}: {lints:?}"
        );
    }
}

#[test]
fn types_are_guessed() {
    let type_of = |statement: &str| likely_type(&Policy::parse(&of(statement)).unwrap());
    assert_eq!(
        type_of(r#""Effect": "Allow", "Action": "*", "Resource": "*""#),
        IDENTITY
    );
    assert_eq!(
        type_of(r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*""#),
        RESOURCE
    );
    assert_eq!(
        type_of(r#""Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole""#),
        TRUST
    );
}

#[test]
fn rules_are_sorted_and_told_once() {
    let names: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
}

#[test]
fn patterns_of_many_wildcards_end() {
    let stars = "a*".repeat(1500);
    let text = of(&format!(
        r#""Effect": "Allow", "Action": "s3:{stars}", "Resource": "arn:aws:s3:::{stars}""#
    ));
    let _ = found(&text, IDENTITY);
}
