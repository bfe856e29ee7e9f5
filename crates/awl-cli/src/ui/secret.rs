//! Asking for what must not be seen: on the terminal itself, without echo,
//! whatever the standard streams are.
// Parity: Python's `getpass.getpass`, but for a process without a terminal:
// there it reads standard input, here it is an error at once.

use std::io;

/// Asks on the terminal and reads a line that is not shown.
///
/// # Errors
/// `NotFound`: there is no terminal. `Interrupted`: Ctrl-C. `UnexpectedEof`:
/// Ctrl-D.
#[cfg(unix)]
pub(crate) fn read_secret(prompt: &str) -> io::Result<String> {
    use std::io::Write as _;

    let terminal = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .map_err(|_| io::Error::from(io::ErrorKind::NotFound))?;
    let quiet = Quiet::new(&terminal)?;
    (&terminal).write_all(prompt.as_bytes())?;
    (&terminal).flush()?;
    let line = read_line(&mut &terminal);
    drop(quiet);
    (&terminal).write_all(b"\n")?;
    line
}

#[cfg(not(unix))]
pub(crate) fn read_secret(_: &str) -> io::Result<String> {
    Err(io::ErrorKind::NotFound.into())
}

/// A terminal that neither shows what is typed nor makes signals of it, until
/// this is dropped: Ctrl-C must not leave it so.
#[cfg(unix)]
struct Quiet<'a> {
    terminal: &'a std::fs::File,
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl<'a> Quiet<'a> {
    fn new(terminal: &'a std::fs::File) -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self { terminal, before })
    }
}

#[cfg(unix)]
impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// A line, with the keys that a terminal would have obeyed.
fn read_line(input: &mut dyn io::Read) -> io::Result<String> {
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        if input.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match byte[0] {
            b'\r' | b'\n' => break,
            // Ctrl-C.
            3 => return Err(io::ErrorKind::Interrupted.into()),
            // Ctrl-D.
            4 if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            // Backspace.
            8 | 127 => while line.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {},
            // Ctrl-U.
            21 => line.clear(),
            other => line.push(other),
        }
    }
    String::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_edit_the_line_and_end_it() {
        for (typed, expected) in [
            (&b"abc\r"[..], Ok("abc")),
            (b"abx\x7fc\n", Ok("abc")),
            ("a\u{e9}\u{7f}b\n".as_bytes(), Ok("ab")),
            (b"abc\x15d\n", Ok("d")),
            (b"a\x04\n", Ok("a\x04")),
            (b"a\x03", Err(io::ErrorKind::Interrupted)),
            (b"\x04", Err(io::ErrorKind::UnexpectedEof)),
            (b"", Err(io::ErrorKind::UnexpectedEof)),
            (b"\xff\n", Err(io::ErrorKind::InvalidData)),
        ] {
            let line = read_line(&mut &*typed).map_err(|error| error.kind());
            assert_eq!(line.as_deref().map_err(|kind| *kind), expected);
        }
    }
}
