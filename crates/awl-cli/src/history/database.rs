//! The SQLite file: one table, a row an event.
// Parity: awscli/customizations/history/db.py. Table and statements are the
// AWS CLI's: either reads what the other wrote.

use std::path::{Path, PathBuf};
use std::time::Duration;

use awl_sdk::env::Host;
use awl_value::{Value, json};
use rusqlite::{Connection, Row, params};

/// How long another process may have the file locked.
const PATIENCE: Duration = Duration::from_millis(1000);

/// An event of a command.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    /// The command's name, a UUID.
    pub command: String,
    /// The call's name, a UUID, where it is an event of one.
    pub call: Option<String>,
    /// Who tells it: `CLI` or `BOTOCORE`.
    pub source: String,
    /// What happened: `API_CALL`.
    pub event: String,
    /// When, in milliseconds since the epoch.
    pub time: i64,
    /// What is told, in JSON.
    pub payload: String,
}

/// A command in the list of all.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Summary {
    /// Its name.
    pub command: String,
    /// When it began, in milliseconds since the epoch.
    pub time: i64,
    /// Its words.
    pub words: Vec<String>,
    /// Its exit code, as it was written.
    pub code: String,
}

/// Why a record can be neither read nor written.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum DatabaseError {
    /// The file is none, or may not be opened.
    Open {
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A row cannot be read or written.
    Row {
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl std::fmt::Display for DatabaseError {
    /// What SQLite itself says, which is all that Python shows.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Open { source } | Self::Row { source }) = self;
        match source {
            rusqlite::Error::SqliteFailure(_, Some(message)) => formatter.write_str(message),
            other => write!(formatter, "{other}"),
        }
    }
}

fn opening(source: rusqlite::Error) -> DatabaseError {
    DatabaseError::Open { source }
}

fn row(source: rusqlite::Error) -> DatabaseError {
    DatabaseError::Row { source }
}

/// The open file.
#[derive(Debug)]
pub(crate) struct Database(Connection);

impl Database {
    /// Opens the file, made for this user alone if there is none.
    ///
    /// # Errors
    /// A file that cannot be opened, or that is no database.
    pub(crate) fn open(host: &dyn Host, path: &Path) -> Result<Self, DatabaseError> {
        make(host, path);
        let connection = Connection::open(path).map_err(opening)?;
        connection.busy_timeout(PATIENCE).map_err(opening)?;
        connection
            .execute_batch(
                "CREATE TABLE IF NOT EXISTS records (
          id TEXT,
          request_id TEXT,
          source TEXT,
          event_type TEXT,
          timestamp INTEGER,
          payload TEXT
        )",
            )
            .map_err(opening)?;
        // Both are for speed alone, and not every file system allows them.
        let _ = connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
        keep_private(path);
        Ok(Self(connection))
    }

    /// Writes records, all or none.
    ///
    /// # Errors
    /// A file that another process has locked, or that cannot be written.
    pub(crate) fn write(&self, records: &[Record]) -> Result<(), DatabaseError> {
        let transaction = self.0.unchecked_transaction().map_err(row)?;
        {
            let mut statement = transaction
                .prepare(
                    "INSERT INTO records(id, request_id, source, event_type, timestamp, payload)
                     VALUES (?,?,?,?,?,?)",
                )
                .map_err(row)?;
            for record in records {
                statement
                    .execute(params![
                        record.command,
                        record.call,
                        record.source,
                        record.event,
                        record.time,
                        record.payload
                    ])
                    .map_err(row)?;
            }
        }
        transaction.commit().map_err(row)
    }

    /// The events of the command that was recorded last.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn latest(&self) -> Result<Vec<Record>, DatabaseError> {
        self.records(
            "SELECT * FROM records WHERE id =
             (SELECT id FROM records WHERE timestamp =
             (SELECT max(timestamp) FROM records)) ORDER BY timestamp",
            &[],
        )
    }

    /// The events of a command.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn of_command(&self, command: &str) -> Result<Vec<Record>, DatabaseError> {
        self.records(
            "SELECT * FROM records WHERE id = ? ORDER BY timestamp",
            &[command],
        )
    }

    /// All commands that have ended, the latest first.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn commands(&self) -> Result<Vec<Summary>, DatabaseError> {
        let mut statement = self
            .0
            .prepare(
                "SELECT a.id AS id_a, b.id AS id_b, a.timestamp AS timestamp, a.payload AS args,
                 b.payload AS rc FROM records a, records b
                 WHERE a.event_type = 'CLI_ARGUMENTS' AND b.event_type = 'CLI_RC' AND id_a = id_b
                 ORDER BY timestamp DESC",
            )
            .map_err(row)?;
        let summary = |row: &Row<'_>| {
            let words: String = row.get("args")?;
            Ok(Summary {
                command: row.get("id_a")?,
                time: row.get("timestamp")?,
                words: json::parse(&words)
                    .ok()
                    .and_then(|words| {
                        let words = words.as_list()?.iter();
                        Some(words.filter_map(Value::as_str).map(str::to_owned).collect())
                    })
                    .unwrap_or_default(),
                code: row.get("rc")?,
            })
        };
        let rows = statement.query_map([], summary).map_err(row)?;
        rows.collect::<Result<_, _>>().map_err(row)
    }

    fn records(&self, query: &str, words: &[&str]) -> Result<Vec<Record>, DatabaseError> {
        let mut statement = self.0.prepare(query).map_err(row)?;
        let record = |row: &Row<'_>| {
            Ok(Record {
                command: row.get("id")?,
                call: row.get("request_id")?,
                source: row.get("source")?,
                event: row.get("event_type")?,
                time: row.get("timestamp")?,
                payload: row.get("payload")?,
            })
        };
        let words = rusqlite::params_from_iter(words);
        let rows = statement.query_map(words, record).map_err(row)?;
        rows.collect::<Result<_, _>>().map_err(row)
    }
}

/// Makes an empty file for this user alone, with its folders. What fails here
/// fails again when it is opened.
fn make(host: &dyn Host, path: &Path) {
    if !path.exists() {
        let _ = host.write(path, b"");
    }
}

/// Lets nobody else read the file and those beside it.
fn keep_private(path: &Path) {
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let _ = rustix::fs::chmod(PathBuf::from(name), mode);
    }
    #[cfg(not(unix))]
    let _: Option<PathBuf> = Some(path.to_owned());
}
