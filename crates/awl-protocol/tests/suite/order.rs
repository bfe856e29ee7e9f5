//! The order in which members are given back.

use awl_protocol::{Headers, ParseOptions, parse_response};

#[test]
fn headers_and_status_come_before_the_body_each_in_the_models_order() {
    let model = r#"{
        "metadata": {"protocol": "rest-json"},
        "operations": {"Op": {"http": {"method": "GET", "requestUri": "/"}, "output": {"shape": "Out"}}},
        "shapes": {
            "Out": {"type": "structure", "members": {
                "B": {"shape": "T"},
                "Status": {"shape": "N", "location": "statusCode"},
                "A": {"shape": "T"},
                "Tag": {"shape": "T", "location": "header", "locationName": "etag"}
            }},
            "T": {"type": "string"},
            "N": {"type": "integer"}
        }
    }"#;
    let operation = awl_test::compile(model)
        .service("test")
        .unwrap()
        .operation("Op")
        .unwrap();
    let headers: Headers = [("etag", "t")].into_iter().collect();
    let body = br#"{"A": "a", "B": "b"}"#;
    let output = parse_response(operation, 201, &headers, body, &ParseOptions::default()).unwrap();
    assert_eq!(
        output.keys().collect::<Vec<_>>(),
        ["Status", "Tag", "B", "A"]
    );
}
