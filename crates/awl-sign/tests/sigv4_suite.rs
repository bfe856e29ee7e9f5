//! AWS's public test suite of signature version 4, as the botocore source release carries it: for
//! each case the canonical request, the string to sign, the signature, the `Authorization` header
//! and the signed request.

#![expect(clippy::unwrap_used, reason = "a test helper fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use awl_sign::{
    ALGORITHM_V4, Credentials, Identity, PathStyle, Payload, Presented, Received, Scheme,
    SignableRequest, Signing, SigningKey, SigningTime, canonical_headers, canonical_path,
    canonical_query, canonical_request, credential_scope, is_signed_header, sign_request,
    string_to_sign,
};

const SERVICE: &str = "service";
const REGION: &str = "us-east-1";

/// Cases whose request cannot be signed as a whole; their canonical request, string to sign and
/// signature are checked all the same.
const NOT_SENDABLE: &[(&str, &str)] = &[(
    "normalize-path/get-space",
    "a space in the request line is no HTTP, so no URL can stand for it",
)];

#[test]
fn every_case_signs_as_published() {
    let root = awl_test::botocore_source().join("tests/unit/auth/aws4_testsuite");
    let mut cases = Vec::new();
    find_cases(&root, &mut cases);
    cases.sort();
    let mut failures = Vec::new();
    let mut not_sendable = 0;
    for folder in &cases {
        let name = folder.strip_prefix(&root).unwrap().to_str().unwrap();
        let sendable = !NOT_SENDABLE.iter().any(|(case, _)| *case == name);
        not_sendable += usize::from(!sendable);
        if let Err(message) = Case::read(folder).check(sendable) {
            failures.push(format!("{name}: {message}"));
        }
    }
    println!(
        "sigv4 suite: {} of {} cases pass; {not_sendable} not sent whole",
        cases.len() - failures.len(),
        cases.len(),
    );
    for (case, reason) in NOT_SENDABLE {
        println!("  {case}: {reason}");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cases.len() >= 34, "only {} cases found", cases.len());
    assert_eq!(not_sendable, NOT_SENDABLE.len());
}

struct Case {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
    canonical: String,
    string_to_sign: String,
    authorization: String,
    signed: String,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let file = |extension: &str| {
            let path = folder.join(format!("{name}.{extension}"));
            fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
                .replace('\r', "")
        };
        let (method, target, headers, body) = parse_request(&file("req"));
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        Self {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body,
            canonical: file("creq"),
            string_to_sign: file("sts"),
            authorization: file("authz"),
            signed: file("sreq"),
        }
    }

    fn check(&self, sendable: bool) -> Result<(), String> {
        let token = self
            .canonical
            .lines()
            .find_map(|line| line.strip_prefix("x-amz-security-token:"))
            .map(str::to_owned);
        let credentials = Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            token,
        );
        let time = SigningTime::parse_amz_date("20150830T123600Z").unwrap();
        self.check_parts(&credentials, time)?;
        if sendable {
            self.check_whole(&credentials, time)?;
        }
        Ok(())
    }

    /// The pure functions, on the request as the suite writes it.
    fn check_parts(&self, credentials: &Credentials, time: SigningTime) -> Result<(), String> {
        let mut headers = self.headers.clone();
        if let Some(token) = credentials.token()
            && !has_header(&headers, "x-amz-security-token")
        {
            headers.push(("X-Amz-Security-Token".to_owned(), token.to_owned()));
        }
        let payload = Payload::Bytes(self.body.as_bytes().into());
        let canonical = canonical_request(
            &self.method,
            &canonical_path(&self.path, PathStyle::Normalized),
            &canonical_query(&self.query),
            &canonical_headers(&headers, None, is_signed_header),
            &payload.hash(),
        );
        same("canonical request", &canonical, &self.canonical)?;
        let scope = credential_scope(&time.date(), Some(REGION), SERVICE);
        let to_sign = string_to_sign(ALGORITHM_V4, &time.amz_date(), &scope, &canonical);
        same("string to sign", &to_sign, &self.string_to_sign)?;
        let key = SigningKey::derive(credentials, &time.date(), REGION, SERVICE);
        let (_, signature) = self.authorization.rsplit_once('=').unwrap();
        same("signature", &key.sign(&to_sign), signature)
    }

    /// Signing, and verifying what was signed.
    fn check_whole(&self, credentials: &Credentials, time: SigningTime) -> Result<(), String> {
        let (_, host) = self
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("host"))
            .unwrap();
        let mut url = format!("https://{host}{}", self.path);
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&on_the_wire(&self.query));
        }
        let mut request = SignableRequest {
            method: self.method.as_str().into(),
            url,
            headers: self.headers.clone(),
            payload: Payload::Bytes(self.body.as_bytes().into()),
        };
        let signing = Signing {
            scheme: Scheme::V4,
            signing_name: SERVICE.to_owned(),
            region: REGION.to_owned(),
        };
        sign_request(
            &mut request,
            &signing,
            Identity::Credentials(credentials),
            time,
        )
        .map_err(|error| error.to_string())?;
        let authorization = request.header("authorization").unwrap_or_default();
        same("Authorization", authorization, &self.authorization)?;

        let (method, target, signed_headers, body) = parse_request(&self.signed);
        same("method", &request.method, &method)?;
        same("body", &self.body, &body)?;
        let mut expected = sorted(&signed_headers);
        // Checked against its own file above; one of these copies is misprinted.
        expected.retain(|(name, _)| name != "authorization");
        if !has_header(&request.headers, "x-amz-security-token") {
            // The suite shows a token that is added behind the signature.
            expected.retain(|(name, _)| name != "x-amz-security-token");
        }
        let mut actual = sorted(&request.headers);
        actual.retain(|(name, _)| name != "authorization");
        if actual != expected {
            return Err(format!("headers {actual:?}\nexpected {expected:?}"));
        }

        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let received = Received {
            method: &method,
            path,
            query,
            headers: &request.headers,
        };
        let presented = Presented::find(&received).map_err(|error| error.to_string())?;
        presented
            .verify(&received, credentials, Some(&request.payload.hash()), time)
            .map_err(|error| format!("does not verify: {error:?}"))
    }
}

fn same(what: &str, actual: &str, expected: &str) -> Result<(), String> {
    if actual == expected {
        Ok(())
    } else {
        Err(format!(
            "{what}\nactual   {actual:?}\nexpected {expected:?}"
        ))
    }
}

fn has_header(headers: &[(String, String)], name: &str) -> bool {
    headers
        .iter()
        .any(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn sorted(headers: &[(String, String)]) -> Vec<(String, String)> {
    let mut headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .collect();
    headers.sort();
    headers
}

/// The suite writes some queries unencoded; a URL cannot.
fn on_the_wire(query: &str) -> String {
    query
        .bytes()
        .map(|byte| match byte {
            0x21..=0x7e => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Method, target, headers and body; a folded header line is joined with a space.
fn parse_request(text: &str) -> (String, String, Vec<(String, String)>, String) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
    let (target, _version) = rest.rsplit_once(' ').unwrap();
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        if line.starts_with([' ', '\t']) {
            let (_, value) = headers.last_mut().unwrap();
            value.push(' ');
            value.push_str(line.trim());
        } else {
            let (name, value) = line.split_once(':').unwrap();
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    (
        method.to_owned(),
        target.to_owned(),
        headers,
        body.to_owned(),
    )
}

fn find_cases(folder: &Path, cases: &mut Vec<PathBuf>) {
    let mut has_request = false;
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_cases(&path, cases);
        } else if path.extension().is_some_and(|extension| extension == "req") {
            has_request = true;
        }
    }
    if has_request {
        cases.push(folder.to_owned());
    }
}
