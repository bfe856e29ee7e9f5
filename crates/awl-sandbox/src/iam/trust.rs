//! Trust policies of roles. The users and roles of the account that one names are
//! kept by their unique ids: who comes later by the name of one that is gone is
//! somebody else.

use awl_iam::{PolicyType, PrincipalKind, PrincipalPattern};
use awl_protocol::server::Failure;

use super::{document, exceeded};
use crate::account::{Account, Identity};
use crate::door::Call;
use crate::record::Document;

/// The most bytes of a trust policy.
const LARGEST: usize = 2048;

/// Gives a role the trust policy of a parameter.
pub(super) fn set(call: &Call<'_>, parameter: &str, role: &mut Identity) -> Result<(), Failure> {
    let text = call.parameters.text(parameter).unwrap_or_default();
    let document = document(call, text, PolicyType::RoleTrust)?;
    role.trusted.clear();
    let statements = &document.policy.statements;
    let named = statements.iter().filter_map(|own| own.principals.as_ref());
    for pattern in named.flat_map(|principals| &principals.values) {
        let PrincipalPattern::Principal(principal) = &pattern.value else {
            continue;
        };
        let is_identity = matches!(principal.kind(), PrincipalKind::User | PrincipalKind::Role);
        if !is_identity || principal.account() != Some(&call.account.id) {
            continue;
        }
        let arn = principal.arn();
        let Some(identity) = call.account.identity_by_arn(arn) else {
            let message = format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
            return Err(call.failure("MalformedPolicyDocument", message));
        };
        role.trusted.insert(arn.to_owned(), identity.id.clone());
    }
    if document.policy.size_without_space() > LARGEST {
        return Err(exceeded(call, "ACLSizePerRole", LARGEST));
    }
    role.trust = Some(document);
    Ok(())
}

impl Account {
    /// A role's trust policy as it is now: with the unique id in place of each user
    /// and role that is gone.
    pub(crate) fn trust_of(&self, role: &Identity) -> Option<Document> {
        let document = role.trust.as_ref()?;
        let gone = role.trusted.iter().filter(|(arn, id)| {
            let now = self.identity_by_arn(arn);
            now.is_none_or(|own| own.id != **id)
        });
        let text = gone.fold(document.text.clone(), |text, (arn, id)| {
            text.replace(&format!("\"{arn}\""), &format!("\"{id}\""))
        });
        match text == document.text {
            true => Some(document.clone()),
            false => Document::parse(&text).ok(),
        }
    }
}
