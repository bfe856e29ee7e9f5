//! The services and their operations, as commands: those of AWS, and those of
//! the user's own models.
// Parity: awscli/handlers_registry.py, MAIN_COMMAND_TABLE_OPS;
// awscli/customizations/{removals,signin,cloudwatch}.py.

use std::borrow::Cow;
use std::sync::Arc;

use awl_model::documentation::Block;
use awl_model::{Operation, Service};
use awl_sdk::config::{Config, Overrides};
use awl_sdk::env::Host;
use awl_sdk::models::{ModelError, UserModels};

/// Services whose command is not named as their model: model, command.
static RENAMED: &[(&str, &str)] = &[
    ("codedeploy", "deploy"),
    ("config", "configservice"),
    ("s3", "s3api"),
];

/// Operations that are no commands: some speak in streams both ways, some were
/// replaced long ago.
static REMOVED: &[(&str, &[&str])] = &[
    (
        "bedrock-agent-runtime",
        &[
            "agentic-retrieve-stream",
            "invoke-agent",
            "invoke-flow",
            "invoke-inline-agent",
            "optimize-prompt",
            "retrieve-and-generate-stream",
        ],
    ),
    (
        "bedrock-agentcore",
        &[
            "invoke-agent-runtime-command",
            "invoke-code-interpreter",
            "invoke-harness",
        ],
    ),
    (
        "bedrock-runtime",
        &[
            "converse-stream",
            "invoke-model-with-bidirectional-stream",
            "invoke-model-with-response-stream",
        ],
    ),
    ("connecthealth", &["start-medical-scribe-listening-session"]),
    ("devops-agent", &["send-message"]),
    ("ec2", &["import-instance", "import-volume"]),
    (
        "emr",
        &[
            "add-job-flow-steps",
            "describe-job-flows",
            "list-bootstrap-actions",
            "list-instance-groups",
            "run-job-flow",
            "set-keep-job-flow-alive-when-no-steps",
            "set-termination-protection",
            "set-unhealthy-node-replacement",
            "set-visible-to-all-users",
            "terminate-job-flows",
        ],
    ),
    ("iotsitewise", &["invoke-assistant"]),
    ("kinesis", &["subscribe-to-shard"]),
    ("lambda", &["invoke-with-response-stream"]),
    ("lexv2-runtime", &["start-conversation"]),
    ("logs", &["get-log-object"]),
    ("polly", &["start-speech-synthesis-stream"]),
    ("qbusiness", &["chat"]),
    ("rds", &["modify-option-group"]),
    (
        "sagemaker-runtime",
        &["invoke-endpoint-with-response-stream"],
    ),
    (
        "ses",
        &[
            "delete-verified-email-address",
            "list-verified-email-addresses",
            "verify-email-address",
        ],
    ),
];

/// Operations that have an older name besides, or that are commands by other
/// names alone: service, that name, name.
static ALIASES: &[(&str, &str, &str)] = &[
    ("cloudwatch", "get-o-tel-enrichment", "get-otel-enrichment"),
    (
        "cloudwatch",
        "start-o-tel-enrichment",
        "start-otel-enrichment",
    ),
    (
        "cloudwatch",
        "stop-o-tel-enrichment",
        "stop-otel-enrichment",
    ),
    ("rds", "add-option-to-option-group", "modify-option-group"),
    (
        "rds",
        "remove-option-from-option-group",
        "modify-option-group",
    ),
    ("signin", "create-o-auth2-token", "create-oauth2-token"),
];

/// The service whose command is `name`: the user's own, else AWS's.
///
/// # Errors
/// A model of the user that cannot be used.
pub(super) fn find(host: &Arc<dyn Host>, name: &str) -> Result<Option<Service>, ModelError> {
    let Some(model) = model_name(name) else {
        return Ok(None);
    };
    let own = match configuration(host) {
        Some(config) => UserModels::new(&config, awl_catalog::store()).service(model)?,
        None => None,
    };
    Ok(own.or_else(|| awl_catalog::store().service(model)))
}

/// What help shows of a service: of the user's own model, else of AWS's.
///
/// # Errors
/// A model of the user that cannot be used.
pub(super) fn documentation(
    host: &Arc<dyn Host>,
    service: Service,
) -> Result<Option<Block>, ModelError> {
    let name = service.name();
    let own = match configuration(host) {
        Some(config) => UserModels::new(&config, awl_catalog::store()).documentation(name)?,
        None => None,
    };
    Ok(own
        .map(Block::new)
        .or_else(|| awl_catalog::library().block(&format!("service/{name}"))))
}

/// Whether `name` is the command of a service.
pub(super) fn exists(host: &Arc<dyn Host>, name: &str) -> bool {
    model_name(name).is_some_and(|model| {
        awl_catalog::store().service(model).is_some()
            || own_names(host).iter().any(|own| own == model)
    })
}

/// The names of all services' commands.
pub(super) fn names(host: &Arc<dyn Host>) -> impl Iterator<Item = Cow<'static, str>> {
    let store = awl_catalog::store();
    let own = own_names(host)
        .into_iter()
        .filter(move |name| store.service(name).is_none())
        .map(Cow::Owned);
    let embedded = store.services().map(|service| {
        let name = service.name();
        let renamed = RENAMED.iter().find(|(model, _)| *model == name);
        Cow::Borrowed(renamed.map_or(name, |(_, command)| command))
    });
    embedded.chain(own)
}

/// The model that the command `name` is made of, where there is one.
fn model_name(name: &str) -> Option<&str> {
    if let Some((model, _)) = RENAMED.iter().find(|(_, command)| *command == name) {
        return Some(model);
    }
    let is_renamed = RENAMED.iter().any(|(model, _)| *model == name);
    (!is_renamed).then_some(name)
}

/// The configuration that says where the user's models are: that of the
/// environment's profile, as in the AWS CLI. One that is broken says nothing
/// of them; whatever needs it next reports it.
fn configuration(host: &Arc<dyn Host>) -> Option<Config> {
    Config::load(host.clone(), Overrides::default()).ok()
}

fn own_names(host: &Arc<dyn Host>) -> Vec<String> {
    configuration(host).map_or_else(Vec::new, |config| {
        UserModels::new(&config, awl_catalog::store()).names()
    })
}

/// The operation of `service`, whose command is `command`, that is called
/// `name` there.
pub(super) fn operation(service: Service, command: &str, name: &str) -> Option<Operation> {
    if is_removed(command, name) {
        return None;
    }
    let name = ALIASES
        .iter()
        .find(|(service, alias, _)| *service == command && *alias == name)
        .map_or(name, |(_, _, name)| name);
    service.operation_by_cli_name(name)
}

/// The names of the operations of `service`.
pub(super) fn operation_names(
    service: Service,
    command: &str,
) -> impl Iterator<Item = &'static str> {
    operations(service, command).map(|(name, _)| name)
}

/// The same with the operations; an alias has none.
pub(super) fn operations(
    service: Service,
    command: &str,
) -> impl Iterator<Item = (&'static str, Option<Operation>)> {
    let aliases = ALIASES
        .iter()
        .filter(move |(service, _, _)| *service == command)
        .map(|(_, alias, _)| (*alias, None));
    service
        .operations()
        .map(|operation| (operation.cli_name(), Some(operation)))
        // What is added in an operation's place is listed by itself.
        .filter(move |(name, _)| {
            !is_removed(command, name) && super::added(command, name).is_none()
        })
        .chain(aliases)
}

fn is_removed(command: &str, operation: &str) -> bool {
    REMOVED
        .iter()
        .any(|(service, names)| *service == command && names.contains(&operation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestHost;

    #[test]
    fn tables_name_what_exists() {
        let store = awl_catalog::store();
        let host: Arc<dyn Host> = Arc::new(TestHost::default());
        let find = |command| find(&host, command).unwrap().unwrap();
        for (model, command) in RENAMED {
            assert!(store.service(model).is_some(), "{model}");
            assert_eq!(model_name(command), Some(*model));
            assert!(model_name(model).is_none(), "{model}");
        }
        for (command, names) in REMOVED {
            let service = find(command);
            for name in *names {
                assert!(
                    service.operation_by_cli_name(name).is_some(),
                    "{command} {name}"
                );
                assert!(operation(service, command, name).is_none());
            }
        }
        for (command, alias, name) in ALIASES {
            let service = find(command);
            let found = operation(service, command, alias).unwrap();
            assert_eq!(found.cli_name(), *name);
        }
    }
}
