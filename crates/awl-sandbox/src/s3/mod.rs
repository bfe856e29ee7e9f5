//! The Simple Storage Service.

pub(crate) mod checksum;

use awl_protocol::Headers;
use awl_protocol::server::Failure;

use checksum::Algorithm;

/// The checksums to compute of an object that comes: those that the request
/// announces, else the one that S3 computes by itself.
pub(crate) fn algorithms(headers: &Headers) -> Vec<Algorithm> {
    let sent = headers.iter().filter_map(|(name, value)| match name {
        "x-amz-trailer" => Algorithm::of_header(value.trim()),
        "x-amz-sdk-checksum-algorithm" => Algorithm::parse(value),
        name => Algorithm::of_header(name),
    });
    let mut algorithms: Vec<Algorithm> = sent.collect();
    algorithms.sort_by_key(|own| own.name());
    algorithms.dedup();
    if algorithms.is_empty() {
        algorithms.push(Algorithm::Crc64Nvme);
    }
    algorithms
}

/// Checks the length that a body is said to have.
pub(crate) fn check_length(headers: &Headers, limit: u64) -> Result<(), Failure> {
    let decoded = headers.get("x-amz-decoded-content-length");
    let Some(length) = decoded.or_else(|| headers.get("content-length")) else {
        let text = "You must provide the Content-Length HTTP header.";
        return Err(Failure::new("MissingContentLength", text).with_status(411));
    };
    let length: u64 = length.trim().parse().map_err(|_| {
        let text = "A header you provided implies functionality that is not implemented";
        Failure::new("NotImplemented", text).with_status(501)
    })?;
    if length > limit {
        return Err(too_large(length, limit));
    }
    Ok(())
}

/// The error of an object that is larger than it may be.
pub(crate) fn too_large(length: u64, limit: u64) -> Failure {
    Failure::new(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
    )
    .with_detail("ProposedSize", length.to_string())
    .with_detail("MaxSizeAllowed", limit.to_string())
}
