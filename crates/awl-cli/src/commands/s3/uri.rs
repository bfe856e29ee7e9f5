//! `s3://bucket/key`: a bucket's name, or the ARN of an access point, and the
//! key behind it.
// Parity: awscli/customizations/s3/utils.py, find_bucket_key,
// block_unsupported_resources.

use crate::error::CommandError;

/// What stands before a path.
pub(super) const SCHEME: &str = "s3://";

/// The bucket and the key of a path, with or without its scheme.
///
/// # Errors
/// The ARN of what these commands do not work on.
pub(super) fn split(path: &str) -> Result<(&str, &str), CommandError> {
    find(path.strip_prefix(SCHEME).unwrap_or(path))
}

/// The bucket and the key of a path without a scheme.
///
/// # Errors
/// The ARN of what these commands do not work on.
pub(in crate::commands) fn find(path: &str) -> Result<(&str, &str), CommandError> {
    check(path)?;
    Ok(access_point(path)
        .or_else(|| outpost(path, "accesspoint"))
        .or_else(|| path.split_once('/'))
        .unwrap_or((path, "")))
}

/// Refuses the ARNs of what these commands do not work on.
///
/// # Errors
/// Such an ARN.
pub(super) fn check(path: &str) -> Result<(), CommandError> {
    if object_lambda(path).is_some() {
        return Err(CommandError::validation(
            "s3 commands do not support S3 Object Lambda resources. Use s3api commands instead.",
        ));
    }
    if outpost(path, "bucket").is_some() {
        return Err(CommandError::validation(
            "s3 commands do not support Outpost Bucket ARNs. Use s3control commands instead.",
        ));
    }
    Ok(())
}

/// `arn:aws…:s3:REGION:ACCOUNT:accesspoint/NAME` and the key.
fn access_point(path: &str) -> Option<(&str, &str)> {
    let rest = resource(path, ":s3:", 0)?;
    let rest = separator(rest.strip_prefix("accesspoint")?)?;
    let (_, rest) = segment(rest, usize::MAX, |letter| letter != '/')?;
    Some(behind(path, rest, &['/']))
}

/// `arn:aws…:s3-outposts:REGION:ACCOUNT:outpost/ID/KIND/NAME` and the key.
fn outpost<'a>(path: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
    let rest = resource(path, ":s3-outposts:", 1)?;
    let rest = separator(rest.strip_prefix("outpost")?)?;
    let (_, rest) = segment(rest, NAME, is_name)?;
    let rest = separator(separator(rest)?.strip_prefix(kind)?)?;
    let (_, rest) = segment(rest, NAME, is_name)?;
    Some(behind(path, rest, &['/', ':']))
}

/// `arn:aws…:s3-object-lambda:REGION:ACCOUNT:accesspoint/NAME` and the key.
fn object_lambda(path: &str) -> Option<(&str, &str)> {
    let rest = resource(path, ":s3-object-lambda:", 1)?;
    let rest = separator(rest.strip_prefix("accesspoint")?)?;
    let (_, rest) = segment(rest, NAME, is_name)?;
    Some(behind(path, rest, &['/', ':']))
}

/// The longest name of an access point.
const NAME: usize = 63;

const fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-'
}

/// What stands behind the account in an ARN of a service, whose Region has at
/// least so many letters.
fn resource<'a>(path: &'a str, service: &str, least: usize) -> Option<&'a str> {
    const ACCOUNT: usize = 12;
    let arn = path.strip_prefix("arn:aws")?;
    // The partition may be anything, even with the service's name in it.
    arn.rmatch_indices(service).find_map(|(at, _)| {
        let rest = &arn[at + service.len()..];
        let is_region =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let (region, rest) = rest.split_once(':')?;
        let (account, rest) = rest.split_once(':')?;
        let fits = region.len() >= least
            && region.chars().all(is_region)
            && account.len() == ACCOUNT
            && account.bytes().all(|letter| letter.is_ascii_digit());
        fits.then_some(rest)
    })
}

/// What stands behind one separator.
fn separator(text: &str) -> Option<&str> {
    text.strip_prefix(['/', ':'])
}

/// Letters of a kind, at least one and at most so many, and what is behind.
fn segment(text: &str, most: usize, fits: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let end = text
        .char_indices()
        .enumerate()
        .find(|(count, (_, letter))| *count == most || !fits(*letter))
        .map_or(text.len(), |(_, (at, _))| at);
    (end > 0).then(|| text.split_at(end))
}

/// The path before `rest`, and `rest` without a separator.
fn behind<'a>(path: &'a str, rest: &'a str, separators: &[char]) -> (&'a str, &'a str) {
    let bucket = &path[..path.len() - rest.len()];
    (bucket, rest.strip_prefix(separators).unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checked against the AWS CLI's `find_bucket_key`.
    #[test]
    fn paths_are_split_as_by_the_aws_cli() {
        let arn = "arn:aws:s3:us-west-2:123456789012:accesspoint";
        let outpost = "arn:aws:s3-outposts:us-west-2:123456789012:outpost";
        for (path, bucket, key) in [
            ("s3://", "", ""),
            ("s3://b", "b", ""),
            ("s3://b/", "b", ""),
            ("b/k/l", "b", "k/l"),
            ("s3://b//k", "b", "/k"),
            (&*format!("{arn}/ap"), &*format!("{arn}/ap"), ""),
            (&format!("s3://{arn}/ap/k/l"), &format!("{arn}/ap"), "k/l"),
            (&format!("{arn}:ap:x/k"), &format!("{arn}:ap:x"), "k"),
            (
                "arn:aws:s3::123456789012:accesspoint:m.mrap/k",
                "arn:aws:s3::123456789012:accesspoint:m.mrap",
                "k",
            ),
            (
                "arn:aws:s3:us:12:accesspoint/ap/k",
                "arn:aws:s3:us:12:accesspoint",
                "ap/k",
            ),
            (
                &format!("{outpost}/op-1/accesspoint/ap/k/l"),
                &format!("{outpost}/op-1/accesspoint/ap"),
                "k/l",
            ),
            (
                &format!("{outpost}:op-1:accesspoint:ap:k"),
                &format!("{outpost}:op-1:accesspoint:ap"),
                "k",
            ),
        ] {
            assert_eq!(split(path).unwrap(), (bucket, key), "{path}");
        }
        for path in [
            "arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/ap",
            "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/bucket/b",
        ] {
            assert!(split(path).is_err(), "{path}");
        }
    }
}
