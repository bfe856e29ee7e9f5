//! What is printed: answers, and requests where those are asked for.

mod printer;
mod request;
mod table;
mod text;
mod timestamps;
mod yaml;

pub(crate) use printer::{BLOBS, Paging, Printer, compile_query, is_coloured};
pub(crate) use request::request_text;
pub(crate) use table::{Colour, Paper, RESET, write_table};
pub(crate) use text::write_text;
pub(crate) use timestamps::{local_zone, show_timestamps};
pub(crate) use yaml::write_yaml;
