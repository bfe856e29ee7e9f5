//! `RunInstances`.

use awl_protocol::server::Failure;
use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::devices::{self, Disk};
use super::instance::{Association, Instance, Metadata};
use super::types::{self, Type};
use super::{attributes, fields, images, invalid, keys, names, placing, refused, tags};
use crate::door::{Call, Outcome};
use crate::ids;
use crate::record::Secret;

/// How many virtual processors of one kind may run in a Region.
const VCPUS: i64 = 1152;
const LARGEST_USER_DATA: usize = 16_384;

pub(super) fn run(call: &mut Call<'_>) -> Outcome {
    let request = fingerprint(call);
    if let Some(output) = again(call, &request)? {
        return Ok(Some(output));
    }
    let count = count(call)?;
    let image = call.parameters.text("ImageId");
    let image = images::named(call, image.ok_or_else(|| names::missing("ImageId"))?)?;
    let kind = kind(call, &image)?;
    let key = key(call)?;
    let place = placing::find(call)?;
    let metadata = metadata(call, &image)?;
    let user_data = user_data(call)?;
    let profile = profile(call, call.parameters.0.get("IamInstanceProfile"))?;
    let disks = devices::plan(call, &image)?;
    let (cores, threads) = cores(call, kind);
    let is_windows = images::member(&image, "Platform") == "windows";
    let password = key.as_deref().filter(|_| is_windows);
    let password = password.and_then(|key| keys::encrypted(call, key));
    const KINDS: &[&str] = &[
        "instance",
        "volume",
        "network-interface",
        "spot-instances-request",
    ];
    tags::check_kinds(call, KINDS)?;
    let specified = tags::specified(call, "instance")?;
    let interface_tags = tags::specified(call, "network-interface")?;
    let volume_tags = tags::specified(call, "volume")?;
    quota(call, kind, count)?;
    let addresses = placing::addresses(call, &place, count)?;

    let reservation = names::new(call, "r");
    let zone = place.subnet.text("AvailabilityZone").to_owned();
    let parameters = call.parameters;
    let mut launched = Vec::new();
    for (address, index) in addresses.into_iter().zip(0..) {
        let public_ip = place.has_public_ip.then(|| placing::public_address(call));
        let profile = profile.clone().map(|(arn, profile_id)| Association {
            id: names::new(call, "iip-assoc"),
            arn,
            profile_id,
            since: call.now,
        });
        let instance = Instance {
            id: names::new(call, "i"),
            region: call.region.to_owned(),
            reservation: reservation.clone(),
            index,
            client_token: parameters
                .text("ClientToken")
                .unwrap_or_default()
                .to_owned(),
            request: request.clone(),
            launched: call.now,
            image: images::member(&image, "ImageId").to_owned(),
            kind: kind.name.to_owned(),
            architecture: images::member(&image, "Architecture").to_owned(),
            is_windows,
            root_device: images::member(&image, "RootDeviceName").to_owned(),
            zone: zone.clone(),
            tenancy: tenancy(call).to_owned(),
            subnet: place.subnet.id.clone(),
            vpc: place.subnet.text("VpcId").to_owned(),
            private_ip: address,
            public_ip,
            has_public_ip: place.has_public_ip,
            mac: placing::mac(call),
            interface: names::new(call, "eni"),
            attachment: names::new(call, "eni-attach"),
            attached: call.now,
            interface_description: place.description.clone(),
            interface_tags: interface_tags.clone(),
            groups: place.groups.clone(),
            key: key.clone(),
            profile,
            state: "running".to_owned(),
            changed: call.now,
            reason: String::new(),
            state_code: None,
            user_data: user_data.clone(),
            password: password.clone(),
            metadata: metadata.clone(),
            is_monitored: nested(call, "Monitoring", "Enabled") == Some(&Value::Bool(true)),
            is_protected: parameters.flag("DisableApiTermination") == Some(true),
            is_stop_protected: parameters.flag("DisableApiStop") == Some(true),
            shutdown: parameters
                .text("InstanceInitiatedShutdownBehavior")
                .unwrap_or("stop")
                .to_owned(),
            checks_source: true,
            is_ebs_optimized: parameters.flag("EbsOptimized") == Some(true),
            hibernates: nested(call, "HibernationOptions", "Configured")
                == Some(&Value::Bool(true)),
            has_enclaves: nested(call, "EnclaveOptions", "Enabled") == Some(&Value::Bool(true)),
            credits: credits(call, kind),
            recovery: nested(call, "MaintenanceOptions", "AutoRecovery")
                .and_then(Value::as_str)
                .unwrap_or("default")
                .to_owned(),
            cores,
            threads,
            tags: specified.clone(),
        };
        if instance.metadata.has_tags {
            attributes::check_keys(&instance)?;
        }
        for disk in &disks {
            devices::make(call, disk, &zone, Some(&instance.id), volume_tags.clone());
        }
        launched.push(instance.clone());
        call.account.put_instance(instance);
    }
    Ok(Some(reserved(call, &launched)))
}

/// A reservation with its instances.
pub(super) fn reserved(call: &Call<'_>, instances: &[Instance]) -> Map {
    let reservation = instances.first().map_or("", |own| &*own.reservation);
    let shown = instances.iter().map(|own| {
        let mut shown = own.shown(call.account, call.now);
        if own.state(call.now).1 == "pending" {
            not_yet(&mut shown);
        }
        shown
    });
    fields! {
        "ReservationId": reservation,
        "OwnerId": &*call.account.id,
        "Groups": Vec::<Map>::new(),
        "Instances": shown.collect::<Vec<_>>(),
    }
}

/// What the answer to a launch does not have yet: it is seen at the next look.
fn not_yet(shown: &mut Map) {
    shown.insert("BlockDeviceMappings", Value::List(Vec::new()));
    shown.insert("PublicDnsName", "".into());
    shown.remove("PublicIpAddress");
    let Some(Value::List(interfaces)) = shown.get_mut("NetworkInterfaces") else {
        return;
    };
    for interface in interfaces.iter_mut().filter_map(Value::as_map_mut) {
        interface.remove("Association");
        if let Some(Value::List(addresses)) = interface.get_mut("PrivateIpAddresses") {
            for address in addresses.iter_mut().filter_map(Value::as_map_mut) {
                address.remove("Association");
            }
        }
    }
}

/// A parameter within a parameter.
pub(super) fn nested<'a>(call: &Call<'a>, outer: &str, name: &str) -> Option<&'a Value> {
    call.parameters.0.get(outer)?.get(name)
}

/// What tells one request from another, but who waits for it.
fn fingerprint(call: &Call<'_>) -> String {
    let mut parameters = call.parameters.0.clone();
    parameters.remove("DryRun");
    let text = json::to_string(&Value::Map(parameters));
    ids::hexadecimal(&Sha256::digest(text.as_bytes())[..16])
}

/// What the same request launched before.
fn again(call: &Call<'_>, request: &str) -> Result<Option<Map>, Failure> {
    let token = call.parameters.text("ClientToken");
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(None);
    };
    let own = call.account.instances();
    let own = own.filter(|own| own.region == call.region && own.client_token == token);
    let mut own: Vec<Instance> = own.cloned().collect();
    own.sort_by_key(|own| own.index);
    match own.first() {
        None => Ok(None),
        Some(first) if first.request != request => refused(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous \
             request(s).",
        ),
        Some(_) => Ok(Some(reserved(call, &own))),
    }
}

fn count(call: &Call<'_>) -> Result<i64, Failure> {
    let least = call.parameters.int("MinCount").unwrap_or_default();
    let most = call.parameters.int("MaxCount").unwrap_or_default();
    for (name, value) in [("Minimum", least), ("Maximum", most)] {
        if value < 1 {
            return invalid(format!("{name} instance count must be greater than zero"));
        }
    }
    if most < least {
        return invalid("Maximum instance count must not be smaller than minimum instance count");
    }
    Ok(most)
}

/// The type, which has to go with the image.
fn kind(call: &Call<'_>, image: &Map) -> Result<&'static Type, Failure> {
    let name = call.parameters.text("InstanceType").unwrap_or("m1.small");
    let Some(kind) = types::find(name) else {
        if ["m1.", "m2.", "c1.", "t1."]
            .iter()
            .any(|old| name.starts_with(old))
        {
            let message = format!(
                "Non-Windows instances with a virtualization type of 'hvm' are currently not \
                 supported for this instance type : {name}"
            );
            return refused("InvalidParameterCombination", message);
        }
        let message = "The requested configuration is currently not supported. Please check the \
                       documentation for supported configurations.";
        return refused("Unsupported", message);
    };
    let architecture = images::member(image, "Architecture");
    if kind.runs(architecture) {
        return Ok(kind);
    }
    invalid(format!(
        "The architecture '{}' of the specified instance type does not match the architecture \
         '{architecture}' of the specified AMI. Specify an instance type and an AMI that have \
         matching architectures, and try again. You can use 'describe-instance-types' or \
         'describe-images' to discover the architecture of the instance type or AMI.",
        kind.architecture()
    ))
}

fn key(call: &Call<'_>) -> Result<Option<String>, Failure> {
    let Some(name) = call.parameters.text("KeyName") else {
        return Ok(None);
    };
    let mut keys = call.account.resources(call.region, "key");
    if keys.any(|own| own.text("KeyName") == name) {
        return Ok(Some(name.to_owned()));
    }
    let message = format!("The key pair '{name}' does not exist");
    refused("InvalidKeyPair.NotFound", message)
}

/// How the metadata service is to be reached: as the request says, or the
/// account for the Region, or the image.
pub(super) fn metadata(call: &Call<'_>, image: &Map) -> Result<Metadata, Failure> {
    let given = call
        .parameters
        .0
        .get("MetadataOptions")
        .and_then(Value::as_map);
    let account = call.account.region(call.region).map(|own| &own.metadata.0);
    let word = |name: &str| {
        let of = |map: &Map| Some(map.get(name)?.as_str()?.to_owned());
        given.and_then(of).or_else(|| account.and_then(of))
    };
    let number = |map: &Map| map.get("HttpPutResponseHopLimit")?.as_int();
    let is_strict = image.get("ImdsSupport").is_some();
    let hops = given.and_then(number).or_else(|| account.and_then(number));
    let hops = hops.unwrap_or(if is_strict { 2 } else { 1 });
    check_hops(hops)?;
    let tokens = if is_strict { "required" } else { "optional" };
    Ok(Metadata {
        tokens: word("HttpTokens").unwrap_or_else(|| tokens.to_owned()),
        hops,
        is_enabled: word("HttpEndpoint").as_deref() != Some("disabled"),
        has_ipv6: word("HttpProtocolIpv6").as_deref() == Some("enabled"),
        has_tags: word("InstanceMetadataTags").as_deref() == Some("enabled"),
    })
}

/// Refuses a hop limit that no packet can have.
pub(super) fn check_hops(hops: i64) -> Result<(), Failure> {
    if (1..=64).contains(&hops) {
        return Ok(());
    }
    invalid(format!(
        "Value ({hops}) for parameter HttpPutResponseHopLimit is invalid. Value must be between 1 \
         and 64."
    ))
}

fn user_data(call: &Call<'_>) -> Result<Option<Secret>, Failure> {
    let Some(text) = call
        .parameters
        .text("UserData")
        .filter(|text| !text.is_empty())
    else {
        return Ok(None);
    };
    checked_user_data(text).map(Some)
}

/// User data as it is kept: in base 64, and not too much.
pub(super) fn checked_user_data(text: &str) -> Result<Secret, Failure> {
    let bare: String = text.split_ascii_whitespace().collect();
    let Ok(bytes) = STANDARD.decode(&bare) else {
        return refused(
            "InvalidUserData.Malformed",
            "Invalid BASE64 encoding of user data.",
        );
    };
    if bytes.len() > LARGEST_USER_DATA {
        return invalid(format!("User data is limited to {LARGEST_USER_DATA} bytes"));
    }
    Ok(Secret::new(bare))
}

/// The ARN and the id of the profile that a parameter names.
pub(super) fn profile(
    call: &Call<'_>,
    given: Option<&Value>,
) -> Result<Option<(String, String)>, Failure> {
    let Some(given) = given
        .and_then(Value::as_map)
        .filter(|given| !given.is_empty())
    else {
        return Ok(None);
    };
    let member = |name| given.get(name).and_then(Value::as_str);
    let account = &*call.account;
    let profile = match (member("Arn"), member("Name")) {
        (Some(_), Some(_)) => {
            return refused(
                "InvalidParameterCombination",
                "The parameter 'iamInstanceProfile.name' may not be used in combination with \
                 'iamInstanceProfile.arn'",
            );
        }
        (Some(arn), None) => account.profile_by_arn(arn).ok_or_else(|| {
            format!(
                "Value ({arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM \
                 Instance Profile ARN"
            )
        }),
        (None, name) => {
            let name = name.unwrap_or_default();
            account.profile(name).ok_or_else(|| {
                format!(
                    "Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM \
                     Instance Profile name"
                )
            })
        }
    };
    let profile = profile.or_else(invalid)?;
    let arn = profile.arn(&account.id);
    if account.role_of(profile).is_none() {
        let message = format!("IAM Instance Profile \"{arn}\" has no associated IAM Roles");
        return invalid(message);
    }
    Ok(Some((arn, profile.id.clone())))
}

fn cores(call: &Call<'_>, kind: &Type) -> (i64, i64) {
    let number = |name| nested(call, "CpuOptions", name).and_then(Value::as_int);
    (
        number("CoreCount").unwrap_or_else(|| kind.cores()),
        number("ThreadsPerCore").unwrap_or_else(|| kind.threads()),
    )
}

fn credits(call: &Call<'_>, kind: &Type) -> Option<String> {
    let own = kind.credits()?;
    let given = nested(call, "CreditSpecification", "CpuCredits").and_then(Value::as_str);
    let family = kind.name.split('.').next().unwrap_or_default();
    let region = call.account.region(call.region);
    let region = region.and_then(|region| region.credits.get(family));
    Some(
        given
            .or(region.map(String::as_str))
            .unwrap_or(own)
            .to_owned(),
    )
}

pub(super) fn tenancy<'a>(call: &Call<'a>) -> &'a str {
    let given = nested(call, "Placement", "Tenancy").and_then(Value::as_str);
    given.unwrap_or("default")
}

fn quota(call: &Call<'_>, kind: &Type, count: i64) -> Result<(), Failure> {
    let is_standard = |name: &str| name.starts_with(['a', 'c', 'd', 'h', 'i', 'm', 'r', 't', 'z']);
    let own = call.account.instances();
    let own = own.filter(|own| own.region == call.region && own.state == "running");
    let own = own.filter(|own| is_standard(&own.kind) == is_standard(kind.name));
    let used: i64 = own
        .filter_map(|own| types::find(&own.kind))
        .map(|own| own.vcpus)
        .sum();
    if used + kind.vcpus.saturating_mul(count) <= VCPUS {
        return Ok(());
    }
    let message = format!(
        "You have requested more vCPU capacity than your current vCPU limit of {VCPUS} allows for \
         the instance bucket that the specified instance type belongs to. Please visit \
         http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
    );
    refused("VcpuLimitExceeded", message)
}

/// The disk that authorisation is asked about: the root's.
pub(super) fn root_disk(call: &Call<'_>, image: &Map) -> Option<Disk> {
    let root = images::member(image, "RootDeviceName");
    let disks = devices::plan(call, image).ok()?;
    disks.into_iter().find(|disk| disk.device == root)
}
