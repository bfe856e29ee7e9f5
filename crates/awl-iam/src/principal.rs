//! Who calls, and whom a policy names.

use crate::arn::{Arn, is_account};
use crate::context::Context;

/// Who makes a request.
///
/// ```
/// use awl_iam::{Principal, PrincipalKind};
/// let ana = Principal::parse("arn:aws:iam::111122223333:user/staff/ana").unwrap();
/// assert_eq!(ana.kind(), PrincipalKind::User);
/// assert_eq!(ana.account(), Some("111122223333"));
/// assert_eq!(ana.name(), "ana");
/// let lambda = Principal::parse("lambda.amazonaws.com").unwrap();
/// assert_eq!(lambda.kind(), PrincipalKind::Service);
/// assert_eq!(Principal::parse("*").unwrap().kind(), PrincipalKind::Anonymous);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    kind: PrincipalKind,
    text: String,
    account: Option<String>,
    /// Where the last name begins in `text`.
    name: usize,
}

/// The kinds of principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A role, without one of its sessions: any of them.
    Role,
    /// A session of a role.
    AssumedRole,
    /// A session from `GetFederationToken`.
    FederatedUser,
    /// An AWS service.
    Service,
    /// A user of an identity provider, who may assume roles: named by the provider.
    Federated,
    /// Nobody known: a request without signature.
    Anonymous,
}

/// A text that names no principal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} names no principal: expected an ARN of a user, role, session or root, an account, a service, or *"
)]
pub struct InvalidPrincipal(pub String);

impl Principal {
    /// Reads an ARN, the id of an account (its root user), the name of a service
    /// or an identity provider, or `*` or `anonymous`.
    ///
    /// # Errors
    /// Where the text is none of these.
    pub fn parse(text: &str) -> Result<Self, InvalidPrincipal> {
        let invalid = || InvalidPrincipal(text.to_owned());
        if text == "*" || text.eq_ignore_ascii_case("anonymous") {
            return Ok(Self::anonymous());
        }
        if is_account(text) {
            let arn = format!("arn:aws:iam::{text}:root");
            let name = arn.len() - 4;
            return Ok(Self::of(
                PrincipalKind::Root,
                arn,
                Some(text.to_owned()),
                name,
            ));
        }
        let Some(arn) = Arn::parse(text) else {
            let host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/:".contains(&byte);
            if !text.contains('.') || text.contains("://") || !text.bytes().all(host) {
                return Err(invalid());
            }
            let service = text.contains("amazonaws.") || text.ends_with(".amazon.com");
            let kind = if service {
                PrincipalKind::Service
            } else {
                PrincipalKind::Federated
            };
            return Ok(Self::of(kind, text.to_owned(), None, 0));
        };
        let (kind, rest) = match (arn.service, arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => (PrincipalKind::Root, "root"),
            ("iam", Some(("user", rest))) => (PrincipalKind::User, rest),
            ("iam", Some(("role", rest))) => (PrincipalKind::Role, rest),
            ("iam", Some(("saml-provider" | "oidc-provider", rest))) => {
                (PrincipalKind::Federated, rest)
            }
            ("sts", Some(("assumed-role", rest))) if rest.contains('/') => {
                (PrincipalKind::AssumedRole, rest)
            }
            ("sts", Some(("federated-user", rest))) => (PrincipalKind::FederatedUser, rest),
            _ => return Err(invalid()),
        };
        let name = rest.rsplit('/').next().unwrap_or_default();
        if !is_account(arn.account) || name.is_empty() {
            return Err(invalid());
        }
        let account = match kind {
            PrincipalKind::Federated => None,
            _ => Some(arn.account.to_owned()),
        };
        Ok(Self::of(
            kind,
            text.to_owned(),
            account,
            text.len() - name.len(),
        ))
    }

    /// Nobody known: a request without signature.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::of(PrincipalKind::Anonymous, "*".to_owned(), None, 0)
    }

    const fn of(kind: PrincipalKind, text: String, account: Option<String>, name: usize) -> Self {
        Self {
            kind,
            text,
            account,
            name,
        }
    }

    /// What kind of principal this is.
    #[must_use]
    pub const fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// The ARN; the name of a service or provider; `*` for nobody known.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.text
    }

    /// The account, of those who have one.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The name of the user or role without its path, or of the session.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.get(self.name..).unwrap_or_default()
    }

    /// The name of the role of a role or one of its sessions.
    #[must_use]
    pub fn role_name(&self) -> Option<&str> {
        match self.kind {
            PrincipalKind::Role => Some(self.name()),
            PrincipalKind::AssumedRole => {
                let before = self.text.get(..self.name.checked_sub(1)?)?;
                before.rsplit('/').next()
            }
            _ => None,
        }
    }

    /// Whether this is a role that a service owns, or a session of one.
    #[must_use]
    pub fn is_service_linked_role(&self) -> bool {
        match self.kind {
            PrincipalKind::Role => self.text.contains(":role/aws-service-role/"),
            PrincipalKind::AssumedRole => self
                .role_name()
                .is_some_and(|name| name.starts_with("AWSServiceRoleFor")),
            _ => false,
        }
    }
}

/// Whom an element `Principal` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalPattern {
    /// `"*"` or `{"AWS": "*"}`: everybody, signed in or not.
    Everyone,
    /// An account, by its id or the ARN of its root.
    Account(String),
    /// A user, a role, or a session.
    Principal(Principal),
    /// The unique id of a user or role: `AIDA…`, `AROA…`.
    UniqueId(String),
    /// An AWS service; `*` for every one.
    Service(String),
    /// An identity provider; `*` for every one.
    Federated(String),
    /// The canonical id of an account, in policies of S3, or an origin access
    /// identity of CloudFront: nobody who calls with credentials of IAM.
    CanonicalUser(String),
}

/// How a policy names a caller. What a resource's policy grants depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// By the account: that alone grants nothing within the account.
    Account,
    /// By the role of the session, or the user of the federated session.
    Parent,
    /// The caller itself, or everybody.
    Direct,
}

impl PrincipalPattern {
    /// Reads a value of the key `AWS`.
    #[must_use]
    pub fn aws(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everyone);
        }
        let id = text.len() >= 16
            && text.len() <= 128
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && text.starts_with('A');
        if id {
            return Some(Self::UniqueId(text.to_owned()));
        }
        if Arn::parse(text).is_some_and(|arn| arn.service == "iam" && arn.account == "cloudfront") {
            return Some(Self::CanonicalUser(text.to_owned()));
        }
        let principal = Principal::parse(text).ok()?;
        match principal.kind {
            PrincipalKind::Root => Some(Self::Account(principal.account?)),
            PrincipalKind::User
            | PrincipalKind::Role
            | PrincipalKind::AssumedRole
            | PrincipalKind::FederatedUser => Some(Self::Principal(principal)),
            _ => None,
        }
    }

    /// How this names `caller`, or None where it does not.
    #[must_use]
    pub fn naming(&self, caller: &Principal, context: &Context) -> Option<Naming> {
        match self {
            Self::Everyone => Some(Naming::Direct),
            Self::Account(account) => {
                let naming = if caller.kind == PrincipalKind::Root {
                    Naming::Direct
                } else {
                    Naming::Account
                };
                (caller.account() == Some(account)).then_some(naming)
            }
            Self::Principal(named) => named_by(named, caller),
            Self::UniqueId(id) => {
                let own = context.single("aws:userid")?;
                if own == id {
                    return Some(Naming::Direct);
                }
                let role = own.split_once(':').map(|(role, _)| role);
                (role == Some(id)).then_some(Naming::Parent)
            }
            Self::Service(service) => {
                let named = caller.kind == PrincipalKind::Service
                    && (service == "*" || *service == caller.text);
                named.then_some(Naming::Direct)
            }
            Self::Federated(provider) => {
                // Amazon Cognito is a provider with the name of a service.
                let kind = matches!(
                    caller.kind,
                    PrincipalKind::Federated | PrincipalKind::Service
                );
                let everyone = provider == "*" && caller.kind == PrincipalKind::Federated;
                let named = kind && (everyone || *provider == caller.text);
                named.then_some(Naming::Direct)
            }
            Self::CanonicalUser(_) => None,
        }
    }
}

impl std::fmt::Display for PrincipalPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everyone => formatter.write_str("*"),
            Self::Principal(principal) => formatter.write_str(&principal.text),
            Self::Account(text)
            | Self::UniqueId(text)
            | Self::Service(text)
            | Self::Federated(text)
            | Self::CanonicalUser(text) => formatter.write_str(text),
        }
    }
}

fn named_by(named: &Principal, caller: &Principal) -> Option<Naming> {
    if named.text == caller.text {
        // A role stands for any of its sessions.
        let naming = match caller.kind {
            PrincipalKind::Role => Naming::Parent,
            _ => Naming::Direct,
        };
        return Some(naming);
    }
    let parent = match (named.kind, caller.kind) {
        // The ARN of a session has no path.
        (PrincipalKind::Role, PrincipalKind::AssumedRole) => {
            caller.role_name() == Some(named.name())
        }
        (PrincipalKind::User, PrincipalKind::FederatedUser) => named.name() == caller.name(),
        _ => false,
    };
    fn partition(principal: &Principal) -> Option<&str> {
        principal.text.split(':').nth(1)
    }
    let same = named.account == caller.account && partition(named) == partition(caller);
    (parent && same).then_some(Naming::Parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_told_apart() {
        use PrincipalKind::{
            Anonymous, AssumedRole, Federated, FederatedUser, Role, Root, Service, User,
        };
        for (text, kind, name) in [
            ("arn:aws:iam::111122223333:root", Root, "root"),
            ("111122223333", Root, "root"),
            ("arn:aws:iam::111122223333:user/a/b/ana", User, "ana"),
            ("arn:aws-cn:iam::111122223333:role/Dev", Role, "Dev"),
            (
                "arn:aws:sts::111122223333:assumed-role/Dev/one",
                AssumedRole,
                "one",
            ),
            (
                "arn:aws:sts::111122223333:federated-user/ana",
                FederatedUser,
                "ana",
            ),
            (
                "arn:aws:iam::111122223333:saml-provider/corp",
                Federated,
                "corp",
            ),
            (
                "token.actions.githubusercontent.com",
                Federated,
                "token.actions.githubusercontent.com",
            ),
            ("ec2.amazonaws.com", Service, "ec2.amazonaws.com"),
            ("ec2.amazonaws.com.cn", Service, "ec2.amazonaws.com.cn"),
            ("anonymous", Anonymous, "*"),
        ] {
            let principal = Principal::parse(text).unwrap();
            assert_eq!((principal.kind(), principal.name()), (kind, name), "{text}");
        }
        for text in [
            "",
            "ana",
            "1111222233334",
            "arn:aws:iam::111122223333:group/x",
            "arn:aws:iam::1111:user/x",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:sts::111122223333:assumed-role/Dev",
            "arn:aws:s3:::bucket",
            "https://example.com",
        ] {
            assert!(Principal::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn naming_is_by_account_parent_or_directly() {
        use Naming::{Account, Direct, Parent};
        let session = "arn:aws:sts::111122223333:assumed-role/Dev/one";
        let ana = "arn:aws:iam::111122223333:user/ana";
        for (pattern, caller, naming) in [
            ("*", ana, Some(Direct)),
            ("111122223333", ana, Some(Account)),
            ("arn:aws:iam::111122223333:root", session, Some(Account)),
            ("111122223333", "111122223333", Some(Direct)),
            ("444455556666", ana, None),
            (ana, ana, Some(Direct)),
            (
                ana,
                "arn:aws:sts::111122223333:federated-user/ana",
                Some(Parent),
            ),
            ("arn:aws:iam::111122223333:user/Ana", ana, None),
            ("arn:aws:iam::111122223333:role/Dev", session, Some(Parent)),
            (
                "arn:aws:iam::111122223333:role/path/Dev",
                session,
                Some(Parent),
            ),
            ("arn:aws:iam::444455556666:role/Dev", session, None),
            ("arn:aws-cn:iam::111122223333:role/Dev", session, None),
            (session, session, Some(Direct)),
            ("AIDACKCEVSQ6C2EXAMPLE", ana, Some(Direct)),
            ("AROACKCEVSQ6C2EXAMPLE", ana, None),
            (
                "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
                ana,
                None,
            ),
        ] {
            let context = [("aws:userid", "AIDACKCEVSQ6C2EXAMPLE")]
                .into_iter()
                .collect();
            let caller = Principal::parse(caller).unwrap();
            let pattern = PrincipalPattern::aws(pattern).unwrap();
            assert_eq!(pattern.naming(&caller, &context), naming, "{pattern}");
        }
        let context = [("aws:userid", "AROACKCEVSQ6C2EXAMPLE:one")]
            .into_iter()
            .collect();
        let role = PrincipalPattern::aws("AROACKCEVSQ6C2EXAMPLE").unwrap();
        let session = Principal::parse(session).unwrap();
        assert_eq!(role.naming(&session, &context), Some(Parent));
    }
}
