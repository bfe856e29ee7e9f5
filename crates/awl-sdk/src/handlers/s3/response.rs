//! Responses: errors that come with status 200, the place of a bucket, and
//! times that are none.

use awl_model::{Operation, ShapeKind};
use awl_value::Value;

use crate::handlers::{Context, RawResponse};

pub(super) fn inspect(context: &Context<'_>, response: &mut RawResponse) {
    let operation = context.operation;
    if response.status == 200
        && !response.body.is_empty()
        && has_document(operation)
        && !is_answer(&response.body)
    {
        response.status = 500;
    }
    if operation.name() == "GetBucketLocation" && response.status == 200 {
        read_location(response);
    }
    read_expires(operation, response);
}

/// Whether the body of an answer is a document, not an object's content.
// Parity: botocore/handlers.py, _should_handle_200_error.
fn has_document(operation: Operation) -> bool {
    let Some(output) = operation.output() else {
        return false;
    };
    if operation.event_stream_output().is_some() {
        return false;
    }
    let payload = output.payload().map(|member| member.shape().kind());
    !matches!(payload, Some(ShapeKind::Blob | ShapeKind::String))
}

/// Whether a body is an answer: neither an error nor cut off. Reads the
/// beginning and the end only, since listings are long and are parsed anyway.
// Parity: botocore/handlers.py, _looks_like_special_case_error.
fn is_answer(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    let Some(start) = root_tag(text) else {
        return false;
    };
    let name_end = start
        .find(|letter: char| letter.is_ascii_whitespace() || letter == '/')
        .unwrap_or(start.len());
    let (name, attributes) = start.split_at(name_end);
    // A name with a namespace is another name.
    if name == "Error" && !attributes.contains("xmlns=") {
        return false;
    }
    let mut end = text.trim_end();
    while let Some(comment) = end
        .strip_suffix("-->")
        .and_then(|before| Some(before.rsplit_once("<!--")?.0))
    {
        end = comment.trim_end();
    }
    if start.ends_with('/') && end.ends_with("/>") {
        return true;
    }
    end.strip_suffix('>')
        .map(str::trim_end)
        .and_then(|end| end.strip_suffix(name))
        .is_some_and(|end| end.ends_with("</"))
}

/// What stands between `<` and `>` of a document's first element.
fn root_tag(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    loop {
        rest = rest.trim_start().strip_prefix('<')?;
        let end = if rest.starts_with('?') {
            "?>"
        } else if rest.starts_with("!--") {
            "-->"
        } else if rest.starts_with('!') {
            ">"
        } else {
            return Some(rest.split_once('>')?.0);
        };
        rest = rest.split_once(end)?.1;
    }
}

/// The model cannot say that the root element's own text is the answer.
// Parity: botocore/handlers.py, parse_get_bucket_location.
fn read_location(response: &mut RawResponse) {
    if let Ok((_, location)) = awl_protocol::xml_root(&response.body) {
        let location = location.map_or(Value::Null, Value::String);
        response.customised.insert("LocationConstraint", location);
    }
}

/// Gives `Expires` as it came, and keeps it from being parsed where it is no
/// time: customers may store any text in it.
// Parity: botocore/handlers.py, handle_expires_header.
fn read_expires(operation: Operation, response: &mut RawResponse) {
    let Some(expires) = response.headers.get("Expires") else {
        return;
    };
    let member = operation
        .output()
        .and_then(|output| output.member("Expires"));
    if expires.is_empty() || member.is_none_or(|member| member.shape().name() != "Expires") {
        return;
    }
    let expires = expires.to_owned();
    if !awl_protocol::is_timestamp(&expires) {
        response.headers.remove("Expires");
    }
    response
        .customised
        .insert("ExpiresString", Value::String(expires));
}

#[cfg(test)]
mod tests {
    use awl_value::Value;

    use crate::handlers::testing::{Fixture, params};

    #[track_caller]
    fn check(operation: &str, body: &'static str, expected: u16) {
        let fixture = Fixture::new("s3", operation);
        let response = fixture.response(200, &[], body);
        assert_eq!(response.status, expected, "{body}");
    }

    #[test]
    fn errors_come_with_status_200() {
        const ERROR: &str = "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>";
        check("CopyObject", ERROR, 500);
        check("ListObjectsV2", ERROR, 500);
        // Contents of objects and policies are no documents of S3's own.
        check("GetObject", ERROR, 200);
        check("GetBucketPolicy", ERROR, 200);
        check("SelectObjectContent", ERROR, 200);
        check("PutObject", "", 200);
    }

    #[test]
    fn answers_are_whole() {
        for (body, expected) in [
            ("<A/>", 200),
            ("<A xmlns='b' />\n", 200),
            ("<A xmlns='b'><B/></A>\n", 200),
            (
                "\u{feff}<?xml version='1.0'?><!-- c --><!DOCTYPE A><A></A ><!-- d -->",
                200,
            ),
            ("<Error xmlns='b'></Error>", 200),
            ("<Errors></Errors>", 200),
            ("<Error/>", 500),
            ("<A><B></B>", 500),
            ("<A><B/>", 500),
            ("<A><AA></AA>", 500),
            ("<A", 500),
            ("rubbish", 500),
            (" ", 500),
        ] {
            check("CopyObject", body, expected);
        }
    }

    #[test]
    fn the_location_is_the_root_elements_text() {
        let fixture = Fixture::new("s3", "GetBucketLocation");
        for (body, expected) in [
            (
                "<?xml version=\"1.0\"?><LocationConstraint xmlns=\"a\">EU</LocationConstraint>",
                Value::from("EU"),
            ),
            ("<LocationConstraint xmlns=\"a\"/>", Value::Null),
        ] {
            let response = fixture.response(200, &[], body);
            assert_eq!(
                response.customised.get("LocationConstraint"),
                Some(&expected)
            );
        }
        let response = fixture.response(403, &[], "<Error><Code>A</Code></Error>");
        assert!(response.customised.is_empty());
    }

    #[test]
    fn expires_is_given_as_it_came() {
        const TIME: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
        for (operation, expires, kept, expected) in [
            (
                "GetObject",
                TIME,
                true,
                format!(r#"{{"ExpiresString": "{TIME}"}}"#),
            ),
            (
                "HeadObject",
                "never",
                false,
                r#"{"ExpiresString": "never"}"#.to_owned(),
            ),
            ("GetObjectTagging", "never", true, "{}".to_owned()),
        ] {
            let fixture = Fixture::new("s3", operation);
            let response = fixture.response(200, &[("expires", expires)], "");
            assert_eq!(response.headers.get("Expires").is_some(), kept);
            assert_eq!(response.customised, params(&expected));
        }
    }
}
