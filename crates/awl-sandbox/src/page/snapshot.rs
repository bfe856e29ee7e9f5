//! What the sandbox holds, as the page shows it. Nothing secret is in it: neither
//! secret keys nor seeds nor tokens.

use std::collections::BTreeMap;

use awl_iam::PolicyType;
use awl_value::{Map, Value};

use crate::account::{Account, Device, Identity, Kind, ManagedPolicy, tags_value};
use crate::caller::iso;
use crate::ec2::Instance;
use crate::log::LogEntry;
use crate::record::Document;
use crate::s3::Bucket;
use crate::trouble::Trouble;
use crate::{AccessFacts, Sandbox};

/// Everything; `acts` says whether its reader may do something.
pub(super) fn snapshot(sandbox: &Sandbox, acts: bool) -> Map {
    let news = *sandbox.log.news().borrow();
    let entries = sandbox.log.entries();
    let facts = sandbox.facts();
    let account = sandbox.account();
    let mut map = Map::new();
    map.push("account", account.id.as_str().into());
    map.push("alias", optional(account.alias()));
    map.push("now", iso(sandbox.now()).into());
    map.push("version", super::number_value(news.version));
    map.push("acts", Value::Bool(acts));
    for (name, kind) in [
        ("users", Kind::User),
        ("groups", Kind::Group),
        ("roles", Kind::Role),
    ] {
        let all = account.identities(kind);
        let all = all.map(|own| identity(own, &account, facts));
        map.push(name, Value::List(all.collect()));
    }
    let policies = account.policies();
    let policies = policies.map(|own| policy(own, &account, facts));
    map.push("policies", Value::List(policies.collect()));
    map.push(
        "devices",
        Value::List(account.devices().map(device).collect()),
    );
    map.push("sessions", sessions(&entries));
    let now = sandbox.now();
    let instances = account.instances();
    let instances = instances.map(|own| instance(own, &account, now));
    map.push("instances", Value::List(instances.collect()));
    let buckets = account.buckets().map(|own| bucket(own, facts));
    map.push("buckets", Value::List(buckets.collect()));
    map.push("limits", Value::List(limits(&account.trouble)));
    map
}

fn identity(own: &Identity, account: &Account, facts: &dyn AccessFacts) -> Value {
    let mut map = Map::new();
    map.push("kind", own.kind.word().into());
    map.push("name", own.name.as_str().into());
    map.push("path", own.path.as_str().into());
    map.push("arn", own.arn(&account.id).into());
    map.push("id", own.id.as_str().into());
    map.push("created", iso(own.created).into());
    map.push("tags", tags_value(&own.tags));
    map.push("boundary", optional(own.boundary.as_deref()));
    let inline = own.inline.iter().map(|(name, text)| {
        let mut map = document(text, PolicyType::Identity, facts);
        map.push("name", name.as_str().into());
        Value::Map(map)
    });
    map.push("inline", Value::List(inline.collect()));
    map.push("attached", own.attached.clone().into());
    match own.kind {
        Kind::User => {
            map.push("groups", own.groups.clone().into());
            let keys = account.keys_of(&own.name).map(|key| {
                let mut map = Map::new();
                map.push("id", key.id.as_str().into());
                map.push("created", iso(key.created).into());
                map.push("active", Value::Bool(!key.inactive));
                map.push("lastUsed", time(key.last_used));
                map.push("lastService", optional(key.last_service.as_deref()));
                map.push("lastRegion", optional(key.last_region.as_deref()));
                Value::Map(map)
            });
            map.push("keys", Value::List(keys.collect()));
        }
        Kind::Group => {
            let members = account.identities(Kind::User);
            let members = members.filter(|user| user.groups.contains(&own.name));
            let members = members.map(|user| Value::from(user.name.as_str()));
            map.push("members", Value::List(members.collect()));
        }
        Kind::Role => {
            let trust = account.trust_of(own);
            let trust = trust.map(|text| document(&text, PolicyType::RoleTrust, facts));
            map.push("trust", trust.map_or(Value::Null, Value::Map));
            map.push("description", optional(own.description.as_deref()));
            map.push("longestSession", Value::Int(own.longest_session));
            map.push("lastUsed", time(own.last_used));
            map.push("lastRegion", optional(own.last_region.as_deref()));
        }
    }
    map.into()
}

fn policy(own: &ManagedPolicy, account: &Account, facts: &dyn AccessFacts) -> Value {
    let mut map = Map::new();
    map.push("arn", own.arn.as_str().into());
    map.push("name", own.name.as_str().into());
    map.push("path", own.path.as_str().into());
    map.push("aws", Value::Bool(own.is_aws()));
    map.push("description", optional(own.description.as_deref()));
    map.push("created", iso(own.created).into());
    map.push("updated", iso(own.updated).into());
    map.push("tags", tags_value(&own.tags));
    map.push("default", Value::Int(own.default));
    let versions = own.versions.iter().map(|version| {
        // What AWS wrote is as AWS wrote it.
        let mut map = match own.is_aws() {
            true => text_of(&version.document),
            false => document(&version.document, PolicyType::Identity, facts),
        };
        map.push("number", Value::Int(version.number));
        map.push("created", iso(version.created).into());
        Value::Map(map)
    });
    map.push("versions", Value::List(versions.collect()));
    let arns = |is_used: &dyn Fn(&Identity) -> bool| {
        let kinds = [Kind::User, Kind::Group, Kind::Role].into_iter();
        let all = kinds.flat_map(|kind| account.identities(kind));
        let arns = all
            .filter(|own| is_used(own))
            .map(|own| Value::from(own.arn(&account.id)));
        Value::List(arns.collect())
    };
    map.push("attachedTo", arns(&|user| user.attached.contains(&own.arn)));
    map.push(
        "boundaryOf",
        arns(&|user| user.boundary.as_ref() == Some(&own.arn)),
    );
    map.into()
}

/// A policy's text, and what is suspicious in it.
fn document(own: &Document, policy_type: PolicyType, facts: &dyn AccessFacts) -> Map {
    let mut map = text_of(own);
    let findings = facts.findings(&own.text, policy_type);
    let findings = findings.into_iter().map(|found| {
        let mut map = Map::new();
        map.push("rule", found.rule.into());
        map.push("level", found.level.as_str().into());
        map.push("reason", found.reason().into());
        map.push("line", Value::Int(found.span.start.line.into()));
        map.push("message", found.message.into());
        Value::Map(map)
    });
    map.push("findings", Value::List(findings.collect()));
    map
}

fn text_of(own: &Document) -> Map {
    let mut map = Map::new();
    map.push("text", own.text.as_str().into());
    map
}

fn device(own: &Device) -> Value {
    let mut map = Map::new();
    map.push("serial", own.serial.as_str().into());
    map.push("user", optional(own.user.as_deref()));
    map.push("created", iso(own.created).into());
    map.push("enabled", time(own.enabled));
    map.into()
}

/// An instance. What was given to it as user data is its own.
fn instance(own: &Instance, account: &Account, now: i64) -> Value {
    let mut map = Map::new();
    let name = own.tags.iter().find(|tag| tag.key == "Name");
    map.push("id", own.id.as_str().into());
    map.push("name", optional(name.map(|tag| &*tag.value)));
    map.push("state", own.state(now).1.into());
    map.push("type", own.kind.as_str().into());
    map.push("zone", own.zone.as_str().into());
    map.push("privateAddress", own.private_ip.as_str().into());
    map.push("publicAddress", optional(own.public_ip(account).as_deref()));
    let profile = own.profile.as_ref();
    let profile = profile.and_then(|own| own.arn.rsplit('/').next());
    map.push("profile", optional(profile));
    let version = match &*own.metadata.tokens {
        _ if !own.metadata.is_enabled => "off",
        "required" => "v2",
        _ => "v1 and v2",
    };
    map.push("metadata", version.into());
    map.into()
}

/// A bucket, without its objects.
fn bucket(own: &Bucket, facts: &dyn AccessFacts) -> Value {
    let mut map = Map::new();
    map.push("name", own.name.as_str().into());
    map.push("region", own.region.as_str().into());
    map.push("created", iso(own.created).into());
    map.push("versioning", own.versioning.as_str().into());
    let names = own.documents.keys().map(|name| Value::from(name.as_str()));
    map.push("configurations", Value::List(names.collect()));
    let policy = own.policy.as_ref();
    let policy = policy.map(|text| document(text, PolicyType::Resource, facts));
    map.push("policy", policy.map_or(Value::Null, Value::Map));
    map.into()
}

/// What goes wrong on purpose: limits, faults, a clock that is off.
fn limits(trouble: &Trouble) -> Vec<Value> {
    let row = |kind: &str, service: Option<&str>, operation: Option<&str>, effect: String| {
        let mut map = Map::new();
        map.push("kind", kind.into());
        map.push("service", optional(service));
        map.push("operation", optional(operation));
        map.push("effect", effect.into());
        map
    };
    let mut rows: Vec<Value> = Vec::new();
    for limit in trouble.limits.set() {
        let effect = format!(
            "{} a second, {} at once",
            limit.rate as f64 / 1000.0,
            limit.burst
        );
        let operation = limit.operation.as_deref();
        rows.push(row("limit", Some(&limit.service), operation, effect).into());
    }
    for service in trouble.limits.documented() {
        rows.push(row("limit", Some(service), None, "as AWS documents".to_owned()).into());
    }
    for fault in trouble.faults.all() {
        let mut effects: Vec<String> = Vec::new();
        effects.extend(fault.error.clone());
        effects.extend(
            fault
                .ending
                .map(|own| format!("connection: {}", own.word())),
        );
        if fault.most > 0 {
            effects.push(match fault.least == fault.most {
                true => format!("{} ms later", fault.most),
                false => format!("{} to {} ms later", fault.least, fault.most),
            });
        }
        let (service, operation) = (fault.service.as_deref(), fault.operation.as_deref());
        let mut map = row("fault", service, operation, effects.join(", "));
        map.push("caller", optional(fault.principal.as_deref()));
        map.push(
            "share",
            format!("{} %", fault.rate as f64 / 10_000.0).into(),
        );
        map.push(
            "happened",
            format!("{} of {}", fault.made, fault.seen).into(),
        );
        rows.push(map.into());
    }
    if trouble.skew() != 0 {
        let effect = format!("{} seconds ahead", trouble.skew());
        rows.push(row("clock", None, None, effect).into());
    }
    rows
}

/// The sessions that requests were made in: the sandbox keeps no others.
fn sessions(entries: &[LogEntry]) -> Value {
    let mut known: BTreeMap<&str, (&str, i64, i64)> = BTreeMap::new();
    for entry in entries {
        let key = entry.access_key_id.as_deref();
        let key = key.filter(|key| key.starts_with("ASIA"));
        if let (Some(key), Some(principal)) = (key, entry.principal.as_deref()) {
            let own = known.entry(key).or_insert((principal, 0, 0));
            (own.1, own.2) = (entry.time, own.2 + 1);
        }
    }
    let sessions = known.into_iter().map(|(key, (principal, last, count))| {
        let mut map = Map::new();
        map.push("key", key.into());
        map.push("principal", principal.into());
        map.push("lastUsed", iso(last).into());
        map.push("requests", Value::Int(count));
        Value::Map(map)
    });
    Value::List(sessions.collect())
}

fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn time(seconds: Option<i64>) -> Value {
    seconds.map_or(Value::Null, |seconds| iso(seconds).into())
}
