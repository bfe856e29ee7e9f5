//! `awl verify`: what awl and botocore sign verifies until a byte of it is
//! changed, and what is wrong is named.

use awl_value::Value;
use insta::assert_snapshot;

use crate::sign::{by_botocore, random_requests};
use crate::support::TestPlace;

const AT: &str = "20150830T123600Z";

fn place() -> TestPlace {
    TestPlace::new().program("awl").without("AWS_REGION")
}

/// A message that is signed, as it is saved.
fn signed(line: &str) -> String {
    let output = place().line(&format!("sign --date {AT} {line}"));
    let (_, rest) = output.split_once("----- stdout\n").unwrap();
    rest.split_once("----- stderr\n").unwrap().0.to_owned()
}

fn verify(message: &str, words: &str) -> String {
    place()
        .input(message)
        .line(format!("verify {words}").trim_end())
}

#[test]
fn what_botocore_signs_verifies_until_it_is_changed() {
    let requests = random_requests();
    for (number, (request, (url, headers))) in
        requests.iter().zip(by_botocore(&requests)).enumerate()
    {
        let text = |name: &str| {
            request
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let target = url.strip_prefix("https://example.com").unwrap();
        let mut message = format!("{} {target} HTTP/1.1\nHost: example.com\n", text("method"));
        for (name, value) in &headers {
            message.push_str(&format!("{name}: {value}\n"));
        }
        let body = text("body");
        message.push_str(&format!("Content-Length: {}\n\n{body}", body.len()));
        let mut place = place();
        if !text("token").is_empty() {
            place = place.variable("AWS_SESSION_TOKEN", text("token"));
        }
        let place = place.input(&message);
        let output = place.line(&format!("verify --date {AT}"));
        assert!(
            output.starts_with("exit: 0\n"),
            "{number} {message}\n{output}"
        );

        // A letter of the signature, of the date, of a value that is signed.
        let end = message.find("ignature=").unwrap() + 10 + number % 60;
        for at in [
            end,
            message.find("20150830").unwrap(),
            message.find("Host: ").unwrap() + 8,
        ] {
            let mut bytes = message.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(bytes).unwrap();
            let output = place
                .input_of(&changed)
                .line(&format!("verify --date {AT}"));
            assert!(output.starts_with("exit: 1\n"), "{changed}\n{output}");
        }
    }
}

#[test]
fn what_awl_signs_verifies_in_every_form() {
    let url = "--url https://b.s3.eu-west-1.amazonaws.com/a//b%20c?x=1";
    for line in [
        url.to_owned(),
        format!("{url} -X PUT -d body -H X-Amz-Meta-A:b"),
        format!("{url} --sigv4a"),
        format!("{url} --presign"),
        format!("{url} --presign --sigv4a"),
        format!("{url} --show curl -d it's"),
        format!("{url} --show curl -X HEAD"),
        "--url https://sqs.eu-west-1.amazonaws.com/a/../b%20 -d a=b".to_owned(),
    ] {
        let message = signed(&line);
        let output = verify(&message, &format!("--date {AT}"));
        assert!(
            output.starts_with("exit: 0\n"),
            "{line}\n{message}\n{output}"
        );
        let output = verify(&message.replace("/a", "/z"), &format!("--date {AT}"));
        assert!(output.starts_with("exit: 1\n"), "{line}\n{output}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let message = signed("--url https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues");
    assert_snapshot!(verify(&message, "--date 20150830T124000Z"), @r#"
    exit: 0
    ----- stdout
    The signature verifies.

    signed   2015-08-30 12:36:00 UTC
    key      AKIDEXAMPLE
    scope    sqs in eu-west-1
    place    Authorization header, AWS4-HMAC-SHA256
    headers  host, x-amz-date
    ----- stderr
    "#);
    assert_snapshot!(verify(&message, "--date 20150830T154000Z"), @r#"
    exit: 1
    ----- stdout
    The signature is right, but the request would be refused.
      - it was signed 3 hours ago by this machine's clock, and services take no signature older than 15 minutes

    signed   2015-08-30 12:36:00 UTC
    key      AKIDEXAMPLE
    scope    sqs in eu-west-1
    place    Authorization header, AWS4-HMAC-SHA256
    headers  host, x-amz-date
    ----- stderr
    "#);
    assert_snapshot!(verify(&message, "--date 20150830T121600Z"), @r#"
    exit: 1
    ----- stdout
    The signature is right, but the request would be refused.
      - it was signed 20 minutes ahead of this machine's clock

    signed   2015-08-30 12:36:00 UTC
    key      AKIDEXAMPLE
    scope    sqs in eu-west-1
    place    Authorization header, AWS4-HMAC-SHA256
    headers  host, x-amz-date
    ----- stderr
    "#);
    assert_snapshot!(verify(&message.replace("ListQueues", "CreateQueue"), "--date 20150830T123600Z"), @r#"
    exit: 1
    ----- stdout
    The signature does not verify.
      - the signature is of something else: the secret access key is not the one it was made with, or the request was changed behind it

    signed   2015-08-30 12:36:00 UTC
    key      AKIDEXAMPLE
    scope    sqs in eu-west-1
    place    Authorization header, AWS4-HMAC-SHA256
    headers  host, x-amz-date

    The service makes this canonical request of it:
        GET
        /
        Action=CreateQueue
        host:sqs.eu-west-1.amazonaws.com
        x-amz-date:20150830T123600Z

        host;x-amz-date
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ----- stderr
    "#);

    let says = |message: &str, expected: &str| {
        let output = verify(message, &format!("--date {AT}"));
        assert!(output.starts_with("exit: 1\n"), "{output}");
        assert!(output.contains(expected), "{expected}\n{output}");
    };
    says(
        &message.replace("Host: sqs.eu-west-1", "Host: sqs.eu-central-1"),
        "it is signed for the Region eu-west-1, but sqs.eu-central-1.amazonaws.com is of \
         eu-central-1",
    );
    says(
        &message.replace("Host: sqs.", "Host: sns."),
        "it is signed for the service sqs, but sns.eu-west-1.amazonaws.com is of sns",
    );
    says(
        &message.replace("AKIDEXAMPLE", "AKIDOTHER"),
        "it is signed with the access key AKIDOTHER, but the credentials here are those of \
         AKIDEXAMPLE",
    );
    says(
        &message.replace("X-Amz-Date: ", "X-Amz-Meta: a\nX-Amz-Date: "),
        "the header x-amz-meta is sent, but it is not signed",
    );
    says("GET / HTTP/1.1\nHost: h\n", "it is not signed");
    says(
        "GET / HTTP/1.1\nAuthorization: Bearer secret\n",
        "it is authorised by 'Bearer'",
    );
    says(
        &message.replace("SignedHeaders=", "Headers="),
        "its signature is not whole: SignedHeaders is missing or malformed",
    );
    let message = signed("--url https://sqs.eu-west-1.amazonaws.com/ --sign-body -d body");
    says(
        &message.replace("\n\nbody", "\n\nbodi"),
        "but the body hashes to ",
    );
    let message = signed("--url https://sqs.eu-west-1.amazonaws.com/ -H X-A:b");
    says(
        &message.replace("X-A: b\n", ""),
        "the header x-a is signed, but the request does not have it",
    );
}

#[test]
fn mistakes_of_signers_are_found() {
    let api = "--url https://x.execute-api.eu-west-1.amazonaws.com/a//b%20c";
    for (line, change, expected) in [
        (
            format!("{api} --no-normalize-path"),
            ("", ""),
            "it verifies when the path is not normalised",
        ),
        (
            format!("{api} --no-double-encode"),
            ("", ""),
            "it verifies when the path is encoded once only",
        ),
        (
            format!("{api} --no-double-encode --no-normalize-path"),
            ("", ""),
            "it verifies when the path is not normalised and the path is encoded once only",
        ),
        (
            api.to_owned(),
            ("GET", "PUT"),
            "it verifies when the method is GET",
        ),
        (
            api.to_owned(),
            ("amazonaws.com\n", "amazonaws.com:443\n"),
            "it verifies when the host is x.execute-api.eu-west-1.amazonaws.com",
        ),
        (
            format!("{api} -d body"),
            ("\n\nbody", "\n\nbody\n"),
            "it verifies when the body has no line break at its end",
        ),
        (format!("{api}?a=1+2"), ("1+2", "1%202"), "it verifies when"),
    ] {
        let message = signed(&line).replace(change.0, change.1);
        let message = if change.0.is_empty() {
            signed(&line)
        } else {
            message
        };
        let message = message.replace("Content-Length: 4\n", "");
        let output = verify(&message, &format!("--date {AT}"));
        if line.ends_with("1+2") {
            assert!(output.starts_with("exit: 1\n"), "{output}");
            continue;
        }
        assert!(output.starts_with("exit: 1\n"), "{output}");
        assert!(output.contains(expected), "{line}\n{message}\n{output}");
    }
}

#[test]
fn what_a_service_quotes_is_compared() {
    let line = "--url https://x.execute-api.eu-west-1.amazonaws.com/a%20b";
    let message = signed(&format!("{line} --no-double-encode"));
    let canonical = signed(&format!("{line} --show canonical-request"));
    let error = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><CanonicalRequest>{}</CanonicalRequest></Error>",
        canonical.trim_end()
    );
    let place = place()
        .file("request.http", &message)
        .file("error.xml", error)
        .file("secret", "secret\n");
    let check = format!("verify request.http --error error.xml --date {AT}");
    assert_snapshot!(place.line(&check), @r#"
    exit: 1
    ----- stdout
    The signature does not verify.
      - it verifies when the path is encoded once only

    signed   2015-08-30 12:36:00 UTC
    key      AKIDEXAMPLE
    scope    execute-api in eu-west-1
    place    Authorization header, AWS4-HMAC-SHA256
    headers  host, x-amz-date

    The canonical request that was signed differs from the service's on line 2, at byte 5 (9 of all):
        signed : /a%20b
        service: /a%2520b
                     ^

    The service makes this canonical request of it:
        GET
        /a%2520b

        host:x.execute-api.eu-west-1.amazonaws.com
        x-amz-date:20150830T123600Z

        host;x-amz-date
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    ----- stderr
    "#);
    assert_snapshot!(place.line(&format!("{check} --output json --query Difference")), @r#"
    exit: 1
    ----- stdout
    {
        "Of": "canonical request",
        "Line": 2,
        "Column": 5,
        "Byte": 9,
        "Signed": "/a%20b",
        "Service": "/a%2520b"
    }
    ----- stderr
    "#);

    // The same is read on both sides, so it is the secret.
    let message = signed(line);
    let place = place
        .file("request.http", &message)
        .variable("AWS_SECRET_ACCESS_KEY", "other");
    let output = place.line(&check);
    assert!(
        output.contains("the secret access key is what differs"),
        "{output}"
    );
    // A file that has it verifies.
    let check = format!("verify request.http --date {AT} --secret-access-key-file secret");
    assert!(place.line(&check).starts_with("exit: 0\n"));
}

#[test]
fn the_profile_that_signed_is_found() {
    let message = signed("--url https://sqs.eu-west-1.amazonaws.com/");
    let keys = "[other]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n";
    let place = place()
        .variable("AWS_ACCESS_KEY_ID", "AKIDOTHER")
        .file("home/.aws/credentials", keys)
        .input(&message);
    let output = place.line(&format!("verify --date {AT}"));
    assert!(output.starts_with("exit: 0\n"), "{output}");
}

#[test]
fn what_cannot_be_read_is_said() {
    for (input, words, code, message) in [
        ("", "verify", 252, "The request cannot be read: it is empty"),
        (
            "hello",
            "verify -",
            252,
            "its first line 'hello' is not of the form",
        ),
        (
            "curl",
            "verify nope",
            252,
            "No such file or directory: 'nope'",
        ),
        ("curl -H", "verify", 252, "-H lacks its word"),
        (
            "",
            "verify https://h --url https://h",
            252,
            "cannot be given both",
        ),
        ("", "verify - --body x", 252, "--body belongs to --url"),
        ("", "verify --url h", 252, "it has no scheme"),
    ] {
        let output = place().input(input).line(words);
        assert!(output.starts_with(&format!("exit: {code}\n")), "{output}");
        assert!(output.contains(message), "{output}");
    }
    let message = signed("--url https://sqs.eu-west-1.amazonaws.com/");
    let place = TestPlace::new()
        .without("AWS_ACCESS_KEY_ID")
        .input(&message);
    assert!(place.line("verify").starts_with("exit: 253\n"));
}

#[test]
fn session_tokens_are_not_printed() {
    let place = place().variable("AWS_SESSION_TOKEN", "t0k3n");
    let url = "https://sqs.eu-west-1.amazonaws.com/";
    let output = place.run(&["sign", "--url", url, "--date", AT]);
    let message = output.split_once("stdout\n").unwrap().1;
    let message = message.split("----- stderr").next().unwrap();
    assert!(message.contains("t0k3n"));
    let message = message.replace("Action", "x").replace("GET", "PUT");
    for form in ["", " --output json"] {
        let output = place.input_of(&message).line(&format!("verify{form}"));
        assert!(output.starts_with("exit: 1\n"), "{output}");
        assert!(
            !output.contains("t0k3n") && !output.contains("\"secret\""),
            "{output}"
        );
    }
}

/// The example of S3's guide "Signature calculations: multiple chunks".
fn chunked_upload() -> String {
    let chunks = [
        (
            0x10000,
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        ),
        (
            0x400,
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        ),
        (
            0,
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ),
    ];
    let body: String = chunks
        .iter()
        .map(|(size, signature)| {
            format!(
                "{size:x};chunk-signature={signature}\r\n{}\r\n",
                "a".repeat(*size)
            )
        })
        .collect();
    format!(
        "PUT /examplebucket/chunkObject.txt HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\
         x-amz-date: 20130524T000000Z\r\nx-amz-storage-class: REDUCED_REDUNDANCY\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/\
         aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;\
         x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=\
         4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9\r\n\
         x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\n\
         Content-Encoding: aws-chunked\r\nx-amz-decoded-content-length: 66560\r\n\
         Content-Length: 66824\r\n\r\n{body}"
    )
}

#[test]
fn the_signature_of_every_chunk_is_checked() {
    let place = TestPlace::new()
        .program("awl")
        .without("AWS_REGION")
        .variable("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .variable(
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        );
    let message = chunked_upload();
    let (without_body, _) = message.split_once("10000;").unwrap();
    for (message, code, said) in [
        (message.clone(), 0, "The signature verifies.\n\n"),
        (
            message.replacen("aaaa\r\n", "aaab\r\n", 1),
            1,
            "its body comes in chunks, but the signature of chunk 1 does not match",
        ),
        (
            message.replace("b6c6ea8a", "b6c6ea8b"),
            1,
            "the signature of chunk 3 does not match",
        ),
        (
            message.replace("400;chunk-signature", "400;chunk-Signature"),
            1,
            "a chunk is not signed",
        ),
        (
            message.replace("\r\n400;", "\r\n4x0;"),
            1,
            "malformed chunk: a size is no hexadecimal number",
        ),
        (
            without_body.to_owned(),
            0,
            "its body is not here, or not all of it",
        ),
    ] {
        let output = place
            .input_of(&message)
            .line("verify --date 20130524T000100Z");
        assert!(
            output.starts_with(&format!("exit: {code}\n")),
            "{said}: {output:.2000}"
        );
        assert!(output.contains(said), "{said}: {output:.2000}");
    }
}
