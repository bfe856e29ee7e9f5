//! The whole screen of the terminal: drawn as cells, read as keys, and given
//! back as it was, however the program ends.

use std::io::{self, IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crossterm::event::{
    self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind,
    KeyModifiers,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::backend::{Backend, ClearType, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Key, Name, Ui};

/// How long signals, or an answer that is waited for, may go unseen.
const PATIENCE: Duration = Duration::from_millis(200);
const IMPATIENCE: Duration = Duration::from_millis(30);

/// What comes from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A key.
    Key(Key),
    /// The screen has other columns and rows.
    Resize((usize, usize)),
}

/// The screen; dropped, the terminal is as it was.
pub(crate) struct Screen {
    // Not ratatui's `Terminal`: that asks standard output for the cursor.
    backend: CrosstermBackend<Stream>,
    /// What is on the screen.
    shown: Buffer,
    signals: Signals,
    /// Whether the screen is still taken.
    taken: Arc<AtomicBool>,
}

impl Screen {
    /// Takes the screen of the terminal that standard output is, else standard
    /// error.
    ///
    /// # Errors
    /// A terminal that is gone.
    pub(crate) fn open(ui: &Ui) -> io::Result<Self> {
        let stream = if ui.out.is_terminal() {
            Stream::Out
        } else {
            Stream::Error
        };
        let signals = Signals::watch()?;
        restore_on_panic(stream);
        // From here on it is given back.
        let mut screen = Self {
            backend: CrosstermBackend::new(stream),
            shown: Buffer::default(),
            signals,
            taken: Arc::new(AtomicBool::new(true)),
        };
        #[cfg(unix)]
        end_with_terminal(screen.taken.clone());
        enable_raw_mode()?;
        execute!(screen.backend, EnterAlternateScreen, EnableBracketedPaste)?;
        Ok(screen)
    }

    /// How many columns and rows there are.
    ///
    /// # Errors
    /// A terminal that is gone.
    pub(crate) fn size(&self) -> io::Result<(usize, usize)> {
        let area = self.area()?;
        Ok((usize::from(area.width), usize::from(area.height)))
    }

    /// All cells. A terminal that does not say how large it is has the usual
    /// size.
    fn area(&self) -> io::Result<Rect> {
        let size = self.backend.size()?;
        Ok(match (size.width, size.height) {
            (0, _) | (_, 0) => Rect::new(0, 0, 80, 24),
            (width, height) => Rect::new(0, 0, width, height),
        })
    }

    /// Draws the screen; the answer of `draw` is where the cursor stands.
    ///
    /// # Errors
    /// A terminal that is gone.
    pub(crate) fn draw(
        &mut self,
        draw: impl FnOnce(&mut Buffer) -> Option<Position>,
    ) -> io::Result<()> {
        let area = self.area()?;
        let mut next = Buffer::empty(area);
        let cursor = draw(&mut next);
        if self.shown.area != area {
            self.backend.clear_region(ClearType::All)?;
            self.shown = Buffer::empty(area);
        }
        self.backend.draw(self.shown.diff(&next).into_iter())?;
        self.shown = next;
        match cursor {
            Some(position) => {
                self.backend.set_cursor_position(position)?;
                self.backend.show_cursor()?;
            }
            None => self.backend.hide_cursor()?,
        }
        Backend::flush(&mut self.backend)
    }

    /// Waits for input; None after a while without any, soon if `is_impatient`.
    ///
    /// # Errors
    /// A terminal that is gone. `Interrupted`: a signal has come.
    pub(crate) fn wait(&mut self, is_impatient: bool) -> io::Result<Option<Input>> {
        let patience = if is_impatient { IMPATIENCE } else { PATIENCE };
        loop {
            self.signals.check()?;
            match self.read(patience)? {
                None if !is_impatient => {}
                input => return Ok(input),
            }
        }
    }

    /// Input that is there already.
    ///
    /// # Errors
    /// A terminal that is gone.
    pub(crate) fn next(&mut self) -> io::Result<Option<Input>> {
        self.read(Duration::ZERO)
    }

    fn read(&mut self, patience: Duration) -> io::Result<Option<Input>> {
        // What crossterm has read already comes first: of that the terminal knows nothing.
        await_terminal(Duration::ZERO)?;
        if !event::poll(Duration::ZERO)? {
            await_terminal(patience)?;
        }
        while event::poll(Duration::ZERO)? {
            let input = match event::read()? {
                Event::Key(event) => key(event).map(Input::Key),
                Event::Paste(text) => Some(Input::Key(Key::Paste(text))),
                Event::Resize(width, height) => {
                    Some(Input::Resize((usize::from(width), usize::from(height))))
                }
                _ => None,
            };
            if input.is_some() {
                return Ok(input);
            }
        }
        Ok(None)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back(&mut self.backend);
        // The hook that gave it back after a panic is the default one again.
        if !std::thread::panicking() {
            let _ = std::panic::take_hook();
        }
        self.taken.store(false, Ordering::Relaxed);
        self.signals.pass_on();
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Screen")
    }
}

/// Waits until the terminal has input, at most so long.
///
/// # Errors
/// A terminal that is gone: reading it, crossterm would never end.
fn await_terminal(patience: Duration) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let input = io::stdin();
        if input.is_terminal() {
            let mut watched = [PollFd::new(&input, PollFlags::IN)];
            let patience = Timespec::try_from(patience).ok();
            match poll(&mut watched, patience.as_ref()) {
                // A signal, which is looked for by whoever waits.
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(_)
                    if watched[0]
                        .revents()
                        .intersects(PollFlags::HUP | PollFlags::ERR) =>
                {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(_) => {}
            }
            return Ok(());
        }
    }
    event::poll(patience).map(|_| ())
}

/// Ends the program when its terminal is gone and it does not notice: a terminal
/// that goes away between a look at it and crossterm's reading is read for ever.
#[cfg(unix)]
fn end_with_terminal(taken: Arc<AtomicBool>) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    if !io::stdin().is_terminal() {
        return;
    }
    let is_gone = |patience: Duration| {
        let input = io::stdin();
        let mut watched = [PollFd::new(&input, PollFlags::empty())];
        let patience = Timespec::try_from(patience).ok();
        let _ = poll(&mut watched, patience.as_ref());
        watched[0]
            .revents()
            .intersects(PollFlags::HUP | PollFlags::ERR)
    };
    // Without it the terminal is looked at all the same, only not at every moment.
    let _ = std::thread::Builder::new().spawn(move || {
        while taken.load(Ordering::Relaxed) {
            if is_gone(PATIENCE) {
                std::thread::sleep(5 * PATIENCE);
                if taken.load(Ordering::Relaxed) {
                    let hangup = signal_hook::consts::SIGHUP;
                    let _ = signal_hook::low_level::emulate_default_handler(hangup);
                }
            }
        }
    });
}

/// Makes the terminal what it was.
fn give_back(out: &mut impl Write) {
    let _ = execute!(
        out,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// A panic is read on the terminal as it was; the shipped program does not
/// unwind, so that nothing is dropped then.
fn restore_on_panic(stream: Stream) {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        give_back(&mut { stream });
        report(panic);
    }));
}

/// One of the standard streams.
#[derive(Clone, Copy, Debug)]
enum Stream {
    Out,
    Error,
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Out => io::stdout().write(bytes),
            Self::Error => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Out => io::stdout().flush(),
            Self::Error => io::stderr().flush(),
        }
    }
}

/// The signals that end a program: they have to wait until the terminal is what
/// it was.
struct Signals {
    came: Arc<AtomicUsize>,
    #[cfg(unix)]
    watched: Vec<signal_hook::SigId>,
}

impl Signals {
    #[cfg(unix)]
    fn watch() -> io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        let came = Arc::new(AtomicUsize::new(0));
        let mut watched = Vec::new();
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            let number = usize::try_from(signal).unwrap_or_default();
            let id = signal_hook::flag::register_usize(signal, came.clone(), number)?;
            watched.push(id);
        }
        Ok(Self { came, watched })
    }

    #[cfg(not(unix))]
    fn watch() -> io::Result<Self> {
        Ok(Self {
            came: Arc::new(AtomicUsize::new(0)),
        })
    }

    fn check(&self) -> io::Result<()> {
        match self.came.load(Ordering::Relaxed) {
            0 => Ok(()),
            _ => Err(io::ErrorKind::Interrupted.into()),
        }
    }

    /// Stops watching; a signal that has come does what it always does.
    fn pass_on(&mut self) {
        #[cfg(unix)]
        {
            for id in self.watched.drain(..) {
                signal_hook::low_level::unregister(id);
            }
            let signal = self.came.load(Ordering::Relaxed);
            if let Ok(signal) = i32::try_from(signal)
                && signal != 0
            {
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        }
    }
}

/// What a key of the terminal is.
fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    let meta = event.modifiers.contains(KeyModifiers::ALT);
    let named = |name| {
        Some(if control || meta {
            Key::Modified(name)
        } else {
            Key::Named(name)
        })
    };
    match event.code {
        KeyCode::Char(letter) if control => Some(Key::Control(letter.to_ascii_lowercase())),
        KeyCode::Char(letter) if meta => Some(Key::Meta(letter)),
        KeyCode::Char(letter) => Some(Key::Char(letter)),
        KeyCode::F(number) => Some(Key::Function(number)),
        KeyCode::Enter => named(Name::Enter),
        KeyCode::Tab => named(Name::Tab),
        KeyCode::BackTab => Some(Key::Named(Name::BackTab)),
        KeyCode::Esc => Some(Key::Named(Name::Escape)),
        KeyCode::Backspace => named(Name::Backspace),
        KeyCode::Delete => named(Name::Delete),
        KeyCode::Left => named(Name::Left),
        KeyCode::Right => named(Name::Right),
        KeyCode::Up => named(Name::Up),
        KeyCode::Down => named(Name::Down),
        KeyCode::Home => named(Name::Home),
        KeyCode::End => named(Name::End),
        KeyCode::PageUp => named(Name::PageUp),
        KeyCode::PageDown => named(Name::PageDown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_names() {
        let press = |code, modifiers| key(KeyEvent::new(code, modifiers));
        let none = KeyModifiers::NONE;
        assert_eq!(press(KeyCode::Char('é'), none), Some(Key::Char('é')));
        assert_eq!(
            press(KeyCode::Char('C'), KeyModifiers::CONTROL),
            Some(Key::Control('c'))
        );
        assert_eq!(
            press(KeyCode::Char('b'), KeyModifiers::ALT),
            Some(Key::Meta('b'))
        );
        assert_eq!(
            press(KeyCode::Left, KeyModifiers::CONTROL),
            Some(Key::Modified(Name::Left))
        );
        assert_eq!(press(KeyCode::F(3), none), Some(Key::Function(3)));
        assert_eq!(press(KeyCode::CapsLock, none), None);
        let released = KeyEvent::new_with_kind(KeyCode::Enter, none, KeyEventKind::Release);
        assert_eq!(key(released), None);
    }
}
