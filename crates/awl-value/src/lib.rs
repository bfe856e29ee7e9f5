//! Ordered dynamic values, their JSON text, and JMESPath over them. This is
//! what flows through every stage of a call: parameters in, output out.
//!
//! The crate does no I/O, knows no clock and no time zone.
//!
//! ```
//! use awl_value::{Value, json};
//! let value = json::parse(r#"{"Zebra": 1.10, "Ant": 12345678901234567890}"#).unwrap();
//! assert_eq!(json::to_string(&value), r#"{"Zebra": 1.1, "Ant": 12345678901234567890}"#);
//! ```

pub mod jmespath;
pub mod json;
mod key;
mod map;
pub mod python;
mod timestamp;
mod value;

pub use key::{Interner, Key};
pub use map::Map;
pub use timestamp::{Timestamp, Zone};
pub use value::{Value, python_float};
