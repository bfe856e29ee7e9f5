//! The front door: every request is read, its signature verified, its caller
//! found, its parameters checked and policies asked, before a service sees it.

mod authenticate;
mod authorize;
mod context;
mod refusal;
mod validate;

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use awl_iam::Context;
use awl_model::{Operation, Store as Models};
use awl_protocol::server::{
    Answer, Directory, Failure, Hint, Incoming, Recipient, Response, Route, RouteError,
    bucket_in_host, parse_request, serialize_error, serialize_response,
};
use awl_protocol::{Body, Headers};
use awl_sign::{Presented, Received};
use awl_value::{Map, Value};

use crate::account::{AccessKey, Account, Identity, Kind};
use crate::caller::Caller;
use crate::log::{Log, LogEntry};
use crate::record::Secret;
use crate::seal::Seal;
use crate::store::{Change, Store};
use crate::{AccessFacts, StoreError, Surroundings, iam, ids, sts};

pub(crate) use authorize::MESSAGE;
use refusal::Distrust;
pub(crate) use refusal::Family;

/// The account's number, until one is asked for.
const ACCOUNT: &str = "123456789012";

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path of the request line, still encoded.
    pub path: String,
    /// The query of the request line, without `?`.
    pub query: String,
    /// The headers, `Host` included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Where it comes from.
    pub peer: IpAddr,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, without those of HTTP itself.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The credentials of the first administrator.
#[derive(Clone)]
pub struct Administrator {
    /// The user's name.
    pub user: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: String,
}

impl std::fmt::Debug for Administrator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Administrator");
        shown.field("user", &self.user);
        shown.field("access_key_id", &self.access_key_id);
        shown.finish_non_exhaustive()
    }
}

/// A local AWS.
#[derive(Debug)]
pub struct Sandbox {
    directory: Directory,
    facts: Box<dyn AccessFacts>,
    surroundings: Box<dyn Surroundings>,
    account: Mutex<Account>,
    store: Store,
    log: Log,
    pub(crate) control: String,
    pub(crate) sessions: Seal,
    pub(crate) messages: Seal,
}

/// What a service is asked.
pub(crate) struct Call<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) account: &'a mut Account,
    pub(crate) caller: &'a Caller,
    pub(crate) operation: Operation,
    pub(crate) parameters: Parameters<'a>,
    pub(crate) now: i64,
    /// When a code of an MFA device came with the call.
    pub(crate) authenticated: Option<i64>,
}

/// The parameters of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters<'a>(pub(crate) &'a Map);

/// What a service answers; None where it does not emulate the operation.
pub(crate) type Outcome = Result<Option<Map>, Failure>;

impl<'a> Parameters<'a> {
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    pub(crate) fn list(self, name: &str) -> &'a [Value] {
        let list = self.0.get(name).and_then(Value::as_list);
        list.unwrap_or_default()
    }

    pub(crate) fn texts(self, name: &str) -> Vec<String> {
        let texts = self.list(name).iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }

    pub(crate) fn int(self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_int()
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }
}

impl Call<'_> {
    /// A failure of the operation: with the status of the model's error, where it
    /// has one under this code.
    pub(crate) fn failure(&self, code: &'static str, message: impl Into<String>) -> Failure {
        Failure::named(self.operation, code, message)
    }
}

impl Sandbox {
    /// Opens the state in a folder, which is made where it is not there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(
        folder: &Path,
        models: Models,
        facts: Box<dyn AccessFacts>,
        surroundings: Box<dyn Surroundings>,
    ) -> Result<Self, StoreError> {
        let store = Store::open(folder, &*surroundings)?;
        Self::with(store, Log::open(folder)?, models, facts, surroundings)
    }

    /// A sandbox that leaves nothing behind.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn in_memory(
        models: Models,
        facts: Box<dyn AccessFacts>,
        surroundings: Box<dyn Surroundings>,
    ) -> Result<Self, StoreError> {
        let store = Store::in_memory(&*surroundings)?;
        Self::with(store, Log::in_memory(), models, facts, surroundings)
    }

    fn with(
        store: Store,
        log: Log,
        models: Models,
        facts: Box<dyn AccessFacts>,
        surroundings: Box<dyn Surroundings>,
    ) -> Result<Self, StoreError> {
        let mut account = Account::new(ACCOUNT);
        for (name, value) in store.load()? {
            if !account.take(&name, &value) {
                return Err(StoreError::Record { name });
            }
        }
        let mut control = [0; 24];
        surroundings.fill(&mut control)?;
        Ok(Self {
            directory: Directory::new(models),
            facts,
            account: Mutex::new(account),
            sessions: store.seal_for("sessions"),
            control: crate::seal::message(&control),
            messages: store.seal_for("messages"),
            store,
            log,
            surroundings,
        })
    }

    /// The account's number.
    #[must_use]
    pub fn account_id(&self) -> String {
        self.account().id.clone()
    }

    /// The administrator `admin`, who is made where the account has no users yet,
    /// with its first active key. None where there is no such user or its keys are
    /// inactive.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn administrator(&self) -> Result<Option<Administrator>, StoreError> {
        let mut account = self.account();
        let key = self.administrators_key(&mut account);
        let changes = account.changes();
        self.keep(&changes)?;
        Ok(key.map(|key| Administrator {
            user: key.user,
            access_key_id: key.id,
            secret_access_key: key.secret.expose().to_owned(),
        }))
    }

    pub(crate) fn administrators_key(&self, account: &mut Account) -> Option<AccessKey> {
        const NAME: &str = "admin";
        let now = self.now();
        if account.identities(Kind::User).next().is_none() {
            let mut user = Identity::new(Kind::User, NAME, "/", now, self.entropy());
            user.attached
                .push("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
            account.put(user);
        }
        account.identity(Kind::User, NAME)?;
        self.active_key(account, NAME)
    }

    /// A user's first active key, which is made where it has none and may have
    /// another.
    pub(crate) fn active_key(&self, account: &mut Account, user: &str) -> Option<AccessKey> {
        let known: Vec<_> = account.keys_of(user).cloned().collect();
        let count = known.len();
        if let Some(key) = known.into_iter().find(|key| !key.inactive) {
            return Some(key);
        }
        if count >= iam::KEYS_PER_USER {
            return None;
        }
        let key = self.new_key(account, user, self.now());
        account.put_key(key.clone());
        Some(key)
    }

    /// Whether an access key is known.
    #[must_use]
    pub fn knows_key(&self, access_key_id: &str) -> bool {
        self.account().key(access_key_id).is_some()
    }

    /// The latest requests, the oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<LogEntry> {
        self.log.entries()
    }

    pub(crate) fn entropy(&self) -> &dyn crate::Entropy {
        &*self.surroundings
    }

    pub(crate) fn new_key(&self, account: &Account, user: &str, now: i64) -> AccessKey {
        AccessKey {
            id: ids::access_key_id("AKIA", &account.id, self.entropy()),
            secret: Secret::new(ids::secret_access_key(self.entropy())),
            user: user.to_owned(),
            created: now,
            inactive: false,
            last_used: None,
            last_service: None,
            last_region: None,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.surroundings.now()
    }

    /// Writes changes: they are on the disk when this returns.
    pub(crate) fn keep(&self, changes: &[Change]) -> Result<(), StoreError> {
        self.store.commit(changes, self.entropy())
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        // Each change is whole before the lock is given back.
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Reply {
        let request_id = ids::request_id(self.entropy());
        let headers: Headers = request
            .headers
            .iter()
            .map(|(name, value)| (&**name, value))
            .collect();
        let mut visit = Visit {
            request,
            headers: &headers,
            now: self.surroundings.now(),
            path: request.path.clone(),
            entry: LogEntry {
                request_id: request_id.clone(),
                source: Some(request.peer),
                user_agent: headers.get("user-agent").map(str::to_owned),
                ..LogEntry::default()
            },
        };
        visit.entry.time = visit.now;
        let host_id = crate::seal::token(&ids::random::<24>(self.entropy()));
        let answer = Answer {
            request_id: &request_id,
            host_id: Some(&host_id),
        };
        let response = match self.visit(&mut visit, answer) {
            Ok(response) => response,
            Err((recipient, failure)) => {
                visit.entry.error = Some(failure.code.clone().into_owned());
                serialize_error(recipient, &failure, answer)
            }
        };
        visit.entry.status = response.status;
        self.log.add(visit.entry);
        Reply {
            status: response.status,
            headers: response
                .headers
                .into_iter()
                .map(|(name, value)| (name.into_owned(), value))
                .collect(),
            body: match response.body {
                Body::Bytes(bytes) => bytes,
                _ => Vec::new(),
            },
        }
    }

    fn visit(
        &self,
        visit: &mut Visit<'_>,
        answer: Answer<'_>,
    ) -> Result<Response, (Recipient, Failure)> {
        let received = visit.received();
        let presented = Presented::find(&received);
        let name = presented.as_ref().ok().map(|own| own.signing_name.clone());
        if matches!(name.as_deref(), Some("s3" | "s3express"))
            && let Some(bucket) = visit
                .headers
                .get("host")
                .and_then(|host| bucket_in_host(host, &["localhost"]))
        {
            visit.path = format!("/{bucket}{}", visit.path);
        }
        let incoming = visit.incoming(&visit.request.body);
        let hint = name.as_deref().map(Hint::signed_for).unwrap_or_default();
        let route = self.directory.route(&incoming, hint);
        let service = match &route {
            Ok(route) => Some(route.operation.service()),
            Err(_) => name
                .as_deref()
                .and_then(|name| Some(self.directory.router(name)?.service())),
        };
        let recipient = match &route {
            Ok(route) => Recipient::of(route),
            Err(_) => Recipient::guess(&incoming, service),
        };
        let family = Family::of(recipient.protocol(), service);
        let now = visit.now;
        let refused = |distrust: &Distrust, presented: Option<&Presented>| {
            (recipient, family.distrusted(distrust, presented, now))
        };
        if let Ok(route) = &route {
            visit.entry.service = Some(route.operation.service().name());
            visit.entry.operation = Some(route.operation.name());
        }
        let presented = presented.map_err(|error| refused(&Distrust::Signature(error), None))?;
        visit.entry.region = Some(presented.region.clone());
        visit.entry.access_key_id = Some(presented.access_key_id.clone());
        let mut account = self.account();
        let (caller, body) = self
            .authenticate(visit, &account, &presented)
            .map_err(|distrust| refused(&distrust, Some(&presented)))?;
        visit.entry.principal = Some(caller.principal.arn().to_owned());
        let failed = |failure: Failure| (recipient, failure);
        let route = route
            .map_err(|error: RouteError| failed(Failure::of_route(&error, recipient.protocol())))?;
        let service = route.operation.service();
        if !is_scoped(&presented.signing_name, service.signing_name()) {
            let distrust = Distrust::Scope(service.signing_name());
            return Err(refused(&distrust, Some(&presented)));
        }
        let incoming = visit.incoming(&body);
        let parameters = parse_request(&route, &incoming)
            .map_err(|error| failed(Failure::of_request(&error, recipient)))?;
        check(&route, family, &parameters).map_err(failed)?;
        let region = &presented.region;
        account.used_key(&caller.access_key_id, now, service.name(), region);
        if caller.identity.kind == Kind::Role {
            account.used_role(&caller.identity.name, now, region);
        }
        let outcome = self.serve(
            visit,
            &mut account,
            &caller,
            &route,
            &parameters,
            region,
            family,
        );
        // What a refused call has changed counts too: a code that was used is used.
        let changes = account.changes();
        let kept = self.keep(&changes);
        drop(account);
        kept.map_err(|_| failed(internal()))?;
        let output = outcome.map_err(failed)?;
        let response = serialize_response(&route, &output, answer);
        response.map_err(|_| failed(internal()))
    }

    /// Asks policies, and then the service.
    #[expect(
        clippy::too_many_arguments,
        reason = "all that is known of the request by then"
    )]
    fn serve(
        &self,
        visit: &mut Visit<'_>,
        account: &mut Account,
        caller: &Caller,
        route: &Route,
        parameters: &Map,
        region: &str,
        family: Family,
    ) -> Result<Map, Failure> {
        let operation = route.operation;
        let service = operation.service();
        session_may(caller, operation)?;
        let mut call = Call {
            sandbox: self,
            account,
            caller,
            operation,
            parameters: Parameters(parameters),
            now: visit.now,
            authenticated: None,
        };
        if service.name() == "sts" {
            call.authenticated = sts::authenticate(&mut call)?;
        }
        let mut context = Context::new();
        self.fill(&mut context, visit, &call, region);
        let denied = self.authorize(visit, &call, &context, region, family);
        denied?;
        if call.parameters.flag("DryRun") == Some(true) && service.protocol() == "ec2" {
            return Err(
                Failure::new("DryRunOperation", awl_iam::messages::DRY_RUN).with_status(412)
            );
        }
        let outcome = match service.name() {
            "sts" => sts::call(&mut call)?,
            "iam" => iam::call(&mut call)?,
            _ => None,
        };
        outcome.ok_or_else(|| {
            let message = format!(
                "The sandbox does not emulate {} of {}. The request was authenticated, validated \
                 and authorized.",
                operation.name(),
                service.service_id(),
            );
            Failure::new("NotImplemented", message).with_status(501)
        })
    }
}

/// A request on its way through the door.
struct Visit<'a> {
    request: &'a Request,
    headers: &'a Headers,
    now: i64,
    /// The path with the bucket that the host names.
    path: String,
    entry: LogEntry,
}

impl Visit<'_> {
    fn received(&self) -> Received<'_> {
        Received {
            method: &self.request.method,
            path: &self.request.path,
            query: &self.request.query,
            headers: &self.request.headers,
        }
    }

    fn incoming<'b>(&'b self, body: &'b [u8]) -> Incoming<'b> {
        Incoming {
            method: &self.request.method,
            path: &self.path,
            query: &self.request.query,
            headers: self.headers,
            body,
        }
    }
}

/// Whether a signature for one name is good for a service of another: S3 has
/// several.
fn is_scoped(signed: &str, own: &str) -> bool {
    let s3 = |name: &str| {
        matches!(
            name,
            "s3" | "s3express" | "s3-outposts" | "s3-object-lambda"
        )
    };
    signed == own || s3(signed) && s3(own)
}

/// Checks parameters against the model.
fn check(route: &Route, family: Family, parameters: &Map) -> Result<(), Failure> {
    let Some(shape) = route.operation.input() else {
        return Ok(());
    };
    // A payload that is not there is an empty one.
    let streamed = route
        .operation
        .streaming_input()
        .map(awl_model::Member::name);
    if family == Family::Ec2
        && let Some(name) = validate::missing(shape, parameters)
    {
        let message = format!("The request must contain the parameter {name}");
        return Err(Failure::new("MissingParameter", message));
    }
    let fault = match streamed {
        Some(name) if !parameters.contains_key(name) => {
            let mut filled = parameters.clone();
            filled.insert(name, Value::Blob(Vec::new()));
            validate::fault(shape, &filled)
        }
        _ => validate::fault(shape, parameters),
    };
    fault.map_or(Ok(()), |message| Err(family.invalid(message)))
}

/// What sessions may not do, whatever policies say.
fn session_may(caller: &Caller, operation: Operation) -> Result<(), Failure> {
    let Some(session) = &caller.session else {
        return Ok(());
    };
    let (service, name) = (operation.service().name(), operation.name());
    let denied = |message: String| Err(Failure::new("AccessDenied", message).with_status(403));
    match (service, &*session.kind, name) {
        ("iam", "user", _) if session.authenticated.is_some() => Ok(()),
        ("iam", "user" | "federated", _) => Err(Failure::new(
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
        )
        .with_status(403)),
        ("sts", _, "GetCallerIdentity") | ("sts", "user", "AssumeRole") => Ok(()),
        ("sts", "user" | "federated", _)
        | ("sts", "role", "GetSessionToken" | "GetFederationToken") => {
            denied(format!("Cannot call {name} with session credentials"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn internal() -> Failure {
    Failure::new(
        "InternalFailure",
        "The sandbox could not keep or write this.",
    )
    .with_status(500)
}
