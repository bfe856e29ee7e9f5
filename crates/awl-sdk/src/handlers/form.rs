//! Forms: the bodies of the query protocols, taken apart and put together.

use super::text::{encode, unquote_plus};
use crate::transport::HttpRequest;

/// Whether a request's body is a form.
pub(crate) fn is_form(request: &HttpRequest) -> bool {
    request
        .header("Content-Type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// The names and values of a request's form, in order.
pub(crate) fn form_pairs(request: &HttpRequest) -> Vec<(String, String)> {
    let bytes = request.body.as_bytes().map_or(&b""[..], |bytes| bytes);
    String::from_utf8_lossy(bytes)
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| unquote_plus(text).unwrap_or_else(|| text.to_owned());
            (decode(name), decode(value))
        })
        .collect()
}

/// A form's text.
pub(crate) fn form_body(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(&format!("{}={}", encode(name), encode(value)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{form_body, form_pairs};
    use crate::transport::HttpRequest;

    #[test]
    fn forms_survive() {
        let text = "Action=A&Version=1&Tag.1.Key=a%26b%20%C3%A9&Empty=";
        let mut request = HttpRequest::new("POST", "https://host/");
        request.body = text.to_owned().into();
        let pairs = form_pairs(&request);
        assert_eq!(pairs[2], ("Tag.1.Key".to_owned(), "a&b é".to_owned()));
        assert_eq!(form_body(&pairs), text);
        assert_eq!(form_pairs(&HttpRequest::new("GET", "https://host/")), []);
    }
}
