//! Tokens of identity providers (JSON Web Tokens, RS256 and ES256): those that
//! come with `AssumeRoleWithWebIdentity` are verified, and the sandbox signs some
//! itself for whoever tries a trust policy.

use awl_model::Operation;
use awl_protocol::server::Failure;
use awl_value::{Map, Value, json};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::account::Account;
use crate::door::Parameters;
use crate::iam::{OidcProvider, OwnKey};
use crate::record::Secret;

/// The name of the sandbox's own key.
const OWN: &str = "sandbox";
/// How far clocks of issuers may be ahead.
const LEEWAY: i64 = 300;

/// What a token says, once it is believed.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    /// The issuer without its scheme.
    pub(crate) issuer: String,
    pub(crate) provider: String,
    pub(crate) subject: String,
    pub(crate) audience: String,
    pub(crate) all: Map,
}

impl Claims {
    /// The condition keys that the issuer's claims fill.
    pub(crate) fn keys(&self) -> Vec<(String, Vec<String>)> {
        let mut keys = vec![
            (format!("{}:sub", self.issuer), vec![self.subject.clone()]),
            (format!("{}:aud", self.issuer), vec![self.audience.clone()]),
        ];
        for name in ["amr", "email", "oaud"] {
            let values = match self.all.get(name) {
                Some(Value::String(text)) => vec![text.clone()],
                Some(Value::List(list)) => {
                    let texts = list.iter().filter_map(Value::as_str);
                    texts.map(str::to_owned).collect()
                }
                _ => continue,
            };
            keys.push((format!("{}:{name}", self.issuer), values));
        }
        keys
    }
}

/// Verifies the token of a call.
pub(crate) fn verify(
    account: &Account,
    operation: Operation,
    parameters: Parameters<'_>,
    now: i64,
) -> Result<Claims, Failure> {
    let token = parameters.text("WebIdentityToken").unwrap_or_default();
    let failure = |code, message: String| Failure::named(operation, code, message);
    let invalid = |message: String| failure("InvalidIdentityToken", message);
    let malformed = || {
        invalid(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an \
             Access Token)"
                .to_owned(),
        )
    };
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(malformed());
    };
    let (Some(head), Some(all)) = (object(header), object(payload)) else {
        return Err(malformed());
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    let text = |map: &Map, name: &str| map.get(name).and_then(Value::as_str).map(str::to_owned);
    let missing = |name: &str| invalid(format!("Missing a required claim: {name}"));
    let url = text(&all, "iss").ok_or_else(|| missing("iss"))?;
    let issuer = place(&url).to_owned();
    let Some(provider) = account.extras.oidc.get(&issuer) else {
        let message = format!("No OpenIDConnect provider found in your account for {url}");
        return Err(invalid(message));
    };
    let signed = &token[..header.len() + 1 + payload.len()];
    if !is_signed(account, &issuer, &head, signed.as_bytes(), &signature) {
        return Err(invalid(
            "Couldn't retrieve verification key from your identity provider,  please reference \
             AssumeRoleWithWebIdentity documentation for requirements"
                .to_owned(),
        ));
    }
    let subject = text(&all, "sub").ok_or_else(|| missing("sub"))?;
    let audience = audience(&all, provider).map_err(|wrong| match wrong {
        true => invalid("Incorrect token audience".to_owned()),
        false => missing("aud"),
    })?;
    let expires = all.get("exp").and_then(Value::as_int);
    let expires = expires.ok_or_else(|| missing("exp"))?;
    if expires <= now {
        return Err(failure(
            "ExpiredTokenException",
            format!(
                "Token expired: current date/time {now} must be before the expiration date/time \
                 {expires}"
            ),
        ));
    }
    let issued = all.get("iat").and_then(Value::as_int);
    let issued = issued.ok_or_else(|| missing("iat"))?;
    let begins = all.get("nbf").and_then(Value::as_int).unwrap_or(issued);
    if begins.max(issued) > now + LEEWAY {
        return Err(failure(
            "IDPRejectedClaim",
            "The identity provider's token is not valid yet.".to_owned(),
        ));
    }
    Ok(Claims {
        provider: provider.arn(&account.id),
        issuer,
        subject,
        audience,
        all,
    })
}

/// The audience that the provider has; Err(true) where it has another.
fn audience(all: &Map, provider: &OidcProvider) -> Result<String, bool> {
    let named: Vec<&str> = match all.get("aud") {
        Some(Value::String(text)) => vec![text],
        Some(Value::List(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    // Of several, the party that it was made for counts.
    let party = all.get("azp").and_then(Value::as_str);
    let mut named = party.into_iter().chain(named).peekable();
    if named.peek().is_none() {
        return Err(false);
    }
    let known = named.find(|own| provider.clients.iter().any(|client| client == own));
    known.map(str::to_owned).ok_or(true)
}

/// Whether one of the issuer's keys has signed it: of those that somebody has
/// given for it, or else the sandbox's own.
fn is_signed(account: &Account, issuer: &str, head: &Map, signed: &[u8], signature: &[u8]) -> bool {
    let text = |name: &str| head.get(name).and_then(Value::as_str);
    let (algorithm, name) = (text("alg"), text("kid"));
    let Some(keys) = account.extras.issuers.get(issuer) else {
        let own = account.extras.own_key.as_ref().and_then(pair);
        return algorithm == Some("ES256")
            && own.is_some_and(|own| {
                let public = own.public_key().as_ref();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public)
                    .verify(signed, signature)
                    .is_ok()
            });
    };
    let keys = json::parse(&keys.keys).ok();
    let keys = keys.as_ref().and_then(|own| own.get("keys")?.as_list());
    let mut keys = keys.unwrap_or_default().iter().filter(|key| {
        let own = key.get("kid").and_then(Value::as_str);
        name.is_none() || own.is_none() || name == own
    });
    keys.any(|key| {
        let number = |name: &str| {
            let text = key.get(name)?.as_str()?;
            URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
        };
        let kind = key.get("kty").and_then(Value::as_str);
        match (algorithm, kind) {
            (Some("RS256"), Some("RSA")) => {
                let (Some(n), Some(e)) = (number("n"), number("e")) else {
                    return false;
                };
                PublicKeyComponents { n: &n, e: &e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
                    .is_ok()
            }
            (Some("ES256"), Some("EC")) => {
                let (Some(x), Some(y)) = (number("x"), number("y")) else {
                    return false;
                };
                let point = [&[4][..], &x, &y].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(signed, signature)
                    .is_ok()
            }
            _ => false,
        }
    })
}

/// The issuer of a URL, as providers are called.
pub(crate) fn place(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_prefix("https://").unwrap_or(url)
}

fn object(part: &str) -> Option<Map> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match json::parse(std::str::from_utf8(&bytes).ok()?).ok()? {
        Value::Map(map) => Some(map),
        _ => None,
    }
}

/// Signs claims with the sandbox's own key, which is made where there is none.
pub(crate) fn sign(account: &mut Account, claims: Map) -> Option<String> {
    let pair = own_pair(account)?;
    let mut head = Map::new();
    head.push("alg", "ES256".into());
    head.push("kid", OWN.into());
    head.push("typ", "JWT".into());
    let part = |map: Map| URL_SAFE_NO_PAD.encode(json::to_string(&map.into()));
    let signed = format!("{}.{}", part(head), part(claims));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The sandbox's own public key, as issuers publish theirs.
pub(crate) fn own_keys(account: &mut Account) -> Option<Map> {
    let pair = own_pair(account)?;
    let point = pair.public_key().as_ref();
    let (x, y) = point.get(1..)?.split_at_checked(32)?;
    let mut key = Map::new();
    for (name, value) in [("kty", "EC"), ("crv", "P-256"), ("alg", "ES256")] {
        key.push(name, value.into());
    }
    key.push("use", "sig".into());
    key.push("kid", OWN.into());
    key.push("x", URL_SAFE_NO_PAD.encode(x).into());
    key.push("y", URL_SAFE_NO_PAD.encode(y).into());
    let mut keys = Map::new();
    keys.push("keys", Value::List(vec![key.into()]));
    Some(keys)
}

fn own_pair(account: &mut Account) -> Option<EcdsaKeyPair> {
    if let Some(own) = &account.extras.own_key {
        return pair(own);
    }
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let key = OwnKey {
        key: Secret::new(STANDARD.encode(made.ok()?)),
    };
    let pair = pair(&key);
    account.put_own_key(key);
    pair
}

fn pair(key: &OwnKey) -> Option<EcdsaKeyPair> {
    let bytes = STANDARD.decode(key.key.expose()).ok()?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes).ok()
}
