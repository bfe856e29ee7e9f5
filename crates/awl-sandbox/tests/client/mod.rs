//! A client of the sandbox without a network between.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use awl_catalog::access::{self, Parameter};
use awl_model::Operation;
use awl_protocol::{
    Headers, ParseOptions, SerializeOptions, ServiceError, TimestampPrecision, parse_error,
    parse_response, serialize,
};
use awl_sandbox::{
    Access, AccessFacts, Entropy, Need, Request, Sandbox, Scope, StoreError, Surroundings,
};
use awl_sign::{
    ChunkSigner, Credentials, Identity, Payload, SignableRequest, Signing, SigningTime,
    presign_request, sign_request,
};
use awl_value::{Map, Value, python};

/// Credentials.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl Keys {
    pub(crate) fn new(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: None,
        }
    }

    /// Of an answer's member.
    pub(crate) fn of(value: &Value) -> Self {
        let text = |name| Some(value.get(name)?.as_str()?.to_owned());
        Self {
            id: text("AccessKeyId").unwrap(),
            secret: text("SecretAccessKey").unwrap(),
            token: text("SessionToken"),
        }
    }
}

/// An error, and the status it came with.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    error: Box<ServiceError>,
}

impl Refused {
    pub(crate) fn code(&self) -> &str {
        &self.error.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.error.message
    }
}

/// The sandbox, and the clock of its machine.
pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    now: Arc<AtomicI64>,
}

#[derive(Debug)]
struct Machine {
    now: Arc<AtomicI64>,
    drawn: AtomicU64,
}

impl Entropy for Machine {
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()> {
        for byte in bytes {
            let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
            *byte = (drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
        }
        Ok(())
    }
}

impl Surroundings for Machine {
    fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Facts;

impl AccessFacts for Facts {
    fn managed_policies(&self) -> &str {
        awl_catalog::MANAGED_POLICIES
    }

    fn access(&self, operation: Operation, parameters: &Map, scope: &Scope<'_>) -> Access {
        let mut flat = Vec::new();
        for (name, value) in parameters.iter() {
            flatten(name.to_owned(), value, &mut flat);
        }
        let scope = access::Scope {
            partition: "aws".to_owned(),
            region: scope.region.to_owned(),
            account: scope.account.to_owned(),
        };
        let found = access::access(operation, &flat, &scope);
        match found.free {
            Some(_) => Access::Free,
            None => Access::Needs(
                found
                    .needs
                    .into_iter()
                    .map(|need| Need {
                        action: need.action,
                        resources: need.resources,
                    })
                    .collect(),
            ),
        }
    }
}

fn flatten(path: String, value: &Value, flat: &mut Vec<Parameter>) {
    match value {
        Value::Map(map) => {
            for (key, value) in map.iter() {
                flatten(format!("{path}.{key}"), value, flat);
            }
        }
        Value::List(items) => {
            for item in items {
                flatten(format!("{path}[]"), item, flat);
            }
        }
        Value::Null | Value::Blob(_) => {}
        value => flat.push(Parameter {
            path,
            text: python::str(value),
        }),
    }
}

fn machine() -> (Arc<AtomicI64>, Box<Machine>) {
    let now = Arc::new(AtomicI64::new(1_800_000_000));
    let machine = Machine {
        now: now.clone(),
        drawn: AtomicU64::new(1),
    };
    (now, Box::new(machine))
}

fn started(sandbox: Sandbox, now: Arc<AtomicI64>) -> (Client, Keys) {
    let admin = sandbox.administrator().unwrap().unwrap();
    let keys = Keys::new(&admin.access_key_id, &admin.secret_access_key);
    (Client { sandbox, now }, keys)
}

/// A sandbox of a test's own.
pub(crate) fn place() -> (Client, Keys) {
    let (now, machine) = machine();
    let sandbox = Sandbox::in_memory(awl_catalog::store(), Box::new(Facts), machine).unwrap();
    started(sandbox, now)
}

/// One for tests that change nothing.
pub(crate) fn shared() -> &'static (Client, Keys) {
    static SHARED: LazyLock<(Client, Keys)> = LazyLock::new(place);
    &SHARED
}

/// One whose user `subject` has other policies all the time.
pub(crate) fn enforcing() -> &'static (Client, Keys) {
    static ENFORCING: LazyLock<(Client, Keys)> = LazyLock::new(place);
    &ENFORCING
}

/// A sandbox in a folder.
pub(crate) fn kept_in(folder: &Path) -> (Client, Keys) {
    let client = open(folder).unwrap();
    started(client.sandbox, client.now)
}

pub(crate) fn reopened(folder: &Path) -> Client {
    open(folder).unwrap()
}

pub(crate) fn open(folder: &Path) -> Result<Client, StoreError> {
    let (now, machine) = machine();
    let sandbox = Sandbox::open(folder, awl_catalog::store(), Box::new(Facts), machine)?;
    Ok(Client { sandbox, now })
}

impl Client {
    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The code of a device's seed, some half minutes from now.
    pub(crate) fn code(&self, seed: &str, from_now: i64) -> String {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let bits: BTreeMap<char, u8> = ('A'..='Z').chain('2'..='7').zip(0..).collect();
        let (mut bytes, mut held, mut count) = (Vec::new(), 0_u32, 0);
        for letter in seed.chars() {
            held = held << 5 | u32::from(bits[&letter]);
            count += 5;
            if count >= 8 {
                count -= 8;
                bytes.push((held >> count) as u8);
            }
        }
        let step = self.now.load(Ordering::Relaxed) / 30 + from_now;
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&bytes).unwrap();
        mac.update(&step.to_be_bytes());
        let tag = mac.finalize().into_bytes();
        let at = usize::from(tag[19] & 15);
        let word = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap());
        format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
    }

    /// Makes a request and signs it.
    pub(crate) fn request(
        &self,
        keys: &Keys,
        service: &str,
        operation: &str,
        input: &Map,
    ) -> Request {
        let operation = operation_of(service, operation);
        let made = serialize(
            operation,
            input,
            &mut SerializeOptions {
                protocol: None,
                timestamp_precision: TimestampPrecision::Full,
                streaming_body: false,
                idempotency_token: &mut || "token".to_owned(),
            },
        )
        .unwrap();
        let body = made.body.bytes().unwrap_or_default().to_vec();
        let host = "127.0.0.1:4566";
        let query = made.query.trim_start_matches('?');
        let url = match query {
            "" => format!("http://{host}{}", made.path),
            query => format!("http://{host}{}?{query}", made.path),
        };
        let headers = made.headers.iter();
        let mut signable = SignableRequest {
            method: made.method.into(),
            url,
            headers: headers
                .map(|(name, value)| (name.clone().into_owned(), value.clone()))
                .collect(),
            payload: Payload::Bytes(body.clone().into()),
        };
        let scheme = match operation.service().signing_name() {
            "s3" => awl_sign::Scheme::S3V4,
            _ => awl_sign::Scheme::V4,
        };
        let signing = Signing {
            scheme,
            signing_name: operation.service().signing_name().to_owned(),
            region: "us-east-1".to_owned(),
        };
        let credentials = Credentials::new(&*keys.id, &*keys.secret, keys.token.clone());
        let time = SigningTime::from_epoch_seconds(self.now.load(Ordering::Relaxed));
        let identity = Identity::Credentials(&credentials);
        sign_request(&mut signable, &signing, identity, time).unwrap();
        let mut headers: Vec<(String, String)> = signable
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .collect();
        if !headers.iter().any(|(name, _)| name == "host") {
            headers.push(("host".to_owned(), host.to_owned()));
        }
        Request {
            method: made.method.to_owned(),
            path: made.path.clone(),
            query: query.to_owned(),
            headers,
            body,
            peer: std::net::Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// A request to S3 by a scheme: signed in its headers, or as a URL that
    /// another may use.
    pub(crate) fn to_s3(
        &self,
        keys: &Keys,
        scheme: awl_sign::Scheme,
        is_presigned: bool,
        method: &'static str,
        path: &str,
        body: &[u8],
    ) -> Request {
        let mut signable = SignableRequest {
            method: method.into(),
            url: format!("http://127.0.0.1:4566{path}"),
            headers: vec![("X-Amz-Meta-Own".to_owned(), "value".to_owned())],
            payload: Payload::Bytes(body.to_vec().into()),
        };
        let signing = Signing {
            scheme,
            signing_name: "s3".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let credentials = Credentials::new(&*keys.id, &*keys.secret, keys.token.clone());
        let time = SigningTime::from_epoch_seconds(self.now.load(Ordering::Relaxed));
        let identity = Identity::Credentials(&credentials);
        match is_presigned {
            true => presign_request(&mut signable, &signing, identity, time, 300, &[]).unwrap(),
            false => {
                sign_request(&mut signable, &signing, identity, time).unwrap();
            }
        }
        let target = signable.url.strip_prefix("http://127.0.0.1:4566").unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = signable.headers.iter();
        let host = ("host".to_owned(), "127.0.0.1:4566".to_owned());
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                .filter(|(name, _)| name != "host")
                .chain([host])
                .collect(),
            body: body.to_vec(),
            peer: std::net::Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// What a request is answered: status and body.
    pub(crate) fn answer(&self, request: &Request) -> (u16, String) {
        let reply = self.sandbox.answer(request);
        let body = reply.body.into_bytes().unwrap();
        (reply.status, String::from_utf8_lossy(&body).into_owned())
    }

    /// An upload in signed chunks, the last of which is empty.
    pub(crate) fn upload(&self, keys: &Keys, chunks: &[&[u8]]) -> Request {
        let length: usize = chunks.iter().map(|chunk| chunk.len()).sum();
        let mut signable = SignableRequest {
            method: "PUT".into(),
            url: "http://127.0.0.1:4566/photos/a%20b".to_owned(),
            headers: vec![
                ("Content-Encoding".to_owned(), "aws-chunked".to_owned()),
                (
                    "X-Amz-Decoded-Content-Length".to_owned(),
                    length.to_string(),
                ),
            ],
            payload: Payload::StreamingSigned,
        };
        let signing = Signing {
            scheme: awl_sign::Scheme::S3V4,
            signing_name: "s3".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let credentials = Credentials::new(&*keys.id, &*keys.secret, keys.token.clone());
        let time = SigningTime::from_epoch_seconds(self.now.load(Ordering::Relaxed));
        let identity = Identity::Credentials(&credentials);
        sign_request(&mut signable, &signing, identity, time).unwrap();
        let seed = signable.header("authorization").unwrap();
        let seed = seed.rsplit('=').next().unwrap().to_owned();
        let mut signer = ChunkSigner::new(&credentials, &signing, time, &seed);
        let mut body = Vec::new();
        for chunk in chunks {
            let signature = signer.sign_chunk(chunk);
            body.extend(format!("{:x};chunk-signature={signature}\r\n", chunk.len()).bytes());
            body.extend_from_slice(chunk);
            body.extend(b"\r\n");
        }
        let headers = signable.headers.iter();
        let host = ("host".to_owned(), "127.0.0.1:4566".to_owned());
        Request {
            method: "PUT".to_owned(),
            path: "/photos/a%20b".to_owned(),
            query: String::new(),
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                .filter(|(name, _)| name != "host")
                .chain([host])
                .collect(),
            body,
            peer: std::net::Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// Sends a request, and reads the answer.
    pub(crate) fn send(
        &self,
        service: &str,
        operation: &str,
        request: &Request,
    ) -> Result<Map, Refused> {
        let operation = operation_of(service, operation);
        let reply = self.sandbox.answer(request);
        let headers: Headers = reply
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let options = ParseOptions::default();
        let body = reply.body.into_bytes().unwrap();
        if reply.status < 300 {
            return Ok(parse_response(operation, reply.status, &headers, &body, &options).unwrap());
        }
        let error = parse_error(operation, reply.status, &headers, &body, &options);
        Err(Refused {
            status: reply.status,
            error: Box::new(error.unwrap()),
        })
    }

    pub(crate) fn call(
        &self,
        keys: &Keys,
        service: &str,
        operation: &str,
        input: Map,
    ) -> Result<Map, Refused> {
        let request = self.request(keys, service, operation, &input);
        self.send(service, operation, &request)
    }
}

fn operation_of(service: &str, operation: &str) -> Operation {
    let service = awl_catalog::store().service(service).unwrap();
    service.operation(operation).unwrap()
}
