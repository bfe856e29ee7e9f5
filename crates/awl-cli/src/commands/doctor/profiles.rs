//! Checks of profiles: what they name, and whether they are whole.

use awl_sdk::config::SectionKind;

use super::context::{Context, Entry, Profile, ReadFile};
use super::environment::IDENTITY_KEYS;
use super::finding::{Finding, Severity, quoted, shown};
use super::known;

/// Keys that have one of a few values.
const CHOICES: &[(&str, &[&str])] = &[
    (
        "output",
        &["json", "text", "table", "yaml", "yaml-stream", "off"],
    ),
    (
        "credential_source",
        &["Environment", "Ec2InstanceMetadata", "EcsContainer"],
    ),
    ("retry_mode", &["legacy", "standard", "adaptive"]),
    ("cli_timestamp_format", &["iso8601", "wire"]),
    ("cli_binary_format", &["base64", "raw-in-base64-out"]),
    (
        "cli_error_format",
        &["legacy", "json", "yaml", "text", "table", "enhanced"],
    ),
    ("cli_auto_prompt", &["on", "on-partial", "off"]),
    ("cli_history", &["enabled", "disabled"]),
    (
        "account_id_endpoint_mode",
        &["preferred", "disabled", "required"],
    ),
    (
        "request_checksum_calculation",
        &["when_supported", "when_required"],
    ),
    (
        "response_checksum_validation",
        &["when_supported", "when_required"],
    ),
];

/// The keys that a way of signing in needs, all of them, where the first is
/// there.
const NEEDED: &[&[&str]] = &[
    &["sso_session", "sso_account_id", "sso_role_name"],
    &["sso_role_name", "sso_account_id"],
    &["sso_account_id", "sso_role_name"],
    &["web_identity_token_file", "role_arn"],
];

/// A profile that is asked for and is not there.
pub(super) fn absent(context: &Context<'_>) -> Vec<Finding> {
    let Some((name, origin)) = context.chosen_profile() else {
        return Vec::new();
    };
    let profiles = context.profiles();
    if name == "default" || profiles.iter().any(|profile| profile.name == name) {
        return Vec::new();
    }
    let names = profiles.iter().map(|profile| &*profile.name);
    let remedy = match known::nearest(&name, names) {
        Some(near) if origin == "--profile" => format!("--profile {}", shown(near)),
        Some(near) => format!("export {origin}={}", shown(near)),
        None => format!("aws configure --profile {}", shown(&name)),
    };
    vec![Finding::new(
        Severity::Error,
        format!(
            "profile {}, which {origin} names, is in neither file",
            shown(&name)
        ),
        remedy,
    )]
}

/// Sections that a profile names and that are not there.
pub(super) fn absent_references(context: &Context<'_>) -> Vec<Finding> {
    let profiles = context.profiles();
    let names = |kind: SectionKind| -> Vec<String> {
        match kind {
            SectionKind::Profile => profiles
                .iter()
                .map(|profile| profile.name.clone())
                .collect(),
            kind => context.sections(kind).map(|(name, _)| name).collect(),
        }
    };
    let mut findings = Vec::new();
    for (key, kind) in [
        ("source_profile", SectionKind::Profile),
        ("sso_session", SectionKind::SsoSession),
        ("services", SectionKind::Services),
    ] {
        let names = names(kind);
        for profile in &profiles {
            let Some((file, entry)) = profile.get(key) else {
                continue;
            };
            if names.contains(&entry.value) {
                continue;
            }
            let near = known::nearest(&entry.value, names.iter().map(String::as_str));
            let target = shown(&entry.value);
            let remedy = match (near, kind) {
                (Some(near), _) => {
                    format!("change line {} to `{key} = {}`", entry.line, shown(near))
                }
                (None, SectionKind::Profile) => format!("aws configure --profile {target}"),
                (None, SectionKind::SsoSession) => {
                    format!("aws configure sso-session, with the name {target}")
                }
                (None, SectionKind::Services) => format!(
                    "add a section [services {target}] to {}, or take line {} out",
                    context.config.path.display(),
                    entry.line
                ),
            };
            let message = format!(
                "{key} of profile {} names {target}, which there is no {} section for",
                shown(&profile.name),
                kind.word()
            );
            findings
                .push(Finding::new(Severity::Error, message, remedy).at(&file.path, entry.line));
        }
    }
    findings
}

/// Roles whose source leads back to them.
pub(super) fn loops(context: &Context<'_>) -> Vec<Finding> {
    let profiles = context.profiles();
    let find = |name: &str| profiles.iter().find(|profile| profile.name == name);
    let source = |profile: &Profile<'_>| {
        profile.get("role_arn")?;
        let source = find(profile.value("source_profile")?)?;
        // A role may be assumed with the keys of its own profile.
        let is_own = source.name == profile.name && has_keys(source);
        (!is_own).then_some(source)
    };
    let mut findings = Vec::new();
    for start in &profiles {
        let mut names = vec![&*start.name];
        let mut current = start;
        while let Some(next) = source(current) {
            if next.name == start.name {
                // Said once a loop, of the name that comes first.
                if names.iter().all(|name| *start.name <= **name)
                    && let Some((file, entry)) = start.get("source_profile")
                {
                    names.push(&start.name);
                    let path: Vec<String> = names.iter().map(|name| shown(name)).collect();
                    findings.push(
                        Finding::new(
                            Severity::Error,
                            format!("source_profile leads in a circle: {}", path.join(" -> ")),
                            format!(
                                "name a profile with keys on line {} of {}",
                                entry.line,
                                file.path.display()
                            ),
                        )
                        .at(&file.path, entry.line),
                    );
                }
                break;
            }
            if names.contains(&&*next.name) {
                break;
            }
            names.push(&next.name);
            current = next;
        }
    }
    findings
}

fn has_keys(profile: &Profile<'_>) -> bool {
    profile.get("aws_access_key_id").is_some() && profile.get("aws_secret_access_key").is_some()
}

/// Roles without a source, with two, or with one that has nothing to sign with.
pub(super) fn role_sources(context: &Context<'_>) -> Vec<Finding> {
    let profiles = context.profiles();
    let mut findings = Vec::new();
    for profile in &profiles {
        let Some((file, role)) = profile.get("role_arn") else {
            continue;
        };
        let name = shown(&profile.name);
        let sources = [
            "source_profile",
            "credential_source",
            "web_identity_token_file",
        ];
        let there = sources.map(|key| profile.value(key));
        let (message, remedy) = match there {
            [None, None, None] => (
                format!(
                    "role_arn of profile {name} stands without source_profile or credential_source"
                ),
                format!("aws configure set source_profile default --profile {name}"),
            ),
            [Some(_), Some(_), _] => (
                format!("profile {name} has both source_profile and credential_source"),
                "take one of the two lines out".to_owned(),
            ),
            [Some(source), ..] => {
                let source = profiles.iter().find(|profile| profile.name == source);
                let Some(source) = source else {
                    continue;
                };
                if source.first_of(IDENTITY_KEYS).is_some() {
                    continue;
                }
                let source = shown(&source.name);
                (
                    format!("profile {source}, the source_profile of {name}, has no credentials"),
                    format!("aws configure --profile {source}"),
                )
            }
            _ => continue,
        };
        findings.push(Finding::new(Severity::Error, message, remedy).at(&file.path, role.line));
    }
    findings
}

/// Ways of signing in of which a part is missing.
pub(super) fn incomplete(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let missing = |section: &str, there: &str, missing: &str, file: &ReadFile, entry: &Entry| {
        let message = format!("{there} of {section} stands without {missing}");
        let remedy = format!("add {missing} to {section}, or run: aws configure sso");
        Finding::new(Severity::Error, message, remedy).at(&file.path, entry.line)
    };
    for profile in context.profiles() {
        let name = format!("profile {}", shown(&profile.name));
        for keys in NEEDED {
            let Some((file, entry)) = profile.get(keys[0]) else {
                continue;
            };
            if let Some(absent) = keys.iter().find(|key| profile.get(key).is_none()) {
                findings.push(missing(&name, keys[0], absent, file, entry));
                break;
            }
        }
        // Without an sso-session, its keys stand in the profile.
        if profile.get("sso_session").is_none()
            && let Some((file, entry)) = profile.get("sso_account_id")
            && profile.get("sso_role_name").is_some()
            && let Some(absent) = ["sso_start_url", "sso_region"]
                .into_iter()
                .find(|key| profile.get(key).is_none())
        {
            let either = format!("sso_session or {absent}");
            findings.push(missing(&name, "sso_account_id", &either, file, entry));
        }
    }
    for (name, section) in context.sections(SectionKind::SsoSession) {
        for key in ["sso_start_url", "sso_region"] {
            if section.get(key).is_some() {
                continue;
            }
            let name = shown(&name);
            findings.push(
                Finding::new(
                    Severity::Error,
                    format!("sso-session {name} has no {key}"),
                    format!("add {key} to [sso-session {name}], or run: aws configure sso-session"),
                )
                .at(&context.config.path, section.line),
            );
        }
    }
    findings
}

/// Values that are none of those that a key may have.
pub(super) fn invalid_values(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for profile in context.profiles() {
        for (key, choices) in CHOICES {
            let Some((file, entry)) = profile.get(key) else {
                continue;
            };
            if choices.contains(&&*entry.value) {
                continue;
            }
            let near = known::nearest(&entry.value, choices.iter().copied());
            let remedy = format!(
                "change line {} to `{key} = {}`",
                entry.line,
                near.unwrap_or(choices[0])
            );
            let message = format!(
                "{key} of profile {} is {}, and not one of: {}",
                shown(&profile.name),
                shown(&entry.value),
                choices.join(", ")
            );
            findings
                .push(Finding::new(Severity::Error, message, remedy).at(&file.path, entry.line));
        }
    }
    findings
}

/// Regions that there are not.
pub(super) fn regions(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let Some(region) = context.variable(name) else {
            continue;
        };
        if let Some((severity, message, meant)) = region_matter(&region) {
            let message = format!("{name} is {}: {message}", shown(&region));
            let remedy = match meant {
                Some(meant) => format!("export {name}={meant}"),
                None => format!("export {name}=us-east-1, or another Region's name"),
            };
            findings.push(Finding::new(severity, message, remedy));
        }
    }
    let check = |file: &ReadFile, entry: &Entry, place: &str| {
        let (severity, message, meant) = region_matter(&entry.value)?;
        let message = format!(
            "{} of {place} is {}: {message}",
            entry.key,
            shown(&entry.value)
        );
        let remedy = format!(
            "change line {} of {} to `{} = {}`",
            entry.line,
            quoted(&file.path),
            entry.key,
            meant.unwrap_or("us-east-1")
        );
        Some(Finding::new(severity, message, remedy).at(&file.path, entry.line))
    };
    for profile in context.profiles() {
        let place = format!("profile {}", shown(&profile.name));
        for key in ["region", "sso_region"] {
            findings.extend(
                profile
                    .get(key)
                    .and_then(|(file, entry)| check(file, entry, &place)),
            );
        }
    }
    for (name, section) in context.sections(SectionKind::SsoSession) {
        let place = format!("sso-session {}", shown(&name));
        let entry = section.get("sso_region");
        findings.extend(entry.and_then(|entry| check(&context.config, entry, &place)));
    }
    findings
}

/// What is wrong with a Region's name, and which is meant.
fn region_matter(region: &str) -> Option<(Severity, &'static str, Option<&'static str>)> {
    let (plain, _) = awl_endpoint::without_fips(region);
    let partitions = awl_catalog::store().partitions();
    let known = || {
        awl_endpoint::Partition::all(partitions)
            .flat_map(awl_endpoint::Partition::regions)
            .map(|(name, _)| name)
    };
    if known().any(|name| name == plain) {
        return None;
    }
    let plain = plain.trim().to_lowercase().replace('_', "-");
    let is_zone = plain
        .strip_suffix(|letter: char| letter.is_ascii_lowercase())
        .and_then(|name| known().find(|known| *known == name));
    if is_zone.is_some() {
        let message = "that is an Availability Zone, not a Region";
        return Some((Severity::Error, message, is_zone));
    }
    let meant = known::nearest(&plain, known());
    if !awl_endpoint::is_valid_region_name(region) {
        return Some((Severity::Error, "no Region has such a name", meant));
    }
    Some((
        Severity::Warning,
        "this version of awl knows no such Region",
        meant,
    ))
}
