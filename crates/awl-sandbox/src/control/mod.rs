//! What somebody at this machine may do to the sandbox beyond AWS's own
//! operations: a verb each, with parameters and an answer as JSON. The server
//! takes them at `POST /_awl/control/VERB` (no bucket can be called `_awl`) from
//! whoever shows the [token](Sandbox::control_token).

mod console;
mod exec;
mod export;
mod faults;
mod guests;
mod import;
mod instances;
mod issuer;
mod limits;

use awl_value::{Map, Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) use guests::Guests;

use crate::account::Account;
use crate::{Sandbox, StoreError};

/// The path of the sandbox's own pages and verbs.
pub(crate) const OWN: &str = "/_awl/";
const VERBS: &str = "/_awl/control/";

/// Why a verb was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no such verb.
    #[error("the sandbox has no verb {verb:?}")]
    Verb {
        /// What was asked.
        verb: String,
    },
    /// Something that is named is not there, or may not be.
    #[error("{0}")]
    Refused(String),
    /// The change could not be kept.
    #[error("the sandbox could not keep this")]
    Store(#[from] StoreError),
}

impl ControlError {
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

/// A verb that is carried out.
pub(crate) struct Order<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) account: &'a mut Account,
    pub(crate) parameters: &'a Map,
    pub(crate) now: i64,
}

impl Order<'_> {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)?.as_str()
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&str, ControlError> {
        let text = self.text(name);
        text.ok_or_else(|| ControlError::refused(format!("{name} is missing")))
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.parameters.get(name)?.as_int()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.parameters.get(name).and_then(Value::as_bool) == Some(true)
    }
}

impl Sandbox {
    /// What opens the control channel: made anew at each start.
    #[must_use]
    pub fn control_token(&self) -> &str {
        &self.control
    }

    /// Carries out a verb.
    ///
    /// # Errors
    /// See [`ControlError`]. Nothing is changed then.
    pub fn control(&self, verb: &str, parameters: &Map) -> Result<Map, ControlError> {
        if verb == "certificate" {
            // Without the lock: it may have to be made.
            return instances::certificate(self);
        }
        let mut account = self.account();
        let mut order = Order {
            sandbox: self,
            account: &mut account,
            parameters,
            now: self.now(),
        };
        let answer = match verb {
            "ping" => {
                let mut answer = Map::new();
                answer.push("Account", order.account.id.as_str().into());
                answer
            }
            "export-identities" => export::identities(&mut order)?,
            "join" => guests::join(&order)?,
            "leave" => guests::leave(&order)?,
            "import-device" => import::device(&mut order)?,
            "import-key" => import::key(&mut order)?,
            "import-policy" => import::policy(&mut order)?,
            "console" => console::address(&order),
            "mfa-code" => console::code(&order)?,
            "credentials" => exec::credentials(&mut order)?,
            "instance" => instances::instance(&mut order)?,
            "instance-event" => instances::event(&mut order)?,
            "task" => instances::task(&order)?,
            "limit.set" => limits::set(&mut order)?,
            "limit.list" => limits::list(&order),
            "limit.remove" => limits::remove(&mut order)?,
            "limit.documented" => limits::documented(&mut order)?,
            "fault.add" => faults::add(&mut order)?,
            "fault.list" => faults::list(&order),
            "fault.remove" => faults::remove(&mut order)?,
            "web-identity" => issuer::token(&mut order)?,
            "oidc.keys" => issuer::keys(&mut order)?,
            "oidc.set" => issuer::set_keys(&mut order)?,
            "clock" => faults::clock(&mut order)?,
            "expire" => faults::expire(&mut order)?,
            _ => {
                let verb = verb.to_owned();
                return Err(ControlError::Verb { verb });
            }
        };
        let changes = account.changes();
        self.keep(&changes)?;
        Ok(answer)
    }

    /// Answers a request for a path under [`OWN`]: status and JSON.
    pub(crate) fn own(
        &self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> (u16, Map) {
        if let Some(answer) = self.task(method, path, authorization) {
            return answer;
        }
        let Some(verb) = path.strip_prefix(VERBS) else {
            return (404, said("there is no such page"));
        };
        let token = authorization.and_then(|own| own.strip_prefix("Bearer "));
        let known = token.is_some_and(|token| {
            // Of digests: how long it takes says nothing of the token.
            Sha256::digest(token) == Sha256::digest(&self.control)
        });
        if !known {
            return (401, said("the token is not this sandbox's"));
        }
        if method != "POST" {
            return (405, said("verbs are sent by POST"));
        }
        let parameters = std::str::from_utf8(body)
            .ok()
            .filter(|text| !text.trim().is_empty())
            .map_or(Some(Value::Map(Map::new())), |text| json::parse(text).ok());
        let Some(Value::Map(parameters)) = parameters else {
            return (400, said("the parameters are no JSON object"));
        };
        match self.control(verb, &parameters) {
            Ok(answer) => (200, answer),
            Err(error) => {
                let status = match error {
                    ControlError::Verb { .. } => 404,
                    ControlError::Refused(_) => 400,
                    ControlError::Store(_) => 500,
                };
                (status, said(&error.to_string()))
            }
        }
    }
}

/// The service and operation that parameters name, as the models call them:
/// operations may be written as commands are.
fn operation_of(order: &Order<'_>) -> Result<(Option<String>, Option<String>), ControlError> {
    let Some(service) = order.text("service") else {
        return match order.text("operation") {
            Some(_) => Err(ControlError::refused("an operation is one of a service")),
            None => Ok((None, None)),
        };
    };
    let name = match service {
        "s3api" => "s3",
        name => name,
    };
    let service = order.sandbox.models().service(name);
    let service =
        service.ok_or_else(|| ControlError::refused(format!("there is no service {name}")))?;
    let Some(operation) = order.text("operation") else {
        return Ok((Some(service.name().to_owned()), None));
    };
    let found = service
        .operation(operation)
        .or_else(|| service.operation_by_cli_name(operation));
    match found {
        Some(found) => Ok((
            Some(service.name().to_owned()),
            Some(found.name().to_owned()),
        )),
        None => Err(ControlError::refused(format!(
            "{name} has no operation {operation}"
        ))),
    }
}

fn said(message: &str) -> Map {
    let mut map = Map::with_capacity(1);
    map.push("message", message.into());
    map
}
