//! What goes where on the screen.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;
pub(crate) use unicode_width::UnicodeWidthStr;

use super::line::Line;
use super::menu::{Item, Menu};

// Parity: awscli/autoprompt/factory.py, PromptToolkitFactory.DIMENSIONS.
/// The rows that the line has at least, where there are panels.
const INPUT_ROWS: usize = 10;
/// The rows that panels have at most, their titles included.
const PANEL_ROWS: usize = 41;
/// The rows that a menu of one column has at most.
const MENU_ROWS: usize = 16;
/// The rows that a menu of several columns has at least, where there is room.
const GRID_ROWS: usize = 3;
/// A column is not wider than this, if there are several.
const COLUMN: usize = 30;
/// The columns of the panel that explains keys, its frame included.
const HELP_COLUMNS: usize = 37;
/// The rows of the toolbar, its line included.
const TOOLBAR_ROWS: usize = 3;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// What is to be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The documentation.
    pub doc: bool,
    /// A sample of the output.
    pub output: bool,
    /// What the keys do.
    pub help: bool,
}

/// Where everything is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// The line, and the menu below it.
    pub input: Place,
    /// The documentation with its title.
    pub doc: Option<Place>,
    /// The sample with its title.
    pub output: Option<Place>,
    /// What the keys do.
    pub help: Option<Place>,
    /// The keys in short, below a line.
    pub toolbar: Option<Place>,
}

/// Places what is to be seen on a screen.
pub(crate) fn places(width: usize, height: usize, shown: Shown) -> Places {
    let mut places = Places::default();
    let (mut columns, mut rows) = (width, height);
    if shown.help {
        let help = HELP_COLUMNS.min(width / 2);
        columns -= help;
        places.help = Some(Place {
            x: columns,
            y: 0,
            width: help,
            height,
        });
    } else if height > 2 * TOOLBAR_ROWS {
        rows -= TOOLBAR_ROWS;
        places.toolbar = Some(Place {
            x: 0,
            y: rows,
            width,
            height: TOOLBAR_ROWS,
        });
    }
    let panels = if shown.doc || shown.output {
        // On a small screen, half of it.
        rows.saturating_sub(INPUT_ROWS)
            .max(rows / 2)
            .min(PANEL_ROWS)
    } else {
        0
    };
    places.input = Place {
        x: 0,
        y: 0,
        width: columns,
        height: rows - panels,
    };
    let panel = |x, width| Place {
        x,
        y: rows - panels,
        width,
        height: panels,
    };
    match (shown.doc, shown.output) {
        (true, true) => {
            // A line stands between them.
            let left = columns.saturating_sub(1) / 2;
            places.doc = Some(panel(0, left));
            places.output = Some(panel(left + 1, columns.saturating_sub(left + 1)));
        }
        (true, false) => places.doc = Some(panel(0, columns)),
        (false, true) => places.output = Some(panel(0, columns)),
        (false, false) => {}
    }
    places
}

/// The rows that a text fills, as ranges of it, the ends of its lines left out.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let mut row = start;
        let mut filled = 0;
        for (at, letter) in line.char_indices() {
            let cells = cells(letter);
            if filled > 0 && filled + cells > width.max(1) {
                rows.push(row..start + at);
                row = start + at;
                filled = 0;
            }
            filled += cells;
        }
        rows.push(row..start + line.len());
        start += line.len() + 1;
    }
    rows
}

/// The cells that a character fills.
pub(crate) fn cells(letter: char) -> usize {
    letter.width().unwrap_or(0)
}

/// The rows of the line, and the column and row of the cursor.
pub(crate) fn input(prompt: &str, line: &Line, width: usize) -> (Vec<String>, (usize, usize)) {
    // What control characters there are would move the cursor.
    let text = format!("{prompt}{}", line.text()).replace(char::is_control, " ");
    let rows = wrap(&text, width);
    let place = prompt.len() + line.before().len();
    let mut row = rows
        .partition_point(|row| row.start <= place)
        .saturating_sub(1);
    let start = rows.get(row).map_or(0, |row| row.start);
    let mut column = text.get(start..place).map_or(0, UnicodeWidthStr::width);
    let mut rows: Vec<String> = rows.into_iter().map(|row| text[row].to_owned()).collect();
    if column >= width.max(1) {
        row += 1;
        column = 0;
        if row == rows.len() {
            rows.push(String::new());
        }
    }
    (rows, (column, row))
}

/// A menu of one column: its place, the cells of the names, and the first item
/// that is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct List {
    pub place: Place,
    /// The cells of what is shown, with a space on either side.
    pub names: usize,
    /// The cells of what is said of it; the same.
    pub abouts: usize,
    /// The first item that is seen.
    pub first: usize,
}

/// Places a menu of one column below the cursor.
pub(crate) fn list(menu: &Menu, input: Place, cursor: (usize, usize)) -> List {
    let items = menu.items();
    let widest = |text: fn(&Item) -> &str| {
        let widths = items.iter().map(|item| text(item).width());
        widths.max().unwrap_or(0)
    };
    let names = (widest(|item| &item.shown) + 2).min(input.width);
    let abouts = match widest(|item| &item.about) {
        0 => 0,
        width => (width + 2).min(input.width - names),
    };
    // Below a few cells nothing can be read.
    let abouts = if abouts < 8 { 0 } else { abouts };
    let below = input.height.saturating_sub(cursor.1 + 1);
    let height = items.len().min(MENU_ROWS).min(below);
    let bar = usize::from(height < items.len() && names + abouts < input.width);
    let width = names + abouts + bar;
    List {
        place: Place {
            x: cursor.0.min(input.width - width),
            y: input.y + cursor.1 + 1,
            width,
            height,
        },
        names,
        abouts,
        first: first_seen(menu.selected(), items.len(), height),
    }
}

/// The first item that is seen where `selected` must be, with a few around it.
fn first_seen(selected: Option<usize>, count: usize, height: usize) -> usize {
    const AROUND: usize = 2;
    selected.map_or(0, |selected| {
        (selected + 1 + AROUND)
            .saturating_sub(height)
            .min(count.saturating_sub(height))
            .min(selected)
    })
}

/// A menu of several columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    pub place: Place,
    /// How many items stand below each other.
    pub rows: usize,
    /// The cells of a column.
    pub column: usize,
    /// How many columns are seen.
    pub columns: usize,
    /// The first of them.
    pub first: usize,
    /// Whether a line below says what the selected item is for.
    pub has_about: bool,
}

/// Places a menu of several columns below the cursor.
// Parity: prompt_toolkit/layout/menus.py, MultiColumnCompletionMenuControl.
pub(crate) fn grid(menu: &Menu, input: Place, cursor: (usize, usize)) -> Grid {
    /// The cells beside the columns, for arrows.
    const MARGIN: usize = 3;
    let items = menu.items();
    let has_about = items.iter().any(|item| !item.about.is_empty());
    let below = input.height.saturating_sub(cursor.1 + 1);
    let room = below.saturating_sub(usize::from(has_about)).max(1);
    let inner = input.width.saturating_sub(MARGIN).max(1);
    let widest = items.iter().map(|item| item.shown.width()).max();
    let mut column = (widest.unwrap_or(0) + 2).min(inner);
    if column > COLUMN {
        column = column / (column / COLUMN);
    }
    let fitting = (inner / column).max(1);
    // As few rows as the columns allow.
    let rows = items
        .len()
        .div_ceil(fitting)
        .max(GRID_ROWS)
        .min(items.len())
        .min(room);
    let all = items.len().div_ceil(rows);
    let columns = fitting.min(all);
    let width = (columns * column + MARGIN).min(input.width);
    let selected = menu.selected().unwrap_or(0) / rows;
    Grid {
        place: Place {
            x: cursor.0.min(input.width - width),
            y: input.y + cursor.1 + 1,
            width,
            height: rows.min(below),
        },
        rows,
        column,
        columns,
        first: (selected + 1).saturating_sub(columns),
        has_about: has_about && below > rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_leave_room_for_the_line() {
        let shown = |doc, output, help| Shown { doc, output, help };
        let summary = |width, height, shown| {
            let places = places(width, height, shown);
            let place =
                |place: Place| format!("{},{} {}x{}", place.x, place.y, place.width, place.height);
            let others = [places.doc, places.output, places.help, places.toolbar];
            let others = others.map(|other| other.map_or("-".to_owned(), place));
            format!("{} | {}", place(places.input), others.join(" | "))
        };
        assert_eq!(
            summary(80, 24, shown(false, false, false)),
            "0,0 80x21 | - | - | - | 0,21 80x3"
        );
        assert_eq!(
            summary(80, 24, shown(true, true, false)),
            "0,0 80x10 | 0,10 39x11 | 40,10 40x11 | - | 0,21 80x3"
        );
        assert_eq!(
            summary(80, 24, shown(true, false, true)),
            "0,0 43x10 | 0,10 43x14 | - | 43,0 37x24 | -"
        );
        assert_eq!(
            summary(200, 60, shown(false, true, false)),
            "0,0 200x16 | - | 0,16 200x41 | - | 0,57 200x3"
        );
        assert_eq!(
            summary(40, 10, shown(true, false, false)),
            "0,0 40x4 | 0,4 40x3 | - | - | 0,7 40x3"
        );
        // Nothing of it panics, however small the screen is.
        for width in 0..50 {
            for height in 0..12 {
                let _ = summary(width, height, shown(true, true, true));
            }
        }
    }

    #[test]
    fn texts_are_wrapped_by_cells() {
        let rows = |text: &str, width| -> Vec<String> {
            let rows = wrap(text, width).into_iter();
            rows.map(|row| text[row].to_owned()).collect()
        };
        assert_eq!(rows("abcdef\n\ngh", 4), ["abcd", "ef", "", "gh"]);
        assert_eq!(rows("日本語", 4), ["日本", "語"]);
        assert_eq!(rows("日", 1), ["日"]);
        assert_eq!(rows("", 4), [""]);
    }

    #[test]
    fn the_cursor_is_where_the_next_letter_comes() {
        let cursor = |text: &str, width| {
            let mut line = Line::default();
            line.replace(text);
            input("> aws ", &line, width).1
        };
        assert_eq!(cursor("", 20), (6, 0));
        assert_eq!(cursor("s3", 20), (8, 0));
        assert_eq!(cursor("s3", 8), (0, 1));
        assert_eq!(cursor("s3 ls", 8), (3, 1));
        assert_eq!(cursor("日", 20), (8, 0));
    }

    #[test]
    fn the_selected_item_is_seen() {
        for height in 1..20 {
            for selected in 0..50 {
                let first = first_seen(Some(selected), 50, height);
                assert!((first..first + height).contains(&selected));
                assert!(first + height <= 50);
            }
        }
    }
}
