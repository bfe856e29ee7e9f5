//! Checks of the keys in the two files, and of the sections they stand in.

use awl_sdk::config::{FileKind, SectionKind};

use super::context::{Context, Entry, ReadFile, Section};
use super::finding::{Finding, Severity, shown};
use super::known::{self, CREDENTIAL_KEYS, PROFILE_KEYS, SSO_SESSION_KEYS};

/// Keys whose values nobody writes in quotes, nor with a comment behind.
const PLAIN_KEYS: &[&str] = &[
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "region",
    "output",
    "role_arn",
    "source_profile",
    "credential_source",
    "mfa_serial",
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_role_name",
];

/// The keys that an `sso-session` section is given under a profile's names.
const SSO_SESSION_ALIASES: &[(&str, &str)] =
    &[("region", "sso_region"), ("start_url", "sso_start_url")];

/// What a section is, by its header.
enum Kind {
    Profile(Option<String>),
    SsoSession,
    Services,
    Other,
}

fn kind(file: &ReadFile, section: &Section) -> Kind {
    if file.kind == FileKind::Credentials {
        return Kind::Profile(Some(section.header.clone()));
    }
    match SectionKind::of_header(&section.header) {
        Some((SectionKind::Profile, name)) => Kind::Profile(name),
        Some((SectionKind::SsoSession, _)) => Kind::SsoSession,
        Some((SectionKind::Services, _)) => Kind::Services,
        None => Kind::Other,
    }
}

/// All sections, with the file that each is in.
fn sections<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (&'a ReadFile, &'a Section)> {
    context
        .files()
        .into_iter()
        .flat_map(|file| file.sections.iter().map(move |section| (file, section)))
}

/// Keys that are nearly ones that are read.
pub(super) fn near_misses(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, section) in sections(context) {
        let keys: &[&[&'static str]] = match kind(file, section) {
            Kind::SsoSession => &[SSO_SESSION_KEYS],
            // A section's header may be what is wrong.
            Kind::Profile(_) | Kind::Other => &[CREDENTIAL_KEYS, PROFILE_KEYS],
            Kind::Services => continue,
        };
        for entry in &section.entries {
            let alias = || {
                let is_session = matches!(kind(file, section), Kind::SsoSession);
                SSO_SESSION_ALIASES
                    .iter()
                    .find(|(alias, _)| is_session && *alias == entry.key)
                    .map(|(_, meant)| *meant)
            };
            let meant = known::meant_key(&entry.key, keys).or_else(alias);
            let Some(meant) = meant else {
                continue;
            };
            let written = shown(&entry.written);
            findings.push(
                Finding::new(
                    Severity::Error,
                    format!(
                        "nothing reads `{written}` in [{}]; `{meant}` is meant",
                        shown(&section.header)
                    ),
                    format!("change `{written}` on line {} to `{meant}`", entry.line),
                )
                .at(&file.path, entry.line),
            );
        }
    }
    findings
}

/// Headers that do not do what they seem to in their file.
pub(super) fn wrong_sections(context: &Context<'_>) -> Vec<Finding> {
    sections(context)
        .filter_map(|(file, section)| {
            let header = shown(&section.header);
            let (severity, message, remedy) = wrong_section(context, file, section, &header)?;
            let finding = Finding::new(severity, message, remedy);
            Some(finding.at(&file.path, section.line))
        })
        .collect()
}

fn wrong_section(
    context: &Context<'_>,
    file: &ReadFile,
    section: &Section,
    header: &str,
) -> Option<(Severity, String, String)> {
    let change = |to: &str| format!("change line {} to `[{to}]`", section.line);
    let other = match file.kind {
        FileKind::Config => &context.credentials.path,
        FileKind::Credentials => &context.config.path,
    };
    let other = other.display();
    let parsed = SectionKind::of_header(&section.header);
    let result = match (file.kind, parsed) {
        (FileKind::Credentials, Some((SectionKind::Profile, Some(name))))
            if header != "default" =>
        {
            let name = shown(&name);
            (
                format!("in the credentials file [{header}] is a profile called \"{header}\""),
                change(&name),
            )
        }
        (FileKind::Credentials, Some((SectionKind::SsoSession | SectionKind::Services, _))) => (
            format!("[{header}] counts in the config file only"),
            format!("move the section to {other}"),
        ),
        (FileKind::Config, Some((kind, None))) => (
            format!("[{header}] is read by nobody: its name cannot be told"),
            change(&format!("{} 'NAME'", kind.word())),
        ),
        (FileKind::Config, None) => return stray_section(section, header, &change),
        _ => return None,
    };
    Some((Severity::Error, result.0, result.1))
}

/// A section of the config file that is of no kind.
fn stray_section(
    section: &Section,
    header: &str,
    change: &dyn Fn(&str) -> String,
) -> Option<(Severity, String, String)> {
    if matches!(header, "plugins" | "DEFAULT" | "preview") {
        return None;
    }
    if header.trim().eq_ignore_ascii_case("default") {
        let message = format!("[{header}] is not the default profile");
        return Some((Severity::Error, message, change("default")));
    }
    if let Some((word, name)) = header.split_once([' ', '\t', '_', ':']) {
        let words = ["profile", "sso-session", "services"];
        let plain = word.to_lowercase();
        let meant = match &*plain {
            "sso" | "sso-sessions" => Some("sso-session"),
            "service" => Some("services"),
            _ => known::nearest(&plain, words.into_iter()),
        };
        let name = name.trim_start_matches("session ").trim();
        if let Some(meant) = meant {
            let message = format!("[{header}] is no profile, sso-session or services section");
            return Some((Severity::Error, message, change(&format!("{meant} {name}"))));
        }
    }
    // Other programs keep sections of theirs here; a profile has a profile's keys.
    let has_key = |entry: &Entry| {
        [CREDENTIAL_KEYS, PROFILE_KEYS]
            .iter()
            .any(|keys| keys.contains(&&*entry.key))
    };
    section.entries.iter().any(has_key).then(|| {
        (
            Severity::Error,
            format!("[{header}] is no profile: in the config file its name needs the word before"),
            change(&format!("profile {header}")),
        )
    })
}

/// Keys in the other file than the one they belong in.
pub(super) fn wrong_files(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, section) in sections(context) {
        let Kind::Profile(name) = kind(file, section) else {
            continue;
        };
        for entry in &section.entries {
            let finding = match file.kind {
                FileKind::Config if CREDENTIAL_KEYS.contains(&&*entry.key) => Finding::new(
                    Severity::Warning,
                    format!(
                        "{} stands in the config file, which is often shared or copied",
                        entry.key
                    ),
                    format!(
                        "move the line to [{}] in {}",
                        shown(name.as_deref().unwrap_or("NAME")),
                        context.credentials.path.display()
                    ),
                ),
                FileKind::Credentials
                    if PROFILE_KEYS.contains(&&*entry.key) && entry.key != "aws_account_id" =>
                {
                    let header = match &*section.header {
                        "default" => "default".to_owned(),
                        // A header of the other file is told of elsewhere.
                        other if other.starts_with("profile ") => shown(other),
                        other => format!("profile {}", shown(other)),
                    };
                    Finding::new(
                        Severity::Note,
                        format!(
                            "{} stands in the credentials file: the AWS CLI reads it there, not \
                             every other program does",
                            entry.key
                        ),
                        format!(
                            "move the line to [{header}] in {}",
                            context.config.path.display()
                        ),
                    )
                }
                _ => continue,
            };
            findings.push(finding.at(&file.path, entry.line));
        }
    }
    findings
}

/// Half a pair of keys.
pub(super) fn partial_keys(context: &Context<'_>) -> Vec<Finding> {
    let (id, secret) = ("aws_access_key_id", "aws_secret_access_key");
    let mut findings = Vec::new();
    for (file, section) in sections(context) {
        let (there, missing) = match (section.get(id), section.get(secret)) {
            (Some(there), None) => (there, secret),
            (None, Some(there)) => (there, id),
            _ => continue,
        };
        // The other half may be there under a name that is told of elsewhere.
        let is_misspelt = section.entries.iter().any(|entry| {
            known::meant_key(&entry.key, &[CREDENTIAL_KEYS, PROFILE_KEYS]) == Some(missing)
        });
        if is_misspelt {
            continue;
        }
        let remedy = format!(
            "add {missing} to [{}], or take {} out",
            shown(&section.header),
            there.key
        );
        let message = format!("{} stands without {missing}", there.key);
        findings.push(Finding::new(Severity::Error, message, remedy).at(&file.path, there.line));
    }
    findings
}

/// Temporary keys without their token, and lasting ones with one.
pub(super) fn tokens(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, section) in sections(context) {
        let Some(id) = section.get("aws_access_key_id") else {
            continue;
        };
        let token = section
            .get("aws_session_token")
            .or_else(|| section.get("aws_security_token"));
        if let Some((message, remedy)) = token_matter(
            &id.value,
            token.map(|entry| &*entry.key),
            "aws_session_token",
        ) {
            let line = token.map_or(id.line, |entry| entry.line);
            findings.push(Finding::new(Severity::Error, message, remedy).at(&file.path, line));
        }
    }
    let token = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]
        .into_iter()
        .find(|name| context.variable(name).is_some());
    if let Some(id) = context.variable("AWS_ACCESS_KEY_ID")
        && let Some((message, remedy)) = token_matter(&id, token, "AWS_SESSION_TOKEN")
    {
        let remedy = token.map_or(remedy, |name| format!("unset {name}"));
        findings.push(Finding::new(
            Severity::Error,
            format!("in the environment: {message}"),
            remedy,
        ));
    }
    findings
}

/// What is wrong with a key's having the token that it has, or none.
fn token_matter(id: &str, token: Option<&str>, name: &str) -> Option<(String, String)> {
    match token {
        None if id.starts_with("ASIA") => Some((
            format!("a temporary key (ASIA…) is of no use without {name}"),
            format!("add {name}, or make a new session"),
        )),
        Some(token) if id.starts_with("AKIA") => Some((
            format!("{token} stands beside a long-lived key (AKIA…), which it is refused with"),
            format!("take {token} out, or write the key that belongs to it"),
        )),
        _ => None,
    }
}

/// The token's old name.
pub(super) fn deprecated(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, section) in sections(context) {
        if let Some(entry) = section.get("aws_security_token") {
            findings.push(
                Finding::new(
                    Severity::Note,
                    "aws_security_token is the old name of aws_session_token, and wins over it",
                    format!(
                        "change `aws_security_token` on line {} to `aws_session_token`",
                        entry.line
                    ),
                )
                .at(&file.path, entry.line),
            );
        }
    }
    if context.variable("AWS_SECURITY_TOKEN").is_some() {
        findings.push(Finding::new(
            Severity::Note,
            "AWS_SECURITY_TOKEN is the old name of AWS_SESSION_TOKEN, and wins over it",
            "export AWS_SESSION_TOKEN=\"$AWS_SECURITY_TOKEN\"; unset AWS_SECURITY_TOKEN",
        ));
    }
    findings
}

/// Quotes and comments that are part of the value.
pub(super) fn literal_values(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, section) in sections(context) {
        for entry in &section.entries {
            if !PLAIN_KEYS.contains(&&*entry.key) {
                continue;
            }
            let value = &entry.value;
            let is_quoted = ['"', '\''].iter().any(|quote| {
                value.len() > 1 && value.starts_with(*quote) && value.ends_with(*quote)
            });
            let has_comment = value.contains(" #") || value.contains(" ;");
            let (what, remedy) = match (is_quoted, has_comment) {
                (true, _) => ("the quotes", "take the quotes out of"),
                (_, true) => ("the comment", "put the comment on a line of its own, above"),
                _ => continue,
            };
            findings.push(
                Finding::new(
                    Severity::Error,
                    format!(
                        "{what} behind `{} =` are read as part of the value",
                        entry.key
                    ),
                    format!("{remedy} line {}", entry.line),
                )
                .at(&file.path, entry.line),
            );
        }
    }
    findings
}

/// Long-lived keys where a role is to be had.
pub(super) fn beside_role(context: &Context<'_>) -> Vec<Finding> {
    let Some(role) = super::environment::machine_role(context) else {
        return Vec::new();
    };
    let message = |place: &str| format!("a long-lived key (AKIA…) {place} is used, and not {role}");
    let mut findings = Vec::new();
    if context
        .variable("AWS_ACCESS_KEY_ID")
        .is_some_and(|id| id.starts_with("AKIA"))
    {
        findings.push(Finding::new(
            Severity::Warning,
            message("in the environment"),
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY, then delete the key in IAM",
        ));
    }
    for (file, section) in sections(context) {
        if let Some(id) = section.get("aws_access_key_id")
            && id.value.starts_with("AKIA")
        {
            findings.push(
                Finding::new(
                    Severity::Warning,
                    message(&format!("in [{}]", shown(&section.header))),
                    format!(
                        "take the keys out of [{}], then delete the key in IAM",
                        shown(&section.header)
                    ),
                )
                .at(&file.path, id.line),
            );
        }
    }
    findings
}
