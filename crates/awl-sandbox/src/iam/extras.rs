//! What IAM keeps besides users, groups, roles, policies and devices: identity
//! providers, console passwords, and the rules for them.

use std::collections::BTreeMap;

use awl_value::Value;

use crate::account::Account;
use crate::record::{Secret, Stored as _, Tag, record};

record! {
    /// A provider of OpenID Connect.
    struct OidcProvider {
        /// Without its scheme: `token.actions.githubusercontent.com`.
        url: String,
        clients: Vec<String>,
        thumbprints: Vec<String>,
        created: i64,
        tags: Vec<Tag>,
    }
}

record! {
    /// A provider of SAML.
    struct SamlProvider {
        name: String,
        document: String,
        id: String,
        created: i64,
        until: i64,
        tags: Vec<Tag>,
    }
}

record! {
    /// A user's password for the console.
    struct Login {
        user: String,
        /// Salt and hash, in hexadecimal digits.
        password: Secret,
        created: i64,
        must_change: bool,
    }
}

record! {
    /// The rules for passwords.
    struct PasswordPolicy {
        least_length: i64,
        symbols: bool,
        numbers: bool,
        upper: bool,
        lower: bool,
        may_change: bool,
        longest_age: Option<i64>,
        reuse: Option<i64>,
        hard_expiry: Option<bool>,
    }
}

record! {
    /// The keys by which tokens of an issuer are verified, as a JSON document.
    struct IssuerKeys {
        issuer: String,
        keys: String,
    }
}

record! {
    /// The key that the sandbox signs tokens with, as PKCS #8 in base 64.
    struct OwnKey {
        key: Secret,
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    pub(crate) oidc: BTreeMap<String, OidcProvider>,
    pub(crate) saml: BTreeMap<String, SamlProvider>,
    pub(crate) logins: BTreeMap<String, Login>,
    pub(crate) password_policy: Option<PasswordPolicy>,
    pub(crate) issuers: BTreeMap<String, IssuerKeys>,
    pub(crate) own_key: Option<OwnKey>,
    /// When a report of credentials was made.
    pub(crate) report: Option<i64>,
    /// Whose last accesses were asked for, and when.
    pub(crate) jobs: BTreeMap<String, (String, i64)>,
}

impl Extras {
    /// Takes up what the store kept; None where it is none of these.
    pub(crate) fn take(&mut self, kind: &str, value: &Value) -> Option<()> {
        match kind {
            "oidc-provider" => {
                let own = OidcProvider::of(value)?;
                self.oidc.insert(own.url.clone(), own);
            }
            "saml-provider" => {
                let own = SamlProvider::of(value)?;
                self.saml.insert(own.name.clone(), own);
            }
            "login" => {
                let own = Login::of(value)?;
                self.logins.insert(own.user.clone(), own);
            }
            "password-policy" => self.password_policy = Option::<PasswordPolicy>::of(value)?,
            "issuer-keys" => {
                let own = IssuerKeys::of(value)?;
                self.issuers.insert(own.issuer.clone(), own);
            }
            "own-key" => self.own_key = Some(OwnKey::of(value)?),
            _ => return None,
        }
        Some(())
    }
}

impl Account {
    pub(crate) fn put_oidc(&mut self, own: OidcProvider) {
        self.note(format!("oidc-provider {}", own.url), Some(own.to_value()));
        self.extras.oidc.insert(own.url.clone(), own);
    }

    pub(crate) fn remove_oidc(&mut self, url: &str) {
        self.note(format!("oidc-provider {url}"), None);
        self.extras.oidc.remove(url);
    }

    pub(crate) fn put_saml(&mut self, own: SamlProvider) {
        self.note(format!("saml-provider {}", own.name), Some(own.to_value()));
        self.extras.saml.insert(own.name.clone(), own);
    }

    pub(crate) fn remove_saml(&mut self, name: &str) {
        self.note(format!("saml-provider {name}"), None);
        self.extras.saml.remove(name);
    }

    pub(crate) fn put_login(&mut self, own: Login) {
        self.note(format!("login {}", own.user), Some(own.to_value()));
        self.extras.logins.insert(own.user.clone(), own);
    }

    pub(crate) fn remove_login(&mut self, user: &str) {
        self.note(format!("login {user}"), None);
        self.extras.logins.remove(user);
    }

    pub(crate) fn set_password_policy(&mut self, own: Option<PasswordPolicy>) {
        self.note("password-policy".to_owned(), Some(own.to_value()));
        self.extras.password_policy = own;
    }

    pub(crate) fn put_issuer_keys(&mut self, own: IssuerKeys) {
        self.note(format!("issuer-keys {}", own.issuer), Some(own.to_value()));
        self.extras.issuers.insert(own.issuer.clone(), own);
    }

    pub(crate) fn remove_issuer_keys(&mut self, issuer: &str) {
        self.note(format!("issuer-keys {issuer}"), None);
        self.extras.issuers.remove(issuer);
    }

    pub(crate) fn put_own_key(&mut self, own: OwnKey) {
        self.note("own-key".to_owned(), Some(own.to_value()));
        self.extras.own_key = Some(own);
    }
}
