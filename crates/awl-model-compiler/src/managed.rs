//! AWS's managed policies: of all that moto has, those that accounts use most, in
//! the form that the sandbox reads.

use awl_value::{Map, Value, json};

use crate::CompileError;
use crate::files::parse;

/// What errors call the file.
const FILE: &str = "aws_managed_policies.py";

/// Which are taken. What is not among them can be brought in by a seed.
const NAMES: &[&str] = &[
    "AWSDenyAll",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSLambda_FullAccess",
    "AWSLambda_ReadOnlyAccess",
    "AWSSupportAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2FullAccess",
    "AmazonEC2ReadOnlyAccess",
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonRoute53ReadOnlyAccess",
    "AmazonSNSFullAccess",
    "AmazonSNSReadOnlyAccess",
    "AmazonSQSFullAccess",
    "AmazonSQSReadOnlyAccess",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "AmazonVPCReadOnlyAccess",
    "AutoScalingReadOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "CloudWatchLogsFullAccess",
    "CloudWatchLogsReadOnlyAccess",
    "CloudWatchReadOnlyAccess",
    "IAMUserSSHKeys",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "SecurityAudit",
    "SupportUser",
    "ViewOnlyAccess",
];

/// The policies: a list of maps with `name`, `path`, `created` and `updated`
/// (texts in ISO 8601), `version` (its number) and `document`.
///
/// # Errors
/// A [`CompileError`] where the source is not what it should be.
pub fn managed_policies(source: &str) -> Result<String, CompileError> {
    let all = parse(FILE, source.as_bytes())?;
    let entries = NAMES.iter().filter_map(|name| {
        let known = all.get(name)?;
        let mut map = Map::new();
        map.push("name", (*name).into());
        for (from, to) in [
            ("Path", "path"),
            ("CreateDate", "created"),
            ("UpdateDate", "updated"),
            ("Document", "document"),
        ] {
            map.push(to, known.get(from)?.clone());
        }
        let version = known.get("DefaultVersionId")?.as_str()?;
        let version = version.strip_prefix('v')?.parse().ok()?;
        map.push("version", Value::Int(version));
        Some(Value::Map(map))
    });
    Ok(json::to_string(&Value::List(entries.collect())))
}
