//! Signing a request of anybody's making: every header that it has is signed, and what was signed
//! is handed back to look at.
//!
//! [`sign_request`](crate::sign_request) signs what a service's model made, with the selection and
//! the order of headers that botocore has. Here nothing is left out and nothing is known.

use std::borrow::Cow;

use crate::canonical::{
    PathStyle, canonical_headers, canonical_path, canonical_query, canonical_request,
    string_to_sign,
};
use crate::credentials::Credentials;
use crate::error::SignError;
use crate::key::{ALGORITHM_V4, ALGORITHM_V4A, SigningKey, credential_scope};
use crate::request::{Payload, UNSIGNED_PAYLOAD, check_header, check_method};
use crate::scheme::Signing;
use crate::text::{is_unreserved, percent_decode, percent_encode, percent_encode_into};
use crate::time::SigningTime;
use crate::v4::authorization;
use crate::v4a::AsymmetricKey;

const TOKEN: &str = "X-Amz-Security-Token";
const TOKEN_EXPRESS: &str = "x-amz-s3session-token";
const TOKEN_EXPRESS_QUERY: &str = "X-Amz-S3session-Token";
const REGION_SET: &str = "X-Amz-Region-Set";
const CONTENT_SHA256: &str = "x-amz-content-sha256";

/// The parameters that a presigned URL has; those of an earlier signature go.
const QUERY_PARAMETERS: [&str; 9] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    TOKEN,
    TOKEN_EXPRESS_QUERY,
    REGION_SET,
];

/// A request to sign, as its parts are written.
#[derive(Clone, Debug)]
pub struct Freeform<'a> {
    /// The method; it is signed in upper case.
    pub method: &'a str,
    /// What `Host` says where the headers have none.
    pub host: &'a str,
    /// The path. Characters that no URL has are percent-encoded.
    pub path: &'a str,
    /// The query, without `?`.
    pub query: &'a str,
    /// The headers in their order. One may stand more than once, and a value may go on over
    /// several lines.
    pub headers: Vec<(String, String)>,
    /// The body, or what stands for it.
    pub payload: Payload<'a>,
}

/// Where a signature goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Into the `Authorization` header.
    Headers,
    /// Into the query, good for so many seconds.
    Query {
        /// How many seconds the URL is good.
        expires_in: u64,
    },
}

/// What can be had otherwise than the scheme has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeformOptions {
    /// Where the signature goes.
    pub placement: Placement,
    /// How the path becomes canonical.
    pub path_style: PathStyle,
    /// Whether the body's hash is said in a header, which is signed.
    pub say_hash: bool,
    /// Whether the session token is signed; otherwise it is added behind the signature.
    pub sign_token: bool,
}

impl FreeformOptions {
    /// What a scheme wants: S3's say the hash and take the path as it is sent.
    pub fn of(signing: &Signing, placement: Placement) -> Self {
        Self {
            placement,
            path_style: signing.scheme.path_style(),
            say_hash: signing.scheme.is_s3() && placement == Placement::Headers,
            sign_token: true,
        }
    }
}

/// A signed request and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeformSigned {
    /// The canonical request.
    pub canonical_request: String,
    /// The string that was signed.
    pub string_to_sign: String,
    /// The signature, in hexadecimal.
    pub signature: String,
    /// The value of the `Authorization` header; empty where the query has the signature.
    pub authorization: String,
    /// The path as it goes on the wire.
    pub path: String,
    /// The query as it goes on the wire, without `?`.
    pub query: String,
    /// All headers as they are sent, `Host` included.
    pub headers: Vec<(String, String)>,
}

/// Signs a request. The scheme decides between versions 4 and 4a and who carries the session token;
/// how the path is written and what is said of the body are the options'.
///
/// # Errors
/// A method or header that cannot be sent, or a secret of which no key can be made.
pub fn sign_freeform(
    request: Freeform<'_>,
    signing: &Signing,
    credentials: &Credentials,
    time: SigningTime,
    options: FreeformOptions,
) -> Result<FreeformSigned, SignError> {
    check_method(request.method)?;
    let mut headers = request.headers;
    for (name, value) in &mut headers {
        unfold(value);
        check_header(name, value)?;
    }
    if !has(&headers, "host") {
        headers.insert(0, ("Host".to_owned(), request.host.to_owned()));
    }
    let asymmetric = signing.scheme.is_asymmetric();
    let algorithm = if asymmetric {
        ALGORITHM_V4A
    } else {
        ALGORITHM_V4
    };
    let timestamp = time.amz_date();
    let date = &timestamp[..8];
    let region = (!asymmetric).then_some(signing.region.as_str());
    let scope = credential_scope(date, region, &signing.signing_name);
    let mut query = wire_query(request.query);

    remove(&mut headers, &["authorization"]);
    let token = credentials.token();
    let is_express = signing.scheme == crate::Scheme::V4S3Express;
    let (mut late_header, mut late_parameter) = (None, None);
    let mut signed_names = String::new();
    match options.placement {
        Placement::Headers => {
            remove(&mut headers, &["x-amz-date", "x-amz-region-set"]);
            if let Some(token) = token {
                remove(&mut headers, &["x-amz-security-token", TOKEN_EXPRESS]);
                let name = if is_express { TOKEN_EXPRESS } else { TOKEN };
                let header = (name.to_owned(), token.to_owned());
                if options.sign_token {
                    headers.push(header);
                } else {
                    late_header = Some(header);
                }
            }
            headers.push(("X-Amz-Date".to_owned(), timestamp.clone()));
            if asymmetric {
                headers.push((REGION_SET.to_owned(), signing.region.clone()));
            }
            let says_itself = !matches!(request.payload, Payload::Bytes(_) | Payload::Sha256(_));
            if (options.say_hash || says_itself) && !has(&headers, CONTENT_SHA256) {
                headers.push((
                    CONTENT_SHA256.to_owned(),
                    request.payload.hash().into_owned(),
                ));
            }
        }
        Placement::Query { expires_in } => {
            remove_parameters(&mut query, &QUERY_PARAMETERS);
            signed_names = canonical_headers(&headers, None, |_| true).signed;
            let credential = format!("{}/{scope}", credentials.access_key_id);
            let expires_in = expires_in.to_string();
            let mut added = vec![
                ("X-Amz-Algorithm", algorithm),
                ("X-Amz-Credential", &credential),
                ("X-Amz-Date", &timestamp),
                ("X-Amz-SignedHeaders", &signed_names),
                ("X-Amz-Expires", &expires_in),
            ];
            let hash;
            if options.say_hash && signing.scheme.is_s3() {
                hash = request.payload.hash();
                added.push(("X-Amz-Content-Sha256", &hash));
            }
            if let Some(token) = token {
                let name = if is_express {
                    TOKEN_EXPRESS_QUERY
                } else {
                    TOKEN
                };
                if options.sign_token {
                    added.push((name, token));
                } else {
                    late_parameter = Some((name, token));
                }
            }
            if asymmetric {
                added.push((REGION_SET, &signing.region));
            }
            for (name, value) in added {
                push_parameter(&mut query, name, value);
            }
        }
    }
    for (name, value) in headers.iter().chain(&late_header) {
        check_header(name, value)?;
    }

    let canonical_headers = canonical_headers(&headers, None, |_| true);
    if signed_names.is_empty() {
        signed_names.clone_from(&canonical_headers.signed);
    }
    let in_query = options.placement != Placement::Headers;
    let hash = match headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(CONTENT_SHA256))
    {
        Some((_, sent)) => Cow::Borrowed(sent.trim()),
        None if in_query && signing.scheme.is_s3() && !options.say_hash => {
            Cow::Borrowed(UNSIGNED_PAYLOAD)
        }
        None => request.payload.hash(),
    };
    let path = wire_path(request.path);
    let to_canonicalize = if options.path_style.encodes() {
        request.path
    } else {
        &path
    };
    let canonical_request = canonical_request(
        request.method,
        &canonical_path(to_canonicalize, options.path_style),
        &canonical_query(&query),
        &canonical_headers,
        &hash,
    );
    let string_to_sign = string_to_sign(algorithm, &timestamp, &scope, &canonical_request);
    let signature = if asymmetric {
        AsymmetricKey::derive(credentials)?.sign(&string_to_sign)
    } else {
        SigningKey::derive(credentials, date, &signing.region, &signing.signing_name)
            .sign(&string_to_sign)
    };
    let mut authorization_value = String::new();
    if in_query {
        if let Some((name, value)) = late_parameter {
            push_parameter(&mut query, name, value);
        }
        push_parameter(&mut query, "X-Amz-Signature", &signature);
    } else {
        authorization_value = authorization(
            algorithm,
            &credentials.access_key_id,
            &scope,
            &signed_names,
            &signature,
        );
        check_header("Authorization", &authorization_value)?;
        headers.extend(late_header);
        headers.push(("Authorization".to_owned(), authorization_value.clone()));
    }
    Ok(FreeformSigned {
        canonical_request,
        string_to_sign,
        signature,
        authorization: authorization_value,
        path,
        query,
        headers,
    })
}

/// A path as it goes on the wire: what no path may have is percent-encoded, escapes stay.
pub fn wire_path(path: &str) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    encode_raw(path, |byte| {
        is_unreserved(byte) || b"!$&'()*+,;=:@/".contains(&byte)
    })
}

/// The same for a query, without its `?`.
pub fn wire_query(query: &str) -> String {
    encode_raw(query, |byte| {
        is_unreserved(byte) || b"!$&'()*+,;=:@/?".contains(&byte)
    })
}

fn encode_raw(text: &str, is_legal: impl Fn(u8) -> bool) -> String {
    let mut output = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        let is_escape = byte == b'%'
            && bytes
                .get(index + 1..index + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if is_escape || is_legal(byte) {
            output.push(char::from(byte));
        } else {
            percent_encode_into(&mut output, &[byte]);
        }
    }
    output
}

/// Makes one line of a value that goes on over several.
fn unfold(value: &mut String) {
    if !value.contains(['\r', '\n']) {
        let trimmed = value.trim_matches([' ', '\t']);
        if trimmed.len() != value.len() {
            *value = trimmed.to_owned();
        }
        return;
    }
    let lines: Vec<&str> = value
        .split(['\r', '\n'])
        .map(|line| line.trim_matches([' ', '\t']))
        .filter(|line| !line.is_empty())
        .collect();
    *value = lines.join(" ");
}

fn has(headers: &[(String, String)], name: &str) -> bool {
    headers
        .iter()
        .any(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn remove(headers: &mut Vec<(String, String)>, names: &[&str]) {
    headers.retain(|(known, _)| !names.iter().any(|name| known.eq_ignore_ascii_case(name)));
}

fn remove_parameters(query: &mut String, names: &[&str]) {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
            !names
                .iter()
                .any(|known| percent_decode(name).as_ref() == known.as_bytes())
        })
        .collect();
    *query = kept.join("&");
}

fn push_parameter(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(&percent_encode(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scheme;

    fn request(path: &'static str, headers: &[(&str, &str)]) -> Freeform<'static> {
        Freeform {
            method: "GET",
            host: "host",
            path,
            query: "b=ü&a",
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            payload: Payload::EMPTY,
        }
    }

    fn sign(
        request: Freeform<'_>,
        scheme: Scheme,
        change: impl FnOnce(&mut FreeformOptions),
        placement: Placement,
    ) -> Result<FreeformSigned, SignError> {
        let signing = Signing {
            scheme,
            signing_name: "service".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let credentials = Credentials::new("AKID", "secret", Some("to/ken".to_owned()));
        let mut options = FreeformOptions::of(&signing, placement);
        change(&mut options);
        let time = SigningTime::from_epoch_seconds(1_440_938_160);
        sign_freeform(request, &signing, &credentials, time, options)
    }

    #[test]
    fn every_header_is_signed_once() {
        let headers = [
            ("User-Agent", "me"),
            ("x-two", "b\r\n  c"),
            ("X-Two", " a "),
            ("authorization", "old"),
            ("X-Amz-Date", "old"),
        ];
        let signed = sign(
            request("/", &headers),
            Scheme::V4,
            |_| {},
            Placement::Headers,
        )
        .unwrap();
        assert_eq!(
            signed.canonical_request,
            "GET\n/\na=&b=%C3%BC\nhost:host\nuser-agent:me\nx-amz-date:20150830T123600Z\n\
             x-amz-security-token:to/ken\nx-two:b c,a\n\n\
             host;user-agent;x-amz-date;x-amz-security-token;x-two\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(signed.query, "b=%C3%BC&a");
        let names: Vec<&str> = signed.headers.iter().map(|(name, _)| &**name).collect();
        assert_eq!(
            names,
            [
                "Host",
                "User-Agent",
                "x-two",
                "X-Two",
                TOKEN,
                "X-Amz-Date",
                "Authorization"
            ]
        );
    }

    #[test]
    fn a_token_can_come_behind_the_signature() {
        let unsigned = |options: &mut FreeformOptions| options.sign_token = false;
        let signed = sign(request("/", &[]), Scheme::V4, unsigned, Placement::Headers).unwrap();
        assert!(!signed.canonical_request.contains("token"));
        assert!(has(&signed.headers, TOKEN));
        let placement = Placement::Query { expires_in: 5 };
        let signed = sign(request("/", &[]), Scheme::V4, unsigned, placement).unwrap();
        assert!(!signed.canonical_request.contains("Token"));
        assert!(
            signed
                .query
                .contains("&X-Amz-Security-Token=to%2Fken&X-Amz-Signature=")
        );
    }

    #[test]
    fn paths_are_encoded_as_the_style_says() {
        let check = |path: &'static str, scheme, style, canonical: &str, wire: &str| {
            let change = |options: &mut FreeformOptions| options.path_style = style;
            let signed = sign(request(path, &[]), scheme, change, Placement::Headers).unwrap();
            let line = signed.canonical_request.lines().nth(1).unwrap();
            assert_eq!((line, signed.path.as_str()), (canonical, wire), "{path}");
        };
        let v4 = Scheme::V4;
        check(
            "/a b/../%20",
            v4,
            PathStyle::Normalized,
            "/%2520",
            "/a%20b/../%20",
        );
        check(
            "/a b/../%20",
            v4,
            PathStyle::Encoded,
            "/a%20b/../%2520",
            "/a%20b/../%20",
        );
        check(
            "/a b//%20",
            v4,
            PathStyle::Resolved,
            "/a%20b/%20",
            "/a%20b//%20",
        );
        check(
            "/a b//%2",
            v4,
            PathStyle::AsSent,
            "/a%20b//%252",
            "/a%20b//%252",
        );
        check("", v4, PathStyle::Normalized, "/", "/");
    }

    #[test]
    fn a_presigned_url_is_presigned_anew() {
        let placement = Placement::Query { expires_in: 60 };
        let mut first = request("/", &[]);
        first.query = "a=1&X%2DAmz-Date=old&X-Amz-Signature=old";
        let signed = sign(first, Scheme::S3V4, |_| {}, placement).unwrap();
        assert!(
            signed.query.starts_with("a=1&X-Amz-Algorithm="),
            "{}",
            signed.query
        );
        assert_eq!(signed.query.matches("X-Amz-Date=").count(), 1);
        assert_eq!(signed.query.matches("X-Amz-Signature=").count(), 1);
        assert!(signed.canonical_request.ends_with("\nUNSIGNED-PAYLOAD"));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for headers in [[("a b", "x")], [("", "x")], [("a", "\0")]] {
            let result = sign(
                request("/", &headers),
                Scheme::V4,
                |_| {},
                Placement::Headers,
            );
            assert!(matches!(result, Err(SignError::InvalidHeader { .. })));
        }
        let mut bad = request("/", &[]);
        bad.method = "GET /";
        let result = sign(bad, Scheme::V4, |_| {}, Placement::Headers);
        assert!(matches!(result, Err(SignError::InvalidMethod { .. })));
    }
}
