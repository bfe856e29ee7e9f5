//! Sessions of S3 Express: requests to a directory bucket are signed with
//! credentials that are good for that bucket and five minutes.

use std::collections::HashMap;

use awl_model::Operation;
use awl_sign::Credentials;
use awl_value::{Map, Value};
use tokio::sync::Mutex;

use super::redirect::bucket;
use super::{Client, Output};
use crate::Error;
use crate::credentials::CredentialsError;
use crate::handlers::Pending;

/// How many seconds before its end a session is replaced, if that works.
const ADVISORY: i64 = 45;
/// How many seconds before its end a session is of no use.
const MANDATORY: i64 = 10;

/// The sessions of a client, by bucket. Whoever needs one waits for another
/// that is being made.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Debug)]
struct Session {
    credentials: Credentials,
    /// In seconds since the epoch.
    expires: i64,
}

impl Client {
    /// What a call to S3 Express is signed with.
    // Parity: botocore/utils.py, S3ExpressIdentityResolver.
    pub(super) async fn express_credentials(
        &self,
        operation: Operation,
        params: &Map,
    ) -> Result<Credentials, Error> {
        // A session cannot be what a session is asked for with.
        let Some(bucket) = bucket(params).filter(|_| operation.name() != "CreateSession") else {
            return Ok(self.credentials().await?.credentials.clone());
        };
        let mut sessions = self.inner.sessions.0.lock().await;
        let left = |session: &Session| session.expires - self.now();
        if let Some(session) = sessions.get(bucket)
            && left(session) > ADVISORY
        {
            return Ok(session.credentials.clone());
        }
        match self.create_session(bucket).await {
            Ok(session) => {
                let credentials = session.credentials.clone();
                sessions.insert(bucket.to_owned(), session);
                Ok(credentials)
            }
            Err(error) => match sessions.get(bucket) {
                Some(session) if left(session) > MANDATORY => Ok(session.credentials.clone()),
                _ => Err(error),
            },
        }
    }

    fn create_session<'a>(&'a self, bucket: &'a str) -> Pending<'a, Session> {
        Box::pin(async move {
            let mut params = Map::new();
            params.push("Bucket", Value::from(bucket));
            let output = self.call("CreateSession", Value::Map(params)).await?;
            let partial = CredentialsError::Partial {
                provider: "s3express",
                missing: "Credentials",
            };
            Ok(session(&output).ok_or(partial)?)
        })
    }
}

fn session(output: &Output) -> Option<Session> {
    let credentials = output.get("Credentials")?;
    let text = |name: &str| Some(credentials.get(name)?.as_str()?.to_owned());
    let Value::Timestamp(expiration) = credentials.get("Expiration")? else {
        return None;
    };
    Some(Session {
        credentials: Credentials::new(
            text("AccessKeyId")?,
            text("SecretAccessKey")?,
            text("SessionToken"),
        ),
        expires: expiration.micros.div_euclid(1_000_000),
    })
}

#[cfg(test)]
mod tests;
