//! What must hold of decisions whatever the policies are.

#![expect(clippy::unwrap_used, reason = "what is generated can be read")]

use awl_iam::{
    Context, ContextValue, Decision, Effect, NamedPolicy, Policy, PolicySet, PolicyType, Principal,
    Request, batch, decide, evaluate,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111122223333:user/ana",
    "arn:aws:iam::111122223333:role/Dev",
    "arn:aws:sts::111122223333:assumed-role/Dev/one",
    "arn:aws:sts::111122223333:federated-user/ana",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:user/eve",
    "lambda.amazonaws.com",
    "*",
];
const REQUESTS: &[(&str, &str)] = &[
    ("s3:GetObject", "arn:aws:s3:::reports/ana/x"),
    ("s3:ListAllMyBuckets", "*"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/Target"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:444455556666:jobs"),
];
const ACTIONS: &[&str] = &[
    r#""Action": "*""#,
    r#""Action": ["s3:Get*", "sqs:*"]"#,
    r#""Action": "S3:?etObject""#,
    r#""NotAction": "s3:*""#,
    r#""Action": ["kms:*", "sts:Assume*"]"#,
];
const RESOURCES: &[&str] = &[
    r#", "Resource": "*""#,
    r#", "Resource": ["arn:aws:s3:::reports/*", "arn:aws:sqs:*:*:jobs"]"#,
    r#", "Resource": "arn:aws:s3:::reports/${aws:username}/*""#,
    r#", "NotResource": "arn:aws:s3:::*""#,
    r#", "Resource": "arn:aws:kms""#,
];
const NAMES: &[&str] = &[
    r#", "Principal": "*""#,
    r#", "Principal": {"AWS": "111122223333"}"#,
    r#", "Principal": {"AWS": ["arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:role/Dev"]}"#,
    r#", "Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/Dev/one"}"#,
    r#", "Principal": {"Service": "lambda.amazonaws.com"}"#,
    r#", "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:user/ana", "111122223333"]}"#,
];
const CONDITIONS: &[&str] = &[
    "",
    "",
    r#", "Condition": {"StringEquals": {"aws:username": ["ana", "${aws:PrincipalTag/name}"]}}"#,
    r#", "Condition": {"StringNotLikeIfExists": {"aws:username": "a*"}}"#,
    r#", "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": "t*"}, "Null": {"aws:username": "false"}}"#,
    r#", "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 300}}"#,
    r#", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}"#,
    r#", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:SecureTransport": "true"}}"#,
];
const KEYS: &[(&str, &str)] = &[
    ("aws:username", "ana"),
    ("aws:PrincipalTag/name", "ana"),
    ("aws:MultiFactorAuthAge", "60"),
    ("aws:CurrentTime", "2026-06-01"),
    ("aws:SourceIp", "10.1.1.1"),
    ("aws:SecureTransport", "true"),
];

fn statement(names: bool, effect: Option<Effect>) -> impl Strategy<Value = String> {
    let effects = match effect {
        Some(effect) => vec![effect],
        None => vec![Effect::Allow, Effect::Allow, Effect::Deny],
    };
    let rest = (
        select(ACTIONS),
        select(RESOURCES),
        select(NAMES),
        select(CONDITIONS),
    );
    (select(effects), rest).prop_map(move |(effect, (action, resource, name, condition))| {
        let name = if names { name } else { "" };
        format!(
            r#"{{"Effect": "{}", {action}{resource}{name}{condition}}}"#,
            effect.as_str()
        )
    })
}

fn policy_of(statements: &[String]) -> NamedPolicy {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(", ")
    );
    NamedPolicy::new("generated", Policy::parse(&text).unwrap())
}

fn policy(names: bool) -> impl Strategy<Value = NamedPolicy> {
    let statements = prop::collection::vec(statement(names, None), 0..4);
    statements.prop_map(|statements| policy_of(&statements))
}

fn policies() -> impl Strategy<Value = PolicySet> {
    let own = || prop::collection::vec(policy(false), 0..3);
    let levels = |names| prop::collection::vec(prop::collection::vec(policy(names), 0..2), 0..3);
    (
        own(),
        prop::option::of(policy(true)),
        prop::option::of(policy(false)),
        prop::option::weighted(0.3, levels(false)),
        prop::option::weighted(0.3, levels(true)),
        prop::option::weighted(0.3, own()),
    )
        .prop_map(
            |(identity, resource, permissions_boundary, scps, rcps, session)| PolicySet {
                identity,
                resource,
                permissions_boundary,
                scps: scps.unwrap_or_default(),
                rcps: rcps.unwrap_or_default(),
                session: session.unwrap_or_default(),
                vpc_endpoint: None,
            },
        )
}

fn request() -> impl Strategy<Value = Request> {
    let tags = prop::option::of(subsequence(vec!["team", "cost", "x"], 0..3));
    let keys = subsequence(KEYS, 0..=KEYS.len());
    (select(PRINCIPALS), select(REQUESTS), keys, tags).prop_map(
        |(principal, (action, resource), keys, tags)| {
            let mut context: Context = keys.into_iter().collect();
            if let Some(tags) = tags {
                let tags = tags.into_iter().map(str::to_owned).collect();
                context.insert("aws:TagKeys", ContextValue::Many(tags));
            }
            let principal = Principal::parse(principal).unwrap();
            Request::new(principal, action, resource).with_context(context)
        },
    )
}

/// How far a decision lets in.
fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::ExplicitDeny => 0,
        Decision::ImplicitDeny => 1,
        Decision::Allowed => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn explained_and_plain_decisions_agree(request in request(), policies in policies()) {
        let evaluation = evaluate(&request, &policies);
        prop_assert_eq!(evaluation.decision, decide(&request, &policies));
        let explanation = evaluation.explain();
        for miss in &explanation.near_misses {
            prop_assert!(!miss.failures.is_empty());
        }
        for matched in &evaluation.matched {
            let wanted = match evaluation.decision {
                Decision::ExplicitDeny => Effect::Deny,
                _ => Effect::Allow,
            };
            prop_assert_eq!(matched.statement.effect.value, wanted);
        }
        let denied = evaluation.decision != Decision::Allowed;
        prop_assert_eq!(awl_iam::messages::denial_text(&evaluation).is_some(), denied);
        prop_assert_eq!(
            evaluation.missing_allow().is_some(),
            evaluation.decision == Decision::ImplicitDeny
        );
    }

    #[test]
    fn a_deny_more_never_widens(
        request in request(),
        policies in policies(),
        own in statement(false, Some(Effect::Deny)),
        named in statement(true, Some(Effect::Deny)),
    ) {
        let before = rank(decide(&request, &policies));
        let deny = policy_of(&[own]);
        let mut more = policies.clone();
        more.identity.push(deny.clone());
        prop_assert!(rank(decide(&request, &more)) <= before);
        let mut more = policies.clone();
        for level in &mut more.scps {
            level.push(deny.clone());
        }
        prop_assert!(rank(decide(&request, &more)) <= before);
        let mut more = policies.clone();
        more.rcps.push(vec![policy_of(&[named])]);
        prop_assert!(rank(decide(&request, &more)) <= before);
        if !policies.session.is_empty() {
            let mut more = policies;
            more.session.push(deny);
            prop_assert!(rank(decide(&request, &more)) <= before);
        }
    }

    #[test]
    fn an_identity_allow_more_never_narrows(
        request in request(),
        policies in policies(),
        allow in statement(false, Some(Effect::Allow)),
    ) {
        let before = rank(decide(&request, &policies));
        let mut more = policies;
        more.identity.push(policy_of(&[allow]));
        prop_assert!(rank(decide(&request, &more)) >= before);
    }

    #[test]
    fn what_limits_never_grants(
        request in request(),
        policies in policies(),
        limit in policy(false),
        control in policy(true),
    ) {
        let before = rank(decide(&request, &policies));
        let mut more = policies.clone();
        more.scps.push(vec![limit.clone()]);
        prop_assert!(rank(decide(&request, &more)) <= before);
        let mut more = policies.clone();
        more.rcps.push(vec![control]);
        prop_assert!(rank(decide(&request, &more)) <= before);
        let mut more = policies;
        if more.permissions_boundary.is_none() {
            more.permissions_boundary = Some(limit.clone());
            prop_assert!(rank(decide(&request, &more)) <= before);
        }
        // Both together as well.
        if more.session.is_empty() {
            more.session.push(limit);
            prop_assert!(rank(decide(&request, &more)) <= before);
        }
    }

    #[test]
    fn order_never_matters(
        request in request(),
        policies in policies(),
        statements in prop::collection::vec(statement(true, None), 1..5),
    ) {
        let mut before = policies;
        before.resource = Some(policy_of(&statements));
        let expected = decide(&request, &before);
        let mut after = before;
        let reversed: Vec<String> = statements.into_iter().rev().collect();
        after.resource = Some(policy_of(&reversed));
        after.identity.reverse();
        after.session.reverse();
        after.scps.reverse();
        after.rcps.reverse();
        prop_assert_eq!(decide(&request, &after), expected);
    }

    #[test]
    fn nothing_given_allows_nobody_but_root(request in request()) {
        let root = request.principal().arn().ends_with(":root")
            && !request.is_cross_account()
            && !matches!(request.action(), "kms:Decrypt" | "sts:AssumeRole");
        let expected = if root { Decision::Allowed } else { Decision::ImplicitDeny };
        prop_assert_eq!(decide(&request, &PolicySet::default()), expected);
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC{0,200}") {
        let _ = Policy::parse(&text);
        let _ = batch::answer(&text);
        let _ = awl_iam::messages::parse_denial(&text);
        let _ = awl_iam::messages::parse_decoded_message(&text);
    }

    #[test]
    fn damaged_policies_never_panic(
        statements in prop::collection::vec(statement(true, None), 1..3),
        place in 0_usize..600,
        character in proptest::char::any(),
    ) {
        let mut text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
        if place < text.len() {
            text.replace_range(place..=place, &character.to_string());
        }
        match Policy::parse(&text) {
            Ok(policy) => {
                for policy_type in PolicyType::ALL {
                    for finding in policy.validate(policy_type) {
                        prop_assert!(text.get(finding.span.start.offset..finding.span.end.offset).is_some());
                    }
                }
            }
            Err(errors) => {
                for error in errors.errors() {
                    prop_assert!(text.get(error.span.start.offset..error.span.end.offset).is_some());
                }
            }
        }
    }
}
