//! What policies are asked about: the scalars among a call's parameters, and
//! the condition keys that they and the caller fill.

use awl_catalog::access::{Parameter, Scope};
use awl_model::{Member, Operation, Shape, ShapeKind};
use awl_sdk::Call;
use awl_sdk::env::Host;
use awl_value::{Map, Value, python};

/// A key, its values, and their type as IAM's simulation names it.
pub(super) type Entry = (String, Vec<String>, &'static str);

/// The scalars of an operation's parameters, and the keys of maps, each with
/// the place where it stands.
pub(in crate::commands) fn flat(operation: Operation, params: &Map) -> Vec<Parameter> {
    let mut found = Vec::new();
    for (name, value) in params.iter() {
        let member = operation.input().and_then(|input| input.member(name));
        let shape = member.map(Member::shape);
        collect(name.to_owned(), shape, value, &mut found);
    }
    found
}

fn collect(path: String, shape: Option<Shape>, value: &Value, found: &mut Vec<Parameter>) {
    match value {
        Value::Map(map) => {
            for (key, value) in map.iter() {
                let member =
                    shape.and_then(|shape| shape.map_value().or_else(|| shape.member(key)));
                if shape.is_some_and(|shape| shape.kind() == ShapeKind::Map) {
                    found.push(Parameter {
                        path: format!("{path}{{}}"),
                        text: key.to_owned(),
                    });
                }
                let shape = member.map(Member::shape);
                collect(format!("{path}.{key}"), shape, value, found);
            }
        }
        Value::List(items) => {
            let member = shape.and_then(Shape::list_member).map(Member::shape);
            for item in items {
                collect(format!("{path}[]"), member, item, found);
            }
        }
        Value::Null | Value::Blob(_) => {}
        _ => found.push(Parameter {
            path,
            text: python::str(value),
        }),
    }
}

/// The parameters that a call does not have because the service fills them: of
/// IAM's operations the user who calls.
pub(super) fn implied(call: &Call, caller: &str) -> Option<Parameter> {
    const USER: &str = "UserName";
    let takes_user = call.operation.service().name() == "iam"
        && call.operation.input()?.member(USER).is_some()
        && call.params.get(USER).is_none();
    let (_, user) = caller.split_once(":user/")?;
    takes_user.then(|| Parameter {
        path: USER.to_owned(),
        text: user.to_owned(),
    })
}

/// The condition keys of a call that can be told beforehand.
pub(super) fn context(
    call: &Call,
    caller: &str,
    scope: &Scope,
    secure: bool,
    host: &dyn Host,
) -> Vec<Entry> {
    let one = |name: &str, value: String, kind| (name.to_owned(), vec![value], kind);
    let seconds = host.epoch().as_secs();
    let mut entries = vec![
        one("aws:RequestedRegion", scope.region.clone(), "string"),
        one("aws:SecureTransport", secure.to_string(), "boolean"),
        one("aws:EpochTime", seconds.to_string(), "numeric"),
        one("aws:PrincipalAccount", scope.account.clone(), "string"),
        one("aws:ViaAWSService", "false".to_owned(), "boolean"),
        one("aws:PrincipalIsAWSService", "false".to_owned(), "boolean"),
    ];
    if let Some(arn) = principal(caller) {
        entries.push(one("aws:PrincipalArn", arn, "string"));
    }
    if let Some((_, user)) = caller.split_once(":user/") {
        let name = user.rsplit('/').next().unwrap_or(user);
        entries.push(one("aws:username", name.to_owned(), "string"));
    }
    let mut tags = Vec::new();
    for (name, value) in call.params.iter() {
        tags_of(name, value, &mut tags);
    }
    if !tags.is_empty() {
        let keys = tags.iter().map(|(key, _)| key.clone()).collect();
        entries.push(("aws:TagKeys".to_owned(), keys, "stringList"));
        for (key, value) in tags {
            entries.push(one(&format!("aws:RequestTag/{key}"), value, "string"));
        }
    }
    let service = call.operation.service().name();
    for (key, (_, name)) in KEYS.iter().filter(|(_, (name, _))| *name == service) {
        if let Some(value) = call.params.get(name) {
            entries.push(one(key, python::str(value), "string"));
        }
    }
    entries
}

/// The condition keys that a parameter fills: the service and the parameter.
static KEYS: &[(&str, (&str, &str))] = &[
    ("s3:prefix", ("s3", "Prefix")),
    ("s3:delimiter", ("s3", "Delimiter")),
    ("s3:max-keys", ("s3", "MaxKeys")),
    ("s3:VersionId", ("s3", "VersionId")),
    ("s3:x-amz-acl", ("s3", "ACL")),
    ("s3:x-amz-storage-class", ("s3", "StorageClass")),
    (
        "s3:x-amz-server-side-encryption",
        ("s3", "ServerSideEncryption"),
    ),
    ("s3:LocationConstraint", ("s3", "LocationConstraint")),
    ("secretsmanager:VersionId", ("secretsmanager", "VersionId")),
    ("ssm:Recursive", ("ssm", "Recursive")),
    ("iam:PolicyARN", ("iam", "PolicyArn")),
    ("iam:PermissionsBoundary", ("iam", "PermissionsBoundary")),
    ("iam:AWSServiceName", ("iam", "AWSServiceName")),
    ("sts:ExternalId", ("sts", "ExternalId")),
    ("sts:RoleSessionName", ("sts", "RoleSessionName")),
    ("sts:SourceIdentity", ("sts", "SourceIdentity")),
];

/// `aws:PrincipalArn` of a caller: for a session the role's.
fn principal(caller: &str) -> Option<String> {
    let Some((head, session)) = caller.split_once(":assumed-role/") else {
        return (!caller.is_empty()).then(|| caller.to_owned());
    };
    let role = session.split('/').next()?;
    let head = head.replacen(":sts:", ":iam:", 1);
    Some(format!("{head}:role/{role}"))
}

/// The tags that a parameter sets: pairs of key and value, or a map.
fn tags_of(name: &str, value: &Value, tags: &mut Vec<(String, String)>) {
    let is_tags = name.eq_ignore_ascii_case("tags");
    match value {
        Value::Map(map) if is_tags => {
            for (key, value) in map.iter() {
                if let Some(value) = value.as_str() {
                    tags.push((key.to_owned(), value.to_owned()));
                }
            }
        }
        Value::List(items) if is_tags => {
            for item in items {
                let text =
                    |names: [&str; 3]| names.iter().find_map(|name| item.get(name)?.as_str());
                if let Some(key) = text(["Key", "key", "TagKey"]) {
                    let value = text(["Value", "value", "TagValue"]);
                    tags.push((key.to_owned(), value.unwrap_or_default().to_owned()));
                }
            }
        }
        Value::List(items) => {
            for item in items {
                for (name, value) in item.as_map().into_iter().flat_map(Map::iter) {
                    tags_of(name, value, tags);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use awl_value::json;

    use super::*;

    #[test]
    fn scalars_have_their_places() {
        let operation = awl_catalog::store()
            .service("dynamodb")
            .and_then(|service| service.operation("BatchGetItem"))
            .unwrap();
        let text = r#"{"RequestItems": {"Music": {"Keys": [{"Artist": {"S": "x"}}], "ConsistentRead": true}}}"#;
        let value = json::parse(text).unwrap();
        let found: Vec<(String, String)> = flat(operation, value.as_map().unwrap())
            .into_iter()
            .map(|parameter| (parameter.path, parameter.text))
            .collect();
        let expected = [
            ("RequestItems{}", "Music"),
            ("RequestItems.Music.Keys[]{}", "Artist"),
            ("RequestItems.Music.Keys[].Artist.S", "x"),
            ("RequestItems.Music.ConsistentRead", "True"),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn tags_of_all_forms_are_found() {
        let value = json::parse(
            r#"{"Tags": [{"Key": "a", "Value": "1"}], "tags": {"b": "2"},
                "TagSpecifications": [{"ResourceType": "x", "Tags": [{"Key": "c"}]}]}"#,
        )
        .unwrap();
        let mut tags = Vec::new();
        for (name, value) in value.as_map().unwrap().iter() {
            tags_of(name, value, &mut tags);
        }
        let expected = [("a", "1"), ("b", "2"), ("c", "")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(tags, expected);
    }

    #[test]
    fn sessions_are_known_by_their_role() {
        let session = "arn:aws:sts::111122223333:assumed-role/Ops/me";
        assert_eq!(
            principal(session).as_deref(),
            Some("arn:aws:iam::111122223333:role/Ops")
        );
    }
}
