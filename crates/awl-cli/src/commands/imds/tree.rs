//! All that the metadata service has below a path.

use awl_sdk::imds::{Imds, ImdsError};
use awl_value::{Map, Value};

use super::path;
use crate::error::CommandError;

/// A service that lists folders in folders without end is none.
const DEEPEST: usize = 16;
/// Nor is one with so many entries.
const MOST: usize = 20_000;

/// What stands in the place of credentials: `awl imds credentials` shows them.
const SECRET: &str = "(credentials)";

/// A folder whose entries are being read.
struct Open {
    /// Its name in the folder above, as it is listed there.
    name: String,
    /// Its whole path.
    path: String,
    /// The names that are still to be read, the last first.
    names: Vec<String>,
    found: Map,
}

/// Reads what is below a folder. Entries that are listed and not there are
/// left out.
pub(super) async fn walk(imds: &Imds, folder: &str) -> Result<Map, CommandError> {
    let mut open = vec![read(imds, String::new(), folder.to_owned()).await?];
    let mut count = 0;
    loop {
        let depth = open.len();
        let Some(current) = open.last_mut() else {
            return Ok(Map::new());
        };
        let Some(name) = current.names.pop() else {
            let Some(Open { name, found, .. }) = open.pop() else {
                return Ok(Map::new());
            };
            match open.last_mut() {
                Some(above) => above.found.insert(name, Value::Map(found)),
                None => return Ok(found),
            };
            continue;
        };
        count += 1;
        if count > MOST || depth > DEEPEST {
            return Err(CommandError::general(format!(
                "the instance metadata service lists no end of entries at {}",
                current.path
            )));
        }
        if let Some(below) = below(&current.path, &name) {
            let path = below;
            match read(imds, name.trim_end_matches('/').to_owned(), path).await {
                Ok(folder) => open.push(folder),
                Err(ImdsError::Status { status: 404, .. }) => {}
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        let path = format!("{}{}", current.path, path::encode(&name));
        let value = if current.path.contains("security-credentials/") {
            Ok(SECRET.to_owned())
        } else {
            let bytes = imds.get(&path).await;
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        match value {
            Ok(value) => {
                current.found.insert(name, Value::from(value));
            }
            Err(ImdsError::Status { status: 404, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

async fn read(imds: &Imds, name: String, path: String) -> Result<Open, ImdsError> {
    let listing = imds.get(&path).await?;
    let mut names = path::names(&listing);
    names.reverse();
    Ok(Open {
        name,
        path,
        names,
        found: Map::new(),
    })
}

/// The path of a folder that is listed under a name: `iam/`, or `0=my-key`
/// among the public keys, which is a folder `0`.
fn below(path: &str, name: &str) -> Option<String> {
    if name.ends_with('/') {
        return Some(format!("{path}{}", path::encode(name)));
    }
    let (number, _) = name.split_once('=')?;
    path.ends_with("public-keys/")
        .then(|| format!("{path}{number}/"))
}

/// The tree as indented lines.
pub(super) fn text(found: &Map) -> String {
    let mut text = String::new();
    write(found, 0, &mut text);
    text
}

fn write(found: &Map, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for (name, value) in found.iter() {
        match value {
            Value::Map(below) => {
                text.push_str(&format!("{indent}{name}/\n"));
                write(below, depth + 1, text);
            }
            value => {
                let value = value.as_str().unwrap_or_default();
                if value.contains('\n') {
                    text.push_str(&format!("{indent}{name}:\n"));
                    for line in value.lines() {
                        text.push_str(&format!("{indent}  {line}\n"));
                    }
                } else {
                    text.push_str(&format!("{indent}{name}: {value}\n"));
                }
            }
        }
    }
}
