//! What goes wrong, in the AWS CLI's words, and what the program returns for
//! it. Nothing else in the program knows exit codes.
// Parity: awscli/errorhandler.py, awscli/errorformat.py, awscli/constants.py.

mod hints;
mod s3;

use awl_sdk::OperationError;
use awl_sdk::env::Host;
use awl_value::{Map, Value, json, python};

use crate::argv;
use crate::output;
use crate::ui::Ui;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All went well.
    Success,
    /// Interrupted by the user.
    Interrupted,
    /// The command line or its parameters are wrong.
    Validation,
    /// Configuration, credentials or region are missing or wrong.
    Configuration,
    /// A service answered with an error.
    Service,
    /// Anything else.
    General,
    /// A command that says by its code alone what it found, or that passes on
    /// another program's.
    Code(u8),
}

impl Exit {
    /// The exit code.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Interrupted => 130,
            Self::Validation => 252,
            Self::Configuration => 253,
            Self::Service => 254,
            Self::General => 255,
            Self::Code(code) => code,
        }
    }
}

/// Makes the message of an error say more.
type Explain = fn(&mut OperationError);

/// The services whose errors the AWS CLI explains.
static EXPLAINED: &[(&str, Explain)] = &[("s3", s3::explain)];

/// A command that failed.
#[derive(Debug)]
pub(crate) struct CommandError {
    exit: Exit,
    /// The message as the plain and the legacy form print it.
    message: String,
    /// `Code`, `Message` and the error's modelled members, where it has the
    /// structured forms.
    details: Option<Box<Map>>,
    /// What the enhanced form prints first, where that is not made of the
    /// details.
    headline: Option<String>,
    /// Whether the usage block stands above the message.
    usage_above: bool,
    /// Whether it would be none, had the user logged in.
    wants_log_in: bool,
    /// `--cli-error-format`, where the command line had it.
    format: Option<String>,
    /// `--color`, where the command line had it.
    colour: Option<String>,
    /// The options of a command that was refused, to find out why.
    refused: Option<Box<argv::Globals>>,
}

impl CommandError {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: None,
            headline: None,
            usage_above: false,
            wants_log_in: false,
            format: None,
            colour: None,
            refused: None,
        }
    }

    fn structured(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        let mut error = Self::new(exit, message);
        let mut details = Map::with_capacity(2);
        details.push("Code", Value::from(code));
        details.push("Message", Value::from(&*error.message));
        error.details = Some(Box::new(details));
        error
    }

    /// Wrong parameters.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::structured(Exit::Validation, "ParamValidation", message)
    }

    /// A command line that cannot be parsed; the usage block stands below.
    pub(crate) fn usage(message: &str, program: &str) -> Self {
        Self::validation(format!("{message}\n\nusage: {}", argv::usage(program)))
    }

    /// A value of an argument that cannot be parsed.
    pub(crate) fn parameter(argument: &str, message: impl std::fmt::Display) -> Self {
        Self::validation(format!("Error parsing parameter '{argument}': {message}"))
    }

    /// Words that belong to nothing; the usage block stands above.
    pub(crate) fn unknown_options(words: &[&str]) -> Self {
        Self {
            usage_above: true,
            ..Self::new(
                Exit::Validation,
                format!("Unknown options: {}", words.join(", ")),
            )
        }
    }

    /// A wrong configuration.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::structured(Exit::Configuration, "Configuration", message)
    }

    /// No credentials.
    pub(crate) fn no_credentials(message: &str) -> Self {
        Self::structured(
            Exit::Configuration,
            "NoCredentials",
            format!("{message}. You can configure credentials by running \"aws login\"."),
        )
    }

    /// An error that a service answered: the whole message, and the members of
    /// the error that its model knows, `Code` and `Message` among them.
    pub(crate) fn service(message: impl Into<String>, details: Map) -> Self {
        let message = message.into();
        Self {
            headline: Some(message.clone()),
            details: Some(Box::new(details)),
            ..Self::new(Exit::Service, message)
        }
    }

    /// A pager that is not there.
    // Parity: awscli/errorhandler.py, PagerErrorHandler.
    pub(crate) fn pager(error: &std::io::Error, program: &str) -> Self {
        let error = crate::python::os_error(error, std::path::Path::new(program));
        Self::structured(
            Exit::Configuration,
            "Pager",
            format!(
                "Unable to redirect output to pager. Received the following error when opening \
                 pager:\n{error}\n\nLearn more about configuring the output pager by running \
                 \"aws help config-vars\"."
            ),
        )
    }

    /// Anything else.
    pub(crate) fn general(message: impl Into<String>) -> Self {
        Self::new(Exit::General, message)
    }

    /// With a code of another program.
    pub(crate) fn coded(code: u8, message: impl Into<String>) -> Self {
        Self::new(Exit::Code(code), message)
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        self.exit.code()
    }

    /// Nothing is said, but for the exit code.
    pub(crate) fn silent(code: u8) -> Self {
        Self::new(Exit::Code(code), "")
    }

    /// Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "")
    }

    /// Whether it would be none, had the user logged in.
    pub(crate) const fn wants_log_in(&self) -> bool {
        self.wants_log_in
    }

    /// How the program is to end.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// Whether the command line or its parameters are wrong.
    pub(crate) const fn is_validation(&self) -> bool {
        matches!(self.exit, Exit::Validation)
    }

    /// Whether a service refused for want of permissions.
    pub(crate) fn is_refusal(&self) -> bool {
        let details = self.details.as_ref();
        let code = details.and_then(|details| details.get("Code")?.as_str());
        self.exit == Exit::Service && code.is_some_and(hints::is_refusal)
    }

    /// The options of the command that was refused.
    pub(crate) fn refused(&self) -> Option<&argv::Globals> {
        self.refused.as_deref()
    }

    /// Remembers the options of the command that was refused.
    #[must_use]
    pub(crate) fn with_refused(mut self, globals: &argv::Globals) -> Self {
        if self.is_refusal() {
            self.refused = Some(Box::new(globals.clone()));
        }
        self
    }

    /// Whether it has the structured forms.
    pub(crate) const fn is_structured(&self) -> bool {
        self.details.is_some()
    }

    /// What is wrong.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Sets the form that the command line asks for.
    #[must_use]
    pub(crate) fn with_format(mut self, format: Option<String>) -> Self {
        self.format = self.format.or(format);
        self
    }

    /// Sets what the command line says of colours.
    #[must_use]
    pub(crate) fn with_colour(mut self, colour: Option<String>) -> Self {
        self.colour = self.colour.or(colour);
        self
    }

    /// Prints the error; `configured_format` is that of the configuration.
    pub(crate) fn report(
        &self,
        ui: &mut Ui,
        host: &dyn Host,
        configured_format: Option<&str>,
    ) -> Exit {
        if self.exit == Exit::Interrupted {
            ui.write_out("\n");
            return self.exit;
        }
        if let Exit::Code(_) = self.exit
            && self.message.is_empty()
        {
            return self.exit;
        }
        if self.usage_above {
            ui.write_error(&format!("\nusage: {}\n", argv::usage(ui.program())));
        }
        match &self.details {
            None => write_line(ui, &self.message),
            Some(details) => {
                self.report_structured(ui, host, details, configured_format);
                let code = details.get("Code").and_then(Value::as_str);
                if let Some(hint) = code.and_then(|code| hints::of(code, ui.program())) {
                    ui.hint(&hint);
                }
            }
        }
        self.exit
    }

    fn report_structured(
        &self,
        ui: &mut Ui,
        host: &dyn Host,
        details: &Map,
        configured_format: Option<&str>,
    ) {
        let format = self.format.as_deref().or(configured_format);
        let shown = || {
            let mut details = Value::Map(details.clone());
            output::show_timestamps(&mut details, host);
            details
        };
        let mut text = String::new();
        match format.map(str::to_ascii_lowercase).as_deref() {
            Some("legacy") => write_line(ui, &self.message),
            Some("json") => {
                json::write(&shown(), json::Style::PRETTY, &mut text);
                text.push('\n');
                ui.write_error(&text);
            }
            Some("yaml") => {
                output::write_yaml(&shown(), &[], &mut text);
                ui.write_error(&text);
            }
            // Members that make no such output leave the plain message.
            Some("text") => {
                let result = output::write_text(&shown(), &mut text);
                ui.write_error(&text);
                if result.is_err() {
                    write_line(ui, &self.message);
                }
            }
            Some("table") => {
                let colour = output::is_coloured(self.colour.as_deref(), ui, host);
                let paper = output::Paper {
                    width: ui.columns(),
                    colour: if colour {
                        output::Colour::On
                    } else {
                        output::Colour::Off
                    },
                };
                match output::write_table("error", &shown(), paper, &mut text) {
                    Ok(()) => ui.write_error(&text),
                    Err(_) => write_line(ui, &self.message),
                }
                if colour && ui.is_terminal() {
                    ui.write_out(output::RESET);
                }
            }
            _ => {
                let headline = match &self.headline {
                    Some(headline) => headline.clone(),
                    None => {
                        let text = |key| {
                            details
                                .get(key)
                                .map_or_else(|| "Unknown".to_owned(), python::str)
                        };
                        format!("An error occurred ({}): {}", text("Code"), text("Message"))
                    }
                };
                write_line(ui, &headline);
                write_details(ui, details);
            }
        }
    }
}

/// `aws: [ERROR]: message`, below a blank line.
fn write_line(ui: &mut Ui, message: &str) {
    let message = message.trim_matches(python::is_space);
    let program = ui.program();
    let line = if message.is_empty() {
        format!("\n{program}: [ERROR]:\n")
    } else {
        format!("\n{program}: [ERROR]: {message}\n")
    };
    ui.write_error(&line);
}

/// The members of an error beyond its code and message.
// Parity: awscli/errorhandler.py, EnhancedErrorFormatter.
fn write_details(ui: &mut Ui, details: &Map) {
    let mut text = String::new();
    let mut has_complex_value = false;
    for (key, value) in details.iter() {
        if key.eq_ignore_ascii_case("code") || key.eq_ignore_ascii_case("message") {
            continue;
        }
        let shown = inline(value).unwrap_or_else(|| {
            has_complex_value = true;
            "<complex value>".to_owned()
        });
        text.push_str(&format!("{key}: {shown}\n"));
    }
    if text.is_empty() {
        return;
    }
    if has_complex_value {
        text.push_str(
            "Use \"--cli-error-format json\" or another error format to see the full details.\n",
        );
    }
    ui.write_error(&format!("\nAdditional error details:\n{text}"));
}

/// A value on one line; None where it is too large for one.
fn inline(value: &Value) -> Option<String> {
    /// Collections of so many items are too large.
    const MANY: usize = 5;
    let is_simple = |value: &Value| !matches!(value, Value::List(_) | Value::Map(_));
    match value {
        Value::List(items) if items.len() < MANY && items.iter().all(is_simple) => {
            let items: Vec<String> = items.iter().map(python::str).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Map(map) if map.len() < MANY && map.values().all(is_simple) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {}", python::str(value)))
                .collect();
            Some(format!("{{{}}}", entries.join(", ")))
        }
        Value::List(_) | Value::Map(_) | Value::Blob(_) => None,
        _ => Some(python::str(value)),
    }
}

/// An error with a message that says more, where the AWS CLI makes it do so.
pub(crate) fn explained(mut error: awl_sdk::Error) -> awl_sdk::Error {
    if let awl_sdk::Error::Service(error) = &mut error {
        let mut known = EXPLAINED.iter();
        if let Some((_, explain)) = known.find(|(service, _)| *service == error.service) {
            explain(error);
        }
    }
    error
}

impl From<awl_sdk::Error> for CommandError {
    fn from(error: awl_sdk::Error) -> Self {
        use awl_sdk::Error;
        let error = explained(error);
        match error {
            Error::Service(error) => Self::service(error.to_string(), service_details(&error)),
            Error::Validation(_) | Error::Parameter(_) => Self::validation(error.to_string()),
            Error::Config(error) => error.into(),
            Error::Credentials(error) => error.into(),
            error => Self::general(error.to_string()),
        }
    }
}

impl From<awl_sdk::config::ConfigError> for CommandError {
    fn from(error: awl_sdk::config::ConfigError) -> Self {
        use awl_sdk::config::ConfigError;
        Self::general(match &error {
            ConfigError::Read { path, source } | ConfigError::Write { path, source } => {
                crate::python::os_error(source, path)
            }
            error => error.to_string(),
        })
    }
}

impl From<awl_sdk::imds::ImdsError> for CommandError {
    fn from(error: awl_sdk::imds::ImdsError) -> Self {
        Self::general(with_causes(&error))
    }
}

impl From<awl_sdk::console::ConsoleError> for CommandError {
    fn from(error: awl_sdk::console::ConsoleError) -> Self {
        Self::general(error.to_string())
    }
}

impl From<awl_sandbox::StoreError> for CommandError {
    fn from(error: awl_sandbox::StoreError) -> Self {
        Self::general(with_causes(&error))
    }
}

impl From<awl_sdk::models::ModelError> for CommandError {
    fn from(error: awl_sdk::models::ModelError) -> Self {
        Self::general(with_causes(&error))
    }
}

/// An error and all that caused it, on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

impl From<awl_sdk::credentials::CredentialsError> for CommandError {
    fn from(error: awl_sdk::credentials::CredentialsError) -> Self {
        use awl_sdk::credentials::CredentialsError;
        match error {
            CredentialsError::NotFound => Self::no_credentials(&error.to_string()),
            CredentialsError::Call(error) => (*error).into(),
            CredentialsError::Interrupted => Self::interrupted(),
            CredentialsError::Sso { message, log_in }
            | CredentialsError::Login { message, log_in } => Self {
                wants_log_in: log_in,
                ..Self::general(message)
            },
            error => Self::general(error.to_string()),
        }
    }
}

/// What of a service's error its model knows: code, message and its members.
// Parity: awscli/errorhandler.py, ClientErrorHandler._extract_error_response.
fn service_details(error: &awl_sdk::OperationError) -> Map {
    let error = &error.error;
    let is_modelled = |key: &str| {
        key.eq_ignore_ascii_case("code")
            || key.eq_ignore_ascii_case("message")
            || error.shape.is_some_and(|shape| {
                shape
                    .members()
                    .any(|member| member.name().eq_ignore_ascii_case(key))
            })
    };
    let mut details = Map::new();
    for (key, value) in error.error.iter() {
        if is_modelled(key) {
            details.push(key.to_owned(), value.clone());
        }
    }
    for (key, value) in error.members.iter().chain(error.extras.iter()) {
        let is_new = !matches!(key, "Error" | "ResponseMetadata" | "Code" | "Message")
            && !details.contains_key(key);
        if is_new && is_modelled(key) {
            details.push(key.to_owned(), value.clone());
        }
    }
    details
}
