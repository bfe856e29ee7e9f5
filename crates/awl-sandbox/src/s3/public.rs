//! Who beside the owner may use a bucket: its policy, and canned grants.

use awl_iam::{PolicyErrors, PolicyType, Severity};
use awl_protocol::server::Failure;
use awl_value::{Map, Value, json};

use super::model::{Bucket, Json};
use super::{bucket, error, key, map, owner, read};
use crate::door::Call;
use crate::record::Document;

/// The most bytes of a policy.
const LARGEST_POLICY: usize = 20 << 10;
/// The groups that grants name.
const GROUPS: &str = "http://acs.amazonaws.com/groups/global/";

pub(super) fn put_policy(call: &mut Call<'_>) -> Result<Map, Failure> {
    let mut bucket = bucket(call)?;
    let text = call.parameters.text("Policy").unwrap_or_default();
    let malformed = |text: &str| Failure::new("MalformedPolicy", text);
    if text.len() > LARGEST_POLICY {
        let text = "Normalized policy document exceeds the maximum allowed size of 20480 bytes";
        return Err(malformed(text));
    }
    if json::parse(text).is_err() {
        return Err(malformed(
            "Policies must be valid JSON and the first byte must be '{'",
        ));
    }
    let document = Document::parse(text).map_err(|errors| malformed(&told(&errors)))?;
    let findings = document.policy.validate(PolicyType::Resource);
    if let Some(finding) = findings.iter().find(|own| own.severity == Severity::Error) {
        return Err(malformed(&finding.kind.aws_message()));
    }
    let value = json::parse(text).map_err(error::internal)?;
    check_resources(&value, &bucket).map_err(malformed)?;
    if bucket.blocks("BlockPublicPolicy") && is_public(&value) {
        let arn = bucket.arn();
        let text = format!(
            "User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \"{arn}\" \
             because public policies are prevented by the BlockPublicPolicy setting in S3 Block \
             Public Access.",
            call.caller.principal.arn()
        );
        return Err(Failure::new("AccessDenied", text).with_status(403));
    }
    bucket.policy = Some(document);
    call.account.put_bucket(bucket);
    call.more.status = Some(204);
    Ok(Map::new())
}

fn told(errors: &PolicyErrors) -> String {
    errors.to_string()
}

/// Each resource has to be the bucket, or in it.
fn check_resources(policy: &Value, bucket: &Bucket) -> Result<(), &'static str> {
    let arn = bucket.arn();
    for statement in many(policy.get("Statement")) {
        let named = ["Resource", "NotResource"]
            .iter()
            .find_map(|name| statement.get(name));
        for resource in many(named).filter_map(Value::as_str) {
            let own = resource
                .strip_prefix(&*arn)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '*']));
            if !own && resource != "*" {
                return Err("Policy has invalid resource");
            }
        }
    }
    Ok(())
}

/// A value, or those of a list.
fn many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (list, one) = match value {
        Some(Value::List(list)) => (list.as_slice(), None),
        one => (&[][..], one),
    };
    list.iter().chain(one)
}

/// Whether a policy lets in whoever comes: S3's own rule, by which a condition
/// that names fixed callers or networks makes a policy one that is not public.
fn is_public(policy: &Value) -> bool {
    many(policy.get("Statement")).any(|statement| {
        let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let everybody = match statement.get("Principal") {
            Some(Value::Map(map)) => {
                let mut named = map.iter().filter(|(kind, _)| *kind == "AWS");
                named.any(|(_, value)| many(Some(value)).any(|own| own.as_str() == Some("*")))
            }
            Some(value) => value.as_str() == Some("*"),
            None => statement.get("NotPrincipal").is_some(),
        };
        allows && everybody && !is_narrowed(statement.get("Condition"))
    })
}

fn is_narrowed(condition: Option<&Value>) -> bool {
    const KEYS: [&str; 14] = [
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ];
    let Some(operators) = condition.and_then(Value::as_map) else {
        return false;
    };
    operators.iter().any(|(operator, keys)| {
        let positive = !operator.contains("Not") && !operator.ends_with("IfExists");
        let keys = keys.as_map().into_iter().flat_map(Map::iter);
        positive
            && keys.into_iter().any(|(key, values)| {
                let fixed = |value: &Value| {
                    value
                        .as_str()
                        .is_some_and(|value| !value.contains(['*', '?']) && !value.ends_with("/0"))
                };
                KEYS.contains(&&*key.to_ascii_lowercase()) && many(Some(values)).all(fixed)
            })
    })
}

pub(super) fn policy(call: &Call<'_>) -> Result<Map, Failure> {
    let document = has_policy(call)?;
    Ok(map([("Policy", document.text.into())]))
}

pub(super) fn status(call: &Call<'_>) -> Result<Map, Failure> {
    let document = has_policy(call)?;
    let value = json::parse(&document.text).map_err(error::internal)?;
    let status = map([("IsPublic", is_public(&value).into())]);
    Ok(map([("PolicyStatus", status.into())]))
}

fn has_policy(call: &Call<'_>) -> Result<Document, Failure> {
    let bucket = bucket(call)?;
    bucket.policy.ok_or_else(|| {
        Failure::new("NoSuchBucketPolicy", "The bucket policy does not exist")
            .with_status(404)
            .with_detail("BucketName", bucket.name)
    })
}

pub(super) fn delete_policy(call: &mut Call<'_>) -> Result<Map, Failure> {
    let mut bucket = bucket(call)?;
    bucket.policy = None;
    call.account.put_bucket(bucket);
    Ok(Map::new())
}

/// `GetBucketAcl` and `GetObjectAcl`: what the canned grants stand for.
pub(super) fn acl(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    let canned = match call.parameters.text("Key") {
        Some(_) => read::find(call, &bucket, key(call)?)?.version.about.acl,
        None => bucket
            .document("acl")
            .and_then(|own| Some(own.as_str()?.to_owned())),
    };
    let owner = owner(call);
    let grantee = |kind: &'static str, name: &'static str, value: Value| -> Value {
        map([(name, value), ("Type", kind.into())]).into()
    };
    let id = owner.get("ID").cloned().unwrap_or(Value::Null);
    let mut grants = vec![(grantee("CanonicalUser", "ID", id), "FULL_CONTROL")];
    let group = |name: &str| grantee("Group", "URI", format!("{GROUPS}{name}").into());
    match canned.as_deref() {
        Some("public-read") => grants.push((group("AllUsers"), "READ")),
        Some("public-read-write") => {
            grants.push((group("AllUsers"), "READ"));
            grants.push((group("AllUsers"), "WRITE"));
        }
        Some("authenticated-read") => grants.push((group("AuthenticatedUsers"), "READ")),
        _ => {}
    }
    let grants = grants.into_iter().map(|(grantee, permission)| {
        map([("Grantee", grantee), ("Permission", permission.into())]).into()
    });
    Ok(map([
        ("Owner", owner),
        ("Grants", Value::List(grants.collect())),
    ]))
}

pub(super) fn put_acl(call: &mut Call<'_>) -> Result<Map, Failure> {
    let mut bucket = bucket(call)?;
    if call.parameters.text("Key").is_some() {
        let mut placed = read::find(call, &bucket, key(call)?)?;
        check_object_acl(call, &bucket)?;
        placed.version.about.acl = call.parameters.text("ACL").map(str::to_owned);
        let mut change = super::change(call)?;
        change.put_version(&bucket.name, &placed.key, placed.order, &placed.version)?;
        change.commit()?;
        return Ok(Map::new());
    }
    set_acl(call, &mut bucket)?;
    call.account.put_bucket(bucket);
    Ok(Map::new())
}

/// Takes the canned grants of a call for a bucket.
pub(super) fn set_acl(call: &Call<'_>, bucket: &mut Bucket) -> Result<(), Failure> {
    check_object_acl(call, bucket)?;
    if let Some(acl) = call.parameters.text("ACL") {
        let acl = Json(acl.into());
        bucket.documents.insert("acl".to_owned(), acl);
    }
    Ok(())
}

/// Whether a bucket takes the grants of a call: those whose owner owns all do not
/// know grants, and others may be shut to the public.
pub(super) fn check_object_acl(call: &Call<'_>, bucket: &Bucket) -> Result<(), Failure> {
    let ownership = bucket.document("ownershipControls");
    let ownership = ownership.and_then(|own| own.get("Rules")?.as_list()?.first());
    let ownership = ownership.and_then(|own| own.get("ObjectOwnership")?.as_str());
    let acl = call.parameters.text("ACL").unwrap_or("private");
    let grants = [
        "AccessControlPolicy",
        "GrantFullControl",
        "GrantRead",
        "GrantReadACP",
        "GrantWrite",
        "GrantWriteACP",
    ];
    let grants = grants
        .iter()
        .any(|name| call.parameters.0.get(name).is_some());
    let harmless = matches!(acl, "private" | "bucket-owner-full-control") && !grants;
    if ownership == Some("BucketOwnerEnforced") && !harmless {
        let text = "The bucket does not allow ACLs";
        return Err(Failure::new("AccessControlListNotSupported", text));
    }
    let public = matches!(
        acl,
        "public-read" | "public-read-write" | "authenticated-read"
    );
    if public && bucket.blocks("BlockPublicAcls") {
        return Err(error::access_denied());
    }
    if grants {
        let text = "A header you provided implies functionality that is not implemented";
        return Err(Failure::new("NotImplemented", text).with_status(501));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_public_that_lets_everybody_in() {
        let statement = |rest: &str| {
            let text = format!(
                r#"{{"Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", {rest}}}}}"#
            );
            is_public(&json::parse(&text).unwrap())
        };
        assert!(statement(r#""Principal": "*""#));
        assert!(statement(r#""Principal": {"AWS": ["*"]}"#));
        assert!(statement(
            r#""Principal": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}"#
        ));
        assert!(statement(
            r#""Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#
        ));
        assert!(!statement(r#""Principal": {"AWS": "123456789012"}"#));
        assert!(!statement(
            r#""Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#
        ));
    }
}
