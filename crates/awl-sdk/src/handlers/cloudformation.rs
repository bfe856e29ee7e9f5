//! AWS CloudFormation: a template that is JSON is given back as a document.

use awl_value::{Value, json};

use super::Handlers;

pub(super) const HANDLERS: Handlers = Handlers {
    // Parity: botocore/handlers.py, json_decode_template_body.
    output: |context, _, output| {
        if context.operation.name() != "GetTemplate" {
            return;
        }
        if let Some(body) = output.get_mut("TemplateBody")
            && let Value::String(text) = body
            && let Ok(document) = json::parse(text)
        {
            *body = document;
        }
    },
    ..Handlers::NONE
};

#[cfg(test)]
mod tests {
    use crate::handlers::testing::{Fixture, params};

    #[track_caller]
    fn check(operation: &str, output: &str, expected: &str) {
        let fixture = Fixture::new("cloudformation", operation);
        assert_eq!(fixture.output("{}", output), params(expected));
    }

    #[test]
    fn templates_in_json_become_documents() {
        check(
            "GetTemplate",
            r#"{"TemplateBody": "{\"b\": 1, \"a\": [2.0]}"}"#,
            r#"{"TemplateBody": {"b": 1, "a": [2.0]}}"#,
        );
        check(
            "GetTemplate",
            r#"{"TemplateBody": "Resources: {}"}"#,
            r#"{"TemplateBody": "Resources: {}"}"#,
        );
        check("GetTemplate", "{}", "{}");
        check(
            "CreateStack",
            r#"{"TemplateBody": "{}"}"#,
            r#"{"TemplateBody": "{}"}"#,
        );
    }
}
