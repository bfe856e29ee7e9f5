//! What is printed: answers, and requests where those are asked for.

mod printer;
mod request;
mod timestamps;

pub(crate) use printer::{BLOBS, Printer, compile_query};
pub(crate) use request::request_text;
pub(crate) use timestamps::local_zone;
