//! `awl datapipeline list-runs`: when a pipeline has run.
// Parity: awscli/customizations/datapipeline/__init__.py, ListRunsCommand;
// listrunsformatter.py.

use std::fmt::Write as _;

use awl_value::{Map, Timestamp, Value, python};

use super::Invocation;
use super::caller::{self, Caller};
use super::custom::{Argument, Custom, Given};
use super::roles::map;
use crate::argv::Globals;
use crate::error::CommandError;

/// What is added to the commands of the service `datapipeline`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "list-runs",
    &[
        Argument::option("--pipeline-id").required(),
        Argument::option("--status"),
        Argument::option("--start-interval"),
        Argument::option("--schedule-interval"),
    ],
    list_runs,
)];

const STATUSES: &[&str] = &[
    "waiting",
    "pending",
    "cancelled",
    "running",
    "finished",
    "failed",
    "waiting_for_runner",
    "waiting_on_dependencies",
    "shutting_down",
];

/// How many objects may be described at once.
const MOST: usize = 100;

/// The days that are looked at where no interval is given.
const DAYS: i64 = 4;

fn list_runs(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let pipelines = Caller::new(invocation, globals, "datapipeline")?;
    let query = query(invocation, given)?;
    let pipeline = Value::from(given.get("--pipeline-id").unwrap_or_default());
    let parameters = map([
        ("pipelineId", pipeline.clone()),
        ("sphere", Value::from("INSTANCE")),
        ("query", query),
    ]);
    let found = pipelines.all_pages(invocation, globals, "QueryObjects", parameters)?;
    let ids = found.get("ids").and_then(Value::as_list);
    let mut runs = Vec::new();
    for ids in ids.unwrap_or_default().chunks(MOST) {
        let parameters = map([
            ("pipelineId", pipeline.clone()),
            ("objectIds", Value::List(ids.to_vec())),
        ]);
        let answer = pipelines.call(invocation, globals, "DescribeObjects", parameters)?;
        let objects = answer.get("pipelineObjects").and_then(Value::as_list);
        let objects = objects.unwrap_or_default().iter();
        runs.extend(objects.filter_map(Value::as_map).map(run));
    }
    let key = |run: &Map, name| run.get(name).and_then(Value::as_str).map(str::to_owned);
    runs.sort_by_cached_key(|run| (key(run, "@scheduledStartTime"), key(run, "name")));
    if globals.output.is_some() {
        let runs = Value::List(runs.into_iter().map(Value::Map).collect());
        return caller::print(invocation, globals, "list-runs", runs);
    }
    let text = table(&runs)?;
    invocation.ui.write_out(&text);
    Ok(())
}

/// What selects the runs that are wanted.
fn query(invocation: &Invocation, given: &Given<'_>) -> Result<Value, CommandError> {
    let words = |name| {
        let words = given
            .get(name)?
            .split(',')
            .map(|word| word.trim().to_owned());
        Some(words.collect::<Vec<String>>())
    };
    let statuses = words("--status");
    for status in statuses.iter().flatten() {
        if !STATUSES.contains(&&**status) {
            return Err(CommandError::validation(format!(
                "Invalid status: {status}, must be one of: {}",
                STATUSES.join(", ")
            )));
        }
    }
    let mut selectors = Vec::new();
    let (started, scheduled) = (words("--start-interval"), words("--schedule-interval"));
    if started.is_none() && scheduled.is_none() {
        let now = i64::try_from(invocation.host.epoch().as_micros()).unwrap_or_default();
        let interval = [now - DAYS * 86_400_000_000, now].map(stamp);
        selectors.push(selector("@actualStartTime", "BETWEEN", &interval));
    }
    for (field, interval) in [
        ("@actualStartTime", started),
        ("@scheduledStartTime", scheduled),
    ] {
        if let Some(interval) = interval {
            let interval = interval.get(..2);
            let interval =
                interval.ok_or_else(|| CommandError::general("list index out of range"))?;
            selectors.push(selector(field, "BETWEEN", interval));
        }
    }
    if let Some(statuses) = statuses {
        let statuses: Vec<String> = statuses.iter().map(|one| one.to_uppercase()).collect();
        selectors.push(selector("@status", "EQ", &statuses));
    }
    Ok(Value::Map(map([("selectors", Value::List(selectors))])))
}

fn selector(field: &str, operator: &str, values: &[String]) -> Value {
    let values = values.iter().map(|value| Value::from(&**value)).collect();
    let operator = map([
        ("type", Value::from(operator)),
        ("values", Value::List(values)),
    ]);
    Value::Map(map([
        ("fieldName", Value::from(field)),
        ("operator", Value::Map(operator)),
    ]))
}

fn stamp(micros: i64) -> String {
    let (year, month, day, hour, minute, second, _) = Timestamp::utc(micros).civil(0);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// A run: the fields of an object by their names.
fn run(object: &Map) -> Map {
    let member = |name| object.get(name).cloned().unwrap_or_default();
    let mut run = map([("@id", member("id")), ("name", member("name"))]);
    let fields = object.get("fields").and_then(Value::as_list);
    for field in fields.unwrap_or_default() {
        let value = field.get("stringValue").or_else(|| field.get("refValue"));
        if let Some(key) = field.get("key").and_then(Value::as_str) {
            run.insert(key.to_owned(), value.cloned().unwrap_or_default());
        }
    }
    run
}

/// The runs, two lines each.
fn table(runs: &[Map]) -> Result<String, CommandError> {
    let head = format!(
        "       {}  {}  {}",
        cell("ID", 50),
        cell("Started", 19),
        cell("Ended", 19)
    );
    let mut text = format!(
        "       {}  {}  {}\n{head}\n{}\n",
        cell("Name", 50),
        cell("Scheduled Start", 19),
        cell("Status", 23),
        "-".repeat(head.chars().count())
    );
    for (number, run) in (1..).zip(runs) {
        let part = |name: &str| run.get(name).map(python::str).unwrap_or_default();
        let name = run.get("@componentParent").map(python::str);
        let name = name.ok_or_else(|| CommandError::general("'@componentParent'"))?;
        let _ = writeln!(
            text,
            "{number:>4}.  {}  {}  {}\n       {}  {}  {}\n",
            cell(&name, 50),
            cell(&part("@scheduledStartTime"), 19),
            cell(&part("@status"), 23),
            cell(&part("@id"), 50),
            cell(&part("@actualStartTime"), 19),
            cell(&part("@actualEndTime"), 19),
        );
    }
    Ok(text)
}

/// A text of just so many letters.
fn cell(text: &str, width: usize) -> String {
    let cut: String = text.chars().take(width).collect();
    format!("{cut:<width$}")
}
