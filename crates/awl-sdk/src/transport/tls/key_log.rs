//! `SSLKEYLOGFILE`: the keys of connections, for whoever looks at their own
//! traffic. A file that is made for it is for its owner alone.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Mutex;

/// Writes keys to a file, in NSS's format.
#[derive(Debug)]
pub(super) struct KeyLog(Mutex<File>);

impl KeyLog {
    /// A log at the end of a file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        Ok(Self(Mutex::new(options.open(path)?)))
    }
}

impl rustls::KeyLog for KeyLog {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        if let Ok(mut file) = self.0.lock() {
            // A connection is none the worse for a log that is full.
            let _ = file.write_all(line.as_bytes());
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
