//! What checks find, as data.

/// A secret that must never be printed.
pub(super) const SECRET: &str = "abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab";

/// Files and variables, and what a check finds in them.
pub(super) struct Case {
    /// The check.
    pub check: &'static str,
    /// Files below the folder of the test; the home is `home`.
    pub files: &'static [(&'static str, &'static str)],
    /// Variables; `[FOLDER]` is replaced.
    pub variables: &'static [(&'static str, &'static str)],
    /// Words of the command line.
    pub words: &'static [&'static str],
    /// The findings in order, each by parts between `|` of
    /// `check|severity|path|line|message|remedy`.
    pub found: &'static [&'static str],
}

const NOTHING: Case = Case {
    check: "",
    files: &[],
    variables: &[],
    words: &[],
    found: &[],
};

macro_rules! config {
    ($text:expr) => {
        &[("home/.aws/config", $text)]
    };
}

macro_rules! credentials {
    ($text:expr) => {
        &[("home/.aws/credentials", $text)]
    };
}

macro_rules! case {
    ($check:literal, $($field:ident: $value:expr),* $(,)?) => {
        Case { check: $check, $($field: $value,)* ..NOTHING }
    };
}

/// All of them.
pub(super) static CASES: &[Case] = &[
    // The environment's keys and what they stand before.
    case!("environment-keys", variables: &[("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_PROFILE", "dev")],
        found: &["warning|not profile dev, which AWS_PROFILE names|unset AWS_ACCESS_KEY_ID, or"]),
    case!("environment-keys", variables: &[("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_DEFAULT_PROFILE", "dev")],
        found: &["which AWS_DEFAULT_PROFILE names"]),
    case!("environment-keys", files: config!("[default]\nregion = a\nrole_arn = x\n"),
        variables: &[("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SESSION_TOKEN", "t")],
        found: &["role_arn of profile default ([FOLDER]/home/.aws/config:3)|unset AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN"]),
    case!("environment-keys", files: credentials!("[default]\naws_access_key_id = AKIA2\n"),
        variables: &[("AWS_ACCESS_KEY_ID", "AKIA1")], found: &["aws_access_key_id of profile default"]),
    case!("environment-keys",
        variables: &[("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")],
        found: &["the container's role"]),
    case!("environment-keys", variables: &[("AWS_ACCESS_KEY_ID", "AKIA1")],),
    case!("environment-keys", variables: &[("AWS_PROFILE", "dev")],),
    case!("environment-keys", files: config!("[profile dev]\n"), words: &["--profile", "dev"],
        variables: &[("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_PROFILE", "other")],),
    case!("environment-partial", variables: &[("AWS_ACCESS_KEY_ID", "AKIA1")],
        found: &["error|AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"]),
    case!("environment-partial", variables: &[("AWS_SECRET_ACCESS_KEY", SECRET)],
        found: &["AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"]),
    case!("environment-partial",
        variables: &[("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", SECRET)],),
    case!("environment-misspelt",
        variables: &[("AWS_ACCES_KEY_ID", "AKIA1"), ("AWS_SECRET_KEY", SECRET),
            ("AWS_DEFAULT_PROFLE", "x"), ("aws_profile", "x"), ("AWS_SESION_TOKEN", SECRET)],
        found: &["AWS_ACCES_KEY_ID|AWS_ACCESS_KEY_ID is", "AWS_DEFAULT_PROFLE|AWS_DEFAULT_PROFILE is",
            "AWS_SECRET_KEY|export AWS_SECRET_ACCESS_KEY=\"$AWS_SECRET_KEY\"; unset AWS_SECRET_KEY",
            "AWS_SESION_TOKEN|AWS_SESSION_TOKEN is", "aws_profile|AWS_PROFILE is"]),
    case!("environment-misspelt",
        variables: &[("AWS_PAGER", ""), ("AWS_ENDPOINT_URL_S3", "http://x"), ("AWS_VAULT", "x"),
            ("AWS_LAMBDA_FUNCTION_NAME", "x"), ("AWS_CDK_THING", "x"), ("AWSOME", "x"),
            // Both names are set, for programs of both kinds.
            ("AWS_SECRET_KEY", SECRET), ("AWS_SECRET_ACCESS_KEY", SECRET)],),
    case!("environment-rivals", variables: &[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "b"),
            ("AWS_PROFILE", "c"), ("AWS_DEFAULT_PROFILE", "d")],
        words: &["--profile", "default"],
        found: &["AWS_PROFILE is c", "AWS_REGION is a and AWS_DEFAULT_REGION is b|unset AWS_DEFAULT_REGION"]),
    case!("environment-rivals", variables: &[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "a")],),
    case!("environment-file",
        variables: &[("AWS_CONFIG_FILE", "[FOLDER]/none"), ("AWS_CA_BUNDLE", "[FOLDER]/ca")],
        found: &["[FOLDER]/none|AWS_CONFIG_FILE|No such file|unset AWS_CONFIG_FILE", "AWS_CA_BUNDLE"]),
    case!("environment-file", files: &[("there", "")],
        variables: &[("AWS_CONFIG_FILE", "[FOLDER]/there")],),
    case!("metadata-proxy", variables: &[("HTTP_PROXY", "http://user:password@proxy:1")],
        found: &["note|HTTP_PROXY is set|169.254.169.254"]),
    case!("metadata-proxy", variables: &[("http_proxy", "proxy:1"), ("NO_PROXY", "localhost")],
        found: &["http_proxy is set"]),
    case!("metadata-proxy", variables: &[("http_proxy", "proxy:1"), ("NO_PROXY", "a, 169.254.169.254")],),
    case!("metadata-proxy", variables: &[("http_proxy", "proxy:1"), ("no_proxy", "*")],),
    case!("metadata-proxy", variables: &[("HTTPS_PROXY", "proxy:1")],),
    // Files.
    case!("file-unreadable", files: config!("[default]\nregion = a\nregion = b\n"),
        found: &["error|config|3|key 'region' already exists"]),
    case!("file-unreadable", files: credentials!("[default]\naws_secret_access_key =\n  abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n"),
        found: &["credentials|3|a line below `aws_secret_access_key =` is not"]),
    case!("file-unreadable", files: credentials!("abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n"),
        found: &["credentials|1|no section header"]),
    case!("file-unreadable", files: &[("home/.aws/config/x", "")], found: &["config|directory"]),
    case!("file-unreadable", files: config!("# fine\n[default]\nregion = a\n[plugins]\nx = y\n"),),
    case!("near-miss-key", files: &[
            ("home/.aws/credentials", "[some_profile]\naws_acess_key_id = AKIA1\naws_secret_key = abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\nexport AWS_SESSION_TOKEN = abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n"),
            ("home/.aws/config", "[default]\nrole-arn = x\nsso_accountid = 1\n\n[sso-session s]\nsso_start_ulr = x\nregion = a\n[profile x]\nmfa_device = y\n")],
        found: &["error|config|2|`role-arn` in [default]; `role_arn`|change `role-arn` on line 2 to `role_arn`",
            "config|3|`sso_account_id`", "config|6|`sso_start_url`", "config|7|`sso_region`", "config|9|`mfa_serial`",
            "credentials|2|`aws_acess_key_id` in [some_profile]; `aws_access_key_id` is meant",
            "credentials|3|`aws_secret_access_key`", "credentials|4|`aws_session_token`"]),
    case!("near-miss-key", files: &[
            ("home/.aws/credentials", "[a]\naws_access_key_id = AKIA1\nAWS_SECRET_ACCESS_KEY = x\nx_principal_arn = y\n"),
            ("home/.aws/config", "[default]\nregion = a\ns3 =\n  max_queue_sise = 5\ncolor = blue\n[services x]\nregoin = y\n")],),
    case!("wrong-section", files: &[
            ("home/.aws/credentials", "[profile x]\n[sso-session y]\n[default]\n"),
            ("home/.aws/config", "[dev]\nregion = a\n[Default]\n[profile a b]\n[sso_session s]\n[profil z]\n")],
        found: &["error|config|1|[dev] is no profile|`[profile dev]`", "config|3|`[default]`", "config|4|cannot be told",
            "config|5|`[sso-session s]`", "config|6|`[profile z]`",
            "credentials|1|\"profile x\"|change line 1 to `[x]`", "credentials|2|in the config file only"]),
    case!("wrong-section", files: &[
            ("home/.aws/credentials", "[x]\n[default]\n"),
            ("home/.aws/config", "[default]\n[profile 'a b']\n[sso-session s]\n[services s]\n[plugins]\n[toolkit]\ncolor = x\n")],),
    case!("wrong-file", files: &[
            ("home/.aws/credentials", "[x]\nregion = a\nrole_arn = b\naws_account_id = 1\n"),
            ("home/.aws/config", "[profile y]\naws_secret_access_key = abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n")],
        found: &["warning|config|2|aws_secret_access_key stands in the config file|[y] in [FOLDER]/home/.aws/credentials",
            "note|credentials|2|region|[profile x] in [FOLDER]/home/.aws/config", "credentials|3|role_arn"]),
    case!("wrong-file", files: &[
            ("home/.aws/credentials", "[x]\naws_access_key_id = a\naws_secret_access_key = b\naws_session_token = c\n"),
            ("home/.aws/config", "[profile x]\nregion = a\naws_account_id = 1\n")],),
    case!("literal-value", files: &[
            ("home/.aws/credentials", "[x]\naws_access_key_id = \"AKIA1\"\naws_secret_access_key = 'abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab'\n"),
            ("home/.aws/config", "[default]\nregion = a # home\n")],
        found: &["config|2|the comment", "credentials|2|the quotes", "credentials|3|the quotes"]),
    case!("literal-value", files: config!("[default]\nregion = a\ncredential_process = \"/a b/c\"\n# region = \"b\"\n"),),
    case!("partial-keys", files: credentials!("[x]\naws_access_key_id = AKIA1\n[y]\naws_secret_access_key = abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n[z]\naws_access_key_id = AKIA1\naws_secret_access_key =\n"),
        found: &["credentials|2|without aws_secret_access_key", "credentials|4|without aws_access_key_id", "credentials|6|"]),
    case!("partial-keys", files: credentials!("[x]\naws_access_key_id = AKIA1\naws_secret_access_key = x\n[y]\naws_acess_key_id = x\naws_secret_access_key = x\n"),),
    case!("session-token", files: credentials!("[x]\naws_access_key_id = ASIA1\n[y]\naws_access_key_id = AKIA1\naws_session_token = abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n"),
        variables: &[("AWS_ACCESS_KEY_ID", "ASIA1")],
        found: &["credentials|2|of no use without aws_session_token", "credentials|5|beside a long-lived key", "in the environment|AWS_SESSION_TOKEN"]),
    case!("session-token", variables: &[("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECURITY_TOKEN", SECRET)],
        found: &["AWS_SECURITY_TOKEN stands beside|unset AWS_SECURITY_TOKEN"]),
    case!("session-token", files: credentials!("[x]\naws_access_key_id = ASIA1\naws_session_token = x\n[y]\naws_access_key_id = AKIA1\naws_session_token =\n"),
        variables: &[("AWS_ACCESS_KEY_ID", "AKIA1")],),
    case!("deprecated-token", files: credentials!("[x]\naws_security_token = abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n"),
        variables: &[("AWS_SECURITY_TOKEN", SECRET)], found: &["note|credentials|2", "AWS_SECURITY_TOKEN is the old name"]),
    case!("deprecated-token", files: credentials!("[x]\naws_session_token = x\n"),),
    // Profiles.
    case!("profile-absent", files: config!("[profile develop]\n"), variables: &[("AWS_PROFILE", "devlop")],
        found: &["error|profile devlop, which AWS_PROFILE names|export AWS_PROFILE=develop"]),
    case!("profile-absent", variables: &[("AWS_DEFAULT_PROFILE", "quite-another")],
        found: &["aws configure --profile quite-another"]),
    case!("profile-absent", words: &["--profile", "abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab"],
        found: &["(hidden)"]),
    case!("profile-absent", variables: &[("AWS_PROFILE", "default")],),
    case!("profile-absent", files: credentials!("[x]\n"), variables: &[("AWS_PROFILE", "x")],),
    case!("reference-absent", files: config!("[profile a]\nrole_arn = x\nsource_profile = bsae\nsso_session = s\nservices = t\n[profile base]\n[sso-session other]\n"),
        found: &["config|3|bsae|`source_profile = base`", "config|4|sso_session of profile a names s", "config|5|[services t]"]),
    case!("reference-absent", files: config!("[profile a]\nsource_profile = b\nsso_session = s\nservices = t\n[profile b]\n[sso-session s]\n[services t]\n"),),
    case!("role-loop", files: config!("[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\nrole_arn = x\nsource_profile = c\n[profile c]\nrole_arn = x\nsource_profile = b\n"),
        found: &["error|config|6|b -> c -> b"]),
    case!("role-loop", files: config!("[profile a]\nrole_arn = x\nsource_profile = a\n"), found: &["config|3|a -> a"]),
    case!("role-loop", files: config!("[profile a]\nrole_arn = x\nsource_profile = a\naws_access_key_id = x\naws_secret_access_key = y\n[profile b]\nrole_arn = x\nsource_profile = a\n"),),
    case!("role-source", files: config!("[profile a]\nrole_arn = x\n[profile b]\nrole_arn = x\nsource_profile = a\ncredential_source = Environment\n[profile c]\nrole_arn = x\nsource_profile = d\n[profile d]\nregion = x\n"),
        found: &["config|2|without source_profile", "config|4|both", "config|8|d, the source_profile of c, has no credentials"]),
    case!("role-source", files: &[
            ("home/.aws/config", "[profile a]\nrole_arn = x\ncredential_source = Environment\n[profile b]\nrole_arn = x\nweb_identity_token_file = y\n[profile c]\nrole_arn = x\nsource_profile = d\n"),
            ("home/.aws/credentials", "[d]\naws_access_key_id = x\naws_secret_access_key = y\n")],),
    case!("incomplete-profile", files: config!("[profile a]\nsso_session = s\nsso_account_id = 1\n[sso-session s]\nsso_start_url = x\n[profile b]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = u\n[profile c]\nweb_identity_token_file = x\n"),
        found: &["config|2|sso_session of profile a stands without sso_role_name", "config|7|sso_session or sso_region", "config|11|without role_arn", "config|4|sso-session s has no sso_region"]),
    case!("incomplete-profile", files: config!("[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_start_url = x\nsso_region = y\n[profile b]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = u\nsso_region = x\n"),),
    case!("invalid-value", files: config!("[default]\noutput = jsn\n[profile a]\ncredential_source = EC2InstanceMetadata\nretry_mode = never\n"),
        found: &["config|2|`output = json`", "config|4|`credential_source = Ec2InstanceMetadata`", "config|5|legacy, standard, adaptive"]),
    case!("invalid-value", files: config!("[default]\noutput = yaml-stream\ncredential_source = EcsContainer\n"),),
    case!("unknown-region", files: config!("[default]\nregion = eu-cental-1\n[profile a]\nregion = us-east-1a\nsso_region = us_west_2\n[profile b]\nregion = abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n[sso-session s]\nsso_region = mars-north-1\n"),
        variables: &[("AWS_REGION", "US-EAST-1")],
        found: &["AWS_REGION is US-EAST-1|export AWS_REGION=us-east-1", "warning|config|2|`region = eu-central-1`",
            "error|config|4|Availability Zone|`region = us-east-1`", "error|config|5|`sso_region = us-west-2`",
            "error|config|7|(hidden)", "warning|config|9|mars-north-1"]),
    case!("unknown-region", files: config!("[default]\nregion = eu-central-1\n[profile a]\nregion = cn-north-1\n[profile b]\nregion = fips-us-gov-west-1\n[profile c]\nregion = aws-global\n"),
        variables: &[("AWS_DEFAULT_REGION", "us-iso-east-1")],),
    case!("session-expired", files: &[
            ("home/.aws/config", "[profile a]\nsso_session = corp\n[sso-session corp]\nsso_start_url = https://c.example/start/\n[profile r]\nrole_arn = arn:aws:iam::123456789012:role/Dev\nmfa_serial = x\n"),
            ("home/.aws/sso/cache/a.json", r#"{"startUrl": "https://c.example/start", "accessToken": "abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab", "expiresAt": "2020-01-01T00:00:00Z"}"#),
            ("home/.aws/sso/cache/b.json", r#"{"startUrl": "https://d.example/start", "accessToken": "x", "expiresAt": "2020-01-01T00:00:00UTC", "refreshToken": "x", "registrationExpiresAt": "2020-01-01T00:00:00Z"}"#),
            ("home/.aws/sso/cache/c.json", "{"),
            ("home/.aws/login/cache/a.json", r#"{"accessToken": {"expiresAt": "2020-01-01T00:00:00Z", "accountId": "1", "secretAccessKey": "abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab"}}"#),
            ("home/.aws/cli/cache/a.json", r#"{"Credentials": {"SecretAccessKey": "abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab", "Expiration": "2020-01-01T00:00:00+00:00"}, "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Dev/me"}}"#),
            ("home/.aws/cli/cache/b.json", r#"{"Credentials": {"Expiration": "2020-01-01T00:00:00Z"}}"#)],
        found: &["warning|a.json|aws sso login --sso-session corp", "warning|b.json|aws sso logout", "c.json|no JSON",
            "login session of account 1|aws login", "note|assumed-role/Dev/me|an MFA code|--profile r", "note|cli/cache/b.json|rm [FOLDER]/home/.aws/cli/cache/b.json"]),
    case!("session-expired", files: &[
            ("home/.aws/sso/cache/a.json", r#"{"startUrl": "https://c.example/start", "accessToken": "x", "expiresAt": "2220-01-01T00:00:00Z"}"#),
            ("home/.aws/sso/cache/b.json", r#"{"startUrl": "https://c.example/start", "accessToken": "x", "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "x", "registrationExpiresAt": "2220-01-01T00:00:00Z"}"#),
            ("home/.aws/sso/cache/c.json", r#"{"clientId": "x", "clientSecret": "y", "expiresAt": "2020-01-01T00:00:00Z"}"#),
            ("home/.aws/login/cache/a.json", r#"{"accessToken": {"expiresAt": "2020-01-01T00:00:00Z"}, "refreshToken": "x"}"#),
            ("home/.aws/cli/cache/a.json", r#"{"Credentials": {"Expiration": "2220-01-01T00:00:00+00:00"}}"#),
            ("home/.aws/cli/cache/session.db", "x")],),
    // The machine.
    case!("keys-beside-role", files: credentials!("[x]\naws_access_key_id = AKIA1\n[y]\naws_access_key_id = ASIA1\n"),
        variables: &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/"), ("AWS_ACCESS_KEY_ID", "AKIA1")],
        found: &["warning|in the environment|the container's role", "credentials|2|in [x]"]),
    case!("keys-beside-role", files: credentials!("[x]\naws_access_key_id = AKIA1\n"),),
    case!("keys-beside-role", variables: &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/"), ("AWS_ACCESS_KEY_ID", "ASIA1")],),
    // Leaks.
    case!("keys-in-history", files: &[
            ("home/.bash_history", "ls\nexport AWS_SECRET_ACCESS_KEY=abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\n"),
            ("home/.zsh_history", ": 1:0;export AWS_ACCESS_KEY_ID=AKIAZZZZZZZZZZZZ7ABC\n"),
            ("home/.local/share/fish/fish_history", "- cmd: aws configure set aws_secret_access_key abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab AKIAZZZZZZZZZZZZ7ABC\n"),
            ("hist", "echo ASIAZZZZZZZZZZZZ7ABC")],
        variables: &[("HISTFILE", "[FOLDER]/hist")],
        found: &["note|hist|1|ASIA…7ABC", "error|.bash_history|2|a secret access key is", "error|fish_history|1|a secret access key of AKIA…7ABC", "warning|.zsh_history|1|AKIA…7ABC"]),
    case!("keys-in-history", files: &[
            ("home/.bash_history", "git show da39a3ee5e6b4b0d3255bfef95601890afd80709 # secret\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"),
            ("home/.zsh_history", "")],),
    case!("keys-in-tree", files: &[
            ("main.tf", "x\nsecret_key = \"abcdEFGHijklMNOPqrstUVWXyz0123456789/+ab\"\n"),
            ("a/b/.env", "AWS_ACCESS_KEY_ID=AKIAZZZZZZZZZZZZ7ABC\n")],
        found: &["error|main.tf|2|secret access key", "warning|a/b/.env|1|AKIA…7ABC"]),
    case!("keys-in-tree", files: &[
            (".git/config", "AKIAZZZZZZZZZZZZ7ABC"), ("node_modules/x", "AKIAZZZZZZZZZZZZ7ABC"),
            ("binary", "\0AKIAZZZZZZZZZZZZ7ABC"), ("1/2/3/4/5/6/7/8/9/deep", "AKIAZZZZZZZZZZZZ7ABC"),
            ("home/.aws/credentials", "[x]\naws_access_key_id = AKIAZZZZZZZZZZZZ7ABC\n"),
            ("own", "[x]\naws_access_key_id = AKIAZZZZZZZZZZZZ7ABC\n")],
        variables: &[("AWS_SHARED_CREDENTIALS_FILE", "[FOLDER]/own")],),
];
