//! What is fuzzed: a function for each kind of bytes that come from outside.
//! None may panic, hang or overflow the stack, whatever the bytes; some check
//! more. The targets of cargo-fuzz call them, and so does a plain test of the
//! workspace with the seeds in `tests/data/fuzz`.

use std::sync::{Arc, OnceLock};

use awl_endpoint::{Arn, Builtins, Endpoint, apply_host_prefix, join_url, resolve_operation};
use awl_iam::lint::{ActionFacts, Facts, KeyType, ServiceFacts, lint_policy};
use awl_iam::{Policy, PolicyType, Span, batch, messages};
use awl_model::{Node, Operation, Service, Store};
use awl_model_compiler::{Files, compile};
use awl_protocol::event::{EventStreamParser, FrameBuffer};
use awl_protocol::server::{
    Answer, Failure, Incoming, Recipient, Route, Router, parse_request, serialize_error,
    serialize_response,
};
use awl_protocol::{
    Blobs, Headers, ParseOptions, Protocol, SerializeOptions, TimestampPrecision, Timestamps,
    parse_error, parse_response, request_ids, serialize,
};
use awl_sdk::config::{ini, shell_split};
use awl_value::{Map, Value, jmespath::Expression, json};

/// A target's name, and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("arguments", arguments),
    ("decisions", decisions),
    ("endpoints", endpoints),
    ("errors", errors),
    ("events", events),
    ("ini", ini_files),
    ("jmespath", jmespath),
    ("json", json_text),
    ("models", models),
    ("policies", policies),
    ("requests", requests),
    ("responses", responses),
    ("server", server),
    ("signed_requests", signed_requests),
    ("stores", stores),
];

/// JSON that reads reads the same once it is written.
pub fn json_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(value) = json::parse(text) {
        let written = json::to_string(&value);
        let again = json::parse(&written).expect("what was written reads");
        assert_eq!(json::to_string(&again), written);
        let mut pretty = String::new();
        json::write(&value, json::Style::PRETTY, &mut pretty);
        let again = json::parse(&pretty).expect("what was written reads");
        assert_eq!(json::to_string(&again), written);
    }
}

/// One service, for the linter.
struct Buckets;

impl Facts for Buckets {
    fn service(&self, prefix: &str) -> Option<Arc<ServiceFacts>> {
        let action = |name: &str, resource: &str| ActionFacts {
            name: name.to_owned(),
            resources: vec![format!("arn:${{Partition}}:s3:::{resource}")],
            keys: vec!["s3:prefix".to_owned()],
        };
        (prefix == "s3").then(|| {
            Arc::new(ServiceFacts {
                actions: vec![
                    action("GetObject", "${BucketName}/${ObjectName}"),
                    action("ListBucket", "${BucketName}"),
                ],
                keys: vec![("s3:prefix".to_owned(), KeyType::Text)],
            })
        })
    }
}

/// A policy: every place lies within the text, and what is said to stand there
/// does.
pub fn policies(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = messages::parse_denial(text);
    let _ = messages::parse_decoded_message(text);
    let at = |span: Span| {
        text.get(span.start.offset..span.end.offset)
            .expect("places lie between characters")
    };
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(errors) => {
            assert!(!errors.errors().is_empty());
            for error in errors.errors() {
                at(error.span);
            }
            return;
        }
    };
    assert!(policy.size_without_space() <= policy.size());
    for policy_type in PolicyType::ALL {
        for finding in policy.validate(policy_type) {
            at(finding.span);
        }
        for lint in lint_policy(&policy, policy_type, &Buckets) {
            at(lint.span);
            assert!(!lint.reason().is_empty());
        }
    }
    let keys = policy.context_keys();
    for statement in &policy.statements {
        let own = at(statement.span);
        assert!(own.starts_with('{') && own.ends_with('}'));
        let resources = statement.resources.iter();
        let values = statement.actions.values.iter();
        for value in values.chain(resources.flat_map(|resources| &resources.values)) {
            let written = json::parse(at(value.span)).expect("a value is JSON");
            assert_eq!(written.as_str(), Some(value.value.as_str()));
        }
        for condition in &statement.conditions {
            let key = &condition.key.value;
            assert!(keys.iter().any(|known| known.eq_ignore_ascii_case(key)));
        }
    }
}

/// A line of the offline simulator: it has an answer, and a deny of everything
/// more makes it an explicit deny.
pub fn decisions(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let answer = batch::answer(text);
    let decided = answer.get("decision").and_then(Value::as_str);
    assert_eq!(decided.is_some(), answer.get("error").is_none());
    if decided.is_none() {
        return;
    }
    let Ok(Value::Map(mut line)) = json::parse(text) else {
        return;
    };
    let request = line.get("request").expect("what was decided on");
    let action = request.get("action").and_then(Value::as_str);
    if action.is_none_or(|action| action.eq_ignore_ascii_case("sts:GetCallerIdentity")) {
        return;
    }
    let deny = r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;
    let mut policies = match line.get("identityPolicies") {
        Some(Value::List(policies)) => policies.clone(),
        _ => Vec::new(),
    };
    policies.push(json::parse(deny).expect("a policy is JSON"));
    line.insert("identityPolicies", Value::List(policies));
    let answer = batch::answer(&json::to_string(&Value::Map(line)));
    if let Some(decided) = answer.get("decision").and_then(Value::as_str) {
        assert_eq!(decided, "explicitDeny");
    }
}

/// An expression on the first line, a document below.
pub fn jmespath(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (expression, document) = text.split_once('\n').unwrap_or((&text, "null"));
    let Ok(expression) = Expression::compile(expression) else {
        return;
    };
    let _ = expression.syntax_tree();
    if let Ok(document) = json::parse(document) {
        let found = expression
            .search(&document)
            .map_err(|error| error.to_string());
        let owned = expression.search_owned(document);
        let owned = owned.map_err(|error| error.to_string());
        let text = |found: &Result<Value, String>| found.as_ref().map(json::to_string).ok();
        assert_eq!(text(&found), text(&owned));
    }
}

/// The files of a service, with lines of `---` between: its model, paginators,
/// waiters, endpoint rules. What compiles is a store that can be read.
pub fn models(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let stems = [
        "service-2",
        "paginators-1",
        "waiters-2",
        "endpoint-rule-set-1",
    ];
    let mut files = Files::new();
    for (stem, content) in stems.into_iter().zip(text.split("\n---\n")) {
        files.insert(
            format!("test/2020-01-01/{stem}.json"),
            content.as_bytes().to_vec(),
        );
    }
    match compile(&files) {
        Ok(store) => {
            let store = Store::open(store.leak()).expect("the compiler writes stores");
            assert_eq!(store.len(), 1);
            walk(store);
        }
        Err(error) => assert!(error.to_string().contains("test/2020-01-01/")),
    }
}

/// A store that is damaged: each three bytes are a place and what to put there.
/// What begins with the mark of a store is taken for one instead.
pub fn stores(bytes: &[u8]) {
    let damaged = if bytes.starts_with(&awl_model::format::MAGIC) {
        bytes.to_vec()
    } else {
        let (store, _) = compiled("json").expect("a protocol that is known");
        let mut store = store.to_vec();
        for change in bytes.chunks_exact(3) {
            let place = usize::from(u16::from_le_bytes([change[0], change[1]]));
            let place = place % store.len();
            store[place] = change[2];
        }
        store
    };
    if let Ok(store) = Store::open(damaged.leak()) {
        walk(store);
    }
}

/// A configuration file.
pub fn ini_files(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = shell_split(&text);
    if let Ok(sections) = ini::parse(&text) {
        for section in sections {
            let _ = shell_split(&section.name);
            for (key, value) in &section.entries {
                let _ = ini::nested(value);
                assert!(section.get(key).is_some());
            }
        }
    }
}

/// A signed request: an HTTP message, a command line of curl, a URL, or what a
/// service says of one.
pub fn signed_requests(bytes: &[u8]) {
    let _ = awl_cli::fuzzing::signed_request(bytes);
}

/// The words of an argument, one a line, as shorthand or JSON.
pub fn arguments(bytes: &[u8]) {
    const PLACES: &[(&str, &str, &str)] = &[
        ("cloudwatch", "put-metric-data", "metric-data"),
        ("dynamodb", "put-item", "item"),
        ("ec2", "describe-instances", "filters"),
        ("ec2", "run-instances", "block-device-mappings"),
        ("s3api", "put-bucket-tagging", "tagging"),
        ("ssm", "send-command", "parameters"),
    ];
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.lines().collect();
    for (service, operation, argument) in PLACES {
        let _ = awl_cli::fuzzing::argument(service, operation, argument, &words);
    }
}

/// A bucket and a Region, then an endpoint.
pub fn endpoints(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let (bucket, region, endpoint) = (next(), next(), next());
    let _ = Arn::parse(&bucket);
    let _ = awl_endpoint::is_valid_endpoint_url(&endpoint);
    let _ = awl_endpoint::is_valid_host_label(&bucket, true);
    let _ = awl_endpoint::without_fips(&region);
    let _ = apply_host_prefix(&endpoint, "prefix.");
    let _ = join_url(&endpoint, &bucket, Some("prefix."));
    let store = awl_catalog::store();
    let Some(operation) = store.service("s3").and_then(|s3| s3.operation("GetObject")) else {
        return;
    };
    let mut input = Map::new();
    input.insert("Bucket", Value::from(&*bucket));
    input.insert("Key", Value::from("key"));
    for endpoint in [None, Some(endpoint)] {
        let builtins = Builtins {
            region: Some(region.clone()),
            endpoint,
            ..Builtins::default()
        };
        let found: Result<Endpoint, _> = resolve_operation(
            operation,
            store.partitions(),
            &input,
            &builtins,
            &Map::new(),
        );
        if let Err(error) = found {
            assert!(!error.to_string().is_empty());
        }
    }
}

/// A response: see [`Message`].
pub fn responses(bytes: &[u8]) {
    let Some(message) = Message::read(bytes) else {
        return;
    };
    for (timestamps, blobs) in [
        (Timestamps::Typed, Blobs::Bytes),
        (Timestamps::Wire, Blobs::Wire),
    ] {
        let options = ParseOptions {
            timestamps,
            blobs,
            ..ParseOptions::default()
        };
        for operation in message.service.operations() {
            let _ = parse_response(
                operation,
                message.status,
                &message.headers,
                message.body,
                &options,
            );
        }
    }
    let _ = awl_protocol::xml_root(message.body);
}

/// A response that is an error: see [`Message`].
pub fn errors(bytes: &[u8]) {
    let Some(message) = Message::read(bytes) else {
        return;
    };
    for operation in message.service.operations() {
        let _ = parse_error(
            operation,
            message.status,
            &message.headers,
            message.body,
            &ParseOptions::default(),
        );
    }
    let _ = request_ids(message.protocol, &message.headers, message.body);
}

/// A stream of events: see [`Message`]. It comes in pieces, too.
pub fn events(bytes: &[u8]) {
    let Some(message) = Message::read(bytes) else {
        return;
    };
    let mut buffer = FrameBuffer::new();
    let mut frames = 0;
    for piece in message.body.chunks(7) {
        buffer.push(piece);
        while let Ok(Some(frame)) = buffer.next_frame() {
            frames += 1;
            assert!(frames <= message.body.len());
            assert!(!frame.encode().is_empty());
        }
    }
    let Some(operation) = message.service.operation("Stream") else {
        return;
    };
    let options = ParseOptions::default();
    if let Ok(Some(mut parser)) = EventStreamParser::new(operation, &options) {
        parser.push(message.body);
        while let Ok(Some(_)) = parser.next_event() {}
    }
}

/// Parameters as JSON, in the form of a [`Message`].
pub fn requests(bytes: &[u8]) {
    let Some(message) = Message::read(bytes) else {
        return;
    };
    let text = String::from_utf8_lossy(message.body);
    let Ok(Value::Map(parameters)) = json::parse(&text) else {
        return;
    };
    for operation in message.service.operations() {
        let mut options = SerializeOptions {
            protocol: None,
            timestamp_precision: TimestampPrecision::Legacy,
            streaming_body: false,
            idempotency_token: &mut || "token".to_owned(),
        };
        let _ = serialize(operation, &parameters, &mut options);
    }
}

/// A protocol, a method and a target on the first line, then as [`Message`]: what
/// came to a service. What can be read can be answered with.
pub fn server(bytes: &[u8]) {
    let Some(end) = bytes.windows(2).position(|window| window == b"\n\n") else {
        return;
    };
    let Ok(head) = std::str::from_utf8(&bytes[..end]) else {
        return;
    };
    let mut lines = head.split('\n');
    let first = lines.next().unwrap_or_default();
    let mut words = first.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    let (protocol, method, target) = (word(), word(), word());
    let Some(service) = service(protocol) else {
        return;
    };
    let headers: Headers = lines.filter_map(|line| line.split_once(": ")).collect();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = Incoming {
        method,
        path,
        query,
        headers: &headers,
        body: &bytes[end + 2..],
    };
    let answer = Answer {
        request_id: "id",
        host_id: None,
    };
    let routed = Router::new(service).route(&request);
    if let Err(error) = &routed {
        let recipient = Recipient::guess(&request, Some(service));
        let failure = Failure::of_route(error, recipient.protocol());
        let response = serialize_error(recipient, &failure, answer);
        assert!((400..500).contains(&response.status));
    }
    // The body is read as that of every other operation, too.
    let others = service.operations().filter_map(Route::of);
    for route in others.chain(routed) {
        match parse_request(&route, &request) {
            Ok(input) => {
                let same = route.operation.name() == "Show";
                let response = serialize_response(&route, &input, answer);
                assert!(!same || response.is_ok(), "what was read is written");
            }
            Err(error) => {
                let recipient = Recipient::of(&route);
                let failure = Failure::of_request(&error, recipient);
                let response = serialize_error(recipient, &failure, answer);
                assert!((400..500).contains(&response.status));
            }
        }
        let events = EventStreamParser::of_request(route.operation, route.protocol);
        if let Some(mut parser) = events {
            parser.push(request.body);
            while let Ok(Some(_)) = parser.next_event() {}
        }
    }
}

/// A protocol and a status on the first line, headers, an empty line, a body.
struct Message<'a> {
    protocol: Protocol,
    service: Service,
    status: u16,
    headers: Headers,
    body: &'a [u8],
}

impl<'a> Message<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|window| window == b"\n\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split('\n');
        let (protocol, status) = lines.next()?.split_once(' ')?;
        let headers = lines.filter_map(|line| line.split_once(": ")).collect();
        Some(Self {
            protocol: Protocol::parse(protocol)?,
            service: service(protocol)?,
            status: status.parse().ok()?,
            headers,
            body: &bytes[end + 2..],
        })
    }
}

/// The service of [`MODEL`] in a protocol.
fn service(protocol: &str) -> Option<Service> {
    let (_, store) = compiled(protocol)?;
    store.service("test")
}

/// [`MODEL`] compiled, once for each protocol: its bytes, and the store.
fn compiled(protocol: &str) -> Option<(&'static [u8], Store)> {
    type Compiled = (&'static str, &'static [u8], Store);
    static STORES: OnceLock<Vec<Compiled>> = OnceLock::new();
    const PROTOCOLS: [&str; 6] = [
        "json",
        "rest-json",
        "rest-xml",
        "query",
        "ec2",
        "smithy-rpc-v2-cbor",
    ];
    let stores = STORES.get_or_init(|| {
        let compiled = PROTOCOLS.map(|protocol| {
            let mut files = Files::new();
            let model = MODEL.replace("PROTOCOL", protocol);
            files.insert(
                "test/2020-01-01/service-2.json".to_owned(),
                model.into_bytes(),
            );
            let bytes = &*compile(&files).expect("the model is one").leak();
            let store = Store::open(bytes).expect("the compiler writes stores");
            (protocol, bytes, store)
        });
        compiled.to_vec()
    });
    let (_, bytes, store) = stores.iter().find(|(name, ..)| *name == protocol)?;
    Some((bytes, *store))
}

/// Reads all of a store that can be reached, within reason.
fn walk(store: Store) {
    let mut budget = 20_000_u32;
    for service in store.services().take(4) {
        let _ = (service.name(), service.service_id(), service.protocol());
        for node in [
            service.metadata(),
            service.paginators(),
            service.waiters(),
            service.endpoint_rules(),
        ] {
            walk_node(node, 40, &mut budget);
        }
        for operation in service.operations().take(40) {
            let found = service.operation_by_cli_name(operation.cli_name());
            let _ = found.map(Operation::name);
            let _ = (
                operation.streaming_output(),
                operation.event_stream_output(),
            );
            walk_node(operation.traits(), 40, &mut budget);
            let _ = operation.errors().take(40).count();
        }
        for shape in service.shapes().take(200) {
            let _ = (shape.kind(), shape.error_code(), shape.timestamp_format());
            walk_node(shape.traits(), 40, &mut budget);
            for member in shape.members().take(60) {
                let _ = (member.name(), member.wire_name(), member.location());
                let _ = member.shape().kind();
                walk_node(member.traits(), 40, &mut budget);
            }
            let _ = (shape.list_member(), shape.map_key(), shape.map_value());
            let _ = shape.required().take(60).count() + shape.enum_values().take(60).count();
        }
    }
}

fn walk_node(node: Node, depth: u32, budget: &mut u32) {
    if depth == 0 || *budget == 0 {
        return;
    }
    *budget -= 1;
    let _ = (
        node.as_str(),
        node.as_int(),
        node.as_float(),
        node.as_bool(),
    );
    for item in node.items().take(60) {
        walk_node(item, depth - 1, budget);
    }
    for (_, value) in node.entries().take(60) {
        walk_node(value, depth - 1, budget);
    }
}

/// Shapes of every kind, in every place that a protocol knows.
const MODEL: &str = r#"{
    "metadata": {
        "protocol": "PROTOCOL", "serviceId": "Test", "jsonVersion": "1.1", "targetPrefix": "Test",
        "endpointPrefix": "test", "xmlNamespace": "https://test.example/"
    },
    "operations": {
        "Get": {
            "name": "Get",
            "http": {"method": "POST", "requestUri": "/{Name}/{Path+}?x=1"},
            "input": {"shape": "GetInput"},
            "output": {"shape": "GetOutput", "resultWrapper": "GetResult"},
            "errors": [{"shape": "Wrong"}]
        },
        "Load": {
            "name": "Load",
            "http": {"method": "GET", "requestUri": "/load"},
            "output": {"shape": "LoadOutput"}
        },
        "Show": {
            "name": "Show",
            "http": {"method": "GET", "requestUri": "/show"},
            "input": {"shape": "ShowBoth"},
            "output": {"shape": "ShowBoth"}
        },
        "Stream": {
            "name": "Stream",
            "http": {"method": "POST", "requestUri": "/stream"},
            "output": {"shape": "StreamOutput"}
        },
        "Talk": {
            "name": "Talk",
            "http": {"method": "POST", "requestUri": "/talk"},
            "input": {"shape": "StreamOutput"}
        }
    },
    "shapes": {
        "GetInput": {
            "type": "structure",
            "required": ["Name"],
            "members": {
                "Name": {"shape": "Text", "location": "uri", "locationName": "Name"},
                "Path": {"shape": "Text", "location": "uri", "locationName": "Path"},
                "Query": {"shape": "Texts", "location": "querystring", "locationName": "q"},
                "Header": {"shape": "AtHeader", "location": "header", "locationName": "x-at"},
                "Json": {"shape": "Text", "location": "header", "locationName": "x-json", "jsonvalue": true},
                "Prefixed": {"shape": "ByName", "location": "headers", "locationName": "x-any-"},
                "All": {"shape": "All"}
            }
        },
        "GetOutput": {
            "type": "structure",
            "members": {
                "Status": {"shape": "Count", "location": "statusCode"},
                "Header": {"shape": "AtHeader", "location": "header", "locationName": "x-at"},
                "List": {"shape": "Texts", "location": "header", "locationName": "x-list"},
                "Number": {"shape": "Big", "location": "header", "locationName": "x-number"},
                "Json": {"shape": "Text", "location": "header", "locationName": "x-json", "jsonvalue": true},
                "Prefixed": {"shape": "ByName", "location": "headers", "locationName": "x-any-"},
                "All": {"shape": "All"}
            }
        },
        "All": {
            "type": "structure",
            "members": {
                "Flag": {"shape": "Flag"}, "Count": {"shape": "Count"}, "Big": {"shape": "Big"},
                "Ratio": {"shape": "Ratio"}, "Small": {"shape": "Small"}, "Text": {"shape": "Text"},
                "Data": {"shape": "Data"}, "At": {"shape": "At"}, "AtHeader": {"shape": "AtHeader"},
                "AtUnix": {"shape": "AtUnix"}, "Texts": {"shape": "Texts"},
                "Flat": {"shape": "Flat", "locationName": "flat"}, "ByName": {"shape": "ByName"},
                "FlatByName": {"shape": "FlatByName"}, "Choice": {"shape": "Choice"},
                "Inner": {"shape": "All"}, "Inners": {"shape": "Alls"}, "Open": {"shape": "Open"},
                "Attribute": {"shape": "Text", "xmlAttribute": true, "locationName": "xsi:type"}
            }
        },
        "LoadOutput": {
            "type": "structure",
            "members": {
                "Length": {"shape": "Big", "location": "header", "locationName": "Content-Length"},
                "Body": {"shape": "Data"}
            },
            "payload": "Body"
        },
        "ShowBoth": {
            "type": "structure",
            "members": {"Choice": {"shape": "Choice", "xmlNamespace": {"uri": "https://test.example/"}}},
            "payload": "Choice"
        },
        "StreamOutput": {
            "type": "structure",
            "members": {"Events": {"shape": "Events"}, "Text": {"shape": "Text"}},
            "payload": "Events"
        },
        "Events": {
            "type": "structure",
            "eventstream": true,
            "members": {
                "Data": {"shape": "DataEvent"}, "All": {"shape": "AllEvent"}, "Wrong": {"shape": "Wrong"}
            }
        },
        "DataEvent": {
            "type": "structure",
            "event": true,
            "members": {
                "Payload": {"shape": "Data", "eventpayload": true},
                "Number": {"shape": "Count", "eventheader": true},
                "When": {"shape": "At", "eventheader": true}
            }
        },
        "AllEvent": {"type": "structure", "event": true, "members": {"All": {"shape": "All"}}},
        "Wrong": {
            "type": "structure",
            "members": {"message": {"shape": "Text"}, "Inner": {"shape": "All"}},
            "error": {"code": "Wrong", "httpStatusCode": 400},
            "exception": true
        },
        "Choice": {
            "type": "structure", "union": true,
            "members": {"Text": {"shape": "Text"}, "Count": {"shape": "Count"}, "Texts": {"shape": "Texts"}}
        },
        "Alls": {"type": "list", "member": {"shape": "All", "locationName": "item"}},
        "At": {"type": "timestamp"},
        "AtHeader": {"type": "timestamp", "timestampFormat": "rfc822"},
        "AtUnix": {"type": "timestamp", "timestampFormat": "unixTimestamp"},
        "Big": {"type": "long"},
        "ByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Count": {"type": "integer"},
        "Data": {"type": "blob"},
        "Flag": {"type": "boolean"},
        "Flat": {"type": "list", "member": {"shape": "Text"}, "flattened": true},
        "FlatByName": {
            "type": "map", "flattened": true,
            "key": {"shape": "Text", "locationName": "k"}, "value": {"shape": "Count", "locationName": "v"}
        },
        "Open": {"type": "structure", "document": true, "members": {}},
        "Ratio": {"type": "double"},
        "Small": {"type": "float"},
        "Text": {"type": "string"},
        "Texts": {"type": "list", "member": {"shape": "Text", "locationName": "t"}}
    }
}"#;
