use awl_model::Operation;
use awl_value::{Map, Value};
use bytes::Bytes;

use super::*;
use crate::transport::{HttpRequest, HttpResponse, RequestBody};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn operation(name: &str) -> Operation {
    let store = awl_test::compile(
        r#"{
        "metadata": {"serviceId": "Test", "protocol": "rest-json"},
        "operations": {
            "Optional": {"name": "Optional", "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "Input"},
                "httpChecksum": {"requestAlgorithmMember": "Algorithm"}},
            "Required": {"name": "Required", "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "Input"},
                "httpChecksum": {"requestAlgorithmMember": "Algorithm", "requestChecksumRequired": true}},
            "Old": {"name": "Old", "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "Input"}, "httpChecksumRequired": true},
            "Streaming": {"name": "Streaming", "http": {"method": "PUT", "requestUri": "/"},
                "input": {"shape": "StreamingInput"},
                "httpChecksum": {"requestAlgorithmMember": "Algorithm"}},
            "Plain": {"name": "Plain", "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "Input"}},
            "Get": {"name": "Get", "http": {"method": "GET", "requestUri": "/"},
                "input": {"shape": "Input"},
                "httpChecksum": {"requestValidationModeMember": "Mode",
                    "responseAlgorithms": ["CRC32", "SHA256", "CRC64NVME", "MD5"]}}
        },
        "shapes": {
            "Input": {"type": "structure", "members": {
                "Algorithm": {"shape": "Text", "location": "header", "locationName": "x-amz-sdk-checksum-algorithm"},
                "Mode": {"shape": "Text", "location": "header", "locationName": "x-amz-checksum-mode"},
                "Name": {"shape": "Text"}}},
            "StreamingInput": {"type": "structure", "payload": "Body", "members": {
                "Algorithm": {"shape": "Text", "location": "header", "locationName": "x-amz-sdk-checksum-algorithm"},
                "Body": {"shape": "Body", "streaming": true}}},
            "Text": {"type": "string"},
            "Body": {"type": "blob"}
        }}"#,
    );
    store.service("test").unwrap().operation(name).unwrap()
}

fn params(entries: &[(&'static str, &str)]) -> Map {
    entries
        .iter()
        .map(|(name, value)| ((*name).into(), Value::from(*value)))
        .collect()
}

fn resolve(
    name: &str,
    asked: &[(&'static str, &str)],
    url: &str,
    change: impl FnOnce(&mut ChecksumContext<'_>),
) -> Result<Option<RequestChecksum>, ChecksumError> {
    let request = HttpRequest::new("POST", url);
    let params = params(asked);
    let mut context = ChecksumContext {
        operation: operation(name),
        params: &params,
        request: &request,
        calculation: ChecksumCalculation::WhenSupported,
        presigned: false,
        legacy_s3_signature: false,
    };
    change(&mut context);
    RequestChecksum::resolve(&context)
}

#[test]
fn algorithms_agree_with_the_reference() {
    let pattern: Vec<u8> = (0..=255).cycle().take(256 * 40).collect();
    let inputs: [&[u8]; 3] = [b"", b"123456789", &pattern];
    for (algorithm, expected) in [
        (
            ChecksumAlgorithm::Crc64Nvme,
            ["AAAAAAAAAAA=", "rosUhgp5mIg=", "4XY+hejrRZk="],
        ),
        (
            ChecksumAlgorithm::Crc32c,
            ["AAAAAA==", "4waSgw==", "vYRs1w=="],
        ),
        (
            ChecksumAlgorithm::Crc32,
            ["AAAAAA==", "y/Q5Jg==", "u847nQ=="],
        ),
        (
            ChecksumAlgorithm::Sha1,
            [
                "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
                "98O8HYCOBHMq32eZZczDTKeuNEE=",
                "NoEumfLVkcURSnsJUZ6p19q6I4A=",
            ],
        ),
        (
            ChecksumAlgorithm::Sha256,
            [
                "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
                "6WdgqHdocXvOvP0l3cfUa028laSwAU3vCAwIU599kNA=",
            ],
        ),
        (
            ChecksumAlgorithm::Sha512,
            [
                "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
                "2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ==",
                "rTonddq3L5BfnsG1NIOy32xCq/UPd21zLTCSRRSXee4BGvJSY1tSWcmaHng2SI/ltMcKakd+iudRYTnmOGNktg==",
            ],
        ),
        (
            ChecksumAlgorithm::XxHash64,
            ["70bbN1HY6Zk=", "jLhB20DmroM=", "WLggqnlw2+I="],
        ),
        (
            ChecksumAlgorithm::XxHash3,
            ["LQaABTjTlMI=", "ctyxi2ehff8=", "wD0iMauTSPM="],
        ),
        (
            ChecksumAlgorithm::XxHash128,
            [
                "maoG0wFHmNhgAcMkRo1Jfw==",
                "MxGUd+3l3NXpcWQnaB1YYA==",
                "HLIlNNDZaXXAPSIxq5NI8w==",
            ],
        ),
        (
            ChecksumAlgorithm::Md5,
            [
                "1B2M2Y8AsgTpgAmY7PhCfg==",
                "JfnnlDI7RTiF9RgfG2JNCw==",
                "w80m4H5VXAEW2yN/vAbZnA==",
            ],
        ),
    ] {
        for (input, expected) in inputs.iter().zip(expected) {
            assert_eq!(algorithm.of(input), expected, "{algorithm:?}");
            let mut pieces = algorithm.hasher();
            for piece in input.chunks(7) {
                pieces.update(piece);
            }
            assert_eq!(pieces.finish_base64(), expected, "{algorithm:?}");
        }
    }
}

#[test]
fn names_and_headers_belong_together() {
    for algorithm in ChecksumAlgorithm::BY_PRIORITY {
        assert_eq!(
            ChecksumAlgorithm::parse(&algorithm.name().to_lowercase()),
            Some(algorithm)
        );
        assert_eq!(
            algorithm.header(),
            format!("x-amz-checksum-{}", algorithm.name().to_lowercase())
        );
    }
    assert_eq!(ChecksumAlgorithm::parse("MD5"), None);
}

#[test]
fn model_and_setting_decide_whether_there_is_one() {
    use ChecksumCalculation::{WhenRequired, WhenSupported};
    for (name, calculation, presigned, expected) in [
        ("Optional", WhenSupported, false, true),
        ("Optional", WhenRequired, false, false),
        ("Optional", WhenSupported, true, false),
        ("Required", WhenSupported, false, true),
        ("Required", WhenRequired, false, true),
        ("Required", WhenRequired, true, false),
        ("Old", WhenRequired, false, true),
        ("Plain", WhenSupported, false, false),
        ("Get", WhenSupported, false, false),
    ] {
        let resolved = resolve(name, &[], "https://h/", |context| {
            context.calculation = calculation;
            context.presigned = presigned;
        })
        .unwrap();
        assert_eq!(resolved.is_some(), expected, "{name} {calculation:?}");
        if let Some(resolved) = resolved {
            assert_eq!(resolved.algorithm, ChecksumAlgorithm::Crc64Nvme);
            assert_eq!(resolved.placement, Placement::Header);
            let named = resolved.algorithm_header.is_some();
            assert_eq!(named, name != "Old", "{name}");
        }
    }
}

#[test]
fn the_caller_may_choose() {
    let asked = [("Algorithm", "SHA256")];
    let resolved = resolve("Optional", &asked, "https://h/", |context| {
        context.presigned = true;
        context.calculation = ChecksumCalculation::WhenRequired;
    });
    let expected = RequestChecksum {
        algorithm: ChecksumAlgorithm::Sha256,
        placement: Placement::Header,
        algorithm_header: None,
    };
    assert_eq!(resolved, Ok(Some(expected)));
    let error = resolve("Optional", &[("Algorithm", "Foo")], "https://h/", |_| {});
    assert_eq!(
        error.unwrap_err().to_string(),
        "Unsupported checksum algorithm: foo"
    );
}

#[test]
fn streams_have_it_in_the_trailer_where_that_is_safe() {
    for (url, legacy, expected) in [
        ("https://h/", false, Placement::Trailer),
        ("http://h/", false, Placement::Header),
        ("https://h/", true, Placement::Header),
    ] {
        let resolved = resolve("Streaming", &[], url, |context| {
            context.legacy_s3_signature = legacy;
        });
        assert_eq!(resolved.unwrap().unwrap().placement, expected);
    }
}

#[test]
fn a_checksum_of_the_callers_is_left_alone() {
    for (header, expected) in [
        ("X-Amz-Checksum-SHA1", true),
        ("x-amz-checksum-algorithm", true),
        ("x-amz-sdk-checksum-algorithm", false),
        ("x-amz-checksum-a-b", false),
        ("x-amz-meta-a", false),
    ] {
        let mut request = HttpRequest::new("POST", "https://h/");
        request.set_header(header, "abc");
        let resolved = resolve("Required", &[], "", |_| {});
        assert!(resolved.unwrap().is_some());
        let context = ChecksumContext {
            operation: operation("Required"),
            params: &Map::new(),
            request: &request,
            calculation: ChecksumCalculation::WhenSupported,
            presigned: false,
            legacy_s3_signature: false,
        };
        let resolved = RequestChecksum::resolve(&context).unwrap();
        assert_eq!(resolved.is_none(), expected, "{header}");
    }
}

const CRC32_HEADER: RequestChecksum = RequestChecksum {
    algorithm: ChecksumAlgorithm::Crc32,
    placement: Placement::Header,
    algorithm_header: Some("x-amz-sdk-checksum-algorithm"),
};

const CRC32_TRAILER: RequestChecksum = RequestChecksum {
    placement: Placement::Trailer,
    ..CRC32_HEADER
};

#[test]
fn headers_are_computed_of_bytes_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body");
    std::fs::write(&path, b"..hello..").unwrap();
    for body in [
        RequestBody::from(b"hello".to_vec()),
        RequestBody::file(&path, 2, 5),
    ] {
        let mut request = HttpRequest::new("POST", "http://h/");
        request.body = body;
        run(CRC32_HEADER.apply(&mut request)).unwrap();
        assert_eq!(request.header("x-amz-checksum-crc32"), Some("NhCmhg=="));
        assert_eq!(
            request.header("x-amz-sdk-checksum-algorithm"),
            Some("CRC32")
        );
        assert_eq!(sent(&request.body), b"hello");
    }
}

#[test]
fn a_stream_that_cannot_be_read_twice_takes_no_header() {
    let mut request = HttpRequest::new("POST", "http://h/");
    request.body = RequestBody::stream(&b"hello"[..], None);
    assert!(run(CRC32_HEADER.apply(&mut request)).is_err());
    run(CRC32_TRAILER.apply(&mut request)).unwrap();
    assert_eq!(request.header("x-amz-decoded-content-length"), None);
    assert_eq!(
        sent(&request.body),
        b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    );
}

#[test]
fn trailers_change_headers_and_body() {
    let mut request = HttpRequest::new("PUT", "https://h/");
    request.body = RequestBody::from(b"hello".to_vec());
    request.set_header("Content-Encoding", "gzip");
    request.set_header("Content-Length", "5");
    run(CRC32_TRAILER.apply(&mut request)).unwrap();
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    assert_eq!(
        headers,
        [
            "Content-Encoding: gzip,aws-chunked",
            "Transfer-Encoding: chunked",
            "X-Amz-Trailer: x-amz-checksum-crc32",
            "X-Amz-Decoded-Content-Length: 5",
            "x-amz-sdk-checksum-algorithm: CRC32",
        ]
    );
    let expected = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    // Every attempt reads it anew.
    assert_eq!(sent(&request.body), expected);
    assert_eq!(sent(&request.body), expected);
    assert!(request.body.is_replayable());
}

#[test]
fn chunks_are_of_one_mebibyte_however_the_body_comes() {
    let body: Vec<u8> = (0..=255).cycle().take(2_500_000).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body");
    std::fs::write(&path, &body).unwrap();
    let mut framed = Vec::new();
    for chunk in body.chunks(1 << 20) {
        framed.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        framed.extend_from_slice(chunk);
        framed.extend_from_slice(b"\r\n");
    }
    framed.extend_from_slice(b"0\r\nx-amz-checksum-crc64nvme:aRdFIncqMlg=\r\n\r\n");
    let checksum = RequestChecksum {
        algorithm: ChecksumAlgorithm::Crc64Nvme,
        placement: Placement::Trailer,
        algorithm_header: None,
    };
    let stream = std::io::Cursor::new(body.clone());
    for inner in [
        RequestBody::from(body.clone()),
        RequestBody::file(&path, 0, body.len() as u64),
        RequestBody::stream(stream, None),
    ] {
        let mut request = HttpRequest::new("PUT", "https://h/");
        request.body = inner;
        run(checksum.apply(&mut request)).unwrap();
        assert!(sent(&request.body) == framed);
    }
}

#[test]
fn an_empty_body_is_a_trailer_alone() {
    for body in [RequestBody::default(), RequestBody::stream(&b""[..], None)] {
        let mut request = HttpRequest::new("PUT", "https://h/");
        request.body = body;
        run(CRC32_TRAILER.apply(&mut request)).unwrap();
        assert_eq!(
            sent(&request.body),
            b"0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
        );
    }
}

fn sent(body: &RequestBody) -> Vec<u8> {
    let mut all = Vec::new();
    run(body.read_once(|bytes| all.extend_from_slice(bytes))).unwrap();
    all
}

fn headers(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn responses_are_checked_by_the_best_checksum_they_have() {
    let enabled = params(&[("Mode", "ENABLED")]);
    for (offered, expected) in [
        (
            headers(&[
                ("x-amz-checksum-crc32", "a"),
                ("X-Amz-Checksum-CRC64NVME", "b"),
            ]),
            Some((ChecksumAlgorithm::Crc64Nvme, "b")),
        ),
        (
            headers(&[
                ("x-amz-checksum-sha256", "a"),
                ("x-amz-checksum-crc32", "b"),
            ]),
            Some((ChecksumAlgorithm::Crc32, "b")),
        ),
        // Of the parts, not of the whole.
        (
            headers(&[
                ("x-amz-checksum-sha256", "a"),
                ("x-amz-checksum-crc32", "b-3"),
            ]),
            Some((ChecksumAlgorithm::Sha256, "a")),
        ),
        // Not in the model, not supported, none at all.
        (headers(&[("x-amz-checksum-sha1", "a")]), None),
        (headers(&[("x-amz-checksum-md5", "a")]), None),
        (headers(&[]), None),
    ] {
        let found = ResponseChecksum::resolve(operation("Get"), &enabled, &offered);
        let found = found
            .as_ref()
            .map(|it| (it.algorithm, it.expected.as_str()));
        assert_eq!(found, expected);
        let unasked = ResponseChecksum::resolve(operation("Get"), &Map::new(), &offered);
        assert_eq!(unasked, None);
    }
    let offered = headers(&[("x-amz-checksum-crc32", "a")]);
    let other = ResponseChecksum::resolve(operation("Plain"), &enabled, &offered);
    assert_eq!(other, None);
}

#[test]
fn damaged_bodies_are_noticed() {
    let checksum = |expected: &str| ResponseChecksum {
        algorithm: ChecksumAlgorithm::Crc32,
        expected: expected.to_owned(),
    };
    assert_eq!(checksum("NhCmhg==").verify(b"hello"), Ok(()));
    // Padding bits that are not zero, as some encoders leave them.
    assert_eq!(checksum("NhCmhh==").verify(b"hello"), Ok(()));
    assert_eq!(checksum("NhCmhg=====").verify(b"hello"), Ok(()));
    for (expected, body) in [("NhCmhg==", &b"hallo"[..]), ("no base64", b"hello")] {
        let error = checksum(expected).verify(body).unwrap_err().to_string();
        let calculated = ChecksumAlgorithm::Crc32.of(body);
        assert_eq!(
            error,
            format!("Expected checksum {expected} did not match calculated checksum: {calculated}")
        );
    }
    for (expected, fine) in [("NhCmhg==", true), ("AAAAAA==", false)] {
        let response = HttpResponse::from_parts(200, vec![], Bytes::from_static(b"hello"));
        let mut body = response.body.validated(&checksum(expected));
        let first = run(body.chunk()).unwrap();
        assert_eq!(first.as_deref(), Some(&b"hello"[..]));
        assert_eq!(run(body.chunk()).is_ok(), fine);
        let response = HttpResponse::from_parts(200, vec![], Bytes::from_static(b"hello"));
        let collected = run(response.body.validated(&checksum(expected)).collect());
        assert_eq!(collected.is_ok(), fine);
    }
}
