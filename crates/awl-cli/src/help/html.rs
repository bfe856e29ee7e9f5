//! A page as HTML, for a browser: one file, no scripts, nothing fetched.

use super::rst::{Block, Face, Span};

/// What the page looks like; a reader's dark mode counts.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1,h2,h3{line-height:1.2;margin:1.6em 0 .5em}\
code,pre{font-family:ui-monospace,monospace;font-size:.9em}\
pre{background:rgba(128,128,128,.12);padding:.8em;overflow-x:auto;border-radius:4px}\
blockquote,dd{margin:.4em 0 .4em 2rem}\
dt{font-weight:600;margin-top:.8em}\
aside{border-left:4px solid #d97706;padding:.1em 1em;margin:1em 0}";

/// The page with these blocks.
pub(super) fn page(title: &str, blocks: &[Block]) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escaped(title)
    );
    write_all(blocks, &mut out);
    out.push_str("</body>\n</html>\n");
    out
}

fn write_all(blocks: &[Block], out: &mut String) {
    for block in blocks {
        write(block, out);
    }
}

fn write(block: &Block, out: &mut String) {
    match block {
        Block::Title(level, title) => {
            let level = (level + 1).min(6);
            out.push_str(&format!("<h{level}>{}</h{level}>\n", escaped(title)));
        }
        Block::Paragraph(spans) => {
            out.push_str("<p>");
            write_spans(spans, out);
            out.push_str("</p>\n");
        }
        Block::Literal(lines) => {
            out.push_str("<pre>");
            out.push_str(&escaped(&lines.join("\n")));
            out.push_str("</pre>\n");
        }
        Block::Quote(blocks) => {
            out.push_str("<blockquote>\n");
            write_all(blocks, out);
            out.push_str("</blockquote>\n");
        }
        Block::List(items) => {
            let is_counted = items
                .iter()
                .any(|(mark, _)| mark.contains(|letter: char| letter.is_alphanumeric()));
            let name = if is_counted { "ol" } else { "ul" };
            out.push_str(&format!("<{name}>\n"));
            for (_, blocks) in items {
                out.push_str("<li>");
                write_all(blocks, out);
                out.push_str("</li>\n");
            }
            out.push_str(&format!("</{name}>\n"));
        }
        Block::Definitions(items) => {
            out.push_str("<dl>\n");
            for (term, blocks) in items {
                out.push_str("<dt>");
                write_spans(term, out);
                out.push_str("</dt>\n<dd>");
                write_all(blocks, out);
                out.push_str("</dd>\n");
            }
            out.push_str("</dl>\n");
        }
        Block::Note(name, blocks) => {
            out.push_str(&format!("<aside><strong>{}</strong>\n", escaped(name)));
            write_all(blocks, out);
            out.push_str("</aside>\n");
        }
    }
}

fn write_spans(spans: &[Span], out: &mut String) {
    for span in spans {
        let text = escaped(&span.text);
        let name = match span.face {
            Face::Plain => {
                out.push_str(&text);
                continue;
            }
            Face::Bold => "strong",
            Face::Italic => "em",
        };
        out.push_str(&format!("<{name}>{text}</{name}>"));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
