//! Amazon S3.

mod listing;
mod parameters;
mod response;

use awl_model::Operation;
use awl_value::Map;

use super::{Context, Handlers};
use crate::transport::{HttpRequest, RequestBody};

pub(super) const HANDLERS: Handlers = Handlers {
    parameters: parameters::complete,
    path: without_bucket,
    request: |context, params, request| {
        match context.operation.name() {
            "DeleteObjects" | "PutBucketLifecycleConfiguration" => escape_line_breaks(request),
            _ => expect_continue(context, params, request),
        }
        Ok(())
    },
    sign: |_, request| {
        // A signature says so itself; a request without one has to as well.
        if request.header("x-amz-trailer").is_some() {
            let payload = awl_sign::STREAMING_UNSIGNED_PAYLOAD_TRAILER;
            request.set_header("X-Amz-Content-SHA256", payload);
        }
    },
    response: response::inspect,
    // Parity: botocore/handlers.py, _looks_like_special_case_error.
    unreadable: Some(500),
    output: listing::decode,
    changes_items: true,
    ..Handlers::NONE
};

/// The path behind the bucket, which the endpoint has already.
// Parity: botocore/handlers.py, remove_bucket_from_url_paths_from_model.
fn without_bucket(operation: Operation, path: &str) -> &str {
    if !operation.request_uri().starts_with("/{Bucket}") {
        return path;
    }
    let bucket = path.strip_prefix('/').unwrap_or(path);
    bucket.find('/').map_or("", |slash| &bucket[slash..])
}

/// Keeps line breaks in keys from being taken for layout: there are no others
/// in the document.
// Parity: botocore/handlers.py, escape_xml_payload.
fn escape_line_breaks(request: &mut HttpRequest) {
    let Some(bytes) = request.body.as_bytes() else {
        return;
    };
    if !bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
        return;
    }
    let mut escaped = Vec::with_capacity(bytes.len() + 64);
    for byte in bytes {
        match byte {
            b'\r' => escaped.extend_from_slice(b"&#xD;"),
            b'\n' => escaped.extend_from_slice(b"&#xA;"),
            byte => escaped.push(*byte),
        }
    }
    request.body = escaped.into();
}

/// Bodies from files and streams wait until S3 wants them; those of objects
/// and parts always do, wherever they come from.
// Parity: botocore/handlers.py, add_expect_header and
// convert_body_to_file_like_object.
fn expect_continue(context: &Context<'_>, params: &Map, request: &mut HttpRequest) {
    let from_file = match &request.body {
        RequestBody::Source(_) => true,
        RequestBody::Bytes(bytes) => {
            matches!(context.operation.name(), "PutObject" | "UploadPart")
                && (params.contains_key("Body") || !bytes.is_empty())
        }
    };
    if from_file && matches!(context.operation.http_method(), "PUT" | "POST") {
        request.set_header("Expect", "100-continue");
    }
}

#[cfg(test)]
mod tests {
    use awl_value::Value;

    use crate::Client;
    use crate::handlers::testing::{Fixture, Server, config, params};
    use crate::transport::{HttpRequest, RequestBody};

    #[test]
    fn buckets_leave_the_path() {
        for (operation, path, expected) in [
            ("GetObject", "/bucket/a/b", "/a/b"),
            ("GetObject", "/bucket//a", "//a"),
            ("ListObjectsV2", "/bucket", ""),
            ("ListBuckets", "/", "/"),
            (
                "WriteGetObjectResponse",
                "/WriteGetObjectResponse",
                "/WriteGetObjectResponse",
            ),
        ] {
            let fixture = Fixture::new("s3", operation);
            assert_eq!((fixture.handlers.path)(fixture.operation, path), expected);
        }
    }

    #[tokio::test]
    async fn answers_that_cannot_be_read_are_errors() {
        for body in ["<A><B></A>", "<A>", "A"] {
            let answer = format!("200 OK\r\n\r\n{body}");
            let server = Server::new(vec![answer]);
            let config = config(&[("endpoint_url", &server.url), ("max_attempts", "1")]);
            let service = awl_catalog::store().service("s3").unwrap();
            let client = Client::new(&config, service).unwrap();
            let given = params(r#"{"Bucket": "b"}"#);
            let error = client
                .call("ListObjectsV2", Value::Map(given))
                .await
                .unwrap_err();
            let error = error.service().unwrap();
            assert_eq!((error.status, error.code()), (500, "500"), "{body}");
        }
    }

    #[test]
    fn line_breaks_are_escaped() {
        for (operation, expected) in [
            ("DeleteObjects", "<Key>a&#xD;&#xA;b</Key>"),
            ("PutBucketTagging", "<Key>a\r\nb</Key>"),
        ] {
            let fixture = Fixture::new("s3", operation);
            let mut request = HttpRequest::new("POST", "https://host/");
            request.body = "<Key>a\r\nb</Key>".to_owned().into();
            fixture.request("{}", &mut request);
            assert_eq!(request.body.as_bytes().unwrap(), expected);
        }
    }

    #[test]
    fn bodies_from_files_wait() {
        let file = || RequestBody::file("/no/such/file", 0, 5);
        let bytes = || RequestBody::from("hi".to_owned());
        for (operation, given, body, expected) in [
            ("PutObject", r#"{"Body": "hi"}"#, bytes(), true),
            ("PutObject", "{}", bytes(), true),
            ("PutObject", r#"{"Body": ""}"#, RequestBody::default(), true),
            ("PutObject", "{}", RequestBody::default(), false),
            ("UploadPart", "{}", file(), true),
            ("PutBucketTagging", "{}", bytes(), false),
            ("WriteGetObjectResponse", "{}", bytes(), false),
            ("WriteGetObjectResponse", "{}", file(), true),
        ] {
            let fixture = Fixture::new("s3", operation);
            let mut request = HttpRequest::new("PUT", "https://host/");
            request.body = body;
            fixture.request(given, &mut request);
            assert_eq!(
                request.header("expect"),
                expected.then_some("100-continue"),
                "{operation} {given}"
            );
        }
    }

    #[test]
    fn trailers_are_announced() {
        let fixture = Fixture::new("s3", "PutObject");
        let mut request = HttpRequest::new("PUT", "https://host/");
        fixture.sign(&mut request);
        assert_eq!(request.headers, []);
        request.set_header("X-Amz-Trailer", "x-amz-checksum-crc64nvme");
        fixture.sign(&mut request);
        assert_eq!(
            request.header("x-amz-content-sha256"),
            Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        );
    }
}
