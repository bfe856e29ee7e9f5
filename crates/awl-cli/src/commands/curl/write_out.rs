//! `-w`: what is said of an exchange when it is over.

use awl_value::{Map, Value, json};

use super::failure::Failure;

/// What is known of an exchange.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub url: String,
    pub url_effective: String,
    pub method: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub version: &'static str,
    pub size_download: u64,
    pub size_upload: u64,
    pub size_header: u64,
    pub time_starttransfer: f64,
    pub time_total: f64,
    pub num_redirects: u32,
    pub num_retries: u32,
    pub redirect_url: String,
    pub filename_effective: String,
}

/// The variables, in the order of curl's `%{json}`.
static NAMES: &[&str] = &[
    "content_type",
    "errormsg",
    "exitcode",
    "filename_effective",
    "http_code",
    "http_version",
    "method",
    "num_headers",
    "num_redirects",
    "num_retries",
    "redirect_url",
    "response_code",
    "scheme",
    "size_download",
    "size_header",
    "size_upload",
    "speed_download",
    "speed_upload",
    "time_starttransfer",
    "time_total",
    "url",
    "url_effective",
];

impl Facts {
    fn get(&self, name: &str, failure: Option<&Failure>) -> Option<Value> {
        let number = |number: u64| Value::Int(number.try_into().unwrap_or(i64::MAX));
        let speed = |size: u64| {
            let speed = size as f64 / self.time_total.max(0.000_001);
            Value::Int(speed as i64)
        };
        Some(match name {
            "http_code" | "response_code" => number(self.status.into()),
            "content_type" => self.header("content-type").map_or(Value::Null, Value::from),
            "errormsg" => failure.map_or(Value::Null, |failure| Value::from(failure.message())),
            "exitcode" => number(failure.map_or(0, Failure::code).into()),
            "filename_effective" => Value::from(&*self.filename_effective),
            "http_version" => Value::from(self.version),
            "method" => Value::from(&*self.method),
            "num_headers" => number(self.headers.len() as u64),
            "num_redirects" => number(self.num_redirects.into()),
            "num_retries" => number(self.num_retries.into()),
            "redirect_url" if self.redirect_url.is_empty() => Value::Null,
            "redirect_url" => Value::from(&*self.redirect_url),
            "scheme" => {
                let scheme = self.url_effective.split(':').next().unwrap_or_default();
                Value::String(scheme.to_ascii_uppercase())
            }
            "size_download" => number(self.size_download),
            "size_header" => number(self.size_header),
            "size_upload" => number(self.size_upload),
            "speed_download" => speed(self.size_download),
            "speed_upload" => speed(self.size_upload),
            "time_starttransfer" => Value::Float(self.time_starttransfer),
            "time_total" => Value::Float(self.time_total),
            "url" => Value::from(&*self.url),
            "url_effective" => Value::from(&*self.url_effective),
            _ => return None,
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn all(&self, failure: Option<&Failure>) -> Value {
        let mut map = Map::with_capacity(NAMES.len());
        for name in NAMES {
            if let Some(value) = self.get(name, failure) {
                map.push(*name, value);
            }
        }
        Value::Map(map)
    }

    /// What a format says: to standard output, and to standard error.
    pub(super) fn write(&self, format: &str, failure: Option<&Failure>) -> (String, String) {
        let (mut out, mut error) = (String::new(), String::new());
        let mut to_error = false;
        let mut rest = format;
        while let Some(letter) = rest.chars().next() {
            let target = if to_error { &mut error } else { &mut out };
            rest = &rest[letter.len_utf8()..];
            match letter {
                '\\' => match rest.chars().next() {
                    Some(escaped) => {
                        rest = &rest[escaped.len_utf8()..];
                        match escaped {
                            'n' => target.push('\n'),
                            'r' => target.push('\r'),
                            't' => target.push('\t'),
                            other => {
                                target.push('\\');
                                target.push(other);
                            }
                        }
                    }
                    None => target.push('\\'),
                },
                '%' if rest.starts_with('%') => {
                    rest = &rest[1..];
                    target.push('%');
                }
                '%' => {
                    let named = |start: &str| {
                        let inner = rest.strip_prefix(start)?;
                        inner.split_once('}')
                    };
                    if let Some((name, behind)) = named("header{") {
                        target.push_str(self.header(name).unwrap_or_default());
                        rest = behind;
                    } else if let Some((name, behind)) = named("{") {
                        match name {
                            "stderr" => to_error = true,
                            "stdout" => to_error = false,
                            "onerror" if failure.is_none() => return (out, error),
                            "onerror" => {}
                            "json" => target.push_str(&json::to_string(&self.all(failure))),
                            "header_json" => target.push_str(&self.headers_json()),
                            name => target.push_str(&self.text(name, failure)),
                        }
                        rest = behind;
                    } else {
                        target.push('%');
                    }
                }
                other => target.push(other),
            }
        }
        (out, error)
    }

    fn text(&self, name: &str, failure: Option<&Failure>) -> String {
        match (name, self.get(name, failure)) {
            ("http_code" | "response_code", _) => format!("{:03}", self.status),
            (_, Some(Value::String(text))) => text,
            (_, Some(Value::Int(number))) => number.to_string(),
            (_, Some(Value::Float(number))) => format!("{number:.6}"),
            // curl says so on standard error; nothing stands in its place.
            _ => String::new(),
        }
    }

    /// The headers as lists by their names.
    fn headers_json(&self) -> String {
        let mut map = Map::new();
        for (name, value) in &self.headers {
            match map.get_mut(name) {
                Some(Value::List(values)) => values.push(Value::from(&**value)),
                _ => map.push(name.clone(), Value::List(vec![Value::from(&**value)])),
            }
        }
        json::to_string(&Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let facts = Facts {
            status: 7,
            headers: vec![
                ("content-type".to_owned(), "a/b".to_owned()),
                ("x-a".to_owned(), "1".to_owned()),
                ("x-a".to_owned(), "2".to_owned()),
            ],
            size_download: 5,
            time_total: 0.25,
            url_effective: "https://h/".to_owned(),
            ..Facts::default()
        };
        let check = |format: &str, out: &str, error: &str| {
            let found = facts.write(format, None);
            assert_eq!(found, (out.to_owned(), error.to_owned()), "{format}");
        };
        check(r"%{http_code} %{size_download}\n", "007 5\n", "");
        check(
            "%{content_type}|%header{X-A}|%{nope}|%%|%x|%{",
            "a/b|1||%|%x|%{",
            "",
        );
        check(
            "%{time_total}%{stderr}%{scheme}%{stdout}!",
            "0.250000!",
            "HTTPS",
        );
        check("a%{onerror}b", "a", "");
        check(
            "%{header_json}",
            r#"{"content-type": ["a/b"], "x-a": ["1", "2"]}"#,
            "",
        );
        let failure = Failure::new(22, "no");
        assert_eq!(
            facts
                .write("%{onerror}%{exitcode} %{errormsg}", Some(&failure))
                .0,
            "22 no"
        );
    }
}
