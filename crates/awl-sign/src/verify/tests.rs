//! What a verifier refuses, each refusal by its name.

use super::*;
use crate::{Identity, Payload, SignableRequest, presign_request, sign_request};

const NOW: i64 = 1_440_938_160;

fn credentials() -> Credentials {
    Credentials::new("AK/ID", "secret", Some("token".to_owned()))
}

fn signing(signing_name: &str) -> Signing {
    Signing {
        scheme: if signing_name == "s3" {
            Scheme::S3V4
        } else {
            Scheme::V4
        },
        signing_name: signing_name.to_owned(),
        region: "us-east-1".to_owned(),
    }
}

fn now() -> SigningTime {
    SigningTime::from_epoch_seconds(NOW)
}

fn request(payload: Payload<'static>) -> SignableRequest<'static> {
    SignableRequest {
        method: "POST".into(),
        url: "https://host/path?a=b".to_owned(),
        headers: vec![("X-Amz-Target".to_owned(), "Do".to_owned())],
        payload,
    }
}

/// Headers of a signed request, as received.
fn signed_headers(signing_name: &str, payload: Payload<'static>) -> Vec<(String, String)> {
    let mut request = request(payload);
    sign_request(
        &mut request,
        &signing(signing_name),
        Identity::Credentials(&credentials()),
        now(),
    )
    .unwrap();
    request.headers.push(("Host".to_owned(), "host".to_owned()));
    request.headers
}

fn received<'a>(query: &'a str, headers: &'a [(String, String)]) -> Received<'a> {
    Received {
        method: "POST",
        path: "/path",
        query,
        headers,
    }
}

fn verify(
    query: &str,
    headers: &[(String, String)],
    body: Option<&str>,
    seconds: i64,
) -> Result<(), VerifyError> {
    let received = received(query, headers);
    Presented::find(&received)?.verify(
        &received,
        &credentials(),
        body,
        SigningTime::from_epoch_seconds(NOW + seconds),
    )
}

fn set(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    headers.push((name.to_owned(), value.to_owned()));
}

#[test]
fn the_caller_is_read() {
    let headers = signed_headers("iam", Payload::EMPTY);
    let presented = Presented::find(&received("a=b", &headers)).unwrap();
    assert_eq!(presented.access_key_id, "AK/ID");
    assert_eq!(presented.signing(), signing("iam"));
    assert_eq!(presented.session_token.as_deref(), Some("token"));
    assert_eq!(presented.location, SignatureLocation::Headers);
}

#[test]
fn bodies() {
    let hash = Payload::EMPTY.hash().into_owned();
    let other = Payload::Bytes(b"other".as_slice().into())
        .hash()
        .into_owned();
    let iam = signed_headers("iam", Payload::EMPTY);
    assert_eq!(verify("a=b", &iam, Some(&hash), 0), Ok(()));
    // Without a header the hash is in the signature alone.
    assert!(matches!(
        verify("a=b", &iam, Some(&other), 0),
        Err(VerifyError::Mismatch { .. })
    ));
    let s3 = signed_headers("s3", Payload::EMPTY);
    assert_eq!(verify("a=b", &s3, Some(&hash), 0), Ok(()));
    assert_eq!(verify("a=b", &s3, None, 0), Ok(()));
    assert_eq!(
        verify("a=b", &s3, Some(&other), 0),
        Err(VerifyError::PayloadMismatch)
    );
    let unsigned = signed_headers("s3", Payload::Unsigned);
    assert_eq!(verify("a=b", &unsigned, Some(&other), 0), Ok(()));
}

#[test]
fn clocks() {
    let headers = signed_headers("s3", Payload::Unsigned);
    for (seconds, good) in [(900, true), (901, false), (-900, true), (-901, false)] {
        let outcome = verify("a=b", &headers, None, seconds);
        assert_eq!(outcome.is_ok(), good, "{seconds}: {outcome:?}");
    }
}

#[test]
fn changes_are_found() {
    let good = signed_headers("s3", Payload::Unsigned);
    assert_eq!(verify("a=b", &good, None, 0), Ok(()));
    for (name, value) in [
        ("X-Amz-Target", "Other"),
        ("Host", "other"),
        ("X-Amz-Content-SHA256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        ("X-Amz-Security-Token", "other"),
        ("X-Amz-Date", "20150830T123601Z"),
    ] {
        let mut headers = good.clone();
        set(&mut headers, name, value);
        assert!(
            matches!(
                verify("a=b", &headers, None, 0),
                Err(VerifyError::Mismatch { .. })
            ),
            "{name}"
        );
    }
    let mut headers = good.clone();
    set(&mut headers, "X-Amz-Acl", "public-read");
    assert_eq!(
        verify("a=b", &headers, None, 0),
        Err(VerifyError::HeaderNotSigned {
            name: "x-amz-acl".to_owned()
        })
    );
    let mut headers = good;
    headers.retain(|(name, _)| name != "X-Amz-Target");
    assert_eq!(
        verify("a=b", &headers, None, 0),
        Err(VerifyError::Incomplete {
            part: "a signed header was not sent"
        })
    );
}

#[test]
fn malformed_signatures_are_told_apart() {
    let check = |authorization: &str, expected: &VerifyError| {
        let mut headers = signed_headers("iam", Payload::EMPTY);
        set(&mut headers, "Authorization", authorization);
        assert_eq!(
            verify("a=b", &headers, None, 0).as_ref(),
            Err(expected),
            "{authorization}"
        );
    };
    let incomplete = |part| VerifyError::Incomplete { part };
    let scope = "20150830/us-east-1/iam/aws4_request";
    check(
        "Basic dXNlcg==",
        &VerifyError::UnsupportedScheme {
            scheme: "Basic".to_owned(),
        },
    );
    check("AWS4-HMAC-SHA256", &incomplete("Signature"));
    check(
        "AWS4-HMAC-SHA256 Signature=00",
        &incomplete("SignedHeaders"),
    );
    check(
        "AWS4-HMAC-SHA256 Signature=00, SignedHeaders=host",
        &incomplete("Credential"),
    );
    check(
        &format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00"),
        &incomplete("Credential"),
    );
    check(
        "AWS4-HMAC-SHA256 Credential=A/20150831/r/s/aws4_request,SignedHeaders=host,Signature=00",
        &incomplete("the date of the scope is not that of the signature"),
    );
    check(
        &format!("AWS4-HMAC-SHA256 Credential=A/{scope},SignedHeaders=x-amz-target,Signature=00"),
        &VerifyError::HeaderNotSigned {
            name: "x-amz-date".to_owned(),
        },
    );
    assert_eq!(
        verify("a=b", &[], None, 0),
        Err(VerifyError::Missing),
        "no signature at all"
    );
}

#[test]
fn presigned_urls() {
    let mut request = request(Payload::EMPTY);
    request.headers.clear();
    presign_request(
        &mut request,
        &signing("s3"),
        Identity::Credentials(&credentials()),
        now(),
        60,
        &[],
    )
    .unwrap();
    let (_, query) = request.url.split_once('?').unwrap();
    let headers = [("Host".to_owned(), "host".to_owned())];
    assert_eq!(verify(query, &headers, Some("any"), 60), Ok(()));
    assert_eq!(
        verify(query, &headers, None, 61),
        Err(VerifyError::Expired {
            expired: SigningTime::from_epoch_seconds(NOW + 60)
        })
    );
    assert!(matches!(
        verify(query, &headers, None, -901),
        Err(VerifyError::Skewed { .. })
    ));
    // S3's clients may send an unsigned hash along.
    let hash = ("x-amz-content-sha256".to_owned(), "any".to_owned());
    let with_hash = [headers[0].clone(), hash];
    assert_eq!(verify(query, &with_hash, None, 0), Ok(()));

    let changed = query.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    assert!(matches!(
        verify(&changed, &headers, None, 0),
        Err(VerifyError::Mismatch { .. })
    ));
    let too_long = query.replace("X-Amz-Expires=60", "X-Amz-Expires=604801");
    assert_eq!(
        verify(&too_long, &headers, None, 0),
        Err(VerifyError::Incomplete {
            part: "X-Amz-Expires"
        })
    );
}
