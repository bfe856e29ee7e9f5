//! Spans of a paragraph: emphasis, literals, links.
// Parity: docutils/parsers/rst/states.py, Inliner.

/// How a span looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// As all text.
    Plain,
    /// Strong text, and literals.
    Bold,
    /// Emphasis, and titles of links.
    Italic,
}

/// A run of text in one face. A line break is where the source has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The text.
    pub text: String,
    /// Its face.
    pub face: Face,
}

/// Takes a paragraph's text apart. Markup that is never closed is text.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut spans = Spans::default();
    let mut at = 0;
    while let Some(found) = text[at..].find(['*', '`', '\\', ':']) {
        let start = at + found;
        spans.add(&text[at..start], Face::Plain);
        let rest = &text[start..];
        if let Some(escaped) = rest.strip_prefix('\\') {
            // An escaped space is none at all, so that markup may touch words.
            let letter = escaped.chars().next();
            if let Some(letter) = letter.filter(|letter| !letter.is_whitespace()) {
                spans.add(letter.encode_utf8(&mut [0; 4]), Face::Plain);
            }
            at = start + 1 + letter.map_or(0, char::len_utf8);
            continue;
        }
        let marked = begins(&text[..start])
            .then(|| marked(text, start))
            .flatten();
        match marked {
            Some((inside, face, end)) => {
                spans.add(&inside, face);
                at = end;
            }
            None => {
                // A run of the same marks belongs together.
                let mark = rest.chars().next().unwrap_or(' ');
                let length = rest.len() - rest.trim_start_matches(mark).len();
                spans.add(&rest[..length], Face::Plain);
                at = start + length;
            }
        }
    }
    spans.add(&text[at..], Face::Plain);
    spans.0
}

/// The markup that begins at `start`: its text, its face, and where it ends.
fn marked(text: &str, start: usize) -> Option<(String, Face, usize)> {
    let rest = &text[start..];
    for (mark, face) in [("**", Face::Bold), ("``", Face::Bold), ("*", Face::Italic)] {
        if rest.starts_with(mark) {
            let inside = start + mark.len();
            let end = closing(text, inside, mark)?;
            let content = &text[inside..end];
            let content = if mark == "``" {
                content.to_owned()
            } else {
                unescape(content)
            };
            return Some((content, face, end + mark.len()));
        }
    }
    // A role before interpreted text, which changes nothing here.
    let inside = match rest.strip_prefix(':') {
        Some(role) => {
            let length = role.find(":`")?;
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.+".contains(letter);
            if length == 0 || !role[..length].chars().all(is_name) {
                return None;
            }
            start + 1 + length + 2
        }
        None => start + 1,
    };
    let end = closing(text, inside, "`")?;
    let mut content = &text[inside..end];
    let underscores = text[end + 1..].len() - text[end + 1..].trim_start_matches('_').len();
    let underscores = underscores.min(2);
    if underscores > 0 || rest.starts_with(':') {
        // `title <address>`, of which the title is shown.
        let address = content.rfind('<').filter(|_| content.ends_with('>'));
        match address {
            Some(0) => content = &content[1..content.len() - 1],
            Some(at) if content[..at].ends_with(char::is_whitespace) => {
                content = content[..at].trim_end();
            }
            _ => {}
        }
    }
    Some((unescape(content), Face::Italic, end + 1 + underscores))
}

/// Whether markup may begin behind this text.
fn begins(before: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_none_or(|letter| letter.is_whitespace() || "'\"([{<-/:“‘«—–".contains(letter))
}

/// Where the mark that closes stands: behind a letter, before none.
fn closing(text: &str, inside: usize, mark: &str) -> Option<usize> {
    let first = text[inside..].chars().next()?;
    if first.is_whitespace() {
        return None;
    }
    // Marks in quotes are meant as they are.
    let before = text[..inside - mark.len()].chars().next_back();
    let quotes = [
        ('"', '"'),
        ('\'', '\''),
        ('(', ')'),
        ('[', ']'),
        ('{', '}'),
        ('<', '>'),
    ];
    if quotes
        .iter()
        .any(|(open, close)| before == Some(*open) && first == *close)
    {
        return None;
    }
    let mut from = inside + first.len_utf8();
    while let Some(found) = text.get(from..)?.find(mark) {
        let at = from + found;
        let letter_before = text[..at].chars().next_back().unwrap_or(' ');
        let after = text[at + mark.len()..].trim_start_matches(if mark == "`" { "_" } else { "" });
        let is_escaped = mark != "``" && letter_before == '\\';
        if !letter_before.is_whitespace() && !is_escaped && ends(after) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Whether markup may end before this text.
fn ends(after: &str) -> bool {
    after
        .chars()
        .next()
        .is_none_or(|letter| letter.is_whitespace() || "'\")]}>-/\\:.,;!?”’»—–…".contains(letter))
}

fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            result.push(letter);
        } else if let Some(letter) = letters.next().filter(|letter| !letter.is_whitespace()) {
            result.push(letter);
        }
    }
    result
}

#[derive(Default)]
struct Spans(Vec<Span>);

impl Spans {
    fn add(&mut self, text: &str, face: Face) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.face == face => last.text.push_str(text),
            _ => self.0.push(Span {
                text: text.to_owned(),
                face,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Face, spans};

    #[test]
    fn spans_are_those_of_docutils() {
        for (text, expected) in [
            ("a **b** ``c\\d`` *e*.", "a [b] [c\\d] /e/."),
            ("see `the page <http://x/>`__ .", "see /the page/ ."),
            ("see `The \\: page`__ or `x`_", "see /The : page/ or /x/"),
            ("2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c"),
            ("\"*\" and **open", "\"*\" and **open"),
            ("`<http://x/>`__", "/http://x//"),
            ("path \\\\x, *not\\*yet*\\ s", "path \\x, /not*yet/s"),
            (":ref:`text <label>` here", "/text/ here"),
            ("``a``b ``c``", "[a``b ``c]"),
            ("time 10:30: `", "time 10:30: `"),
        ] {
            let shown: String = spans(text)
                .iter()
                .map(|span| match span.face {
                    Face::Plain => span.text.clone(),
                    Face::Bold => format!("[{}]", span.text),
                    Face::Italic => format!("/{}/", span.text),
                })
                .collect();
            assert_eq!(shown, expected, "{text}");
        }
    }
}
