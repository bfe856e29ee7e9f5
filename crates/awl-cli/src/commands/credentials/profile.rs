//! The profiles whose keys are in the store, in the configuration files: plain
//! keys give way to a `credential_process` and come back.

use std::path::Path;

use awl_sdk::config::writer::{ConfigFile, Edit, Section};
use awl_sdk::config::{FileKind, Profiles, SectionKind, shell_split};
use awl_sdk::env::Host;
use zeroize::Zeroizing;

use super::records::Record;
use crate::error::CommandError;

const KEY: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";
const PROCESS: &str = "credential_process";

/// Keys of a profile that sign in another way, which plain keys stand before.
const RIVALS: &[&str] = &[
    "role_arn",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "login_session",
];

/// The long-lived keys of a profile in the files.
pub(super) fn plain_keys(host: &dyn Host, profile: &str) -> Result<Record, CommandError> {
    let profiles = load(host)?;
    let section = profiles.profile(profile).ok_or_else(|| {
        CommandError::configuration(format!("The config profile ({profile}) could not be found"))
    })?;
    let refused = |why: &str| {
        Err(CommandError::configuration(format!(
            "The keys of profile {profile} are left where they are: {why}"
        )))
    };
    let value = |key: &str| section.get(key).filter(|value| !value.is_empty());
    let (Some(id), Some(secret)) = (value(KEY), value(SECRET)) else {
        return refused(&format!("it has not both {KEY} and {SECRET}"));
    };
    if value("aws_session_token").is_some() || value("aws_security_token").is_some() {
        return refused("they are temporary");
    }
    if let Some(rival) = RIVALS.iter().find(|key| value(key).is_some()) {
        return refused(&format!("the profile has {rival} too"));
    }
    if let Some(command) = value(PROCESS)
        && !is_ours(command, profile)
    {
        return refused(&format!("the profile has another {PROCESS}"));
    }
    Ok(Record {
        profile: profile.to_owned(),
        access_key_id: id.to_owned(),
        secret_access_key: Zeroizing::new(secret.to_owned()),
    })
}

/// The command that gets the keys of a profile from the store.
pub(super) fn command(program: &Path, profile: &str, options: &[String]) -> String {
    let program = program.to_string_lossy();
    let words = [&*program, "credentials", "get", profile];
    let options = options.iter().map(String::as_str);
    let words: Vec<String> = words.into_iter().chain(options).map(quoted).collect();
    words.join(" ")
}

/// Has the profile's keys come from a command; the files as they are then
/// read are asked whether it does.
pub(super) fn set_process(
    host: &dyn Host,
    profile: &str,
    command: &str,
) -> Result<(), CommandError> {
    edit(
        host,
        FileKind::Config,
        profile,
        &[Edit::Set(PROCESS, command)],
    )?;
    let profiles = load(host)?;
    let section = profiles.profile(profile);
    if section.and_then(|section| section.get(PROCESS)) == Some(command) {
        return Ok(());
    }
    Err(CommandError::configuration(format!(
        "{PROCESS} of profile {profile} is not read back as it was written"
    )))
}

/// Takes the plain keys out of both files; which files had some.
pub(super) fn remove_keys(host: &dyn Host, profile: &str) -> Result<(), CommandError> {
    for kind in [FileKind::Config, FileKind::Credentials] {
        edit(
            host,
            kind,
            profile,
            &[Edit::Unset(KEY), Edit::Unset(SECRET)],
        )?;
    }
    Ok(())
}

/// Writes the plain keys of a record into the credentials file.
pub(super) fn restore_keys(host: &dyn Host, record: &Record) -> Result<(), CommandError> {
    let edits = [
        Edit::Set(KEY, &record.access_key_id),
        Edit::Set(SECRET, &record.secret_access_key),
    ];
    edit(host, FileKind::Credentials, &record.profile, &edits)
}

/// Takes the command that gets the keys out of the config file.
pub(super) fn remove_process(host: &dyn Host, profile: &str) -> Result<(), CommandError> {
    let profiles = load(host)?;
    let command = profiles
        .profile(profile)
        .and_then(|section| section.get(PROCESS));
    match command {
        Some(command) if is_ours(command, profile) => {
            edit(host, FileKind::Config, profile, &[Edit::Unset(PROCESS)])
        }
        _ => Ok(()),
    }
}

/// Whether a command gets a profile's keys from the store.
fn is_ours(command: &str, profile: &str) -> bool {
    let words = shell_split(command).unwrap_or_default();
    words.len() >= 4 && words[1..4] == ["credentials", "get", profile]
}

fn edit(
    host: &dyn Host,
    kind: FileKind,
    profile: &str,
    edits: &[Edit<'_>],
) -> Result<(), CommandError> {
    let section = match kind {
        FileKind::Config => Section::Named(SectionKind::Profile, profile),
        FileKind::Credentials => Section::Header(profile),
    };
    let mut file = ConfigFile::open(host, &kind.path(host))?;
    file.document.apply(section, edits)?;
    file.save(host)?;
    Ok(())
}

fn load(host: &dyn Host) -> Result<Profiles, CommandError> {
    let [config, credentials] =
        [FileKind::Config, FileKind::Credentials].map(|kind| kind.path(host));
    Ok(Profiles::load(host, &config, &credentials)?)
}

/// A word as `shlex.split` takes it.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "/._-+@%=:,".contains(letter));
    if is_plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\"'\"'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_as_they_were_meant() {
        for (program, profile, option) in [
            ("/usr/bin/awl", "dev", None),
            ("/a b/awl", "it's", Some("/k \"x\"/key")),
            ("/a/awl", "", None),
            ("/a/awl", "é\\", Some("$HOME")),
        ] {
            let options: Vec<String> = option.into_iter().map(str::to_owned).collect();
            let command = command(Path::new(program), profile, &options);
            let mut expected = vec![program, "credentials", "get", profile];
            expected.extend(option);
            assert_eq!(shell_split(&command).unwrap(), expected);
            assert!(is_ours(&command, profile));
            assert!(!is_ours(&command, "other"));
        }
        assert!(!is_ours("vault get dev", "dev"));
    }
}
