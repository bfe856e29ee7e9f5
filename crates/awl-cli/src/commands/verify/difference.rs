//! Where two texts differ first, and the lines there beside one another.

/// The first difference of two texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The line, from one.
    pub line: usize,
    /// The byte in the line, from one.
    pub column: usize,
    /// The byte in the text, from one.
    pub byte: usize,
    /// The line of the first text.
    pub ours: String,
    /// The line of the second.
    pub theirs: String,
}

/// Where `ours` and `theirs` differ first.
pub(super) fn first(ours: &str, theirs: &str) -> Option<Difference> {
    if ours == theirs {
        return None;
    }
    let same = ours
        .bytes()
        .zip(theirs.bytes())
        .take_while(|(ours, theirs)| ours == theirs)
        .count();
    let before = &ours.as_bytes()[..same];
    let line = before.iter().filter(|byte| **byte == b'\n').count();
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    let of = |text: &str| text.split('\n').nth(line).unwrap_or_default().to_owned();
    Some(Difference {
        line: line + 1,
        column: same - start + 1,
        byte: same + 1,
        ours: of(ours),
        theirs: of(theirs),
    })
}

impl Difference {
    /// The two lines, each behind its label, and a mark below the place. Of
    /// long lines only what is around it is shown.
    pub(super) fn lines(&self, ours: &str, theirs: &str) -> String {
        /// How much is shown before and behind the place.
        const BEFORE: usize = 36;
        const BEHIND: usize = 32;
        let at = self.column - 1;
        let from = at.saturating_sub(BEFORE);
        let cut = |line: &str| {
            let bytes = line.as_bytes();
            let start = from.min(bytes.len());
            let end = (at + BEHIND).min(bytes.len()).max(start);
            let text = String::from_utf8_lossy(&bytes[start..end]);
            let head = if from > 0 { "…" } else { "" };
            let tail = if end < bytes.len() { "…" } else { "" };
            (format!("{head}{text}{tail}"), head)
        };
        let ((first, head), (second, _)) = (cut(&self.ours), cut(&self.theirs));
        let width = ours.chars().count().max(theirs.chars().count());
        let prefix = self
            .ours
            .as_bytes()
            .get(from..at)
            .map_or(0, |bytes| String::from_utf8_lossy(bytes).chars().count());
        let indent = " ".repeat(width + 2 + head.chars().count() + prefix);
        format!("    {ours:<width$}: {first}\n    {theirs:<width$}: {second}\n    {indent}^\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let place = |ours: &str, theirs: &str| {
            first(ours, theirs)
                .map(|difference| (difference.line, difference.column, difference.byte))
        };
        assert_eq!(place("a", "a"), None);
        assert_eq!(place("GET\n/a%20b\nq", "GET\n/a%2520b\nq"), Some((2, 5, 9)));
        assert_eq!(place("a\n", "a\nb"), Some((2, 1, 3)));
        assert_eq!(place("", "b"), Some((1, 1, 1)));
        let shown = first("GET\n/a%20b", "GET\n/a%2520b").unwrap();
        assert_eq!(
            shown.lines("signed", "service"),
            "    signed : /a%20b\n    service: /a%2520b\n                 ^\n"
        );
        let long = first(&"x".repeat(100), &format!("{}yé", "x".repeat(60))).unwrap();
        assert!(long.lines("a", "b").contains("…"));
    }
}
