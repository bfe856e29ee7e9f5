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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    const ENABLED: CompressionConfig = CompressionConfig {
        disabled: false,
        minimal_size: 100,
    };

    fn operation(name: &str) -> Operation {
        let store = awl_test::compile(
            r#"{
            "metadata": {"serviceId": "Test", "protocol": "rest-json"},
            "operations": {
                "Put": {"name": "Put", "http": {"method": "POST", "requestUri": "/"},
                    "requestcompression": {"encodings": ["br", "gzip"]}},
                "Other": {"name": "Other", "http": {"method": "POST", "requestUri": "/"},
                    "requestcompression": {"encodings": ["br"]}},
                "Plain": {"name": "Plain", "http": {"method": "POST", "requestUri": "/"}},
                "Stream": {"name": "Stream", "http": {"method": "POST", "requestUri": "/"},
                    "input": {"shape": "Streaming"},
                    "requestcompression": {"encodings": ["gzip"]}},
                "Measured": {"name": "Measured", "http": {"method": "POST", "requestUri": "/"},
                    "input": {"shape": "MeasuredStreaming"},
                    "requestcompression": {"encodings": ["gzip"]}}
            },
            "shapes": {
                "Streaming": {"type": "structure", "payload": "Body",
                    "members": {"Body": {"shape": "Body", "streaming": true}}},
                "MeasuredStreaming": {"type": "structure", "payload": "Body",
                    "members": {"Body": {"shape": "MeasuredBody"}}},
                "Body": {"type": "blob"},
                "MeasuredBody": {"type": "blob", "streaming": true, "requiresLength": true}
            }}"#,
        );
        store.service("test").unwrap().operation(name).unwrap()
    }

    fn compressed(name: &str, config: CompressionConfig, body: RequestBody) -> HttpRequest {
        let mut request = HttpRequest::new("POST", "https://h/");
        request.body = body;
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(compress(operation(name), config, &mut request))
            .unwrap();
        request
    }

    fn plain(request: &HttpRequest) -> Vec<u8> {
        let mut plain = Vec::new();
        let bytes = request.body.as_bytes().unwrap();
        GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
        plain
    }

    #[test]
    fn large_bodies_are_compressed_where_the_model_says_so() {
        let disabled = CompressionConfig {
            disabled: true,
            ..ENABLED
        };
        for (name, config, size, expected) in [
            ("Put", ENABLED, 100, true),
            ("Put", ENABLED, 99, false),
            ("Put", disabled, 100, false),
            ("Other", ENABLED, 100, false),
            ("Plain", ENABLED, 100, false),
        ] {
            let body = vec![b'x'; size];
            let request = compressed(name, config, body.clone().into());
            let encoding = request.header("Content-Encoding");
            assert_eq!(encoding, expected.then_some("gzip"), "{name} {size}");
            if expected {
                assert_eq!(plain(&request), body);
            } else {
                assert_eq!(request.body.as_bytes().unwrap(), &body);
            }
        }
    }

    #[test]
    fn streams_are_compressed_whatever_their_size() {
        let body = || RequestBody::stream(&b"short"[..], None);
        assert_eq!(plain(&compressed("Stream", ENABLED, body())), b"short");
        let measured = compressed("Measured", ENABLED, body());
        assert_eq!(measured.header("Content-Encoding"), None);
        assert!(measured.body.as_bytes().is_none());
    }

    #[test]
    fn an_encoding_that_is_there_comes_first() {
        let mut request = HttpRequest::new("POST", "https://h/");
        request.set_header("Content-Encoding", "foo");
        request.body = vec![b'x'; 200].into();
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(compress(operation("Put"), ENABLED, &mut request))
            .unwrap();
        assert_eq!(request.header("Content-Encoding"), Some("foo,gzip"));
    }
}
