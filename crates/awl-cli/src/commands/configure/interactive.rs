//! `awl configure`: keys, Region and output format, asked for one by one.
// Parity: awscli/customizations/configure/configure.py, ConfigureCommand.

use awl_sdk::config::FileKind;
use awl_sdk::config::writer::Edit;

use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::Given;
use crate::error::CommandError;

const KEY: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";
const TOKEN: &str = "aws_session_token";

/// What is asked for.
struct Question {
    key: &'static str,
    text: &'static str,
    /// Whether the value that is there is shown by its last letters only.
    masked: bool,
    /// Whether the answer is not to be seen on a terminal.
    hidden: bool,
    /// What is offered on a terminal where there is no value.
    offer: Option<&'static str>,
}

const fn question(key: &'static str, text: &'static str) -> Question {
    Question {
        key,
        text,
        masked: false,
        hidden: false,
        offer: None,
    }
}

static QUESTIONS: [Question; 5] = [
    Question {
        masked: true,
        ..question(KEY, "AWS Access Key ID")
    },
    Question {
        masked: true,
        hidden: true,
        ..question(SECRET, "AWS Secret Access Key")
    },
    Question {
        masked: true,
        hidden: true,
        ..question(TOKEN, "AWS Session Token")
    },
    Question {
        offer: Some("us-east-1"),
        ..question("region", "Default region name")
    },
    Question {
        offer: Some("json"),
        ..question("output", "Default output format")
    },
];

/// `configure` without a subcommand.
pub(super) fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    _: &Given<'_>,
) -> Result<(), CommandError> {
    let host = invocation.host.clone();
    let chosen = super::chosen_profile(invocation, globals);
    let profile = chosen.as_deref().unwrap_or("default");
    let profiles = super::profiles(&*host)?;
    let section = profiles.profile(profile);
    let current = |key: &str| section.and_then(|section| section.get(key));
    if section.is_none_or(|section| section.entries.is_empty()) {
        invocation.ui.write_out(
            "\nTip: You can deliver temporary credentials to the AWS CLI using your AWS Console \
             session by running the command 'aws login'.\n\n",
        );
    }
    let mut answers: Vec<(&'static str, String)> = Vec::new();
    for question in &QUESTIONS {
        let has_token = current(TOKEN).is_some_and(|token| !token.is_empty());
        if question.key == TOKEN && !needs_token(new_key(&answers), has_token) {
            continue;
        }
        let value = current(question.key);
        let answer = put(invocation, question, value)?;
        if let Some(answer) = answer.filter(|answer| Some(&**answer) != value) {
            answers.push((question.key, answer));
        }
    }
    if answers.is_empty() {
        return Ok(());
    }
    let is_secret = |key: &str| [KEY, SECRET, TOKEN].contains(&key);
    let edits = |secret: bool| {
        let chosen = answers
            .iter()
            .filter(move |(key, _)| is_secret(key) == secret);
        chosen.map(|(key, value)| Edit::Set(key, value))
    };
    let mut secrets: Vec<Edit<'_>> = edits(true).collect();
    // Keys that last have no token.
    let drops_token = new_key(&answers).is_some_and(|key| !is_temporary(key));
    if drops_token && current(TOKEN).is_some_and(|token| !token.is_empty()) {
        secrets.push(Edit::Unset(TOKEN));
    }
    // Parity: the config file gets the profile's section, even if that is all.
    let others: Vec<Edit<'_>> = edits(false).collect();
    if !secrets.is_empty() {
        let section = super::profile_section(FileKind::Credentials, profile);
        super::update(&*host, FileKind::Credentials, section, &secrets)?;
    }
    let section = super::profile_section(FileKind::Config, profile);
    super::update(&*host, FileKind::Config, section, &others)?;
    Ok(())
}

fn new_key<'a>(answers: &'a [(&'static str, String)]) -> Option<&'a str> {
    let answer = answers.iter().find(|(key, _)| *key == KEY);
    answer.map(|(_, value)| value.as_str())
}

fn is_temporary(access_key_id: &str) -> bool {
    access_key_id.starts_with("ASIA")
}

/// Whether a session token is asked for.
fn needs_token(new_key: Option<&str>, has_token: bool) -> bool {
    new_key.map_or(has_token, is_temporary)
}

/// Puts a question; None where Enter is the answer and there is nothing to be
/// changed.
fn put(
    invocation: &mut Invocation,
    question: &Question,
    value: Option<&str>,
) -> Result<Option<String>, CommandError> {
    let offer = question
        .offer
        .filter(|_| value.is_none() && invocation.ui.is_interactive());
    let shown = match value {
        Some(value) if question.masked => super::mask(value),
        Some(value) => value.to_owned(),
        None => offer.unwrap_or("None").to_owned(),
    };
    let prompt = format!("{} [{shown}]: ", question.text);
    let answer = if question.hidden {
        super::ask_secret(invocation, &prompt)?
    } else {
        super::ask(invocation, &prompt)?
    };
    if answer.is_empty() {
        return Ok(offer.map(str::to_owned));
    }
    Ok(Some(answer))
}
