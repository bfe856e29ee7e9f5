//! Buckets.

use awl_model::Operation;
use awl_protocol::server::Failure;
use awl_value::{Map, Value};

use super::model::{Bucket, Json, time};
use super::{bucket, error, map, owner, public, tables};
use crate::door::Call;

/// How many buckets there can be.
const MOST: usize = 10_000;
/// How many of them a page has.
const PAGE: usize = 10_000;

/// What is wrong with parameters beyond what the model says, or in other words
/// than its own.
pub(crate) fn fault(operation: Operation, parameters: &Map) -> Option<Failure> {
    let listed = |shape: &str, member: &str, value: &str| {
        let service = operation.service();
        let shape = service.shape(shape)?;
        let member = if member.is_empty() {
            None
        } else {
            shape.member(member)
        };
        let shape = member.map_or(shape, awl_model::Member::shape);
        let mut values = shape.enum_values();
        (!values.any(|own| own == value)).then_some(())
    };
    if let Some(class) = parameters.get("StorageClass").and_then(Value::as_str)
        && listed("StorageClass", "", class).is_some()
    {
        let text = "The storage class you specified is not valid";
        let failure = Failure::new("InvalidStorageClass", text);
        return Some(failure.with_detail("StorageClassRequested", class));
    }
    let location = parameters.get("CreateBucketConfiguration");
    let location = location.and_then(|own| own.get("LocationConstraint")?.as_str());
    if let Some(location) = location
        && listed("BucketLocationConstraint", "", location).is_some()
    {
        let text = "The specified location-constraint is not valid";
        let failure = Failure::new("InvalidLocationConstraint", text);
        return Some(failure.with_detail("LocationConstraint", location));
    }
    if let Some(acl) = parameters.get("ACL").and_then(Value::as_str)
        && listed("ObjectCannedACL", "", acl).is_some()
        && listed("BucketCannedACL", "", acl).is_some()
    {
        return Some(error::argument("", "x-amz-acl", acl));
    }
    None
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Map, Failure> {
    let name = call.parameters.text("Bucket").unwrap_or_default();
    if !is_name(name) {
        let failure = Failure::new("InvalidBucketName", "The specified bucket is not valid.");
        return Err(failure.with_detail("BucketName", name));
    }
    let given = call.parameters.0.get("CreateBucketConfiguration");
    let location = given.and_then(|own| own.get("LocationConstraint")?.as_str());
    let location = location.map(|own| if own == "EU" { "eu-west-1" } else { own });
    let region = match call.region {
        "*" | "aws-global" => "us-east-1",
        region => region,
    };
    let incompatible = |which: &str| {
        let text = format!(
            "The {which} location constraint is incompatible for the region specific endpoint \
             this request was sent to."
        );
        Err(Failure::new("IllegalLocationConstraintException", text))
    };
    let region = match location {
        None if region != "us-east-1" => return incompatible("unspecified"),
        None => region,
        Some(location) if region != "us-east-1" && location != region => {
            return incompatible(location);
        }
        Some(location) => location,
    };
    if let Some(bucket) = call.account.bucket(name) {
        // As it always was in the first Region.
        if bucket.region == "us-east-1" && region == "us-east-1" {
            return Ok(created(name, region));
        }
        let text =
            "Your previous request to create the named bucket succeeded and you already own it.";
        let failure = Failure::new("BucketAlreadyOwnedByYou", text).with_status(409);
        return Err(failure.with_detail("BucketName", name));
    }
    if call.account.buckets().count() >= MOST {
        let text = "You have attempted to create more buckets than allowed";
        return Err(Failure::new("TooManyBuckets", text));
    }
    let mut bucket = Bucket {
        name: name.to_owned(),
        region: region.to_owned(),
        created: call.now,
        versioning: String::new(),
        policy: None,
        documents: std::collections::BTreeMap::new(),
    };
    let mut put = |kind: &str, value: Map| {
        bucket.documents.insert(kind.to_owned(), Json(value.into()));
    };
    let ownership = call.parameters.text("ObjectOwnership");
    let ownership = ownership.unwrap_or("BucketOwnerEnforced");
    let rule = map([("ObjectOwnership", ownership.into())]);
    put(
        "ownershipControls",
        map([("Rules", Value::List(vec![rule.into()]))]),
    );
    let shut = [
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        "RestrictPublicBuckets",
    ];
    put(
        "publicAccessBlock",
        map(shut.map(|name| (name, true.into()))),
    );
    if let Some(tags) = given
        .and_then(|own| own.get("Tags"))
        .filter(|own| !own.is_null())
    {
        put("tagging", map([("TagSet", tags.clone())]));
    }
    if call.parameters.flag("ObjectLockEnabledForBucket") == Some(true) {
        put(
            "object-lock",
            map([("ObjectLockEnabled", "Enabled".into())]),
        );
        bucket.versioning = "Enabled".to_owned();
    }
    public::set_acl(call, &mut bucket)?;
    let answer = created(name, &bucket.region);
    call.account.put_bucket(bucket);
    Ok(answer)
}

fn created(name: &str, region: &str) -> Map {
    let location = match region {
        "us-east-1" => format!("/{name}"),
        _ => format!("http://{name}.s3.amazonaws.com/"),
    };
    map([
        ("Location", location.into()),
        ("BucketArn", format!("arn:aws:s3:::{name}").into()),
    ])
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    if !tables(call)?.is_empty(&bucket.name)? {
        let text = match bucket.had_versions() {
            true => {
                "The bucket you tried to delete is not empty. You must delete all versions in the \
                 bucket."
            }
            false => "The bucket you tried to delete is not empty",
        };
        let failure = Failure::new("BucketNotEmpty", text).with_status(409);
        return Err(failure.with_detail("BucketName", bucket.name));
    }
    super::multipart::abort_all(call, &bucket.name)?;
    call.account.remove_bucket(&bucket.name);
    Ok(Map::new())
}

pub(super) fn head(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    Ok(map([
        ("BucketArn", bucket.arn().into()),
        ("BucketRegion", bucket.region.into()),
        ("AccessPointAlias", false.into()),
    ]))
}

pub(super) fn location(call: &Call<'_>) -> Result<Map, Failure> {
    let bucket = bucket(call)?;
    Ok(match &*bucket.region {
        "us-east-1" => Map::new(),
        region => map([("LocationConstraint", region.into())]),
    })
}

pub(super) fn list(call: &Call<'_>) -> Result<Map, Failure> {
    let prefix = call.parameters.text("Prefix").unwrap_or_default();
    let region = call.parameters.text("BucketRegion");
    let after = call
        .parameters
        .text("ContinuationToken")
        .unwrap_or_default();
    let most = call.parameters.int("MaxBuckets");
    let most = most
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(PAGE);
    let mut found = call.account.buckets().filter(|bucket| {
        bucket.name.starts_with(prefix)
            && region.is_none_or(|region| bucket.region == region)
            && *bucket.name > *after
    });
    let (mut buckets, mut last) = (Vec::new(), None);
    for bucket in found.by_ref().take(most) {
        last = Some(bucket.name.clone());
        let mut own = map([
            ("Name", bucket.name.as_str().into()),
            ("CreationDate", time(bucket.created)),
        ]);
        // Regions are for those who ask for pages.
        if call.parameters.int("MaxBuckets").is_some() || region.is_some() {
            own.push("BucketRegion", bucket.region.as_str().into());
        }
        own.push("BucketArn", bucket.arn().into());
        buckets.push(own.into());
    }
    let mut output = map([("Buckets", Value::List(buckets)), ("Owner", owner(call))]);
    if let Some(last) = last.filter(|_| found.next().is_some()) {
        output.push("ContinuationToken", last.into());
    }
    if !prefix.is_empty() {
        output.push("Prefix", prefix.into());
    }
    Ok(output)
}

/// Whether a name keeps the rules for buckets.
fn is_name(name: &str) -> bool {
    let (Some(first), Some(last)) = (name.bytes().next(), name.bytes().last()) else {
        return false;
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let prefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    let suffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
    (3..=63).contains(&name.len())
        && plain(first)
        && plain(last)
        && name
            .bytes()
            .all(|byte| plain(byte) || matches!(byte, b'.' | b'-'))
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
        && !prefixes.iter().any(|prefix| name.starts_with(prefix))
        && !suffixes.iter().any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_keep_the_rules() {
        for name in ["abc", "a.b-c", "0ab", &"a".repeat(63)] {
            assert!(super::is_name(name), "{name}");
        }
        for name in [
            "",
            "ab",
            "Abc",
            "a_b",
            "-ab",
            "ab-",
            "a..b",
            "192.168.5.4",
            "xn--ab",
            "ab-s3alias",
            "a b",
            &"a".repeat(64),
        ] {
            assert!(!super::is_name(name), "{name}");
        }
    }
}
