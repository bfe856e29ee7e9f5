//! Instance profiles of instances that are there already.

use awl_protocol::server::Failure;
use awl_value::Map;

use super::filter::{self, Item, Listing};
use super::instance::{Association, Instance};
use super::{fields, invalid, lifecycle, names, refused, run, time};
use crate::door::{Call, Outcome};

/// Answers what is asked of associations of instance profiles.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "AssociateIamInstanceProfile" => associate(call),
        "DisassociateIamInstanceProfile" => {
            let mut own = of_association(call)?;
            let shown = own
                .profile
                .take()
                .map(|known| shown(&known, &own.id, "disassociating"));
            call.account.put_instance(own);
            Ok(Some(
                fields! {"IamInstanceProfileAssociation": shown.unwrap_or_default()},
            ))
        }
        "ReplaceIamInstanceProfileAssociation" => {
            let own = of_association(call)?;
            if !["pending", "running"].contains(&own.state(call.now).1) {
                let id = call.parameters.text("AssociationId").unwrap_or_default();
                let message = format!("The association {id} is not the active association");
                return refused("IncorrectState", message);
            }
            give(call, own)
        }
        "DescribeIamInstanceProfileAssociations" => describe(call),
        _ => Ok(None),
    }
}

fn associate(call: &mut Call<'_>) -> Outcome {
    let own = names::instance(call)?;
    if !["pending", "running", "stopping", "stopped"].contains(&own.state(call.now).1) {
        return Err(lifecycle::wrong_state(
            &own,
            "associated with an instance profile",
        ));
    }
    if own.profile.is_some() {
        let message = format!("There is an existing association for instance {}", own.id);
        return refused("IncorrectState", message);
    }
    give(call, own)
}

/// Gives an instance the profile that the request names.
fn give(call: &mut Call<'_>, mut instance: Instance) -> Outcome {
    let given = call.parameters.0.get("IamInstanceProfile");
    let profile = run::profile(call, given)?;
    let (arn, profile_id) = profile.ok_or_else(|| names::missing("IamInstanceProfile"))?;
    let association = Association {
        id: names::new(call, "iip-assoc"),
        arn,
        profile_id,
        since: call.now,
    };
    let shown = shown(&association, &instance.id, "associating");
    instance.profile = Some(association);
    call.account.put_instance(instance);
    Ok(Some(fields! {"IamInstanceProfileAssociation": shown}))
}

/// The instance of the association that a parameter names.
fn of_association(call: &Call<'_>) -> Result<Instance, Failure> {
    let id = call.parameters.text("AssociationId").unwrap_or_default();
    if !id.starts_with("iip-assoc-") {
        return invalid("Invalid value for associationId.");
    }
    let mut instances = call
        .account
        .instances()
        .filter(|own| own.region == call.region);
    let own = instances.find(|own| own.profile.as_ref().is_some_and(|own| own.id == id));
    own.cloned().ok_or_else(|| {
        let message = format!("An invalid association-id of '{id}' was given");
        Failure::new("InvalidAssociationID.NotFound", message)
    })
}

fn describe(call: &Call<'_>) -> Outcome {
    static LISTING: Listing = Listing {
        member: "IamInstanceProfileAssociations",
        filters: &[("instance-id", ""), ("state", "")],
    };
    let ids = call.parameters.texts("AssociationIds");
    let mut items: Vec<Item> = Vec::new();
    for own in call
        .account
        .instances()
        .filter(|own| own.region == call.region)
    {
        let Some(association) = &own.profile else {
            continue;
        };
        if ids.is_empty() || ids.contains(&association.id) {
            let key = super::describe::order(association.since, &association.id);
            items.push((key, shown(association, &own.id, "associated")));
        }
    }
    if let Some(id) = ids
        .iter()
        .find(|id| !items.iter().any(|(key, _)| key.ends_with(&***id)))
    {
        let message = format!("An invalid association-id of '{id}' was given");
        return refused("InvalidAssociationID.NotFound", message);
    }
    filter::list(call, &LISTING, items)
}

fn shown(association: &Association, instance: &str, state: &str) -> Map {
    let mut shown = fields! {
        "AssociationId": &*association.id,
        "InstanceId": instance,
        "IamInstanceProfile": fields! {
            "Arn": &*association.arn,
            "Id": &*association.profile_id,
        },
        "State": state,
    };
    if state != "associated" {
        shown.push("Timestamp", time(association.since));
    }
    shown
}
