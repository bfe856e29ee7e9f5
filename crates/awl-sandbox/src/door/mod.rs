//! The front door: every request is read, its signature verified, its caller
//! found, its parameters checked and policies asked, before a service sees it.

mod arrival;
mod authenticate;
mod authorize;
mod context;
mod form;
mod message;
mod payload;
mod refusal;
mod services;
mod trouble;
mod validate;

use std::borrow::Cow;
use std::cell::RefCell;
use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use awl_iam::Context;
use awl_model::{Operation, Store as Models};
use awl_protocol::server::{
    Directory, Failure, Response, Route, parse_request, serialize_error, serialize_response,
};
use awl_protocol::{Body, Headers};
use awl_value::{Map, Value};

use crate::account::{AccessKey, Account, Identity, Kind};
use crate::blobs::Blobs;
use crate::caller::Caller;
use crate::content::Content;
use crate::control::Guests;
use crate::log::{Checked, Log, LogEntry};
use crate::page::Page;
use crate::record::Secret;
use crate::seal::Seal;
use crate::store::{Change, Store};
use crate::web_identity::{self, Claims};
use crate::{AccessFacts, Ending, StoreError, Surroundings, iam, ids, imds, s3};

pub use arrival::Arrival;
pub(crate) use arrival::LARGEST_BODY;
use arrival::{Known, Refusal, Visit};
pub(crate) use authorize::of_resource;
pub(crate) use payload::{Data, INLINE, Payload};
use refusal::Distrust;
pub(crate) use refusal::Family;

/// The account's number, until one is asked for.
const ACCOUNT: &str = "123456789012";

/// The name of the administrator that every sandbox begins with.
pub(crate) const ADMINISTRATOR: &str = "admin";

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
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, without those of HTTP itself.
    pub headers: Vec<(String, String)>,
    /// The body. That of an answer to `HEAD` is not sent, but has its length.
    pub body: Content,
    /// How long it is to be kept back.
    pub delay: Duration,
    /// How the connection ends instead, where it does.
    pub ending: Option<Ending>,
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
    models: Models,
    facts: Box<dyn AccessFacts>,
    surroundings: Box<dyn Surroundings>,
    /// Seconds that the clock is ahead of the machine's.
    skew: AtomicI64,
    account: Mutex<Account>,
    pub(crate) store: Store,
    pub(crate) log: Log,
    pub(crate) page: Page,
    pub(crate) blobs: Blobs,
    pub(crate) control: String,
    pub(crate) guests: Guests,
    pub(crate) sessions: Seal,
    pub(crate) messages: Seal,
    /// What the tokens of metadata services and tasks are sealed with.
    pub(crate) metadata: Seal,
    pub(crate) delivered: imds::credentials::Delivered,
    pub(crate) listeners: imds::Listeners,
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
    /// What the token of an identity provider says that came with it.
    pub(crate) claims: Option<&'a Claims>,
    /// The Region of the signature.
    pub(crate) region: &'a str,
    pub(crate) family: Family,
    pub(crate) headers: &'a Headers,
    /// What policies are asked with.
    pub(crate) context: Context,
    /// What they were asked.
    pub(crate) checked: RefCell<Vec<Checked>>,
    /// The body, where it is no parameter.
    pub(crate) payload: &'a mut Payload,
    pub(crate) more: &'a mut More,
}

/// What an answer has beside the output.
#[derive(Debug, Default)]
pub(crate) struct More {
    pub(crate) status: Option<u16>,
    pub(crate) content: Option<Content>,
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
        let kept = (store, Blobs::open(folder)?, Log::open(folder)?);
        Self::with(kept, models, facts, surroundings)
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
        let kept = (store, Blobs::in_memory(), Log::in_memory());
        Self::with(kept, models, facts, surroundings)
    }

    fn with(
        (store, blobs, log): (Store, Blobs, Log),
        models: Models,
        facts: Box<dyn AccessFacts>,
        surroundings: Box<dyn Surroundings>,
    ) -> Result<Self, StoreError> {
        s3::prepare(&store, &blobs)?;
        let mut account = Account::new(ACCOUNT, facts.managed_policies());
        for (name, value) in store.load()? {
            if !account.take(&name, &value) {
                return Err(StoreError::Record { name });
            }
        }
        let mut control = [0; 24];
        surroundings.fill(&mut control)?;
        Ok(Self {
            directory: Directory::new(models),
            models,
            facts,
            skew: AtomicI64::new(account.trouble.skew()),
            account: Mutex::new(account),
            sessions: store.seal_for("sessions"),
            control: crate::seal::message(&control),
            guests: Guests::default(),
            messages: store.seal_for("messages"),
            metadata: store.seal_for("metadata"),
            delivered: imds::credentials::Delivered::default(),
            listeners: imds::Listeners::default(),
            store,
            blobs,
            log,
            page: Page::default(),
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
        let now = self.now();
        if account.identities(Kind::User).next().is_none() {
            let mut user = Identity::new(Kind::User, ADMINISTRATOR, "/", now, self.entropy());
            user.attached
                .push("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
            account.put(user);
        }
        account.identity(Kind::User, ADMINISTRATOR)?;
        self.active_key(account, ADMINISTRATOR)
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

    pub(crate) fn facts(&self) -> &dyn AccessFacts {
        &*self.facts
    }

    pub(crate) const fn models(&self) -> Models {
        self.models
    }

    /// The time by the sandbox's clock, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        let skew = self.skew.load(Ordering::Relaxed);
        self.surroundings.now().saturating_add(skew)
    }

    /// The `Date` of answers, where it is not this machine's.
    pub(crate) fn date(&self) -> Option<String> {
        let is_off = self.skew.load(Ordering::Relaxed) != 0;
        is_off.then(|| awl_protocol::http_date(self.now()))
    }

    pub(crate) fn set_skew(&self, skew: i64) {
        self.skew.store(skew, Ordering::Relaxed);
    }

    pub(crate) fn clock(&self) -> Duration {
        self.surroundings.clock()
    }

    /// Writes changes: they are on the disk when this returns.
    pub(crate) fn keep(&self, changes: &[Change]) -> Result<(), StoreError> {
        self.store.commit(changes, self.entropy())?;
        if !changes.is_empty() {
            self.log.changed();
        }
        Ok(())
    }

    /// Writes what is not written at once: when keys and roles were last used.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn settle(&self) -> Result<(), StoreError> {
        let changes = self.account().uses_noted();
        self.store.commit(&changes, self.entropy())
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        // Each change is whole before the lock is given back.
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request that is there as a whole.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Reply {
        let mut head = Request {
            body: Vec::new(),
            ..request.clone()
        };
        if !head
            .headers
            .iter()
            .any(|(name, _)| name == "content-length")
        {
            let length = request.body.len().to_string();
            head.headers.push(("content-length".to_owned(), length));
        }
        let mut arrival = self.arrive(head);
        arrival.push(self, &request.body);
        arrival.finish(self)
    }

    /// Answers a request whose body has come.
    fn conclude(&self, mut arrival: Arrival, payload: Payload) -> Reply {
        let outcome = match arrival.early.take() {
            Some(Ok(known)) => self.visit(&mut arrival.visit, known, payload),
            Some(Err(refusal)) => Err(refusal),
            None if arrival.is_form => self.form(&mut arrival, &payload),
            None => self
                .recognize(
                    &mut arrival.visit,
                    &arrival.presented,
                    Some(payload.bytes()),
                )
                .and_then(|known| {
                    let payload = self.plain(&arrival, &known, payload)?;
                    self.visit(&mut arrival.visit, known, payload)
                }),
        };
        let visit = &mut arrival.visit;
        let (response, content) = match outcome {
            Ok((response, content)) => (response, content),
            Err((recipient, failure)) => {
                visit.entry.refused(&failure.code, &failure.message);
                (serialize_error(recipient, &failure, visit.answer()), None)
            }
        };
        visit.entry.status = response.status;
        visit.entry.duration = self.clock().saturating_sub(visit.began);
        let (delay, ending) = (visit.delay, visit.ending);
        self.log.add(arrival.visit.entry);
        Reply {
            delay,
            ending,
            status: response.status,
            headers: response
                .headers
                .into_iter()
                .map(|(name, value)| (name.into_owned(), value))
                .collect(),
            body: match (content, response.body) {
                (Some(content), _) => content,
                (None, Body::Bytes(bytes)) => bytes.into(),
                _ => Content::default(),
            },
        }
    }

    /// Answers a form, as it wishes to be.
    fn form(
        &self,
        arrival: &mut Arrival,
        body: &Payload,
    ) -> Result<(Response, Option<Content>), Refusal> {
        let (known, payload, wish) = self.posted(arrival, body.bytes())?;
        let (mut response, content) = self.visit(&mut arrival.visit, known, payload)?;
        let etag = response.header("etag").unwrap_or_default().to_owned();
        wish.fulfil(&mut response, &etag);
        Ok((response, content))
    }

    /// The body of a request to another service than S3, without chunks.
    fn plain(
        &self,
        arrival: &Arrival,
        known: &Known,
        payload: Payload,
    ) -> Result<Payload, Refusal> {
        let (Ok(presented), Some(credentials)) = (&arrival.presented, &known.credentials) else {
            return Ok(payload);
        };
        let visit = &arrival.visit;
        let unframed = self.unframed(visit, presented, credentials, payload.bytes());
        let unframed = match unframed {
            Ok(Cow::Borrowed(_)) => return Ok(payload),
            Ok(Cow::Owned(unframed)) => unframed,
            Err(distrust) => {
                let family = known.family;
                let failure = family.distrusted(&distrust, Some(presented), visit.now);
                return Err((known.recipient, failure));
            }
        };
        Ok(Payload {
            length: unframed.len() as u64,
            data: Data::Bytes(unframed),
            ..payload
        })
    }

    fn visit(
        &self,
        visit: &mut Visit,
        known: Known,
        mut payload: Payload,
    ) -> Result<(Response, Option<Content>), Refusal> {
        let Known {
            route,
            recipient,
            family,
            caller,
            ..
        } = &known;
        let failed = |failure: Failure| (*recipient, failure);
        let service = route.operation.service();
        // What streams is no parameter.
        let streams = service.name() == "s3" && route.operation.streaming_input().is_some();
        let body = if streams { &[] } else { payload.bytes() };
        let parameters = parse_request(route, &visit.incoming(body))
            .map_err(|error| failed(Failure::of_request(&error, *recipient)))?;
        check(route, *family, &parameters).map_err(failed)?;
        s3::prepare_copy(self, route.operation, &parameters, &mut payload);
        let mut account = self.account();
        let region = match &known.region {
            Some(region) => {
                account.used_key(&caller.access_key_id, visit.now, service.name(), region);
                if caller.identity.kind == Kind::Role {
                    account.used_role(&caller.identity.name, visit.now, region);
                }
                region.clone()
            }
            None => "us-east-1".to_owned(),
        };
        let mut more = More::default();
        let outcome = match self.trouble(visit, &mut account, &known, &parameters) {
            Some(failure) => Err(failure),
            None => self.serve(
                visit,
                &mut account,
                &known,
                &parameters,
                &region,
                (&mut payload, &mut more),
            ),
        };
        // What a refused call has changed counts too: a code that was used is used.
        let changes = account.changes();
        let kept = self.keep(&changes);
        drop(account);
        kept.map_err(|_| failed(internal()))?;
        let output = outcome.map_err(failed)?;
        let response = serialize_response(route, &output, visit.answer());
        let mut response = response.map_err(|_| failed(internal()))?;
        if let Some(status) = more.status {
            response.status = status;
        }
        Ok((response, more.content))
    }

    /// Answers a call whose parameters are read.
    fn serve(
        &self,
        visit: &mut Visit,
        account: &mut Account,
        known: &Known,
        parameters: &Map,
        region: &str,
        (payload, more): (&mut Payload, &mut More),
    ) -> Result<Map, Failure> {
        let (operation, caller) = (known.route.operation, &known.caller);
        session_may(caller, operation)?;
        let service = operation.service().name();
        let claims = match (service, operation.name()) {
            ("sts", "AssumeRoleWithWebIdentity") => {
                let parameters = Parameters(parameters);
                let claims = web_identity::verify(account, operation, parameters, visit.now)?;
                visit.entry.principal = Some(claims.provider.clone());
                Some(claims)
            }
            _ => None,
        };
        let federated = claims.as_ref().map(Caller::federated);
        let caller = federated.as_ref().unwrap_or(caller);
        let mut call = Call {
            sandbox: self,
            account,
            caller,
            operation,
            parameters: Parameters(parameters),
            now: visit.now,
            authenticated: None,
            claims: claims.as_ref(),
            region,
            family: known.family,
            headers: &visit.headers,
            context: Context::new(),
            checked: RefCell::new(Vec::new()),
            payload,
            more,
        };
        let outcome = self.attend(visit, &mut call);
        let (context, checked) = (call.context, call.checked.into_inner());
        visit.entry.context = context;
        visit.entry.checked = checked;
        outcome
    }

    /// Asks policies, and then the service.
    fn attend(&self, visit: &Visit, call: &mut Call<'_>) -> Result<Map, Failure> {
        let (operation, region) = (call.operation, call.region);
        let service = operation.service();
        let own = services::of(call);
        (own.prepare)(call)?;
        let mut context = Context::new();
        self.fill(&mut context, visit, call, region);
        (own.fill)(&mut context, call);
        for (key, values) in call.claims.iter().flat_map(|own| own.keys()) {
            match &values[..] {
                [one] => context.insert(&key, &**one),
                _ => context.insert(&key, values),
            }
        }
        call.context = context;
        (own.enter)(call)?;
        let allowed = self.authorize(call, region);
        if allowed.is_err() && call.claims.is_some() {
            // Whoever has no credentials is not told why.
            let message = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
            return Err(Failure::new("AccessDenied", message).with_status(403));
        }
        allowed?;
        (own.check)(call)?;
        if call.parameters.flag("DryRun") == Some(true) && service.protocol() == "ec2" {
            return Err(
                Failure::new("DryRunOperation", awl_iam::messages::DRY_RUN).with_status(412)
            );
        }
        (own.call)(call)?.ok_or_else(|| {
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
        && let Some(message) = validate::unlisted(shape, parameters)
    {
        return Err(family.invalid(message));
    }
    if family == Family::Ec2
        && let Some(name) = validate::missing(shape, parameters)
    {
        let message = format!("The request must contain the parameter {name}");
        return Err(Failure::new("MissingParameter", message));
    }
    if family == Family::S3
        && let Some(failure) = s3::fault(route.operation, parameters)
    {
        return Err(failure);
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
