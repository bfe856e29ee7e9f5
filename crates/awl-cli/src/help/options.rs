//! The global options, and the arguments that no member stands behind.
// Parity: awscli/data/cli.json and the help texts of
// awscli/customizations/{cliinput,generatecliskeleton,paginate,
// streamingoutputarg}.py.

use awl_model::Operation;
use awl_sdk::pages;

use super::script::Script;
use super::{added, members};
use crate::arguments::Kind;
use crate::arguments::added::Takes;

/// A global option: name, type, what it is for where the package of the AWS CLI
/// does not say so, choices.
type Global = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// The global options, awl's own last.
static GLOBALS: &[Global] = &[
    ("--debug", "boolean", "", &[]),
    ("--endpoint-url", "string", "", &[]),
    ("--no-verify-ssl", "boolean", "", &[]),
    ("--no-paginate", "boolean", "", &[]),
    (
        "--output",
        "string",
        "",
        &[
            "json",
            "text",
            "table",
            "yaml",
            "yaml-stream",
            "off",
            "csv",
            "tsv",
            "jsonl",
            "markdown",
        ],
    ),
    ("--query", "string", "", &[]),
    ("--profile", "string", "", &[]),
    ("--region", "string", "", &[]),
    ("--version", "string", "", &[]),
    ("--color", "string", "", &["on", "off", "auto"]),
    ("--no-sign-request", "boolean", "", &[]),
    ("--ca-bundle", "string", "", &[]),
    ("--cli-read-timeout", "int", "", &[]),
    ("--cli-connect-timeout", "int", "", &[]),
    (
        "--cli-binary-format",
        "string",
        "The formatting style to be used for binary blobs. The default format is base64. The \
         base64 format expects binary blobs to be provided as a base64 encoded string. The \
         raw-in-base64-out format preserves compatibility with AWS CLI V1 behavior and binary \
         values must be passed literally. When providing contents from a file that map to a \
         binary blob ``fileb://`` will always be treated as binary and use the file contents \
         directly regardless of the ``cli-binary-format`` setting. When using ``file://`` the \
         file contents will need to properly formatted for the configured \
         ``cli-binary-format``.",
        &["base64", "raw-in-base64-out"],
    ),
    (
        "--no-cli-pager",
        "boolean",
        "Disable cli pager for output.",
        &[],
    ),
    (
        "--cli-auto-prompt",
        "boolean",
        "Automatically prompt for CLI input parameters.",
        &[],
    ),
    (
        "--no-cli-auto-prompt",
        "boolean",
        "Disable automatically prompt for CLI input parameters.",
        &[],
    ),
    (
        "--cli-error-format",
        "string",
        "The formatting style for error output. By default, errors are displayed in enhanced \
         format.",
        &["legacy", "json", "yaml", "text", "table", "enhanced"],
    ),
    (
        "--print-request",
        "string",
        "Print the signed request instead of sending it: as JSON, or as a line for curl.",
        &["json", "curl"],
    ),
    (
        "--sandbox",
        "boolean",
        "Run the command against the local sandbox, which is started for it where none runs: as \
         its administrator, unless ``--profile`` names another.",
        &[],
    ),
];

/// The options that awl adds to operations.
static OF_OPERATIONS: &[Global] = &[
    (
        "--dry-run",
        "boolean",
        "Validate, resolve and sign the call without sending it, and tell whether the caller may \
         make it, by asking ``iam:SimulatePrincipalPolicy``. It ends with the error \
         DryRunOperation or UnauthorizedOperation.",
        &[],
    ),
    (
        "--policy-file",
        "string",
        "With ``--dry-run``: one or more files with policies that decide instead of the \
         caller's own, without asking AWS.",
        &[],
    ),
    (
        "--presign",
        "boolean",
        "Print a presigned URL of the call, for somebody else to make it, instead of sending it.",
        &[],
    ),
    (
        "--expires-in",
        "integer",
        "With ``--presign``: for how many seconds the URL is good. The default is 3600, the most \
         604800.",
        &[],
    ),
];

const USAGE_EXAMPLES: &str = "For usage examples, see `Pagination`__ in the *AWS Command Line \
                              Interface User Guide* .";

/// The global options, and those of awl's options of operations that are called so.
fn all<'n>(own: &'n [&str]) -> impl Iterator<Item = &'static Global> + use<'n> {
    let own = OF_OPERATIONS.iter().filter(|(name, ..)| own.contains(name));
    GLOBALS.iter().chain(own)
}

/// Writes the lines of a synopsis.
pub(crate) fn write_synopsis(script: &mut Script, own: &[&str]) {
    for (name, kind, ..) in all(own) {
        script.line(&if *kind == "boolean" {
            format!("[{name}]")
        } else {
            format!("[{name} <value>]")
        });
    }
}

/// Writes what each is for.
pub(crate) fn write(script: &mut Script, own: &[&str]) {
    let block = awl_catalog::library().block("examples");
    let texts = block
        .as_ref()
        .and_then(|block| block.text("global_options"))
        .unwrap_or_default();
    for (name, kind, own, choices) in all(own) {
        script.write(&format!("``{name}`` ({kind})\n\n"));
        let text = if own.is_empty() {
            packaged(texts, name)
        } else {
            own
        };
        script.write(&format!("{text}\n\n"));
        for choice in *choices {
            script.write(&format!("* {choice}\n\n"));
        }
    }
}

/// What the global option of this name, without its dashes, is for.
pub(crate) fn global_text(name: &str) -> String {
    let name = format!("--{name}");
    let mut all = GLOBALS.iter().chain(OF_OPERATIONS);
    let own = all.find(|(known, ..)| *known == name);
    match own {
        Some((_, _, "", _)) => {
            let block = awl_catalog::library().block("examples");
            let texts = block
                .as_ref()
                .and_then(|block| block.text("global_options"))
                .unwrap_or_default();
            packaged(texts, &name).to_owned()
        }
        Some((_, _, text, _)) => (*text).to_owned(),
        None => String::new(),
    }
}

/// What an argument is for that no member stands behind.
pub(crate) fn argument_text(kind: Kind, operation: Operation) -> String {
    let mut script = Script::default();
    write_generated(&mut script, kind, operation);
    script.text().to_owned()
}

/// What the package says of an option: the paragraph below its name.
fn packaged<'a>(texts: &'a str, name: &str) -> &'a str {
    let head = format!("``{name}`` (");
    let mut lines = texts.lines();
    if !lines.any(|line| line.starts_with(&head)) {
        return "";
    }
    lines
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// The type of an argument that no member stands behind.
pub(crate) fn type_name(kind: Kind, operation: Operation) -> &'static str {
    match kind {
        Kind::Added(argument) => {
            let (service, name) = (operation.service().name(), operation.cli_name());
            let fallback = match argument.takes {
                Takes::Flag(_) => "boolean",
                Takes::Integer => "integer",
                _ => "string",
            };
            added::text(service, name, argument.name).map_or(fallback, |(type_name, _)| type_name)
        }
        Kind::Page(page) if page.is_text => "string",
        Kind::Page(_) | Kind::WaitAttempts => "integer",
        Kind::WaitDelay => "float",
        _ => "string",
    }
}

/// Writes what an argument is for that no member stands behind.
pub(crate) fn write_generated(script: &mut Script, kind: Kind, operation: Operation) {
    match kind {
        Kind::Outfile => script.write("Filename where the content will be saved"),
        Kind::CliInputJson | Kind::CliInputYaml => script.write(
            "Reads arguments from the JSON string provided. The JSON string follows the format \
             provided by ``--generate-cli-skeleton``. If other arguments are provided on the \
             command line, those values will override the JSON-provided values. It is not \
             possible to pass arbitrary binary values using a JSON-provided value as the string \
             will be taken literally. This may not be specified along with ``--cli-input-yaml``.",
        ),
        Kind::Skeleton => script.write(
            "Prints a JSON skeleton to standard output without sending an API request. If \
             provided with no value or the value ``input``, prints a sample input JSON that can \
             be used as an argument for ``--cli-input-json``. Similarly, if provided \
             ``yaml-input`` it will print a sample input YAML that can be used with \
             ``--cli-input-yaml``. If provided with the value ``output``, it validates the \
             command inputs and returns a sample output JSON for that command. The generated \
             JSON skeleton is not stable between versions of the AWS CLI and there are no \
             backwards compatibility guarantees in the JSON skeleton generated.",
        ),
        Kind::Page(page) => {
            paragraphs(
                script,
                &[
                    match page.parameter {
                        "StartingToken" => {
                            "A token to specify where to start paginating. This is the \
                             ``NextToken`` from a previously truncated response."
                        }
                        "PageSize" => {
                            "The size of each page to get in the AWS service call. This does not \
                             affect the number of items returned in the command's output. Setting \
                             a smaller page size results in more calls to the AWS service, \
                             retrieving fewer items in each call. This can help prevent the AWS \
                             service calls from timing out."
                        }
                        _ => {
                            "The total number of items to return in the command's output. If the \
                             total number of items available is more than the value specified, a \
                             ``NextToken`` is provided in the command's output. To resume \
                             pagination, provide the ``NextToken`` value in the \
                             ``starting-token`` argument of a subsequent command. **Do not** use \
                             the ``NextToken`` response element directly outside of the AWS CLI."
                        }
                    },
                    USAGE_EXAMPLES,
                ],
            );
            if page.parameter == "PageSize" {
                limit_constraints(script, operation);
            }
        }
        Kind::Added(argument) => {
            let (service, name) = (operation.service().name(), operation.cli_name());
            if let Some((_, text)) = added::text(service, name, argument.name) {
                script.documentation(text);
            }
        }
        Kind::WaitDelay => paragraphs(
            script,
            &["How many seconds pass between two calls; the waiter's own number by default."],
        ),
        Kind::WaitAttempts => paragraphs(
            script,
            &["How many calls are made before the wait fails; the waiter's own number by default."],
        ),
        _ => {}
    }
}

fn paragraphs(script: &mut Script, texts: &[&str]) {
    for text in texts {
        script.paragraph();
        script.write(text);
    }
    script.paragraph();
}

/// The size of a page is as large as the member may be that it comes to.
fn limit_constraints(script: &mut Script, operation: Operation) {
    let limit = pages::model(operation).str("limit_key");
    let member = limit.and_then(|name| operation.input()?.member(name));
    let lines: Vec<String> = member
        .into_iter()
        .flat_map(|member| {
            ["min", "max"].into_iter().filter_map(move |key| {
                let number = members::number(member.attribute(key))?;
                Some(format!("{key}: ``{number}``"))
            })
        })
        .collect();
    members::write_constraints(script, &lines);
}
