//! Parameters to requests.

use awl_protocol::{Body, Request, SerializeOptions, TimestampPrecision, serialize};
use awl_value::{Map, Value, json};

use crate::Case;
use crate::compare;

/// The token that the suites expect where none is given.
const TOKEN: &str = "00000000-0000-4000-8000-000000000000";

pub(crate) fn check(case: &Case) -> Result<(), String> {
    let operation = case.operation(|_| {});
    let empty = Map::new();
    let params = case.get("params").and_then(Value::as_map);
    let input = special_floats(params.unwrap_or(&empty));
    let mut token = || TOKEN.to_owned();
    let mut options = SerializeOptions {
        protocol: None,
        timestamp_precision: TimestampPrecision::Full,
        streaming_body: false,
        idempotency_token: &mut token,
    };
    let request =
        serialize(operation, &input, &mut options).map_err(|error| format!("{error:?}"))?;
    let expected = case.get("serialized").unwrap();
    body(case, &request, expected)?;
    headers(case, operation, &request, expected)?;
    let mut uri = request.path.clone();
    if !request.query.is_empty() {
        uri = format!("{uri}?{}", request.query);
    }
    let wanted = expected
        .get("uri")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if uri != wanted {
        return Err(format!("uri {uri:?}, not {wanted:?}"));
    }
    if let Some(method) = expected.get("method").and_then(Value::as_str)
        && method != request.method
    {
        return Err(format!("method {}, not {method}", request.method));
    }
    host(case, &request, expected)
}

/// The suites write numbers that JSON does not have as text.
fn special_floats(params: &Map) -> Map {
    let mut params = params.clone();
    for (_, value) in params.iter_mut() {
        *value = match value.as_str() {
            Some("Infinity") => Value::Float(f64::INFINITY),
            Some("-Infinity") => Value::Float(f64::NEG_INFINITY),
            Some("NaN") => Value::Float(f64::NAN),
            _ => continue,
        };
    }
    params
}

fn body(case: &Case, request: &Request, expected: &Value) -> Result<(), String> {
    let Body::Bytes(actual) = &request.body else {
        return Err(format!("body {:?}", request.body));
    };
    let Some(expected) = expected.get("body").and_then(Value::as_str) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(actual);
    let same = match case.protocol() {
        "json" | "rest-json" => match (json::parse(&text), json::parse(expected)) {
            (Ok(actual), Ok(expected)) => compare::equal(&actual, &expected),
            _ => text == expected,
        },
        "rest-xml" => match (compare::tree(&text), compare::tree(expected)) {
            (Some(actual), Some(expected)) => actual == expected,
            _ => text == expected,
        },
        "smithy-rpc-v2-cbor" if !actual.is_empty() => {
            let expected = compare::base64(expected);
            compare::equal(&compare::cbor(actual), &compare::cbor(&expected))
        }
        _ => text == expected,
    };
    if same {
        return Ok(());
    }
    Err(format!("body\n  {text}\n  not\n  {expected}"))
}

/// The rules of botocore's own runner: what it sends otherwise is left out,
/// lists may have spaces behind commas.
fn headers(
    case: &Case,
    operation: awl_model::Operation,
    request: &Request,
    expected: &Value,
) -> Result<(), String> {
    let lists: Vec<&str> = operation
        .input()
        .into_iter()
        .flat_map(awl_model::Shape::members)
        .filter(|member| member.shape().kind() == awl_model::ShapeKind::List)
        .map(|member| member.wire_name())
        .collect();
    let empty = Map::new();
    let wanted = expected
        .get("headers")
        .and_then(Value::as_map)
        .unwrap_or(&empty);
    for (name, value) in wanted.iter() {
        let mut value = value.as_str().unwrap().to_owned();
        if name.eq_ignore_ascii_case("content-type") {
            match case.protocol() {
                "query" | "ec2" if !value.contains("charset") => value += "; charset=utf-8",
                "rest-xml" => continue,
                "rest-json" if value != "application/json" => continue,
                _ => {}
            }
        }
        let mut actual = request.header(name).unwrap_or("(none)").to_owned();
        if lists.iter().any(|list| list.eq_ignore_ascii_case(name)) {
            value = value.replace(", ", ",");
            actual = actual.replace(", ", ",");
        }
        if actual != value {
            return Err(format!("header {name}: {actual:?}, not {value:?}"));
        }
    }
    let forbidden = expected.get("forbidHeaders").and_then(Value::as_list);
    for name in forbidden
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
    {
        if let Some(value) = request.header(name) {
            return Err(format!("header {name} must not be: {value:?}"));
        }
    }
    Ok(())
}

fn host(case: &Case, request: &Request, expected: &Value) -> Result<(), String> {
    let Some(wanted) = expected.get("host").and_then(Value::as_str) else {
        return Ok(());
    };
    let endpoint = case
        .service
        .get("clientEndpoint")
        .and_then(Value::as_str)
        .unwrap();
    let host = endpoint.split_once("://").unwrap().1;
    let actual = format!(
        "{}{host}",
        request.host_prefix.as_deref().unwrap_or_default()
    );
    if actual != wanted {
        return Err(format!("host {actual:?}, not {wanted:?}"));
    }
    Ok(())
}
