//! A part of a table: its title, its headers, its rows, and how wide they are.
// Parity: awscli/table.py, Section.

use std::borrow::Cow;

use super::wide::width;

/// Columns beside the text of a cell.
pub(super) const PADDING: usize = 4;
/// Columns of the frame's two sides.
const BORDER: usize = 2;

/// A text of a table.
#[derive(Debug)]
pub(super) struct Cell<'a> {
    pub text: Cow<'a, str>,
    /// How many columns it takes.
    pub width: usize,
}

/// A part of a table.
#[derive(Debug, Default)]
pub(super) struct Section<'a> {
    /// None where the AWS CLI has `None`, which it does not print but measures.
    pub title: Option<&'a str>,
    /// Names above the columns.
    pub headers: Vec<&'a str>,
    /// The cells, row after row.
    cells: Vec<Cell<'a>>,
    /// How many rows there are. A row may have no cells.
    row_count: usize,
    /// How many sections this one is in.
    pub level: usize,
    /// How many cells a row has, once that is settled.
    columns: Option<usize>,
    /// The widest text of each column.
    widths: Vec<usize>,
}

impl<'a> Section<'a> {
    /// A section without content.
    pub(super) fn new(title: Option<&'a str>, level: usize) -> Self {
        Self {
            title,
            level,
            ..Self::default()
        }
    }

    /// Sets the names above the columns.
    ///
    /// # Errors
    /// More names than there are columns already.
    pub(super) fn set_headers(&mut self, headers: Vec<&'a str>) -> Result<(), String> {
        self.widen(headers.iter().map(|header| width(header)))?;
        self.columns.get_or_insert(headers.len());
        self.headers = headers;
        Ok(())
    }

    /// Adds a row.
    ///
    /// # Errors
    /// More or fewer cells than other rows have.
    pub(super) fn add_row(
        &mut self,
        row: impl Iterator<Item = Cow<'a, str>>,
    ) -> Result<(), String> {
        let mut cells = std::mem::take(&mut self.cells);
        let before = cells.len();
        cells.extend(row.map(Cell::new));
        let found = cells.len() - before;
        let wanted = *self.columns.get_or_insert(found);
        if found != wanted {
            return Err(format!(
                "Row should have {wanted} elements, instead it has {found}"
            ));
        }
        self.widen(cells[before..].iter().map(|cell| cell.width))?;
        self.cells = cells;
        self.row_count += 1;
        Ok(())
    }

    /// The rows, each with its cells.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[Cell<'a>]> {
        let columns = self.columns.unwrap_or(0);
        (0..self.row_count).map(move |row| &self.cells[row * columns..(row + 1) * columns])
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.row_count == 0
    }

    fn widen(&mut self, widths: impl Iterator<Item = usize>) -> Result<(), String> {
        if self.widths.is_empty() {
            self.widths.extend(widths);
            return Ok(());
        }
        for (index, width) in widths.enumerate() {
            let widest = self
                .widths
                .get_mut(index)
                .ok_or_else(|| "list index out of range".to_owned())?;
            *widest = width.max(*widest);
        }
        Ok(())
    }

    /// Stands a lone row upright: a row for each header, with its cell.
    pub(super) fn stand_upright(&mut self) {
        if self.row_count != 1 || self.headers.is_empty() {
            return;
        }
        let headers = std::mem::take(&mut self.headers);
        let cells = std::mem::take(&mut self.cells);
        self.row_count = headers.len().min(cells.len());
        self.columns = Some(2);
        self.cells.reserve_exact(2 * self.row_count);
        let mut widths = [0, 0];
        for (header, cell) in headers.into_iter().zip(cells) {
            let header = Cell::new(Cow::Borrowed(header));
            widths[0] = widths[0].max(header.width);
            widths[1] = widths[1].max(cell.width);
            self.cells.extend([header, cell]);
        }
        self.widths.clear();
        if self.row_count > 0 {
            self.widths.extend(widths);
        }
    }

    /// Columns that the section wants, those of the frames around it included.
    pub(super) fn total_width(&self) -> usize {
        let outer = 2 * self.level;
        let cells: usize = self.widths.iter().map(|width| width + PADDING).sum();
        // Parity: `str(None)` has four letters.
        let title = self.title.map_or(4, width);
        (title + BORDER + outer).max(cells + BORDER + outer)
    }

    /// Puts the widths of the columns into `scaled`, so that they make `total` together.
    pub(super) fn column_widths(&self, total: i64, scaled: &mut Vec<i64>) {
        let wanted = || self.widths.iter().map(|width| (width + PADDING) as i64);
        let sum: i64 = wanted().sum();
        let factor = total as f64 / sum as f64;
        scaled.clear();
        scaled.extend(wanted().map(|width| (factor * width as f64).round_ties_even() as i64));
        let count = scaled.len();
        if count == 0 {
            return;
        }
        // What rounding took or gave too much is spread over the columns.
        let mut excess = scaled.iter().sum::<i64>() - total;
        while excess != 0 {
            for step in 0..count {
                if excess == 0 {
                    break;
                }
                if excess > 0 {
                    scaled[step] -= 1;
                    excess -= 1;
                } else {
                    scaled[count - 1 - step] += 1;
                    excess += 1;
                }
            }
        }
    }
}

impl<'a> Cell<'a> {
    fn new(text: Cow<'a, str>) -> Self {
        Self {
            width: width(&text),
            text,
        }
    }
}
