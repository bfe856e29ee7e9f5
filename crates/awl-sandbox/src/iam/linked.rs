//! Roles that services make for themselves.

use awl_iam::Arn;
use awl_value::Value;

use super::identities::full;
use super::{find, map};
use crate::account::{Identity, Kind};
use crate::door::{Call, Outcome};
use crate::record::Document;

/// What services call their roles that are not called as the service is.
const NAMES: &[(&str, &str)] = &[
    ("autoscaling", "AutoScaling"),
    (
        "dynamodb.application-autoscaling",
        "ApplicationAutoScaling_DynamoDBTable",
    ),
    ("ecs", "ECS"),
    (
        "ecs.application-autoscaling",
        "ApplicationAutoScaling_ECSService",
    ),
    ("eks", "AmazonEKS"),
    ("eks-nodegroup", "AmazonEKSNodegroup"),
    ("elasticache", "ElastiCache"),
    ("elasticloadbalancing", "ElasticLoadBalancing"),
    ("es", "AmazonElasticsearchService"),
    ("guardduty", "AmazonGuardDuty"),
    ("lex", "LexBots"),
    ("organizations", "Organizations"),
    ("rds", "RDS"),
    ("spot", "EC2Spot"),
    ("spotfleet", "EC2SpotFleet"),
    ("ssm", "AmazonSSM"),
    ("support", "Support"),
    ("trustedadvisor", "TrustedAdvisor"),
];

/// Where they are.
pub(super) const PATH: &str = "/aws-service-role/";

/// Answers what is asked of them.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "CreateServiceLinkedRole" => create(call),
        "DeleteServiceLinkedRole" => {
            let role = super::named(call, Kind::Role)?;
            if !role.path.starts_with(PATH) {
                let name = &role.name;
                let message = format!("{name} is not a service-linked role.");
                return Err(call.failure("InvalidInput", message));
            }
            let service = role.path.trim_start_matches(PATH).trim_end_matches('/');
            let name = &role.name;
            let number = crate::ids::request_id(call.sandbox.entropy());
            let task = format!("task{PATH}{service}/{name}/{number}");
            call.account.remove(Kind::Role, name);
            Ok(Some(map([("DeletionTaskId", task.into())])))
        }
        "GetServiceLinkedRoleDeletionStatus" => {
            let task = call.parameters.text("DeletionTaskId").unwrap_or_default();
            if !task.starts_with(&format!("task{PATH}")) {
                let message = format!("Deletion Task {task} does not exist.");
                return Err(call.failure("NoSuchEntity", message));
            }
            Ok(Some(map([("Status", "SUCCEEDED".into())])))
        }
        "GenerateServiceLastAccessedDetails" => {
            let arn = call.parameters.text("Arn").unwrap_or_default();
            let parsed = Arn::parse(arn).map(|arn| arn.resource.to_owned());
            if parsed.is_none() {
                let message = format!("ARN {arn} is not valid.");
                return Err(call.failure("InvalidInput", message));
            }
            if call.account.identity_by_arn(arn).is_none() && call.account.policy(arn).is_none() {
                let message = format!("ARN {arn} cannot be found.");
                return Err(call.failure("NoSuchEntity", message));
            }
            let job = crate::ids::request_id(call.sandbox.entropy());
            let kept = (arn.to_owned(), call.now);
            call.account.extras.jobs.insert(job.clone(), kept);
            Ok(Some(map([("JobId", job.into())])))
        }
        "GetServiceLastAccessedDetails" => accessed(call),
        _ => Ok(None),
    }
}

fn create(call: &mut Call<'_>) -> Outcome {
    let service = call.parameters.text("AWSServiceName").unwrap_or_default();
    let suffix = call.parameters.text("CustomSuffix");
    let Some(own) = service
        .strip_suffix(".amazonaws.com")
        .filter(|own| !own.is_empty())
    else {
        let message = format!("Invalid service name: {service}");
        return Err(call.failure("InvalidInput", message));
    };
    let known = NAMES.iter().find(|(name, _)| *name == own);
    let mut name = match known {
        Some((_, name)) => format!("AWSServiceRoleFor{name}"),
        None => {
            let words = own.split(['.', '-']).map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                first.into_iter().chain(letters).collect::<String>()
            });
            format!("AWSServiceRoleFor{}", words.collect::<String>())
        }
    };
    if let Some(suffix) = suffix {
        name = format!("{name}_{suffix}");
    }
    if call.account.has_name(Kind::Role, &name) {
        let message = format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        );
        return Err(call.failure("InvalidInput", message));
    }
    let path = format!("{PATH}{service}/");
    let entropy = call.sandbox.entropy();
    let mut role = Identity::new(Kind::Role, &name, &path, call.now, entropy);
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Principal":{{"Service":["{service}"]}},"Effect":"Allow"}}]}}"#
    );
    role.trust = Document::parse(&trust).ok();
    role.description = call.parameters.text("Description").map(str::to_owned);
    let output = map([("Role", full(&role, call.account))]);
    call.account.put(role);
    Ok(Some(output))
}

/// When the keys of a user or the sessions of a role were last used, as far as is
/// known.
fn accessed(call: &Call<'_>) -> Outcome {
    let job = call.parameters.text("JobId").unwrap_or_default();
    let Some((arn, begun)) = call.account.extras.jobs.get(job) else {
        let message = format!("JobId {job} cannot be found.");
        return Err(call.failure("NoSuchEntity", message));
    };
    let identity = call.account.identity_by_arn(arn);
    let identity = match identity {
        Some(identity) => Some(find(call, identity.kind, &identity.name)?),
        None => None,
    };
    let services = identity.iter().flat_map(|own| {
        let keys = call.account.keys_of(&own.name);
        keys.filter_map(|key| {
            Some((
                key.last_service.clone()?,
                key.last_used?,
                key.last_region.clone(),
            ))
        })
        .collect::<Vec<_>>()
    });
    let services = services.map(|(service, used, region)| {
        let model = call.sandbox.models().service(&service);
        let mut output = map([
            (
                "ServiceName",
                model
                    .map_or(service.as_str(), |own| own.service_id())
                    .into(),
            ),
            ("LastAuthenticated", super::time(used)),
            ("ServiceNamespace", service.as_str().into()),
            ("LastAuthenticatedEntity", arn.as_str().into()),
            ("TotalAuthenticatedEntities", Value::Int(1)),
        ]);
        if let Some(region) = region {
            output.push("LastAuthenticatedRegion", region.into());
        }
        Value::Map(output)
    });
    Ok(Some(map([
        ("JobStatus", "COMPLETED".into()),
        ("JobType", "SERVICE_LEVEL".into()),
        ("JobCreationDate", super::time(*begun)),
        ("ServicesLastAccessed", Value::List(services.collect())),
        ("JobCompletionDate", super::time(*begun)),
        ("IsTruncated", Value::Bool(false)),
    ])))
}
