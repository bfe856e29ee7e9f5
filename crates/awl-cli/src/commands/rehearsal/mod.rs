//! `--dry-run` of operations whose service has none: the call is validated,
//! resolved and signed, but not sent; whether the caller may make it is asked
//! of `iam:SimulatePrincipalPolicy`, or, with `--policy-file`, of awl's own
//! engine. It ends as a dry run of EC2 does. The AWS CLI has it only where the
//! model has a member `DryRun`, and those operations keep it as it is.

mod identity;
mod local;
mod parameters;
mod remote;

pub(super) use parameters::flat;

use awl_catalog::access::{self, Access, Basis, Need, Scope};
use awl_endpoint::Partition;
use awl_sdk::Client;
use awl_value::{Map, Value};

use self::identity::Identity;
use super::{Invocation, call};
use crate::arguments::Argument;
use crate::arguments::own::{DRY_RUN, POLICY_FILE, is_free};
use crate::argv::{Arity, Globals, Parsed, Spec};
use crate::error::CommandError;

/// What `--dry-run` asks for.
#[derive(Debug)]
pub(super) struct Rehearsal {
    /// The policies that decide instead of the caller's own.
    pub policy_files: Vec<String>,
}

/// Where the options are among the specs of a line that asks for a rehearsal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    policy_file: Option<usize>,
}

impl Options {
    /// Adds the options to the specs of an operation, where `words` ask for a
    /// rehearsal. An argument of the operation that they abbreviate comes
    /// first; one that is called so is the service's own dry run, which only
    /// `--policy-file` replaces.
    pub(super) fn add(
        words: &[&str],
        arguments: &[Argument],
        specs: &mut Vec<Spec<'_>>,
    ) -> Option<Self> {
        if !words.contains(&DRY_RUN) {
            return None;
        }
        let is_own = !is_free(arguments, DRY_RUN);
        let gives_files = words.contains(&POLICY_FILE) && is_free(arguments, POLICY_FILE);
        if is_own && !gives_files {
            return None;
        }
        let own = |name: &'static str, arity| Spec {
            arity,
            abbreviates: false,
            ..Spec::new(name)
        };
        if !is_own {
            specs.push(own(DRY_RUN, Arity::Zero));
        }
        let policy_file = gives_files.then(|| {
            specs.push(own(POLICY_FILE, Arity::Some));
            specs.len() - 1
        });
        Some(Self { policy_file })
    }

    /// What the words ask for.
    pub(super) fn rehearsal(self, parsed: &Parsed<'_>) -> Rehearsal {
        let files = self.policy_file.and_then(|index| parsed.last(index));
        let files = files.into_iter().flatten().map(|&word| word.to_owned());
        Rehearsal {
            policy_files: files.collect(),
        }
    }
}

/// What was decided of one action on one resource.
pub(super) struct Decision {
    /// The action with its prefix.
    pub action: String,
    /// The ARN, or `*`.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
    /// Why it is not allowed: `because no … allows the … action`.
    pub reason: String,
    /// The condition keys that were asked for and not there.
    pub missing: Vec<String>,
}

/// What was decided, and by whom.
pub(super) struct Verdict {
    /// Who would make the call: an ARN.
    pub caller: String,
    /// Each action and resource.
    pub decisions: Vec<Decision>,
    /// Which method answered, and what it cannot see.
    pub remarks: Vec<String>,
}

/// Rehearses a call, and ends as a dry run of EC2 does.
///
/// # Errors
/// Always: `DryRunOperation`, `UnauthorizedOperation`, or why neither is known.
pub(super) async fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    client: &Client,
    call: &awl_sdk::Call,
    rehearsal: &Rehearsal,
) -> Result<(), CommandError> {
    if !call::announce(invocation, globals, client, call).await? {
        return Ok(());
    }
    let name = call.operation.name();
    let policies = local::read(&*invocation.host, &rehearsal.policy_files)?;
    let prepared = client.prepare(call).await?;
    if !globals.sign_request {
        return Err(CommandError::validation(
            "A dry run cannot tell what an unsigned request may do: only the policy of the \
             resource decides",
        ));
    }
    let request = client.sign(&prepared).await?;
    let sent = format!("{} {}", request.method, host_of(&request.url));
    say(
        invocation,
        &format!("valid, resolved and signed, not sent: {sent}"),
    );
    let scope = Scope {
        partition: partition(client.region()).to_owned(),
        region: client.region().to_owned(),
        account: String::new(),
    };
    let parameters = parameters::flat(call.operation, &call.params);
    if let Some(reason) = access::access(call.operation, &parameters, &scope).free {
        say(invocation, &format!("no policy was asked: {reason}"));
        return Err(would_succeed(name));
    }
    let secure = is_secure(&request.url);
    let verdict = if rehearsal.policy_files.is_empty() {
        let identity = identity::ask(client).await?;
        let (needs, context) = question(invocation, call, &identity, scope, secure);
        remote::decide(invocation, client, &identity, &needs, context).await?
    } else {
        let identity = local::identity(client, &scope, &policies).await;
        let (needs, context) = question(invocation, call, &identity, scope, secure);
        local::decide(&identity, &policies, &needs, context)
    };
    conclude(invocation, name, &verdict)?;
    Err(would_succeed(name))
}

/// Checks whether the caller may make calls, all of them, of which nothing is
/// sent.
///
/// # Errors
/// `UnauthorizedOperation`, or why it is not known.
pub(super) async fn check(
    invocation: &mut Invocation,
    client: &Client,
    calls: &[awl_sdk::Call],
) -> Result<(), CommandError> {
    let identity = identity::ask(client).await?;
    for call in calls {
        let prepared = client.prepare(call).await?;
        let secure = is_secure(&prepared.request.url);
        let scope = Scope {
            partition: partition(client.region()).to_owned(),
            region: client.region().to_owned(),
            account: String::new(),
        };
        let (needs, context) = question(invocation, call, &identity, scope, secure);
        let verdict = remote::decide(invocation, client, &identity, &needs, context).await?;
        conclude(invocation, call.operation.name(), &verdict)?;
    }
    Ok(())
}

/// What the caller's policies are asked: which permissions, with which condition keys.
fn question(
    invocation: &mut Invocation,
    call: &awl_sdk::Call,
    identity: &Identity,
    scope: Scope,
    secure: bool,
) -> (Vec<Need>, Vec<parameters::Entry>) {
    let scope = Scope {
        account: identity.account.clone(),
        ..scope
    };
    let mut parameters = parameters::flat(call.operation, &call.params);
    parameters.extend(parameters::implied(call, &identity.arn));
    let access = access::access(call.operation, &parameters, &scope);
    let needs = needed(invocation, access);
    let context = parameters::context(call, &identity.arn, &scope, secure, &*invocation.host);
    (needs, context)
}

/// The needs, with a remark where one is a guess.
fn needed(invocation: &mut Invocation, access: Access) -> Vec<Need> {
    for need in &access.needs {
        if need.basis == Basis::Assumed {
            let line = format!(
                "{} is assumed to be the action, as AWS's reference lists none for the operation",
                need.action
            );
            say(invocation, &line);
        }
        if need.is_open {
            let line = format!(
                "the resources of {} are not all told by the parameters; `*` stands for the rest",
                need.action
            );
            say(invocation, &line);
        }
        if !need.dependents.is_empty() {
            let line = format!(
                "{} may need these as well, which were not asked about: {}",
                need.action,
                need.dependents.join(", ")
            );
            say(invocation, &line);
        }
    }
    access.needs
}

/// Says what was decided and by whom.
///
/// # Errors
/// `UnauthorizedOperation`.
fn conclude(
    invocation: &mut Invocation,
    operation: &str,
    verdict: &Verdict,
) -> Result<(), CommandError> {
    for decision in &verdict.decisions {
        let missing = if decision.missing.is_empty() {
            String::new()
        } else {
            format!(" (without the keys {})", decision.missing.join(", "))
        };
        let line = format!(
            "{} on {}: {}{missing}",
            decision.action, decision.resource, decision.decision
        );
        say(invocation, &line);
    }
    for remark in &verdict.remarks {
        say(invocation, remark);
    }
    let mut refused = verdict.decisions.iter();
    let Some(refused) = refused.find(|decision| decision.decision != "allowed") else {
        return Ok(());
    };
    Err(failure(
        operation,
        "UnauthorizedOperation",
        &format!(
            "You are not authorized to perform this operation. User: {} is not authorized to \
             perform: {} on resource: {} {}",
            verdict.caller, refused.action, refused.resource, refused.reason
        ),
    ))
}

fn would_succeed(operation: &str) -> CommandError {
    failure(
        operation,
        "DryRunOperation",
        "Request would have succeeded, but DryRun flag is set.",
    )
}

/// An error as EC2 would answer it.
fn failure(operation: &str, code: &'static str, message: &str) -> CommandError {
    let mut details = Map::with_capacity(2);
    details.push("Code", Value::from(code));
    details.push("Message", Value::from(message));
    CommandError::service(
        format!("An error occurred ({code}) when calling the {operation} operation: {message}"),
        details,
    )
}

/// Says on standard error how the rehearsal goes.
fn say(invocation: &mut Invocation, line: &str) {
    invocation.ui.write_error(&format!("dry run: {line}\n"));
}

fn partition(region: &str) -> &'static str {
    let partitions = awl_catalog::store().partitions();
    Partition::for_region(partitions, region).map_or("aws", Partition::name)
}

/// The scheme and host of a URL.
fn host_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..]
        .find(['/', '?'])
        .map_or(url.len(), |at| start + at);
    &url[..end]
}

/// Whether nobody between can read what goes to a URL: by TLS, or since it stays on
/// this machine, as the sandbox sees it.
fn is_secure(url: &str) -> bool {
    let host = url.strip_prefix("http://").map(|rest| {
        let end = rest.find(['/', '?', ':']).unwrap_or(rest.len());
        &rest[..end]
    });
    host.is_none_or(|host| host == "127.0.0.1" || host == "localhost")
}
