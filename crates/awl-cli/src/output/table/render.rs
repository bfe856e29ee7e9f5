//! Sections drawn: frames, titles, headers and cells.
// Parity: awscli/table.py, MultiTable; colorama's codes.

use super::section::{Cell, Section};
use super::wide::width;
use super::{Colour, Paper, RESET};

/// Bright, blue.
const CELL: &str = "\x1b[1m\x1b[34m";
/// Dim, yellow.
const FRAME: &str = "\x1b[2m\x1b[33m";
/// What frames are drawn of.
const DASHES: &str = "----------------------------------------------------------------";
/// What cells are filled up with.
const SPACES: &str = "                                                                ";

/// Appends the table to `out`.
pub(super) fn render(mut sections: Vec<Section<'_>>, paper: Paper, out: &mut String) {
    let mut total = widest(&sections);
    if total > paper.width {
        sections.iter_mut().for_each(Section::stand_upright);
        total = widest(&sections);
    }
    let mut canvas = Canvas {
        out,
        colour: paper.colour,
        level: 0,
        line: String::new(),
    };
    canvas.repeat(DASHES, total as i64);
    canvas.line.push('\n');
    canvas.write();
    let mut widths = Vec::new();
    for section in &sections {
        canvas.level = section.level;
        // A section is never wider than the table.
        let total = total as i64 - 2 * section.level as i64;
        section.column_widths(total, &mut widths);
        canvas.section(section, total, &widths);
    }
}

fn widest(sections: &[Section<'_>]) -> usize {
    sections.iter().map(Section::total_width).max().unwrap_or(0)
}

struct Canvas<'a> {
    out: &'a mut String,
    colour: Colour,
    /// How many frames are around the current line.
    level: usize,
    /// The line that is being made, without them.
    line: String,
}

impl Canvas<'_> {
    fn section(&mut self, section: &Section<'_>, total: i64, widths: &[i64]) {
        if let Some(title) = section.title.filter(|title| !title.is_empty()) {
            self.centred(title, total, true);
            self.end_line();
            if section.headers.is_empty() && section.is_empty() {
                self.line.push('+');
                self.repeat(DASHES, total - 2);
                self.line.push('+');
                self.end_line();
            }
        }
        if !section.headers.is_empty() {
            self.rule(widths);
            for (index, (width, header)) in widths.iter().zip(&section.headers).enumerate() {
                self.centred(header, *width, index == 0);
            }
            self.end_line();
        }
        if section.is_empty() || widths.is_empty() {
            return;
        }
        self.rule(widths);
        for row in section.rows() {
            for (index, (width, cell)) in widths.iter().zip(row).enumerate() {
                self.cell(cell, *width, index == 0);
            }
            self.end_line();
        }
        self.rule(widths);
    }

    /// `+----+-----+`, which goes below and above columns.
    fn rule(&mut self, widths: &[i64]) {
        for (index, width) in widths.iter().enumerate() {
            if index == 0 {
                self.line.push('+');
            }
            self.repeat(DASHES, width - if index == 0 { 2 } else { 1 });
            self.line.push('+');
        }
        self.end_line();
    }

    /// A text in the midst of `length` columns.
    fn centred(&mut self, text: &str, length: i64, has_left_edge: bool) {
        let text_width = width(text) as i64;
        let before = length.div_euclid(2) - text_width / 2 - 1;
        let edge = i64::from(has_left_edge);
        if has_left_edge {
            self.line.push('|');
        }
        self.repeat(SPACES, before);
        self.line.push_str(text);
        self.repeat(SPACES, length - 1 - (edge + before + text_width));
        self.line.push('|');
    }

    /// A text at the left of `length` columns.
    fn cell(&mut self, cell: &Cell<'_>, length: i64, has_left_edge: bool) {
        let text_width = cell.width as i64;
        let edge = i64::from(has_left_edge);
        let padding = if length > text_width + 2 + edge { 2 } else { 0 };
        if has_left_edge {
            self.line.push('|');
        }
        self.repeat(SPACES, padding);
        if self.colour == Colour::Off {
            self.line.push_str(&cell.text);
        } else {
            self.line.push_str(CELL);
            self.line.push_str(&cell.text);
            self.line.push_str(RESET);
        }
        self.repeat(SPACES, length - (edge + padding + text_width) - 1);
        self.line.push('|');
    }

    /// Appends `count` of the characters that `pattern` is made of.
    fn repeat(&mut self, pattern: &str, count: i64) {
        let mut left = usize::try_from(count).unwrap_or(0);
        while left > 0 {
            let part = left.min(pattern.len());
            self.line.push_str(&pattern[..part]);
            left -= part;
        }
    }

    /// Writes the line between its frames.
    fn end_line(&mut self) {
        self.frames();
        self.write();
        self.frames();
        self.line.push('\n');
        self.write();
    }

    fn frames(&mut self) {
        for _ in 0..self.level {
            if self.colour == Colour::Off {
                self.out.push('|');
            } else {
                self.out.push_str(FRAME);
                self.out.push('|');
                self.out.push_str(RESET);
            }
        }
        self.reset();
    }

    /// Writes one piece of output.
    fn write(&mut self) {
        self.out.push_str(&self.line);
        self.line.clear();
        self.reset();
    }

    fn reset(&mut self) {
        if self.colour == Colour::OnWithResets {
            self.out.push_str(RESET);
        }
    }
}
