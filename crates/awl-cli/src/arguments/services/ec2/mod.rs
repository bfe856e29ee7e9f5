//! `ec2`: what the classic commands take beyond the model.
// Parity: awscli/customizations/ec2/*.py.

mod bundle_instance;
mod password;
mod run_instances;
mod security_groups;

use awl_value::{Map, Value};

use crate::arguments::added::Customization;
use crate::arguments::added::text;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    security_groups::CUSTOMIZATIONS[0],
    security_groups::CUSTOMIZATIONS[1],
    security_groups::CUSTOMIZATIONS[2],
    security_groups::CUSTOMIZATIONS[3],
    bundle_instance::CUSTOMIZATION,
    Customization {
        finish: |parameters, _| {
            number_protocol(parameters);
            Ok(())
        },
        ..Customization::of("create-network-acl-entry")
    },
    password::CUSTOMIZATION,
    Customization {
        finish: |parameters, _| {
            number_protocol(parameters);
            Ok(())
        },
        ..Customization::of("replace-network-acl-entry")
    },
    run_instances::CUSTOMIZATION,
];

/// Protocols by name, where the service wants numbers.
// Parity: awscli/customizations/ec2/protocolarg.py.
fn number_protocol(parameters: &mut Map) {
    const NAME: &str = "Protocol";
    let number = match parameters.get(NAME).map(text).as_deref() {
        Some("tcp") => "6",
        Some("udp") => "17",
        Some("icmp") => "1",
        Some("all") => "-1",
        _ => return,
    };
    parameters.insert(NAME, Value::from(number));
}
