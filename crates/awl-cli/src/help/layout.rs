//! Blocks as lines of a terminal, where a manual page would have them.
// Parity: docutils/writers/manpage.py over groff's man macros, without the
// hyphens and the even right margin.

use super::rst::{Block, Face, Span};

/// How a page is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paper {
    /// The columns that text may fill.
    pub width: usize,
    /// Whether faces are shown.
    pub styled: bool,
}

/// The column of a section's text.
const BODY: usize = 7;
/// The column of a title below a section's.
const SUBTITLE: usize = 3;
/// How far a definition stands in from its term.
const DEFINITION: usize = 7;
/// How far a quote stands in, in half columns.
const QUOTE: usize = 7;
/// Text has at least so many columns, however deep it is.
const NARROWEST: usize = 20;

/// Lays a document out.
pub(crate) fn lay_out(blocks: &[Block], paper: Paper) -> String {
    let mut page = Page {
        out: String::new(),
        paper,
        gap: false,
        at_top: true,
    };
    page.blocks(blocks, 2 * BODY, Lead::default());
    page.out
}

/// What stands before the first line of an item.
#[derive(Clone, Debug, Default)]
struct Lead {
    /// Its label and how many columns it takes, with the space behind it.
    label: Option<(String, usize)>,
}

struct Page {
    out: String,
    paper: Paper,
    /// Whether a blank line stands before the next.
    gap: bool,
    /// Nothing stands above, or a title does: there is no blank line.
    at_top: bool,
}

impl Page {
    /// Blocks at an indentation in half columns, which a quote needs.
    fn blocks(&mut self, blocks: &[Block], indent: usize, mut lead: Lead) {
        for (index, block) in blocks.iter().enumerate() {
            match block {
                Block::Title(level, text) => self.title(*level, text),
                Block::Paragraph(spans) => {
                    if index > 0 {
                        self.gap = true;
                    }
                    self.paragraph(spans, indent, &mut lead);
                }
                Block::Literal(lines) => {
                    self.label_alone(indent, &mut lead);
                    self.gap = true;
                    self.literal(lines, indent + QUOTE);
                }
                Block::Quote(inside) => {
                    self.label_alone(indent, &mut lead);
                    self.blocks(inside, indent + QUOTE, Lead::default());
                }
                Block::List(items) => {
                    self.label_alone(indent, &mut lead);
                    self.list(items, indent);
                }
                Block::Definitions(items) => {
                    self.label_alone(indent, &mut lead);
                    for (term, inside) in items {
                        self.gap = true;
                        let term: Vec<Span> = term
                            .iter()
                            .map(|span| Span {
                                face: Face::Bold,
                                ..span.clone()
                            })
                            .collect();
                        self.paragraph(&term, indent, &mut lead);
                        self.blocks(inside, indent + 2 * DEFINITION, Lead::default());
                    }
                }
                Block::Note(name, inside) => {
                    if lead.label.is_none() {
                        self.gap = true;
                    }
                    let name = [Span {
                        text: name.clone(),
                        face: Face::Bold,
                    }];
                    self.paragraph(&name, indent, &mut lead);
                    self.blocks(inside, indent + QUOTE, Lead::default());
                }
            }
        }
        // An item without text.
        self.label_alone(indent, &mut lead);
    }

    fn title(&mut self, level: usize, text: &str) {
        if level == 0 {
            return;
        }
        let is_section = level == 1;
        self.gap = !self.out.is_empty();
        self.start_line(if is_section { 0 } else { SUBTITLE });
        let text = if is_section {
            text.to_uppercase()
        } else {
            text.to_owned()
        };
        self.word(&text, Face::Bold);
        self.out.push('\n');
        self.at_top = true;
        self.gap = false;
    }

    fn list(&mut self, items: &[(String, Vec<Block>)], indent: usize) {
        let width = match items {
            [(label, _), ..] if label == "•" => 2,
            // As docutils reckons it, from the number of items.
            _ => items
                .iter()
                .map(|(label, _)| label.chars().count() + 1)
                .max()
                .unwrap_or(3),
        };
        for (label, inside) in items {
            self.gap = true;
            let lead = Lead {
                label: Some((label.clone(), width)),
            };
            self.blocks(inside, indent + 2 * width, lead);
        }
    }

    /// Writes a label on a line of its own, where no text takes it.
    fn label_alone(&mut self, indent: usize, lead: &mut Lead) {
        if let Some((label, width)) = lead.label.take() {
            self.start_line(indent / 2 - width.min(indent / 2));
            self.out.push_str(&label);
            self.out.push('\n');
        }
    }

    fn literal(&mut self, lines: &[String], indent: usize) {
        for line in lines {
            if line.is_empty() {
                self.out.push('\n');
                continue;
            }
            self.start_line(indent / 2);
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn start_line(&mut self, indent: usize) {
        if self.gap && !self.at_top {
            self.out.push('\n');
        }
        self.gap = false;
        self.at_top = false;
        push_spaces(&mut self.out, indent);
    }

    /// Fills lines with the words of a paragraph.
    fn paragraph(&mut self, spans: &[Span], indent: usize, lead: &mut Lead) {
        let column = indent / 2;
        let width = self.paper.width.saturating_sub(column).max(NARROWEST);
        match lead.label.take() {
            Some((label, label_width)) => {
                self.start_line(column.saturating_sub(label_width));
                self.out.push_str(&label);
                let room = label_width.saturating_sub(label.chars().count());
                push_spaces(&mut self.out, room);
            }
            None => self.start_line(column),
        }
        let mut used = 0;
        let mut spaces = 0;
        for word in words(spans) {
            let length = word.length();
            if used > 0 && used + spaces + length > width {
                self.out.push('\n');
                self.start_line(column);
                used = 0;
            } else if used > 0 {
                push_spaces(&mut self.out, spaces);
                used += spaces;
            }
            for (text, face) in word.parts() {
                self.word(text, face);
            }
            used += length;
            spaces = word.spaces;
        }
        self.out.push('\n');
    }

    fn word(&mut self, text: &str, face: Face) {
        if !self.paper.styled {
            self.out.push_str(text);
            return;
        }
        let (on, off) = match face {
            Face::Plain => ("", ""),
            Face::Bold => ("\x1b[1m", "\x1b[0m"),
            Face::Italic => ("\x1b[4m", "\x1b[0m"),
        };
        self.out.push_str(on);
        self.out.push_str(text);
        self.out.push_str(off);
    }
}

/// A run of letters without a space, which may change its face on the way.
struct Word<'a> {
    first: (&'a str, Face),
    /// What follows in other faces: most words have nothing.
    more: Vec<(&'a str, Face)>,
    /// How many spaces follow it, if it does not end the line.
    spaces: usize,
}

impl<'a> Word<'a> {
    fn parts(&self) -> impl Iterator<Item = (&'a str, Face)> {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }

    fn length(&self) -> usize {
        let length = |text: &str| match text.is_ascii() {
            true => text.len(),
            false => text.chars().count(),
        };
        self.parts().map(|(text, _)| length(text)).sum()
    }

    /// Whether a sentence ends with it.
    fn ends_sentence(&self) -> bool {
        let (text, _) = self.more.last().unwrap_or(&self.first);
        text.trim_end_matches(['"', '\'', ')', ']', '*'])
            .ends_with(['.', '?', '!'])
    }
}

/// Adds spaces, many at once.
pub(super) fn push_spaces(out: &mut String, mut count: usize) {
    const SPACES: &str = "                                                                ";
    while count > 0 {
        let part = count.min(SPACES.len());
        out.push_str(&SPACES[..part]);
        count -= part;
    }
}

fn words(spans: &[Span]) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut joins = false;
    for span in spans {
        let mut rest = span.text.as_str();
        while !rest.is_empty() {
            let gap = rest.len() - rest.trim_start_matches([' ', '\n']).len();
            if gap > 0 {
                if let Some(word) = words.last_mut() {
                    let has_break = rest[..gap].contains('\n');
                    word.spaces += rest[..gap].matches(' ').count();
                    if has_break {
                        // A sentence that ends a line of the source is set apart.
                        word.spaces = if word.ends_sentence() { 2 } else { 1 };
                    }
                }
                rest = &rest[gap..];
                joins = false;
                continue;
            }
            let end = rest.find([' ', '\n']).unwrap_or(rest.len());
            let part = (&rest[..end], span.face);
            match words.last_mut() {
                Some(word) if joins => word.more.push(part),
                _ => words.push(Word {
                    first: part,
                    more: Vec::new(),
                    spaces: 0,
                }),
            }
            joins = true;
            rest = &rest[end..];
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Paper, lay_out};
    use crate::help::rst::parse;

    fn show(text: &str, styled: bool) -> String {
        lay_out(&parse(text), Paper { width: 40, styled })
    }

    #[test]
    fn lines_stand_where_a_manual_page_has_them() {
        let page = show(
            "***\ntop\n***\n\n====\nName\n====\n\nSome text that is longer than one line of \
             forty.\nMore.\n\n  In a quote.\n\n    Deeper.\n\n* One that is quite long as well, \
             so it wraps.\n\n* Two::\n\n    code\n      in\n\nSub\n---\n\n.. note::\n\n  Mind.\n\n\
             1. a\n\n2. b\n\nterm\n  said",
            false,
        );
        insta::assert_snapshot!(page, @r"
        NAME
               Some text that is longer than one
               line of forty.  More.
                  In a quote.
                      Deeper.

               • One that is quite long as well,
                 so it wraps.

               • Two:

                    code
                      in

           Sub
               NOTE:
                  Mind.

               1. a

               2. b

               term
                      said
        ");
    }

    #[test]
    fn faces_are_shown_where_they_can_be() {
        let page = show("**a** *b*\\ c ``d``", true);
        let expected = "       \x1b[1ma\x1b[0m \x1b[4mb\x1b[0mc \x1b[1md\x1b[0m\n";
        assert_eq!(page, expected);
    }
}
