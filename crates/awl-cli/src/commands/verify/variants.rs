//! What may have been signed: the request as a service reads it, and as
//! signers commonly mistake it.

use awl_sign::{
    CanonicalHeaders, Credentials, EMPTY_SHA256, PathStyle, Payload, Presented, SignatureLocation,
    UNSIGNED_PAYLOAD, canonical_headers, canonical_path, canonical_query, canonical_request,
};

use super::message::Message;

/// How many mistakes are looked for at once.
const MISTAKES: usize = 2;

/// A reading of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The canonical request.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// What is other than a service reads it, in words.
    pub mistakes: Vec<String>,
}

/// The ways to read one part of a request; the first is a service's, without
/// words.
type Ways<T> = Vec<(String, T)>;

/// The ways to read each part.
struct Parts {
    methods: Ways<String>,
    paths: Ways<String>,
    queries: Ways<String>,
    headers: Ways<CanonicalHeaders>,
    hashes: Ways<String>,
}

/// The request as the service reads it.
pub(super) fn of_service(message: &Message, presented: &Presented) -> Reading {
    let parts = Parts::new(message, presented);
    parts.reading(presented, [0; 5])
}

/// A reading that the signature is of, with as few mistakes as can be.
pub(super) fn find(
    message: &Message,
    presented: &Presented,
    credentials: &Credentials,
) -> Option<Reading> {
    let parts = Parts::new(message, presented);
    let counts = [
        parts.methods.len(),
        parts.paths.len(),
        parts.queries.len(),
        parts.headers.len(),
        parts.hashes.len(),
    ];
    let all = choices(&counts);
    (0..=MISTAKES).find_map(|mistakes| {
        all.iter()
            .filter(|choice| choice.iter().filter(|way| **way > 0).count() == mistakes)
            .map(|choice| parts.reading(presented, *choice))
            .find(|reading| presented.signs(&reading.string_to_sign, credentials))
    })
}

/// All choices of ways.
fn choices(counts: &[usize; 5]) -> Vec<[usize; 5]> {
    let mut all = vec![[0; 5]];
    for (part, count) in counts.iter().enumerate() {
        let before = all.clone();
        for way in 1..*count {
            all.extend(before.iter().map(|choice| {
                let mut choice = *choice;
                choice[part] = way;
                choice
            }));
        }
    }
    all
}

/// The hash that takes the body's place for the service.
pub(super) fn sent_hash(message: &Message, presented: &Presented) -> String {
    const NAME: &str = "x-amz-content-sha256";
    let in_query = presented.location == SignatureLocation::Query;
    let of_parameter = || {
        message
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| in_query && name.eq_ignore_ascii_case(NAME))
            .map(|(_, value)| value)
    };
    let is_s3 = presented.signing().scheme.is_s3();
    match message.header(NAME).or_else(of_parameter) {
        Some(sent) => sent.to_owned(),
        None if in_query && is_s3 => UNSIGNED_PAYLOAD.to_owned(),
        None => body_hash(&message.body),
    }
}

/// The hash of a body.
pub(super) fn body_hash(body: &[u8]) -> String {
    Payload::Bytes(body.into()).hash().into_owned()
}

impl Parts {
    fn new(message: &Message, presented: &Presented) -> Self {
        Self {
            methods: methods(message),
            paths: paths(message, presented),
            queries: queries(message, presented),
            headers: headers(message, presented),
            hashes: hashes(message, presented),
        }
    }

    fn reading(&self, presented: &Presented, choice: [usize; 5]) -> Reading {
        let [method, path, query, headers, hash] = choice;
        let (method, path) = (&self.methods[method], &self.paths[path]);
        let (query, headers) = (&self.queries[query], &self.headers[headers]);
        let hash = &self.hashes[hash];
        let canonical_request =
            canonical_request(&method.1, &path.1, &query.1, &headers.1, &hash.1);
        let words = [&method.0, &path.0, &query.0, &headers.0, &hash.0];
        Reading {
            string_to_sign: presented.string_to_sign(&canonical_request),
            canonical_request,
            mistakes: words
                .into_iter()
                .filter(|words| !words.is_empty())
                .cloned()
                .collect(),
        }
    }
}

/// Adds a way, unless there is one that comes to the same.
fn add<T: PartialEq>(ways: &mut Ways<T>, words: impl Into<String>, way: T) {
    if !ways.iter().any(|(_, known)| *known == way) {
        ways.push((words.into(), way));
    }
}

fn methods(message: &Message) -> Ways<String> {
    let mut ways = vec![(String::new(), message.method.to_ascii_uppercase())];
    for method in ["GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "OPTIONS"] {
        add(&mut ways, format!("the method is {method}"), method.into());
    }
    ways
}

fn paths(message: &Message, presented: &Presented) -> Ways<String> {
    let base = presented.signing().scheme.path_style();
    let path = message.path.as_str();
    let mut ways = vec![(String::new(), canonical_path(path, base).into_owned())];
    for (normalizes, encodes) in [(false, true), (true, true), (true, false), (false, false)] {
        let style = PathStyle::new(normalizes, encodes);
        let mut words = Vec::new();
        if normalizes != base.normalizes() {
            words.push(match normalizes {
                true => "the path is normalised",
                false => "the path is not normalised",
            });
        }
        if encodes != base.encodes() {
            words.push(match encodes {
                true => "the path is encoded twice",
                false => "the path is encoded once only",
            });
        }
        let way = canonical_path(path, style).into_owned();
        add(&mut ways, words.join(" and "), way);
    }
    // One that signs what it does not send: encoded in one place only.
    let encoded = awl_sign::wire_path(path);
    let again = canonical_path(&encoded, base).into_owned();
    add(&mut ways, "the path's characters are encoded", again);
    let decoded = decode(path);
    let way = canonical_path(&decoded, PathStyle::Encoded).into_owned();
    add(
        &mut ways,
        "the path's characters are all encoded, once",
        way,
    );
    let plain = canonical_path(&decoded, PathStyle::AsSent).into_owned();
    add(&mut ways, "the path is not encoded at all", plain);
    let (words, slashed) = match path.strip_suffix('/') {
        Some(bare) => ("the path does not end in a slash", bare.to_owned()),
        None => ("the path ends in a slash", format!("{path}/")),
    };
    add(
        &mut ways,
        words,
        canonical_path(&slashed, base).into_owned(),
    );
    ways
}

fn queries(message: &Message, presented: &Presented) -> Ways<String> {
    let query = presented.signed_query(&message.query);
    let mut ways = vec![(String::new(), canonical_query(&query))];
    let spaces = canonical_query(&query.replace('+', "%20"));
    add(&mut ways, "a + in the query is a space", spaces);
    add(
        &mut ways,
        "the query is as it is written, neither sorted nor encoded",
        query.clone(),
    );
    let mut sorted: Vec<&str> = query.split('&').collect();
    sorted.sort_unstable();
    add(
        &mut ways,
        "the query is sorted as it is written, but not encoded",
        sorted.join("&"),
    );
    if presented.location == SignatureLocation::Headers {
        add(&mut ways, "the query is left out", String::new());
    } else {
        // The token can be added behind the signature.
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.starts_with("X-Amz-Security-Token="))
            .collect();
        add(
            &mut ways,
            "the session token is not signed",
            canonical_query(&kept.join("&")),
        );
    }
    ways
}

fn headers(message: &Message, presented: &Presented) -> Ways<CanonicalHeaders> {
    let is_signed = |name: &str| presented.has_signed(name);
    let canonical = |headers: &[(String, String)]| canonical_headers(headers, None, is_signed);
    let mut ways = vec![(String::new(), canonical(&message.headers))];
    let with = |name: &str, value: &str| {
        let mut headers = message.headers.clone();
        for (known, old) in &mut headers {
            if known.eq_ignore_ascii_case(name) {
                value.clone_into(old);
            }
        }
        canonical(&headers)
    };
    if let Some(host) = message.header("host") {
        let name = crate::commands::sign::request::host_name(host);
        for host in [name.to_owned(), format!("{name}:443"), format!("{name}:80")] {
            let way = with("host", &host);
            add(&mut ways, format!("the host is {host}"), way);
        }
    }
    add(
        &mut ways,
        "white space in headers stays as it is",
        uncollapsed(message, presented),
    );
    ways
}

/// Headers whose values are only trimmed.
fn uncollapsed(message: &Message, presented: &Presented) -> CanonicalHeaders {
    let mut names: Vec<&str> = presented
        .signed_headers
        .iter()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let lines = names.iter().map(|name| {
        let values: Vec<&str> = message
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect();
        format!("{name}:{}\n", values.join(","))
    });
    CanonicalHeaders {
        lines: lines.collect(),
        signed: names.join(";"),
    }
}

fn hashes(message: &Message, presented: &Presented) -> Ways<String> {
    let mut ways = vec![(String::new(), sent_hash(message, presented))];
    let body = message.body.as_slice();
    add(&mut ways, "the body is the one given here", body_hash(body));
    add(
        &mut ways,
        "the body is not signed (UNSIGNED-PAYLOAD)",
        UNSIGNED_PAYLOAD.to_owned(),
    );
    add(&mut ways, "the body is empty", EMPTY_SHA256.to_owned());
    if let Some(bare) = body.strip_suffix(b"\n") {
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        add(
            &mut ways,
            "the body has no line break at its end",
            body_hash(bare),
        );
    } else if !body.is_empty() {
        let longer = [body, b"\n"].concat();
        add(
            &mut ways,
            "the body has a line break at its end",
            body_hash(&longer),
        );
    }
    ways
}

/// Undoes percent-encoding where that makes a text.
fn decode(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut output = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%')
            .then(|| path.get(at + 1..at + 3))
            .flatten()
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        output.push(escape.unwrap_or(bytes[at]));
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8(output).unwrap_or_else(|_| path.to_owned())
}
