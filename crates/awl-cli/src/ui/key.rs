//! The keys that the prompt knows.

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A character.
    Char(char),
    /// A character with the control key.
    Control(char),
    /// A character with the meta key, or behind Escape.
    Meta(char),
    /// A key with a name.
    Named(Name),
    /// The same with the control key or the meta key.
    Modified(Name),
    /// F1 to F12.
    Function(u8),
    /// A text, all at once.
    Paste(String),
}

/// The keys with names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Enter,
    Tab,
    BackTab,
    Escape,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
}
