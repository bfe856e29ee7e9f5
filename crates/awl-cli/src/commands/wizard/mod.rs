//! Wizards: questions one after another, a look at the commands or the template
//! that would do the same, and the calls. What a wizard asks and shows is data;
//! only what it does is code, a file each, named after its service.
// Parity: awscli/customizations/wizard: the questions, choices, calls, files and
// last words. There the questions are on one screen; here they are lines.

mod dynamodb;
mod events;
mod iam;
mod lambda;
mod text;

use awl_value::jmespath::Expression;
use awl_value::{Map, Value};

use self::text::Part;
use super::caller::Caller;
use super::custom::{Argument, Custom};
use super::sso::line;
use super::{Invocation, configure};
use crate::argv::Globals;
use crate::error::CommandError;

/// `dynamodb wizard`.
pub(super) static DYNAMODB: &[Custom] = &[Custom::group("wizard", &[dynamodb::COMMAND])];

/// `events wizard`.
pub(super) static EVENTS: &[Custom] = &[Custom::group("wizard", &[events::COMMAND])];

/// `iam wizard`.
pub(super) static IAM: &[Custom] = &[Custom::group("wizard", &[iam::COMMAND])];

/// `lambda wizard`.
pub(super) static LAMBDA: &[Custom] = &[Custom::group("wizard", &[lambda::COMMAND])];

/// Wizards take no arguments.
const NO_ARGUMENTS: &[Argument] = &[];

/// What a wizard asks, shows and does.
#[derive(Debug)]
struct Wizard {
    /// What is asked.
    pub prompts: &'static [Prompt],
    /// Finds what follows from the answers.
    pub derive: fn(&mut Session<'_>) -> Result<(), CommandError>,
    /// The commands that would do the same.
    pub commands: &'static [Part],
    /// The template that would do the same.
    pub template: &'static [Part],
    /// Does it.
    pub execute: fn(&mut Session<'_>) -> Result<(), CommandError>,
    /// The last words, before the preview.
    pub done: &'static [Part],
    /// What stands above the preview there.
    pub same: Same,
}

/// What stands above a preview among the last words.
#[derive(Clone, Copy, Debug)]
struct Same {
    /// What was made: `table`.
    pub what: &'static str,
    /// What stands below that line.
    pub gap: &'static str,
}

/// A question.
#[derive(Debug)]
pub(super) struct Prompt {
    /// What its answer is called.
    pub name: &'static str,
    /// The question.
    pub text: &'static str,
    /// What may be answered.
    pub takes: Takes,
    /// The answers that must have been given for it to be asked.
    pub only_if: &'static [(&'static str, &'static str)],
}

/// What may be answered.
#[derive(Debug)]
pub(super) enum Takes {
    /// Anything.
    Text,
    /// A whole number; Enter is this one.
    Number(&'static str),
    /// What is not to be seen on a terminal.
    Secret,
    /// A file that is there.
    File,
    /// One of these: what is shown, and what it is.
    Choice(&'static [(&'static str, &'static str)]),
    /// One of what a call lists.
    Listed(Lookup),
    /// A profile.
    Profile,
}

/// A call that lists choices.
#[derive(Debug)]
pub(super) struct Lookup {
    /// The service's command.
    pub service: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// Its parameters.
    pub parameters: &'static [(&'static str, &'static str)],
    /// Makes a list of names, or of `display` and `actual_value`.
    pub query: &'static str,
}

/// What a wizard has asked so far, and the means to act on it.
pub(super) struct Session<'a> {
    invocation: &'a mut Invocation,
    globals: &'a Globals,
    answers: Vec<(&'static str, String)>,
}

/// A preview, where the wizard has two.
const PREVIEW: Prompt = Prompt {
    name: "preview_type",
    text: "Select an preview format",
    takes: Takes::Choice(&[
        ("None", "preview_none"),
        ("AWS CLI command", COMMANDS),
        ("AWS CloudFormation template", TEMPLATE),
    ]),
    only_if: &[],
};

const COMMANDS: &str = "preview_cli_command";
const TEMPLATE: &str = "preview_cfn_template";

/// The answer that goes back to the question before.
const BACK: &str = "<";

/// Runs a wizard from its first question to its last words.
fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    wizard: &Wizard,
) -> Result<(), CommandError> {
    let mut session = Session::new(invocation, globals);
    session.say(&format!("Enter {BACK} to go back.\n"));
    let prompts: Vec<&Prompt> = wizard.prompts.iter().chain([&PREVIEW]).collect();
    let mut asked = session.ask_from(&prompts, Vec::new())?;
    loop {
        (wizard.derive)(&mut session)?;
        let preview = session.preview(wizard);
        if let Some(preview) = &preview {
            session.say(&format!("\n{preview}\n"));
        }
        let answer = line(session.invocation, "Run wizard? [Y/n]: ")?;
        let answer = answer.trim().to_lowercase();
        let failed = match &*answer {
            "" | "y" | "yes" => match (wizard.execute)(&mut session) {
                Ok(()) => break,
                Err(error) => Some(error),
            },
            _ => None,
        };
        // What went wrong may be mended by other answers.
        if let Some(error) = failed {
            let text = format!("\n{}\n\n", error.message());
            session.invocation.ui.write_error(&text);
        }
        let last = asked.pop().unwrap_or(0);
        asked = session.ask_again(&prompts, asked, last)?;
    }
    let mut words = text::render(wizard.done, &session.answers);
    words.push('\n');
    if let Some(preview) = session.preview(wizard) {
        let Same { what, gap } = wizard.same;
        let way = match session.get("preview_type") {
            COMMANDS => "running the following sample AWS CLI commands",
            _ => "deploying the following sample AWS CloudFormation template",
        };
        words += &format!("Steps to create {what} is equivalent to {way}:\n{gap}{preview}\n");
    }
    words.push('\n');
    session.invocation.ui.write_out(&words);
    Ok(())
}

impl<'a> Session<'a> {
    /// A session in which nothing was asked yet.
    pub(super) const fn new(invocation: &'a mut Invocation, globals: &'a Globals) -> Self {
        Self {
            invocation,
            globals,
            answers: Vec::new(),
        }
    }

    /// An answer; nothing where it was not asked for.
    pub(super) fn get(&self, name: &str) -> &str {
        let mut answers = self.answers.iter();
        let found = answers.find(|(known, _)| *known == name);
        found.map_or("", |(_, answer)| answer)
    }

    /// Keeps an answer, or what follows from one.
    pub(super) fn set(&mut self, name: &'static str, answer: impl Into<String>) {
        self.answers.retain(|(known, _)| *known != name);
        self.answers.push((name, answer.into()));
    }

    /// Makes a call.
    pub(super) fn call(
        &mut self,
        service: &str,
        operation: &str,
        parameters: Map,
    ) -> Result<Map, CommandError> {
        let caller = Caller::new(self.invocation, self.globals, service)?;
        caller.call(self.invocation, self.globals, operation, parameters)
    }

    /// The content of a file.
    pub(super) fn read(&self, path: &str) -> Result<Vec<u8>, CommandError> {
        let path = self.invocation.host.expand(path);
        let read = self.invocation.host.read(&path);
        read.map_err(|error| CommandError::general(crate::python::os_error(&error, &path)))
    }

    /// Puts settings into a profile.
    pub(super) fn configure(
        &self,
        profile: &str,
        settings: &[(&str, &str)],
    ) -> Result<(), CommandError> {
        configure::set_all(&*self.invocation.host, profile, settings)
    }

    /// Asks all questions; which were asked.
    pub(super) fn ask_all(&mut self, prompts: &'static [Prompt]) -> Result<(), CommandError> {
        let prompts: Vec<&Prompt> = prompts.iter().collect();
        self.ask_from(&prompts, Vec::new()).map(drop)
    }

    /// Asks what is left behind the questions that were asked.
    fn ask_from(
        &mut self,
        prompts: &[&Prompt],
        mut asked: Vec<usize>,
    ) -> Result<Vec<usize>, CommandError> {
        loop {
            let from = asked.last().map_or(0, |last| last + 1);
            let next = (from..prompts.len()).find(|at| self.fits(prompts[*at].only_if));
            let Some(at) = next else {
                return Ok(asked);
            };
            match self.ask(prompts[at])? {
                Some(answer) => {
                    self.set(prompts[at].name, answer);
                    asked.push(at);
                }
                None => {
                    if let Some(back) = asked.pop() {
                        self.forget(prompts[back].name);
                    }
                }
            }
        }
    }

    /// Asks a question again, and what is left behind it.
    fn ask_again(
        &mut self,
        prompts: &[&Prompt],
        asked: Vec<usize>,
        again: usize,
    ) -> Result<Vec<usize>, CommandError> {
        self.forget(prompts[again].name);
        self.ask_from(prompts, asked)
    }

    fn forget(&mut self, name: &str) {
        self.answers.retain(|(known, _)| *known != name);
    }

    fn fits(&self, conditions: &[(&str, &str)]) -> bool {
        conditions
            .iter()
            .all(|(name, answer)| self.get(name) == *answer)
    }

    fn say(&mut self, text: &str) {
        self.invocation.ui.write_error(text);
    }

    /// Asks one question; None: back to the one before.
    fn ask(&mut self, prompt: &Prompt) -> Result<Option<String>, CommandError> {
        let listed = match &prompt.takes {
            Takes::Choice(choices) => {
                let own = |(shown, value): &(&str, &str)| ((*shown).into(), (*value).into());
                choices.iter().map(own).collect()
            }
            Takes::Listed(lookup) => self.look_up(lookup)?,
            Takes::Profile => {
                let names = configure::profile_names(&*self.invocation.host)?;
                names.into_iter().map(|name| (name.clone(), name)).collect()
            }
            Takes::Text | Takes::Secret | Takes::Number(_) | Takes::File => {
                return self.ask_text(prompt);
            }
        };
        self.choose(prompt.text, &listed)
    }

    fn ask_text(&mut self, prompt: &Prompt) -> Result<Option<String>, CommandError> {
        let default = match prompt.takes {
            Takes::Number(default) => Some(default),
            _ => None,
        };
        let shown = default.map_or_else(String::new, |default| format!(" [{default}]"));
        loop {
            let text = format!("{}{shown}: ", prompt.text);
            let answer = match prompt.takes {
                Takes::Secret => configure::ask_secret(self.invocation, &text)?,
                _ => line(self.invocation, &text)?,
            };
            let answer = match default {
                Some(default) if answer.is_empty() => default.to_owned(),
                _ => answer,
            };
            if answer == BACK {
                return Ok(None);
            }
            let problem = match prompt.takes {
                Takes::Number(_) if answer.trim().parse::<i64>().is_err() => {
                    Some(format!("Invalid value {answer} for datatype int"))
                }
                Takes::File => self
                    .read(&answer)
                    .err()
                    .map(|error| error.message().to_owned()),
                _ => None,
            };
            match problem {
                Some(problem) => self.say(&format!("{problem}\n")),
                None => return Ok(Some(answer)),
            }
        }
    }

    /// Lets one be chosen by its number or its name; a part of a name lists
    /// those that have it.
    fn choose(
        &mut self,
        text: &str,
        choices: &[(String, String)],
    ) -> Result<Option<String>, CommandError> {
        /// So many are listed at first.
        const MOST: usize = 20;
        let mut shown: Vec<usize> = (0..choices.len()).collect();
        self.say(&format!("{text}:\n"));
        loop {
            for at in shown.iter().take(MOST) {
                self.say(&format!("{:>3}) {}\n", at + 1, choices[*at].0));
            }
            if shown.len() > MOST {
                let more = shown.len() - MOST;
                self.say(&format!(
                    "     … and {more} more; a part of a name finds them\n"
                ));
            }
            let answer = line(self.invocation, "> ")?;
            let answer = answer.trim();
            if answer == BACK {
                return Ok(None);
            }
            let number = answer.parse::<usize>().ok();
            let by_number = number.and_then(|number| number.checked_sub(1));
            let by_name = choices.iter().position(|(shown, _)| shown == answer);
            if let Some((_, value)) = by_name.or(by_number).and_then(|at| choices.get(at)) {
                return Ok(Some(value.clone()));
            }
            let part = answer.to_lowercase();
            let has_part = |at: &usize| choices[*at].0.to_lowercase().contains(&part);
            shown = (0..choices.len()).filter(has_part).collect();
            match shown[..] {
                [only] => return Ok(Some(choices[only].1.clone())),
                [] => {
                    shown = (0..choices.len()).collect();
                    self.say(&format!("'{answer}' is not a valid choice.\n"));
                }
                _ => {}
            }
        }
    }

    /// What a call lists: what is shown, and what it is.
    fn look_up(&mut self, lookup: &Lookup) -> Result<Vec<(String, String)>, CommandError> {
        let caller = Caller::new(self.invocation, self.globals, lookup.service)?;
        let parameters = lookup.parameters.iter();
        let parameters = parameters.map(|(name, value)| ((*name).into(), Value::from(*value)));
        let (invocation, globals) = (&mut *self.invocation, self.globals);
        let parameters = parameters.collect();
        let answer = caller.all_pages(invocation, globals, lookup.operation, parameters)?;
        let query = Expression::compile(lookup.query);
        let query = query.map_err(|error| CommandError::general(error.to_string()))?;
        let found = query.search_map(&answer);
        let found = found.map_err(|error| CommandError::general(error.to_string()))?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let choices = found
            .as_list()
            .unwrap_or_default()
            .iter()
            .filter_map(|item| {
                let shown = text(item.get("display").or(Some(item)))?;
                let value = text(item.get("actual_value")).unwrap_or_else(|| shown.clone());
                Some((shown, value))
            });
        let choices: Vec<_> = choices.collect();
        if choices.is_empty() {
            let message = format!("There is nothing to choose from: {}.", lookup.operation);
            return Err(CommandError::general(message));
        }
        Ok(choices)
    }

    /// The preview that is wanted.
    fn preview(&self, wizard: &Wizard) -> Option<String> {
        let parts = match self.get("preview_type") {
            COMMANDS => wizard.commands,
            TEMPLATE => wizard.template,
            _ => return None,
        };
        Some(text::render(parts, &self.answers))
    }
}
