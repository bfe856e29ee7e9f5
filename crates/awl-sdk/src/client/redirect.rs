//! Calls that went to the wrong place: S3 tells in which Region a bucket is,
//! and what discovered endpoints are good for ends.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use awl_endpoint::{Arn, is_valid_region_name};
use awl_sign::Purpose;
use awl_value::{Map, Value};

use super::{Client, Prepared};
use crate::Error;
use crate::config::ConfigError;
use crate::error::OperationError;
use crate::handlers::{Pending, with_host};

/// The header in which S3 names a bucket's Region.
const REGION_HEADER: &str = "x-amz-bucket-region";

/// The operation that a bucket is asked for its Region with.
const ASK: &str = "HeadBucket";

/// The Regions of buckets that are not in the client's own.
#[derive(Debug, Default)]
pub(super) struct BucketRegions(Mutex<HashMap<String, String>>);

impl BucketRegions {
    /// The Region that a call's bucket was found in.
    pub(super) fn of(&self, params: &Map) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return None;
        }
        known.get(bucket(params)?).cloned()
    }

    fn learn(&self, bucket: &str, region: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(bucket.to_owned(), region);
    }
}

impl Client {
    /// Moves a call to where an error says that it belongs. True if it is to be
    /// sent again at once; a call may be moved once.
    pub(super) fn reroute<'a>(
        &'a self,
        prepared: &'a mut Prepared,
        error: &'a OperationError,
    ) -> Pending<'a, bool> {
        let s3 = self.service().name() == "s3";
        if s3 && let Some(bucket) = misdirected(prepared, error) {
            let bucket = bucket.to_owned();
            Box::pin(self.redirect(prepared, error, bucket))
        } else if !s3 && (error.status == 421 || error.code() == "InvalidEndpointException") {
            Box::pin(self.rediscover(prepared))
        } else {
            Box::pin(std::future::ready(Ok(false)))
        }
    }

    // Parity: botocore/utils.py, S3RegionRedirectorv2.
    async fn redirect(
        &self,
        prepared: &mut Prepared,
        error: &OperationError,
        bucket: String,
    ) -> Result<bool, Error> {
        let asked = prepared.operation.name() == ASK;
        let Some(region) = self.bucket_region(&bucket, error, asked).await? else {
            return Ok(false);
        };
        if !is_valid_region_name(&region) {
            let message =
                format!("Provided region_name '{region}' doesn't match a supported format.");
            return Err(ConfigError::Invalid { message }.into());
        }
        self.inner.bucket_regions.learn(&bucket, region);
        let operation = prepared.operation;
        let endpoint = self.endpoint(operation, &prepared.params).await?;
        prepared.request.url = with_host(&prepared.request.url, &endpoint.url);
        prepared.signing = self.signing(operation, &endpoint, Purpose::Request)?;
        Ok(true)
    }

    /// The Region that an error tells, else the bucket itself, unless it was
    /// just that which was `asked`: the AWS CLI recurses there until it fails.
    async fn bucket_region(
        &self,
        bucket: &str,
        error: &OperationError,
        asked: bool,
    ) -> Result<Option<String>, Error> {
        if let Some(region) = region_header(&error.headers) {
            return Ok(Some(region));
        }
        if let Some(Value::String(region)) = error.error.error.get("Region") {
            return Ok(Some(region.clone()));
        }
        if asked {
            return Ok(None);
        }
        let mut params = Map::new();
        params.push("Bucket", Value::from(bucket));
        match self.call(ASK, Value::Map(params)).await {
            Ok(output) => Ok(region_header(&output.headers)),
            Err(Error::Service(error)) => Ok(region_header(&error.headers)),
            Err(error) => Err(error),
        }
    }
}

/// The bucket of a call, if an error says that it is in another Region.
fn misdirected<'a>(prepared: &'a Prepared, error: &OperationError) -> Option<&'a str> {
    let bucket = bucket(&prepared.params)?;
    if Arn::parse(bucket).is_some() {
        return None;
    }
    let (operation, code) = (prepared.operation.name(), error.code());
    // An answer to HEAD has no body to say more.
    let bare = matches!(code, "301" | "400");
    let moved = match operation {
        "HeadObject" => bare,
        "HeadBucket" => bare && region_header(&error.headers).is_some(),
        _ => false,
    } || matches!(error.status, 301 | 302 | 307)
        || code == "PermanentRedirect"
        || (code == "AuthorizationHeaderMalformed" && error.error.error.contains_key("Region"))
        || (code == "IllegalLocationConstraintException" && operation != "CreateBucket");
    moved.then_some(bucket)
}

pub(super) fn bucket(params: &Map) -> Option<&str> {
    params.get("Bucket").and_then(Value::as_str)
}

fn region_header(headers: &[(String, String)]) -> Option<String> {
    headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(REGION_HEADER))
        .map(|(_, region)| region.clone())
}

#[cfg(test)]
mod tests;
