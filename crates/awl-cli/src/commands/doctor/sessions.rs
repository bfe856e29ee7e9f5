//! Checks of what is cached: sessions that have ended.

use std::path::Path;

use awl_sdk::config::SectionKind;
use awl_value::{Value, json};

use super::context::{Cached, Context};
use super::finding::{Finding, Severity, quoted, shown};

/// Sessions and credentials in the caches that have ended.
pub(super) fn expired(context: &Context<'_>) -> Vec<Finding> {
    let now = context.host.epoch().as_secs() as i64;
    let mut findings = Vec::new();
    for (kind, folder) in context.caches() {
        for path in context.json_files(&folder) {
            let Ok(bytes) = context.host.read(&path) else {
                continue;
            };
            let document = std::str::from_utf8(&bytes)
                .ok()
                .and_then(|text| json::parse(text).ok());
            let finding = match document {
                None => Some(Finding::new(
                    Severity::Warning,
                    "the file is no JSON, and of no use to anybody",
                    format!("rm {}", quoted(&path)),
                )),
                Some(document) => match kind {
                    Cached::Sso => sso(context, &document, now),
                    Cached::Login => login(context, &document, now),
                    Cached::Credentials => credentials(context, &document, &path, now),
                },
            };
            findings.extend(finding.map(|finding| finding.in_file(&path)));
        }
    }
    findings
}

/// An SSO session's token.
fn sso(context: &Context<'_>, document: &Value, now: i64) -> Option<Finding> {
    text(document, "accessToken")?;
    let end = text(document, "expiresAt")?;
    if !has_ended(end, now) {
        return None;
    }
    // A token that can be renewed is, at its next use.
    let is_renewable = text(document, "refreshToken").is_some()
        && text(document, "registrationExpiresAt").is_some_and(|end| !has_ended(end, now));
    if is_renewable {
        return None;
    }
    let url = text(document, "startUrl").unwrap_or_default();
    let has_url = |value: Option<&str>| {
        let plain = |url: &str| url.trim_end_matches(['/', '#']).to_owned();
        value.is_some_and(|value| plain(value) == plain(url))
    };
    let session = context
        .sections(SectionKind::SsoSession)
        .find(|(_, section)| {
            has_url(
                section
                    .get("sso_start_url")
                    .map(|entry| entry.value.as_str()),
            )
        });
    let profiles = context.profiles();
    let profile = profiles
        .iter()
        .find(|profile| has_url(profile.value("sso_start_url")));
    let remedy = match (session, profile) {
        (Some((name, _)), _) => format!("aws sso login --sso-session {}", shown(&name)),
        (None, Some(profile)) => format!("aws sso login --profile {}", shown(&profile.name)),
        (None, None) => "aws sso logout".to_owned(),
    };
    Some(Finding::new(
        Severity::Warning,
        format!("the SSO session at {} ended at {end}", shown(url)),
        remedy,
    ))
}

/// A session of `aws login`.
fn login(context: &Context<'_>, document: &Value, now: i64) -> Option<Finding> {
    let token = document.get("accessToken")?;
    let end = text(token, "expiresAt")?;
    if !has_ended(end, now) || text(document, "refreshToken").is_some() {
        return None;
    }
    let account = text(token, "accountId").unwrap_or("?");
    let profiles = context.profiles();
    let profile = profiles
        .iter()
        .find(|profile| profile.value("login_session").is_some());
    let remedy = profile.map_or_else(
        || "aws login".to_owned(),
        |profile| format!("aws login --profile {}", shown(&profile.name)),
    );
    Some(Finding::new(
        Severity::Warning,
        format!(
            "the login session of account {} ended at {end}",
            shown(account)
        ),
        remedy,
    ))
}

/// A role's credentials, or those of an MFA session.
fn credentials(context: &Context<'_>, document: &Value, path: &Path, now: i64) -> Option<Finding> {
    let end = text(document.get("Credentials")?, "Expiration")?;
    if !has_ended(end, now) {
        return None;
    }
    let arn = document
        .get("AssumedRoleUser")
        .and_then(|user| text(user, "Arn"));
    let profiles = context.profiles();
    let profile = arn.and_then(|arn| {
        profiles.iter().find(|profile| {
            profile
                .value("role_arn")
                .is_some_and(|role| is_session_of(arn, role))
        })
    });
    let what = match arn {
        Some(arn) => format!("the credentials of {}", shown(arn)),
        None => "the credentials of a session".to_owned(),
    };
    let needs_code = profile.is_some_and(|profile| profile.get("mfa_serial").is_some());
    let how = if needs_code {
        "; the next command asks for an MFA code"
    } else {
        "; they are renewed when they are needed"
    };
    let remedy = match profile {
        Some(profile) if needs_code => format!(
            "aws sts get-caller-identity --profile {}",
            shown(&profile.name)
        ),
        _ => format!("rm {}", quoted(path)),
    };
    Some(Finding::new(
        Severity::Note,
        format!("{what} ended at {end}{how}"),
        remedy,
    ))
}

/// Whether a session's ARN is of a role: account and the role's last name are
/// the same.
fn is_session_of(session: &str, role: &str) -> bool {
    let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    let role_name = role.rsplit('/').next();
    account(session) == account(role) && session.split('/').nth(1) == role_name
}

fn has_ended(time: &str, now: i64) -> bool {
    // The AWS CLI once wrote `2020-06-17T10:02:08UTC`.
    let time = time.replace("UTC", "Z");
    awl_protocol::parse_time(&time).is_some_and(|time| time.div_euclid(1_000_000) <= now)
}

fn text<'a>(document: &'a Value, key: &str) -> Option<&'a str> {
    document
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_belong_to_roles() {
        let session = "arn:aws:sts::123456789012:assumed-role/Dev/me";
        for (role, expected) in [
            ("arn:aws:iam::123456789012:role/Dev", true),
            ("arn:aws:iam::123456789012:role/path/Dev", true),
            ("arn:aws:iam::123456789012:role/Dev2", false),
            ("arn:aws:iam::210987654321:role/Dev", false),
            ("Dev", false),
        ] {
            assert_eq!(is_session_of(session, role), expected, "{role}");
        }
    }
}
