//! The prompt's state, and what each key makes of it. Nothing here reads or
//! writes anything: candidates and texts are asked for and handed in.
// Parity: awscli/autoprompt/factory.py, PromptToolkitKeyBindings.

use super::geometry::{self, Place, Places, Shown};

use super::line::Line;
use super::menu::{Item, Menu};
use super::panel::{Panel, Way};
use crate::ui::{Key, Name};

/// What has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Focus {
    /// The line.
    #[default]
    Input,
    /// The documentation.
    Doc,
    /// The sample of the output.
    Output,
}

/// What a key has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The prompt goes on.
    Stay,
    /// The line is to be run.
    Run(String),
    /// The prompt was left; so was the line.
    Leave(String),
}

/// What candidates are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// For a menu.
    Menu,
    /// For what all of them have in common, and a menu.
    Common,
}

/// What is being looked for in a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    /// The text so far.
    pub text: String,
    /// Which way it goes.
    pub way: Way,
}

/// The state of the prompt.
#[derive(Debug)]
pub(crate) struct State {
    /// What stands before the line.
    pub prompt: String,
    /// The line.
    pub line: Line,
    /// The menu, if one is open.
    pub menu: Option<Menu>,
    /// Whether the menu has several columns.
    pub has_columns: bool,
    /// Whether the menu is of commands that were run before.
    pub is_history: bool,
    /// What is to be seen.
    pub shown: Shown,
    /// What has the keys.
    pub focus: Focus,
    /// The documentation.
    pub doc: Panel,
    /// A sample of the output.
    pub output: Panel,
    /// What is being looked for in the panel with the keys.
    pub search: Option<Search>,
    /// Where everything is.
    pub places: Places,
    size: (usize, usize),
    want: Option<Want>,
    last_search: Search,
    /// The commands that were run before, and behind them the line that is
    /// being written; each as it was edited here.
    lines: Vec<String>,
    /// Which of them is the line.
    at: usize,
}

impl State {
    /// The prompt of `program` on a screen, with the commands that were run
    /// before.
    pub(crate) fn new(program: &str, history: Vec<String>, size: (usize, usize)) -> Self {
        let at = history.len();
        let mut lines = history;
        lines.push(String::new());
        let mut state = Self {
            prompt: format!("> {program} "),
            line: Line::default(),
            menu: None,
            has_columns: false,
            is_history: false,
            shown: Shown::default(),
            focus: Focus::Input,
            doc: Panel::default(),
            output: Panel::default(),
            search: None,
            places: Places::default(),
            size,
            want: None,
            last_search: Search {
                text: String::new(),
                way: Way::Forward,
            },
            lines,
            at,
        };
        state.fit();
        state
    }

    /// Types what the prompt begins with, and wants a menu for it.
    pub(crate) fn begin(&mut self, text: &str) {
        self.line.replace(text);
        self.want = Some(Want::Menu);
    }

    /// Fits everything into a screen.
    pub(crate) fn resize(&mut self, size: (usize, usize)) {
        self.size = size;
        self.fit();
    }

    /// What candidates are wanted for; they are those of the line up to the
    /// cursor, or of the history.
    pub(crate) const fn wants(&self) -> Option<Want> {
        self.want
    }

    /// The commands that were run before, the newest first, each once.
    pub(crate) fn history(&self) -> Vec<&str> {
        let mut unique: Vec<&str> = Vec::new();
        for line in self.lines.iter().rev() {
            let line = line.trim();
            if !line.is_empty() && !unique.contains(&line) {
                unique.push(line);
            }
        }
        unique
    }

    /// Takes the items that were wanted.
    pub(crate) fn offer(&mut self, items: Vec<Item>) {
        let want = self.want.take();
        let before = self.line.before();
        let start = if self.is_history {
            before.len() - before.trim_start().len()
        } else {
            word_start(before)
        };
        self.menu = Menu::new(items, &self.line, start);
        if want == Some(Want::Common)
            && let Some(menu) = &mut self.menu
        {
            let common = menu.common_part().to_owned();
            let items = menu.items().to_vec();
            match (common.is_empty(), &*items) {
                (true, [_]) => self.line = menu.next(),
                (true, _) => {}
                (false, [_]) => {
                    self.line.insert(&common);
                    self.menu = None;
                }
                (false, _) => {
                    self.line.insert(&common);
                    self.menu = Menu::new(items, &self.line, start);
                }
            }
        }
    }

    /// Whether a menu may open by itself.
    pub(crate) fn is_waiting(&self) -> bool {
        let is_free = self.menu.is_none() && self.want.is_none();
        is_free && !self.is_history && self.focus == Focus::Input
    }

    /// Opens a menu that has come late, if the line is still the same.
    pub(crate) fn offer_late(&mut self, before: &str, items: Vec<Item>) {
        if self.is_waiting() && self.line.before() == before {
            self.offer(items);
        }
    }

    /// What a key makes of it.
    pub(crate) fn press(&mut self, key: Key) -> Outcome {
        match key {
            Key::Control('c' | 'd') => return Outcome::Leave(self.line.text().to_owned()),
            Key::Function(number) => self.function(number),
            _ if self.search.is_some() => self.edit_search(&key),
            _ if self.focus != Focus::Input => self.read(&key),
            _ => return self.edit(key),
        }
        self.fit();
        Outcome::Stay
    }

    fn function(&mut self, number: u8) {
        match number {
            1 => self.shown.help = !self.shown.help,
            2 => {
                let mut next = self.focus;
                loop {
                    next = match next {
                        Focus::Input => Focus::Doc,
                        Focus::Doc => Focus::Output,
                        Focus::Output => Focus::Input,
                    };
                    match next {
                        Focus::Doc if !self.shown.doc => {}
                        Focus::Output if !self.shown.output => {}
                        _ => break,
                    }
                }
                self.give_focus(next);
            }
            3 => {
                self.shown.doc = !self.shown.doc;
                if self.focus == Focus::Doc {
                    self.give_focus(Focus::Input);
                }
            }
            4 => self.has_columns = !self.has_columns,
            5 => {
                self.shown.output = !self.shown.output;
                if self.focus == Focus::Output {
                    self.give_focus(Focus::Input);
                }
            }
            _ => {}
        }
    }

    fn give_focus(&mut self, focus: Focus) {
        self.focus = focus;
        self.search = None;
        if focus != Focus::Input {
            self.menu = None;
            self.want = None;
        }
    }

    /// The panel with the keys.
    fn panel(&mut self) -> &mut Panel {
        match self.focus {
            Focus::Output => &mut self.output,
            _ => &mut self.doc,
        }
    }

    /// A key in a panel.
    fn read(&mut self, key: &Key) {
        let panel = self.panel();
        match key {
            Key::Char('q') | Key::Named(Name::Escape) => self.give_focus(Focus::Input),
            Key::Char('w') | Key::Named(Name::PageUp) => panel.scroll_page(Way::Backward),
            Key::Char('z' | ' ') | Key::Named(Name::PageDown) => panel.scroll_page(Way::Forward),
            Key::Char('k') | Key::Named(Name::Up) | Key::Control('p') => panel.scroll(-1),
            Key::Char('j') | Key::Named(Name::Down) | Key::Control('n') => panel.scroll(1),
            Key::Char('g') | Key::Named(Name::Home) => panel.scroll_all(Way::Backward),
            Key::Char('G') | Key::Named(Name::End) => panel.scroll_all(Way::Forward),
            Key::Char('/') | Key::Control('s') => self.begin_search(Way::Forward),
            Key::Char('?') | Key::Control('r') => self.begin_search(Way::Backward),
            Key::Char('n') => self.search_again(|way| way),
            Key::Char('N') => self.search_again(Way::reversed),
            _ => {}
        }
    }

    fn begin_search(&mut self, way: Way) {
        self.search = Some(Search {
            text: String::new(),
            way,
        });
    }

    fn search_again(&mut self, way: fn(Way) -> Way) {
        let Search { text, way: last } = self.last_search.clone();
        self.panel().search(&text, way(last));
    }

    /// A key in what is being looked for.
    fn edit_search(&mut self, key: &Key) {
        let Some(mut search) = self.search.take() else {
            return;
        };
        match key {
            Key::Named(Name::Enter) => {
                if search.text.is_empty() {
                    // Parity: nothing typed is what was looked for last.
                    search.text = self.last_search.text.clone();
                }
                self.panel().search(&search.text, search.way);
                self.last_search = search;
                return;
            }
            Key::Named(Name::Escape) | Key::Control('g') => {
                self.panel().forget();
                return;
            }
            Key::Char(letter) => search.text.push(*letter),
            Key::Paste(text) => search.text.push_str(&one_line(text)),
            Key::Named(Name::Backspace) | Key::Control('h') => {
                search.text.pop();
            }
            _ => {}
        }
        self.search = Some(search);
    }

    /// A key in the line.
    fn edit(&mut self, key: Key) -> Outcome {
        match key {
            Key::Named(Name::Enter) | Key::Control('j' | 'm') => return self.enter(),
            Key::Named(Name::Tab) | Key::Control('i') => match &mut self.menu {
                Some(menu) => self.line = menu.next(),
                None => self.want = Some(Want::Common),
            },
            Key::Named(Name::BackTab) => {
                if let Some(menu) = &mut self.menu {
                    self.line = menu.previous();
                }
            }
            Key::Named(Name::Down) | Key::Control('n') => match &mut self.menu {
                Some(menu) => self.line = menu.next(),
                None => self.go_history(1),
            },
            Key::Named(Name::Up) | Key::Control('p') => match &mut self.menu {
                Some(menu) => self.line = menu.previous(),
                None => self.go_history(-1),
            },
            Key::Named(Name::PageUp) | Key::Modified(Name::Up) => self.go_history(-1),
            Key::Named(Name::PageDown) | Key::Modified(Name::Down) => self.go_history(1),
            Key::Named(Name::Left) if self.selects_columns() => self.go_column(-1),
            Key::Named(Name::Right) if self.selects_columns() => self.go_column(1),
            Key::Control('r') => {
                self.cancel_menu();
                self.is_history = !self.is_history;
                self.want = self.is_history.then_some(Want::Menu);
            }
            Key::Named(Name::Escape) => {
                if self.is_history {
                    self.cancel_menu();
                    self.is_history = false;
                }
            }
            Key::Control('g') => self.menu = None,
            Key::Char(letter) => {
                let is_selected = self
                    .menu
                    .as_ref()
                    .is_some_and(|menu| menu.selected().is_some());
                if letter == ' ' && is_selected {
                    self.is_history = false;
                }
                self.line.insert(letter.encode_utf8(&mut [0; 4]));
                self.typed();
            }
            Key::Paste(text) => {
                self.line.insert(&one_line(&text));
                self.typed();
            }
            other => self.edit_text(&other),
        }
        self.fit();
        Outcome::Stay
    }

    fn edit_text(&mut self, key: &Key) {
        let line = &mut self.line;
        match key {
            Key::Named(Name::Backspace) | Key::Control('h') => line.delete_before(),
            Key::Named(Name::Delete) => line.delete_behind(),
            Key::Named(Name::Left) | Key::Control('b') => line.go_left(),
            Key::Named(Name::Right) | Key::Control('f') => line.go_right(),
            Key::Named(Name::Home) | Key::Control('a') | Key::Modified(Name::Home) => {
                line.go_home();
            }
            Key::Named(Name::End) | Key::Control('e') | Key::Modified(Name::End) => line.go_end(),
            Key::Modified(Name::Left) | Key::Meta('b') => line.go_word_left(),
            Key::Modified(Name::Right) | Key::Meta('f') => line.go_word_right(),
            Key::Modified(Name::Backspace) => line.cut_word_part(),
            Key::Modified(Name::Delete) | Key::Meta('d') => line.cut_word_behind(),
            Key::Control('k') => line.cut_behind(),
            Key::Control('u') => line.cut_before(),
            Key::Control('w') => line.cut_word(),
            Key::Control('y') => line.paste(),
            Key::Control('t') => line.swap(),
            Key::Control('_' | '7' | '/') => line.undo(),
            _ => return,
        }
        // The cursor has left what the menu is of.
        self.menu = None;
        self.want = None;
    }

    /// A text was typed: candidates are wanted for it.
    fn typed(&mut self) {
        self.menu = None;
        self.want = Some(Want::Menu);
    }

    /// Enter takes what is in the menu; without one it runs the line.
    fn enter(&mut self) -> Outcome {
        if self.menu.take().is_none() {
            return Outcome::Run(self.line.text().to_owned());
        }
        self.is_history = false;
        let word = &self.line.before()[word_start(self.line.before())..];
        let is_path = word.starts_with("file://") || word.starts_with("fileb://");
        // Below a folder it goes on.
        if is_path && word.ends_with('/') {
            self.want = Some(Want::Menu);
        }
        Outcome::Stay
    }

    fn cancel_menu(&mut self) {
        if let Some(menu) = self.menu.take() {
            self.line = menu.original().clone();
        }
    }

    /// Whether left and right go over columns.
    fn selects_columns(&self) -> bool {
        let selected = self.menu.as_ref().and_then(Menu::selected);
        self.has_columns && selected.is_some()
    }

    fn go_column(&mut self, by: isize) {
        let (input, cursor) = (self.places.input, self.cursor());
        if let Some(menu) = &mut self.menu {
            let rows = geometry::grid(menu, input, cursor).rows;
            self.line = menu.go(by * isize::try_from(rows).unwrap_or(0));
        }
    }

    /// Where the menu hangs: the cursor's column and row before anything was
    /// selected.
    pub(crate) fn cursor(&self) -> (usize, usize) {
        let line = self.menu.as_ref().map_or(&self.line, Menu::original);
        geometry::input(&self.prompt, line, self.places.input.width).1
    }

    fn go_history(&mut self, by: isize) {
        let Some(at) = self.at.checked_add_signed(by) else {
            return;
        };
        if at >= self.lines.len() {
            return;
        }
        self.lines[self.at] = self.line.text().to_owned();
        self.at = at;
        self.line.replace(&self.lines[at].clone());
        self.menu = None;
    }

    fn fit(&mut self) {
        let (width, height) = self.size;
        self.places = geometry::places(width, height, self.shown);
        let (doc, output) = (self.places.doc, self.places.output);
        for (panel, place) in [(&mut self.doc, doc), (&mut self.output, output)] {
            if let Some(Place { width, height, .. }) = place {
                // The title; the bar that says where one is.
                panel.fit(width.saturating_sub(1), height.saturating_sub(1));
            }
        }
    }
}

/// Where the word before the cursor begins.
fn word_start(before: &str) -> usize {
    if before.ends_with(' ') {
        return before.len();
    }
    before
        .char_indices()
        .rev()
        .find(|(_, letter)| letter.is_whitespace())
        .map_or(0, |(at, letter)| at + letter.len_utf8())
}

/// A text of several lines as one: a backslash at the end of a line goes on in
/// the next.
fn one_line(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace("\\\n", " ")
        .replace('\n', " ")
}
