//! Where an operation needs other actions than the one that is called as it
//! is, and where resources go by other names than the parameters do.
//!
//! Sources, all of AWS: for `s3` and `s3control` the S3 User Guide, "Required
//! permissions for Amazon S3 API operations"; for the others what the API
//! Reference of the operation says under "permissions", and the descriptions
//! of actions in the Service Authorization Reference: `cassandra` "Amazon
//! Keyspaces actions", `neptunedata` the Neptune User Guide, "IAM actions for
//! data access", `dynamodb` the Developer Guide, "PartiQL permissions" and
//! "transactions", `budgets` "ModifyBudget" and "ViewBudget", `kms` "ReEncrypt".

use super::Parameter;

/// When an action of a row is needed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Case {
    /// Always.
    Always,
    /// Where this parameter is given.
    With(&'static str),
    /// Where it is not.
    Without(&'static str),
    /// Where this parameter begins with this word.
    Says(&'static str, &'static str),
}

/// What an operation needs.
#[derive(Debug)]
pub(super) struct Row {
    service: &'static str,
    /// Its name; `Describe*` stands for all that begin so and have no row above.
    operation: &'static str,
    /// When, the action, and the parameter that names the resource, where
    /// that is not told by its name.
    pub actions: &'static [(Case, &'static str, Option<&'static str>)],
}

/// The row of an operation.
pub(super) fn row(service: &str, operation: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| {
        row.service == service
            && match row.operation.strip_suffix('*') {
                Some(start) => operation.starts_with(start),
                None => operation == row.operation,
            }
    })
}

/// Service, operation and actions of every row.
#[cfg(test)]
pub(super) fn rows() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
    ROWS.iter().map(|row| {
        let actions = row.actions.iter().map(|(_, action, _)| *action);
        (row.service, row.operation, actions.collect())
    })
}

/// The prefix of a service's actions, where none of its model's names is it.
pub(super) fn prefix(service: &str) -> Option<&'static str> {
    PREFIXES
        .iter()
        .find(|(name, _)| *name == service)
        .map(|(_, prefix)| *prefix)
}

/// Why an operation needs no permission.
pub(super) fn free(service: &str, operation: &str) -> Option<&'static str> {
    FREE.iter()
        .find(|(name, free, _)| *name == service && *free == operation)
        .map(|(.., reason)| *reason)
}

/// Whether a parameter that is the ARN of a role is no role that the service
/// is to take on.
pub(super) fn takes_no_role(service: &str, operation: &str) -> bool {
    let reads = ["Get", "List", "Describe", "Search", "Batch", "Simulate"];
    ["iam", "sts", "accessanalyzer", "lakeformation"].contains(&service)
        || reads.iter().any(|start| operation.starts_with(start))
}

/// Whether a parameter fills a placeholder by another name.
pub(super) fn is_alias(prefix: &str, placeholder: &str, parameter: &Parameter) -> bool {
    ALIASES.iter().any(|(service, name, path, only_arn)| {
        *service == prefix
            && *name == placeholder
            && *path == parameter.path
            && (!only_arn || parameter.text.starts_with("arn:"))
    })
}

/// Whether a text may be the name of a resource of a kind, where the first
/// letters tell.
pub(super) fn may_be(prefix: &str, kind: &str, text: &str) -> bool {
    match (prefix, kind) {
        ("ssm", "managed-instance") => text.starts_with("mi-"),
        ("ssm", "instance") => !text.starts_with("mi-"),
        _ => true,
    }
}

static PREFIXES: &[(&str, &str)] = &[
    ("applicationcostprofiler", "application-cost-profiler"),
    ("cloudcontrol", "cloudformation"),
    ("iot-data", "iot"),
    ("iot-jobs-data", "iotjobsdata"),
    ("iotsecuretunneling", "iot"),
    ("mturk", "mechanicalturk"),
    ("partnercentral-account", "partnercentral"),
    ("partnercentral-benefits", "partnercentral"),
    ("partnercentral-channel", "partnercentral"),
    ("partnercentral-selling", "partnercentral"),
    ("resourcegroupstaggingapi", "tag"),
];

static FREE: &[(&str, &str, &str)] = &[
    (
        "sts",
        "GetCallerIdentity",
        "no policy can deny it to a caller with valid credentials",
    ),
    (
        "sts",
        "GetSessionToken",
        "no permission is needed to call it as a user",
    ),
    (
        "connectparticipant",
        "CreateParticipantConnection",
        "its requests carry a participant's token",
    ),
];

/// Prefix, placeholder, the parameter's path, and whether it must be an ARN.
static ALIASES: &[(&str, &str, &str, bool)] = &[
    ("s3", "BucketName", "Bucket", false),
    ("s3", "ObjectName", "Key", false),
    ("s3", "ObjectName", "Delete.Objects[].Key", false),
    ("s3", "AccessPointName", "Bucket", true),
    ("dynamodb", "TableName", "RequestItems{}", false),
    ("ecs", "ClusterName", "cluster", false),
    ("ecs", "TaskId", "task", false),
    ("ecs", "TaskId", "tasks[]", false),
    ("ecs", "ServiceName", "service", false),
    ("ecs", "ServiceName", "serviceName", false),
    ("ecs", "TaskDefinitionFamilyName", "family", false),
    ("rds", "DbClusterInstanceName", "DBClusterIdentifier", false),
    (
        "rds",
        "ClusterSnapshotName",
        "DBClusterSnapshotIdentifier",
        false,
    ),
    ("rds", "SnapshotName", "DBSnapshotIdentifier", false),
    ("rds", "SubnetGroupName", "DBSubnetGroupName", false),
    ("iam", "MfaTokenIdWithPath", "VirtualMFADeviceName", false),
    ("route53", "Id", "HostedZoneId", false),
    ("events", "RuleName", "Name", false),
    ("events", "RuleName", "Rule", false),
];

const fn one(
    service: &'static str,
    operation: &'static str,
    actions: &'static [(Case, &'static str, Option<&'static str>)],
) -> Row {
    Row {
        service,
        operation,
        actions,
    }
}

use Case::{Always, Says, With, Without};

/// One row: an operation that always needs one action.
macro_rules! rows {
    ($($service:literal { $($operation:literal => [$($action:expr),*]),* $(,)? })*) => {
        &[$($(one($service, $operation, &[$($action),*])),*),*]
    };
}

/// An action that is always needed.
const fn needs(action: &'static str) -> (Case, &'static str, Option<&'static str>) {
    (Always, action, None)
}

/// An action that is needed in a case.
const fn when(case: Case, action: &'static str) -> (Case, &'static str, Option<&'static str>) {
    (case, action, None)
}

/// An action on the resource that a parameter names.
const fn on(
    parameter: &'static str,
    action: &'static str,
) -> (Case, &'static str, Option<&'static str>) {
    (Always, action, Some(parameter))
}

#[rustfmt::skip]
static ROWS: &[Row] = rows! {
    "s3" {
        "AbortMultipartUpload" => [needs("s3:AbortMultipartUpload")],
        "CompleteMultipartUpload" => [needs("s3:PutObject")],
        "CopyObject" => [on("CopySource", "s3:GetObject"), needs("s3:PutObject"),
            when(With("Tagging"), "s3:PutObjectTagging"), when(With("ACL"), "s3:PutObjectAcl")],
        "CreateBucket" => [needs("s3:CreateBucket"), when(With("ACL"), "s3:PutBucketAcl"),
            when(With("ObjectLockEnabledForBucket"), "s3:PutBucketObjectLockConfiguration"),
            when(With("ObjectLockEnabledForBucket"), "s3:PutBucketVersioning"),
            when(With("ObjectOwnership"), "s3:PutBucketOwnershipControls")],
        "CreateBucketMetadataConfiguration" => [needs("s3:CreateBucketMetadataTableConfiguration")],
        "CreateMultipartUpload" => [needs("s3:PutObject"), when(With("ACL"), "s3:PutObjectAcl"),
            when(With("Tagging"), "s3:PutObjectTagging")],
        "CreateSession" => [needs("s3express:CreateSession")],
        "DeleteBucketAnalyticsConfiguration" => [needs("s3:PutAnalyticsConfiguration")],
        "DeleteBucketCors" => [needs("s3:PutBucketCORS")],
        "DeleteBucketEncryption" => [needs("s3:PutEncryptionConfiguration")],
        "DeleteBucketIntelligentTieringConfiguration" => [needs("s3:PutIntelligentTieringConfiguration")],
        "DeleteBucketInventoryConfiguration" => [needs("s3:PutInventoryConfiguration")],
        "DeleteBucketLifecycle" => [needs("s3:PutLifecycleConfiguration")],
        "DeleteBucketMetadataConfiguration" => [needs("s3:DeleteBucketMetadataTableConfiguration")],
        "DeleteBucketMetricsConfiguration" => [needs("s3:PutMetricsConfiguration")],
        "DeleteBucketOwnershipControls" => [needs("s3:PutBucketOwnershipControls")],
        "DeleteBucketReplication" => [needs("s3:PutReplicationConfiguration")],
        "DeleteBucketTagging" => [needs("s3:PutBucketTagging")],
        "DeleteObject" => [when(Without("VersionId"), "s3:DeleteObject"),
            when(With("VersionId"), "s3:DeleteObjectVersion"),
            when(With("BypassGovernanceRetention"), "s3:BypassGovernanceRetention")],
        "DeleteObjects" => [when(Without("Delete.Objects[].VersionId"), "s3:DeleteObject"),
            when(With("Delete.Objects[].VersionId"), "s3:DeleteObjectVersion"),
            when(With("BypassGovernanceRetention"), "s3:BypassGovernanceRetention")],
        "DeleteObjectTagging" => [when(Without("VersionId"), "s3:DeleteObjectTagging"),
            when(With("VersionId"), "s3:DeleteObjectVersionTagging")],
        "DeletePublicAccessBlock" => [needs("s3:PutBucketPublicAccessBlock")],
        "GetBucketAccelerateConfiguration" => [needs("s3:GetAccelerateConfiguration")],
        "GetBucketAnalyticsConfiguration" => [needs("s3:GetAnalyticsConfiguration")],
        "GetBucketEncryption" => [needs("s3:GetEncryptionConfiguration")],
        "GetBucketIntelligentTieringConfiguration" => [needs("s3:GetIntelligentTieringConfiguration")],
        "GetBucketInventoryConfiguration" => [needs("s3:GetInventoryConfiguration")],
        "GetBucketLifecycle*" => [needs("s3:GetLifecycleConfiguration")],
        "GetBucketMetadataConfiguration" => [needs("s3:GetBucketMetadataTableConfiguration")],
        "GetBucketMetricsConfiguration" => [needs("s3:GetMetricsConfiguration")],
        "GetBucketNotification*" => [needs("s3:GetBucketNotification")],
        "GetBucketReplication" => [needs("s3:GetReplicationConfiguration")],
        "GetObject" => [when(Without("VersionId"), "s3:GetObject"),
            when(With("VersionId"), "s3:GetObjectVersion")],
        "GetObjectAcl" => [when(Without("VersionId"), "s3:GetObjectAcl"),
            when(With("VersionId"), "s3:GetObjectVersionAcl")],
        "GetObjectAttributes" => [when(Without("VersionId"), "s3:GetObject"),
            when(Without("VersionId"), "s3:GetObjectAttributes"),
            when(With("VersionId"), "s3:GetObjectVersion"),
            when(With("VersionId"), "s3:GetObjectVersionAttributes")],
        "GetObjectLockConfiguration" => [needs("s3:GetBucketObjectLockConfiguration")],
        "GetObjectTagging" => [when(Without("VersionId"), "s3:GetObjectTagging"),
            when(With("VersionId"), "s3:GetObjectVersionTagging")],
        "GetObjectTorrent" => [needs("s3:GetObject")],
        "GetPublicAccessBlock" => [needs("s3:GetBucketPublicAccessBlock")],
        "HeadBucket" => [needs("s3:ListBucket")],
        "HeadObject" => [when(Without("VersionId"), "s3:GetObject"),
            when(With("VersionId"), "s3:GetObjectVersion")],
        "ListBucketAnalyticsConfigurations" => [needs("s3:GetAnalyticsConfiguration")],
        "ListBucketIntelligentTieringConfigurations" => [needs("s3:GetIntelligentTieringConfiguration")],
        "ListBucketInventoryConfigurations" => [needs("s3:GetInventoryConfiguration")],
        "ListBucketMetricsConfigurations" => [needs("s3:GetMetricsConfiguration")],
        "ListBuckets" => [needs("s3:ListAllMyBuckets")],
        "ListDirectoryBuckets" => [needs("s3express:ListAllMyDirectoryBuckets")],
        "ListMultipartUploads" => [needs("s3:ListBucketMultipartUploads")],
        "ListObjectVersions" => [needs("s3:ListBucketVersions")],
        "ListObjects*" => [needs("s3:ListBucket")],
        "ListParts" => [needs("s3:ListMultipartUploadParts")],
        "PutBucketAccelerateConfiguration" => [needs("s3:PutAccelerateConfiguration")],
        "PutBucketAnalyticsConfiguration" => [needs("s3:PutAnalyticsConfiguration")],
        "PutBucketEncryption" => [needs("s3:PutEncryptionConfiguration")],
        "PutBucketIntelligentTieringConfiguration" => [needs("s3:PutIntelligentTieringConfiguration")],
        "PutBucketInventoryConfiguration" => [needs("s3:PutInventoryConfiguration")],
        "PutBucketLifecycle*" => [needs("s3:PutLifecycleConfiguration")],
        "PutBucketMetricsConfiguration" => [needs("s3:PutMetricsConfiguration")],
        "PutBucketNotification*" => [needs("s3:PutBucketNotification")],
        "PutBucketReplication" => [needs("s3:PutReplicationConfiguration")],
        "PutObject" => [needs("s3:PutObject"), when(With("ACL"), "s3:PutObjectAcl"),
            when(With("Tagging"), "s3:PutObjectTagging"),
            when(With("ObjectLockRetainUntilDate"), "s3:PutObjectRetention"),
            when(With("ObjectLockLegalHoldStatus"), "s3:PutObjectLegalHold")],
        "PutObjectAcl" => [when(Without("VersionId"), "s3:PutObjectAcl"),
            when(With("VersionId"), "s3:PutObjectVersionAcl")],
        "PutObjectLockConfiguration" => [needs("s3:PutBucketObjectLockConfiguration")],
        "PutObjectTagging" => [when(Without("VersionId"), "s3:PutObjectTagging"),
            when(With("VersionId"), "s3:PutObjectVersionTagging")],
        "PutPublicAccessBlock" => [needs("s3:PutBucketPublicAccessBlock")],
        "RenameObject" => [needs("s3express:CreateSession")],
        "SelectObjectContent" => [needs("s3:GetObject")],
        "UpdateBucketMetadataInventoryTableConfiguration" => [needs("s3:UpdateBucketMetadataInventoryTableConfiguration")],
        "UpdateBucketMetadataJournalTableConfiguration" => [needs("s3:UpdateBucketMetadataJournalTableConfiguration")],
        "UploadPart" => [needs("s3:PutObject")],
        "UploadPartCopy" => [on("CopySource", "s3:GetObject"), needs("s3:PutObject")],
        "WriteGetObjectResponse" => [needs("s3-object-lambda:WriteGetObjectResponse")],
    }
    "s3control" {
        "DeleteAccessPointScope" => [needs("s3express:DeleteAccessPointScope")],
        "DeleteBucket*" => [needs("s3-outposts:DeleteBucket")],
        "DeletePublicAccessBlock" => [needs("s3:PutAccountPublicAccessBlock")],
        "GetAccessPointScope" => [needs("s3express:GetAccessPointScope")],
        "GetBucketLifecycleConfiguration" => [needs("s3-outposts:GetLifecycleConfiguration")],
        "GetBucketReplication" => [needs("s3-outposts:GetReplicationConfiguration")],
        "GetBucketPolicy" => [needs("s3-outposts:GetBucketPolicy")],
        "GetBucketTagging" => [needs("s3-outposts:GetBucketTagging")],
        "GetBucketVersioning" => [needs("s3-outposts:GetBucketVersioning")],
        "GetBucket" => [needs("s3-outposts:GetBucket")],
        "GetPublicAccessBlock" => [needs("s3:GetAccountPublicAccessBlock")],
        "ListAccessPointsForDirectoryBuckets" => [needs("s3express:ListAccessPointsForDirectoryBuckets")],
        "ListRegionalBuckets" => [needs("s3-outposts:ListRegionalBuckets")],
        "PutAccessPointScope" => [needs("s3express:PutAccessPointScope")],
        "PutBucketLifecycleConfiguration" => [needs("s3-outposts:PutLifecycleConfiguration")],
        "PutBucketReplication" => [needs("s3-outposts:PutReplicationConfiguration")],
        "PutPublicAccessBlock" => [needs("s3:PutAccountPublicAccessBlock")],
    }
    "apigatewaymanagementapi" { "*" => [needs("execute-api:ManageConnections")] }
    "bedrock-runtime" {
        "Converse" => [needs("bedrock:InvokeModel")],
        "ConverseStream" => [needs("bedrock:InvokeModelWithResponseStream")],
        "StartAsyncInvoke" => [needs("bedrock:InvokeModel")],
    }
    "budgets" {
        "CreateBudget" => [needs("budgets:ModifyBudget")],
        "CreateNotification" => [needs("budgets:ModifyBudget")],
        "CreateSubscriber" => [needs("budgets:ModifyBudget")],
        "DeleteBudget" => [needs("budgets:ModifyBudget")],
        "DeleteNotification" => [needs("budgets:ModifyBudget")],
        "DeleteSubscriber" => [needs("budgets:ModifyBudget")],
        "UpdateBudget" => [needs("budgets:ModifyBudget")],
        "UpdateNotification" => [needs("budgets:ModifyBudget")],
        "UpdateSubscriber" => [needs("budgets:ModifyBudget")],
        "DescribeBudget" => [needs("budgets:ViewBudget")],
        "DescribeBudgetNotificationsForAccount" => [needs("budgets:ViewBudget")],
        "DescribeBudgetPerformanceHistory" => [needs("budgets:ViewBudget")],
        "DescribeBudgets" => [needs("budgets:ViewBudget")],
        "DescribeNotificationsForBudget" => [needs("budgets:ViewBudget")],
        "DescribeSubscribersForNotification" => [needs("budgets:ViewBudget")],
    }
    "cloudfront" {
        "CreateDistributionWithTags" => [needs("cloudfront:CreateDistribution"), needs("cloudfront:TagResource")],
    }
    "detective" { "ListOrganizationAdminAccounts" => [needs("detective:ListOrganizationAdminAccount")] }
    "dms" {
        "DescribeDataProviders" => [needs("dms:ListDataProviders")],
        "DescribeExtensionPackAssociations" => [needs("dms:ListExtensionPacks")],
        "DescribeInstanceProfiles" => [needs("dms:ListInstanceProfiles")],
        "DescribeMetadataModelAssessments" => [needs("dms:ListMetadataModelAssessments")],
        "DescribeMetadataModelConversions" => [needs("dms:ListMetadataModelConversions")],
        "DescribeMetadataModelExportsAsScript" => [needs("dms:ListMetadataModelExports")],
        "DescribeMetadataModelExportsToTarget" => [needs("dms:ListMetadataModelExports")],
        "DescribeMigrationProjects" => [needs("dms:ListMigrationProjects")],
        "ModifyConversionConfiguration" => [needs("dms:UpdateConversionConfiguration")],
        "ModifyDataProvider" => [needs("dms:UpdateDataProvider")],
        "ModifyInstanceProfile" => [needs("dms:UpdateInstanceProfile")],
        "ModifyMigrationProject" => [needs("dms:UpdateMigrationProject")],
        "StartExtensionPackAssociation" => [needs("dms:AssociateExtensionPack")],
        "StartMetadataModelExportAsScript" => [needs("dms:StartMetadataModelExportAsScripts")],
    }
    "dynamodb" {
        "BatchExecuteStatement" => [when(Says("Statements[].Statement", "SELECT"), "dynamodb:PartiQLSelect"),
            when(Says("Statements[].Statement", "INSERT"), "dynamodb:PartiQLInsert"),
            when(Says("Statements[].Statement", "UPDATE"), "dynamodb:PartiQLUpdate"),
            when(Says("Statements[].Statement", "DELETE"), "dynamodb:PartiQLDelete")],
        "ExecuteStatement" => [when(Says("Statement", "SELECT"), "dynamodb:PartiQLSelect"),
            when(Says("Statement", "INSERT"), "dynamodb:PartiQLInsert"),
            when(Says("Statement", "UPDATE"), "dynamodb:PartiQLUpdate"),
            when(Says("Statement", "DELETE"), "dynamodb:PartiQLDelete")],
        "ExecuteTransaction" => [when(Says("TransactStatements[].Statement", "SELECT"), "dynamodb:PartiQLSelect"),
            when(Says("TransactStatements[].Statement", "INSERT"), "dynamodb:PartiQLInsert"),
            when(Says("TransactStatements[].Statement", "UPDATE"), "dynamodb:PartiQLUpdate"),
            when(Says("TransactStatements[].Statement", "DELETE"), "dynamodb:PartiQLDelete")],
        "TransactGetItems" => [on("TransactItems[].Get.TableName", "dynamodb:GetItem")],
        "TransactWriteItems" => [
            (With("TransactItems[].Put"), "dynamodb:PutItem", Some("TransactItems[].Put.TableName")),
            (With("TransactItems[].Update"), "dynamodb:UpdateItem", Some("TransactItems[].Update.TableName")),
            (With("TransactItems[].Delete"), "dynamodb:DeleteItem", Some("TransactItems[].Delete.TableName")),
            (With("TransactItems[].ConditionCheck"), "dynamodb:ConditionCheckItem",
                Some("TransactItems[].ConditionCheck.TableName"))],
    }
    "iot-jobs-data" { "StartCommandExecution" => [needs("iot:StartCommandExecution")] }
    "keyspaces" {
        "Create*" => [needs("cassandra:Create")],
        "Delete*" => [needs("cassandra:Drop")],
        "Get*" => [needs("cassandra:Select")],
        "List*" => [needs("cassandra:Select")],
        "Update*" => [needs("cassandra:Alter")],
        "RestoreTable" => [needs("cassandra:Restore")],
    }
    "kms" {
        "ReEncrypt" => [on("SourceKeyId", "kms:ReEncryptFrom"), on("DestinationKeyId", "kms:ReEncryptTo")],
    }
    "lambda" {
        "GetLayerVersionByArn" => [needs("lambda:GetLayerVersion")],
        "Invoke" => [needs("lambda:InvokeFunction")],
        "InvokeAsync" => [needs("lambda:InvokeFunction")],
        "InvokeWithResponseStream" => [needs("lambda:InvokeFunction")],
    }
    "neptune-graph" {
        "ExecuteQuery" => [needs("neptune-graph:ReadDataViaQuery")],
        "GetQuery" => [needs("neptune-graph:GetQueryStatus")],
    }
    "neptunedata" {
        "CancelGremlinQuery" => [needs("neptune-db:CancelQuery")],
        "CancelOpenCypherQuery" => [needs("neptune-db:CancelQuery")],
        "DeletePropertygraphStatistics" => [needs("neptune-db:DeleteStatistics")],
        "DeleteSparqlStatistics" => [needs("neptune-db:DeleteStatistics")],
        "ExecuteFastReset" => [needs("neptune-db:ResetDatabase")],
        "ExecuteGremlin*" => [needs("neptune-db:ReadDataViaQuery")],
        "ExecuteOpenCypher*" => [needs("neptune-db:ReadDataViaQuery")],
        "GetGremlinQueryStatus" => [needs("neptune-db:GetQueryStatus")],
        "GetMLDataProcessingJob" => [needs("neptune-db:GetMLDataProcessingJobStatus")],
        "GetMLEndpoint" => [needs("neptune-db:GetMLEndpointStatus")],
        "GetMLModelTrainingJob" => [needs("neptune-db:GetMLModelTrainingJobStatus")],
        "GetMLModelTransformJob" => [needs("neptune-db:GetMLModelTransformJobStatus")],
        "GetOpenCypherQueryStatus" => [needs("neptune-db:GetQueryStatus")],
        "GetPropertygraphStatistics" => [needs("neptune-db:GetStatisticsStatus")],
        "GetPropertygraphStream" => [needs("neptune-db:GetStreamRecords")],
        "GetPropertygraphSummary" => [needs("neptune-db:GetGraphSummary")],
        "GetRDFGraphSummary" => [needs("neptune-db:GetGraphSummary")],
        "GetSparqlStatistics" => [needs("neptune-db:GetStatisticsStatus")],
        "GetSparqlStream" => [needs("neptune-db:GetStreamRecords")],
        "ListGremlinQueries" => [needs("neptune-db:GetQueryStatus")],
        "ListOpenCypherQueries" => [needs("neptune-db:GetQueryStatus")],
        "ManagePropertygraphStatistics" => [needs("neptune-db:ManageStatistics")],
        "ManageSparqlStatistics" => [needs("neptune-db:ManageStatistics")],
    }
    "taxsettings" {
        "BatchGetTaxExemptions" => [needs("tax:GetExemptions")],
        "GetTaxExemptionTypes" => [needs("tax:GetExemptions")],
        "ListTaxExemptions" => [needs("tax:GetExemptions")],
        "PutTaxExemption" => [needs("tax:UpdateExemptions")],
    }
    "timestream-query" { "Query" => [needs("timestream:Select")] }
};
