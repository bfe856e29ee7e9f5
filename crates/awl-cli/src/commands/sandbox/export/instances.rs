//! Key pairs, security groups and instances of all Regions.

use awl_value::{Map, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{items, tags, take};
use crate::commands::sandbox::clients::{Clients, Failed, REGION};
use crate::error::CommandError;

/// What EC2 has.
#[derive(Default)]
pub(super) struct Found {
    pub(super) key_pairs: Vec<Value>,
    pub(super) security_groups: Vec<Value>,
    pub(super) instances: Vec<Value>,
}

/// What was asked of EC2 in one Region.
struct Regional<'c, 'a> {
    clients: &'c mut Clients<'a>,
    region: String,
}

pub(super) fn all(clients: &mut Clients<'_>) -> Result<Found, CommandError> {
    let answer = clients.call("ec2", "DescribeRegions", Map::new(), REGION, None);
    let answer = answer.map_err(Failed::into_error)?;
    let mut found = Found::default();
    for region in items(&answer, "Regions") {
        let name = region.get("RegionName").and_then(Value::as_str);
        let mut regional = Regional {
            region: name.unwrap_or_default().to_owned(),
            clients,
        };
        regional.key_pairs(&mut found.key_pairs)?;
        regional.security_groups(&mut found.security_groups)?;
        regional.instances(&mut found.instances)?;
    }
    Ok(found)
}

impl Regional<'_, '_> {
    fn ask(&mut self, operation: &str, parameters: Map) -> Result<Value, CommandError> {
        let answer = self
            .clients
            .call("ec2", operation, parameters, &self.region, None);
        answer.map_err(Failed::into_error)
    }

    /// A thing of this Region, with its tags.
    fn thing(&self, from: &Value) -> Map {
        let mut map = Map::new();
        if self.region != REGION {
            map.push("Region", self.region.as_str().into());
        }
        if let Some(tags) = tags(items(from, "Tags")) {
            map.push("Tags", tags);
        }
        map
    }

    fn key_pairs(&mut self, found: &mut Vec<Value>) -> Result<(), CommandError> {
        let mut parameters = Map::new();
        parameters.push("IncludePublicKey", Value::Bool(true));
        let answer = self.ask("DescribeKeyPairs", parameters)?;
        for pair in items(&answer, "KeyPairs") {
            let mut map = self.thing(pair);
            take(pair, &["KeyName"], &mut map);
            if let Some(key) = pair.get("PublicKey").and_then(Value::as_str) {
                map.push("PublicKeyMaterial", key.trim().into());
            }
            found.push(map.into());
        }
        Ok(())
    }

    fn security_groups(&mut self, found: &mut Vec<Value>) -> Result<(), CommandError> {
        let answer = self.ask("DescribeSecurityGroups", Map::new())?;
        for group in items(&answer, "SecurityGroups") {
            if group.get("GroupName").and_then(Value::as_str) == Some("default") {
                continue;
            }
            let mut map = self.thing(group);
            take(group, &["GroupName", "Description"], &mut map);
            let permissions = items(group, "IpPermissions").iter();
            let permissions: Vec<Value> = permissions.map(without_nothing).collect();
            if !permissions.is_empty() {
                map.push("IpPermissions", Value::List(permissions));
            }
            found.push(map.into());
        }
        Ok(())
    }

    fn instances(&mut self, found: &mut Vec<Value>) -> Result<(), CommandError> {
        let answer = self.ask("DescribeInstances", Map::new())?;
        let reservations = items(&answer, "Reservations").iter();
        for instance in reservations.flat_map(|own| items(own, "Instances")) {
            let state = instance.get("State").and_then(|own| own.get("Name"));
            let state = state.and_then(Value::as_str);
            if matches!(state, Some("terminated" | "shutting-down")) {
                continue;
            }
            let mut map = self.thing(instance);
            take(instance, &["ImageId", "InstanceType", "KeyName"], &mut map);
            let profile = instance.get("IamInstanceProfile");
            let arn = profile.and_then(|own| own.get("Arn")?.as_str());
            if let Some(name) = arn.and_then(|arn| arn.rsplit('/').next()) {
                map.push("IamInstanceProfile", name.into());
            }
            let groups = items(instance, "SecurityGroups").iter();
            let groups = groups.filter_map(|own| own.get("GroupName")).cloned();
            let groups: Vec<Value> = groups
                .filter(|name| name.as_str() != Some("default"))
                .collect();
            if !groups.is_empty() {
                map.push("SecurityGroups", Value::List(groups));
            }
            if let Some(options) = instance.get("MetadataOptions") {
                let mut taken = Map::new();
                let names = [
                    "HttpTokens",
                    "HttpPutResponseHopLimit",
                    "HttpEndpoint",
                    "InstanceMetadataTags",
                ];
                take(options, &names, &mut taken);
                map.push("MetadataOptions", taken.into());
            }
            if let Some(text) = self.user_data(instance)? {
                map.push("UserData", text.into());
            }
            found.push(map.into());
        }
        Ok(())
    }

    fn user_data(&mut self, instance: &Value) -> Result<Option<String>, CommandError> {
        let mut parameters = Map::new();
        take(instance, &["InstanceId"], &mut parameters);
        parameters.push("Attribute", "userData".into());
        let answer = self.ask("DescribeInstanceAttribute", parameters)?;
        let encoded = answer.get("UserData").and_then(|own| own.get("Value"));
        let bytes = encoded
            .and_then(Value::as_str)
            .and_then(|text| STANDARD.decode(text).ok());
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }
}

/// A permission without its empty lists, which say nothing.
fn without_nothing(permission: &Value) -> Value {
    let members = permission.as_map().into_iter().flat_map(Map::iter);
    let members = members.filter(|(_, value)| value.as_list().is_none_or(|own| !own.is_empty()));
    let map: Map = members
        .map(|(name, value)| (name.to_owned().into(), value.clone()))
        .collect();
    map.into()
}
