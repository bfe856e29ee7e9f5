//! The state driven by keys, and the screens that come of it.

use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::menu::{self, Item};
use super::state::{Focus, Outcome, State};
use super::view::{self, Styles};
use crate::complete::{Candidate, Wanted};
use crate::ui::{Key, Name};

/// A prompt with a few commands to offer.
struct Desk {
    state: State,
}

const COMMANDS: &[(&str, &str)] = &[
    ("ec2", "Amazon Elastic Compute Cloud"),
    ("ecs", "Amazon EC2 Container Service"),
    ("s3", "High level S3 commands"),
    ("s3api", "Amazon Simple Storage Service"),
];

/// What stands behind `ec2`.
fn options() -> Vec<Candidate> {
    let option = |text: &str, type_name, required, help: &str| Candidate {
        type_name,
        required,
        help: help.to_owned(),
        ..Candidate::new(text)
    };
    vec![
        option("--dry-run", "boolean", false, "Checks whether you may."),
        option(
            "--instance-ids",
            "list",
            true,
            "The IDs of the instances, as many as there are.",
        ),
        option("--name", "string", false, "名前です。"),
        option("--region", "string", false, ""),
    ]
}

fn offered(before: &str) -> Vec<Item> {
    let typed = before.rsplit(' ').next().unwrap_or_default();
    let candidates = match before.split_once(' ') {
        None => COMMANDS
            .iter()
            .map(|(name, help)| Candidate {
                help: (*help).to_owned(),
                ..Candidate::new(*name)
            })
            .collect(),
        Some(("ec2", _)) => options(),
        Some(_) => Vec::new(),
    };
    let wanted = Wanted {
        fuzzy: true,
        ..Wanted::default()
    };
    menu::items(wanted.filter(typed, candidates))
}

impl Desk {
    fn new(text: &str, size: (usize, usize)) -> Self {
        let history = ["s3 ls", "ec2 describe-regions", "s3 ls"];
        let history = history.map(str::to_owned).to_vec();
        let mut desk = Self {
            state: State::new("aws", history, size),
        };
        desk.state.begin(text);
        desk.settle();
        desk
    }

    fn settle(&mut self) {
        if self.state.wants().is_none() {
            return;
        }
        let items = if self.state.is_history {
            let commands = self.state.history();
            let candidates = commands.iter().map(|command| Candidate::new(*command));
            let wanted = Wanted {
                fuzzy: true,
                ..Wanted::default()
            };
            menu::items(wanted.filter(self.state.line.before(), candidates))
        } else {
            offered(self.state.line.before())
        };
        self.state.offer(items);
    }

    fn press(&mut self, key: Key) -> Outcome {
        let outcome = self.state.press(key);
        self.settle();
        outcome
    }

    fn named(&mut self, name: Name) -> Outcome {
        self.press(Key::Named(name))
    }

    fn function(&mut self, number: u8) {
        assert_eq!(self.press(Key::Function(number)), Outcome::Stay);
    }

    fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            assert_eq!(self.press(Key::Char(letter)), Outcome::Stay);
        }
    }

    /// The line, `|` where the cursor is, and what the menu has, the selected
    /// item in brackets.
    fn shown(&self) -> String {
        let line = &self.state.line;
        let mut shown = format!("{}|{}", line.before(), line.behind());
        if let Some(menu) = &self.state.menu {
            for (index, item) in menu.items().iter().enumerate() {
                if menu.selected() == Some(index) {
                    shown.push_str(&format!(" [{}]", item.text));
                } else {
                    shown.push_str(&format!(" {}", item.text));
                }
            }
        }
        shown
    }

    fn draw(&self, (width, height): (u16, u16)) -> TestBackend {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let styles = Styles::new(false);
        let draw = |frame: &mut ratatui::Frame<'_>| {
            if let Some(cursor) = view::draw(&self.state, &styles, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        };
        terminal.draw(draw).unwrap();
        terminal.backend().clone()
    }

    fn screen(&self, size: (u16, u16)) -> String {
        self.draw(size).to_string()
    }
}

#[test]
fn enter_takes_what_is_selected_and_then_runs() {
    let mut desk = Desk::new("", (80, 24));
    assert_eq!(desk.shown(), "| ec2 ecs s3 s3api");
    desk.type_text("e");
    assert_eq!(desk.shown(), "e| ec2 ecs");
    desk.named(Name::Down);
    desk.named(Name::Down);
    assert_eq!(desk.shown(), "ecs| ec2 [ecs]");
    desk.named(Name::Up);
    assert_eq!(desk.shown(), "ec2| [ec2] ecs");
    assert_eq!(desk.named(Name::Enter), Outcome::Stay);
    assert_eq!(desk.shown(), "ec2|");
    assert_eq!(desk.named(Name::Enter), Outcome::Run("ec2".to_owned()));
}

#[test]
fn required_options_come_first_and_nothing_new_is_no_menu() {
    let mut desk = Desk::new("ec2 ", (80, 24));
    assert_eq!(
        desk.shown(),
        "ec2 | --instance-ids --dry-run --name --region"
    );
    desk.type_text("--nme");
    assert_eq!(desk.shown(), "ec2 --nme| --name");
    desk.named(Name::Tab);
    assert_eq!(desk.shown(), "ec2 --name| [--name]");
    // Typing goes on from what is selected.
    desk.type_text("x");
    assert_eq!(desk.shown(), "ec2 --namex|");
    desk.named(Name::Backspace);
    // What is taken away opens no menu, Tab does where there is something new.
    assert_eq!(desk.shown(), "ec2 --name|");
    desk.named(Name::Backspace);
    desk.named(Name::Tab);
    assert_eq!(desk.shown(), "ec2 --name|");
}

#[test]
fn tab_adds_what_all_have_in_common() {
    let mut desk = Desk::new("", (80, 24));
    desk.press(Key::Control('g'));
    desk.type_text("s");
    desk.press(Key::Control('g'));
    assert_eq!(desk.shown(), "s|");
    desk.named(Name::Tab);
    // One of them has the letter elsewhere.
    assert_eq!(desk.shown(), "s| s3 s3api ecs");
    desk.named(Name::Tab);
    assert_eq!(desk.shown(), "s3| [s3] s3api ecs");
}

#[test]
fn the_text_behind_the_cursor_stays() {
    let mut desk = Desk::new("ec2 ", (80, 24));
    desk.press(Key::Control('g'));
    desk.press(Key::Control('a'));
    assert_eq!(desk.shown(), "|ec2 ");
    desk.type_text("s3a");
    desk.named(Name::Down);
    assert_eq!(desk.shown(), "s3api|ec2  [s3api]");
}

#[test]
fn commands_that_were_run_come_back() {
    let mut desk = Desk::new("", (80, 24));
    desk.press(Key::Control('g'));
    desk.named(Name::Up);
    assert_eq!(desk.shown(), "s3 ls|");
    desk.named(Name::Up);
    assert_eq!(desk.shown(), "ec2 describe-regions|");
    desk.named(Name::Down);
    desk.named(Name::Down);
    assert_eq!(desk.shown(), "|");
    desk.named(Name::Down);
    assert_eq!(desk.shown(), "|");
}

#[test]
fn the_history_is_searched() {
    let mut desk = Desk::new("", (80, 24));
    desk.press(Key::Control('r'));
    assert_eq!(desk.shown(), "| s3 ls ec2 describe-regions");
    desk.type_text("dr");
    assert_eq!(desk.shown(), "dr| ec2 describe-regions");
    desk.named(Name::Down);
    // A space takes the command and goes on with it.
    desk.type_text(" ");
    assert!(!desk.state.is_history);
    assert_eq!(
        desk.shown(),
        "ec2 describe-regions | --instance-ids --dry-run --name --region"
    );
    // Escape leaves it as it was.
    desk.press(Key::Control('u'));
    desk.press(Key::Control('r'));
    desk.named(Name::Down);
    desk.named(Name::Escape);
    assert_eq!(
        (desk.shown(), desk.state.is_history),
        ("|".to_owned(), false)
    );
    // Enter takes what is selected, and the next runs it.
    desk.press(Key::Control('r'));
    desk.named(Name::Down);
    assert_eq!(desk.named(Name::Enter), Outcome::Stay);
    assert!(!desk.state.is_history);
    assert_eq!(desk.named(Name::Enter), Outcome::Run("s3 ls".to_owned()));
}

#[test]
fn the_prompt_is_left_from_anywhere() {
    for letter in ['c', 'd'] {
        let mut desk = Desk::new("ec2 ", (80, 24));
        desk.function(3);
        desk.function(2);
        desk.type_text("/");
        assert_eq!(
            desk.press(Key::Control(letter)),
            Outcome::Leave("ec2 ".to_owned())
        );
    }
}

#[test]
fn the_keys_go_to_the_panels_that_are_seen() {
    let mut desk = Desk::new("ec2", (80, 24));
    desk.function(2);
    assert_eq!(desk.state.focus, Focus::Input);
    desk.function(3);
    desk.function(5);
    for focus in [Focus::Doc, Focus::Output, Focus::Input, Focus::Doc] {
        desk.function(2);
        assert_eq!(desk.state.focus, focus);
    }
    desk.type_text("q");
    assert_eq!(desk.state.focus, Focus::Input);
    // Closing a panel takes the keys from it.
    desk.function(2);
    desk.function(3);
    assert_eq!(desk.state.focus, Focus::Input);
    assert_eq!(desk.state.line.text(), "ec2");
}

#[test]
fn a_pasted_command_becomes_one_line() {
    let mut desk = Desk::new("", (80, 24));
    desk.press(Key::Paste("ec2 x \\\r\n  --name a\n".to_owned()));
    assert_eq!(desk.state.line.text(), "ec2 x    --name a ");
}

#[test]
fn a_late_menu_opens_only_where_it_belongs() {
    let item = || vec![Candidate::new("bucket")];
    let mut desk = Desk::new("x ", (80, 24));
    desk.state.offer_late("y ", menu::items(item()));
    assert_eq!(desk.shown(), "x |");
    desk.state.offer_late("x ", menu::items(item()));
    assert_eq!(desk.shown(), "x | bucket");
}

#[test]
fn a_folder_of_files_goes_on() {
    let mut desk = Desk::new("", (80, 24));
    desk.press(Key::Control('g'));
    desk.press(Key::Paste("x file://a".to_owned()));
    let candidates = vec![Candidate::new("file://a/"), Candidate::new("file://ab")];
    desk.state.begin("x file://a");
    desk.state.offer(menu::items(candidates));
    desk.named(Name::Down);
    assert_eq!(desk.state.press(Key::Named(Name::Enter)), Outcome::Stay);
    assert_eq!(desk.state.line.text(), "x file://a/");
    assert!(desk.state.wants().is_some());
}

#[test]
fn the_menu_says_what_each_is_for() {
    let mut desk = Desk::new("ec2 ", (60, 16));
    desk.named(Name::Down);
    assert_snapshot!(desk.screen((60, 16)));
}

#[test]
fn a_long_menu_scrolls_with_what_is_selected() {
    let mut desk = Desk::new("", (40, 10));
    let candidates = (0..30).map(|number| Candidate::new(format!("item-{number}")));
    desk.state.offer(menu::items(candidates.collect()));
    for _ in 0..9 {
        desk.state.press(Key::Named(Name::Down));
    }
    assert_snapshot!(desk.screen((40, 10)));
}

#[test]
fn the_menu_may_have_columns() {
    let mut desk = Desk::new("", (60, 16));
    let candidates = (0..30).map(|number| Candidate {
        help: format!("About {number}"),
        ..Candidate::new(format!("item-{number}"))
    });
    desk.state.offer(menu::items(candidates.collect()));
    desk.function(4);
    desk.named(Name::Down);
    desk.named(Name::Right);
    assert_snapshot!(desk.screen((60, 16)));
}

#[test]
fn the_panels_stand_below_the_line() {
    let mut desk = Desk::new("ec2 --name 名前", (80, 24));
    desk.function(3);
    desk.function(5);
    let lines: Vec<String> = (1..40)
        .map(|number| format!("Line {number} of the page."))
        .collect();
    desk.state.doc.set_text(lines.join("\n"));
    desk.state
        .output
        .set_text("{\n    \"Name\": \"Name\"\n}\n".to_owned());
    assert_snapshot!("both", desk.screen((80, 24)));
    desk.function(2);
    desk.type_text("/line 3");
    assert_snapshot!("searching", desk.screen((80, 24)));
    desk.named(Name::Enter);
    desk.type_text("z");
    desk.function(1);
    assert_snapshot!("help", desk.screen((80, 24)));
}

#[test]
fn a_small_screen_shows_what_fits() {
    let mut desk = Desk::new("ec2 --name a-rather-long-value-that-is-wrapped", (40, 10));
    desk.function(3);
    desk.state.doc.set_text("Some words.".to_owned());
    assert_snapshot!(desk.screen((40, 10)));
}

#[test]
fn no_screen_is_too_small() {
    for width in 0..30_u16 {
        for height in 0..10_u16 {
            let size = (usize::from(width), usize::from(height));
            let mut desk = Desk::new("ec2 --instance", size);
            let _ = desk.draw((width, height));
            desk.function(4);
            desk.named(Name::Down);
            desk.function(3);
            desk.function(5);
            desk.function(1);
            desk.press(Key::Control('r'));
            let _ = desk.draw((width, height));
        }
    }
}

#[test]
fn a_history_search_shows_its_sign() {
    let mut desk = Desk::new("", (80, 24));
    desk.press(Key::Control('r'));
    let screen = desk.screen((80, 24));
    assert!(screen.contains("bck-i-search    [ENTER]"), "{screen}");
}
