//! Key pairs: made, imported, listed, deleted. The private half is given out
//! once and not kept.

mod material;
mod putty;

use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::filter::{self, Listing};
use super::state::{Body, Resource};
use super::{describe, fields, invalid, names, refused, tags, time};
use crate::account::Account;
use crate::door::{Call, Outcome};
use crate::record::Secret;
use material::{Form, Made, Public};

const KEYS: usize = 5000;

static LISTING: Listing = Listing {
    member: "KeyPairs",
    filters: &[
        ("key-pair-id", ""),
        ("fingerprint", "KeyFingerprint"),
        ("key-name", ""),
        ("key-type", ""),
    ],
};

/// Answers what is asked of key pairs.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateKeyPair" => create(call),
        "ImportKeyPair" => import(call),
        "DeleteKeyPair" => delete(call),
        "DescribeKeyPairs" => list(call),
        _ => Ok(None),
    }
}

/// The public half of a key pair, as OpenSSH has it.
pub(crate) fn public_key(account: &Account, region: &str, name: &str) -> Option<String> {
    let mut keys = account.resources(region, "key");
    let own = keys.find(|own| own.text("KeyName") == name)?;
    Some(own.text("PublicKey").to_owned())
}

/// A password under a key pair's public half, which has to be of RSA.
pub(super) fn encrypted(call: &Call<'_>, name: &str) -> Option<Secret> {
    let key = public_key(call.account, call.region, name)?;
    let key = Public::parse(key.as_bytes())?;
    material::password(&key, call.sandbox.entropy()).map(Secret::new)
}

fn check_new(call: &Call<'_>, name: &str) -> Result<(), Failure> {
    tags::check_kinds(call, &["key-pair"])?;
    let is_ascii = name.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if name.is_empty() || name.len() > 255 || !is_ascii {
        return invalid(format!(
            "Value ({name}) for parameter KeyName is invalid. Character sets beyond ASCII are not \
             supported."
        ));
    }
    let mut keys = call.account.resources(call.region, "key");
    if keys.any(|own| own.text("KeyName") == name) {
        let message = "The keypair already exists";
        return refused("InvalidKeyPair.Duplicate", message);
    }
    if call.account.resources(call.region, "key").count() >= KEYS {
        let message = "The maximum number of key pairs has been reached.";
        return refused("KeyPairLimitExceeded", message);
    }
    Ok(())
}

fn create(call: &mut Call<'_>) -> Outcome {
    let name = call.parameters.text("KeyName").unwrap_or_default();
    check_new(call, name)?;
    let form = match call.parameters.text("KeyFormat") {
        Some("ppk") => Form::Ppk(name),
        _ => Form::Pem,
    };
    let kind = call.parameters.text("KeyType").unwrap_or("rsa");
    let made = match kind {
        "ed25519" => Made::ed25519(form, call.sandbox.entropy()),
        _ => Made::rsa(form),
    };
    let made = made.ok_or_else(crate::door::internal)?;
    let given = tags::specified(call, "key-pair")?;
    let mut output = keep(call, name, kind, &made.public, &made.fingerprint, given);
    output.push("KeyMaterial", made.private.expose().into());
    Ok(Some(output))
}

fn import(call: &mut Call<'_>) -> Outcome {
    let name = call.parameters.text("KeyName").unwrap_or_default();
    check_new(call, name)?;
    let given = match call.parameters.0.get("PublicKeyMaterial") {
        Some(Value::Blob(bytes)) => bytes.as_slice(),
        _ => return Err(names::missing("PublicKeyMaterial")),
    };
    let Some(public) = Public::parse(given) else {
        let message = "Key is not in valid OpenSSH public key format";
        return refused("InvalidKey.Format", message);
    };
    let tags = tags::specified(call, "key-pair")?;
    let (kind, fingerprint) = (public.kind(), public.fingerprint());
    Ok(Some(keep(call, name, kind, &public, &fingerprint, tags)))
}

/// Keeps a key pair; what both ways of making one answer.
fn keep(
    call: &mut Call<'_>,
    name: &str,
    kind: &str,
    public: &Public,
    fingerprint: &str,
    given: Vec<crate::record::Tag>,
) -> Map {
    let id = names::new(call, "key");
    let mut output = fields! {"KeyPairId": &*id};
    if !given.is_empty() {
        tags::show(&mut output, &given);
    }
    output.push("KeyName", name.into());
    output.push("KeyFingerprint", fingerprint.into());
    let body = fields! {
        "KeyType": kind,
        "PublicKey": format!("{} {name}\n", public.text()),
        "CreateTime": time(call.now),
        "KeyName": name,
        "KeyFingerprint": fingerprint,
    };
    call.account.put_resource(Resource {
        id,
        region: call.region.to_owned(),
        created: call.now,
        body: Body(body),
        tags: given,
    });
    output
}

/// Nothing is said where there is none of that name, as EC2 has it.
fn delete(call: &mut Call<'_>) -> Outcome {
    let parameters = call.parameters;
    let (name, id) = (parameters.text("KeyName"), parameters.text("KeyPairId"));
    if name.is_none() && id.is_none() {
        return refused(
            "MissingParameter",
            "The request must contain the parameter KeyName or KeyPairId",
        );
    }
    let mut keys = call.account.resources(call.region, "key");
    let own = keys.find(|own| match name {
        Some(name) => own.text("KeyName") == name,
        None => Some(&*own.id) == id,
    });
    let own = own.map(|own| own.id.clone());
    drop(keys);
    let mut output = fields! {"Return": true};
    if let Some(own) = own {
        call.account.remove_resource(&own);
        output.push("KeyPairId", own.into());
    }
    Ok(Some(output))
}

fn list(call: &Call<'_>) -> Outcome {
    let mut ids = call.parameters.texts("KeyPairIds");
    let mut missing = Vec::new();
    let names_given = call.parameters.texts("KeyNames");
    for name in &names_given {
        let mut keys = call.account.resources(call.region, "key");
        match keys.find(|own| own.text("KeyName") == name) {
            Some(own) => ids.push(own.id.clone()),
            None => missing.push(name.as_str()),
        }
    }
    if !missing.is_empty() {
        let (plural, verb) = if missing.len() == 1 {
            ("", "does")
        } else {
            ("s", "do")
        };
        let message = format!(
            "The key pair{plural} '{}' {verb} not exist",
            missing.join(", ")
        );
        return refused("InvalidKeyPair.NotFound", message);
    }
    let is_public = call.parameters.flag("IncludePublicKey") == Some(true);
    let found = describe::by_ids(call, "key", &ids)?;
    let items = found.into_iter().map(|own| {
        let mut shown = own.body.0.clone();
        if !is_public {
            shown.remove("PublicKey");
        }
        shown.push("KeyPairId", own.id.as_str().into());
        tags::show(&mut shown, &own.tags);
        (describe::order(own.created, &own.id), shown)
    });
    filter::list(call, &LISTING, items.collect())
}
