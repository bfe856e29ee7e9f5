//! What a call gives back.

use awl_protocol::Items;
use awl_value::{Map, Value};
use bytes::Bytes;

use crate::Error;
use crate::checksum::ChecksumValidator;
use crate::transport::ResponseBody;

/// A service's answer.
#[derive(Debug)]
pub struct Output {
    /// The members of the output shape, in the model's order.
    pub value: Map,
    /// The streaming payload, where the call asked to keep it
    /// ([`crate::Call::stream`]), or the bytes of an event stream.
    pub body: Option<StreamingBody>,
    /// The HTTP status.
    pub status: u16,
    /// The response's headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The request's id, where the response names one.
    pub request_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
    /// The items that the call wanted as text ([`crate::Call::transcript`]); their
    /// list is empty in `value`. None where the service's answers are changed after
    /// they are read, so that text is not to be had.
    pub items: Option<Items>,
}

impl Output {
    /// A member of the answer.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.value.get(name)
    }
}

/// A body that streams, and is checked against its checksum at its end.
#[derive(Debug)]
pub struct StreamingBody {
    body: ResponseBody,
    validator: Option<ChecksumValidator>,
}

impl StreamingBody {
    pub(super) const fn new(body: ResponseBody, validator: Option<ChecksumValidator>) -> Self {
        Self { body, validator }
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// A body that breaks off, or has not the checksum that it should have.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.body.chunk().await?;
        match (&chunk, &mut self.validator) {
            (Some(bytes), Some(validator)) => validator.update(bytes),
            (None, validator) => {
                if let Some(validator) = validator.take() {
                    validator.finish()?;
                }
            }
            (Some(_), None) => {}
        }
        Ok(chunk)
    }

    /// How many bytes are to come, where the response says so.
    #[must_use]
    pub fn expected_length(&self) -> Option<u64> {
        self.body.expected_length()
    }
}
