//! Whatever goes in, signing neither panics nor lets a line break through, and what was signed
//! verifies, until something is changed.

#![expect(clippy::unwrap_used, reason = "a test helper fails by panicking")]

use awl_sign::{
    Credentials, Identity, Payload, Presented, Received, Scheme, SignableRequest, Signing,
    SigningTime, VerifyError, presign_request, sign_request,
};
use proptest::prelude::*;

fn any_scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL.to_vec())
}

fn any_request() -> impl Strategy<Value = SignableRequest<'static>> {
    (
        any::<String>(),
        any::<String>(),
        prop::collection::vec((any::<String>(), any::<String>()), 0..4),
        any::<Vec<u8>>(),
    )
        .prop_map(|(method, url, headers, body)| SignableRequest {
            method: method.into(),
            url,
            headers,
            payload: Payload::Bytes(body.into()),
        })
}

/// Requests that can be sent: path and query as botocore encodes them.
fn sound_request() -> impl Strategy<Value = SignableRequest<'static>> {
    let segment = "(%[0-9A-F]{2}|[A-Za-z0-9._~-]){0,6}";
    (
        "[A-Z]{1,7}",
        "[a-z][a-z0-9.-]{0,10}(:[1-9][0-9]{0,3})?",
        prop::collection::vec(segment, 0..5),
        prop::collection::vec((segment, segment), 0..5),
        prop::collection::vec(("[Xx]-[A-Za-z0-9-]{1,8}", "[ -~]{0,12}"), 0..5),
        any::<Vec<u8>>(),
    )
        .prop_map(|(method, host, segments, query, headers, body)| {
            let query: Vec<_> = query
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            SignableRequest {
                method: method.into(),
                url: format!("https://{host}/{}?{}", segments.join("/"), query.join("&")),
                headers,
                payload: Payload::Bytes(body.into()),
            }
        })
}

fn signing(scheme: Scheme) -> Signing {
    let s3 = matches!(scheme, Scheme::S3V4 | Scheme::S3V4a | Scheme::V4S3Express);
    Signing {
        scheme,
        signing_name: if s3 { "s3" } else { "service" }.to_owned(),
        region: "us-east-1".to_owned(),
    }
}

fn time() -> SigningTime {
    SigningTime::from_epoch_seconds(1_440_938_160)
}

/// The path, the query and the headers with `Host`, as a server gets them.
fn as_received(request: &SignableRequest<'_>) -> (String, String, Vec<(String, String)>) {
    let (_, rest) = request.url.split_once("://").unwrap();
    let (host, target) = rest.split_once('/').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = request.headers.clone();
    if request.header("host").is_none() {
        let host = host.strip_suffix(":443").unwrap_or(host);
        headers.push(("Host".to_owned(), host.to_owned()));
    }
    (format!("/{path}"), query.to_owned(), headers)
}

proptest! {
    #[test]
    fn any_input_is_signed_or_refused(
        mut request in any_request(),
        scheme in any_scheme(),
        (key, secret, token) in any::<(String, String, Option<String>)>(),
        (name, region, bearer) in any::<(String, String, String)>(),
        seconds in any::<i64>(),
        expires_in in any::<i64>(),
    ) {
        let signing = Signing { scheme, signing_name: name, region };
        let credentials = Credentials::new(key, secret, token);
        let identity = if scheme == Scheme::Bearer {
            Identity::Token(&bearer)
        } else {
            Identity::Credentials(&credentials)
        };
        let time = SigningTime::from_epoch_seconds(seconds);
        if sign_request(&mut request.clone(), &signing, identity, time).is_ok() {
            let mut signed = request.clone();
            sign_request(&mut signed, &signing, identity, time).unwrap();
            for (name, value) in &signed.headers {
                prop_assert!(!name.contains(['\r', '\n']) && !value.contains(['\r', '\n', '\0']));
            }
        }
        if presign_request(&mut request, &signing, identity, time, expires_in, &[]).is_ok()
            && scheme != Scheme::None
        {
            prop_assert!(request.url.contains("&X-Amz-Signature="));
        }
    }

    #[test]
    fn any_received_request_is_read_or_refused(
        authorization in prop_oneof![
            any::<String>(),
            "AWS4-(HMAC-SHA256|ECDSA-P256-SHA256) Credential=[a/]{0,9}/aws4_request, ?SignedHeaders=[a-z;-]{0,9}, ?Signature=[0-9a-g]{0,9}",
        ],
        query in prop_oneof![any::<String>(), "X-Amz-(Algorithm|Date|Credential)=[A-Z0-9%/-]{0,20}"],
        date in prop_oneof![any::<String>(), Just("20150830T123600Z".to_owned())],
        (method, path) in any::<(String, String)>(),
    ) {
        let headers = [
            ("Authorization".to_owned(), authorization),
            ("X-Amz-Date".to_owned(), date),
            ("Host".to_owned(), "h".to_owned()),
        ];
        let credentials = Credentials::new("a", "b", None);
        for headers in [&headers[..], &headers[1..]] {
            let received = Received { method: &method, path: &path, query: &query, headers };
            if let Ok(presented) = Presented::find(&received) {
                prop_assert!(presented.verify(&received, &credentials, None, time()).is_err());
            }
        }
    }

    #[test]
    fn what_is_signed_verifies(
        mut request in sound_request(),
        scheme in prop::sample::select(vec![
            Scheme::V4, Scheme::S3V4, Scheme::V4S3Express, Scheme::V4a, Scheme::S3V4a,
        ]),
        token in prop::option::of("[A-Za-z0-9/+=]{1,20}"),
    ) {
        let credentials = Credentials::new("AKID", "secret", token);
        let signing = signing(scheme);
        sign_request(&mut request, &signing, Identity::Credentials(&credentials), time()).unwrap();
        let (path, query, headers) = as_received(&request);
        let hash = request.payload.hash();
        let received = Received {
            method: &request.method, path: &path, query: &query, headers: &headers,
        };
        let presented = Presented::find(&received).unwrap();
        prop_assert_eq!(presented.verify(&received, &credentials, Some(&hash), time()), Ok(()));

        let other = Credentials::new("AKID", "Secret", None);
        let mismatch = presented.verify(&received, &other, Some(&hash), time());
        let is_mismatch = matches!(mismatch, Err(VerifyError::Mismatch { .. }));
        prop_assert!(is_mismatch);
        let changed = format!("{query}&z=1");
        let received = Received { query: &changed, ..received };
        let mismatch = presented.verify(&received, &credentials, Some(&hash), time());
        let is_mismatch = matches!(mismatch, Err(VerifyError::Mismatch { .. }));
        prop_assert!(is_mismatch);
    }

    #[test]
    fn what_is_presigned_verifies(
        mut request in sound_request(),
        scheme in prop::sample::select(vec![Scheme::V4, Scheme::S3V4, Scheme::V4S3Express, Scheme::S3V4a]),
        token in prop::option::of("[A-Za-z0-9/+=]{1,20}"),
        late in 0_i64..1000,
    ) {
        let credentials = Credentials::new("AKID", "secret", token.clone());
        let signing = signing(scheme);
        let identity = Identity::Credentials(&credentials);
        presign_request(&mut request, &signing, identity, time(), 500, &[]).unwrap();
        let (path, query, headers) = as_received(&request);
        let hash = request.payload.hash();
        let received = Received {
            method: &request.method, path: &path, query: &query, headers: &headers,
        };
        let presented = Presented::find(&received).unwrap();
        prop_assert_eq!(&presented.session_token, &token);
        let now = SigningTime::from_epoch_seconds(time().epoch_seconds() + late);
        let outcome = presented.verify(&received, &credentials, Some(&hash), now);
        if late <= 500 {
            prop_assert_eq!(outcome, Ok(()));
        } else {
            let is_expired = matches!(outcome, Err(VerifyError::Expired { .. }));
            prop_assert!(is_expired);
        }
    }
}
