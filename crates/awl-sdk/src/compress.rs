//! Compression of request bodies, where the model allows it.
// Parity: botocore/compress.py.

use std::io::{self, Write as _};

use awl_model::{Node, Operation};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::transport::{HttpRequest, RequestBody};

/// The settings of request compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompressionConfig {
    /// `disable_request_compression`.
    pub disabled: bool,
    /// `request_min_compression_size_bytes`: what is smaller is sent as it is.
    pub minimal_size: u64,
}

/// Compresses the body of a request where the operation can take it and it is
/// large enough; says whether it did. A body that streams is compressed
/// whatever its size, unless the service has to know its length. The result
/// is held in memory, as the real client holds it.
///
/// # Errors
/// What reading the body says.
pub async fn compress(
    operation: Operation,
    config: CompressionConfig,
    request: &mut HttpRequest,
) -> io::Result<bool> {
    let offered = operation
        .traits()
        .get("requestcompression")
        .get("encodings");
    let gzip = offered
        .items()
        .filter_map(Node::as_str)
        .any(|name| name == "gzip");
    if !gzip || config.disabled || !is_worth_it(operation, config, &request.body) {
        return Ok(false);
    }
    request.body = gzipped(&request.body).await?.into();
    let encoding = match request.header("Content-Encoding") {
        Some(other) => format!("{other},gzip"),
        None => "gzip".to_owned(),
    };
    request.set_header("Content-Encoding", encoding);
    request.remove_header("Content-Length");
    Ok(true)
}

fn is_worth_it(operation: Operation, config: CompressionConfig, body: &RequestBody) -> bool {
    match operation.streaming_input() {
        Some(member) => !member.shape().requires_length(),
        None => config.minimal_size <= body.length().unwrap_or(0),
    }
}

async fn gzipped(body: &RequestBody) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let mut failure = None;
    body.read_once(|bytes| {
        if let Err(error) = encoder.write_all(bytes) {
            failure = Some(error);
        }
    })
    .await?;
    match failure {
        Some(error) => Err(error),
        None => encoder.finish(),
    }
}
