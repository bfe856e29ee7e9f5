//! Matching `*` and `?`. The pattern is cut at its stars; each segment between
//! two is looked for from where the last one ended, leftmost first, so that the
//! text is walked once. A segment with `?` inside is tried at each place where
//! its first text stands; one that is long as well is searched by bit-parallel
//! Shift-And, 64 places at a time.

use std::collections::BTreeMap;

use memchr::memmem;

/// A part of a pattern whose variables have been filled in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    Text(&'a str),
    One,
    Many,
}

/// A list of parts that needs no allocation while it is short.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    few: [Part<'a>; FEW],
    length: usize,
    many: Vec<Part<'a>>,
}

const FEW: usize = 12;

/// A segment with `?` inside that has no more characters is tried place by
/// place: that is at most so many steps for each character of the text.
const SHORT: usize = 64;

impl<'a> Parts<'a> {
    pub(super) const fn new() -> Self {
        Self {
            few: [Part::One; FEW],
            length: 0,
            many: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, part: Part<'a>) {
        if self.many.is_empty() {
            if let Some(place) = self.few.get_mut(self.length) {
                *place = part;
                self.length += 1;
                return;
            }
            self.many.extend_from_slice(&self.few);
        }
        self.many.push(part);
    }

    pub(super) fn as_slice(&self) -> &[Part<'a>] {
        if self.many.is_empty() {
            self.few.get(..self.length).unwrap_or_default()
        } else {
            &self.many
        }
    }
}

/// Whether the pattern matches all of `text`.
pub(super) fn matches(parts: &[Part<'_>], text: &str) -> bool {
    let mut segments = parts.split(|part| matches!(part, Part::Many));
    let Some(first) = segments.next() else {
        return text.is_empty();
    };
    let Some(mut rest) = strip_prefix(first, text) else {
        return false;
    };
    let Some(last) = segments.next_back() else {
        return rest.is_empty();
    };
    let Some(inner) = strip_suffix(last, rest) else {
        return false;
    };
    rest = inner;
    for segment in segments {
        match find(segment, rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

/// The text behind `segment`, where it begins with that.
fn strip_prefix<'t>(segment: &[Part<'_>], text: &'t str) -> Option<&'t str> {
    let mut rest = text;
    for part in segment {
        rest = match part {
            Part::Text(own) => rest.strip_prefix(own)?,
            Part::One | Part::Many => {
                let mut characters = rest.chars();
                characters.next()?;
                characters.as_str()
            }
        };
    }
    Some(rest)
}

/// The text before `segment`, where it ends with that.
fn strip_suffix<'t>(segment: &[Part<'_>], text: &'t str) -> Option<&'t str> {
    let mut rest = text;
    for part in segment.iter().rev() {
        rest = match part {
            Part::Text(own) => rest.strip_suffix(own)?,
            Part::One | Part::Many => {
                let mut characters = rest.chars();
                characters.next_back()?;
                characters.as_str()
            }
        };
    }
    Some(rest)
}

/// The text behind the leftmost place where `segment` stands in `text`.
fn find<'t>(mut segment: &[Part<'_>], text: &'t str) -> Option<&'t str> {
    // `?` at either end only says how many characters must stand there.
    let mut rest = text;
    while let [Part::One, inner @ ..] = segment {
        rest = strip_prefix(&[Part::One], rest)?;
        segment = inner;
    }
    let mut trailing = 0;
    while let [inner @ .., Part::One] = segment {
        trailing += 1;
        segment = inner;
    }
    let mut after = match segment {
        [] => rest,
        [Part::Text(only)] => {
            let place = memmem::find(rest.as_bytes(), only.as_bytes())?;
            rest.get(place + only.len()..)?
        }
        [Part::Text(first), following @ ..] => {
            if length(segment) > SHORT {
                shift_and(segment, rest)?
            } else {
                try_each(first, following, rest)?
            }
        }
        // The first part is a text by now.
        [_, ..] => return None,
    };
    for _ in 0..trailing {
        after = strip_prefix(&[Part::One], after)?;
    }
    Some(after)
}

/// Tries each place where `first` stands.
fn try_each<'t>(first: &str, following: &[Part<'_>], text: &'t str) -> Option<&'t str> {
    let finder = memmem::Finder::new(first);
    let mut from = 0;
    loop {
        let place = from + finder.find(text.as_bytes().get(from..)?)?;
        let behind = text.get(place + first.len()..)?;
        if let Some(after) = strip_prefix(following, behind) {
            return Some(after);
        }
        from = place + 1;
    }
}

/// How many characters a segment matches.
fn length(segment: &[Part<'_>]) -> usize {
    let lengths = segment.iter().map(|part| match part {
        Part::Text(text) => text.chars().count(),
        Part::One | Part::Many => 1,
    });
    lengths.sum()
}

/// Baeza-Yates and Gonnet's algorithm: bit *n* of the state says that the first
/// *n* + 1 characters of the segment match what has just been read.
fn shift_and<'t>(segment: &[Part<'_>], text: &'t str) -> Option<&'t str> {
    let size = length(segment);
    let words = size.div_ceil(64);
    let mut any = vec![0_u64; words];
    let mut classes: BTreeMap<char, Vec<u64>> = BTreeMap::new();
    let mut place = 0;
    for part in segment {
        match part {
            Part::Text(own) => {
                for character in own.chars() {
                    let class = classes.entry(character).or_insert_with(|| vec![0; words]);
                    class[place / 64] |= 1 << (place % 64);
                    place += 1;
                }
            }
            Part::One | Part::Many => {
                any[place / 64] |= 1 << (place % 64);
                place += 1;
            }
        }
    }
    for class in classes.values_mut() {
        for (word, any) in class.iter_mut().zip(&any) {
            *word |= any;
        }
    }
    let (last, accept) = ((size - 1) / 64, 1_u64 << ((size - 1) % 64));
    let mut state = vec![0_u64; words];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let class = classes.get(&character).unwrap_or(&any);
        let mut carry = 1;
        for (word, class) in state.iter_mut().zip(class) {
            let next = *word >> 63;
            *word = (*word << 1 | carry) & class;
            carry = next;
        }
        if state[last] & accept != 0 {
            return Some(characters.as_str());
        }
    }
    None
}
