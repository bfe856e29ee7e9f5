//! Steps: what `--steps` says as the service wants it, and `emr add-steps`.
// Parity: awscli/customizations/emr/{addsteps,steputils}.py.

use awl_value::{Map, Value};

use super::{
    CLUSTER_ID, add_steps, apply, configured, map, maps, missing, release_label, runner, s3_link,
    schemas, step, text, texts,
};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::CommandError;
use crate::python;

/// `emr add-steps`.
pub(super) const ADD: Custom = Custom::new(
    "add-steps",
    &[
        CLUSTER_ID,
        Argument::shaped("--steps", schemas::STEPS).required(),
        Argument::option("--execution-role-arn"),
    ],
    run,
)
.excused_by(configured::given);

const HIVE_SCRIPT: &str = "/libs/hive/hive-script";
const PIG_SCRIPT: &str = "/libs/pig/pig-script";
const IMPALA_SCRIPT: &str = "/libs/impala/setup-impala";

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let region = super::region(invocation, globals)?;
    let id = given.get("--cluster-id").unwrap_or_default();
    let label = release_label(invocation, globals, id)?;
    let has_release = label.is_some_and(|label| !label.is_empty());
    let steps = given.value("--steps").cloned().unwrap_or_default();
    let steps = build(&steps, &region, has_release)?;
    let mut others = Map::new();
    if let Some(arn) = given.get("--execution-role-arn") {
        others.push("ExecutionRoleArn", arn.into());
    }
    add_steps(invocation, globals, given, steps, others)
}

/// The steps that `--steps` describes.
///
/// # Errors
/// A kind of step that there is not, or one without what it needs.
pub(super) fn build(
    steps: &Value,
    region: &str,
    has_release: bool,
) -> Result<Vec<Value>, CommandError> {
    maps(steps)
        .map(|step| build_one(step, region, has_release).map(Value::Map))
        .collect()
}

fn build_one(given: &Map, region: &str, has_release: bool) -> Result<Map, CommandError> {
    let kind = text(given, "Type").unwrap_or("custom_jar").to_lowercase();
    let arguments = |structure: &str| {
        let found = given.get("Args").and_then(Value::as_list);
        found
            .filter(|found| !found.is_empty())
            .ok_or_else(|| missing(structure, "Args"))
    };
    let some_arguments = |structure: &str| match arguments(structure)? {
        [Value::String(only)] if only.trim_matches(python::is_space).is_empty() => Err(
            CommandError::validation("The parameter Args cannot be an empty list."),
        ),
        found => Ok(found),
    };
    let (name, jar, before, arguments) = match &*kind {
        "custom_jar" => {
            let jar = text(given, "Jar").filter(|jar| !jar.is_empty());
            let jar = jar.ok_or_else(|| missing("CustomJARStepConfig", "Jar"))?;
            let arguments = given.get("Args").and_then(Value::as_list);
            let before = Vec::new();
            (
                "Custom JAR",
                jar.to_owned(),
                before,
                arguments.unwrap_or_default(),
            )
        }
        "streaming" => {
            let arguments = some_arguments("StreamingStepConfig")?;
            const JAR: &str = "/home/hadoop/contrib/streaming/hadoop-streaming.jar";
            let (jar, before) = if has_release {
                (super::COMMAND_RUNNER, vec!["hadoop-streaming".to_owned()])
            } else {
                (JAR, Vec::new())
            };
            ("Streaming program", jar.to_owned(), before, arguments)
        }
        "hive" => {
            let arguments = some_arguments("HiveStepConfig")?;
            let before = script("hive", HIVE_SCRIPT, region, has_release);
            (
                "Hive program",
                runner(has_release, region),
                before,
                arguments,
            )
        }
        "pig" => {
            let arguments = some_arguments("PigStepConfig")?;
            let before = script("pig", PIG_SCRIPT, region, has_release);
            (
                "Pig program",
                runner(has_release, region),
                before,
                arguments,
            )
        }
        "impala" if !has_release => {
            let arguments = arguments("ImpalaStepConfig")?;
            let before = vec![
                s3_link(IMPALA_SCRIPT, region),
                "--run-impala-script".to_owned(),
            ];
            ("Impala program", runner(false, region), before, arguments)
        }
        "spark" => {
            let arguments = arguments("SparkStepConfig")?;
            let program = if has_release {
                "spark-submit"
            } else {
                "/home/hadoop/spark/bin/spark-submit"
            };
            let before = vec![program.to_owned()];
            (
                "Spark application",
                runner(has_release, region),
                before,
                arguments,
            )
        }
        kind => {
            return Err(CommandError::validation(format!(
                "The step type {kind} is not supported."
            )));
        }
    };
    let arguments = before
        .into_iter()
        .map(Value::from)
        .chain(arguments.iter().cloned())
        .collect();
    let name = text(given, "Name").unwrap_or(name);
    let action_on_failure = text(given, "ActionOnFailure").unwrap_or("CONTINUE");
    let mut step = step(name, action_on_failure, &jar, Value::List(arguments));
    if kind == "custom_jar"
        && let Some(config) = step.get_mut("HadoopJarStep").and_then(Value::as_map_mut)
    {
        apply(
            config,
            "MainClass",
            text(given, "MainClass").unwrap_or_default(),
        );
        let properties = text(given, "Properties").map(key_values);
        apply(config, "Properties", properties.unwrap_or_default());
    }
    let mut monitoring = Map::new();
    for name in ["LogUri", "EncryptionKeyArn"] {
        apply(&mut monitoring, name, text(given, name).unwrap_or_default());
    }
    if !monitoring.is_empty() {
        let monitoring = map([("S3MonitoringConfiguration", Value::Map(monitoring))]);
        step.push("StepMonitoringConfiguration", Value::Map(monitoring));
    }
    Ok(step)
}

/// What stands before the arguments of a Hive or a Pig script.
fn script(language: &str, path: &str, region: &str, has_release: bool) -> Vec<String> {
    let run = format!("--run-{language}-script");
    let mut words = if has_release {
        vec![format!("{language}-script"), run]
    } else {
        let versions = format!("--{language}-versions");
        vec![s3_link(path, region), run, versions, "latest".to_owned()]
    };
    words.push("--args".to_owned());
    words
}

/// `a=1,b` as keys and values.
// Parity: emrutils.py, parse_key_value_string.
fn key_values(text: &str) -> Value {
    Value::List(text.split(',').map(key_value).collect())
}

/// `a=1` as a key and its value.
pub(super) fn key_value(text: &str) -> Value {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    Value::Map(map([("Key", key.into()), ("Value", value.into())]))
}

/// The step that turns debugging on.
// Parity: createcluster.py, _build_enable_debugging.
pub(super) fn debugging(region: &str, has_release: bool) -> Value {
    let argument = if has_release {
        "state-pusher-script".to_owned()
    } else {
        s3_link("/libs/state-pusher/0.1/fetch", region)
    };
    Value::Map(step(
        "Setup Hadoop Debugging",
        "TERMINATE_CLUSTER",
        &runner(has_release, region),
        texts([argument]),
    ))
}
