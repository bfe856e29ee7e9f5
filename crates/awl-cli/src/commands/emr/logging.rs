//! Whether `--monitoring-configuration` and `--log-uri` stand together.
// Parity: awscli/customizations/emr/emrutils.py,
// validate_s3_logging_configuration.

use awl_value::{Map, Value};

use crate::error::CommandError;
use crate::python;

/// Checks where logs go to S3.
///
/// # Errors
/// A kind of log or a policy that there is not, or no place for the logs.
pub(super) fn check(configuration: &Map, log_uri: Option<&str>) -> Result<(), CommandError> {
    let policies = configuration
        .get("S3LoggingConfiguration")
        .and_then(|logging| logging.get("LogTypeUploadPolicy"))
        .and_then(Value::as_map);
    let Some(policies) = policies.filter(|policies| !policies.is_empty()) else {
        return Ok(());
    };
    let error = |message: &str| Err(CommandError::validation(message));
    for (kind, policy) in policies.iter() {
        let policy = policy.as_str().unwrap_or_default();
        if !["system-logs", "application-logs", "persistent-ui-logs"].contains(&kind) {
            return error(
                "Invalid log type specified for the current S3LoggingConfiguration. Supported log \
                 types: system-logs, application-logs, persistent-ui-logs",
            );
        }
        if !["emr-managed", "on-customer-s3only", "disabled"].contains(&policy) {
            return error(
                "Invalid policy specified for the current S3LoggingConfiguration. Supported \
                 policies: emr-managed, on-customer-s3only, disabled",
            );
        }
        if kind == "persistent-ui-logs" && policy == "on-customer-s3only" {
            return error(
                "Invalid policy for log type 'persistent-ui-logs'. Supported values for \
                 persistent-ui-logs: emr-managed, disabled",
            );
        }
    }
    let is_disabled = |kind: &str| policies.get(kind).and_then(Value::as_str) == Some("disabled");
    let is_wanted = !is_disabled("system-logs") || !is_disabled("application-logs");
    let is_given = log_uri.is_some_and(|uri| !uri.trim_matches(python::is_space).is_empty());
    match (is_wanted, is_given) {
        (true, false) => error(
            "A valid S3 location (LogUri) is required for the current S3LoggingConfiguration. \
             Please specify an S3 bucket and try again.",
        ),
        (false, true) => error(
            "LogUri must not be specified when system-logs and application-logs policies are both \
             disabled in S3LoggingConfiguration",
        ),
        _ => Ok(()),
    }
}
