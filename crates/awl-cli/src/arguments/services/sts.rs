//! `sts`: what a decoded authorization message says, for whoever reads it.

use awl_value::{Value, json};

use crate::arguments::added::Customization;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    // JSON in a string in JSON can hardly be read.
    note: Some(|answer| {
        let message = answer.get("DecodedMessage").and_then(Value::as_str)?;
        let message = json::parse(message).ok()?;
        let mut text = String::new();
        json::write(&message, json::Style::PRETTY, &mut text);
        Some(text)
    }),
    ..Customization::of("decode-authorization-message")
}];
