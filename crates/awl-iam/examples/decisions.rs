//! Counts decisions a second on one core, for ordinary policies: `cargo run
//! --profile dist -p awl-iam --example decisions`.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use awl_iam::{
    Context, NamedPolicy, Policy, PolicySet, Principal, Request, batch, decide, evaluate,
};

const IDENTITY: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Look", "Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "Resource": "*"},
  {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::reports",
   "Condition": {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}}},
  {"Sid": "Home", "Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::reports/home/${aws:username}/*"},
  {"Sid": "Office", "Effect": "Deny", "Action": "*", "Resource": "*",
   "Condition": {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]},
                 "Bool": {"aws:ViaAWSService": "false"}}},
  {"Sid": "Mfa", "Effect": "Deny", "NotAction": ["iam:*", "sts:GetSessionToken", "s3:Get*", "s3:List*"], "Resource": "*",
   "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]}"#;
const EC2: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:Get*"], "Resource": "*"},
  {"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:StopInstances"],
   "Resource": "arn:aws:ec2:*:111122223333:instance/*",
   "Condition": {"StringEquals": {"aws:ResourceTag/Owner": "${aws:username}"}}}]}"#;
const BUCKET: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
   "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#;
const FULL: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
const REGIONS: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
  "NotAction": ["iam:*", "sts:*", "s3:*", "organizations:*"], "Resource": "*",
  "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}]}"#;

fn policy(id: &str, text: &str) -> NamedPolicy {
    match Policy::parse(text) {
        Ok(policy) => NamedPolicy::new(id, policy),
        Err(error) => panic!("{id}: {error}"),
    }
}

fn main() {
    let policies = PolicySet {
        identity: vec![policy("home", IDENTITY), policy("ec2", EC2)],
        resource: Some(policy("bucket", BUCKET)),
        permissions_boundary: Some(policy("boundary", FULL)),
        scps: vec![
            vec![policy("root", FULL)],
            vec![policy("unit", FULL), policy("regions", REGIONS)],
        ],
        ..PolicySet::default()
    };
    let ana = "arn:aws:iam::111122223333:user/ana";
    let context: Context = [
        ("aws:username", "ana"),
        ("aws:userid", "AIDAEXAMPLE"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:SecureTransport", "true"),
        ("aws:ViaAWSService", "false"),
        ("aws:MultiFactorAuthPresent", "true"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:CurrentTime", "2026-11-22T12:00:00Z"),
        ("aws:PrincipalArn", ana),
        ("aws:ResourceTag/Owner", "ana"),
        ("s3:prefix", "home/ana/2026"),
    ]
    .into_iter()
    .collect();
    let requests: Vec<Request> = [
        (
            "s3:GetObject",
            "arn:aws:s3:::reports/home/ana/2026/notes.txt",
        ),
        (
            "s3:PutObject",
            "arn:aws:s3:::reports/home/bob/2026/notes.txt",
        ),
        ("s3:ListBucket", "arn:aws:s3:::reports"),
        (
            "ec2:StopInstances",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789",
        ),
        ("ec2:DescribeInstances", "*"),
        ("iam:CreateUser", "arn:aws:iam::111122223333:user/eve"),
    ]
    .into_iter()
    .map(|(action, resource)| {
        let ana = Principal::parse(ana).unwrap_or_else(|error| panic!("{error}"));
        Request::new(ana, action, resource).with_context(context.clone())
    })
    .collect();
    for request in &requests {
        println!(
            "{:12} {}",
            decide(request, &policies).as_str(),
            request.action()
        );
    }
    let line = format!(
        r#"{{"request": {{"principal": "{ana}", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/home/ana/x",
        "context": {{"aws:username": "ana", "aws:SourceIp": "203.0.113.7", "aws:ViaAWSService": "false"}}}},
        "identityPolicies": [{IDENTITY}], "resourcePolicy": {BUCKET}, "scps": [[{FULL}]]}}"#
    );
    let count = requests.len();
    report("decisions", count, || {
        for request in &requests {
            black_box(decide(black_box(request), &policies));
        }
    });
    report("evaluations", count, || {
        for request in &requests {
            black_box(evaluate(black_box(request), &policies));
        }
    });
    report("explanations", count, || {
        for request in &requests {
            black_box(evaluate(black_box(request), &policies).explain());
        }
    });
    report("batch lines", 1, || {
        black_box(batch::answer(black_box(&line)));
    });
    report("policies parsed", 1, || {
        let _ = black_box(Policy::parse(black_box(IDENTITY)));
    });
}

/// Runs `work`, which does `count` of a thing, for a second, five times, and
/// prints the best.
fn report(what: &str, count: usize, mut work: impl FnMut()) {
    let mut best = 0.0_f64;
    for _ in 0..5 {
        let start = Instant::now();
        let mut done = 0_usize;
        while start.elapsed() < Duration::from_millis(300) {
            for _ in 0..50 {
                work();
            }
            done += 50 * count;
        }
        best = best.max(done as f64 / start.elapsed().as_secs_f64());
    }
    println!("{best:>12.0} {what} a second");
}
