//! Credentials of roles for instances and tasks: sessions of the sandbox's own,
//! which are renewed long before they end.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use awl_iam::{Context, Decision, NamedPolicy, PolicySet, Principal, Request, evaluate, messages};

use super::facts::Facts;
use super::spaced;
use crate::Sandbox;
use crate::account::{Account, Identity, Kind};
use crate::caller::iso;
use crate::ids;
use crate::log::{Checked, LogEntry};
use crate::record::Secret;
use crate::session::{Session, SourceInstance};

/// How long a session lasts.
const DURATION: i64 = 6 * 3600;
/// How old one gets before there is a new one.
const AGE: i64 = 3600;

/// The role that every instance is by itself.
const OWN_ROLE: &str = "aws:ec2-instance";
const INTERNAL: &str = "The credentials could not be made.";

/// Where a failure is explained.
const DOCUMENTATION: &str = "Please see documentation at \
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html\
    #troubleshoot_iam-ec2_errors-info-doc.";

/// What was given out, and is given out until it is renewed.
#[derive(Debug, Default)]
pub(crate) struct Delivered(Mutex<BTreeMap<String, Keys>>);

/// Credentials as programs get them.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) session: Session,
    pub(crate) token: String,
}

/// Who is to have a role.
pub(crate) struct Bearer<'a> {
    /// The service that assumes it.
    pub(crate) services: &'a [&'a str],
    /// The name of the session.
    pub(crate) session: &'a str,
    /// What credentials are kept as until they are renewed.
    pub(crate) key: String,
    /// The keys that only the trust policy sees.
    pub(crate) context: &'a [(&'a str, String)],
    pub(crate) instance: Option<SourceInstance>,
}

/// Why there are no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such role.
    Missing,
    /// Its trust policy does not let the service assume it.
    Untrusted,
    /// They could not be made.
    Internal,
}

impl Sandbox {
    /// Credentials of a role for an instance or a task.
    pub(crate) fn deliver(
        &self,
        account: &Account,
        role: &str,
        bearer: &Bearer<'_>,
        now: i64,
    ) -> Result<Keys, Refusal> {
        let role = account.identity(Kind::Role, role).ok_or(Refusal::Missing)?;
        self.delivered(&bearer.key, &role.id, now, || {
            if !self.trusts(account, role, bearer, now) {
                return Err(Refusal::Untrusted);
            }
            let entropy = self.entropy();
            let mut session = Session::begin(role, "role", account, now, DURATION, entropy);
            bearer.session.clone_into(&mut session.session_name);
            session.instance.clone_from(&bearer.instance);
            Ok(session)
        })
    }

    /// What was delivered under a key, as long as it is of the same principal and
    /// young; what is begun otherwise.
    fn delivered(
        &self,
        key: &str,
        principal: &str,
        now: i64,
        begin: impl FnOnce() -> Result<Session, Refusal>,
    ) -> Result<Keys, Refusal> {
        let delivered = self.delivered.0.lock();
        let mut delivered = delivered.unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = delivered.get(key)
            && keys.session.id == principal
            && (keys.session.issued..keys.session.issued + AGE).contains(&now)
        {
            return Ok(keys.clone());
        }
        let session = begin()?;
        let token = session.token(&self.sessions, self.entropy());
        let token = token.map_err(|_| Refusal::Internal)?;
        let keys = Keys { session, token };
        // Tasks come and go.
        delivered.retain(|_, own| own.session.expires > now);
        delivered.insert(key.to_owned(), keys.clone());
        Ok(keys)
    }

    /// Has all be given new ones.
    pub(crate) fn forget_delivered(&self) {
        let delivered = self.delivered.0.lock();
        delivered.unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The credentials of an instance by itself.
    pub(super) fn identity_credentials(&self, facts: &Facts, now: i64) -> String {
        let instance = &facts.instance_id;
        let id = format!("{}:{OWN_ROLE}", facts.account);
        let generation = self.account().trouble.revoked.latest();
        let keys = self.delivered(&format!("{instance} itself"), &id, now, || {
            let entropy = self.entropy();
            Ok(Session {
                access_key_id: ids::access_key_id("ASIA", &facts.account, entropy),
                secret: Secret::new(ids::secret_access_key(entropy)),
                kind: "instance".to_owned(),
                name: OWN_ROLE.to_owned(),
                id: id.clone(),
                session_name: instance.clone(),
                issued: now,
                expires: now.saturating_add(DURATION),
                authenticated: None,
                policies: Vec::new(),
                policy_arns: Vec::new(),
                tags: Vec::new(),
                transitive: Vec::new(),
                source_identity: None,
                instance: Some(source(facts, "2.0")),
                generation,
            })
        });
        keys.map_or_else(
            |_| refused("InternalFailure", INTERNAL, now),
            |own| shown(&own),
        )
    }

    /// The credentials of an instance's role, as its metadata have them.
    pub(super) fn role_credentials(&self, facts: &Facts, with_token: bool, now: i64) -> String {
        let role = facts.profile.as_ref().and_then(|own| own.role.as_deref());
        let role = role.unwrap_or_default();
        let instance = &facts.instance_id;
        let delivery = if with_token { "2.0" } else { "1.0" };
        let bearer = Bearer {
            services: &["ec2.amazonaws.com"],
            session: instance,
            key: format!("{instance} {delivery}"),
            context: &[],
            instance: Some(source(facts, delivery)),
        };
        match self.deliver(&self.account(), role, &bearer, now) {
            Ok(keys) => shown(&keys),
            Err(Refusal::Internal) => refused("InternalFailure", INTERNAL, now),
            Err(Refusal::Missing | Refusal::Untrusted) => {
                let message = format!("EC2 cannot assume the role {role}. {DOCUMENTATION}");
                refused("AssumeRoleUnauthorizedAccess", &message, now)
            }
        }
    }
}

fn source(facts: &Facts, delivery: &str) -> SourceInstance {
    let vpc = facts.interface().map(|own| own.vpc_id.clone());
    SourceInstance {
        arn: facts.arn(),
        delivery: delivery.to_owned(),
        vpc: vpc.unwrap_or_default(),
        address: facts.address().to_owned(),
    }
}

fn refused(code: &str, message: &str, now: i64) -> String {
    spaced(&[
        ("Code", Some(code)),
        ("Message", Some(message)),
        ("LastUpdated", Some(&iso(now))),
    ])
}

/// What the metadata say of the instance profile.
pub(super) fn profile_info(facts: &Facts, now: i64) -> String {
    let updated = iso(now - now.rem_euclid(AGE));
    match &facts.profile {
        Some(profile) if profile.exists => spaced(&[
            ("Code", Some("Success")),
            ("LastUpdated", Some(&updated)),
            ("InstanceProfileArn", Some(&profile.arn)),
            ("InstanceProfileId", Some(&profile.id)),
        ]),
        profile => {
            let id = profile.as_ref().map_or("", |own| &own.id);
            let message = format!("Instance Profile with id {id} cannot be found. {DOCUMENTATION}");
            spaced(&[
                ("Code", Some("InstanceProfileNotFound")),
                ("Message", Some(&message)),
                ("LastUpdated", Some(&updated)),
            ])
        }
    }
}

fn shown(keys: &Keys) -> String {
    let session = &keys.session;
    spaced(&[
        ("Code", Some("Success")),
        ("LastUpdated", Some(&iso(session.issued))),
        ("Type", Some("AWS-HMAC")),
        ("AccessKeyId", Some(&session.access_key_id)),
        ("SecretAccessKey", Some(session.secret.expose())),
        ("Token", Some(&keys.token)),
        ("Expiration", Some(&iso(session.expires))),
    ])
}

impl Sandbox {
    /// Whether a role's trust policy lets one of the bearer's services assume it.
    /// The log has it as a call of the service's.
    fn trusts(&self, account: &Account, role: &Identity, bearer: &Bearer<'_>, now: i64) -> bool {
        let trust = role.trust.as_ref();
        let policies = PolicySet {
            resource: trust.map(|trust| NamedPolicy::new("trust", trust.policy.clone())),
            ..PolicySet::default()
        };
        let mut context = Context::new();
        context.insert("aws:CurrentTime", iso(now));
        context.insert("aws:EpochTime", now.to_string());
        context.insert("aws:PrincipalIsAWSService", "true");
        context.insert("aws:SourceAccount", &*account.id);
        context.insert("aws:ResourceAccount", &*account.id);
        for (key, value) in bearer.context {
            context.insert(key, &**value);
        }
        let mut refused = None;
        for service in bearer.services {
            let Ok(principal) = Principal::parse(service) else {
                continue;
            };
            let mut context = context.clone();
            context.insert("aws:PrincipalServiceName", *service);
            let request = Request::new(principal, "sts:AssumeRole", role.arn(&account.id))
                .with_context(context.clone());
            let evaluation = evaluate(&request, &policies);
            let is_allowed = evaluation.decision == Decision::Allowed;
            let entry = LogEntry {
                time: now,
                request_id: ids::request_id(self.entropy()),
                service: Some("sts"),
                operation: Some("AssumeRole"),
                principal: Some((*service).to_owned()),
                user_agent: Some((*service).to_owned()),
                context,
                checked: vec![Checked::new(&evaluation)],
                status: if is_allowed { 200 } else { 403 },
                error: (!is_allowed).then(|| "AccessDenied".to_owned()),
                message: messages::denial_text(&evaluation),
                ..LogEntry::default()
            };
            if is_allowed {
                self.log.add(entry);
                return true;
            }
            refused.get_or_insert(entry);
        }
        refused.into_iter().for_each(|entry| self.log.add(entry));
        false
    }
}
