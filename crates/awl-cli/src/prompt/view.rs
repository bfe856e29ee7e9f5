//! The state as cells of a screen.
// Parity: awscli/autoprompt/widgets.py.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier, Style};

use super::geometry::{self, Place, UnicodeWidthStr, cells};
use super::menu::Menu;
use super::panel::{Panel, Way};
use super::state::{Focus, State};

/// A key and what it does.
type Key = (&'static str, &'static str);

static INPUT_KEYS: &[Key] = &[
    ("[ENTER]", "Autocomplete Choice/Execute Command"),
    ("[F1]", "Show Shortkey Help"),
    ("[F2]", "Focus on next panel"),
    ("[F3]", "Hide/Show Docs"),
    ("[F5]", "Hide/Show Output"),
];
static DOC_KEYS: &[Key] = &[
    ("[F1]", "Show Shortkey Help"),
    ("[F2]", "Focus on next panel"),
    ("[q]", "Focus on Input"),
];
static OUTPUT_KEYS: &[Key] = &[
    ("[F1]", "Show Shortkey Help"),
    ("[F2]", "Focus on next panel"),
    ("[F3]", "Hide/Show Docs"),
    ("[F5]", "Hide/Show Output"),
];
static INPUT_HELP: &[Key] = &[
    ("[ENTER]", "Autocomplete Choice/Execute Command"),
    ("[F1]", "Hide Shortkey Help"),
    ("[F2]", "Focus on next panel"),
    ("[F3]", "Hide/Show Docs"),
    ("[F4]", "One/Multi column prompt"),
    ("[F5]", "Hide/Show Output"),
    ("[CONTROL+R]", "On/Off bck-i-search"),
];
static PANEL_HELP: &[Key] = &[
    ("[/]", "Search Forward"),
    ("[?]", "Search Backward"),
    ("[n]", "Find Next Match"),
    ("[N]", "Find Previous Match"),
    ("[w]", "Go Up a Page"),
    ("[z]", "Go Down a Page"),
    ("[k]", "Go Up a Line"),
    ("[j]", "Go Down a Line"),
    ("[g]", "Go to Top"),
    ("[G]", "Go to Bottom"),
    ("[F1]", "Hide Shortkey Help"),
    ("[F2]", "Focus on next panel"),
    ("[F3]", "Hide/Show Docs"),
    ("[F5]", "Hide/Show Output"),
    ("[q]", "Focus on Input"),
];

/// The styles; without colours they are told apart by other means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Styles {
    key: Style,
    sign: Style,
    item: Style,
    about: Style,
    selected: Style,
    bar: Style,
    found: Style,
    focus: Style,
}

impl Styles {
    /// Those of a terminal with colours, or without.
    pub(crate) fn new(coloured: bool) -> Self {
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        if !coloured {
            return Self {
                key: Style::new().add_modifier(Modifier::BOLD),
                sign: reversed,
                item: Style::new(),
                about: Style::new().add_modifier(Modifier::DIM),
                selected: reversed,
                bar: reversed,
                found: reversed,
                focus: Style::new().add_modifier(Modifier::BOLD),
            };
        }
        let on = |front, back| Style::new().fg(front).bg(back);
        Self {
            key: Style::new().fg(Color::Cyan),
            sign: on(Color::Red, Color::LightGreen),
            item: on(Color::Black, Color::Gray),
            about: on(Color::Gray, Color::DarkGray),
            selected: on(Color::White, Color::Blue),
            bar: Style::new().bg(Color::DarkGray),
            found: on(Color::Black, Color::Yellow),
            focus: Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD),
        }
    }
}

/// Draws the state; where the cursor stands is the answer.
pub(crate) fn draw(state: &State, styles: &Styles, buffer: &mut Buffer) -> Option<Position> {
    let mut canvas = Canvas { buffer, styles };
    let places = state.places;
    let cursor = canvas.input(state);
    if let Some(place) = places.doc {
        canvas.panel(state, "Doc panel", &state.doc, Focus::Doc, place);
    }
    if let Some(place) = places.output {
        if places.doc.is_some() {
            for y in 0..place.height {
                canvas.write(place.x - 1, place.y + y, 1, "│", Style::new());
            }
        }
        canvas.panel(state, "Output panel", &state.output, Focus::Output, place);
    }
    if let Some(place) = places.help {
        canvas.help(state, place);
    }
    if let Some(place) = places.toolbar {
        canvas.toolbar(state, place);
    }
    canvas.menu(state);
    match state.focus {
        Focus::Input => cursor,
        Focus::Doc => places.doc,
        Focus::Output => places.output,
    }
    .map(|place| Position::new(short(place.x), short(place.y)))
    .filter(|_| state.focus == Focus::Input)
}

struct Canvas<'a> {
    buffer: &'a mut Buffer,
    styles: &'a Styles,
}

impl Canvas<'_> {
    /// Writes what fits into so many cells; how many it took.
    fn write(&mut self, x: usize, y: usize, width: usize, text: &str, style: Style) -> usize {
        let area = self.buffer.area;
        let room = usize::from(area.width).saturating_sub(x).min(width);
        if y >= usize::from(area.height) || room == 0 {
            return 0;
        }
        let (end, _) = self
            .buffer
            .set_stringn(short(x), short(y), text, room, style);
        usize::from(end).saturating_sub(x)
    }

    /// Writes a text with a space before it, cut off with three dots, in so
    /// many cells.
    fn cell(&mut self, (x, y): (usize, usize), width: usize, text: &str, style: Style) {
        let room = width.saturating_sub(2);
        let text = if text.width() > room {
            let mut kept = String::new();
            let mut filled = 0;
            for letter in text.chars() {
                filled += cells(letter);
                if filled + 3 > room {
                    break;
                }
                kept.push(letter);
            }
            kept + &"..."[..room.min(3)]
        } else {
            text.to_owned()
        };
        let padding = width.saturating_sub(1 + text.width());
        let text = format!(" {text}{}", " ".repeat(padding));
        self.write(x, y, width, &text, style);
    }

    /// Draws the line; where the cursor stands is the answer.
    fn input(&mut self, state: &State) -> Option<Place> {
        let place = state.places.input;
        let (rows, (x, y)) = geometry::input(&state.prompt, &state.line, place.width);
        // A line that is too long for its place is seen around the cursor.
        let first = (y + 1).saturating_sub(place.height);
        for (index, row) in rows.iter().skip(first).take(place.height).enumerate() {
            self.write(place.x, place.y + index, place.width, row, Style::new());
        }
        (place.height > 0).then(|| Place {
            x: place.x + x,
            y: place.y + y - first,
            width: 1,
            height: 1,
        })
    }

    fn menu(&mut self, state: &State) {
        let Some(menu) = &state.menu else { return };
        let cursor = state.cursor();
        if state.has_columns {
            self.grid(menu, geometry::grid(menu, state.places.input, cursor));
        } else {
            self.list(menu, geometry::list(menu, state.places.input, cursor));
        }
    }

    fn list(&mut self, menu: &Menu, list: geometry::List) {
        let geometry::List {
            place,
            names,
            abouts,
            first,
        } = list;
        let items = menu.items().iter().enumerate().skip(first);
        for (row, (index, item)) in items.take(place.height).enumerate() {
            let is_selected = menu.selected() == Some(index);
            let of = |style| {
                if is_selected {
                    self.styles.selected
                } else {
                    style
                }
            };
            let (name, about) = (of(self.styles.item), of(self.styles.about));
            let y = place.y + row;
            self.cell((place.x, y), names, &item.shown, name);
            if abouts > 0 {
                self.cell((place.x + names, y), abouts, &item.about, about);
            }
        }
        if place.width > names + abouts {
            let count = menu.items().len();
            self.bar(place.x + place.width - 1, place, (first, count));
        }
    }

    fn grid(&mut self, menu: &Menu, grid: geometry::Grid) {
        let geometry::Grid { place, rows, .. } = grid;
        let items = menu.items();
        let is_last = (grid.first + grid.columns) * rows >= items.len();
        for row in 0..place.height {
            for column in 0..grid.columns {
                let index = (grid.first + column) * rows + row;
                let Some(item) = items.get(index) else { break };
                let style = if menu.selected() == Some(index) {
                    self.styles.selected
                } else {
                    self.styles.item
                };
                let x = place.x + 1 + column * grid.column;
                self.cell((x, place.y + row), grid.column, &item.shown, style);
            }
            if row == place.height / 2 {
                if grid.first > 0 {
                    self.write(place.x, place.y + row, 1, "<", self.styles.key);
                }
                if !is_last {
                    let x = place.x + 1 + grid.columns * grid.column;
                    self.write(x, place.y + row, 1, ">", self.styles.key);
                }
            }
        }
        let selected = menu.selected().and_then(|index| items.get(index));
        if let Some(item) = selected.filter(|item| grid.has_about && !item.about.is_empty()) {
            let x = place.x.min(1);
            let room = usize::from(self.buffer.area.width).saturating_sub(x);
            let width = (item.about.width() + 2).min(room);
            let y = place.y + place.height;
            self.cell((x, y), width, &item.about, self.styles.about);
        }
    }

    /// A bar that says which of so many rows are seen.
    fn bar(&mut self, x: usize, place: Place, (first, count): (usize, usize)) {
        if count <= place.height || place.height == 0 {
            return;
        }
        let length = (place.height * place.height / count).max(1);
        let last = count - place.height;
        let start = (place.height - length) * first.min(last) / last;
        for y in start..start + length {
            self.write(
                x,
                place.y + y,
                1,
                " ",
                self.styles.bar.add_modifier(Modifier::REVERSED),
            );
        }
    }

    fn panel(&mut self, state: &State, title: &str, panel: &Panel, focus: Focus, place: Place) {
        if place.height == 0 {
            return;
        }
        let has_focus = state.focus == focus;
        self.title(title, place, has_focus);
        let body = Place {
            y: place.y + 1,
            height: place.height - 1,
            ..place
        };
        for (row, (text, found)) in panel.seen().enumerate() {
            let y = body.y + row;
            self.write(body.x, y, body.width, text, Style::new());
            if let Some(found) = found {
                let x = body.x + text[..found.start].width();
                let room = (body.x + body.width).saturating_sub(x);
                self.write(x, y, room, &text[found], self.styles.found);
            }
        }
        if body.width > 1 {
            self.bar(body.x + body.width - 1, body, panel.position());
        }
        if let Some(search) = state.search.as_ref().filter(|_| has_focus) {
            let sign = match search.way {
                Way::Forward => '/',
                Way::Backward => '?',
            };
            let y = place.y + place.height - 1;
            let text = format!("{sign}{}_", search.text);
            let text = format!(
                "{text}{}",
                " ".repeat(body.width.saturating_sub(text.width()))
            );
            self.write(body.x, y, body.width, &text, self.styles.focus);
        }
    }

    /// `────|Doc panel|────`.
    fn title(&mut self, title: &str, place: Place, has_focus: bool) {
        let lines = place.width.saturating_sub(title.len() + 2);
        let left = lines / 2;
        self.write(
            place.x,
            place.y,
            place.width,
            &"─".repeat(place.width),
            Style::new(),
        );
        let style = if has_focus {
            self.styles.focus
        } else {
            Style::new()
        };
        let room = place.width - left;
        self.write(place.x + left, place.y, room, &format!("|{title}|"), style);
    }

    fn help(&mut self, state: &State, place: Place) {
        let (title, keys) = match state.focus {
            Focus::Input => ("Prompt panel help", INPUT_HELP),
            Focus::Doc => ("Doc panel help", PANEL_HELP),
            Focus::Output => ("Output panel help", PANEL_HELP),
        };
        if place.width < 2 || place.height < 2 {
            return;
        }
        let inner = place.width - 2;
        let edge = |left: char, right: char| format!("{left}{}{right}", "─".repeat(inner));
        let (right, bottom) = (place.x + place.width - 1, place.y + place.height - 1);
        self.write(place.x, place.y, place.width, &edge('┌', '┐'), Style::new());
        self.write(place.x, bottom, place.width, &edge('└', '┘'), Style::new());
        for y in place.y + 1..bottom {
            self.write(place.x, y, 1, "│", Style::new());
            self.write(right, y, 1, "│", Style::new());
        }
        let title = format!("| {title} |");
        let left = inner.saturating_sub(title.len()) / 2;
        self.write(place.x + 1 + left, place.y, inner, &title, Style::new());
        let mut y = place.y + 1;
        for (key, text) in keys {
            let line = format!("{key} {text}");
            for (index, row) in wrap_words(&line, inner).into_iter().enumerate() {
                if y >= bottom {
                    return;
                }
                self.write(place.x + 1, y, inner, &row, Style::new());
                if index == 0 {
                    self.write(place.x + 1, y, inner, key, self.styles.key);
                }
                y += 1;
            }
        }
    }

    fn toolbar(&mut self, state: &State, place: Place) {
        /// Cells between two keys.
        const SPACING: usize = 4;
        self.write(
            place.x,
            place.y,
            place.width,
            &"─".repeat(place.width),
            Style::new(),
        );
        let keys = match state.focus {
            Focus::Input => INPUT_KEYS,
            Focus::Doc => DOC_KEYS,
            Focus::Output => OUTPUT_KEYS,
        };
        let (mut x, mut y) = (place.x, place.y + 1);
        if state.is_history {
            x += self.write(x, y, place.width, "bck-i-search", self.styles.sign) + SPACING;
        }
        for (key, text) in keys {
            let width = key.len() + 1 + text.len();
            if x > place.x && x + width > place.x + place.width {
                (x, y) = (place.x, y + 1);
            }
            if y >= place.y + place.height {
                return;
            }
            let room = place.x + place.width - x;
            self.write(x, y, room, &format!("{key} {text}"), Style::new());
            self.write(x, y, room, key, self.styles.key);
            x += width + SPACING;
        }
    }
}

/// The rows that words fill.
fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in text.split(' ') {
        match rows.last_mut() {
            Some(row) if row.is_empty() => row.push_str(word),
            Some(row) if row.width() + 1 + word.width() <= width => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
