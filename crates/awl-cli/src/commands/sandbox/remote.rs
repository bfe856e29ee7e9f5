//! What is asked of a sandbox that runs, over its control channel.

use awl_sdk::transport::{HttpRequest, RequestBody, Transport, TransportConfig, TransportError};
use awl_value::{Map, Value, json};

use super::place::Running;
use crate::commands::call;
use crate::error::CommandError;

/// Has a verb carried out; its answer.
pub(super) fn ask(running: &Running, verb: &str, parameters: Map) -> Result<Map, CommandError> {
    let mut request = HttpRequest::new("POST", format!("{}/_awl/control/{verb}", running.endpoint));
    request.set_header("Authorization", format!("Bearer {}", running.token));
    request.set_header("Content-Type", "application/json");
    request.body = RequestBody::Bytes(json::to_string(&parameters.into()).into());
    // No proxy stands between.
    let transport = Transport::new(TransportConfig::default());
    let failed = |error: TransportError| {
        let endpoint = &running.endpoint;
        CommandError::general(format!(
            "the sandbox at {endpoint} does not answer: {error}"
        ))
    };
    let (status, body) = call::until_interrupted(async {
        let response = transport.send(&request).await.map_err(failed)?;
        let status = response.status;
        Ok((status, response.body.collect().await.map_err(failed)?))
    })?;
    let answer = std::str::from_utf8(&body).ok().map(json::parse);
    let Some(Ok(Value::Map(answer))) = answer else {
        return Err(CommandError::general(format!(
            "the sandbox at {} gives no answer that can be read (status {status})",
            running.endpoint
        )));
    };
    if status == 200 {
        return Ok(answer);
    }
    let message = answer.get("message").and_then(Value::as_str);
    Err(CommandError::general(
        message.unwrap_or("the sandbox refuses this"),
    ))
}
