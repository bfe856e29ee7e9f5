//! A sandbox for tests, and clients of it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};

use awl_value::{Value, json};

use super::support::TestPlace;

/// A sandbox that runs, and a place whose profile leads to it.
pub(crate) struct Running {
    pub(crate) place: TestPlace,
    child: Child,
    pub(crate) endpoint: String,
}

impl Running {
    pub(crate) fn start() -> Self {
        let place = TestPlace::new()
            .program("awl")
            .without("AWS_ACCESS_KEY_ID")
            .without("AWS_SECRET_ACCESS_KEY")
            .without("AWS_REGION")
            // Errors would say that it was reached.
            .without("AWS_MAX_ATTEMPTS")
            .variable("AWS_PAGER", "");
        let (child, endpoint) = Self::launch(&place);
        Self {
            place,
            child,
            endpoint,
        }
    }

    /// Ends it without a chance to write anything.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, after that.
    pub(crate) fn again(&mut self) {
        (self.child, self.endpoint) = Self::launch(&self.place);
    }

    fn launch(place: &TestPlace) -> (Child, String) {
        let mut child = place.start(&["sandbox", "start", "--port", "0"]);
        let mut line = String::new();
        let output = child.stdout.as_mut().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let endpoint = line.trim().rsplit(' ').next().unwrap().to_owned();
        if !endpoint.starts_with("http://127.0.0.1:") {
            let mut error = String::new();
            child
                .stderr
                .as_mut()
                .unwrap()
                .read_to_string(&mut error)
                .unwrap();
            panic!("{line:?} {error}");
        }
        (child, endpoint)
    }

    /// What awl says with a profile; what it prints as JSON.
    pub(crate) fn awl(&self, line: &str) -> Result<Value, String> {
        self.awl_words(&line.split(' ').collect::<Vec<_>>())
    }

    pub(crate) fn awl_words(&self, words: &[&str]) -> Result<Value, String> {
        let child = self.place.start(words);
        let output: Output = child.wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        match output.status.code() {
            Some(0) if stdout.trim().is_empty() => Ok(Value::Null),
            Some(0) => Ok(json::parse(&stdout).unwrap()),
            _ => Err(String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Runs a program of the peers, which finds the profile as any does.
    pub(crate) fn peer(&self, program: &str, words: &[&str]) -> Output {
        Command::new(awl_test::peers().join(program))
            .args(words)
            .current_dir(self.place.folder())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.place.folder().join("home"))
            .env("AWS_PROFILE", "sandbox")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("ENDPOINT", &self.endpoint)
            .output()
            .unwrap()
    }

    /// Runs a program by `sandbox exec`, with what this line says of who it is.
    pub(crate) fn exec(&self, who: &str, program: &Command) -> Output {
        let mut words = vec!["sandbox", "exec"];
        words.extend(who.split(' '));
        words.push("--");
        words.push(program.get_program().to_str().unwrap());
        words.extend(program.get_args().map(|word| word.to_str().unwrap()));
        let folder = program.get_current_dir();
        self.place
            .command(&words)
            .current_dir(folder.unwrap_or(self.place.folder()))
            .env("PATH", env!("PATH"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What a Python program prints that `sandbox exec` runs.
    pub(crate) fn exec_python(&self, who: &str, script: &str) -> Result<String, String> {
        let mut program = Command::new(awl_test::peers().join("python"));
        program.args(["-c", script]);
        said(&self.exec(who, &program))
    }

    /// What a program of JavaScript prints that `sandbox exec` runs.
    pub(crate) fn exec_javascript(&self, who: &str, script: &str) -> Result<String, String> {
        said(&self.exec(who, &awl_test::javascript_sdk(script)))
    }

    /// What the AWS CLI prints that `sandbox exec` runs: version 2 where there is
    /// one for this machine.
    pub(crate) fn exec_aws(&self, who: &str, line: &str) -> Result<String, String> {
        let mut program;
        if awl_test::has_aws_cli_v2() {
            program = Command::new(awl_test::aws_cli_v2());
        } else {
            program = Command::new(awl_test::peers().join("python"));
            program.args(["-m", "awscli"]);
        }
        program.args(line.split(' '));
        said(&self.exec(who, &program))
    }

    /// What awl prints that `sandbox exec` runs.
    pub(crate) fn exec_awl(&self, who: &str, line: &str) -> Result<String, String> {
        let mut program = Command::new(self.place.folder().join("awl"));
        program.args(line.split(' '));
        said(&self.exec(who, &program))
    }

    pub(crate) fn port(&self) -> u16 {
        self.endpoint.rsplit(':').next().unwrap().parse().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program has printed, or its complaint.
fn said(output: &Output) -> Result<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stdout) + &text(&output.stderr)),
    }
}

/// The text at a path of members.
pub(crate) fn text(value: &Value, path: &str) -> String {
    let mut found = value;
    for name in path.split('.') {
        found = found
            .get(name)
            .unwrap_or_else(|| panic!("{path} in {value:?}"));
    }
    found.as_str().unwrap().to_owned()
}
