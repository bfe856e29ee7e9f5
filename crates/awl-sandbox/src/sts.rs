//! The Security Token Service: who somebody is, sessions, and messages decoded.

use awl_iam::{Context, PolicyErrors, PolicyType, Severity};
use awl_protocol::server::Failure;
use awl_value::{Map, Timestamp, Value};

use crate::account::Kind;
use crate::door::{Call, Outcome, internal};
use crate::record::{Document, Tag};
use crate::session::Session;
use crate::{Need, ids, totp};

/// The most that a session of a role may last that a session of a role opens.
const LONGEST_CHAINED: i64 = 3600;
/// The most bytes of a session's policies and tags together.
const LARGEST_PACKED: usize = 8192;

/// What a call needs; None where the facts say it.
pub(crate) fn needs(call: &Call<'_>) -> Option<Vec<Need>> {
    let parameters = call.parameters;
    let need = |action: &str, resource: &str| Need {
        action: action.to_owned(),
        resources: vec![resource.to_owned()],
    };
    let tagged = !parameters.list("Tags").is_empty();
    Some(match call.operation.name() {
        // Nobody can be kept from either.
        "GetCallerIdentity" | "GetSessionToken" => Vec::new(),
        "AssumeRole" => {
            let role = parameters.text("RoleArn").unwrap_or_default();
            let mut needs = vec![need("sts:AssumeRole", role)];
            if tagged {
                needs.push(need("sts:TagSession", role));
            }
            if parameters.text("SourceIdentity").is_some() {
                needs.push(need("sts:SetSourceIdentity", role));
            }
            needs
        }
        "AssumeRoleWithWebIdentity" => {
            let role = parameters.text("RoleArn").unwrap_or_default();
            let mut needs = vec![need("sts:AssumeRoleWithWebIdentity", role)];
            let (tags, _) = tags_of(call);
            if !tags.is_empty() {
                needs.push(need("sts:TagSession", role));
            }
            needs
        }
        "GetFederationToken" => {
            let name = parameters.text("Name").unwrap_or_default();
            let arn = format!("arn:aws:sts::{}:federated-user/{name}", call.account.id);
            let mut needs = vec![need("sts:GetFederationToken", &arn)];
            if tagged {
                needs.push(need("sts:TagSession", &arn));
            }
            needs
        }
        "GetAccessKeyInfo" => vec![need("sts:GetAccessKeyInfo", "*")],
        "DecodeAuthorizationMessage" => vec![need("sts:DecodeAuthorizationMessage", "*")],
        _ => return None,
    })
}

/// Fills in the keys that no table has.
pub(crate) fn fill(context: &mut Context, call: &Call<'_>) {
    let transitive = call.parameters.texts("TransitiveTagKeys");
    if !transitive.is_empty() {
        context.insert("sts:TransitiveTagKeys", transitive);
    }
}

/// Checks the code of an MFA device that came with a call: when it was given. A
/// code is used up whatever becomes of the call.
pub(crate) fn authenticate(call: &mut Call<'_>) -> Result<Option<i64>, Failure> {
    if !matches!(call.operation.name(), "AssumeRole" | "GetSessionToken") {
        return Ok(None);
    }
    let denied = |message: &str| {
        let message = format!("MultiFactorAuthentication failed{message}");
        Err(Failure::new("AccessDenied", message).with_status(403))
    };
    let (serial, code) = (
        call.parameters.text("SerialNumber"),
        call.parameters.text("TokenCode"),
    );
    let (serial, code) = match (serial, code) {
        (None, None) => return Ok(None),
        (Some(serial), Some(code)) => (serial, code),
        _ => return denied(", must provide both MFA serial number and one time pass code. "),
    };
    let device = call.account.device(serial).cloned();
    let own = device.filter(|device| {
        call.caller.is_user()
            && device.enabled.is_some()
            && device.user.as_ref() == Some(&call.caller.identity.name)
    });
    let Some(mut device) = own else {
        return denied(
            ", unable to validate MFA code.  Please verify your MFA serial number is valid and \
             associated with this user. ",
        );
    };
    let seed = ids::of_base32(device.seed.expose()).unwrap_or_default();
    let Some(used) = totp::accept(&seed, code, call.now, device.used) else {
        return denied(" with invalid MFA one time pass code. ");
    };
    device.used = used;
    call.account.put_device(device);
    Ok(Some(call.now))
}

/// Answers a call that is allowed.
pub(crate) fn call(call: &mut Call<'_>) -> Outcome {
    let output = match call.operation.name() {
        "GetCallerIdentity" => caller_identity(call),
        "GetSessionToken" => session_token(call)?,
        "AssumeRole" => assume_role(call)?,
        "AssumeRoleWithWebIdentity" => assume_with_web_identity(call)?,
        "GetFederationToken" => federation_token(call)?,
        "GetAccessKeyInfo" => access_key_info(call)?,
        "DecodeAuthorizationMessage" => decode(call)?,
        _ => return Ok(None),
    };
    Ok(Some(output))
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Map {
    entries
        .into_iter()
        .map(|(key, value)| (key.into(), value))
        .collect()
}

fn caller_identity(call: &Call<'_>) -> Map {
    map([
        ("UserId", call.caller.user_id.as_str().into()),
        ("Account", call.account.id.as_str().into()),
        ("Arn", call.caller.principal.arn().into()),
    ])
}

fn session_token(call: &Call<'_>) -> Result<Map, Failure> {
    let mut session = begin(call, "user", 43_200);
    session.authenticated = call.authenticated;
    Ok(map([("Credentials", credentials(call, &session)?)]))
}

fn assume_role(call: &Call<'_>) -> Result<Map, Failure> {
    let invalid = |message: &str| Err(call.failure("ValidationError", message));
    let arn = call.parameters.text("RoleArn").unwrap_or_default();
    let Some(role) = call.account.identity_by_arn(arn) else {
        // Policies have refused that before.
        return Err(internal());
    };
    let name = call.parameters.text("RoleSessionName").unwrap_or_default();
    check_name(call, "roleSessionName", name)?;
    let chained = call.caller.identity.kind == Kind::Role;
    let duration = call.parameters.int("DurationSeconds");
    if chained && duration.is_some_and(|asked| asked > LONGEST_CHAINED) {
        return invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining",
        );
    }
    if duration.is_some_and(|asked| asked > role.longest_session) {
        return invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        );
    }
    let mut session = begin(call, "role", 3600);
    session.name.clone_from(&role.name);
    session.id.clone_from(&role.id);
    session.session_name = name.to_owned();
    session.authenticated = call.authenticated;
    let before = call.caller.session.as_ref();
    let given = call.parameters.text("SourceIdentity").map(str::to_owned);
    session.source_identity = match before.and_then(|own| own.source_identity.clone()) {
        // It is handed on and cannot be changed.
        Some(kept) if given.as_ref().is_some_and(|given| *given != kept) => {
            let message = "SourceIdentity cannot be changed once it is set";
            return Err(Failure::new("AccessDenied", message).with_status(403));
        }
        Some(kept) => Some(kept),
        None => given,
    };
    session.transitive = call.parameters.texts("TransitiveTagKeys");
    for tag in before.iter().flat_map(|own| &own.tags) {
        let mut handed_on = before.iter().flat_map(|own| &own.transitive);
        if handed_on.any(|key| key.eq_ignore_ascii_case(&tag.key)) {
            if session
                .tags
                .iter()
                .any(|own| own.key.eq_ignore_ascii_case(&tag.key))
            {
                return Err(call.failure(
                    "InvalidParameterValue",
                    "One of the specified transitive tag keys can't be set because it conflicts \
                     with a transitive tag key from the calling session.",
                ));
            }
            session.tags.push(tag.clone());
            session.transitive.push(tag.key.clone());
        }
    }
    let size = limit(call, &mut session)?;
    let account = &call.account.id;
    let user = map([
        ("AssumedRoleId", format!("{}:{name}", role.id).into()),
        (
            "Arn",
            format!("arn:aws:sts::{account}:assumed-role/{}/{name}", role.name).into(),
        ),
    ]);
    let mut output = map([
        ("Credentials", credentials(call, &session)?),
        ("AssumedRoleUser", user.into()),
    ]);
    if let Some(size) = size {
        output.push("PackedPolicySize", Value::Int(size));
    }
    if let Some(identity) = session.source_identity {
        output.push("SourceIdentity", identity.into());
    }
    Ok(output)
}

fn federation_token(call: &Call<'_>) -> Result<Map, Failure> {
    let name = call.parameters.text("Name").unwrap_or_default();
    check_name(call, "name", name)?;
    let mut session = begin(call, "federated", 43_200);
    session.session_name = name.to_owned();
    let size = limit(call, &mut session)?;
    let account = &call.account.id;
    let user = map([
        ("FederatedUserId", format!("{account}:{name}").into()),
        (
            "Arn",
            format!("arn:aws:sts::{account}:federated-user/{name}").into(),
        ),
    ]);
    let mut output = map([
        ("Credentials", credentials(call, &session)?),
        ("FederatedUser", user.into()),
    ]);
    if let Some(size) = size {
        output.push("PackedPolicySize", Value::Int(size));
    }
    Ok(output)
}

fn access_key_info(call: &Call<'_>) -> Result<Map, Failure> {
    let id = call.parameters.text("AccessKeyId").unwrap_or_default();
    match ids::account_of(id) {
        Some(account) => Ok(map([("Account", account.into())])),
        None => Err(call.failure(
            "ValidationError",
            format!("{id} is not a valid access key id"),
        )),
    }
}

fn decode(call: &Call<'_>) -> Result<Map, Failure> {
    let encoded = call.parameters.text("EncodedMessage").unwrap_or_default();
    let message = call.sandbox.decode_message(encoded);
    let message = message.ok_or_else(|| {
        let text = "Message cannot be decoded, as it is none of this sandbox's";
        call.failure("InvalidAuthorizationMessageException", text)
    })?;
    Ok(map([("DecodedMessage", message.into())]))
}

fn assume_with_web_identity(call: &Call<'_>) -> Result<Map, Failure> {
    let arn = call.parameters.text("RoleArn").unwrap_or_default();
    let (Some(role), Some(claims)) = (call.account.identity_by_arn(arn), call.claims) else {
        // Both have been refused before.
        return Err(internal());
    };
    let name = call.parameters.text("RoleSessionName").unwrap_or_default();
    check_name(call, "roleSessionName", name)?;
    let duration = call.parameters.int("DurationSeconds").unwrap_or(3600);
    if duration > role.longest_session {
        return Err(call.failure(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let entropy = call.sandbox.entropy();
    let mut session = Session::begin(role, "role", call.account, call.now, duration, entropy);
    name.clone_into(&mut session.session_name);
    (session.tags, session.transitive) = tags_of(call);
    let source = claims.all.get("https://aws.amazon.com/source_identity");
    session.source_identity = source.and_then(Value::as_str).map(str::to_owned);
    let size = limit(call, &mut session)?;
    let account = &call.account.id;
    let user = map([
        ("AssumedRoleId", format!("{}:{name}", role.id).into()),
        (
            "Arn",
            format!("arn:aws:sts::{account}:assumed-role/{}/{name}", role.name).into(),
        ),
    ]);
    let mut output = map([
        ("Credentials", credentials(call, &session)?),
        (
            "SubjectFromWebIdentityToken",
            claims.subject.as_str().into(),
        ),
        ("AssumedRoleUser", user.into()),
    ]);
    if let Some(size) = size {
        output.push("PackedPolicySize", Value::Int(size));
    }
    output.push("Provider", claims.provider.as_str().into());
    output.push("Audience", claims.audience.as_str().into());
    if let Some(identity) = session.source_identity {
        output.push("SourceIdentity", identity.into());
    }
    Ok(output)
}

/// The session tags that a token has, and which of them are handed on.
fn tags_of(call: &Call<'_>) -> (Vec<Tag>, Vec<String>) {
    let own = call
        .claims
        .and_then(|claims| claims.all.get("https://aws.amazon.com/tags"));
    let tags = own.and_then(|own| own.get("principal_tags")?.as_map());
    let tags = tags
        .into_iter()
        .flat_map(Map::iter)
        .filter_map(|(key, value)| {
            // As a list of one, or by itself.
            let value = value.as_list().and_then(<[Value]>::first).unwrap_or(value);
            Some(Tag {
                key: key.to_owned(),
                value: value.as_str()?.to_owned(),
            })
        });
    let keys = own.and_then(|own| own.get("transitive_tag_keys")?.as_list());
    let keys = keys.unwrap_or_default().iter().filter_map(Value::as_str);
    (tags.collect(), keys.map(str::to_owned).collect())
}

/// A session of the caller's own, with what its parameters say.
fn begin(call: &Call<'_>, kind: &str, usual: i64) -> Session {
    let entropy = call.sandbox.entropy();
    let duration = call.parameters.int("DurationSeconds").unwrap_or(usual);
    let tags = call.parameters.list("Tags").iter().filter_map(|tag| {
        Some(Tag {
            key: tag.get("Key")?.as_str()?.to_owned(),
            value: tag.get("Value")?.as_str()?.to_owned(),
        })
    });
    let identity = &call.caller.identity;
    let mut session = Session::begin(identity, kind, call.account, call.now, duration, entropy);
    session.tags = tags.collect();
    session
}

/// Takes up the policies that limit a session; how full it is, in percent.
fn limit(call: &Call<'_>, session: &mut Session) -> Result<Option<i64>, Failure> {
    let mut size: usize = session
        .tags
        .iter()
        .map(|tag| tag.key.len() + tag.value.len())
        .sum();
    if let Some(text) = call.parameters.text("Policy") {
        let document = Document::parse(text).map_err(|errors| malformed(call, &errors))?;
        let findings = document.policy.validate(PolicyType::Session);
        if let Some(finding) = findings.iter().find(|own| own.severity == Severity::Error) {
            return Err(call.failure("MalformedPolicyDocument", finding.kind.aws_message()));
        }
        size += text.len();
        session.policies.push(document);
    }
    for entry in call.parameters.list("PolicyArns") {
        let arn = entry.get("arn").and_then(Value::as_str).unwrap_or_default();
        let Some(policy) = call.account.policy(arn) else {
            let message = format!("The policy {arn} does not exist");
            return Err(call.failure("ValidationError", message));
        };
        size += policy
            .document()
            .map_or(0, |own| own.policy.size_without_space());
        session.policy_arns.push(arn.to_owned());
    }
    let percent = i64::try_from(size * 100 / LARGEST_PACKED).unwrap_or(i64::MAX);
    if percent > 100 {
        let message = format!(
            "Packed size of session tags and policies consumes {percent}% of allotted space."
        );
        return Err(call.failure("PackedPolicyTooLarge", message));
    }
    Ok((size > 0).then(|| percent.max(1)))
}

fn malformed(call: &Call<'_>, errors: &PolicyErrors) -> Failure {
    let first = errors.errors().first();
    let message = first.map_or_else(|| errors.to_string(), |error| error.aws_message());
    call.failure("MalformedPolicyDocument", message)
}

fn check_name(call: &Call<'_>, parameter: &str, name: &str) -> Result<(), Failure> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if name.bytes().all(allowed) {
        return Ok(());
    }
    let message = format!(
        "1 validation error detected: Value '{name}' at '{parameter}' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    Err(call.failure("ValidationError", message))
}

fn credentials(call: &Call<'_>, session: &Session) -> Result<Value, Failure> {
    let token = session.token(&call.sandbox.sessions, call.sandbox.entropy());
    let expires = Timestamp::utc(session.expires.saturating_mul(1_000_000));
    Ok(Value::Map(map([
        ("AccessKeyId", session.access_key_id.as_str().into()),
        ("SecretAccessKey", session.secret.expose().into()),
        ("SessionToken", token.map_err(|_| internal())?.into()),
        ("Expiration", Value::Timestamp(expires)),
    ])))
}
