//! What the commands say of themselves that services have beyond their
//! operations.

use super::{About, plain};

const HOSTNAME: (&str, &str) = ("--hostname", "The host of the database.");
const EXPIRES_IN: (&str, &str) = (
    "--expires-in",
    "How many seconds the token is good for; by default 900.",
);

const INSTANCE_NAME: (&str, &str) = ("--instance-name", "The machine's name.");
const IAM_ENDPOINT: (&str, &str) = (
    "--iam-endpoint",
    "The address of IAM, if it is not its usual one.",
);
const EMR_ASSOCIATION: &[(&str, &str)] = &[
    ("--cluster-name", "The EKS cluster."),
    ("--namespace", "The namespace of the jobs."),
    ("--role-name", "The role."),
    (
        "--type",
        "How jobs are submitted; by default ``start_job_run``.",
    ),
    (
        "--operator-namespace",
        "The namespace of the operator, if it is another.",
    ),
    (
        "--service-account-name",
        "A service account of your own instead of EMR's.",
    ),
];

pub(super) static ABOUT: &[About] = &[
    About {
        arguments: &[
            ("--pipeline-id", "The pipeline."),
            (
                "--status",
                "Only runs of these statuses, with commas between them.",
            ),
            (
                "--start-interval",
                "Only runs that began between these two times; by default those of the last four days.",
            ),
            (
                "--schedule-interval",
                "Only runs that are to begin between these two times.",
            ),
        ],
        ..plain("datapipeline list-runs", "Lists when a pipeline has run.")
    },
    plain(
        "dynamodb wizard",
        "Asks questions, and makes what they are about.",
    ),
    plain(
        "dynamodb wizard new-table",
        "Asks what a table shall be like, shows the command or the template that makes it, and makes it.",
    ),
    plain(
        "events wizard",
        "Asks questions, and makes what they are about.",
    ),
    plain(
        "events wizard new-rule",
        "Asks when a rule shall set off what, shows the commands or the template that make it, and makes it.",
    ),
    plain(
        "iam wizard",
        "Asks questions, and makes what they are about.",
    ),
    plain(
        "iam wizard new-role",
        "Asks whom a role shall trust and what it may do, makes it, and a profile that assumes it.",
    ),
    plain(
        "lambda wizard",
        "Asks questions, and makes what they are about.",
    ),
    plain(
        "lambda wizard new-function",
        "Asks what a function shall be like, shows the command or the template that makes it, and makes it.",
    ),
    About {
        arguments: &[
            ("--service-arn", "The service: its ARN or its name."),
            (
                "--resource-view",
                "``RESOURCE``, the default: all resources of the service; ``DEPLOYMENT``: those that the latest deployment brings or takes away.",
            ),
            (
                "--mode",
                "``INTERACTIVE``: the whole screen, the default on a terminal; ``TEXT-ONLY``: a line for each change.",
            ),
            ("--timeout", "After how many minutes to end; 30 by default."),
        ],
        examples: &[(
            "What the latest deployment changes, as lines for a log:",
            "awl ecs monitor-express-gateway-service --service-arn web --resource-view DEPLOYMENT --mode TEXT-ONLY",
        )],
        ..plain(
            "ecs monitor-express-gateway-service",
            "Watches the resources of an express gateway service as they are made, changed and removed.",
        )
    },
    About {
        arguments: &[
            ("--template-file", "The template: a path."),
            (
                "--stack-name",
                "The stack, which is made if it is not there.",
            ),
            (
                "--s3-bucket",
                "The bucket that the template goes to; needed for large ones.",
            ),
            ("--force-upload", "Put it there though it is there already."),
            ("--s3-prefix", "What stands before its name there."),
            ("--kms-key-id", "The key that it is encrypted with there."),
            (
                "--parameter-overrides",
                "Values of parameters: ``Name=value``, or a file with JSON. Others stay as they \
                 are.",
            ),
            (
                "--capabilities",
                "What the template may do beyond the usual: ``CAPABILITY_IAM``.",
            ),
            (
                "--no-execute-changeset",
                "Make the change set only, and print its ARN.",
            ),
            (
                "--disable-rollback",
                "Leave the stack as it is where something fails.",
            ),
            (
                "--no-disable-rollback",
                "Roll the stack back where something fails.",
            ),
            ("--role-arn", "The role that CloudFormation acts as."),
            (
                "--notification-arns",
                "The topics that get the stack's events.",
            ),
            ("--fail-on-empty-changeset", "Fail if nothing would change."),
            (
                "--no-fail-on-empty-changeset",
                "Succeed if nothing would change, as by default.",
            ),
            ("--tags", "Tags of the stack: ``key=value``."),
        ],
        ..plain(
            "cloudformation deploy",
            "Makes a stack of a template, or makes the stack what the template says: a change set \
             is made and carried out.",
        )
    },
    About {
        arguments: &[
            ("--url", "The URL to sign."),
            ("--key-pair-id", "The key pair's ID in CloudFront."),
            (
                "--private-key",
                "Its private key: ``file://`` and the path of a PEM file.",
            ),
            (
                "--date-less-than",
                "Until when the URL is good: a date, a time, or seconds since 1970; in UTC where \
                 it says no zone.",
            ),
            ("--date-greater-than", "From when on it is good."),
            ("--ip-address", "The address or range that it is good for."),
        ],
        ..plain(
            "cloudfront sign",
            "Prints a signed URL, which lets whoever has it get what CloudFront serves for a time.",
        )
    },
    About {
        arguments: &[
            ("--tool", "The package manager."),
            ("--domain", "The domain."),
            (
                "--domain-owner",
                "The account that the domain is of, if it is another.",
            ),
            (
                "--namespace",
                "The scope that the repository is for; of npm and Swift.",
            ),
            ("--duration-seconds", "How long the login is good."),
            ("--repository", "The repository."),
            ("--endpoint-type", "The kind of the repository's address."),
            ("--dry-run", "Print what would be done, with the token."),
        ],
        ..plain(
            "codeartifact login",
            "Has a package manager use a repository of CodeArtifact for up to twelve hours.",
        )
    },
    plain(
        "codecommit credential-helper",
        "Gives Git a user and a password for CodeCommit, made of a signature.",
    ),
    plain(
        "codecommit credential-helper erase",
        "Does nothing: passwords are not kept.",
    ),
    About {
        arguments: &[(
            "--ignore-host-check",
            "Answer for hosts that are not AWS's, too.",
        )],
        ..plain(
            "codecommit credential-helper get",
            "Reads what Git wants to get at from standard input, and prints a user and a password.",
        )
    },
    plain(
        "codecommit credential-helper store",
        "Does nothing: passwords are made each time.",
    ),
    plain(
        "configservice get-status",
        "Says of all configuration recorders and delivery channels how they are.",
    ),
    About {
        arguments: &[
            (
                "--s3-bucket",
                "The bucket for what is recorded, perhaps with a prefix; made if it is not there.",
            ),
            (
                "--sns-topic",
                "The topic for notifications: an ARN, or a name, which is made.",
            ),
            ("--iam-role", "The ARN of the role that records."),
        ],
        ..plain(
            "configservice subscribe",
            "Turns AWS Config on: makes a recorder and a delivery channel, both called \
             ``default``, and starts to record.",
        )
    },
    About {
        arguments: &[
            INSTANCE_NAME,
            ("--no-delete-iam-user", "Leave the machine's IAM user."),
        ],
        ..plain(
            "deploy deregister",
            "Has CodeDeploy forget a machine of your own, and deletes the machine's IAM user.",
        )
    },
    About {
        arguments: &[
            INSTANCE_NAME,
            ("--tags", "Tags of the machine: ``Key=name,Value=value``."),
            (
                "--iam-user-arn",
                "The machine's IAM user; by default one is made.",
            ),
        ],
        ..plain(
            "deploy register",
            "Makes a machine of your own known to CodeDeploy, and writes the file that it needs.",
        )
    },
    About {
        arguments: &[
            IAM_ENDPOINT,
            (
                "--resource-type",
                "What the role is to make: ``snapshot`` or ``image``.",
            ),
        ],
        ..plain(
            "dlm create-default-role",
            "Makes the role by which Data Lifecycle Manager acts, if it is not there.",
        )
    },
    About {
        arguments: &[HOSTNAME, EXPIRES_IN],
        ..plain(
            "dsql generate-db-connect-admin-auth-token",
            "Prints a token to log in to an Aurora DSQL cluster with as its administrator.",
        )
    },
    About {
        arguments: &[HOSTNAME, EXPIRES_IN],
        ..plain(
            "dsql generate-db-connect-auth-token",
            "Prints a token to log in to an Aurora DSQL cluster with.",
        )
    },
    plain(
        "ecr get-login-password",
        "Prints the password to log in to a registry with: ``docker login --username AWS \
         --password-stdin``.",
    ),
    plain(
        "ecr-public get-login-password",
        "Prints the password to log in to the public registry with: ``docker login --username \
         AWS --password-stdin public.ecr.aws``.",
    ),
    About {
        arguments: &[
            ("--cluster-name", "The cluster."),
            (
                "--role-arn",
                "The role to be in the cluster, if it is another.",
            ),
            (
                "--cluster-id",
                "The cluster's identifier, if it is a local one on an Outpost.",
            ),
        ],
        ..plain(
            "eks get-token",
            "Prints a token that says to a cluster who is calling. kubectl asks for it.",
        )
    },
    About {
        arguments: &[
            ("--name", "The cluster."),
            (
                "--kubeconfig",
                "The file to write to; by default that of ``KUBECONFIG``, else ``~/.kube/config``.",
            ),
            (
                "--role-arn",
                "The role to be in the cluster, if it is another.",
            ),
            ("--proxy-url", "The proxy that the cluster is reached by."),
            ("--dry-run", "Print the file instead of writing it."),
            ("--verbose", "Print what was added."),
            (
                "--alias",
                "What the context is called; by default as the user.",
            ),
            (
                "--user-alias",
                "What the user is called; by default as the cluster's ARN.",
            ),
            ("--assume-role-arn", "The role to ask EKS as."),
        ],
        ..plain(
            "eks update-kubeconfig",
            "Writes a cluster down in the file that kubectl reads.",
        )
    },
    About {
        arguments: EMR_ASSOCIATION,
        ..plain(
            "emr-containers create-role-associations",
            "Lets service accounts of an EKS cluster act as a role, by Pod Identity.",
        )
    },
    About {
        arguments: EMR_ASSOCIATION,
        ..plain(
            "emr-containers delete-role-associations",
            "Ends that service accounts of an EKS cluster may act as a role.",
        )
    },
    About {
        arguments: &[
            ("--cluster-name", "The EKS cluster."),
            ("--namespace", "The namespace of the jobs."),
            ("--role-name", "The role."),
            IAM_ENDPOINT,
            ("--dry-run", "Print the policy instead of changing it."),
        ],
        ..plain(
            "emr-containers update-role-trust-policy",
            "Lets service accounts of an EKS cluster assume a role, by the cluster's identity \
             provider.",
        )
    },
    About {
        arguments: &[
            ("group_name", "The log group."),
            (
                "--since",
                "From when on: a time, or how long ago, as ``30s``, ``10m``, ``5h``, ``2d`` or \
                 ``1w``; by default ``10m``.",
            ),
            ("--follow", "Go on with the events that come."),
            ("--format", "How events are shown; by default ``detailed``."),
            ("--filter-pattern", "The pattern that events must have."),
            ("--log-stream-names", "The streams to show."),
            (
                "--log-stream-name-prefix",
                "What the names of the streams begin with.",
            ),
        ],
        ..plain(
            "logs tail",
            "Prints the events of a log group, the newest last.",
        )
    },
    About {
        arguments: &[
            HOSTNAME,
            ("--port", "The port that it listens on."),
            ("--username", "The user to log in as."),
        ],
        ..plain(
            "rds generate-db-auth-token",
            "Prints a token to log in to a database with instead of a password.",
        )
    },
];
