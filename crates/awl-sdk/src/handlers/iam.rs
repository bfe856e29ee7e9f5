//! AWS IAM: policies come as URL-encoded JSON and are given back as documents.

use awl_model::{Shape, ShapeKind};
use awl_value::{Map, Value, json};

use super::Handlers;
use super::text::unquote;

/// The shape of every policy document.
const POLICY: &str = "policyDocumentType";

pub(super) const HANDLERS: Handlers = Handlers {
    output: |context, _, output| {
        if let Some(shape) = context.operation.output() {
            decode_members(shape, output);
        }
    },
    changes_items: true,
    ..Handlers::NONE
};

// Parity: botocore/handlers.py, _decode_policy_types.
fn decode_members(shape: Shape, map: &mut Map) {
    for (name, value) in map.iter_mut() {
        let Some(member) = shape.member(name) else {
            continue;
        };
        let shape = member.shape();
        match value {
            Value::String(text) if shape.name() == POLICY => {
                if let Ok(document) = json::parse(&unquote(text)) {
                    *value = document;
                }
            }
            value => decode(shape, value),
        }
    }
}

fn decode(shape: Shape, value: &mut Value) {
    match (shape.kind(), value) {
        (ShapeKind::Structure, Value::Map(map)) => decode_members(shape, map),
        (ShapeKind::List, Value::List(items)) => {
            if let Some(member) = shape.list_member() {
                for item in items {
                    decode(member.shape(), item);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::handlers::testing::{Fixture, params};

    #[track_caller]
    fn check(operation: &str, output: &str, expected: &str) {
        let fixture = Fixture::new("iam", operation);
        assert_eq!(fixture.output("{}", output), params(expected));
    }

    #[test]
    fn policies_become_documents() {
        check(
            "GetRole",
            r#"{"Role": {"Path": "/%7B%7D", "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012%22%7D"}}"#,
            r#"{"Role": {"Path": "/%7B%7D", "AssumeRolePolicyDocument": {"Version": "2012"}}}"#,
        );
        check(
            "GetAccountAuthorizationDetails",
            r#"{"Policies": [{"PolicyVersionList": [{"Document": "%5B1%5D"}, {"Document": "[+2]"}]}]}"#,
            r#"{"Policies": [{"PolicyVersionList": [{"Document": [1]}, {"Document": "[+2]"}]}]}"#,
        );
        check(
            "ListUsers",
            r#"{"Users": [{"UserName": "%7B%7D"}]}"#,
            r#"{"Users": [{"UserName": "%7B%7D"}]}"#,
        );
    }
}
