//! The auto-prompt on a terminal, and what there is of it without one.

use std::io::Read as _;
use std::process::{Command, Output, Stdio};

use awl_test::{Answer, Server, on_terminal};
use insta::assert_snapshot;

use crate::support::TestPlace;

const BUCKETS: &str = "<ListAllMyBucketsResult><Buckets><Bucket><Name>mine</Name></Bucket>\
    </Buckets></ListAllMyBucketsResult>";
/// Seen once the prompt is drawn.
const READY: &str = "[ENTER]";

/// A home and a server that lists a bucket.
struct Desk {
    place: TestPlace,
    server: Server,
}

impl Desk {
    fn new() -> Self {
        Self {
            place: TestPlace::new(),
            server: Server::start(|_, _| Answer::new(200, BUCKETS)),
        }
    }

    fn on_terminal(&self, script: &[(&str, &str)], words: &[&str]) -> Command {
        let mut command = on_terminal(script, env!("CARGO_BIN_EXE_awl"));
        command.args(words);
        self.settle(&mut command);
        command
    }

    fn settle(&self, command: &mut Command) {
        command
            .current_dir(self.place.folder())
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/local/bin")
            .env("TERM", "xterm")
            .env("HOME", self.place.folder().join("home"))
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-west-2")
            .env("AWS_ENDPOINT_URL", self.server.endpoint())
            .env("AWS_PAGER", "");
    }

    fn history(&self) -> String {
        let path = "home/.aws/cli/cache/prompt_history.json";
        std::fs::read_to_string(self.place.folder().join(path)).unwrap_or_default()
    }
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What stands behind the screen that was given back.
fn after(output: &Output) -> String {
    let shown = shown(output);
    let (_, after) = shown.rsplit_once("\u{1b}[?25h").unwrap();
    after.replace('\r', "")
}

#[test]
fn the_line_is_run_and_kept() {
    let desk = Desk::new();
    // What is complete runs at once.
    let script = [(READY, "ist-buckets --query Buckets[].Name --output text")];
    let output = desk
        .on_terminal(&script, &["s3api", "l", "--cli-auto-prompt"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", shown(&output));
    assert_snapshot!(after(&output), @r"
    > awl s3api list-buckets --query Buckets[].Name --output text
    mine
    ");
    assert_snapshot!(
        desk.history(),
        @r#"{"version": 1, "commands": ["s3api list-buckets --query Buckets[].Name --output text"]}"#
    );
}

#[test]
fn the_menu_is_taken_from() {
    let desk = Desk::new();
    // Down to the first operation that fits, and Enter; the next runs it.
    let script = [(READY, " lbuckets\u{1b}[B"), ("", "")];
    let mut command = desk.on_terminal(&script, &["s3api", "--output", "text"]);
    command.env("AWS_CLI_AUTO_PROMPT", "on");
    let output = command.output().unwrap();
    let after = after(&output);
    assert!(
        after.contains("> awl s3api --output text list-buckets\n"),
        "{after}"
    );
    assert!(after.contains("BUCKETS\tmine"), "{after}");
}

#[test]
fn a_line_that_does_is_not_prompted_for_where_that_is_wanted() {
    let desk = Desk::new();
    let config = desk.place.folder().join("home/.aws/config");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(config, "[default]\ncli_auto_prompt = on-partial\n").unwrap();
    let output = desk
        .on_terminal(&[], &["s3api", "list-buckets", "--query", "Buckets[].Name"])
        .output()
        .unwrap();
    assert_eq!(shown(&output), "[\r\n    \"mine\"\r\n]\r\n");

    // One that lacks something is; of what it lacks nothing is said.
    let script = [(READY, "--bucket mine")];
    let output = desk
        .on_terminal(&script, &["s3api", "head-bucket"])
        .output()
        .unwrap();
    assert_eq!(after(&output), "> awl s3api head-bucket --bucket mine\n");
    assert!(!shown(&output).contains("required:"), "{}", shown(&output));
    assert!(output.status.success());
}

#[test]
fn what_is_left_is_not_run() {
    let desk = Desk::new();
    for key in ["\u{3}", "\u{4}"] {
        let output = desk
            .on_terminal(
                &[(READY, key)],
                &["s3api", "list-buckets", "--cli-auto-prompt"],
            )
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(after(&output), "> awl s3api list-buckets \n");
    }
    assert_eq!(desk.server.requests().len(), 0);
    assert_eq!(desk.history(), "");
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    let desk = Desk::new();
    let script = format!(
        "sh -c 'echo $$ > pid; exec {} --cli-auto-prompt'; echo \"code $?\"; \
         stty -a | grep -o ' echo '",
        env!("CARGO_BIN_EXE_awl")
    );
    let mut command = on_terminal(&[], "/bin/sh");
    desk.settle(&mut command);
    let mut child = command
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut shown = Vec::new();
    while !String::from_utf8_lossy(&shown).contains(READY) {
        let mut piece = [0; 4096];
        let count = stdout.read(&mut piece).unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&shown));
        shown.extend_from_slice(&piece[..count]);
    }
    let process = std::fs::read_to_string(desk.place.folder().join("pid")).unwrap();
    let killed = Command::new("kill")
        .args(["-TERM", process.trim()])
        .status();
    assert!(killed.unwrap().success());
    stdout.read_to_end(&mut shown).unwrap();
    child.wait().unwrap();
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("code 143"), "{shown}");
    assert!(shown.contains(" echo "), "{shown}");
    assert!(shown.contains("\u{1b}[?1049l"), "{shown}");
}

#[test]
fn a_pipe_gets_the_commands_output_alone() {
    let desk = Desk::new();
    let script = format!(
        "{} s3api --cli-auto-prompt | sed s/^/piped:/",
        env!("CARGO_BIN_EXE_awl")
    );
    let typed = [(READY, "list-buckets --query Buckets[].Name --output text")];
    let mut command = on_terminal(&typed, "/bin/sh");
    desk.settle(&mut command);
    let output = command.args(["-c", &script]).output().unwrap();
    let after = after(&output);
    assert_eq!(
        after,
        "> awl s3api list-buckets --query Buckets[].Name --output text\npiped:mine\n"
    );
}

#[test]
fn without_a_terminal_a_prompt_is_an_error() {
    // Parity: what the AWS CLI says where its input is empty.
    assert_snapshot!(TestPlace::new().line("ec2 --cli-auto-prompt"), @r"
    exit: 255
    ----- stdout
    ----- stderr
    Warning: Input is not a terminal (fd=0).

    aws: [ERROR]:
    ");
    let partial = || TestPlace::new().variable("AWS_CLI_AUTO_PROMPT", "on-partial");
    assert_snapshot!(partial().line("ec2"), @r"
    exit: 255
    ----- stdout
    ----- stderr
    Warning: Input is not a terminal (fd=0).

    aws: [ERROR]:
    ");
    // Whatever can run does.
    let runs = partial().line("s3api list-buckets --generate-cli-skeleton yaml-input");
    assert!(runs.starts_with("exit: 0"), "{runs}");
    let on = TestPlace::new().variable("AWS_CLI_AUTO_PROMPT", "on");
    assert!(on.line("--version").starts_with("exit: 0"));
    assert!(on.line("configure help").starts_with("exit: 0"));
    assert!(
        on.line("configure get region --no-cli-auto-prompt")
            .starts_with("exit: 1")
    );
}

/// Takes the terminal away from a program that has shown what the first word
/// says, and prints how it ended, and whether it was busy meanwhile.
const TAKEN_AWAY: &str = r#"
import os, pty, resource, select, subprocess, sys
first, has_session = sys.argv[1].encode(), sys.argv[2] == "session"
if has_session:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[3], sys.argv[3:])
else:
    terminal, other = pty.openpty()
    started = subprocess.Popen(sys.argv[3:], stdin=other, stdout=other, stderr=other, start_new_session=True)
    child = started.pid
    os.close(other)
shown = b""
while first not in shown:
    assert select.select([terminal], [], [], 30)[0], shown
    shown += os.read(terminal, 4096)
os.close(terminal)
import signal, time
end = time.monotonic() + 10
while time.monotonic() < end:
    found, status = os.waitpid(child, os.WNOHANG)
    if found:
        break
    time.sleep(0.02)
else:
    os.kill(child, signal.SIGKILL)
    sys.exit("it goes on")
used = resource.getrusage(resource.RUSAGE_CHILDREN)
assert used.ru_utime + used.ru_stime < 3, used
print(os.waitstatus_to_exitcode(status))
"#;

#[test]
fn the_prompt_ends_with_its_terminal() {
    let desk = Desk::new();
    for (session, ends) in [
        // The terminal is the session's: its end is a signal.
        ("session", &["-1"][..]),
        // It is not, so that only reading from it tells, or whoever watches it.
        ("none", &["255", "1", "-1"]),
    ] {
        let mut command = Command::new("python3");
        command.args(["-c", TAKEN_AWAY, READY, session, env!("CARGO_BIN_EXE_awl")]);
        command.args(["s3api", "--cli-auto-prompt"]);
        desk.settle(&mut command);
        let output = command.output().unwrap();
        let end = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(ends.contains(&&*end), "{session}: {end} {said}");
    }
}
