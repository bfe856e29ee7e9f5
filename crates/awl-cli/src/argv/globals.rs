//! The options that every command has, taken out of the line together with
//! the command's name.
// Parity: awscli/data/cli.json; awscli/customizations/globalargs.py.

use std::borrow::Cow;

use super::{Arity, Check, Names, Spec, parse as parse_pass};
use crate::error::CommandError;
use crate::output::ROW_LAYOUTS;
use crate::python;

static OUTPUTS: &[&str] = &["json", "text", "table", "yaml", "yaml-stream", "off"];
/// What `--output` takes, of which messages name what the AWS CLI takes.
struct Outputs;

impl Names for Outputs {
    fn contains(&self, name: &str) -> bool {
        OUTPUTS.contains(&name) || ROW_LAYOUTS.contains(&name)
    }

    fn all(&self) -> Vec<Cow<'static, str>> {
        OUTPUTS.iter().map(|name| Cow::Borrowed(*name)).collect()
    }
}

static COLORS: &[&str] = &["on", "off", "auto"];
static BINARY_FORMATS: &[&str] = &["base64", "raw-in-base64-out"];
static ERROR_FORMATS: &[&str] = &["legacy", "json", "yaml", "text", "table", "enhanced"];
static PRINT_REQUEST_FORMS: &[&str] = &["json", "curl"];

/// How to print a request instead of sending it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PrintRequest {
    /// One JSON object.
    Json,
    /// A command line for curl.
    Curl,
}

/// The global options of one command line.
#[derive(Clone, Debug)]
pub(crate) struct Globals {
    /// `--debug`.
    pub debug: bool,
    /// `--endpoint-url`, with a scheme.
    pub endpoint_url: Option<String>,
    /// Unless `--no-verify-ssl`.
    pub verify_ssl: bool,
    /// Unless `--no-paginate`.
    pub paginate: bool,
    /// `--output`.
    pub output: Option<String>,
    /// `--query`, which is known to compile.
    pub query: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--color`.
    pub color: Option<String>,
    /// Unless `--no-sign-request`.
    pub sign_request: bool,
    /// `--ca-bundle`.
    pub ca_bundle: Option<String>,
    /// `--cli-read-timeout` in seconds; zero is none at all.
    pub read_timeout: Option<i64>,
    /// `--cli-connect-timeout` in seconds; zero is none at all.
    pub connect_timeout: Option<i64>,
    /// `--cli-binary-format`.
    pub binary_format: Option<String>,
    /// `--no-cli-pager`.
    pub no_cli_pager: bool,
    /// `--cli-error-format`.
    pub error_format: Option<String>,
    /// `--print-request`.
    pub print_request: Option<PrintRequest>,
    /// `--sandbox`.
    pub sandbox: bool,
}

impl Globals {
    /// Sets what `others` say, of the options that an alias may have.
    pub(crate) fn merge(&mut self, others: Self) {
        self.verify_ssl &= others.verify_ssl;
        self.paginate &= others.paginate;
        self.sign_request &= others.sign_request;
        self.no_cli_pager |= others.no_cli_pager;
        self.sandbox |= others.sandbox;
        for (mine, other) in [
            (&mut self.endpoint_url, others.endpoint_url),
            (&mut self.output, others.output),
            (&mut self.query, others.query),
            (&mut self.region, others.region),
            (&mut self.color, others.color),
            (&mut self.ca_bundle, others.ca_bundle),
            (&mut self.binary_format, others.binary_format),
            (&mut self.error_format, others.error_format),
        ] {
            if other.is_some() {
                *mine = other;
            }
        }
        self.read_timeout = others.read_timeout.or(self.read_timeout);
        self.connect_timeout = others.connect_timeout.or(self.connect_timeout);
        self.print_request = others.print_request.or(self.print_request);
    }
}

/// What the first pass makes of a command line.
#[derive(Debug)]
pub(crate) enum FirstPass<'a> {
    /// `--version` stands in it.
    Version,
    /// A command, and the words left to it.
    Command {
        globals: Box<Globals>,
        command: &'a str,
        rest: Vec<&'a str>,
    },
}

/// The options, in the order of the AWS CLI's table; awl's own last.
#[derive(Clone, Copy)]
#[repr(usize)]
#[allow(dead_code, reason = "the variants number the specs, read or not")]
enum Global {
    Debug,
    EndpointUrl,
    NoVerifySsl,
    NoPaginate,
    Output,
    Query,
    Profile,
    Region,
    Color,
    NoSignRequest,
    CaBundle,
    ReadTimeout,
    ConnectTimeout,
    BinaryFormat,
    NoCliPager,
    AutoPrompt,
    NoAutoPrompt,
    ErrorFormat,
    Version,
    Command,
    PrintRequest,
    Sandbox,
}

fn specs<'a>(commands: &'a dyn Names) -> Vec<Spec<'a>> {
    let value = |name: &'static str| Spec::new(name);
    let flag = |name: &'static str| Spec {
        arity: Arity::Zero,
        ..Spec::new(name)
    };
    let choice = |name: &'static str, names: &'static &'static [&'static str]| Spec {
        check: Check::Names(names),
        ..Spec::new(name)
    };
    // One for each `Global`, in its order.
    vec![
        flag("--debug"),
        value("--endpoint-url"),
        flag("--no-verify-ssl"),
        flag("--no-paginate"),
        Spec {
            check: Check::Names(&Outputs),
            ..Spec::new("--output")
        },
        value("--query"),
        value("--profile"),
        value("--region"),
        choice("--color", &COLORS),
        flag("--no-sign-request"),
        value("--ca-bundle"),
        value("--cli-read-timeout"),
        value("--cli-connect-timeout"),
        choice("--cli-binary-format", &BINARY_FORMATS),
        flag("--no-cli-pager"),
        flag("--cli-auto-prompt"),
        flag("--no-cli-auto-prompt"),
        choice("--cli-error-format", &ERROR_FORMATS),
        Spec {
            stops: true,
            ..flag("--version")
        },
        Spec {
            required: true,
            check: Check::Names(commands),
            ..Spec::new("command")
        },
        Spec {
            arity: Arity::Optional,
            abbreviates: false,
            ..choice("--print-request", &PRINT_REQUEST_FORMS)
        },
        Spec {
            abbreviates: false,
            ..flag("--sandbox")
        },
    ]
}

/// Takes the global options and the command out of a command line.
///
/// # Errors
/// What argparse refuses, with the usage block of `program`; an endpoint URL
/// without a scheme; a query that does not compile; a timeout that is no number.
pub(crate) fn parse<'a>(
    words: &[&'a str],
    commands: &dyn Names,
    program: &str,
) -> Result<FirstPass<'a>, CommandError> {
    check_prompt_options(words)?;
    let specs = specs(commands);
    let parsed =
        parse_pass(&specs, words).map_err(|message| CommandError::usage(&message, program))?;
    if parsed.stopped.is_some() {
        return Ok(FirstPass::Version);
    }
    let given = |global: Global| parsed.last(global as usize).is_some();
    let word = |global: Global| {
        parsed
            .last(global as usize)
            .and_then(|words| words.first().copied())
    };
    let text = |global: Global| word(global).map(str::to_owned);
    let globals = Globals {
        debug: given(Global::Debug),
        endpoint_url: text(Global::EndpointUrl),
        verify_ssl: !given(Global::NoVerifySsl),
        paginate: !given(Global::NoPaginate),
        output: text(Global::Output),
        query: text(Global::Query),
        profile: text(Global::Profile),
        region: text(Global::Region),
        color: text(Global::Color),
        sign_request: !given(Global::NoSignRequest),
        ca_bundle: text(Global::CaBundle),
        read_timeout: None,
        connect_timeout: None,
        binary_format: text(Global::BinaryFormat),
        no_cli_pager: given(Global::NoCliPager),
        error_format: text(Global::ErrorFormat),
        print_request: given(Global::PrintRequest).then(|| match word(Global::PrintRequest) {
            Some("curl") => PrintRequest::Curl,
            _ => PrintRequest::Json,
        }),
        sandbox: given(Global::Sandbox),
    };
    let error_format = globals.error_format.clone();
    let globals = resolve(
        globals,
        word(Global::ReadTimeout),
        word(Global::ConnectTimeout),
    )
    .map_err(|error| error.with_format(error_format))?;
    Ok(FirstPass::Command {
        globals: Box::new(globals),
        command: word(Global::Command).unwrap_or_default(),
        rest: parsed.extras,
    })
}

/// Refuses options that exclude each other.
///
/// # Errors
/// Both are there.
// Parity: awscli/clidriver.py, validate_auto_prompt_args_are_mutually_exclusive.
pub(crate) fn check_prompt_options(words: &[&str]) -> Result<(), CommandError> {
    if words.contains(&"--cli-auto-prompt") && words.contains(&"--no-cli-auto-prompt") {
        return Err(CommandError::validation(
            "Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.",
        ));
    }
    Ok(())
}

/// Checks the values that argparse does not.
fn resolve(
    mut globals: Globals,
    read_timeout: Option<&str>,
    connect_timeout: Option<&str>,
) -> Result<Globals, CommandError> {
    if let Some(query) = &globals.query {
        crate::output::compile_query(query)?;
    }
    if let Some(url) = &globals.endpoint_url
        && !has_scheme(url)
    {
        return Err(CommandError::validation(format!(
            "Bad value for --endpoint-url \"{url}\": scheme is missing.  Must be of the form \
             http://<hostname>/ or https://<hostname>/"
        )));
    }
    globals.read_timeout = read_timeout.map(timeout).transpose()?;
    globals.connect_timeout = connect_timeout.map(timeout).transpose()?;
    Ok(globals)
}

fn timeout(text: &str) -> Result<i64, CommandError> {
    let number = python::int(text).ok_or_else(|| CommandError::general(python::int_error(text)))?;
    Ok(number.as_int().unwrap_or(i64::MAX))
}

/// Whether `urllib.parse.urlparse` finds a scheme.
fn has_scheme(url: &str) -> bool {
    let url = url.trim_start_matches(|letter: char| letter <= ' ');
    url.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    })
}
