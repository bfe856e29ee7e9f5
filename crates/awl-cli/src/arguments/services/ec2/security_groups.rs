//! Rules of security groups in plain words.
// Parity: awscli/customizations/ec2/secgroupsimplify.py.

use awl_value::{Map, Value};

use crate::arguments::added::{Added, Customization, Given, Setting, first_at, is_true, map, text};
use crate::error::CommandError;
use crate::python;

pub(super) const CUSTOMIZATIONS: [Customization; 4] = [
    with_rules("authorize-security-group-egress"),
    with_rules("authorize-security-group-ingress"),
    with_rules("revoke-security-group-egress"),
    with_rules("revoke-security-group-ingress"),
];

const fn with_rules(operation: &'static str) -> Customization {
    Customization {
        table: |table| {
            for added in ADDED {
                table.add(added);
            }
        },
        check,
        ..Customization::of(operation)
    }
}

static ADDED: &[Added] = &[
    Added::new("protocol", "IpProtocol", set_protocol),
    Added::new("port", "", set_port),
    Added::new("cidr", "IpRanges", |added, setting, value| {
        if is_true(&value) {
            let ranges = Value::List(vec![map([("CidrIp", value)])]);
            permission(setting).insert(added.key, ranges);
        }
        Ok(())
    }),
    Added::new("source-group", "", |_, setting, value| {
        let key = match text(&value).starts_with("sg-") {
            true => "GroupId",
            false => "GroupName",
        };
        set_in_pair(setting, key, value);
        Ok(())
    }),
    Added::new("group-owner", "UserId", |added, setting, value| {
        set_in_pair(setting, added.key, value);
        Ok(())
    }),
];

fn check(given: Given<'_>) -> Result<(), CommandError> {
    if !given.has_some("ip_permissions") {
        return Ok(());
    }
    let simple = ["protocol", "port", "cidr", "source_group", "group_owner"];
    match simple.iter().find(|name| given.has_some(name)) {
        None => Ok(()),
        Some(name) => Err(CommandError::validation(format!(
            "The --{name} option is not compatible with the --ip-permissions option "
        ))),
    }
}

fn set_protocol(
    added: &Added,
    setting: &mut Setting<'_>,
    value: Value,
) -> Result<(), CommandError> {
    if !is_true(&value) {
        return Ok(());
    }
    let word = text(&value);
    let value = match python::int(&word).map(|number| number.as_int()) {
        Some(Some(-1..=255)) => value,
        Some(_) => {
            return Err(CommandError::validation(
                "protocol numbers must be in the range 0-255 or -1 to specify all protocols",
            ));
        }
        None => match &*word {
            "tcp" | "udp" | "icmp" => value,
            "all" => Value::from("-1"),
            _ => {
                return Err(CommandError::validation(
                    "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol \
                     number.",
                ));
            }
        },
    };
    permission(setting).insert(added.key, value);
    Ok(())
}

fn set_port(_: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    if !is_true(&value) {
        return Ok(());
    }
    let word = text(&value);
    let (from, to) = match &*word {
        "-1" | "all" => ("-1", "-1"),
        range => range.split_once('-').unwrap_or((range, range)),
    };
    let (Some(from), Some(to)) = (python::int(from), python::int(to)) else {
        return Err(CommandError::validation(
            "port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)",
        ));
    };
    let permission = permission(setting);
    permission.insert("FromPort", from);
    permission.insert("ToPort", to);
    Ok(())
}

fn set_in_pair(setting: &mut Setting<'_>, key: &'static str, value: Value) {
    if is_true(&value) {
        first_at(permission(setting), "UserIdGroupPairs").insert(key, value);
    }
}

fn permission<'a>(setting: &'a mut Setting<'_>) -> &'a mut Map {
    first_at(setting.parameters, "IpPermissions")
}
