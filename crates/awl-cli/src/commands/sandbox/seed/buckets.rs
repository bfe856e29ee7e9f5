//! Buckets of a seed, and the objects in them.

use awl_value::{Map, Value};

use super::document::{Fault, Part};
use super::plan::{Deed, Scene, Step, Thing, call, document, in_region, others, tags, texts};

/// A bucket, its settings and its objects.
pub(super) fn bucket(part: &Part<'_>, scene: &Scene<'_>) -> Result<Thing, Fault> {
    part.members(&[
        "Bucket",
        "Region",
        "Versioning",
        "Policy",
        "Tags",
        "Objects",
    ])?;
    let name = part.needed("Bucket")?;
    let region = part.text("Region")?;
    let mut rest = Vec::new();
    if let Some(status) = part.text("Versioning")? {
        let mut parameters = texts([("Bucket", &name)]);
        let configuration = texts([("Status", &status)]);
        parameters.push("VersioningConfiguration", configuration.into());
        rest.push(call(part, "s3", "PutBucketVersioning", parameters));
    }
    if let Some(tags) = tags(part)? {
        let mut parameters = texts([("Bucket", &name)]);
        parameters.push("Tagging", tag_set(tags));
        rest.push(call(part, "s3", "PutBucketTagging", parameters));
    }
    for part in part.items("Objects")? {
        rest.extend(object(&part, scene, &name)?);
    }
    if let Some(policy) = part.member("Policy") {
        let parameters = texts([("Bucket", &name), ("Policy", &document(&policy)?)]);
        rest.push(call(&policy, "s3", "PutBucketPolicy", parameters));
    }
    let mut parameters = texts([("Bucket", &name)]);
    if let Some(region) = region.as_deref().filter(|region| *region != "us-east-1") {
        let configuration = texts([("LocationConstraint", region)]);
        parameters.push("CreateBucketConfiguration", configuration.into());
    }
    let create = call(part, "s3", "CreateBucket", parameters);
    let rest = rest.into_iter();
    let known = call(part, "s3", "HeadBucket", texts([("Bucket", &name)]));
    Ok(Thing {
        name: format!("bucket {name}"),
        late: Vec::new(),
        known: Some(in_region(known, region.as_ref())),
        create: in_region(create, region.as_ref()),
        rest: rest.map(|step| in_region(step, region.as_ref())).collect(),
    })
}

fn tag_set(tags: Value) -> Value {
    let mut set = Map::new();
    set.push("TagSet", tags);
    set.into()
}

/// An object: what `PutObject` takes, with its content as text or as a file.
fn object(part: &Part<'_>, scene: &Scene<'_>, bucket: &str) -> Result<Vec<Step>, Fault> {
    let key = part.needed("Key")?;
    let named = texts([("Bucket", bucket), ("Key", &key)]);
    let mut parameters = others(part, &["Key", "Body", "File", "Tags"])?;
    for (name, value) in named.iter() {
        parameters.push(name.to_owned(), value.clone());
    }
    let file = part.text("File")?;
    match (part.text("Body")?, &file) {
        (Some(_), Some(_)) => return Err(part.fault("Body and File exclude each other")),
        (Some(text), None) => parameters.push("Body", Value::Blob(text.into_bytes())),
        _ => {}
    }
    let mut step = call(part, "s3", "PutObject", parameters);
    if let (Some(file), Deed::Call { body, .. }) = (file, &mut step.deed) {
        *body = Some((scene.beside)(&file));
    }
    let mut steps = vec![step];
    if let Some(tags) = tags(part)? {
        let mut parameters = named;
        parameters.push("Tagging", tag_set(tags));
        steps.push(call(part, "s3", "PutObjectTagging", parameters));
    }
    Ok(steps)
}
