//! A panel of text to scroll and to search in.

use std::ops::Range;

use super::geometry::wrap;

/// Which way a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Towards the end.
    Forward,
    /// Towards the beginning.
    Backward,
}

impl Way {
    /// The other one.
    pub(crate) const fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// A text and the part of it that is seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panel {
    text: String,
    /// The rows that the text fills, as ranges of it.
    rows: Vec<Range<usize>>,
    width: usize,
    height: usize,
    top: usize,
    found: Option<Range<usize>>,
}

impl Panel {
    /// Shows another text from its beginning; the same stays where it is.
    pub(crate) fn set_text(&mut self, text: String) {
        if self.text != text {
            *self = Self {
                rows: wrap(&text, self.width),
                text,
                width: self.width,
                height: self.height,
                ..Self::default()
            };
        }
    }

    /// Fits the panel into a place.
    pub(crate) fn fit(&mut self, width: usize, height: usize) {
        if self.width != width {
            let first = self.rows.get(self.top).map_or(0, |row| row.start);
            self.rows = wrap(&self.text, width);
            self.width = width;
            self.top = self.row_at(first);
        }
        self.height = height;
        self.scroll(0);
    }

    /// The rows that are seen, each with the part of it that was found.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (&str, Option<Range<usize>>)> {
        let rows = self.rows.iter().skip(self.top).take(self.height);
        rows.map(|row| {
            let found = self.found.as_ref().and_then(|found| {
                let (start, end) = (found.start.max(row.start), found.end.min(row.end));
                (start < end).then(|| start - row.start..end - row.start)
            });
            (&self.text[row.clone()], found)
        })
    }

    /// Which of all rows are seen: the first, and how many there are.
    pub(crate) fn position(&self) -> (usize, usize) {
        (self.top, self.rows.len())
    }

    /// Scrolls by so many rows.
    pub(crate) fn scroll(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(self.height);
        self.top = self.top.saturating_add_signed(by).min(last);
    }

    /// Scrolls by a page.
    pub(crate) fn scroll_page(&mut self, way: Way) {
        let page = isize::try_from(self.height.max(1)).unwrap_or(isize::MAX);
        self.scroll(match way {
            Way::Forward => page,
            Way::Backward => -page,
        });
    }

    /// Scrolls to the beginning or the end.
    pub(crate) fn scroll_all(&mut self, way: Way) {
        self.scroll(match way {
            Way::Forward => isize::MAX,
            Way::Backward => isize::MIN,
        });
    }

    /// Looks for a text, whatever its case, from what was found last or from
    /// the first row that is seen, round the end. Whether it is there.
    pub(crate) fn search(&mut self, pattern: &str, way: Way) -> bool {
        if pattern.is_empty() {
            return false;
        }
        let here = match &self.found {
            Some(found) => found.start,
            None => self.rows.get(self.top).map_or(0, |row| row.start),
        };
        let is_new = self.found.is_some();
        // What changes length with its case is found as it stands only.
        let folded = self.text.to_ascii_lowercase();
        let pattern = pattern.to_ascii_lowercase();
        let places = || folded.match_indices(&pattern).map(|(at, _)| at);
        let place = match way {
            Way::Forward => places()
                .find(|at| *at > here || (!is_new && *at == here))
                .or_else(|| places().next()),
            Way::Backward => places()
                .take_while(|at| *at < here)
                .last()
                .or_else(|| places().last()),
        };
        let Some(start) = place else {
            return false;
        };
        self.found = Some(start..start + pattern.len());
        let row = self.row_at(start);
        if !(self.top..self.top + self.height).contains(&row) {
            self.top = row;
            self.scroll(0);
        }
        true
    }

    /// Forgets what was found.
    pub(crate) fn forget(&mut self) {
        self.found = None;
    }

    fn row_at(&self, place: usize) -> usize {
        self.rows
            .partition_point(|row| row.start <= place)
            .saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Panel {
        let lines: Vec<String> = (0..20).map(|number| format!("line {number}")).collect();
        let mut panel = Panel::default();
        panel.fit(20, 5);
        panel.set_text(lines.join("\n"));
        panel
    }

    fn seen(panel: &Panel) -> Vec<&str> {
        panel.seen().map(|(row, _)| row).collect()
    }

    #[test]
    fn a_panel_scrolls_within_its_text() {
        let mut panel = panel();
        assert_eq!(seen(&panel)[0], "line 0");
        panel.scroll(-1);
        panel.scroll(2);
        assert_eq!(seen(&panel)[0], "line 2");
        panel.scroll_page(Way::Forward);
        assert_eq!(seen(&panel)[0], "line 7");
        panel.scroll_all(Way::Forward);
        assert_eq!(
            seen(&panel),
            ["line 15", "line 16", "line 17", "line 18", "line 19"]
        );
        panel.scroll_all(Way::Backward);
        assert_eq!(panel.position(), (0, 20));
        // The place stays when the rows change.
        panel.scroll(10);
        panel.fit(4, 5);
        assert_eq!(seen(&panel)[0], "line");
        assert_eq!(seen(&panel)[1], " 10");
        panel.set_text("short".to_owned());
        assert_eq!(seen(&panel), ["shor", "t"]);
    }

    #[test]
    fn a_search_goes_round() {
        let mut panel = panel();
        let mut found = |pattern: &str, way| {
            panel.search(pattern, way).then(|| {
                let (row, place) = panel.seen().find(|(_, found)| found.is_some()).unwrap();
                format!("{row} {:?}", place.unwrap())
            })
        };
        assert_eq!(found("LINE 1", Way::Forward).unwrap(), "line 1 0..6");
        assert_eq!(found("LINE 1", Way::Forward).unwrap(), "line 10 0..6");
        assert_eq!(found("line 19", Way::Forward).unwrap(), "line 19 0..7");
        assert_eq!(found("line 0", Way::Forward).unwrap(), "line 0 0..6");
        assert_eq!(found("line 1", Way::Backward).unwrap(), "line 19 0..6");
        assert_eq!(found("nothing", Way::Forward), None);
        assert_eq!(found("", Way::Forward), None);
    }
}
