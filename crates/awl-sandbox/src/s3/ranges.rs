//! Which bytes of an object are asked for, and where they are.

use super::model::Piece;

/// Bytes from one place up to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Span {
    pub(super) const fn length(self) -> u64 {
        self.end - self.start
    }

    /// As `Content-Range` has it.
    pub(super) fn of(self, size: u64) -> String {
        format!("bytes {}-{}/{size}", self.start, self.end.saturating_sub(1))
    }
}

/// What a `Range` header asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All: there is no range, or none that is understood.
    All,
    Span(Span),
    /// A range that the object does not have.
    Nothing,
}

/// Reads a `Range` header.
pub(super) fn asked(range: Option<&str>, size: u64) -> Asked {
    let Some(range) = range.and_then(|range| range.trim().strip_prefix("bytes=")) else {
        return Asked::All;
    };
    // Several ranges are answered with all of the object.
    let Some((start, end)) = range.split_once('-').filter(|_| !range.contains(',')) else {
        return Asked::All;
    };
    let number = |text: &str| -> Option<Option<u64>> {
        let text = text.trim();
        match text {
            "" => Some(None),
            _ if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Some(text.parse().unwrap_or(u64::MAX)))
            }
            _ => None,
        }
    };
    let (Some(start), Some(end)) = (number(start), number(end)) else {
        return Asked::All;
    };
    let span = match (start, end) {
        (None, None) => return Asked::All,
        (Some(start), Some(end)) if end < start => return Asked::All,
        (Some(start), end) => Span {
            start,
            end: end.map_or(size, |end| end.saturating_add(1).min(size)),
        },
        (None, Some(last)) => Span {
            start: size.saturating_sub(last),
            end: if last == 0 { 0 } else { size },
        },
    };
    match span.start < span.end {
        true => Asked::Span(span),
        false => Asked::Nothing,
    }
}

/// The pieces that a span of an object is in.
pub(super) fn cut(pieces: &[Piece], span: Span) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in pieces {
        let length = piece.length.unsigned_abs();
        let (start, end) = (span.start.max(at), span.end.min(at + length));
        if start < end {
            found.push(Piece {
                offset: piece.offset + (start - at) as i64,
                length: (end - start) as i64,
                ..piece.clone()
            });
        }
        at += length;
        if at >= span.end {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_as_http_has_them() {
        let span = |start, end| Asked::Span(Span { start, end });
        for (range, expected) in [
            (None, Asked::All),
            (Some("bytes=0-3"), span(0, 4)),
            (Some("bytes=2-"), span(2, 10)),
            (Some("bytes=-3"), span(7, 10)),
            (Some("bytes=-30"), span(0, 10)),
            (Some("bytes=0-99999999999999999999"), span(0, 10)),
            (Some("bytes=10-"), Asked::Nothing),
            (Some("bytes=-0"), Asked::Nothing),
            (Some("bytes=3-2"), Asked::All),
            (Some("bytes=-"), Asked::All),
            (Some("bytes=0-1,3-4"), Asked::All),
            (Some("bytes=a-b"), Asked::All),
            (Some("lines=0-1"), Asked::All),
        ] {
            assert_eq!(asked(range, 10), expected, "{range:?}");
        }
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Nothing);
    }

    proptest! {
        #[test]
        fn a_cut_has_the_bytes_of_the_span(
            lengths in prop::collection::vec(0_u8..9, 0..9),
            one in 0_u64..80,
            other in 0_u64..80,
        ) {
            // Each byte of a blob tells its place there.
            let pieces: Vec<Piece> = lengths.iter().zip(0_i64..).map(|(length, number)| Piece {
                blob: number.to_string(),
                inline: false,
                offset: number * 100,
                length: i64::from(*length),
            }).collect();
            let bytes = |pieces: &[Piece]| -> Vec<(String, i64)> {
                let places = pieces.iter().flat_map(|piece| {
                    let range = piece.offset..piece.offset + piece.length;
                    range.map(|at| (piece.blob.clone(), at))
                });
                places.collect()
            };
            let whole = bytes(&pieces);
            let size = whole.len() as u64;
            let span = Span { start: one.min(other).min(size), end: one.max(other).min(size) };
            let expected = &whole[span.start as usize..span.end as usize];
            prop_assert_eq!(bytes(&cut(&pieces, span)), expected);
        }
    }
}
