//! The checksum of a request.

use awl_model::{Node, Operation};
use awl_value::Map;

use super::chunked::ChunkedSource;
use super::{ChecksumAlgorithm, ChecksumError};
use crate::transport::{HttpRequest, TransportError};

/// What requests carry where nobody asks for another.
const DEFAULT: ChecksumAlgorithm = ChecksumAlgorithm::Crc64Nvme;

/// `request_checksum_calculation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumCalculation {
    /// Wherever the operation can have one.
    WhenSupported,
    /// Only where it must have one.
    WhenRequired,
}

/// Where in the request the checksum stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In a header: the body is read before it is sent.
    Header,
    /// After the body, which is then `aws-chunked` and not signed.
    Trailer,
}

/// What a checksum depends on.
#[derive(Clone, Copy, Debug)]
pub struct ChecksumContext<'a> {
    /// The operation.
    pub operation: Operation,
    /// Its parameters.
    pub params: &'a Map,
    /// The request, as serialised.
    pub request: &'a HttpRequest,
    /// The setting.
    pub calculation: ChecksumCalculation,
    /// Whether the request is to be presigned: it then gets no checksum that
    /// nobody asked for.
    pub presigned: bool,
    /// Whether it will be signed with the old signature of S3, which knows no
    /// trailers.
    pub legacy_s3_signature: bool,
}

/// The checksum that a request is to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestChecksum {
    /// The algorithm.
    pub algorithm: ChecksumAlgorithm,
    /// Where it stands.
    pub placement: Placement,
    /// The header that names the algorithm, where the caller has not.
    pub algorithm_header: Option<&'static str>,
}

impl RequestChecksum {
    /// The checksum for a request; `None`: it carries none, or has one.
    ///
    /// # Errors
    /// The caller asked for an algorithm that is not supported.
    // Parity: httpchecksum.py, resolve_request_checksum_algorithm.
    pub fn resolve(context: &ChecksumContext<'_>) -> Result<Option<Self>, ChecksumError> {
        if context
            .request
            .headers
            .iter()
            .any(|(name, _)| is_checksum_header(name))
        {
            return Ok(None);
        }
        let traits = context.operation.traits();
        let checksum = traits.get("httpChecksum");
        let member = checksum.str("requestAlgorithmMember");
        let asked = member.and_then(|member| context.params.get(member));
        let (algorithm, algorithm_header) = match asked {
            Some(asked) => {
                let name = asked.as_str().unwrap_or_default();
                let algorithm = ChecksumAlgorithm::parse(name)
                    .ok_or_else(|| ChecksumError::Unsupported(name.to_lowercase()))?;
                (algorithm, None)
            }
            None => {
                let supported =
                    member.is_some() && context.calculation == ChecksumCalculation::WhenSupported;
                if context.presigned || !(supported || is_required(traits)) {
                    return Ok(None);
                }
                (DEFAULT, algorithm_header(context.operation, member))
            }
        };
        let trailer = context.operation.streaming_input().is_some()
            && context.request.url.starts_with("https:")
            && !context.legacy_s3_signature;
        Ok(Some(Self {
            algorithm,
            placement: if trailer {
                Placement::Trailer
            } else {
                Placement::Header
            },
            algorithm_header,
        }))
    }

    /// Puts the checksum into the request, whose body is final.
    ///
    /// # Errors
    /// A body that cannot be read twice, where the checksum goes before it.
    // Parity: httpchecksum.py, apply_request_checksum.
    pub async fn apply(&self, request: &mut HttpRequest) -> Result<(), TransportError> {
        let name = self.algorithm.header();
        if request.header(name).is_none() {
            match self.placement {
                Placement::Header => {
                    let mut hasher = self.algorithm.hasher();
                    request
                        .body
                        .read_through(|bytes| hasher.update(bytes))
                        .await
                        .map_err(|source| TransportError::RequestBody { source })?;
                    request.set_header(name, hasher.finish_base64());
                }
                Placement::Trailer => self.apply_trailer(request),
            }
        }
        if let Some(header) = self.algorithm_header {
            request.set_header(header, self.algorithm.name());
        }
        Ok(())
    }

    fn apply_trailer(&self, request: &mut HttpRequest) {
        request.set_header("Transfer-Encoding", "chunked");
        let encoding = match request.header("Content-Encoding") {
            Some(other) => format!("{other},aws-chunked"),
            None => "aws-chunked".to_owned(),
        };
        request.set_header("Content-Encoding", encoding);
        request.set_header("X-Amz-Trailer", self.algorithm.header());
        if let Some(length) = request.body.length() {
            request.set_header("X-Amz-Decoded-Content-Length", length.to_string());
            request.remove_header("Content-Length");
        }
        let body = std::mem::take(&mut request.body);
        request.body = ChunkedSource::wrap(body, self.algorithm);
    }
}

/// Whether the operation must have a checksum.
fn is_required(traits: Node) -> bool {
    let is_true = |node: Node| node.as_bool() == Some(true);
    is_true(traits.get("httpChecksumRequired"))
        || is_true(traits.get("httpChecksum").get("requestChecksumRequired"))
}

/// The header that the member naming the algorithm is sent in.
fn algorithm_header(operation: Operation, member: Option<&str>) -> Option<&'static str> {
    operation.input()?.member(member?)?.location_name()
}

/// Whether a header is a checksum that the caller has made, or says something
/// about one: `x-amz-checksum-` and one word.
// Parity: botocore/utils.py, CHECKSUM_HEADER_PATTERN.
fn is_checksum_header(name: &str) -> bool {
    const PREFIX: &str = "x-amz-checksum-";
    name.split_at_checked(PREFIX.len())
        .is_some_and(|(prefix, rest)| {
            prefix.eq_ignore_ascii_case(PREFIX)
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
