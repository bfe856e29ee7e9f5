//! Event streams: the frames, the events that a response brings, and those
//! that a request sends.

mod frame;
mod parser;
mod writer;

pub use frame::{Frame, FrameBuffer, FrameError, HeaderValue};
pub use parser::{Event, EventStreamParser};
pub use writer::{encode_event, encode_initial_request};
