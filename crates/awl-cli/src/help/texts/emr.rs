//! What the commands of `emr` say of themselves.

use super::{About, plain};

const CLUSTER_ID: (&str, &str) = ("--cluster-id", "The cluster.");
const INSTANCE_GROUPS: (&str, &str) = (
    "--instance-groups",
    "The instance groups: their roles, types, counts and prices.",
);
const APPLICATIONS: (&str, &str) = (
    "--applications",
    "The applications to install, by name, with their arguments.",
);
const STEPS: (&str, &str) = (
    "--steps",
    "The steps to run, of the types ``CUSTOM_JAR``, ``STREAMING``, ``HIVE``, ``PIG``, ``IMPALA`` \
     and ``SPARK``.",
);
const KEY_PAIR_FILE: (&str, &str) = (
    "--key-pair-file",
    "The private key to log in with; or the profile's ``emr.key_pair_file``.",
);
const SSH_OPTIONS: (&str, &str) = ("--ssh-options", "Further options of SSH: ``Name=value``.");
const DIR: (&str, &str) = ("--dir", "Where the backup is in Amazon S3.");
const CONSISTENT: (&str, &str) = (
    "--consistent",
    "Hold back all writing to HBase while the backup is made.",
);
const VISIBLE: (&str, &str) = (
    "--visible-to-all-users",
    "Let all users of the account see the cluster.",
);
const NOT_VISIBLE: (&str, &str) = (
    "--no-visible-to-all-users",
    "Let only who made the cluster see it.",
);
const PROTECTED: (&str, &str) = (
    "--termination-protected",
    "Refuse to terminate the cluster by a call.",
);
const NOT_PROTECTED: (&str, &str) = (
    "--no-termination-protected",
    "Let the cluster be terminated by a call.",
);
const AUTO_TERMINATE: (&str, &str) = (
    "--auto-terminate",
    "Terminate the cluster when all steps are done.",
);
const NO_AUTO_TERMINATE: (&str, &str) = (
    "--no-auto-terminate",
    "Keep the cluster when all steps are done.",
);
const REPLACEMENT: (&str, &str) = (
    "--unhealthy-node-replacement",
    "Replace core nodes that fail.",
);
const NO_REPLACEMENT: (&str, &str) = (
    "--no-unhealthy-node-replacement",
    "Leave core nodes that fail as they are.",
);

pub(super) static ABOUT: &[About] = &[
    About {
        arguments: &[CLUSTER_ID, INSTANCE_GROUPS],
        ..plain(
            "emr add-instance-groups",
            "Adds instance groups to a cluster that runs.",
        )
    },
    About {
        arguments: &[
            CLUSTER_ID,
            STEPS,
            (
                "--execution-role-arn",
                "The role that the steps run as on the cluster.",
            ),
        ],
        ..plain("emr add-steps", "Adds steps to a cluster.")
    },
    About {
        arguments: &[
            ("--release-label", "The release of EMR: ``emr-7.0.0``."),
            ("--os-release-label", "The release of Amazon Linux."),
            (
                "--ami-version",
                "The AMI, of EMR before release labels: ``3.11``.",
            ),
            INSTANCE_GROUPS,
            (
                "--instance-type",
                "The type of all instances, instead of groups.",
            ),
            (
                "--instance-count",
                "How many instances there are, the master among them.",
            ),
            AUTO_TERMINATE,
            NO_AUTO_TERMINATE,
            (
                "--instance-fleets",
                "The instance fleets, instead of groups.",
            ),
            ("--name", "The cluster's name."),
            ("--log-uri", "Where logs go in Amazon S3."),
            (
                "--log-encryption-kms-key-id",
                "The key that logs are encrypted with.",
            ),
            ("--service-role", "The role of the service."),
            ("--auto-scaling-role", "The role of automatic scaling."),
            (
                "--use-default-roles",
                "Use the roles that ``emr create-default-roles`` makes.",
            ),
            (
                "--configurations",
                "The applications' configurations, as JSON.",
            ),
            (
                "--ec2-attributes",
                "Key, subnet or zone, instance profile and security groups of the instances.",
            ),
            PROTECTED,
            NOT_PROTECTED,
            REPLACEMENT,
            NO_REPLACEMENT,
            (
                "--scale-down-behavior",
                "When instances end as a group shrinks.",
            ),
            VISIBLE,
            NOT_VISIBLE,
            (
                "--enable-debugging",
                "Index the logs, for the console's debugger.",
            ),
            ("--no-enable-debugging", "Index no logs."),
            ("--tags", "Tags: ``key=value``, or a key alone."),
            (
                "--bootstrap-actions",
                "Scripts to run on each instance first.",
            ),
            APPLICATIONS,
            (
                "--emrfs",
                "How EMRFS encrypts, and whether it is consistent.",
            ),
            STEPS,
            (
                "--additional-info",
                "Features that are not generally available.",
            ),
            (
                "--restore-from-hbase-backup",
                "The backup that HBase begins with.",
            ),
            (
                "--security-configuration",
                "The name of a security configuration.",
            ),
            ("--custom-ami-id", "An AMI of your own."),
            ("--ebs-root-volume-size", "The root volumes' size in GiB."),
            (
                "--ebs-root-volume-iops",
                "The root volumes' input and output operations a second.",
            ),
            (
                "--ebs-root-volume-throughput",
                "The root volumes' throughput in MiB a second.",
            ),
            (
                "--repo-upgrade-on-boot",
                "Which updates are installed at first: ``SECURITY`` or ``NONE``.",
            ),
            (
                "--kerberos-attributes",
                "What Kerberos needs where a security configuration has it on.",
            ),
            ("--step-concurrency-level", "How many steps run at once."),
            (
                "--step-execution-role-arn",
                "The role that steps run as where they name none.",
            ),
            ("--managed-scaling-policy", "The limits of managed scaling."),
            (
                "--placement-group-configs",
                "The placement groups of the roles.",
            ),
            (
                "--auto-termination-policy",
                "After how many idle seconds the cluster ends.",
            ),
            (
                "--monitoring-configuration",
                "Which logs go to CloudWatch and to Amazon S3.",
            ),
            (
                "--extended-support",
                "Go on being supported after the release's end of support.",
            ),
            ("--no-extended-support", "Do without extended support."),
            ("--session-enabled", "Allow interactive sessions."),
            ("--no-session-enabled", "Allow no interactive sessions."),
        ],
        ..plain("emr create-cluster", "Makes a cluster and starts it.")
    },
    About {
        arguments: &[(
            "--iam-endpoint",
            "The address of IAM, if it is not its usual one.",
        )],
        ..plain(
            "emr create-default-roles",
            "Makes the roles and the instance profile that ``emr create-cluster \
             --use-default-roles`` names, where they are not there yet, and writes them to the \
             profile if it names no roles.",
        )
    },
    About {
        arguments: &[CLUSTER_ID, DIR, CONSISTENT],
        ..plain(
            "emr create-hbase-backup",
            "Makes a backup of HBase, on clusters without a release label.",
        )
    },
    About {
        arguments: &[CLUSTER_ID],
        ..plain(
            "emr describe-cluster",
            "Describes a cluster with its instance groups or fleets and its bootstrap actions.",
        )
    },
    About {
        arguments: &[
            CLUSTER_ID,
            ("--full", "Make no more full backups."),
            ("--incremental", "Make no more incremental backups."),
        ],
        ..plain(
            "emr disable-hbase-backups",
            "Ends scheduled backups of HBase, on clusters without a release label.",
        )
    },
    About {
        arguments: &[
            CLUSTER_ID,
            KEY_PAIR_FILE,
            ("--src", "The file on the master node."),
            (
                "--dest",
                "Where it goes here; by default the current folder, by its name.",
            ),
            SSH_OPTIONS,
        ],
        ..plain("emr get", "Copies a file from the cluster's master node.")
    },
    About {
        arguments: &[CLUSTER_ID, APPLICATIONS],
        ..plain(
            "emr install-applications",
            "Installs Hive or Pig on a cluster that runs and has no release label.",
        )
    },
    About {
        arguments: &[
            CLUSTER_ID,
            VISIBLE,
            NOT_VISIBLE,
            PROTECTED,
            NOT_PROTECTED,
            AUTO_TERMINATE,
            NO_AUTO_TERMINATE,
            REPLACEMENT,
            NO_REPLACEMENT,
        ],
        ..plain(
            "emr modify-cluster-attributes",
            "Changes who sees a cluster, when it ends, and whether failed nodes are replaced.",
        )
    },
    About {
        arguments: &[
            CLUSTER_ID,
            KEY_PAIR_FILE,
            ("--src", "The file here."),
            (
                "--dest",
                "Where it goes; by default the home of the user, by its name.",
            ),
            SSH_OPTIONS,
        ],
        ..plain("emr put", "Copies a file to the cluster's master node.")
    },
    About {
        arguments: &[
            CLUSTER_ID,
            DIR,
            (
                "--backup-version",
                "The version to restore; by default the last.",
            ),
        ],
        ..plain(
            "emr restore-from-hbase-backup",
            "Restores HBase from a backup, on clusters without a release label.",
        )
    },
    About {
        arguments: &[
            CLUSTER_ID,
            ("--type", "``full`` or ``incremental``."),
            DIR,
            ("--interval", "How much time is between two backups."),
            (
                "--unit",
                "In which unit: ``minutes``, ``hours`` or ``days``.",
            ),
            (
                "--start-time",
                "When the first is made, in ISO 8601; by default now.",
            ),
            CONSISTENT,
        ],
        ..plain(
            "emr schedule-hbase-backup",
            "Has backups of HBase made regularly, on clusters without a release label.",
        )
    },
    About {
        arguments: &[CLUSTER_ID, KEY_PAIR_FILE, SSH_OPTIONS],
        ..plain(
            "emr socks",
            "Opens a SOCKS proxy on port 8157 that leads to the cluster's master node.",
        )
    },
    About {
        arguments: &[
            CLUSTER_ID,
            KEY_PAIR_FILE,
            ("--command", "A command to run there instead of a shell."),
            SSH_OPTIONS,
        ],
        ..plain("emr ssh", "Logs in to the cluster's master node.")
    },
    About {
        arguments: &[("--cluster-ids", "The clusters.")],
        ..plain("emr terminate-clusters", "Terminates clusters.")
    },
];
