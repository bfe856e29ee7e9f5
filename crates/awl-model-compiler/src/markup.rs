//! The HTML of documentation into the lines of reStructuredText that the AWS
//! CLI makes of it, which help lays out: its quirks are part of how its pages
//! look. Lines are relative to the place where the text is put in.
// Parity: awscli/bcdoc/docstringparser.py, style.py.

use std::borrow::Cow;

/// The tags that mean something; all others are left out, their text is not.
const TAGS: [&str; 16] = [
    "a",
    "b",
    "bold",
    "code",
    "codeblock",
    "danger",
    "examples",
    "fullname",
    "i",
    "important",
    "italics",
    "li",
    "note",
    "ol",
    "p",
    "ul",
];

/// The tags of markup within a line.
const INLINE: [&str; 5] = ["b", "bold", "code", "i", "italics"];
/// Stands for a tag within markup, which adds nothing.
const INNER: &str = "";

/// Turns HTML into lines of markup.
pub(crate) fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    for piece in pieces(html) {
        match piece {
            Piece::Open(tag, link) => writer.open(tag, link),
            Piece::Close => writer.close(),
            Piece::Text(text) => writer.text(&text),
        }
    }
    while !writer.tags.is_empty() {
        writer.close();
    }
    without_blanks(&writer.writes.concat())
}

enum Piece<'a> {
    /// A tag that means something, with its link.
    Open(&'static str, Option<Cow<'a, str>>),
    /// The end of the innermost tag.
    Close,
    Text(Cow<'a, str>),
}

/// Takes HTML apart as Python's `HTMLParser` does.
fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            pieces.push(Piece::Text(unescape(rest)));
            break;
        };
        if at > 0 {
            pieces.push(Piece::Text(unescape(&rest[..at])));
            rest = &rest[at..];
        }
        let next = rest[1..].chars().next().unwrap_or(' ');
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
        } else if next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?') {
            let Some(end) = tag_end(rest) else {
                break;
            };
            let inside = &rest[1..end];
            rest = &rest[end + 1..];
            tag(inside, &mut pieces);
        } else {
            pieces.push(Piece::Text(Cow::Borrowed("<")));
            rest = &rest[1..];
        }
    }
    pieces
}

/// Where the `>` of a tag stands, one in quotes not counted.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (letter, quote) {
            ('"' | '\'', None) if text[..at].ends_with('=') => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            ('>', None) => return Some(at),
            _ => {}
        }
    }
    // A quote that is never closed.
    text.find('>')
}

fn tag<'a>(inside: &'a str, pieces: &mut Vec<Piece<'a>>) {
    if inside.starts_with(['!', '?']) {
        return;
    }
    let (is_close, inside) = match inside.strip_prefix('/') {
        Some(inside) => (true, inside),
        None => (false, inside),
    };
    let end = inside
        .find(|letter: char| letter.is_whitespace() || letter == '/')
        .unwrap_or(inside.len());
    let name = inside[..end].to_ascii_lowercase();
    let Some(name) = TAGS.into_iter().find(|known| *known == name) else {
        return;
    };
    if is_close {
        pieces.push(Piece::Close);
        return;
    }
    pieces.push(Piece::Open(name, link(&inside[end..])));
    if inside.ends_with('/') {
        pieces.push(Piece::Close);
    }
}

/// The value of `href`.
fn link(attributes: &str) -> Option<Cow<'_, str>> {
    let at = attributes.find("href")?;
    let value = attributes[at + 4..]
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split([' ', '>']).next()?,
    };
    Some(unescape(value))
}

/// Replaces character references.
fn unescape(text: &str) -> Cow<'_, str> {
    const NAMES: [(&str, &str); 22] = [
        ("amp", "&"),
        ("lt", "<"),
        ("gt", ">"),
        ("quot", "\""),
        ("apos", "'"),
        ("nbsp", "\u{a0}"),
        ("mdash", "—"),
        ("ndash", "–"),
        ("lsquo", "‘"),
        ("rsquo", "’"),
        ("ldquo", "“"),
        ("rdquo", "”"),
        ("hellip", "…"),
        ("bull", "•"),
        ("middot", "·"),
        ("copy", "©"),
        ("reg", "®"),
        ("trade", "™"),
        ("times", "×"),
        ("le", "≤"),
        ("ge", "≥"),
        ("rarr", "→"),
    ];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest[1..].split_once(';').map(|(name, _)| name);
        let replaced = reference.filter(|name| name.len() <= 8).and_then(|name| {
            if let Some(number) = name.strip_prefix('#') {
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                    None => number.parse().ok()?,
                };
                return char::from_u32(code).map(|letter| (name.len(), letter.to_string()));
            }
            let (_, text) = NAMES.iter().find(|(known, _)| *known == name)?;
            Some((name.len(), (*text).to_owned()))
        });
        match replaced {
            Some((length, text)) => {
                result.push_str(&text);
                rest = &rest[length + 2..];
            }
            None => {
                result.push('&');
                rest = &rest[1..];
            }
        }
    }
    result.push_str(rest);
    Cow::Owned(result)
}

/// Writes markup piece by piece: the end of a tag mends the piece before it.
#[derive(Default)]
struct Writer {
    writes: Vec<String>,
    tags: Vec<&'static str>,
    links: Vec<Option<String>>,
    indent: usize,
    list_depth: usize,
    /// Items that are open, in which paragraphs are not set apart.
    is_item: bool,
    /// Whether the next text is an item's first, which begins with a word.
    is_item_start: bool,
    /// Tags open whose text is left out.
    hidden: usize,
}

impl Writer {
    fn write(&mut self, text: impl Into<String>) {
        if self.hidden == 0 {
            self.writes.push(text.into());
        }
    }

    fn line(&mut self) {
        let line = format!("\n{}", "  ".repeat(self.indent));
        self.write(line);
    }

    fn paragraph(&mut self) {
        let line = format!("\n\n{}", "  ".repeat(self.indent));
        self.write(line);
    }

    fn admonition(&mut self, name: &str) {
        self.paragraph();
        self.write(format!(".. {name}::"));
        self.indent += 1;
        self.paragraph();
    }

    fn dedent(&mut self) {
        self.indent = self.indent.saturating_sub(1);
    }

    fn open(&mut self, tag: &'static str, link: Option<Cow<'_, str>>) {
        // Markup in markup cannot be written; the AWS CLI's comes out broken.
        let is_inner = INLINE.contains(&tag) && self.is_inline();
        self.tags.push(if is_inner { INNER } else { tag });
        match tag {
            _ if is_inner => {}
            "b" | "bold" => self.write("**"),
            "i" | "italics" => self.write("*"),
            "code" => self.write("``"),
            "a" => {
                self.write(if link.is_some() { "`" } else { " " });
                self.links.push(link.map(Cow::into_owned));
            }
            "p" if !self.is_item => self.paragraph(),
            "note" => self.admonition("note"),
            "important" => self.admonition("warning"),
            "danger" => self.admonition("danger"),
            "li" => {
                self.line();
                self.is_item = true;
                self.is_item_start = true;
                self.write("* ");
            }
            "ul" | "ol" => {
                if self.list_depth > 0 {
                    self.indent += 1;
                }
                self.list_depth += 1;
                self.paragraph();
            }
            "codeblock" => {
                self.write("::");
                self.indent += 1;
                self.paragraph();
            }
            "examples" | "fullname" => self.hidden += 1,
            _ => {}
        }
    }

    /// Whether inline markup is open.
    fn is_inline(&self) -> bool {
        let has_link = matches!(self.links.last(), Some(Some(_)));
        has_link || self.tags.iter().any(|tag| INLINE.contains(tag))
    }

    fn close(&mut self) {
        match self.tags.pop() {
            Some("b" | "bold") => self.end_inline("**"),
            Some("i" | "italics") => self.end_inline("*"),
            Some("code") => self.end_inline("``"),
            Some("a") => self.end_link(),
            Some("p") if !self.is_item => self.paragraph(),
            Some("note" | "important" | "danger" | "codeblock") => {
                self.dedent();
                self.paragraph();
            }
            Some("li") => {
                self.is_item = false;
                self.line();
            }
            Some("ul" | "ol") => {
                self.list_depth -= 1;
                if self.list_depth > 0 {
                    self.dedent();
                }
                self.paragraph();
            }
            Some("examples" | "fullname") => self.hidden -= 1,
            _ => {}
        }
    }

    /// Ends inline markup behind a letter; markup around nothing goes away.
    fn end_inline(&mut self, markup: &str) {
        if self.hidden > 0 {
            return;
        }
        let last = self.writes.pop().unwrap_or_default();
        let last = last.trim_end_matches(' ');
        if last == markup {
            return;
        }
        self.writes.push(last.to_owned());
        self.writes.push(format!("{markup} "));
    }

    fn end_link(&mut self) {
        if let Some(link) = self.links.pop().flatten()
            && self.hidden == 0
        {
            let last = self.writes.pop().unwrap_or_default();
            let last = last.trim_end_matches(' ');
            match last {
                "`" => self.writes.push(format!("`<{link}>`__")),
                "" => {
                    self.writes.push(link);
                    self.writes.push("`__".to_owned());
                }
                _ => {
                    self.writes.push(last.replace(':', "\\:"));
                    self.writes.push(format!(" <{link}>`__"));
                }
            }
        }
        self.write(" ");
    }

    fn text(&mut self, text: &str) {
        let text = if self.is_item_start {
            let text = text.trim_start();
            if text.is_empty() {
                return;
            }
            self.is_item_start = false;
            text
        } else {
            text
        };
        if text.is_empty() {
            return;
        }
        if text.chars().all(char::is_whitespace) {
            self.write(" ");
            return;
        }
        let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.ends_with(char::is_whitespace) {
            words.push(' ');
        }
        // A backslash is meant, unlike in the AWS CLI, which drops it.
        if words.contains('\\') && !self.tags.contains(&"code") {
            words = words.replace('\\', "\\\\");
        }
        self.write(words);
    }
}

/// Leaves one blank line of several.
fn without_blanks(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let lines: Vec<&str> = text.split('\n').collect();
    let last = lines.len() - 1;
    let mut was_blank = false;
    for (index, line) in lines.into_iter().enumerate() {
        let line = line.trim_end();
        // What stands before and behind the text is on the first and last line.
        let is_blank = line.is_empty() && index > 0 && index < last;
        if is_blank && was_blank {
            continue;
        }
        if index > 0 {
            result.push('\n');
        }
        result.push_str(line);
        was_blank = is_blank;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::from_html;

    #[test]
    fn markup_is_that_of_the_real_cli() {
        for (html, expected) in [
            ("plain text", "plain text"),
            ("<p>One.</p><p>Two.</p>", "\n\nOne.\n\nTwo.\n\n"),
            ("<p> <code>x</code> is</p>", "\n\n ``x`` is\n\n"),
            ("a <b>bold </b>word", "a **bold** word"),
            ("<b></b>nothing", "nothing"),
            ("<b><code>X</code> </b> is", "**X** is"),
            ("<code>a:<i>b</i>:c</code>", "``a:b:c``"),
            ("<a href='u'><code>Op</code></a>", "`Op <u>`__"),
            (
                "<a href=\"http://x/\">a: b</a>, <a>Op</a>",
                "`a\\: b <http://x/>`__ ,  Op",
            ),
            (
                "<ul><li> <p>One</p> </li><li>Two<ul><li>In</li></ul></li></ul>",
                "\n\n\n* One\n\n* Two\n\n\n  * In\n\n\n",
            ),
            (
                "<note><p>Mind</p></note>",
                "\n\n.. note::\n\n  \n\n  Mind\n\n",
            ),
            ("1 &lt; 2 &amp; &#39;x&#39; &nope;", "1 < 2 & 'x' &nope;"),
            ("a < b", "a <b"),
            ("<fullname>No</fullname>text<br/>more", "textmore"),
            (r"\u0020", r"\\u0020"),
        ] {
            let squeeze = |text: &str| {
                let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
                let mut text = lines.join("\n");
                while text.contains("\n\n\n") {
                    text = text.replace("\n\n\n", "\n\n");
                }
                text.trim_end_matches('\n').to_owned()
            };
            assert_eq!(squeeze(&from_html(html)), squeeze(expected), "{html}");
        }
    }
}
