//! `awl deploy register` and `deregister`: machines of one's own that
//! CodeDeploy deploys to.
// Parity: awscli/customizations/codedeploy/{register,deregister,utils}.py.

use std::path::Path;

use awl_value::{Map, Value};

use super::caller::{Caller, error_code};
use super::custom::{Argument, Custom, Given};
use super::roles::map;
use super::{Invocation, call, roles};
use crate::arguments::{Field, Schema};
use crate::argv::Globals;
use crate::error::{CommandError, Exit};
use crate::python;

const INSTANCE_NAME: Argument = Argument::option("--instance-name").required();
const TAGS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::required("Key", &Schema::String),
    Field::required("Value", &Schema::String),
]));

/// What is added to the commands of the service `deploy`.
pub(super) static COMMANDS: &[Custom] = &[
    Custom::new(
        "register",
        &[
            INSTANCE_NAME,
            Argument::shaped("--tags", TAGS),
            Argument::option("--iam-user-arn"),
        ],
        register,
    ),
    Custom::new(
        "deregister",
        &[INSTANCE_NAME, Argument::flag("--no-delete-iam-user")],
        deregister,
    ),
];

/// The file that the machine is to have.
const CONFIG_FILE: &str = "codedeploy.onpremises.yml";

const POLICY: &str = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [ {\n        \
                      \"Action\": [ \"s3:Get*\", \"s3:List*\" ],\n        \"Effect\": \
                      \"Allow\",\n        \"Resource\": \"*\"\n    } ]\n}";

struct Work<'a> {
    invocation: &'a mut Invocation,
    globals: &'a Globals,
    codedeploy: Caller,
    iam: Caller,
    instance: &'a str,
}

impl<'a> Work<'a> {
    fn new(
        invocation: &'a mut Invocation,
        globals: &'a Globals,
        given: &'a Given<'_>,
    ) -> Result<Self, CommandError> {
        let config = call::with_region(&call::load_config(invocation, globals)?)?;
        let others = roles::with_endpoint(&config, None);
        Ok(Self {
            codedeploy: Caller::of(invocation, globals, &config, "deploy")?,
            iam: Caller::of(invocation, globals, &others, "iam")?,
            invocation,
            globals,
            instance: given.get("--instance-name").unwrap_or_default(),
        })
    }

    fn say(&mut self, text: &str) {
        self.invocation.ui.write_out(text);
    }

    fn codedeploy(&mut self, name: &str, parameters: Map) -> Result<Map, CommandError> {
        self.codedeploy
            .call(self.invocation, self.globals, name, parameters)
    }

    fn iam(&mut self, name: &str, parameters: Map) -> Result<Map, CommandError> {
        self.iam
            .call(self.invocation, self.globals, name, parameters)
    }

    /// Says what went wrong and where to read on.
    fn explain(self, result: Result<(), CommandError>, verb: &str) -> Result<(), CommandError> {
        let Err(error) = result else {
            return Ok(());
        };
        if error.exit() == Exit::Interrupted || error.exit() == Exit::Code(0) {
            return Err(error);
        }
        self.invocation.ui.write_error(&format!(
            "ERROR\n{}\n{verb} the on-premises instance by following the instructions in \
             \"Configure Existing On-Premises Instances by Using AWS CodeDeploy\" in the AWS \
             CodeDeploy User Guide.\n",
            error.message()
        ));
        Err(CommandError::silent(Exit::General.code()))
    }

    fn named(&self) -> (&'static str, Value) {
        ("instanceName", self.instance.into())
    }

    /// The parameters that change tags.
    fn tags(&self, tags: Value) -> Map {
        map([
            ("tags", tags),
            ("instanceNames", Value::List(vec![self.instance.into()])),
        ])
    }

    fn register(&mut self, user: Option<&str>, tags: Option<&Value>) -> Result<(), CommandError> {
        let user = match user.filter(|user| !user.is_empty()) {
            Some(user) => user.to_owned(),
            None => self.create_user()?,
        };
        self.say("Registering the on-premises instance... ");
        let parameters = map([self.named(), ("iamUserArn", user.into())]);
        self.codedeploy("RegisterOnPremisesInstance", parameters)?;
        self.say("DONE\n");
        if let Some(tags) = tags {
            self.say("Adding tags to the on-premises instance... ");
            let parameters = self.tags(tags.clone());
            self.codedeploy("AddTagsToOnPremisesInstances", parameters)?;
            self.say("DONE\n");
        }
        self.say(&format!(
            "Copy the on-premises configuration file named {CONFIG_FILE} to the on-premises \
             instance, and run the following command on the on-premises instance to install and \
             configure the AWS CodeDeploy Agent:\naws deploy install --config-file {CONFIG_FILE}\n"
        ));
        Ok(())
    }

    /// Makes a user with a key and a policy, and the machine's file; its ARN.
    fn create_user(&mut self) -> Result<String, CommandError> {
        let name = ("UserName", Value::from(self.instance));
        self.say("Creating the IAM user... ");
        let parameters = map([("Path", "/AWS/CodeDeploy/".into()), name.clone()]);
        let answer = self.iam("CreateUser", parameters)?;
        let arn = text(&answer, &["User", "Arn"])?;
        self.say(&format!("DONE\nIamUserArn: {arn}\n"));
        self.say("Creating the IAM user access key... ");
        let answer = self.iam("CreateAccessKey", map([name.clone()]))?;
        let key = text(&answer, &["AccessKey", "AccessKeyId"])?;
        let secret = text(&answer, &["AccessKey", "SecretAccessKey"])?;
        // Parity: the AWS CLI shows the secret here, once.
        self.say(&format!(
            "DONE\nAccessKeyId: {key}\nSecretAccessKey: {secret}\n"
        ));
        self.say("Creating the IAM user policy... ");
        let policy = "codedeploy-agent";
        let parameters = map([
            name,
            ("PolicyName", policy.into()),
            ("PolicyDocument", POLICY.into()),
        ]);
        self.iam("PutUserPolicy", parameters)?;
        self.say(&format!(
            "DONE\nPolicyName: {policy}\nPolicyDocument: {POLICY}\n"
        ));
        self.say(&format!(
            "Creating the on-premises instance configuration file named {CONFIG_FILE}..."
        ));
        let content = format!(
            "---\nregion: {}\niam_user_arn: {arn}\naws_access_key_id: \
             {key}\naws_secret_access_key: {secret}\n",
            self.codedeploy.region()
        );
        let path = Path::new(CONFIG_FILE);
        let written = self.invocation.host.write(path, content.as_bytes());
        written.map_err(|error| {
            CommandError::general(format!(
                "Failed to create config file {CONFIG_FILE}: {}",
                python::os_error(&error, path)
            ))
        })?;
        self.say("DONE\n");
        Ok(arn)
    }

    fn deregister(&mut self, keeps_user: bool) -> Result<(), CommandError> {
        self.say("Retrieving on-premises instance information... ");
        let parameters = map([self.named()]);
        let answer = self.codedeploy("GetOnPremisesInstance", parameters)?;
        let arn = text(&answer, &["instanceInfo", "iamUserArn"])?;
        let user = arn.rsplit('/').next().unwrap_or_default().to_owned();
        let info = answer.get("instanceInfo");
        let tags = info.and_then(|info| info.get("tags")?.as_list());
        let tags = tags.ok_or_else(|| CommandError::general("'tags'"))?;
        self.say(&format!("DONE\nIamUserArn: {arn}\n"));
        if !tags.is_empty() {
            let mut line = "Tags:".to_owned();
            for tag in tags {
                let part = |name| tag.get(name).map(python::str).unwrap_or_default();
                line.push_str(&format!(" Key={},Value={}", part("Key"), part("Value")));
            }
            line.push('\n');
            self.say(&line);
            self.say("Removing tags from the on-premises instance... ");
            let parameters = self.tags(Value::List(tags.to_vec()));
            self.codedeploy("RemoveTagsFromOnPremisesInstances", parameters)?;
            self.say("DONE\n");
        }
        self.say("Deregistering the on-premises instance... ");
        let parameters = map([self.named()]);
        self.codedeploy("DeregisterOnPremisesInstance", parameters)?;
        self.say("DONE\n");
        if !keeps_user {
            self.delete_user(&user)?;
        }
        self.say(
            "Run the following command on the on-premises instance to uninstall the \
             codedeploy-agent:\naws deploy uninstall\n",
        );
        Ok(())
    }

    fn delete_user(&mut self, user: &str) -> Result<(), CommandError> {
        self.say("Deleting the IAM user policies... ");
        self.delete_listed(
            user,
            [
                "ListUserPolicies",
                "PolicyNames",
                "DeleteUserPolicy",
                "PolicyName",
            ],
        )?;
        self.say("DONE\n");
        self.say("Deleting the IAM user access keys... ");
        self.delete_listed(
            user,
            [
                "ListAccessKeys",
                "AccessKeyMetadata",
                "DeleteAccessKey",
                "AccessKeyId",
            ],
        )?;
        self.say("DONE\n");
        self.say(&format!("Deleting the IAM user ({user})... "));
        self.unless_absent("DeleteUser", map([("UserName", user.into())]))?;
        self.say("DONE\n");
        Ok(())
    }

    /// Deletes what a listing of the user has, page by page.
    fn delete_listed(
        &mut self,
        user: &str,
        [list, items, delete, name]: [&'static str; 4],
    ) -> Result<(), CommandError> {
        let mut marker = None;
        loop {
            let mut parameters = map([("UserName", user.into())]);
            if let Some(marker) = marker.take() {
                parameters.push("Marker", marker);
            }
            let Some(mut page) = self.unless_absent(list, parameters)? else {
                return Ok(());
            };
            let found = page.remove(items);
            for item in found.as_ref().and_then(Value::as_list).unwrap_or_default() {
                let value = item.get(name).unwrap_or(item).clone();
                let parameters = map([("UserName", user.into()), (name, value)]);
                if self.unless_absent(delete, parameters)?.is_none() {
                    return Ok(());
                }
            }
            marker = match page.get("IsTruncated") {
                Some(Value::Bool(true)) => page.remove("Marker"),
                _ => None,
            };
            if marker.is_none() {
                return Ok(());
            }
        }
    }

    /// A call of IAM; None where something is gone already.
    fn unless_absent(&mut self, name: &str, parameters: Map) -> Result<Option<Map>, CommandError> {
        let request = self.iam.prepare(name, parameters)?;
        match self.iam.send(self.invocation, self.globals, request)? {
            Ok(answer) => Ok(Some(answer.value)),
            Err(error) if error_code(&error) == Some("NoSuchEntity") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The text at a path that must be there.
fn text(answer: &Map, path: &[&str; 2]) -> Result<String, CommandError> {
    let [outer, inner] = path;
    let outer = answer
        .get(outer)
        .ok_or_else(|| CommandError::general(format!("'{outer}'")))?;
    let inner = outer
        .get(inner)
        .ok_or_else(|| CommandError::general(format!("'{inner}'")))?;
    Ok(python::str(inner))
}

fn register(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    check_name(given)?;
    let tags = given.value("--tags");
    check_tags(tags)?;
    let user = given.get("--iam-user-arn");
    check_user(user)?;
    let mut work = Work::new(invocation, globals, given)?;
    let result = work.register(user, tags);
    work.explain(result, "Register")
}

fn deregister(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    check_name(given)?;
    let mut work = Work::new(invocation, globals, given)?;
    let result = work.deregister(given.has("--no-delete-iam-user"));
    work.explain(result, "Deregister")
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "+=,.@_-".contains(letter)
}

fn check_name(given: &Given<'_>) -> Result<(), CommandError> {
    const LONGEST: usize = 100;
    let name = given.get("--instance-name").unwrap_or_default();
    let refused = if !name.chars().all(is_name) {
        "Instance name contains invalid characters."
    } else if name.starts_with("i-") {
        "Instance name cannot start with 'i-'."
    } else if name.len() > LONGEST {
        "Instance name cannot be longer than 100 characters."
    } else {
        return Ok(());
    };
    Err(CommandError::validation(refused))
}

fn check_tags(tags: Option<&Value>) -> Result<(), CommandError> {
    const MOST: usize = 10;
    let tags = tags.and_then(Value::as_list).unwrap_or_default();
    if tags.len() > MOST {
        return Err(CommandError::validation(
            "Instances can only have a maximum of 10 tags.",
        ));
    }
    for tag in tags {
        for (name, most) in [("Key", 128), ("Value", 256)] {
            let text = tag.get(name).and_then(Value::as_str).unwrap_or_default();
            if text.chars().count() > most {
                return Err(CommandError::validation(format!(
                    "Tag {name} cannot be longer than {most} characters."
                )));
            }
        }
    }
    Ok(())
}

/// `arn:aws:iam::[0-9]{12}:user/[A-Za-z0-9/+=,.@_-]+`
fn check_user(arn: Option<&str>) -> Result<(), CommandError> {
    let Some(arn) = arn.filter(|arn| !arn.is_empty()) else {
        return Ok(());
    };
    let parts = arn
        .strip_prefix("arn:aws:iam::")
        .and_then(|rest| rest.split_once(":user/"));
    let is_user = parts.is_some_and(|(account, name)| {
        account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && !name.is_empty()
            && name.chars().all(|letter| is_name(letter) || letter == '/')
    });
    if is_user {
        Ok(())
    } else {
        Err(CommandError::validation("Invalid IAM user ARN."))
    }
}
