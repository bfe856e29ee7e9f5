//! The Region that the instance is in.
// Parity: awscli/utils.py, InstanceMetadataRegionFetcher.

use super::client::Expect;
use super::{Imds, ImdsError};

const PATH: &str = "latest/meta-data/placement/availability-zone/";

impl Imds {
    /// The Region that the instance is in; None where nobody tells.
    ///
    /// # Errors
    /// Those that the AWS CLI stops at: version 1 needed and ruled out, a
    /// request that cannot be made.
    pub async fn region(&self) -> Result<Option<String>, ImdsError> {
        match self.request(PATH, Expect::Text).await {
            Ok(zone) => {
                let mut zone = String::from_utf8_lossy(&zone).into_owned();
                zone.pop();
                Ok(Some(zone).filter(|region| !region.is_empty()))
            }
            Err(error) if error.is_absence() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
