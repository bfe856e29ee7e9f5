//! What hostile parameters and rule sets may not do: panic, or go on for ever.

use std::time::{Duration, Instant};

use awl_endpoint::{EndpointError, resolve};
use awl_model::{Node, Store, format};
use awl_value::{Map, Value, json};
use proptest::prelude::*;

const MODEL: &str = r#"{"metadata": {"protocol": "json"}, "operations": {}, "shapes": {}}"#;

fn rules(text: &str) -> Node {
    let mut files = awl_model_compiler::Files::new();
    files.insert("test/1/service-2.json".to_owned(), MODEL.into());
    files.insert("test/1/endpoint-rule-set-1.json".to_owned(), text.into());
    let store = awl_test::compile_files(&files);
    store.services().next().expect("it is in").endpoint_rules()
}

fn partitions() -> Node {
    awl_catalog::store().partitions()
}

#[test]
fn rules_nest_only_so_deep() {
    for (depth, fits) in [(50, true), (90, true), (110, false), (300, false)] {
        let text = format!(
            r#"{{"parameters": {{}}, "rules": [{}{{"type": "endpoint", "conditions": [],
                "endpoint": {{"url": "https://deep"}}}}{}]}}"#,
            r#"{"type": "tree", "conditions": [], "rules": ["#.repeat(depth),
            "]}".repeat(depth),
        );
        let found = resolve(rules(&text), partitions(), &Map::new());
        match found {
            Ok(endpoint) => assert!(fits && endpoint.url == "https://deep", "{depth}"),
            Err(error) => assert!(!fits && matches!(error, EndpointError::Rules(_)), "{depth}"),
        }
    }
}

#[test]
fn functions_nest_only_so_deep() {
    let depth = 300;
    let text = format!(
        r#"{{"parameters": {{}}, "rules": [{{"type": "error", "error": "reached",
            "conditions": [{}true{}]}}]}}"#,
        r#"{"fn": "not", "argv": ["#.repeat(depth),
        "]}".repeat(depth),
    );
    let found = resolve(rules(&text), partitions(), &Map::new());
    assert!(matches!(found, Err(EndpointError::Rules(_))), "{found:?}");
}

#[test]
fn shared_rules_are_not_evaluated_for_ever() {
    // Each tree has the one before it twice: 2^60 leaves in a few words.
    let mut store = RawStore::default();
    let (tree, conditions) = (store.string("tree"), store.list(&[]));
    let keys = ["type", "conditions", "rules"].map(|key| store.key(key));
    let empty = store.list(&[]);
    let mut rule = store.object(&[(keys[0], tree), (keys[1], conditions), (keys[2], empty)]);
    for _ in 0..60 {
        let inner = store.list(&[rule, rule]);
        rule = store.object(&[(keys[0], tree), (keys[1], conditions), (keys[2], inner)]);
    }
    let all = store.list(&[rule]);
    let root = store.object(&[(keys[2], all)]);
    let rules = store.open(root);
    let start = Instant::now();
    let found = resolve(rules, partitions(), &Map::new());
    assert!(matches!(found, Err(EndpointError::Rules(_))), "{found:?}");
    // A guard against hanging, not a benchmark.
    assert!(start.elapsed() < Duration::from_secs(60));
}

/// Builds a store word by word, which can do what no compiler would.
#[derive(Default)]
struct RawStore {
    strings: Vec<u8>,
    nodes: Vec<u32>,
}

impl RawStore {
    fn key(&mut self, text: &str) -> u32 {
        let offset = self.strings.len() as u32;
        self.strings.push(text.len() as u8);
        self.strings.extend(text.bytes());
        offset
    }

    fn string(&mut self, text: &str) -> u32 {
        self.key(text) << 3 | format::tag::STRING
    }

    fn list(&mut self, items: &[u32]) -> u32 {
        let index = self.nodes.len() as u32;
        self.nodes.push(items.len() as u32);
        self.nodes.extend(items);
        index << 3 | format::tag::LIST
    }

    fn object(&mut self, entries: &[(u32, u32)]) -> u32 {
        let index = self.nodes.len() as u32;
        self.nodes.push(entries.len() as u32);
        self.nodes
            .extend(entries.iter().flat_map(|(key, value)| [*key, *value]));
        index << 3 | format::tag::OBJECT
    }

    /// The tree at `root`, through a store where it is the partitions.
    fn open(self, root: u32) -> Node {
        let header = format::HEADER_WORDS * 4;
        let mut words = vec![format::VERSION, root];
        let nodes = self.nodes.len() * 4;
        for (offset, length) in [
            (header, self.strings.len()),
            (header + self.strings.len(), nodes),
        ] {
            words.extend([offset as u32, length as u32]);
        }
        words.resize(format::HEADER_WORDS - 1, 0);
        let mut bytes = format::MAGIC.to_vec();
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        bytes.extend(&self.strings);
        bytes.extend(self.nodes.iter().flat_map(|word| word.to_le_bytes()));
        Store::open(bytes.leak())
            .expect("a sound header")
            .partitions()
    }
}

/// Text as parameters have it, or nearly.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,80}",
        "[a-z0-9.-]{0,70}",
        "arn:aws[a-z-]{0,6}:[a-z0-9-]{0,12}:[a-z0-9-]{0,12}:[0-9]{0,12}(:|/)[a-z0-9:/-]{0,40}",
        "arn(:.{0,9}){0,7}",
        "https?://[a-z0-9.:@\\[\\]-]{0,30}(/.{0,12})?",
        "[a-z0-9-]{1,12}--[a-z0-9-]{1,8}--(x-s3|xa-s3|op-s3)",
        "(us|eu|cn|us-gov|mars)-[a-z]{0,6}-[0-9]{0,2}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::String),
        2 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::Int),
        1 => prop::collection::vec(text(), 0..3).prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

/// Rules as they might be, with functions of arguments that do not fit.
fn argument() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "isSet",
        "not",
        "getAttr",
        "stringEquals",
        "booleanEquals",
        "aws.partition",
        "aws.parseArn",
        "aws.isVirtualHostableS3Bucket",
        "isValidHostLabel",
        "uriEncode",
        "parseURL",
        "substring",
        "unknown",
    ]);
    let leaf = prop_oneof![
        value(),
        prop::sample::select(vec!["A", "B", "C", "D"])
            .prop_map(|name| object([("ref", name.into())])),
        "[{}A-D#]{0,12}".prop_map(Value::String),
        (-2_i64..80).prop_map(Value::Int),
        prop::sample::select(vec![
            "name",
            "resourceId[0]",
            "[1]",
            "a.b[9]",
            "[",
            "isIp",
            ""
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let assign = prop::option::of(prop::sample::select(vec!["C", "D"]));
        (names.clone(), prop::collection::vec(inner, 0..5), assign).prop_map(
            |(name, arguments, assign)| {
                let mut map = Map::new();
                map.insert("fn", Value::from(name));
                map.insert("argv", Value::List(arguments));
                if let Some(assign) = assign {
                    map.insert("assign", Value::from(assign));
                }
                Value::Map(map)
            },
        )
    })
}

fn object<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect(),
    )
}

fn rule() -> impl Strategy<Value = Value> {
    let conditions = || prop::collection::vec(argument(), 0..4).prop_map(Value::List);
    let leaf = prop_oneof![
        (conditions(), argument()).prop_map(|(conditions, error)| object([
            ("type", "error".into()),
            ("conditions", conditions),
            ("error", error),
        ])),
        (conditions(), argument(), argument()).prop_map(|(conditions, url, property)| object([
            ("type", "endpoint".into()),
            ("conditions", conditions),
            (
                "endpoint",
                object([
                    ("url", url),
                    (
                        "properties",
                        object([("authSchemes", property.clone()), ("x", property)])
                    ),
                    ("headers", object([("h", Value::List(vec!["{A}".into()]))])),
                ])
            ),
        ])),
        argument(),
    ];
    leaf.prop_recursive(4, 16, 3, move |inner| {
        (conditions(), prop::collection::vec(inner, 0..3)).prop_map(|(conditions, rules)| {
            object([
                ("type", "tree".into()),
                ("conditions", conditions),
                ("rules", Value::List(rules)),
            ])
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn parameters_of_any_kind_do_no_harm(
        service in prop::sample::select(vec!["s3", "s3control", "events", "kinesis", "dynamodb"]),
        values in prop::collection::vec(prop::option::weighted(0.7, value()), 32),
        region in prop::option::of("[a-z]{2}-[a-z]{1,8}-[1-9]"),
    ) {
        let rules = awl_catalog::store().service(service).unwrap().endpoint_rules();
        let mut parameters = Map::new();
        for ((name, definition), value) in rules.get("parameters").entries().zip(values) {
            let kind = definition.str("type").unwrap_or_default().to_ascii_lowercase();
            let fits = match value {
                Some(Value::String(_)) => kind == "string",
                Some(Value::Bool(_)) => kind == "boolean",
                Some(Value::List(_)) => kind == "stringarray",
                _ => false,
            };
            if let Some(value) = value.filter(|_| fits) {
                parameters.insert(name, value);
            }
        }
        if let Some(region) = region {
            parameters.insert("Region", Value::String(region));
        }
        match resolve(rules, partitions(), &parameters) {
            Ok(endpoint) => prop_assert!(endpoint.url.contains("://") || parameters.contains_key("Endpoint")),
            // The rules are sound, so it is they that say no.
            Err(error) => prop_assert!(matches!(error, EndpointError::Resolution(_)), "{error}"),
        }
    }

    #[test]
    fn rules_of_any_kind_do_no_harm(
        all in prop::collection::vec(rule(), 0..4),
        given in prop::collection::vec(value(), 2),
    ) {
        let text = json::to_string(&object([
            ("parameters", object([])),
            ("rules", Value::List(all)),
        ]));
        let mut parameters = Map::new();
        for (name, value) in ["A", "B"].into_iter().zip(given) {
            parameters.insert(name, value);
        }
        let rules = rules(&text);
        let first = resolve(rules, partitions(), &parameters);
        prop_assert_eq!(first, resolve(rules, partitions(), &parameters));
    }
}
