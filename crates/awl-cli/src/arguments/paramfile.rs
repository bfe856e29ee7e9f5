//! Values that are read from files: `file://` as text, `fileb://` as bytes.
// Parity: awscli/paramfile.py.

use std::path::{Path, PathBuf};

use awl_sdk::env::Host;
use awl_value::Value;

use crate::python;

/// The files that values may be read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Files<'a> {
    /// What gives their contents, and the variables in their names.
    pub host: &'a dyn Host,
}

impl Files<'_> {
    /// What a `file://` or `fileb://` value names; None of any other value.
    ///
    /// # Errors
    /// The AWS CLI's words for a file that cannot be read.
    pub(crate) fn load(&self, value: &str) -> Result<Option<Value>, String> {
        if let Some(name) = value.strip_prefix("file://") {
            let path = self.expand(name);
            let bytes = self.read(&path, value)?;
            return match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Value::String(universal_newlines(text)))),
                Err(_) => Err(format!(
                    "Unable to load paramfile ({}), text contents could not be decoded.  If this \
                     is a binary file, please use the fileb:// prefix instead of the file:// \
                     prefix.",
                    path.display()
                )),
            };
        }
        if let Some(name) = value.strip_prefix("fileb://") {
            let bytes = self.read(&self.expand(name), value)?;
            return Ok(Some(Value::Blob(bytes)));
        }
        Ok(None)
    }

    /// The path with `~` and variables expanded.
    pub(crate) fn expand(&self, name: &str) -> PathBuf {
        self.host.expand(name)
    }

    fn read(&self, path: &Path, value: &str) -> Result<Vec<u8>, String> {
        self.host.read(path).map_err(|error| {
            format!(
                "Unable to load paramfile {value}: {}",
                python::os_error(&error, path)
            )
        })
    }
}

/// Python opens text files with universal newlines.
fn universal_newlines(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestHost;

    #[test]
    fn values_come_from_files() {
        let host = TestHost::default()
            .with_variable("HOME", "/home/me")
            .with_variable("NAME", "text")
            .with_file("/home/me/text", b"one\r\ntwo\rthree")
            .with_file("bytes", &[0xff]);
        let load = |value: &str| Files { host: &host }.load(value);
        assert_eq!(load("text"), Ok(None));
        assert_eq!(load("http://text"), Ok(None));
        assert_eq!(
            load("file://~/$NAME"),
            Ok(Some(Value::from("one\ntwo\nthree")))
        );
        assert_eq!(load("fileb://bytes"), Ok(Some(Value::Blob(vec![0xff]))));
        assert_eq!(
            load("file://bytes"),
            Err(
                "Unable to load paramfile (bytes), text contents could not be decoded.  If this \
                 is a binary file, please use the fileb:// prefix instead of the file:// prefix."
                    .to_owned()
            )
        );
        assert_eq!(
            load("file://~/${NAME}s"),
            Err(
                "Unable to load paramfile file://~/${NAME}s: [Errno 2] No such file or \
                 directory: '/home/me/texts'"
                    .to_owned()
            )
        );
    }
}
