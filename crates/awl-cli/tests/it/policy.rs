//! `awl policy`: decisions, explanations and messages as their users see them.

use insta::assert_snapshot;

use crate::support::{TestPlace, TestServer};

const ANA: &str = "arn:aws:iam::111122223333:user/ana";
const REPORT: &str = "arn:aws:s3:::reports/ana/march.csv";

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Own",
      "Effect": "Allow",
      "Action": "s3:*Object",
      "Resource": "arn:aws:s3:::reports/${aws:username}/*",
      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    },
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}
  ]
}
"#;

fn place() -> TestPlace {
    TestPlace::new()
        .program("awl")
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .file("policy.json", POLICY)
}

fn simulate(words: &str) -> String {
    place().line(&format!(
        "policy simulate --identity-policy policy.json --principal {ANA} {words}"
    ))
}

/// What is printed of a field by `--query`.
fn field(words: &str, query: &str) -> String {
    let text = simulate(&format!("{words} --output text --query {query}"));
    let (_, rest) = text.split_once("----- stdout\n").unwrap();
    let (stdout, stderr) = rest.split_once("----- stderr\n").unwrap();
    assert_eq!(stderr, "");
    stdout.trim_end().to_owned()
}

#[test]
fn a_decision_has_its_statement() {
    assert_snapshot!(simulate(&format!(
        "--action s3:GetObject --resource {REPORT} --context aws:username=ana \
         aws:MultiFactorAuthPresent=true"
    )), @r#"
    exit: 0
    ----- stdout
    {
        "decision": "allowed",
        "principal": "arn:aws:iam::111122223333:user/ana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::reports/ana/march.csv",
        "matchedStatements": [
            {
                "sourcePolicyId": "policy.json",
                "policyType": "identity-based policy",
                "statementId": "Own",
                "statementIndex": 0,
                "effect": "Allow",
                "startPosition": {
                    "line": 3,
                    "column": 17
                },
                "endPosition": {
                    "line": 10,
                    "column": 6
                }
            }
        ],
        "insufficientStatements": [],
        "policyTypes": [
            {
                "policyType": "identity-based policy",
                "decision": "allowed",
                "role": "needed"
            }
        ],
        "nearMisses": [
            {
                "sourcePolicyId": "policy.json",
                "policyType": "identity-based policy",
                "statementIndex": 1,
                "effect": "Deny",
                "position": {
                    "line": 11,
                    "column": 5
                },
                "failures": [
                    {
                        "element": "Action",
                        "expected": [
                            "s3:DeleteObject"
                        ],
                        "actual": [
                            "s3:GetObject"
                        ]
                    }
                ]
            }
        ],
        "missingContextKeys": []
    }
    ----- stderr
    "#);
}

#[test]
fn a_refusal_has_what_was_near() {
    assert_snapshot!(simulate(&format!(
        "--action s3:PutObject --resource {REPORT} --context aws:username=ana \
         --query [decision,missingAllow,nearMisses,missingContextKeys] --output json"
    )), @r#"
    exit: 0
    ----- stdout
    [
        "implicitDeny",
        "identity-based policy",
        [
            {
                "sourcePolicyId": "policy.json",
                "policyType": "identity-based policy",
                "statementId": "Own",
                "statementIndex": 0,
                "effect": "Allow",
                "position": {
                    "line": 4,
                    "column": 5
                },
                "failures": [
                    {
                        "element": "Condition",
                        "operator": "Bool",
                        "key": "aws:MultiFactorAuthPresent",
                        "expected": [
                            "true"
                        ],
                        "actual": [],
                        "missing": true
                    }
                ]
            }
        ],
        [
            "aws:MultiFactorAuthPresent"
        ]
    ]
    ----- stderr
    "#);
}

#[test]
fn several_are_decided_one_by_one() {
    let words = format!("--action s3:DeleteObject s3:GetObject --resource {REPORT} *");
    assert_eq!(field(&words, "decision"), "explicitDeny");
    assert_eq!(
        field(&words, "results[].[action,resource,decision]"),
        format!(
            "s3:DeleteObject\t{REPORT}\texplicitDeny\ns3:DeleteObject\t*\texplicitDeny\n\
             s3:GetObject\t{REPORT}\timplicitDeny\ns3:GetObject\t*\timplicitDeny"
        )
    );
}

#[test]
fn all_types_of_policies_count() {
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let reads = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
    let resource =
        r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let deny = r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}}"#;
    let place = place()
        .file("all.json", allow)
        .file("reads.json", reads)
        .file("resource.json", resource)
        .file("deny.json", deny);
    let decide = |words: &str| {
        let text = place.line(&format!(
            "policy simulate --action s3:PutObject --resource {REPORT} --output text --query \
             [decision,missingAllow] {words}"
        ));
        let (_, rest) = text.split_once("----- stdout\n").unwrap();
        rest.replace("----- stderr\n", "")
            .trim_end()
            .replace('\t', " ")
    };
    let user = format!("--principal {ANA} --identity-policy all.json");
    assert_eq!(decide(&user), "allowed None");
    for (words, expected) in [
        (
            "--permissions-boundary reads.json",
            "implicitDeny permissions boundary",
        ),
        (
            "--scp all.json --scp reads.json",
            "implicitDeny service control policy",
        ),
        ("--scp all.json reads.json --scp all.json", "allowed None"),
        ("--rcp deny.json", "explicitDeny None"),
        (
            "--resource-account 444455556666",
            "implicitDeny resource-based policy",
        ),
        (
            "--resource-account 444455556666 --resource-policy resource.json",
            "allowed None",
        ),
        ("--vpc-endpoint-policy deny.json", "explicitDeny None"),
    ] {
        assert_eq!(decide(&format!("{user} {words}")), expected, "{words}");
    }
    let session =
        "--principal arn:aws:sts::111122223333:assumed-role/App/i-1 --identity-policy all.json";
    assert_eq!(
        decide(&format!("{session} --session-policy reads.json")),
        "implicitDeny session policy"
    );
}

#[test]
fn what_is_expected_is_the_exit_code() {
    let code = |words: &str| {
        let text = simulate(&format!("--output off {words}"));
        text.lines().next().unwrap().to_owned()
    };
    let words = "--action s3:DeleteObject --expect";
    assert_eq!(code(&format!("{words} explicitDeny")), "exit: 0");
    assert_eq!(code(&format!("{words} allowed")), "exit: 1");
    let both = "--action s3:DeleteObject s3:GetObject --expect explicitDeny";
    assert_eq!(code(both), "exit: 1");
}

#[test]
fn the_context_may_be_a_file() {
    let object = r#"{"aws:username": "ana", "aws:MultiFactorAuthPresent": true}"#;
    let entries = r#"[{"ContextKeyName": "aws:username", "ContextKeyValues": ["ana"],
        "ContextKeyType": "string"}, {"ContextKeyName": "aws:MultiFactorAuthPresent",
        "ContextKeyValues": ["true"], "ContextKeyType": "boolean"}]"#;
    for text in [object, entries] {
        let place = place().file("context.json", text);
        let line = format!(
            "policy simulate --identity-policy policy.json --principal {ANA} --action s3:GetObject \
             --resource {REPORT} --context-file context.json --query decision"
        );
        assert!(place.line(&line).contains("\"allowed\""), "{text}");
        let other = place.line(&format!("{line} --context aws:username=ben"));
        assert!(other.contains("\"implicitDeny\""), "{other}");
    }
}

#[test]
fn policies_may_come_from_standard_input_or_the_line() {
    let line = |option: &str| {
        format!(
            "policy simulate --identity-policy {option} --principal {ANA} --action s3:DeleteObject --query decision"
        )
    };
    for option in ["-", "/dev/stdin"] {
        let text = place().input(POLICY).line(&line(option));
        assert!(text.contains("\"explicitDeny\""), "{text}");
    }
    let inline = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    assert!(place().line(&line(inline)).contains("\"allowed\""));
    assert_snapshot!(place().input(POLICY).line(&format!("{} --scp -", line("-"))), @"
    exit: 252
    ----- stdout
    ----- stderr

    awl: [ERROR]: An error occurred (ParamValidation): Standard input cannot be both --identity-policy and --scp
    ");
}

#[test]
fn bad_policies_say_where() {
    let place = place()
        .file("syntax.json", "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [,]\n}")
        .file(
            "principal.json",
            "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\",\n \"Action\": \"*\", \"Resource\": \"*\"}}",
        );
    assert_snapshot!(place.line(&format!(
        "policy simulate --identity-policy syntax.json principal.json --principal {ANA} --action s3:GetObject"
    )), @"
    exit: 252
    ----- stdout
    ----- stderr

    awl: [ERROR]: An error occurred (ParamValidation): syntax.json:3:17: Syntax errors in policy: expected a value, found ','
    principal.json:1:48: Has prohibited field Principal: an identity-based policy names no principals: it is about whom it is attached to
    ");
    assert_snapshot!(place.line(&format!(
        "policy simulate --identity-policy none.json --principal {ANA} --action s3:GetObject"
    )), @"
    exit: 252
    ----- stdout
    ----- stderr

    awl: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--identity-policy': [Errno 2] No such file or directory: 'none.json'
    ");
}

#[test]
fn wrong_arguments_are_told() {
    let message = |words: &str| {
        let text = place().line(&format!("policy simulate {words}"));
        assert!(text.starts_with("exit: 252\n"), "{text}");
        text.lines()
            .find(|line| line.contains("ERROR"))
            .unwrap()
            .to_owned()
    };
    assert_snapshot!(message("--action s3:GetObject"), @"
    awl: [ERROR]: An error occurred (ParamValidation): the following arguments are required: --principal
    ");
    assert_snapshot!(message("--principal ana --action s3:GetObject"), @r#"
    awl: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--principal': "ana" names no principal: expected an ARN of a user, role, session or root, an account, a service, or *
    "#);
    assert_snapshot!(message(&format!("--principal {ANA} --action GetObject")), @"
    awl: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--action': GetObject is no action, such as s3:GetObject
    ");
    assert_snapshot!(message(&format!("--principal {ANA} --action s3:Get*")), @"
    awl: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--action': s3:Get* is no action, such as s3:GetObject
    ");
    assert_snapshot!(message(&format!("--principal {ANA} --action s3:GetObject --resource reports")), @"
    awl: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--resource': reports is neither an ARN nor *
    ");
    assert_snapshot!(message(&format!("--principal {ANA} --action s3:GetObject --context a")), @"
    awl: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--context': a is not of the form key=value
    ");
    assert_snapshot!(message(&format!("--principal {ANA} --action s3:GetObject --resource-account 1")), @"
    awl: [ERROR]: An error occurred (ParamValidation): Error parsing parameter '--resource-account': an account has twelve digits
    ");
    assert_snapshot!(message("--batch --action s3:GetObject"), @"
    awl: [ERROR]: An error occurred (ParamValidation): --action cannot be given with --batch: its lines say it
    ");
}

#[test]
fn a_batch_answers_every_line() {
    let request = format!(
        r#"{{"id": "a", "request": {{"principal": "{ANA}", "action": "s3:DeleteObject", "resource": "{REPORT}"}}, "identityPolicies": [{}]}}"#,
        POLICY.replace('\n', " ")
    );
    let input = format!("{request}\nnonsense\n\n{{\"id\": 4}}\n{request}");
    assert_snapshot!(place().input(&input).line("policy simulate --batch"), @r#"
    exit: 0
    ----- stdout
    {"id": "a", "decision": "explicitDeny", "matchedStatements": [{"sourcePolicyId": "PolicyInputList.1", "policyType": "identity-based policy", "statementIndex": 1, "effect": "Deny", "startPosition": {"line": 1, "column": 261}, "endPosition": {"line": 1, "column": 331}}]}
    {"id": null, "error": {"code": "InvalidInput", "message": "the line is no JSON: column 1: expected a value, found 'n'"}}
    {"id": null, "error": {"code": "InvalidInput", "message": "the line is no JSON: column 1: expected a value, found the end of the text"}}
    {"id": 4, "error": {"code": "InvalidInput", "message": "the line has no object \"request\""}}
    {"id": "a", "decision": "explicitDeny", "matchedStatements": [{"sourcePolicyId": "PolicyInputList.1", "policyType": "identity-based policy", "statementIndex": 1, "effect": "Deny", "startPosition": {"line": 1, "column": 261}, "endPosition": {"line": 1, "column": 331}}]}
    ----- stderr
    "#);
    let expected = place()
        .input(&request)
        .line("policy simulate --batch --expect allowed");
    assert!(expected.starts_with("exit: 1\n"), "{expected}");
}

/// Whoever asks line by line has each answer before the next question.
#[test]
fn a_batch_answers_at_once() {
    use std::io::{BufRead as _, BufReader, Write as _};

    let mut child = place().start(&["policy", "simulate", "--batch"]);
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for id in 0..3 {
        writeln!(input, "{{\"id\": {id}}}").unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("{{\"id\": {id},")), "{answer}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_table_stands_on_a_terminal() {
    let line = format!(
        "policy simulate --identity-policy policy.json --principal {ANA} --action s3:GetObject \
             s3:DeleteObject --resource {REPORT} --context aws:username=ana --color off"
    );
    let words: Vec<&str> = line.split(' ').collect();
    assert_snapshot!(place().at_terminal(&words), @r#"
    implicitDeny  s3:GetObject     arn:aws:s3:::reports/ana/march.csv
      no identity-based policy allows it
      nearly: policy.json:4:5, statement "Own"
        Bool aws:MultiFactorAuthPresent true: the request has no such key
      the context lacks aws:MultiFactorAuthPresent

    explicitDeny  s3:DeleteObject  arn:aws:s3:::reports/ana/march.csv
      denied by policy.json:11:5, statement 2 (identity-based policy)
    "#);
}

const DENIED: &str = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: \
    s3:GetObject on resource: \"arn:aws:s3:::reports/ana/march.csv\" because no identity-based policy \
    allows the s3:GetObject action";

#[test]
fn refusals_are_explained() {
    let error = format!(
        "\naws: [ERROR]: An error occurred (AccessDenied) when calling the GetObject operation: {DENIED}\n"
    );
    assert_snapshot!(place().input(&error).line("policy explain"), @r#"
    exit: 0
    ----- stdout
    Who     arn:aws:iam::111122223333:user/ana
    What    s3:GetObject
    On      arn:aws:s3:::reports/ana/march.csv
    Why     no identity-based policy allows it
    Change  add to a policy of arn:aws:iam::111122223333:user/ana:
              {
                  "Effect": "Allow",
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::reports/ana/march.csv"
              }
    ----- stderr
    "#);
    assert_eq!(
        place().run(&["policy", "explain", DENIED]),
        place().input(&error).line("policy explain")
    );
    assert_snapshot!(
        place().input(DENIED).line("policy explain --identity-policy policy.json --context aws:username=ana"),
        @r#"
    exit: 0
    ----- stdout
    Who     arn:aws:iam::111122223333:user/ana
    What    s3:GetObject
    On      arn:aws:s3:::reports/ana/march.csv
    Why     no identity-based policy allows it
            by the policies that were given:
              no identity-based policy allows it
              nearly: policy.json:4:5, statement "Own"
                Bool aws:MultiFactorAuthPresent true: the request has no such key
              the context lacks aws:MultiFactorAuthPresent
    Change  add to a policy of arn:aws:iam::111122223333:user/ana:
              {
                  "Effect": "Allow",
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::reports/ana/march.csv"
              }
            then it is allowed
            or make a request for which these hold:
              Bool aws:MultiFactorAuthPresent true
    ----- stderr
    "#
    );
    assert_snapshot!(place().input(DENIED).line("policy explain --query changes"), @r#"
    exit: 0
    ----- stdout
    [
        {
            "policyType": "identity-based policy",
            "statement": {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::reports/ana/march.csv"
            }
        }
    ]
    ----- stderr
    "#);
    assert_snapshot!(place().input("Access Denied").line("policy explain"), @"
    exit: 255
    ----- stdout
    ----- stderr

    awl: [ERROR]: The service does not say who was refused what, or why, so there is nothing to go by. With the policies at hand, policy simulate decides offline
    ");
}

const MESSAGE: &str = r#"{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"NoBig","effect":"DENY","principals":{"items":[{"value":"AIDAX"}]},"principalGroups":{"items":[]},"actions":{"items":[{"value":"ec2:RunInstances"}]},"resources":{"items":[{"value":"*"}]},"conditions":{"items":[]}}]},"failures":{"items":[]},"context":{"principal":{"id":"AIDAX","name":"ana","arn":"arn:aws:iam::111122223333:user/ana"},"action":"RunInstances","resource":"arn:aws:ec2:us-east-1:111122223333:instance/*","conditions":{"items":[]}}}"#;

/// STS as it answers to `DecodeAuthorizationMessage`.
fn sts() -> TestServer {
    let message = MESSAGE.replace('"', "&quot;");
    TestServer::new(
        "200 OK",
        "Content-Type: text/xml\r\n",
        &format!(
            "<DecodeAuthorizationMessageResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <DecodeAuthorizationMessageResult><DecodedMessage>{message}</DecodedMessage>\
             </DecodeAuthorizationMessageResult></DecodeAuthorizationMessageResponse>"
        ),
    )
}

fn with_sts(server: &TestServer) -> TestPlace {
    TestPlace::new()
        .program("awl")
        .variable("AWS_ENDPOINT_URL_STS", &server.url())
}

/// A message that begins as an option does.
fn encoded() -> String {
    format!("--{}", "aB9_-".repeat(40))
}

#[test]
fn messages_are_decoded() {
    let server = sts();
    let place = with_sts(&server);
    let encoded = encoded();
    let decoded = place.run(&["policy", "decode", &encoded, "--query", "context.principal"]);
    assert_snapshot!(decoded, @r#"
    exit: 0
    ----- stdout
    {
        "id": "AIDAX",
        "name": "ana",
        "arn": "arn:aws:iam::111122223333:user/ana"
    }
    ----- stderr
    "#);
    for option in ["--encoded-message", "--encoded"] {
        let words = [
            "policy",
            "decode",
            option,
            &encoded,
            "--query",
            "context.principal",
        ];
        assert_eq!(place.run(&words), decoded);
    }
    let error =
        format!("You are not authorized. Encoded authorization failure message: {encoded}\n");
    assert_eq!(
        place
            .input_of(&error)
            .program("awl")
            .line("policy decode --query context.principal"),
        decoded
    );
    let body = format!("EncodedMessage={encoded}");
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.contains(&body))
    );
    assert_snapshot!(place.run(&["policy", "explain", &encoded]), @r#"
    exit: 0
    ----- stdout
    Who     arn:aws:iam::111122223333:user/ana
    What    ec2:RunInstances
    On      arn:aws:ec2:us-east-1:111122223333:instance/*
    Why     a statement denies it
            statement "NoBig" denies ec2:RunInstances on *
    Change  no Allow outweighs a Deny: its statement has to leave this request out
            among its conditions, this takes the caller out:
              {
                  "ArnNotLike": {
                      "aws:PrincipalArn": "arn:aws:iam::111122223333:user/ana"
                  }
              }
    ----- stderr
    "#);
    let offline = place.run(&["policy", "explain", "--no-decode", &error]);
    assert_snapshot!(offline, @"
    exit: 0
    ----- stdout
    Who     (it is not said)
    What    (it is not said)
    On      (it is not said)
    Why     the refusal does not say why
            the encoded message, which says more, was not decoded
    ----- stderr
    ");
}

/// Nobody waits at a terminal for input that is not asked for.
#[test]
fn nothing_to_explain_is_told() {
    for (command, what) in [("explain", "explain"), ("decode", "decode")] {
        let seen = place().at_terminal(&["policy", command]);
        assert!(
            seen.contains(&format!("There is nothing to {what}")),
            "{seen}"
        );
        let seen = place().line(&format!("policy {command}"));
        assert!(seen.starts_with("exit: 252"), "{seen}");
    }
}

/// Standard output is the AWS CLI's; what can be read is beside it.
#[test]
fn decoded_messages_can_be_read_on_a_terminal() {
    let server = sts();
    let place = with_sts(&server).program("aws");
    let encoded = encoded();
    let words = [
        "sts",
        "decode-authorization-message",
        "--encoded-message",
        &encoded,
    ];
    let plain = place.run(&words);
    assert!(plain.ends_with("}\n----- stderr\n"), "{plain}");
    let (_, rest) = plain.split_once("----- stdout\n").unwrap();
    let (stdout, _) = rest.split_once("----- stderr\n").unwrap();
    assert!(stdout.contains(r#"\"explicitDeny\":true"#), "{stdout}");
    let seen = place.variable("AWS_PAGER", "").at_terminal(&words);
    let readable = seen.strip_prefix(stdout).unwrap();
    assert!(
        readable.starts_with("{\n    \"allowed\": false,\n"),
        "{readable}"
    );
}

#[test]
fn a_refused_command_says_why_on_a_terminal() {
    let denied = DENIED.replace('"', "&quot;");
    let server = TestServer::new(
        "403 Forbidden",
        "",
        &format!("<Error><Code>AccessDenied</Code><Message>{denied}</Message></Error>"),
    );
    let place = TestPlace::new()
        .program("awl")
        .variable("AWS_ENDPOINT_URL_S3", &server.url());
    let line = "s3api get-object --bucket reports --key ana/march.csv x";
    assert!(!place.line(line).contains("hint"));
    let words: Vec<&str> = line.split(' ').collect();
    assert_snapshot!(place.at_terminal(&words), @r#"

    awl: [ERROR]: An error occurred (AccessDenied) when calling the GetObject operation (reached max retries: 0): User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::reports/ana/march.csv" because no identity-based policy allows the s3:GetObject action
    hint: no identity-based policy allows it; a policy of arn:aws:iam::111122223333:user/ana could have {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/ana/march.csv"}
    hint: `awl policy explain` takes this error and says more
    "#);
}

#[test]
fn a_refused_command_has_its_message_decoded() {
    let sts = sts();
    let encoded = encoded();
    let ec2 = TestServer::new(
        "403 Forbidden",
        "",
        &format!(
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not \
             authorized to perform this operation. Encoded authorization failure message: {encoded}\
             </Message></Error></Errors></Response>"
        ),
    );
    let place = with_sts(&sts).variable("AWS_ENDPOINT_URL_EC2", &ec2.url());
    let seen = place.at_terminal(&["ec2", "run-instances", "--image-id", "ami-1"]);
    let hints: Vec<&str> = seen
        .lines()
        .filter(|line| line.starts_with("hint"))
        .collect();
    assert_snapshot!(hints.join("\n"), @r#"
    hint: a statement denies it (statement "NoBig")
    hint: `awl policy explain` takes this error and says more
    "#);
    assert_eq!(sts.requests().len(), 1);
}
