//! The names most like a mistyped one, with the same measure and the same
//! order as Python's `difflib.get_close_matches`.
// Parity: Lib/difflib.py, get_close_matches, SequenceMatcher.

use std::collections::HashMap;

/// How alike two names must be to be suggested.
const CUTOFF: f64 = 0.8;
/// How many names are suggested.
const COUNT: usize = 3;

/// Up to three of `choices` that are most like `word`, best first.
pub(super) fn close_matches<'a, T: AsRef<str>>(word: &str, choices: &'a [T]) -> Vec<&'a str> {
    let matcher = Matcher::new(word);
    let mut similar: Vec<(f64, &str)> = choices
        .iter()
        .map(AsRef::as_ref)
        .filter_map(|choice| {
            let ratio = matcher.ratio(choice, CUTOFF)?;
            Some((ratio, choice))
        })
        .collect();
    // The largest pairs of ratio and name, so equal ratios go by name, downwards.
    similar.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| other.1.cmp(one.1)));
    similar.truncate(COUNT);
    similar.into_iter().map(|(_, choice)| choice).collect()
}

/// Compares many texts with one.
struct Matcher {
    word: Vec<char>,
    /// Where in the word each of its characters stands, without those so
    /// frequent in a long word that they say nothing.
    places: HashMap<char, Vec<usize>>,
}

impl Matcher {
    fn new(word: &str) -> Self {
        let word: Vec<char> = word.chars().collect();
        let mut places: HashMap<char, Vec<usize>> = HashMap::new();
        for (index, character) in word.iter().enumerate() {
            places.entry(*character).or_default().push(index);
        }
        if word.len() >= 200 {
            let limit = word.len() / 100 + 1;
            places.retain(|_, indices| indices.len() <= limit);
        }
        Self { word, places }
    }

    /// The ratio of matching characters, where it reaches the cutoff.
    fn ratio(&self, choice: &str, cutoff: f64) -> Option<f64> {
        let choice: Vec<char> = choice.chars().collect();
        let length = choice.len() + self.word.len();
        if length == 0 {
            return Some(1.0);
        }
        let ratio = |matches: usize| 2.0 * matches as f64 / length as f64;
        // Two bounds from above spare most choices the comparison.
        if ratio(choice.len().min(self.word.len())) < cutoff || ratio(self.common(&choice)) < cutoff
        {
            return None;
        }
        let ratio = ratio(self.matches(&choice));
        (ratio >= cutoff).then_some(ratio)
    }

    /// How many characters the two have in common, wherever they stand.
    fn common(&self, choice: &[char]) -> usize {
        let mut left: HashMap<char, usize> = HashMap::new();
        for character in &self.word {
            *left.entry(*character).or_default() += 1;
        }
        choice
            .iter()
            .filter(|character| match left.get_mut(character) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    true
                }
                _ => false,
            })
            .count()
    }

    /// The total length of the matching blocks.
    fn matches(&self, choice: &[char]) -> usize {
        let mut total = 0;
        let mut ranges = vec![(0..choice.len(), 0..self.word.len())];
        while let Some((ours, theirs)) = ranges.pop() {
            let (start, place, length) = self.longest(choice, ours.clone(), theirs.clone());
            if length == 0 {
                continue;
            }
            total += length;
            ranges.push((ours.start..start, theirs.start..place));
            ranges.push((start + length..ours.end, place + length..theirs.end));
        }
        total
    }

    /// The longest block common to both ranges: the first in `choice`, then
    /// the first in the word, of those of equal length.
    fn longest(
        &self,
        choice: &[char],
        ours: std::ops::Range<usize>,
        theirs: std::ops::Range<usize>,
    ) -> (usize, usize, usize) {
        let (mut start, mut place, mut length) = (ours.start, theirs.start, 0);
        let mut lengths: HashMap<usize, usize> = HashMap::new();
        for index in ours.clone() {
            let mut next = HashMap::new();
            for &at in self
                .places
                .get(&choice[index])
                .map_or(&[][..], Vec::as_slice)
            {
                if at < theirs.start {
                    continue;
                }
                if at >= theirs.end {
                    break;
                }
                let run = 1 + at
                    .checked_sub(1)
                    .and_then(|before| lengths.get(&before))
                    .copied()
                    .unwrap_or(0);
                next.insert(at, run);
                if run > length {
                    (start, place, length) = (index + 1 - run, at + 1 - run, run);
                }
            }
            lengths = next;
        }
        // Characters too frequent to start a block may still extend one.
        while start > ours.start
            && place > theirs.start
            && choice[start - 1] == self.word[place - 1]
        {
            (start, place, length) = (start - 1, place - 1, length + 1);
        }
        while start + length < ours.end
            && place + length < theirs.end
            && choice[start + length] == self.word[place + length]
        {
            length += 1;
        }
        (start, place, length)
    }
}

#[cfg(test)]
mod tests {
    use super::close_matches;

    #[test]
    fn suggestions_are_difflibs() {
        let choices = [
            "describe-instances",
            "describe-instance-types",
            "describe-instance-status",
            "describe-images",
            "help",
        ];
        assert_eq!(
            close_matches("describe-instancs", &choices),
            [
                "describe-instances",
                "describe-instance-types",
                "describe-instance-status"
            ]
        );
        assert_eq!(close_matches("hlp", &choices), ["help"]);
        assert!(close_matches("nothing-like-it", &choices).is_empty());
        assert!(close_matches("", &choices).is_empty());
    }

    #[test]
    fn letters_frequent_in_a_long_word_start_no_match_but_extend_one() {
        let word = "ab".repeat(120);
        assert_eq!(
            close_matches(&word, std::slice::from_ref(&word)),
            [word.as_str()]
        );
        let shifted = format!("x{word}");
        assert!(close_matches(&word, &[shifted]).is_empty());
    }
}
