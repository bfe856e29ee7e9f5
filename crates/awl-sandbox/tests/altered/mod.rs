//! Requests that somebody has altered on their way, in every form that clients
//! sign: headers, URLs, chunks; with version 4 and 4a.

use std::sync::LazyLock;

use awl_sandbox::Request;
use awl_sign::Scheme;
use proptest::prelude::*;

use crate::client::{self, Client, Keys};
use crate::map;

/// How refusals are called, by what is altered.
const REFUSALS: &[&str] = &[
    "AccessDenied",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "IncompleteBody",
    "InvalidAccessKeyId",
    "InvalidRequest",
    "InvalidToken",
    "MethodNotAllowed",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "XAmzContentSHA256Mismatch",
];

static PLACE: LazyLock<(Client, Keys)> = LazyLock::new(|| {
    let (client, admin) = client::place();
    let bucket = map(r#"{"Bucket": "photos"}"#);
    client.call(&admin, "s3", "CreateBucket", bucket).unwrap();
    (client, admin)
});

/// A text with one of its letters or digits changed to another of its kind.
fn shift(text: &str, at: prop::sample::Index, by: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let places: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at].is_ascii_alphanumeric())
        // What is encoded stays so.
        .filter(|at| !(1..=2).any(|back| *at >= back && bytes[*at - back] == b'%'))
        .collect();
    let place = places[at.index(places.len())];
    let (first, count) = match bytes[place] {
        b'0'..=b'9' => (b'0', 10),
        b'a'..=b'z' => (b'a', 26),
        _ => (b'A', 26),
    };
    bytes[place] = first + (bytes[place] - first + (by - 1) % (count - 1) + 1) % count;
    String::from_utf8(bytes).unwrap()
}

fn alter(request: &Request, part: usize, at: prop::sample::Index, by: u8) -> Request {
    let mut altered = request.clone();
    let signed = |name: &str| name.starts_with("x-amz-") || name == "authorization";
    let headers = (0..altered.headers.len()).filter(|at| signed(&altered.headers[*at].0));
    let headers: Vec<usize> = headers.collect();
    match part {
        0 => altered.path = format!("/photos/{}", shift("other", at, by)),
        1 if !altered.query.is_empty() => altered.query = shift(&request.query, at, by),
        1 => altered.query = "versionId=x".to_owned(),
        2 if !altered.body.is_empty() => {
            let body = std::str::from_utf8(&request.body).unwrap();
            altered.body = shift(body, at, by).into_bytes();
        }
        2 => altered.method = "DELETE".to_owned(),
        3 => altered.method = "POST".to_owned(),
        _ => {
            let header = &mut altered.headers[headers[at.index(headers.len())]];
            header.1 = shift(&header.1, at, by);
        }
    }
    altered
}

fn is_refused((status, body): &(u16, String)) -> bool {
    let mut codes = REFUSALS.iter();
    let is_known = codes.any(|code| body.contains(&format!("<Code>{code}</Code>")))
        // What is not known to be S3's is refused in JSON.
        || body.starts_with("{\"message\"") && !body.contains("does not emulate");
    matches!(status, 400 | 403 | 405) && is_known
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_is_altered_of_what_is_signed_is_refused(
        form in 0..5_usize,
        part in 0..5_usize,
        at in any::<prop::sample::Index>(),
        by in 1..26_u8,
    ) {
        let (client, admin) = &*PLACE;
        let put = |scheme| client.to_s3(admin, scheme, false, "PUT", "/photos/a%20b", b"content");
        let made = match form {
            0 => put(Scheme::S3V4),
            1 => put(Scheme::S3V4a),
            2 => client.to_s3(admin, Scheme::S3V4, true, "GET", "/photos/a%20b", b""),
            3 => client.to_s3(admin, Scheme::S3V4a, true, "GET", "/photos/a%20b", b""),
            _ => client.upload(admin, &[b"first", b"second", b""]),
        };
        let untouched = client.answer(&made);
        prop_assert!(!is_refused(&untouched), "{} {untouched:?}", form);
        let altered = alter(&made, part, at, by);
        let answer = client.answer(&altered);
        prop_assert!(is_refused(&answer), "{form} {part} {altered:?} {answer:?}");
    }
}
