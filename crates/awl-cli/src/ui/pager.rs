//! The pager: a program that shows what is longer than the terminal.
// Parity: awscli/utils.py, OutputStreamFactory and LazyPager.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::process::{Child, Command, Stdio};

/// What less does where its own variable says nothing: quit where all fits one
/// screen, show colours, leave the screen as it is.
const LESS_FLAGS: &str = "FRX";

/// A pager, started when there is something to show.
#[derive(Debug)]
pub(crate) struct Pager {
    words: Vec<String>,
    /// What less is told to do, if anything.
    flags: Option<&'static str>,
    child: Option<Child>,
    failure: Option<io::Error>,
}

impl Pager {
    /// A pager that the words start.
    pub(crate) fn new(words: Vec<String>, sets_flags: bool) -> Self {
        Self {
            words,
            flags: sets_flags.then_some(LESS_FLAGS),
            child: None,
            failure: None,
        }
    }

    /// The same, with less told something else.
    #[cfg(feature = "history")]
    #[must_use]
    pub(crate) fn with_flags(mut self, flags: &'static str) -> Self {
        self.flags = self.flags.map(|_| flags);
        self
    }

    /// Shows bytes.
    ///
    /// # Errors
    /// A pager that was not started, or that has been left.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.child.is_none() && self.failure.is_none() {
            match self.start() {
                Ok(child) => self.child = Some(child),
                Err(error) => self.failure = Some(error),
            }
        }
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let child = self.child.as_mut().ok_or_else(gone)?;
        child.stdin.as_mut().ok_or_else(gone)?.write_all(bytes)
    }

    /// Waits until the pager is left.
    ///
    /// # Errors
    /// A pager that could not be started, and the name of its program.
    pub(super) fn close(mut self) -> Result<(), (io::Error, String)> {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            // However it ended: what it showed was seen.
            let _ = child.wait();
        }
        match self.failure {
            Some(error) => Err((error, self.words.swap_remove(0))),
            None => Ok(()),
        }
    }

    fn start(&self) -> io::Result<Child> {
        let mut words = self.words.iter().map(OsStr::new);
        let program = words.next().unwrap_or_default();
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::piped());
        if let Some(flags) = self.flags {
            command.env("LESS", flags);
        }
        let child = command.spawn()?;
        pass_over_interrupts();
        Ok(child)
    }
}

/// Ctrl-C is the pager's from now on: a program that ends by it would leave the
/// terminal to two.
fn pass_over_interrupts() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = || signal(SignalKind::interrupt()).map(drop);
        if tokio::runtime::Handle::try_current().is_ok() {
            let _ = listen();
            return;
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            let _guard = runtime.enter();
            let _ = listen();
        }
    }
}
