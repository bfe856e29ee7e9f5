//! The settings and where each may come from, in one table.

use super::FileKind;
use crate::env::Host;

/// A setting: its environment variables, its key in a profile, its default.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name it is known by, and the key in [`crate::config::Overrides`].
    pub name: &'static str,
    /// Environment variables, the first that is set wins.
    pub variables: &'static [&'static str],
    /// Keys of the profile, the first that is set wins. A key `s3.x` is key `x`
    /// in the nested block `s3`.
    pub keys: &'static [&'static str],
    /// The value where nothing else gives one.
    pub default: Option<&'static str>,
}

impl Setting {
    /// Whether a file has one of the keys anywhere, in any letter case. Of what hardly anybody
    /// sets this tells sooner than parsing the files would.
    #[must_use]
    pub fn is_mentioned(&self, host: &dyn Host) -> bool {
        let mentions = |file: &[u8], key: &str| {
            file.windows(key.len())
                .any(|part| part.eq_ignore_ascii_case(key.as_bytes()))
        };
        [FileKind::Config, FileKind::Credentials]
            .into_iter()
            .filter_map(|kind| host.read(&kind.path(host)).ok())
            .any(|file| self.keys.iter().any(|key| mentions(&file, key)))
    }
}

macro_rules! settings {
    ($($(#[$doc:meta])* $constant:ident = $name:literal,
        [$($variable:literal),*], [$($key:literal),*], $default:expr;)*) => {
        $($(#[$doc])* pub const $constant: Setting = Setting {
            name: $name,
            variables: &[$($variable),*],
            keys: &[$($key),*],
            default: $default,
        };)*

        /// All settings.
        pub const ALL: &[Setting] = &[$($constant),*];
    };
}

// Parity: botocore/configprovider.py, BOTOCORE_DEFAUT_SESSION_VARIABLES and
// DEFAULT_S3_CONFIG_VARS; awscli/clidriver.py, _set_cli_* providers.
settings! {
    /// The profile.
    PROFILE = "profile", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], [], None;
    /// The Region. Without one, awl takes `us-east-1` where the real CLI stops.
    REGION = "region", ["AWS_REGION", "AWS_DEFAULT_REGION"], ["region"], None;
    /// The output format.
    OUTPUT = "output", ["AWS_DEFAULT_OUTPUT"], ["output"], Some("json");
    /// The configuration file.
    CONFIG_FILE = "config_file", ["AWS_CONFIG_FILE"], [], Some("~/.aws/config");
    /// The credentials file.
    CREDENTIALS_FILE = "credentials_file", ["AWS_SHARED_CREDENTIALS_FILE"], [],
        Some("~/.aws/credentials");
    /// More folders of models, with the system's path separator between.
    DATA_PATH = "data_path", ["AWS_DATA_PATH"], ["data_path"], None;
    /// Trusted certificates, a PEM file.
    CA_BUNDLE = "ca_bundle", ["AWS_CA_BUNDLE"], ["ca_bundle"], None;
    /// Whether parameters are checked before they are sent.
    PARAMETER_VALIDATION = "parameter_validation", [], ["parameter_validation"], Some("true");
    /// `standard` or `adaptive`.
    RETRY_MODE = "retry_mode", ["AWS_RETRY_MODE"], ["retry_mode"], Some("standard");
    /// How often a request is sent at most.
    MAX_ATTEMPTS = "max_attempts", ["AWS_MAX_ATTEMPTS"], ["max_attempts"], None;
    /// The retries of 2026.
    NEW_RETRIES = "new_retries_2026", ["AWS_NEW_RETRIES_2026"], [], Some("false");
    /// FIPS endpoints.
    USE_FIPS = "use_fips_endpoint", ["AWS_USE_FIPS_ENDPOINT"], ["use_fips_endpoint"], None;
    /// Dual-stack endpoints.
    USE_DUALSTACK = "use_dualstack_endpoint", ["AWS_USE_DUALSTACK_ENDPOINT"],
        ["use_dualstack_endpoint"], None;
    /// Whether configured endpoint URLs are passed over.
    IGNORE_ENDPOINT_URLS = "ignore_configured_endpoint_urls",
        ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], ["ignore_configured_endpoint_urls"], None;
    /// `preferred`, `disabled` or `required`.
    ACCOUNT_ID_ENDPOINT_MODE = "account_id_endpoint_mode", ["AWS_ACCOUNT_ID_ENDPOINT_MODE"],
        ["account_id_endpoint_mode"], Some("preferred");
    /// Whether host prefixes are left out.
    DISABLE_HOST_PREFIX = "disable_host_prefix_injection",
        ["AWS_DISABLE_HOST_PREFIX_INJECTION"], ["disable_host_prefix_injection"], None;
    /// Names of authentication schemes, most wanted first, with commas.
    AUTH_SCHEME_PREFERENCE = "auth_scheme_preference", ["AWS_AUTH_SCHEME_PREFERENCE"],
        ["auth_scheme_preference"], None;
    /// The Regions that a SigV4a signature holds for, with commas.
    SIGV4A_REGION_SET = "sigv4a_signing_region_set", ["AWS_SIGV4A_SIGNING_REGION_SET"],
        ["sigv4a_signing_region_set"], None;
    /// `when_supported` or `when_required`.
    REQUEST_CHECKSUMS = "request_checksum_calculation", ["AWS_REQUEST_CHECKSUM_CALCULATION"],
        ["request_checksum_calculation"], Some("when_supported");
    /// `when_supported` or `when_required`.
    RESPONSE_CHECKSUMS = "response_checksum_validation", ["AWS_RESPONSE_CHECKSUM_VALIDATION"],
        ["response_checksum_validation"], Some("when_supported");
    /// Whether request bodies are never compressed.
    DISABLE_COMPRESSION = "disable_request_compression", ["AWS_DISABLE_REQUEST_COMPRESSION"],
        ["disable_request_compression"], Some("false");
    /// The smallest body that is compressed, in bytes, 1 to 1,048,576.
    MIN_COMPRESSION_SIZE = "request_min_compression_size_bytes",
        ["AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES"], ["request_min_compression_size_bytes"],
        Some("10240");
    /// Endpoint discovery: `auto`, `true` or `false`.
    ENDPOINT_DISCOVERY = "endpoint_discovery_enabled", ["AWS_ENDPOINT_DISCOVERY_ENABLED"],
        ["endpoint_discovery_enabled"], Some("auto");
    /// TCP keep-alive.
    TCP_KEEPALIVE = "tcp_keepalive", [], ["tcp_keepalive"], Some("false");
    /// A name that goes into the user agent.
    APP_ID = "user_agent_appid", ["AWS_SDK_UA_APP_ID"], ["sdk_ua_app_id"], None;
    /// The account of static credentials.
    ACCOUNT_ID = "account_id", ["AWS_ACCOUNT_ID"], ["aws_account_id"], None;
    /// Instance metadata: how many seconds its service may take.
    METADATA_TIMEOUT = "metadata_service_timeout", ["AWS_METADATA_SERVICE_TIMEOUT"],
        ["metadata_service_timeout"], Some("1");
    /// Instance metadata: how often its service is asked at most.
    METADATA_ATTEMPTS = "metadata_service_num_attempts", ["AWS_METADATA_SERVICE_NUM_ATTEMPTS"],
        ["metadata_service_num_attempts"], Some("1");
    /// Instance metadata: where its service is.
    IMDS_ENDPOINT = "ec2_metadata_service_endpoint", ["AWS_EC2_METADATA_SERVICE_ENDPOINT"],
        ["ec2_metadata_service_endpoint"], None;
    /// Instance metadata: `IPv4` or `IPv6`.
    IMDS_ENDPOINT_MODE = "ec2_metadata_service_endpoint_mode",
        ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"], ["ec2_metadata_service_endpoint_mode"], None;
    /// Instance metadata: whether version 1 is ruled out.
    IMDS_V1_DISABLED = "ec2_metadata_v1_disabled", ["AWS_EC2_METADATA_V1_DISABLED"],
        ["ec2_metadata_v1_disabled"], Some("false");
    /// Instance metadata: IPv6, where no mode is set.
    IMDS_USE_IPV6 = "imds_use_ipv6", ["AWS_IMDS_USE_IPV6"], ["imds_use_ipv6"], Some("false");
    /// S3: `virtual`, `path` or `auto`.
    S3_ADDRESSING_STYLE = "s3.addressing_style", [], ["s3.addressing_style"], None;
    /// S3: the accelerate endpoint.
    S3_ACCELERATE = "s3.use_accelerate_endpoint", [], ["s3.use_accelerate_endpoint"], None;
    /// S3: dual-stack endpoints.
    S3_DUALSTACK = "s3.use_dualstack_endpoint", [], ["s3.use_dualstack_endpoint"], None;
    /// S3: whether payloads are hashed for the signature.
    S3_PAYLOAD_SIGNING = "s3.payload_signing_enabled", [], ["s3.payload_signing_enabled"], None;
    /// S3: whether an ARN's Region is used.
    S3_USE_ARN_REGION = "s3.use_arn_region", ["AWS_S3_USE_ARN_REGION"],
        ["s3_use_arn_region", "s3.use_arn_region"], None;
    /// S3: whether multi-region access points are refused.
    S3_DISABLE_MRAP = "s3.s3_disable_multiregion_access_points",
        ["AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS"],
        ["s3.s3_disable_multiregion_access_points"], None;
    /// S3: how many requests the transfer commands make at once.
    S3_MAX_CONCURRENT_REQUESTS = "s3.max_concurrent_requests", [],
        ["s3.max_concurrent_requests"], Some("10");
    /// S3: whether directory buckets are signed for as others are.
    S3_DISABLE_EXPRESS = "s3_disable_express_session_auth",
        ["AWS_S3_DISABLE_EXPRESS_SESSION_AUTH"], ["s3_disable_express_session_auth"], None;
    /// Client-side monitoring: whether there is any.
    CSM_ENABLED = "csm_enabled", ["AWS_CSM_ENABLED"], ["csm_enabled"], None;
    /// Client-side monitoring: the host of the agent.
    CSM_HOST = "csm_host", ["AWS_CSM_HOST"], ["csm_host"], Some("127.0.0.1");
    /// Client-side monitoring: the port of the agent.
    CSM_PORT = "csm_port", ["AWS_CSM_PORT"], ["csm_port"], Some("31000");
    /// Client-side monitoring: what this client is called.
    CSM_CLIENT_ID = "csm_client_id", ["AWS_CSM_CLIENT_ID"], ["csm_client_id"], None;
    /// CLI: `base64` or `raw-in-base64-out`.
    CLI_BINARY_FORMAT = "cli_binary_format", [], ["cli_binary_format"], Some("base64");
    /// CLI: `iso8601` or `wire`.
    CLI_TIMESTAMP_FORMAT = "cli_timestamp_format", [], ["cli_timestamp_format"], Some("iso8601");
    /// CLI: how errors are printed.
    CLI_ERROR_FORMAT = "cli_error_format", ["AWS_CLI_ERROR_FORMAT"], ["cli_error_format"],
        Some("enhanced");
    /// CLI: when there is a prompt: `on`, `on-partial` or `off`.
    CLI_AUTO_PROMPT = "cli_auto_prompt", ["AWS_CLI_AUTO_PROMPT"], ["cli_auto_prompt"], None;
    /// CLI: the pager; `PAGER` and `less` come after.
    CLI_PAGER = "pager", ["AWS_PAGER"], ["cli_pager"], None;
    /// CLI: whether commands are recorded; `enabled`, if so.
    CLI_HISTORY = "cli_history", [], ["cli_history"], None;
    /// CLI: where help is shown: `terminal`, `browser`, `url`.
    CLI_HELP_OUTPUT = "cli_help_output", [], ["cli_help_output"], None;
    /// CLI: the encoding of files read.
    CLI_FILE_ENCODING = "cli_file_encoding", ["AWS_CLI_FILE_ENCODING"], [], None;
}
