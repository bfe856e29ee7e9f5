//! Places in the text of a policy, counted as IAM's simulator counts them: lines
//! and columns from 1, a tab is one column.

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The offset in bytes, from 0.
    pub offset: usize,
}

impl Position {
    /// The beginning of a text.
    pub const START: Self = Self {
        line: 1,
        column: 1,
        offset: 0,
    };
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// A stretch of a text: from the first character to the place behind the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Where it begins.
    pub start: Position,
    /// Where what follows it begins.
    pub end: Position,
}

/// Something, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The thing.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Located<T> {
    /// The same place with what `change` makes of the thing.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: change(self.value),
            span: self.span,
        }
    }
}
