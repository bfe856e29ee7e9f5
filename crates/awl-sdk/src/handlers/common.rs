//! What holds for every service that says so in its model, and other names of
//! parameters.

use awl_model::Operation;
use awl_value::{Map, Value};

use super::{Context, Handlers};
use crate::Error;
use crate::config::{Config, settings};
use crate::transport::HttpRequest;

/// Parameters that may be given by another name: service, operation (empty:
/// any), the model's name, the other.
// Parity: botocore/handlers.py, _add_parameter_aliases.
const ALIASES: [(&str, &str, &str, &str); 3] = [
    ("cloudsearchdomain", "Search", "return", "returnFields"),
    ("ec2", "", "Filter", "Filters"),
    ("logs", "CreateExportTask", "from", "fromTime"),
];

/// The hooks of a service that has nothing but parameters with other names.
pub(super) const ALIASES_ONLY: Handlers = Handlers {
    parameters: aliases,
    ..Handlers::NONE
};

/// Gives parameters the names that the model has for them.
pub(super) fn aliases(context: &Context<'_>, params: &mut Map) -> Result<(), Error> {
    let operation = context.operation;
    let service = operation.service().name();
    for (_, _, original, alias) in ALIASES
        .iter()
        .filter(|(name, only, ..)| *name == service && ["", operation.name()].contains(only))
    {
        let modelled = |name| operation.input().and_then(|input| input.member(name));
        // A model may have the other name itself.
        if !params.contains_key(alias) || modelled(original).is_none() || modelled(alias).is_some()
        {
            continue;
        }
        if params.contains_key(original) {
            return Err(Error::Parameter(format!(
                "Parameter '{original}' and its alias '{alias}' were provided for operation {}.  \
                 Only one of them may be used.",
                operation.name()
            )));
        }
        if let Some(value) = params.remove(alias) {
            params.insert(*original, value);
        }
    }
    Ok(())
}

/// Asks for the checksums of what comes back, where the operation can.
// Parity: botocore/handlers.py, _handle_request_validation_mode_member.
pub(crate) fn validation_mode(operation: Operation, config: &Config, params: &mut Map) {
    let checksum = operation.traits().get("httpChecksum");
    if let Some(member) = checksum.str("requestValidationModeMember")
        && !params.contains_key(member)
        && config
            .text(&settings::RESPONSE_CHECKSUMS)
            .is_some_and(|when| when.eq_ignore_ascii_case("when_supported"))
    {
        params.push(member, Value::from("ENABLED"));
    }
}

/// Names the API's version where endpoints are asked for.
// Parity: botocore/handlers.py, inject_api_version_header_if_needed.
pub(crate) fn api_version(operation: Operation, request: &mut HttpRequest) {
    if operation.traits().get("endpointoperation").as_bool() == Some(true) {
        let version = operation.service().api_version();
        request.set_header("x-amz-api-version", version);
    }
}

#[cfg(test)]
mod tests {
    use super::{api_version, validation_mode};
    use crate::handlers::testing::{Fixture, params};
    use crate::transport::HttpRequest;

    #[test]
    fn parameters_may_have_other_names() {
        let fixture = Fixture::new("logs", "CreateExportTask");
        assert_eq!(
            fixture.parameters(r#"{"fromTime": 1, "to": 2}"#).unwrap(),
            params(r#"{"to": 2, "from": 1}"#)
        );
        let error = fixture.parameters(r#"{"fromTime": 1, "from": 2}"#);
        assert!(error.unwrap_err().to_string().contains("Only one of them"));
        let fixture = Fixture::new("logs", "DescribeLogGroups");
        assert_eq!(
            fixture.parameters(r#"{"fromTime": 1}"#).unwrap(),
            params(r#"{"fromTime": 1}"#)
        );
        // EC2's model has `Filters` by now.
        let fixture = Fixture::new("ec2", "DescribeInstances");
        assert_eq!(
            fixture.parameters(r#"{"Filters": []}"#).unwrap(),
            params(r#"{"Filters": []}"#)
        );
    }

    #[test]
    fn checksums_are_asked_for_where_they_can_be() {
        for (operation, settings, given, expected) in [
            ("GetObject", &[][..], "{}", r#"{"ChecksumMode": "ENABLED"}"#),
            (
                "GetObject",
                &[],
                r#"{"ChecksumMode": "x"}"#,
                r#"{"ChecksumMode": "x"}"#,
            ),
            (
                "GetObject",
                &[("response_checksum_validation", "when_required")],
                "{}",
                "{}",
            ),
            ("PutObject", &[], "{}", "{}"),
        ] {
            let fixture = Fixture::configured("s3", operation, settings);
            let mut given = params(given);
            validation_mode(fixture.operation, &fixture.config, &mut given);
            assert_eq!(given, params(expected));
        }
    }

    #[test]
    fn the_version_goes_with_endpoint_discovery() {
        for (operation, expected) in [
            ("DescribeEndpoints", Some("2018-11-01")),
            ("ListDatabases", None),
        ] {
            let fixture = Fixture::new("timestream-write", operation);
            let mut request = HttpRequest::new("POST", "https://host/");
            api_version(fixture.operation, &mut request);
            assert_eq!(request.header("X-Amz-Api-Version"), expected);
        }
    }
}
