//! Whether data is what the request says: checksums in headers and trailers, and
//! MD5.

use awl_protocol::Headers;
use awl_protocol::server::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Digest as _;

use super::checksum::Algorithm;
use super::error;
use crate::door::{Call, Payload};

/// The checksums to compute of an object that comes: those that the request
/// announces, and the one that S3 computes by itself.
pub(crate) fn algorithms(headers: &Headers) -> Vec<Algorithm> {
    let mut algorithms: Vec<Algorithm> = announced(headers).collect();
    algorithms.push(Algorithm::Crc64Nvme);
    algorithms.sort_by_key(|own| own.name());
    algorithms.dedup();
    algorithms
}

fn announced(headers: &Headers) -> impl Iterator<Item = Algorithm> {
    headers.iter().filter_map(|(name, value)| match name {
        "x-amz-trailer" => Algorithm::of_header(value.trim()),
        "x-amz-sdk-checksum-algorithm" => Algorithm::parse(value),
        name => Algorithm::of_header(name),
    })
}

/// Checks an object's data, or a part's: the checksum that it is kept with.
pub(super) fn check(
    headers: &Headers,
    payload: &Payload,
) -> Result<Option<(Algorithm, String)>, Failure> {
    check_md5(headers, &payload.md5)?;
    let decoded = headers.get("x-amz-decoded-content-length");
    if decoded.is_some_and(|own| own.trim().parse() != Ok(payload.length)) {
        let text = "You did not provide the number of bytes specified by the Content-Length HTTP \
                    header";
        return Err(Failure::new("IncompleteBody", text));
    }
    let given = given(headers, &payload.trailers)?;
    let computed = |algorithm: Algorithm| {
        let mut computed = payload.checksums.iter();
        computed.find(|(own, _)| *own == algorithm).cloned()
    };
    let Some((algorithm, expected)) = given else {
        return Ok(computed(Algorithm::Crc64Nvme));
    };
    let computed = computed(algorithm);
    compare(
        algorithm,
        &expected,
        computed.as_ref().map(|(_, own)| &**own),
    )?;
    Ok(computed)
}

/// Checks the body of a request that brings no object.
pub(crate) fn check_small(call: &Call<'_>) -> Result<(), Failure> {
    if call.operation.streaming_input().is_some() {
        return Ok(());
    }
    let (headers, bytes) = (call.headers, call.payload.bytes());
    check_md5(headers, &md5::Md5::digest(bytes).into())?;
    let given = given(headers, &call.payload.trailers)?;
    if let Some((algorithm, expected)) = &given {
        compare(*algorithm, expected, Some(&algorithm.of(bytes)))?;
    }
    let traits = call.operation.traits();
    let required = traits.get("httpChecksum").get("requestChecksumRequired");
    if required.as_bool() == Some(true)
        && given.is_none()
        && headers.get("content-md5").is_none()
        // A policy of any size stands there, and its checksum is not asked for.
        && call.operation.name() != "PutBucketPolicy"
    {
        let text = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
        return Err(error::request(text));
    }
    Ok(())
}

/// The checksum that a request has in a header or trailer.
fn given(
    headers: &Headers,
    trailers: &[(String, String)],
) -> Result<Option<(Algorithm, String)>, Failure> {
    let in_headers = headers.iter().filter_map(|(name, value)| {
        let algorithm = Algorithm::of_header(name)?;
        Some((algorithm, value.trim().to_owned()))
    });
    let in_trailers = trailers.iter().filter_map(|(name, value)| {
        let algorithm = Algorithm::of_header(name)?;
        Some((algorithm, value.trim().to_owned()))
    });
    let mut all = in_headers.chain(in_trailers);
    let first = all.next();
    if all.next().is_some() {
        let text =
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
        return Err(error::request(text));
    }
    if let Some(trailer) = headers.get("x-amz-trailer")
        && Algorithm::of_header(trailer.trim()).is_some()
        && first.is_none()
    {
        let text = "The request contained trailing data that was not well-formed or did not \
                    conform to our published schema.";
        return Err(Failure::new("MalformedTrailerError", text));
    }
    let Some((algorithm, value)) = first else {
        let named = headers.get("x-amz-sdk-checksum-algorithm");
        // MD5 is such a checksum as well.
        if named.is_some() && headers.get("content-md5").is_none() {
            let text = "x-amz-sdk-checksum-algorithm specified, but no corresponding \
                        x-amz-checksum-* or x-amz-trailer headers were found.";
            return Err(error::request(text));
        }
        return Ok(None);
    };
    if !algorithm.is_one(&value) {
        let header = algorithm.header();
        return Err(error::request(format!(
            "Value for {header} header is invalid."
        )));
    }
    Ok(Some((algorithm, value)))
}

fn compare(algorithm: Algorithm, expected: &str, computed: Option<&str>) -> Result<(), Failure> {
    if computed == Some(expected) {
        return Ok(());
    }
    let name = algorithm.name();
    let text = format!("The {name} you specified did not match the calculated checksum.");
    Err(Failure::new("BadDigest", text))
}

fn check_md5(headers: &Headers, computed: &[u8; 16]) -> Result<(), Failure> {
    let Some(given) = headers.get("content-md5") else {
        return Ok(());
    };
    let bytes = STANDARD
        .decode(given.trim())
        .ok()
        .filter(|own| own.len() == 16);
    let Some(bytes) = bytes else {
        let failure = Failure::new(
            "InvalidDigest",
            "The Content-MD5 you specified was invalid.",
        );
        return Err(failure.with_detail("Content-MD5", given));
    };
    if bytes != computed {
        let text = "The Content-MD5 you specified did not match what we received.";
        return Err(Failure::new("BadDigest", text)
            .with_detail("ExpectedDigest", given)
            .with_detail("CalculatedDigest", STANDARD.encode(computed)));
    }
    Ok(())
}

/// Whether a request asks for no checksum, so that S3 computes its own.
pub(super) fn is_default(headers: &Headers) -> bool {
    announced(headers).next().is_none()
}
