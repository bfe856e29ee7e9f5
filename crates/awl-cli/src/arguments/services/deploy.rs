//! `deploy`: where a revision lies, without the structure around it.
// Parity: awscli/customizations/codedeploy/locationargs.py.

use awl_model::Member;
use awl_value::{Map, Value};

use crate::arguments::Table;
use crate::arguments::added::{Customization, Setting, is_true, map};
use crate::error::CommandError;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    with_location("create-deployment"),
    with_location("get-application-revision"),
    with_location("register-application-revision"),
];

const fn with_location(operation: &'static str) -> Customization {
    Customization {
        table: add_locations,
        ..Customization::of(operation)
    }
}

fn add_locations(table: &mut Table) {
    let location = |name| {
        let revision = table.member("revision")?;
        revision.shape().member(name)
    };
    let (s3, github) = (location("s3Location"), location("gitHubLocation"));
    if let (Some(s3), Some(github)) = (s3, github) {
        table.add_placed("s3-location", s3, put_s3);
        table.add_placed("github-location", github, put_github);
    }
    table.require("revision", false);
}

fn put_s3(setting: &mut Setting<'_>, member: Member, value: Value) -> Result<(), CommandError> {
    put(
        setting,
        member,
        &value,
        "S3",
        &["bucket", "key", "bundleType"],
        &["eTag", "version"],
        "--s3-location must specify bucket, key and bundleType.",
    )
}

fn put_github(setting: &mut Setting<'_>, member: Member, value: Value) -> Result<(), CommandError> {
    put(
        setting,
        member,
        &value,
        "GitHub",
        &["repository", "commitId"],
        &[],
        "--github-location must specify repository and commitId.",
    )
}

fn put(
    setting: &mut Setting<'_>,
    member: Member,
    value: &Value,
    kind: &str,
    required: &[&'static str],
    optional: &[&'static str],
    message: &str,
) -> Result<(), CommandError> {
    let mut location = Map::new();
    for name in required {
        match value.get(name).filter(|value| is_true(value)) {
            Some(found) => location.push(*name, found.clone()),
            None => return Err(CommandError::validation(message)),
        }
    }
    for name in optional {
        if let Some(found) = value.get(name) {
            location.push(*name, found.clone());
        }
    }
    let revision = map([
        ("revisionType", Value::from(kind)),
        (member.name(), Value::Map(location)),
    ]);
    setting.parameters.insert("revision", revision);
    Ok(())
}
