//! `awl policy simulate`: whether policies allow a request, decided offline by
//! awl's own engine, and why.

mod batch;
mod input;
mod lines;
mod report;

use awl_iam::{Decision, Request, evaluate};
use awl_value::{Map, Value};

use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;
use crate::output::{self, Printer};

pub(super) use self::input::{account, context, opens_session, policies};
pub(super) use self::report::result;

/// What the program returns where a decision is none that is expected.
const UNEXPECTED: u8 = 1;

const DECISIONS: &[&str] = &["allowed", "explicitDeny", "implicitDeny"];

/// `--identity-policy` and the others that name policies.
pub(super) const IDENTITY: Argument = Argument::some_words("--identity-policy").literal();
pub(super) const RESOURCE: Argument = Argument::option("--resource-policy").literal();
pub(super) const BOUNDARY: Argument = Argument::option("--permissions-boundary").literal();
pub(super) const SCP: Argument = Argument::some_words("--scp").literal();
pub(super) const RCP: Argument = Argument::some_words("--rcp").literal();
pub(super) const SESSION: Argument = Argument::some_words("--session-policy").literal();
pub(super) const VPC_ENDPOINT: Argument = Argument::option("--vpc-endpoint-policy").literal();
pub(super) const ACCOUNT: Argument = Argument::option("--resource-account").literal();
pub(super) const CONTEXT: Argument = Argument::some_words("--context").literal();
pub(super) const CONTEXT_FILE: Argument = Argument::option("--context-file").literal();

/// The options that name policies.
pub(super) const POLICIES: &[&str] = &[
    IDENTITY.name(),
    RESOURCE.name(),
    BOUNDARY.name(),
    SCP.name(),
    RCP.name(),
    SESSION.name(),
    VPC_ENDPOINT.name(),
];

/// `policy simulate`.
pub(super) const COMMAND: Custom = Custom::new(
    "simulate",
    &[
        IDENTITY,
        RESOURCE,
        BOUNDARY,
        SCP,
        RCP,
        SESSION,
        VPC_ENDPOINT,
        ACCOUNT,
        Argument::option("--principal").literal(),
        Argument::some_words("--action").literal(),
        Argument::some_words("--resource").literal(),
        CONTEXT,
        CONTEXT_FILE,
        Argument::flag("--batch"),
        Argument::option("--expect").choices(DECISIONS),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let is_expected = |decision: &str| given.get("--expect").is_none_or(|word| word == decision);
    let all_expected = if given.has("--batch") {
        batch::run(invocation, given, is_expected)?
    } else {
        let decisions = one_by_one(invocation, globals, given)?;
        decisions
            .iter()
            .all(|decision| is_expected(decision.as_str()))
    };
    match all_expected {
        true => Ok(()),
        false => Err(CommandError::silent(UNEXPECTED)),
    }
}

/// Decides on every action on every resource.
fn one_by_one(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<Vec<Decision>, CommandError> {
    let program = invocation.ui.program().to_owned();
    let missing: Vec<&str> = ["--principal", "--action"]
        .into_iter()
        .filter(|name| given.get(name).is_none())
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "the following arguments are required: {}",
            missing.join(", ")
        );
        return Err(CommandError::usage(&message, &program));
    }
    let requests = input::requests(&*invocation.host, given)?;
    let is_trust = requests.iter().all(input::opens_session);
    let policies = input::policies(&*invocation.host, given, is_trust)?;
    let evaluations: Vec<_> = requests
        .iter()
        .map(|request: &Request| evaluate(request, &policies))
        .collect();
    let decisions: Vec<Decision> = evaluations.iter().map(|found| found.decision).collect();

    let ui = &invocation.ui;
    if ui.is_terminal() && globals.output.is_none() && globals.query.is_none() {
        let coloured = output::is_coloured(globals.color.as_deref(), ui, &*invocation.host);
        let text = lines::table(&evaluations, coloured);
        invocation.ui.write_out(&text);
        return Ok(decisions);
    }
    let mut results: Vec<Map> = evaluations.iter().map(report::result).collect();
    let value = match (results.len(), results.pop()) {
        (1, Some(result)) => result,
        (_, last) => {
            results.extend(last);
            let mut all = Map::new();
            all.push("decision", Value::from(together(&decisions).as_str()));
            all.push(
                "results",
                Value::List(results.into_iter().map(Value::Map).collect()),
            );
            all
        }
    };
    let config = call::load_config(invocation, globals)?;
    let printer = Printer::new(&config, globals, "simulate")?;
    printer.print(&mut invocation.ui, &*invocation.host, Value::Map(value))?;
    Ok(decisions)
}

/// What holds of all: one deny denies.
fn together(decisions: &[Decision]) -> Decision {
    [Decision::ExplicitDeny, Decision::ImplicitDeny]
        .into_iter()
        .find(|decision| decisions.contains(decision))
        .unwrap_or(Decision::Allowed)
}
