//! When a command is prompted for: before it runs, or where what was given of
//! it does not do.
// Parity: awscli/clidriver.py, resolve_auto_prompt_mode, AWSCLIEntryPoint.

use std::sync::Arc;

use awl_sdk::config::{Config, Overrides, settings};
use awl_sdk::env::Host;

use super::{Invocation, dispatch, report};
use crate::argv;
use crate::error::{CommandError, Exit};

/// When there is a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Always.
    On,
    /// Where the command line does not do.
    OnPartial,
    /// Never.
    Off,
}

/// Runs a command line, with a prompt where it is wanted.
///
/// # Errors
/// Options that exclude each other, and what ends a command or its prompt.
pub(super) fn run(invocation: &mut Invocation, words: &[&str]) -> Result<Exit, CommandError> {
    match mode(&invocation.host, words)? {
        Mode::Off => dispatch(invocation, words).map(|()| Exit::Success),
        Mode::On => prompt(invocation, words),
        Mode::OnPartial => match dispatch(invocation, words) {
            Err(error) if error.is_validation() => {
                // Parity: of what the prompt can mend, nothing is said.
                if !error.is_structured() {
                    report(invocation, &error);
                }
                invocation.trailing.clear();
                prompt(invocation, words)
            }
            result => result.map(|()| Exit::Success),
        },
    }
}

/// When there is a prompt for `words`.
fn mode(host: &Arc<dyn Host>, words: &[&str]) -> Result<Mode, CommandError> {
    argv::check_prompt_options(words)?;
    let has = |word: &str| words.contains(&word);
    if has("help") || has("--version") || has("--no-cli-auto-prompt") {
        return Ok(Mode::Off);
    }
    if has("--cli-auto-prompt") {
        return Ok(Mode::On);
    }
    let value = configured(host).map(|value| value.to_lowercase());
    Ok(match value.as_deref() {
        Some("on") => Mode::On,
        Some("on-partial") => Mode::OnPartial,
        _ => Mode::Off,
    })
}

/// What the environment says, else the configuration; a profile that there is
/// not says nothing.
fn configured(host: &Arc<dyn Host>) -> Option<String> {
    let setting = &settings::CLI_AUTO_PROMPT;
    let variable = setting
        .variables
        .iter()
        .find_map(|name| host.variable(name));
    if variable.is_some() {
        return variable;
    }
    if !setting.is_mentioned(&**host) {
        return None;
    }
    let config = Config::load(host.clone(), Overrides::default()).ok()?;
    config.text(setting)
}

/// Prompts for a command that begins with `words`, and runs it.
#[cfg(feature = "prompt")]
fn prompt(invocation: &mut Invocation, words: &[&str]) -> Result<Exit, CommandError> {
    use crate::output;
    use crate::prompt::{self, Ended};

    let ui = &mut invocation.ui;
    if !ui.has_screen() {
        // Parity: prompt_toolkit's warning, and the error of an input that ends.
        ui.write_error("Warning: Input is not a terminal (fd=0).\n");
        return Err(CommandError::general(""));
    }
    let coloured = output::is_coloured(None, ui, &*invocation.host);
    let ended = prompt::run(ui, &invocation.host, words, coloured)
        .map_err(|error| CommandError::general(error.to_string()))?;
    let program = ui.program().to_owned();
    let line = match ended {
        Ended::Run(line) => line,
        Ended::Left(line) => {
            ui.write_error(&format!("> {program} {line}\n"));
            return Ok(Exit::Interrupted);
        }
    };
    ui.write_after_screen(&format!("> {program} {line}\n"));
    let words = prompt::split(&line).map_err(|unfinished| CommandError::general(unfinished.0))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    dispatch(invocation, &words).map(|()| Exit::Success)
}

#[cfg(not(feature = "prompt"))]
fn prompt(_: &mut Invocation, _: &[&str]) -> Result<Exit, CommandError> {
    Err(CommandError::general(
        "this program was built without the prompt",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestHost;

    fn check(host: TestHost, line: &str, expected: Mode) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let host: Arc<dyn Host> = Arc::new(host);
        assert_eq!(mode(&host, &words).unwrap(), expected, "{line}");
    }

    #[test]
    fn options_come_before_the_environment_and_that_before_the_configuration() {
        let config = |text: &str| {
            TestHost::default()
                .with_variable("AWS_CONFIG_FILE", "/config")
                .with_variable("AWS_SHARED_CREDENTIALS_FILE", "/credentials")
                .with_file("/config", text.as_bytes())
        };
        let on = || config("[default]\ncli_auto_prompt = On\n");
        check(TestHost::default(), "s3 ls", Mode::Off);
        check(on(), "s3 ls", Mode::On);
        check(
            config("[default]\nCLI_Auto_Prompt = on\n"),
            "s3 ls",
            Mode::On,
        );
        check(on(), "s3 ls --no-cli-auto-prompt", Mode::Off);
        check(on(), "s3 help", Mode::Off);
        check(on(), "--version", Mode::Off);
        let off = || on().with_variable("AWS_CLI_AUTO_PROMPT", "off");
        check(off(), "s3 ls", Mode::Off);
        check(off(), "--cli-auto-prompt", Mode::On);
        check(off(), "--cli-auto-prompt help", Mode::Off);
        let empty = on().with_variable("AWS_CLI_AUTO_PROMPT", "");
        check(empty, "s3 ls", Mode::Off);
        let partial = config("[profile p]\ncli_auto_prompt = on-partial\n");
        check(partial.clone(), "s3", Mode::Off);
        let partial = partial.with_variable("AWS_PROFILE", "p");
        check(partial, "s3", Mode::OnPartial);
        check(on().with_variable("AWS_PROFILE", "nobody"), "s3", Mode::Off);
        // In the credentials, as any setting.
        let credentials = config("").with_file("/credentials", b"[default]\ncli_auto_prompt=on\n");
        check(credentials, "s3", Mode::On);
    }

    #[test]
    fn both_options_are_refused_before_all_else() {
        let host: Arc<dyn Host> = Arc::new(TestHost::default());
        let words = ["--version", "--cli-auto-prompt", "--no-cli-auto-prompt"];
        assert!(mode(&host, &words).is_err());
    }
}
