//! Services of a user's own models.

use awl_test::{Answer, Server};
use awl_value::{Value, json};
use insta::assert_snapshot;

use crate::support::TestPlace;

const TINY: &str = r#"{
    "version": "2.0",
    "metadata": {
        "apiVersion": "2020-01-01",
        "endpointPrefix": "tiny",
        "jsonVersion": "1.1",
        "protocol": "json",
        "serviceId": "Tiny",
        "signatureVersion": "v4",
        "signingName": "tiny",
        "targetPrefix": "Tiny_20200101"
    },
    "operations": {
        "GetThing": {
            "name": "GetThing",
            "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "GetThingRequest"},
            "output": {"shape": "GetThingResponse"},
            "errors": [{"shape": "NoThing"}]
        }
    },
    "shapes": {
        "GetThingRequest": {
            "type": "structure",
            "required": ["Id"],
            "members": {"Id": {"shape": "Text"}, "Size": {"shape": "Number"}}
        },
        "GetThingResponse": {
            "type": "structure",
            "members": {"Name": {"shape": "Text"}, "Made": {"shape": "Time"}}
        },
        "NoThing": {"type": "structure", "members": {"message": {"shape": "Text"}}, "exception": true},
        "Number": {"type": "integer"},
        "Text": {"type": "string"},
        "Time": {"type": "timestamp"}
    }
}"#;

const FILE: &str = "home/.aws/models/tiny/2020-01-01/service-2.json";

/// A model of STS with one operation, which AWS does not have.
fn other_sts(version: &str) -> String {
    TINY.replace("GetThing", "GetOther")
        .replace("2020-01-01", version)
        .replace(r#""endpointPrefix": "tiny""#, r#""endpointPrefix": "sts""#)
        .replace(r#""serviceId": "Tiny""#, r#""serviceId": "STS""#)
}

#[test]
fn own_service_is_a_command() {
    let server = Server::start(|number, _| match number {
        0 => Answer::new(200, r#"{"Name": "one", "Made": 1700000000}"#),
        _ => Answer::new(400, r#"{"__type": "NoThing", "message": "not here"}"#),
    });
    let place = TestPlace::new()
        .file(FILE, TINY)
        .variable("AWS_ENDPOINT_URL", &server.endpoint());
    assert_snapshot!(place.line("tiny get-thing --id a --size 3"), @r#"
    exit: 0
    ----- stdout
    {
        "Name": "one",
        "Made": "2023-11-14T22:13:20+00:00"
    }
    ----- stderr
    "#);
    assert_snapshot!(place.line("tiny get-thing --id b"), @"
    exit: 254
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (NoThing) when calling the GetThing operation (reached max retries: 0): not here
    ");
    let requests = server.requests();
    let [first, _] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!(first.header("X-Amz-Target"), Some("Tiny_20200101.GetThing"));
    assert_eq!(first.body, br#"{"Id": "a", "Size": 3}"#);
}

#[test]
fn own_service_is_checked_and_offered_as_others_are() {
    let place = TestPlace::new().file(FILE, TINY);
    assert_snapshot!(place.line("tiny get-thing"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): the following arguments are required: --id

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    ");
    assert_snapshot!(place.line("tiny get-thin --id a"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): argument operation: Found invalid choice 'get-thin'

    Maybe you meant:

      * get-thing

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    ");
    assert_snapshot!(place.line("tinny get-thing --id a"), @"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): argument command: Found invalid choice 'tinny'

    Maybe you meant:

      * tiny

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    ");
}

/// The URL of the request that a line comes to.
fn url(place: &TestPlace, line: &str) -> String {
    let output = place.line(&format!("{line} --print-request"));
    let text = output
        .strip_prefix("exit: 0\n----- stdout\n")
        .and_then(|rest| rest.strip_suffix("----- stderr\n"))
        .unwrap_or_else(|| panic!("{output}"));
    let request = json::parse(text).unwrap();
    request
        .get("url")
        .and_then(Value::as_str)
        .unwrap()
        .to_owned()
}

#[test]
fn data_path_comes_first_and_the_newest_version_wins() {
    let named = |prefix: &str| TINY.replace(r#""endpointPrefix": "tiny""#, prefix);
    let place = TestPlace::new()
        .file(FILE, named(r#""endpointPrefix": "home""#))
        .file(
            "a/tiny/2020-01-01/service-2.json",
            named(r#""endpointPrefix": "a""#),
        )
        .file(
            "b/tiny/2020-01-01/service-2.json",
            named(r#""endpointPrefix": "b""#),
        );
    let line = "tiny get-thing --id x";
    assert!(url(&place, line).contains("//home.us-west-2."));
    let place = place.variable("AWS_DATA_PATH", "b:a");
    assert!(url(&place, line).contains("//b.us-west-2."));
    let place = place.file(
        "a/tiny/2021-01-01/service-2.json",
        named(r#""endpointPrefix": "newer""#),
    );
    assert!(url(&place, line).contains("//newer.us-west-2."));
    let place = place.without("AWS_DATA_PATH");
    let place = place.file("home/.aws/config", "[default]\ndata_path = a\n");
    assert!(url(&place, line).contains("//newer.us-west-2."));
}

#[test]
fn own_model_replaces_an_older_one_and_keeps_its_rules() {
    let at = |version: &str| {
        let file = format!("home/.aws/models/sts/{version}/service-2.json");
        TestPlace::new().file(&file, other_sts(version))
    };
    // The Region's endpoint in another partition is what the rules say.
    let line = "sts get-other --id x --region cn-north-1";
    let expected = "https://sts.cn-north-1.amazonaws.com.cn/";
    assert_eq!(url(&at("2011-06-15"), line), expected);
    assert_eq!(url(&at("2030-01-01"), line), expected);
    let line = "sts get-caller-identity --region cn-north-1";
    assert_eq!(url(&at("2010-01-01"), line), expected);
}

#[test]
fn compiled_models_are_kept_and_remade() {
    let place = TestPlace::new().file(FILE, TINY);
    let line = "tiny get-thing --id x";
    let expected = url(&place, line);
    let cache = place.folder().join("home/.cache/awl/models");
    let names = || -> Vec<_> {
        let entries = std::fs::read_dir(&cache).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let [file] = &names()[..] else {
        panic!("{:?}", names());
    };
    let compiled = std::fs::read(file).unwrap();
    for damage in [&compiled[..compiled.len() / 2], b"", b"no store"] {
        std::fs::write(file, damage).unwrap();
        assert_eq!(url(&place, line), expected);
        assert_eq!(std::fs::read(file).unwrap(), compiled);
    }
    let place = place.file(FILE, TINY.replace(r#""tiny""#, r#""large""#));
    assert_ne!(url(&place, line), expected);
    assert_eq!(names().len(), 2);
}

/// What `tiny get-thing` comes to where this is its model.
fn with_model(content: impl AsRef<[u8]>) -> String {
    TestPlace::new()
        .file(FILE, content)
        .line("tiny get-thing --id a")
}

#[test]
fn broken_models_are_errors_that_name_file_and_place() {
    assert_snapshot!(with_model("{\"metadata\": {},\n \"shapes\": }"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/service-2.json: invalid JSON: Expecting value: line 2 column 12 (char 28)
    ");
    assert_snapshot!(with_model(""), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/service-2.json: invalid JSON: Expecting value: line 1 column 1 (char 0)
    ");
    assert_snapshot!(with_model("[]"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/service-2.json: at the top: an object is needed here
    ");
    assert_snapshot!(with_model(b"\xff\xfe"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/service-2.json: not readable as text: invalid utf-8 sequence of 1 bytes from index 0
    ");
    assert_snapshot!(with_model(TINY.replace(r#""shape": "Number""#, r#""shape": "Gone""#)), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/service-2.json: at shapes.GetThingRequest.members.Size: there is no shape `Gone`
    ");
    assert_snapshot!(with_model(TINY.replace(r#""type": "integer""#, r#""type": "colour""#)), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/service-2.json: at shapes.Number: unknown type `colour`
    ");
}

#[test]
fn broken_files_beside_a_model_are_errors_too() {
    let paginators = "home/.aws/models/tiny/2020-01-01/paginators-1.json";
    let place = TestPlace::new().file(FILE, TINY).file(paginators, "{");
    assert_snapshot!(place.line("tiny get-thing --id a"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/paginators-1.json: invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)
    ");
    let place = TestPlace::new().file(&format!("{FILE}.gz"), "not compressed");
    assert_snapshot!(place.line("tiny get-thing --id a"), @"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid model below [FOLDER]/home/.aws/models: tiny/2020-01-01/service-2.json.gz: not readable as text: invalid gzip header
    ");
}

#[test]
fn broken_models_are_nothing_to_other_services() {
    let place = TestPlace::new().file(FILE, "{");
    assert_eq!(
        url(&place, "sts get-caller-identity"),
        "https://sts.us-west-2.amazonaws.com/"
    );
}

#[test]
fn names_lead_to_no_other_folder() {
    let place = TestPlace::new().file("home/.aws/tiny/2020-01-01/service-2.json", TINY);
    assert!(
        place
            .line("../tiny get-thing --id a")
            .starts_with("exit: 252\n")
    );
}
