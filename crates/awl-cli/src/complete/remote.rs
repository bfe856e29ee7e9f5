//! Names of resources, asked of the service that has them. Only credentials
//! that this machine has already are used, and whatever goes wrong leaves no
//! candidates: nobody wants an error where a word was to be completed.
// Parity: awscli/autocomplete/serverside/servercomp.py and custom_completers.

use std::sync::Arc;
use std::time::Duration;

use awl_model::{Operation, Service};
use awl_sdk::Client;
use awl_sdk::config::{Config, Overrides, settings};
use awl_sdk::env::Host;
use awl_value::{Map, Value};

use super::parser::Parsed;
use super::resources::{self, Source};

/// How long a service may take, with all that comes before it.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Names that arguments of custom commands take: the command, the argument,
/// the service, its operation, and where in its answer they stand.
type Custom = (
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

static CUSTOM: &[Custom] = &[
    (
        &["ddb", "select"],
        "table-name",
        "dynamodb",
        "ListTables",
        &["TableNames"],
    ),
    (
        &["ddb", "put"],
        "table-name",
        "dynamodb",
        "ListTables",
        &["TableNames"],
    ),
    (
        &["logs", "tail"],
        "group-name",
        "logs",
        "DescribeLogGroups",
        &["logGroups", "logGroupName"],
    ),
];

/// The values that a parameter of an operation may have; None where no
/// operation lists them.
pub(super) fn of_member(
    host: &Arc<dyn Host>,
    parsed: &Parsed,
    operation: Operation,
    member: &str,
) -> Option<Vec<String>> {
    let member = operation.input()?.member(member)?;
    let source = resources::source(operation, member)?;
    Some(names(host, parsed, operation.service(), &source))
}

/// The values that an argument of a custom command may have; None where they
/// are not known.
pub(super) fn of_custom(
    host: &Arc<dyn Host>,
    parsed: &Parsed,
    argument: &str,
) -> Option<Vec<String>> {
    let argument = argument.replace('_', "-");
    let (.., service, operation, path) = CUSTOM.iter().find(|(command, known, ..)| {
        *known == argument && parsed.lineage.iter().eq(command.iter())
    })?;
    let service = awl_catalog::store().service(service)?;
    let operation = service.operation(operation)?;
    let source = Source {
        operation: operation.name(),
        path: path.to_vec(),
    };
    Some(names(host, parsed, service, &source))
}

fn names(host: &Arc<dyn Host>, parsed: &Parsed, service: Service, source: &Source) -> Vec<String> {
    let answer = ask(host, parsed, service, source.operation);
    let mut found = Vec::new();
    if let Some(answer) = answer {
        collect(&Value::Map(answer), &source.path, &mut found);
    }
    found
}

/// The first page of a listing.
fn ask(host: &Arc<dyn Host>, parsed: &Parsed, service: Service, operation: &str) -> Option<Map> {
    let has = |name: &str| parsed.is_given(name);
    let mut overrides = Overrides {
        endpoint_url: parsed.value("endpoint-url").map(str::to_owned),
        no_sign_request: has("no-sign-request"),
        no_verify_ssl: has("no-verify-ssl"),
        connect_timeout: Some(PATIENCE),
        read_timeout: Some(PATIENCE),
        offline: true,
        ..Overrides::default()
    };
    for (setting, name) in [
        (&settings::PROFILE, "profile"),
        (&settings::REGION, "region"),
        (&settings::CA_BUNDLE, "ca-bundle"),
    ] {
        if let Some(value) = parsed.value(name) {
            overrides.settings.insert(setting.name, value.to_owned());
        }
    }
    let attempts = &settings::MAX_ATTEMPTS;
    overrides.settings.insert(attempts.name, "1".to_owned());
    let config = Config::load(host.clone(), overrides).ok()?;
    let client = Client::with_store(&config, service, awl_catalog::store()).ok()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    let call = client.call(operation, Value::Map(Map::new()));
    let answer = runtime.block_on(async { tokio::time::timeout(PATIENCE, call).await });
    Some(answer.ok()?.ok()?.value)
}

/// The texts at the end of a path, through lists.
fn collect(value: &Value, path: &[&str], found: &mut Vec<String>) {
    match (value, path) {
        (Value::List(items), _) => {
            for item in items {
                collect(item, path, found);
            }
        }
        (Value::Map(map), [name, rest @ ..]) => {
            if let Some(value) = map.get(name) {
                collect(value, rest, found);
            }
        }
        (Value::String(text), []) => found.push(text.to_string()),
        _ => {}
    }
}
