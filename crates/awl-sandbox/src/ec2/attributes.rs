//! What can be asked and changed of an instance after its launch.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::filter::{self, Item, Listing};
use super::instance::{Instance, group_names};
use super::{describe, regions, time, types};
use super::{devices, done, fields, invalid, lifecycle, names, placing, refused, returned, run};
use crate::door::{Call, Outcome};
use crate::record::Secret;

/// Answers what is asked of instances' attributes.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "DescribeInstanceStatus" => status(call),
        "DescribeInstanceAttribute" => attribute(call),
        "ModifyInstanceAttribute" => modify(call),
        "ResetInstanceAttribute" => reset(call),
        "ModifyInstanceMetadataOptions" => metadata(call),
        "GetInstanceMetadataDefaults" => Ok(Some(defaults(call))),
        "ModifyInstanceMetadataDefaults" => modify_defaults(call),
        "DescribeInstanceCreditSpecifications" => credits(call),
        "ModifyInstanceCreditSpecification" => modify_credits(call),
        "ModifyInstanceMaintenanceOptions" => maintenance(call),
        "GetConsoleOutput" => console(call),
        "GetPasswordData" => {
            let own = names::instance(call)?;
            Ok(Some(fields! {
                "InstanceId": &*own.id,
                "Timestamp": time(own.launched),
                "PasswordData": own.password.as_ref().map_or("", Secret::expose),
            }))
        }
        "DescribeAccountAttributes" => account(call),
        _ => Ok(None),
    }
}

/// `DescribeInstanceStatus`: of those that run, unless all are wanted.
fn status(call: &Call<'_>) -> Outcome {
    static LISTING: Listing = Listing {
        member: "InstanceStatuses",
        filters: &[
            ("availability-zone", ""),
            ("availability-zone-id", ""),
            ("event.code", "Events.Code"),
            ("event.description", "Events.Description"),
            ("event.instance-event-id", "Events.InstanceEventId"),
            ("event.not-after", "Events.NotAfter"),
            ("event.not-before", "Events.NotBefore"),
            ("event.not-before-deadline", "Events.NotBeforeDeadline"),
            ("instance-state-code", "InstanceState.Code"),
            ("instance-state-name", "InstanceState.Name"),
            (
                "instance-status.reachability",
                "InstanceStatus.Details.Status",
            ),
            ("instance-status.status", ""),
            ("operator.managed", ""),
            ("operator.principal", ""),
            ("system-status.reachability", "SystemStatus.Details.Status"),
            ("system-status.status", ""),
            ("attached-ebs-status.status", ""),
            ("application-status.status", ""),
        ],
    };
    let all = call.parameters.flag("IncludeAllInstances") == Some(true);
    let mut items: Vec<Item> = Vec::new();
    for own in describe::asked(call)? {
        let (code, state) = own.state(call.now);
        if state != "running" && !all {
            continue;
        }
        let summary = if state == "running" {
            let detail = fields! {"Name": "reachability", "Status": "passed"};
            fields! {"Details": vec![detail], "Status": "ok"}
        } else {
            fields! {"Status": "not-applicable"}
        };
        let shown = fields! {
            "AvailabilityZone": &*own.zone,
            "AvailabilityZoneId": regions::zone_id(&own.zone),
            "Operator": fields! {"Managed": false},
            "InstanceId": &*own.id,
            "InstanceState": fields! {"Code": code, "Name": state},
            "InstanceStatus": summary.clone(),
            "SystemStatus": summary.clone(),
            "AttachedEbsStatus": summary,
        };
        items.push((describe::order(own.attached, &own.id), shown));
    }
    filter::list(call, &LISTING, items)
}

/// A value as attributes have it.
fn value(value: impl Into<Value>) -> Value {
    fields! {"Value": value.into()}.into()
}

/// `DescribeInstanceAttribute`.
fn attribute(call: &Call<'_>) -> Outcome {
    let own = names::instance(call)?;
    let name = call.parameters.text("Attribute").unwrap_or_default();
    let none = || Value::Map(Map::new());
    let (member, attribute) = match name {
        "instanceType" => ("InstanceType", value(&*own.kind)),
        "kernel" => ("KernelId", none()),
        "ramdisk" => ("RamdiskId", none()),
        "userData" => (
            "UserData",
            own.user_data
                .as_ref()
                .map_or_else(none, |data| value(data.expose())),
        ),
        "disableApiTermination" => ("DisableApiTermination", value(own.is_protected)),
        "disableApiStop" => ("DisableApiStop", value(own.is_stop_protected)),
        "instanceInitiatedShutdownBehavior" => {
            ("InstanceInitiatedShutdownBehavior", value(&*own.shutdown))
        }
        "rootDeviceName" => ("RootDeviceName", value(&*own.root_device)),
        "blockDeviceMapping" => {
            let shown = own.shown(call.account, call.now);
            let devices = shown.get("BlockDeviceMappings").cloned();
            ("BlockDeviceMappings", devices.unwrap_or_default())
        }
        "productCodes" => ("ProductCodes", Value::List(Vec::new())),
        "sourceDestCheck" => ("SourceDestCheck", value(own.checks_source)),
        "groupSet" => ("Groups", group_names(call.account, &own.groups).into()),
        "ebsOptimized" => ("EbsOptimized", value(own.is_ebs_optimized)),
        "sriovNetSupport" => ("SriovNetSupport", value("simple")),
        "enaSupport" => ("EnaSupport", value(true)),
        "enclaveOptions" => (
            "EnclaveOptions",
            fields! {"Enabled": own.has_enclaves}.into(),
        ),
        _ => {
            return invalid(format!(
                "Value ({name}) for parameter attribute is invalid. Unknown attribute."
            ));
        }
    };
    Ok(Some(fields! {"InstanceId": &*own.id, member: attribute}))
}

/// What `ModifyInstanceAttribute` changes: an attribute that is named, or those
/// that have a parameter of their own.
fn modify(call: &mut Call<'_>) -> Outcome {
    let mut own = names::instance(call)?;
    let parameters = call.parameters;
    let nested = |name: &str| {
        parameters
            .0
            .get(name)
            .and_then(|own| own.get("Value").cloned())
    };
    let mut changes: Vec<(&str, Value)> = Vec::new();
    if let Some(name) = parameters.text("Attribute") {
        let given = parameters.text("Value");
        let given = match name {
            "disableApiTermination" | "disableApiStop" | "sourceDestCheck" | "ebsOptimized" => {
                Value::Bool(given == Some("true"))
            }
            _ => given.unwrap_or_default().into(),
        };
        if name != "blockDeviceMapping" {
            changes.push((name, given));
        }
    }
    for (parameter, name) in [
        ("SourceDestCheck", "sourceDestCheck"),
        ("DisableApiTermination", "disableApiTermination"),
        ("DisableApiStop", "disableApiStop"),
        ("InstanceType", "instanceType"),
        ("UserData", "userData"),
        (
            "InstanceInitiatedShutdownBehavior",
            "instanceInitiatedShutdownBehavior",
        ),
        ("EbsOptimized", "ebsOptimized"),
        ("EnaSupport", "enaSupport"),
        ("SriovNetSupport", "sriovNetSupport"),
    ] {
        changes.extend(nested(parameter).map(|given| (name, given)));
    }
    let groups = parameters.texts("Groups");
    let mappings = parameters.list("BlockDeviceMappings");
    if !groups.is_empty() {
        let subnet = names::find(call, "subnet", &own.subnet)?;
        placing::check_groups(call, &groups, subnet)?;
        own.groups = groups;
    } else if changes.is_empty() && mappings.is_empty() {
        return refused("InvalidParameterCombination", "No attributes specified.");
    }
    if changes.len() > 1 {
        let message = "Fields for multiple attribute types specified: \
            the attributes of an instance are modified one at a time.";
        return refused("InvalidParameterCombination", message);
    }
    for (name, given) in changes {
        change(call, &mut own, name, &given)?;
    }
    for mapping in mappings {
        keep_volume(call, &own, mapping)?;
    }
    call.account.put_instance(own);
    done()
}

fn change(call: &Call<'_>, own: &mut Instance, name: &str, given: &Value) -> Result<(), Failure> {
    let text = given.as_str().unwrap_or_default();
    let flag = given.as_bool() == Some(true);
    let stopped = [
        "instanceType",
        "userData",
        "ebsOptimized",
        "enaSupport",
        "sriovNetSupport",
    ];
    if stopped.contains(&name) && own.state(call.now).1 != "stopped" {
        let id = &own.id;
        let message = format!("The instance '{id}' is not in the 'stopped' state.");
        return refused("IncorrectInstanceState", message);
    }
    match name {
        "sourceDestCheck" => own.checks_source = flag,
        "disableApiTermination" => own.is_protected = flag,
        "disableApiStop" => own.is_stop_protected = flag,
        "ebsOptimized" => own.is_ebs_optimized = flag,
        "enaSupport" | "sriovNetSupport" => {}
        "instanceInitiatedShutdownBehavior" => {
            if !["stop", "terminate"].contains(&text) {
                return invalid(format!(
                    "Value ({text}) for parameter instanceInitiatedShutdownBehavior is invalid. \
                     Invalid instance initiated shutdown behavior"
                ));
            }
            text.clone_into(&mut own.shutdown);
        }
        "instanceType" => {
            let Some(kind) = types::find(text).filter(|own_kind| own_kind.runs(&own.architecture))
            else {
                let message = "The requested configuration is currently not supported. Please \
                               check the documentation for supported configurations.";
                return refused("Unsupported", message);
            };
            kind.name.clone_into(&mut own.kind);
            (own.cores, own.threads) = (kind.cores(), kind.threads());
            own.credits = kind.credits().map(str::to_owned);
        }
        "userData" => {
            let data = match given {
                // What the model has as bytes comes without its base 64.
                Value::Blob(bytes) => STANDARD.encode(bytes),
                _ => text.to_owned(),
            };
            own.user_data = match data.is_empty() {
                true => None,
                false => Some(run::checked_user_data(&data)?),
            };
        }
        _ => {
            return invalid(format!(
                "Value ({name}) for parameter attribute is invalid. Unknown attribute."
            ));
        }
    }
    Ok(())
}

/// Whether a volume goes along with its instance.
fn keep_volume(call: &mut Call<'_>, own: &Instance, mapping: &Value) -> Result<(), Failure> {
    let device = super::text(mapping, "DeviceName").unwrap_or_default();
    let volumes = own.volumes(call.account);
    let Some((_, id)) = volumes.into_iter().find(|(known, _)| known == device) else {
        let message = format!("No device is currently mapped at {device}");
        return refused("InvalidInstanceAttributeValue", message);
    };
    let goes_along = mapping
        .get("Ebs")
        .and_then(|own| own.get("DeleteOnTermination"));
    if let Some(goes_along) = goes_along.and_then(Value::as_bool) {
        devices::set_going(call.account, &id, &own.id, goes_along);
    }
    Ok(())
}

fn reset(call: &mut Call<'_>) -> Outcome {
    let mut own = names::instance(call)?;
    if call.parameters.text("Attribute") == Some("sourceDestCheck") {
        own.checks_source = true;
        call.account.put_instance(own);
    }
    done()
}

/// `ModifyInstanceMetadataOptions`.
fn metadata(call: &mut Call<'_>) -> Outcome {
    let mut own = names::instance(call)?;
    if own.is_terminated() {
        return Err(lifecycle::wrong_state(&own, "modified"));
    }
    let parameters = call.parameters;
    if let Some(tokens) = parameters.text("HttpTokens") {
        tokens.clone_into(&mut own.metadata.tokens);
    }
    if let Some(hops) = parameters.int("HttpPutResponseHopLimit") {
        run::check_hops(hops)?;
        own.metadata.hops = hops;
    }
    for (name, flag) in [
        ("HttpEndpoint", &mut own.metadata.is_enabled),
        ("HttpProtocolIpv6", &mut own.metadata.has_ipv6),
        ("InstanceMetadataTags", &mut own.metadata.has_tags),
    ] {
        if let Some(word) = parameters.text(name) {
            *flag = word == "enabled";
        }
    }
    if own.metadata.has_tags {
        check_keys(&own)?;
    }
    let output = fields! {
        "InstanceId": &*own.id,
        "InstanceMetadataOptions": own.metadata.shown(false),
    };
    call.account.put_instance(own);
    Ok(Some(output))
}

/// Refuses keys that cannot be told as parts of paths.
pub(super) fn check_keys(instance: &Instance) -> Result<(), Failure> {
    let is_fit = |key: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+-=._,@:".contains(&byte);
        key.bytes().all(fits) && ![".", "..", "_index"].contains(&key)
    };
    match instance.tags.iter().find(|tag| !is_fit(&tag.key)) {
        None => Ok(()),
        Some(tag) => invalid(format!(
            "'{}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{{1,255}}), \
             and must not be a reserved name ('.', '..', '_index')",
            tag.key
        )),
    }
}

/// What new instances get where their request says nothing.
fn defaults(call: &Call<'_>) -> Map {
    let region = call.account.region(call.region);
    let mut level = region.map(|own| own.metadata.0.clone()).unwrap_or_default();
    level.push("ManagedBy", "account".into());
    fields! {"AccountLevel": level}
}

fn modify_defaults(call: &mut Call<'_>) -> Outcome {
    let Some(mut region) = call.account.region(call.region).cloned() else {
        return returned();
    };
    for name in [
        "HttpTokens",
        "HttpEndpoint",
        "InstanceMetadataTags",
        "HttpTokensEnforced",
    ] {
        match call.parameters.text(name) {
            None => {}
            Some("no-preference") => {
                region.metadata.0.remove(name);
            }
            Some(word) => {
                region.metadata.0.insert(name, word.into());
            }
        }
    }
    const HOPS: &str = "HttpPutResponseHopLimit";
    match call.parameters.int(HOPS) {
        None => {}
        Some(-1) => {
            region.metadata.0.remove(HOPS);
        }
        Some(hops) => {
            run::check_hops(hops)?;
            region.metadata.0.insert(HOPS, hops.into());
        }
    }
    call.account.put_region(region);
    returned()
}

/// `DescribeInstanceCreditSpecifications`.
fn credits(call: &Call<'_>) -> Outcome {
    static LISTING: Listing = Listing {
        member: "InstanceCreditSpecifications",
        filters: &[("instance-id", "")],
    };
    let named = !call.parameters.list("InstanceIds").is_empty();
    let items = describe::asked(call)?.into_iter().filter_map(|own| {
        // Who asks for none in particular sees those that are out of the ordinary.
        let word = own
            .credits
            .as_deref()
            .filter(|word| named || *word == "unlimited")?;
        let shown = fields! {"InstanceId": &*own.id, "CpuCredits": word};
        (!own.is_terminated()).then(|| (own.id.clone(), shown))
    });
    filter::list(call, &LISTING, items.collect())
}

fn modify_credits(call: &mut Call<'_>) -> Outcome {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for given in call.parameters.list("InstanceCreditSpecifications") {
        let id = super::text(given, "InstanceId").unwrap_or_default();
        let found = names::instances(call, &[id.to_owned()]);
        let own = found.ok().and_then(|mut own| own.pop());
        let word = super::text(given, "CpuCredits").unwrap_or_default();
        let error = match own {
            None => fields! {
                "Code": "InvalidInstanceID.NotFound",
                "Message": format!("The instance ID '{id}' does not exist"),
            },
            Some(own) if own.credits.is_none() => fields! {
                "Code": "InstanceCreditSpecification.NotSupported",
                "Message": "The instance's type does not support CPU credits",
            },
            Some(mut own) => {
                own.credits = Some(word.to_owned());
                call.account.put_instance(own);
                done.push(fields! {"InstanceId": id});
                continue;
            }
        };
        failed.push(fields! {"InstanceId": id, "Error": error});
    }
    Ok(Some(fields! {
        "SuccessfulInstanceCreditSpecifications": done,
        "UnsuccessfulInstanceCreditSpecifications": failed,
    }))
}

fn maintenance(call: &mut Call<'_>) -> Outcome {
    let mut own = names::instance(call)?;
    if let Some(word) = call.parameters.text("AutoRecovery") {
        word.clone_into(&mut own.recovery);
    }
    let output = fields! {
        "InstanceId": &*own.id,
        "AutoRecovery": &*own.recovery,
        "RebootMigration": "default",
    };
    call.account.put_instance(own);
    Ok(Some(output))
}

/// `GetConsoleOutput`: what there is to be said of an instance that nothing runs on.
fn console(call: &Call<'_>) -> Outcome {
    let own = names::instance(call)?;
    let mut output = fields! {"InstanceId": &*own.id, "Timestamp": time(own.launched)};
    if own.state(call.now).1 != "pending" {
        let text = format!(
            "{} is an instance of the awl sandbox: nothing runs on it.\n\
             image {}, type {}, address {}\n",
            own.id, own.image, own.kind, own.private_ip
        );
        output.push("Output", STANDARD.encode(text).into());
    }
    Ok(Some(output))
}

/// `DescribeAccountAttributes`.
fn account(call: &Call<'_>) -> Outcome {
    let mut vpcs = call.account.resources(call.region, "vpc");
    let default = vpcs.find(|own| own.flag("IsDefault"));
    let default = default.map_or("none", |own| &own.id);
    let asked = call.parameters.texts("AttributeNames");
    let attributes = [
        ("supported-platforms", "VPC"),
        ("vpc-max-security-groups-per-interface", "5"),
        ("max-elastic-ips", "5"),
        ("max-instances", "1152"),
        ("vpc-max-elastic-ips", "5"),
        ("default-vpc", default),
    ];
    let attributes = attributes
        .into_iter()
        .filter(|(name, _)| asked.is_empty() || asked.iter().any(|own| own == name));
    let attributes = attributes.map(|(name, value)| {
        fields! {
            "AttributeName": name,
            "AttributeValues": vec![fields! {"AttributeValue": value}],
        }
    });
    Ok(Some(
        fields! {"AccountAttributes": attributes.collect::<Vec<_>>()},
    ))
}
