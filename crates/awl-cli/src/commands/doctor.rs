//! `awl doctor`: what is wrong with the configuration, the environment and the
//! places that keys leak to, each with its remedy.

mod clock;
mod context;
mod environment;
mod files;
mod finding;
mod keys;
mod known;
mod leaks;
mod probe;
mod profiles;
mod programs;
mod sessions;

use awl_sdk::config::{Config, Overrides, settings};
use awl_value::{Map, Value};

use self::context::Context;
use self::finding::{Finding, Severity};
use super::custom::{Argument, Custom, Given};
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output::Printer;

/// `doctor`.
pub(super) static COMMAND: Custom = Custom::new(
    "doctor",
    &[
        Argument::flag("--offline"),
        Argument::option("--severity").choices(Severity::NAMES),
        Argument::option("--check").list(),
    ],
    run,
);

/// A check.
struct Check {
    /// What it is called, in output and documentation.
    id: &'static str,
    /// The heading that its findings stand under.
    area: &'static str,
    /// Whether the network is asked before.
    needs_network: bool,
    /// Looks.
    run: fn(&Context<'_>) -> Vec<Finding>,
}

const fn check(
    area: &'static str,
    id: &'static str,
    run: fn(&Context<'_>) -> Vec<Finding>,
) -> Check {
    Check {
        id,
        area,
        needs_network: false,
        run,
    }
}

const ENVIRONMENT: &str = "Environment";
const FILES: &str = "Files";
const PROFILES: &str = "Profiles";
const MACHINE: &str = "Machine";
const LEAKS: &str = "Leaks";

/// The checks, in the order of their findings.
static CHECKS: &[Check] = &[
    check(ENVIRONMENT, "environment-keys", environment::shadowing_keys),
    check(
        ENVIRONMENT,
        "environment-partial",
        environment::partial_keys,
    ),
    check(
        ENVIRONMENT,
        "environment-misspelt",
        environment::misspelt_variables,
    ),
    check(
        ENVIRONMENT,
        "environment-rivals",
        environment::rival_variables,
    ),
    check(ENVIRONMENT, "environment-file", environment::absent_files),
    check(ENVIRONMENT, "metadata-proxy", environment::metadata_proxy),
    check(FILES, "file-unreadable", files::unreadable),
    check(FILES, "file-mode", files::modes),
    check(FILES, "file-owner", files::owners),
    check(FILES, "near-miss-key", keys::near_misses),
    check(FILES, "wrong-section", keys::wrong_sections),
    check(FILES, "wrong-file", keys::wrong_files),
    check(FILES, "literal-value", keys::literal_values),
    check(FILES, "partial-keys", keys::partial_keys),
    check(FILES, "session-token", keys::tokens),
    check(FILES, "deprecated-token", keys::deprecated),
    check(PROFILES, "profile-absent", profiles::absent),
    check(PROFILES, "reference-absent", profiles::absent_references),
    check(PROFILES, "role-loop", profiles::loops),
    check(PROFILES, "role-source", profiles::role_sources),
    check(PROFILES, "incomplete-profile", profiles::incomplete),
    check(PROFILES, "invalid-value", profiles::invalid_values),
    check(PROFILES, "unknown-region", profiles::regions),
    check(PROFILES, "session-expired", sessions::expired),
    check(MACHINE, "keys-beside-role", keys::beside_role),
    Check {
        needs_network: true,
        ..check(MACHINE, "clock-skew", clock::skew)
    },
    check(MACHINE, "not-on-path", programs::not_on_path),
    check(MACHINE, "shadowed-program", programs::shadowed),
    check(LEAKS, "keys-in-history", leaks::history),
    check(LEAKS, "keys-in-tree", leaks::working_tree),
];

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let checks = chosen(given)?;
    let least = given
        .get("--severity")
        .and_then(Severity::named)
        .unwrap_or(Severity::Note);
    let is_offline = given.has("--offline");
    let config = usable_config(invocation, globals)?;
    let host = invocation.host.clone();
    let mut context = Context::new(&*host, globals.profile.as_deref());
    if !is_offline {
        let wants_role = checks
            .iter()
            .any(|check| matches!(check.id, "environment-keys" | "keys-beside-role"))
            && has_static_keys(&context);
        let wants_time = checks.iter().any(|check| check.id == "clock-skew");
        context.probe = call::until_interrupted(async {
            Ok(probe::ask(&config, wants_time, wants_role).await)
        })?;
    }
    let mut findings = Vec::new();
    for check in &checks {
        let found = (check.run)(&context)
            .into_iter()
            .filter(|finding| finding.severity >= least)
            .map(|finding| finding.of(check.id));
        findings.push((*check, found.collect::<Vec<_>>()));
    }
    let is_well = findings.iter().all(|(_, found)| found.is_empty());
    if globals.output.is_some() || globals.query.is_some() {
        let all = findings.iter().flat_map(|(_, found)| found);
        let mut facts = Map::new();
        facts.push("Findings", Value::List(all.map(Finding::value).collect()));
        let printer = Printer::new(&config, globals, "doctor")?;
        printer.print(&mut invocation.ui, &*invocation.host, Value::Map(facts))?;
    } else {
        let skipped: Vec<&str> = checks
            .iter()
            .filter(|check| check.needs_network && context.probe.ahead.is_none())
            .map(|check| check.id)
            .collect();
        invocation.ui.write_out(&lines(&findings, &skipped));
    }
    if is_well {
        Ok(())
    } else {
        Err(CommandError::silent(1))
    }
}

/// The checks that are asked for: all, if none is.
fn chosen(given: &Given<'_>) -> Result<Vec<&'static Check>, CommandError> {
    let Some(names) = given.words("--check") else {
        return Ok(CHECKS.iter().collect());
    };
    if let Some(unknown) = names
        .iter()
        .find(|name| CHECKS.iter().all(|check| check.id != **name))
    {
        let ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
        return Err(CommandError::parameter(
            "--check",
            format!("there is no check {unknown}; there are: {}", ids.join(", ")),
        ));
    }
    let is_wanted = |check: &&Check| names.iter().any(|name| *name == check.id);
    Ok(CHECKS.iter().filter(is_wanted).collect())
}

/// The configuration; where it cannot be loaded, which a check tells of, that
/// of the command line and the environment alone.
fn usable_config(invocation: &Invocation, globals: &Globals) -> Result<Config, CommandError> {
    if let Ok(config) = call::load_config(invocation, globals) {
        return Ok(config);
    }
    let mut overrides = Overrides {
        no_verify_ssl: !globals.verify_ssl,
        ..Overrides::default()
    };
    for setting in [&settings::CONFIG_FILE, &settings::CREDENTIALS_FILE] {
        let nothing = "/dev/null".to_owned();
        overrides.settings.insert(setting.name, nothing);
    }
    for (setting, value) in [
        (&settings::PROFILE, Some("default".to_owned())),
        (&settings::OUTPUT, globals.output.clone()),
        (&settings::REGION, globals.region.clone()),
    ] {
        if let Some(value) = value {
            overrides.settings.insert(setting.name, value);
        }
    }
    Ok(Config::load(invocation.host.clone(), overrides)?)
}

/// Whether there are keys that a role could stand in for.
fn has_static_keys(context: &Context<'_>) -> bool {
    context.variable("AWS_ACCESS_KEY_ID").is_some()
        || context
            .profiles()
            .iter()
            .any(|profile| profile.get("aws_access_key_id").is_some())
}

/// The findings for people, and which checks could not look.
fn lines(findings: &[(&Check, Vec<Finding>)], skipped: &[&str]) -> String {
    let mut text = String::new();
    let mut area = "";
    for (check, found) in findings {
        for finding in found {
            if check.area != area {
                area = check.area;
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&format!("{area}\n"));
            }
            text.push_str(&finding.lines());
        }
    }
    let count = |severity: Severity| {
        let all = findings.iter().flat_map(|(_, found)| found);
        all.filter(|finding| finding.severity == severity).count()
    };
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(|severity| match count(severity) {
            0 => None,
            1 => Some(format!("1 {}", severity.name())),
            many => Some(format!("{many} {}s", severity.name())),
        })
        .collect();
    let plural = if findings.len() == 1 { "" } else { "s" };
    let summary = if counts.is_empty() {
        "nothing".to_owned()
    } else {
        text.push('\n');
        counts.join(", ")
    };
    text.push_str(&format!(
        "{} check{plural} found {summary}\n",
        findings.len()
    ));
    if !skipped.is_empty() {
        text.push_str(&format!("not checked: {}\n", skipped.join(", ")));
    }
    text
}
