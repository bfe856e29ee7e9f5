//! What evaluations, simulations and batch lines tell beside the decision.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use awl_iam::simulate::{ContextEntry, SimulateCustomPolicy, Simulation};
use awl_iam::{
    Decision, Failure, NamedPolicy, Policy, PolicySet, PolicyType, Principal, Request, Role, batch,
    evaluate,
};
use awl_value::{Value, json};

const ANA: &str = "arn:aws:iam::111122223333:user/ana";

fn named(id: &str, text: &str) -> NamedPolicy {
    NamedPolicy::new(id, Policy::parse(text).unwrap())
}

fn request(action: &str, resource: &str, context: &[(&str, &str)]) -> Request {
    Request::new(Principal::parse(ANA).unwrap(), action, resource)
        .with_context(context.iter().copied().collect())
}

#[test]
fn near_misses_say_what_failed_with_the_values() {
    let policies = PolicySet {
        identity: vec![named(
            "team",
            r#"{"Version": "2012-10-17", "Statement": [
                {"Sid": "Home", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"},
                {"Sid": "Mfa", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
                    "NumericLessThan": {"aws:MultiFactorAuthAge": ["300", "200"]},
                    "StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}},
                {"Sid": "Put", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
                {"Sid": "Far", "Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:*"}]}"#,
        )],
        resource: Some(named(
            "bucket",
            r#"{"Statement": {"Sid": "Bob", "Effect": "Allow", "Action": "s3:*", "Resource": "*",
                "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}}}"#,
        )),
        ..PolicySet::default()
    };
    let context = [
        ("aws:MultiFactorAuthAge", "900"),
        ("aws:PrincipalTag/team", "blue"),
    ];
    let request = request("s3:GetObject", "arn:aws:s3:::home/ana/x", &context);
    let evaluation = evaluate(&request, &policies);
    assert_eq!(evaluation.decision, Decision::ImplicitDeny);
    assert_eq!(evaluation.missing_allow(), Some(PolicyType::Identity));
    let explanation = evaluation.explain();
    let sids: Vec<&str> = explanation
        .near_misses
        .iter()
        .map(|miss| miss.statement.sid.as_ref().unwrap().value.as_str())
        .collect();
    // What is about another action as well as another resource is no near miss.
    assert_eq!(sids, ["Bob", "Home", "Mfa", "Put"]);
    assert_eq!(
        explanation.near_misses[0].failures,
        [Failure::Principal {
            actual: ANA.to_owned(),
            expected: vec!["arn:aws:iam::111122223333:user/bob".to_owned()],
        }]
    );
    assert_eq!(
        explanation.near_misses[1].failures,
        [Failure::Resource {
            actual: "arn:aws:s3:::home/ana/x".to_owned(),
            expected: vec!["arn:aws:s3:::home/${aws:username}/*".to_owned()],
            unresolved: vec!["aws:username".to_owned()],
        }]
    );
    let failures = &explanation.near_misses[2].failures;
    let [
        Failure::Condition {
            outcome: age,
            operator,
            ..
        },
        Failure::Condition {
            outcome: tag, key, ..
        },
    ] = failures.as_slice()
    else {
        panic!("{failures:?}");
    };
    assert_eq!(
        (operator.as_str(), key.as_str()),
        ("NumericLessThan", "aws:PrincipalTag/team")
    );
    assert_eq!(age.actual, ["900"]);
    assert_eq!(
        age.expected,
        [Some("300".to_owned()), Some("200".to_owned())]
    );
    assert!(!age.missing && age.unresolved.is_empty());
    assert_eq!(tag.expected, [None]);
    assert_eq!(tag.unresolved, ["aws:ResourceTag/team"]);
    assert_eq!(
        explanation.missing_keys,
        ["aws:username", "aws:ResourceTag/team"]
    );
}

/// What takes quadratic time would not end here while somebody waits.
#[test]
fn the_longest_policies_are_decided_soon() {
    let name = "a".repeat(20_000);
    let resource = format!("arn:aws:s3:::{name}");
    let nested = "*a?a".repeat(1000);
    let segment = "a?".repeat(1400);
    for (pattern, value) in [
        (format!("{nested}b"), name.clone()),
        (format!("*{segment}b*"), name.clone()),
        ("*a".repeat(2800), format!("{name}b")),
        ("?*".repeat(2800), "é".repeat(20_000)),
    ] {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Deny", "Action": "s3:{pattern}", "NotResource": "arn:aws:s3:::{pattern}",
                "Condition": {{"StringLike": {{"aws:UserAgent": "{pattern}"}}}}}}}}"#
        );
        let policies = PolicySet {
            identity: vec![named("long", &text)],
            ..PolicySet::default()
        };
        let context = [("aws:UserAgent", value.as_str())];
        let request = request(&format!("s3:{name}"), &resource, &context);
        let evaluation = evaluate(&request, &policies);
        assert_eq!(evaluation.decision, Decision::ImplicitDeny);
        assert!(evaluation.explain().missing_keys.is_empty());
    }
}

#[test]
fn parts_say_what_each_type_of_policy_did() {
    let full = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let policies = PolicySet {
        identity: vec![named("all", full)],
        permissions_boundary: Some(named("boundary", full)),
        scps: vec![
            vec![named("root", full)],
            vec![named(
                "unit",
                r#"{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}"#,
            )],
        ],
        ..PolicySet::default()
    };
    let request = request("s3:GetObject", "arn:aws:s3:::b/k", &[]);
    let evaluation = evaluate(&request, &policies);
    let parts: Vec<(PolicyType, Option<usize>, Decision, Role)> = evaluation
        .parts
        .iter()
        .map(|part| (part.policy_type, part.level, part.decision, part.role))
        .collect();
    use PolicyType::{Identity, PermissionsBoundary, ServiceControl};
    assert_eq!(
        parts,
        [
            (ServiceControl, Some(0), Decision::Allowed, Role::Needed),
            (
                ServiceControl,
                Some(1),
                Decision::ImplicitDeny,
                Role::Needed
            ),
            (Identity, None, Decision::Allowed, Role::Needed),
            (PermissionsBoundary, None, Decision::Allowed, Role::Needed),
        ]
    );
    assert_eq!(evaluation.missing_allow(), Some(ServiceControl));
    let insufficient = evaluation.insufficient.iter();
    let insufficient: Vec<&str> = insufficient.map(|own| own.policy.id.as_str()).collect();
    assert_eq!(insufficient, ["root", "all", "boundary"]);
}

#[test]
fn positions_are_those_of_the_simulator() {
    // A statement begins behind the token before it and ends behind its brace.
    let policy = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n\t{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"},\n    {\n      \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"\n    }\n  ]\n}";
    let alone = r#"{"Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}}"#;
    let simulation = SimulateCustomPolicy {
        policy_input_list: vec![policy.to_owned(), alone.to_owned()],
        action_names: vec!["s3:GetObject".to_owned(), "iam:ListUsers".to_owned()],
        ..SimulateCustomPolicy::default()
    };
    let response = simulation.simulation().unwrap().run(None, 100).unwrap();
    let places = |index: usize| -> Vec<(String, u32, u32, u32, u32)> {
        let result: &awl_iam::simulate::EvaluationResult = &response.evaluation_results[index];
        let statements = result.matched_statements.iter();
        statements
            .map(|own| {
                let (start, end) = (own.start, own.end);
                (
                    own.source_policy_id.clone(),
                    start.line,
                    start.column,
                    end.line,
                    end.column,
                )
            })
            .collect()
    };
    assert_eq!(
        places(0),
        [
            ("PolicyInputList.1".to_owned(), 3, 17, 4, 56),
            ("PolicyInputList.1".to_owned(), 4, 56, 7, 6),
        ]
    );
    assert_eq!(places(1), [("PolicyInputList.2".to_owned(), 1, 15, 1, 63)]);
}

#[test]
fn simulations_answer_in_the_terms_of_the_model() {
    let entry = |name: &str, kind: &str, values: &[&str]| ContextEntry {
        name: name.to_owned(),
        kind: kind.to_owned(),
        values: values.iter().map(|text| (*text).to_owned()).collect(),
    };
    let parameters = SimulateCustomPolicy {
        policy_input_list: vec![
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::a/*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":"x"}}},{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b/*"},{"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#.to_owned(),
        ],
        permissions_boundary_policy_input_list: vec![
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#.to_owned(),
        ],
        action_names: vec!["s3:GetObject".to_owned()],
        resource_arns: vec!["arn:aws:s3:::a/k".to_owned(), "arn:aws:s3:::b/k".to_owned()],
        context_entries: vec![entry("aws:TagKeys", "stringList", &["x", "y"])],
        ..SimulateCustomPolicy::default()
    };
    let simulation = parameters.simulation().unwrap();
    let value = simulation.run(None, 100).unwrap().to_value();
    let text = json::to_string(&value);
    let expected = r#"{"EvaluationResults": [{"EvalActionName": "s3:GetObject", "EvalResourceName": "arn:aws:s3:::${BucketName}/${KeyName}", "EvalDecision": "explicitDeny", "MatchedStatements": [{"SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "IAM Policy", "StartPosition": {"Line": 1, "Column": 166}, "EndPosition": {"Line": 1, "Column": 227}}], "MissingContextValues": [], "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": true}, "EvalDecisionDetails": {}, "ResourceSpecificResults": [{"EvalResourceName": "arn:aws:s3:::a/k", "EvalResourceDecision": "allowed", "MatchedStatements": [{"SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "IAM Policy", "StartPosition": {"Line": 1, "Column": 38}, "EndPosition": {"Line": 1, "Column": 166}}, {"SourcePolicyId": "PermissionsBoundaryPolicyInputList.1", "SourcePolicyType": "IAM Policy", "StartPosition": {"Line": 1, "Column": 15}, "EndPosition": {"Line": 1, "Column": 63}}], "MissingContextValues": ["aws:SecureTransport"], "EvalDecisionDetails": {}, "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": true}}, {"EvalResourceName": "arn:aws:s3:::b/k", "EvalResourceDecision": "explicitDeny", "MatchedStatements": [{"SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "IAM Policy", "StartPosition": {"Line": 1, "Column": 166}, "EndPosition": {"Line": 1, "Column": 227}}], "MissingContextValues": ["aws:SecureTransport"], "EvalDecisionDetails": {}, "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": true}}]}], "IsTruncated": false}"#;
    assert_eq!(text, expected);
}

#[test]
fn simulations_across_accounts_tell_both_sides() {
    let parameters = SimulateCustomPolicy {
        policy_input_list: vec![r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.to_owned()],
        action_names: vec!["s3:GetObject".to_owned(), "s3:PutObject".to_owned()],
        resource_arns: vec!["arn:aws:s3:::a/k".to_owned()],
        resource_policy: Some(
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}}"#.to_owned(),
        ),
        resource_owner: Some("arn:aws:iam::444455556666:root".to_owned()),
        caller_arn: Some(ANA.to_owned()),
        ..SimulateCustomPolicy::default()
    };
    let mut simulation = parameters.simulation().unwrap();
    simulation.in_organization = true;
    let page = simulation.run(None, 1).unwrap();
    assert_eq!(page.evaluation_results.len(), 1);
    let next = simulation.run(page.marker.as_deref(), 1).unwrap();
    assert_eq!(next.marker, None);
    let (first, second) = (&page.evaluation_results[0], &next.evaluation_results[0]);
    let both = |other| {
        Some(vec![
            ("IAM Policy", Decision::Allowed),
            ("Resource Policy", other),
        ])
    };
    assert_eq!(first.decision, Decision::Allowed);
    assert_eq!(first.details, both(Decision::Allowed));
    assert_eq!(second.decision, Decision::ImplicitDeny);
    assert_eq!(second.details, both(Decision::ImplicitDeny));
    assert_eq!(first.allowed_by_organizations, Some(true));
    assert!(simulation.run(Some("x"), 1).is_err());
}

#[test]
fn parameters_are_checked_as_the_service_does() {
    let good = SimulateCustomPolicy {
        policy_input_list: vec![r#"{"Statement":[]}"#.to_owned()],
        action_names: vec!["ec2:RunInstances".to_owned()],
        ..SimulateCustomPolicy::default()
    };
    assert!(good.simulation().is_ok());
    let check = |change: &dyn Fn(&mut SimulateCustomPolicy), part: &str| {
        let mut parameters = good.clone();
        change(&mut parameters);
        let error = parameters.simulation().unwrap_err();
        assert_eq!(error.code, "InvalidInput");
        assert!(error.message.contains(part), "{error}");
    };
    check(&|own| own.action_names.clear(), "ActionNames");
    check(
        &|own| own.action_names[0] = "ec2:*".to_owned(),
        "without wildcards",
    );
    check(
        &|own| own.policy_input_list[0] = "{".to_owned(),
        "PolicyInputList.1: Syntax errors in policy.",
    );
    check(
        &|own| own.policy_input_list[0] = " ".repeat(131_073),
        "131072",
    );
    check(
        &|own| own.resource_arns = vec!["bucket".to_owned()],
        "no ARN",
    );
    check(
        &|own| own.resource_policy = Some(r#"{"Statement":[]}"#.to_owned()),
        "CallerArn",
    );
    check(&|own| own.caller_arn = Some("ana".to_owned()), "CallerArn");
    check(
        &|own| own.resource_owner = Some("ana".to_owned()),
        "ResourceOwner",
    );
    check(
        &|own| {
            own.context_entries = vec![ContextEntry {
                name: "k".to_owned(),
                kind: "text".to_owned(),
                values: vec![],
            }]
        },
        "type",
    );
    check(
        &|own| {
            own.context_entries = vec![ContextEntry {
                name: "k".to_owned(),
                kind: "string".to_owned(),
                values: vec![],
            }]
        },
        "one value",
    );
    check(
        &|own| own.resource_handling_option = Some("EC2".to_owned()),
        "ResourceHandlingOption",
    );
    check(
        &|own| own.resource_handling_option = Some("EC2-VPC-EBS".to_owned()),
        "type instance",
    );
    check(
        &|own| {
            own.permissions_boundary_policy_input_list = vec![r#"{"Statement":[]}"#.to_owned(); 2]
        },
        "boundary",
    );
    let empty = Simulation::default();
    assert!(empty.run(None, 100).unwrap().evaluation_results.is_empty());
}

fn answer(line: &str) -> Value {
    batch::answer(line)
}

#[test]
fn bad_lines_are_answered_with_errors() {
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    let request = format!(
        r#""request": {{"principal": "{ANA}", "action": "s3:GetObject", "resource": "*"}}"#
    );
    for (line, code, id) in [
        (String::new(), "InvalidInput", "null"),
        ("[]".to_owned(), "InvalidInput", "null"),
        (r#"{"id": [1]}"#.to_owned(), "InvalidInput", "[1]"),
        (
            r#"{"id": "a", "request": {"principal": "ana", "action": "s3:x"}}"#.to_owned(),
            "InvalidInput",
            "\"a\"",
        ),
        (
            r#"{"id": 1, "request": {"principal": "*"}}"#.to_owned(),
            "InvalidInput",
            "1",
        ),
        (
            format!(r#"{{"id": 1, {request}, "identityPolicies": {policy}}}"#),
            "InvalidInput",
            "1",
        ),
        (
            format!(r#"{{"id": 1, {request}, "scps": {policy}}}"#),
            "InvalidInput",
            "1",
        ),
        (
            format!(r#"{{"id": 1, {request}, "resourcePolicy": {policy}}}"#),
            "MalformedPolicyDocument",
            "1",
        ),
        (
            format!(r#"{{"id": 1, {request}, "identityPolicies": [{{}}]}}"#),
            "MalformedPolicyDocument",
            "1",
        ),
        (
            format!(r#"{{"id": 1, {request}, "identityPolicies": ["{{"]}}"#),
            "MalformedPolicyDocument",
            "1",
        ),
    ] {
        let answer = answer(&line);
        let error = answer.get("error").unwrap();
        assert_eq!(error.get("code").unwrap().as_str(), Some(code), "{line}");
        assert!(!error.get("message").unwrap().as_str().unwrap().is_empty());
        assert_eq!(json::to_string(answer.get("id").unwrap()), id);
        assert!(answer.get("decision").is_none());
    }
    // What is null or left out is not there.
    let line = format!(
        r#"{{"id": null, {request}, "identityPolicies": [{policy}], "resourcePolicy": null, "permissionsBoundary": null}}"#
    );
    assert_eq!(
        answer(&line).get("decision").unwrap().as_str(),
        Some("allowed")
    );
}

#[test]
fn answers_have_the_places_within_the_policy() {
    let line = format!(
        r#"{{"id": "x", "request": {{"principal": "{ANA}", "action": "s3:GetObject", "resource": "*"}}, "scps": [[{{"Statement": [{{"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"}}]}}]]}}"#
    );
    assert_eq!(
        json::to_string(&answer(&line)),
        r#"{"id": "x", "decision": "explicitDeny", "matchedStatements": [{"sourcePolicyId": "scps.1.1", "policyType": "service control policy", "level": 0, "statementId": "No", "statementIndex": 0, "effect": "Deny", "startPosition": {"line": 1, "column": 16}, "endPosition": {"line": 1, "column": 79}}]}"#
    );
}
