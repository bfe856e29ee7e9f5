//! The profile `sandbox`, by which any AWS program finds the sandbox and its
//! administrator.

use awl_sandbox::Sandbox;
use awl_sdk::config::writer::{ConfigFile, Edit, Section};
use awl_sdk::config::{FileKind, Profiles, SectionKind};
use awl_sdk::env::Host;

use crate::error::CommandError;

/// Its name.
pub(super) const NAME: &str = "sandbox";

const KEY: &str = "aws_access_key_id";
const ENDPOINT: &str = "endpoint_url";

/// Writes the profile, with the key of the first administrator where it has none
/// that this sandbox knows. What somebody has made of it otherwise stays.
pub(super) fn write(
    host: &dyn Host,
    sandbox: &Sandbox,
    endpoint: &str,
) -> Result<(), CommandError> {
    let [config, credentials] =
        [FileKind::Config, FileKind::Credentials].map(|kind| kind.path(host));
    let profiles = Profiles::load(host, &config, &credentials)?;
    let profile = profiles.profile(NAME);
    let get = |key| profile.and_then(|profile| profile.get(key));
    let foreign = get(ENDPOINT).is_none_or(|own| !own.starts_with("http://127.0.0.1:"));
    if profile.is_some() && foreign {
        return Err(CommandError::configuration(format!(
            "the profile {NAME} is not of a sandbox: its {ENDPOINT} is not on this machine"
        )));
    }
    // The address first: by it the profile is known as a sandbox's.
    let mut edits = vec![Edit::Set(ENDPOINT, endpoint)];
    if get("region").is_none() {
        edits.insert(0, Edit::Set("region", "us-east-1"));
    }
    let mut file = ConfigFile::open(host, &config)?;
    let section = Section::Named(SectionKind::Profile, NAME);
    file.document.apply(section, &edits)?;
    file.save(host)?;
    if !get(KEY).is_some_and(|id| sandbox.knows_key(id)) {
        let administrator = sandbox.administrator()?.ok_or_else(|| {
            CommandError::configuration(format!(
                "the profile {NAME} has no key of this sandbox, and no further one can be made for \
                 its user admin"
            ))
        })?;
        let mut file = ConfigFile::open(host, &credentials)?;
        let edits = [
            Edit::Set(KEY, &administrator.access_key_id),
            Edit::Set("aws_secret_access_key", &administrator.secret_access_key),
        ];
        file.document.apply(Section::Header(NAME), &edits)?;
        file.save(host)?;
    }
    Ok(())
}
