//! Who calls: the principal behind an access key, and the policies that bind it.

use awl_iam::{Context, NamedPolicy, PolicySet, Principal, PrincipalKind};
use awl_value::Timestamp;

use crate::account::{Account, Identity, Kind};
use crate::record::{Document, Tag};
use crate::session::Session;
use crate::web_identity::Claims;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) access_key_id: String,
    /// The unique id, as `aws:userid` has it.
    pub(crate) user_id: String,
    /// The user or role behind it.
    pub(crate) identity: Identity,
    pub(crate) session: Option<Session>,
}

impl Caller {
    /// The user of a long-term key.
    pub(crate) fn user(
        account: &Account,
        identity: &Identity,
        access_key_id: &str,
    ) -> Option<Self> {
        Some(Self {
            principal: Principal::parse(&identity.arn(&account.id)).ok()?,
            access_key_id: access_key_id.to_owned(),
            user_id: identity.id.clone(),
            identity: identity.clone(),
            session: None,
        })
    }

    /// Nobody known: a request without signature.
    pub(crate) fn anonymous() -> Self {
        Self {
            principal: Principal::anonymous(),
            access_key_id: String::new(),
            user_id: "anonymous".to_owned(),
            identity: Identity::nobody(),
            session: None,
        }
    }

    /// Whom an identity provider vouches for.
    pub(crate) fn federated(claims: &Claims) -> Self {
        Self {
            principal: Principal::parse(&claims.provider)
                .unwrap_or_else(|_| Principal::anonymous()),
            user_id: format!("{}:{}", claims.issuer, claims.subject),
            ..Self::anonymous()
        }
    }

    /// Who a session is of; None where its user or role is gone.
    pub(crate) fn of_session(account: &Account, session: Session) -> Option<Self> {
        let own;
        let identity = match &*session.kind {
            "instance" => {
                own = of_instance(&session);
                &own
            }
            "role" => account.identity(Kind::Role, &session.name)?,
            _ => account.identity(Kind::User, &session.name)?,
        };
        if identity.id != session.id {
            return None;
        }
        let (number, name) = (&account.id, &session.session_name);
        let (arn, user_id) = match &*session.kind {
            "role" | "instance" => (
                format!(
                    "arn:aws:sts::{number}:assumed-role/{}/{name}",
                    identity.name
                ),
                format!("{}:{name}", identity.id),
            ),
            "federated" => (
                format!("arn:aws:sts::{number}:federated-user/{name}"),
                format!("{number}:{name}"),
            ),
            _ => (identity.arn(number), identity.id.clone()),
        };
        Some(Self {
            principal: Principal::parse(&arn).ok()?,
            access_key_id: session.access_key_id.clone(),
            user_id,
            identity: identity.clone(),
            session: Some(session),
        })
    }

    /// Whether it is a user, by its own key or in a session.
    pub(crate) fn is_user(&self) -> bool {
        !self.is_anonymous() && self.session.as_ref().is_none_or(|own| own.kind == "user")
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        self.principal.kind() == PrincipalKind::Anonymous
    }

    pub(crate) fn is_federated(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|own| own.kind == "federated")
    }

    /// The tags: the identity's, and those that the session was given.
    pub(crate) fn tags(&self) -> Vec<Tag> {
        let mut tags = self.identity.tags.clone();
        for tag in self.session.iter().flat_map(|session| &session.tags) {
            tags.retain(|known| !known.key.eq_ignore_ascii_case(&tag.key));
            tags.push(tag.clone());
        }
        tags
    }

    /// The policies that bind it, but the resource's.
    pub(crate) fn policies(&self, account: &Account) -> PolicySet {
        let boundary = self.identity.boundary.as_deref();
        let session = self.session.iter().flat_map(|session| {
            let inline = session.policies.iter().enumerate();
            let inline = inline.map(|(number, document)| {
                NamedPolicy::new(
                    format!("SessionPolicy.{}", number + 1),
                    document.policy.clone(),
                )
            });
            let managed = session.policy_arns.iter();
            inline.chain(managed.filter_map(|arn| account.named_policy(arn)))
        });
        let mut session: Vec<NamedPolicy> = session.collect();
        if self.is_federated() && session.is_empty() {
            // Without policies of its own such a session may do nothing.
            let nothing = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                "Action": "none:None", "Resource": "arn:aws:none:::none"}}"#;
            if let Ok(document) = Document::parse(nothing) {
                session.push(NamedPolicy::new("SessionPolicy", document.policy));
            }
        }
        PolicySet {
            identity: account.policies_of(&self.identity),
            permissions_boundary: boundary.and_then(|arn| account.named_policy(arn)),
            session,
            ..PolicySet::default()
        }
    }

    /// Fills in the keys that the caller has in every request.
    pub(crate) fn fill(&self, context: &mut Context, account: &Account, now: i64) {
        context.insert("aws:userid", &*self.user_id);
        if self.is_anonymous() {
            context.insert("aws:PrincipalType", "Anonymous");
            return;
        }
        context.insert("aws:PrincipalAccount", &*account.id);
        context.insert("aws:PrincipalIsAWSService", "false");
        // Of a session it is the role; a federated user stands for itself.
        let arn = match self.is_federated() {
            true => self.principal.arn().to_owned(),
            false => self.identity.arn(&account.id),
        };
        context.insert("aws:PrincipalArn", arn);
        let kind = self.session.as_ref().map_or("user", |own| &own.kind);
        let kind = match kind {
            "role" | "instance" => "AssumedRole",
            "federated" => "FederatedUser",
            _ => "User",
        };
        context.insert("aws:PrincipalType", kind);
        if self.is_user() {
            context.insert("aws:username", &*self.identity.name);
        }
        for tag in self.tags() {
            context.insert(&format!("aws:PrincipalTag/{}", tag.key), tag.value);
        }
        let Some(session) = &self.session else {
            return;
        };
        context.insert("aws:TokenIssueTime", iso(session.issued));
        let authenticated = session.authenticated.is_some();
        context.insert("aws:MultiFactorAuthPresent", authenticated.to_string());
        if let Some(time) = session.authenticated {
            context.insert("aws:MultiFactorAuthAge", (now - time).max(0).to_string());
        }
        if let Some(identity) = &session.source_identity {
            context.insert("aws:SourceIdentity", &**identity);
        }
        if let Some(instance) = &session.instance {
            context.insert("ec2:SourceInstanceARN", &*instance.arn);
            context.insert("ec2:RoleDelivery", &*instance.delivery);
            context.insert("aws:Ec2InstanceSourceVpc", &*instance.vpc);
            context.insert("aws:Ec2InstanceSourcePrivateIPv4", &*instance.address);
        }
    }
}

/// What an instance is by itself, without a role: nothing binds it, and nothing is
/// allowed to it but by policies of resources.
fn of_instance(session: &Session) -> Identity {
    Identity {
        kind: Kind::Role,
        name: session.name.clone(),
        id: session.id.clone(),
        ..Identity::nobody()
    }
}

/// `2026-11-22T12:00:00Z`.
pub(crate) fn iso(seconds: i64) -> String {
    let text = Timestamp::utc(seconds.saturating_mul(1_000_000)).isoformat(0);
    text.replace("+00:00", "Z")
}
