//! `emr create-default-roles`: the roles and the instance profile that
//! `create-cluster --use-default-roles` names.
// Parity: awscli/customizations/emr/createdefaultroles.py.

use awl_value::{Map, Value, json};

use super::{configured, map};
use crate::argv::Globals;
use crate::commands::caller::{self, Caller};
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call, roles};
use crate::error::CommandError;

/// `emr create-default-roles`.
pub(super) const COMMAND: Custom = Custom::new(
    "create-default-roles",
    &[Argument::option("--iam-endpoint")],
    run,
)
.excused_by(configured::given);

/// The role of the instances, and their profile.
pub(super) const EC2: &str = "EMR_EC2_DefaultRole";
/// The role of the service.
pub(super) const EMR: &str = "EMR_DefaultRole";

/// Who may assume a role.
#[derive(Clone, Copy)]
enum Service {
    Ec2,
    Emr,
    AutoScaling,
}

/// A role, its policy, and who assumes it.
struct Role {
    name: &'static str,
    policy: &'static str,
    services: &'static [Service],
}

const ROLES: [Role; 3] = [
    Role {
        name: EC2,
        policy: "AmazonElasticMapReduceforEC2Role",
        services: &[Service::Ec2],
    },
    Role {
        name: EMR,
        policy: "AmazonElasticMapReduceRole",
        services: &[Service::Emr],
    },
    Role {
        name: "EMR_AutoScaling_DefaultRole",
        policy: "AmazonElasticMapReduceforAutoScalingRole",
        services: &[Service::Emr, Service::AutoScaling],
    },
];

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let emr = Caller::of(invocation, globals, &config, "emr")?;
    let endpoint = endpoint(&emr)?;
    let iam_config = roles::with_endpoint(&config, given.get("--iam-endpoint"));
    let iam = Caller::of(invocation, globals, &iam_config, "iam")?;
    let mut work = Work {
        invocation,
        globals,
        iam,
        region: emr.region().to_owned(),
        endpoint,
    };
    let mut created = Vec::new();
    for (index, role) in ROLES.iter().enumerate() {
        created.extend(work.create_role(role)?);
        if index == 0 {
            work.create_instance_profile()?;
        }
    }
    configured::write_roles(&config, [("service_role", EMR), ("instance_profile", EC2)])?;
    caller::print(
        work.invocation,
        globals,
        "create_role",
        Value::List(created),
    )
}

/// The address that EMR has, by which partitions are told apart.
fn endpoint(emr: &Caller) -> Result<String, CommandError> {
    let call = emr.prepare("ListClusters", Map::new())?;
    let prepared = emr.run(async { Ok(emr.client().prepare(&call).await?) })?;
    Ok(prepared.request.url)
}

struct Work<'a> {
    invocation: &'a mut Invocation,
    globals: &'a Globals,
    iam: Caller,
    region: String,
    endpoint: String,
}

impl Work<'_> {
    fn call(&mut self, name: &str, parameters: Map) -> Result<Map, CommandError> {
        self.iam
            .call(self.invocation, self.globals, name, parameters)
    }

    fn exists(&mut self, name: &str, parameters: Map) -> Result<bool, CommandError> {
        let (iam, invocation) = (&self.iam, &mut *self.invocation);
        let found = iam.find(invocation, self.globals, name, parameters, roles::ABSENT)?;
        Ok(found.is_some())
    }

    /// Creates a role that is not there; what is printed of it.
    fn create_role(&mut self, role: &Role) -> Result<Option<Value>, CommandError> {
        let name = || ("RoleName", role.name.into());
        if self.exists("GetRole", map([name()]))? {
            return Ok(None);
        }
        let principals: Result<Vec<String>, CommandError> = role
            .services
            .iter()
            .map(|service| self.principal(*service))
            .collect();
        let document = trust_policy(&principals?);
        let parameters = map([name(), ("AssumeRolePolicyDocument", document.into())]);
        let mut created = self.call("CreateRole", parameters)?;
        let arn = format!(
            "arn:{}:iam::aws:policy/service-role/{}",
            roles::partition(&self.region),
            role.policy
        );
        let arn = || ("PolicyArn", Value::from(&*arn));
        self.call("AttachRolePolicy", map([arn(), name()]))?;
        let (iam, invocation) = (&self.iam, &mut *self.invocation);
        let policy = roles::policy_document(iam, invocation, self.globals, arn().1)?;
        let policy = policy.unwrap_or_default();
        let role = created.remove("Role");
        Ok(role.map(|role| Value::Map(map([("Role", role), ("RolePolicy", policy)]))))
    }

    fn create_instance_profile(&mut self) -> Result<(), CommandError> {
        let name = || ("InstanceProfileName", EC2.into());
        if self.exists("GetInstanceProfile", map([name()]))? {
            return Ok(());
        }
        self.call("CreateInstanceProfile", map([name()]))?;
        let parameters = map([name(), ("RoleName", EC2.into())]);
        self.call("AddRoleToInstanceProfile", parameters)?;
        Ok(())
    }

    /// What a service is called in a policy.
    // Parity: get_service_principal.
    fn principal(&self, service: Service) -> Result<String, CommandError> {
        if let Service::Ec2 = service {
            return Ok("ec2.amazonaws.com".to_owned());
        }
        let (region, suffix) = region_and_suffix(&self.endpoint).ok_or_else(|| {
            CommandError::general(
                "Could not resolve the service principal from the region or the endpoint.",
            )
        })?;
        Ok(match service {
            Service::AutoScaling if !region.starts_with("cn-") => {
                "application-autoscaling.amazonaws.com".to_owned()
            }
            Service::AutoScaling => format!("application-autoscaling.{suffix}"),
            _ => format!("elasticmapreduce.{suffix}"),
        })
    }
}

/// The Region and the domain of `https://REGION.elasticmapreduce.DOMAIN` or
/// `https://elasticmapreduce.REGION.DOMAIN`.
fn region_and_suffix(endpoint: &str) -> Option<(&str, &str)> {
    const NAME: &str = "elasticmapreduce";
    let host = endpoint
        .strip_prefix("https://")
        .or_else(|| endpoint.strip_prefix("http://"))?;
    let host = host.split('/').next()?;
    let (first, rest) = host.split_once('.')?;
    if let Some(suffix) = rest
        .strip_prefix(NAME)
        .and_then(|rest| rest.strip_prefix('.'))
    {
        return Some((first, suffix));
    }
    (first == NAME).then(|| rest.split_once('.'))?
}

/// Who may assume the role, as the AWS CLI writes it.
fn trust_policy(principals: &[String]) -> String {
    let service = match principals {
        [one] => Value::from(&**one),
        many => super::texts(many.iter().cloned()),
    };
    let policy = roles::trust_policy("2008-10-17", service);
    let mut text = String::new();
    let style = json::Style {
        indent: Some(2),
        ascii: true,
        tight: false,
    };
    json::write(&policy, style, &mut text);
    text
}
