//! HBase backups of clusters without a release label.
// Parity: awscli/customizations/emr/{hbase,hbaseutils}.py.

use awl_value::{Map, Value};

use super::{CLUSTER_ID, add_steps, configured, refuse_release, step, texts};
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::CommandError;

const DIR: Argument = Argument::option("--dir").required();
const CONSISTENT: Argument = Argument::flag("--consistent");

/// `emr restore-from-hbase-backup`.
pub(super) const RESTORE: Custom = Custom::new(
    "restore-from-hbase-backup",
    &[CLUSTER_ID, DIR, Argument::option("--backup-version")],
    |invocation, globals, given| {
        refuse_release(invocation, globals, given, RESTORE.name)?;
        let dir = given.get("--dir");
        let step = restore_step(dir, given.get("--backup-version"));
        add_steps(invocation, globals, given, vec![step], Map::new())
    },
)
.excused_by(configured::given);

/// `emr schedule-hbase-backup`.
pub(super) const SCHEDULE: Custom = Custom::new(
    "schedule-hbase-backup",
    &[
        CLUSTER_ID,
        Argument::option("--type").required(),
        DIR,
        Argument::option("--interval").required(),
        Argument::option("--unit").required(),
        Argument::option("--start-time"),
        CONSISTENT,
    ],
    |invocation, globals, given| {
        refuse_release(invocation, globals, given, SCHEDULE.name)?;
        let words = schedule(given)?;
        let step = backup_step("Modify Backup Schedule", words);
        add_steps(invocation, globals, given, vec![step], Map::new())
    },
)
.excused_by(configured::given);

/// `emr create-hbase-backup`.
pub(super) const CREATE: Custom = Custom::new(
    "create-hbase-backup",
    &[CLUSTER_ID, DIR, CONSISTENT],
    |invocation, globals, given| {
        refuse_release(invocation, globals, given, CREATE.name)?;
        let dir = given.get("--dir").unwrap_or_default();
        let mut words = vec![MAIN, "--backup", "--backup-dir", dir];
        if given.has(CONSISTENT.name()) {
            words.push("--consistent");
        }
        let step = backup_step("Backup HBase", words);
        add_steps(invocation, globals, given, vec![step], Map::new())
    },
)
.excused_by(configured::given);

/// `emr disable-hbase-backups`.
pub(super) const DISABLE: Custom = Custom::new(
    "disable-hbase-backups",
    &[
        CLUSTER_ID,
        Argument::flag("--full"),
        Argument::flag("--incremental"),
    ],
    |invocation, globals, given| {
        refuse_release(invocation, globals, given, DISABLE.name)?;
        let mut words = vec![MAIN, "--set-scheduled-backup", "false"];
        for (flag, word) in [
            ("--full", "--disable-full-backups"),
            ("--incremental", "--disable-incremental-backups"),
        ] {
            if given.has(flag) {
                words.push(word);
            }
        }
        if words.len() == 3 {
            return Err(CommandError::validation(
                "Should specify at least one of --full and --incremental.",
            ));
        }
        let step = backup_step("Modify Backup Schedule", words);
        add_steps(invocation, globals, given, vec![step], Map::new())
    },
)
.excused_by(configured::given);

const JAR: &str = "/home/hadoop/lib/hbase.jar";
const MAIN: &str = "emr.hbase.backup.Main";

/// The step that restores a backup.
pub(super) fn restore_step(dir: Option<&str>, version: Option<&str>) -> Value {
    let dir = dir.map_or(Value::Null, Value::from);
    let mut words: Vec<Value> = [MAIN, "--restore", "--backup-dir"].map(Value::from).into();
    words.push(dir);
    if let Some(version) = version {
        words.push("--backup-version".into());
        words.push(version.into());
    }
    let words = Value::List(words);
    Value::Map(step("Restore HBase", "CANCEL_AND_WAIT", JAR, words))
}

fn backup_step(name: &str, words: Vec<&str>) -> Value {
    Value::Map(step(name, "CANCEL_AND_WAIT", JAR, texts(words)))
}

fn schedule<'a>(given: &'a Given<'_>) -> Result<Vec<&'a str>, CommandError> {
    let word = |name: &str| given.get(name).unwrap_or_default();
    let [interval_option, unit_option] = match &*word("--type").to_lowercase() {
        "full" => ["--full-backup-time-interval", "--full-backup-time-unit"],
        "incremental" => [
            "--incremental-backup-time-interval",
            "--incremental-backup-time-unit",
        ],
        _ => {
            return Err(CommandError::validation(
                "invalid type. type should be either full or incremental.",
            ));
        }
    };
    let unit = word("--unit").to_lowercase();
    let unit = ["minutes", "hours", "days"]
        .into_iter()
        .find(|known| *known == unit)
        .ok_or_else(|| {
            CommandError::validation(
                "invalid unit. unit should be one of the following values: minutes, hours or days.",
            )
        })?;
    let mut words = vec![
        MAIN,
        "--set-scheduled-backup",
        "true",
        "--backup-dir",
        word("--dir"),
    ];
    if given.has(CONSISTENT.name()) {
        words.push("--consistent");
    }
    words.extend([interval_option, word("--interval"), unit_option, unit]);
    words.extend(["--start-time", given.get("--start-time").unwrap_or("now")]);
    Ok(words)
}
