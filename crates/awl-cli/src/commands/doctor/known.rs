//! The names that configuration files and the environment may have, and how
//! far from one of them a name is.
// The keys and variables of botocore and awscli 2.36.7, and those of tools that
// keep theirs in the same places.

use awl_sdk::config::settings;

/// Keys that are credentials: they belong in the credentials file.
pub(super) static CREDENTIAL_KEYS: &[&str] = &[
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
];

/// Keys that belong in the config file.
pub(super) static PROFILE_KEYS: &[&str] = &[
    "account_id_endpoint_mode",
    "api_versions",
    "auth_scheme_preference",
    "aws_account_id",
    "ca_bundle",
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_error_format",
    "cli_follow_urlparam",
    "cli_help_output",
    "cli_history",
    "cli_pager",
    "cli_timestamp_format",
    "credential_process",
    "credential_source",
    "csm_client_id",
    "csm_enabled",
    "csm_host",
    "csm_port",
    "data_path",
    "defaults_mode",
    "disable_host_prefix_injection",
    "disable_request_compression",
    "duration_seconds",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_v1_disabled",
    "endpoint_discovery_enabled",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "imds_use_ipv6",
    "login_session",
    "max_attempts",
    "metadata_service_num_attempts",
    "metadata_service_timeout",
    "mfa_process",
    "mfa_serial",
    "output",
    "parameter_validation",
    "region",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "role_arn",
    "role_session_name",
    "s3",
    "s3_disable_express_session_auth",
    "s3_use_arn_region",
    "sdk_ua_app_id",
    "services",
    "session_tags",
    "sigv4a_signing_region_set",
    "source_identity",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "tcp_keepalive",
    "transitive_session_tags",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
];

/// Keys of an `sso-session` section.
pub(super) static SSO_SESSION_KEYS: &[&str] =
    &["sso_start_url", "sso_region", "sso_registration_scopes"];

/// Names that are far from the ones that are meant.
static KEY_ALIASES: &[(&str, &str)] = &[
    ("access_key", "aws_access_key_id"),
    ("access_key_id", "aws_access_key_id"),
    ("aws_access_key", "aws_access_key_id"),
    ("aws_key", "aws_access_key_id"),
    ("aws_key_id", "aws_access_key_id"),
    ("accesskeyid", "aws_access_key_id"),
    ("aws_secret", "aws_secret_access_key"),
    ("aws_secret_key", "aws_secret_access_key"),
    ("aws_secret_access_key_id", "aws_secret_access_key"),
    ("secret_access_key", "aws_secret_access_key"),
    ("secret_key", "aws_secret_access_key"),
    ("secretaccesskey", "aws_secret_access_key"),
    ("aws_session", "aws_session_token"),
    ("aws_token", "aws_session_token"),
    ("session_token", "aws_session_token"),
    ("sessiontoken", "aws_session_token"),
    ("aws_default_region", "region"),
    ("aws_region", "region"),
    ("default_region", "region"),
    ("aws_output", "output"),
    ("default_output", "output"),
    ("aws_role_arn", "role_arn"),
    ("assume_role_arn", "role_arn"),
    ("mfa_arn", "mfa_serial"),
    ("mfa_device", "mfa_serial"),
    ("mfa_serial_number", "mfa_serial"),
    ("sso_account", "sso_account_id"),
    ("sso_role", "sso_role_name"),
    ("sso_url", "sso_start_url"),
];

/// Keys of other tools that are near ours.
static FOREIGN_KEYS: &[&str] = &[
    "aws_expiration",
    "aws_mfa_device",
    "aws_mfa_serial",
    "aws_session_expiration",
    "include_profile",
    "parent_profile",
    "role_source",
    "s3api",
];

/// Variables beyond those of [`settings::ALL`].
static VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_BEARER_TOKEN",
    "AWS_CLI_AUTO_PROMPT",
    "AWS_CLI_HISTORY_FILE",
    "AWS_CLI_OUTPUT_ENCODING",
    "AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS",
    "AWS_CLI_TELEMETRY_DISABLED",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_DEFAULTS_MODE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_EXECUTION_ENV",
    "AWS_IMDS_USE_IPV6",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_MEC_CREDENTIALS",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "AWS_METADATA_SERVICE_TIMEOUT",
    "AWS_PAGER",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SDK_LOAD_CONFIG",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_SESSION_TOKEN",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_VAULT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

/// What the names of more variables begin with.
static VARIABLE_PREFIXES: &[&str] = &[
    "AWS_BEARER_TOKEN_",
    "AWS_CONTAINER_",
    "AWS_ENDPOINT_URL_",
    "AWS_LAMBDA_",
    "AWS_LC_",
    "AWS_VAULT_",
];

/// Variables that other programs read, or nobody does.
static VARIABLE_ALIASES: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
    ("AWS_KEY", "AWS_ACCESS_KEY_ID"),
    ("AWS_KEY_ID", "AWS_ACCESS_KEY_ID"),
    ("AWS_SECRET", "AWS_SECRET_ACCESS_KEY"),
    ("AWS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"),
    ("AWS_TOKEN", "AWS_SESSION_TOKEN"),
    ("AWS_CREDENTIALS_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
    ("AWS_OUTPUT", "AWS_DEFAULT_OUTPUT"),
    ("AWS_PROFILE_NAME", "AWS_PROFILE"),
    ("AWS_PROFILE_DEFAULT", "AWS_DEFAULT_PROFILE"),
    ("AWS_REGION_NAME", "AWS_REGION"),
];

/// The key that a key of a section is meant to be, where it is none itself.
pub(super) fn meant_key(key: &str, keys: &[&[&'static str]]) -> Option<&'static str> {
    let known = || keys.iter().copied().flatten().copied();
    if known().any(|known| known == key) || FOREIGN_KEYS.contains(&key) {
        return None;
    }
    let plain = key.strip_prefix("export ").unwrap_or(key).trim();
    let plain = plain.replace(['-', ' ', '.'], "_");
    let is_known = |name: &str| known().any(|known| known == name);
    KEY_ALIASES
        .iter()
        .find(|(alias, meant)| *alias == plain && is_known(meant))
        .map(|(_, meant)| *meant)
        .or_else(|| nearest(&plain, known()))
}

/// The variable that a variable is meant to be, where it is none itself.
pub(super) fn meant_variable(name: &str) -> Option<&'static str> {
    let of_settings = settings::ALL.iter().flat_map(|setting| setting.variables);
    let known = || of_settings.clone().chain(VARIABLES).copied();
    let is_prefixed = VARIABLE_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix));
    if is_prefixed || known().any(|known| known == name) {
        return None;
    }
    let plain = name.to_ascii_uppercase().replace('-', "_");
    VARIABLE_ALIASES
        .iter()
        .find(|(alias, _)| *alias == plain)
        .map(|(_, meant)| *meant)
        .or_else(|| nearest(&plain, known().filter(|known| known.starts_with("AWS_"))))
}

/// Which of the names is so near that it must be meant.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Names this short have few letters to tell them apart.
    const SHORT: usize = 8;
    let most = match name.len() {
        0..4 => 0,
        4..SHORT => 1,
        _ => 2,
    };
    known
        .filter(|known| known.len().abs_diff(name.len()) <= most)
        .map(|known| (distance(name, known), known))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many letters were left out, added, changed or swapped with the next.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, against) in other.iter().enumerate() {
            let change = above[column] + usize::from(letter != against);
            let mut best = change.min(above[column + 1] + 1).min(current[column] + 1);
            let is_swap =
                row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *against;
            if is_swap {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_told() {
        for (key, meant) in [
            ("aws_acess_key_id", Some("aws_access_key_id")),
            ("aws_secret_key", Some("aws_secret_access_key")),
            ("role-arn", Some("role_arn")),
            ("sso_accountid", Some("sso_account_id")),
            ("reigon", Some("region")),
            ("export aws_session_token", Some("aws_session_token")),
            ("aws_default_region", Some("region")),
            ("region", None),
            ("s3", None),
            ("ses", None),
            ("color", None),
            ("aws_expiration", None),
        ] {
            let found = meant_key(key, &[CREDENTIAL_KEYS, PROFILE_KEYS]);
            assert_eq!(found, meant, "{key}");
        }
        for (name, meant) in [
            ("AWS_ACCES_KEY_ID", Some("AWS_ACCESS_KEY_ID")),
            ("AWS_SECRET_KEY", Some("AWS_SECRET_ACCESS_KEY")),
            ("AWS_DEFAULT_PROFLE", Some("AWS_DEFAULT_PROFILE")),
            ("aws_profile", Some("AWS_PROFILE")),
            ("AWS_PROFILE", None),
            ("AWS_ENDPOINT_URL_S3", None),
            ("AWS_VAULT", None),
            ("PATH", None),
            ("MY_AWS_THING", None),
        ] {
            assert_eq!(meant_variable(name), meant, "{name}");
        }
    }

    #[test]
    fn distances_count_letters() {
        for (one, other, expected) in [
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abc", "adc", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }
}
