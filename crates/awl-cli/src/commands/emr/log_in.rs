//! `emr ssh`, `socks`, `put` and `get`: programs that log in to a cluster's
//! master node.
// Parity: awscli/customizations/emr/{ssh,sshutils}.py.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use awl_sdk::waiter::WaitConfig;
use awl_value::Value;

use super::{CLUSTER_ID, configured, map};
use crate::argv::Globals;
use crate::commands::caller::Caller;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, child};
use crate::error::CommandError;

const KEY_PAIR_FILE: Argument = Argument::option("--key-pair-file").required();
const SSH_OPTIONS: Argument = Argument::some_words("--ssh-options");

/// `emr ssh`.
pub(super) const SSH: Custom = Custom::new(
    "ssh",
    &[
        CLUSTER_ID,
        KEY_PAIR_FILE,
        Argument::option("--command"),
        SSH_OPTIONS,
    ],
    |invocation, globals, given| {
        let master = Master::find(invocation, globals, given, &SHELLS)?;
        let key = master.key.clone();
        let mut words = match master.program {
            Program::OpenSsh => {
                let mut words = vec!["ssh".to_owned()];
                words.extend(options(invocation, given));
                words.extend(strings(["-o", "ServerAliveInterval=10"]));
                words
            }
            Program::Putty => strings(["putty", "-ssh"]).into(),
        };
        words.extend(["-i".to_owned(), key, master.user(), "-t".to_owned()]);
        if let (Some(command), Program::OpenSsh) = (given.get("--command"), &master.program)
            && !command.is_empty()
        {
            words.push(command.to_owned());
        }
        child::run_printed(invocation, &words)
    },
)
.excused_by(configured::given);

/// `emr socks`.
pub(super) const SOCKS: Custom = Custom::new(
    "socks",
    &[CLUSTER_ID, KEY_PAIR_FILE, SSH_OPTIONS],
    |invocation, globals, given| {
        let master = Master::find(invocation, globals, given, &SHELLS)?;
        let (key, user) = (master.key.clone(), master.user());
        let words: Vec<String> = match master.program {
            Program::OpenSsh => {
                let mut words = vec!["ssh".to_owned()];
                words.extend(options(invocation, given));
                words.extend(strings([
                    "-o",
                    "ServerAliveInterval=10",
                    "-ND",
                    "8157",
                    "-i",
                ]));
                words.extend([key, user]);
                words
            }
            Program::Putty => {
                let mut words: Vec<String> = strings(["putty", "-ssh", "-i"]).into();
                words.extend([key, user]);
                words.extend(strings(["-N", "-D", "8157"]));
                words
            }
        };
        child::run_printed(invocation, &words)
    },
)
.excused_by(configured::given);

/// `emr put`.
pub(super) const PUT: Custom = Custom::new(
    "put",
    &[
        CLUSTER_ID,
        KEY_PAIR_FILE,
        Argument::option("--src").required(),
        Argument::option("--dest"),
        SSH_OPTIONS,
    ],
    |invocation, globals, given| {
        let master = Master::find(invocation, globals, given, &COPIERS)?;
        let mut words = master.copier(invocation, given);
        let (source, target) = paths(given);
        words.push(source.to_owned());
        words.push(format!("{}:{target}", master.user()));
        child::run_printed(invocation, &words)
    },
)
.excused_by(configured::given);

/// `emr get`.
pub(super) const GET: Custom = Custom::new(
    "get",
    &[
        CLUSTER_ID,
        KEY_PAIR_FILE,
        Argument::option("--src").required(),
        Argument::option("--dest"),
        SSH_OPTIONS,
    ],
    |invocation, globals, given| {
        let master = Master::find(invocation, globals, given, &COPIERS)?;
        let mut words = master.copier(invocation, given);
        let (source, target) = paths(given);
        words.push(format!("{}:{source}", master.user()));
        words.push(target.to_owned());
        child::run_printed(invocation, &words)
    },
)
.excused_by(configured::given);

/// Where a file comes from and where it goes.
fn paths<'a>(given: &'a Given<'_>) -> (&'a str, &'a str) {
    let source = given.get("--src").unwrap_or_default();
    let name = source.rsplit('/').next().unwrap_or_default();
    let target = given.get("--dest").filter(|target| !target.is_empty());
    (source, target.unwrap_or(name))
}

/// The programs that do one thing, and what is said where none is there.
struct Programs {
    open_ssh: [&'static str; 2],
    putty: &'static str,
    absent: &'static str,
}

const SHELLS: Programs = Programs {
    open_ssh: ["ssh", "ssh.exe"],
    putty: "putty.exe",
    absent: "SSH or Putty not available. Please refer to the documentation at \
             http://docs.aws.amazon.com/ElasticMapReduce/latest/DeveloperGuide/EMR_SetUp_SSH.html.",
};

const COPIERS: Programs = Programs {
    open_ssh: ["scp", "scp.exe"],
    putty: "pscp.exe",
    absent: "SCP or Pscp not available. Please refer to the documentation at \
             http://docs.aws.amazon.com/ElasticMapReduce/latest/DeveloperGuide/EMR_SetUp_SSH.html. ",
};

enum Program {
    OpenSsh,
    Putty,
}

/// The master node of a cluster, and how to get there.
struct Master {
    name: String,
    key: String,
    program: Program,
}

impl Master {
    // Parity: sshutils.py, validate_and_find_master_dns.
    fn find(
        invocation: &mut Invocation,
        globals: &Globals,
        given: &Given<'_>,
        programs: &Programs,
    ) -> Result<Self, CommandError> {
        let id = given.get("--cluster-id").unwrap_or_default();
        let parameters = || map([("ClusterId", id.into())]);
        let emr = Caller::new(invocation, globals, "emr")?;
        let answer = emr.call(invocation, globals, "DescribeCluster", parameters())?;
        let cluster = answer.get("Cluster");
        let state = cluster
            .and_then(|cluster| cluster.get("Status")?.get("State")?.as_str())
            .unwrap_or_default();
        if ["TERMINATED", "TERMINATING", "TERMINATED_WITH_ERRORS"].contains(&state) {
            return Err(CommandError::general(
                "Cluster terminating or already terminated.",
            ));
        }
        if ["STARTING", "BOOTSTRAPPING"].contains(&state) {
            invocation
                .ui
                .write_out("Waiting for the cluster to start.\n");
        }
        let waited = emr.wait("ClusterRunning", parameters(), WaitConfig::default())?;
        if waited.is_err() {
            return Err(CommandError::general(
                "Cannot get DNS of master node on the cluster.  Please try again after some time.",
            ));
        }
        let answer = emr.call(invocation, globals, "DescribeCluster", parameters())?;
        let name = answer
            .get("Cluster")
            .and_then(|cluster| cluster.get("MasterPublicDnsName"))
            .and_then(Value::as_str)
            .ok_or_else(|| CommandError::general("'MasterPublicDnsName'"))?;
        let block = configured::Block::load(invocation, globals)?;
        let key = given.get("--key-pair-file").filter(|key| !key.is_empty());
        let key = key.or_else(|| block.get("key_pair_file"));
        let key = key.unwrap_or_default().to_owned();
        let has = |program: &str| which(invocation, program).is_some();
        let program = if programs.open_ssh.into_iter().any(has) {
            Program::OpenSsh
        } else if !has(programs.putty) {
            return Err(CommandError::general(programs.absent));
        } else if !key.ends_with("ppk") {
            return Err(CommandError::validation(
                "Key file file format is incorrect. Putty expects a ppk file. Please refer to \
                 documentation at http://docs.aws.amazon.com/ElasticMapReduce/latest/\
                 DeveloperGuide/EMR_SetUp_SSH.html. ",
            ));
        } else {
            if given.has(SSH_OPTIONS.name()) {
                invocation.ui.write_error(
                    "WARNING: --ssh-options is only supported with OpenSSH. Options are ignored \
                     when using PuTTY/pscp.\n",
                );
            }
            Program::Putty
        };
        Ok(Self {
            name: name.to_owned(),
            key,
            program,
        })
    }

    fn user(&self) -> String {
        format!("hadoop@{}", self.name)
    }

    /// What copies files, up to where the files are named.
    fn copier(&self, invocation: &mut Invocation, given: &Given<'_>) -> Vec<String> {
        let mut words: Vec<String> = match self.program {
            Program::OpenSsh => strings(["scp", "-r"]).into(),
            Program::Putty => strings(["pscp", "-scp", "-r"]).into(),
        };
        if let Program::OpenSsh = self.program {
            words.extend(options(invocation, given));
        }
        words.extend(["-i".to_owned(), self.key.clone()]);
        words
    }
}

fn strings<const N: usize>(words: [&str; N]) -> [String; N] {
    words.map(str::to_owned)
}

/// The options of SSH: those given, and how far an unknown host is trusted.
// Parity: ssh.py, _build_ssh_options.
fn options(invocation: &mut Invocation, given: &Given<'_>) -> Vec<String> {
    const ACCEPT_NEW: &str = "StrictHostKeyChecking=accept-new";
    let wanted: Vec<&str> = given
        .words(SSH_OPTIONS.name())
        .unwrap_or_default()
        .iter()
        .map(|word| &**word)
        .collect();
    let is_given = wanted
        .iter()
        .any(|option| option.to_lowercase().starts_with("stricthostkeychecking="));
    let own = if is_given {
        None
    } else if accepts(ACCEPT_NEW) {
        Some(ACCEPT_NEW)
    } else {
        invocation.ui.write_error(
            "WARNING: Your OpenSSH version does not support StrictHostKeyChecking=accept-new \
             (requires OpenSSH 7.6+). Falling back to StrictHostKeyChecking=no. Upgrade to \
             OpenSSH 7.6+ for improved security.\n",
        );
        Some("StrictHostKeyChecking=no")
    };
    let options = own.into_iter().chain(wanted);
    options.flat_map(|option| strings(["-o", option])).collect()
}

/// Whether the SSH that is there knows an option.
fn accepts(option: &str) -> bool {
    Command::new("ssh")
        .args(["-G", "-o", option, "localhost"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A program on the path.
// Parity: emrutils.py, which.
fn which(invocation: &Invocation, program: &str) -> Option<PathBuf> {
    child::which(&*invocation.host, program)
}
