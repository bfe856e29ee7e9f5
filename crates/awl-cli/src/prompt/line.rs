//! The line that is being edited: its text, the cursor, and what the keys of
//! readline do to them.
// Parity: prompt_toolkit/key_binding/bindings/{basic,emacs}.py.

/// How many edits can be undone.
const UNDO: usize = 200;

/// A line and the cursor in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    text: String,
    /// The byte that the cursor stands before.
    cursor: usize,
    /// What was cut last.
    cut: String,
    undo: Vec<(String, usize)>,
}

impl Line {
    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor.
    pub(crate) fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// The text behind the cursor.
    pub(crate) fn behind(&self) -> &str {
        &self.text[self.cursor..]
    }

    /// Puts another text in; the cursor stands behind its first `cursor` bytes.
    pub(crate) fn set(&mut self, text: String, cursor: usize) {
        self.cursor = cursor.min(text.len());
        self.text = text;
    }

    /// Puts another text in, the cursor at its end.
    pub(crate) fn replace(&mut self, text: &str) {
        self.set(text.to_owned(), text.len());
    }

    /// Types a text.
    pub(crate) fn insert(&mut self, text: &str) {
        // Words are undone, not letters.
        if text.chars().any(char::is_whitespace) || self.undo.is_empty() {
            self.save();
        }
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
    }

    /// Takes the character before the cursor away.
    pub(crate) fn delete_before(&mut self) {
        self.remove_back_to(self.left());
    }

    /// Takes the character behind the cursor away.
    pub(crate) fn delete_behind(&mut self) {
        let end = self.right();
        self.save();
        self.text.drain(self.cursor..end);
    }

    /// One character to the left.
    pub(crate) fn go_left(&mut self) {
        self.cursor = self.left();
    }

    /// One character to the right.
    pub(crate) fn go_right(&mut self) {
        self.cursor = self.right();
    }

    /// To the beginning.
    pub(crate) const fn go_home(&mut self) {
        self.cursor = 0;
    }

    /// To the end.
    pub(crate) const fn go_end(&mut self) {
        self.cursor = self.text.len();
    }

    /// To the beginning of a word.
    pub(crate) fn go_word_left(&mut self) {
        self.cursor = self.word_start();
    }

    /// To the end of a word.
    pub(crate) fn go_word_right(&mut self) {
        self.cursor = self.word_end();
    }

    /// Cuts what stands behind the cursor.
    pub(crate) fn cut_behind(&mut self) {
        self.save();
        self.cut = self.text.split_off(self.cursor);
    }

    /// Cuts what stands before the cursor.
    pub(crate) fn cut_before(&mut self) {
        self.cut_back_to(0);
    }

    /// Cuts the word before the cursor, up to a space.
    pub(crate) fn cut_word(&mut self) {
        let before = self.before().trim_end();
        let start = before
            .char_indices()
            .rev()
            .find(|(_, letter)| letter.is_whitespace())
            .map_or(0, |(at, letter)| at + letter.len_utf8());
        self.cut_back_to(start);
    }

    /// Cuts the word before the cursor, up to a mark.
    pub(crate) fn cut_word_part(&mut self) {
        self.cut_back_to(self.word_start());
    }

    /// Cuts the word behind the cursor.
    pub(crate) fn cut_word_behind(&mut self) {
        let end = self.word_end();
        self.save();
        self.cut = self.text.drain(self.cursor..end).collect();
    }

    /// Types what was cut last.
    pub(crate) fn paste(&mut self) {
        self.save();
        let cut = std::mem::take(&mut self.cut);
        self.insert(&cut);
        self.cut = cut;
    }

    /// Changes the two characters around the cursor.
    pub(crate) fn swap(&mut self) {
        if self.cursor == 0 {
            return;
        }
        self.save();
        if self.cursor == self.text.len() {
            self.go_left();
        }
        let (start, end) = (self.left(), self.right());
        let first: String = self.text.drain(start..self.cursor).collect();
        let second = end - self.cursor;
        self.text.insert_str(start + second, &first);
        self.cursor = end;
    }

    /// Takes the last edit back.
    pub(crate) fn undo(&mut self) {
        if let Some((text, cursor)) = self.undo.pop() {
            self.set(text, cursor);
        }
    }

    fn cut_back_to(&mut self, start: usize) {
        self.cut = self.text[start..self.cursor].to_owned();
        self.remove_back_to(start);
    }

    fn remove_back_to(&mut self, start: usize) {
        self.save();
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    fn save(&mut self) {
        if self.undo.last().is_some_and(|(text, _)| *text == self.text) {
            return;
        }
        if self.undo.len() == UNDO {
            self.undo.remove(0);
        }
        self.undo.push((self.text.clone(), self.cursor));
    }

    fn left(&self) -> usize {
        self.before()
            .char_indices()
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.cursor + self.behind().chars().next().map_or(0, char::len_utf8)
    }

    fn word_start(&self) -> usize {
        let before = self.before();
        let end = before.trim_end().len();
        let mut letters = before[..end].char_indices().rev().peekable();
        let Some(class) = letters.peek().map(|(_, letter)| is_word(*letter)) else {
            return 0;
        };
        letters
            .take_while(|(_, letter)| is_word(*letter) == class && !letter.is_whitespace())
            .last()
            .map_or(0, |(at, _)| at)
    }

    fn word_end(&self) -> usize {
        let behind = self.behind();
        let start = behind.len() - behind.trim_start().len();
        let mut letters = behind[start..].char_indices().peekable();
        let Some(class) = letters.peek().map(|(_, letter)| is_word(*letter)) else {
            return self.text.len();
        };
        letters
            .find(|(_, letter)| is_word(*letter) != class || letter.is_whitespace())
            .map_or(self.text.len(), |(at, _)| self.cursor + start + at)
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line with `|` where the cursor is.
    fn line(text: &str) -> Line {
        let cursor = text.find('|').unwrap();
        let mut line = Line::default();
        line.set(text.replace('|', ""), cursor);
        line
    }

    fn check(text: &str, edit: fn(&mut Line), expected: &str) {
        let mut line = line(text);
        edit(&mut line);
        assert_eq!(
            format!("{}|{}", line.before(), line.behind()),
            expected,
            "{text}"
        );
    }

    #[test]
    fn keys_edit_the_line() {
        check("ab|c", |line| line.insert("é"), "abé|c");
        check("aé|c", Line::delete_before, "a|c");
        check("|c", Line::delete_before, "|c");
        check("a|éc", Line::delete_behind, "a|c");
        check("ac|", Line::delete_behind, "ac|");
        check("aé|c", Line::go_left, "a|éc");
        check("a|éc", Line::go_right, "aé|c");
        check("a|c", Line::go_home, "|ac");
        check("a|c", Line::go_end, "ac|");
        check("s3 ls-x |y", Line::go_word_left, "s3 ls-|x y");
        check("s3 ls-|x y", Line::go_word_left, "s3 ls|-x y");
        check("|", Line::go_word_left, "|");
        check("s3| ls-x", Line::go_word_right, "s3 ls|-x");
        check("s3 |  ", Line::go_word_right, "s3   |");
        check("s3 ls-x | y", Line::cut_word, "s3 | y");
        check("s3 ls-x| y", Line::cut_word_part, "s3 ls-| y");
        check("s3 |ls-x", Line::cut_word_behind, "s3 |-x");
        check("s3 |ls", Line::cut_before, "|ls");
        check("s3 |ls", Line::cut_behind, "s3 |");
        check("ab|c", Line::swap, "acb|");
        check("abc|", Line::swap, "acb|");
        check("|ab", Line::swap, "|ab");
    }

    #[test]
    fn what_was_cut_comes_back() {
        check(
            "s3 ls|",
            |line| {
                line.cut_word();
                line.go_home();
                line.paste();
            },
            "ls|s3 ",
        );
        check(
            "s3|",
            |line| {
                line.insert(" ls");
                line.delete_before();
                line.undo();
                line.undo();
                line.undo();
            },
            "s3|",
        );
    }
}
