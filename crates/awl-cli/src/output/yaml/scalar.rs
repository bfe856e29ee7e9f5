//! What is in a text, and thus which quotes it needs.
// Parity: libyaml's yaml_emitter_analyze_scalar, yaml_emitter_select_scalar_style.

use super::resolver;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
}

/// What is known of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Analysis {
    /// Whether line breaks are in it.
    pub multiline: bool,
    /// How many characters it has.
    pub characters: usize,
    plain_allowed: bool,
    single_allowed: bool,
}

impl Analysis {
    /// Looks at a text.
    pub(super) fn new(text: &str) -> Self {
        if text.is_empty() {
            return Self {
                multiline: false,
                characters: 0,
                plain_allowed: true,
                single_allowed: true,
            };
        }
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let mut multiline = false;
        let mut special = false;
        let (mut break_space, mut space_break) = (false, false);
        let mut count = 0;
        let mut previous = '\n';
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let followed_by_blank = characters.peek().is_none_or(|next| is_blank(*next));
            indicators |= if count == 0 {
                match character {
                    '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\''
                    | '"' | '%' | '@' | '`' => true,
                    '?' | ':' | '-' => followed_by_blank,
                    _ => false,
                }
            } else {
                match character {
                    ':' => followed_by_blank,
                    '#' => is_blank(previous),
                    _ => false,
                }
            };
            special |= !is_printable(character);
            if character == ' ' {
                break_space |= count > 0 && is_break(previous);
            } else if is_break(character) {
                multiline = true;
                space_break |= previous == ' ';
            }
            previous = character;
            count += 1;
        }
        let outer = |character: Option<char>| {
            character.is_some_and(|character| character == ' ' || is_break(character))
        };
        let padded = outer(text.chars().next()) || outer(Some(previous));
        Self {
            multiline,
            characters: count,
            plain_allowed: !(indicators
                || padded
                || break_space
                || space_break
                || special
                || multiline),
            single_allowed: !(break_space || space_break || special),
        }
    }

    /// How `text`, which this is of, is written.
    pub(super) fn style(self, text: &str) -> Style {
        if self.plain_allowed && !resolver::is_typed(text) {
            return Style::Plain;
        }
        if self.single_allowed {
            Style::Single
        } else {
            Style::Double
        }
    }
}

/// Whether libyaml takes it for a line break.
pub(super) const fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether it is written as it is. libyaml holds tabs and what is beyond the
/// Basic Multilingual Plane for not printable.
pub(super) const fn is_printable(character: char) -> bool {
    matches!(
        character,
        '\n' | ' '..='~' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}'
    )
}

/// White space, a break, or the end as C has it.
const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\0') || is_break(character)
}
