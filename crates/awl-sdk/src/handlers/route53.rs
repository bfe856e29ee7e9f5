//! Amazon Route 53: ids are taken as answers have them, `/hostedzone/Z1`.

use awl_value::Value;

use super::Handlers;

/// The shapes of ids that answers give a path.
const SHAPES: [&str; 3] = ["ResourceId", "DelegationSetId", "ChangeId"];

pub(super) const HANDLERS: Handlers = Handlers {
    // Parity: botocore/handlers.py, fix_route53_ids.
    parameters: |context, params| {
        let Some(input) = context.operation.input() else {
            return Ok(());
        };
        for (name, value) in params.iter_mut() {
            if let Value::String(id) = value
                && let Some(slash) = id.rfind('/')
                && let Some(member) = input.member(name)
                && SHAPES.contains(&member.shape().name())
            {
                id.drain(..=slash);
            }
        }
        Ok(())
    },
    ..Handlers::NONE
};

#[cfg(test)]
mod tests {
    use crate::handlers::testing::{Fixture, params};

    #[test]
    fn ids_lose_their_path() {
        for (operation, given, expected) in [
            (
                "GetHostedZone",
                r#"{"Id": "/hostedzone/Z1"}"#,
                r#"{"Id": "Z1"}"#,
            ),
            ("GetHostedZone", r#"{"Id": "Z1"}"#, r#"{"Id": "Z1"}"#),
            ("GetChange", r#"{"Id": "/change/C1"}"#, r#"{"Id": "C1"}"#),
            (
                "CreateHostedZone",
                r#"{"Name": "a/b", "DelegationSetId": "/delegationset/N1"}"#,
                r#"{"Name": "a/b", "DelegationSetId": "N1"}"#,
            ),
            (
                "GetHealthCheck",
                r#"{"HealthCheckId": "a/b"}"#,
                r#"{"HealthCheckId": "a/b"}"#,
            ),
        ] {
            let fixture = Fixture::new("route53", operation);
            assert_eq!(fixture.parameters(given).unwrap(), params(expected));
        }
    }
}
