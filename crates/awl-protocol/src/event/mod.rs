//! Event streams: the frames, and the events that a request and a response
//! bring, read and written.

mod frame;
mod parser;
mod writer;

pub use frame::{Frame, FrameBuffer, FrameError, HeaderValue};
pub use parser::{Event, EventStreamParser};
pub use writer::{
    encode_event, encode_failure, encode_initial_request, encode_initial_response,
    encode_response_event,
};
