//! What requests and policies are made of: actions and their resources, callers,
//! principals, context keys with the values that they take, operators.

/// The caller's account.
pub(super) const OWN: &str = "111122223333";
/// Another account.
pub(super) const OTHER: &str = "444455556666";

/// An action and a resource that it is for; `{}` is the owner's account.
pub(super) struct Target {
    pub action: &'static str,
    pub resource: &'static str,
}

pub(super) const fn target(action: &'static str, resource: &'static str) -> Target {
    Target { action, resource }
}

pub(super) static TARGETS: &[Target] = &[
    target("s3:GetObject", "arn:aws:s3:::reports/ana/2026/march.csv"),
    target("s3:GetObject", "arn:aws:s3:::reports/a:b/c"),
    target("s3:PutObject", "arn:aws:s3:::reports/blue/summary"),
    target("s3:PutObject", "arn:aws:s3:::reports/{star}/summary"),
    target("s3:ListBucket", "arn:aws:s3:::reports"),
    target("s3:ListAllMyBuckets", "*"),
    target(
        "dynamodb:GetItem",
        "arn:aws:dynamodb:us-east-1:{}:table/Orders",
    ),
    target(
        "dynamodb:Query",
        "arn:aws:dynamodb:eu-west-1:{}:table/Orders",
    ),
    target("sqs:SendMessage", "arn:aws:sqs:us-east-1:{}:jobs-ana"),
    target("sns:Publish", "arn:aws:sns:us-east-1:{}:alerts"),
    target(
        "lambda:InvokeFunction",
        "arn:aws:lambda:us-east-1:{}:function:resize",
    ),
    target(
        "ec2:TerminateInstances",
        "arn:aws:ec2:us-east-1:{}:instance/i-0abc",
    ),
    target("ec2:DescribeInstances", "*"),
    target(
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:us-east-1:{}:secret:db-AbCdEf",
    ),
    target("iam:GetUser", "arn:aws:iam::{}:user/team/ana"),
    target("kms:Decrypt", "arn:aws:kms:us-east-1:{}:key/1234abcd"),
    target("sts:AssumeRole", "arn:aws:iam::{}:role/Deploy"),
    target("sts:GetCallerIdentity", "*"),
];

/// What the caller may be.
pub(super) static CALLERS: &[&str] = &[
    "arn:aws:iam::111122223333:user/ana",
    "arn:aws:iam::111122223333:user/ana",
    "arn:aws:iam::111122223333:user/team/ben",
    "arn:aws:sts::111122223333:assumed-role/Reader/ana",
    "arn:aws:sts::111122223333:assumed-role/Reader/ana",
    "arn:aws:sts::111122223333:assumed-role/Admin/session",
    "arn:aws:iam::111122223333:role/Reader",
    "arn:aws:sts::111122223333:federated-user/ana",
    "arn:aws:iam::111122223333:root",
    "events.amazonaws.com",
    "*",
];

/// Principals of resource policies: the key, and the name.
pub(super) static PRINCIPALS: &[(&str, &str)] = &[
    ("AWS", "arn:aws:iam::111122223333:user/ana"),
    ("AWS", "arn:aws:iam::111122223333:user/team/ben"),
    ("AWS", "arn:aws:iam::111122223333:role/Reader"),
    ("AWS", "arn:aws:iam::111122223333:role/path/Reader"),
    ("AWS", "arn:aws:iam::111122223333:role/Admin"),
    ("AWS", "arn:aws:sts::111122223333:assumed-role/Reader/ana"),
    ("AWS", "arn:aws:sts::111122223333:assumed-role/Admin/other"),
    ("AWS", "arn:aws:sts::111122223333:federated-user/ana"),
    ("AWS", "arn:aws:iam::111122223333:root"),
    ("AWS", "111122223333"),
    ("AWS", "444455556666"),
    ("AWS", "arn:aws:iam::444455556666:user/ana"),
    ("AWS", "*"),
    ("Service", "events.amazonaws.com"),
    ("Service", "lambda.amazonaws.com"),
    ("Federated", "cognito-identity.amazonaws.com"),
    ("Federated", "arn:aws:iam::111122223333:saml-provider/Corp"),
    (
        "CanonicalUser",
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
    ),
];

/// What the values of a key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Date,
    Bool,
    Binary,
    Address,
    Arn,
}

/// A context key, the values that it takes, and whether it takes several.
pub(super) struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub values: &'static [&'static str],
    pub many: bool,
}

pub(super) const fn one(name: &'static str, kind: Kind, values: &'static [&'static str]) -> Key {
    Key {
        name,
        kind,
        values,
        many: false,
    }
}

pub(super) const fn many(name: &'static str, kind: Kind, values: &'static [&'static str]) -> Key {
    Key {
        name,
        kind,
        values,
        many: true,
    }
}

pub(super) static KEYS: &[Key] = &[
    one("aws:username", Kind::Text, &["ana", "ben", "Ana"]),
    one(
        "aws:userid",
        Kind::Text,
        &["AIDAEXAMPLE", "AROAEXAMPLE:ana"],
    ),
    one(
        "aws:PrincipalTag/team",
        Kind::Text,
        &["blue", "Blue", "red*", "bl?e", "a+b(c)"],
    ),
    one("aws:RequestTag/env", Kind::Text, &["dev", "prod", "*"]),
    one(
        "aws:RequestedRegion",
        Kind::Text,
        &["us-east-1", "eu-west-1"],
    ),
    one("aws:PrincipalAccount", Kind::Text, &[OWN, OTHER]),
    one("aws:PrincipalOrgID", Kind::Text, &["o-abc123", "o-xyz789"]),
    one(
        "aws:UserAgent",
        Kind::Text,
        &["aws-cli/2.36.7", "Boto3/1.44 md/Botocore"],
    ),
    many("aws:TagKeys", Kind::Text, &["env", "team", "cost", "Env"]),
    many(
        "aws:CalledVia",
        Kind::Text,
        &["athena.amazonaws.com", "dynamodb.amazonaws.com"],
    ),
    many(
        "aws:PrincipalOrgPaths",
        Kind::Text,
        &["o-abc123/r-1/ou-1/", "o-abc123/r-1/ou-1/ou-2/"],
    ),
    one(
        "aws:MultiFactorAuthAge",
        Kind::Number,
        &["0", "300", "300.0", "3600", "-5", "0.5"],
    ),
    one(
        "aws:CurrentTime",
        Kind::Date,
        &[
            "2026-03-01T12:00:00Z",
            "2026-03-01T14:00:00+02:00",
            "2026-03-01T12:00:00.500Z",
            "2026-03-01",
            "2025-12-31T23:59:59Z",
        ],
    ),
    one(
        "aws:TokenIssueTime",
        Kind::Date,
        &["2026-03-01T12:00:00Z", "2026-02-28T00:00:00Z"],
    ),
    one(
        "aws:EpochTime",
        Kind::Date,
        &["1772366400", "1772366401", "1767225599"],
    ),
    one(
        "aws:SecureTransport",
        Kind::Bool,
        &["true", "false", "True"],
    ),
    one("aws:MultiFactorAuthPresent", Kind::Bool, &["true", "false"]),
    one(
        "aws:PrincipalTag/blob",
        Kind::Binary,
        &["QmluYXJ5", "AAEC", "/+8="],
    ),
    one(
        "aws:SourceIp",
        Kind::Address,
        &[
            "203.0.113.5",
            "203.0.113.200",
            "10.1.2.3",
            "2001:db8::1",
            "2001:db8:1::ff",
        ],
    ),
    one(
        "aws:VpcSourceIp",
        Kind::Address,
        &["10.1.2.3", "192.168.0.1"],
    ),
    one(
        "aws:SourceArn",
        Kind::Arn,
        &[
            "arn:aws:sns:us-east-1:111122223333:alerts",
            "arn:aws:s3:::reports",
            "arn:aws:events:eu-west-1:444455556666:rule/nightly/ana",
            "arn:aws:lambda:us-east-1:111122223333:function:resize:live",
        ],
    ),
    one(
        "aws:PrincipalArn",
        Kind::Arn,
        &[
            "arn:aws:iam::111122223333:user/ana",
            "arn:aws:iam::111122223333:role/Reader",
        ],
    ),
];

/// The kinds, about as often as they have operators.
pub(super) const KINDS: &[Kind] = &[
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Text,
    Kind::Number,
    Kind::Number,
    Kind::Date,
    Kind::Date,
    Kind::Bool,
    Kind::Binary,
    Kind::Address,
    Kind::Arn,
    Kind::Arn,
];

/// A key that no request has.
pub(super) const ABSENT: &str = "aws:PrincipalTag/absent";

/// The operators of a kind.
pub(super) fn operators(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text => &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        Kind::Number => &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        Kind::Date => &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        Kind::Bool => &["Bool"],
        Kind::Binary => &["BinaryEquals"],
        Kind::Address => &["IpAddress", "NotIpAddress"],
        Kind::Arn => &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    }
}
