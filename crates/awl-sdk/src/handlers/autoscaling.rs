//! Auto Scaling: user data is given as it is and sent in base64.

use awl_value::{Map, Value};

use super::Handlers;
use super::text::base64;

pub(super) const HANDLERS: Handlers = Handlers {
    parameters: |context, params| {
        if context.operation.name() == "CreateLaunchConfiguration" {
            encode_user_data(params);
        }
        Ok(())
    },
    ..Handlers::NONE
};

/// Puts `UserData` into base64.
// Parity: botocore/handlers.py, base64_encode_user_data.
pub(super) fn encode_user_data(params: &mut Map) {
    if let Some(data) = params.get_mut("UserData") {
        let encoded = match data {
            Value::String(text) => base64(text),
            Value::Blob(bytes) => base64(bytes),
            _ => return,
        };
        *data = Value::String(encoded);
    }
}

#[cfg(test)]
mod tests {
    use awl_value::{Map, Value};

    use crate::handlers::testing::{Fixture, params};

    #[test]
    fn user_data_goes_in_base64() {
        let fixture = Fixture::new("autoscaling", "CreateLaunchConfiguration");
        assert_eq!(
            fixture.parameters(r#"{"UserData": "é"}"#).unwrap(),
            params(r#"{"UserData": "w6k="}"#)
        );
        let mut given = Map::new();
        given.insert("UserData", Value::Blob(vec![0xff]));
        assert_eq!(
            fixture.parameters_of(given).unwrap(),
            params(r#"{"UserData": "/w=="}"#)
        );
        let fixture = Fixture::new("autoscaling", "CreateAutoScalingGroup");
        assert_eq!(
            fixture.parameters(r#"{"UserData": "a"}"#).unwrap(),
            params(r#"{"UserData": "a"}"#)
        );
    }
}
