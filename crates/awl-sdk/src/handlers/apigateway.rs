//! Amazon API Gateway: answers are wanted as JSON, not as HAL.

use super::Handlers;

pub(super) const HANDLERS: Handlers = Handlers {
    // Parity: botocore/handlers.py, add_accept_header.
    request: |_, _, request| {
        if request.header("Accept").is_none() {
            request.set_header("Accept", "application/json");
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
    fn json_is_asked_for_unless_something_else_is() {
        let fixture = Fixture::new("apigateway", "GetExport");
        let mut request = HttpRequest::new("GET", "https://host/");
        fixture.request("{}", &mut request);
        assert_eq!(request.header("accept"), Some("application/json"));
        request.set_header("Accept", "application/yaml");
        fixture.request("{}", &mut request);
        assert_eq!(request.header("accept"), Some("application/yaml"));
    }
}
