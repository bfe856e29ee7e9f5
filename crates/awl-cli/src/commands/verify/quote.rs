//! What a service quotes in its error: the canonical request and the string to
//! sign as it made them, and its time.

use awl_sign::SigningTime;
use awl_value::{Value, json};

/// What an error quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Quote {
    /// The canonical request.
    pub canonical_request: Option<String>,
    /// The string to sign.
    pub string_to_sign: Option<String>,
    /// The service's time.
    pub time: Option<SigningTime>,
}

/// What services other than S3 write before each, in quotes.
const CANONICAL: &str = "Canonical String for this request should have been";
const TO_SIGN: &str = "String-to-Sign should have been";

impl Quote {
    /// Reads an error: XML, JSON, or its text as a program printed it.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let text = strings_of_json(&text).unwrap_or(text);
        let element = |name: &str| element(&text, name).filter(|text| !text.is_empty());
        let plain = unescape(&text);
        Self {
            canonical_request: element("CanonicalRequest").or_else(|| quoted(&plain, CANONICAL)),
            string_to_sign: element("StringToSign").or_else(|| quoted(&plain, TO_SIGN)),
            time: element("ServerTime")
                .and_then(|time| date(&time))
                .or_else(|| time_in(&plain)),
        }
    }
}

/// All strings of a JSON document, a line each.
fn strings_of_json(text: &str) -> Option<String> {
    fn collect(value: &Value, strings: &mut Vec<String>) {
        match value {
            Value::String(text) => strings.push(text.clone()),
            Value::List(items) => items.iter().for_each(|item| collect(item, strings)),
            Value::Map(map) => map.values().for_each(|value| collect(value, strings)),
            _ => {}
        }
    }
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut strings = Vec::new();
    collect(&json::parse(text).ok()?, &mut strings);
    Some(strings.join("\n"))
}

/// The text of an element of XML.
fn element(text: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("<{name}>"))? + name.len() + 2;
    let length = text[start..].find(&format!("</{name}>"))?;
    Some(unescape(&text[start..start + length]))
}

fn unescape(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        output.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest.find(';').map(|end| &rest[1..end]);
        let letter = entity.and_then(|entity| match entity {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => {
                let code = entity.strip_prefix('#')?;
                let code = match code.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => code.parse(),
                };
                char::from_u32(code.ok()?)
            }
        });
        match (letter, entity) {
            (Some(letter), Some(entity)) => {
                output.push(letter);
                rest = &rest[entity.len() + 2..];
            }
            _ => {
                output.push('&');
                rest = &rest[1..];
            }
        }
    }
    output.push_str(rest);
    output
}

/// What stands in single quotes on the lines below some words.
fn quoted(text: &str, words: &str) -> Option<String> {
    let rest = &text[text.find(words)? + words.len()..];
    let rest = rest.trim_start().strip_prefix('\'')?;
    // Such a text has no quotes but in encoded form, unless in a header.
    let end = rest
        .find("'\n\n")
        .or_else(|| rest.find("'\n"))
        .or_else(|| rest.rfind('\''))?;
    Some(rest[..end].to_owned())
}

/// The service's time in `Signature expired: A is now earlier than B (C - 15
/// min.)` and its counterpart.
fn time_in(text: &str) -> Option<SigningTime> {
    let from = text
        .find("is now earlier than")
        .or_else(|| text.find("is still later than"))?;
    let rest = text[from..].split_once('(')?.1;
    date(rest.split([' ', ')']).next()?)
}

fn date(text: &str) -> Option<SigningTime> {
    let compact: String = text
        .trim()
        .chars()
        .filter(|letter| !matches!(letter, '-' | ':'))
        .collect();
    SigningTime::parse_amz_date(&compact)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The request signature we calculated does not match the signature you \
        provided.\n\nThe Canonical String for this request should have been\n'GET\n/\na='b'\n\
        host:h\n\nhost\nhash'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\nx'\n";

    #[test]
    fn errors_of_every_form() {
        let expected = Quote {
            canonical_request: Some("GET\n/\na='b'\nhost:h\n\nhost\nhash".to_owned()),
            string_to_sign: Some("AWS4-HMAC-SHA256\nx".to_owned()),
            time: None,
        };
        let mut as_json = String::new();
        json::write(&Value::from(TEXT), json::Style::PRETTY, &mut as_json);
        let xml = TEXT.replace('\'', "&apos;");
        for text in [
            TEXT.to_owned(),
            TEXT.replace('\n', "\r\n"),
            format!("\naws: [ERROR]: An error occurred (SignatureDoesNotMatch): {TEXT}"),
            format!("{{\"__type\": \"X\", \"message\": {as_json}}}"),
            format!("<ErrorResponse><Error><Message>{xml}</Message></Error></ErrorResponse>"),
            "<?xml version=\"1.0\"?><Error><StringToSign>AWS4-HMAC-SHA256&#10;x</StringToSign>\
             <CanonicalRequest>GET\n/\na=&#x27;b&apos;\nhost:h\n\nhost\nhash</CanonicalRequest></Error>"
                .to_owned(),
        ] {
            assert_eq!(Quote::parse(&text), expected, "{text}");
        }
    }

    #[test]
    fn times_of_services() {
        let time = |text: &str| Quote::parse(text).time.map(|time| time.amz_date());
        assert_eq!(
            time(
                "Signature expired: 20150830T123600Z is now earlier than 20150830T125000Z \
                 (20150830T130500Z - 15 min.)"
            )
            .as_deref(),
            Some("20150830T130500Z")
        );
        assert_eq!(
            time("<Error><ServerTime>2015-08-30T13:05:00Z</ServerTime></Error>").as_deref(),
            Some("20150830T130500Z")
        );
        assert_eq!(time("{"), None);
        assert_eq!(time("&;&#x;& is now earlier than"), None);
    }
}
