//! The resources that a call is about, where the facts of access cannot tell them
//! from its parameters alone; roles that are handed to instances; tags that are
//! given along.

use awl_value::Value;

use super::instance::Instance;
use super::{groups, images, placing, run, tags, text};
use crate::Need;
use crate::door::Call;

/// Puts in what a call is about.
pub(crate) fn place(needs: &mut Vec<Need>, call: &Call<'_>) {
    if let Some(own) = own_resources(call) {
        for need in needs.iter_mut() {
            if need.action.strip_prefix("ec2:") == Some(call.operation.name()) {
                need.resources.clone_from(&own);
            }
        }
    }
    if let Some(instance) = associated(call) {
        for resource in needs.iter_mut().flat_map(|need| &mut need.resources) {
            if *resource == arn(call, "instance/*") {
                *resource = instance.arn(call.account);
            }
        }
    }
    if let Some((profile, _)) = passed(call)
        && let Some(profile) = call.account.profile_by_arn(&profile)
        && let Some(role) = call.account.role_of(profile)
    {
        needs.push(Need {
            action: "iam:PassRole".to_owned(),
            resources: vec![role.arn(&call.account.id)],
        });
    }
    // Tags that are given when something is made need their own permission.
    let mut kinds: Vec<String> = Vec::new();
    for own in call.parameters.list("TagSpecifications") {
        let given = own.get("Tags").and_then(Value::as_list);
        let has_tags = given.is_some_and(|given| !given.is_empty());
        if let Some(kind) = text(own, "ResourceType").filter(|_| has_tags) {
            kinds.push(of_kind(call, kind, "*"));
        }
    }
    if !kinds.is_empty() {
        needs.push(Need {
            action: "ec2:CreateTags".to_owned(),
            resources: kinds,
        });
    }
}

/// An ARN of the account and the Region.
pub(super) fn arn(call: &Call<'_>, rest: &str) -> String {
    format!("arn:aws:ec2:{}:{}:{rest}", call.region, call.account.id)
}

/// The ARN of something by its kind; those that may be others' name no account.
fn of_kind(call: &Call<'_>, kind: &str, id: &str) -> String {
    match kind {
        "image" | "snapshot" => format!("arn:aws:ec2:{}::{kind}/{id}", call.region),
        kind => arn(call, &format!("{kind}/{id}")),
    }
}

/// What an operation is about; None where the facts know.
fn own_resources(call: &Call<'_>) -> Option<Vec<String>> {
    let parameters = call.parameters;
    match call.operation.name() {
        "RunInstances" => Some(launch(call)),
        "CreateTags" | "DeleteTags" => {
            let ids = parameters.texts("Resources");
            let ids = ids.iter().map(|id| match tags::kind(id) {
                Some(kind) => of_kind(call, kind, id),
                None => "*".to_owned(),
            });
            Some(ids.collect())
        }
        "CreateKeyPair" | "ImportKeyPair" => {
            let name = parameters.text("KeyName")?;
            Some(vec![of_kind(call, "key-pair", name)])
        }
        "DeleteKeyPair" => {
            let (name, id) = (parameters.text("KeyName"), parameters.text("KeyPairId"));
            let mut keys = call.account.resources(call.region, "key");
            let own = keys.find(|own| match name {
                Some(name) => own.text("KeyName") == name,
                None => Some(&*own.id) == id,
            });
            let name = name.or(own.map(|own| own.text("KeyName")));
            Some(vec![of_kind(call, "key-pair", name.unwrap_or("*"))])
        }
        "CreateSecurityGroup" => {
            let vpc = parameters.text("VpcId").map(str::to_owned);
            let vpc = vpc.or_else(|| groups::default_vpc(call));
            let group = of_kind(call, "security-group", "*");
            let vpc = vpc.map(|vpc| of_kind(call, "vpc", &vpc));
            Some([Some(group), vpc].into_iter().flatten().collect())
        }
        "DeleteSecurityGroup"
        | "AuthorizeSecurityGroupIngress"
        | "AuthorizeSecurityGroupEgress"
        | "RevokeSecurityGroupIngress"
        | "RevokeSecurityGroupEgress"
        | "ModifySecurityGroupRules"
        | "UpdateSecurityGroupRuleDescriptionsIngress"
        | "UpdateSecurityGroupRuleDescriptionsEgress" => {
            let group = groups::named(call).ok()?;
            Some(vec![of_kind(call, "security-group", &group.id)])
        }
        "DisassociateRouteTable" => {
            let id = parameters.text("AssociationId")?;
            let mut tables = call.account.resources(call.region, "rtb");
            let own = tables.find(|own| {
                let mut associations = own.list("Associations").iter();
                associations.any(|own| text(own, "RouteTableAssociationId") == Some(id))
            })?;
            Some(vec![of_kind(call, "route-table", &own.id)])
        }
        _ => None,
    }
}

/// All that a launch is about.
fn launch(call: &Call<'_>) -> Vec<String> {
    let image = call.parameters.text("ImageId").unwrap_or("*");
    let image = images::named(call, image).map_or_else(
        |_| image.to_owned(),
        |image| images::member(&image, "ImageId").to_owned(),
    );
    let mut resources = vec![
        arn(call, "instance/*"),
        format!("arn:aws:ec2:{}::image/{image}", call.region),
    ];
    if let Some(key) = call.parameters.text("KeyName") {
        resources.push(arn(call, &format!("key-pair/{key}")));
    }
    resources.push(arn(call, "network-interface/*"));
    match placing::find(call) {
        Ok(place) => {
            let groups = place.groups.iter();
            resources.extend(groups.map(|id| arn(call, &format!("security-group/{id}"))));
            resources.push(arn(call, &format!("subnet/{}", place.subnet.id)));
        }
        Err(_) => {
            resources.push(arn(call, "security-group/*"));
            resources.push(arn(call, "subnet/*"));
        }
    }
    resources.push(arn(call, "volume/*"));
    resources
}

/// The profile that a call gives an instance.
pub(super) fn passed(call: &Call<'_>) -> Option<(String, String)> {
    let given = call.parameters.0.get("IamInstanceProfile");
    run::profile(call, given).ok().flatten()
}

/// The instance whose association a call names.
fn associated<'a>(call: &'a Call<'_>) -> Option<&'a Instance> {
    let id = call.parameters.text("AssociationId")?;
    let mut instances = call.account.instances();
    instances.find(|own| own.profile.as_ref().is_some_and(|own| own.id == id))
}
