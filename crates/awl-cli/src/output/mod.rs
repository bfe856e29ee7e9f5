//! What is printed: answers, and requests where those are asked for.

mod printer;
mod request;
mod rows;
mod table;
mod text;
mod timestamps;
mod yaml;

#[cfg(feature = "prompt")]
pub(crate) use printer::sample_text;
pub(crate) use printer::{BLOBS, Paging, Printer, compile_query, finish_rows, is_coloured};
pub(crate) use request::{CurlBody, curl_command, presigned_text, request_text};
pub(crate) use rows::{Layout, NAMES as ROW_LAYOUTS, Rows, of_page as rows_of_page};
pub(crate) use table::{Colour, Paper, RESET, write_table};
pub(crate) use text::write_text;
pub(crate) use timestamps::{local_zone, show_timestamps, zone_offset};
pub(crate) use yaml::{write_yaml, write_yaml_file};
