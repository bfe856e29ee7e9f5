//! Credentials of containers, as ECS and EKS give them to tasks and pods, and
//! what a task knows of itself. All there is to know of a task is in its token
//! and its address, sealed; they are good as long as this sandbox runs.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html

use awl_value::{Map, Value, json};

use super::credentials::{Bearer, Refusal};
use crate::Sandbox;
use crate::caller::iso;
use crate::record::{Stored as _, record};
use crate::seal;

/// Where tasks get credentials.
const CREDENTIALS: &str = "/_awl/v2/credentials/";
/// Where they get what they know of themselves.
const METADATA: &str = "/_awl/v4/";
/// Who assumes the roles of tasks and pods.
const SERVICES: &[&str] = &["ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"];
/// The name of cluster, family and container.
const NAME: &str = "sandbox";

record! {
    /// A task.
    struct Task {
        id: String,
        role: String,
        region: String,
        started: i64,
    }
}

/// What a task's program finds in its environment.
pub(crate) struct Addresses {
    /// The path of its credentials.
    pub(crate) credentials: String,
    /// What it shows for them.
    pub(crate) token: String,
    /// The path of its metadata.
    pub(crate) metadata: String,
}

impl Sandbox {
    /// Where a task finds what is its own.
    pub(crate) fn addresses(&self, task: &Task) -> Option<Addresses> {
        let text = json::to_string(&task.to_value());
        let sealed = |about: &str| {
            let about = self.about(about);
            let sealed = self
                .metadata
                .seal(text.as_bytes(), &about, self.entropy())
                .ok()?;
            Some(seal::message(&sealed))
        };
        Some(Addresses {
            credentials: format!("{CREDENTIALS}{}", task.id),
            token: sealed("token")?,
            metadata: format!("{METADATA}{}", sealed("address")?),
        })
    }

    /// Answers a task; None where the path is no task's.
    pub(crate) fn task(
        &self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
    ) -> Option<(u16, Map)> {
        let is_read = method == "GET";
        let not_allowed = || (405, said("MethodNotAllowed", "only GET is served"));
        if let Some(id) = path.strip_prefix(CREDENTIALS) {
            return Some(match is_read {
                true => self.task_credentials(id, authorization),
                false => not_allowed(),
            });
        }
        let rest = path.strip_prefix(METADATA)?;
        if !is_read {
            return Some(not_allowed());
        }
        let (sealed, page) = rest.split_once('/').unwrap_or((rest, ""));
        let task = self.opened(sealed, "address");
        let account = self.account_id();
        let found = task.and_then(|task| match page.trim_end_matches('/') {
            "" => Some(container(&task, &account)),
            "task" => Some(whole(&task, &account)),
            _ => None,
        });
        Some(found.map_or_else(
            || (404, said("NotFound", "there is no such task")),
            |map| (200, map),
        ))
    }

    fn task_credentials(&self, id: &str, authorization: Option<&str>) -> (u16, Map) {
        let Some(token) = authorization else {
            let message = "the Authorization header has not the task's token";
            return (401, said("AccessDenied", message));
        };
        let task = self.opened(token, "token").filter(|task| task.id == id);
        let Some(task) = task else {
            return (403, said("AccessDenied", "the token is not this task's"));
        };
        let now = self.now();
        let account = self.account();
        let arn = format!("arn:aws:ecs:{}:{}:*", task.region, account.id);
        let bearer = Bearer {
            services: SERVICES,
            session: &task.id,
            key: format!("task {}", task.id),
            context: &[("aws:SourceArn", arn)],
            instance: None,
        };
        let role = account.identity(crate::account::Kind::Role, &task.role);
        let arn = role.map_or_else(String::new, |role| role.arn(&account.id));
        match self.deliver(&account, &task.role, &bearer, now) {
            Ok(keys) => {
                let mut map = Map::with_capacity(6);
                map.push("RoleArn", arn.into());
                map.push("AccessKeyId", keys.session.access_key_id.as_str().into());
                map.push("SecretAccessKey", keys.session.secret.expose().into());
                map.push("Token", keys.token.into());
                map.push("Expiration", iso(keys.session.expires).into());
                map.push("AccountId", account.id.as_str().into());
                (200, map)
            }
            Err(Refusal::Internal) => {
                let message = "the credentials could not be made";
                (500, said("InternalServerError", message))
            }
            Err(Refusal::Missing | Refusal::Untrusted) => {
                let message = format!(
                    "the role {} is not there, or its trust policy lets neither {} assume it",
                    task.role,
                    SERVICES.join(" nor ")
                );
                (403, said("AssumeRoleUnauthorizedAccess", &message))
            }
        }
    }

    fn opened(&self, text: &str, about: &str) -> Option<Task> {
        let bytes = seal::of_message(text)?;
        let opened = self.metadata.open(&bytes, &self.about(about))?;
        Task::of(&json::parse(std::str::from_utf8(&opened).ok()?).ok()?)
    }

    /// What is sealed for tasks is good until the sandbox ends: the token of its
    /// control channel is another at each start.
    fn about(&self, what: &str) -> String {
        format!("task {what} {}", self.control)
    }
}

fn said(code: &str, message: &str) -> Map {
    let mut map = Map::with_capacity(2);
    map.push("Code", code.into());
    map.push("Message", message.into());
    map
}

impl Task {
    fn arn(&self, account: &str) -> String {
        let Self { id, region, .. } = self;
        format!("arn:aws:ecs:{region}:{account}:task/{NAME}/{id}")
    }
}

fn container(task: &Task, account: &str) -> Map {
    let mut labels = Map::new();
    labels.push("com.amazonaws.ecs.cluster", NAME.into());
    labels.push("com.amazonaws.ecs.container-name", NAME.into());
    labels.push("com.amazonaws.ecs.task-arn", task.arn(account).into());
    labels.push("com.amazonaws.ecs.task-definition-family", NAME.into());
    labels.push("com.amazonaws.ecs.task-definition-version", "1".into());
    let (region, number) = (&task.region, task.id.get(..10).unwrap_or(&task.id));
    let arn = format!(
        "arn:aws:ecs:{region}:{account}:container/{NAME}/{}/{NAME}",
        task.id
    );
    let mut map = Map::new();
    map.push("DockerId", format!("{}-{number}", task.id).into());
    map.push("Name", NAME.into());
    map.push("DockerName", NAME.into());
    map.push("Labels", labels.into());
    map.push("DesiredStatus", "RUNNING".into());
    map.push("KnownStatus", "RUNNING".into());
    map.push("CreatedAt", iso(task.started).into());
    map.push("StartedAt", iso(task.started).into());
    map.push("Type", "NORMAL".into());
    map.push("ContainerARN", arn.into());
    map
}

fn whole(task: &Task, account: &str) -> Map {
    let mut map = Map::new();
    map.push("Cluster", NAME.into());
    map.push("TaskARN", task.arn(account).into());
    map.push("Family", NAME.into());
    map.push("Revision", "1".into());
    map.push("DesiredStatus", "RUNNING".into());
    map.push("KnownStatus", "RUNNING".into());
    let containers = vec![Value::Map(container(task, account))];
    map.push("Containers", Value::List(containers));
    map.push("PullStartedAt", iso(task.started).into());
    map.push("AvailabilityZone", format!("{}a", task.region).into());
    map.push("LaunchType", "FARGATE".into());
    map
}
