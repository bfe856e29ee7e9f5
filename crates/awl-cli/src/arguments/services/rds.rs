//! `rds`: `modify-option-group` as two commands, one that adds options and one
//! that removes them.
// Parity: awscli/customizations/rds.py.

use crate::arguments::added::Customization;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| {
            table.rename("options-to-include", "options");
            table.remove("options-to-remove");
        },
        ..Customization::of("add-option-to-option-group")
    },
    Customization {
        table: |table| {
            table.rename("options-to-remove", "options");
            table.remove("options-to-include");
        },
        ..Customization::of("remove-option-from-option-group")
    },
];
