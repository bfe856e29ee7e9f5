//! `credentials store`, `get`, `list` and `remove`: keys leave the plain files
//! and come back, and nobody opens the store without its key.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use awl_test::{on_terminal, peers};

use crate::support::TestPlace;

const SECRET: &str = "planted/Secret+of\"forty'letters#and=signs";

const CREDENTIALS: &str = "\
# mine
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = other

[my dev]
aws_access_key_id = AKIADEV
# the secret
aws_secret_access_key = planted/Secret+of\"forty'letters#and=signs
region = eu-west-1
";
const CONFIG: &str = "[profile 'my dev']\noutput = json\n";
const STORE: &str = "home/.local/share/awl/credentials.enc";
const STORED: &str = "\
exit: 0
----- stdout
The keys of profile my dev are in [FOLDER]/home/.local/share/awl/credentials.enc now, and no longer in the plain files.
----- stderr
";
const GOT: &str = "\
exit: 0
----- stdout
{
  \"Version\": 1,
  \"AccessKeyId\": \"AKIADEV\",
  \"SecretAccessKey\": \"planted/Secret+of\\\"forty'letters#and=signs\"
}
----- stderr
";

/// A place with two profiles, whose passphrase a command prints.
fn place() -> TestPlace {
    TestPlace::new()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .variable("AWL_PASSPHRASE_COMMAND", "echo 'my passphrase'")
        .file("home/.aws/credentials", CREDENTIALS)
        .file("home/.aws/config", CONFIG)
}

fn read(place: &TestPlace, name: &str) -> String {
    std::fs::read_to_string(place.folder().join(name)).unwrap()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn store(place: &TestPlace, options: &[&str]) -> String {
    place.run(&[&["credentials", "store", "--profile", "my dev"], options].concat())
}

fn get(place: &TestPlace, options: &[&str]) -> String {
    place.run(&[&["credentials", "get", "my dev"], options].concat())
}

#[test]
fn keys_leave_the_plain_files_and_come_back() {
    let place = place();
    assert_eq!(store(&place, &[]), STORED);
    let credentials = read(&place, "home/.aws/credentials");
    assert_eq!(
        credentials,
        CREDENTIALS
            .replace("aws_access_key_id = AKIADEV\n", "")
            .replace(&format!("aws_secret_access_key = {SECRET}\n"), "")
    );
    let program = env!("CARGO_BIN_EXE_awl");
    assert_eq!(
        read(&place, "home/.aws/config"),
        format!("{CONFIG}credential_process = {program} credentials get 'my dev'\n")
    );
    let path = place.folder().join(STORE);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let file = std::fs::read(&path).unwrap();
    for plain in [SECRET, "AKIADEV", "my dev"] {
        let is_there = file
            .windows(plain.len())
            .any(|part| part == plain.as_bytes());
        assert!(!is_there, "{plain}");
    }
    assert_eq!(get(&place, &[]), GOT);
    insta::assert_snapshot!(place.line("credentials list"), @r"
    exit: 0
    ----- stdout
    AKIADEV my dev
    ----- stderr
    ");
    insta::assert_snapshot!(place.line("credentials list --output json --query Credentials[0]"), @r#"
    exit: 0
    ----- stdout
    {
        "Profile": "my dev",
        "AccessKeyId": "AKIADEV"
    }
    ----- stderr
    "#);
    // The keys are used through the profile.
    let words = ["configure", "export-credentials", "--profile", "my dev"];
    assert_eq!(place.run(&words), GOT);
    // Nothing is in the plain files that could be stored again.
    insta::assert_snapshot!(store(&place, &[]), @r"
    exit: 253
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (Configuration): The keys of profile my dev are left where they are: it has not both aws_access_key_id and aws_secret_access_key
    ");
    let removed = place.run(&["credentials", "remove", "my dev", "--restore"]);
    assert_eq!(removed, "exit: 0\n----- stdout\n----- stderr\n");
    assert_eq!(read(&place, "home/.aws/config"), CONFIG);
    let credentials = read(&place, "home/.aws/credentials");
    for line in CREDENTIALS.lines() {
        assert!(
            credentials.lines().any(|other| other == line),
            "{line} {credentials}"
        );
    }
    insta::assert_snapshot!(get(&place, &[]), @r"
    exit: 253
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (Configuration): The credential store has no keys of profile my dev
    ");
}

#[test]
fn new_keys_take_the_place_of_old_ones() {
    let place = place();
    assert_eq!(store(&place, &[]), STORED);
    let place = place.file(
        "home/.aws/credentials",
        "[my dev]\naws_access_key_id = AKIANEW\naws_secret_access_key = new\n",
    );
    assert_eq!(store(&place, &[]), STORED);
    assert!(
        place
            .line("credentials list")
            .contains("\nAKIANEW my dev\n-----")
    );
    // Without --restore they are gone.
    place.run(&["credentials", "remove", "my dev"]);
    assert_eq!(read(&place, "home/.aws/credentials"), "[my dev]\n");
}

#[test]
fn a_store_opens_with_its_own_key_only() {
    let place = place();
    assert_eq!(store(&place, &[]), STORED);
    let path = place.folder().join(STORE);
    let whole = std::fs::read(&path).unwrap();
    let refused = |outcome: String, why: &str| {
        let expected = format!(
            "exit: 253\n----- stdout\n----- stderr\n\naws: [ERROR]: An error occurred \
             (Configuration): {}\n",
            why.replace(
                "[STORE]",
                "The credential store [FOLDER]/home/.local/share/awl/credentials.enc"
            )
        );
        assert_eq!(outcome, expected);
    };
    let wrong = "[STORE] cannot be used: the passphrase or key is wrong, or the file was changed";
    let no_store = "[STORE] cannot be used: it is no credential store, or only a part of one";
    refused(get(&place, &["--passphrase-command", "echo wrong"]), wrong);
    refused(get(&place, &["--passphrase-command", "echo"]), wrong);
    refused(
        get(&place, &["--passphrase-command", "/no/such"]),
        "The passphrase command failed: /no/such: No such file or directory (os error 2)",
    );
    refused(
        get(&place, &["--passphrase-command", "sh -c 'echo x; exit 3'"]),
        "The passphrase command failed: sh: exit status: 3",
    );
    refused(
        get(&place, &["--key-file", "key"]),
        "The credential store is locked with a passphrase: give no --key-file",
    );
    for length in [0, 1, 63] {
        std::fs::write(&path, &whole[..length]).unwrap();
        refused(get(&place, &[]), no_store);
    }
    for length in [64, 80, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        refused(get(&place, &[]), wrong);
    }
    // The salt, the nonce, the content, its tag.
    for at in [24, 63, 64, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        refused(get(&place, &[]), wrong);
        // Such a store is not written over.
        refused(
            place.run(&["credentials", "store", "--profile", "default"]),
            wrong,
        );
        assert_eq!(std::fs::read(&path).unwrap(), changed);
        assert!(read(&place, "home/.aws/credentials").contains("AKIADEFAULT"));
    }
    let mut later = whole.clone();
    later[8] = 2;
    std::fs::write(&path, &later).unwrap();
    refused(
        get(&place, &[]),
        "[STORE] cannot be used: it has version 2, which this awl does not know",
    );
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(get(&place, &[]), GOT);
    std::fs::remove_file(&path).unwrap();
    refused(
        get(&place, &[]),
        "There is no credential store at [FOLDER]/home/.local/share/awl/credentials.enc: awl \
         credentials store --profile NAME makes it",
    );
}

#[test]
fn a_key_file_stands_in_for_a_passphrase() {
    let place = place().variable("XDG_DATA_HOME", "relative");
    let place = place.without("AWL_PASSPHRASE_COMMAND");
    let options = ["--key-file", "keys/my key"];
    assert_eq!(store(&place, &options), STORED);
    let key = place.folder().join("keys/my key");
    assert_eq!(mode(&key), 0o600);
    assert_eq!(read(&place, "keys/my key").len(), 65);
    let config = read(&place, "home/.aws/config");
    let option = format!("'my dev' --key-file '{}'\n", key.display());
    assert!(config.ends_with(&option), "{config}");
    assert_eq!(get(&place, &options), GOT);
    let words = ["configure", "export-credentials", "--profile", "my dev"];
    assert_eq!(place.run(&words), GOT);
    for (content, mode, why) in [
        (
            None,
            0o644,
            "other users may read it (mode 0644): chmod 600 it",
        ),
        (Some("00"), 0o600, "it is no key of 64 hexadecimal digits"),
        (
            Some(&*"x".repeat(64)),
            0o600,
            "it is no key of 64 hexadecimal digits",
        ),
        (
            Some(&*"0".repeat(64)),
            0o600,
            "the passphrase or key is wrong",
        ),
    ] {
        if let Some(content) = content {
            std::fs::write(&key, content).unwrap();
        }
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let outcome = get(&place, &options);
        assert!(
            outcome.starts_with("exit: 253\n----- stdout\n-----") && outcome.contains(why),
            "{outcome}"
        );
    }
    let outcome = get(&place, &[]);
    assert!(
        outcome.contains("is locked with a key file: give --key-file"),
        "{outcome}"
    );
}

#[test]
fn keys_that_do_not_belong_there_stay_where_they_are() {
    for (credentials, config, why) in [
        (
            "[my dev]\naws_access_key_id = a\naws_secret_access_key = b\naws_session_token = c\n",
            "",
            "they are temporary",
        ),
        ("[my dev]\naws_access_key_id = a\n", "", "it has not both"),
        (
            "[my dev]\naws_access_key_id = a\naws_secret_access_key = b\n",
            "[profile 'my dev']\nrole_arn = x\n",
            "the profile has role_arn too",
        ),
        (
            "[my dev]\naws_access_key_id = a\naws_secret_access_key = b\n",
            "[profile 'my dev']\ncredential_process = vault get\n",
            "the profile has another credential_process",
        ),
        ("[x]\n", "", "could not be found"),
        ("[my dev]\nbroken\n", "", "Unable to parse config file"),
    ] {
        let place = place()
            .file("home/.aws/credentials", credentials)
            .file("home/.aws/config", config);
        let outcome = store(&place, &[]);
        assert!(
            outcome.contains(why) && !outcome.starts_with("exit: 0"),
            "{outcome}"
        );
        assert_eq!(read(&place, "home/.aws/credentials"), credentials);
        assert_eq!(read(&place, "home/.aws/config"), config);
        assert!(!place.folder().join(STORE).exists());
    }
    // Where the store cannot be written, nothing is taken out of the files.
    let place = place().file("home/.local/share/awl", "");
    let outcome = store(&place, &[]);
    assert!(outcome.starts_with("exit: 253"), "{outcome}");
    assert_eq!(read(&place, "home/.aws/credentials"), CREDENTIALS);
    assert_eq!(read(&place, "home/.aws/config"), CONFIG);
}

#[test]
fn processes_that_store_at_once_lose_nothing() {
    const MANY: usize = 8;
    let profiles: Vec<String> = (0..MANY)
        .map(|number| {
            format!("[p{number}]\naws_access_key_id = AKIA{number}\naws_secret_access_key = s\n")
        })
        .collect();
    let place = place().file("home/.aws/credentials", profiles.concat());
    let key = ["--key-file", "key"];
    let words = |number: usize| {
        let profile = format!("p{number}");
        let words = [
            "credentials",
            "store",
            "--profile",
            &profile,
            key[0],
            key[1],
        ];
        words.map(str::to_owned)
    };
    let run = |number: usize| {
        let words = words(number);
        place.start(&words.each_ref().map(String::as_str))
    };
    // The first makes store and key.
    assert!(run(0).wait().unwrap().success());
    let children: Vec<_> = (1..MANY).map(run).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let list = place.run(&["credentials", "list", key[0], key[1]]);
    let config = read(&place, "home/.aws/config");
    for number in 0..MANY {
        assert!(
            list.contains(&format!("AKIA{number} p{number}\n")),
            "{list}"
        );
        assert!(
            config.contains(&format!("credentials get p{number} ")),
            "{config}"
        );
    }
    assert!(!read(&place, "home/.aws/credentials").contains("AKIA"));
}

/// A command on a terminal with these answers to these questions.
fn terminal(place: &TestPlace, script: &[(&str, &str)], words: &[&str]) -> String {
    let output = on_terminal(script, env!("CARGO_BIN_EXE_awl"))
        .args(words)
        .current_dir(place.folder())
        .env("HOME", place.folder().join("home"))
        .env_remove("AWL_PASSPHRASE_COMMAND")
        .env_remove("AWS_PROFILE")
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_passphrase_is_asked_on_the_terminal_and_not_shown() {
    let place = place();
    let words = ["credentials", "store", "--profile", "my dev"];
    let (new, again) = (
        "New passphrase for the credential store: ",
        "The same again: ",
    );
    let shown = terminal(&place, &[(new, "typed"), (again, "other")], &words);
    assert!(shown.contains("The passphrases differ"), "{shown}");
    assert!(!place.folder().join(STORE).exists());
    let shown = terminal(&place, &[(new, "typed"), (again, "typed")], &words);
    assert!(shown.contains("no longer in the plain files"), "{shown}");
    assert!(!shown.contains("typed"), "{shown}");
    let question = "Passphrase of the credential store: ";
    let shown = terminal(
        &place,
        &[(question, "typed")],
        &["credentials", "get", "my dev"],
    );
    assert!(
        shown.contains("AKIADEV") && !shown.contains("typed"),
        "{shown}"
    );
    let place = place.variable("AWL_PASSPHRASE_COMMAND", "echo typed");
    assert_eq!(get(&place, &[]), GOT);
}

#[test]
fn the_aws_cli_and_boto3_use_what_is_stored() {
    let place = place();
    assert_eq!(
        store(&place, &["--passphrase-command", "echo 'a b'"]),
        STORED
    );
    let run = |program: &str, words: &[&str]| {
        let output = Command::new(peers().join(program))
            .args(words)
            .env_clear()
            .env("HOME", place.folder().join("home"))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program}: {error}");
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = run("aws", &["configure", "list", "--profile", "my dev"]);
    let is_stored = |line: &str| line.contains("ADEV") && line.contains("custom-process");
    assert!(listed.lines().any(is_stored), "{listed}");
    let program = "import boto3; \
        keys = boto3.Session(profile_name='my dev').get_credentials(); \
        print(keys.method, keys.access_key, keys.secret_key)";
    let printed = run("python", &["-c", program]);
    assert_eq!(printed, format!("custom-process AKIADEV {SECRET}\n"));
}
