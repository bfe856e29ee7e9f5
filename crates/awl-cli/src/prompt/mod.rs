//! The auto-prompt: a line to be edited, with a menu of what may come next,
//! the documentation of the command and a sample of its output. Nothing of it
//! is loaded unless a command is prompted for.
//!
//! `state` is what there is and what each key makes of it, `geometry` and
//! `view` are how it looks; all of that is pure. `source` knows what there is
//! to offer, and here the two are brought together with the terminal.
// Parity: awscli/autoprompt.

mod geometry;
mod history;
mod line;
mod menu;
mod panel;
mod source;
mod state;
#[cfg(test)]
mod tests;
mod view;
mod words;

use std::io;
use std::sync::Arc;

use awl_sdk::env::Host;

pub(crate) use words::split;

use self::source::{Late, Source};
use self::state::{Outcome, State};
use self::view::Styles;
use crate::ui::{Input, Key, Screen, Ui};

/// How the prompt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The line is to be run.
    Run(String),
    /// It was left, and this line with it.
    Left(String),
}

/// Prompts for a command that begins with `words`.
///
/// # Errors
/// A terminal that is gone. `Interrupted`: a signal.
pub(crate) fn run(
    ui: &Ui,
    host: &Arc<dyn Host>,
    words: &[&str],
    coloured: bool,
) -> io::Result<Ended> {
    let history = history::load(&**host);
    let last = history.last().cloned();
    let mut prompt = Prompt {
        source: Source::new(host.clone(), ui.program()),
        state: State::new(ui.program(), history, (0, 0)),
        late: None,
    };
    prompt.begin(words);
    let ended = prompt.run(&mut Screen::open(ui)?, Styles::new(coloured))?;
    if let Ended::Run(line) = &ended
        && !line.is_empty()
        && last.as_ref() != Some(line)
    {
        history::add(&**host, line);
    }
    Ok(ended)
}

/// The state and what feeds it.
struct Prompt {
    source: Source,
    state: State,
    /// Candidates that a service was asked for.
    late: Option<Late>,
}

impl Prompt {
    /// Begins with words: where they are whole, with a space behind them.
    fn begin(&mut self, words: &[&str]) {
        let words: Vec<String> = words
            .iter()
            .filter(|word| **word != "--cli-auto-prompt")
            .map(|word| words::quote(word))
            .collect();
        let mut text = words.join(" ");
        if !text.is_empty() && self.source.candidates(&text).is_empty() {
            text.push(' ');
        }
        self.state.begin(&text);
    }

    /// Shows the screen and obeys the keys until the prompt ends.
    fn run(&mut self, screen: &mut Screen, styles: Styles) -> io::Result<Ended> {
        self.state.resize(screen.size()?);
        loop {
            self.settle();
            self.take_late();
            self.show_texts();
            screen.draw(|buffer| view::draw(&self.state, &styles, buffer))?;
            let mut input = screen.wait(self.late.is_some())?;
            // What came meanwhile is drawn once.
            while let Some(event) = input {
                match event {
                    Input::Resize(size) => self.state.resize(size),
                    Input::Key(key) => {
                        // A menu that is due is there for any key but letters.
                        if !matches!(key, Key::Char(_)) {
                            self.settle();
                        }
                        match self.state.press(key) {
                            Outcome::Stay => {}
                            Outcome::Run(line) => return Ok(Ended::Run(line)),
                            Outcome::Leave(line) => return Ok(Ended::Left(line)),
                        }
                    }
                }
                input = screen.next()?;
            }
        }
    }

    /// Gets the candidates that are wanted.
    fn settle(&mut self) {
        if self.state.wants().is_none() {
            return;
        }
        let before = self.state.line.before();
        let candidates = if self.state.is_history {
            source::history(before.trim_start(), &self.state.history())
        } else {
            self.source.candidates(before)
        };
        // One question at a time: who types goes on before it is answered.
        if candidates.is_empty() && !self.state.is_history && self.late.is_none() {
            self.late = self.source.ask(before);
        }
        self.state.offer(menu::items(candidates));
    }

    /// Takes what a service has answered.
    fn take_late(&mut self) {
        let Some(late) = &mut self.late else { return };
        let Some(candidates) = late.candidates() else {
            return;
        };
        let before = std::mem::take(&mut late.before);
        self.late = None;
        if self.state.line.before() == before {
            self.state.offer_late(&before, menu::items(candidates));
        } else if !candidates.is_empty() && self.state.is_waiting() {
            // Somebody has typed on: what fits that is asked for again.
            self.late = self.source.ask(self.state.line.before());
        }
    }

    /// Gets the texts of the panels that are to be seen. A command that is not
    /// whole yet leaves them as they are.
    fn show_texts(&mut self) {
        let state = &mut self.state;
        if let Some(place) = state.places.doc {
            let text = self
                .source
                .documentation(state.line.text(), place.width.saturating_sub(1));
            if let Some(text) = text {
                state.doc.set_text(text);
            }
        }
        if state.places.output.is_some() {
            state.output.set_text(self.source.output(state.line.text()));
        }
    }
}
