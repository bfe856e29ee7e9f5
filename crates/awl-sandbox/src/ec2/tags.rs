//! Tags: given when something is made, or later, and listed.

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::filter::{self, Item, Listing};
use super::{attributes, done, fields, invalid, names, refused, text};
use crate::door::{Call, Outcome};
use crate::record::Tag;

const TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// What ids begin with, and what the kind is called where tags are meant.
const KINDS: &[(&str, &str)] = &[
    ("acl", "network-acl"),
    ("ami", "image"),
    ("dopt", "dhcp-options"),
    ("eipalloc", "elastic-ip"),
    ("eni", "network-interface"),
    ("i", "instance"),
    ("igw", "internet-gateway"),
    ("key", "key-pair"),
    ("rtb", "route-table"),
    ("sg", "security-group"),
    ("sgr", "security-group-rule"),
    ("snap", "snapshot"),
    ("subnet", "subnet"),
    ("vol", "volume"),
    ("vpc", "vpc"),
];

/// What a kind is called where tags are meant: `vol` is `volume`.
pub(super) fn kind(id: &str) -> Option<&'static str> {
    let (prefix, _) = id.rsplit_once('-')?;
    let own = KINDS.iter().find(|(own, _)| *own == prefix);
    own.map(|(_, name)| *name)
}

/// Answers what is asked of tags.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateTags" => {
            let tags = read(call.parameters.list("Tags"))?;
            if tags.is_empty() {
                return Err(names::missing("Tags"));
            }
            change(call, |own| add(own, &tags))
        }
        "DeleteTags" => {
            let given = call.parameters.list("Tags");
            let given: Vec<(Option<&str>, Option<&str>)> = given
                .iter()
                .map(|tag| (text(tag, "Key"), text(tag, "Value")))
                .collect();
            // Without any, all go.
            change(call, |own| {
                own.retain(|tag| {
                    let is_meant = |(key, value): &(Option<&str>, Option<&str>)| {
                        *key == Some(&tag.key) && value.is_none_or(|value| value == tag.value)
                    };
                    !given.is_empty() && !given.iter().any(is_meant)
                });
                Ok(())
            })
        }
        "DescribeTags" => {
            const LISTING: Listing = Listing {
                member: "Tags",
                filters: &[
                    ("key", "Key"),
                    ("resource-id", "ResourceId"),
                    ("resource-type", "ResourceType"),
                    ("value", "Value"),
                ],
            };
            filter::list(call, &LISTING, all(call))
        }
        _ => Ok(None),
    }
}

/// Changes the tags of all that `Resources` names, or of none.
fn change(call: &mut Call<'_>, change: impl Fn(&mut Vec<Tag>) -> Result<(), Failure>) -> Outcome {
    let resources = call.parameters.texts("Resources");
    let (mut instances, mut others, mut interfaces) = (Vec::new(), Vec::new(), Vec::new());
    for id in &resources {
        let prefix = id.rsplit_once('-').map_or("", |(prefix, _)| prefix);
        if kind(id).is_none() {
            let message = format!("The ID '{id}' is not valid");
            return refused("InvalidID", message);
        }
        if prefix == "i" {
            let found = names::instances(call, std::slice::from_ref(id))?;
            for mut instance in found {
                change(&mut instance.tags)?;
                if instance.metadata.has_tags {
                    attributes::check_keys(&instance)?;
                }
                instances.push(instance);
            }
        } else if prefix == "eni" {
            names::check(id, prefix)?;
            let own = call.account.instances();
            let mut own = own.filter(|own| own.region == call.region && !own.is_terminated());
            let own = own.find(|own| own.interface == *id).cloned();
            let mut own = own.ok_or_else(|| names::unknown(prefix, &[id]))?;
            change(&mut own.interface_tags)?;
            interfaces.push(own);
        } else {
            let mut found = names::find(call, prefix, id)?.clone();
            change(&mut found.tags)?;
            others.push(found);
        }
    }
    for resource in others {
        call.account.put_resource(resource);
    }
    for instance in instances {
        call.account.put_instance(instance);
    }
    for changed in interfaces {
        // The instance itself may have been among them.
        if let Some(mut instance) = call.account.instance(&changed.id).cloned() {
            instance.interface_tags = changed.interface_tags;
            call.account.put_instance(instance);
        }
    }
    done()
}

/// Every tag of the Region.
fn all(call: &Call<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut add = |id: &str, tags: &[Tag]| {
        let Some(kind) = kind(id) else {
            return;
        };
        for tag in tags {
            let item = fields! {
                "Key": &*tag.key,
                "ResourceId": id,
                "ResourceType": kind,
                "Value": &*tag.value,
            };
            items.push((format!("{id} {}", tag.key), item));
        }
    };
    for instance in call
        .account
        .instances()
        .filter(|own| own.region == call.region)
    {
        add(&instance.id, &instance.tags);
        add(&instance.interface, &instance.interface_tags);
    }
    for (prefix, _) in KINDS {
        for resource in call.account.resources(call.region, prefix) {
            add(&resource.id, &resource.tags);
        }
    }
    items
}

/// The tags that the request has for what it makes of a kind.
pub(super) fn specified(call: &Call<'_>, kind: &str) -> Result<Vec<Tag>, Failure> {
    let mut tags = Vec::new();
    for own in call.parameters.list("TagSpecifications") {
        if text(own, "ResourceType") == Some(kind) {
            let given = own.get("Tags").and_then(Value::as_list);
            add(&mut tags, &read(given.unwrap_or_default())?)?;
        }
    }
    Ok(tags)
}

/// Refuses tags for kinds that the request does not make.
pub(super) fn check_kinds(call: &Call<'_>, kinds: &[&str]) -> Result<(), Failure> {
    for own in call.parameters.list("TagSpecifications") {
        let kind = text(own, "ResourceType").unwrap_or_default();
        if !kinds.contains(&kind) {
            let message =
                format!("'{kind}' is not a valid taggable resource type for this operation.");
            return invalid(message);
        }
    }
    Ok(())
}

fn read(given: &[Value]) -> Result<Vec<Tag>, Failure> {
    let mut tags: Vec<Tag> = Vec::new();
    for tag in given {
        let key = text(tag, "Key").unwrap_or_default();
        let value = text(tag, "Value").unwrap_or_default();
        if key.is_empty() {
            return invalid("Tag key cannot be empty.");
        }
        if key.starts_with("aws:") {
            let message = "Tag keys starting with 'aws:' are reserved for internal use";
            return invalid(message);
        }
        if key.chars().count() > LONGEST_KEY {
            return invalid(format!(
                "Tag key exceeds the maximum length of {LONGEST_KEY} characters"
            ));
        }
        if value.chars().count() > LONGEST_VALUE {
            let most = LONGEST_VALUE;
            return invalid(format!(
                "Tag value exceeds the maximum length of {most} characters"
            ));
        }
        if tags.iter().any(|known| known.key == key) {
            return invalid(format!("Duplicate tag key '{key}' specified."));
        }
        tags.push(Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        });
    }
    Ok(tags)
}

fn add(own: &mut Vec<Tag>, tags: &[Tag]) -> Result<(), Failure> {
    for tag in tags {
        own.retain(|known| known.key != tag.key);
        own.push(tag.clone());
    }
    if own.len() > TAGS {
        let message = "The maximum number of Tags for a resource has been reached.";
        return refused("TagLimitExceeded", message);
    }
    Ok(())
}

/// Adds tags to what is shown, where there are any.
pub(super) fn show(shown: &mut Map, tags: &[Tag]) {
    shown.push("Tags", crate::account::tags_value(tags));
}
