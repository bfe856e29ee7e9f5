use std::collections::BTreeMap;

use super::*;
use crate::store;

fn scope() -> Scope {
    Scope {
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "111122223333".to_owned(),
    }
}

/// `action on resource, …` of each need of a call.
fn needs(service: &str, operation: &str, parameters: &[(&str, &str)]) -> Vec<String> {
    let operation = store()
        .service(service)
        .and_then(|service| service.operation(operation))
        .expect("an operation");
    let parameters: Vec<Parameter> = parameters
        .iter()
        .map(|(path, text)| Parameter {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    access(operation, &parameters, &scope())
        .needs
        .iter()
        .map(|need| {
            let resources = need.resources.join(", ");
            let open = if need.is_open { " (open)" } else { "" };
            format!("{} on {resources}{open}", need.action)
        })
        .collect()
}

#[test]
fn facts_are_there_and_small() {
    let (mut actions, mut resources, mut keys, mut dependents) = (0, 0, 0, 0);
    for prefix in prefixes() {
        let facts = facts(prefix).expect("a block of each");
        assert!(!facts.name().is_empty(), "{prefix}");
        for action in facts.actions() {
            actions += 1;
            dependents += usize::from(action.dependents().next().is_some());
            assert!(!action.level().is_empty(), "{prefix}:{}", action.name());
            for resource in action.resources() {
                assert!(!resource.name.is_empty(), "{prefix}:{}", action.name());
            }
        }
        for resource in facts.resources() {
            resources += 1;
            assert!(
                resource.arn.starts_with("arn:"),
                "{prefix} {}",
                resource.name
            );
        }
        keys += facts.keys().count();
    }
    println!(
        "{} prefixes, {actions} actions, {resources} types of resources, {keys} keys, \
         {dependents} actions that depend on others, {} bytes",
        prefixes().len(),
        size()
    );
    assert!(prefixes().len() > 440 && actions > 22_000 && resources > 2_300 && keys > 2_500);
    assert!(dependents > 1_500, "{dependents}");
    assert!(size() < 768 << 10, "{}", size());
    assert!(facts("no-such-service").is_none());
}

/// Most operations are told by the facts; the rest is counted here, so that a
/// new release shows what it adds.
#[test]
fn operations_are_told_by_the_facts() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut operations = 0;
    for service in store().services() {
        for operation in service.operations() {
            operations += 1;
            let access = access(operation, &[], &scope());
            let kind = match access.needs.first() {
                _ if access.free.is_some() => "without a policy",
                // What a parameter decides is in the table.
                None => "by the table",
                Some(need) => match need.basis {
                    Basis::Listed => "listed",
                    Basis::Excepted => "by the table",
                    Basis::Derived => "derived",
                    Basis::Assumed => "assumed",
                },
            };
            *counts.entry(kind).or_default() += 1;
        }
    }
    println!("{operations} operations: {counts:?}");
    assert_eq!(operations, counts.values().sum::<usize>());
    assert!(counts["listed"] * 100 > operations * 93, "{counts:?}");
    assert!(counts["assumed"] * 100 < operations * 5, "{counts:?}");
}

#[test]
fn exceptions_are_of_operations_and_actions_that_exist() {
    for row in exceptions::rows() {
        let service = store()
            .service(row.0)
            .unwrap_or_else(|| panic!("{}", row.0));
        let exists = match row.1.strip_suffix('*') {
            Some(start) => service
                .operations()
                .any(|operation| operation.name().starts_with(start)),
            None => service.operation(row.1).is_some(),
        };
        assert!(exists, "{}.{}", row.0, row.1);
        for action in row.2 {
            let (prefix, name) = action.split_once(':').expect("a prefix");
            let facts = facts(prefix).unwrap_or_else(|| panic!("{action}"));
            assert!(facts.action(name).is_some(), "{action} is not listed");
        }
    }
}

#[test]
fn s3_is_by_its_table() {
    let object = [("Bucket", "my-bucket"), ("Key", "a/b.txt")];
    assert_eq!(
        needs("s3", "ListObjectsV2", &object[..1]),
        ["s3:ListBucket on arn:aws:s3:::my-bucket"]
    );
    assert_eq!(
        needs("s3", "ListBuckets", &[]),
        ["s3:ListAllMyBuckets on *"]
    );
    assert_eq!(
        needs("s3", "HeadObject", &object),
        ["s3:GetObject on arn:aws:s3:::my-bucket/a/b.txt"]
    );
    let version = [object[0], object[1], ("VersionId", "1")];
    assert_eq!(
        needs("s3", "GetObject", &version),
        ["s3:GetObjectVersion on arn:aws:s3:::my-bucket/a/b.txt"]
    );
    let copy = [
        object[0],
        object[1],
        ("CopySource", "/other/key?versionId=1"),
    ];
    assert_eq!(
        needs("s3", "CopyObject", &copy),
        [
            "s3:GetObject on arn:aws:s3:::other/key",
            "s3:PutObject on arn:aws:s3:::my-bucket/a/b.txt"
        ]
    );
    let several = [
        object[0],
        ("Delete.Objects[].Key", "one"),
        ("Delete.Objects[].Key", "two"),
    ];
    assert_eq!(
        needs("s3", "DeleteObjects", &several),
        ["s3:DeleteObject on arn:aws:s3:::my-bucket/one, arn:aws:s3:::my-bucket/two"]
    );
    let point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/mine";
    assert_eq!(
        needs("s3", "GetObject", &[("Bucket", point), ("Key", "k")]),
        [format!("s3:GetObject on {point}/object/k")]
    );
}

#[test]
fn resources_are_filled_from_parameters() {
    for (service, operation, parameters, expected) in [
        (
            "dynamodb",
            "GetItem",
            &[("TableName", "Music")][..],
            "dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:111122223333:table/Music",
        ),
        (
            "lambda",
            "Invoke",
            &[("FunctionName", "f")],
            "lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:f",
        ),
        (
            "sqs",
            "SendMessage",
            &[(
                "QueueUrl",
                "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs",
            )],
            "sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:jobs",
        ),
        (
            "iam",
            "DeleteRole",
            &[("RoleName", "Ops")],
            "iam:DeleteRole on arn:aws:iam::111122223333:role/Ops",
        ),
        (
            "ec2",
            "TerminateInstances",
            &[("InstanceIds[]", "i-1"), ("InstanceIds[]", "i-2")],
            "ec2:TerminateInstances on arn:aws:ec2:eu-west-1:111122223333:instance/i-1, \
             arn:aws:ec2:eu-west-1:111122223333:instance/i-2",
        ),
        (
            "sns",
            "Publish",
            &[("TopicArn", "arn:aws:sns:us-east-1:444455556666:t")],
            "sns:Publish on arn:aws:sns:us-east-1:444455556666:t",
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            &[("SecretId", "db")],
            "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:111122223333:secret:db",
        ),
        (
            "ssm",
            "GetParameter",
            &[("Name", "/app/key")],
            "ssm:GetParameter on arn:aws:ssm:eu-west-1:111122223333:parameter/app/key",
        ),
        (
            "kms",
            "Decrypt",
            &[("KeyId", "alias/mine")],
            "kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/* (open)",
        ),
        (
            "apigateway",
            "GetRestApi",
            &[("restApiId", "abc")],
            "apigateway:GET on arn:aws:apigateway:eu-west-1::/restapis/abc",
        ),
        (
            "ec2",
            "DescribeInstances",
            &[],
            "ec2:DescribeInstances on *",
        ),
        (
            "sqs",
            "DeleteMessage",
            &[(
                "QueueUrl",
                "https://sqs.eu-west-1.amazonaws.com/444455556666/jobs",
            )],
            "sqs:DeleteMessage on arn:aws:sqs:eu-west-1:444455556666:jobs",
        ),
        (
            "ssm",
            "SendCommand",
            &[("DocumentName", "D"), ("InstanceIds[]", "mi-1")],
            "ssm:SendCommand on arn:aws:ssm:eu-west-1:111122223333:document/D, \
             arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-1",
        ),
        (
            "cloudformation",
            "DeleteStack",
            &[("StackName", "s")],
            "cloudformation:DeleteStack on \
             arn:aws:cloudformation:eu-west-1:111122223333:stack/s/* (open)",
        ),
        (
            "events",
            "PutRule",
            &[("Name", "r")],
            "events:PutRule on arn:aws:events:eu-west-1:111122223333:rule/r",
        ),
        (
            "dynamodb",
            "ExecuteStatement",
            &[("Statement", "SELECT * FROM \"Music\".\"Genre\" WHERE a = 1")],
            "dynamodb:PartiQLSelect on arn:aws:dynamodb:eu-west-1:111122223333:table/Music",
        ),
    ] {
        assert_eq!(needs(service, operation, parameters), [expected]);
    }
}

#[test]
fn roles_that_are_handed_over_are_passed() {
    let role = "arn:aws:iam::111122223333:role/f";
    assert_eq!(
        needs(
            "lambda",
            "CreateFunction",
            &[("FunctionName", "f"), ("Role", role)]
        ),
        [
            "lambda:CreateFunction on arn:aws:lambda:eu-west-1:111122223333:function:f",
            "iam:PassRole on arn:aws:iam::111122223333:role/f"
        ]
    );
    assert_eq!(
        needs("sts", "AssumeRole", &[("RoleArn", role)]),
        ["sts:AssumeRole on arn:aws:iam::111122223333:role/f"]
    );
}

#[test]
fn what_asks_no_policy_says_why() {
    for (service, operation) in [
        ("sts", "GetCallerIdentity"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sso", "GetRoleCredentials"),
        ("cognito-idp", "SignUp"),
    ] {
        let operation = store()
            .service(service)
            .and_then(|service| service.operation(operation))
            .expect("an operation");
        let access = access(operation, &[], &scope());
        assert!(access.free.is_some(), "{operation:?}: {access:?}");
    }
}

#[test]
fn keys_with_a_part_of_the_policys_own_are_found() {
    assert!(is_key("aws:RequestTag/${TagKey}", "aws:requesttag/Team"));
    assert!(is_key(
        "s3:ExistingObjectTag/<key>",
        "s3:ExistingObjectTag/a"
    ));
    assert!(is_key(
        "codebuild:secondarySources/${sourceIdentifier}.auth.type",
        "codebuild:secondarySources/x.auth.type"
    ));
    assert!(!is_key("aws:RequestTag/${TagKey}", "aws:RequestTag/"));
    assert!(!is_key("s3:prefix", "s3:prefixes"));
}
