//! `--dry-run` of operations whose service has none.

use awl_test::{Answer, Request, Server};

use crate::support::TestPlace;

const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
     <Arn>arn:aws:iam::111122223333:user/Ana</Arn><UserId>AIDA1</UserId>\
     <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

const SESSION: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
     <Arn>arn:aws:sts::111122223333:assumed-role/Ops/me</Arn><UserId>AROA1:me</UserId>\
     <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

/// A server that is STS and IAM; `decisions` are those of the simulation, in
/// the order of the actions that are asked for.
fn server(caller: &'static str, decisions: &'static [&'static str]) -> Server {
    Server::start(move |_, request: &Request| {
        let body = form(request);
        if body.contains("Action=GetCallerIdentity&") {
            return Answer::new(200, caller);
        }
        if body.contains("Action=GetRole&") {
            let role = "<GetRoleResponse><GetRoleResult><Role>\
                 <Arn>arn:aws:iam::111122223333:role/teams/Ops</Arn></Role></GetRoleResult>\
                 </GetRoleResponse>";
            return Answer::new(200, role);
        }
        if body.contains("PolicySourceArn=arn:aws:iam::111122223333:role/Ops&") {
            return Answer::new(404, failure("NoSuchEntity", "There is no such role."));
        }
        if !body.contains("Action=SimulatePrincipalPolicy&") {
            return Answer::new(500, "nothing but STS and IAM is asked");
        }
        if decisions.is_empty() {
            let text = "User: arn:aws:iam::111122223333:user/Ana is not authorized to perform: \
                        iam:SimulatePrincipalPolicy";
            return Answer::new(403, failure("AccessDenied", text));
        }
        Answer::new(200, results(&body, decisions))
    })
}

fn failure(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>\
         </Error><RequestId>r</RequestId></ErrorResponse>"
    )
}

/// The answer of a simulation: one result for each action on the first resource.
fn results(body: &str, decisions: &[&str]) -> String {
    let value = |name: &str| {
        let mut fields = body.split('&').filter_map(|field| field.split_once('='));
        fields.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let resource = value("ResourceArns.member.1").unwrap_or("*");
    let mut members = String::new();
    for (index, decision) in decisions.iter().enumerate() {
        let Some(action) = value(&format!("ActionNames.member.{}", index + 1)) else {
            break;
        };
        members.push_str(&format!(
            "<member><EvalActionName>{action}</EvalActionName>\
             <EvalResourceName>{resource}</EvalResourceName>\
             <EvalDecision>{decision}</EvalDecision></member>"
        ));
    }
    format!(
        "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult>\
         <EvaluationResults>{members}</EvaluationResults><IsTruncated>false</IsTruncated>\
         </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )
}

/// The body of a form, readable.
fn form(request: &Request) -> String {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    ["%3A=:", "%2F=/", "%2A=*"].iter().fold(body, |body, pair| {
        let (from, to) = pair.split_once('=').unwrap();
        body.replace(from, to)
    })
}

/// Runs a line where the server is all of AWS.
fn line(server: &Server, line: &str) -> String {
    let place = TestPlace::new().variable("AWS_ENDPOINT_URL", &server.endpoint());
    place
        .line(line)
        .replace(&server.endpoint(), "http://[SERVER]")
}

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "dynamodb:GetItem",
     "Resource": "arn:aws:dynamodb:us-west-2:111122223333:table/Music"},
    {"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"}
  ]
}"#;

/// A place with a policy, where no server is.
fn offline() -> TestPlace {
    TestPlace::new()
        .variable("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .file("policy.json", POLICY)
}

#[test]
fn what_is_allowed_would_have_succeeded() {
    let server = server(CALLER, &["allowed"]);
    insta::assert_snapshot!(line(&server, "s3api list-objects-v2 --bucket bkt --prefix a/ --dry-run"), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: GET http://[SERVER]
    dry run: s3:ListBucket on arn:aws:s3:::bkt: allowed
    dry run: asked iam:SimulatePrincipalPolicy about arn:aws:iam::111122223333:user/Ana
    dry run: iam:SimulatePrincipalPolicy looks at the caller's identity policies, permissions boundary and SCPs without conditions; it does not see resource policies, session policies, RCPs, nor VPC endpoint policies

    aws: [ERROR]: An error occurred (DryRunOperation) when calling the ListObjectsV2 operation: Request would have succeeded, but DryRun flag is set.
    "#);
    let asked: Vec<String> = server.requests().iter().map(form).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for part in [
        "PolicySourceArn=arn:aws:iam::111122223333:user/Ana",
        "ActionNames.member.1=s3:ListBucket",
        "ResourceArns.member.1=arn:aws:s3:::bkt",
        "ContextKeyName=s3:prefix&",
        "ContextKeyName=aws:RequestedRegion&",
    ] {
        assert!(asked[1].contains(part), "{part} in {}", asked[1]);
    }
}

#[test]
fn what_is_not_allowed_is_unauthorized() {
    let server = server(CALLER, &["allowed", "implicitDeny"]);
    let copy =
        "s3api copy-object --bucket bkt --key k --copy-source other/o --acl private --dry-run";
    insta::assert_snapshot!(line(&server, copy), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: PUT http://[SERVER]
    dry run: s3:GetObject on arn:aws:s3:::other/o: allowed
    dry run: s3:PutObject on arn:aws:s3:::bkt/k: allowed
    dry run: s3:PutObjectAcl on arn:aws:s3:::bkt/k: implicitDeny
    dry run: asked iam:SimulatePrincipalPolicy about arn:aws:iam::111122223333:user/Ana
    dry run: iam:SimulatePrincipalPolicy looks at the caller's identity policies, permissions boundary and SCPs without conditions; it does not see resource policies, session policies, RCPs, nor VPC endpoint policies

    aws: [ERROR]: An error occurred (UnauthorizedOperation) when calling the CopyObject operation: You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/Ana is not authorized to perform: s3:PutObjectAcl on resource: arn:aws:s3:::bkt/k because no identity-based policy allows the s3:PutObjectAcl action
    "#);
}

#[test]
fn the_role_behind_a_session_is_asked_about_with_its_path() {
    let server = server(SESSION, &["explicitDeny"]);
    insta::assert_snapshot!(line(&server, "sqs list-queues --dry-run"), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: POST http://[SERVER]
    dry run: sqs:ListQueues on *: explicitDeny
    dry run: asked iam:SimulatePrincipalPolicy about arn:aws:iam::111122223333:role/teams/Ops
    dry run: iam:SimulatePrincipalPolicy looks at the caller's identity policies, permissions boundary and SCPs without conditions; it does not see resource policies, session policies, RCPs, nor VPC endpoint policies

    aws: [ERROR]: An error occurred (UnauthorizedOperation) when calling the ListQueues operation: You are not authorized to perform this operation. User: arn:aws:sts::111122223333:assumed-role/Ops/me is not authorized to perform: sqs:ListQueues on resource: * with an explicit deny in an identity-based policy
    "#);
}

#[test]
fn who_may_not_simulate_learns_nothing_more() {
    let server = server(CALLER, &[]);
    insta::assert_snapshot!(line(&server, "sqs list-queues --dry-run"), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: POST http://[SERVER]
    dry run: whether the caller may make the call is not known, as IAM did not simulate it; --policy-file FILE asks awl's own engine

    aws: [ERROR]: An error occurred (AccessDenied) when calling the SimulatePrincipalPolicy operation (reached max retries: 0): User: arn:aws:iam::111122223333:user/Ana is not authorized to perform: iam:SimulatePrincipalPolicy
    "#);
}

#[test]
fn nothing_is_asked_where_no_policy_is() {
    let server = server(CALLER, &["allowed"]);
    insta::assert_snapshot!(line(&server, "sts get-caller-identity --dry-run"), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: POST http://[SERVER]
    dry run: no policy was asked: no policy can deny it to a caller with valid credentials

    aws: [ERROR]: An error occurred (DryRunOperation) when calling the GetCallerIdentity operation: Request would have succeeded, but DryRun flag is set.
    "#);
    assert!(server.requests().is_empty());
}

#[test]
fn policy_files_decide_offline() {
    let run = |line: &str| offline().line(line);
    insta::assert_snapshot!(run("dynamodb get-item --table-name Music --key {} --dry-run --policy-file policy.json"), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: POST http://127.0.0.1:9
    dry run: dynamodb:GetItem on arn:aws:dynamodb:us-west-2:111122223333:table/Music: allowed
    dry run: decided by awl's own engine from 1 file as the only identity policies of a user of account 111122223333; other policies of the caller, resource policies, SCPs and RCPs were not looked at; keys and roles are taken to leave it to those

    aws: [ERROR]: An error occurred (DryRunOperation) when calling the GetItem operation: Request would have succeeded, but DryRun flag is set.
    "#);
    insta::assert_snapshot!(run("dynamodb get-item --table-name Films --key {} --dry-run --policy-file policy.json"), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: POST http://127.0.0.1:9
    dry run: dynamodb:GetItem on arn:aws:dynamodb:us-west-2:111122223333:table/Films: implicitDeny
    dry run: decided by awl's own engine from 1 file as the only identity policies of a user of account 111122223333; other policies of the caller, resource policies, SCPs and RCPs were not looked at; keys and roles are taken to leave it to those

    aws: [ERROR]: An error occurred (UnauthorizedOperation) when calling the GetItem operation: You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/dry-run is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-west-2:111122223333:table/Films because no identity-based policy allows the dynamodb:GetItem action
    "#);
    insta::assert_snapshot!(run("dynamodb delete-table --table-name Music --policy-file policy.json --dry-run"), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: POST http://127.0.0.1:9
    dry run: dynamodb:DeleteTable on arn:aws:dynamodb:us-west-2:111122223333:table/Music: explicitDeny
    dry run: decided by awl's own engine from 1 file as the only identity policies of a user of account 111122223333; other policies of the caller, resource policies, SCPs and RCPs were not looked at; keys and roles are taken to leave it to those

    aws: [ERROR]: An error occurred (UnauthorizedOperation) when calling the DeleteTable operation: You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/dry-run is not authorized to perform: dynamodb:DeleteTable on resource: arn:aws:dynamodb:us-west-2:111122223333:table/Music with an explicit deny in an identity-based policy (policy.json:6:5)
    "#);
}

#[test]
fn policy_files_are_policies() {
    let place = offline().file("wrong.json", "{\"Statement\": [{\"Effect\": \"allow\"}]}");
    insta::assert_snapshot!(place.line("sqs list-queues --dry-run --policy-file wrong.json"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): wrong.json:1:16: the statement has neither "Action" nor "NotAction"
    wrong.json:1:27: the effect must be "Allow" or "Deny", spelled so
    "#);
    insta::assert_snapshot!(place.line("sqs list-queues --dry-run --policy-file none.json"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: [Errno 2] No such file or directory: 'none.json'
    "#);
    insta::assert_snapshot!(place.line("sqs list-queues --policy-file policy.json"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help


    aws: [ERROR]: Unknown options: --policy-file, policy.json
    "#);
}

#[test]
fn what_is_wrong_is_wrong_before_anybody_is_asked() {
    let server = server(CALLER, &["allowed"]);
    insta::assert_snapshot!(line(&server, "sqs get-queue-url --dry-run"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): the following arguments are required: --queue-name

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    "#);
    insta::assert_snapshot!(line(&server, "s3api put-bucket-acl --bucket b --dry-run --no-dry-run"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help


    aws: [ERROR]: Unknown options: --no-dry-run
    "#);
    insta::assert_snapshot!(line(&server, "sqs list-queues --dry-run --no-sign-request"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): A dry run cannot tell what an unsigned request may do: only the policy of the resource decides
    "#);
    assert!(server.requests().is_empty());
}

#[test]
fn the_services_own_dry_run_is_the_services() {
    let server = Server::start(|_, request: &Request| {
        assert!(form(request).contains("DryRun=true"));
        let body = "<Response><Errors><Error><Code>DryRunOperation</Code><Message>Request would \
                    have succeeded, but DryRun flag is set.</Message></Error></Errors></Response>";
        Answer::new(412, body)
    });
    insta::assert_snapshot!(line(&server, "ec2 describe-instances --dry-run"), @r#"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (DryRunOperation) when calling the DescribeInstances operation (reached max retries: 0): Request would have succeeded, but DryRun flag is set.
    "#);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn requests_may_be_looked_at_and_outfiles_left_out() {
    let server = server(CALLER, &["allowed"]);
    let output = line(&server, "sqs list-queues --dry-run --print-request");
    assert!(output.contains("\"method\": \"POST\""), "{output}");
    assert!(server.requests().is_empty());
    let output = line(&server, "s3api get-object --bucket bkt --key k --dry-run");
    assert!(
        output.contains("s3:GetObject on arn:aws:s3:::bkt/k: allowed"),
        "{output}"
    );
}

#[test]
fn policy_files_take_the_place_of_the_services_own() {
    let line = "ec2 terminate-instances --instance-ids i-1 i-2 --dry-run --policy-file policy.json";
    insta::assert_snapshot!(offline().line(line), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: valid, resolved and signed, not sent: POST http://127.0.0.1:9
    dry run: ec2:TerminateInstances on arn:aws:ec2:us-west-2:111122223333:instance/i-1: implicitDeny
    dry run: ec2:TerminateInstances on arn:aws:ec2:us-west-2:111122223333:instance/i-2: implicitDeny
    dry run: decided by awl's own engine from 1 file as the only identity policies of a user of account 111122223333; other policies of the caller, resource policies, SCPs and RCPs were not looked at; keys and roles are taken to leave it to those

    aws: [ERROR]: An error occurred (UnauthorizedOperation) when calling the TerminateInstances operation: You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/dry-run is not authorized to perform: ec2:TerminateInstances on resource: arn:aws:ec2:us-west-2:111122223333:instance/i-1 because no identity-based policy allows the ec2:TerminateInstances action
    "#);
}

#[test]
fn users_are_their_own_where_none_is_named() {
    let server = server(CALLER, &["allowed"]);
    let output = line(&server, "iam create-access-key --dry-run");
    let expected = "iam:CreateAccessKey on arn:aws:iam::111122223333:user/Ana: allowed";
    assert!(output.contains(expected), "{output}");
}

#[test]
fn roles_are_passed_and_what_else_is_needed_is_named() {
    let server = server(CALLER, &["allowed"]);
    let create = "accessanalyzer create-analyzer --analyzer-name a --type ACCOUNT --dry-run";
    let output = line(&server, create);
    let expected = "access-analyzer:CreateAnalyzer may need these as well, which were not asked \
                    about: iam:CreateServiceLinkedRole";
    assert!(output.contains(expected), "{output}");
    let role = "lambda update-function-configuration --function-name f --role \
                arn:aws:iam::111122223333:role/f --dry-run";
    let output = line(&server, role);
    let expected = "iam:PassRole on arn:aws:iam::111122223333:role/f: allowed";
    assert!(output.contains(expected), "{output}");
}

#[test]
fn removals_are_checked_before_anything_is_listed() {
    let denied = server(CALLER, &["implicitDeny"]);
    let remove = "s3 rm s3://bkt/logs --recursive --dryrun --check-access";
    insta::assert_snapshot!(line(&denied, remove), @r#"
    exit: 254
    ----- stdout
    ----- stderr
    dry run: s3:ListBucket on arn:aws:s3:::bkt: implicitDeny
    dry run: asked iam:SimulatePrincipalPolicy about arn:aws:iam::111122223333:user/Ana
    dry run: iam:SimulatePrincipalPolicy looks at the caller's identity policies, permissions boundary and SCPs without conditions; it does not see resource policies, session policies, RCPs, nor VPC endpoint policies

    aws: [ERROR]: An error occurred (UnauthorizedOperation) when calling the ListObjectsV2 operation: You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/Ana is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::bkt because no identity-based policy allows the s3:ListBucket action
    "#);
    let allowed = server(CALLER, &["allowed"]);
    insta::assert_snapshot!(line(&allowed, "s3 rm s3://bkt/k --dryrun --check-access"), @r#"
    exit: 0
    ----- stdout
    (dryrun) delete: s3://bkt/k
    ----- stderr
    dry run: s3:DeleteObject on arn:aws:s3:::bkt/k: allowed
    dry run: asked iam:SimulatePrincipalPolicy about arn:aws:iam::111122223333:user/Ana
    dry run: iam:SimulatePrincipalPolicy looks at the caller's identity policies, permissions boundary and SCPs without conditions; it does not see resource policies, session policies, RCPs, nor VPC endpoint policies
    "#);
    insta::assert_snapshot!(line(&allowed, "s3 rm s3://bkt/k --check-access"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): --check-access needs --dryrun
    "#);
}

#[test]
fn keys_and_roles_leave_it_to_identity_policies() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": ["kms:Encrypt", "sts:AssumeRole"], "Resource": "*"}]}"#;
    let place = offline().file("keys.json", policy);
    for line in [
        "kms encrypt --key-id 1234-ab --plaintext YQ==",
        "sts assume-role --role-arn arn:aws:iam::111122223333:role/r --role-session-name me",
    ] {
        let output = place.line(&format!("{line} --dry-run --policy-file keys.json"));
        assert!(output.contains("(DryRunOperation)"), "{output}");
    }
    let line = "kms decrypt --key-id 1234-ab --ciphertext-blob YQ==";
    let output = place.line(&format!("{line} --dry-run --policy-file keys.json"));
    assert!(
        output.contains("no identity-based policy allows"),
        "{output}"
    );
}
