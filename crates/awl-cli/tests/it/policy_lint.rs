//! `policy lint`.

use crate::support::TestPlace;

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetObjekt"],
      "Resource": "arn:aws:s3:::reports/*"
    },
    {
      "Sid": "Run",
      "Effect": "Allow",
      "Action": ["ec2:RunInstances", "iam:PassRole"],
      "Resource": "*",
      "Condition": {"StringEquals": {"ec2:InstanceTypes": "t3.micro"}}
    }
  ]
}
"#;

#[test]
fn findings_have_place_rule_and_reason() {
    let place = TestPlace::new().file("policy.json", POLICY);
    insta::assert_snapshot!(place.line("policy lint policy.json"), @r#"
    exit: 1
    ----- stdout
    policy.json:7:34: error[resource-mismatch]: "s3:ListBucket" cannot be on any of the resources; it can be on arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}, arn:${Partition}:s3:::${BucketName}
        an action that cannot be on any of the statement's resources is neither allowed nor denied
    policy.json:7:51: error[unknown-action]: there is no action "s3:GetObjekt"; did you mean "s3:GetObject"?
        an action that does not exist is never asked for, so nothing is allowed or denied
    policy.json:13:38: warning[pass-role-anywhere]: "iam:PassRole" passes every role to every service
        whoever can pass every role to every service has the permissions of them all; name the roles, and the service in iam:PassedToService
    policy.json:13:38: note[missing-mfa]: iam:PassRole is allowed without a second factor
        whoever has the keys alone can take on other permissions; aws:MultiFactorAuthPresent asks for the second factor
    policy.json:15:38: error[unknown-condition-key]: ec2 has no condition key "ec2:InstanceTypes"; did you mean "ec2:InstanceType"?
        a key that no request has makes conditions with it always false, or, negated, always true
    ----- stderr
    "#);
}

#[test]
fn findings_are_data_where_that_is_asked_for() {
    let place = TestPlace::new().file("policy.json", POLICY);
    insta::assert_snapshot!(place.line("policy lint policy.json --output json --query [errors,warnings,notes,findings[0]]"), @r#"
    exit: 1
    ----- stdout
    [
        3,
        1,
        1,
        {
            "file": "policy.json",
            "line": 7,
            "column": 34,
            "endLine": 7,
            "endColumn": 49,
            "severity": "error",
            "rule": "resource-mismatch",
            "message": "\"s3:ListBucket\" cannot be on any of the resources; it can be on arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}, arn:${Partition}:s3:::${BucketName}",
            "reason": "an action that cannot be on any of the statement's resources is neither allowed nor denied"
        }
    ]
    ----- stderr
    "#);
}

#[test]
fn errors_alone_make_it_fail() {
    let good = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}"#;
    let public = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}"#;
    let place = TestPlace::new()
        .file("good.json", good)
        .file("public.json", public);
    insta::assert_snapshot!(place.line("policy lint good.json"), @r#"
    exit: 0
    ----- stdout
    nothing to report
    ----- stderr
    "#);
    insta::assert_snapshot!(place.line("policy lint good.json public.json"), @r#"
    exit: 0
    ----- stdout
    public.json:1:73: warning[public-access]: anybody is allowed this
        anybody in the world may do this, without being signed in where the service lets them
    ----- stderr
    "#);
    insta::assert_snapshot!(place.line("policy lint public.json --type identity"), @r#"
    exit: 1
    ----- stdout
    public.json:1:73: error[prohibited-element]: an identity-based policy names no principals: it is about whom it is attached to
        AWS refuses policies of this type with it
    ----- stderr
    "#);
    let input = TestPlace::new().input("{\"Statement\": []");
    insta::assert_snapshot!(input.line("policy lint -"), @r#"
    exit: 1
    ----- stdout
    -:1:17: error[syntax]: expected ',' or '}', found the end of the text
        AWS refuses what it cannot read
    ----- stderr
    "#);
}

#[test]
fn files_must_be_there() {
    let place = TestPlace::new();
    insta::assert_snapshot!(place.line("policy lint"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): the following arguments are required: files

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    "#);
    insta::assert_snapshot!(place.line("policy lint none.json"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter 'files': [Errno 2] No such file or directory: 'none.json'
    "#);
}
