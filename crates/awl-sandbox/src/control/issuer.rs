//! Verbs about tokens of identity providers.

use awl_value::{Map, Value, json};

use super::{ControlError, Order};
use crate::iam::IssuerKeys;
use crate::{ids, web_identity};

/// Who issues tokens where nothing else is said.
const ISSUER: &str = "https://oidc.sandbox.localhost";
const DURATION: i64 = 3600;

/// A token of `issuer` for `subject` and `audience`, good for `duration` seconds,
/// with `claims` besides.
pub(super) fn token(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let issuer = order.text("issuer").unwrap_or(ISSUER).to_owned();
    if !issuer.starts_with("https://") {
        return Err(ControlError::refused(
            "an issuer is a URL that begins with https://",
        ));
    }
    if order
        .account
        .extras
        .issuers
        .contains_key(web_identity::place(&issuer))
    {
        return Err(ControlError::refused(format!(
            "tokens of {issuer} are verified by the keys that were set for it, not the sandbox's"
        )));
    }
    let duration = order.int("duration").unwrap_or(DURATION);
    let mut claims = Map::new();
    claims.push("iss", issuer.into());
    claims.push("sub", order.needed("subject")?.into());
    claims.push("aud", order.needed("audience")?.into());
    claims.push("iat", Value::Int(order.now));
    claims.push("nbf", Value::Int(order.now));
    claims.push("exp", Value::Int(order.now.saturating_add(duration)));
    claims.push("jti", ids::request_id(order.sandbox.entropy()).into());
    if let Some(Value::Map(more)) = order.parameters.get("claims") {
        for (name, value) in more.iter() {
            claims.insert(name.to_owned(), value.clone());
        }
    }
    let token = web_identity::sign(order.account, claims);
    let token = token.ok_or_else(|| ControlError::refused("the sandbox cannot sign"))?;
    let mut map = Map::new();
    map.push("Token", token.into());
    Ok(map)
}

/// Sets the keys by which tokens of `issuer` are verified: `keys`, a JSON
/// document; without them, the sandbox's own key is good for it again.
pub(super) fn set_keys(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let issuer = web_identity::place(order.needed("issuer")?).to_owned();
    let Some(keys) = order.text("keys") else {
        order.account.remove_issuer_keys(&issuer);
        return Ok(Map::new());
    };
    let is_keys =
        json::parse(keys).is_ok_and(|own| own.get("keys").and_then(Value::as_list).is_some());
    if !is_keys {
        return Err(ControlError::refused(
            "keys are a JSON object with a list of them as its member keys",
        ));
    }
    let keys = keys.to_owned();
    order.account.put_issuer_keys(IssuerKeys { issuer, keys });
    Ok(Map::new())
}

/// The sandbox's own public key.
pub(super) fn keys(order: &mut Order<'_>) -> Result<Map, ControlError> {
    let keys = web_identity::own_keys(order.account);
    keys.ok_or_else(|| ControlError::refused("the sandbox has no key"))
}
