//! Identity and Access Management: users, groups, roles, policies, keys, MFA
//! devices, and the simulator, with IAM's words and limits.

mod attachments;
mod details;
mod devices;
mod extras;
mod identities;
mod keys;
mod linked;
mod logins;
mod policies;
mod profiles;
mod providers;
mod simulate;
mod summary;
mod trust;

use awl_iam::{PolicyType, Severity};
use awl_protocol::server::Failure;
use awl_value::{Map, Timestamp, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(crate) use extras::{Extras, IssuerKeys, OidcProvider, OwnKey};
pub(crate) use keys::KEYS_PER_USER;
pub(crate) use profiles::{InstanceProfile, passes};

use crate::Need;
use crate::account::{Identity, Kind};
use crate::door::{Call, Outcome};
use crate::record::{Document, Tag};

/// Answers a call that is allowed.
pub(crate) fn call(call: &mut Call<'_>) -> Outcome {
    let name = call.operation.name();
    for kind in [Kind::User, Kind::Group, Kind::Role] {
        if let Some(output) = identities::call(call, name, kind)? {
            return Ok(Some(output));
        }
        if let Some(output) = attachments::call(call, name, kind)? {
            return Ok(Some(output));
        }
    }
    if let Some(output) = policies::call(call, name)? {
        return Ok(Some(output));
    }
    if let Some(output) = keys::call(call, name)? {
        return Ok(Some(output));
    }
    if let Some(output) = profiles::call(call, name)? {
        return Ok(Some(output));
    }
    let more = [providers::call, logins::call, linked::call, details::call];
    for answer in more {
        if let Some(output) = answer(call, name)? {
            return Ok(Some(output));
        }
    }
    if let Some(output) = devices::call(call, name)? {
        return Ok(Some(output));
    }
    if let Some(output) = simulate::call(call, name)? {
        return Ok(Some(output));
    }
    summary::call(call, name)
}

/// Puts the ARNs of the account's own users, groups and roles where the facts
/// could only tell their names: paths are known here alone. Who names no user
/// means himself.
pub(crate) fn place(needs: &mut [Need], call: &Call<'_>) {
    let account = &call.account.id;
    for need in needs {
        if !need.action.starts_with("iam:") {
            continue;
        }
        let own = call.parameters.text("UserName").is_none()
            && call.caller.is_user()
            && (call.operation.name() == "ChangePassword"
                || call.operation.input().is_some_and(|input| {
                    input.member("UserName").is_some()
                        && !input.required().any(|name| name == "UserName")
                }));
        for resource in &mut need.resources {
            let named = awl_iam::Arn::parse(resource).and_then(|arn| {
                let (kind, rest) = arn.resource.split_once('/')?;
                let name = rest.rsplit('/').next()?.to_owned();
                let kinds = [Kind::User, Kind::Group, Kind::Role];
                let kind = kinds.into_iter().find(|own| own.word() == kind)?;
                (arn.service == "iam").then_some((kind, name))
            });
            if let Some(profile) = call.parameters.text("InstanceProfileName")
                && resource.contains(":instance-profile/")
            {
                if let Some(profile) = call.account.profile(profile) {
                    *resource = profile.arn(account);
                } else if let Some(path) = call.parameters.text("Path") {
                    *resource = format!("arn:aws:iam::{account}:instance-profile{path}{profile}");
                }
            }
            match named {
                Some((Kind::User, _)) if own => *resource = call.caller.identity.arn(account),
                None if own && resource == "*" => *resource = call.caller.identity.arn(account),
                Some((kind, name)) => {
                    if let Some(identity) = call.account.identity(kind, &name) {
                        *resource = identity.arn(account);
                    } else if let Some(path) = call.parameters.text("Path")
                        && call.operation.name().starts_with("Create")
                    {
                        *resource = format!("arn:aws:iam::{account}:{}{path}{name}", kind.word());
                    }
                }
                None => {}
            }
        }
    }
}

/// Members in their order.
pub(super) fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Map {
    entries
        .into_iter()
        .map(|(key, value)| (key.into(), value))
        .collect()
}

/// A time as the model has it.
pub(super) fn time(seconds: i64) -> Value {
    Value::Timestamp(Timestamp::utc(seconds.saturating_mul(1_000_000)))
}

/// Nothing to say but that it was done.
pub(super) fn done() -> Result<Option<Map>, Failure> {
    Ok(Some(Map::new()))
}

/// The user, group or role that a parameter names.
pub(super) fn named(call: &Call<'_>, kind: Kind) -> Result<Identity, Failure> {
    let name = call.parameters.text(kind.parameter()).unwrap_or_default();
    find(call, kind, name)
}

/// The user whom a parameter names, or else the caller.
pub(super) fn user_or_self(call: &Call<'_>) -> Result<Identity, Failure> {
    match call.parameters.text("UserName") {
        Some(name) => find(call, Kind::User, name),
        None if call.caller.is_user() => find(call, Kind::User, &call.caller.identity.name),
        None => Err(call.failure(
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        )),
    }
}

pub(super) fn find(call: &Call<'_>, kind: Kind, name: &str) -> Result<Identity, Failure> {
    let identity = call.account.identity(kind, name).cloned();
    identity.ok_or_else(|| {
        let message = format!("The {} with name {name} cannot be found.", kind.word());
        call.failure("NoSuchEntity", message)
    })
}

/// One page of a listing: `member` has the items, which are in the order of
/// their keys.
pub(super) fn page(
    call: &Call<'_>,
    member: &'static str,
    mut items: Vec<(String, Value)>,
) -> Result<Option<Map>, Failure> {
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    if let Some(marker) = call.parameters.text("Marker") {
        let last = URL_SAFE_NO_PAD.decode(marker).ok();
        let last = last.and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(last) = last else {
            return Err(call.failure("ValidationError", format!("Invalid Marker: {marker}")));
        };
        items.retain(|(key, _)| *key > last);
    }
    let most = usize::try_from(call.parameters.int("MaxItems").unwrap_or(100)).unwrap_or(100);
    let marker = (items.len() > most).then(|| {
        items.truncate(most);
        let last = items.last().map_or("", |(key, _)| key);
        URL_SAFE_NO_PAD.encode(last)
    });
    let items = items.into_iter().map(|(_, value)| value).collect();
    let mut output = map([
        (member, Value::List(items)),
        ("IsTruncated", Value::Bool(marker.is_some())),
    ]);
    if let Some(marker) = marker {
        output.push("Marker", marker.into());
    }
    Ok(Some(output))
}

/// A policy as IAM takes it, of a type and at most so long.
pub(super) fn document(
    call: &Call<'_>,
    text: &str,
    policy_type: PolicyType,
) -> Result<Document, Failure> {
    let refused = |message: String| call.failure("MalformedPolicyDocument", message);
    let document = Document::parse(text).map_err(|errors| {
        let first = errors.errors().first();
        refused(first.map_or_else(|| errors.to_string(), |error| error.aws_message()))
    })?;
    let findings = document.policy.validate(policy_type);
    let grave = findings.iter().find(|finding| {
        finding.severity == Severity::Error
            && !matches!(finding.kind, awl_iam::PolicyErrorKind::Size(_))
    });
    match grave {
        Some(finding) => Err(refused(finding.kind.aws_message())),
        None => Ok(document),
    }
}

/// A policy as answers have it: encoded as in URLs.
pub(super) fn encoded(document: &Document) -> Value {
    let mut text = String::with_capacity(document.text.len() * 2);
    for byte in document.text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text.into()
}

/// Checks the characters of a name.
pub(super) fn check_name(call: &Call<'_>, parameter: &str, name: &str) -> Result<(), Failure> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    if name.bytes().all(allowed) {
        return Ok(());
    }
    let mut letters = parameter.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    let parameter: String = first.into_iter().chain(letters).collect();
    Err(call.failure(
        "ValidationError",
        format!(
            "The specified value for {parameter} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        ),
    ))
}

/// The path that a parameter gives, which is `/` where it gives none.
pub(super) fn path(call: &Call<'_>) -> Result<String, Failure> {
    let path = call.parameters.text("Path").unwrap_or("/");
    let visible = path.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && path.starts_with('/') && path.ends_with('/') {
        return Ok(path.to_owned());
    }
    Err(call.failure(
        "ValidationError",
        "The specified value for path is invalid. It must begin and end with / and contain only \
         alphanumeric characters and/or / characters.",
    ))
}

/// The failure of more than there may be.
pub(super) fn exceeded(call: &Call<'_>, quota: &str, limit: usize) -> Failure {
    call.failure(
        "LimitExceeded",
        format!("Cannot exceed quota for {quota}: {limit}"),
    )
}

/// The most tags of anything.
const TAGS: usize = 50;

/// Adds the tags of a parameter to others; `kind` is that of what they are on.
pub(super) fn add_tags(call: &Call<'_>, kind: &str, tags: &mut Vec<Tag>) -> Result<(), Failure> {
    let mut seen: Vec<String> = Vec::new();
    for item in call.parameters.list("Tags") {
        let text = |name| item.get(name).and_then(Value::as_str).unwrap_or_default();
        let (key, value) = (text("Key"), text("Value"));
        let lower = key.to_lowercase();
        if seen.contains(&lower) {
            return Err(call.failure(
                "InvalidInput",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        if lower.starts_with("aws:") {
            let message = "System tags cannot be added/updated by a requester.";
            return Err(call.failure("InvalidInput", message));
        }
        tags.retain(|tag| tag.key.to_lowercase() != lower);
        seen.push(lower);
        tags.push(Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        });
    }
    if tags.len() > TAGS {
        return Err(exceeded(call, &format!("TagsPer{kind}"), TAGS));
    }
    Ok(())
}

/// Takes away the tags that a parameter names.
pub(super) fn remove_tags(call: &Call<'_>, tags: &mut Vec<Tag>) {
    let keys = call.parameters.texts("TagKeys");
    tags.retain(|tag| !keys.iter().any(|key| key.eq_ignore_ascii_case(&tag.key)));
}

/// A page of tags.
pub(super) fn list_tags(call: &Call<'_>, tags: &[Tag]) -> Result<Option<Map>, Failure> {
    let items = tags.iter().map(|tag| {
        let value = map([
            ("Key", tag.key.as_str().into()),
            ("Value", tag.value.as_str().into()),
        ]);
        (tag.key.clone(), Value::Map(value))
    });
    page(call, "Tags", items.collect())
}
