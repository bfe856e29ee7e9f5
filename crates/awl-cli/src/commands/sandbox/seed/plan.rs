//! What a seed comes to: calls of AWS's own operations, and orders on the control
//! channel for what no operation can do (a key with a certain secret).

use std::path::PathBuf;

use awl_value::{Map, Value, json};

use super::document::{Fault, Part};

/// One thing of a seed, which is made whole or, where it is there already, left as
/// it is.
#[derive(Debug)]
pub(super) struct Thing {
    /// What it is called in reports: `user alice`.
    pub(super) name: String,
    /// What works where it is there already, if making it again would not fail then.
    pub(super) known: Option<Step>,
    /// What makes it.
    pub(super) create: Step,
    /// What else is to be done then.
    pub(super) rest: Vec<Step>,
    /// What is to be done once everything is there.
    pub(super) late: Vec<Step>,
}

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    /// Where the seed says so.
    pub(super) path: String,
    pub(super) deed: Deed,
}

/// What is done.
#[derive(Debug)]
pub(super) enum Deed {
    /// A call.
    Call {
        service: &'static str,
        operation: &'static str,
        parameters: Map,
        /// None: the usual Region.
        region: Option<String>,
        /// A body from a file.
        body: Option<PathBuf>,
    },
    /// An order.
    Order { verb: &'static str, parameters: Map },
}

/// The parts of a seed, in the order in which they are made.
const PARTS: &[(&str, Planner)] = &[
    ("AwsPolicies", aws_policy),
    ("Policies", policy),
    ("Groups", group),
    ("Users", user),
    ("Roles", role),
    ("InstanceProfiles", instance_profile),
    ("KeyPairs", key_pair),
    ("SecurityGroups", security_group),
    ("Instances", instance),
    ("Buckets", super::buckets::bucket),
];

/// The trust policy of a role that nobody may assume yet.
const NOBODY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}"#;

type Planner = fn(&Part<'_>, &Scene<'_>) -> Result<Thing, Fault>;

/// What a plan is made in.
pub(super) struct Scene<'a> {
    /// The names and ARNs of the seed's own managed policies.
    policies: Vec<(String, String)>,
    /// Finds files that the seed names.
    pub(super) beside: &'a dyn Fn(&str) -> PathBuf,
}

/// The things of a seed.
pub(super) fn plan(
    root: &Part<'_>,
    account: &str,
    beside: &dyn Fn(&str) -> PathBuf,
) -> Result<Vec<Thing>, Fault> {
    let known: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    if root.value.is_null() {
        return Ok(Vec::new());
    }
    root.members(&known)?;
    let mut scene = Scene {
        policies: Vec::new(),
        beside,
    };
    for policy in root.items("Policies")? {
        if let Some(name) = policy.text("PolicyName")? {
            let path = policy.text("Path")?.unwrap_or_else(|| "/".to_owned());
            let arn = format!("arn:aws:iam::{account}:policy{path}{name}");
            scene.policies.push((name, arn));
        }
    }
    let mut things = Vec::new();
    for (name, planner) in PARTS {
        for part in root.items(name)? {
            things.push(planner(&part, &scene)?);
        }
    }
    Ok(things)
}

impl Step {
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::at(&self.path, message)
    }
}

impl Scene<'_> {
    /// The ARN of a managed policy: of the seed's own where it has one of this
    /// name, of AWS's otherwise.
    fn policy(&self, name: &str) -> String {
        let own = self.policies.iter().find(|(own, _)| own == name);
        match own {
            Some((_, arn)) => arn.clone(),
            None if name.starts_with("arn:") => name.to_owned(),
            None => format!("arn:aws:iam::aws:policy/{name}"),
        }
    }
}

/// A call of IAM.
fn iam(part: &Part<'_>, operation: &'static str, parameters: Map) -> Step {
    call(part, "iam", operation, parameters)
}

pub(super) fn call(
    part: &Part<'_>,
    service: &'static str,
    operation: &'static str,
    parameters: Map,
) -> Step {
    Step {
        path: part.path.clone(),
        deed: Deed::Call {
            service,
            operation,
            parameters,
            region: None,
            body: None,
        },
    }
}

/// Parameters of texts.
pub(super) fn texts<const N: usize>(entries: [(&'static str, &str); N]) -> Map {
    let entries = entries.into_iter();
    entries
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// Takes members over that are called as the parameters are.
fn take(part: &Part<'_>, names: &[&'static str], parameters: &mut Map) {
    for name in names {
        if let Some(member) = part.member(name) {
            parameters.insert(*name, member.value.clone());
        }
    }
}

/// Tags: a map of keys and values, or a list as AWS has it.
pub(super) fn tags(part: &Part<'_>) -> Result<Option<Value>, Fault> {
    let Some(member) = part.member("Tags") else {
        return Ok(None);
    };
    if member.value.as_list().is_some() {
        return Ok(Some(member.value.clone()));
    }
    let mut tags = Vec::new();
    for (key, value) in part.entries("Tags")? {
        let text = value.as_text()?;
        tags.push(Value::Map(texts([("Key", key), ("Value", &text)])));
    }
    Ok(Some(Value::List(tags)))
}

/// A policy: written out, or as the text that it is.
pub(super) fn document(part: &Part<'_>) -> Result<String, Fault> {
    match part.value {
        Value::Map(_) => Ok(json::to_string(part.value)),
        Value::String(text) => Ok(text.clone()),
        _ => Err(part.fault("this is to be a policy")),
    }
}

fn policy(part: &Part<'_>, _: &Scene<'_>) -> Result<Thing, Fault> {
    part.members(&[
        "PolicyName",
        "Path",
        "Description",
        "PolicyDocument",
        "Tags",
    ])?;
    let name = part.needed("PolicyName")?;
    let mut parameters = texts([("PolicyName", &name)]);
    take(part, &["Path", "Description"], &mut parameters);
    let text = part.member("PolicyDocument");
    let text = text.ok_or_else(|| part.fault("PolicyDocument is missing"))?;
    parameters.push("PolicyDocument", document(&text)?.into());
    if let Some(tags) = tags(part)? {
        parameters.push("Tags", tags);
    }
    Ok(Thing {
        known: None,
        late: Vec::new(),
        name: format!("policy {name}"),
        create: iam(part, "CreatePolicy", parameters),
        rest: Vec::new(),
    })
}

/// A managed policy of AWS that the sandbox is to know, too.
fn aws_policy(part: &Part<'_>, _: &Scene<'_>) -> Result<Thing, Fault> {
    part.members(&["PolicyArn", "PolicyDocument"])?;
    let arn = part.needed("PolicyArn")?;
    let text = part.member("PolicyDocument");
    let text = text.ok_or_else(|| part.fault("PolicyDocument is missing"))?;
    let parameters = texts([("PolicyArn", &arn), ("PolicyDocument", &document(&text)?)]);
    Ok(Thing {
        known: None,
        late: Vec::new(),
        name: format!("policy {arn}"),
        create: order(part, "import-policy", parameters),
        rest: Vec::new(),
    })
}

/// What users, groups and roles have in common: the policies they have.
fn policies(
    part: &Part<'_>,
    scene: &Scene<'_>,
    operations: [&'static str; 2],
    named: (&'static str, &str),
) -> Result<Vec<Step>, Fault> {
    let mut steps = Vec::new();
    for (name, policy) in part.entries("Policies")? {
        let text = document(&policy)?;
        let parameters = [named, ("PolicyName", name), ("PolicyDocument", &text)];
        steps.push(iam(&policy, operations[0], texts(parameters)));
    }
    for policy in part.items("ManagedPolicies")? {
        let arn = scene.policy(&policy.as_text()?);
        let parameters = texts([named, ("PolicyArn", &arn)]);
        steps.push(iam(&policy, operations[1], parameters));
    }
    Ok(steps)
}

fn group(part: &Part<'_>, scene: &Scene<'_>) -> Result<Thing, Fault> {
    part.members(&["GroupName", "Path", "Policies", "ManagedPolicies"])?;
    let name = part.needed("GroupName")?;
    let mut parameters = texts([("GroupName", &name)]);
    take(part, &["Path"], &mut parameters);
    let operations = ["PutGroupPolicy", "AttachGroupPolicy"];
    Ok(Thing {
        known: None,
        late: Vec::new(),
        create: iam(part, "CreateGroup", parameters),
        rest: policies(part, scene, operations, ("GroupName", &name))?,
        name: format!("group {name}"),
    })
}

fn boundary(part: &Part<'_>, scene: &Scene<'_>, parameters: &mut Map) -> Result<(), Fault> {
    if let Some(boundary) = part.text("PermissionsBoundary")? {
        parameters.push("PermissionsBoundary", scene.policy(&boundary).into());
    }
    if let Some(tags) = tags(part)? {
        parameters.push("Tags", tags);
    }
    Ok(())
}

fn role(part: &Part<'_>, scene: &Scene<'_>) -> Result<Thing, Fault> {
    part.members(&[
        "RoleName",
        "Path",
        "Description",
        "MaxSessionDuration",
        "AssumeRolePolicyDocument",
        "Policies",
        "ManagedPolicies",
        "PermissionsBoundary",
        "Tags",
    ])?;
    let name = part.needed("RoleName")?;
    let mut parameters = texts([("RoleName", &name)]);
    take(
        part,
        &["Path", "Description", "MaxSessionDuration"],
        &mut parameters,
    );
    let trust = part.member("AssumeRolePolicyDocument");
    let trust = trust.ok_or_else(|| part.fault("AssumeRolePolicyDocument is missing"))?;
    let text = document(&trust)?;
    // Roles may trust each other, or themselves, and have to be there for that.
    let late = match text.contains(":role/") {
        true => {
            let named = [("RoleName", &*name), ("PolicyDocument", &*text)];
            vec![iam(&trust, "UpdateAssumeRolePolicy", texts(named))]
        }
        false => Vec::new(),
    };
    let first = match late.is_empty() {
        true => text,
        false => NOBODY.to_owned(),
    };
    parameters.push("AssumeRolePolicyDocument", first.into());
    boundary(part, scene, &mut parameters)?;
    let operations = ["PutRolePolicy", "AttachRolePolicy"];
    Ok(Thing {
        known: None,
        late,
        create: iam(part, "CreateRole", parameters),
        rest: policies(part, scene, operations, ("RoleName", &name))?,
        name: format!("role {name}"),
    })
}

fn user(part: &Part<'_>, scene: &Scene<'_>) -> Result<Thing, Fault> {
    part.members(&[
        "UserName",
        "Path",
        "Groups",
        "Policies",
        "ManagedPolicies",
        "PermissionsBoundary",
        "Tags",
        "AccessKeys",
        "MFADevices",
    ])?;
    let name = part.needed("UserName")?;
    let mut parameters = texts([("UserName", &name)]);
    take(part, &["Path"], &mut parameters);
    boundary(part, scene, &mut parameters)?;
    let operations = ["PutUserPolicy", "AttachUserPolicy"];
    let mut rest = policies(part, scene, operations, ("UserName", &name))?;
    for group in part.items("Groups")? {
        let parameters = texts([("UserName", &name), ("GroupName", &group.as_text()?)]);
        rest.push(iam(&group, "AddUserToGroup", parameters));
    }
    for key in part.items("AccessKeys")? {
        key.members(&["AccessKeyId", "SecretAccessKey", "Status"])?;
        let mut parameters = texts([
            ("UserName", &name),
            ("AccessKeyId", &key.needed("AccessKeyId")?),
            ("SecretAccessKey", &key.needed("SecretAccessKey")?),
        ]);
        take(&key, &["Status"], &mut parameters);
        rest.push(order(&key, "import-key", parameters));
    }
    for device in part.items("MFADevices")? {
        device.members(&["VirtualMFADeviceName", "Base32StringSeed"])?;
        let parameters = texts([
            ("UserName", &name),
            (
                "VirtualMFADeviceName",
                &device.needed("VirtualMFADeviceName")?,
            ),
            ("Base32StringSeed", &device.needed("Base32StringSeed")?),
        ]);
        rest.push(order(&device, "import-device", parameters));
    }
    Ok(Thing {
        known: None,
        late: Vec::new(),
        name: format!("user {name}"),
        create: iam(part, "CreateUser", parameters),
        rest,
    })
}

fn order(part: &Part<'_>, verb: &'static str, parameters: Map) -> Step {
    Step {
        path: part.path.clone(),
        deed: Deed::Order { verb, parameters },
    }
}

fn instance_profile(part: &Part<'_>, _: &Scene<'_>) -> Result<Thing, Fault> {
    part.members(&["InstanceProfileName", "Path", "Role", "Tags"])?;
    let name = part.needed("InstanceProfileName")?;
    let mut parameters = texts([("InstanceProfileName", &name)]);
    take(part, &["Path"], &mut parameters);
    if let Some(tags) = tags(part)? {
        parameters.push("Tags", tags);
    }
    let mut rest = Vec::new();
    if let Some(role) = part.text("Role")? {
        let parameters = texts([("InstanceProfileName", &name), ("RoleName", &role)]);
        rest.push(iam(part, "AddRoleToInstanceProfile", parameters));
    }
    Ok(Thing {
        known: None,
        late: Vec::new(),
        name: format!("instance profile {name}"),
        create: iam(part, "CreateInstanceProfile", parameters),
        rest,
    })
}

/// The parameters of a call that a part has as they are, but for the members that
/// mean something else here.
pub(super) fn others(part: &Part<'_>, but: &[&str]) -> Result<Map, Fault> {
    let members = part.map()?.iter();
    let taken = members.filter(|(name, value)| !but.contains(name) && !value.is_null());
    Ok(taken
        .map(|(name, value)| (name.to_owned().into(), value.clone()))
        .collect())
}

pub(super) fn in_region(mut step: Step, wanted: Option<&String>) -> Step {
    if let Deed::Call { region, .. } = &mut step.deed {
        *region = wanted.cloned();
    }
    step
}

fn specification(kind: &str, tags: Value) -> Value {
    let mut specification = texts([("ResourceType", kind)]);
    specification.push("Tags", tags);
    Value::List(vec![specification.into()])
}

fn key_pair(part: &Part<'_>, _: &Scene<'_>) -> Result<Thing, Fault> {
    let name = part.needed("KeyName")?;
    let region = part.text("Region")?;
    let mut parameters = others(part, &["Region", "Tags"])?;
    if let Some(Value::String(material)) = parameters.get("PublicKeyMaterial") {
        let material = Value::Blob(material.clone().into_bytes());
        parameters.insert("PublicKeyMaterial", material);
    }
    if let Some(tags) = tags(part)? {
        parameters.push("TagSpecifications", specification("key-pair", tags));
    }
    let operation = match parameters.contains_key("PublicKeyMaterial") {
        true => "ImportKeyPair",
        false => "CreateKeyPair",
    };
    let step = call(part, "ec2", operation, parameters);
    Ok(Thing {
        known: None,
        late: Vec::new(),
        name: format!("key pair {name}"),
        create: in_region(step, region.as_ref()),
        rest: Vec::new(),
    })
}

fn security_group(part: &Part<'_>, _: &Scene<'_>) -> Result<Thing, Fault> {
    let name = part.needed("GroupName")?;
    let region = part.text("Region")?;
    let mut parameters = others(part, &["Region", "Tags", "IpPermissions"])?;
    if !parameters.contains_key("Description") {
        parameters.push("Description", name.as_str().into());
    }
    if let Some(tags) = tags(part)? {
        parameters.push("TagSpecifications", specification("security-group", tags));
    }
    let mut rest = Vec::new();
    if let Some(permissions) = part.member("IpPermissions") {
        let mut parameters = texts([("GroupName", &name)]);
        parameters.push("IpPermissions", permissions.value.clone());
        let step = call(
            &permissions,
            "ec2",
            "AuthorizeSecurityGroupIngress",
            parameters,
        );
        rest.push(in_region(step, region.as_ref()));
    }
    let step = call(part, "ec2", "CreateSecurityGroup", parameters);
    Ok(Thing {
        known: None,
        late: Vec::new(),
        name: format!("security group {name}"),
        create: in_region(step, region.as_ref()),
        rest,
    })
}

/// An instance: what `RunInstances` takes, with its Region, the number of them and
/// a profile that may be a name.
fn instance(part: &Part<'_>, _: &Scene<'_>) -> Result<Thing, Fault> {
    let region = part.text("Region")?;
    let but = ["Region", "Count", "Tags", "IamInstanceProfile", "UserData"];
    let mut parameters = others(part, &but)?;
    let count = part.member("Count");
    let count = count.map_or(Value::Int(1), |count| count.value.clone());
    parameters.push("MinCount", count.clone());
    parameters.push("MaxCount", count);
    if let Some(text) = part.text("UserData")? {
        // The SDK encodes it.
        parameters.push("UserData", text.into());
    }
    match part.member("IamInstanceProfile") {
        Some(member) if member.value.as_map().is_none() => {
            let name = member.as_text()?;
            let kind = match name.starts_with("arn:") {
                true => "Arn",
                false => "Name",
            };
            let profile = texts([(kind, &name)]);
            parameters.push("IamInstanceProfile", profile.into());
        }
        Some(member) => parameters.push("IamInstanceProfile", member.value.clone()),
        None => {}
    }
    if let Some(tags) = tags(part)? {
        parameters.push("TagSpecifications", specification("instance", tags));
    }
    // The same seed twice starts no second one.
    if !parameters.contains_key("ClientToken") {
        let token = format!("seed-{}", part.path);
        parameters.push("ClientToken", token.into());
    }
    let step = call(part, "ec2", "RunInstances", parameters);
    Ok(Thing {
        known: None,
        late: Vec::new(),
        name: format!("instance {}", part.path),
        create: in_region(step, region.as_ref()),
        rest: Vec::new(),
    })
}
