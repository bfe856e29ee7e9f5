//! What EC2 keeps: instances, and everything else as a body in the form that the
//! model has for it. All of it belongs to a Region.

use std::collections::BTreeMap;

use awl_value::{Map, Timestamp, Value};

use super::instance::Instance;
use crate::account::Account;
use crate::record::{Stored, Tag, record};

/// What stands in a body for a time, which JSON has not.
const TIME: &str = "\u{1}time";

record! {
    /// Anything with an id that is no instance: a VPC, a volume, a rule.
    struct Resource {
        id: String,
        region: String,
        /// What orders listings.
        created: i64,
        body: Body,
        tags: Vec<Tag>,
    }
}

record! {
    /// A Region that was used: what holds for all that is in it.
    struct Settings {
        region: String,
        /// `HttpTokens` and the like of new instances, where the account has chosen.
        metadata: Body,
        /// The default credit options of burstable families.
        credits: BTreeMap<String, String>,
        /// Whether volumes are encrypted that do not say.
        encrypts: bool,
    }
}

/// A structure of the model, without its tags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body(pub(crate) Map);

/// All that there is.
#[derive(Debug, Default)]
pub(crate) struct State {
    instances: BTreeMap<String, Instance>,
    resources: BTreeMap<String, Resource>,
    regions: BTreeMap<String, Settings>,
}

impl State {
    /// Takes up a record of the store.
    pub(crate) fn take(&mut self, kind: &str, value: &Value) -> Option<()> {
        match kind {
            "ec2-instance" => {
                let own = Instance::of(value)?;
                self.instances.insert(own.id.clone(), own);
            }
            "ec2-resource" => {
                let own = Resource::of(value)?;
                self.resources.insert(own.id.clone(), own);
            }
            "ec2-region" => {
                let own = Settings::of(value)?;
                self.regions.insert(own.region.clone(), own);
            }
            _ => return None,
        }
        Some(())
    }
}

impl Account {
    /// An instance of any Region, also one that is terminated and not yet forgotten.
    pub(crate) fn instance(&self, id: &str) -> Option<&Instance> {
        self.ec2.instances.get(id)
    }

    /// All instances of all Regions.
    pub(crate) fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.ec2.instances.values()
    }

    pub(crate) fn put_instance(&mut self, instance: Instance) {
        let name = format!("ec2-instance {}", instance.id);
        self.note(name, Some(instance.to_value()));
        self.ec2.instances.insert(instance.id.clone(), instance);
    }

    pub(crate) fn remove_instance(&mut self, id: &str) {
        self.note(format!("ec2-instance {id}"), None);
        self.ec2.instances.remove(id);
    }

    pub(crate) fn resource(&self, id: &str) -> Option<&Resource> {
        self.ec2.resources.get(id)
    }

    /// The resources of a kind in a Region; the kind is what ids begin with,
    /// without the hyphen.
    pub(crate) fn resources<'a>(
        &'a self,
        region: &'a str,
        kind: &'a str,
    ) -> impl Iterator<Item = &'a Resource> {
        let from = format!("{kind}-");
        let below = format!("{kind}.");
        let own = self.ec2.resources.range(from..below);
        own.map(|(_, resource)| resource)
            .filter(move |resource| resource.region == region)
    }

    pub(crate) fn put_resource(&mut self, resource: Resource) {
        let name = format!("ec2-resource {}", resource.id);
        self.note(name, Some(resource.to_value()));
        self.ec2.resources.insert(resource.id.clone(), resource);
    }

    pub(crate) fn remove_resource(&mut self, id: &str) {
        self.note(format!("ec2-resource {id}"), None);
        self.ec2.resources.remove(id);
    }

    pub(crate) fn region(&self, name: &str) -> Option<&Settings> {
        self.ec2.regions.get(name)
    }

    pub(crate) fn put_region(&mut self, settings: Settings) {
        let name = format!("ec2-region {}", settings.region);
        self.note(name, Some(settings.to_value()));
        self.ec2.regions.insert(settings.region.clone(), settings);
    }
}

impl Resource {
    /// A text of the body; empty where it has none.
    pub(crate) fn text(&self, name: &str) -> &str {
        let text = self.body.0.get(name).and_then(Value::as_str);
        text.unwrap_or_default()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.body.0.get(name).and_then(Value::as_bool) == Some(true)
    }

    pub(crate) fn int(&self, name: &str) -> i64 {
        let number = self.body.0.get(name).and_then(Value::as_int);
        number.unwrap_or_default()
    }

    pub(crate) fn list(&self, name: &str) -> &[Value] {
        let list = self.body.0.get(name).and_then(Value::as_list);
        list.unwrap_or_default()
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.body.0.insert(name, value.into());
    }

    /// What ids of its kind begin with: `vpc`, `eni-attach`.
    pub(crate) fn kind(&self) -> &str {
        self.id.rsplit_once('-').map_or("", |(kind, _)| kind)
    }
}

impl Stored for Body {
    fn to_value(&self) -> Value {
        written(&Value::Map(self.0.clone()))
    }

    fn of(value: &Value) -> Option<Self> {
        match read(value)? {
            Value::Map(map) => Some(Self(map)),
            Value::Null => Some(Self::default()),
            _ => None,
        }
    }
}

fn written(value: &Value) -> Value {
    match value {
        Value::Timestamp(time) => {
            let mut map = Map::with_capacity(1);
            map.push(TIME, Value::Int(time.micros));
            map.into()
        }
        Value::List(items) => Value::List(items.iter().map(written).collect()),
        Value::Map(map) => {
            let entries = map.iter();
            let entries = entries.map(|(key, value)| (key.to_owned().into(), written(value)));
            Value::Map(entries.collect())
        }
        value => value.clone(),
    }
}

fn read(value: &Value) -> Option<Value> {
    Some(match value {
        Value::List(items) => Value::List(items.iter().map(read).collect::<Option<_>>()?),
        Value::Map(map) => {
            if let Some(time) = map.get(TIME) {
                return Some(Value::Timestamp(Timestamp::utc(time.as_int()?)));
            }
            let mut read_map = Map::with_capacity(map.len());
            for (key, value) in map.iter() {
                read_map.push(key.to_owned(), read(value)?);
            }
            read_map.into()
        }
        value => value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_back_with_their_times() {
        let time = Value::Timestamp(Timestamp::utc(1_800_000_000_123_456));
        let mut inner = Map::new();
        inner.push("AttachTime", time.clone());
        let mut map = Map::new();
        map.push("CreateTime", time);
        map.push("Attachments", Value::List(vec![inner.into()]));
        let kept = awl_value::json::to_string(&Body(map.clone()).to_value());
        let back = Body::of(&awl_value::json::parse(&kept).unwrap()).unwrap();
        assert_eq!(back.0, map);
    }
}
