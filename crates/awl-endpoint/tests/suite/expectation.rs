//! Comparison with what a case of the suite expects.

use awl_endpoint::{AuthScheme, Endpoint, EndpointError};
use awl_value::{Map, Value};

/// Endpoint, headers and properties must be those expected, errors word for
/// word.
pub(crate) fn check(
    found: Result<Endpoint, EndpointError>,
    expected: &Value,
) -> Result<(), String> {
    match (found, expected.get("endpoint"), expected.get("error")) {
        (Ok(endpoint), Some(expected), None) => check_endpoint(&endpoint, expected),
        (Err(error), None, Some(Value::String(expected))) if error.to_string() == *expected => {
            Ok(())
        }
        (found, ..) => Err(format!("{found:?} instead of {expected:?}")),
    }
}

/// The same, but the words of an error may have others around them.
pub(crate) fn check_explained(
    found: Result<Endpoint, EndpointError>,
    expected: &Value,
) -> Result<(), String> {
    let Err(error) = &found else {
        return check(found, expected);
    };
    let words = error.to_string();
    let expected_words = expected.get("error").and_then(Value::as_str);
    let same = expected_words.is_some_and(|expected| {
        // Of a bad region in an ARN, only the label is told.
        let label = expected
            .starts_with("Invalid region in ARN: ")
            .then(|| expected.split('`').nth(1))
            .flatten();
        words.contains(label.unwrap_or(expected))
    });
    if same {
        Ok(())
    } else {
        Err(format!("{words:?} instead of {expected:?}"))
    }
}

fn check_endpoint(endpoint: &Endpoint, expected: &Value) -> Result<(), String> {
    let url = expected.get("url").and_then(Value::as_str);
    if Some(endpoint.url.as_str()) != url {
        return Err(format!("URL {} instead of {url:?}", endpoint.url));
    }
    let empty = Value::Map(Map::new());
    let headers: Map = endpoint
        .headers
        .iter()
        .map(|(name, values)| ((*name).into(), Value::from(values.clone())))
        .collect();
    let expected_headers = expected.get("headers").unwrap_or(&empty);
    if Value::Map(headers) != *expected_headers {
        return Err(format!(
            "headers {:?} instead of {expected_headers:?}",
            endpoint.headers
        ));
    }
    let mut properties = endpoint.properties.clone();
    if !endpoint.auth_schemes.is_empty() {
        let schemes = endpoint.auth_schemes.iter().map(scheme).collect();
        properties.insert("authSchemes", Value::List(schemes));
    }
    let expected_properties = expected.get("properties").unwrap_or(&empty);
    if Value::Map(properties.clone()) != *expected_properties {
        return Err(format!(
            "properties {properties:?} instead of {expected_properties:?}"
        ));
    }
    Ok(())
}

/// An auth scheme as the suite writes it.
fn scheme(scheme: &AuthScheme) -> Value {
    let mut map = Map::new();
    map.insert("name", Value::from(&*scheme.name));
    for (name, text) in [
        ("signingName", &scheme.signing_name),
        ("signingRegion", &scheme.signing_region),
    ] {
        if let Some(text) = text {
            map.insert(name, Value::from(&**text));
        }
    }
    if let Some(regions) = &scheme.signing_region_set {
        let regions = regions.iter().map(|region| Value::from(&**region));
        map.insert("signingRegionSet", Value::List(regions.collect()));
    }
    if let Some(flag) = scheme.disable_double_encoding {
        map.insert("disableDoubleEncoding", Value::Bool(flag));
    }
    Value::Map(map)
}
