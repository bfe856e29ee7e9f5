//! `configservice`: the recording group of a recorder by itself.
// Parity: awscli/customizations/configservice/putconfigurationrecorder.py.

use crate::arguments::added::{Customization, map_at, merge};

const RECORDER: &str = "ConfigurationRecorder";
const GROUP: &str = "recordingGroup";

pub(super) const CUSTOMIZATIONS: &[Customization] = &[Customization {
    table: |table| {
        let group = table
            .member("configuration-recorder")
            .and_then(|member| member.shape().member(GROUP));
        table.place("configuration-recorder", merge, Some(GROUP));
        table.require("configuration-recorder", true);
        if let Some(group) = group {
            table.add_placed("recording-group", group, |setting, member, value| {
                map_at(setting.parameters, RECORDER).insert(member.name(), value);
                Ok(())
            });
        }
    },
    ..Customization::of("put-configuration-recorder")
}];
