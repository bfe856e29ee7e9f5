//! `run-instances`: a count, and a network interface in plain words.
// Parity: awscli/customizations/ec2/{addcount,runinstances}.py.

use awl_sdk::env::Host;
use awl_value::{Map, Value};

use crate::arguments::added::{
    Added, Customization, Given, Setting, Takes, first_at, is_true, map, text,
};
use crate::error::CommandError;
use crate::python;

const INTERFACES: &str = "NetworkInterfaces";

pub(super) const CUSTOMIZATION: Customization = Customization {
    table: |table| {
        for added in ADDED {
            table.add(added);
        }
        table.remove("min-count");
        table.remove("max-count");
    },
    check,
    finish,
    ..Customization::of("run-instances")
};

static ADDED: &[Added] = &[
    Added::new("count", "", set_count),
    Added::new(
        "secondary-private-ip-addresses",
        "PrivateIpAddresses",
        |added, setting, value| {
            let addresses = match value {
                Value::List(words) => words,
                other => text(&other)
                    .chars()
                    .map(|letter| letter.to_string().into())
                    .collect(),
            };
            if addresses.is_empty() {
                return Ok(());
            }
            let secondary = |address| {
                map([
                    ("PrivateIpAddress", address),
                    ("Primary", Value::Bool(false)),
                ])
            };
            let interface = interface(setting);
            if !interface.contains_key(added.key) {
                let addresses = addresses.into_iter().map(secondary).collect();
                interface.push(added.key, Value::List(addresses));
            }
            Ok(())
        },
    )
    .taking(Takes::AnyWords),
    Added::new(
        "secondary-private-ip-address-count",
        "SecondaryPrivateIpAddressCount",
        set_in_interface,
    )
    .taking(Takes::Integer),
    Added::new(
        "associate-public-ip-address",
        "AssociatePublicIpAddress",
        set_in_interface,
    )
    .taking(Takes::Flag(true)),
    Added::new(
        "no-associate-public-ip-address",
        "AssociatePublicIpAddress",
        set_in_interface,
    )
    .taking(Takes::Flag(false)),
];

fn set_count(_: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    let word = text(&value);
    let (least, most) = word.split_once(':').unwrap_or((&word, &word));
    let (Some(least), Some(most)) = (python::int(least), python::int(most)) else {
        return Err(CommandError::general(
            "count parameter should be of form min[:max] (e.g. 1 or 1:10)",
        ));
    };
    setting.parameters.insert("MinCount", least);
    setting.parameters.insert("MaxCount", most);
    Ok(())
}

fn set_in_interface(
    added: &Added,
    setting: &mut Setting<'_>,
    value: Value,
) -> Result<(), CommandError> {
    if is_true(&value) || matches!(added.takes, Takes::Flag(_)) {
        interface(setting).insert(added.key, value);
    }
    Ok(())
}

/// The interface that plain words describe.
fn interface<'a>(setting: &'a mut Setting<'_>) -> &'a mut Map {
    if !setting.parameters.contains_key(INTERFACES) {
        let interface = map([("DeviceIndex", Value::Int(0))]);
        let interfaces = Value::List(vec![interface]);
        setting.parameters.push(INTERFACES, interfaces);
    }
    first_at(setting.parameters, INTERFACES)
}

fn check(given: Given<'_>) -> Result<(), CommandError> {
    let simple = [
        "secondary_private_ip_addresses",
        "secondary_private_ip_address_count",
        "associate_public_ip_address",
    ];
    if given.has_some("network_interfaces") && simple.iter().any(|name| given.has_some(name)) {
        return Err(CommandError::validation(
            "Mixing the --network-interfaces option with the simple, scalar options is not \
             supported.",
        ));
    }
    Ok(())
}

/// Parameters that stand beside an interface which plain words describe belong
/// into it: the request may have only one of the two.
fn finish(parameters: &mut Map, _: &dyn Host) -> Result<(), CommandError> {
    for name in ["MaxCount", "MinCount"] {
        if !parameters.contains_key(name) {
            parameters.push(name, Value::Int(1));
        }
    }
    let is_described = |interface: &Value| {
        [
            "PrivateIpAddresses",
            "SecondaryPrivateIpAddressCount",
            "AssociatePublicIpAddress",
        ]
        .iter()
        .any(|name| interface.get(name).is_some())
    };
    let interfaces = parameters.get(INTERFACES).and_then(Value::as_list);
    if !interfaces
        .and_then(<[Value]>::first)
        .is_some_and(is_described)
    {
        return Ok(());
    }
    for (name, inner) in [
        ("SubnetId", "SubnetId"),
        ("SecurityGroupIds", "Groups"),
        ("PrivateIpAddress", "PrivateIpAddresses"),
        ("Ipv6AddressCount", "Ipv6AddressCount"),
        ("Ipv6Addresses", "Ipv6Addresses"),
        ("EnablePrimaryIpv6", "PrimaryIpv6"),
    ] {
        let Some(value) = parameters.remove(name) else {
            continue;
        };
        let value = match name {
            "PrivateIpAddress" => Value::List(vec![map([
                ("PrivateIpAddress", value),
                ("Primary", Value::Bool(true)),
            ])]),
            _ => value,
        };
        first_at(parameters, INTERFACES).insert(inner, value);
    }
    Ok(())
}
