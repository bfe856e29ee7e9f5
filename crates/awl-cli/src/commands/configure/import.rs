//! `awl configure import`: keys from the CSV file that the console gives.
// Parity: awscli/customizations/configure/importer.py.

use std::path::Path;

use awl_sdk::config::FileKind;
use awl_sdk::config::writer::{Edit, Section};
use awl_value::python::is_space;

use super::Custom;
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Given};
use crate::error::CommandError;

/// `configure import`.
pub(super) const COMMAND: Custom = Custom::new(
    "import",
    &[
        Argument::option("--csv").required(),
        Argument::flag("--skip-invalid"),
        Argument::option("--profile-prefix"),
    ],
    run,
);

/// The columns that are needed.
const COLUMNS: [&str; 3] = ["User Name", "Access Key ID", "Secret Access key"];

fn run(invocation: &mut Invocation, _: &Globals, given: &Given<'_>) -> Result<(), CommandError> {
    let text = given.get("--csv").unwrap_or_default();
    let host = invocation.host.clone();
    let is_file = !text.contains('\n') && host.read(Path::new(text)).is_ok();
    if is_file && !text.starts_with("file://") {
        return Err(CommandError::general(
            "You may be passing a file to import without the 'file://' prefix. To import a CSV \
             file, use --csv file://path/to/file.csv",
        ));
    }
    let rows = parse(text, given.has("--skip-invalid")).map_err(CommandError::general)?;
    let prefix = given.get("--profile-prefix").unwrap_or_default();
    let mut file = super::open(&*host, FileKind::Credentials)?;
    for [name, key, secret] in &rows {
        let profile = format!("{prefix}{name}");
        let edits = [
            Edit::Set("aws_access_key_id", key),
            Edit::Set("aws_secret_access_key", secret),
        ];
        file.document.apply(Section::Header(&profile), &edits)?;
    }
    file.save(&*host)?;
    let message = format!("Successfully imported {} profile(s)\n", rows.len());
    invocation.ui.write_out(&message);
    Ok(())
}

/// Name, key and secret of each row. The format has no quotes: a comma always
/// ends a field.
fn parse(text: &str, skip_invalid: bool) -> Result<Vec<[String; 3]>, String> {
    if text.chars().all(is_space) {
        return Err("Provided CSV contains no contents".to_owned());
    }
    let mut lines = text.lines();
    let headers: Vec<String> = lines
        .next()
        .unwrap_or_default()
        .split(',')
        .map(|header| {
            let header = header.strip_prefix('\u{feff}').unwrap_or(header);
            header.to_lowercase().trim_matches(is_space).to_owned()
        })
        .collect();
    let mut columns = [0; 3];
    for (column, name) in columns.iter_mut().zip(COLUMNS) {
        *column = headers
            .iter()
            .position(|header| *header == name.to_lowercase())
            .ok_or_else(|| format!("Expected header \"{name}\" not found"))?;
    }
    let mut rows = Vec::new();
    for (number, line) in lines.enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        let mut row = <[String; 3]>::default();
        let mut missing = None;
        for ((value, column), name) in row.iter_mut().zip(columns).zip(COLUMNS) {
            let field = fields.get(column).copied().unwrap_or_default();
            field.trim_matches(is_space).clone_into(value);
            if value.is_empty() {
                missing = missing.or(Some(name));
            }
        }
        match missing {
            None => rows.push(row),
            Some(_) if skip_invalid => {}
            Some(name) => {
                return Err(format!(
                    "Failed to parse entry #{}: Row missing value for header \"{name}\"",
                    number + 1
                ));
            }
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_or_named() {
        let check = |text: &str, skip: bool, expected: Result<&[[&str; 3]], &str>| {
            let expected = expected
                .map(|rows| {
                    rows.iter()
                        .map(|row| row.map(str::to_owned))
                        .collect::<Vec<_>>()
                })
                .map_err(str::to_owned);
            assert_eq!(parse(text, skip), expected, "{text}");
        };
        let head = "\u{feff}User name, Access key ID ,Secret access key\r\n";
        check(
            &format!("{head} a , k ,s\r\nb,l,t"),
            false,
            Ok(&[["a", "k", "s"], ["b", "l", "t"]]),
        );
        let text = format!("{head}a,k,s\n\nb,l\n");
        check(&text, true, Ok(&[["a", "k", "s"]]));
        check(
            &text,
            false,
            Err("Failed to parse entry #2: Row missing value for header \"User Name\""),
        );
        check(
            "User name,Access key ID\n",
            true,
            Err("Expected header \"Secret Access key\" not found"),
        );
        check(" \n", true, Err("Provided CSV contains no contents"));
    }
}
