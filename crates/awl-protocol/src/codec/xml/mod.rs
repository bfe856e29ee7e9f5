//! XML, written as ElementTree writes it and read as botocore reads the trees
//! that ElementTree makes: names without their namespaces, items in any order.

mod reader;
mod tokens;
mod writer;

pub(crate) use reader::XmlDecoder;
pub(crate) use writer::XmlEncoder;
