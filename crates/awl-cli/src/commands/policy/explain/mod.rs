//! `awl policy explain`: who was refused what on which resource, by which
//! policy, and the smallest change that would allow it.

mod offer;
mod report;

use awl_iam::messages::{Denial, parse_decoded_message, parse_denial};
use awl_iam::{Context, PolicySet, Principal, Request};
use awl_value::{Value, json};

use super::refusal::{self, Refusal};
use super::simulate;
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;
use crate::output::Printer;

pub(in crate::commands) use self::offer::offer;

/// `policy explain`.
pub(super) const COMMAND: Custom = Custom::new(
    "explain",
    &[
        Argument::positional(refusal::MESSAGE).optional(),
        Argument::option(refusal::MESSAGE_OPTION).literal(),
        Argument::flag("--no-decode"),
        simulate::IDENTITY,
        simulate::RESOURCE,
        simulate::BOUNDARY,
        simulate::SCP,
        simulate::RCP,
        simulate::SESSION,
        simulate::VPC_ENDPOINT,
        simulate::ACCOUNT,
        simulate::CONTEXT,
        simulate::CONTEXT_FILE,
    ],
    run,
)
.with_words(refusal::words);

/// A refusal, and what else there is to say of it.
struct Refused {
    denial: Denial,
    /// Why the encoded message was not decoded.
    note: Option<String>,
}

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let text = refusal::text(invocation, given)?;
    let refused = read(&text, &mut |message| match given.has("--no-decode") {
        true => Ok(None),
        false => refusal::decode(invocation, globals, message).map(Some),
    })?;
    let known = simulation(invocation, given, &refused.denial)?;
    let explained = report::Explained::new(&refused, known.as_ref());
    if globals.output.is_some() || globals.query.is_some() {
        let config = call::load_config(invocation, globals)?;
        let printer = Printer::new(&config, globals, "explain")?;
        return printer.print(&mut invocation.ui, &*invocation.host, explained.value());
    }
    invocation.ui.write_out(&explained.lines());
    Ok(())
}

/// Makes the most of a text. `decode` says what an encoded message says; None
/// where it is not to be asked.
fn read(
    text: &str,
    decode: &mut dyn FnMut(&str) -> Result<Option<Value>, CommandError>,
) -> Result<Refused, CommandError> {
    let decoded = |value: &Value| parse_decoded_message(&json::to_string(value));
    let plain = |denial| Refused { denial, note: None };
    let message = match Refusal::parse(text) {
        Refusal::Decoded(value) => {
            return decoded(&value)
                .map(plain)
                .ok_or_else(|| CommandError::general("The message is none that STS decodes"));
        }
        Refusal::Text(text) => return parse_denial(text).map(plain).ok_or_else(|| silent(text)),
        Refusal::Encoded(message) => message,
    };
    let denial = parse_denial(text).unwrap_or_default();
    let note = match decode(&message) {
        Ok(Some(value)) => match decoded(&value) {
            Some(found) => return Ok(plain(merge(denial, found))),
            None => "what STS decoded is no message of the known form".to_owned(),
        },
        Ok(None) => "the encoded message, which says more, was not decoded".to_owned(),
        Err(error) if denial.action.is_none() => return Err(error),
        Err(error) => format!(
            "the encoded message, which says more, is not for this caller: {}",
            error.message()
        ),
    };
    Ok(Refused {
        denial,
        note: Some(note),
    })
}

/// What a text says together with what its message does, which knows more but
/// the policy's type.
fn merge(text: Denial, message: Denial) -> Denial {
    Denial {
        principal: text.principal.or(message.principal),
        action: text.action.or(message.action),
        resource: text.resource.or(message.resource),
        policy_type: text.policy_type,
        policy_arn: text.policy_arn,
        encoded: text.encoded,
        ..message
    }
}

/// What to say of a text that tells nothing.
fn silent(text: &str) -> CommandError {
    if text.is_empty() {
        return CommandError::validation(
            "There is nothing to explain: give the error's text, or an encoded message",
        );
    }
    let is_denied = [
        "AccessDenied",
        "Access Denied",
        "(403)",
        "Forbidden",
        "UnauthorizedOperation",
    ]
    .iter()
    .any(|word| text.contains(word));
    CommandError::general(if is_denied {
        "The service does not say who was refused what, or why, so there is nothing to go by. With \
         the policies at hand, policy simulate decides offline"
    } else {
        "The text is no refusal: it neither says who is not authorized to perform what, nor has an \
         encoded authorization message"
    })
}

/// A request with the policies that bear on it.
struct Simulation {
    request: Request,
    policies: PolicySet,
}

/// The refused request and the policies that were given, if any were.
fn simulation(
    invocation: &Invocation,
    given: &Given<'_>,
    denial: &Denial,
) -> Result<Option<Simulation>, CommandError> {
    let has_policies = simulate::POLICIES.iter().any(|name| given.has(name));
    if !has_policies {
        return Ok(None);
    }
    let lacks = |what: &str| {
        CommandError::general(format!(
            "The refusal does not say {what}, so the policies cannot be tried on it"
        ))
    };
    let principal = denial.principal.as_deref().unwrap_or_default();
    let principal = Principal::parse(principal).map_err(|_| lacks("who was refused"))?;
    let action = denial
        .action
        .as_deref()
        .ok_or_else(|| lacks("what was refused"))?;
    let resource = denial.resource.as_deref().unwrap_or("*");
    let mut context: Context = denial.context.clone();
    for (key, value) in simulate::context(&*invocation.host, given)?.iter() {
        context.insert(key, value.clone());
    }
    let mut request = Request::new(principal, action, resource).with_context(context);
    if let Some(account) = simulate::account(given)? {
        request = request.with_resource_account(account);
    }
    let is_trust = simulate::opens_session(&request);
    let policies = simulate::policies(&*invocation.host, given, is_trust)?;
    Ok(Some(Simulation { request, policies }))
}

#[cfg(test)]
mod tests;
