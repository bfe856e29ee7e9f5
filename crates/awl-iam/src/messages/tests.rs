use super::*;
use crate::{NamedPolicy, Policy, PolicySet, Principal, Request, evaluate};

const ANA: &str = "arn:aws:iam::111122223333:user/ana";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";

fn request() -> Request {
    Request::new(Principal::parse(ANA).unwrap(), "sqs:SendMessage", QUEUE)
}

fn named(effect: &str, arn: &str) -> NamedPolicy {
    let text = format!(
        r#"{{"Statement": [{{"Sid": "One", "Effect": "{effect}", "Action": "sqs:*", "Resource": "*"}}]}}"#
    );
    NamedPolicy::new("one", Policy::parse(&text).unwrap()).with_arn(arn)
}

fn check(policies: PolicySet, expected: &str, policy_type: PolicyType, explicit: bool) {
    let request = request();
    let evaluation = evaluate(&request, &policies);
    let text = denial_text(&evaluation).unwrap();
    let start =
        format!("User: {ANA} is not authorized to perform: sqs:SendMessage on resource: {QUEUE} ");
    assert_eq!(text.strip_prefix(&start), Some(expected), "{text}");
    let ec2 = unauthorized_operation(&evaluation, "abcDEF_-").unwrap();
    for text in [text, ec2, format!("aws: [ERROR]: {start}{expected}\n")] {
        let denial = parse_denial(&text).unwrap();
        assert_eq!(denial.principal.as_deref(), Some(ANA));
        assert_eq!(denial.action.as_deref(), Some("sqs:SendMessage"));
        assert_eq!(denial.resource.as_deref(), Some(QUEUE));
        assert_eq!(denial.policy_type, Some(policy_type));
        assert_eq!(denial.explicit, Some(explicit));
        let arn = expected.split_once(": ").map(|(_, arn)| arn.to_owned());
        assert_eq!(denial.policy_arn, arn);
        let encoded = text.starts_with("You").then_some("abcDEF_-");
        assert_eq!(denial.encoded.as_deref(), encoded);
    }
}

#[test]
fn texts_name_the_type_of_policy_that_refused() {
    let arn = "arn:aws:iam::111122223333:policy/one";
    let allow = || named("Allow", arn);
    let other = || {
        let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
        NamedPolicy::new("other", Policy::parse(text).unwrap()).with_arn(arn)
    };
    check(
        PolicySet::default(),
        "because no identity-based policy allows the sqs:SendMessage action",
        PolicyType::Identity,
        false,
    );
    check(
        PolicySet {
            identity: vec![allow()],
            permissions_boundary: Some(other()),
            ..PolicySet::default()
        },
        "because no permissions boundary allows the sqs:SendMessage action: \
         arn:aws:iam::111122223333:policy/one",
        PolicyType::PermissionsBoundary,
        false,
    );
    check(
        PolicySet {
            identity: vec![allow()],
            session: vec![other()],
            ..PolicySet::default()
        },
        "because no session policy allows the sqs:SendMessage action",
        PolicyType::Session,
        false,
    );
    check(
        PolicySet {
            identity: vec![allow(), named("Deny", arn)],
            ..PolicySet::default()
        },
        "with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/one",
        PolicyType::Identity,
        true,
    );
    check(
        PolicySet {
            identity: vec![allow()],
            scps: vec![vec![other()]],
            ..PolicySet::default()
        },
        "with an explicit deny in a service control policy",
        PolicyType::ServiceControl,
        true,
    );
    check(
        PolicySet {
            identity: vec![allow()],
            vpc_endpoint: Some(NamedPolicy::new(
                "endpoint",
                Policy::parse(
                    r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}"#,
                )
                .unwrap(),
            )),
            ..PolicySet::default()
        },
        "with an explicit deny in a VPC endpoint policy",
        PolicyType::VpcEndpoint,
        true,
    );
}

#[test]
fn what_is_allowed_has_no_refusal() {
    let policies = PolicySet {
        identity: vec![named("Allow", "arn:aws:iam::aws:policy/one")],
        ..PolicySet::default()
    };
    let request = request();
    let evaluation = evaluate(&request, &policies);
    assert_eq!(denial_text(&evaluation), None);
    assert_eq!(unauthorized_operation(&evaluation, "x"), None);
}

#[test]
fn decoded_messages_say_what_was_matched() {
    let policies = PolicySet {
        identity: vec![named("Deny", "arn:aws:iam::aws:policy/one")],
        ..PolicySet::default()
    };
    let context = [("aws:userid", "AIDA123"), ("aws:username", "ana")];
    let request = request().with_context(context.into_iter().collect());
    let message = decoded_message(&evaluate(&request, &policies));
    let text = awl_value::json::to_string(&message);
    assert!(text.starts_with(
        r#"{"allowed": false, "explicitDeny": true, "matchedStatements": {"items": [{"statementId": "One", "effect": "DENY", "principals": {"items": [{"value": "AIDA123"}]}, "principalGroups": {"items": []}, "actions": {"items": [{"value": "sqs:*"}]}, "resources": {"items": [{"value": "*"}]}, "conditions": {"items": []}}]}, "failures": {"items": []}, "context": {"principal": {"id": "AIDA123", "name": "ana", "arn": "arn:aws:iam::111122223333:user/ana"}, "action": "sqs:SendMessage", "#
    ), "{text}");
    let quoted = awl_value::json::to_string(&text.as_str().into());
    let answer = format!(r#"{{"DecodedMessage": {quoted}}}"#);
    for form in [text, quoted, answer] {
        let denial = parse_decoded_message(&form).unwrap();
        assert_eq!(denial.explicit, Some(true));
        assert_eq!(denial.principal.as_deref(), Some(ANA));
        assert_eq!(denial.statements[0].sid.as_deref(), Some("One"));
        assert_eq!(denial.context.single("aws:service"), Some("sqs"));
    }
}

#[test]
fn messages_of_the_older_form_are_read() {
    let text = r#"{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},"context":{"principal":{"id":"AROAX:Ana","arn":"arn:aws:sts::111122223333:assumed-role/Developer/Ana"},"action":"RunInstances","resource":"arn:aws:ec2:us-east-1:111122223333:instance/*","conditions":{"items":[{"key":"ec2:InstanceType","values":{"items":[{"value":"t2.micro"}]}}]}}}"#;
    let denial = parse_decoded_message(text).unwrap();
    assert_eq!(denial.action.as_deref(), Some("ec2:RunInstances"));
    assert_eq!(denial.principal_id.as_deref(), Some("AROAX:Ana"));
    assert_eq!(denial.context.single("ec2:instancetype"), Some("t2.micro"));
}

#[test]
fn other_texts_are_no_refusals() {
    for text in ["", "An error occurred (NoSuchBucket)", "{}", "[1]", "null"] {
        assert_eq!(parse_denial(text), None);
        assert_eq!(parse_decoded_message(text), None);
    }
    let denial = parse_denial(
        "An error occurred (UnauthorizedOperation) when calling the StopInstances operation: You are \
         not authorized to perform this operation. Encoded authorization failure message: -abc_9",
    );
    assert_eq!(denial.unwrap().encoded.as_deref(), Some("-abc_9"));
}
