//! Keys that are written down: in the environment, in the two files, and in
//! the files of older tools.
// Parity: botocore/credentials.py, EnvProvider, SharedCredentialProvider,
// ConfigProvider, OriginalEC2Provider, BotoProvider.

use awl_sign::Credentials;

use super::answer::{Answer, Provided};
use super::{CredentialsError, ResolvedCredentials};
use crate::config::{Config, ini, settings};

const KEY: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";

/// `AWS_ACCESS_KEY_ID` and the variables that go with it.
pub(super) fn environment(config: &Config) -> Provided {
    const PROVIDER: &str = "env";
    let variable = |name: &str| {
        let value = config.host().variable(name);
        value.filter(|value| !value.is_empty())
    };
    let Some(access_key_id) = variable("AWS_ACCESS_KEY_ID") else {
        return Ok(Answer::Absent("AWS_ACCESS_KEY_ID is not set".into()));
    };
    let missing = "AWS_SECRET_ACCESS_KEY";
    let secret = variable(missing).ok_or(CredentialsError::Partial {
        provider: PROVIDER,
        missing,
    })?;
    let token = variable("AWS_SECURITY_TOKEN").or_else(|| variable("AWS_SESSION_TOKEN"));
    let expiration = match variable("AWS_CREDENTIAL_EXPIRATION") {
        None => None,
        Some(text) => Some(
            time(&text)
                .ok_or_else(|| CredentialsError::Other(format!("Unknown string format: {text}")))?,
        ),
    };
    Ok(Answer::Found(ResolvedCredentials {
        credentials: Credentials::new(access_key_id, secret, token),
        account_id: variable("AWS_ACCOUNT_ID"),
        expiration,
        method: PROVIDER,
        origin: "environment variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY".to_owned(),
    }))
}

/// The keys of a profile in the credentials file.
pub(super) fn credentials_file(config: &Config, profile: &str) -> Provided {
    let path = config.text(&settings::CREDENTIALS_FILE).unwrap_or_default();
    let section = config.profiles().credentials(profile);
    from_section("shared-credentials-file", &path, profile, section)
}

/// The keys of a profile in the config file, and whatever the credentials file
/// adds to it.
pub(super) fn config_file(config: &Config, profile: &str) -> Provided {
    let path = config.text(&settings::CONFIG_FILE).unwrap_or_default();
    let section = config.profiles().configured(profile);
    from_section("config-file", &path, profile, section)
}

fn from_section(
    provider: &'static str,
    path: &str,
    profile: &str,
    section: Option<&ini::IniSection>,
) -> Provided {
    let Some(section) = section else {
        return Ok(Answer::Absent(
            format!("{path} has no profile {profile}").into(),
        ));
    };
    let Some(access_key_id) = section.get(KEY) else {
        let message = format!("the profile has no {KEY} in {path}");
        return Ok(Answer::Absent(message.into()));
    };
    let secret = section.get(SECRET).ok_or(CredentialsError::Partial {
        provider,
        missing: SECRET,
    })?;
    if access_key_id.is_empty() || secret.is_empty() {
        let message = format!("{KEY} or {SECRET} is empty in {path}");
        return Ok(Answer::Absent(message.into()));
    }
    let token = section
        .get("aws_security_token")
        .or_else(|| section.get("aws_session_token"));
    let account_id = section.get("aws_account_id");
    Ok(Answer::Found(ResolvedCredentials {
        credentials: Credentials::new(access_key_id, secret, token.map(str::to_owned)),
        account_id: account_id.map(str::to_owned),
        expiration: None,
        method: provider,
        origin: format!("profile {profile} in {path}"),
    }))
}

/// The file that `AWS_CREDENTIAL_FILE` names: that of the first EC2 tools.
pub(super) fn ec2_tools(config: &Config) -> Provided {
    let host = config.host();
    let Some(path) = host.variable("AWS_CREDENTIAL_FILE") else {
        return Ok(Answer::Absent("AWS_CREDENTIAL_FILE is not set".into()));
    };
    let place = host.expand(&path);
    let bytes = host.read(&place).map_err(|_| {
        CredentialsError::Other(format!(
            "The specified config file ({}) could not be found.",
            place.display()
        ))
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim().to_owned())
    };
    let Some(access_key_id) = value("AWSAccessKeyId") else {
        return Ok(Answer::Absent(
            format!("{path} has no AWSAccessKeyId").into(),
        ));
    };
    let secret = value("AWSSecretKey")
        .ok_or_else(|| CredentialsError::Other("'AWSSecretKey'".to_owned()))?;
    Ok(Answer::Found(ResolvedCredentials {
        credentials: Credentials::new(access_key_id, secret, None),
        account_id: None,
        expiration: None,
        method: "ec2-credentials-file",
        origin: path,
    }))
}

/// The configuration of boto 2: `BOTO_CONFIG`, else `/etc/boto.cfg` and
/// `~/.boto`.
pub(super) fn boto(config: &Config) -> Provided {
    const PROVIDER: &str = "boto-config";
    let host = config.host();
    let paths = match host.variable("BOTO_CONFIG") {
        Some(path) => vec![path],
        None => vec!["/etc/boto.cfg".to_owned(), "~/.boto".to_owned()],
    };
    for path in paths {
        let Ok(bytes) = host.read(&host.expand(&path)) else {
            continue;
        };
        let sections = ini::parse(&String::from_utf8_lossy(&bytes)).map_err(|_| {
            CredentialsError::Other(format!(
                "Unable to parse config file: {}",
                host.expand(&path).display()
            ))
        })?;
        let section = sections
            .iter()
            .find(|section| section.name == "Credentials");
        let Some((section, access_key_id)) =
            section.and_then(|section| Some((section, section.get(KEY)?)))
        else {
            continue;
        };
        let secret = section.get(SECRET).ok_or(CredentialsError::Partial {
            provider: PROVIDER,
            missing: SECRET,
        })?;
        return Ok(Answer::Found(ResolvedCredentials {
            credentials: Credentials::new(access_key_id, secret, None),
            account_id: None,
            expiration: None,
            method: PROVIDER,
            origin: path,
        }));
    }
    Ok(Answer::Absent(
        "there is no boto configuration with keys".into(),
    ))
}

/// Seconds since the epoch that a text names.
pub(super) fn time(text: &str) -> Option<i64> {
    Some(awl_protocol::parse_time(text)?.div_euclid(1_000_000))
}
