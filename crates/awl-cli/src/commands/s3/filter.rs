//! `--include` and `--exclude`: patterns that say which paths a command works
//! on; the last one that fits decides.
// Parity: awscli/customizations/s3/filters.py; Python's fnmatch.

/// The patterns of a command, in the order of its line.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Whether what fits is worked on, and the pattern.
    patterns: Vec<(bool, Vec<char>)>,
}

impl Filter {
    /// Patterns below `root`: each is the name of its option and its text.
    pub(super) fn new(given: &[(&str, &str)], root: &str) -> Self {
        let patterns = given
            .iter()
            .map(|(option, text)| (*option == "--include", join(root, text)))
            .collect();
        Self { patterns }
    }

    /// Whether the command works on a path.
    pub(super) fn accepts(&self, path: &str) -> bool {
        if self.patterns.is_empty() {
            return true;
        }
        let path: Vec<char> = path.chars().collect();
        let mut fitting = self.patterns.iter().rev();
        fitting
            .find(|(_, pattern)| matches(pattern, &path))
            .is_none_or(|(includes, _)| *includes)
    }
}

/// Where the patterns for an object, or for those below a prefix, begin.
pub(super) fn root(bucket: &str, key: &str, is_recursive: bool) -> String {
    let key = if is_recursive || key.ends_with('/') {
        key
    } else {
        key.rsplit_once('/').map_or("", |(folder, _)| folder)
    };
    format!("{bucket}/{key}")
}

/// A pattern below a root, unless it has one of its own.
// Parity: Python's os.path.join.
fn join(root: &str, pattern: &str) -> Vec<char> {
    let separator = if root.is_empty() || root.ends_with('/') {
        ""
    } else {
        "/"
    };
    match pattern.starts_with('/') {
        true => pattern.chars().collect(),
        false => format!("{root}{separator}{pattern}").chars().collect(),
    }
}

/// Whether all of `text` is as `pattern` says: `*` is anything, `?` one letter,
/// `[abc]`, `[a-c]` and `[!a-c]` one of some letters.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut place) = (0, 0);
    // Behind the last star, and where in the text it ends for now.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if pattern.get(at) == Some(&'*') {
            at += 1;
            star = Some((at, place));
            continue;
        }
        if at == pattern.len() && place == text.len() {
            return true;
        }
        if let (Some(letter), true) = (text.get(place), at < pattern.len())
            && let Some(length) = letter_matches(&pattern[at..], *letter)
        {
            at += length;
            place += 1;
            continue;
        }
        // The star takes one letter more.
        match star {
            Some((behind, end)) if end < text.len() => {
                star = Some((behind, end + 1));
                (at, place) = (behind, end + 1);
            }
            _ => return false,
        }
    }
}

/// How much of the pattern a letter needs, if it is such as stands there first.
fn letter_matches(pattern: &[char], letter: char) -> Option<usize> {
    match pattern[0] {
        '?' => Some(1),
        '[' => match set_end(pattern) {
            Some(end) => is_in_set(&pattern[1..end], letter).then_some(end + 1),
            None => (letter == '[').then_some(1),
        },
        own => (letter == own).then_some(1),
    }
}

/// Where the set that begins a pattern ends; a bracket that comes first is one
/// of its letters.
fn set_end(pattern: &[char]) -> Option<usize> {
    let mut from = 1;
    if pattern.get(from) == Some(&'!') {
        from += 1;
    }
    if pattern.get(from) == Some(&']') {
        from += 1;
    }
    let rest = pattern.get(from..)?;
    rest.iter()
        .position(|letter| *letter == ']')
        .map(|at| from + at)
}

fn is_in_set(set: &[char], letter: char) -> bool {
    let (set, is_negated) = match set {
        ['!', rest @ ..] => (rest, true),
        _ => (set, false),
    };
    let mut at = 0;
    let mut is_in = false;
    while let Some(first) = set.get(at) {
        // A dash at either end is a letter.
        match (set.get(at + 1), set.get(at + 2)) {
            (Some('-'), Some(last)) => {
                is_in |= (*first..=*last).contains(&letter);
                at += 3;
            }
            _ => {
                is_in |= *first == letter;
                at += 1;
            }
        }
    }
    is_in != is_negated
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checked against Python's `fnmatch.fnmatchcase`.
    #[test]
    fn patterns_are_those_of_python() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "a/b\nc", true),
            ("a*", "b", false),
            ("*.txt", "a/b.txt", true),
            ("*.txt", "a.txt/b", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("a?c", "aüc", true),
            ("a?c", "ac", false),
            ("[ab]", "b", true),
            ("[!ab]", "b", false),
            ("[!ab]", "c", true),
            ("[^a]", "^", true),
            ("[^a]", "b", false),
            ("[a-c]x", "bx", true),
            ("[c-a]", "b", false),
            ("[a-]", "-", true),
            ("[-a]", "-", true),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[!]", "[!]", true),
            ("[a", "[a", true),
            ("[]", "[]", true),
            ("[[]", "[", true),
            ("", "", true),
            ("", "a", false),
        ] {
            let [pattern, text] = [pattern, text].map(|word| word.chars().collect::<Vec<_>>());
            assert_eq!(matches(&pattern, &text), expected, "{pattern:?} {text:?}");
        }
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let filter = Filter::new(
            &[
                ("--exclude", "*"),
                ("--include", "*.txt"),
                ("--exclude", "/b/x*"),
            ],
            "b/p/",
        );
        for (path, expected) in [
            ("b/p/a.txt", true),
            ("b/p/a.jpg", false),
            ("b/q/a.jpg", true),
        ] {
            assert_eq!(filter.accepts(path), expected, "{path}");
        }
        assert!(Filter::default().accepts("anything"));
    }
}
