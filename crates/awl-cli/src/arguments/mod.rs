//! The arguments of an operation: which it has, and how the words of the
//! command line become its parameters.

pub(crate) mod added;
mod blobs;
mod cli_input;
pub(crate) mod own;
mod pagination;
mod paramfile;
mod renames;
mod schema;
mod services;
mod shorthand;
mod table;
mod unpack;
mod yaml;

pub(crate) use blobs::decode_blobs;
pub(crate) use cli_input::merge_cli_input;
pub(crate) use pagination::{
    PAGINATION_CONFIG, is_automatic, page_value, settle, take_page_config,
};
pub(crate) use paramfile::Files;
pub(crate) use renames::is_hidden;
pub(crate) use schema::{Field, Schema};
pub(crate) use services::customizations;
pub(crate) use table::{Argument, Kind, Table, destination};
pub(crate) use unpack::{Body, Place, Unpacked, unpack};
pub(crate) use yaml::{
    parse as parse_yaml, parse_with_lines as parse_yaml_with_lines,
    parse_with_tags as parse_yaml_with_tags,
};
