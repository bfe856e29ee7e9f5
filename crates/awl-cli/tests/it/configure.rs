//! `awl configure`: what it prints, and what it leaves in the files. The
//! expectations are the AWS CLI's, byte for byte, but where they say otherwise.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use awl_test::{Answer, AwsCli, Server, on_terminal};
use insta::assert_snapshot;

use crate::support::TestPlace;

const CONFIG: &str = "home/.aws/config";
const CREDENTIALS: &str = "home/.aws/credentials";

/// A home without anything in the environment.
fn place() -> TestPlace {
    TestPlace::new()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .without("AWS_REGION")
}

fn read(place: &TestPlace, name: &str) -> String {
    std::fs::read_to_string(place.folder().join(name)).unwrap_or_default()
}

/// Exit code and standard output, as `0 text`.
fn brief(place: &TestPlace, words: &[&str]) -> String {
    let shown = place.run(words);
    let code = shown.lines().next().unwrap().trim_start_matches("exit: ");
    let (_, output) = shown.split_once("----- stdout\n").unwrap();
    let (output, _) = output.split_once("----- stderr\n").unwrap();
    format!("{code} {output}").trim_end().to_owned()
}

const PROFILES: &str = "[default]\nregion = eu-west-1\ns3 =\n  addressing_style = path\n\
    \n[profile dev]\nregion=us-west-2\nrole_arn = arn:r\nsource_profile = base\n\
    # kept\n[profile \"a b\"]\noutput = text\n[sso-session corp]\nsso_region = x\n\
    [services loc]\ns3 =\n  endpoint_url = http://l\n[plugins]\nfoo = bar\n[bare]\nx = 1\n";
const KEYS: &str = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s1\n\
    [base]\naws_access_key_id = AKIABASE\naws_secret_access_key = s2\n";

fn filled() -> TestPlace {
    place().file(CONFIG, PROFILES).file(CREDENTIALS, KEYS)
}

#[test]
fn get_prints_what_the_files_have() {
    let place = filled();
    for (words, expected) in [
        ("region", "0 eu-west-1"),
        ("REGION", "1"),
        ("aws_access_key_id", "0 AKIADEFAULT"),
        ("s3", "1"),
        ("s3.addressing_style", "0 path"),
        ("default.s3.addressing_style", "0 path"),
        ("profile.dev.region", "0 us-west-2"),
        ("dev.region", "0 us-west-2"),
        ("base.aws_secret_access_key", "0 s2"),
        ("profile.dev", "255"),
        ("nobody.region", "1"),
        ("plugins.foo", "0 bar"),
        ("region --profile dev", "0 us-west-2"),
        ("region --profile nobody", "255"),
        ("s3.x --profile nobody", "1"),
        ("sso_region --sso-session corp", "0 x"),
        ("sso_region --sso-session nobody", "255"),
        ("s3.endpoint_url --services loc", "0 http://l"),
        ("s3 --services loc --sso-session corp", "252"),
        ("", "1"),
    ] {
        let words: Vec<&str> = ["configure", "get"]
            .into_iter()
            .chain(words.split(' '))
            .collect();
        assert_eq!(brief(&place, &words), expected, "{words:?}");
    }
    assert_eq!(brief(&place, &["configure", "get", "a b.output"]), "0 text");
    assert_eq!(
        brief(&place, &["configure", "list-profiles"]),
        "0 default\ndev\na b\nbase"
    );
}

#[test]
fn errors_are_told() {
    let place = filled();
    assert_snapshot!(place.line("configure get s3"), @r"
    exit: 1
    ----- stdout
    ----- stderr
    varname (s3) must reference a value, not a section or sub-section.
    ");
    assert_snapshot!(place.line("configure get x --profile nobody"), @r"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: The config profile (nobody) could not be found
    ");
    let broken = self::place().file(CONFIG, "[default]\nregion = x\n\noops\n");
    for words in [
        "get region",
        "set region y",
        "unset region",
        "list",
        "list-profiles",
    ] {
        // The line is said beyond the AWS CLI's words.
        let expected = "exit: 255\n----- stdout\n----- stderr\n\naws: [ERROR]: Unable to parse \
            config file: [FOLDER]/home/.aws/config (line 4: neither a section header nor `key = \
            value`)\n";
        assert_eq!(broken.line(&format!("configure {words}")), expected);
    }
    // What could not be read whole is not written.
    assert_eq!(read(&broken, CONFIG), "[default]\nregion = x\n\noops\n");
}

#[test]
fn set_writes_to_the_file_that_the_key_belongs_to() {
    let check = |words: &[&str], config: &str, credentials: &str| {
        let place = place();
        let words: Vec<&str> = ["configure", "set"].iter().chain(words).copied().collect();
        assert_eq!(brief(&place, &words), "0", "{words:?}");
        assert_eq!(read(&place, CONFIG), config, "{words:?}");
        assert_eq!(read(&place, CREDENTIALS), credentials, "{words:?}");
    };
    check(&["region", "a b"], "[default]\nregion = a b\n", "");
    check(&["x", "100% $y #z"], "[default]\nx = 100% $y #z\n", "");
    check(&["x", ""], "[default]\nx = \n", "");
    check(&["s3.x", "1"], "[default]\ns3 =\n    x = 1\n", "");
    check(&["profile.p.x", "1"], "[profile p]\nx = 1\n", "");
    check(
        &["x", "1", "--profile", "p q"],
        "[profile 'p q']\nx = 1\n",
        "",
    );
    check(
        &["aws_session_token", "t"],
        "",
        "[default]\naws_session_token = t\n",
    );
    check(
        &["aws_access_key_id", "t", "--profile", "p q"],
        "",
        "[p q]\naws_access_key_id = t\n",
    );
    check(&["plugins.x", "1"], "[plugins]\nx = 1\n", "");
    check(
        &["x", "1", "--sso-session", "c"],
        "[sso-session c]\nx = 1\n",
        "",
    );
    check(
        &["ec2.endpoint_url", "u", "--services", "c"],
        "[services c]\nec2 =\n    endpoint_url = u\n",
        "",
    );
    let place = filled();
    assert_eq!(brief(&place, &["configure", "set", "x", "a\nb"]), "255");
    assert_eq!(
        brief(
            &place,
            &["configure", "set", "a.b.c", "v", "--services", "c"]
        ),
        "252"
    );
    assert_eq!(read(&place, CONFIG), PROFILES);
}

#[test]
fn written_files_are_private_and_links_stay() {
    let place = place().file("dotfiles/config", "[default]\n");
    let config = place.folder().join(CONFIG);
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("../../dotfiles/config", &config).unwrap();
    place.line("configure set region r");
    place.line("configure set aws_access_key_id k");
    assert!(std::fs::symlink_metadata(&config).unwrap().is_symlink());
    assert_eq!(read(&place, "dotfiles/config"), "[default]\nregion = r\n");
    let mode = |name: &str| {
        let file = std::fs::metadata(place.folder().join(name)).unwrap();
        file.permissions().mode() & 0o777
    };
    assert_eq!(mode(CREDENTIALS), 0o600);
    assert_eq!(mode("dotfiles/config"), 0o600);
    assert_eq!(
        std::fs::read_dir(config.parent().unwrap()).unwrap().count(),
        2
    );
}

#[test]
fn unset_removes_from_both_files() {
    let place = place()
        .file(
            CONFIG,
            "[default]\n# c\nregion = r\naws_access_key_id = k\ns3 =\n  x = 1\n",
        )
        .file(CREDENTIALS, KEYS);
    assert_eq!(
        brief(&place, &["configure", "unset", "aws_access_key_id"]),
        "0"
    );
    assert_eq!(brief(&place, &["configure", "unset", "s3.x"]), "0");
    assert_eq!(brief(&place, &["configure", "unset", "nope"]), "1");
    assert_eq!(read(&place, CONFIG), "[default]\n# c\nregion = r\n");
    assert_eq!(
        read(&place, CREDENTIALS),
        KEYS.replace("aws_access_key_id = AKIADEFAULT\n", "")
    );
}

#[test]
fn profiles_are_renamed_with_what_refers_to_them() {
    let place = filled();
    assert_eq!(
        brief(&place, &["configure", "rename-profile", "base", "ba se"]),
        "0"
    );
    let config = PROFILES.replace("source_profile = base", "source_profile = ba se");
    assert_eq!(read(&place, CONFIG), config);
    assert_eq!(read(&place, CREDENTIALS), KEYS.replace("[base]", "[ba se]"));
    assert_eq!(
        brief(&place, &["configure", "rename-profile", "a b", "c"]),
        "0"
    );
    assert_eq!(
        read(&place, CONFIG),
        config.replace("[profile \"a b\"]", "[profile c]")
    );
    for words in [["nobody", "x"], ["dev", "default"]] {
        let shown = brief(&place, &["configure", "rename-profile", words[0], words[1]]);
        assert_eq!(shown, "255");
    }
    assert_eq!(
        brief(&place, &["configure", "rename-profile", "dev", ""]),
        "252"
    );
}

#[test]
fn profiles_are_deleted_unless_others_need_them() {
    let place = filled();
    assert_snapshot!(place.line("configure delete-profile base"), @r"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: The config profile (base) is the source_profile of dev; --force deletes it all the same
    ");
    assert_eq!(read(&place, CREDENTIALS), KEYS);
    assert_eq!(
        brief(&place, &["configure", "delete-profile", "base", "--force"]),
        "0"
    );
    assert_eq!(
        brief(&place, &["configure", "delete-profile", "base"]),
        "255"
    );
    assert_eq!(
        brief(&place, &["configure", "delete-profile", "default"]),
        "0"
    );
    assert_eq!(read(&place, CREDENTIALS), "");
    let (_, rest) = PROFILES.split_once("[profile dev]").unwrap();
    assert_eq!(read(&place, CONFIG), format!("[profile dev]{rest}"));
}

#[test]
fn questions_are_put_one_by_one() {
    let place = place().input("AKIA1\nsecret\nus-east-2\n\n");
    assert_snapshot!(place.line("configure").replace(": ", ":_"), @r"
    exit:_0
    ----- stdout

    Tip:_You can deliver temporary credentials to the AWS CLI using your AWS Console session by running the command 'aws login'.

    AWS Access Key ID [None]:_AWS Secret Access Key [None]:_Default region name [None]:_Default output format [None]:_----- stderr
    ");
    assert_eq!(read(&place, CONFIG), "[default]\nregion = us-east-2\n");
    let keys = "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = secret\n";
    assert_eq!(read(&place, CREDENTIALS), keys);

    // Temporary keys have a token.
    let place = place.input("ASIA2345\nsecret2\ntoken\n\ntext\n");
    assert_eq!(
        brief(&place, &["configure"]),
        "0 AWS Access Key ID [****************KIA1]: AWS Secret Access Key \
         [****************cret]: AWS Session Token [None]: Default region name [us-east-2]: \
         Default output format [None]:"
    );
    assert_eq!(
        read(&place, CREDENTIALS),
        "[default]\naws_access_key_id = ASIA2345\naws_secret_access_key = secret2\n\
         aws_session_token = token\n"
    );
    assert_eq!(
        read(&place, CONFIG),
        "[default]\nregion = us-east-2\noutput = text\n"
    );

    // Those that last have none.
    let place = place.input("AKIA9\n\n\n\n");
    brief(&place, &["configure"]);
    assert_eq!(
        read(&place, CREDENTIALS),
        "[default]\naws_access_key_id = AKIA9\naws_secret_access_key = secret2\n"
    );

    // The input ends too early: nothing is written.
    let place = self::place().input("AKIA1\n");
    assert!(
        place
            .line("configure --profile x")
            .contains("aws: [ERROR]: EOF when reading a line")
    );
    assert_eq!(read(&place, CREDENTIALS), "");
}

/// Beyond the AWS CLI, whose defaults are offered as `[None]`.
#[test]
fn a_terminal_is_offered_defaults_and_shows_no_secret() {
    let place = place();
    let script = [
        ("AWS Access Key ID [None]: ", "AKIA1"),
        ("AWS Secret Access Key [None]: ", "planted-secret"),
        ("Default region name [us-east-1]: ", ""),
        ("Default output format [json]: ", ""),
    ];
    let output = on_terminal(&script, env!("CARGO_BIN_EXE_awl"))
        .arg("configure")
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/local/bin")
        .env("HOME", place.folder().join("home"))
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(!shown.contains("planted-secret"), "{shown}");
    assert_eq!(
        read(&place, CONFIG),
        "[default]\nregion = us-east-1\noutput = json\n"
    );
    assert_eq!(
        read(&place, CREDENTIALS),
        "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = planted-secret\n"
    );
}

#[test]
fn keys_are_imported() {
    let csv = "\u{feff}User name,Password,Access key ID,Secret access key,Console login link\r\n\
        bob,pw,AK1,SK1,l\r\nal ice,,AK2,SK2,l\r\n";
    let place = place().file("keys.csv", csv);
    assert_eq!(
        brief(&place, &["configure", "import", "--csv", "file://keys.csv"]),
        "0 Successfully imported 2 profile(s)"
    );
    assert_eq!(
        read(&place, CREDENTIALS),
        "[bob]\naws_access_key_id = AK1\naws_secret_access_key = SK1\n\
         [al ice]\naws_access_key_id = AK2\naws_secret_access_key = SK2\n"
    );
    assert!(
        place
            .line("configure import --csv keys.csv")
            .contains("You may be passing a file to import without the 'file://' prefix.")
    );
    let words = [
        "configure",
        "import",
        "--skip-invalid",
        "--profile-prefix",
        "p-",
        "--csv",
    ];
    let text = "User name,Access key ID,Secret access key\nx,,\nbob,A,B";
    let words: Vec<&str> = words.into_iter().chain([text]).collect();
    assert_eq!(
        brief(&place, &words),
        "0 Successfully imported 1 profile(s)"
    );
    assert!(
        read(&place, CREDENTIALS)
            .ends_with("[p-bob]\naws_access_key_id = A\naws_secret_access_key = B\n")
    );
}

#[test]
fn list_says_where_values_are_from() {
    let place = filled().variable("AWS_DEFAULT_REGION", "eu-north-1");
    assert_snapshot!(place.line("configure list").replace(" \n", "_\n"), @r"
    exit: 0
    ----- stdout
    NAME       : VALUE                    : TYPE             : LOCATION
    profile    : <not set>                : None             : None
    access_key : ****************AULT     : shared-credentials-file :_
    secret_key : ****************s1       : shared-credentials-file :_
    region     : eu-north-1               : env              : ['AWS_REGION', 'AWS_DEFAULT_REGION']
    ----- stderr
    ");
    let place = place
        .without("AWS_DEFAULT_REGION")
        .variable("AWS_PROFILE", "default");
    assert_snapshot!(place.line("configure list").replace(" \n", "_\n"), @r"
    exit: 0
    ----- stdout
    NAME       : VALUE                    : TYPE             : LOCATION
    profile    : default                  : env              : ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']
    access_key : ****************AULT     : shared-credentials-file :_
    secret_key : ****************s1       : shared-credentials-file :_
    region     : eu-west-1                : config-file      : ~/.aws/config
    ----- stderr
    ");
    assert_snapshot!(self::place().line("configure list"), @r"
    exit: 0
    ----- stdout
    NAME       : VALUE                    : TYPE             : LOCATION
    profile    : <not set>                : None             : None
    access_key : <not set>                : None             : None
    secret_key : <not set>                : None             : None
    region     : <not set>                : None             : None
    ----- stderr
    ");
}

#[test]
fn credentials_are_exported_for_programs_and_shells() {
    let process = "[profile p]\ncredential_process = /bin/echo '{\"Version\":1,\"AccessKeyId\":\
        \"A\",\"SecretAccessKey\":\"S\",\"SessionToken\":\"T\",\"Expiration\":\
        \"2099-01-01T00:00:00Z\"}'\n[profile loop]\ncredential_process = aws configure \
        export-credentials --profile loop\n[profile chain]\ncredential_process = /bin/sh -c \
        'echo \"<$_AWS_CLI_PROFILE_CHAIN>\" >&2; exit 1'\n";
    let place = place().file(CONFIG, process);
    let folder = place.folder().to_string_lossy().into_owned();
    let place = place.variable("PATH", &folder);
    assert_snapshot!(place.line("configure export-credentials --profile p"), @r#"
    exit: 0
    ----- stdout
    {
      "Version": 1,
      "AccessKeyId": "A",
      "SecretAccessKey": "S",
      "SessionToken": "T",
      "Expiration": "2099-01-01T00:00:00+00:00"
    }
    ----- stderr
    "#);
    for (format, expected) in [
        ("env", "export AWS_ACCESS_KEY_ID=A"),
        ("env-no-export", "AWS_ACCESS_KEY_ID=A"),
        ("powershell", "$Env:AWS_ACCESS_KEY_ID=\"A\""),
        ("windows-cmd", "set AWS_ACCESS_KEY_ID=A"),
        ("fish", "set -gx AWS_ACCESS_KEY_ID \"A\""),
    ] {
        let words = format!("configure export-credentials --profile p --format {format}");
        let shown = place.line(&words);
        let lines: Vec<&str> = shown.lines().skip(2).take(4).collect();
        assert_eq!(lines[0], expected);
        let names = [
            "ID",
            "SECRET_ACCESS_KEY",
            "SESSION_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION",
        ];
        for (line, name) in lines.iter().zip(names) {
            assert!(line.contains(name), "{line}");
        }
    }
    let shown = place.line("configure export-credentials --profile loop");
    assert!(shown.starts_with("exit: 253\n"), "{shown}");
    assert!(
        shown.contains("infinite loop, profile cycle: loop -> loop"),
        "{shown}"
    );
    let shown = place.line("configure export-credentials --profile chain");
    assert!(shown.contains("custom-process: <chain>"), "{shown}");
    assert_snapshot!(self::place().line("configure export-credentials"), @r"
    exit: 253
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (Configuration): Unable to retrieve credentials: no credentials found
    ");
}

#[test]
fn a_model_is_added() {
    let model = |prefix: &str| {
        format!(
            "{{\"version\": \"2.0\", \"metadata\": {{\"apiVersion\": \"2020-01-01\", \
             \"endpointPrefix\": \"{prefix}\"}}}}"
        )
    };
    let place = place().file("model.json", model("monitoring"));
    assert_eq!(
        brief(
            &place,
            &[
                "configure",
                "add-model",
                "--service-model",
                "file://model.json"
            ]
        ),
        "0"
    );
    let words = [
        "configure",
        "add-model",
        "--service-name",
        "own",
        "--service-model",
    ];
    let foo = model("foo");
    let words: Vec<&str> = words.into_iter().chain([&*foo]).collect();
    assert_eq!(brief(&place, &words), "0");
    let at = |service: &str| {
        read(
            &place,
            &format!("home/.aws/models/{service}/2020-01-01/service-2.json"),
        )
    };
    assert_eq!(at("cloudwatch"), model("monitoring"));
    assert_eq!(at("own"), foo);
}

#[test]
fn an_mfa_device_opens_a_session_for_a_profile() {
    let server = Server::start(|_, request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        if !body.contains("TokenCode=123456") || !body.contains("DurationSeconds=43200") {
            let error = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
            return Answer::new(403, format!("<ErrorResponse>{error}</ErrorResponse>"));
        }
        Answer::new(
            200,
            "<GetSessionTokenResponse><GetSessionTokenResult><Credentials><AccessKeyId>ASIA1\
             </AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>\
             <Expiration>2099-01-02T03:04:05Z</Expiration></Credentials>\
             </GetSessionTokenResult></GetSessionTokenResponse>",
        )
        .header("Content-Type", "text/xml")
    });
    let session = "aws_access_key_id = ASIA1\naws_secret_access_key = S\naws_session_token = T\n";
    let device = "arn:aws:iam::123456789012:mfa/al";
    let place = place()
        .variable("AWS_ENDPOINT_URL", &server.endpoint())
        .without("AWS_MAX_ATTEMPTS")
        .input(&format!("AKIA\nsecret\n{device}\n123456\n\n"));
    assert_snapshot!(place.line("configure mfa-login"), @r"
    exit: 0
    ----- stdout
    Please provide your AWS credentials:
    AWS Access Key ID: AWS Secret Access Key: MFA serial number or ARN: MFA token code: Profile to update [123456789012-al]: Temporary credentials written to profile '123456789012-al'
    Credentials will expire at 2099-01-02 03:04:05 UTC
    To use these credentials, specify --profile 123456789012-al when running AWS CLI commands
    ----- stderr
    ");
    assert_eq!(
        read(&place, CREDENTIALS),
        format!("[123456789012-al]\n{session}")
    );

    // Keys that are there are used, and so is the profile's device.
    let place = place
        .file(CONFIG, format!("[default]\nmfa_serial = {device}\n"))
        .file(CREDENTIALS, KEYS)
        .input("123456\n");
    let words = ["configure", "mfa-login", "--update-profile", "session"];
    assert_eq!(
        brief(&place, &words),
        "0 MFA token code: Temporary credentials written to profile 'session'\nCredentials will \
         expire at 2099-01-02T03:04:05+00:00\nTo use these credentials, specify --profile session \
         when running AWS CLI commands"
    );
    assert_eq!(
        read(&place, CREDENTIALS),
        format!("{KEYS}[session]\n{session}")
    );
    let place = place.input("000000\n");
    assert_snapshot!(place.line("configure mfa-login --update-profile x"), @r"
    exit: 1
    ----- stdout
    MFA token code: ----- stderr

    aws: [ERROR]: An error occurred: An error occurred (AccessDenied) when calling the GetSessionToken operation: no
    ");
    assert!(!read(&place, CREDENTIALS).contains("[x]"));
}

/// The files are the same, byte for byte, that the AWS CLI leaves.
#[test]
fn files_are_written_as_the_aws_cli_writes_them() {
    let aws = AwsCli::start();
    for config in [
        "",
        "[default]",
        "[default]\nregion=x",
        "[default]\nregion=x\n\n\n",
        "# top\n\n[default]\n# region = a\nregion : x ; c\noutput=json\n# z = 1\n\n# of dev\n\
         [profile dev]\nx=1\n",
        "[profile x]\ny=1\n# end",
        "[default]\ns3 =\n    addressing_style = path\nregion = x\n",
        "[default]\ns3 =\n  max=1\n\n# c\n\n[profile dev]\ns3=\n  a=1\n[profile z]\n",
    ] {
        for words in [
            ["region", "v"],
            ["new", "v w"],
            ["s3.addressing_style", "virtual"],
            ["profile.dev.region", "%q"],
            ["aws_access_key_id", "AKIA"],
        ] {
            let ours = place().file(CONFIG, config).file(CREDENTIALS, KEYS);
            let theirs = place().file(CONFIG, config).file(CREDENTIALS, KEYS);
            let words: Vec<&str> = ["configure", "set"].into_iter().chain(words).collect();
            assert_eq!(brief(&ours, &words), "0");
            let home = theirs.folder().join("home");
            let outcome = aws.run(theirs.folder(), &environment(&home), &owned(&words));
            assert_eq!(outcome.code, 0, "{}", outcome.stderr);
            for name in [CONFIG, CREDENTIALS] {
                assert_eq!(
                    read(&ours, name),
                    read(&theirs, name),
                    "{words:?}\n{config}"
                );
            }
            // Each reads what the other wrote.
            let get = ["configure", "get", words[2]];
            let outcome = aws.run(
                ours.folder(),
                &environment(&ours.folder().join("home")),
                &owned(&get),
            );
            assert_eq!(
                brief(&theirs, &get),
                format!("{} {}", outcome.code, outcome.stdout).trim_end()
            );
        }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn environment(home: &Path) -> BTreeMap<String, String> {
    let home = home.to_string_lossy().into_owned();
    BTreeMap::from([
        ("HOME".to_owned(), home),
        ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
    ])
}
