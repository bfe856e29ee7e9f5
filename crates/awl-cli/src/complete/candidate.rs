//! A candidate, and which of them fit what was typed.
// Parity: awscli/autocomplete/{completer,filters}.py.

/// What may stand in place of the word that the cursor is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// What the word becomes.
    pub text: String,
    /// What a list shows of it, where that is not the whole word.
    pub display: Option<String>,
    /// What it is for, in plain words; empty unless help is wanted.
    pub help: String,
    /// Whether it is an option that must be given.
    pub required: bool,
    /// The type of an option or a key; empty for others.
    pub type_name: &'static str,
}

impl Candidate {
    /// A candidate of which nothing else is known.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// What a list shows.
    pub(crate) fn shown(&self) -> &str {
        self.display.as_deref().unwrap_or(&self.text)
    }
}

/// What is wanted of the candidates.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    /// Whether those fit as well that only have the letters in that order.
    pub fuzzy: bool,
    /// Whether each says what it is for.
    pub help: bool,
    /// Whether a service may be asked for names of resources.
    pub remote: bool,
}

impl Wanted {
    /// The candidates that fit what was typed: all for nothing, otherwise
    /// those that begin so; or that have its letters, the closest first.
    pub(crate) fn filter(
        self,
        typed: &str,
        candidates: impl IntoIterator<Item = Candidate>,
    ) -> Vec<Candidate> {
        let candidates = candidates.into_iter();
        if typed.is_empty() {
            return candidates.collect();
        }
        if !self.fuzzy {
            return candidates
                .filter(|candidate| candidate.shown().starts_with(typed))
                .collect();
        }
        let typed: Vec<char> = typed.to_lowercase().chars().collect();
        let mut found: Vec<((usize, usize), Candidate)> = candidates
            .filter_map(|candidate| Some((closeness(&typed, candidate.shown())?, candidate)))
            .collect();
        found.sort_by(|(one, left), (other, right)| {
            one.cmp(other)
                .then_with(|| left.display.cmp(&right.display))
                .then_with(|| left.text.cmp(&right.text))
        });
        found.into_iter().map(|(_, candidate)| candidate).collect()
    }
}

/// How far the letters are apart in `name`, and where the first stands: of the
/// match that begins first.
fn closeness(typed: &[char], name: &str) -> Option<(usize, usize)> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    (0..name.len()).find_map(|start| {
        let mut at = start;
        for (index, letter) in typed.iter().enumerate() {
            let found = name[at..].iter().position(|other| other == letter)?;
            if index == 0 && found != 0 {
                return None;
            }
            at += found + 1;
        }
        Some((at - start, start))
    })
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Wanted};

    fn check(typed: &str, fuzzy: bool, names: &[&str], expected: &[&str]) {
        let wanted = Wanted {
            fuzzy,
            ..Wanted::default()
        };
        let names = names.iter().map(|name| Candidate::new(*name));
        let found = wanted.filter(typed, names);
        let found: Vec<&str> = found.iter().map(Candidate::shown).collect();
        assert_eq!(found, expected, "{typed}");
    }

    #[test]
    fn what_begins_so_fits() {
        check("de", false, &["delete", "model", "dE"], &["delete"]);
        check("", true, &["b", "a"], &["b", "a"]);
    }

    #[test]
    fn the_closest_come_first() {
        let names = ["remote-tags", "rm", "rename-them", "RMT", "tags"];
        check("rmt", true, &names, &["RMT", "remote-tags", "rename-them"]);
        // The first match counts, though a later one is shorter.
        check("ab", true, &["a--bab", "a-bb"], &["a-bb", "a--bab"]);
    }
}
