//! awl and the AWS CLI of PyPI make the same calls of the same moto server:
//! exit codes, standard output, standard error and files written are compared.
//! What they do is in `tests/data/moto`, a file per service.
//!
//! The AWS CLI of PyPI is version 1. Where it differs from version 2 it is
//! configured to be like it, or awl to be like version 1.

mod cbor;
mod compare;
mod scenario;

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use awl_test::{AwsCli, Moto, Outcome};
use awl_value::{jmespath, json};

use self::compare::{as_version_2, masked};
use self::scenario::{Step, parse, substitute};

macro_rules! scenarios {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            run($name);
        })*

        const NAMES: &[&str] = &[$($name),*];
    };
}

scenarios! {
    dynamodb: "dynamodb",
    ec2: "ec2",
    iam: "iam",
    kms: "kms",
    lambda: "lambda",
    logs: "logs",
    route53: "route53",
    s3api: "s3api",
    sns: "sns",
    sqs: "sqs",
    ssm: "ssm",
    sts: "sts",

}

#[test]
fn no_scenario_is_forgotten() {
    let mut files: Vec<String> = std::fs::read_dir(data_folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut names = NAMES.to_vec();
    names.sort_unstable();
    assert_eq!(files, names);
}

/// The configuration of both programs.
const CONFIG: &str = "\
[default]
# Version 1 prints times as they came, takes blobs as they are, and retries in
# its own way.
cli_timestamp_format = iso8601
cli_binary_format = raw-in-base64-out
retry_mode = standard
";

/// The peers, of which there is one each.
pub(crate) struct Peers {
    moto: Moto,
    aws: AwsCli,
}

/// The peers, for one test at a time: what a server knows is all tests'.
fn peers() -> MutexGuard<'static, Peers> {
    static PEERS: LazyLock<Mutex<Peers>> = LazyLock::new(|| {
        Mutex::new(Peers {
            moto: Moto::start(),
            aws: AwsCli::start(),
        })
    });
    // A test that failed leaves nothing that the next does not reset.
    PEERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder to run in, and what was captured there.
struct Side {
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
}

impl Side {
    fn new(endpoint: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir_all(home.join(".aws")).unwrap();
        std::fs::write(home.join(".aws/config"), CONFIG).unwrap();
        let work = folder.path().join("work");
        std::fs::create_dir(&work).unwrap();
        for entry in std::fs::read_dir(data_folder().join("files")).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), work.join(entry.file_name())).unwrap();
        }
        let environment = [
            ("HOME", &*home.to_string_lossy()),
            ("PATH", "/usr/bin:/bin"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_DEFAULT_REGION", "us-west-2"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_PAGER", ""),
            // Version 1 prints no details of errors.
            ("AWS_CLI_ERROR_FORMAT", "legacy"),
            ("TZ", "UTC"),
        ];
        Self {
            environment: environment
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            folder,
            names: BTreeMap::from([("ENDPOINT".to_owned(), endpoint.to_owned())]),
        }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn aws(&self, peers: &Peers, step: &Step) -> Outcome {
        let words = substitute(&step.words, &self.names);
        let outcome = peers.aws.run(&self.work(), &self.environment, &words);
        Outcome {
            stderr: as_version_2(&outcome.stderr),
            ..outcome
        }
    }

    fn awl(&self, step: &Step) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_awl"))
            .arg0("aws")
            .args(substitute(&step.words, &self.names))
            .current_dir(self.work())
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn capture(&mut self, step: &Step, outcome: &Outcome) {
        for (name, expression) in &step.captures {
            let value = json::parse(&outcome.stdout)
                .unwrap_or_else(|error| panic!("{}: {error}\n{outcome:#?}", step.place));
            let value = jmespath::Expression::compile(expression)
                .and_then(|expression| expression.search(&value))
                .unwrap_or_else(|error| panic!("{}: {error}", step.place));
            let text = value
                .as_str()
                .unwrap_or_else(|| panic!("{}: no {expression}", step.place));
            self.names.insert(name.clone(), text.to_owned());
        }
    }
}

/// Runs a scenario: first the AWS CLI all commands that change something, then,
/// on a server that knows nothing of that, awl all commands. Reads are then
/// made by both, of the same state, so that nothing in them differs. What the
/// server draws at random depends on the step alone.
fn run(name: &str) {
    let text = std::fs::read_to_string(data_folder().join(format!("{name}.txt"))).unwrap();
    let steps = parse(name, &text);
    let peers = peers();
    let seed = |number: usize| peers.moto.seed(u32::try_from(number).unwrap());
    let start = || {
        // A reset makes what every account has anew, with random identifiers.
        seed(0);
        peers.moto.reset();
        Side::new(&peers.moto.endpoint())
    };
    // A first run, for what moto makes once only when it is first needed.
    let mut first = start();
    for step in steps.iter().filter(|step| !step.is_read) {
        let outcome = first.awl(step);
        if outcome.code != 0 {
            break;
        }
        first.capture(step, &outcome);
    }

    let mut theirs = start();
    let mut expected = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        expected.push((!step.is_read).then(|| {
            seed(number);
            let outcome = theirs.aws(&peers, step);
            check_code(step, &outcome);
            theirs.capture(step, &outcome);
            outcome
        }));
    }

    let mut ours = start();
    for (number, (step, expected)) in steps.iter().zip(expected).enumerate() {
        seed(number);
        let outcome = ours.awl(step);
        let context = || {
            format!(
                "{}\n  {}\n{}",
                step.place,
                step.words.join(" "),
                outcome.stderr
            )
        };
        assert_eq!(outcome.code, step.code, "{}", context());
        match expected {
            Some(expected) => {
                compare(
                    step,
                    "standard error",
                    &outcome.stderr,
                    &expected.stderr,
                    true,
                );
                compare(
                    step,
                    "standard output",
                    &outcome.stdout,
                    &expected.stdout,
                    true,
                );
                ours.capture(step, &outcome);
            }
            None => {
                theirs.names.clone_from(&ours.names);
                let expected = theirs.aws(&peers, step);
                check_code(step, &expected);
                compare(
                    step,
                    "standard error",
                    &outcome.stderr,
                    &expected.stderr,
                    false,
                );
                compare(
                    step,
                    "standard output",
                    &outcome.stdout,
                    &expected.stdout,
                    false,
                );
            }
        }
    }
    assert_eq!(files(&ours.work()), files(&theirs.work()), "{name}: files");
}

/// Version 1 has one exit code for all errors.
fn check_code(step: &Step, outcome: &Outcome) {
    let expected = if step.code == 0 { 0 } else { 255 };
    assert_eq!(
        outcome.code, expected,
        "{}: the AWS CLI: {}",
        step.place, outcome.stderr
    );
}

fn compare(step: &Step, what: &str, ours: &str, theirs: &str, mask: bool) {
    let (ours, theirs) = if mask {
        (masked(ours, step), masked(theirs, step))
    } else {
        (ours.to_owned(), theirs.to_owned())
    };
    assert!(
        ours == theirs,
        "{}: {what} of\n  aws {}\n--- awl\n{ours}--- aws\n{theirs}",
        step.place,
        step.words.join(" ")
    );
}

/// Names and contents of the files in a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect()
}

fn data_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/moto")
}
