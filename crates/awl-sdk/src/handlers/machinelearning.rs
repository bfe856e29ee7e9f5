//! Amazon Machine Learning: predictions have an endpoint of their own, among
//! the parameters.

use awl_value::Value;

use super::Handlers;

pub(super) const HANDLERS: Handlers = Handlers {
    // Parity: botocore/handlers.py, switch_host_machinelearning.
    request: |context, params, request| {
        if context.operation.name() == "Predict"
            && let Some(endpoint) = params.get("PredictEndpoint").and_then(Value::as_str)
            && !endpoint.is_empty()
        {
            request.url = with_host_of(&request.url, endpoint);
        }
        Ok(())
    },
    ..Handlers::NONE
};

/// A URL with another's scheme and host.
fn with_host_of(url: &str, endpoint: &str) -> String {
    let after_host = |text: &str| text.find(['/', '?', '#']).unwrap_or(text.len());
    let (scheme, rest) = endpoint.split_once("://").unwrap_or(("", endpoint));
    let host = &rest[..after_host(rest)];
    let own = url.split_once("://").map_or(url, |(_, rest)| rest);
    format!("{scheme}://{host}{}", &own[after_host(own)..])
}

#[cfg(test)]
mod tests {
    use crate::handlers::testing::Fixture;
    use crate::transport::HttpRequest;

    #[test]
    fn predictions_go_where_the_parameter_says() {
        for (operation, given, expected) in [
            (
                "Predict",
                r#"{"PredictEndpoint": "http://other:81/ignored?x"}"#,
                "http://other:81/path?q",
            ),
            ("Predict", "{}", "https://host/path?q"),
            (
                "GetMLModel",
                r#"{"PredictEndpoint": "http://other"}"#,
                "https://host/path?q",
            ),
        ] {
            let fixture = Fixture::new("machinelearning", operation);
            let mut request = HttpRequest::new("POST", "https://host/path?q");
            fixture.request(given, &mut request);
            assert_eq!(request.url, expected);
        }
    }
}
