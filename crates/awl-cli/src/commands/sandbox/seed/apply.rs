//! The steps of a seed, taken one after the other.

use super::Brought;
use super::document::Document;
use super::plan::{Deed, Step, Thing};
use crate::commands::sandbox::clients::{Clients, Failed, REGION};
use crate::error::CommandError;

/// What services say of what is there already.
const KNOWN: &[&str] = &[
    "EntityAlreadyExists",
    "EntityAlreadyExistsException",
    "BucketAlreadyOwnedByYou",
    "IdempotentParameterMismatch",
    "InvalidGroup.Duplicate",
    "InvalidKeyPair.Duplicate",
];

/// Makes all that is not there yet.
pub(super) fn apply(
    clients: &mut Clients<'_>,
    things: &[Thing],
    document: &Document,
) -> Result<Brought, CommandError> {
    let mut brought = Brought::default();
    let mut late = Vec::new();
    for thing in things {
        let is_known = match &thing.known {
            Some(step) => match take(clients, step) {
                Ok(()) => true,
                Err(Failed::Ended(error)) => return Err(error),
                Err(_) => false,
            },
            None => false,
        };
        if is_known {
            brought.known += 1;
            continue;
        }
        match take(clients, &thing.create) {
            Ok(()) => brought.made += 1,
            Err(Failed::Service(code, _)) if KNOWN.contains(&code.as_str()) => {
                brought.known += 1;
                continue;
            }
            Err(why) => return Err(refused(document, thing, &thing.create, why)),
        }
        for step in &thing.rest {
            take(clients, step).map_err(|why| refused(document, thing, step, why))?;
        }
        late.extend(thing.late.iter().map(|step| (thing, step)));
    }
    for (thing, step) in late {
        take(clients, step).map_err(|why| refused(document, thing, step, why))?;
    }
    Ok(brought)
}

fn refused(document: &Document, thing: &Thing, step: &Step, why: Failed) -> CommandError {
    match why {
        Failed::Service(_, why) | Failed::Because(why) => {
            let name = &thing.name;
            document.error(&step.fault(format!("{name} cannot be made: {why}")))
        }
        Failed::Ended(error) => error,
    }
}

fn take(clients: &mut Clients<'_>, step: &Step) -> Result<(), Failed> {
    match &step.deed {
        Deed::Order { verb, parameters } => {
            let answer = clients.order(verb, parameters.clone());
            let because = |error: CommandError| Failed::Because(error.message().to_owned());
            answer.map(drop).map_err(because)
        }
        Deed::Call {
            service,
            operation,
            parameters,
            region,
            body,
        } => {
            let region = region.as_deref().unwrap_or(REGION);
            let (parameters, body) = (parameters.clone(), body.as_deref());
            let answer = clients.call(service, operation, parameters, region, body);
            answer.map(drop)
        }
    }
}
