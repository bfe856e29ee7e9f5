//! The words before the parameters: program, version, commands, global
//! options. Exit codes and texts are those of AWS CLI 2.36.7.

use insta::assert_snapshot;

use crate::support::TestPlace;

#[test]
fn version_in_its_own_name() {
    let version = TestPlace::new().program("awl").line("--version");
    assert!(
        version.starts_with("exit: 0\n----- stdout\nawl/0.1.0 "),
        "{version}"
    );
}

#[test]
fn version_in_the_name_of_aws() {
    let place = TestPlace::new().variable("AWS_EXECUTION_ENV", "CloudShell");
    for line in ["--version", "ec2 --vers --region x"] {
        let version = place.line(line);
        let words: Vec<&str> = version.lines().nth(2).unwrap().split(' ').collect();
        assert_eq!(words[..2], ["aws-cli/2.36.7", "awl/0.1.0"]);
        assert_eq!(words[3], "exec-env/CloudShell");
        assert!(words[4].starts_with("other/"), "{version}");
    }
}

#[test]
fn nothing_at_all() {
    assert_snapshot!(TestPlace::new().run(&[]), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): the following arguments are required: command

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    "#);
}

#[test]
fn a_command_that_is_none() {
    assert_snapshot!(TestPlace::new().line("sqss"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): argument command: Found invalid choice 'sqss'

    Maybe you meant:

      * sqs

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help
    "#);
}

#[test]
fn messages_carry_the_programs_name() {
    assert_snapshot!(TestPlace::new().program("awl").line("ec2 describe-instancs"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    awl: [ERROR]: An error occurred (ParamValidation): argument operation: Found invalid choice 'describe-instancs'

    Maybe you meant:

      * describe-instances
      * describe-instance-types
      * describe-instance-status

    usage: awl [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      awl help
      awl <command> help
      awl <command> <subcommand> help
    "#);
}

#[test]
fn an_operation_is_missing() {
    let output = TestPlace::new().line("ec2");
    assert!(output.contains("the following arguments are required: operation\n"));
    assert!(output.starts_with("exit: 252\n"));
}

#[test]
fn an_operation_that_was_removed() {
    let output = TestPlace::new().line("lambda invoke-with-response-stream");
    assert!(output.contains("argument operation: Found invalid choice"));
}

#[test]
fn services_under_their_other_names() {
    for (line, missing) in [
        ("s3api get-object-acl", "--bucket, --key"),
        ("deploy get-deployment", "--deployment-id"),
        ("configservice delete-config-rule", "--config-rule-name"),
    ] {
        let output = TestPlace::new().line(line);
        let expected = format!("the following arguments are required: {missing}\n");
        assert!(output.contains(&expected), "{output}");
    }
    for name in ["codedeploy", "config"] {
        let output = TestPlace::new().line(&format!("{name} help"));
        assert!(
            output.contains("argument command: Found invalid choice"),
            "{output}"
        );
    }
}

#[test]
fn options_that_are_none() {
    assert_snapshot!(TestPlace::new().line("sts get-caller-identity --foo bar --baz=1 x y"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
    To see help text, you can run:

      aws help
      aws <command> help
      aws <command> <subcommand> help


    aws: [ERROR]: Unknown options: --foo, --baz=1, x, y, bar
    "#);
}

#[test]
fn an_empty_word_is_nobodys() {
    let output = TestPlace::new().run(&["sts", "get-caller-identity", "", "--endpoint-url", "x"]);
    assert!(output.contains("Bad value for --endpoint-url"), "{output}");
    let output = TestPlace::new().run(&["sts", "get-caller-identity", "", "", "--foo"]);
    assert!(output.contains("Unknown options: , --foo\n"), "{output}");
}

#[test]
fn options_may_be_shortened() {
    let output = TestPlace::new().line("--no sts get-caller-identity");
    assert!(
        output.contains(
            "ambiguous option: --no could match --no-verify-ssl, --no-paginate, --no-sign-request, \
         --no-cli-pager, --no-cli-auto-prompt\n"
        ),
        "{output}"
    );
    let output = TestPlace::new().line("sts get-caller-identity --out xml");
    assert!(
        output.contains("argument --output: Found invalid choice 'xml'"),
        "{output}"
    );
}

#[test]
fn global_options_with_wrong_values() {
    let place = TestPlace::new();
    assert_snapshot!(place.line("sts get-caller-identity --endpoint-url localhost/x"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Bad value for --endpoint-url "localhost/x": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/
    "#);
    assert_snapshot!(place.line("sts get-caller-identity --cli-read-timeout soon"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: invalid literal for int() with base 10: 'soon'
    "#);
    assert_snapshot!(place.line("sts get-caller-identity --query a["), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Bad value for --query a[: Invalid jmespath expression: Incomplete expression:
    "a["
       ^
    "#);
    assert_snapshot!(place.line("sts get-caller-identity --cli-auto-prompt --no-cli-auto-prompt"), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (ParamValidation): Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.
    "#);
}

#[test]
fn forms_of_an_error() {
    let place = TestPlace::new();
    let line = "sts get-caller-identity --query [ --cli-error-format";
    assert_snapshot!(place.line(&format!("{line} legacy")), @r#"
    exit: 252
    ----- stdout
    ----- stderr

    aws: [ERROR]: Bad value for --query [: Invalid jmespath expression: Incomplete expression:
    "["
      ^
    "#);
    assert_snapshot!(place.line(&format!("{line} json")), @r#"
    exit: 252
    ----- stdout
    ----- stderr
    {
        "Code": "ParamValidation",
        "Message": "Bad value for --query [: Invalid jmespath expression: Incomplete expression:\n\"[\"\n  ^"
    }
    "#);
    assert_snapshot!(place.line(&format!("{line} text")), @r#"
    exit: 252
    ----- stdout
    ----- stderr
    ParamValidation	Bad value for --query [: Invalid jmespath expression: Incomplete expression:
    "["
      ^
    "#);
    let place = place.variable("AWS_CLI_ERROR_FORMAT", "LEGACY");
    let output = place.line("sts get-caller-identity --query [");
    assert!(
        output.contains("aws: [ERROR]: Bad value for --query"),
        "{output}"
    );
}

#[test]
fn no_credentials() {
    let place = TestPlace::new()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY");
    assert_snapshot!(place.line("sts get-caller-identity"), @r#"
    exit: 253
    ----- stdout
    ----- stderr

    aws: [ERROR]: An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running "aws login".
    "#);
}

#[test]
fn a_profile_that_is_not_there() {
    assert_snapshot!(TestPlace::new().line("sts get-caller-identity --profile nobody"), @r#"
    exit: 255
    ----- stdout
    ----- stderr

    aws: [ERROR]: The config profile (nobody) could not be found
    "#);
}
