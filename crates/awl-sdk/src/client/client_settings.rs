//! The settings that a client reads once, checked.

use std::time::Duration;

use awl_endpoint::{Builtins, ClientSettings, S3Settings, client_context, without_fips};
use awl_model::Service;
use awl_value::Map;

use crate::Error;
use crate::checksum::ChecksumCalculation;
use crate::compress::CompressionConfig;
use crate::config::{Config, ConfigError, Setting, settings};
use crate::retry::{self, RetryMode};
use crate::transport::{ProxyConfig, TransportConfig};

/// What a client works with.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The Region, without a pseudo Region's `fips`.
    pub region: String,
    /// The built-in parameters of the endpoint rules, but for the account.
    pub builtins: Builtins,
    /// The client's context of the endpoint rules.
    pub client_context: Map,
    /// How endpoints are reached.
    pub transport: TransportConfig,
    /// `s3.payload_signing_enabled`.
    pub payload_signing: Option<bool>,
    /// `disable_host_prefix_injection`.
    pub no_host_prefix: bool,
    /// `retry_mode`.
    pub retry_mode: RetryMode,
    /// `max_attempts`; None where nobody says.
    pub max_attempts: Option<u32>,
    /// `request_checksum_calculation`.
    pub checksum_calculation: ChecksumCalculation,
    /// `disable_request_compression` and the smallest size.
    pub compression: CompressionConfig,
    /// `parameter_validation`.
    pub validate: bool,
}

impl Settings {
    pub(super) fn resolve(config: &Config, service: Service) -> Result<Self, Error> {
        let configured = config.region().value;
        let (region, fips_region) = without_fips(&configured);
        if !awl_endpoint::is_valid_region_name(&region) {
            let message =
                format!("Provided region_name '{region}' doesn't match a supported format.");
            return Err(invalid(message));
        }
        let endpoint = config.endpoint_url(service.service_id());
        if let Some(url) = &endpoint
            && !awl_endpoint::is_valid_endpoint_url(url)
        {
            return Err(invalid(format!("Invalid endpoint: {url}")));
        }
        let addressing_style = config.text(&settings::S3_ADDRESSING_STYLE);
        let account_id_mode = config.text(&settings::ACCOUNT_ID_ENDPOINT_MODE);
        let client = ClientSettings {
            region: &region,
            endpoint: endpoint.as_deref(),
            use_fips: fips_region || config.boolean(&settings::USE_FIPS) == Some(true),
            use_dualstack: config.boolean(&settings::USE_DUALSTACK) == Some(true),
            account_id: None,
            account_id_endpoint_mode: account_id_mode.as_deref(),
            s3: S3Settings {
                addressing_style: addressing_style.as_deref(),
                use_accelerate_endpoint: config.boolean(&settings::S3_ACCELERATE),
                use_dualstack_endpoint: config.boolean(&settings::S3_DUALSTACK),
                use_arn_region: config.boolean(&settings::S3_USE_ARN_REGION),
                disable_multi_region_access_points: config.boolean(&settings::S3_DISABLE_MRAP),
                disable_express_session_auth: config.boolean(&settings::S3_DISABLE_EXPRESS),
            },
        };
        let prefix = service.endpoint_prefix();
        let retry_mode = config.text(&settings::RETRY_MODE).unwrap_or_default();
        Ok(Self {
            builtins: Builtins::new(prefix, &client),
            client_context: client_context(prefix, &client),
            transport: TransportConfig {
                // HTTP/2 is offered where the model says that it is spoken.
                http2: service
                    .metadata()
                    .get("protocolSettings")
                    .str("h2")
                    .is_some(),
                ..transport(config)?
            },
            payload_signing: config.boolean(&settings::S3_PAYLOAD_SIGNING),
            no_host_prefix: config.boolean(&settings::DISABLE_HOST_PREFIX) == Some(true),
            retry_mode: RetryMode::parse(&retry_mode).map_err(invalid)?,
            max_attempts: max_attempts(config)?,
            checksum_calculation: checksum_calculation(config)?,
            compression: compression(config)?,
            validate: config.boolean(&settings::PARAMETER_VALIDATION) != Some(false),
            region: region.into_owned(),
        })
    }
}

// Parity: botocore/configprovider.py converts with Python's int().
fn max_attempts(config: &Config) -> Result<Option<u32>, Error> {
    let Some(text) = config.text(&settings::MAX_ATTEMPTS) else {
        return Ok(None);
    };
    let number = text
        .trim()
        .parse()
        .map_err(|_| invalid(format!("invalid literal for int() with base 10: '{text}'")))?;
    Ok(Some(retry::max_attempts(number).map_err(invalid)?))
}

// Parity: botocore/args.py, _handle_checksum_config.
fn checksum_calculation(config: &Config) -> Result<ChecksumCalculation, Error> {
    checksum_word(config, &settings::RESPONSE_CHECKSUMS)?;
    Ok(
        match &*checksum_word(config, &settings::REQUEST_CHECKSUMS)? {
            "when_required" => ChecksumCalculation::WhenRequired,
            _ => ChecksumCalculation::WhenSupported,
        },
    )
}

fn checksum_word(config: &Config, setting: &Setting) -> Result<String, Error> {
    let word = config.text(setting).unwrap_or_default();
    let lower = word.to_lowercase();
    if matches!(&*lower, "when_supported" | "when_required") {
        return Ok(lower);
    }
    Err(invalid(format!(
        "Unsupported configuration value for {}. Expected one of \
         ('when_supported', 'when_required') but got {lower}.",
        setting.name
    )))
}

// Parity: botocore/args.py, _validate_min_compression_size.
fn compression(config: &Config) -> Result<CompressionConfig, Error> {
    let text = config
        .text(&settings::MIN_COMPRESSION_SIZE)
        .unwrap_or_default();
    let base = format!("Invalid value \"{text}\" for request_min_compression_size_bytes.");
    let minimal_size: i64 = text.trim().parse().map_err(|_| {
        invalid(format!(
            "{base} Value must be an integer. Received <class 'str'> instead."
        ))
    })?;
    if !(1..=1_048_576).contains(&minimal_size) {
        return Err(invalid(format!(
            "{base} Value must be between 1 and 1048576."
        )));
    }
    Ok(CompressionConfig {
        disabled: config.boolean(&settings::DISABLE_COMPRESSION) == Some(true),
        minimal_size: minimal_size.unsigned_abs(),
    })
}

fn invalid(message: impl ToString) -> Error {
    ConfigError::Invalid {
        message: message.to_string(),
    }
    .into()
}

/// How endpoints are reached.
// Parity: botocore/endpoint.py, EndpointCreator; httpsession.py; and Python's
// urllib for the names of the proxies' variables.
pub(super) fn transport(config: &Config) -> Result<TransportConfig, Error> {
    let host = config.host();
    let overrides = config.overrides();
    let variable = |name: &str| {
        host.variable(&name.to_lowercase())
            .or_else(|| host.variable(name))
            .filter(|value| !value.is_empty())
    };
    let ca_bundle = config
        .text(&settings::CA_BUNDLE)
        .or_else(|| host.variable("REQUESTS_CA_BUNDLE"));
    if ca_bundle
        .as_ref()
        .is_some_and(|path| path.trim().is_empty())
    {
        let message = "Invalid CA bundle: the configured value (ca_bundle, AWS_CA_BUNDLE, \
                       REQUESTS_CA_BUNDLE, or verify) resolved to an empty or whitespace-only \
                       string. Provide a valid path to a CA bundle file.";
        return Err(invalid(message));
    }
    let default = TransportConfig::default();
    // Zero is Python's "no timeout".
    let timeout = |given: Option<Duration>, default: Option<Duration>| match given {
        None => default,
        Some(Duration::ZERO) => None,
        Some(given) => Some(given),
    };
    Ok(TransportConfig {
        ca_bundle: ca_bundle.map(|path| host.expand(&path)),
        verify: !overrides.no_verify_ssl,
        connect_timeout: timeout(overrides.connect_timeout, default.connect_timeout),
        read_timeout: timeout(overrides.read_timeout, default.read_timeout),
        proxies: ProxyConfig {
            // Under CGI, HTTP_PROXY may come from a request's header.
            http: if host.variable("REQUEST_METHOD").is_some() {
                host.variable("http_proxy")
                    .filter(|value| !value.is_empty())
            } else {
                variable("HTTP_PROXY")
            },
            https: variable("HTTPS_PROXY"),
            no_proxy: variable("NO_PROXY"),
        },
        key_log: host
            .variable("SSLKEYLOGFILE")
            .filter(|path| !path.is_empty())
            .map(Into::into),
        tcp_keepalive: config.boolean(&settings::TCP_KEEPALIVE) == Some(true),
        ..default
    })
}
