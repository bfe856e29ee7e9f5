//! `-v` and `-i`: what goes out and what comes back, without secrets.

use awl_sdk::transport::{HttpRequest, HttpResponse};

/// The parameters of a URL that authorise it.
pub(super) const SECRETS: [&str; 3] = [
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "X-Amz-S3session-Token",
];

/// The head of a request as `-v` shows it.
pub(super) fn request(request: &HttpRequest) -> String {
    let (_, rest) = request.url.split_once("://").unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, target) = rest.split_at(end);
    let mut text = format!("> {} {} HTTP/1.1\n", request.method, masked_target(target));
    if request.header("host").is_none() {
        text.push_str(&format!("> Host: {host}\n"));
    }
    for (name, value) in &request.headers {
        text.push_str(&format!("> {name}: {}\n", masked(name, value)));
    }
    if let Some(length) = request.body.length().filter(|length| *length > 0) {
        text.push_str(&format!("> Content-Length: {length}\n"));
    }
    text.push_str(">\n");
    text
}

/// The head of a response, each line behind `mark`.
pub(super) fn response(response: &HttpResponse, mark: &str, end: &str) -> String {
    let reason = &response.reason;
    let space = if reason.is_empty() { "" } else { " " };
    let mut text = format!(
        "{mark}HTTP/{} {}{space}{reason}{end}",
        response.version, response.status
    );
    for (name, value) in &response.headers {
        text.push_str(&format!("{mark}{name}: {value}{end}"));
    }
    text.push_str(mark.trim_end());
    text.push_str(end);
    text
}

/// A header's value with what is secret in it left out.
fn masked(name: &str, value: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "x-amz-security-token" | "x-amz-s3session-token" | "cookie" | "proxy-authorization" => {
            "****".to_owned()
        }
        "authorization" => match value.split_once("Signature=") {
            Some((before, _)) => format!("{before}Signature=****"),
            None => "****".to_owned(),
        },
        _ => value.to_owned(),
    }
}

/// A path and query with the parameters left out that authorise it.
fn masked_target(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if SECRETS.iter().any(|known| known.eq_ignore_ascii_case(name)) => {
                format!("{name}=****")
            }
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out() {
        let url = "https://h:1/k?a=b&X-Amz-Security-Token=tok&X-Amz-Signature=sig";
        let mut sent = HttpRequest::new("PUT", url);
        for (name, value) in [
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKID/x, Signature=sig",
            ),
            ("authorization", "Basic c2ln"),
            ("X-Amz-Security-Token", "tok"),
            ("Accept", "*/*"),
        ] {
            sent.headers.push((name.to_owned(), value.to_owned()));
        }
        sent.body = "body".to_owned().into();
        let shown = request(&sent);
        assert_eq!(
            shown,
            "> PUT /k?a=b&X-Amz-Security-Token=****&X-Amz-Signature=**** HTTP/1.1\n\
             > Host: h:1\n\
             > Authorization: AWS4-HMAC-SHA256 Credential=AKID/x, Signature=****\n\
             > authorization: ****\n\
             > X-Amz-Security-Token: ****\n\
             > Accept: */*\n\
             > Content-Length: 4\n\
             >\n"
        );
    }
}
