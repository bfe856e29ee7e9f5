//! What the commands that no model describes say of themselves: one table, by
//! the command's name with those of the commands that it belongs to.

mod emr;
mod services;

/// What a command says of itself.
#[derive(Debug)]
pub(crate) struct About {
    /// The command.
    pub command: &'static str,
    /// What it does.
    pub text: &'static str,
    /// Its arguments and what each is for.
    arguments: &'static [(&'static str, &'static str)],
    /// What to do with it, and the line that does it.
    pub examples: &'static [(&'static str, &'static str)],
}

impl About {
    /// What an argument is for.
    pub(crate) fn argument(&self, name: &str) -> &'static str {
        self.arguments
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, text)| text)
    }
}

/// What the command `lineage` says of itself.
pub(crate) fn about(lineage: &str) -> Option<&'static About> {
    let all = ABOUT.iter().chain(emr::ABOUT).chain(services::ABOUT);
    all.into_iter().find(|about| about.command == lineage)
}

/// A command without arguments and examples.
const fn plain(command: &'static str, text: &'static str) -> About {
    About {
        command,
        text,
        arguments: &[],
        examples: &[],
    }
}

const SANDBOX_DATA: (&str, &str) = (
    "--data",
    "The folder of its data; ``awl/sandbox`` in ``XDG_DATA_HOME`` by default.",
);

const SSO_SESSION: (&str, &str) = (
    "--sso-session",
    "The ``sso-session`` section to use instead of a profile's.",
);
const REQUEST_PAYER: (&str, &str) = (
    "--request-payer",
    "Say that whoever asks pays, where the bucket's owner has it so.",
);
const SERVICES: (&str, &str) = (
    "--services",
    "The ``services`` section to use instead of a profile's.",
);
const NO_BROWSER: (&str, &str) = (
    "--no-browser",
    "Print the address to open instead of opening a browser.",
);
const DEVICE_CODE: (&str, &str) = (
    "--use-device-code",
    "Sign in with a code that is typed in on any device.",
);
const KEY_FILE: (&str, &str) = (
    "--key-file",
    "A file whose content unlocks the store instead of a passphrase.",
);
const PASSPHRASE_COMMAND: (&str, &str) = (
    "--passphrase-command",
    "A program that prints the passphrase.",
);
const FORCE: (&str, &str) = ("--force", "Sign in again although the session is valid.");
const SERIAL_NUMBER: (&str, &str) = (
    "--serial-number",
    "The ARN or serial number of the MFA device.",
);
const SIGN_METHOD: (&str, &str) = (
    "--method",
    "The method; ``GET``, or ``POST`` where there is a body.",
);
const SIGN_BODY: (&str, &str) = (
    "--body",
    "The body. ``file://`` or ``fileb://`` and a path mean the file's content.",
);
const SIGN_BODY_FILE: (&str, &str) = (
    "--body-file",
    "The file with the body, or ``-`` for standard input.",
);

const POLICY_IDENTITY: (&str, &str) = (
    "--identity-policy",
    "Files with the caller's policies, or their text; ``-`` is standard input.",
);
const POLICY_RESOURCE: (&str, &str) = (
    "--resource-policy",
    "The resource's policy; of a role its trust policy.",
);
const POLICY_BOUNDARY: (&str, &str) = ("--permissions-boundary", "The caller's boundary.");
const POLICY_SCP: (&str, &str) = (
    "--scp",
    "The service control policies of one level. Give it again for the next level, the root first.",
);
const POLICY_RCP: (&str, &str) = (
    "--rcp",
    "The resource control policies of one level, as those of ``--scp``.",
);
const POLICY_SESSION: (&str, &str) = (
    "--session-policy",
    "The policies that the session was opened with.",
);
const POLICY_VPC_ENDPOINT: (&str, &str) = (
    "--vpc-endpoint-policy",
    "The policy of the VPC endpoint that the request goes through.",
);
const POLICY_ACCOUNT: (&str, &str) = (
    "--resource-account",
    "The account that owns the resource; the ARN's by default, else the caller's.",
);
const POLICY_CONTEXT: (&str, &str) = (
    "--context",
    "What else is known of the request: ``key=value``, or ``key=value,value`` for several values.",
);
const POLICY_CONTEXT_FILE: (&str, &str) = (
    "--context-file",
    "The same in a file: a JSON object of keys and values, or a list of the entries that ``iam \
     simulate-custom-policy`` takes.",
);

static ABOUT: &[About] = &[
    About {
        examples: &[(
            "To record commands from now on",
            "awl configure set cli_history enabled",
        )],
        ..plain(
            "history",
            "Shows commands that were recorded. They are where ``cli_history`` is ``enabled`` in a \
             profile; secrets in them are masked.",
        )
    },
    About {
        arguments: &[
            (
                "command_id",
                "The command, by the first column of ``history list``; the last one by default.",
            ),
            (
                "--include",
                "The events to show, such as ``HTTP_REQUEST``; no others are.",
            ),
            ("--exclude", "The events to leave out."),
            (
                "--format",
                "The form: ``detailed``, with a title for each event.",
            ),
        ],
        ..plain(
            "history show",
            "Shows what happened in a recorded command: its calls, the requests that were sent, \
             the responses that came, what was made of them, and how it ended.",
        )
    },
    plain(
        "history list",
        "Lists the recorded commands, the last first: name, time, the first two words, exit code.",
    ),
    About {
        arguments: &[("shell", "The shell.")],
        examples: &[("To complete in bash", "source <(awl completion bash)")],
        ..plain(
            "completion",
            "Prints the script that has a shell complete commands, options and their values.",
        )
    },
    About {
        examples: &[("To set up the default profile", "awl configure")],
        ..plain(
            "configure",
            "Asks for access key, Region and output format of a profile and writes them to the \
             configuration. What is there already is shown in brackets, and kept where the answer \
             is empty. The commands below read and change single settings.",
        )
    },
    plain(
        "configure list",
        "Shows profile, access key, secret key and Region, and where each comes from.",
    ),
    About {
        arguments: &[
            (
                "varname",
                "The setting: ``region`` is the profile's, ``default.region`` that of the \
                 profile ``default``, ``profile.dev.region`` that of ``dev``.",
            ),
            SSO_SESSION,
            SERVICES,
        ],
        examples: &[(
            "To print the Region of a profile",
            "awl configure get region --profile dev",
        )],
        ..plain(
            "configure get",
            "Prints a setting of the configuration files. Where it is not set, nothing is \
             printed and the exit code is 1.",
        )
    },
    About {
        arguments: &[
            ("varname", "The setting, named as for ``configure get``."),
            ("value", "Its new value."),
            SSO_SESSION,
            SERVICES,
        ],
        examples: &[(
            "To set the Region of a profile",
            "awl configure set region eu-central-1 --profile dev",
        )],
        ..plain(
            "configure set",
            "Writes a setting to the configuration files; access keys go to the credentials file. \
             Comments and all other settings stay as they are.",
        )
    },
    About {
        arguments: &[
            (
                "--service-model",
                "The model: a JSON document, mostly ``file://`` with a path.",
            ),
            (
                "--service-name",
                "The command's name, if it is not to be the model's.",
            ),
        ],
        ..plain(
            "configure add-model",
            "Adds a service's model to ``~/.aws/models``, which makes it a command.",
        )
    },
    About {
        arguments: &[
            (
                "--csv",
                "The file as the console gives it: ``file://`` and its path.",
            ),
            (
                "--skip-invalid",
                "Pass over lines that cannot be read instead of stopping.",
            ),
            (
                "--profile-prefix",
                "What stands before the user's name in a profile's.",
            ),
        ],
        ..plain(
            "configure import",
            "Writes the access keys of a CSV file of the console to profiles, one a user.",
        )
    },
    plain(
        "configure list-profiles",
        "Prints the names of all profiles.",
    ),
    About {
        arguments: &[NO_BROWSER, DEVICE_CODE],
        ..plain(
            "configure sso",
            "Asks for what a profile needs that gets its credentials by signing in through IAM \
         Identity Center, signs in, and lets account and role be chosen.",
        )
    },
    plain(
        "configure sso-session",
        "Asks for what several profiles share that sign in through IAM Identity Center.",
    ),
    About {
        arguments: &[
            (
                "--update-profile",
                "The profile that the credentials are written to.",
            ),
            ("--duration-seconds", "How many seconds they are valid."),
            SERIAL_NUMBER,
        ],
        ..plain(
            "configure mfa-login",
            "Asks for the code of an MFA device and writes credentials for a while to a profile.",
        )
    },
    About {
        arguments: &[(
            "--format",
            "How they are written: for a program that asks (``process``), or for a shell.",
        )],
        examples: &[(
            "To have the credentials of a profile in a shell",
            "eval \"$(awl configure export-credentials --profile dev --format env)\"",
        )],
        ..plain(
            "configure export-credentials",
            "Prints the credentials that are in use.",
        )
    },
    About {
        arguments: &[
            ("varname", "The setting, named as for ``configure get``."),
            SSO_SESSION,
            SERVICES,
        ],
        ..plain(
            "configure unset",
            "Takes a setting out of the configuration files.",
        )
    },
    About {
        arguments: &[
            ("old-name", "The profile's name."),
            ("new-name", "The name that it gets."),
        ],
        ..plain(
            "configure rename-profile",
            "Gives a profile another name, in both files and wherever other profiles name it.",
        )
    },
    About {
        arguments: &[
            ("name", "The profile's name."),
            (
                "--force",
                "Do not ask first, even where other profiles name it.",
            ),
        ],
        ..plain(
            "configure delete-profile",
            "Takes a profile out of the configuration and credentials files.",
        )
    },
    plain(
        "credentials",
        "Long-lived keys in an encrypted file instead of a readable one, and credentials for \
         other programs.",
    ),
    About {
        arguments: &[
            ("--port", "The port to listen at; any free one by default."),
            (
                "--container",
                "Answer as the credentials endpoint of a container.",
            ),
            ("--imds", "Answer as the metadata service of an instance."),
        ],
        ..plain(
            "credentials serve",
            "Gives the credentials in use to programs on this machine, renewed as needed, the \
             way a container or an instance gets them.",
        )
    },
    About {
        arguments: &[KEY_FILE, PASSPHRASE_COMMAND],
        ..plain(
            "credentials store",
            "Asks for access key and passphrase and keeps the key encrypted.",
        )
    },
    About {
        arguments: &[
            ("name", "The name that the key is kept under."),
            KEY_FILE,
            PASSPHRASE_COMMAND,
        ],
        ..plain(
            "credentials get",
            "Prints a key that is kept, as a program that the configuration names must \
             (``credential_process``).",
        )
    },
    About {
        arguments: &[KEY_FILE, PASSPHRASE_COMMAND],
        ..plain(
            "credentials list",
            "Prints the names of the keys that are kept.",
        )
    },
    About {
        arguments: &[
            ("name", "The name that the key is kept under."),
            ("--restore", "Write the key back to the credentials file."),
            KEY_FILE,
            PASSPHRASE_COMMAND,
        ],
        ..plain("credentials remove", "Takes out a key that is kept.")
    },
    About {
        arguments: &[
            (
                "--destination",
                "The page of the console to open: a service, or an address.",
            ),
            (
                "--federate",
                "Get a federated session for a user's long-lived key.",
            ),
            NO_BROWSER,
        ],
        ..plain(
            "console",
            "Opens the AWS console in a browser, signed in as who the credentials are.",
        )
    },
    About {
        arguments: &[
            (
                "--offline",
                "Look at files and variables only; ask no service.",
            ),
            ("--severity", "The least severe findings that are shown."),
            ("--check", "The checks to make; all by default."),
        ],
        ..plain(
            "doctor",
            "Finds what is wrong with configuration, credentials and environment, and says how \
             to mend it.",
        )
    },
    About {
        arguments: &[
            ("--role-arn", "A role to assume first."),
            ("--role-session-name", "The name of the role's session."),
            (
                "--duration-seconds",
                "How many seconds the role's credentials are valid.",
            ),
            ("--external-id", "The external ID that the role asks for."),
            SERIAL_NUMBER,
            (
                "--server",
                "Serve the credentials to the program, renewed as needed.",
            ),
        ],
        examples: &[(
            "To run a program with the credentials of a profile",
            "awl exec --profile dev -- terraform plan",
        )],
        ..plain(
            "exec",
            "Runs the program behind ``--`` with credentials and Region in its environment, and \
             ends with its exit code.",
        )
    },
    plain(
        "imds",
        "Reads the metadata service of the instance that this runs on.",
    ),
    About {
        arguments: &[("path", "The path below ``latest/meta-data``.")],
        ..plain("imds get", "Prints one entry.")
    },
    About {
        arguments: &[(
            "path",
            "The path below ``latest/meta-data``; its top by default.",
        )],
        ..plain("imds list", "Prints the names of the entries at a path.")
    },
    About {
        arguments: &[(
            "path",
            "The path below ``latest/meta-data``; its top by default.",
        )],
        ..plain("imds tree", "Prints all entries below a path.")
    },
    About {
        arguments: &[("--ttl", "How many seconds it is valid.")],
        ..plain("imds token", "Prints a token for requests of one's own.")
    },
    plain(
        "imds user-data",
        "Prints the data that the instance was started with.",
    ),
    plain(
        "imds identity-document",
        "Prints the document that says which instance this is.",
    ),
    plain(
        "imds credentials",
        "Prints the credentials of the instance's role.",
    ),
    About {
        arguments: &[
            ("expression", "The JMESPath expression."),
            ("--compact", "Print on one line."),
            ("-c", "The same."),
        ],
        examples: &[(
            "To pick the names out of a document",
            "awl jp 'people[].name' < people.json",
        )],
        ..plain(
            "jp",
            "Applies a JMESPath expression to the JSON document on standard input.",
        )
    },
    plain(
        "policy",
        "Says what policies say, by awl's own engine, and why a call was refused.",
    ),
    About {
        arguments: &[
            (
                "message",
                "The message, or an error that has one; ``-``, and nothing, mean standard input.",
            ),
            (
                "--encoded-message",
                "The message, where it is not given by itself.",
            ),
        ],
        examples: &[(
            "To decode what a refused command printed",
            "awl ec2 run-instances … 2>&1 | awl policy decode",
        )],
        ..plain(
            "policy decode",
            "Has STS decode an encoded authorization message and prints what it says. The caller needs \
             ``sts:DecodeAuthorizationMessage``.",
        )
    },
    About {
        arguments: &[
            (
                "files",
                "The files with the policies; ``-`` means standard input.",
            ),
            (
                "--type",
                "What the policies are. Where it is left out, a policy that names principals is \
                 taken for a resource's or, without resources, for a role's trust policy, and any \
                 other for an identity's.",
            ),
        ],
        examples: &[(
            "To look through all policies of a folder, and fail where one has errors",
            "awl policy lint policies/*.json",
        )],
        ..plain(
            "policy lint",
            "Says what is wrong or suspicious in policies, with the place and the reason of each \
             finding: what AWS refuses, actions and condition keys that do not exist, actions that \
             cannot be on their resources, everybody as principal, and statements that say nothing \
             new. It returns 1 where there are errors.",
        )
    },
    About {
        arguments: &[
            (
                "message",
                "The error's text, an encoded message, or what one says; ``-``, and nothing, mean \
                 standard input.",
            ),
            (
                "--encoded-message",
                "An encoded message, where it is not given by itself.",
            ),
            (
                "--no-decode",
                "Do not ask STS what an encoded message says.",
            ),
            POLICY_IDENTITY,
            POLICY_RESOURCE,
            POLICY_BOUNDARY,
            POLICY_SCP,
            POLICY_RCP,
            POLICY_SESSION,
            POLICY_VPC_ENDPOINT,
            POLICY_ACCOUNT,
            POLICY_CONTEXT,
            POLICY_CONTEXT_FILE,
        ],
        examples: &[
            (
                "To ask why a command is refused",
                "awl sqs send-message … 2>&1 | awl policy explain",
            ),
            (
                "To find the statement in policies at hand",
                "awl policy explain \"$error\" --identity-policy role.json",
            ),
        ],
        ..plain(
            "policy explain",
            "Says who was refused what on which resource, by which policy and statement, and the \
             smallest change that would allow it. With policies given, awl's own engine tries them on \
             the refused request.",
        )
    },
    About {
        arguments: &[
            POLICY_IDENTITY,
            POLICY_RESOURCE,
            POLICY_BOUNDARY,
            POLICY_SCP,
            POLICY_RCP,
            POLICY_SESSION,
            POLICY_VPC_ENDPOINT,
            POLICY_ACCOUNT,
            (
                "--principal",
                "Who asks: the ARN of a user, of a session or of the root user, a service such as \
                 ``events.amazonaws.com``, or ``*`` for somebody who is not known.",
            ),
            (
                "--action",
                "What is asked for, such as ``s3:GetObject``; several are decided one by one.",
            ),
            (
                "--resource",
                "The ARNs of what it is asked for on; ``*`` where it is left out.",
            ),
            POLICY_CONTEXT,
            POLICY_CONTEXT_FILE,
            (
                "--batch",
                "Read requests with their policies from standard input, a JSON object a line, and \
                 answer each on a line.",
            ),
            ("--expect", "Return 0 where all is decided so, else 1."),
        ],
        examples: &[
            (
                "To ask whether a policy allows something",
                "awl policy simulate --identity-policy policy.json --principal \
                 arn:aws:iam::111122223333:user/ana --action s3:GetObject --resource \
                 arn:aws:s3:::reports/2026.csv --context aws:MultiFactorAuthPresent=true",
            ),
            (
                "To have a build fail where a role may do too much",
                "awl policy simulate --identity-policy role.json --principal \
                 arn:aws:sts::111122223333:assumed-role/App/i-1 --action iam:CreateUser \
                 iam:PassRole --expect implicitDeny",
            ),
        ],
        ..plain(
            "policy simulate",
            "Says whether policies allow a request, and why. Nothing is sent: awl's own engine \
             decides as AWS documents it, with the context that is given and no other.",
        )
    },
    About {
        arguments: &[
            ("--remote", "Sign in with the browser of another machine."),
            FORCE,
        ],
        ..plain(
            "login",
            "Signs in with the browser, as one does to the AWS console, and keeps the session for \
             the profile.",
        )
    },
    About {
        arguments: &[("--all", "End the sessions of all profiles.")],
        ..plain("logout", "Ends the session that ``login`` began.")
    },
    About {
        examples: &[(
            "To list what a bucket holds, with sizes that are easy to read",
            "awl s3 ls s3://amzn-s3-demo-bucket --recursive --human-readable --summarize",
        )],
        ..plain(
            "s3",
            "Buckets and objects by their paths, ``s3://BUCKET/KEY``. The commands of ``s3api`` are \
             the operations of the service itself.",
        )
    },
    About {
        arguments: &[
            ("paths", "A bucket or a prefix; all buckets by default."),
            ("--recursive", "List what stands below other prefixes too."),
            ("--page-size", "How many objects are asked for at once."),
            ("--human-readable", "Show sizes in KiB, MiB and so on."),
            (
                "--summarize",
                "Say at the end how many objects there are, and how large.",
            ),
            REQUEST_PAYER,
            (
                "--bucket-name-prefix",
                "List only buckets whose names begin so.",
            ),
            ("--bucket-region", "List only buckets of this Region."),
        ],
        ..plain(
            "s3 ls",
            "Lists buckets, or the objects and prefixes below a path.",
        )
    },
    About {
        arguments: &[
            ("path", "The bucket: ``s3://BUCKET``."),
            (
                "--tags",
                "A tag of the bucket, as ``KEY VALUE``; may stand several times.",
            ),
        ],
        ..plain("s3 mb", "Makes a bucket.")
    },
    About {
        arguments: &[
            ("path", "The bucket: ``s3://BUCKET``."),
            (
                "--force",
                "Remove all objects first; versions of objects are left, and the bucket with them.",
            ),
        ],
        ..plain("s3 rb", "Removes a bucket, which must be empty.")
    },
    About {
        arguments: &[
            ("paths", "What to delete: ``s3://BUCKET/KEY``."),
            ("--dryrun", "Say what would be deleted, and delete nothing."),
            ("--quiet", "Say nothing."),
            ("--recursive", "Delete all objects below the path."),
            REQUEST_PAYER,
            (
                "--include",
                "Delete what fits this pattern, though it was excluded before.",
            ),
            (
                "--exclude",
                "Do not delete what fits this pattern, below the path: ``*`` is anything, ``?`` a letter, ``[abc]`` one of these; the last pattern that fits decides.",
            ),
            ("--only-show-errors", "Say only what could not be deleted."),
            ("--page-size", "How many objects to ask for at once."),
            (
                "--check-access",
                "With ``--dryrun``: ask ``iam:SimulatePrincipalPolicy`` first whether the caller may \
                 list and delete what is to be deleted.",
            ),
        ],
        examples: &[(
            "All objects below a prefix, but for pictures:",
            "awl s3 rm s3://amzn-s3-demo-bucket/logs/ --recursive --exclude '*.png'",
        )],
        ..plain("s3 rm", "Deletes an object, or all below a path.")
    },
    plain(
        "configure wizard",
        "Asks what a profile is for, and writes it.",
    ),
    About {
        arguments: &[
            ("url", "The URL; without a scheme it is one of ``https``."),
            ("--request", "``-X``: the method."),
            (
                "--header",
                "``-H``: a header ``Name: value``; ``Name:`` leaves one out, ``@FILE`` has lines of them.",
            ),
            (
                "--data",
                "``-d``: data to post; ``@FILE`` is a file without its line ends, ``@-`` standard input.",
            ),
            ("--data-raw", "The same, ``@`` being no file."),
            ("--data-binary", "The same, a file as it is."),
            (
                "--data-urlencode",
                "Data to encode: ``content``, ``name=content`` or ``name@FILE``.",
            ),
            ("--json", "JSON to post, with the headers of JSON."),
            (
                "--form",
                "``-F``: a part of a form: ``name=value`` or ``name=@FILE``.",
            ),
            ("--form-string", "The same, ``@`` being no file."),
            (
                "--upload-file",
                "``-T``: a file to put; ``-`` is standard input.",
            ),
            ("--get", "``-G``: put the data into the URL."),
            ("--head", "``-I``: ask for the headers only."),
            ("--include", "``-i``: print the headers too."),
            (
                "--output-file",
                "``-o``: the file for the answer. (``--output`` is the format of other commands.)",
            ),
            ("--remote-name", "``-O``: a file named as the URL ends."),
            ("--dump-header", "``-D``: a file for the headers."),
            ("--silent", "``-s``: say nothing of errors."),
            ("--show-error", "``-S``: say it all the same."),
            (
                "--fail",
                "``-f``: exit with 22 where the status is 400 or above.",
            ),
            ("--fail-with-body", "The same, with the answer printed."),
            ("--location", "``-L``: follow redirects."),
            (
                "--max-redirs",
                "How many redirects to follow; 50 by default.",
            ),
            ("--insecure", "``-k``: accept any certificate."),
            (
                "--verbose",
                "``-v``: print the heads of requests and responses on standard error.",
            ),
            (
                "--write-out",
                "``-w``: what to print at the end, such as ``%{http_code}``.",
            ),
            (
                "--compressed",
                "Ask for a compressed answer and print it unpacked.",
            ),
            ("--max-time", "``-m``: how many seconds all of it may take."),
            (
                "--connect-timeout",
                "How many seconds a connection may take.",
            ),
            ("--retry", "How often to try again."),
            (
                "--retry-delay",
                "How many seconds to wait between attempts.",
            ),
            ("--retry-all-errors", "Try again whatever went wrong."),
            ("--proxy", "``-x``: the proxy."),
            ("--noproxy", "Hosts that are reached without it."),
            ("--user-agent", "``-A``: the ``User-Agent``."),
            ("--referer", "``-e``: the ``Referer``."),
            ("--range", "``-r``: a range of bytes."),
            ("--user", "Not taken: the profile's keys sign."),
            ("--cacert", "A file of certificates to trust."),
            ("--url", "The URL."),
            (
                "--aws-sigv4",
                "As curl has it: ``aws:amz:REGION:SERVICE``. Only needed where the host does not tell them.",
            ),
            (
                "--service",
                "The service's name in the signature, where the host does not tell it.",
            ),
            ("--sigv4a", "Sign for many Regions."),
            ("--presign", "Put the signature into the URL that is sent."),
            (
                "--expires-in",
                "How many seconds that URL is good; 3600 by default.",
            ),
            ("--unsigned-payload", "Do not sign the body."),
        ],
        examples: &[
            (
                "An object of S3:",
                "awl curl https://my-bucket.s3.eu-west-1.amazonaws.com/key -o key",
            ),
            (
                "An API that wants signatures:",
                "awl curl --json '{\"a\": 1}' https://abc.execute-api.eu-west-1.amazonaws.com/prod/things",
            ),
        ],
        ..plain("curl", "Sends a request, signed, with curl's options.")
    },
    About {
        arguments: &[
            ("path", "The object: ``s3://BUCKET/KEY``."),
            (
                "--expires-in",
                "How many seconds the address is valid; 3600 by default.",
            ),
            ("--method", "The HTTP method that it is for."),
        ],
        ..plain(
            "s3 presign",
            "Prints an address with which anybody may get an object for a while.",
        )
    },
    About {
        arguments: &[
            ("paths", "The bucket: ``s3://BUCKET``."),
            (
                "--index-document",
                "What is added to a path that names a folder.",
            ),
            (
                "--error-document",
                "The object that is shown where there is an error.",
            ),
        ],
        ..plain("s3 website", "Sets up a bucket as a website.")
    },
    About {
        arguments: &[SSO_SESSION, NO_BROWSER, DEVICE_CODE, FORCE],
        ..plain(
            "sso login",
            "Signs in through IAM Identity Center for all profiles of the session.",
        )
    },
    plain(
        "sso logout",
        "Ends all sessions of IAM Identity Center and forgets their credentials.",
    ),
    plain(
        "sandbox",
        "A local AWS with real identity: signatures are verified, codes of MFA devices are checked, \
         policies are enforced, denials are encoded. STS, IAM, EC2, S3 and the metadata of instances are \
         emulated; every other service's requests are authenticated, validated and authorized.",
    ),
    About {
        arguments: &[
            (
                "--port",
                "The port to listen at; 4566 by default, 0 for any free one.",
            ),
            SANDBOX_DATA,
            (
                "--seed",
                "A YAML or JSON file of users, roles, policies, instances and buckets, which are \
                 made unless they are there already.",
            ),
            ("--detach", "Let it run behind the terminal."),
            (
                "--listen",
                "The address to listen at; 127.0.0.1 by default, 0.0.0.0 for all of this machine, which \
                 lets other machines in.",
            ),
            (
                "--limits",
                "Throttle as AWS documents it for all services; of itself only S3 and STS are, whose \
                 limits no program reaches by accident.",
            ),
            (
                "--no-limits",
                "Throttle nothing but what ``limit set`` says.",
            ),
        ],
        examples: &[(
            "To start a sandbox and ask it who one is",
            "awl sandbox start --detach\nawl sts get-caller-identity --profile sandbox",
        )],
        ..plain(
            "sandbox start",
            "Runs the sandbox until it is interrupted. The first start makes an administrator, whose \
             key and the address are written as the profile ``sandbox``.",
        )
    },
    About {
        arguments: &[SANDBOX_DATA],
        ..plain(
            "sandbox status",
            "Says where the sandbox listens; returns 1 where none runs.",
        )
    },
    About {
        arguments: &[SANDBOX_DATA],
        examples: &[(
            "To have all programs of a shell use the sandbox",
            "eval \"$(awl sandbox env)\"",
        )],
        ..plain(
            "sandbox env",
            "Prints what a shell runs so that its programs use the sandbox.",
        )
    },
    About {
        arguments: &[
            (
                "--user",
                "The user whose access key the program gets; one is made where there is none.",
            ),
            (
                "--role",
                "The role of whose session the program gets the credentials.",
            ),
            (
                "--instance",
                "The instance on which the program runs: it finds the instance's metadata, its \
                 role's credentials there, and files of configuration and credentials that are the \
                 instance's own.",
            ),
            (
                "--task",
                "The role of the task in which the program runs: it finds credentials as containers \
                 of ECS and EKS do.",
            ),
            (
                "--mfa",
                "Give credentials of a session in which a code of the MFA device was given.",
            ),
            SANDBOX_DATA,
        ],
        examples: &[(
            "To see what a user may do",
            "awl sandbox exec --user alice -- aws s3 ls",
        )],
        ..plain(
            "sandbox exec",
            "Runs the program behind ``--`` as a user or role of the sandbox, with credentials, \
             Region and endpoint in its environment, or as on an instance or in a task, where it finds \
             the role's credentials as it would there.",
        )
    },
    About {
        arguments: &[
            ("INSTANCE", "The instance's id."),
            (
                "--certificate",
                "Print the certificate instead that verifies the signatures of identity documents.",
            ),
            SANDBOX_DATA,
        ],
        examples: &[(
            "To read an instance's metadata",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT=$(awl sandbox imds i-0abc1234567890def) \\\n    \
             awl imds get /latest/meta-data/",
        )],
        ..plain(
            "sandbox imds",
            "Prints the URL of an instance's metadata service. It stays the same while the sandbox \
             runs.",
        )
    },
    About {
        arguments: &[
            ("INSTANCE", "The instance's id."),
            (
                "--spot",
                "A Spot interruption: what becomes of the instance after two minutes' notice.",
            ),
            (
                "--rebalance",
                "A recommendation to replace the Spot instance.",
            ),
            (
                "--maintenance",
                "Scheduled maintenance with this code: ``instance-reboot``, ``system-reboot``, \
                 ``system-maintenance``, ``instance-retirement`` or ``instance-stop``.",
            ),
            ("--cancel", "Take back what has not happened yet."),
            ("--in", "After how many seconds it happens."),
            SANDBOX_DATA,
        ],
        examples: &[(
            "To see what a program does when its Spot instance ends",
            "awl sandbox instance-event i-0abc1234567890def --spot terminate",
        )],
        ..plain(
            "sandbox instance-event",
            "Tells an instance in its metadata of what is about to happen to it.",
        )
    },
    About {
        arguments: &[
            ("--subject", "The subject, ``sub``."),
            (
                "--audience",
                "The audience, ``aud``: one that the provider in IAM has.",
            ),
            (
                "--issuer",
                "The issuer, ``iss``; ``https://oidc.sandbox.localhost`` by default.",
            ),
            (
                "--duration-seconds",
                "How long the token is good; an hour by default.",
            ),
            ("--claims", "Further claims, a JSON object."),
            SANDBOX_DATA,
        ],
        examples: &[(
            "To try a role that GitHub's workflows assume",
            "awl sandbox web-identity --issuer https://token.actions.githubusercontent.com --audience \
             sts.amazonaws.com --subject repo:octo/photos:ref:refs/heads/main > token",
        )],
        ..plain(
            "sandbox web-identity",
            "Prints a token as an identity provider gives to programs, for \
             ``assume-role-with-web-identity`` and ``AWS_WEB_IDENTITY_TOKEN_FILE``.",
        )
    },
    plain(
        "sandbox oidc",
        "The keys by which tokens of identity providers are verified.",
    ),
    About {
        arguments: &[SANDBOX_DATA],
        ..plain(
            "sandbox oidc keys",
            "Prints the public key of the sandbox's own tokens, as a JSON Web Key Set.",
        )
    },
    About {
        arguments: &[
            (
                "--issuer",
                "The issuer: ``https://token.actions.githubusercontent.com``.",
            ),
            (
                "--keys",
                "The JSON Web Key Set, or ``file://`` and its file.",
            ),
            SANDBOX_DATA,
        ],
        ..plain(
            "sandbox oidc set",
            "Sets the keys of an issuer, so that its real tokens are verified. Tokens of the sandbox's \
             own are not taken for its then.",
        )
    },
    About {
        arguments: &[("--issuer", "The issuer."), SANDBOX_DATA],
        ..plain(
            "sandbox oidc unset",
            "Removes the keys of an issuer: the sandbox's own tokens are taken for its again.",
        )
    },
    plain(
        "sandbox limit",
        "How often operations may be called: token buckets, whose end is the service's own throttling \
         error.",
    ),
    About {
        arguments: &[
            (
                "--service",
                "The service, as its command is called: ``ec2``.",
            ),
            (
                "--operation",
                "The operation: ``DescribeInstances``; all of the service together otherwise.",
            ),
            (
                "--rate",
                "Requests a second, such as 2 or 0.5. Without it the limits count that AWS documents \
                 for the service.",
            ),
            (
                "--burst",
                "How many may come at once; as many as in a second by default.",
            ),
            SANDBOX_DATA,
        ],
        examples: &[(
            "To be throttled soon",
            "awl sandbox limit set --service ec2 --operation DescribeInstances --rate 2 --burst 5",
        )],
        ..plain(
            "sandbox limit set",
            "Sets how often an operation, or all of a service, may be called in each Region.",
        )
    },
    About {
        arguments: &[SANDBOX_DATA],
        ..plain(
            "sandbox limit list",
            "Lists the limits that were set, and whether those that AWS documents are in force.",
        )
    },
    About {
        arguments: &[
            ("--service", "The service."),
            (
                "--operation",
                "The operation; all of the service otherwise.",
            ),
            SANDBOX_DATA,
        ],
        ..plain(
            "sandbox limit remove",
            "Removes the limit of an operation, or all of a service, the documented ones too.",
        )
    },
    plain(
        "sandbox fault",
        "Errors, waits and broken connections on purpose, to see how a program takes them.",
    ),
    About {
        arguments: &[
            ("--service", "The service; all by default."),
            ("--operation", "The operation; all by default."),
            (
                "--principal",
                "The ARN of the caller, or of the user or role behind it; everybody by default.",
            ),
            (
                "--error",
                "The error: a code such as ``SlowDown``, or a status such as 503, for which the \
                 service's usual code is taken.",
            ),
            (
                "--message",
                "The error's message, instead of the usual one.",
            ),
            (
                "--rate",
                "What part of all calls fails, such as 0.2; all by default.",
            ),
            (
                "--latency",
                "How long the answer takes: ``300ms``, ``2s``, or from ``100ms-2s``.",
            ),
            ("--count", "How many calls fail; without end by default."),
            (
                "--connection",
                "How the connection ends: ``reset`` and ``close`` before anything is done, \
                 ``truncate`` within the answer.",
            ),
            (
                "--seed",
                "What chance begins with: the same seed has the same calls fail.",
            ),
            SANDBOX_DATA,
        ],
        examples: &[(
            "To have one upload in five fail",
            "awl sandbox fault add --service s3 --operation PutObject --error 503 --rate 0.2",
        )],
        ..plain("sandbox fault add", "Adds a fault, and prints its id.")
    },
    About {
        arguments: &[SANDBOX_DATA],
        ..plain(
            "sandbox fault list",
            "Lists the faults, and how many calls each has struck.",
        )
    },
    About {
        arguments: &[("id", "The fault."), ("--all", "All faults."), SANDBOX_DATA],
        ..plain("sandbox fault remove", "Removes a fault, or all.")
    },
    About {
        arguments: &[
            (
                "--skew",
                "How far it is ahead of this machine's clock: ``20m``, ``-1h``.",
            ),
            ("--reset", "Have it show this machine's time again."),
            SANDBOX_DATA,
        ],
        ..plain(
            "sandbox clock",
            "Prints what the sandbox's clock shows, or puts it ahead or back: requests that were \
             signed by another clock are refused then.",
        )
    },
    About {
        arguments: &[
            ("--session", "The access key id of the session."),
            (
                "--principal",
                "The ARN of a user, a role or a session: all sessions of it.",
            ),
            ("--all", "All sessions."),
            (
                "--before",
                "Only sessions that were issued before this time.",
            ),
            SANDBOX_DATA,
        ],
        ..plain(
            "sandbox expire",
            "Ends sessions before their time: their credentials are answered as expired ones are.",
        )
    },
    About {
        arguments: &[
            (
                "--with-secrets",
                "Export secret access keys and seeds of MFA devices, too.",
            ),
            SANDBOX_DATA,
        ],
        ..plain(
            "sandbox export",
            "Prints what the sandbox holds as a seed (YAML) for another.",
        )
    },
    About {
        arguments: &[
            (
                "--read-only",
                "An address that shows everything and that nothing can be done with.",
            ),
            ("--open", "Open it in a browser, too."),
            SANDBOX_DATA,
        ],
        ..plain(
            "sandbox console",
            "Prints the address of the console, a page for a browser that shows what the sandbox \
             holds and each request as it is decided. The token at its end opens it: whoever has \
             the address may look.",
        )
    },
    About {
        arguments: &[
            ("user", "The user whose device it is."),
            (
                "--serial-number",
                "The device, by its ARN or what that ends with.",
            ),
            SANDBOX_DATA,
        ],
        examples: &[(
            "To get a session with MFA without a telephone",
            "awl sts get-session-token --serial-number arn:aws:iam::123456789012:mfa/phone \\\n    \
             --token-code $(awl sandbox mfa-code ana)",
        )],
        ..plain(
            "sandbox mfa-code",
            "Prints the code that a virtual MFA device shows now and that is not used yet; of one \
             that is yet to be enabled, the two in a row that IAM asks for.",
        )
    },
    About {
        arguments: &[
            ("--lines", "How many requests; the last 20 by default."),
            (
                "--follow",
                "Go on with those that come in, until the sandbox ends.",
            ),
            (
                "--explain",
                "Say it in words: who asked for what, what each policy said and why, and what would \
                 allow what was denied. On a terminal, a line each is the default.",
            ),
            (
                "--principal",
                "Only requests of this caller: an ARN, or a part of one.",
            ),
            ("--denied", "Only requests that a policy denied."),
            SANDBOX_DATA,
        ],
        ..plain(
            "sandbox logs",
            "Prints the last requests, a line of JSON each: who asked for what, what policies \
             decided, and the answer's status.",
        )
    },
    About {
        arguments: &[SANDBOX_DATA],
        ..plain("sandbox stop", "Ends the sandbox that runs.")
    },
    About {
        arguments: &[SANDBOX_DATA],
        ..plain(
            "sandbox reset",
            "Removes all that a sandbox has kept, its keys too.",
        )
    },
    About {
        arguments: &[(
            "--markdown",
            "Print the tour as it stands in the documentation, with what its commands print now.",
        )],
        ..plain(
            "sandbox tour",
            "Shows awl at work: configuration, profiles, MFA, roles, denials and what would allow \
             them, dry runs, metadata, signed URLs, limits. Each command is run for real, in a \
             home and a sandbox that are gone afterwards.",
        )
    },
    About {
        arguments: &[
            SIGN_METHOD,
            (
                "--url",
                "The URL. Its path and query may have letters that no URL has; they are encoded.",
            ),
            (
                "--header",
                "A header, ``Name: value``. Give it again for another; all are signed.",
            ),
            SIGN_BODY,
            SIGN_BODY_FILE,
            (
                "--service",
                "The service's name in the signature, where the host does not tell it.",
            ),
            (
                "--date",
                "When it is signed, as ``20150830T123600Z``; now where it is left out.",
            ),
            (
                "--presign",
                "Sign in the query: make a URL for whoever has it.",
            ),
            ("--expires", "How many seconds such a URL is good; 3600."),
            (
                "--sigv4a",
                "Sign with version 4a; ``--region`` is then a set of Regions, such as ``*``.",
            ),
            (
                "--sign-body",
                "Say the body's hash in ``x-amz-content-sha256``, as S3 always wants it.",
            ),
            ("--unsigned-payload", "Do not sign the body."),
            (
                "--no-normalize-path",
                "Leave ``..``, ``.`` and ``//`` in the path, as for S3.",
            ),
            (
                "--no-double-encode",
                "Encode the path once in the canonical request, as for S3.",
            ),
            (
                "--no-session-token",
                "Add the session token behind the signature instead of signing it.",
            ),
            (
                "--show",
                "What to print: the request as HTTP has it, what stands on the way to the \
                 signature, the URL, or a command line of curl.",
            ),
        ],
        examples: &[
            (
                "To see what is signed",
                "awl sign --url https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues --show \
                 canonical-request",
            ),
            (
                "To make a URL that uploads",
                "awl sign --url https://bucket.s3.eu-west-1.amazonaws.com/key -X PUT --presign",
            ),
        ],
        ..plain(
            "sign",
            "Signs any request and prints it; nothing is sent. Service and Region are told by a host \
             of AWS, else by ``--service`` and ``--region``.",
        )
    },
    About {
        arguments: &[
            (
                "request",
                "A file with an HTTP message or a command line of curl, a presigned URL, or ``-`` \
                 for standard input.",
            ),
            SIGN_METHOD,
            ("--url", "The URL, instead of a file."),
            (
                "--header",
                "A header of it, ``Name: value``. Give it again for another.",
            ),
            SIGN_BODY,
            SIGN_BODY_FILE,
            (
                "--error",
                "A file with the service's error, or ``-``: what it quotes is compared.",
            ),
            (
                "--date",
                "When it gets to the service, as ``20150830T123600Z``; now where it is left out.",
            ),
            (
                "--secret-access-key-file",
                "A file with the secret access key alone, instead of the credentials in use.",
            ),
        ],
        examples: &[
            (
                "To check a URL",
                "awl verify 'https://bucket.s3.amazonaws.com/key?X-Amz-…'",
            ),
            (
                "To find out why a service refuses a request",
                "awl verify request.http --error answer.xml",
            ),
        ],
        ..plain(
            "verify",
            "Says whether a signed request would be taken, and if not, why. Nothing is sent. The exit \
             code is 1 where it would not be.",
        )
    },
    About {
        arguments: &[
            (
                "--explain",
                "Say how the credentials were found, and what else was tried.",
            ),
            ("--offline", "Do not ask AWS."),
        ],
        ..plain(
            "whoami",
            "Says who the credentials are, and where they and the Region come from.",
        )
    },
];

#[cfg(test)]
mod tests {
    use super::{ABOUT, about};
    use crate::commands::{ADDED, COMMANDS, custom::Custom};

    /// All commands with their lineages.
    fn commands() -> Vec<(String, &'static Custom)> {
        let mut found = Vec::new();
        let mut open: Vec<(String, &'static Custom)> = COMMANDS
            .iter()
            .map(|command| (command.name.to_owned(), *command))
            .collect();
        for (service, commands) in ADDED {
            let lineage = |command: &Custom| format!("{service} {}", command.name);
            open.extend(commands.iter().map(|command| (lineage(command), command)));
        }
        while let Some((lineage, command)) = open.pop() {
            for inside in command.subcommands {
                open.push((format!("{lineage} {}", inside.name), inside));
            }
            found.push((lineage, command));
        }
        found
    }

    #[test]
    fn every_command_and_argument_says_what_it_is_for() {
        let commands = commands();
        let mut missing = Vec::new();
        for (lineage, command) in &commands {
            let about = about(lineage);
            if about.is_none() {
                missing.push(lineage.clone());
            }
            for argument in command.arguments {
                let name = argument.name();
                if about.is_some_and(|about| about.argument(name).is_empty()) {
                    missing.push(format!("{lineage} {name}"));
                }
            }
        }
        assert!(missing.is_empty(), "nothing is said of {missing:?}");
        for about in ABOUT {
            let found = commands.iter().find(|(name, _)| name == about.command);
            let (_, command) = found.unwrap_or_else(|| panic!("no command {}", about.command));
            for (name, _) in about.arguments {
                let is_known = command.arguments.iter().any(|known| known.name() == *name);
                assert!(is_known, "{} {name}", about.command);
            }
        }
    }
}
