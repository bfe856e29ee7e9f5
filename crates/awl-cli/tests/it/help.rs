//! Help as its readers see it, and the pager.

use awl_test::{Answer, Server, on_terminal};
use insta::assert_snapshot;

use crate::support::TestPlace;

const MODEL: &str = r#"{
    "version": "2.0",
    "metadata": {
        "apiVersion": "2020-01-01",
        "endpointPrefix": "tiny",
        "jsonVersion": "1.1",
        "protocol": "json",
        "serviceId": "Tiny",
        "signatureVersion": "v4",
        "targetPrefix": "Tiny_20200101",
        "uid": "tiny-2020-01-01"
    },
    "documentation": "<p>Keeps <b>things</b>.</p> <note><p>Small ones.</p></note>",
    "operations": {
        "ListThings": {
            "name": "ListThings",
            "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "ListThingsRequest"},
            "output": {"shape": "ListThingsResponse"},
            "documentation": "<p>Lists the things of a shelf. See <a href=\"https://example.com\">the guide</a>.</p> <ul> <li> <p> <code>Big</code> ones first</p> </li> <li>then the others, of which there may be so many that a line is too short for this text</li> </ul>"
        }
    },
    "shapes": {
        "ListThingsRequest": {
            "type": "structure",
            "required": ["Shelf"],
            "members": {
                "Shelf": {"shape": "Name", "documentation": "<p>The shelf.</p>"},
                "Kind": {"shape": "Kind"},
                "Fresh": {"shape": "Flag", "documentation": "<p>Only new ones.</p>"},
                "Filters": {"shape": "Filters"},
                "Token": {"shape": "Name"},
                "Limit": {"shape": "Number"}
            }
        },
        "ListThingsResponse": {
            "type": "structure",
            "members": {
                "Things": {"shape": "Things", "documentation": "<p>What is there.</p>"},
                "Token": {"shape": "Name"}
            }
        },
        "Filters": {"type": "list", "member": {"shape": "Filter"}},
        "Filter": {
            "type": "structure",
            "required": ["Key"],
            "members": {"Key": {"shape": "Name"}, "Values": {"shape": "Names"}}
        },
        "Flag": {"type": "boolean"},
        "Kind": {"type": "string", "enum": ["BIG", "SMALL"], "documentation": "Their kind."},
        "Name": {"type": "string", "min": 1, "pattern": "[a-z]+"},
        "Names": {"type": "list", "member": {"shape": "Name"}},
        "Number": {"type": "integer", "max": 50},
        "Thing": {
            "type": "structure",
            "members": {"Name": {"shape": "Name"}, "Parts": {"shape": "Things"}}
        },
        "Things": {"type": "list", "member": {"shape": "Thing"}}
    }
}"#;

const PAGINATORS: &str = r#"{"pagination": {"ListThings": {
    "input_token": "Token", "output_token": "Token", "limit_key": "Limit", "result_key": "Things"
}}}"#;

const WAITERS: &str = r#"{"version": 2, "waiters": {"ThingThere": {
    "operation": "ListThings", "delay": 3, "maxAttempts": 7,
    "acceptors": [{"state": "success", "matcher": "pathAll", "argument": "Things[].Name", "expected": "here"}]
}}}"#;

fn place() -> TestPlace {
    TestPlace::new()
        .program("awl")
        .file("home/.aws/models/tiny/2020-01-01/service-2.json", MODEL)
        .file(
            "home/.aws/models/tiny/2020-01-01/paginators-1.json",
            PAGINATORS,
        )
        .file("home/.aws/models/tiny/2020-01-01/waiters-2.json", WAITERS)
}

/// A page without what every page has: the global options.
fn page(line: &str) -> String {
    let shown = place().line(line);
    let shown = shown
        .strip_prefix("exit: 0\n----- stdout\n")
        .unwrap_or(&shown);
    let shown = shown.trim_end_matches("----- stderr\n");
    let mut result = String::new();
    let mut is_left_out = false;
    for line in shown.lines() {
        let is_heading = line.starts_with(|letter: char| letter.is_ascii_uppercase());
        if is_heading {
            is_left_out = line == "GLOBAL OPTIONS";
        }
        let is_global = line.trim() == "[--debug]";
        if is_left_out || is_global {
            is_left_out = true;
            continue;
        }
        result.push_str(line);
        result.push('\n');
    }
    result
}

#[test]
fn service_has_a_page() {
    assert_snapshot!(page("tiny help"), @"
    NAME
           tiny -

    DESCRIPTION
           Keeps things .

           NOTE:
              Small ones.

    AVAILABLE COMMANDS
           • help

           • list-things

           • wait
    ");
}

#[test]
fn operation_has_a_page() {
    assert_snapshot!(page("tiny list-things help"), @r#"
    NAME
           list-things -

    DESCRIPTION
           Lists the things of a shelf. See the guide .

           • Big ones first

           • then the others, of which there may be so many that a line is too
             short for this text

           See also: AWS API Documentation

           list-things is a paginated operation. Multiple API calls may be issued
           in order to retrieve the entire data set of results. You can disable
           pagination by providing the --no-paginate argument.  When using
           --output text and the --query argument on a paginated response, the
           --query argument must extract data from the results of the following
           query expressions: Things

    SYNOPSIS
                list-things
              --shelf <value>
              [--kind <value>]
              [--fresh | --no-fresh]
              [--filters <value>]
              [--cli-input-json | --cli-input-yaml]
              [--starting-token <value>]
              [--page-size <value>]
              [--max-items <value>]
              [--generate-cli-skeleton <value>]
    OPTIONS
           --shelf (string) [required]
              The shelf.

              Constraints:

              • min: 1

              • pattern: [a-z]+

           --kind (string) Their kind.
              Possible values:

              • BIG

              • SMALL

           --fresh | --no-fresh (boolean)
              Only new ones.

           --filters (list) (structure)
              Key -> (string) [required]
                  Constraints:

                  • min: 1

                  • pattern: [a-z]+

              Values -> (list)
                  (string)
                     Constraints:

                     • min: 1

                     • pattern: [a-z]+

           Shorthand Syntax:

              Key=string,Values=string,string ...

           JSON Syntax:

              [
                {
                  "Key": "string",
                  "Values": ["string", ...]
                }
                ...
              ]

           --cli-input-json | --cli-input-yaml (string) Reads arguments from the
           JSON string provided. The JSON string follows the format provided by
           --generate-cli-skeleton. If other arguments are provided on the command
           line, those values will override the JSON-provided values. It is not
           possible to pass arbitrary binary values using a JSON-provided value as
           the string will be taken literally. This may not be specified along
           with --cli-input-yaml.

           --starting-token (string)
              A token to specify where to start paginating. This is the NextToken
              from a previously truncated response.

              For usage examples, see Pagination in the AWS Command Line Interface
              User Guide .

           --page-size (integer)
              The size of each page to get in the AWS service call. This does not
              affect the number of items returned in the command's output. Setting
              a smaller page size results in more calls to the AWS service,
              retrieving fewer items in each call. This can help prevent the AWS
              service calls from timing out.

              For usage examples, see Pagination in the AWS Command Line Interface
              User Guide .

              Constraints:

              • max: 50

           --max-items (integer)
              The total number of items to return in the command's output. If the
              total number of items available is more than the value specified, a
              NextToken is provided in the command's output. To resume pagination,
              provide the NextToken value in the starting-token argument of a
              subsequent command. Do not use the NextToken response element
              directly outside of the AWS CLI.

              For usage examples, see Pagination in the AWS Command Line Interface
              User Guide .

           --generate-cli-skeleton (string) Prints a JSON skeleton to standard
           output without sending an API request. If provided with no value or the
           value input, prints a sample input JSON that can be used as an argument
           for --cli-input-json. Similarly, if provided yaml-input it will print a
           sample input YAML that can be used with --cli-input-yaml. If provided
           with the value output, it validates the command inputs and returns a
           sample output JSON for that command. The generated JSON skeleton is not
           stable between versions of the AWS CLI and there are no backwards
           compatibility guarantees in the JSON skeleton generated.

    OUTPUT
           Things -> (list)
              What is there.

              (structure)
                  Name -> (string)
                     Constraints:

                     • min: 1

                     • pattern: [a-z]+

                  Parts -> (list)
                     (structure)
                         Name -> (string)
                            Constraints:

                            • min: 1

                            • pattern: [a-z]+

           Token -> (string)
              Constraints:

              • min: 1

              • pattern: [a-z]+
    "#);
}

#[test]
fn waiters_have_pages() {
    assert_snapshot!(page("tiny wait help"), @"
    NAME
           wait -

    DESCRIPTION
           Wait until a particular condition is satisfied. Each subcommand polls
           an API until the listed requirement is met.

    AVAILABLE COMMANDS
           • thing-there
    ");
    let page = page("tiny wait thing-there help");
    let (head, _) = page.split_once("SYNOPSIS").unwrap();
    assert_snapshot!(head, @"
    NAME
           thing-there -

    DESCRIPTION
           Wait until JMESPath query Things[].Name returns here for all elements
           when polling with list-things. It will poll every 3 seconds until a
           successful state has been reached. This will exit with a return code of
           255 after 7 failed checks.

           See also: AWS API Documentation

           thing-there is a paginated operation. Multiple API calls may be issued
           in order to retrieve the entire data set of results. You can disable
           pagination by providing the --no-paginate argument.  When using
           --output text and the --query argument on a paginated response, the
           --query argument must extract data from the results of the following
           query expressions: Things
    ");
    let (_, options) = page.split_once("--delay (float)").unwrap();
    assert_snapshot!(options, @"

              How many seconds pass between two calls; the waiter's own number by
              default.

           --max-attempts (integer)
              How many calls are made before the wait fails; the waiter's own
              number by default.

    OUTPUT
           None
    ");
}

#[test]
fn commands_of_its_own_have_pages() {
    assert_snapshot!(page("configure set help"), @"
    NAME
           set -

    DESCRIPTION
           Writes a setting to the configuration files; access keys go to the
           credentials file. Comments and all other settings stay as they are.

    SYNOPSIS
                awl configure set
              <varname>
              <value>
              [--sso-session <value>]
              [--services <value>]
    OPTIONS
           varname (string) [required]
              The setting, named as for configure get.

           value (string) [required]
              Its new value.

           --sso-session (string)
              The sso-session section to use instead of a profile's.

           --services (string)
              The services section to use instead of a profile's.

    EXAMPLES
           To set the Region of a profile:

              awl configure set region eu-central-1 --profile dev
    ");
    let page = page("configure help");
    let (_, commands) = page.split_once("AVAILABLE COMMANDS\n").unwrap();
    assert!(
        commands.contains("       • export-credentials\n"),
        "{commands}"
    );
}

#[test]
fn every_page_has_the_global_options() {
    let page = place().line("tiny list-things help");
    let (_, globals) = page.split_once("GLOBAL OPTIONS\n").unwrap();
    assert!(
        globals.starts_with("       --debug (boolean)\n\n       Turn on debug logging.\n\n"),
        "{globals}"
    );
    assert!(
        globals.contains("       --cli-error-format (string)\n"),
        "{globals}"
    );
    assert!(globals.contains("       • yaml-stream\n"), "{globals}");
}

#[test]
fn program_and_topics_have_pages() {
    let page = place().line("help");
    for text in [
        "AVAILABLE SERVICES\n",
        "       • ec2\n",
        "       • tiny\n",
        "       • whoami\n",
        "SEE ALSO\n       • awl help topics\n",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    let topics = place().line("help topics");
    assert!(topics.contains("       • return-codes: "), "{topics}");
    assert!(topics.contains("   General\n"), "{topics}");
    let topic = place().line("help return-codes");
    assert!(topic.starts_with("exit: 0\n"), "{topic}");
    assert!(topic.contains("       • 0 --"), "{topic}");
    let unknown = place().line("help return-code");
    assert!(unknown.starts_with("exit: 252\n"), "{unknown}");
    assert!(
        unknown.contains("argument subcommand: Found invalid choice 'return-code'"),
        "{unknown}"
    );
}

#[test]
fn operations_of_aws_have_documentation_and_examples() {
    let page = page("sts assume-role help");
    for text in [
        "       Returns a set of temporary security credentials",
        "       --role-arn (string) [required]\n          The Amazon Resource Name",
        "EXAMPLES\n       NOTE:\n",
        "          aws sts assume-role \\\n",
        "OUTPUT\n       Credentials -> (structure)\n",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
}

/// What a terminal shows of the program, without colours and line ends.
fn terminal(place: &TestPlace, variables: &[(&str, &str)], words: &[&str]) -> (i32, String) {
    let output = on_terminal(&[], env!("CARGO_BIN_EXE_awl"))
        .args(words)
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/local/bin")
        .env("HOME", place.folder().join("home"))
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-west-2")
        .env("NO_COLOR", "1")
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    (output.status.code().unwrap(), without_escapes(&shown))
}

/// Text without what controls the terminal.
fn without_escapes(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = match piece.strip_prefix('[') {
            Some(rest) => rest
                .find(|letter: char| letter.is_ascii_alphabetic())
                .map_or(piece.len(), |at| at + 2),
            None => 1,
        };
        result.push_str(piece.get(end..).unwrap_or_default());
    }
    result
}

#[test]
fn output_goes_through_the_pager_on_a_terminal() {
    let server = Server::start(|_, _| Answer::new(200, r#"{"Things": [{"Name": "one"}]}"#));
    let place = place();
    let endpoint = server.endpoint();
    let words = ["tiny", "list-things", "--shelf", "a", "--query", "Things"];
    let run = |variables: &[(&str, &str)], more: &[&str]| {
        let mut variables = variables.to_vec();
        variables.push(("AWS_ENDPOINT_URL", &endpoint));
        terminal(&place, &variables, &[&words[..], more].concat())
    };
    let plain = "[\n    {\n        \"Name\": \"one\"\n    }\n]\n";
    let paged = "PAGED [\nPAGED     {\nPAGED         \"Name\": \"one\"\nPAGED     }\nPAGED ]\n";
    let sed = "sed 's/^/PAGED /'";
    for (variables, more, expected) in [
        (&[("AWS_PAGER", sed)][..], &[][..], paged),
        (&[("PAGER", sed)], &[], paged),
        (&[("PAGER", "false"), ("AWS_PAGER", sed)], &[], paged),
        (&[("AWS_PAGER", "")], &[], plain),
        (&[("PAGER", "")], &[], plain),
        (&[("AWS_PAGER", sed)], &["--no-cli-pager"], plain),
        // What fits one screen is left to it.
        (&[], &[], plain),
        (
            &[("AWS_PAGER", "sh -c 'cat; echo $LESS'")],
            &[],
            &format!("{plain}FRX\n"),
        ),
        (
            &[("AWS_PAGER", "sh -c 'cat; echo $LESS'"), ("LESS", "R")],
            &[],
            &format!("{plain}R\n"),
        ),
    ] {
        assert_eq!(
            run(variables, more),
            (0, expected.to_owned()),
            "{variables:?}"
        );
    }
    let (code, shown) = run(&[("AWS_PAGER", "no-such-pager -x")], &[]);
    assert_eq!(code, 253);
    assert_snapshot!(shown, @r#"
    awl: [ERROR]: An error occurred (Pager): Unable to redirect output to pager. Received the following error when opening pager:
    [Errno 2] No such file or directory: 'no-such-pager'

    Learn more about configuring the output pager by running "aws help config-vars".
    "#);
}

#[test]
fn configured_pager_is_that_of_the_profile() {
    let place = place().file(
        "home/.aws/config",
        "[default]\ncli_pager = sed s/^/PAGED:/\n",
    );
    let (code, shown) = terminal(&place, &[], &["tiny", "help"]);
    assert_eq!(code, 0);
    assert!(
        shown.starts_with("PAGED:NAME\nPAGED:       tiny -\n"),
        "{shown}"
    );
}

#[test]
fn help_is_shown_even_without_its_pager() {
    let (code, shown) = terminal(&place(), &[("PAGER", "no-such-pager")], &["tiny", "help"]);
    assert_eq!(code, 0);
    assert!(shown.starts_with("NAME\n       tiny -\n"), "{shown}");
}

fn with_output(output: &str) -> TestPlace {
    let config = format!("[default]\ncli_help_output = {output}\n");
    TestPlace::new().file("home/.aws/config", config)
}

/// The addresses are those that AWS CLI 2.36.7 prints, which ends no line
/// behind them.
#[test]
fn help_may_be_an_address() {
    let place = with_output("url");
    for (line, page) in [
        ("help", "index"),
        ("help s3-faq", "topic/s3-faq"),
        ("ec2 help", "reference/ec2/index"),
        (
            "ec2 describe-instances help",
            "reference/ec2/describe-instances",
        ),
        ("ec2 wait help", "reference/ec2/wait/index"),
        (
            "ec2 wait instance-running help",
            "reference/ec2/wait/instance-running",
        ),
        ("s3 ls help", "reference/s3/ls"),
        ("s3 help", "reference/s3/index"),
        ("configure set help", "reference/configure/set"),
    ] {
        assert_eq!(
            place.line(line),
            format!(
                "exit: 0\n----- stdout\nhttps://awscli.amazonaws.com/v2/documentation/api/2.36.7/\
                 {page}.html----- stderr\n"
            )
        );
    }
    // What only awl has is shown here.
    assert!(place.line("doctor help").contains("\nDESCRIPTION\n"));
}

#[test]
fn help_may_be_for_the_browser() {
    let place = with_output("browser")
        .file("open", "#!/bin/sh\ncp \"${1#file://}\" page.html\n")
        .variable("BROWSER", "./open")
        .variable("PATH", "/usr/bin:/bin");
    let place = {
        let folder = place.folder().to_string_lossy().into_owned();
        place.variable("TMPDIR", &folder)
    };
    let open = place.folder().join("open");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(open, mode).unwrap();
    assert_eq!(
        place.line("ses send-email help"),
        "exit: 0\n----- stdout\nOpening help file in the default browser.\n----- stderr\n"
    );
    let page = std::fs::read_to_string(place.folder().join("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    assert!(page.contains("<title>send-email</title>"));
    assert!(page.contains("<h2>Synopsis</h2>") && page.contains("--subject"));
    assert!(page.contains("&lt;value&gt;") && !page.contains("<value>"));
}

/// Arguments that services add say what they are for; those that stand behind
/// them are not shown. Lines are the AWS CLI's.
#[test]
fn customised_arguments_are_described() {
    let place = TestPlace::new();
    let page = place.line("ec2 authorize-security-group-ingress help");
    assert!(
        page.contains(
            "       --cidr (string)\n          The IPv4 address range, in CIDR format.\n"
        ),
        "{page}"
    );
    assert!(!page.contains("--cidr-ip") && !page.contains("--from-port"));
    assert!(page.contains("To specify multiple rules in a single command use the\n"));
    let page = place.line("lambda publish-layer-version help");
    assert!(
        page.contains(
            "       --zip-file (blob)\n          The path to the zip file of the content"
        )
    );
    assert!(!page.contains("ZipFile"));
    let page = place.line("emr list-clusters help");
    assert!(page.contains("[--active | --terminated | --failed]\n"));
    let page = place.line("s3api get-object help");
    assert!(page.contains("       ExpiresString -> (string)\n          The raw, unparsed value of the Expires field.\n"));
    let page = place.line("s3api select-object-content help");
    assert!(page.contains("This command generates no output.  The selected object content is"));
    let page = place.line("route53 create-hosted-zone help");
    assert!(page.contains("       Note do not include PrivateZone in this input structure."));
    let page = place.line("iot-data publish help");
    assert!(page.contains("For production code it is strongly recommended to use the custom"));
}
