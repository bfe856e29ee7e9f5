use awl_value::json;

use super::report::Explained;
use super::*;

const USER: &str = "arn:aws:iam::111122223333:user/ana";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";
const MESSAGE: &str = r#"{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{
    "statementId":"NoBig","effect":"DENY","principals":{"items":[{"value":"AROAX"}]},
    "principalGroups":{"items":[]},"actions":{"items":[{"value":"ec2:RunInstances"}]},
    "resources":{"items":[{"value":"*"}]},"conditions":{"items":[{"key":"ec2:InstanceType",
    "value":{"items":[{"value":"t2.*"}]}}]}}]},"failures":{"items":[]},"context":{"principal":{
    "id":"AROAX:Ana","arn":"arn:aws:sts::111122223333:assumed-role/Developer/Ana"},
    "action":"RunInstances","resource":"arn:aws:ec2:us-east-1:111122223333:instance/*",
    "conditions":{"items":[{"key":"ec2:InstanceType","values":{"items":[{"value":"t2.micro"}]}}]}}}"#;

fn explain(text: &str) -> String {
    let refused = read(text, &mut |_| Ok(Some(json::parse(MESSAGE).unwrap()))).unwrap();
    Explained::new(&refused, None).lines()
}

#[test]
fn plain_refusals() {
    let text = format!(
        "An error occurred (AccessDenied) when calling the SendMessage operation: User: {USER} is not \
         authorized to perform: sqs:SendMessage on resource: {QUEUE} because no identity-based policy \
         allows the sqs:SendMessage action"
    );
    insta::assert_snapshot!(explain(&text), @r#"
    Who     arn:aws:iam::111122223333:user/ana
    What    sqs:SendMessage
    On      arn:aws:sqs:eu-west-1:111122223333:jobs
    Why     no identity-based policy allows it
    Change  add to a policy of arn:aws:iam::111122223333:user/ana:
              {
                  "Effect": "Allow",
                  "Action": "sqs:SendMessage",
                  "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"
              }
    "#);
}

#[test]
fn every_type_of_policy_has_its_change() {
    let change = |rest: &str| {
        let text = format!(
            "User: arn:aws:sts::111122223333:assumed-role/App/i-1 is not authorized to perform: \
             sqs:SendMessage on resource: {QUEUE} {rest}"
        );
        let text = explain(&text);
        let lines = text.lines().skip(3).filter(|line| {
            [
                "Why",
                "Change",
                "        add",
                "          \"Principal",
                "              \"A",
            ]
            .iter()
            .any(|start| line.starts_with(start))
        });
        lines.map(str::trim_end).collect::<Vec<_>>().join("\n")
    };
    let because = |name: &str| {
        change(&format!(
            "because no {name} allows the sqs:SendMessage action"
        ))
    };
    insta::assert_snapshot!(because("resource-based policy"), @r#"
    Why     no resource-based policy allows it
    Change  add to the policy of arn:aws:sqs:eu-west-1:111122223333:jobs:
                  "Action": "sqs:SendMessage",
    "#);
    insta::assert_snapshot!(because("permissions boundary"), @r#"
    Why     no permissions boundary allows it
    Change  add to the permissions boundary of arn:aws:iam::111122223333:role/App:
                  "Action": "sqs:SendMessage",
    "#);
    insta::assert_snapshot!(because("session policy"), @r#"
    Why     no session policy allows it
    Change  add to the policy that the session is opened with:
                  "Action": "sqs:SendMessage",
    "#);
    insta::assert_snapshot!(because("VPC endpoint policy"), @r#"
    Why     no VPC endpoint policy allows it
    Change  add to the VPC endpoint policy of arn:aws:iam::111122223333:role/App:
                  "Action": "sqs:SendMessage",
    "#);
    insta::assert_snapshot!(because("role trust policy"), @r#"
    Why     no role trust policy allows it
    Change  add to the trust policy of arn:aws:sqs:eu-west-1:111122223333:jobs:
                  "Action": "sqs:SendMessage"
    "#);
    insta::assert_snapshot!(change("with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1"), @r#"
    Why     a statement of a service control policy denies it, or one of its levels does not allow it: arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1
    Change  no Allow outweighs a Deny: its statement has to leave this request out
                  "ArnNotLike": {
    "#);
    insta::assert_snapshot!(change("with an explicit deny in a resource control policy"), @r#"
    Why     a statement of a resource control policy denies it
    Change  no Allow outweighs a Deny: its statement has to leave this request out
                  "ArnNotLike": {
    "#);
}

#[test]
fn messages_name_the_statement_and_its_conditions() {
    let expected = explain(MESSAGE);
    insta::assert_snapshot!(expected, @r#"
    Who     arn:aws:sts::111122223333:assumed-role/Developer/Ana
    What    ec2:RunInstances
    On      arn:aws:ec2:us-east-1:111122223333:instance/*
    Why     a statement denies it
            statement "NoBig" denies ec2:RunInstances on *
              its condition on ec2:InstanceType (t2.*) holds: the request has t2.micro
    Change  no Allow outweighs a Deny: its statement has to leave this request out
            among its conditions, this takes the caller out:
              {
                  "ArnNotLike": {
                      "aws:PrincipalArn": "arn:aws:iam::111122223333:role/Developer"
                  }
              }
    "#);
    let error = format!(
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are \
         not authorized to perform this operation. Encoded authorization failure message: {}",
        "aB-_".repeat(60)
    );
    assert_eq!(explain(&error), expected);
}

#[test]
fn what_is_not_decoded_is_said() {
    let error = format!(
        "You are not authorized to perform this operation. User: {USER} is not authorized to perform: \
         ec2:StopInstances on resource: * because no identity-based policy allows the \
         ec2:StopInstances action. Encoded authorization failure message: {}",
        "aB-_".repeat(60)
    );
    let refused = read(&error, &mut |_| Err(CommandError::general("no"))).unwrap();
    assert!(refused.note.unwrap().ends_with("not for this caller: no"));
    let refused = read(&error, &mut |_| Ok(None)).unwrap();
    assert!(refused.note.unwrap().ends_with("was not decoded"));
    let bare = "aB-_".repeat(60);
    let error = read(&bare, &mut |_| Err(CommandError::general("no")))
        .err()
        .unwrap();
    assert_eq!(error.message(), "no");
}

#[test]
fn texts_that_are_no_refusals() {
    let message = |text: &str| {
        read(text, &mut |_| Ok(None))
            .err()
            .unwrap()
            .message()
            .to_owned()
    };
    assert!(message("").starts_with("There is nothing"));
    assert!(message("An error occurred (NoSuchBucket)").starts_with("The text is no refusal"));
    assert!(
        message("An error occurred (AccessDenied) when calling X: Access Denied")
            .starts_with("The service does not say")
    );
    assert!(message("{\"allowed\": 1}").starts_with("The message is none"));
}

/// Pieces that a refusal is made of.
const PIECES: &[&str] = &[
    "User: ",
    "is not authorized to perform: ",
    "s3:GetObject ",
    "on resource: ",
    "\"arn:aws:s3:::é/*\" ",
    "because no ",
    "with an explicit deny in a ",
    "service control policy",
    ": arn:aws:iam::aws:policy/x",
    "Encoded authorization failure message: ",
    "aB-_",
    "\n",
    "\n\n",
    "{\"allowed\": false",
    "}",
    "\"",
];

proptest::proptest! {
    #[test]
    fn whatever_is_read_can_be_explained(pieces in proptest::collection::vec(0..=PIECES.len(), 0..12), other in ".{0,9}") {
        let text: String = pieces.iter().map(|&at| PIECES.get(at).map_or(&*other, |piece| piece)).collect();
        for message in [MESSAGE, "{}", "\"x\"", "{\"allowed\": true, \"context\": 1}"] {
            let decoded = json::parse(message).unwrap();
            if let Ok(refused) = read(&text, &mut |_| Ok(Some(decoded.clone()))) {
                let explained = Explained::new(&refused, None);
                let _ = (explained.lines(), explained.value(), explained.hint());
            }
        }
    }
}
