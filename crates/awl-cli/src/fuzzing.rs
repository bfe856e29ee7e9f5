//! What fuzzing needs of the crate, and nothing else should use: arguments
//! read without a terminal, files or environment.

use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use awl_sdk::env::Host;

use crate::arguments::{Files, Place, Table, unpack};
use crate::commands::verify;

/// Reads the words of an argument of a command; whether they could be read.
#[must_use]
pub fn argument(service: &str, operation: &str, argument: &str, words: &[&str]) -> bool {
    let model = if service == "s3api" { "s3" } else { service };
    let Some(operation) = awl_catalog::store()
        .service(model)
        .and_then(|model| model.operation_by_cli_name(operation))
    else {
        return false;
    };
    let table = Table::new(service, operation.cli_name(), operation);
    let found = table
        .arguments()
        .iter()
        .find(|known| known.name == argument);
    let Some((argument, member)) = found.and_then(|found| Some((found, found.member()?))) else {
        return false;
    };
    let place = Place {
        service: model,
        operation: operation.cli_name(),
    };
    unpack(argument, member, words, place, Files { host: &Nothing }).is_ok()
}

/// Reads a signed request: an HTTP message, a command line of curl or a URL,
/// and looks at its signature; whether it could be read.
#[must_use]
pub fn signed_request(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    verify::read_error(&text);
    match verify::read(bytes, &|path| Ok(path.as_bytes().to_vec())) {
        Ok(message) => {
            verify::look_at(&message);
            true
        }
        Err(_) => false,
    }
}

/// A world with nothing in it.
#[derive(Debug)]
struct Nothing;

impl Host for Nothing {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn uuid(&self) -> String {
        String::new()
    }
}
