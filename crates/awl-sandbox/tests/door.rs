//! The sandbox from outside: requests are made and signed as clients make them,
//! and answers are read as clients read them.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod altered;
mod client;

use std::sync::LazyLock;

use awl_value::{Map, Value, json};
use client::{Client, Keys, kept_in, place, reopened};
use proptest::prelude::*;

const ACCOUNT: &str = "123456789012";

fn map(text: &str) -> Map {
    json::parse(text).unwrap().as_map().unwrap().clone()
}

fn text<'a>(value: &'a Map, path: &str) -> &'a str {
    let mut names = path.split('.');
    let mut found = value.get(names.next().unwrap()).unwrap();
    for name in names {
        found = found.get(name).unwrap();
    }
    found.as_str().unwrap()
}

/// A user with a key and one inline policy.
fn user(client: &Client, admin: &Keys, name: &str, policy: &str) -> Keys {
    let named = format!(r#"{{"UserName": "{name}"}}"#);
    client
        .call(admin, "iam", "CreateUser", map(&named))
        .unwrap();
    if !policy.is_empty() {
        let mut input = map(&named);
        input.push("PolicyName", "own".into());
        input.push("PolicyDocument", policy.into());
        client.call(admin, "iam", "PutUserPolicy", input).unwrap();
    }
    let made = client
        .call(admin, "iam", "CreateAccessKey", map(&named))
        .unwrap();
    Keys::of(made.get("AccessKey").unwrap())
}

fn allow(actions: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{actions},"Resource":"*"}}]}}"#
    )
}

/// A device that is enabled for a user: its serial and seed.
fn device(client: &Client, admin: &Keys, user: &str) -> (String, String) {
    let input = map(r#"{"VirtualMFADeviceName": "phone"}"#);
    let made = client
        .call(admin, "iam", "CreateVirtualMFADevice", input)
        .unwrap();
    let made = made.get("VirtualMFADevice").unwrap().as_map().unwrap();
    let serial = text(made, "SerialNumber").to_owned();
    let Some(Value::Blob(seed)) = made.get("Base32StringSeed") else {
        panic!("{made:?}")
    };
    let Some(Value::Blob(picture)) = made.get("QRCodePNG") else {
        panic!("{made:?}")
    };
    assert!(picture.starts_with(b"\x89PNG"));
    let seed = String::from_utf8(seed.clone()).unwrap();
    let enable = |one: &str, two: &str| {
        let input = Map::from_iter([
            ("UserName".into(), user.into()),
            ("SerialNumber".into(), serial.as_str().into()),
            ("AuthenticationCode1".into(), one.into()),
            ("AuthenticationCode2".into(), two.into()),
        ]);
        client.call(admin, "iam", "EnableMFADevice", input)
    };
    let [one, two] = [0, 1].map(|step| client.code(&seed, step));
    let refused = enable(&two, &one).unwrap_err();
    assert_eq!(
        (refused.code(), refused.status),
        ("InvalidAuthenticationCode", 403)
    );
    enable(&one, &two).unwrap();
    client.pass(60);
    (serial, seed)
}

#[test]
fn callers_are_who_they_are() {
    let (client, admin) = place();
    let identity = client
        .call(&admin, "sts", "GetCallerIdentity", Map::new())
        .unwrap();
    assert_eq!(text(&identity, "Account"), ACCOUNT);
    assert_eq!(
        text(&identity, "Arn"),
        format!("arn:aws:iam::{ACCOUNT}:user/admin")
    );
    assert!(text(&identity, "UserId").starts_with("AIDA"));
    let info = map(&format!(r#"{{"AccessKeyId": "{}"}}"#, admin.id));
    let info = client
        .call(&admin, "sts", "GetAccessKeyInfo", info)
        .unwrap();
    assert_eq!(text(&info, "Account"), ACCOUNT);
    let log = client.sandbox.log();
    let entry = log
        .iter()
        .find(|entry| entry.operation == Some("GetCallerIdentity"))
        .unwrap();
    assert_eq!(entry.status, 200);
    assert!(entry.principal.as_ref().unwrap().ends_with("user/admin"));
}

#[test]
fn refusals_are_worded_as_services_word_them() {
    let (client, admin) = place();
    let stranger = Keys::new("AKIAQYLPMN5HAAAAAAAA", "x");
    let wrong = Keys::new(&admin.id, "wrong");
    let forged = Keys {
        token: Some("bm9uZQ==".to_owned()),
        ..admin.clone()
    };
    for (keys, service, operation, code, status) in [
        (
            &stranger,
            "sts",
            "GetCallerIdentity",
            "InvalidClientTokenId",
            403,
        ),
        (
            &stranger,
            "dynamodb",
            "ListTables",
            "UnrecognizedClientException",
            400,
        ),
        (
            &stranger,
            "lambda",
            "ListFunctions",
            "UnrecognizedClientException",
            403,
        ),
        (&stranger, "ec2", "DescribeInstances", "AuthFailure", 401),
        (&stranger, "s3", "ListBuckets", "InvalidAccessKeyId", 403),
        (&wrong, "iam", "ListUsers", "SignatureDoesNotMatch", 403),
        (
            &wrong,
            "dynamodb",
            "ListTables",
            "InvalidSignatureException",
            400,
        ),
        (&wrong, "ec2", "DescribeInstances", "AuthFailure", 401),
        (&wrong, "s3", "ListBuckets", "SignatureDoesNotMatch", 403),
        (
            &forged,
            "sts",
            "GetCallerIdentity",
            "InvalidClientTokenId",
            403,
        ),
        (&forged, "s3", "ListBuckets", "InvalidToken", 400),
    ] {
        let error = client
            .call(keys, service, operation, Map::new())
            .unwrap_err();
        assert_eq!(
            (error.code(), error.status),
            (code, status),
            "{service} {operation}"
        );
        if code == "SignatureDoesNotMatch" && service == "iam" {
            let canonical = "The Canonical String for this request should have been\n'POST\n/\n";
            assert!(error.message().contains(canonical), "{}", error.message());
        }
    }
    client.pass(-1000);
    let made = client.request(&admin, "sts", "GetCallerIdentity", &Map::new());
    client.pass(1000);
    let error = client.send("sts", "GetCallerIdentity", &made).unwrap_err();
    assert_eq!(error.code(), "SignatureDoesNotMatch");
    assert!(
        error.message().starts_with("Signature expired: "),
        "{}",
        error.message()
    );
    let mut unsigned = client.request(&admin, "dynamodb", "ListTables", &Map::new());
    unsigned.headers.retain(|(name, _)| name != "authorization");
    let error = client
        .send("dynamodb", "ListTables", &unsigned)
        .unwrap_err();
    assert_eq!(error.code(), "MissingAuthenticationTokenException");
}

#[test]
fn what_is_not_emulated_is_checked_and_then_refused() {
    let (client, admin) = place();
    let error = client
        .call(&admin, "dynamodb", "ListTables", Map::new())
        .unwrap_err();
    assert_eq!((error.code(), error.status), ("NotImplemented", 501));
    let nobody = user(&client, &admin, "nobody", "");
    let error = client
        .call(&nobody, "dynamodb", "ListTables", Map::new())
        .unwrap_err();
    assert_eq!((error.code(), error.status), ("AccessDeniedException", 400));
    assert_eq!(
        error.message(),
        format!(
            "User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: \
             dynamodb:ListTables on resource: * because no identity-based policy allows the \
             dynamodb:ListTables action"
        )
    );
    let input = map(r#"{"UserName": ""}"#);
    let error = client.call(&admin, "iam", "CreateUser", input).unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (
            "ValidationError",
            "1 validation error detected: Value '' at 'userName' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
        )
    );
}

#[test]
fn denials_of_ec2_are_encoded_for_who_may_decode_them() {
    let (client, admin) = place();
    let reader = user(&client, &admin, "reader", &allow(r#""ec2:Describe*""#));
    let input = map(r#"{"InstanceIds": ["i-0123456789abcdef0"], "DryRun": true}"#);
    let error = client
        .call(&reader, "ec2", "StopInstances", input.clone())
        .unwrap_err();
    assert_eq!((error.code(), error.status), ("UnauthorizedOperation", 403));
    let start = format!(
        "You are not authorized to perform this operation. User: \
         arn:aws:iam::{ACCOUNT}:user/reader is not authorized to perform: ec2:StopInstances on \
         resource: arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0123456789abcdef0 because no \
         identity-based policy allows the ec2:StopInstances action. Encoded authorization \
         failure message: "
    );
    let encoded = error.message().strip_prefix(&start).unwrap().to_owned();
    let decode = |keys: &Keys, encoded: &str| {
        let input = Map::from_iter([("EncodedMessage".into(), encoded.into())]);
        client.call(keys, "sts", "DecodeAuthorizationMessage", input)
    };
    assert_eq!(
        decode(&reader, &encoded).unwrap_err().code(),
        "AccessDenied"
    );
    let decoded = decode(&admin, &encoded).unwrap();
    let message = json::parse(text(&decoded, "DecodedMessage")).unwrap();
    assert_eq!(message.get("allowed"), Some(&Value::Bool(false)));
    let action = message.get("context").unwrap().get("action").unwrap();
    assert_eq!(action.as_str(), Some("ec2:StopInstances"));
    let mut altered = encoded.into_bytes();
    altered[40] = if altered[40] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    let error = decode(&admin, &altered).unwrap_err();
    assert_eq!(error.code(), "InvalidAuthorizationMessageException");
    let error = client
        .call(&admin, "ec2", "StopInstances", input)
        .unwrap_err();
    assert_eq!((error.code(), error.status), ("DryRunOperation", 412));
}

#[test]
fn a_namesake_of_who_was_trusted_is_not() {
    let (client, admin) = place();
    let may = allow(r#""sts:AssumeRole""#);
    let first = user(&client, &admin, "ana", &may);
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/ana");
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{arn}"}},"Action":"sts:AssumeRole"}}}}"#
    );
    let role = |name: &str| {
        let input = Map::from_iter([
            ("RoleName".into(), name.into()),
            ("AssumeRolePolicyDocument".into(), trust.as_str().into()),
        ]);
        client.call(&admin, "iam", "CreateRole", input)
    };
    role("ops").unwrap();
    let assume = |keys: &Keys| {
        let input = map(&format!(
            r#"{{"RoleArn": "arn:aws:iam::{ACCOUNT}:role/ops", "RoleSessionName": "me"}}"#
        ));
        client.call(keys, "sts", "AssumeRole", input)
    };
    assume(&first).unwrap();
    let named = || map(r#"{"UserName": "ana"}"#);
    let found = client.call(&admin, "iam", "GetUser", named()).unwrap();
    let id = text(&found, "User.UserId").to_owned();
    let mut key = named();
    key.push("AccessKeyId", first.id.as_str().into());
    client.call(&admin, "iam", "DeleteAccessKey", key).unwrap();
    let mut policy = named();
    policy.push("PolicyName", "own".into());
    client
        .call(&admin, "iam", "DeleteUserPolicy", policy)
        .unwrap();
    client.call(&admin, "iam", "DeleteUser", named()).unwrap();
    // Who is not there cannot be named, and who was is an id from now on.
    assert_eq!(role("other").unwrap_err().code(), "MalformedPolicyDocument");
    let shown = client
        .call(&admin, "iam", "GetRole", map(r#"{"RoleName": "ops"}"#))
        .unwrap();
    let shown = text(&shown, "Role.AssumeRolePolicyDocument").to_owned();
    assert!(
        shown.contains(&id) && !shown.contains("user%2Fana"),
        "{shown}"
    );
    let second = user(&client, &admin, "ana", &may);
    assert_eq!(assume(&second).unwrap_err().code(), "AccessDenied");
}

#[test]
fn roles_are_assumed_with_a_code_that_works_once() {
    let (client, admin) = place();
    let ana = user(&client, &admin, "ana", &allow(r#""sts:AssumeRole""#));
    let (serial, seed) = device(&client, &admin, "ana");
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",
            "Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:user/ana"}},"Action":"sts:AssumeRole",
            "Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"true"}},
                "StringEquals":{{"sts:ExternalId":"42"}}}}}}]}}"#
    );
    let input = Map::from_iter([
        ("RoleName".into(), "ops".into()),
        ("AssumeRolePolicyDocument".into(), trust.into()),
    ]);
    client.call(&admin, "iam", "CreateRole", input).unwrap();
    let input = map(&format!(
        r#"{{"RoleName": "ops", "PolicyName": "p", "PolicyDocument": {}}}"#,
        json::to_string(&allow(r#""iam:List*""#).into())
    ));
    client.call(&admin, "iam", "PutRolePolicy", input).unwrap();
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/ops");
    let assume = |code: Option<&str>, external: &str| {
        let mut input = Map::from_iter([
            ("RoleArn".into(), arn.as_str().into()),
            ("RoleSessionName".into(), "me".into()),
            ("ExternalId".into(), external.into()),
        ]);
        if let Some(code) = code {
            input.push("SerialNumber", serial.as_str().into());
            input.push("TokenCode", code.into());
        }
        client.call(&ana, "sts", "AssumeRole", input)
    };
    let error = assume(None, "42").unwrap_err();
    assert_eq!(error.code(), "AccessDenied");
    assert!(
        error.message().contains("role trust policy"),
        "{}",
        error.message()
    );
    let code = client.code(&seed, 0);
    assert_eq!(
        assume(Some(&code), "41").unwrap_err().code(),
        "AccessDenied"
    );
    let error = assume(Some(&code), "42").unwrap_err();
    assert_eq!(
        error.message(),
        "MultiFactorAuthentication failed with invalid MFA one time pass code. "
    );
    client.pass(30);
    let code = client.code(&seed, 0);
    let assumed = assume(Some(&code), "42").unwrap();
    let session = Keys::of(assumed.get("Credentials").unwrap());
    assert!(session.id.starts_with("ASIA"));
    let identity = client
        .call(&session, "sts", "GetCallerIdentity", Map::new())
        .unwrap();
    let own = format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/me");
    assert_eq!(text(&identity, "Arn"), own);
    client
        .call(&session, "iam", "ListUsers", Map::new())
        .unwrap();
    let input = map(r#"{"UserName": "x"}"#);
    let error = client
        .call(&session, "iam", "CreateUser", input)
        .unwrap_err();
    assert!(
        error.message().starts_with(&format!("User: {own} is not")),
        "{}",
        error.message()
    );
    // A token goes with its own key only.
    let mixed = Keys {
        token: session.token.clone(),
        ..ana.clone()
    };
    let error = client
        .call(&mixed, "sts", "GetCallerIdentity", Map::new())
        .unwrap_err();
    assert_eq!(error.code(), "InvalidClientTokenId");
    client.pass(3600);
    let error = client
        .call(&session, "sts", "GetCallerIdentity", Map::new())
        .unwrap_err();
    assert_eq!((error.code(), error.status), ("ExpiredToken", 403));
}

#[test]
fn sessions_of_users_say_whether_a_code_was_given() {
    let (client, admin) = place();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*",
        "Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#;
    let ana = user(&client, &admin, "ana", policy);
    let (serial, seed) = device(&client, &admin, "ana");
    let plain = client
        .call(&ana, "sts", "GetSessionToken", Map::new())
        .unwrap();
    let plain = Keys::of(plain.get("Credentials").unwrap());
    let error = client
        .call(&plain, "iam", "ListUsers", Map::new())
        .unwrap_err();
    assert_eq!(error.code(), "InvalidClientTokenId");
    assert_eq!(
        client
            .call(&ana, "iam", "ListUsers", Map::new())
            .unwrap_err()
            .code(),
        "AccessDenied"
    );
    let input = Map::from_iter([
        ("SerialNumber".into(), serial.into()),
        ("TokenCode".into(), client.code(&seed, 0).into()),
    ]);
    let session = client.call(&ana, "sts", "GetSessionToken", input).unwrap();
    let session = Keys::of(session.get("Credentials").unwrap());
    client
        .call(&session, "iam", "ListUsers", Map::new())
        .unwrap();
    let error = client
        .call(&session, "sts", "GetSessionToken", Map::new())
        .unwrap_err();
    assert_eq!(
        error.message(),
        "Cannot call GetSessionToken with session credentials"
    );
}

#[test]
fn federated_users_have_what_both_policies_allow() {
    let (client, admin) = place();
    let policy = allow(r#"["sts:GetFederationToken", "sqs:ListQueues"]"#);
    let ana = user(&client, &admin, "ana", &policy);
    let federate = |policy: Option<String>| {
        let mut input = map(r#"{"Name": "bob"}"#);
        if let Some(policy) = policy {
            input.push("Policy", policy.into());
        }
        let made = client
            .call(&ana, "sts", "GetFederationToken", input)
            .unwrap();
        Keys::of(made.get("Credentials").unwrap())
    };
    let list = |keys: &Keys| {
        client
            .call(keys, "sqs", "ListQueues", Map::new())
            .unwrap_err()
    };
    assert_eq!(list(&federate(None)).code(), "AccessDeniedException");
    assert_eq!(
        list(&federate(Some(allow(r#""sqs:*""#)))).code(),
        "NotImplemented"
    );
    assert_eq!(
        list(&federate(Some(allow(r#""s3:*""#)))).code(),
        "AccessDeniedException"
    );
}

#[test]
fn uploads_in_chunks_are_verified_chunk_by_chunk() {
    let (client, admin) = place();
    let bucket = map(r#"{"Bucket": "photos"}"#);
    client.call(&admin, "s3", "CreateBucket", bucket).unwrap();
    let upload = client.upload(&admin, &[b"first", b"second", b""]);
    let sent = |request: &awl_sandbox::Request| {
        let error = client.send("s3", "PutObject", request).unwrap_err();
        error.code().to_owned()
    };
    client.send("s3", "PutObject", &upload).unwrap();
    let object = map(r#"{"Bucket": "photos", "Key": "a b"}"#);
    let request = client.request(&admin, "s3", "GetObject", &object);
    let read = client.sandbox.answer(&request).body.into_bytes().unwrap();
    assert_eq!(read, b"firstsecond");
    let mut altered = upload.clone();
    let place = altered
        .body
        .windows(6)
        .position(|six| six == b"second")
        .unwrap();
    altered.body[place] = b'S';
    assert_eq!(sent(&altered), "SignatureDoesNotMatch");
    let mut shortened = upload.clone();
    shortened.body.truncate(place);
    assert_eq!(sent(&shortened), "IncompleteBody");
    let mut unannounced = upload;
    let announced = |(name, _): &&mut (String, String)| name == "x-amz-content-sha256";
    unannounced.headers.iter_mut().find(announced).unwrap().1 = "UNSIGNED-PAYLOAD".to_owned();
    assert_eq!(sent(&unannounced), "SignatureDoesNotMatch");
}

#[test]
fn objects_are_on_the_disk_and_what_nothing_refers_to_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (client, admin) = kept_in(folder.path());
    let bucket = map(r#"{"Bucket": "photos"}"#);
    client.call(&admin, "s3", "CreateBucket", bucket).unwrap();
    let put = |key: &str, body: &[u8]| {
        let mut input = map(&format!(r#"{{"Bucket": "photos", "Key": "{key}"}}"#));
        input.push("Body", Value::Blob(body.to_vec()));
        client.call(&admin, "s3", "PutObject", input).unwrap();
    };
    let large: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
    put("small", b"small");
    put("large", &large);
    let copy = r#"{"Bucket": "photos", "Key": "copy", "CopySource": "photos/large"}"#;
    client.call(&admin, "s3", "CopyObject", map(copy)).unwrap();
    put("large", b"other");
    let blobs = || {
        std::fs::read_dir(folder.path().join("blobs"))
            .unwrap()
            .count()
    };
    assert_eq!(blobs(), 1);
    std::fs::write(folder.path().join("blobs/left-over"), b"x").unwrap();
    drop(client);
    let client = reopened(folder.path());
    assert_eq!(blobs(), 1);
    let get = |key: &str| {
        let input = map(&format!(r#"{{"Bucket": "photos", "Key": "{key}"}}"#));
        let request = client.request(&admin, "s3", "GetObject", &input);
        client.sandbox.answer(&request).body
    };
    assert_eq!(get("small").into_bytes().unwrap(), b"small");
    assert_eq!(get("large").into_bytes().unwrap(), b"other");
    // What is being sent can be sent to its end.
    let sending = get("copy");
    let input = map(r#"{"Bucket": "photos", "Key": "copy"}"#);
    client.call(&admin, "s3", "DeleteObject", input).unwrap();
    assert_eq!(blobs(), 1);
    assert!(sending.into_bytes().unwrap() == large);
    assert_eq!(blobs(), 0);
}

#[test]
fn simulations_say_what_requests_meet() {
    let (client, admin) = place();
    let ana = user(&client, &admin, "ana", &allow(r#""dynamodb:List*""#));
    let input = map(&format!(
        r#"{{"PolicySourceArn": "arn:aws:iam::{ACCOUNT}:user/ana",
            "ActionNames": ["dynamodb:ListTables", "dynamodb:DeleteTable"]}}"#
    ));
    let answer = client
        .call(&admin, "iam", "SimulatePrincipalPolicy", input)
        .unwrap();
    let results = answer.get("EvaluationResults").unwrap().as_list().unwrap();
    let decisions: Vec<&str> = results
        .iter()
        .map(|result| result.get("EvalDecision").unwrap().as_str().unwrap())
        .collect();
    assert_eq!(decisions, ["allowed", "implicitDeny"]);
    let matched = results[0]
        .get("MatchedStatements")
        .unwrap()
        .as_list()
        .unwrap();
    assert_eq!(
        matched[0].get("SourcePolicyId").unwrap().as_str(),
        Some("user_ana_own")
    );
    let error = client
        .call(&ana, "dynamodb", "ListTables", Map::new())
        .unwrap_err();
    assert_eq!(error.code(), "NotImplemented");
    let input = map(r#"{"TableName": "Music"}"#);
    let error = client
        .call(&ana, "dynamodb", "DeleteTable", input)
        .unwrap_err();
    assert_eq!(error.code(), "AccessDeniedException");
}

#[test]
fn identities_policies_and_limits_are_as_in_iam() {
    let (client, admin) = place();
    let call = |operation: &str, input: &str| client.call(&admin, "iam", operation, map(input));
    let code = |operation: &str, input: &str| call(operation, input).unwrap_err().code().to_owned();
    call(
        "CreateUser",
        r#"{"UserName": "Ana", "Path": "/staff/", "Tags": [{"Key": "team", "Value": "x"}]}"#,
    )
    .unwrap();
    assert_eq!(
        code("CreateUser", r#"{"UserName": "ana"}"#),
        "EntityAlreadyExists"
    );
    let user = call("GetUser", r#"{"UserName": "Ana"}"#).unwrap();
    assert_eq!(
        text(&user, "User.Arn"),
        format!("arn:aws:iam::{ACCOUNT}:user/staff/Ana")
    );
    let error = call("GetUser", r#"{"UserName": "bob"}"#).unwrap_err();
    assert_eq!(
        (error.status, error.message()),
        (404, "The user with name bob cannot be found.")
    );
    call("CreateGroup", r#"{"GroupName": "g"}"#).unwrap();
    call("AddUserToGroup", r#"{"GroupName": "g", "UserName": "Ana"}"#).unwrap();
    assert_eq!(
        code("DeleteGroup", r#"{"GroupName": "g"}"#),
        "DeleteConflict"
    );
    assert_eq!(
        code(
            "PutGroupPolicy",
            r#"{"GroupName": "g", "PolicyName": "p", "PolicyDocument": "{}"}"#
        ),
        "MalformedPolicyDocument"
    );
    let document = json::to_string(&allow(r#""s3:*""#).into());
    let made = call(
        "CreatePolicy",
        &format!(r#"{{"PolicyName": "p", "PolicyDocument": {document}}}"#),
    )
    .unwrap();
    let arn = text(&made, "Policy.Arn").to_owned();
    for number in 2..=6 {
        let made = call(
            "CreatePolicyVersion",
            &format!(
                r#"{{"PolicyArn": "{arn}", "PolicyDocument": {document}, "SetAsDefault": true}}"#
            ),
        );
        match made {
            Ok(made) => assert_eq!(text(&made, "PolicyVersion.VersionId"), format!("v{number}")),
            Err(error) => assert_eq!((number, error.code()), (6, "LimitExceeded")),
        }
    }
    call(
        "AttachUserPolicy",
        &format!(r#"{{"UserName": "Ana", "PolicyArn": "{arn}"}}"#),
    )
    .unwrap();
    assert_eq!(
        code("DeletePolicy", &format!(r#"{{"PolicyArn": "{arn}"}}"#)),
        "DeleteConflict"
    );
    assert_eq!(
        code("DeleteUser", r#"{"UserName": "Ana"}"#),
        "DeleteConflict"
    );
    call("CreateAccessKey", r#"{"UserName": "Ana"}"#).unwrap();
    call("CreateAccessKey", r#"{"UserName": "Ana"}"#).unwrap();
    let error = call("CreateAccessKey", r#"{"UserName": "Ana"}"#).unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2"
        )
    );
    let page = call("ListUsers", r#"{"MaxItems": 1}"#).unwrap();
    assert_eq!(page.get("IsTruncated"), Some(&Value::Bool(true)));
    let next = call(
        "ListUsers",
        &format!(r#"{{"Marker": "{}"}}"#, text(&page, "Marker")),
    )
    .unwrap();
    assert_eq!(next.get("Users").unwrap().as_list().unwrap().len(), 1);
    assert_eq!(
        code(
            "AttachUserPolicy",
            r#"{"UserName": "Ana", "PolicyArn": "arn:aws:iam::aws:policy/Nothing"}"#
        ),
        "NoSuchEntity"
    );
    let summary = call("GetAccountSummary", "{}").unwrap();
    assert_eq!(
        summary.get("SummaryMap").unwrap().get("Users"),
        Some(&Value::Int(2))
    );
    call("UpdateUser", r#"{"UserName": "Ana", "NewUserName": "Eva"}"#).unwrap();
    let keys = call("ListAccessKeys", r#"{"UserName": "Eva"}"#).unwrap();
    assert_eq!(
        keys.get("AccessKeyMetadata")
            .unwrap()
            .as_list()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn users_without_a_name_in_the_parameters_mean_themselves() {
    let (client, admin) = place();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*AccessKey*",
        "Resource":"arn:aws:iam::*:user/${aws:username}"}]}"#;
    let ana = user(&client, &admin, "ana", policy);
    client
        .call(&ana, "iam", "ListAccessKeys", Map::new())
        .unwrap();
    let input = map(r#"{"UserName": "admin"}"#);
    let error = client
        .call(&ana, "iam", "ListAccessKeys", input)
        .unwrap_err();
    assert_eq!(error.code(), "AccessDenied");
}

#[test]
fn what_is_acknowledged_is_on_the_disk_and_sealed() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (client, admin) = client::kept_in(&data);
    let ana = user(&client, &admin, "ana", &allow(r#""iam:GetUser""#));
    for name in ["key", "state.redb", "requests.log"] {
        let path = data.join(name);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
        let bytes = std::fs::read(&path).unwrap();
        for secret in [&ana.secret, &admin.secret] {
            assert!(
                !bytes
                    .windows(secret.len())
                    .any(|own| own == secret.as_bytes()),
                "{name}"
            );
        }
    }
    drop(client);
    let client = client::reopened(&data);
    let user = client.call(&ana, "iam", "GetUser", Map::new()).unwrap();
    assert_eq!(text(&user, "User.UserName"), "ana");
    // With another key nothing can be opened.
    drop(client);
    std::fs::write(data.join("key"), [1; 32]).unwrap();
    assert!(client::open(&data).is_err());
}

/// A statement of one of these effects, actions and resources.
fn statement() -> impl Strategy<Value = String> {
    let effects = prop::sample::select(vec!["Allow", "Allow", "Deny"]);
    let elements = prop::sample::select(vec!["Action", "Action", "NotAction"]);
    let actions = prop::sample::select(vec![
        "*",
        "dynamodb:*",
        "dynamodb:Delete*",
        "dynamodb:????Item",
        "DYNAMODB:getitem",
        "sqs:*",
    ]);
    let resources = prop::sample::select(vec![
        "*",
        "arn:aws:dynamodb:*:*:table/*",
        "arn:aws:dynamodb:us-east-1:123456789012:table/Music",
        "arn:aws:dynamodb:eu-west-1:*:table/Music",
        "arn:aws:dynamodb:*:*:table/${aws:username}",
    ]);
    (effects, elements, actions, resources).prop_map(|(effect, element, action, resource)| {
        format!(r#"{{"Effect":"{effect}","{element}":"{action}","Resource":"{resource}"}}"#)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// What the door decides is what the engine says of the same policies, and
    /// what the simulator answers.
    #[test]
    fn the_door_and_the_simulator_decide_alike(
        own in prop::collection::vec(statement(), 1..4),
        boundary in prop::option::of(statement()),
        table in prop::sample::select(vec!["Music", "subject", "Other"]),
        operation in prop::sample::select(vec!["DeleteTable", "DescribeTable"]),
    ) {
        static SUBJECT: LazyLock<Keys> = LazyLock::new(|| {
            let (client, admin) = client::enforcing();
            user(client, admin, "subject", "")
        });
        let subject = &*SUBJECT;
        let (client, admin) = client::enforcing();
        let put = |operation: &str, mut input: Map| {
            input.push("UserName", "subject".into());
            client.call(admin, "iam", operation, input)
        };
        let document = |statements: &[String]| {
            format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
        };
        let policy = document(&own);
        let input = Map::from_iter([
            ("PolicyName".into(), "own".into()),
            ("PolicyDocument".into(), policy.as_str().into()),
        ]);
        put("PutUserPolicy", input).unwrap();
        // The boundary is a managed policy, made anew.
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/boundary");
        let _ = put("DeleteUserPermissionsBoundary", Map::new());
        let _ = client.call(admin, "iam", "DeletePolicy", Map::from_iter([("PolicyArn".into(), arn.as_str().into())]));
        let boundary = boundary.map(|statement| document(&[statement]));
        if let Some(boundary) = &boundary {
            let input = Map::from_iter([
                ("PolicyName".into(), "boundary".into()),
                ("PolicyDocument".into(), boundary.as_str().into()),
            ]);
            client.call(admin, "iam", "CreatePolicy", input).unwrap();
            let input = Map::from_iter([("PermissionsBoundary".into(), arn.as_str().into())]);
            put("PutUserPermissionsBoundary", input).unwrap();
        }
        let input = Map::from_iter([("TableName".into(), table.into())]);
        let error = client.call(subject, "dynamodb", operation, input).unwrap_err();
        let at_the_door = match error.code() {
            "NotImplemented" => "allowed",
            _ if error.message().contains("explicit deny") => "explicitDeny",
            "AccessDeniedException" => "implicitDeny",
            other => panic!("{other}"),
        };
        let action = format!("dynamodb:{operation}");
        let resource = format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{table}");
        let named = |text: &str| awl_iam::NamedPolicy::new("p", awl_iam::Policy::parse(text).unwrap());
        let policies = awl_iam::PolicySet {
            identity: vec![named(&policy)],
            permissions_boundary: boundary.as_deref().map(named),
            ..awl_iam::PolicySet::default()
        };
        let caller = format!("arn:aws:iam::{ACCOUNT}:user/subject");
        let request = awl_iam::Request::new(awl_iam::Principal::parse(&caller).unwrap(), &*action, &*resource)
            .with_context([("aws:username", "subject")].into_iter().collect());
        prop_assert_eq!(at_the_door, awl_iam::decide(&request, &policies).as_str());
        let input = map(&format!(
            r#"{{"PolicySourceArn": "{caller}", "ActionNames": ["{action}"], "ResourceArns": ["{resource}"],
                "ContextEntries": [{{"ContextKeyName": "aws:username", "ContextKeyValues": ["subject"],
                    "ContextKeyType": "string"}}]}}"#
        ));
        let answer = client.call(admin, "iam", "SimulatePrincipalPolicy", input).unwrap();
        let results = answer.get("EvaluationResults").unwrap().as_list().unwrap();
        prop_assert_eq!(results[0].get("EvalDecision").unwrap().as_str(), Some(at_the_door));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is altered of what is signed, the request is refused.
    #[test]
    fn altered_requests_are_refused(part in 0..6_usize, at in any::<prop::sample::Index>(), by in 1..26_u8) {
        let (client, admin) = client::shared();
        let input = map(r#"{"UserName": "admin"}"#);
        let made = client.request(admin, "iam", "GetUser", &input);
        prop_assert!(client.send("iam", "GetUser", &made).is_ok());
        let mut altered = made.clone();
        let shift = |text: &str| -> String {
            let mut bytes = text.as_bytes().to_vec();
            let letters: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_alphanumeric()).collect();
            let place = letters[at.index(letters.len())];
            // Within its kind, so that it is still what it was a moment ago to a parser.
            let (first, count) = match bytes[place] {
                b'0'..=b'9' => (b'0', 10),
                b'a'..=b'z' => (b'a', 26),
                _ => (b'A', 26),
            };
            let by = (by - 1) % (count - 1) + 1;
            bytes[place] = first + (bytes[place] - first + by) % count;
            String::from_utf8(bytes).unwrap()
        };
        let header = |headers: &mut Vec<(String, String)>, name: &str| {
            for (_, value) in headers.iter_mut().filter(|(own, _)| own == name) {
                *value = shift(value);
            }
        };
        match part {
            0 => altered.method = "PUT".to_owned(),
            1 => altered.path = "/a".to_owned(),
            2 => altered.query = "a=b".to_owned(),
            3 => altered.body = shift(std::str::from_utf8(&made.body).unwrap()).into_bytes(),
            4 => header(&mut altered.headers, "x-amz-date"),
            _ => header(&mut altered.headers, "authorization"),
        }
        let error = client.send("iam", "GetUser", &altered).unwrap_err();
        let known = [
            "SignatureDoesNotMatch", "InvalidClientTokenId", "IncompleteSignature",
            "MissingAuthenticationToken", "UnknownOperationException", "MissingAuthenticationTokenException",
            "IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException",
        ];
        prop_assert!(known.contains(&error.code()), "{} {}", error.code(), error.message());
    }
}
