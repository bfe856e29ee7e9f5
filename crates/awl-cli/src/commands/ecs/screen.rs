//! The resources of a service on the whole screen: looked at again every few
//! seconds, while a sign turns; arrows scroll, `q` ends it.
// Parity: awscli/customizations/ecs/prompt_toolkit_display.py,
// expressgateway/display_strategy.py, InteractiveDisplayStrategy.

use std::pin::Pin;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Style};

use super::collect::{Failure, View};
use super::view::{Group, SPINNER};
use super::{PAUSE, RESET, Watch, failed};
use crate::commands::Invocation;
use crate::commands::caller::Caller;
use crate::error::CommandError;
use crate::output::local_zone;
use crate::ui::{Input, Key, Name, Screen};

const SIGNS: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// How long the sign stands still.
const TICK: Duration = Duration::from_millis(70);

/// The rows and columns that are no text: the frame, the scroll bar, the line
/// at the bottom.
const FRAME: (usize, usize) = (4, 3);

/// A look under way, or the pause behind it.
type Look = Pin<Box<dyn Future<Output = Option<Result<View, Failure>>>>>;

/// Shows a service until the user, or time, ends it.
pub(super) fn show(
    invocation: &mut Invocation,
    ecs: &Caller,
    watch: &Watch,
) -> Result<(), CommandError> {
    let mut state = State {
        text: "Waiting for initial data".to_owned(),
        top: 0,
        offset: local_zone(&*invocation.host)
            .to_offset(jiff::Timestamp::from_second(seconds(invocation)).unwrap_or_default())
            .seconds(),
        shown: None,
    };
    let ended = run(invocation, ecs, watch, &mut state);
    let closing = match &ended {
        Ok(true) => Some("timed out"),
        Ok(false) => Some("Complete"),
        Err(_) => None,
    };
    if let Some(closing) = closing {
        let text = state.text.replace(SPINNER, "");
        let text = format!("{text}\nMonitoring {closing}!\n");
        invocation.ui.write_out(&text);
    }
    invocation.ui.write_out(RESET);
    ended.map(|_| ())
}

fn seconds(invocation: &Invocation) -> i64 {
    i64::try_from(invocation.host.epoch().as_secs()).unwrap_or_default()
}

/// Whether time ended it.
fn run(
    invocation: &mut Invocation,
    ecs: &Caller,
    watch: &Watch,
    state: &mut State,
) -> Result<bool, CommandError> {
    let gone = |error: std::io::Error| CommandError::general(error.to_string());
    let mut screen = Screen::open(&invocation.ui).map_err(gone)?;
    let mut look = look(watch);
    for turn in 0_usize.. {
        if invocation.host.epoch() > watch.end {
            return Ok(true);
        }
        let sign = SIGNS[turn % SIGNS.len()];
        screen
            .draw(|buffer| {
                state.draw(buffer, sign);
                None
            })
            .map_err(gone)?;
        let came = ecs.run(async { Ok(tokio::time::timeout(TICK, &mut look).await) })?;
        match came {
            Err(_) => {}
            Ok(None) => look = self::look(watch),
            Ok(Some(Ok(view))) => {
                state.take(view, watch);
                look = Box::pin(async {
                    tokio::time::sleep(PAUSE).await;
                    None
                });
            }
            Ok(Some(Err(Failure::Monitoring(message)))) => {
                drop(screen);
                let text = format!("Error monitoring service: {message}");
                invocation.ui.write_error(&text);
                return Err(CommandError::silent(1));
            }
            Ok(Some(Err(failure))) => return failed(failure).map(|()| false),
        }
        match screen.wait(true).map_err(gone)? {
            Some(Input::Key(Key::Char('q') | Key::Control('c'))) => return Ok(false),
            Some(Input::Key(Key::Named(Name::Up))) => state.top = state.top.saturating_sub(1),
            Some(Input::Key(Key::Named(Name::Down))) => state.top += 1,
            _ => {}
        }
    }
    Ok(false)
}

fn look(watch: &Watch) -> Look {
    let look = watch.collector.clone().look();
    Box::pin(async { Some(look.await) })
}

struct State {
    /// What is shown, with colours.
    text: String,
    /// The first row that is seen.
    top: usize,
    /// The machine's zone.
    offset: i32,
    shown: Option<Group>,
}

impl State {
    fn take(&mut self, (group, information): View, watch: &Watch) {
        self.shown = group.or(self.shown.take());
        let group = self.shown.as_ref();
        let text = group.map(|group| group.status_text(0, watch.paint, self.offset));
        let parts = [text, information.map(str::to_owned)];
        let parts: Vec<String> = parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        self.text = parts.join("\n");
    }

    /// Draws a frame, the rows that are seen in it, and a line below.
    fn draw(&mut self, buffer: &mut Buffer, sign: &str) {
        let (width, height) = (buffer.area.width, buffer.area.height);
        if width < 8 || height < 4 {
            return;
        }
        let room = usize::from(height).saturating_sub(FRAME.1);
        let rows = rows(
            &self.text.replace(SPINNER, sign),
            usize::from(width) - FRAME.0,
        );
        self.top = self.top.min(rows.len().saturating_sub(room));
        let plain = Style::new();
        let line = "─".repeat(usize::from(width) - 2);
        buffer.set_string(0, 0, format!("┌{line}┐"), plain);
        buffer.set_string(0, height - 2, format!("└{line}┘"), plain);
        for (row, at) in (1..height - 2).zip(self.top..) {
            buffer.set_string(0, row, "│", plain);
            buffer.set_string(width - 1, row, "│", plain);
            for (column, (style, letter)) in (1..).zip(rows.get(at).into_iter().flatten()) {
                let mut bytes = [0; 4];
                buffer.set_string(column, row, letter.encode_utf8(&mut bytes), *style);
            }
        }
        let below = format!("Getting updates... {sign} | up/down to scroll, q to quit");
        buffer.set_stringn(0, height - 1, below, usize::from(width), plain);
    }
}

/// A row on the screen.
type Row = Vec<(Style, char)>;

/// The rows of a text with colours, so many letters wide.
fn rows(text: &str, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut style = Style::new();
    for line in text.split('\n') {
        let mut row = Row::new();
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            if letter == '\x1b' {
                let code: String = letters
                    .by_ref()
                    .skip(1)
                    .take_while(|letter| *letter != 'm')
                    .collect();
                style = match &*code {
                    "31" => Style::new().fg(Color::Red),
                    "32" => Style::new().fg(Color::Green),
                    "33" => Style::new().fg(Color::Yellow),
                    "35" => Style::new().fg(Color::Magenta),
                    "36" => Style::new().fg(Color::Cyan),
                    _ => Style::new(),
                };
                continue;
            }
            if row.len() == width.max(1) {
                rows.push(std::mem::take(&mut row));
            }
            row.push((style, letter));
        }
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_rows_and_colours() {
        let rows = rows("\x1b[36mCluster\x1b[0m: a\n\nlonger than that", 9);
        let plain = |row: &Row| row.iter().map(|(_, letter)| letter).collect::<String>();
        let texts: Vec<String> = rows.iter().map(plain).collect();
        assert_eq!(texts, ["Cluster: ", "a", "", "longer th", "an that"]);
        assert_eq!(rows[0][0].0.fg, Some(Color::Cyan));
        assert_eq!(rows[0][7].0.fg, None);
    }
}
