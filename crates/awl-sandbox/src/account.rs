//! The account that the sandbox holds: its users, groups, roles, policies, keys
//! and devices. Whatever changes is noted, to be written before it is answered.

use std::collections::{BTreeMap, BTreeSet};

use awl_iam::{Arn, NamedPolicy};
use awl_value::{Map, Value};

use crate::iam::Extras;
use crate::iam::InstanceProfile;
use crate::imds::certificate::Certificate;
use crate::imds::events::InstanceEvents;
use crate::managed;
use crate::record::{Document, Secret, Stored, Tag, record};
use crate::s3::Bucket;
use crate::store::Change;
use crate::trouble::Trouble;
use crate::{Entropy, ec2, ids};

/// What a policy can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    User,
    Group,
    Role,
}

impl Kind {
    /// The name in operations and members: `User`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Role => "Role",
        }
    }

    /// The name in ARNs and messages: `user`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// The parameter that names one: `UserName`.
    pub(crate) const fn parameter(self) -> &'static str {
        match self {
            Self::User => "UserName",
            Self::Group => "GroupName",
            Self::Role => "RoleName",
        }
    }

    /// What unique ids begin with.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::User => "AIDA",
            Self::Group => "AGPA",
            Self::Role => "AROA",
        }
    }
}

impl Stored for Kind {
    fn to_value(&self) -> Value {
        self.word().into()
    }

    fn of(value: &Value) -> Option<Self> {
        let kinds = [Self::User, Self::Group, Self::Role];
        kinds
            .into_iter()
            .find(|kind| Some(kind.word()) == value.as_str())
    }
}

record! {
    /// A user, group or role.
    struct Identity {
        kind: Kind,
        name: String,
        path: String,
        id: String,
        created: i64,
        tags: Vec<Tag>,
        /// The ARN of the policy that is its boundary.
        boundary: Option<String>,
        inline: BTreeMap<String, Document>,
        /// The ARNs of managed policies, in the order of their attachment.
        attached: Vec<String>,
        /// Of a user: the groups.
        groups: Vec<String>,
        /// Of a role: who may assume it.
        trust: Option<Document>,
        /// Whom that names of this account: ARNs and unique ids.
        trusted: BTreeMap<String, String>,
        description: Option<String>,
        longest_session: i64,
        last_used: Option<i64>,
        last_region: Option<String>,
    }
}

record! {
    /// A version of a managed policy.
    struct PolicyVersion {
        number: i64,
        document: Document,
        created: i64,
    }
}

record! {
    /// A managed policy.
    struct ManagedPolicy {
        name: String,
        path: String,
        id: String,
        arn: String,
        description: Option<String>,
        created: i64,
        updated: i64,
        tags: Vec<Tag>,
        default: i64,
        /// The number of the latest version, which no other gets again.
        latest: i64,
        versions: Vec<PolicyVersion>,
    }
}

record! {
    /// A user's access key.
    struct AccessKey {
        id: String,
        secret: Secret,
        user: String,
        created: i64,
        inactive: bool,
        last_used: Option<i64>,
        last_service: Option<String>,
        last_region: Option<String>,
    }
}

record! {
    /// A virtual MFA device.
    struct Device {
        serial: String,
        /// The seed in base 32.
        seed: Secret,
        created: i64,
        user: Option<String>,
        enabled: Option<i64>,
        /// The half minute of the last code that was used.
        used: i64,
        tags: Vec<Tag>,
    }
}

/// The account. All looking-up and changing goes through its functions.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    identities: BTreeMap<(Kind, String), Identity>,
    policies: BTreeMap<String, ManagedPolicy>,
    keys: BTreeMap<String, AccessKey>,
    devices: BTreeMap<String, Device>,
    events: BTreeMap<String, InstanceEvents>,
    certificate: Option<Certificate>,
    pub(crate) profiles: BTreeMap<String, InstanceProfile>,
    pub(crate) ec2: ec2::State,
    alias: Option<String>,
    pub(crate) extras: Extras,
    used_keys: BTreeSet<String>,
    used_roles: BTreeSet<String>,
    /// What goes wrong on purpose.
    pub(crate) trouble: Trouble,
    buckets: BTreeMap<String, Bucket>,
    changes: Vec<Change>,
}

impl Identity {
    pub(crate) fn new(kind: Kind, name: &str, path: &str, now: i64, entropy: &dyn Entropy) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            path: path.to_owned(),
            id: ids::unique_id(kind.prefix(), entropy),
            created: now,
            ..Self::nobody()
        }
    }

    /// What stands behind a request without signature: no rights, no name.
    pub(crate) const fn nobody() -> Self {
        Self {
            kind: Kind::User,
            name: String::new(),
            path: String::new(),
            id: String::new(),
            created: 0,
            tags: Vec::new(),
            boundary: None,
            inline: BTreeMap::new(),
            attached: Vec::new(),
            groups: Vec::new(),
            trust: None,
            trusted: BTreeMap::new(),
            description: None,
            longest_session: 3600,
            last_used: None,
            last_region: None,
        }
    }

    pub(crate) fn arn(&self, account: &str) -> String {
        let (kind, path, name) = (self.kind.word(), &self.path, &self.name);
        format!("arn:aws:iam::{account}:{kind}{path}{name}")
    }
}

impl ManagedPolicy {
    pub(crate) fn version(&self, number: i64) -> Option<&PolicyVersion> {
        self.versions.iter().find(|own| own.number == number)
    }

    /// The version that counts.
    pub(crate) fn document(&self) -> Option<&Document> {
        Some(&self.version(self.default)?.document)
    }

    pub(crate) fn is_aws(&self) -> bool {
        self.arn.starts_with("arn:aws:iam::aws:")
    }
}

impl Account {
    /// An account with nothing in it but policies of AWS: the short ones, and those
    /// of a list (see [`managed::policies`]).
    pub(crate) fn new(id: &str, more: &str) -> Self {
        Self {
            id: id.to_owned(),
            identities: BTreeMap::new(),
            policies: managed::policies(more)
                .into_iter()
                .map(|policy| (policy.arn.clone(), policy))
                .collect(),
            keys: BTreeMap::new(),
            devices: BTreeMap::new(),
            events: BTreeMap::new(),
            certificate: None,
            profiles: BTreeMap::new(),
            ec2: ec2::State::default(),
            alias: None,
            extras: Extras::default(),
            used_keys: BTreeSet::new(),
            used_roles: BTreeSet::new(),
            trouble: Trouble::default(),
            buckets: BTreeMap::new(),
            changes: Vec::new(),
        }
    }

    /// Takes up a record of the store; false where it says nothing that is known.
    pub(crate) fn take(&mut self, name: &str, value: &Value) -> bool {
        let known = match name.split_once(' ').map_or(name, |(kind, _)| kind) {
            "identity" => Identity::of(value).map(|own| {
                self.identities.insert((own.kind, own.name.clone()), own);
            }),
            "policy" => ManagedPolicy::of(value).map(|own| {
                self.policies.insert(own.arn.clone(), own);
            }),
            "key" => AccessKey::of(value).map(|own| {
                self.keys.insert(own.id.clone(), own);
            }),
            "device" => Device::of(value).map(|own| {
                self.devices.insert(own.serial.clone(), own);
            }),
            "instance-events" => InstanceEvents::of(value).map(|own| {
                self.events.insert(own.instance.clone(), own);
            }),
            "certificate" => Certificate::of(value).map(|own| self.certificate = Some(own)),
            "instance-profile" => InstanceProfile::of(value).map(|own| {
                self.profiles.insert(own.name.clone(), own);
            }),
            "bucket" => Bucket::of(value).map(|own| {
                self.buckets.insert(own.name.clone(), own);
            }),
            "alias" => Option::<String>::of(value).map(|alias| self.alias = alias),
            kind => self
                .ec2
                .take(kind, value)
                .or_else(|| self.trouble.take(name, value))
                .or_else(|| self.extras.take(kind, value)),
        };
        known.is_some()
    }

    /// Notes what a record holds from now on.
    pub(crate) fn note(&mut self, name: String, value: Option<Value>) {
        self.changes.push((name, value));
    }

    /// The changes since this was last asked.
    pub(crate) fn changes(&mut self) -> Vec<Change> {
        let mut changes = std::mem::take(&mut self.changes);
        changes.append(&mut self.trouble.changes());
        if !changes.is_empty() {
            changes.extend(self.uses_noted());
        }
        changes
    }

    /// Keys and roles that were used since this was last asked. They are written
    /// along with something else, or at the end.
    pub(crate) fn uses_noted(&mut self) -> Vec<Change> {
        let keys = std::mem::take(&mut self.used_keys).into_iter();
        let keys = keys.filter_map(|id| {
            let key = self.keys.get(&id)?;
            Some((format!("key {id}"), Some(key.to_value())))
        });
        let mut changes: Vec<Change> = keys.collect();
        let roles = std::mem::take(&mut self.used_roles).into_iter();
        changes.extend(roles.filter_map(|name| {
            let role = self.identities.get(&(Kind::Role, name.clone()))?;
            Some((format!("identity role/{name}"), Some(role.to_value())))
        }));
        changes
    }

    pub(crate) fn identity(&self, kind: Kind, name: &str) -> Option<&Identity> {
        self.identities.get(&(kind, name.to_owned()))
    }

    /// All of a kind, by name.
    pub(crate) fn identities(&self, kind: Kind) -> impl Iterator<Item = &Identity> {
        let own = self.identities.values();
        own.filter(move |identity| identity.kind == kind)
    }

    /// The user or role with this ARN.
    pub(crate) fn identity_by_arn(&self, arn: &str) -> Option<&Identity> {
        let (kind, rest) = Arn::parse(arn)?.resource.split_once('/')?;
        let kind = Kind::of(&kind.into())?;
        let name = rest.rsplit('/').next()?;
        self.identity(kind, name)
            .filter(|identity| identity.arn(&self.id) == arn)
    }

    /// Whether a name is taken: capitals make no difference.
    pub(crate) fn has_name(&self, kind: Kind, name: &str) -> bool {
        self.identities(kind)
            .any(|identity| identity.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn put(&mut self, identity: Identity) {
        let name = format!("identity {}/{}", identity.kind.word(), identity.name);
        self.changes.push((name, Some(identity.to_value())));
        let key = (identity.kind, identity.name.clone());
        self.identities.insert(key, identity);
    }

    pub(crate) fn remove(&mut self, kind: Kind, name: &str) {
        let record = format!("identity {}/{name}", kind.word());
        self.changes.push((record, None));
        self.identities.remove(&(kind, name.to_owned()));
    }

    pub(crate) fn policy(&self, arn: &str) -> Option<&ManagedPolicy> {
        self.policies.get(arn)
    }

    pub(crate) fn policies(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.policies.values()
    }

    pub(crate) fn put_policy(&mut self, policy: ManagedPolicy) {
        let name = format!("policy {}", policy.arn);
        self.changes.push((name, Some(policy.to_value())));
        self.policies.insert(policy.arn.clone(), policy);
    }

    pub(crate) fn remove_policy(&mut self, arn: &str) {
        self.changes.push((format!("policy {arn}"), None));
        self.policies.remove(arn);
    }

    /// To how many identities a policy is attached, and of how many it is the
    /// boundary.
    pub(crate) fn uses(&self, arn: &str) -> (usize, usize) {
        let all = || self.identities.values();
        let attached = all().filter(|own| own.attached.iter().any(|it| it == arn));
        let bounded = all().filter(|own| own.boundary.as_deref() == Some(arn));
        (attached.count(), bounded.count())
    }

    pub(crate) fn key(&self, id: &str) -> Option<&AccessKey> {
        self.keys.get(id)
    }

    pub(crate) fn keys_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a AccessKey> {
        self.keys.values().filter(move |key| key.user == user)
    }

    pub(crate) fn put_key(&mut self, key: AccessKey) {
        let name = format!("key {}", key.id);
        self.changes.push((name, Some(key.to_value())));
        self.keys.insert(key.id.clone(), key);
    }

    pub(crate) fn remove_key(&mut self, id: &str) {
        self.changes.push((format!("key {id}"), None));
        self.keys.remove(id);
    }

    /// Notes that a key was used. It is not written at once: that would make
    /// every request wait for the disk.
    pub(crate) fn used_key(&mut self, id: &str, now: i64, service: &str, region: &str) {
        if let Some(key) = self.keys.get_mut(id) {
            key.last_used = Some(now);
            key.last_service = Some(service.to_owned());
            key.last_region = Some(region.to_owned());
            if !self.used_keys.contains(id) {
                self.used_keys.insert(id.to_owned());
            }
        }
    }

    /// Notes that a session of a role was used, as [`used_key`](Self::used_key).
    pub(crate) fn used_role(&mut self, name: &str, now: i64, region: &str) {
        if let Some(role) = self.identities.get_mut(&(Kind::Role, name.to_owned())) {
            role.last_used = Some(now);
            role.last_region = Some(region.to_owned());
            if !self.used_roles.contains(name) {
                self.used_roles.insert(name.to_owned());
            }
        }
    }

    pub(crate) fn device(&self, serial: &str) -> Option<&Device> {
        self.devices.get(serial)
    }

    pub(crate) fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    pub(crate) fn put_device(&mut self, device: Device) {
        let name = format!("device {}", device.serial);
        self.changes.push((name, Some(device.to_value())));
        self.devices.insert(device.serial.clone(), device);
    }

    pub(crate) fn remove_device(&mut self, serial: &str) {
        self.changes.push((format!("device {serial}"), None));
        self.devices.remove(serial);
    }

    /// What is about to happen to an instance.
    pub(crate) fn events(&self, instance: &str) -> Option<&InstanceEvents> {
        self.events.get(instance)
    }

    /// What is about to happen to any.
    pub(crate) fn all_events(&self) -> impl Iterator<Item = &InstanceEvents> {
        self.events.values()
    }

    pub(crate) fn put_events(&mut self, events: InstanceEvents) {
        let name = format!("instance-events {}", events.instance);
        self.changes.push((name, Some(events.to_value())));
        self.events.insert(events.instance.clone(), events);
    }

    /// What signs identity documents.
    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    pub(crate) fn set_certificate(&mut self, certificate: Certificate) {
        let name = "certificate".to_owned();
        self.changes.push((name, Some(certificate.to_value())));
        self.certificate = Some(certificate);
    }

    pub(crate) fn alias(&self) -> Option<&str> {
        self.alias.as_deref()
    }

    pub(crate) fn set_alias(&mut self, alias: Option<String>) {
        self.changes
            .push(("alias".to_owned(), Some(alias.to_value())));
        self.alias = alias;
    }

    pub(crate) fn bucket(&self, name: &str) -> Option<&Bucket> {
        self.buckets.get(name)
    }

    /// All buckets, by name.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = &Bucket> {
        self.buckets.values()
    }

    pub(crate) fn put_bucket(&mut self, bucket: Bucket) {
        let name = format!("bucket {}", bucket.name);
        self.changes.push((name, Some(bucket.to_value())));
        self.buckets.insert(bucket.name.clone(), bucket);
    }

    pub(crate) fn remove_bucket(&mut self, name: &str) {
        self.changes.push((format!("bucket {name}"), None));
        self.buckets.remove(name);
    }

    /// How many there are of everything.
    pub(crate) fn counts(&self) -> Counts {
        let count = |kind| self.identities(kind).count();
        let own = || self.policies().filter(|policy| !policy.is_aws());
        Counts {
            users: count(Kind::User),
            groups: count(Kind::Group),
            roles: count(Kind::Role),
            policies: own().count(),
            versions: own().map(|policy| policy.versions.len()).sum(),
            devices: self.devices.len(),
            profiles: self.profiles.len(),
            devices_in_use: self.devices().filter(|own| own.user.is_some()).count(),
        }
    }

    /// The policies of an identity under the names that IAM's simulator has for
    /// them: its own, and of a user its groups'.
    pub(crate) fn policies_of(&self, identity: &Identity) -> Vec<NamedPolicy> {
        let mut named = self.own_policies(identity);
        for group in &identity.groups {
            if let Some(group) = self.identity(Kind::Group, group) {
                named.extend(self.own_policies(group));
            }
        }
        named
    }

    fn own_policies(&self, identity: &Identity) -> Vec<NamedPolicy> {
        let (kind, name) = (identity.kind.word(), &identity.name);
        let inline = identity.inline.iter().map(|(policy, document)| {
            NamedPolicy::new(format!("{kind}_{name}_{policy}"), document.policy.clone())
        });
        let attached = identity.attached.iter();
        inline
            .chain(attached.filter_map(|arn| self.named_policy(arn)))
            .collect()
    }

    /// A managed policy as decisions name it.
    pub(crate) fn named_policy(&self, arn: &str) -> Option<NamedPolicy> {
        let policy = self.policy(arn)?;
        let document = policy.document()?.policy.clone();
        Some(NamedPolicy::new(&*policy.name, document).with_arn(arn))
    }
}

/// How many there are of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) users: usize,
    pub(crate) groups: usize,
    pub(crate) roles: usize,
    pub(crate) policies: usize,
    pub(crate) versions: usize,
    pub(crate) devices: usize,
    pub(crate) profiles: usize,
    pub(crate) devices_in_use: usize,
}

/// Tags as the model has them.
pub(crate) fn tags_value(tags: &[Tag]) -> Value {
    let tags = tags.iter().map(|tag| {
        let mut map = Map::with_capacity(2);
        map.push("Key", tag.key.as_str().into());
        map.push("Value", tag.value.as_str().into());
        Value::Map(map)
    });
    Value::List(tags.collect())
}
