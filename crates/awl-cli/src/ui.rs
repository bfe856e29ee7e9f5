//! The terminal. Nothing else in the program writes to it or asks there.

#[cfg(feature = "prompt")]
mod key;
mod pager;
#[cfg(feature = "prompt")]
mod screen;
mod secret;

use std::io::{IsTerminal as _, Write as _};

#[cfg(feature = "prompt")]
pub(crate) use key::{Key, Name};
pub(crate) use pager::Pager;
#[cfg(feature = "prompt")]
pub(crate) use screen::{Input, Screen};
pub(crate) use secret::read_secret;

/// Where output goes, and the name that messages carry.
#[derive(Debug)]
pub(crate) struct Ui {
    program: String,
    out: std::io::Stdout,
    error: std::io::Stderr,
    is_closed: bool,
    pager: Option<Pager>,
}

impl Ui {
    /// The process's own streams, for a program called by `program`.
    pub(crate) fn new(program: String) -> Self {
        Self {
            program,
            out: std::io::stdout(),
            error: std::io::stderr(),
            is_closed: false,
            pager: None,
        }
    }

    /// The name that the program was called by.
    pub(crate) fn program(&self) -> &str {
        &self.program
    }

    /// Whether standard output is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.out.is_terminal()
    }

    /// How wide the terminal of standard output is; 80 where it is none.
    pub(crate) fn columns(&self) -> usize {
        /// Where there is no terminal, or it does not say.
        const DEFAULT: usize = 80;
        #[cfg(unix)]
        let columns = rustix::termios::tcgetwinsize(&self.out)
            .ok()
            .map(|size| usize::from(size.ws_col));
        #[cfg(not(unix))]
        let columns = None;
        columns.unwrap_or(DEFAULT)
    }

    /// Writes to standard output. A reader that has gone away is no error, as
    /// in the AWS CLI.
    pub(crate) fn write_out(&mut self, text: &str) {
        self.write_bytes(text.as_bytes());
    }

    /// The same for what may be no text.
    pub(crate) fn write_bytes(&mut self, bytes: &[u8]) {
        let written = match &mut self.pager {
            Some(pager) => pager.write(bytes),
            None => {
                let mut out = self.out.lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
        };
        self.is_closed |=
            written.is_err_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe);
    }

    /// Has a pager show what is written from now on.
    pub(crate) fn set_pager(&mut self, pager: Option<Pager>) {
        self.pager = pager;
    }

    /// Waits until the pager is left, and goes on without it.
    ///
    /// # Errors
    /// A pager that could not be started, and the name of its program.
    pub(crate) fn close_pager(&mut self) -> Result<(), (std::io::Error, String)> {
        match self.pager.take() {
            Some(pager) => {
                self.is_closed = false;
                pager.close()
            }
            None => Ok(()),
        }
    }

    /// Whether the reader of standard output has gone away.
    pub(crate) const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Writes to standard error.
    pub(crate) fn write_error(&mut self, text: &str) {
        let _ = self.error.lock().write_all(text.as_bytes());
    }

    /// Whether advice is printed: somebody reads it.
    pub(crate) fn has_hints(&self) -> bool {
        self.error.is_terminal()
    }

    /// Prints advice, on a terminal only.
    pub(crate) fn hint(&mut self, hint: &str) {
        if self.has_hints() {
            self.write_error(&format!("hint: {hint}\n"));
        }
    }

    /// Asks a question on standard output and reads the line that answers it;
    /// None at the end of the input.
    // Parity: Python's `input`.
    pub(crate) fn ask(&mut self, prompt: &str) -> std::io::Result<Option<String>> {
        self.write_out(prompt);
        read_line()
    }

    /// Whether a screen can be shown: somebody is at the keyboard, and standard
    /// output or standard error is a terminal.
    #[cfg(feature = "prompt")]
    pub(crate) fn has_screen(&self) -> bool {
        std::io::stdin().is_terminal() && (self.out.is_terminal() || self.error.is_terminal())
    }

    /// Writes a line to where the screen was shown.
    #[cfg(feature = "prompt")]
    pub(crate) fn write_after_screen(&mut self, line: &str) {
        if self.out.is_terminal() {
            self.write_out(line);
        } else {
            self.write_error(line);
        }
    }

    /// Whether there is somebody to ask: standard input and standard error are
    /// a terminal.
    pub(crate) fn is_interactive(&self) -> bool {
        std::io::stdin().is_terminal() && self.error.is_terminal()
    }
}

/// Reads a line of standard input; None at its end. Whoever can be interrupted
/// does so on a thread of its own.
pub(crate) fn read_line() -> std::io::Result<Option<String>> {
    let mut line = String::new();
    if std::io::stdin().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let end = line.trim_end_matches(['\n', '\r']).len();
    line.truncate(end);
    Ok(Some(line))
}
