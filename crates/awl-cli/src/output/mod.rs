//! What is printed: answers, and requests where those are asked for.

mod printer;
mod request;
mod text;
mod timestamps;

pub(crate) use printer::{BLOBS, Paging, Printer, compile_query};
pub(crate) use request::request_text;
pub(crate) use text::write_text;
pub(crate) use timestamps::{local_zone, show_timestamps};
