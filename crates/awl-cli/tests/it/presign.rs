//! `--presign` of operations.

use crate::support::TestPlace;

/// What a line prints, but for what changes with the time.
fn line(line: &str) -> String {
    masked(&TestPlace::new().line(line))
}

fn masked(text: &str) -> String {
    let mut text = text.to_owned();
    for name in ["X-Amz-Date=", "X-Amz-Signature=", "AKIDEXAMPLE%2F"] {
        let mut from = 0;
        while let Some(at) = text[from..].find(name) {
            from += at + name.len();
            let length = text[from..].find(|letter: char| !letter.is_ascii_alphanumeric());
            let end = length.map_or(text.len(), |length| from + length);
            text.replace_range(from..end, "…");
        }
    }
    text
}

#[test]
fn a_form_becomes_a_query() {
    insta::assert_snapshot!(line("sts get-caller-identity --presign"), @r#"
    exit: 0
    ----- stdout
    https://sts.us-west-2.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F…%2Fus-west-2%2Fsts%2Faws4_request&X-Amz-Date=…&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=…
    ----- stderr
    "#);
}

#[test]
fn a_listing_is_its_first_page() {
    insta::assert_snapshot!(line("ec2 describe-instances --max-items 9 --page-size 5 --presign --expires-in 60"), @r#"
    exit: 0
    ----- stdout
    https://ec2.us-west-2.amazonaws.com/?Action=DescribeInstances&Version=2016-11-15&MaxResults=5&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F…%2Fus-west-2%2Fec2%2Faws4_request&X-Amz-Date=…&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=…
    ----- stderr
    "#);
}

#[test]
fn headers_that_are_signed_stand_below() {
    insta::assert_snapshot!(line("s3api put-object --bucket bkt --key k --content-type a/b --metadata c=d --presign"), @r#"
    exit: 0
    ----- stdout
    https://bkt.s3.us-west-2.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F…%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Date=…&X-Amz-Expires=3600&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-meta-c&X-Amz-Signature=…
    Content-Type: a/b
    x-amz-meta-c: d
    ----- stderr
    "#);
}

#[test]
fn nothing_is_saved() {
    insta::assert_snapshot!(line("s3api get-object --bucket bkt --key k --presign"), @r#"
    exit: 0
    ----- stdout
    https://bkt.s3.us-west-2.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F…%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Date=…&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=…
    ----- stderr
    "#);
}

#[test]
fn what_a_url_cannot_carry() {
    insta::assert_snapshot!(line("dynamodb list-tables --presign"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): The operation ListTables cannot be presigned as a URL: its parameters are sent in the body of a POST. With --print-request curl or --output json the body is presigned and printed as well.
    "#);
    insta::assert_snapshot!(line("dynamodb list-tables --presign --output json"), @r#"
    exit: 0
    ----- stdout
    {
        "method": "POST",
        "url": "https://dynamodb.us-west-2.amazonaws.com/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F…%2Fus-west-2%2Fdynamodb%2Faws4_request&X-Amz-Date=…&X-Amz-Expires=3600&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-target&X-Amz-Signature=…",
        "headers": {
            "X-Amz-Target": "DynamoDB_20120810.ListTables",
            "Content-Type": "application/x-amz-json-1.0"
        },
        "body": "{}",
        "body_encoding": "utf-8"
    }
    ----- stderr
    "#);
    insta::assert_snapshot!(line("dynamodb list-tables --presign --print-request curl"), @r#"
    exit: 0
    ----- stdout
    curl -X POST \
      -H 'X-Amz-Target: DynamoDB_20120810.ListTables' \
      -H 'Content-Type: application/x-amz-json-1.0' \
      --data-binary '{}' \
      'https://dynamodb.us-west-2.amazonaws.com/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F…%2Fus-west-2%2Fdynamodb%2Faws4_request&X-Amz-Date=…&X-Amz-Expires=3600&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-target&X-Amz-Signature=…'
    ----- stderr
    "#);
    insta::assert_snapshot!(line("sdb list-domains --presign"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: signature version "v2-query" is not supported for this kind of request
    "#);
}

#[test]
fn the_options_are_no_others() {
    // Without --presign, and abbreviated, they are unknown.
    let unknown = |line: &str, words: &str| {
        let outcome = TestPlace::new().line(line);
        assert!(outcome.starts_with("exit: 252\n"), "{outcome}");
        assert!(
            outcome.contains(&format!("Unknown options: {words}")),
            "{outcome}"
        );
    };
    unknown("sts get-caller-identity --expires-in 5", "--expires-in, 5");
    unknown("sts get-caller-identity --presig", "--presig");
    unknown(
        "sts get-caller-identity --presign --expires 5",
        "--expires, 5",
    );
    unknown("s3api wait bucket-exists --bucket b --presign", "--presign");
    // An operation's own come first.
    let own = "ec2 copy-snapshot --source-region us-east-1 --source-snapshot-id snap-1";
    let outcome = TestPlace::new().line(&format!("{own} --presign https://u --print-request"));
    assert!(
        outcome.contains("&PresignedUrl=https%3A%2F%2Fu"),
        "{outcome}"
    );
    let own = "sagemaker create-presigned-domain-url --domain-id d-123 --user-profile-name u";
    let outcome = TestPlace::new().line(&format!("{own} --expires-in 7 --print-request"));
    assert!(outcome.contains(r#"\"ExpiresInSeconds\": 7"#), "{outcome}");
    let own =
        "arc-zonal-shift update-zonal-shift --zonal-shift-id 11111111-1111-1111-1111-111111111111";
    let outcome = line(&format!("{own} --expires-in 5m --presign --output json"));
    assert!(outcome.contains("X-Amz-Expires=3600"), "{outcome}");
    assert!(outcome.contains(r#"{\"expiresIn\": \"5m\"}"#), "{outcome}");
    let wrong = TestPlace::new().line("sts get-caller-identity --presign --expires-in soon");
    assert!(wrong.starts_with("exit: 252\n"), "{wrong}");
}

#[test]
fn a_time_in_the_past_is_the_users_own_affair() {
    let found = line("sts get-caller-identity --presign --expires-in -5");
    assert!(found.contains("&X-Amz-Expires=-5&"), "{found}");
    let found = line("s3 presign s3://bkt/k --expires-in -5");
    assert!(found.contains("&X-Amz-Expires=-5&"), "{found}");
}
