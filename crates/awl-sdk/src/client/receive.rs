//! Reading a response: an answer, an error, or something broken.

use awl_protocol::{
    Headers, Items, ParseError, ParseOptions, Transcript, parse_error, parse_response,
    transcribe_response,
};
use awl_value::Map;
use bytes::Bytes;

use super::{Call, Client, Output, Prepared, StreamingBody};
use crate::checksum::ResponseChecksum;
use crate::error::{Error, OperationError};
use crate::handlers::RawResponse;
use crate::observe::{Event, Watch};
use crate::transport::HttpResponse;

/// What one attempt ended with.
pub(super) enum Attempt {
    Answer(Box<Output>),
    Refused(Box<OperationError>),
    Failed(Error),
}

/// An attempt's end, and what the retry rules want to know of it.
pub(super) struct Received {
    pub attempt: Attempt,
    /// The status, after the service's handlers have corrected it.
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// The body, where it was read whole.
    pub body: Bytes,
}

impl Client {
    /// Reads a response of the attempt with this number.
    pub(super) async fn receive(
        &self,
        call: &Call,
        prepared: &Prepared,
        response: HttpResponse,
        number: u32,
        watch: &Watch,
    ) -> Received {
        let operation = prepared.operation;
        let HttpResponse {
            status,
            headers,
            body,
            ..
        } = response;
        let parsed: Headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect();
        let streams = operation.event_stream_output().is_some()
            || call.stream && operation.streaming_output().is_some();
        let keeps_body = status < 300 && streams;
        let options = ParseOptions {
            protocol: None,
            timestamps: call.timestamps,
            blobs: call.blobs,
            streaming_body: keeps_body,
            needs: None,
        };
        let checksum = ResponseChecksum::resolve(operation, &prepared.params, &headers)
            .filter(|_| status < 300);
        let mut kept = None;
        let mut bytes = Bytes::new();
        if keeps_body {
            let validator = checksum.as_ref().map(ResponseChecksum::validator);
            kept = Some(StreamingBody::new(body, validator));
        } else {
            match body.collect().await {
                Ok(collected) => {
                    if let Some(Err(error)) = checksum.map(|checksum| checksum.verify(&collected)) {
                        let attempt = Attempt::Failed(error.into());
                        return Received {
                            attempt,
                            status,
                            headers,
                            body: bytes,
                        };
                    }
                    bytes = collected;
                }
                Err(error) => {
                    let attempt = Attempt::Failed(error.into());
                    return Received {
                        attempt,
                        status,
                        headers,
                        body: bytes,
                    };
                }
            }
        }
        watch.see(Event::Response {
            operation,
            status,
            headers: &headers,
            body: (!keeps_body).then_some(&*bytes),
        });
        let context = self.context(operation);
        let mut raw = RawResponse {
            status,
            headers: parsed,
            body: bytes,
            customised: Map::new(),
        };
        (prepared.handlers.response)(&context, &mut raw);
        let mut answer = (raw.status < 300).then(|| read(call, prepared, &raw, &options, watch));
        if let (Some(Err(ParseError::Xml { .. })), Some(status)) =
            (&answer, prepared.handlers.unreadable)
        {
            raw.status = status;
            answer = None;
        }
        let attempt = match answer {
            None => {
                parse_error(operation, raw.status, &raw.headers, &raw.body, &options).map(|error| {
                    Attempt::Refused(Box::new(OperationError {
                        service: operation.service().name(),
                        error,
                        operation: operation.name(),
                        status: raw.status,
                        attempts: number,
                        retries_exhausted: false,
                        headers: headers.clone(),
                    }))
                })
            }
            Some(answer) => answer.map(|(mut value, items)| {
                (prepared.handlers.output)(&context, &call.params, &mut value);
                for (name, member) in std::mem::take(&mut raw.customised) {
                    value.insert(name, member);
                }
                Attempt::Answer(Box::new(Output {
                    value,
                    body: kept,
                    status: raw.status,
                    headers: headers.clone(),
                    request_id: request_id(&raw.headers),
                    attempts: number,
                    items,
                }))
            }),
        };
        let attempt = attempt.unwrap_or_else(|error| Attempt::Failed(error.into()));
        let result = match &attempt {
            Attempt::Answer(output) => Some(Ok(&output.value)),
            Attempt::Refused(error) => Some(Err(&**error)),
            Attempt::Failed(_) => None,
        };
        if let Some(result) = result {
            watch.see(Event::Parsed {
                operation,
                status: raw.status,
                headers: &headers,
                result,
            });
        }
        Received {
            attempt,
            status: raw.status,
            headers,
            body: raw.body,
        }
    }
}

/// Reads an answer; the items of a list as text, or only what is needed, where the
/// call wants that and nobody else sees it.
fn read(
    call: &Call,
    prepared: &Prepared,
    raw: &RawResponse,
    options: &ParseOptions<'_>,
    watch: &Watch,
) -> Result<(Map, Option<Items>), ParseError> {
    let operation = prepared.operation;
    let (status, headers, body) = (raw.status, &raw.headers, &raw.body);
    if prepared.handlers.changes_items || !raw.customised.is_empty() || watch.is_watched() {
        let output = parse_response(operation, status, headers, body, options)?;
        return Ok((output, None));
    }
    let options = ParseOptions {
        needs: call.needs.as_deref(),
        ..*options
    };
    match &call.transcript {
        Some(config) => {
            let transcript = Transcript::new(&config.path, &*config.local_offset);
            let (output, items) =
                transcribe_response(operation, status, headers, body, &options, transcript)?;
            Ok((output, items.found.then_some(items)))
        }
        None => {
            parse_response(operation, status, headers, body, &options).map(|output| (output, None))
        }
    }
}

/// The request's id: the header's name differs among services.
fn request_id(headers: &Headers) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"]
        .into_iter()
        .find_map(|name| headers.get(name))
        .map(str::to_owned)
}
