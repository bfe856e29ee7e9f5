//! What a typed request is signed with: service and Region as they are given,
//! else as the host tells them; the scheme that the service wants; whose keys.

use awl_model::Store;
use awl_sdk::config::{Config, Origin};
use awl_sdk::credentials::{self, ResolvedCredentials};
use awl_sign::{Scheme, Signing};

use super::host;
use super::request::TypedUrl;
use crate::commands::call;
use crate::error::CommandError;
use crate::python;

/// The signing names of services that take paths as they are sent, encoded
/// once, and want the body's hash in a header.
// Parity: botocore/auth.py, S3SigV4Auth; botocore's models with the signature
// version s3v4.
const OF_S3: [&str; 4] = ["s3", "s3-object-lambda", "s3-outposts", "s3express"];

/// What the command line says of how to sign.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish<'a> {
    /// The service's name in the signature.
    pub service: Option<&'a str>,
    /// The Region, or the set of Regions of version 4a.
    pub region: Option<&'a str>,
    /// Version 4a.
    pub asymmetric: bool,
}

/// What a URL is signed with, as the command line has it, else its host.
///
/// # Errors
/// The host does not tell the service, or nothing tells the Region.
pub(crate) fn signing(
    config: &Config,
    url: &TypedUrl,
    wish: &Wish<'_>,
) -> Result<Signing, CommandError> {
    let guess = host::guess(awl_catalog::store(), url.host_name());
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let signing_name = given(wish.service).or(guess.service).ok_or_else(|| {
        CommandError::validation(format!(
            "The host {} does not tell which service it is of; --service names it",
            python::quote(url.host_name())
        ))
    })?;
    let configured = || {
        let region = config.region();
        (region.origin != Origin::Default).then_some(region.value)
    };
    let region = given(wish.region)
        .or(guess.region)
        .or_else(configured)
        .ok_or_else(|| {
            CommandError::configuration(format!(
                "The host {} does not tell which Region it is in; --region names it",
                python::quote(url.host_name())
            ))
        })?;
    for (argument, text) in [("--service", &signing_name), ("--region", &region)] {
        let is_fine = |letter: char| letter.is_ascii_graphic() && letter != '/';
        if !text.chars().all(is_fine) {
            return Err(CommandError::validation(format!(
                "Invalid value for {argument}: {}",
                python::quote(text)
            )));
        }
    }
    Ok(Signing {
        scheme: scheme(&signing_name, wish.asymmetric || guess.asymmetric),
        signing_name,
        region,
    })
}

/// The scheme that a service wants.
pub(crate) fn scheme(signing_name: &str, asymmetric: bool) -> Scheme {
    match (OF_S3.contains(&signing_name), asymmetric) {
        (false, false) => Scheme::V4,
        (true, false) => Scheme::S3V4,
        (false, true) => Scheme::V4a,
        (true, true) => Scheme::S3V4a,
    }
}

/// Whether this is the signing name of a service of AWS. What such a service
/// gets is known: the path as it is on the wire.
pub(crate) fn is_known(store: Store, signing_name: &str) -> bool {
    OF_S3.contains(&signing_name)
        || store
            .services()
            .any(|service| service.signing_name() == signing_name)
}

/// The credentials of the ordinary chain.
///
/// # Errors
/// There are none, or whoever gives them fails.
pub(crate) fn credentials(config: &Config) -> Result<ResolvedCredentials, CommandError> {
    call::until_interrupted(async { Ok(credentials::resolve(config, awl_catalog::store()).await?) })
}
