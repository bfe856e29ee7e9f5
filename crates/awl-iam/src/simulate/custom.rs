//! The parameters of `SimulateCustomPolicy`, and what IAM checks of them.

use awl_value::Value;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Simulation, SimulationError};
use crate::arn::{Arn, is_account};
use crate::context::{Context, ContextValue};
use crate::evaluate::PolicySet;
use crate::policy::{NamedPolicy, Policy, PolicyErrorKind, PolicyType, Severity};
use crate::principal::{Principal, PrincipalKind};

/// The parameters of `SimulateCustomPolicy`, named as in the model. The policies
/// of a principal, of which `SimulatePrincipalPolicy` knows by itself, are added
/// to the [`Simulation`] that comes of it.
///
/// ```
/// use awl_iam::simulate::{ContextEntry, SimulateCustomPolicy};
/// let parameters = SimulateCustomPolicy {
///     policy_input_list: vec![r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:*",
///         "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}}}]}"#.to_owned()],
///     action_names: vec!["ec2:StopInstances".to_owned()],
///     context_entries: vec![ContextEntry {
///         name: "aws:MultiFactorAuthPresent".to_owned(),
///         values: vec!["true".to_owned()],
///         kind: "boolean".to_owned(),
///     }],
///     ..SimulateCustomPolicy::default()
/// };
/// let response = parameters.simulation().unwrap().run(None, 100).unwrap();
/// assert_eq!(response.evaluation_results[0].decision.as_str(), "allowed");
/// ```
#[derive(Clone, Debug, Default)]
pub struct SimulateCustomPolicy {
    /// `PolicyInputList`
    pub policy_input_list: Vec<String>,
    /// `PermissionsBoundaryPolicyInputList`: one at most.
    pub permissions_boundary_policy_input_list: Vec<String>,
    /// `ActionNames`
    pub action_names: Vec<String>,
    /// `ResourceArns`; none means `*`.
    pub resource_arns: Vec<String>,
    /// `ResourcePolicy`; it needs `CallerArn`.
    pub resource_policy: Option<String>,
    /// `ResourceOwner`: the account, as an id or the ARN of its root.
    pub resource_owner: Option<String>,
    /// `CallerArn`. IAM takes users only; here any principal may be named.
    pub caller_arn: Option<String>,
    /// `ContextEntries`
    pub context_entries: Vec<ContextEntry>,
    /// `ResourceHandlingOption`: for `ec2:RunInstances`, which resources must be
    /// named.
    pub resource_handling_option: Option<String>,
}

/// `ContextEntry`.
#[derive(Clone, Debug, Default)]
pub struct ContextEntry {
    /// `ContextKeyName`
    pub name: String,
    /// `ContextKeyValues`
    pub values: Vec<String>,
    /// `ContextKeyType`: `string`, `stringList` and so on.
    pub kind: String,
}

/// The most characters of a policy.
const LONGEST: usize = 131_072;

const KINDS: &[&str] = &["string", "numeric", "boolean", "ip", "binary", "date"];

/// The types of resources that a way to run instances needs.
const HANDLING: &[(&str, &[&str])] = &[
    (
        "EC2-VPC-InstanceStore",
        &["instance", "image", "security-group", "network-interface"],
    ),
    (
        "EC2-VPC-InstanceStore-Subnet",
        &[
            "instance",
            "image",
            "security-group",
            "network-interface",
            "subnet",
        ],
    ),
    (
        "EC2-VPC-EBS",
        &[
            "instance",
            "image",
            "security-group",
            "network-interface",
            "volume",
        ],
    ),
    (
        "EC2-VPC-EBS-Subnet",
        &[
            "instance",
            "image",
            "security-group",
            "network-interface",
            "subnet",
            "volume",
        ],
    ),
];

impl SimulateCustomPolicy {
    /// Takes the parameters from a value as the model has them, of
    /// `SimulateCustomPolicy` or `SimulatePrincipalPolicy`. What it does not know,
    /// such as `Marker`, it leaves.
    ///
    /// ```
    /// use awl_iam::simulate::SimulateCustomPolicy;
    /// let parameters = awl_value::json::parse(
    ///     r#"{"PolicyInputList": [], "ActionNames": ["s3:GetObject"], "ContextEntries":
    ///     [{"ContextKeyName": "aws:TagKeys", "ContextKeyValues": ["a"], "ContextKeyType": "stringList"}]}"#,
    /// ).unwrap();
    /// let parameters = SimulateCustomPolicy::from_value(&parameters);
    /// assert_eq!(parameters.action_names, ["s3:GetObject"]);
    /// assert_eq!(parameters.context_entries[0].kind, "stringList");
    /// ```
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let text = |value: &Value, name: &str| {
            let text = value.get(name).and_then(Value::as_str);
            text.map(str::to_owned)
        };
        let list = |value: &Value, name: &str| -> Vec<String> {
            let items = value.get(name).and_then(Value::as_list).unwrap_or_default();
            let texts = items.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let entries = value.get("ContextEntries").and_then(Value::as_list);
        let entries = entries.unwrap_or_default().iter();
        Self {
            policy_input_list: list(value, "PolicyInputList"),
            permissions_boundary_policy_input_list: list(
                value,
                "PermissionsBoundaryPolicyInputList",
            ),
            action_names: list(value, "ActionNames"),
            resource_arns: list(value, "ResourceArns"),
            resource_policy: text(value, "ResourcePolicy"),
            resource_owner: text(value, "ResourceOwner"),
            caller_arn: text(value, "CallerArn"),
            context_entries: entries
                .map(|entry| ContextEntry {
                    name: text(entry, "ContextKeyName").unwrap_or_default(),
                    values: list(entry, "ContextKeyValues"),
                    kind: text(entry, "ContextKeyType").unwrap_or_default(),
                })
                .collect(),
            resource_handling_option: text(value, "ResourceHandlingOption"),
        }
    }

    /// Reads the policies and checks the parameters.
    ///
    /// # Errors
    /// `InvalidInput` with what is wrong.
    pub fn simulation(&self) -> Result<Simulation, SimulationError> {
        let invalid = |message: String| Err(SimulationError::invalid(message));
        if self.action_names.is_empty() {
            return invalid("ActionNames must name an action".to_owned());
        }
        for action in &self.action_names {
            let named = action.split_once(':');
            let named =
                named.is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
            if !named || action.contains(['*', '?']) || !(3..=128).contains(&action.len()) {
                return invalid(format!(
                    "{action:?} is no action: expected a service and a name with a colon between, without wildcards"
                ));
            }
        }
        for resource in &self.resource_arns {
            if resource != "*" && Arn::parse(resource).is_none() {
                return invalid(format!("{resource:?} is no ARN"));
            }
        }
        self.check_handling()?;
        if self.permissions_boundary_policy_input_list.len() > 1 {
            return invalid("there can be one permissions boundary only".to_owned());
        }
        let caller = match &self.caller_arn {
            None => None,
            Some(arn) => match Principal::parse(arn) {
                Ok(caller) if caller.kind() != PrincipalKind::Anonymous => Some(caller),
                _ => return invalid(format!("CallerArn {arn:?} is no principal")),
            },
        };
        if self.resource_policy.is_some() && caller.is_none() {
            return invalid("ResourcePolicy needs CallerArn".to_owned());
        }
        let identity = policies(
            &self.policy_input_list,
            "PolicyInputList",
            PolicyType::Identity,
        )?;
        let boundary = policies(
            &self.permissions_boundary_policy_input_list,
            "PermissionsBoundaryPolicyInputList",
            PolicyType::PermissionsBoundary,
        )?;
        let resource = self.resource_policy.as_deref();
        let resource = resource
            .map(|text| policy(text, "ResourcePolicy".to_owned(), PolicyType::Resource))
            .transpose()?;
        Ok(Simulation {
            caller,
            actions: self.action_names.clone(),
            resources: self.resource_arns.clone(),
            resource_owner: self.owner()?,
            context: self.context()?,
            policies: PolicySet {
                identity,
                permissions_boundary: boundary.into_iter().next(),
                resource,
                ..PolicySet::default()
            },
            in_organization: false,
        })
    }

    fn owner(&self) -> Result<Option<String>, SimulationError> {
        let Some(owner) = &self.resource_owner else {
            return Ok(None);
        };
        let account = Arn::parse(owner).map_or(owner.as_str(), |arn| arn.account);
        if !is_account(account) {
            let message = format!("ResourceOwner {owner:?} is no account");
            return Err(SimulationError::invalid(message));
        }
        Ok(Some(account.to_owned()))
    }

    fn context(&self) -> Result<Context, SimulationError> {
        let mut context = Context::new();
        for entry in &self.context_entries {
            let (kind, list) = match entry.kind.strip_suffix("List") {
                Some(kind) => (kind, true),
                None => (entry.kind.as_str(), false),
            };
            let name = &entry.name;
            if !KINDS.contains(&kind) {
                let message = format!("{name}: {:?} is no type of context keys", entry.kind);
                return Err(SimulationError::invalid(message));
            }
            let value = match entry.values.as_slice() {
                values if list => ContextValue::Many(values.to_vec()),
                [value] => ContextValue::One(value.clone()),
                _ => {
                    let message =
                        format!("{name}: type {kind} has one value; {kind}List has several");
                    return Err(SimulationError::invalid(message));
                }
            };
            context.insert(name, value);
        }
        Ok(context)
    }

    fn check_handling(&self) -> Result<(), SimulationError> {
        let Some(option) = &self.resource_handling_option else {
            return Ok(());
        };
        let Some((_, types)) = HANDLING.iter().find(|(name, _)| name == option) else {
            let message = format!("{option:?} is no ResourceHandlingOption");
            return Err(SimulationError::invalid(message));
        };
        let runs = |action: &String| action.eq_ignore_ascii_case("ec2:RunInstances");
        if !self.action_names.iter().any(runs) {
            return Ok(());
        }
        for wanted in *types {
            let mut arns = self.resource_arns.iter().filter_map(|arn| Arn::parse(arn));
            let named = arns.any(|arn| arn.resource.split(['/', ':']).next() == Some(wanted));
            if !named {
                let message = format!("{option} needs a resource of type {wanted}");
                return Err(SimulationError::invalid(message));
            }
        }
        Ok(())
    }
}

fn policies(
    texts: &[String],
    list: &str,
    policy_type: PolicyType,
) -> Result<Vec<NamedPolicy>, SimulationError> {
    let policies = texts
        .iter()
        .enumerate()
        .map(|(index, text)| policy(text, format!("{list}.{}", index + 1), policy_type));
    policies.collect()
}

fn policy(text: &str, id: String, policy_type: PolicyType) -> Result<NamedPolicy, SimulationError> {
    if text.chars().count() > LONGEST {
        let message = format!("{id} has more than {LONGEST} characters");
        return Err(SimulationError::invalid(message));
    }
    let refused = |message: String, line: u32, column: u32| {
        SimulationError::invalid(format!("{id}: {message} (line {line}, column {column})"))
    };
    let policy = Policy::parse(text).map_err(|errors| match errors.errors().first() {
        Some(error) => {
            let start = error.span.start;
            refused(error.aws_message(), start.line, start.column)
        }
        None => SimulationError::invalid(errors.to_string()),
    })?;
    let finding = policy.validate(policy_type).into_iter().find(|finding| {
        finding.severity == Severity::Error && !matches!(finding.kind, PolicyErrorKind::Size(_))
    });
    if let Some(finding) = finding {
        let start = finding.span.start;
        return Err(refused(
            finding.kind.aws_message(),
            start.line,
            start.column,
        ));
    }
    Ok(NamedPolicy::new(id, policy))
}

/// A marker says which action comes next, in a form that nobody relies on.
pub(super) fn write_marker(next: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("action:{next}"))
}

pub(super) fn read_marker(marker: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.strip_prefix("action:")?.parse().ok()
}
