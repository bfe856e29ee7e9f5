//! `emr`: tags as plain words, clusters by the state that they are in.
// Parity: awscli/customizations/emr/{addtags,listclusters}.py.

use awl_value::Value;

use crate::arguments::added::{Added, Customization, Setting, Takes, map, text};
use crate::error::CommandError;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| table.add(&TAGS),
        ..Customization::of("add-tags")
    },
    Customization {
        table: |table| {
            table.add(&CLUSTER_STATES);
            for added in STATES {
                table.add(added);
            }
        },
        ..Customization::of("list-clusters")
    },
];

static TAGS: Added = Added::new("tags", "Tags", |added, setting, value| {
    let words: Vec<String> = match &value {
        Value::List(words) => words.iter().map(text).collect(),
        other => text(other).chars().map(String::from).collect(),
    };
    let tag = |word: String| {
        let (key, value) = word.split_once('=').unwrap_or((&word, ""));
        map([("Key", Value::from(key)), ("Value", Value::from(value))])
    };
    let tags = words.into_iter().map(tag).collect();
    setting.parameters.insert(added.key, Value::List(tags));
    Ok(())
})
.taking(Takes::Words)
.required();

static CLUSTER_STATES: Added = Added::new("cluster-states", "", |_, setting, value| {
    set_states(setting, value)
})
.taking(Takes::Words);

static STATES: &[Added] = &[
    state(
        "active",
        "STARTING BOOTSTRAPPING RUNNING WAITING TERMINATING",
    ),
    state("terminated", "TERMINATED"),
    state("failed", "TERMINATED_WITH_ERRORS"),
];

const fn state(name: &'static str, states: &'static str) -> Added {
    Added::new(name, states, |added, setting, _| {
        let states = added.key.split(' ').map(Value::from).collect();
        set_states(setting, Value::List(states))
    })
    .taking(Takes::Flag(true))
}

fn set_states(setting: &mut Setting<'_>, states: Value) -> Result<(), CommandError> {
    if setting.parameters.contains_key("ClusterStates") {
        return Err(CommandError::validation(
            "You can specify only one of the cluster state filters: --cluster-states, --active, \
             --terminated, --failed.",
        ));
    }
    setting.parameters.push("ClusterStates", states);
    Ok(())
}
