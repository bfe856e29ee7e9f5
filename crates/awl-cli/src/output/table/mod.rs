//! The table format: a box, in it a section for each structure and list, inner
//! ones set in. Nothing of a model is used, only what the value looks like.
// Parity: awscli/formatter.py, TableFormatter; awscli/table.py.

mod build;
mod render;
mod section;
mod wide;

use awl_value::Value;

/// Ends all colours. Python's colorama writes it to the terminal once more
/// when a program that may have used colours ends.
pub(crate) const RESET: &str = "\x1b[0m";

/// What a table is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paper {
    /// Columns of the terminal.
    pub width: usize,
    /// Which codes of terminals are written.
    pub colour: Colour,
}

/// Which codes of terminals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// None.
    Off,
    /// Those that colour cells and frames.
    On,
    /// Those, and a reset after each piece of output, which is what Python's
    /// colorama does to standard output.
    OnWithResets,
}

/// Appends the table of `value` to `out`, with `title` at its top. There is no
/// table of nothing.
///
/// # Errors
/// What Python says of values that make no table.
pub(crate) fn write_table(
    title: &str,
    value: &Value,
    paper: Paper,
    out: &mut String,
) -> Result<(), String> {
    let sections = build::sections(title, value)?;
    if !sections.is_empty() {
        render::render(sections, paper, out);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
