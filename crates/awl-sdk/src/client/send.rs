//! Sending a prepared request until it has its answer.

use awl_protocol::{Headers, ParseOptions, parse_error, parse_response};

use super::{Call, Client, Output, Prepared};
use crate::error::{Error, OperationError};
use crate::handlers::RawResponse;
use crate::transport::HttpResponse;

/// What one attempt ended with.
enum Attempt {
    Answer(Output),
    Refused(Box<OperationError>),
    Failed(Error),
}

impl Client {
    pub(super) async fn exchange(&self, call: &Call, prepared: Prepared) -> Result<Output, Error> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let request = self.sign(&prepared).await?;
            let outcome = match self.inner.transport.send(&request).await {
                Ok(response) => self.receive(call, &prepared, response, attempts).await,
                Err(error) => Attempt::Failed(error.into()),
            };
            match outcome {
                Attempt::Answer(output) => return Ok(output),
                Attempt::Refused(error) => return Err(Error::Service(error)),
                Attempt::Failed(error) => return Err(error),
            }
        }
    }

    /// Reads a response: an answer, an error, or something broken.
    async fn receive(
        &self,
        call: &Call,
        prepared: &Prepared,
        response: HttpResponse,
        attempts: u32,
    ) -> Attempt {
        let operation = prepared.operation;
        let HttpResponse {
            status,
            headers,
            body,
        } = response;
        let parsed: Headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect();
        let mut options = ParseOptions {
            protocol: None,
            timestamps: call.timestamps,
            blobs: call.blobs,
            streaming_body: false,
        };
        let streams = operation.event_stream_output().is_some()
            || call.stream && operation.streaming_output().is_some();
        if status < 300 && streams {
            options.streaming_body = true;
            let request_id = request_id(&parsed);
            return match parse_response(operation, status, &parsed, &[], &options) {
                Ok(value) => Attempt::Answer(Output {
                    value,
                    body: Some(body),
                    status,
                    headers,
                    request_id,
                    attempts,
                }),
                Err(error) => Attempt::Failed(error.into()),
            };
        }
        let bytes = match body.collect().await {
            Ok(bytes) => bytes,
            Err(error) => return Attempt::Failed(error.into()),
        };
        let context = self.context(operation);
        let mut raw = RawResponse {
            status,
            headers: parsed,
            body: bytes,
        };
        (prepared.handlers.response)(&context, &mut raw);
        if raw.status >= 300 {
            return match parse_error(operation, raw.status, &raw.headers, &raw.body, &options) {
                Ok(error) => Attempt::Refused(Box::new(OperationError {
                    error,
                    operation: operation.name(),
                    status: raw.status,
                    attempts,
                    retries_exhausted: false,
                    headers,
                })),
                Err(error) => Attempt::Failed(error.into()),
            };
        }
        match parse_response(operation, raw.status, &raw.headers, &raw.body, &options) {
            Ok(mut value) => {
                (prepared.handlers.output)(&context, &prepared.params, &mut value);
                let request_id = request_id(&raw.headers);
                Attempt::Answer(Output {
                    value,
                    body: None,
                    status: raw.status,
                    headers,
                    request_id,
                    attempts,
                })
            }
            Err(error) => Attempt::Failed(error.into()),
        }
    }
}

// Parity: botocore/parsers.py, _add_modeled_parse and friends: the header's
// name differs among services.
fn request_id(headers: &Headers) -> Option<String> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"]
        .into_iter()
        .find_map(|name| headers.get(name))
        .map(str::to_owned)
}
