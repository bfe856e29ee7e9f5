//! The credentials that are served, renewed before they end.

use std::sync::Arc;

use awl_sdk::Config;
use awl_sdk::credentials::{self, CredentialsError, ResolvedCredentials, RoleRequest, assume_role};
use tokio::sync::Mutex;

/// How many seconds before their end credentials are renewed; those that last
/// less than three times as long, in the last third of their time.
const WINDOW: i64 = 15 * 60;
/// How many seconds keys are held that have no end; they may be replaced.
const HOUR: i64 = 3600;

/// Where the credentials come from.
#[derive(Debug)]
pub(crate) struct Source {
    config: Config,
    role: Option<RoleRequest>,
    held: Mutex<Held>,
}

#[derive(Clone, Debug)]
struct Held {
    credentials: Arc<ResolvedCredentials>,
    /// When they were got, in seconds since the epoch.
    since: i64,
}

impl Source {
    /// A source whose credentials are there already: whatever has to be asked
    /// of the user is asked now, and never again.
    pub(crate) async fn open(
        config: &Config,
        role: Option<RoleRequest>,
    ) -> Result<Self, CredentialsError> {
        let credentials = find(config, role.as_ref()).await?;
        let mut overrides = config.overrides().clone();
        overrides.prompter = None;
        let since = config.host().epoch().as_secs() as i64;
        Ok(Self {
            config: config.with_overrides(overrides),
            role,
            held: Mutex::new(Held {
                credentials: Arc::new(credentials),
                since,
            }),
        })
    }

    /// The Region of whoever uses the credentials.
    pub(super) fn region(&self) -> String {
        self.config.region().value
    }

    /// The credentials to use now, and when they are said to end.
    pub(super) async fn current(
        &self,
    ) -> Result<(Arc<ResolvedCredentials>, i64), CredentialsError> {
        let mut held = self.held.lock().await;
        let now = self.config.host().epoch().as_secs() as i64;
        if is_due(held.since, held.end(), now) {
            match find(&self.config, self.role.as_ref()).await {
                Ok(credentials) => {
                    *held = Held {
                        credentials: Arc::new(credentials),
                        since: now,
                    };
                }
                Err(error) if held.end() <= now => return Err(error),
                // They hold for a while; next time may go better.
                Err(_) => {}
            }
        }
        if held.end() <= now {
            return Err(CredentialsError::StillExpired);
        }
        Ok((held.credentials.clone(), held.end()))
    }
}

impl Held {
    fn end(&self) -> i64 {
        self.credentials.expiration.unwrap_or(self.since + HOUR)
    }
}

/// Whether credentials that were got at `since` are to be renewed.
const fn is_due(since: i64, end: i64, now: i64) -> bool {
    let third = (end - since) / 3;
    let window = if third < WINDOW { third } else { WINDOW };
    end - now <= window
}

/// The credentials, looked for anew.
pub(crate) async fn find(
    config: &Config,
    role: Option<&RoleRequest>,
) -> Result<ResolvedCredentials, CredentialsError> {
    let store = awl_catalog::store();
    match role {
        Some(role) => assume_role(config, store, role).await,
        None => credentials::resolve(config, store).await,
    }
}

#[cfg(test)]
mod tests {
    use super::is_due;

    #[test]
    fn credentials_are_renewed_in_time() {
        for (since, end, now, expected) in [
            (0, 43_200, 0, false),
            (0, 43_200, 42_299, false),
            (0, 43_200, 42_300, true),
            (0, 900, 599, false),
            (0, 900, 600, true),
            (0, 0, 0, true),
        ] {
            assert_eq!(is_due(since, end, now), expected, "{since} {end} {now}");
        }
    }
}
