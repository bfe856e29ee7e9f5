//! Amazon Machine Learning: predictions have an endpoint of their own, among
//! the parameters.

use awl_value::Value;

use super::{Handlers, with_host};

pub(super) const HANDLERS: Handlers = Handlers {
    // Parity: botocore/handlers.py, switch_host_machinelearning.
    request: |context, params, request| {
        if context.operation.name() == "Predict"
            && let Some(endpoint) = params.get("PredictEndpoint").and_then(Value::as_str)
            && !endpoint.is_empty()
        {
            request.url = with_host(&request.url, endpoint);
        }
        Ok(())
    },
    ..Handlers::NONE
};

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
