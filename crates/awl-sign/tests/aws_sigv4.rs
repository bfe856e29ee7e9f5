//! Requests that nobody chose, signed by AWS's own crate as well: in headers
//! and in the query, by version 4 and 4a.

#![expect(clippy::unwrap_used, reason = "a test helper fails by panicking")]

use std::time::{Duration, UNIX_EPOCH};

use awl_sign::{
    Credentials, Freeform, FreeformOptions, PathStyle, Payload, Placement, Presented, Received,
    Scheme, Signing, SigningTime, sign_freeform,
};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::{v4, v4a};
use proptest::prelude::*;

const TIME: i64 = 1_440_938_160;
const EXPIRES_IN: u64 = 300;
const REGION: &str = "eu-west-1";

/// A request and how it is to be signed.
#[derive(Clone, Debug)]
struct Case {
    method: String,
    host: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    token: Option<String>,
    asymmetric: bool,
    in_query: bool,
    normalizes: bool,
    encodes: bool,
    says_hash: bool,
}

fn any_case() -> impl Strategy<Value = Case> {
    let segment = "(%[0-9A-F]{2}|[A-Za-z0-9._~=:@!$-]){0,6}|\\.|\\.\\.";
    let word = "(%2[0-9A-F]|[A-Za-z0-9._~-]){0,6}";
    let request = (
        "GET|PUT|POST|DELETE|HEAD",
        "[a-z][a-z0-9-]{0,10}(:[1-9]0[0-9]{2})?",
        prop::collection::vec(segment, 0..6),
        prop::collection::vec((word, word), 0..5),
        prop::collection::vec(
            ("[Xx]-[A-Za-z][A-Za-z0-9-]{0,7}", "[!-~]( {0,3}[!-~]){0,6}"),
            0..5,
        ),
        prop::collection::vec(any::<u8>(), 0..20),
        prop::option::of("[A-Za-z0-9/+=]{1,20}"),
    );
    (request, any::<[bool; 5]>()).prop_map(|(request, flags)| {
        let (method, host, segments, query, headers, body, token) = request;
        let query: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let [asymmetric, in_query, normalizes, encodes, says_hash] = flags;
        Case {
            method,
            host,
            path: path(&segments),
            query: query.join("&"),
            headers,
            body,
            token,
            asymmetric,
            in_query,
            normalizes,
            encodes,
            says_hash: says_hash && !in_query,
        }
    })
}

/// A path that does not end in a dot segment: where botocore leaves no slash for
/// it, AWS's crate does.
fn path(segments: &[String]) -> String {
    let is_dots = segments
        .last()
        .is_some_and(|last| matches!(last.as_str(), "." | ".."));
    let end = if is_dots { "/end" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

impl Case {
    /// The signature by AWS's crate.
    fn theirs(&self) -> String {
        let mut settings = SigningSettings::default();
        if self.in_query {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(EXPIRES_IN));
        }
        if !self.normalizes {
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        if !self.encodes {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
        }
        if self.says_hash {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let credentials = aws_credential_types::Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            self.token.clone(),
            None,
            "test",
        );
        let identity = credentials.into();
        let time = UNIX_EPOCH + Duration::from_secs(TIME as u64);
        let separator = if self.query.is_empty() { "" } else { "?" };
        let url = format!(
            "https://{}{}{separator}{}",
            self.host, self.path, self.query
        );
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let body = SignableBody::Bytes(&self.body);
        let request = SignableRequest::new(&self.method, url, headers, body).unwrap();
        let parameters = if self.asymmetric {
            v4a::SigningParams::builder()
                .identity(&identity)
                .region_set(REGION)
                .name("service")
                .time(time)
                .settings(settings)
                .build()
                .unwrap()
                .into()
        } else {
            v4::SigningParams::builder()
                .identity(&identity)
                .region(REGION)
                .name("service")
                .time(time)
                .settings(settings)
                .build()
                .unwrap()
                .into()
        };
        let (_, signature) = sign(request, &parameters).unwrap().into_parts();
        signature
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn aws_signs_the_same(case in any_case()) {
        let scheme = if case.asymmetric { Scheme::V4a } else { Scheme::V4 };
        let signing = Signing {
            scheme,
            signing_name: "service".to_owned(),
            region: REGION.to_owned(),
        };
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", case.token.clone());
        let placement = if case.in_query {
            Placement::Query { expires_in: EXPIRES_IN }
        } else {
            Placement::Headers
        };
        let options = FreeformOptions {
            path_style: PathStyle::new(case.normalizes, case.encodes),
            say_hash: case.says_hash,
            ..FreeformOptions::of(&signing, placement)
        };
        let request = Freeform {
            method: &case.method,
            host: &case.host,
            path: &case.path,
            query: &case.query,
            headers: case.headers.clone(),
            payload: Payload::Bytes(case.body.as_slice().into()),
        };
        let time = SigningTime::from_epoch_seconds(TIME);
        let signed = sign_freeform(request, &signing, &credentials, time, options).unwrap();
        prop_assert_eq!(&signed.signature, &case.theirs(), "{}", signed.canonical_request);

        // And it is found and believed, where the service would read the path so.
        let received = Received {
            method: &case.method,
            path: &signed.path,
            query: &signed.query,
            headers: &signed.headers,
        };
        let presented = Presented::find(&received).unwrap();
        prop_assert!(presented.signs(&signed.string_to_sign, &credentials));
        if case.normalizes && case.encodes {
            let hash = Payload::Bytes(case.body.as_slice().into()).hash().into_owned();
            prop_assert_eq!(presented.verify(&received, &credentials, Some(&hash), time), Ok(()));
        }
    }
}
