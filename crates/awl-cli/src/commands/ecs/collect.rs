//! What an express gateway service has at a moment: the calls that tell, and
//! the resources that their answers hold.
// Parity: awscli/customizations/ecs/serviceviewcollector.py.

use awl_sdk::{Client, Error};
use awl_value::{Map, Timestamp, Value, python};

use super::view::{Group, Node, Resource};

/// What is wanted of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All that it has.
    Resources,
    /// What the latest deployment changes.
    Deployment,
}

/// A service at a moment; None of it where it was not told.
pub(super) type View = (Option<Group>, Option<&'static str>);

/// What ends a look at a service.
#[derive(Debug)]
pub(super) enum Failure {
    /// A call that failed.
    Call(Box<Error>),
    /// An answer that is of no use.
    Monitoring(String),
    /// An answer that the AWS CLI's code does not expect.
    Unexpected(&'static str),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(Box::new(error))
    }
}

/// Asks for a service. Owns what it needs, to go on while others draw.
#[derive(Clone, Debug)]
pub(super) struct Collector {
    /// The client of ECS.
    pub client: Client,
    /// The service.
    pub service: String,
    /// What is wanted of it.
    pub scope: Scope,
}

const INACTIVE: &str = "Cannot call DescribeServiceRevisions for a service that is INACTIVE";
const NO_REVISIONS: &str = "Trying to describe service revisions";
const NO_DEPLOYMENT: &str = "Waiting for a deployment to start";

impl Collector {
    /// The service as it is.
    pub(super) async fn look(self) -> Result<View, Failure> {
        match self.describe().await {
            Err(Failure::Call(error)) if is_inactive(&error) => {
                Ok((Some(Group::default()), Some("Service is inactive")))
            }
            result => result,
        }
    }

    async fn describe(&self) -> Result<View, Failure> {
        let parameters = Map::from_iter([("serviceArn".into(), Value::from(&*self.service))]);
        let answer = self
            .call("DescribeExpressGatewayService", parameters)
            .await?;
        let service = answer.get("service").and_then(Value::as_map);
        let service = service.filter(|service| {
            text(service, "serviceArn").is_some_and(|arn| !arn.is_empty())
                && service.get("activeConfigurations").is_some()
        });
        let Some(service) = service else {
            return Ok((None, Some("Trying to describe gateway service")));
        };
        let (resources, information) = match self.scope {
            Scope::Deployment => self.deployment(service).await?,
            Scope::Resources => self.combined(service).await?,
        };
        let mut nodes = vec![
            Node::Resource(Resource {
                kind: "Cluster",
                identifier: text(service, "cluster"),
                ..Resource::default()
            }),
            Node::Resource(self.service(service).await?),
        ];
        nodes.extend(resources.map(Node::Group));
        Ok((Some(Group::new(None, nodes)), information))
    }

    /// The resources of all revisions that are in use.
    async fn combined(&self, service: &Map) -> Result<View, Failure> {
        let configurations = list(service, "activeConfigurations");
        let arns: Vec<Value> = configurations
            .iter()
            .map(|one| one.get("serviceRevisionArn").cloned().unwrap_or_default())
            .collect();
        let count = arns.len();
        let revisions = self.revisions(arns).await?;
        if revisions.is_empty() || revisions.len() != count {
            return Ok((None, Some(NO_REVISIONS)));
        }
        let groups = revisions.into_iter().map(|(group, _)| group);
        Ok((groups.reduce(Group::combine), None))
    }

    /// What the latest deployment brings, and what it takes away.
    async fn deployment(&self, service: &Map) -> Result<View, Failure> {
        let mut parameters = Map::with_capacity(2);
        let arn = service.get("serviceArn").cloned().unwrap_or_default();
        parameters.push("service", arn);
        parameters.push("maxResults", Value::Int(1));
        let answer = self.call("ListServiceDeployments", parameters).await?;
        let deployments = checked(
            &answer,
            "ListServiceDeployments",
            "serviceDeployments",
            false,
        )?;
        let first = deployments.first();
        let Some(arn) = first.and_then(|one| one.get("serviceDeploymentArn")) else {
            return Ok((None, Some(NO_DEPLOYMENT)));
        };
        let arns = Value::List(vec![arn.clone()]);
        let parameters = Map::from_iter([("serviceDeploymentArns".into(), arns)]);
        let answer = self.call("DescribeServiceDeployments", parameters).await?;
        let operation = "DescribeServiceDeployments";
        let deployments = checked(&answer, operation, "serviceDeployments", true)?;
        let deployment = deployments.first().and_then(Value::as_map);
        let target = deployment.and_then(|one| one.get("targetServiceRevision"));
        let target = target.and_then(Value::as_map).filter(|map| !map.is_empty());
        let (Some(deployment), Some(target)) = (deployment, target) else {
            return Ok((None, Some(NO_DEPLOYMENT)));
        };
        let target = target.get("arn").cloned().unwrap_or_default();
        let mut revisions = self.revisions(vec![target.clone()]).await?;
        if revisions.len() != 1 {
            return Ok((None, Some(NO_REVISIONS)));
        }
        let Some((resources, definition)) = revisions.pop() else {
            return Ok((None, Some(NO_REVISIONS)));
        };
        let before = match deployment.get("sourceServiceRevisions") {
            None => Group::default(),
            Some(sources) => {
                let sources = sources.as_list().unwrap_or_default();
                let arns = sources
                    .iter()
                    .map(|one| one.get("arn").cloned().unwrap_or_default());
                let revisions = self.revisions(arns.collect()).await?;
                if revisions.len() != sources.len() {
                    return Ok((None, Some(NO_REVISIONS)));
                }
                let groups = revisions.into_iter().map(|(group, _)| group);
                groups.reduce(Group::combine).ok_or(Failure::Unexpected(
                    "reduce() of empty iterable with no initial value",
                ))?
            }
        };
        let (mut updating, mut leaving) = resources.difference(&before);
        updating.kind = Some("Updating");
        leaving.kind = Some("Disassociating");
        let named = |kind, identifier| {
            Node::Resource(Resource {
                kind,
                identifier,
                ..Resource::default()
            })
        };
        let nodes = vec![
            named("TargetServiceRevision", Some(python::str(&target))),
            named("TaskDefinition", definition),
            Node::Group(updating),
            Node::Group(leaving),
        ];
        let mut group = Group::new(Some("Deployment"), nodes);
        group.identifier = Some(python::str(arn));
        group.status = text(deployment, "status");
        group.reason = text(deployment, "statusReason");
        Ok((Some(group), None))
    }

    /// Revisions: their resources and task definitions.
    async fn revisions(&self, arns: Vec<Value>) -> Result<Vec<(Group, Option<String>)>, Failure> {
        let arns = Value::List(arns);
        let parameters = Map::from_iter([("serviceRevisionArns".into(), arns)]);
        let answer = self.call("DescribeServiceRevisions", parameters).await?;
        let revisions = checked(
            &answer,
            "DescribeServiceRevisions",
            "serviceRevisions",
            true,
        )?;
        let revisions = revisions.iter().filter_map(Value::as_map).map(|revision| {
            let resources = revision.get("ecsManagedResources").and_then(Value::as_map);
            let group = resources.map_or_else(Group::default, managed);
            (group, text(revision, "taskDefinition"))
        });
        Ok(revisions.collect())
    }

    /// The service itself, with what happened last.
    async fn service(&self, service: &Map) -> Result<Resource, Failure> {
        let member = |name| service.get(name).cloned().unwrap_or_default();
        let mut parameters = Map::with_capacity(2);
        parameters.push("cluster", member("cluster"));
        parameters.push("services", Value::List(vec![member("serviceArn")]));
        let answer = self.call("DescribeServices", parameters).await?;
        let services = checked(&answer, "DescribeServices", "services", false)?;
        let described = services.first();
        let described = described.ok_or(Failure::Unexpected("list index out of range"))?;
        let events = described.get("events").and_then(Value::as_list);
        let event = events.and_then(<[Value]>::first);
        Ok(Resource {
            kind: "Service",
            identifier: text(service, "serviceArn"),
            information: event.and_then(|event| text(event.as_map()?, "message")),
            ..Resource::default()
        })
    }

    async fn call(&self, name: &'static str, parameters: Map) -> Result<Map, Failure> {
        let operation = self.client.service().operation(name);
        let operation = operation.ok_or(Failure::Unexpected(name))?;
        let call = awl_sdk::Call::new(operation, parameters);
        Ok(self.client.send(call).await?.value)
    }
}

/// Whether the service is no longer there.
fn is_inactive(error: &Error) -> bool {
    let Error::Service(error) = error else {
        return false;
    };
    error.code() == "InvalidParameterException" && error.message().contains(INACTIVE)
}

/// The list of an answer that told of no failures.
fn checked<'a>(
    answer: &'a Map,
    operation: &str,
    field: &str,
    is_late: bool,
) -> Result<&'a [Value], Failure> {
    let failures = list(answer, "failures");
    let lacks = |failure: &Value, name| {
        let text = failure.get(name).and_then(Value::as_str);
        text.is_none_or(str::is_empty)
    };
    if failures
        .iter()
        .any(|failure| lacks(failure, "arn") || lacks(failure, "reason"))
    {
        let message = "Invalid failure response: missing arn or reason";
        return Err(Failure::Monitoring(message.to_owned()));
    }
    let part = |failure: &Value, name| failure.get(name).map(python::str).unwrap_or_default();
    let failures: Vec<String> = failures
        .iter()
        // What was made just now may be known a little later.
        .filter(|failure| !(is_late && part(failure, "reason") == "MISSING"))
        .map(|failure| {
            format!(
                "{} failed with {}",
                part(failure, "arn"),
                part(failure, "reason")
            )
        })
        .collect();
    if !failures.is_empty() {
        return Err(Failure::Monitoring(format!(
            "{operation}:\n{}",
            failures.join("\n")
        )));
    }
    answer
        .get(field)
        .and_then(Value::as_list)
        .ok_or_else(|| Failure::Monitoring(format!("{operation} response is missing {field}")))
}

/// The members of a structure that are one resource, or a list of them.
type Members = &'static [(&'static str, &'static str)];

const INGRESS_PATH: Members = &[
    ("loadBalancer", "LoadBalancer"),
    ("loadBalancerSecurityGroups", "LoadBalancerSecurityGroup"),
    ("certificate", "Certificate"),
    ("listener", "Listener"),
    ("rule", "Rule"),
    ("targetGroups", "TargetGroup"),
];
const AUTO_SCALING: Members = &[
    ("scalableTarget", "ScalableTarget"),
    (
        "applicationAutoScalingPolicies",
        "ApplicationAutoScalingPolicy",
    ),
];
/// Lists that are groups: the member, the group, and what is in it.
const LISTS: &[(&str, &str, &str)] = &[
    ("metricAlarms", "MetricAlarms", "MetricAlarm"),
    (
        "serviceSecurityGroups",
        "ServiceSecurityGroups",
        "SecurityGroup",
    ),
    ("logGroups", "LogGroups", "LogGroup"),
];

/// The resources of a revision.
fn managed(resources: &Map) -> Group {
    let mut groups = Vec::new();
    if resources.contains_key("ingressPaths") {
        let paths = list(resources, "ingressPaths").iter();
        let paths = paths.filter_map(Value::as_map).map(|path| {
            let mut group = Group::new(Some("IngressPath"), members(path, INGRESS_PATH));
            group.identifier = text(path, "endpoint");
            Node::Group(group)
        });
        groups.push(Group::new(Some("IngressPaths"), paths.collect()));
    }
    if let Some(scaling) = resources.get("autoScaling").and_then(Value::as_map) {
        let nodes = members(scaling, AUTO_SCALING);
        groups.push(Group::new(Some("AutoScalingConfiguration"), nodes));
    }
    for (member, group, kind) in LISTS {
        if resources.contains_key(member) {
            let nodes = members(resources, &[(*member, *kind)]);
            groups.push(Group::new(Some(group), nodes));
        }
    }
    Group::new(None, groups.into_iter().map(Node::Group).collect())
}

fn members(map: &Map, members: &[(&str, &'static str)]) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (name, kind) in members {
        match map.get(name) {
            Some(Value::List(items)) => {
                nodes.extend(items.iter().filter_map(|item| resource(item, kind)));
            }
            Some(value) => nodes.extend(resource(value, kind)),
            None => {}
        }
    }
    nodes
}

fn resource(value: &Value, kind: &'static str) -> Option<Node> {
    let map = value.as_map().filter(|map| !map.is_empty())?;
    Some(Node::Resource(Resource {
        kind,
        identifier: text(map, "arn"),
        status: text(map, "status"),
        updated_at: match map.get("updatedAt") {
            Some(Value::Timestamp(Timestamp { micros, .. })) if *micros != 0 => Some(*micros),
            _ => None,
        },
        reason: text(map, "statusReason"),
        information: None,
    }))
}

fn list<'a>(map: &'a Map, name: &str) -> &'a [Value] {
    map.get(name).and_then(Value::as_list).unwrap_or_default()
}

fn text(map: &Map, name: &str) -> Option<String> {
    map.get(name).and_then(Value::as_str).map(str::to_owned)
}
