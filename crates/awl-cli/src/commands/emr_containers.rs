//! `awl emr-containers`: which service accounts of a cluster may act as a role.
// Parity: awscli/customizations/emrcontainers.

use awl_sdk::config::Config;
use awl_value::{Map, Value, json};

use super::caller::{Caller, error_code};
use super::custom::{Argument, Custom, Given};
use super::roles::map;
use super::{Invocation, call, roles};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output::show_timestamps;

const CLUSTER_NAME: Argument = Argument::option("--cluster-name").required();
const NAMESPACE: Argument = Argument::option("--namespace").required();
const ROLE_NAME: Argument = Argument::option("--role-name").required();
const TYPE: Argument = Argument::option("--type").choices(&[
    "start_job_run",
    "interactive_endpoint",
    "spark_operator",
    "flink_operator",
    "livy",
]);
const ASSOCIATION: &[Argument] = &[
    CLUSTER_NAME,
    NAMESPACE,
    ROLE_NAME,
    TYPE,
    Argument::option("--operator-namespace"),
    Argument::option("--service-account-name"),
];

/// What is added to the commands of the service `emr-containers`.
pub(super) static COMMANDS: &[Custom] = &[
    Custom::new(
        "update-role-trust-policy",
        &[
            CLUSTER_NAME,
            NAMESPACE,
            ROLE_NAME,
            Argument::option("--iam-endpoint"),
            Argument::flag("--dry-run"),
        ],
        update_trust_policy,
    ),
    Custom::new("create-role-associations", ASSOCIATION, create),
    Custom::new("delete-role-associations", ASSOCIATION, delete),
];

/// What the command line names, and a client of EKS.
struct Work<'a> {
    given: &'a Given<'a>,
    config: Config,
    eks: Caller,
}

impl<'a> Work<'a> {
    fn new(
        invocation: &mut Invocation,
        globals: &Globals,
        given: &'a Given<'a>,
    ) -> Result<Self, CommandError> {
        let config = call::with_region(&call::load_config(invocation, globals)?)?;
        let config = roles::with_endpoint(&config, None);
        Ok(Self {
            given,
            eks: Caller::of(invocation, globals, &config, "eks")?,
            config,
        })
    }

    fn word(&self, name: &str) -> &'a str {
        self.given.get(name).unwrap_or_default()
    }

    fn cluster(
        &self,
        invocation: &mut Invocation,
        globals: &Globals,
    ) -> Result<Value, CommandError> {
        let parameters = map([("name", self.word("--cluster-name").into())]);
        let mut answer = self
            .eks
            .call(invocation, globals, "DescribeCluster", parameters)?;
        Ok(answer.remove("cluster").unwrap_or_default())
    }

    fn partition(&self) -> &'static str {
        roles::partition(self.eks.region())
    }

    /// The service accounts and their namespaces.
    fn accounts(&self, account_id: &str) -> Vec<(String, &'a str)> {
        let namespace = self.word("--namespace");
        let own = self.given.get("--service-account-name");
        if let Some(name) = own.filter(|name| !name.is_empty()) {
            return vec![(name.to_owned(), namespace)];
        }
        let operator = self.given.get("--operator-namespace");
        let operator = operator
            .filter(|name| !name.is_empty())
            .unwrap_or(namespace);
        let role = base36(self.word("--role-name"));
        let of_parts = |framework: &str, parts: &[&str]| -> Vec<(String, &'a str)> {
            let name =
                |part: &&str| format!("emr-containers-sa-{framework}-{part}-{account_id}-{role}");
            parts.iter().map(|part| (name(part), namespace)).collect()
        };
        let named = |name: &str, namespace: &'a str| (name.to_owned(), namespace);
        let mut accounts = Vec::new();
        match self.given.get(TYPE.name()) {
            Some("interactive_endpoint") => {
                accounts.extend(of_parts("spark", &["jeg", "jeg-kernel", "session"]));
            }
            Some("spark_operator") => {
                accounts.push(named("emr-containers-sa-spark-operator", operator));
                accounts.extend(of_parts("spark", &["driver", "executor"]));
            }
            Some("flink_operator") => {
                accounts.push(named("emr-containers-sa-flink-operator", operator));
                accounts.extend(of_parts("flink", &["jobmanager", "taskmanager"]));
            }
            Some("livy") => {
                accounts.push(named("emr-containers-sa-livy", operator));
                accounts.push(named("emr-container-sa-spark-livy", namespace));
            }
            _ => accounts.extend(of_parts("spark", &["client", "driver", "executor"])),
        }
        accounts
    }
}

/// The account in a cluster's ARN.
fn account_id(cluster: &Value) -> Result<&str, CommandError> {
    let arn = cluster.get("arn").and_then(Value::as_str);
    let account = arn.unwrap_or_default().split(':').nth(4);
    account.ok_or_else(|| CommandError::general("list index out of range"))
}

fn create(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let work = Work::new(invocation, globals, given)?;
    let cluster = work.cluster(invocation, globals)?;
    let account_id = account_id(&cluster)?;
    let role = work.word("--role-name");
    let arn = format!("arn:{}:iam::{account_id}:role/{role}", work.partition());
    let mut results: Vec<Value> = Vec::new();
    for (account, namespace) in work.accounts(account_id) {
        let parameters = map([
            ("clusterName", work.word("--cluster-name").into()),
            ("namespace", namespace.into()),
            ("roleArn", arn.clone().into()),
            ("serviceAccount", account.clone().into()),
        ]);
        let request = work
            .eks
            .prepare("CreatePodIdentityAssociation", parameters)?;
        let error = match work.eks.send(invocation, globals, request)? {
            Ok(answer) => {
                results.push(association(answer.value));
                continue;
            }
            Err(error) => error,
        };
        let message = message(&error);
        match error_code(&error) {
            None => return Err(error.into()),
            Some("ResourceInUseException") => {
                invocation.ui.write_error(&format!(
                    "Skipping pod identity association creation because pod identity association \
                     already exists for service account {account} and role {role} in namespace \
                     {namespace}: {message}\n"
                ));
            }
            Some(_) => {
                for result in &results {
                    invocation.ui.write_error(&format!(
                        "Rolling back association for service account {account} and role {role} \
                         in namespace {namespace} as an error was encountered\n"
                    ));
                    let value = |name: &str| result.get(name).cloned().unwrap_or_default();
                    let parameters = map([
                        ("clusterName", value("clusterName")),
                        ("associationId", value("associationId")),
                    ]);
                    work.eks.call(
                        invocation,
                        globals,
                        "DeletePodIdentityAssociation",
                        parameters,
                    )?;
                }
                return Err(CommandError::general(format!(
                    "Failed to create pod identity association for service account {account}, \
                     role {role} in namespace {namespace}: {message}"
                )));
            }
        }
    }
    print(invocation, results);
    Ok(())
}

fn delete(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let work = Work::new(invocation, globals, given)?;
    let cluster = work.cluster(invocation, globals)?;
    let role = work.word("--role-name");
    let name = || ("clusterName", Value::from(work.word("--cluster-name")));
    let mut results = Vec::new();
    for (account, namespace) in work.accounts(account_id(&cluster)?) {
        let explain = |error: awl_sdk::Error| match error_code(&error) {
            None => error.into(),
            Some(_) => CommandError::general(format!(
                "Failed to delete pod identity association for service account {account}, role \
                 {role} in namespace {namespace}: {}",
                message(&error)
            )),
        };
        let parameters = map([
            name(),
            ("namespace", namespace.into()),
            ("serviceAccount", account.clone().into()),
        ]);
        let request = work
            .eks
            .prepare("ListPodIdentityAssociations", parameters)?;
        let answer = work
            .eks
            .send(invocation, globals, request)?
            .map_err(explain)?;
        let known = answer.get("associations").and_then(Value::as_list);
        let Some(first) = known.and_then(<[_]>::first) else {
            invocation.ui.write_error(&format!(
                "Skipping deletion as no pod identity association found for service account \
                 {account} and role {role} in namespace {namespace}\n"
            ));
            continue;
        };
        let id = first.get("associationId").cloned();
        let id = id.ok_or_else(|| CommandError::general("'associationId'"))?;
        let parameters = map([name(), ("associationId", id)]);
        let request = work
            .eks
            .prepare("DeletePodIdentityAssociation", parameters)?;
        let answer = work
            .eks
            .send(invocation, globals, request)?
            .map_err(explain)?;
        results.push(association(answer.value));
    }
    print(invocation, results);
    Ok(())
}

/// What is printed of an answer.
fn association(mut answer: Map) -> Value {
    answer.remove("association").unwrap_or(Value::Map(answer))
}

fn message(error: &awl_sdk::Error) -> String {
    match error {
        awl_sdk::Error::Service(error) => {
            let message = error.error.error.get("Message").and_then(Value::as_str);
            message.unwrap_or_default().to_owned()
        }
        error => error.to_string(),
    }
}

fn print(invocation: &mut Invocation, results: Vec<Value>) {
    if results.is_empty() {
        return;
    }
    let mut results = Value::List(results);
    show_timestamps(&mut results, &*invocation.host);
    let text = json_text(&results, Some(4));
    invocation.ui.write_out(&text);
}

/// `json.dumps`
fn json_text(value: &Value, indent: Option<usize>) -> String {
    let style = json::Style {
        indent,
        ..json::Style::WIRE
    };
    let mut text = String::new();
    json::write(value, style, &mut text);
    text
}

fn update_trust_policy(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let work = Work::new(invocation, globals, given)?;
    let cluster = work.cluster(invocation, globals)?;
    let account = account_id(&cluster)?;
    let issuer = cluster
        .get("identity")
        .and_then(|identity| identity.get("oidc")?.get("issuer")?.as_str())
        .unwrap_or_default();
    let issuer = issuer
        .split("https://")
        .nth(1)
        .ok_or_else(|| CommandError::general("list index out of range"))?;
    let role = work.word("--role-name");
    let statement = statement(&work, account, issuer);
    let config = roles::with_endpoint(&work.config, given.get("--iam-endpoint"));
    let iam = Caller::of(invocation, globals, &config, "iam")?;
    let name = || ("RoleName", Value::from(role));
    let mut answer = iam.call(invocation, globals, "GetRole", map([name()]))?;
    let document = answer
        .get_mut("Role")
        .and_then(Value::as_map_mut)
        .and_then(|role| role.remove("AssumeRolePolicyDocument"));
    let Some(Value::Map(mut document)) = document else {
        return Err(CommandError::general(
            "'NoneType' object has no attribute 'get'",
        ));
    };
    let known = document.get("Statement").and_then(Value::as_list);
    let mut known = known.unwrap_or_default().iter();
    let line = if known.any(|known| matches(&statement, known)) {
        format!("Trust policy statement already exists for role {role}. No changes were made!")
    } else {
        let statement = Value::Map(statement);
        match document.get_mut("Statement") {
            Some(Value::List(statements)) => statements.push(statement),
            _ => {
                document.insert("Statement", Value::List(vec![statement]));
            }
        }
        let document = Value::Map(document);
        if given.has("--dry-run") {
            json_text(&document, Some(2))
        } else {
            let text = json_text(&document, None);
            let parameters = map([name(), ("PolicyDocument", text.into())]);
            iam.call(invocation, globals, "UpdateAssumeRolePolicy", parameters)?;
            format!("Successfully updated trust policy of role {role}")
        }
    };
    invocation.ui.write_out(&format!("{line}\n"));
    Ok(())
}

/// What lets the service accounts of a cluster assume the role.
fn statement(work: &Work<'_>, account: &str, issuer: &str) -> Map {
    let partition = work.partition();
    let provider = format!("arn:{partition}:iam::{account}:oidc-provider/{issuer}");
    let subject = format!(
        "system:serviceaccount:{}:emr-containers-sa-*-*-{account}-{}",
        work.word("--namespace"),
        base36(work.word("--role-name"))
    );
    let mut condition = Map::new();
    condition.push(format!("{issuer}:sub"), subject.into());
    map([
        ("Effect", "Allow".into()),
        (
            "Principal",
            Value::Map(map([("Federated", provider.into())])),
        ),
        ("Action", "sts:AssumeRoleWithWebIdentity".into()),
        (
            "Condition",
            Value::Map(map([("StringLike", Value::Map(condition))])),
        ),
    ])
}

// Parity: update_role_trust_policy.py, check_if_dict_matches.
fn matches(expected: &Map, actual: &Value) -> bool {
    let Some(actual) = actual.as_map() else {
        return false;
    };
    expected.len() == actual.len()
        && expected.iter().all(|(key, value)| match value {
            Value::Map(value) => actual.get(key).is_some_and(|actual| matches(value, actual)),
            value => actual.get(key) == Some(value),
        })
}

/// A text, read as one large number, in base 36.
fn base36(text: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    // The lowest digit is first.
    let mut digits: Vec<u32> = Vec::new();
    for letter in text.chars() {
        let mut carry = u32::from(letter);
        for digit in &mut digits {
            let value = *digit * 256 + carry;
            *digit = value % 36;
            carry = value / 36;
        }
        while carry > 0 {
            digits.push(carry % 36);
            carry /= 36;
        }
    }
    if digits.is_empty() {
        digits.push(0);
    }
    let letters = digits.iter().rev();
    letters
        .map(|digit| char::from(DIGITS[*digit as usize % 36]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::base36;

    #[test]
    fn names_are_numbers() {
        for (name, expected) in [
            ("", "0"),
            ("a", "2p"),
            ("myrole_execution", "6hbkiiuechmty9ng4x1g3z3hq"),
        ] {
            assert_eq!(base36(name), expected, "{name}");
        }
    }
}
