//! The AWS CLI of PyPI, to compare with.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use awl_value::{Map, Value, json};

use crate::peers;

const DRIVER: &str = include_str!("aws_driver.py");

/// What a program left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The AWS CLI of PyPI (version 1), kept running: to start Python and import
/// the CLI takes far longer than a command does. Each command still has a
/// process of its own.
#[derive(Debug)]
pub struct AwsCli {
    driver: Mutex<Driver>,
}

#[derive(Debug)]
struct Driver {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl AwsCli {
    /// Starts it; it ends when the test's process does.
    ///
    /// # Panics
    /// Where it cannot be installed or started.
    #[must_use]
    pub fn start() -> Self {
        let mut process = Command::new(peers().join("python"))
            // The CLI and the driver write UTF-8, whatever the locale.
            .args(["-X", "utf8", "-c", DRIVER])
            // Models in the real home are none of a test's.
            .env("HOME", "/nonexistent")
            .env_remove("AWS_DATA_PATH")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the AWS CLI's driver");
        let input = process.stdin.take().expect("its standard input");
        let output = process.stdout.take().expect("its standard output");
        Self {
            driver: Mutex::new(Driver {
                process,
                input,
                output: BufReader::new(output),
            }),
        }
    }

    /// Runs `aws` with these arguments in `folder`, with this environment and
    /// no other.
    ///
    /// # Panics
    /// Where the driver is gone.
    #[must_use]
    pub fn run(
        &self,
        folder: &Path,
        environment: &BTreeMap<String, String>,
        arguments: &[String],
    ) -> Outcome {
        let files = tempfile::tempdir().expect("a folder for its output");
        let path = |name: &str| files.path().join(name);
        let text = |path: &Path| Value::from(&*path.to_string_lossy());
        let mut variables = Map::new();
        for (name, value) in environment {
            variables.push(name.clone(), Value::from(&**value));
        }
        let mut job = Map::new();
        job.push("folder", text(folder));
        job.push("environment", Value::Map(variables));
        job.push("stdout", text(&path("stdout")));
        job.push("stderr", text(&path("stderr")));
        let arguments = arguments.iter().map(|word| Value::from(&**word));
        job.push("arguments", Value::List(arguments.collect()));

        let mut driver = self.driver.lock().expect("no test panics in here");
        writeln!(driver.input, "{}", json::to_string(&Value::Map(job))).expect("the driver reads");
        let mut code = String::new();
        driver
            .output
            .read_line(&mut code)
            .expect("the driver answers");
        drop(driver);
        let read = |name| {
            String::from_utf8_lossy(&std::fs::read(path(name)).unwrap_or_default()).into_owned()
        };
        Outcome {
            code: code.trim().parse().expect("an exit code"),
            stdout: read("stdout"),
            stderr: read("stderr"),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
