//! The notations: each writes what the encoding walk tells it and reads what
//! the decoding walk asks for. None knows HTTP or the direction of a message.

pub(crate) mod cbor;
pub(crate) mod form;
pub(crate) mod json;
pub(crate) mod xml;
