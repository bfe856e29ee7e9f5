//! What a call gives back.

use awl_value::{Map, Value};

use crate::transport::ResponseBody;

/// A service's answer.
#[derive(Debug)]
pub struct Output {
    /// The members of the output shape, in the model's order.
    pub value: Map,
    /// The streaming payload, where the call asked to keep it
    /// ([`crate::Call::stream`]), or the bytes of an event stream.
    pub body: Option<ResponseBody>,
    /// The HTTP status.
    pub status: u16,
    /// The response's headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The request's id, where the response names one.
    pub request_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
}

impl Output {
    /// A member of the answer.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.value.get(name)
    }
}
