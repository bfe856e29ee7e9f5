//! `lambda`: the archive of a function or a layer by itself.
// Parity: awscli/customizations/awslambda.py.

use awl_model::Member;
use awl_value::Value;

use crate::arguments::Table;
use crate::arguments::added::{Added, Customization, Setting, map_at, merge};
use crate::error::CommandError;

const ZIP_FILE: &str = "ZipFile";

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| hoist(table, "code", &CODE),
        ..Customization::of("create-function")
    },
    Customization {
        table: |table| hoist(table, "content", &CONTENT),
        ..Customization::of("publish-layer-version")
    },
    Customization {
        table: |table| {
            table.place(
                "zip-file",
                |setting, member, value| {
                    check_archive(&value)?;
                    setting.parameters.insert(member.name(), value);
                    Ok(())
                },
                None,
            );
        },
        ..Customization::of("update-function-code")
    },
];

static CODE: Added = Added::new("zip-file", "Code", set_archive);
static CONTENT: Added = Added::new("zip-file", "Content", set_archive);

fn hoist(table: &mut Table, name: &str, archive: &'static Added) {
    table.add(archive);
    table.place(name, put_without_archive, Some(ZIP_FILE));
    table.require(name, false);
}

fn set_archive(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    check_archive(&value)?;
    map_at(setting.parameters, added.key).insert(ZIP_FILE, value);
    Ok(())
}

fn put_without_archive(
    setting: &mut Setting<'_>,
    member: Member,
    value: Value,
) -> Result<(), CommandError> {
    if value.get(ZIP_FILE).is_some() {
        return Err(CommandError::validation(format!(
            "ZipFile cannot be provided as part of the --{} argument.  Please use the \
             '--zip-file' option instead to specify a zip file.",
            member.name().to_lowercase()
        )));
    }
    merge(setting, member, value)
}

fn check_archive(value: &Value) -> Result<(), CommandError> {
    let is_archive = match value {
        Value::Blob(bytes) => is_archive(bytes),
        Value::String(text) => is_archive(text.as_bytes()),
        _ => false,
    };
    if is_archive {
        return Ok(());
    }
    Err(CommandError::validation(
        "--zip-file must be a zip file with the fileb:// prefix.\nExample usage:  --zip-file \
         fileb://path/to/file.zip",
    ))
}

/// Whether bytes are a zip archive, as far as its directory says.
// Parity: Lib/zipfile of Python, ZipFile._RealGetContents.
fn is_archive(bytes: &[u8]) -> bool {
    const END: &[u8] = b"PK\x05\x06";
    const END_SIZE: usize = 22;
    const ENTRY: &[u8] = b"PK\x01\x02";
    const ENTRY_SIZE: usize = 46;
    const LONGEST_COMMENT: usize = 1 << 16;
    let from = bytes.len().saturating_sub(END_SIZE + LONGEST_COMMENT);
    let end = bytes[from..]
        .windows(END.len())
        .rposition(|window| window == END)
        .map(|at| from + at)
        .filter(|at| bytes.len() - at >= END_SIZE);
    let Some(end) = end else {
        return false;
    };
    let size = number(bytes, end + 12, 4);
    // What stands before the archive shifts it.
    let Some(start) = end.checked_sub(size) else {
        // An archive of more than 4 GiB, whose sizes stand elsewhere.
        return size == u32::MAX as usize;
    };
    let mut directory = &bytes[start..end];
    while !directory.is_empty() {
        if directory.len() < ENTRY_SIZE || !directory.starts_with(ENTRY) {
            return false;
        }
        let length = ENTRY_SIZE
            + [28, 30, 32]
                .into_iter()
                .map(|at| number(directory, at, 2))
                .sum::<usize>();
        directory = directory.get(length..).unwrap_or_default();
    }
    true
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize, size: usize) -> usize {
    let bytes = bytes.get(at..at + size).unwrap_or_default();
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | usize::from(*byte))
}
