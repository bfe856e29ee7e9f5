//! `s3api`: the records that are selected go to a file.
// Parity: awscli/customizations/s3events.py.

use crate::arguments::added::{Added, Customization, Takes, text};

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    table: |table| table.add(&OUTFILE),
    ..Customization::of("select-object-content")
}];

static OUTFILE: Added = Added::new("outfile", "", |_, setting, value| {
    *setting.events_to = Some(text(&value));
    Ok(())
})
.taking(Takes::Positional)
.required();
