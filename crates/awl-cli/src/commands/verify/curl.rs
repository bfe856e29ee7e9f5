//! A request as a command line of curl has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::message::Message;
use crate::commands::sign::request::TypedUrl;
use crate::error::CommandError;
use crate::python;

/// The options of curl that take a word and say nothing of the request.
const WITH_WORD: &[&str] = &[
    "-o",
    "--output",
    "-w",
    "--write-out",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-x",
    "--proxy",
    "--cacert",
    "--cert",
    "-E",
    "--key",
    "--resolve",
    "--connect-to",
    "--retry",
    "--retry-delay",
    "-c",
    "--cookie-jar",
    "-D",
    "--dump-header",
    "--interface",
    "--limit-rate",
    "--stderr",
    "--trace",
    "--trace-ascii",
];

/// Whether a text is a command line that runs curl.
pub(super) fn is_command(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches("$ ");
    text.starts_with("curl ") || (text.starts_with("printf ") && text.contains("| curl "))
}

/// Reads a command line of curl, a shell's quotes included. `read` gives a
/// file that the body is in.
///
/// # Errors
/// A quote that does not end, an option that changes what would be sent
/// otherwise than is known here, no URL.
pub(super) fn parse(
    text: &str,
    read: &dyn Fn(&str) -> Result<Vec<u8>, CommandError>,
) -> Result<Message, CommandError> {
    let invalid = |reason: String| {
        CommandError::validation(format!("The command line of curl cannot be read: {reason}"))
    };
    let words = words(text).ok_or_else(|| invalid("a quote does not end".to_owned()))?;
    let start = words
        .iter()
        .position(|word| word == "curl")
        .ok_or_else(|| invalid("curl is not in it".to_owned()))?;
    let piped = piped(&words[..start]);
    let mut rest = words[start + 1..].iter();
    let (mut method, mut url, mut head, mut get) = (None, None, false, false);
    let mut headers = Vec::new();
    let mut body: Option<Vec<u8>> = None;
    while let Some(word) = rest.next() {
        if matches!(word.as_str(), "|" | ">" | ";" | "&&") {
            break;
        }
        let (option, attached) = split_option(word);
        let mut value = || {
            attached.map(str::to_owned).map_or_else(
                || {
                    rest.next()
                        .cloned()
                        .ok_or_else(|| invalid(format!("{option} lacks its word")))
                },
                Ok,
            )
        };
        match option {
            "-X" | "--request" => method = Some(value()?),
            "--url" => url = Some(value()?),
            "-I" | "--head" => head = true,
            "-G" | "--get" => get = true,
            "-H" | "--header" => headers.push(value()?),
            "-A" | "--user-agent" => headers.push(format!("User-Agent: {}", value()?)),
            "-e" | "--referer" => headers.push(format!("Referer: {}", value()?)),
            "-b" | "--cookie" => headers.push(format!("Cookie: {}", value()?)),
            "-d" | "--data" | "--data-ascii" | "--data-binary" | "--data-raw" | "--json" => {
                let text = value()?;
                let mut bytes = match text.strip_prefix('@') {
                    Some("-") if option != "--data-raw" => match &piped {
                        Some(bytes) => bytes.clone(),
                        None => read("-")?,
                    },
                    Some(path) if option != "--data-raw" => read(path)?,
                    _ => text.into_bytes(),
                };
                if matches!(option, "-d" | "--data" | "--data-ascii") {
                    bytes.retain(|byte| !matches!(byte, b'\r' | b'\n'));
                }
                let all = body.get_or_insert_with(Vec::new);
                if !all.is_empty() {
                    all.push(b'&');
                }
                all.extend_from_slice(&bytes);
            }
            "-T" | "--upload-file" => {
                body = Some(read(&value()?)?);
                method.get_or_insert_with(|| "PUT".to_owned());
            }
            "--aws-sigv4" => {
                return Err(invalid(
                    "--aws-sigv4 has curl sign the request; give the request that it sends, as \
                     curl -v shows it"
                        .to_owned(),
                ));
            }
            "-F" | "--form" | "--data-urlencode" | "-K" | "--config" | "-u" | "--user" => {
                return Err(invalid(format!("what {option} makes of it is not known")));
            }
            option if WITH_WORD.contains(&option) => drop(value()?),
            option if option.starts_with('-') && option.len() > 1 => {}
            _ => url = Some(word.clone()),
        }
    }
    let url = url.ok_or_else(|| invalid("it has no URL".to_owned()))?;
    let mut url = TypedUrl::parse(&url)?;
    let mut body = body.unwrap_or_default();
    if get && !body.is_empty() {
        let separator = if url.query.is_empty() { "" } else { "&" };
        let text = String::from_utf8_lossy(&body).into_owned();
        url.query = format!("{}{separator}{text}", url.query);
        body.clear();
    }
    let default = if head {
        "HEAD"
    } else if body.is_empty() {
        "GET"
    } else {
        "POST"
    };
    let method = method.as_deref().unwrap_or(default);
    let mut message = Message::of_url(method, &url);
    message.body = body;
    for text in headers {
        add_header(&mut message, &text)
            .ok_or_else(|| invalid(format!("{} is no header", python::quote(&text))))?;
    }
    Ok(message)
}

/// `-XPUT` and `--request=PUT` are options with their word.
fn split_option(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((option, value)) => (option, Some(value)),
            None => (word, None),
        };
    }
    let short = ["-X", "-H", "-d", "-A", "-e", "-b", "-o", "-T"];
    match short
        .iter()
        .find(|short| word.len() > 2 && word.starts_with(**short))
    {
        Some(short) => (short, Some(&word[2..])),
        None => (word, None),
    }
}

/// Adds a header as curl does: `Name;` is an empty one, `Name:` one that curl
/// leaves out.
fn add_header(message: &mut Message, text: &str) -> Option<()> {
    let (name, value) = match (text.split_once(':'), text.strip_suffix(';')) {
        (Some((_, value)), _) if value.trim().is_empty() => return Some(()),
        (Some(pair), _) => pair,
        (None, Some(name)) => (name, ""),
        (None, None) => return None,
    };
    if name.eq_ignore_ascii_case("host") {
        message
            .headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case("host"));
    }
    let value = value.trim().to_owned();
    message.headers.push((name.trim().to_owned(), value));
    Some(())
}

/// The body that `printf %s BASE64 | base64 -d |` pipes into curl.
fn piped(words: &[String]) -> Option<Vec<u8>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["printf", "%s", text, "|", "base64", "-d", "|"] => STANDARD.decode(text).ok(),
        _ => None,
    }
}

/// The words of a line of a POSIX shell; None where a quote does not end.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let text = text.trim_start().trim_start_matches("$ ");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let word = word.get_or_insert_with(String::new);
                loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_with(String::new);
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => match letters.next()? {
                            '\n' => {}
                            letter @ ('"' | '\\' | '$' | '`') => word.push(letter),
                            letter => word.extend(['\\', letter]),
                        },
                        letter => word.push(letter),
                    }
                }
            }
            '$' if word.is_none() && letters.peek() == Some(&'\'') => {
                letters.next();
                word = Some(ansi_quoted(&mut letters)?);
            }
            '\\' => match letters.next() {
                Some('\n') | None => {}
                Some('\r') => {
                    letters.next_if_eq(&'\n');
                }
                Some(letter) => word.get_or_insert_with(String::new).push(letter),
            },
            letter if letter.is_ascii_whitespace() => words.extend(word.take()),
            letter => word.get_or_insert_with(String::new).push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

/// What stands between `$'` and `'`, as browsers copy bodies.
fn ansi_quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut word = String::new();
    loop {
        match letters.next()? {
            '\'' => return Some(word),
            '\\' => match letters.next()? {
                'n' => word.push('\n'),
                'r' => word.push('\r'),
                't' => word.push('\t'),
                'u' => {
                    let digits: String = letters.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&digits, 16).ok();
                    word.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
                }
                letter => word.push(letter),
            },
            letter => word.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Message {
        let file = |path: &str| Ok(format!("<{path}>").into_bytes());
        parse(text, &file).unwrap()
    }

    #[test]
    fn command_lines() {
        let message = read(
            "$ curl -sS -XPUT \\\n  -H 'A: it'\\''s' -H \"B: \\\"x\\\"\" -H 'C;' -H 'D:' \
             --data-raw $'a\\n\\u00e9' -o /dev/null 'https://h/p?q=1' | jq .",
        );
        assert_eq!(
            (message.method.as_str(), message.query.as_str()),
            ("PUT", "q=1")
        );
        let headers: Vec<String> = message
            .headers
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(headers, ["Host=h", "A=it's", "B=\"x\"", "C="]);
        assert_eq!(message.body, "a\né".as_bytes());
        let message = read("curl --head https://h -H 'Host: other'");
        assert_eq!(
            (message.method.as_str(), message.path.as_str()),
            ("HEAD", "/")
        );
        assert_eq!(message.headers, [("Host".to_owned(), "other".to_owned())]);
        assert_eq!(read("curl https://h -d a -d @f").body, b"a&<f>");
        assert_eq!(read("curl https://h -T f").method, "PUT");
        assert_eq!(read("curl -G https://h/?a -d b=1").query, "a&b=1");
        let message = read("printf %s /w== | base64 -d | curl -X POST --data-binary @- https://h");
        assert_eq!(message.body, [0xff]);
        assert_eq!(message.method, "POST");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let file = |_: &str| Ok(Vec::new());
        for text in [
            "curl",
            "curl -H",
            "curl 'https://h",
            "curl \"https://h",
            "curl -H x https://h",
            "curl -F a=b https://h",
            "curl --aws-sigv4 aws:amz https://h",
            "wget https://h",
        ] {
            assert!(parse(text, &file).is_err(), "{text}");
        }
        assert!(is_command("curl https://h") && !is_command("GET / HTTP/1.1"));
    }
}
