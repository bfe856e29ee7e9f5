//! `awl cloudformation deploy`: a template made a change set, and the change
//! set carried out.
// Parity: awscli/customizations/cloudformation/{deploy,deployer}.py,
// s3uploader.py.

mod overrides;
mod upload;

use std::time::Duration;

use awl_sdk::waiter::{WaitConfig, WaiterError};
use awl_value::{Map, Timestamp, Value, json};

use super::Invocation;
use super::caller::Caller;
use super::custom::{Argument, Custom, Given};
use super::roles::map;
use crate::arguments::{Schema, parse_yaml_with_tags};
use crate::argv::Globals;
use crate::error::CommandError;

const WORDS: &Schema = &Schema::List(&Schema::String);

/// What is added to the commands of the service `cloudformation`.
pub(super) static COMMANDS: &[Custom] = &[Custom::new(
    "deploy",
    &[
        Argument::option("--template-file").required(),
        Argument::option("--stack-name").required(),
        Argument::option("--s3-bucket"),
        Argument::flag("--force-upload"),
        Argument::option("--s3-prefix"),
        Argument::option("--kms-key-id"),
        Argument::some_words("--parameter-overrides"),
        Argument::shaped("--capabilities", WORDS),
        Argument::flag("--no-execute-changeset"),
        Argument::flag("--disable-rollback"),
        Argument::flag("--no-disable-rollback"),
        Argument::option("--role-arn"),
        Argument::shaped("--notification-arns", WORDS),
        Argument::flag("--fail-on-empty-changeset"),
        Argument::flag("--no-fail-on-empty-changeset"),
        Argument::shaped("--tags", WORDS),
    ],
    deploy,
)];

/// A larger template must come from a bucket.
const LARGEST_TEMPLATE: usize = 51_200;

fn deploy(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let service = Caller::new(invocation, globals, "cloudformation")?;
    let template = Template::load(invocation, given)?;
    let values = overrides::parse(given)?;
    let tags = overrides::tags(given)?;
    let parameters = template.parameters(&values);
    let bucket = given.get("--s3-bucket").filter(|name| !name.is_empty());
    if template.text.len() > LARGEST_TEMPLATE && bucket.is_none() {
        return Err(CommandError::general(
            "Templates with a size greater than 51,200 bytes must be deployed via an S3 Bucket. \
             Please add the --s3-bucket parameter to your command. The local template will be \
             copied to that S3 bucket and then deployed.",
        ));
    }
    let mut work = Work {
        invocation,
        globals,
        given,
        service,
        stack: given.get("--stack-name").unwrap_or_default(),
    };
    let (change_set, kind) = work.create(&template, parameters, tags, bucket)?;
    let is_empty = work.wait_for_change_set(&change_set)?;
    if is_empty {
        let message = format!("No changes to deploy. Stack {} is up to date", work.stack);
        if is_last(
            given,
            "--fail-on-empty-changeset",
            "--no-fail-on-empty-changeset",
        ) {
            return Err(CommandError::general(message));
        }
        let message = format!("\n{message}\n");
        work.invocation.ui.write_out(&message);
        return Ok(());
    }
    if given.has("--no-execute-changeset") {
        work.invocation.ui.write_out(&format!(
            "Changeset created successfully. Run the following command to review changes:\naws \
             cloudformation describe-change-set --change-set-name {change_set}\n"
        ));
        return Ok(());
    }
    work.execute(&change_set, kind)
}

/// Whether of two flags with one destination the first was given, and last.
fn is_last(given: &Given<'_>, on: &str, off: &str) -> bool {
    given.has(on) && !given.is_before(on, off)
}

struct Template {
    text: String,
    content: Value,
}

impl Template {
    fn load(invocation: &Invocation, given: &Given<'_>) -> Result<Self, CommandError> {
        let word = given.get("--template-file").unwrap_or_default();
        let path = match word.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => invocation.host.expand(word),
            _ => word.into(),
        };
        let invalid = || CommandError::general(format!("Invalid template path {}", path.display()));
        let bytes = invocation.host.read(&path).map_err(|_| invalid())?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // Parity: what is JSON is read as such, tabs and all.
        let content = match json::parse(&text) {
            Ok(content) => content,
            Err(_) => parse_yaml_with_tags(&text).map_err(|_| {
                CommandError::general(format!("{} is neither JSON nor YAML", path.display()))
            })?,
        };
        Ok(Self { text, content })
    }

    /// The template's parameters: the values given, else those from before.
    fn parameters(&self, values: &Map) -> Vec<Map> {
        let own = self.content.get("Parameters").and_then(Value::as_map);
        let keys = own.into_iter().flat_map(Map::keys);
        keys.map(|key| {
            let mut parameter = map([("ParameterKey", key.into())]);
            match values.get(key) {
                Some(value) => parameter.push("ParameterValue", value.clone()),
                None => parameter.push("UsePreviousValue", true.into()),
            }
            parameter
        })
        .collect()
    }
}

struct Work<'a> {
    invocation: &'a mut Invocation,
    globals: &'a Globals,
    given: &'a Given<'a>,
    service: Caller,
    stack: &'a str,
}

impl Work<'_> {
    fn call(&mut self, name: &str, parameters: Map) -> Result<Map, CommandError> {
        self.service
            .call(self.invocation, self.globals, name, parameters)
    }

    /// Makes the change set; its identifier and kind.
    // Parity: deployer.py, create_changeset.
    fn create(
        &mut self,
        template: &Template,
        mut parameters: Vec<Map>,
        tags: Value,
        bucket: Option<&str>,
    ) -> Result<(String, &'static str), CommandError> {
        let now = self.invocation.host.epoch();
        let micros = i64::try_from(now.as_micros()).unwrap_or_default();
        let time = Timestamp::utc(micros).isoformat(0);
        let time = time.strip_suffix("+00:00").unwrap_or(&time);
        let is_kept = |parameter: &Map| parameter.contains_key("UsePreviousValue");
        let kind = if self.has_stack()? {
            let summary = map([("StackName", self.stack.into())]);
            let summary = self.call("GetTemplateSummary", summary)?;
            let known = summary.get("Parameters").and_then(Value::as_list);
            let known = known.ok_or_else(|| CommandError::general("'Parameters'"))?;
            parameters.retain(|parameter| {
                let key = parameter.get("ParameterKey");
                !is_kept(parameter) || known.iter().any(|known| known.get("ParameterKey") == key)
            });
            "UPDATE"
        } else {
            parameters.retain(|parameter| !is_kept(parameter));
            "CREATE"
        };
        let capabilities = self.given.value("--capabilities").cloned();
        let mut request = map([
            (
                "ChangeSetName",
                format!("awscli-cloudformation-package-deploy-{}", now.as_secs()).into(),
            ),
            ("StackName", self.stack.into()),
            // Its place, also where the template comes from a bucket.
            ("TemplateBody", template.text.clone().into()),
            ("ChangeSetType", kind.into()),
            (
                "Parameters",
                Value::List(parameters.into_iter().map(Value::Map).collect()),
            ),
            (
                "Capabilities",
                capabilities.unwrap_or_else(|| Value::List(Vec::new())),
            ),
            (
                "Description",
                format!("Created by AWS CLI at {time} UTC").into(),
            ),
            ("Tags", tags),
        ]);
        if let Some(bucket) = bucket {
            request.remove("TemplateBody");
            let url = upload::template(
                self.invocation,
                self.globals,
                self.given,
                bucket,
                &template.text,
            )?;
            request.push("TemplateURL", url.into());
        }
        if let Some(arn) = self.given.get("--role-arn") {
            request.push("RoleARN", arn.into());
        }
        if let Some(arns) = self.given.value("--notification-arns") {
            request.push("NotificationARNs", arns.clone());
        }
        let mut answer = self.call("CreateChangeSet", request)?;
        match answer.remove("Id") {
            Some(Value::String(id)) => Ok((id, kind)),
            _ => Err(CommandError::general("'Id'")),
        }
    }

    /// Whether there is a stack that can be updated.
    fn has_stack(&mut self) -> Result<bool, CommandError> {
        let parameters = map([("StackName", self.stack.into())]);
        let request = self.service.prepare("DescribeStacks", parameters)?;
        let answer = match self.service.send(self.invocation, self.globals, request)? {
            Ok(answer) => answer.value,
            Err(error) => {
                let absent = format!("Stack with id {} does not exist", self.stack);
                let is_refusal = matches!(error, awl_sdk::Error::Service(_));
                if is_refusal && error.to_string().contains(&absent) {
                    return Ok(false);
                }
                return Err(error.into());
            }
        };
        let stacks = answer.get("Stacks").and_then(Value::as_list);
        Ok(match stacks {
            // One in this state is only there for change sets to be looked at.
            Some([stack]) => {
                stack.get("StackStatus").and_then(Value::as_str) != Some("REVIEW_IN_PROGRESS")
            }
            _ => false,
        })
    }

    /// Waits until the change set is made; whether it changes nothing.
    fn wait_for_change_set(&mut self, change_set: &str) -> Result<bool, CommandError> {
        self.invocation
            .ui
            .write_out("\nWaiting for changeset to be created..\n");
        let parameters = map([
            ("ChangeSetName", change_set.into()),
            ("StackName", self.stack.into()),
        ]);
        let config = WaitConfig {
            delay: Some(Duration::from_secs(5)),
            ..WaitConfig::default()
        };
        let waited = self
            .service
            .wait("ChangeSetCreateComplete", parameters, config)?;
        let error = match waited {
            Ok(()) => return Ok(false),
            Err(awl_sdk::Error::Waiter(error @ WaiterError::Failed { .. })) => error,
            Err(error) => return Err(error.into()),
        };
        let WaiterError::Failed { last, .. } = &error else {
            return Ok(false);
        };
        let text = |name: &str| {
            let text = last.get(name).and_then(Value::as_str);
            text.ok_or_else(|| CommandError::general(format!("'{name}'")))
        };
        let (status, reason) = (text("Status")?, text("StatusReason")?);
        let is_unchanged = status == "FAILED"
            && reason.contains("The submitted information didn't contain changes.")
            || reason.contains("No updates are to be performed");
        if is_unchanged {
            return Ok(true);
        }
        Err(CommandError::general(format!(
            "Failed to create the changeset: {error} Status: {status}. Reason: {reason}"
        )))
    }

    fn execute(&mut self, change_set: &str, kind: &str) -> Result<(), CommandError> {
        let given = self.given;
        let disables = is_last(given, "--disable-rollback", "--no-disable-rollback");
        let parameters = map([
            ("ChangeSetName", change_set.into()),
            ("StackName", self.stack.into()),
            ("DisableRollback", disables.into()),
        ]);
        self.call("ExecuteChangeSet", parameters)?;
        self.invocation
            .ui
            .write_out("Waiting for stack create/update to complete\n");
        let waiter = match kind {
            "CREATE" => "StackCreateComplete",
            _ => "StackUpdateComplete",
        };
        let config = WaitConfig {
            delay: Some(Duration::from_secs(30)),
            max_attempts: Some(120),
        };
        let stack = self.stack;
        let parameters = map([("StackName", stack.into())]);
        match self.service.wait(waiter, parameters, config)? {
            Ok(()) => {}
            Err(awl_sdk::Error::Waiter(_)) => {
                return Err(CommandError::general(format!(
                    "Failed to create/update the stack. Run the following command\nto fetch the \
                     list of events leading up to the failure\naws cloudformation \
                     describe-stack-events --stack-name {stack}"
                )));
            }
            Err(error) => return Err(error.into()),
        }
        self.invocation
            .ui
            .write_out(&format!("Successfully created/updated stack - {stack}\n"));
        Ok(())
    }
}
