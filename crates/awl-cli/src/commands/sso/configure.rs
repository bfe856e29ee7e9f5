//! `awl configure sso`: logs in, lets the user choose an account and a role,
//! and writes the profile.
// Parity: awscli/customizations/configure/sso_commands.py, ConfigureSSOCommand.

use awl_sdk::Client;
use awl_sdk::config::writer::Section;
use awl_sdk::config::{Config, ConfigError, Overrides, SectionKind, settings};
use awl_sdk::credentials::sso::{Session, parse_scopes};
use awl_value::{Map, Value};

use super::configure_session::{self, Answers};
use super::log_in::{self, Options};
use super::{Configured, NO_BROWSER, USE_DEVICE_CODE, prompts, resolve, update};
use crate::argv::Globals;
use crate::commands::custom::{Custom, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// `configure sso`.
pub(in crate::commands) const COMMAND: Custom =
    Custom::new("sso", &[NO_BROWSER, USE_DEVICE_CODE], run);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let (config, profile) = load(invocation, globals)?;
    let mut asked = Asked {
        answers: Answers::default(),
        session: None,
    };
    let (session, force) = asked.session(invocation, &config, profile.as_deref())?;
    let options = Options::given(given);
    let token = log_in::token(invocation, &config, &session, force, options)?;
    let chosen = account_and_role(invocation, &config, &session, &token.access_token)?;
    if let Some((account, role)) = &chosen {
        asked.answers.set("sso_account_id", account.clone());
        asked.answers.set("sso_role_name", role.clone());
    }
    for (key, text) in [
        ("region", "Default client Region"),
        (
            "output",
            "CLI default output format (json if not specified)",
        ),
    ] {
        let current = of_profile(&config, profile.as_deref(), key);
        let answer =
            prompts::with_current(invocation, text, current.as_deref(), prompts::anything)?;
        if let Some(answer) = answer {
            asked.answers.set(key, answer);
        }
    }
    let profile = match profile {
        Some(profile) => profile,
        None => {
            let usual = chosen
                .as_ref()
                .map(|(account, role)| format!("{role}-{account}"));
            prompts::required(invocation, "Profile name", usual.as_deref())?
        }
    };
    let section = Section::Named(SectionKind::Profile, &profile);
    update(&config, section, &asked.answers.edits())?;
    if let Some((name, answers)) = &asked.session {
        configure_session::write(&config, name, answers)?;
    }
    let text = match (&chosen, &*profile.to_lowercase()) {
        (None, _) => format!("Successfully configured SSO for profile: {profile}\n"),
        (Some(_), "default") => "The AWS CLI is now configured to use the default profile.\nRun \
                                 the following command to verify your configuration:\n\naws sts \
                                 get-caller-identity\n"
            .to_owned(),
        (Some(_), _) => format!(
            "To use this profile, specify the profile name using --profile, as shown:\n\naws sts \
             get-caller-identity --profile {profile}\n"
        ),
    };
    invocation.ui.write_out(&text);
    Ok(())
}

/// The configuration without a profile, and the profile to be configured, which
/// may still have to be made.
fn load(
    invocation: &Invocation,
    globals: &Globals,
) -> Result<(Config, Option<String>), CommandError> {
    let mut globals = globals.clone();
    let named = globals.profile.take();
    let variable = || {
        let mut variables = settings::PROFILE.variables.iter();
        variables.find_map(|name| invocation.host.variable(name))
    };
    let profile = named.or_else(variable);
    // The profile says nothing of how the services are called.
    globals.profile = Some("default".to_owned());
    Ok((call::load_config(invocation, &globals)?, profile))
}

fn of_profile(config: &Config, profile: Option<&str>, key: &str) -> Option<String> {
    let section = config.profiles().profile(profile.unwrap_or("default"))?;
    section.get(key).map(str::to_owned)
}

/// What was asked for: the profile's keys, and the session's, where there is
/// one.
struct Asked {
    answers: Answers,
    session: Option<(String, Answers)>,
}

impl Asked {
    /// Asks for the session; whether it must be logged in to anew.
    fn session(
        &mut self,
        invocation: &mut Invocation,
        config: &Config,
        profile: Option<&str>,
    ) -> Result<(Session, bool), CommandError> {
        let current = of_profile(config, profile, "sso_session");
        let prompt = match &current {
            Some(current) => format!("SSO session name [{current}]: "),
            None => "SSO session name (Recommended): ".to_owned(),
        };
        let name = prompts::ask(invocation, &prompt, current.as_deref(), prompts::anything)?;
        let of_profile = |key: &str| {
            let is_known = matches!(key, "sso_start_url" | "sso_region");
            of_profile(config, profile, key).filter(|_| is_known)
        };
        let Some(name) = name else {
            invocation.ui.write_out(
                "\x1b[1mWARNING: Configuring using legacy format (e.g. without an SSO \
                 session).\nConsider re-running \"configure sso\" command and providing a session \
                 name.\n\x1b[0m",
            );
            self.answers = Answers::of(of_profile);
            let answers = &mut self.answers;
            let url = configure_session::start_url_and_region(invocation, config, answers)?;
            return Ok((session(None, answers, url), false));
        };
        self.answers.set("sso_session", name.clone());
        if let Some(section) = config.profiles().sso_session(&name) {
            let configured = Configured::named(config, &name)?;
            let resolved = resolve::Resolved {
                url: configured.start_url.clone(),
                region: configured.region.clone(),
            };
            let answers = Answers::of(|key| section.get(key).map(str::to_owned));
            self.session = Some((name, answers));
            return Ok((configured.session(resolved), false));
        }
        let mut answers = Answers::of(of_profile);
        let url = configure_session::start_url_and_region(invocation, config, &mut answers)?;
        configure_session::scopes(invocation, &mut answers)?;
        let session = session(Some(&name), &answers, url);
        self.session = Some((name, answers));
        Ok((session, true))
    }
}

fn session(name: Option<&str>, answers: &Answers, resolved_url: Option<String>) -> Session {
    let get = |key: &str| answers.get(key).unwrap_or_default().to_owned();
    Session {
        name: name.map(str::to_owned),
        start_url: get("sso_start_url"),
        resolved_url,
        region: get("sso_region"),
        scopes: name.map(|_| parse_scopes(&get("sso_registration_scopes"))),
    }
}

/// Lets the user choose; None where the session may not list accounts.
fn account_and_role(
    invocation: &mut Invocation,
    config: &Config,
    session: &Session,
    token: &str,
) -> Result<Option<(String, String)>, CommandError> {
    let client = client(config, &session.region)?;
    let account = match all(&client, "ListAccounts", "accountList", &[], token)? {
        Some(accounts) => choose_account(invocation, accounts)?,
        None => return skip(invocation),
    };
    let given = [("accountId", &*account)];
    let role = match all(&client, "ListAccountRoles", "roleList", &given, token)? {
        Some(roles) => choose_role(invocation, &account, &roles)?,
        None => return skip(invocation),
    };
    Ok(Some((account, role)))
}

fn skip(invocation: &mut Invocation) -> Result<Option<(String, String)>, CommandError> {
    invocation.ui.write_out(
        "Unable to list AWS accounts and/or roles. Skipping configuring AWS credential provider \
         for profile.\n",
    );
    Ok(None)
}

fn choose_account(
    invocation: &mut Invocation,
    mut accounts: Vec<Value>,
) -> Result<String, CommandError> {
    let text = |account: &Value, key: &str| {
        let text = account.get(key).and_then(Value::as_str);
        text.map(str::to_owned)
    };
    let shown = |account: &Value| {
        let id = text(account, "accountId").unwrap_or_default();
        match (text(account, "accountName"), text(account, "emailAddress")) {
            (None, None) => id,
            (Some(name), None) => format!("{name} ({id})"),
            (None, Some(email)) => format!("{email} ({id})"),
            (Some(name), Some(email)) => format!("{name}, {email} ({id})"),
        }
    };
    accounts.sort_by_cached_key(|account| {
        let name = text(account, "accountName").or_else(|| text(account, "emailAddress"));
        let key = name.clone().or_else(|| text(account, "accountId"));
        (name.is_none(), key.map(|key| key.to_lowercase()))
    });
    let ids: Vec<String> = accounts
        .iter()
        .map(|account| text(account, "accountId").unwrap_or_default())
        .collect();
    let chosen = match &*ids {
        [] => {
            return Err(CommandError::general(
                "No AWS accounts are available to you.",
            ));
        }
        [only] => {
            let line = format!("The only AWS account available to you is: {only}\n");
            invocation.ui.write_out(&line);
            only
        }
        many => {
            let line = format!("There are {} AWS accounts available to you.\n", many.len());
            invocation.ui.write_out(&line);
            let items: Vec<(String, &str)> = accounts
                .iter()
                .zip(many)
                .map(|(account, id)| (shown(account), &**id))
                .collect();
            &many[prompts::choose(invocation, "Account", &items)?]
        }
    };
    let line = format!("Using the account ID {chosen}\n");
    invocation.ui.write_out(&line);
    Ok(chosen.clone())
}

fn choose_role(
    invocation: &mut Invocation,
    account: &str,
    roles: &[Value],
) -> Result<String, CommandError> {
    let mut names: Vec<String> = roles
        .iter()
        .filter_map(|role| Some(role.get("roleName")?.as_str()?.to_owned()))
        .collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    let chosen = match &*names {
        [] => {
            return Err(CommandError::general(format!(
                "No roles are available for the account {account}"
            )));
        }
        [only] => {
            let line = format!("The only role available to you is: {only}\n");
            invocation.ui.write_out(&line);
            only
        }
        many => {
            let line = format!("There are {} roles available to you.\n", many.len());
            invocation.ui.write_out(&line);
            let items: Vec<(String, &str)> =
                many.iter().map(|name| (name.clone(), &**name)).collect();
            &many[prompts::choose(invocation, "Role", &items)?]
        }
    };
    let line = format!("Using the role name \"{chosen}\"\n");
    invocation.ui.write_out(&line);
    Ok(chosen.clone())
}

fn client(config: &Config, region: &str) -> Result<Client, CommandError> {
    let mut overrides: Overrides = config.overrides().clone();
    overrides.endpoint_url = None;
    overrides.no_sign_request = true;
    let region = region.to_owned();
    overrides.settings.insert(settings::REGION.name, region);
    let service = awl_catalog::store().service("sso");
    let service = service.ok_or_else(|| {
        CommandError::from(ConfigError::Invalid {
            message: "Unknown service: 'sso'".to_owned(),
        })
    })?;
    Ok(Client::new(&config.with_overrides(overrides), service)?)
}

/// All pages of a list; None where the token is not for it.
fn all(
    client: &Client,
    operation: &str,
    member: &str,
    given: &[(&'static str, &str)],
    token: &str,
) -> Result<Option<Vec<Value>>, CommandError> {
    call::until_interrupted(async {
        let mut items = Vec::new();
        let mut next: Option<Value> = None;
        loop {
            let mut params = Map::new();
            params.push("accessToken", Value::from(token));
            for (name, value) in given {
                params.push(*name, Value::from(*value));
            }
            if let Some(next) = next.take() {
                params.push("nextToken", next);
            }
            let mut page = match client.call(operation, Value::Map(params)).await {
                Ok(page) => page.value,
                Err(error) => match error.service() {
                    Some(refused) if refused.code() == "UnauthorizedException" => return Ok(None),
                    _ => return Err(error.into()),
                },
            };
            if let Some(Value::List(found)) = page.remove(member) {
                items.extend(found);
            }
            next = page.remove("nextToken").filter(|next| !next.is_null());
            if next.is_none() {
                return Ok(Some(items));
            }
        }
    })
}
