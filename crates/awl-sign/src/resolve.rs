//! Which scheme signs a request: what the service, the operation, the endpoint and the user say, in
//! botocore's order of precedence. Nothing but names goes in, so models of any source will do.

use crate::error::SignError;
use crate::scheme::{Scheme, Signing};

/// Signing names whose version 4 follows S3's rules.
// Parity: botocore/handlers.py, S3_SIGNING_NAMES.
const S3_SIGNING_NAMES: [&str; 4] = ["s3", "s3-outposts", "s3-object-lambda", "s3express"];
/// Signing names whose bearer token in the environment outranks an access key.
// Parity: botocore/handlers.py, get_bearer_auth_supported_services.
const BEARER_SIGNING_NAMES: [&str; 1] = ["bedrock"];
/// Operations (by endpoint prefix and name) that are never signed, whatever the endpoint says.
// Parity: botocore/handlers.py, disable_signing in BUILTIN_HANDLERS.
const UNSIGNED_OPERATIONS: [(&str, &str); 6] = [
    ("cognito-identity", "GetCredentialsForIdentity"),
    ("cognito-identity", "GetId"),
    ("cognito-identity", "GetOpenIdToken"),
    ("cognito-identity", "UnlinkIdentity"),
    ("sts", "AssumeRoleWithSAML"),
    ("sts", "AssumeRoleWithWebIdentity"),
];

/// What the service's metadata says.
#[derive(Clone, Copy, Debug)]
pub struct ServiceAuth<'a> {
    /// `endpointPrefix`.
    pub endpoint_prefix: &'a str,
    /// `signingName`, or the endpoint prefix where there is none.
    pub signing_name: &'a str,
    /// `signatureVersion`.
    pub signature_version: Option<&'a str>,
    /// `auth`, such as `aws.auth#sigv4`.
    pub auth: &'a [&'a str],
}

/// What the operation says.
#[derive(Clone, Copy, Debug, Default)]
pub struct OperationAuth<'a> {
    /// Its name.
    pub name: &'a str,
    /// `auth`.
    pub auth: &'a [&'a str],
    /// `authtype`, such as `none` or `v4-unsigned-body`.
    pub authtype: Option<&'a str>,
    /// `unsignedPayload`.
    pub unsigned_payload: bool,
}

/// One of the `authSchemes` that the endpoint rules returned.
///
/// `disableDoubleEncoding` is left out: it goes with S3's signing names only, whose scheme never
/// encodes twice, and botocore does not read it either.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndpointAuth<'a> {
    /// `name`, such as `sigv4`, `sigv4a` or `sigv4-s3express`.
    pub name: &'a str,
    /// `signingName`.
    pub signing_name: Option<&'a str>,
    /// `signingRegion`.
    pub signing_region: Option<&'a str>,
    /// `signingRegionSet`.
    pub signing_region_set: &'a [&'a str],
}

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserAuth<'a> {
    /// `--no-sign-request`.
    pub no_sign_request: bool,
    /// `signature_version` in the service's own section of the profile.
    pub signature_version: Option<&'a str>,
    /// `auth_scheme_preference`, comma-separated.
    pub auth_scheme_preference: Option<&'a str>,
    /// `sigv4a_signing_region_set`.
    pub region_set: Option<&'a str>,
    /// Whether `AWS_BEARER_TOKEN_<SIGNING_NAME>` is set, see [`bearer_token_variable`].
    pub has_bearer_token: bool,
}

/// Where the signature goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Into the request that is sent.
    Request,
    /// Into a presigned URL, for which botocore asks neither the operation nor the user's preference.
    PresignedUrl {
        /// Take the endpoint's signing region. botocore does so only for a bucket given by its ARN.
        keep_endpoint_region: bool,
    },
}

/// How a request is to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Scheme, name and region.
    pub signing: Signing,
    /// The operation's body is not signed, for [`PayloadFacts`](crate::PayloadFacts).
    pub unsigned_payload: bool,
}

/// Chooses the scheme, signing name and region of a request.
///
/// `region` is the client's. `endpoint` is `None` where the rules returned no `authSchemes`.
// Parity: botocore/client.py (ClientEndpointBridge._resolve_signature_version, _make_api_call),
// regions.py (auth_schemes_to_signing_ctx), signers.py (RequestSigner.sign, _choose_signer) and
// handlers.py (set_operation_specific_signer, _set_auth_scheme_preference_signer).
pub fn resolve_signing(
    service: &ServiceAuth<'_>,
    operation: &OperationAuth<'_>,
    endpoint: Option<&[EndpointAuth<'_>]>,
    user: &UserAuth<'_>,
    region: &str,
    purpose: Purpose,
) -> Result<Resolved, SignError> {
    let presigned = purpose != Purpose::Request;
    let preference = user.auth_scheme_preference.and_then(Preference::parse);
    let mut auth_type = if presigned {
        None
    } else {
        operation_auth_type(operation, preference.as_ref())?
    };
    let mut chosen = None;
    if let Some(endpoint) = endpoint.filter(|_| !user.no_sign_request) {
        let (scheme, name) = endpoint_scheme(endpoint, preference.as_ref())?;
        chosen = Some(scheme);
        auth_type = Some(name);
    }
    let signing_name = chosen
        .and_then(|scheme| scheme.signing_name)
        .unwrap_or(service.signing_name);

    // Where an operation names a scheme of its own, botocore signs in spite of --no-sign-request
    // and finds no credentials; the user's word counts for more here.
    let scheme = if user.no_sign_request || is_never_signed(service, operation) {
        Scheme::None
    } else if service.endpoint_prefix == "importexport" && user.signature_version.is_none() {
        // Parity: botocore/client.py, _register_importexport_events.
        Scheme::V4
    } else if let Some(scheme) = auth_type.and_then(|name| operation_scheme(name, signing_name)) {
        scheme
    } else if let Some(scheme) = preferred_scheme(service, signing_name, user, preference.as_ref())
        .filter(|_| !presigned)
        .transpose()?
    {
        scheme
    } else if let Some(name) = auth_type {
        Scheme::from_name(name).ok_or_else(|| unknown(name))?
    } else {
        client_scheme(service, user)?
    };
    if presigned && !can_presign(scheme) {
        return Err(SignError::UnsupportedVersion {
            version: format!("{}-query", scheme.name()),
        });
    }

    let keeps_region = !matches!(
        purpose,
        Purpose::PresignedUrl {
            keep_endpoint_region: false
        }
    );
    let endpoint_region = chosen.filter(|_| keeps_region).and_then(endpoint_region);
    let region = if scheme.is_asymmetric() {
        user.region_set
            .filter(|set| !set.is_empty())
            .map(str::to_owned)
            .or(endpoint_region)
            .unwrap_or_else(|| "*".to_owned())
    } else {
        endpoint_region.unwrap_or_else(|| region.to_owned())
    };
    Ok(Resolved {
        signing: Signing {
            scheme,
            signing_name: signing_name.to_owned(),
            region,
        },
        unsigned_payload: auth_type
            .is_some_and(|name| operation.unsigned_payload || name == "v4-unsigned-body"),
    })
}

/// The environment variable that holds a service's bearer token.
// Parity: botocore/utils.py, _get_bearer_env_var_name.
pub fn bearer_token_variable(signing_name: &str) -> String {
    let name = signing_name.replace(['-', ' '], "_").to_uppercase();
    format!("AWS_BEARER_TOKEN_{name}")
}

/// The scheme of a modelled `auth` trait.
// Parity: botocore/auth.py, AUTH_TYPE_TO_SIGNATURE_VERSION.
fn trait_scheme(name: &str) -> Option<Scheme> {
    match name {
        "aws.auth#sigv4" => Some(Scheme::V4),
        "aws.auth#sigv4a" => Some(Scheme::V4a),
        "smithy.api#httpBearerAuth" => Some(Scheme::Bearer),
        "smithy.api#noAuth" => Some(Scheme::None),
        _ => None,
    }
}

/// A user's list of schemes by their short names, most wanted first.
struct Preference<'a>(Vec<std::borrow::Cow<'a, str>>);

impl<'a> Preference<'a> {
    /// Reads the list; blanks go, and a list of nothing is none.
    fn parse(text: &'a str) -> Option<Self> {
        let names: Vec<_> = text
            .split(',')
            .filter(|name| !name.trim().is_empty())
            .map(|name| {
                if name.contains([' ', '\t']) {
                    name.replace([' ', '\t'], "").into()
                } else {
                    name.into()
                }
            })
            .collect();
        (!names.is_empty()).then_some(Self(names))
    }

    /// The position and scheme of the most wanted of those offered; the rest keep their order.
    // Parity: botocore/auth.py, resolve_auth_scheme_preference.
    fn choose(&self, offered: &[&str]) -> Result<(usize, Scheme), SignError> {
        let short = |name: &str| -> usize { name.rfind('#').map_or(0, |mark| mark + 1) };
        let wanted = self.0.iter().filter_map(|name| {
            offered
                .iter()
                .position(|offer| offer[short(offer)..] == **name)
        });
        wanted
            .chain(0..offered.len())
            .find_map(|index| {
                let offer = offered[index];
                let scheme = match &offer[short(offer)..] {
                    "sigv4" => Scheme::V4,
                    "sigv4a" => Scheme::V4a,
                    "httpBearerAuth" => Scheme::Bearer,
                    "noAuth" => Scheme::None,
                    _ => return None,
                };
                Some((index, scheme))
            })
            .ok_or_else(|| unsupported(offered))
    }
}

/// The scheme of a client, before operation and endpoint have their say.
fn client_scheme(service: &ServiceAuth<'_>, user: &UserAuth<'_>) -> Result<Scheme, SignError> {
    if let Some(configured) = user.signature_version {
        return Scheme::from_name(configured).ok_or_else(|| unknown(configured));
    }
    if matches!(service.endpoint_prefix, "s3" | "s3-control") {
        return Ok(Scheme::S3V4);
    }
    if !service.auth.is_empty() {
        return resolve_traits(service.auth);
    }
    let version = service.signature_version.unwrap_or("v4");
    Scheme::from_name(version).ok_or_else(|| unknown(version))
}

/// The name of the scheme that the operation itself wants.
fn operation_auth_type<'a>(
    operation: &OperationAuth<'a>,
    preference: Option<&Preference<'_>>,
) -> Result<Option<&'a str>, SignError> {
    if operation.auth.is_empty() {
        return Ok(operation.authtype);
    }
    let scheme = match preference {
        Some(preference) => preference.choose(operation.auth)?.1,
        None => resolve_traits(operation.auth)?,
    };
    Ok(Some(scheme.name()))
}

/// The endpoint's scheme that is taken, and its name without `sig`.
fn endpoint_scheme<'s, 'a>(
    endpoint: &'s [EndpointAuth<'a>],
    preference: Option<&Preference<'_>>,
) -> Result<(&'s EndpointAuth<'a>, &'a str), SignError> {
    let plain = |scheme: &EndpointAuth<'a>| scheme.name.strip_prefix("sig").unwrap_or(scheme.name);
    let names = || {
        endpoint
            .iter()
            .map(|scheme| scheme.name)
            .collect::<Vec<_>>()
    };
    if let Some(preference) = preference {
        let (index, scheme) = preference.choose(&names())?;
        return match scheme {
            Scheme::V4 | Scheme::V4a => Ok((&endpoint[index], scheme.name())),
            _ => Err(unsupported(&names())),
        };
    }
    endpoint
        .iter()
        .find(|scheme| !matches!(Scheme::from_name(plain(scheme)), None | Some(Scheme::None)))
        .map(|scheme| (scheme, plain(scheme)))
        .ok_or_else(|| unknown(&names().join(", ")))
}

/// The scheme that an operation's auth type stands for, if that settles it.
fn operation_scheme(auth_type: &str, signing_name: &str) -> Option<Scheme> {
    let s3 = S3_SIGNING_NAMES.contains(&signing_name);
    match auth_type {
        "none" => Some(Scheme::None),
        "bearer" => Some(Scheme::Bearer),
        "v4-s3express" => Some(Scheme::V4S3Express),
        "v4a" if s3 => Some(Scheme::S3V4a),
        "v4a" => Some(Scheme::V4a),
        _ if !auth_type.starts_with("v4") => None,
        _ if s3 => Some(Scheme::S3V4),
        _ => Some(Scheme::V4),
    }
}

/// A bearer token that lies ready, or the user's preference among the service's schemes.
fn preferred_scheme(
    service: &ServiceAuth<'_>,
    signing_name: &str,
    user: &UserAuth<'_>,
    preference: Option<&Preference<'_>>,
) -> Option<Result<Scheme, SignError>> {
    let bearer = BEARER_SIGNING_NAMES.contains(&signing_name)
        && service.auth.contains(&"smithy.api#httpBearerAuth")
        && user.has_bearer_token;
    if bearer {
        return Some(Ok(Scheme::Bearer));
    }
    let preference = preference.filter(|_| !service.auth.is_empty())?;
    Some(preference.choose(service.auth).map(|(_, scheme)| scheme))
}

fn endpoint_region(scheme: &EndpointAuth<'_>) -> Option<String> {
    scheme.signing_region.map(str::to_owned).or_else(|| {
        (!scheme.signing_region_set.is_empty()).then(|| scheme.signing_region_set.join(","))
    })
}

fn is_never_signed(service: &ServiceAuth<'_>, operation: &OperationAuth<'_>) -> bool {
    UNSIGNED_OPERATIONS.contains(&(service.endpoint_prefix, operation.name))
}

/// The first of the modelled schemes.
// Parity: botocore/auth.py, resolve_auth_type.
fn resolve_traits(traits: &[&str]) -> Result<Scheme, SignError> {
    match traits.first() {
        Some(name) => trait_scheme(name).ok_or_else(|| unknown(name)),
        None => Err(unsupported(traits)),
    }
}

fn can_presign(scheme: Scheme) -> bool {
    !matches!(
        scheme,
        Scheme::V2 | Scheme::V3 | Scheme::Bearer | Scheme::V4a
    )
}

fn unknown(version: &str) -> SignError {
    SignError::UnknownVersion {
        version: version.to_owned(),
    }
}

fn unsupported(schemes: &[&str]) -> SignError {
    SignError::UnsupportedSchemes {
        schemes: schemes.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests;
