//! `translate`: the bytes of a terminology or a document by themselves.
// Parity: awscli/customizations/{translate,binaryhoist}.py.

use awl_value::Value;

use crate::arguments::added::{Added, Customization, Setting, map_at, merge};
use crate::error::CommandError;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| {
            table.add(&DATA_FILE);
            table.place(
                "terminology-data",
                |setting, member, value| {
                    if value.get("File").is_some() {
                        return Err(CommandError::validation(
                            "File cannot be provided as part of the '--terminology-data' \
                             argument. Please use the '--data-file' option instead to specify a \
                             file.",
                        ));
                    }
                    merge(setting, member, value)
                },
                Some("File"),
            );
            table.require("terminology-data", false);
        },
        ..Customization::of("import-terminology")
    },
    Customization {
        table: |table| {
            table.add(&DOCUMENT_CONTENT);
            table.place(
                "document",
                |setting, member, value| {
                    if value.get("Content").is_some() {
                        return Err(CommandError::validation(
                            "Content cannot be provided as a part of the '--document' argument. \
                             Please use the '--document-content' option instead to specify a file.",
                        ));
                    }
                    merge(setting, member, value)
                },
                Some("Content"),
            );
            table.require("document", true);
        },
        ..Customization::of("translate-document")
    },
];

static DATA_FILE: Added = Added::new("data-file", "File", |added, setting, value| {
    put(added, setting, "TerminologyData", value)
})
.required();

static DOCUMENT_CONTENT: Added =
    Added::new("document-content", "Content", |added, setting, value| {
        put(added, setting, "Document", value)
    })
    .required();

fn put(
    added: &Added,
    setting: &mut Setting<'_>,
    name: &'static str,
    value: Value,
) -> Result<(), CommandError> {
    map_at(setting.parameters, name).insert(added.key, value);
    Ok(())
}
