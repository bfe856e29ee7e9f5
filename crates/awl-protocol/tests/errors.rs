//! What botocore's suites do not ask of responses and errors: pages of
//! proxies, empty bodies, codes of the query protocol, shapes of values.

#![allow(clippy::unwrap_used, reason = "the models here are the test's own")]

use awl_model::Operation;
use awl_protocol::{
    Blobs, Headers, ParseError, ParseOptions, ServiceError, Timestamps, parse_error, parse_response,
};
use awl_value::{Timestamp, Value, Zone, json};

fn operation(protocol: &str) -> Operation {
    let model = format!(
        r#"{{"metadata": {{"protocol": "{protocol}"}},
        "operations": {{"Op": {{"name": "Op", "output": {{"shape": "Out"}}, "errors": [{{"shape": "Gone"}}]}}}},
        "shapes": {{
            "Out": {{"type": "structure", "members": {{
                "Text": {{"shape": "T"}}, "Number": {{"shape": "N"}}, "Real": {{"shape": "R"}},
                "Flag": {{"shape": "F"}}, "Bytes": {{"shape": "B"}}, "Time": {{"shape": "Time"}},
                "List": {{"shape": "L"}}, "Events": {{"shape": "Events"}},
                "Event": {{"shape": "T", "locationName": "Event"}}, "Map": {{"shape": "M"}}, "Any": {{"shape": "Any"}},
                "Union": {{"shape": "Union"}}}}}},
            "Gone": {{"type": "structure", "exception": true, "error": {{"code": "WasThere"}},
                "members": {{"Message": {{"shape": "T"}}, "Left": {{"shape": "N"}}}}}},
            "Any": {{"type": "structure", "document": true, "members": {{}}}},
            "Union": {{"type": "structure", "union": true, "members": {{"A": {{"shape": "T"}}}}}},
            "Events": {{"type": "list", "flattened": true,
                "member": {{"shape": "T", "locationName": "Event"}}}},
            "L": {{"type": "list", "member": {{"shape": "T"}}}},
            "M": {{"type": "map", "key": {{"shape": "T"}}, "value": {{"shape": "T"}}}},
            "T": {{"type": "string"}}, "N": {{"type": "integer"}}, "R": {{"type": "double"}},
            "F": {{"type": "boolean"}}, "B": {{"type": "blob"}}, "Time": {{"type": "timestamp"}}
        }}}}"#
    );
    let store = awl_test::compile(&model);
    store.service("test").unwrap().operation("Op").unwrap()
}

fn error(protocol: &str, status: u16, headers: &[(&str, &str)], body: &str) -> ServiceError {
    let headers: Headers = headers.iter().copied().collect();
    let options = ParseOptions::default();
    parse_error(
        operation(protocol),
        status,
        &headers,
        body.as_bytes(),
        &options,
    )
    .unwrap()
}

fn output(protocol: &str, body: &str) -> Result<String, ParseError> {
    let options = ParseOptions {
        timestamps: Timestamps::Wire,
        blobs: Blobs::Wire,
        ..ParseOptions::default()
    };
    let output = parse_response(
        operation(protocol),
        200,
        &Headers::new(),
        body.as_bytes(),
        &options,
    )?;
    Ok(json::to_string(&Value::Map(output)))
}

#[test]
fn pages_of_proxies_and_nothing_at_all_are_told_by_their_status() {
    for protocol in [
        "json",
        "rest-json",
        "rest-xml",
        "query",
        "ec2",
        "smithy-rpc-v2-cbor",
    ] {
        for body in ["", "  \n", "<html><body>oops</body></html>"] {
            let error = error(protocol, 503, &[("X-Amzn-RequestId", "id")], body);
            assert_eq!(error.code, "503", "{protocol}");
            assert_eq!(error.message, "Service Unavailable", "{protocol}");
            assert_eq!(error.request_id.as_deref(), Some("id"), "{protocol}");
        }
    }
}

#[test]
fn a_head_request_has_its_status_for_an_error() {
    let headers = [("x-amz-request-id", "one"), ("x-amz-id-2", "two")];
    let error = error("rest-xml", 404, &headers, "");
    assert_eq!(error.code, "404");
    assert_eq!(error.message, "Not Found");
    assert_eq!(error.request_id.as_deref(), Some("one"));
    assert_eq!(error.host_id.as_deref(), Some("two"));
}

#[test]
fn every_xml_protocol_has_its_own_tree() {
    for (protocol, body) in [
        (
            "query",
            "<ErrorResponse><Error><Type>Sender</Type><Code>WasThere</Code><Message>m</Message><Left>3</Left></Error><RequestId>id</RequestId></ErrorResponse>",
        ),
        (
            "ec2",
            "<Response><Errors><Error><Type>Sender</Type><Code>WasThere</Code><Message>m</Message><Left>3</Left></Error></Errors><RequestID>id</RequestID></Response>",
        ),
        (
            "rest-xml",
            "<ErrorResponse xmlns='u'><Error><Type>Sender</Type><Code>WasThere</Code><Message>m</Message><Left>3</Left></Error><RequestId>id</RequestId></ErrorResponse>",
        ),
        (
            "rest-xml",
            "<Error><Type>Sender</Type><Code>WasThere</Code><Message>m</Message><Left>3</Left><RequestId>id</RequestId><HostId>h</HostId></Error>",
        ),
    ] {
        let error = error(protocol, 400, &[], body);
        assert_eq!(error.code, "WasThere", "{body}");
        assert_eq!(error.message, "m", "{body}");
        assert_eq!(error.kind.as_deref(), Some("Sender"), "{body}");
        assert_eq!(error.request_id.as_deref(), Some("id"), "{body}");
        assert_eq!(error.shape.unwrap().name(), "Gone", "{body}");
        assert_eq!(error.members.get("Left"), Some(&Value::Int(3)), "{body}");
        let keys: Vec<_> = error.error.keys().collect();
        // botocore merges this one tree into a map that has the two already.
        let expected = if body.contains("xmlns") {
            ["Message", "Code", "Type", "Left"]
        } else {
            ["Type", "Code", "Message", "Left"]
        };
        assert_eq!(keys, expected, "{body}");
    }
}

#[test]
fn an_error_that_is_no_xml_stops_query_and_not_rest_xml() {
    let options = ParseOptions::default();
    // The words and places are expat's.
    for (body, message) in [
        ("", "no element found: line 1, column 0"),
        ("x", "syntax error: line 1, column 0"),
        ("\n upstream error", "syntax error: line 2, column 1"),
        ("[1]", "syntax error: line 1, column 0"),
        ("'x", "unclosed token: line 1, column 0"),
        (
            r#"{"message": "Forbidden"}"#,
            "not well-formed (invalid token): line 1, column 0",
        ),
        ("<html>\n<p></html>", "mismatched tag: line 2, column 5"),
        ("<a><b></a>", "mismatched tag: line 1, column 8"),
        ("<a>&foo;</a>", "undefined entity: line 1, column 3"),
        ("<a><b", "unclosed token: line 1, column 3"),
        ("<a>x", "no element found: line 1, column 4"),
        ("<a/> x", "junk after document element: line 1, column 5"),
        (
            "<a/>\n<b/>",
            "junk after document element: line 2, column 0",
        ),
        (
            "<a/> {",
            "not well-formed (invalid token): line 1, column 5",
        ),
    ] {
        for protocol in ["query", "ec2"] {
            let operation = operation(protocol);
            let error = parse_error(operation, 400, &Headers::new(), body.as_bytes(), &options);
            let text = error.unwrap_err().to_string();
            let start = format!(
                "Unable to parse response ({message}), \
                 invalid XML received. Further retries may succeed:\nb"
            );
            assert!(text.starts_with(&start), "{body}: {text}");
        }
    }
    let error = error("rest-xml", 403, &[], "x");
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("403", "Forbidden")
    );
}

#[test]
fn json_errors_are_named_in_many_places() {
    for (protocol, headers, body, code, message) in [
        (
            "json",
            &[][..],
            r#"{"__type": "com.a#WasThere", "message": "m"}"#,
            "WasThere",
            "m",
        ),
        (
            "json",
            &[],
            r#"{"__type": "WasThere:http://a", "Message": "m"}"#,
            "WasThere",
            "m",
        ),
        ("json", &[], "{}", "400", ""),
        ("json", &[], "oops", "400", "oops"),
        ("json", &[], r#"{"code": "Other"}"#, "Other", ""),
        (
            "rest-json",
            &[("x-amzn-ErrorType", "WasThere:x")],
            r#"{"message": "m"}"#,
            "WasThere",
            "m",
        ),
        (
            "rest-json",
            &[],
            r#"{"code": "a#WasThere"}"#,
            "WasThere",
            "",
        ),
        ("rest-json", &[], r#"{"Code": 12}"#, "12", ""),
        (
            "rest-json",
            &[],
            r#"{"code": null, "message": null}"#,
            "400",
            "",
        ),
    ] {
        let error = error(protocol, 400, headers, body);
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            (code, message),
            "{body}"
        );
    }
}

#[test]
fn services_that_spoke_query_keep_their_old_codes() {
    let headers = [("x-amzn-query-error", "WasThere;Sender")];
    let error = error(
        "json",
        400,
        &headers,
        r#"{"__type": "a#New", "message": "m", "Left": 2}"#,
    );
    assert_eq!(error.code, "WasThere");
    assert_eq!(error.kind.as_deref(), Some("Sender"));
    assert_eq!(error.query_error_code.as_deref(), Some("New"));
    assert_eq!(error.members.get("Left"), Some(&Value::Int(2)));
}

#[test]
fn json_scalars_stay_as_they_came_and_rest_json_converts() {
    let body =
        r#"{"Text": 12345678901234567890, "Number": "7", "Real": 1, "Flag": "TRUE", "Other": [1]}"#;
    assert_eq!(
        output("json", body).unwrap(),
        r#"{"Text": 12345678901234567890, "Number": "7", "Real": 1, "Flag": "TRUE"}"#
    );
    assert_eq!(
        output("rest-json", body).unwrap(),
        r#"{"Text": 12345678901234567890, "Number": 7, "Real": 1.0, "Flag": true}"#
    );
}

#[test]
fn nulls_of_members_are_dropped_and_others_kept() {
    let body =
        r#"{"Map": {"a": null, "b": "c"}, "List": [null, "d"], "Text": null, "Any": {"x": null}}"#;
    for protocol in ["json", "rest-json"] {
        assert_eq!(
            output(protocol, body).unwrap(),
            r#"{"List": [null, "d"], "Map": {"a": null, "b": "c"}, "Any": {"x": null}}"#
        );
    }
}

#[test]
fn unions_have_one_member_known_or_not() {
    for (body, expected) in [
        (r#"{"Union": {"A": "a"}}"#, r#"{"Union": {"A": "a"}}"#),
        (
            r#"{"Union": {"A": "a", "B": null, "__type": "x"}}"#,
            r#"{"Union": {"A": "a"}}"#,
        ),
        (
            r#"{"Union": {"B": [1, {"c": 2}]}}"#,
            r#"{"Union": {"SDK_UNKNOWN_MEMBER": {"name": "B"}}}"#,
        ),
    ] {
        assert_eq!(output("json", body).unwrap(), expected);
    }
    for body in [r#"{"Union": {}}"#, r#"{"Union": {"A": "a", "B": "b"}}"#] {
        let error = output("json", body).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Invalid service response: Union must have one and only one member set."
        );
    }
    assert_eq!(
        output("rest-xml", "<Out><Union><Z>1</Z></Union></Out>").unwrap(),
        r#"{"Union": {"SDK_UNKNOWN_MEMBER": {"name": "Z"}}}"#
    );
}

#[test]
fn json_that_cannot_be_read_has_no_members() {
    for body in ["", "oops", r#"{"Text": "a""#] {
        assert_eq!(output("json", body).unwrap(), "{}");
    }
    assert_eq!(output("rest-json", "null").unwrap(), "{}");
    for (body, expected) in [
        ("null", "'NoneType' object has no attribute 'update'"),
        ("[1]", "'list' object has no attribute 'get'"),
        ("\"a\"", "'str' object has no attribute 'get'"),
    ] {
        assert_eq!(output("json", body).unwrap_err().to_string(), expected);
    }
}

#[test]
fn xml_is_read_as_trees_are() {
    for (body, expected) in [
        ("<Out/>", "{}"),
        (
            "<?xml version='1.0'?><!-- a --><Out><Text/><List/><Map/></Out>",
            r#"{"Text": "", "List": [], "Map": {}}"#,
        ),
        (
            "<n:Out xmlns:n='u'><n:Text>a&amp;<![CDATA[<b>]]>&#x41;</n:Text></n:Out>",
            r#"{"Text": "a&<b>A"}"#,
        ),
        (
            "<Out><Number> 7 </Number><Flag>True</Flag><Real>1</Real></Out>",
            r#"{"Number": 7, "Real": 1.0, "Flag": false}"#,
        ),
        (
            "<Out><List><member>a</member><other>b</other></List></Out>",
            r#"{"List": ["a", "b"]}"#,
        ),
        (
            "<Out><Map><entry><value>v</value><key>k</key></entry></Map></Out>",
            r#"{"Map": {"k": "v"}}"#,
        ),
        (
            "<Out><Text>a<b>c</b>d</Text><Number>1</Number></Out>",
            r#"{"Text": "a", "Number": 1}"#,
        ),
        (
            "<Out><Event>a</Event><Text/><Event>b</Event></Out>",
            r#"{"Text": "", "Events": ["a", "b"], "Event": "a"}"#,
        ),
        (
            "<Out><Text>1</Text><Text>2</Text></Out>",
            r#"{"Text": "1"}"#,
        ),
    ] {
        assert_eq!(output("rest-xml", body).unwrap(), expected, "{body}");
    }
    for body in [
        "<Out>",
        "<Out></Other>",
        "<Out/><Out/>",
        "<Out>&nope;</Out>",
        "text",
        "<Out><Text>a</Out>",
        "<Out/>text",
        "</Out>",
        "<Out",
        "<Out><Text>&#xD800;</Text></Out>",
    ] {
        let error = output("rest-xml", body).unwrap_err();
        assert!(matches!(error, ParseError::Xml { .. }), "{body}: {error:?}");
    }
}

#[test]
fn values_that_the_model_cannot_have_are_errors() {
    for (protocol, body) in [
        ("json", r#"{"List": "a"}"#),
        ("json", r#"{"Map": []}"#),
        ("rest-json", r#"{"Number": "x"}"#),
        ("rest-xml", "<Out><Number/></Out>"),
        ("rest-xml", "<Out><Map><entry><k>a</k></entry></Map></Out>"),
    ] {
        let error = output(protocol, body).unwrap_err();
        assert!(
            matches!(error, ParseError::Value { .. } | ParseError::Python(_)),
            "{body}: {error:?}"
        );
    }
}

#[test]
fn times_and_blobs_come_typed_or_as_they_are() {
    let body = br#"{"Time": 1420070400.5, "Bytes": "YQ=="}"#;
    let read = |options: &ParseOptions<'_>| {
        parse_response(operation("json"), 200, &Headers::new(), body, options).unwrap()
    };
    let typed = read(&ParseOptions::default());
    let time = Timestamp {
        micros: 1_420_070_400_500_000,
        zone: Zone::Local,
    };
    assert_eq!(typed.get("Time"), Some(&Value::Timestamp(time)));
    assert_eq!(typed.get("Bytes"), Some(&Value::Blob(b"a".to_vec())));
    let wire = read(&ParseOptions {
        timestamps: Timestamps::Wire,
        blobs: Blobs::Wire,
        ..ParseOptions::default()
    });
    assert_eq!(wire.get("Time"), Some(&Value::Float(1_420_070_400.5)));
    assert_eq!(wire.get("Bytes"), Some(&Value::from("YQ==")));
}

#[test]
fn deep_nesting_is_an_error() {
    let depth = 100_000;
    let json = format!(r#"{{"Any": {}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(matches!(output("json", &json), Err(ParseError::Python(_))));
    let xml = format!("<Out>{}{}</Out>", "<a>".repeat(depth), "</a>".repeat(depth));
    assert_eq!(output("rest-xml", &xml).unwrap(), "{}");
    let error = error("rest-xml", 400, &[], &xml);
    assert_eq!(error.code, "");
    let options = ParseOptions::default();
    let cbor = [b"\xa1\x63Any".as_slice(), &vec![0x81; depth]].concat();
    let read = parse_response(
        operation("smithy-rpc-v2-cbor"),
        200,
        &Headers::new(),
        &cbor,
        &options,
    );
    assert!(matches!(read, Err(ParseError::Cbor(_))));
}
