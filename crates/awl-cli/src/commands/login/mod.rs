//! `awl login` and `awl logout`: a console sign-in that gives credentials.
// Parity: awscli/customizations/login/login.py. That one always signs in; here a
// session that is good stays, unless `--force` is given.

mod logout;

use awl_sdk::config::writer::{Edit, Section};
use awl_sdk::config::{Config, Origin, SectionKind, settings};
use awl_sdk::credentials::login::{self, NewSession, SignIn};
use awl_sdk::credentials::sso::Verification;

use super::custom::{Argument, Custom, Given};
use super::sso::{FORCE, Pending, line, required, update};
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::CommandError;

pub(super) use logout::COMMAND as LOGOUT;

/// `login`.
pub(super) static LOGIN: Custom = Custom::new("login", &[Argument::flag("--remote"), FORCE], run);

const DEFAULT_REGION: &str = "us-east-1";

/// The credentials that a profile may have otherwise, which go before a
/// session's: a key of each, and what they are called.
static RIVALS: &[(&str, &str)] = &[
    ("web_identity_token_file", "Web Identity"),
    ("sso_role_name", "SSO"),
    ("sso_account_id", "SSO"),
    ("aws_access_key_id", "Access Key"),
    ("role_arn", "Assume Role"),
    ("credential_process", "Credential Process"),
];

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let profile = profile_name(invocation, globals);
    let config = load(invocation, globals, &profile)?;
    let (config, new_region) = with_region(invocation, config, &profile)?;
    refuse_rivals(&config, &profile)?;
    let task = Task {
        config: &config,
        profile: &profile,
        endpoint_url: globals.endpoint_url.as_deref(),
        is_remote: given.has("--remote"),
        is_aside: false,
    };
    let session = match task
        .good_session(invocation)
        .filter(|_| !given.has("--force"))
    {
        Some(session) => session,
        None => {
            let session = task.sign_in(invocation)?;
            if !task.may_change(invocation, session.name())? {
                return Ok(());
            }
            session.save(&config);
            session.name().to_owned()
        }
    };
    let mut edits = vec![Edit::Set("login_session", &session)];
    if let Some(region) = &new_region {
        edits.push(Edit::Set("region", region));
    }
    update(
        &config,
        Section::Named(SectionKind::Profile, &profile),
        &edits,
    )?;
    let ui = &mut invocation.ui;
    ui.write_out(&format!(
        "\nUpdated profile {profile} to use {session} credentials.\n"
    ));
    if profile != "default" {
        ui.write_out(&format!(
            "Use \"--profile {profile}\" to use the new credentials, such as \"aws sts \
             get-caller-identity --profile {profile}\"\n"
        ));
    }
    Ok(())
}

/// Signs in again to the session of a profile, for a command that met one that
/// has ended and owns standard output.
pub(super) fn again(
    invocation: &mut Invocation,
    config: &Config,
    profile: &str,
    session: &str,
) -> Result<(), CommandError> {
    let task = Task {
        config,
        profile,
        endpoint_url: None,
        is_remote: false,
        is_aside: true,
    };
    let new = task.sign_in(invocation)?;
    if new.name() != session {
        return Err(CommandError::general(format!(
            "Profile {profile} is configured to use session {session}, but the sign-in was to \
             {}. Run 'aws login --profile {profile} --force' to change the profile.",
            new.name()
        )));
    }
    new.save(config);
    Ok(())
}

/// The profile that is asked for, whether it exists or not.
fn profile_name(invocation: &Invocation, globals: &Globals) -> String {
    let variable = || {
        let mut variables = settings::PROFILE.variables.iter();
        variables.find_map(|name| invocation.host.variable(name))
    };
    let name = globals.profile.clone().or_else(variable);
    name.unwrap_or_else(|| "default".to_owned())
}

/// The configuration; that of no profile where the one asked for is still to be
/// made.
fn load(invocation: &Invocation, globals: &Globals, profile: &str) -> Result<Config, CommandError> {
    let mut globals = globals.clone();
    globals.profile = Some("default".to_owned());
    let config = call::load_config(invocation, &globals)?;
    if config.profiles().profile(profile).is_none() {
        return Ok(config);
    }
    globals.profile = Some(profile.to_owned());
    call::load_config(invocation, &globals)
}

/// The configuration with a Region, and the Region if it had to be asked for.
fn with_region(
    invocation: &mut Invocation,
    config: Config,
    profile: &str,
) -> Result<(Config, Option<String>), CommandError> {
    let is_new = config.profiles().profile(profile).is_none();
    let known = config.resolve(&settings::REGION).filter(|region| {
        // What another profile says is not for a new one.
        let is_others = is_new && matches!(region.origin, Origin::Profile(_));
        !region.value.is_empty() && region.origin != Origin::Default && !is_others
    });
    if known.is_some() {
        return Ok((config, None));
    }
    invocation.ui.write_out(
        "No AWS region has been configured. The AWS region is the geographic location of your AWS \
         resources.\n\nIf you have used AWS before and already have resources in your account, \
         specify which region they were created in. If you have not created resources in your \
         account before, you can pick the region closest to you: \
         https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html.\n\n\
         You are able to change the region in the CLI at any time with the command \"aws configure \
         set region NEW_REGION\".\n",
    );
    let region = required(invocation, "AWS Region", Some(DEFAULT_REGION))?;
    let mut overrides = config.overrides().clone();
    let name = settings::REGION.name;
    overrides.settings.insert(name, region.clone());
    Ok((config.with_overrides(overrides), Some(region)))
}

/// A profile with other credentials is left alone.
fn refuse_rivals(config: &Config, profile: &str) -> Result<(), CommandError> {
    let section = config.profiles().profile(profile);
    let rival = RIVALS
        .iter()
        .find(|(key, _)| section.is_some_and(|section| section.get(key).is_some()));
    let Some((_, style)) = rival else {
        return Ok(());
    };
    Err(CommandError::configuration(format!(
        "Profile '{profile}' is already configured with {style} credentials.\n\nYou may run 'aws \
         login --profile new-profile-name' to create a new profile with the specified name. \
         Otherwise you must first manually remove the existing credentials from '{profile}'.\n"
    )))
}

/// A sign-in for a profile.
struct Task<'a> {
    config: &'a Config,
    profile: &'a str,
    endpoint_url: Option<&'a str>,
    is_remote: bool,
    /// Whether standard output belongs to another command.
    is_aside: bool,
}

impl Task<'_> {
    /// The session that the profile has.
    fn configured(&self) -> Option<&str> {
        let section = self.config.profiles().profile(self.profile)?;
        section.get("login_session")
    }

    /// The session that the profile has, if it still gives credentials.
    fn good_session(&self, invocation: &mut Invocation) -> Option<String> {
        let session = self.configured()?;
        let store = awl_catalog::store();
        let found = call::until_interrupted(async {
            Ok(login::current(self.config, store, session).await?)
        });
        found.ok()?;
        invocation
            .ui
            .hint("the session is good, so nothing was done; --force signs in anew");
        Some(session.to_owned())
    }

    fn sign_in(&self, invocation: &mut Invocation) -> Result<NewSession, CommandError> {
        let pending = Pending {
            host: invocation.host.clone(),
            opens_browser: !self.is_remote,
            cross_device_option: "--remote",
            is_aside: self.is_aside,
        };
        let store = awl_catalog::store();
        let ui = &mut invocation.ui;
        let sign_in = call::until_interrupted(async {
            let sign_in =
                SignIn::begin(self.config, store, self.endpoint_url, self.is_remote).await?;
            let verification = Verification {
                uri: sign_in.uri().to_owned(),
                complete_uri: sign_in.uri().to_owned(),
                user_code: None,
            };
            pending.show(ui, &verification);
            // The listener for the browser lives in this runtime.
            if self.is_remote {
                return Ok(Err(sign_in));
            }
            Ok(Ok(sign_in.by_browser().await?))
        })?;
        let sign_in = match sign_in {
            Ok(session) => return Ok(session),
            Err(sign_in) => sign_in,
        };
        let prompt = "\nEnter the authorization code displayed in your browser: ";
        let shown = line(invocation, prompt)?;
        if shown.is_empty() {
            return Err(CommandError::general(
                "argument should be a bytes-like object or ASCII string, not 'NoneType'",
            ));
        }
        call::until_interrupted(async { Ok(sign_in.by_code(&shown).await?) })
    }

    /// Whether the profile may change from the session that it has to another.
    fn may_change(&self, invocation: &mut Invocation, new: &str) -> Result<bool, CommandError> {
        let Some(old) = self.configured().filter(|old| *old != new) else {
            return Ok(true);
        };
        let prompt = format!(
            "\nProfile {} is already configured to use session {old}. Do you want to overwrite it \
             to use {new} instead? (y/n): ",
            self.profile
        );
        loop {
            let answer = line(invocation, &prompt)?;
            match &*answer.to_lowercase() {
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => {
                    let text = "Invalid response. Please enter \"y\" or \"n\"\n";
                    invocation.ui.write_out(text);
                }
            }
        }
    }
}
