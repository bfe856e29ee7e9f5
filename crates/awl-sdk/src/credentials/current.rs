//! The credentials that a configuration's clients share, renewed in time.

use std::pin::Pin;
use std::sync::Arc;

use awl_model::Store;
use tokio::sync::Mutex;

use super::{CredentialsError, ResolvedCredentials, resolve};
use crate::config::Config;

/// How many seconds before their end credentials are renewed, if that works.
const ADVISORY: i64 = 15 * 60;
/// How many seconds before their end they must be renewed.
const MANDATORY: i64 = 10 * 60;

/// The place of the credentials that are in use.
#[derive(Debug, Default)]
pub(crate) struct Current(Mutex<Option<Arc<ResolvedCredentials>>>);

/// The credentials to sign with now. Whoever needs them waits for another that
/// is looking for them.
// Parity: botocore/credentials.py, RefreshableCredentials.
pub(crate) fn current(config: &Config, store: Store) -> Pending<'_> {
    // Boxed, since providers are clients of services themselves.
    Box::pin(find(config, store))
}

/// Credentials that are being looked for.
type Pending<'a> =
    Pin<Box<dyn Future<Output = Result<Arc<ResolvedCredentials>, CredentialsError>> + Send + 'a>>;

async fn find(config: &Config, store: Store) -> Result<Arc<ResolvedCredentials>, CredentialsError> {
    if let Some(given) = &config.overrides().credentials {
        return Ok(given.clone());
    }
    let mut slot = config.current_credentials().0.lock().await;
    let now = config.host().epoch().as_secs() as i64;
    let left = |credentials: &ResolvedCredentials| credentials.seconds_left(now);
    if let Some(held) = &*slot
        && left(held).is_none_or(|left| left >= ADVISORY)
    {
        return Ok(held.clone());
    }
    let is_first = slot.is_none();
    match (resolve(config, store).await, &*slot) {
        (Ok(found), _) => {
            if left(&found).is_some_and(|left| left <= 0) {
                return Err(CredentialsError::StillExpired);
            }
            let found = Arc::new(found);
            *slot = Some(found.clone());
            Ok(found)
        }
        (Err(_), Some(held)) if !is_first && left(held).is_some_and(|left| left > MANDATORY) => {
            Ok(held.clone())
        }
        (Err(error), _) => Err(error),
    }
}
