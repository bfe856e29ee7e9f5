//! The menu of what the word that the cursor is in may become.
// Parity: awscli/autoprompt/prompttoolkit.py, PromptToolkitCompleter;
// prompt_toolkit/buffer.py, CompletionState.

use super::line::Line;
use crate::complete::Candidate;

/// The options that make no sense in the prompt.
const LEFT_OUT: &[&str] = &["--cli-auto-prompt", "--no-cli-auto-prompt"];

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// What is inserted.
    pub text: String,
    /// What is shown.
    pub shown: String,
    /// What is said of it; may be empty.
    pub about: String,
}

/// The items of candidates: what is required first, each once.
pub(crate) fn items(candidates: Vec<Candidate>) -> Vec<Item> {
    let mut unique: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let is_known = unique.iter().any(|known| known.text == candidate.text);
        if !is_known && !LEFT_OUT.contains(&&*candidate.text) {
            unique.push(candidate);
        }
    }
    let (required, optional): (Vec<_>, Vec<_>) =
        unique.into_iter().partition(|candidate| candidate.required);
    required.into_iter().chain(optional).map(item).collect()
}

fn item(candidate: Candidate) -> Item {
    let shown = match candidate.display {
        Some(display) => display,
        None if candidate.required && candidate.text.starts_with("--") => {
            format!("{} (required)", candidate.text)
        }
        None => candidate.text.clone(),
    };
    let mut about = String::new();
    if !candidate.type_name.is_empty() {
        about.push_str(&format!("[{}] ", candidate.type_name));
    }
    about.push_str(&candidate.help);
    Item {
        text: candidate.text,
        shown,
        about,
    }
}

/// An open menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Menu {
    items: Vec<Item>,
    selected: Option<usize>,
    /// The line before anything was selected.
    original: Line,
    /// Where the word begins that an item replaces.
    start: usize,
}

impl Menu {
    /// A menu over `line`, of which the items replace what stands before the
    /// cursor from the byte `start` on. None where it would say nothing new.
    pub(crate) fn new(items: Vec<Item>, line: &Line, start: usize) -> Option<Self> {
        let word = &line.before()[start..];
        match &*items {
            [] => None,
            [only] if only.text == word => None,
            _ => Some(Self {
                items,
                selected: None,
                original: line.clone(),
                start,
            }),
        }
    }

    /// The items.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Which of them is selected.
    pub(crate) const fn selected(&self) -> Option<usize> {
        self.selected
    }

    /// The line before anything was selected.
    pub(crate) const fn original(&self) -> &Line {
        &self.original
    }

    /// Selects the next item; behind the last comes none. The line that this
    /// makes is the answer.
    pub(crate) fn next(&mut self) -> Line {
        self.select(match self.selected {
            None => Some(0),
            Some(index) if index + 1 < self.items.len() => Some(index + 1),
            Some(_) => None,
        })
    }

    /// Selects the item before; before the first comes none.
    pub(crate) fn previous(&mut self) -> Line {
        self.select(match self.selected {
            None => self.items.len().checked_sub(1),
            Some(index) => index.checked_sub(1),
        })
    }

    /// Goes over so many items, where there is one.
    pub(crate) fn go(&mut self, by: isize) -> Line {
        let index = self
            .selected
            .and_then(|index| index.checked_add_signed(by))
            .filter(|index| *index < self.items.len());
        self.select(index.or(self.selected))
    }

    /// What all items add to the word; empty where one of them changes it.
    pub(crate) fn common_part(&self) -> &str {
        let word = &self.original.before()[self.start..];
        let mut rests = self.items.iter().map(|item| item.text.strip_prefix(word));
        let Some(Some(first)) = rests.next() else {
            return "";
        };
        let mut length = first.len();
        for rest in rests {
            let Some(rest) = rest else { return "" };
            let common = first
                .char_indices()
                .zip(rest.chars())
                .find(|((_, one), other)| one != other)
                .map_or(first.len().min(rest.len()), |((at, _), _)| at);
            length = length.min(common);
        }
        &first[..length]
    }

    fn select(&mut self, index: Option<usize>) -> Line {
        self.selected = index;
        let mut line = self.original.clone();
        if let Some(item) = index.and_then(|index| self.items.get(index)) {
            let before = format!("{}{}", &line.before()[..self.start], item.text);
            let text = format!("{before}{}", line.behind());
            line.set(text, before.len());
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(text: &str, required: bool) -> Candidate {
        Candidate {
            required,
            ..Candidate::new(text)
        }
    }

    fn menu(texts: &[&str], typed: &str, start: usize) -> Option<Menu> {
        let mut line = Line::default();
        line.set(format!("{typed} behind"), typed.len());
        let candidates = texts.iter().map(|text| candidate(text, false)).collect();
        Menu::new(items(candidates), &line, start)
    }

    #[test]
    fn what_is_required_comes_first_and_each_once() {
        let candidates = vec![
            Candidate {
                type_name: "list",
                help: "Some ids.".to_owned(),
                ..candidate("--ids", false)
            },
            candidate("--cli-auto-prompt", false),
            candidate("--name", true),
            candidate("--ids", false),
            Candidate {
                display: Some("outfile (required)".to_owned()),
                ..candidate("outfile", true)
            },
        ];
        let shown: Vec<(String, String)> = items(candidates)
            .into_iter()
            .map(|item| (item.shown, item.about))
            .collect();
        let expected = [
            ("--name (required)", ""),
            ("outfile (required)", ""),
            ("--ids", "[list] Some ids."),
        ];
        assert_eq!(
            shown,
            expected.map(|(shown, about)| (shown.to_owned(), about.to_owned()))
        );
    }

    #[test]
    fn a_selection_is_tried_on_the_line() {
        let mut menu = menu(&["ec2", "ecs"], "e", 0).unwrap();
        let mut text = |step: fn(&mut Menu) -> Line| {
            let line = step(&mut menu);
            format!("{}|{}", line.before(), line.behind())
        };
        assert_eq!(text(Menu::next), "ec2| behind");
        assert_eq!(text(Menu::next), "ecs| behind");
        assert_eq!(text(Menu::next), "e| behind");
        assert_eq!(text(Menu::previous), "ecs| behind");
        assert_eq!(text(|menu| menu.go(-1)), "ec2| behind");
        assert_eq!(text(|menu| menu.go(2)), "ec2| behind");
        assert_eq!(text(Menu::previous), "e| behind");
    }

    #[test]
    fn a_menu_says_something_new() {
        assert!(menu(&[], "e", 0).is_none());
        assert!(menu(&["ec2"], "ec2", 0).is_none());
        assert!(menu(&["ec2"], "x ec", 2).is_some());
    }

    #[test]
    fn tab_adds_what_all_have() {
        let common = |texts: &[&str], typed: &str| {
            let menu = menu(texts, typed, 0).unwrap();
            menu.common_part().to_owned()
        };
        assert_eq!(common(&["describe-a", "describe-b"], "de"), "scribe-");
        assert_eq!(common(&["describe-a", "model"], "de"), "");
        assert_eq!(common(&["ab", "abc"], "a"), "b");
        assert_eq!(common(&["aé", "aè"], "a"), "");
    }
}
