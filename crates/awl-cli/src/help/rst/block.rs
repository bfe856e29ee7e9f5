//! Blocks: paragraphs, lists, literal blocks, notes, titles.
// Parity: docutils/parsers/rst/states.py, Body and Text.

use std::borrow::Cow;

use super::inline::{Span, spans};

/// A block of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A title, by its level: that of the document is 0.
    Title(usize, String),
    /// Text that flows.
    Paragraph(Vec<Span>),
    /// Lines that do not.
    Literal(Vec<String>),
    /// Blocks that are indented.
    Quote(Vec<Self>),
    /// Items, each with what stands before it.
    List(Vec<(String, Vec<Self>)>),
    /// Terms and what is said of them.
    Definitions(Vec<(Vec<Span>, Vec<Self>)>),
    /// Blocks under a name: a note.
    Note(String, Vec<Self>),
}

/// How deep blocks may nest; what is deeper is left out.
const MAX_DEPTH: usize = 60;

/// The directives that are notes, and the heads of theirs.
const NOTES: [(&str, &str); 9] = [
    ("attention", "ATTENTION!"),
    ("caution", "CAUTION!"),
    ("danger", "!DANGER!"),
    ("error", "ERROR"),
    ("hint", "HINT"),
    ("important", "IMPORTANT"),
    ("note", "NOTE"),
    ("tip", "TIP"),
    ("warning", "WARNING"),
];

/// Reads a document.
pub(crate) fn parse(text: &str) -> Vec<Block> {
    let lines: Vec<Cow<'_, str>> = text.lines().map(line).collect();
    let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
    let mut parser = Parser::default();
    parser.blocks(&lines, 0)
}

/// A line without tabs and without spaces at its end.
fn line(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    if !line.contains('\t') {
        return Cow::Borrowed(line);
    }
    let mut result = String::with_capacity(line.len() + 8);
    let mut column = 0;
    for letter in line.chars() {
        let width = if letter == '\t' { 8 - column % 8 } else { 1 };
        if letter == '\t' {
            result.extend(std::iter::repeat_n(' ', width));
        } else {
            result.push(letter);
        }
        column += width;
    }
    Cow::Owned(result)
}

#[derive(Default)]
struct Parser {
    /// The styles of titles met so far: the mark, and whether it is above too.
    styles: Vec<(char, bool)>,
}

impl Parser {
    fn blocks(&mut self, lines: &[&str], depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        if depth > MAX_DEPTH {
            return blocks;
        }
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            if line.is_empty() {
                at += 1;
            } else if line.starts_with(' ') {
                let (inside, end) = indented(lines, at);
                blocks.push(Block::Quote(self.blocks(&inside, depth + 1)));
                at = end;
            } else if is_explicit(line) {
                at = self.explicit(lines, at, &mut blocks, depth);
            } else if bullet(line).is_some() {
                at = self.bullets(lines, at, &mut blocks, depth);
            } else if let Some(first) = enumerator(lines, at) {
                at = self.enumeration(lines, at, first, &mut blocks, depth);
            } else if is_rule(line) {
                at = self.rule(lines, at, &mut blocks);
            } else if line.starts_with("+-") || line.starts_with(">>> ") || is_table(line) {
                let end = blank_from(lines, at);
                blocks.push(Block::Literal(owned(&lines[at..end])));
                at = end;
            } else {
                at = self.text(lines, at, &mut blocks, depth);
            }
        }
        blocks
    }

    /// A directive, a target or a comment.
    fn explicit(
        &mut self,
        lines: &[&str],
        at: usize,
        blocks: &mut Vec<Block>,
        depth: usize,
    ) -> usize {
        let rest = lines[at].trim_start_matches(['.', '_']).trim_start();
        let (mut inside, end) = indented(lines, at + 1);
        let directive = rest.split_once("::").filter(|(name, _)| {
            lines[at].starts_with(".. ") && !name.is_empty() && !name.contains([' ', ':'])
        });
        let Some((name, argument)) = directive else {
            return end;
        };
        if matches!(name, "code" | "code-block" | "parsed-literal") {
            let body = literal(&inside);
            let is_option = |line: &String| line.starts_with(':');
            blocks.push(Block::Literal(
                body.into_iter().skip_while(is_option).collect(),
            ));
        } else if let Some((_, label)) = NOTES.iter().find(|(note, _)| *note == name) {
            inside.insert(0, argument.trim_start());
            let inside = self.blocks(&inside, depth + 1);
            blocks.push(Block::Note(format!("{label}:"), inside));
        }
        end
    }

    fn bullets(
        &mut self,
        lines: &[&str],
        mut at: usize,
        blocks: &mut Vec<Block>,
        depth: usize,
    ) -> usize {
        let mark = lines[at].chars().next();
        let mut items = Vec::new();
        while let Some(width) = lines
            .get(at)
            .filter(|line| line.chars().next() == mark)
            .and_then(|line| bullet(line))
        {
            let (inside, end) = item(lines, at, width);
            items.push(("•".to_owned(), self.blocks(&inside, depth + 1)));
            at = end;
        }
        blocks.push(Block::List(items));
        at
    }

    fn enumeration(
        &mut self,
        lines: &[&str],
        mut at: usize,
        first: Enumerator,
        blocks: &mut Vec<Block>,
        depth: usize,
    ) -> usize {
        let mut items = Vec::new();
        let mut number = first.number;
        while let Some(found) = enumerator(lines, at).filter(|found| {
            found.is_auto || (found.number == number && found.is_letter == first.is_letter)
        }) {
            let (inside, end) = item(lines, at, found.width);
            let label = if first.is_letter {
                let base = if first.is_upper { b'A' } else { b'a' };
                format!("{}.", char::from(base + (number as u8).saturating_sub(1)))
            } else {
                format!("{number}.")
            };
            items.push((label, self.blocks(&inside, depth + 1)));
            number += 1;
            at = end;
        }
        blocks.push(Block::List(items));
        at
    }

    /// A line of one mark: the upper one of a title, or a rule of its own.
    fn rule(&mut self, lines: &[&str], at: usize, blocks: &mut Vec<Block>) -> usize {
        let mark = lines[at].chars().next().unwrap_or('-');
        let under = lines
            .get(at + 2)
            .filter(|line| is_rule(line) && line.starts_with(mark));
        if let (Some(title), Some(_)) = (lines.get(at + 1).filter(|line| !line.is_empty()), under) {
            blocks.push(Block::Title(
                self.level(mark, true),
                title.trim().to_owned(),
            ));
            return at + 3;
        }
        if lines.get(at + 1).is_none_or(|line| line.is_empty()) {
            return at + 1;
        }
        let end = blank_from(lines, at);
        blocks.push(Block::Paragraph(spans(&lines[at..end].join("\n"))));
        end
    }

    fn level(&mut self, mark: char, over: bool) -> usize {
        let style = (mark, over);
        match self.styles.iter().position(|known| *known == style) {
            Some(level) => {
                self.styles.truncate(level + 1);
                level
            }
            None => {
                self.styles.push(style);
                self.styles.len() - 1
            }
        }
    }

    /// A title, a term, or a paragraph.
    fn text(&mut self, lines: &[&str], at: usize, blocks: &mut Vec<Block>, depth: usize) -> usize {
        let line = lines[at];
        if let Some(next) = lines.get(at + 1) {
            let mark = next.chars().next().unwrap_or(' ');
            let length = next.len();
            if is_rule(next) && (length >= line.chars().count() || length >= 4) {
                blocks.push(Block::Title(self.level(mark, false), line.to_owned()));
                return at + 2;
            }
            if next.starts_with(' ') {
                return self.definitions(lines, at, blocks, depth);
            }
        }
        let mut end = at + 1;
        while lines
            .get(end)
            .is_some_and(|line| !line.is_empty() && !line.starts_with(' '))
        {
            end += 1;
        }
        let text = lines[at..end].join("\n");
        let Some(before) = text.strip_suffix("::").filter(|text| !text.ends_with('\\')) else {
            blocks.push(Block::Paragraph(spans(&text)));
            return end;
        };
        // The colons announce a literal block.
        if before.ends_with([' ', '\n']) {
            blocks.push(Block::Paragraph(spans(before.trim_end())));
        } else if !before.is_empty() {
            blocks.push(Block::Paragraph(spans(&format!("{before}:"))));
        }
        let start = (end..lines.len())
            .find(|index| !lines[*index].is_empty())
            .unwrap_or(lines.len());
        let Some(first) = lines.get(start) else {
            return end;
        };
        if first.starts_with(' ') {
            let (inside, end) = indented(lines, start);
            blocks.push(Block::Literal(literal(&inside)));
            return end;
        }
        // One without indentation has the same mark before each line.
        let mark = first.chars().next().filter(char::is_ascii_punctuation);
        if let Some(mark) = mark.filter(|_| start > end) {
            let mut stop = start;
            while lines.get(stop).is_some_and(|line| line.starts_with(mark)) {
                stop += 1;
            }
            if lines.get(stop).is_none_or(|line| line.is_empty()) {
                blocks.push(Block::Literal(owned(&lines[start..stop])));
                return stop;
            }
        }
        end
    }

    fn definitions(
        &mut self,
        lines: &[&str],
        mut at: usize,
        blocks: &mut Vec<Block>,
        depth: usize,
    ) -> usize {
        let mut items = Vec::new();
        loop {
            let (inside, end) = indented(lines, at + 1);
            items.push((spans(lines[at]), self.blocks(&inside, depth + 1)));
            at = end;
            let is_term = lines.get(at).is_some_and(|line| {
                !line.is_empty()
                    && !line.starts_with(' ')
                    && bullet(line).is_none()
                    && !is_explicit(line)
                    && !is_rule(line)
            }) && lines.get(at + 1).is_some_and(|line| line.starts_with(' '))
                && enumerator(lines, at).is_none();
            if !is_term {
                break;
            }
        }
        blocks.push(Block::Definitions(items));
        at
    }
}

/// The lines from `at` on that are indented or blank, without what indentation
/// they share, and where they end.
fn indented<'a>(lines: &[&'a str], at: usize) -> (Vec<&'a str>, usize) {
    let mut end = at;
    while lines
        .get(end)
        .is_some_and(|line| line.is_empty() || line.starts_with(' '))
    {
        end += 1;
    }
    let inside = &lines[at.min(end)..end];
    let margin = inside
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| margin(line))
        .min()
        .unwrap_or(0);
    let inside = inside
        .iter()
        .map(|line| line.get(margin..).unwrap_or_default());
    (inside.collect(), end)
}

/// The lines of a list's item whose text begins at `width`.
fn item<'a>(lines: &[&'a str], at: usize, width: usize) -> (Vec<&'a str>, usize) {
    let mut inside = vec![lines[at].get(width..).unwrap_or_default()];
    let mut end = at + 1;
    while let Some(line) = lines.get(end) {
        if !line.is_empty() && margin(line) < width {
            break;
        }
        inside.push(line.get(width..).unwrap_or_default());
        end += 1;
    }
    (inside, end)
}

/// Lines without the blank ones around them.
fn literal(lines: &[&str]) -> Vec<String> {
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let last = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1);
    owned(lines.get(first..last).unwrap_or_default())
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn margin(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn blank_from(lines: &[&str], at: usize) -> usize {
    (at..lines.len())
        .find(|index| lines[*index].is_empty())
        .unwrap_or(lines.len())
}

/// `.. name::`, `.. _target:`, `.. comment`, `__ address`.
fn is_explicit(line: &str) -> bool {
    line == ".." || line.starts_with(".. ") || line.starts_with("__ ")
}

/// At which column the text of a bullet's item begins.
fn bullet(line: &str) -> Option<usize> {
    let mut letters = line.chars();
    let mark = letters.next()?;
    if !matches!(mark, '*' | '-' | '+' | '•' | '‣' | '⁃') {
        return None;
    }
    let rest = letters.as_str();
    if rest.is_empty() {
        return Some(line.len() + 1);
    }
    rest.starts_with(' ')
        .then(|| line.len() - rest.trim_start_matches(' ').len())
}

/// What stands before an item of an enumeration.
#[derive(Clone, Copy)]
struct Enumerator {
    number: u32,
    is_letter: bool,
    is_upper: bool,
    /// `#`: whatever comes next.
    is_auto: bool,
    width: usize,
}

fn enumerator(lines: &[&str], at: usize) -> Option<Enumerator> {
    let found = read_enumerator(lines.get(at)?)?;
    // A line that goes on below, not indented, is a paragraph.
    match lines.get(at + 1) {
        Some(next) if !next.is_empty() && margin(next) == 0 => {
            let next = read_enumerator(next)?;
            (next.is_auto || next.number == found.number + 1).then_some(found)
        }
        _ => Some(found),
    }
}

fn read_enumerator(line: &str) -> Option<Enumerator> {
    let (label, open) = match line.strip_prefix('(') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    // No label is longer than six digits.
    let end = label
        .bytes()
        .take(7)
        .position(|byte| b".)".contains(&byte))?;
    if open && !label[end..].starts_with(')') {
        return None;
    }
    let after = &label[end + 1..];
    let label = &label[..end];
    if !after.starts_with(' ') {
        return None;
    }
    let width = line.len() - after.trim_start_matches(' ').len();
    let letter = label.chars().next()?;
    let is_number = label.len() <= 6 && label.chars().all(|letter| letter.is_ascii_digit());
    let number = if is_number {
        label.parse().ok()?
    } else if label == "#" {
        1
    } else if label.len() == 1 && letter.is_ascii_alphabetic() {
        u32::from(letter.to_ascii_lowercase() as u8 - b'a') + 1
    } else {
        return None;
    };
    Some(Enumerator {
        number,
        is_letter: letter.is_ascii_alphabetic(),
        is_upper: letter.is_ascii_uppercase(),
        is_auto: label == "#",
        width,
    })
}

/// A line of one mark, over and over.
fn is_rule(line: &str) -> bool {
    let Some(mark) = line.chars().next().filter(char::is_ascii_punctuation) else {
        return false;
    };
    line.len() > 2 && line.chars().all(|letter| letter == mark) && line != "..."
}

/// The upper line of a table without borders.
fn is_table(line: &str) -> bool {
    line.contains(' ')
        && line.starts_with("==")
        && line.chars().all(|letter| letter == '=' || letter == ' ')
}

#[cfg(test)]
mod tests {
    use super::{Block, parse};

    /// Blocks as a short text: `P` paragraph, `L` literal, `Q` quote, `I` item.
    fn show(blocks: &[Block]) -> String {
        let shown: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Title(level, text) => format!("T{level} {text}"),
                Block::Paragraph(spans) => {
                    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
                    format!("P {}", text.replace('\n', "/"))
                }
                Block::Literal(lines) => format!("L {}", lines.join("/")),
                Block::Quote(inside) => format!("Q({})", show(inside)),
                Block::List(items) => {
                    let items: Vec<String> = items
                        .iter()
                        .map(|(label, inside)| format!("{label}({})", show(inside)))
                        .collect();
                    items.join(" ")
                }
                Block::Definitions(items) => {
                    let items: Vec<String> = items
                        .iter()
                        .map(|(term, inside)| format!("D {}({})", term[0].text, show(inside)))
                        .collect();
                    items.join(" ")
                }
                Block::Note(name, inside) => format!("N {name}({})", show(inside)),
            })
            .collect();
        shown.join("; ")
    }

    #[test]
    fn blocks_are_those_of_docutils() {
        for (text, expected) in [
            ("one\ntwo\n\nthree", "P one/two; P three"),
            (
                "one\n\n  in\n\n    deep\n  back",
                "P one; Q(P in; Q(P deep); P back)",
            ),
            (
                "text::\n\n    code\n      more\n\nend",
                "P text:; L code/  more; P end",
            ),
            ("text. ::\n\n  code", "P text.; L code"),
            ("::\n\n    name\n  [--x]", "L   name/[--x]"),
            ("* a\n\n\n* b\n  c\n* \nx", "•(P a) •(P b/c) •(); P x"),
            ("*   wide: ``x``\n\n    more", "•(P wide: x; P more)"),
            ("* a\n\n  * b\n", "•(P a; •(P b))"),
            ("1. a\n2. b\n\n5. c", "1.(P a) 2.(P b); 5.(P c)"),
            (
                "1. not a list\nas it goes on",
                "P 1. not a list/as it goes on",
            ),
            ("A. x", "A.(P x)"),
            (
                "===\nTop\n===\n\nSub\n---\n\ntext",
                "T0 Top; T1 Sub; P text",
            ),
            (
                "term\n  said\nother\n  more",
                "D term(P said) D other(P more)",
            ),
            (".. note::\n\n  mind\n\ntext", "N NOTE:(P mind); P text"),
            (".. tip:: mind", "N TIP:(P mind)"),
            (".. _target:\n\n.. meta::\n   :x: y\n\ntext", "P text"),
            (".. code-block:: text\n\n  a\n  b", "L a/b"),
            ("text\n\n----\n\nmore", "P text; P more"),
            ("text::\n\n> a\n> b\n\nmore", "P text:; L > a/> b; P more"),
            ("*emphasis* is no bullet", "P emphasis is no bullet"),
        ] {
            assert_eq!(show(&parse(text)), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "([ *`:.\\-_=#a-c1\\\\é]{0,9}\n?){0,12}") {
            parse(&text);
        }
    }
}
