//! Built-in parameters of rule sets, and how the settings of a client become
//! them.

use awl_model::Node;
use awl_value::{Map, Value};

use crate::url::Url;

/// The values of built-in parameters. `None` is "not given": the rule set's
/// own default holds. [`Builtins::new`] makes those that botocore would.
// Parity: botocore/regions.py, EndpointResolverBuiltins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Builtins {
    /// `AWS::Region`.
    pub region: Option<String>,
    /// `AWS::UseFIPS`.
    pub use_fips: Option<bool>,
    /// `AWS::UseDualStack`.
    pub use_dualstack: Option<bool>,
    /// `SDK::Endpoint`: the endpoint that the user gave.
    pub endpoint: Option<String>,
    /// `AWS::STS::UseGlobalEndpoint`.
    pub sts_use_global_endpoint: Option<bool>,
    /// `AWS::S3::UseGlobalEndpoint`.
    pub s3_use_global_endpoint: Option<bool>,
    /// `AWS::S3::Accelerate`.
    pub s3_accelerate: Option<bool>,
    /// `AWS::S3::ForcePathStyle`; changed for some operations.
    pub s3_force_path_style: Option<bool>,
    /// `AWS::S3::UseArnRegion`.
    pub s3_use_arn_region: Option<bool>,
    /// `AWS::S3::DisableMultiRegionAccessPoints`.
    pub s3_disable_multi_region_access_points: Option<bool>,
    /// `AWS::S3::DisableS3ExpressSessionAuth`.
    pub s3_disable_express_session_auth: Option<bool>,
    /// `AWS::S3Control::UseArnRegion`.
    pub s3control_use_arn_region: Option<bool>,
    /// `AWS::Auth::AccountId`: the account that the credentials are of.
    pub account_id: Option<String>,
    /// `AWS::Auth::AccountIdEndpointMode`: `preferred`, `disabled`, `required`.
    pub account_id_endpoint_mode: Option<String>,
}

/// The settings of a client that decide on built-in parameters.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientSettings<'a> {
    /// The region, without a `fips-` or `-fips` part ([`crate::without_fips`]).
    pub region: &'a str,
    /// The endpoint that the user gave: flag, environment or profile.
    pub endpoint: Option<&'a str>,
    /// `use_fips_endpoint`.
    pub use_fips: bool,
    /// `use_dualstack_endpoint`.
    pub use_dualstack: bool,
    /// The account of the credentials, where they tell it.
    pub account_id: Option<&'a str>,
    /// `account_id_endpoint_mode`.
    pub account_id_endpoint_mode: Option<&'a str>,
    /// The `s3` section.
    pub s3: S3Settings<'a>,
}

/// The `s3` section of a profile, as far as endpoints go.
#[derive(Clone, Copy, Debug, Default)]
pub struct S3Settings<'a> {
    /// `addressing_style`: `auto`, `virtual`, `path`.
    pub addressing_style: Option<&'a str>,
    /// `use_accelerate_endpoint`.
    pub use_accelerate_endpoint: Option<bool>,
    /// `use_dualstack_endpoint`, S3's own: true is as good as the general one,
    /// false is as if it were not there.
    pub use_dualstack_endpoint: Option<bool>,
    /// `use_arn_region`.
    pub use_arn_region: Option<bool>,
    /// `s3_disable_multiregion_access_points`.
    pub disable_multi_region_access_points: Option<bool>,
    /// `s3_disable_express_session_auth`.
    pub disable_express_session_auth: Option<bool>,
}

/// The names of all built-in parameters.
pub const BUILT_IN_NAMES: [&str; 14] = [
    "AWS::Region",
    "AWS::UseFIPS",
    "AWS::UseDualStack",
    "SDK::Endpoint",
    "AWS::STS::UseGlobalEndpoint",
    "AWS::S3::UseGlobalEndpoint",
    "AWS::S3::Accelerate",
    "AWS::S3::ForcePathStyle",
    "AWS::S3::UseArnRegion",
    "AWS::S3::DisableMultiRegionAccessPoints",
    "AWS::S3::DisableS3ExpressSessionAuth",
    "AWS::S3Control::UseArnRegion",
    "AWS::Auth::AccountId",
    "AWS::Auth::AccountIdEndpointMode",
];

impl Builtins {
    /// The built-ins that botocore derives from a client's settings, for a
    /// service by its endpoint prefix (`s3`, `s3-control`, `ec2`).
    // Parity: botocore/args.py, compute_endpoint_resolver_builtin_defaults, and
    // botocore/client.py, ClientEndpointBridge._resolve_use_dualstack_endpoint.
    #[must_use]
    pub fn new(endpoint_prefix: &str, settings: &ClientSettings<'_>) -> Self {
        let s3 = settings.s3;
        let accelerate = s3.use_accelerate_endpoint.unwrap_or(false);
        let force_path_style = match settings.endpoint {
            _ if accelerate => false,
            Some(endpoint) if !is_accelerate_url(endpoint) => {
                s3.addressing_style != Some("virtual")
            }
            _ => s3.addressing_style == Some("path"),
        };
        let s3_dualstack = matches!(endpoint_prefix, "s3" | "s3-control")
            && s3.use_dualstack_endpoint == Some(true);
        // A custom endpoint cannot be combined with the variants.
        let own = settings.endpoint.is_none();
        Self {
            region: Some(settings.region.to_owned()),
            use_fips: Some(own && settings.use_fips),
            use_dualstack: Some(own && (s3_dualstack || settings.use_dualstack)),
            endpoint: settings.endpoint.map(str::to_owned),
            sts_use_global_endpoint: Some(false),
            s3_use_global_endpoint: Some(false),
            s3_accelerate: Some(accelerate),
            s3_force_path_style: Some(force_path_style),
            s3_use_arn_region: Some(s3.use_arn_region.unwrap_or(true)),
            s3_disable_multi_region_access_points: Some(
                s3.disable_multi_region_access_points.unwrap_or(false),
            ),
            s3_disable_express_session_auth: s3.disable_express_session_auth,
            s3control_use_arn_region: Some(s3.use_arn_region.unwrap_or(false)),
            account_id: settings.account_id.map(str::to_owned),
            account_id_endpoint_mode: settings.account_id_endpoint_mode.map(str::to_owned),
        }
    }

    /// The value of a built-in by its name in rule sets: the outer `None` is
    /// an unknown name, the inner one a value that is not given.
    pub(crate) fn value(&self, name: &str) -> Option<Option<Value>> {
        let text = |value: &Option<String>| value.clone().map(Value::String);
        let flag = |value: Option<bool>| value.map(Value::Bool);
        Some(match name {
            "AWS::Region" => text(&self.region),
            "AWS::UseFIPS" => flag(self.use_fips),
            "AWS::UseDualStack" => flag(self.use_dualstack),
            "SDK::Endpoint" => text(&self.endpoint),
            "AWS::STS::UseGlobalEndpoint" => flag(self.sts_use_global_endpoint),
            "AWS::S3::UseGlobalEndpoint" => flag(self.s3_use_global_endpoint),
            "AWS::S3::Accelerate" => flag(self.s3_accelerate),
            "AWS::S3::ForcePathStyle" => flag(self.s3_force_path_style),
            "AWS::S3::UseArnRegion" => flag(self.s3_use_arn_region),
            "AWS::S3::DisableMultiRegionAccessPoints" => {
                flag(self.s3_disable_multi_region_access_points)
            }
            "AWS::S3::DisableS3ExpressSessionAuth" => flag(self.s3_disable_express_session_auth),
            "AWS::S3Control::UseArnRegion" => flag(self.s3control_use_arn_region),
            "AWS::Auth::AccountId" => text(&self.account_id),
            "AWS::Auth::AccountIdEndpointMode" => text(&self.account_id_endpoint_mode),
            _ => return None,
        })
    }
}

/// The client context of a service by its endpoint prefix: what its settings
/// say beyond built-ins. Empty but for S3.
// Parity: botocore/args.py, ClientArgsCreator._build_endpoint_resolver.
#[must_use]
pub fn client_context(endpoint_prefix: &str, settings: &ClientSettings<'_>) -> Map {
    let mut context = Map::new();
    if matches!(endpoint_prefix, "s3" | "s3-control") {
        if let Some(flag) = settings.s3.use_arn_region {
            context.push("use_arn_region", Value::Bool(flag));
        }
        if let Some(flag) = settings.s3.disable_express_session_auth {
            context.push("disable_s3_express_session_auth", Value::Bool(flag));
        }
    }
    context
}

/// Whether a rule set has a parameter of this built-in: an account's number,
/// say, is worth finding out only where it has.
#[must_use]
pub fn uses_built_in(rules: Node, name: &str) -> bool {
    rules
        .get("parameters")
        .entries()
        .any(|(_, parameter)| parameter.str("builtIn") == Some(name))
}

/// Whether an endpoint is one of S3 Transfer Acceleration.
// Parity: botocore/utils.py, is_s3_accelerate_url.
fn is_accelerate_url(endpoint: &str) -> bool {
    let url = Url::split(endpoint);
    let Some(prefix) = url.authority.strip_suffix("amazonaws.com") else {
        return false;
    };
    matches!(&*url.scheme, "https" | "http")
        && matches!(prefix, "s3-accelerate." | "s3-accelerate.dualstack.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_have_a_value() {
        let builtins = Builtins::default();
        for name in BUILT_IN_NAMES {
            assert_eq!(builtins.value(name), Some(None), "{name}");
        }
        assert_eq!(builtins.value("AWS::Unknown"), None);
    }

    #[test]
    fn path_style_follows_endpoint_and_addressing_style() {
        for (endpoint, style, accelerate, expected) in [
            (None, None, None, false),
            (None, Some("path"), None, true),
            (None, Some("virtual"), None, false),
            (Some("http://localhost:9000"), None, None, true),
            (Some("http://localhost:9000"), Some("auto"), None, true),
            (Some("http://localhost:9000"), Some("virtual"), None, false),
            (
                Some("http://localhost:9000"),
                Some("path"),
                Some(true),
                false,
            ),
            (
                Some("https://s3-accelerate.amazonaws.com"),
                None,
                None,
                false,
            ),
            (
                Some("https://s3-accelerate.dualstack.amazonaws.com"),
                None,
                None,
                false,
            ),
            (
                Some("https://s3-accelerate.other.amazonaws.com"),
                None,
                None,
                true,
            ),
            (Some("ftp://s3-accelerate.amazonaws.com"), None, None, true),
        ] {
            let settings = ClientSettings {
                region: "us-east-1",
                endpoint,
                s3: S3Settings {
                    addressing_style: style,
                    use_accelerate_endpoint: accelerate,
                    ..S3Settings::default()
                },
                ..ClientSettings::default()
            };
            let builtins = Builtins::new("s3", &settings);
            assert_eq!(builtins.s3_force_path_style, Some(expected), "{settings:?}");
        }
    }

    #[test]
    fn a_custom_endpoint_turns_variants_off() {
        let mut settings = ClientSettings {
            region: "us-east-1",
            use_fips: true,
            use_dualstack: true,
            ..ClientSettings::default()
        };
        let builtins = Builtins::new("ec2", &settings);
        assert_eq!(
            (builtins.use_fips, builtins.use_dualstack),
            (Some(true), Some(true))
        );
        settings.use_dualstack = false;
        settings.s3.use_dualstack_endpoint = Some(true);
        assert_eq!(Builtins::new("ec2", &settings).use_dualstack, Some(false));
        assert_eq!(Builtins::new("s3", &settings).use_dualstack, Some(true));
        settings.endpoint = Some("http://localhost");
        let builtins = Builtins::new("ec2", &settings);
        assert_eq!(
            (builtins.use_fips, builtins.use_dualstack),
            (Some(false), Some(false))
        );
    }
}
