//! Arguments whose names are not those of their members, one table for all
//! services.
// Parity: awscli/customizations/argrename.py.

/// Another name for an argument.
pub(super) struct Rename {
    /// The service's command.
    pub service: &'static str,
    /// The operation's command, `*` for all of the service.
    pub operation: &'static str,
    /// The name that the member gives.
    pub name: &'static str,
    /// The name to use.
    pub new_name: &'static str,
}

const fn rename(
    service: &'static str,
    operation: &'static str,
    name: &'static str,
    new_name: &'static str,
) -> Rename {
    Rename {
        service,
        operation,
        name,
        new_name,
    }
}

/// Arguments that have another name, mostly because a global option has theirs.
pub(super) static RENAMES: &[Rename] = &[
    rename("ec2", "create-image", "no-no-reboot", "reboot"),
    rename("ec2", "*", "no-egress", "ingress"),
    rename(
        "ec2",
        "*",
        "no-disable-api-termination",
        "enable-api-termination",
    ),
    rename(
        "swf",
        "register-activity-type",
        "version",
        "activity-version",
    ),
    rename(
        "swf",
        "register-workflow-type",
        "version",
        "workflow-version",
    ),
    rename("datapipeline", "*", "query", "objects-query"),
    rename(
        "datapipeline",
        "get-pipeline-definition",
        "version",
        "pipeline-version",
    ),
    rename("emr", "*", "job-flow-ids", "cluster-ids"),
    rename("emr", "*", "job-flow-id", "cluster-id"),
    rename("cloudsearchdomain", "search", "query", "search-query"),
    rename("cloudsearchdomain", "suggest", "query", "suggest-query"),
    rename("sns", "subscribe", "endpoint", "notification-endpoint"),
    rename("deploy", "*", "s-3-location", "s3-location"),
    rename("deploy", "*", "ec-2-tag-filters", "ec2-tag-filters"),
    rename(
        "codepipeline",
        "get-pipeline",
        "version",
        "pipeline-version",
    ),
    rename(
        "codepipeline",
        "create-custom-action-type",
        "version",
        "action-version",
    ),
    rename(
        "codepipeline",
        "delete-custom-action-type",
        "version",
        "action-version",
    ),
    rename(
        "kinesisanalytics",
        "add-application-output",
        "output",
        "application-output",
    ),
    rename(
        "kinesisanalyticsv2",
        "add-application-output",
        "output",
        "application-output",
    ),
    rename(
        "route53",
        "delete-traffic-policy",
        "version",
        "traffic-policy-version",
    ),
    rename(
        "route53",
        "get-traffic-policy",
        "version",
        "traffic-policy-version",
    ),
    rename(
        "route53",
        "update-traffic-policy-comment",
        "version",
        "traffic-policy-version",
    ),
    rename("gamelift", "create-build", "version", "build-version"),
    rename("gamelift", "update-build", "version", "build-version"),
    rename("gamelift", "create-script", "version", "script-version"),
    rename("gamelift", "update-script", "version", "script-version"),
    rename("route53domains", "view-billing", "start", "start-time"),
    rename("route53domains", "view-billing", "end", "end-time"),
    rename("apigateway", "create-rest-api", "version", "api-version"),
    rename("apigatewayv2", "create-api", "version", "api-version"),
    rename("apigatewayv2", "update-api", "version", "api-version"),
    rename(
        "pinpoint",
        "get-campaign-version",
        "version",
        "campaign-version",
    ),
    rename(
        "pinpoint",
        "get-segment-version",
        "version",
        "segment-version",
    ),
    rename(
        "pinpoint",
        "delete-email-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "delete-in-app-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "delete-push-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "delete-sms-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "delete-voice-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "get-email-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "get-in-app-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "get-push-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "get-sms-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "get-voice-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "update-email-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "update-in-app-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "update-push-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "update-sms-template",
        "version",
        "template-version",
    ),
    rename(
        "pinpoint",
        "update-voice-template",
        "version",
        "template-version",
    ),
    rename(
        "stepfunctions",
        "send-task-success",
        "output",
        "task-output",
    ),
    rename(
        "clouddirectory",
        "publish-schema",
        "version",
        "schema-version",
    ),
    rename("mturk", "list-qualification-types", "query", "types-query"),
    rename(
        "workdocs",
        "create-notification-subscription",
        "endpoint",
        "notification-endpoint",
    ),
    rename("workdocs", "describe-users", "query", "user-query"),
    rename("lex-models", "delete-bot", "version", "bot-version"),
    rename("lex-models", "delete-intent", "version", "intent-version"),
    rename(
        "lex-models",
        "delete-slot-type",
        "version",
        "slot-type-version",
    ),
    rename("lex-models", "get-intent", "version", "intent-version"),
    rename(
        "lex-models",
        "get-slot-type",
        "version",
        "slot-type-version",
    ),
    rename("lex-models", "delete-bot-version", "version", "bot-version"),
    rename(
        "lex-models",
        "delete-intent-version",
        "version",
        "intent-version",
    ),
    rename(
        "lex-models",
        "delete-slot-type-version",
        "version",
        "slot-type-version",
    ),
    rename("lex-models", "get-export", "version", "resource-version"),
    rename("license-manager", "get-grant", "version", "grant-version"),
    rename(
        "license-manager",
        "delete-grant",
        "version",
        "grant-version",
    ),
    rename(
        "license-manager",
        "get-license",
        "version",
        "license-version",
    ),
    rename(
        "rekognition",
        "create-stream-processor",
        "output",
        "stream-processor-output",
    ),
    rename("eks", "create-cluster", "version", "kubernetes-version"),
    rename(
        "eks",
        "update-cluster-version",
        "version",
        "kubernetes-version",
    ),
    rename("eks", "create-nodegroup", "version", "kubernetes-version"),
    rename(
        "eks",
        "update-nodegroup-version",
        "version",
        "kubernetes-version",
    ),
    rename(
        "eks",
        "update-cluster-components-version",
        "version",
        "kubernetes-version",
    ),
    rename("schemas", "*", "version", "schema-version"),
    rename(
        "sagemaker",
        "delete-image-version",
        "version",
        "version-number",
    ),
    rename(
        "sagemaker",
        "describe-image-version",
        "version",
        "version-number",
    ),
    rename("sagemaker", "list-aliases", "version", "version-number"),
    rename(
        "sagemaker",
        "update-image-version",
        "version",
        "version-number",
    ),
    rename("iotwireless", "*", "lo-ra-wan", "lorawan"),
    rename(
        "codepipeline",
        "get-action-type",
        "version",
        "action-version",
    ),
    rename(
        "ecs",
        "*",
        "no-enable-execute-command",
        "disable-execute-command",
    ),
    rename(
        "ecs",
        "execute-command",
        "no-interactive",
        "non-interactive",
    ),
    rename(
        "controltower",
        "create-landing-zone",
        "version",
        "landing-zone-version",
    ),
    rename(
        "controltower",
        "update-landing-zone",
        "version",
        "landing-zone-version",
    ),
    rename(
        "glue",
        "get-unfiltered-partition-metadata",
        "region",
        "resource-region",
    ),
    rename(
        "glue",
        "get-unfiltered-partitions-metadata",
        "region",
        "resource-region",
    ),
    rename(
        "glue",
        "get-unfiltered-table-metadata",
        "region",
        "resource-region",
    ),
    rename("agent-toolkit", "*", "name", "skill-name"),
    rename("agent-toolkit", "search-skills", "query", "search-query"),
];

/// Arguments that have another name besides, which help does not show.
pub(super) static HIDDEN_ALIASES: &[Rename] = &[
    rename(
        "mgn",
        "*",
        "replication-servers-security-groups-ids",
        "replication-servers-security-groups-i-ds",
    ),
    rename("mgn", "*", "source-server-ids", "source-server-i-ds"),
    rename(
        "mgn",
        "*",
        "replication-configuration-template-ids",
        "replication-configuration-template-i-ds",
    ),
    rename(
        "elasticache",
        "create-replication-group",
        "preferred-cache-cluster-azs",
        "preferred-cache-cluster-a-zs",
    ),
];

/// Whether an argument is there for the sake of older scripts only.
pub(crate) fn is_hidden(service: &str, operation: &str, name: &str) -> bool {
    /// More of them: service, operation, argument.
    // Parity: awscli/customizations/kinesis.py.
    static MORE: &[(&str, &str, &str)] =
        &[("kinesis", "list-streams", "exclusive-start-stream-name")];
    /// Those of one rule of a security group, which shorter ones stand for.
    // Parity: awscli/customizations/ec2/secgroupsimplify.py.
    static OF_RULES: &[&str] = &[
        "cidr-ip",
        "from-port",
        "ip-protocol",
        "source-security-group-name",
        "source-security-group-owner-id",
        "to-port",
    ];
    let is_of_rule = service == "ec2"
        && ["authorize-security-group-", "revoke-security-group-"]
            .iter()
            .any(|prefix| operation.starts_with(prefix))
        && OF_RULES.contains(&name);
    is_of_rule
        || entries(HIDDEN_ALIASES, service, operation).any(|entry| entry.new_name == name)
        || MORE.contains(&(service, operation, name))
}

/// The entries of a table that are for an operation, those for it alone first,
/// as the AWS CLI applies them.
pub(super) fn entries<'a>(
    table: &'static [Rename],
    service: &'a str,
    operation: &'a str,
) -> impl Iterator<Item = &'static Rename> + use<'a> {
    let of_service = move |entry: &&Rename| entry.service == service;
    let own = table
        .iter()
        .filter(of_service)
        .filter(move |entry| entry.operation == operation);
    let all = table
        .iter()
        .filter(of_service)
        .filter(|entry| entry.operation == "*");
    own.chain(all)
}
