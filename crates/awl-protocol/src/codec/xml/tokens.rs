//! The tokens of XML 1.0 as services send it: tags, text, CDATA, references;
//! comments, processing instructions and a document type are passed over. Tags
//! must match. Every response of four protocols goes through here, so nothing is
//! allocated that the caller does not keep.
// Words and places of errors are those of expat, which the real CLI prints.

use std::borrow::Cow;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'i> {
    /// A start tag; an empty element has one too.
    Start(StartTag<'i>),
    /// An end tag, or the end of an empty element.
    End,
    /// Text, or a part of it.
    Text(Cow<'i, str>),
    /// The end of the document, outside all elements.
    Eof,
}

/// A start tag: its name and its attributes, as they stand there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StartTag<'i> {
    name: &'i str,
    /// Where the local part of the name begins.
    local: usize,
    attributes: &'i str,
}

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenError {
    pub message: &'static str,
    pub at: usize,
}

pub(super) const INVALID: &str = "not well-formed (invalid token)";
pub(super) const UNCLOSED: &str = "unclosed token";

/// Reads tokens.
#[derive(Clone, Debug)]
pub(super) struct Tokens<'i> {
    text: &'i str,
    /// How far it was read.
    at: usize,
    /// Where the token read last begins.
    start: usize,
    /// The names of the elements that are open.
    open: Vec<&'i str>,
    /// Whether the element opened last is empty, so that its end comes next.
    is_empty: bool,
}

impl<'i> Tokens<'i> {
    pub(super) fn new(text: &'i str) -> Self {
        Self {
            text,
            at: 0,
            start: 0,
            open: Vec::with_capacity(16),
            is_empty: false,
        }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'i str {
        self.text
    }

    /// How far the text was read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Where the token read last begins.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token<'i>, TokenError> {
        let bytes = self.text.as_bytes();
        if self.is_empty {
            self.is_empty = false;
            self.open.pop();
            return Ok(Token::End);
        }
        loop {
            self.start = self.at;
            match bytes.get(self.at) {
                None if self.open.is_empty() => return Ok(Token::Eof),
                None => return Err(self.error("no element found", self.at)),
                Some(b'<') => match bytes.get(self.at + 1) {
                    Some(b'/') => return self.end_tag(),
                    Some(b'!') => {
                        if let Some(text) = self.declaration()? {
                            return Ok(Token::Text(text));
                        }
                    }
                    Some(b'?') => self.pass("<?", "?>")?,
                    Some(_) => return self.start_tag(),
                    None => return Err(self.error(UNCLOSED, self.start)),
                },
                Some(b'&') => return self.reference(),
                Some(_) => return Ok(Token::Text(self.characters()?)),
            }
        }
    }

    /// The text up to a tag or a reference.
    fn characters(&mut self) -> Result<Cow<'i, str>, TokenError> {
        let rest = &self.text[self.at..];
        let end = memchr::memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
        self.check_characters(self.at, self.at + end)?;
        self.at += end;
        Ok(universal_newlines(&rest[..end]))
    }

    /// Refuses the control characters that XML does not have.
    fn check_characters(&self, from: usize, to: usize) -> Result<(), TokenError> {
        let bytes = &self.text.as_bytes()[from..to];
        let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
        // Without an early exit, so that the compiler looks at many bytes at once.
        let found = bytes
            .iter()
            .fold(false, |found, byte| found | is_control(*byte));
        if !found {
            return Ok(());
        }
        let at = bytes.iter().position(|byte| is_control(*byte));
        Err(self.error(INVALID, from + at.unwrap_or_default()))
    }

    fn end_tag(&mut self) -> Result<Token<'i>, TokenError> {
        let name_at = self.at + 2;
        let Some(name) = self.open.last() else {
            return Err(self.error(INVALID, name_at));
        };
        let rest = self.text[name_at..].strip_prefix(name);
        // `>` stands right behind the name nearly always.
        if let Some(rest) = rest {
            if rest.as_bytes().first() == Some(&b'>') {
                self.at = name_at + name.len() + 1;
                self.open.pop();
                return Ok(Token::End);
            }
            let trimmed = rest.trim_start_matches(is_space);
            if trimmed.len() < rest.len() && trimmed.starts_with('>') {
                self.at = self.text.len() - trimmed.len() + 1;
                self.open.pop();
                return Ok(Token::End);
            }
        }
        if !self.text[name_at..].contains('>') {
            return Err(self.error(UNCLOSED, self.start));
        }
        Err(self.error("mismatched tag", name_at))
    }

    fn start_tag(&mut self) -> Result<Token<'i>, TokenError> {
        let bytes = self.text.as_bytes();
        let name_at = self.at + 1;
        if !is_name_start(bytes[name_at]) {
            return Err(self.error(INVALID, name_at));
        }
        let (mut end, mut local) = (name_at, 0);
        let ends_name = loop {
            match bytes.get(end) {
                None => return Err(self.error(UNCLOSED, self.start)),
                Some(byte @ (b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')) => break *byte,
                Some(b':') => local = end + 1 - name_at,
                Some(b'<' | b'&' | b'"' | b'\'' | b'=' | b';') => {
                    return Err(self.error(INVALID, end));
                }
                Some(_) => {}
            }
            end += 1;
        };
        let name = &self.text[name_at..end];
        let tag_end = if ends_name == b'>' {
            end
        } else {
            self.end_of_tag(end)?
        };
        self.is_empty = tag_end > end && bytes[tag_end - 1] == b'/';
        let attributes_end = tag_end - usize::from(self.is_empty);
        if attributes_end > end {
            self.check_attributes(end, attributes_end)?;
        }
        self.at = tag_end + 1;
        self.open.push(name);
        Ok(Token::Start(StartTag {
            name,
            local,
            attributes: &self.text[end..attributes_end],
        }))
    }

    /// The place of the `>` that ends a start tag, from behind its name on.
    fn end_of_tag(&self, from: usize) -> Result<usize, TokenError> {
        let bytes = self.text.as_bytes();
        let mut quote = None;
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            match (quote, byte) {
                (None, b'>') => return Ok(at),
                (None, b'"' | b'\'') => quote = Some(*byte),
                (None | Some(_), b'<') => return Err(self.error(INVALID, at)),
                (Some(open), byte) if open == *byte => quote = None,
                _ => {}
            }
        }
        Err(self.error(UNCLOSED, self.start))
    }

    /// Checks the attributes of a start tag, which nobody may ask for.
    fn check_attributes(&self, from: usize, to: usize) -> Result<(), TokenError> {
        let bytes = &self.text.as_bytes()[..to];
        let spaces = |from: usize| {
            let mut rest = bytes[from..].iter();
            let end = rest.position(|byte| !is_space(char::from(*byte)));
            end.map_or(to, |end| from + end)
        };
        let invalid = |at: usize| Err(self.error(INVALID, at));
        let mut at = from;
        loop {
            let name = spaces(at);
            match bytes.get(name) {
                None => return Ok(()),
                Some(b'/') => return invalid(name + 1),
                Some(byte) if name == at || !is_name_start(*byte) => return invalid(name),
                Some(_) => {}
            }
            let ends = |byte: &u8| matches!(byte, b'=' | b' ' | b'\t' | b'\r' | b'\n');
            let length = bytes[name..].iter().position(ends);
            let equals = length.map_or(to, |length| spaces(name + length));
            if bytes.get(equals) != Some(&b'=') {
                return invalid(equals);
            }
            let open = spaces(equals + 1);
            let Some(quote @ (b'"' | b'\'')) = bytes.get(open) else {
                return invalid(open);
            };
            let Some(length) = memchr::memchr(*quote, &bytes[open + 1..]) else {
                return invalid(to);
            };
            at = open + 1 + length;
            self.check_characters(open + 1, at)?;
            at += 1;
        }
    }

    /// Passes a comment or a document type; the text of a CDATA section.
    fn declaration(&mut self) -> Result<Option<Cow<'i, str>>, TokenError> {
        let rest = &self.text[self.at..];
        if rest.starts_with("<!--") {
            self.pass("<!--", "-->")?;
            return Ok(None);
        }
        if rest.starts_with("<![CDATA[") {
            const OPEN: usize = "<![CDATA[".len();
            if self.open.is_empty() {
                return Err(self.error(INVALID, self.at + 3));
            }
            self.pass("<![CDATA[", "]]>")?;
            self.check_characters(self.start + OPEN, self.at)?;
            let text = &rest[OPEN..self.at - self.start - "]]>".len()];
            return Ok(Some(universal_newlines(text)));
        }
        if !rest.starts_with("<!DOCTYPE") || !self.open.is_empty() {
            return Err(self.error(INVALID, self.at + 2));
        }
        // An internal subset stands in brackets and may hold tags' ends.
        let mut depth = 0_usize;
        for (offset, byte) in rest.bytes().enumerate() {
            match byte {
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                b'>' if depth == 0 => {
                    self.at += offset + 1;
                    return Ok(None);
                }
                _ => {}
            }
        }
        Err(self.error(UNCLOSED, self.start))
    }

    /// Passes what stands between `open` and `close`.
    fn pass(&mut self, open: &str, close: &str) -> Result<(), TokenError> {
        let inside = self.at + open.len();
        let end = self.text.get(inside..).and_then(|rest| rest.find(close));
        match end {
            Some(end) => {
                self.at = inside + end + close.len();
                Ok(())
            }
            None => Err(self.error(UNCLOSED, self.start)),
        }
    }

    /// `&amp;`, `&#38;`, `&#x26;`.
    fn reference(&mut self) -> Result<Token<'i>, TokenError> {
        let rest = &self.text[self.at + 1..];
        let end = rest
            .bytes()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'_')));
        let Some(end) = end.filter(|end| *end > 0 && rest.as_bytes()[*end] == b';') else {
            return Err(self.error(INVALID, self.at + 1));
        };
        let text = resolve(&rest[..end]).map_err(|message| self.error(message, self.start))?;
        self.at += end + 2;
        Ok(Token::Text(text))
    }

    fn error(&self, message: &'static str, at: usize) -> TokenError {
        TokenError { message, at }
    }
}

impl<'i> StartTag<'i> {
    /// The name without its prefix.
    pub(super) fn local_name(&self) -> &'i str {
        &self.name[self.local..]
    }

    /// The attributes: name, and value with its references resolved. None in
    /// place of one that is not well-formed, which ends them.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Option<(&'i str, String)>> + use<'i> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(is_space);
            if rest.is_empty() {
                return None;
            }
            let Some((name, value, behind)) = attribute(rest) else {
                rest = "";
                return Some(None);
            };
            rest = behind;
            Some(Some((name, value)))
        })
    }
}

/// The first attribute of `text`, and what stands behind it.
fn attribute(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.split_once('=')?;
    let rest = rest.trim_start_matches(is_space);
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (raw, behind) = rest[1..].split_once(quote)?;
    let mut value = String::with_capacity(raw.len());
    let mut pieces = raw.split('&');
    // White space in a value is spaces.
    let plain = |text: &str| universal_newlines(text).replace(['\t', '\n'], " ");
    value.push_str(&plain(pieces.next()?));
    for piece in pieces {
        let (reference, text) = piece.split_once(';')?;
        value.push_str(&resolve(reference).ok()?);
        value.push_str(&plain(text));
    }
    Some((name.trim_end_matches(is_space), value, behind))
}

/// What a reference stands for.
fn resolve(name: &str) -> Result<Cow<'static, str>, &'static str> {
    let Some(number) = name.strip_prefix('#') else {
        return Ok(Cow::Borrowed(match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => return Err("undefined entity"),
        }));
    };
    let code = match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    code.ok()
        .filter(|code| is_character(*code))
        .and_then(char::from_u32)
        .map(|character| Cow::Owned(character.to_string()))
        .ok_or("reference to invalid character number")
}

/// The characters of XML 1.0.
fn is_character(code: u32) -> bool {
    matches!(code, 9 | 10 | 13 | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..=0x10_FFFF)
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || byte >= 0x80
}

/// `\r\n` and `\r` are `\n`.
fn universal_newlines(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<String, TokenError> {
        let mut tokens = Tokens::new(text);
        let mut shown = String::new();
        loop {
            match tokens.next()? {
                Token::Start(tag) => {
                    shown.push_str(&format!("<{}", tag.local_name()));
                    for attribute in tag.attributes() {
                        match attribute {
                            Some((name, value)) => shown.push_str(&format!(" {name}={value:?}")),
                            None => shown.push_str(" !"),
                        }
                    }
                    shown.push('>');
                }
                Token::End => shown.push_str("</>"),
                Token::Text(text) => shown.push_str(&format!("({text})")),
                Token::Eof => return Ok(shown),
            }
        }
    }

    #[test]
    fn documents_are_told_token_by_token() {
        for (text, expected) in [
            ("<a/>", "<a></>"),
            ("<a>b</a>", "<a>(b)</>"),
            ("<a ><b /></a >", "<a><b></></>"),
            ("<n:a b='1' c=\"&lt;'\t\"/>", "<a b=\"1\" c=\"<' \"></>"),
            (
                "<a b='>'>&amp;c&#65;&#x42;</a>",
                "<a b=\">\">(&)(c)(A)(B)</>",
            ),
            ("<?xml version='1.0'?>\n<a/>\n", "(\n)<a></>(\n)"),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a></>"),
            ("<a>1<!-- <b> -->2</a>", "<a>(1)(2)</>"),
            ("<a><![CDATA[<b>\r\n&]]></a>", "<a>(<b>\n&)</>"),
            ("<a>\r\nb\rc</a>", "<a>(\nb\nc)</>"),
            ("<é:ü>ö</é:ü>", "<ü>(ö)</>"),
        ] {
            assert_eq!(tokens(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_told_where() {
        for (text, message, at) in [
            ("<a>", "no element found", 3),
            ("<a></b>", "mismatched tag", 5),
            ("<a></ab>", "mismatched tag", 5),
            ("<a></a", "unclosed token", 3),
            ("<a", "unclosed token", 0),
            ("<a b='", "unclosed token", 0),
            ("<a b='<'/>", INVALID, 6),
            ("< a/>", INVALID, 1),
            ("<a><", "unclosed token", 3),
            ("<a>&b;</a>", "undefined entity", 3),
            ("<a>& b</a>", INVALID, 4),
            ("<a>&#0;</a>", "reference to invalid character number", 3),
            ("<a><!--", "unclosed token", 3),
            ("<a><![CDATA[", "unclosed token", 3),
            ("</a>", INVALID, 2),
            ("<a b/>", INVALID, 4),
            ("<a b>c</a>", INVALID, 4),
            ("<a b=c/>", INVALID, 5),
            ("<a b=\"1\"c=\"2\"/>", INVALID, 8),
            ("<a =\"1\"/>", INVALID, 3),
            ("<a 1=\"2\"/>", INVALID, 3),
            ("<a b=\"1\" / >", INVALID, 10),
            ("<a/ b=\"1\">", INVALID, 3),
            ("<a b=\"\u{1}\"/>", INVALID, 6),
            ("<a>\u{1}</a>", INVALID, 3),
            ("<a><![CDATA[\u{2}]]></a>", INVALID, 12),
            ("\u{1f}", INVALID, 0),
        ] {
            assert_eq!(tokens(text), Err(TokenError { message, at }), "{text}");
        }
    }
}
