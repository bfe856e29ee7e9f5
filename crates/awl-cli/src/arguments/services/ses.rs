//! `ses`: an e-mail without the structures around its parts.
// Parity: awscli/customizations/sessendemail.py.

use awl_value::Value;

use crate::arguments::added::{Added, Customization, Setting, Takes, is_true, map, map_at};
use crate::error::CommandError;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    table: |table| {
        table.require("message", false);
        table.require("destination", false);
        table.rename("source", "from");
        for added in ADDED {
            table.add(added);
        }
    },
    check: |given| {
        given.exclude(&[&["destination"], &["to", "cc", "bcc"]])?;
        given.exclude(&[&["message"], &["text", "html"]])
    },
    ..Customization::of("send-email")
}];

static ADDED: &[Added] = &[
    Added::new("to", "ToAddresses", set_addresses).taking(Takes::Words),
    Added::new("cc", "CcAddresses", set_addresses).taking(Takes::Words),
    Added::new("bcc", "BccAddresses", set_addresses).taking(Takes::Words),
    Added::new("subject", "Subject", set_part),
    Added::new("text", "Text", set_part),
    Added::new("html", "Html", set_part),
];

fn set_addresses(
    added: &Added,
    setting: &mut Setting<'_>,
    value: Value,
) -> Result<(), CommandError> {
    if is_true(&value) {
        map_at(setting.parameters, "Destination").insert(added.key, value);
    }
    Ok(())
}

fn set_part(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    if !is_true(&value) {
        return Ok(());
    }
    if !setting.parameters.contains_key("Message") {
        let message = map([("Subject", map([])), ("Body", map([]))]);
        setting.parameters.push("Message", message);
    }
    let message = map_at(setting.parameters, "Message");
    let whole = match added.key {
        "Subject" => message,
        _ => map_at(message, "Body"),
    };
    whole.insert(added.key, map([("Data", value)]));
    Ok(())
}
