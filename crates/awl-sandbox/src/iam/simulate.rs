//! The policy simulator, over the same engine that decides on real requests.

use awl_iam::simulate::{ContextEntry, SimulateCustomPolicy, SimulationError, context_keys};
use awl_iam::{NamedPolicy, Policy, PolicyType, Principal};
use awl_protocol::server::Failure;
use awl_value::Value;

use super::{document, map};
use crate::account::{Identity, Kind};
use crate::door::{Call, Outcome};

/// Answers what is asked of the simulator.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "SimulateCustomPolicy" => simulate(call, None),
        "SimulatePrincipalPolicy" => {
            let source = source(call)?;
            simulate(call, Some(&source))
        }
        "GetContextKeysForCustomPolicy" => keys(call, None),
        "GetContextKeysForPrincipalPolicy" => {
            let source = source(call)?;
            keys(call, Some(&source))
        }
        _ => Ok(None),
    }
}

/// Whose policies are asked for.
fn source(call: &Call<'_>) -> Result<Identity, Failure> {
    let arn = call.parameters.text("PolicySourceArn").unwrap_or_default();
    let identity = call.account.identity_by_arn(arn).cloned();
    identity.ok_or_else(|| {
        let word = arn
            .rsplit(':')
            .next()
            .and_then(|rest| rest.split('/').next());
        let kinds = [Kind::User, Kind::Group, Kind::Role];
        let kind = kinds.into_iter().find(|kind| Some(kind.word()) == word);
        let name = arn.rsplit('/').next().unwrap_or_default();
        match kind {
            Some(kind) => {
                let message = format!("The {} with name {name} cannot be found.", kind.word());
                call.failure("NoSuchEntity", message)
            }
            None => call.failure(
                "InvalidInput",
                format!("Invalid Entity Arn: {arn} does not clearly define entity type and name."),
            ),
        }
    })
}

fn simulate(call: &Call<'_>, source: Option<&Identity>) -> Outcome {
    let invalid = |error: SimulationError| call.failure(error.code, error.message);
    let text = |name| call.parameters.text(name).map(str::to_owned);
    let entries = call.parameters.list("ContextEntries").iter().map(|entry| {
        let text = |name| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let values = entry.get("ContextKeyValues").and_then(Value::as_list);
        let values = values.unwrap_or_default().iter().filter_map(Value::as_str);
        ContextEntry {
            name: text("ContextKeyName").to_owned(),
            values: values.map(str::to_owned).collect(),
            kind: text("ContextKeyType").to_owned(),
        }
    });
    let asked = SimulateCustomPolicy {
        policy_input_list: call.parameters.texts("PolicyInputList"),
        permissions_boundary_policy_input_list: call
            .parameters
            .texts("PermissionsBoundaryPolicyInputList"),
        action_names: call.parameters.texts("ActionNames"),
        resource_arns: call.parameters.texts("ResourceArns"),
        resource_policy: text("ResourcePolicy"),
        resource_owner: text("ResourceOwner"),
        caller_arn: text("CallerArn").or_else(|| {
            // A user's simulation is the user's own, unless somebody else is named.
            let user = source.filter(|source| source.kind == Kind::User);
            user.map(|user| user.arn(&call.account.id))
        }),
        context_entries: entries.collect(),
        resource_handling_option: text("ResourceHandlingOption"),
    };
    let mut simulation = asked.simulation().map_err(invalid)?;
    if let Some(source) = source {
        let own = call.account.policies_of(source);
        simulation.policies.identity.splice(0..0, own);
        let boundary = source.boundary.as_deref();
        let boundary = boundary.and_then(|arn| call.account.named_policy(arn));
        if simulation.policies.permissions_boundary.is_none() {
            simulation.policies.permissions_boundary = boundary;
        }
        if simulation.caller.is_none() && source.kind == Kind::Role {
            simulation.caller = Principal::parse(&source.arn(&call.account.id)).ok();
        }
    }
    if simulation.resource_owner.is_none() {
        simulation.resource_owner = Some(call.account.id.clone());
    }
    let most = usize::try_from(call.parameters.int("MaxItems").unwrap_or(100)).unwrap_or(100);
    let marker = call.parameters.text("Marker");
    let response = simulation.run(marker, most).map_err(invalid)?;
    Ok(response.to_value().as_map().cloned())
}

fn keys(call: &Call<'_>, source: Option<&Identity>) -> Outcome {
    let mut policies: Vec<NamedPolicy> = Vec::new();
    if let Some(source) = source {
        policies.extend(call.account.policies_of(source));
    }
    for text in call.parameters.texts("PolicyInputList") {
        let document = document(call, &text, PolicyType::Identity);
        let document = document.map_err(|failure| call.failure("InvalidInput", failure.message))?;
        policies.push(NamedPolicy::new("PolicyInputList", document.policy));
    }
    let read = policies.iter().map(|own| -> &Policy { &own.policy });
    Ok(Some(map([("ContextKeyNames", context_keys(read).into())])))
}
