//! Temporary credentials. All there is to know of a session is in its token,
//! sealed: the sandbox keeps no list of sessions.

use awl_value::json;

use crate::account::{Account, Identity};
use crate::record::{Document, Secret, Stored, Tag, record};
use crate::seal::{self, Seal};
use crate::{Entropy, StoreError, ids};

/// What a token is sealed as.
const ABOUT: &str = "session";

record! {
    /// A session.
    struct Session {
        access_key_id: String,
        secret: Secret,
        /// `user` (`GetSessionToken`), `role`, `federated`, or `instance`: of an
        /// instance by itself.
        kind: String,
        /// The user or role behind it.
        name: String,
        /// The unique id of that, so that a namesake is another.
        id: String,
        /// The name of the session of a role, or of the federated user.
        session_name: String,
        issued: i64,
        expires: i64,
        /// When the code of an MFA device was given, if it was.
        authenticated: Option<i64>,
        policies: Vec<Document>,
        policy_arns: Vec<String>,
        tags: Vec<Tag>,
        transitive: Vec<String>,
        source_identity: Option<String>,
        /// The instance whose metadata gave the credentials out.
        instance: Option<SourceInstance>,
        /// How often sessions had been ended when it began.
        generation: i64,
    }
}

record! {
    /// An instance that credentials were made for.
    struct SourceInstance {
        arn: String,
        /// The version of the metadata service: `1.0` or `2.0`.
        delivery: String,
        vpc: String,
        /// Its private address.
        address: String,
    }
}

impl Session {
    /// A session of a user or role that begins now, with nothing else to it.
    pub(crate) fn begin(
        identity: &Identity,
        kind: &str,
        account: &Account,
        now: i64,
        duration: i64,
        entropy: &dyn Entropy,
    ) -> Self {
        Self {
            access_key_id: ids::access_key_id("ASIA", &account.id, entropy),
            secret: Secret::new(ids::secret_access_key(entropy)),
            kind: kind.to_owned(),
            name: identity.name.clone(),
            id: identity.id.clone(),
            session_name: String::new(),
            issued: now,
            expires: now.saturating_add(duration),
            authenticated: None,
            policies: Vec::new(),
            policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
            instance: None,
            generation: account.trouble.revoked.latest(),
        }
    }

    /// The session's token.
    pub(crate) fn token(&self, seal: &Seal, entropy: &dyn Entropy) -> Result<String, StoreError> {
        let text = json::to_string(&self.to_value());
        Ok(seal::token(&seal.seal(text.as_bytes(), ABOUT, entropy)?))
    }

    /// The session that a token of this sandbox is of.
    pub(crate) fn open(token: &str, seal: &Seal) -> Option<Self> {
        let bytes = seal.open(&seal::of_token(token)?, ABOUT)?;
        let text = std::str::from_utf8(&bytes).ok()?;
        Self::of(&json::parse(text).ok()?)
    }
}
