//! What a simulation is made of: the policies of the files that are named, and
//! the requests of the command line.

use std::borrow::Cow;

use awl_iam::{
    Context, ContextValue, NamedPolicy, Policy, PolicyErrorKind, PolicySet, PolicyType, Principal,
    Request, Severity,
};
use awl_sdk::env::Host;
use awl_value::{Value, json};

use crate::commands::custom::Given;
use crate::commands::sign::request;
use crate::error::CommandError;

/// The policies that options name; the resource's is a role's trust policy
/// where `is_trust`.
///
/// # Errors
/// A file that cannot be read, or is no policy: every fault with its place.
pub(in crate::commands::policy) fn policies(
    host: &dyn Host,
    given: &Given<'_>,
    is_trust: bool,
) -> Result<PolicySet, CommandError> {
    let mut reader = Reader {
        host,
        faults: Vec::new(),
        standard_input: None,
    };
    let resource = if is_trust {
        PolicyType::RoleTrust
    } else {
        PolicyType::Resource
    };
    let policies = PolicySet {
        identity: reader.all(given, "--identity-policy", PolicyType::Identity)?,
        resource: reader.one(given, "--resource-policy", resource)?,
        permissions_boundary: reader.one(
            given,
            "--permissions-boundary",
            PolicyType::PermissionsBoundary,
        )?,
        scps: reader.levels(given, "--scp", PolicyType::ServiceControl)?,
        rcps: reader.levels(given, "--rcp", PolicyType::ResourceControl)?,
        session: reader.all(given, "--session-policy", PolicyType::Session)?,
        vpc_endpoint: reader.one(given, "--vpc-endpoint-policy", PolicyType::VpcEndpoint)?,
    };
    match reader.faults.is_empty() {
        true => Ok(policies),
        false => Err(CommandError::validation(reader.faults.join("\n"))),
    }
}

struct Reader<'a> {
    host: &'a dyn Host,
    /// What is wrong with the policies so far.
    faults: Vec<String>,
    /// The option that standard input was read for.
    standard_input: Option<&'static str>,
}

impl Reader<'_> {
    fn one(
        &mut self,
        given: &Given<'_>,
        option: &'static str,
        policy_type: PolicyType,
    ) -> Result<Option<NamedPolicy>, CommandError> {
        let Some(word) = given.get(option) else {
            return Ok(None);
        };
        self.read(option, word, policy_type)
    }

    fn all(
        &mut self,
        given: &Given<'_>,
        option: &'static str,
        policy_type: PolicyType,
    ) -> Result<Vec<NamedPolicy>, CommandError> {
        let levels = self.levels(given, option, policy_type)?;
        Ok(levels.into_iter().flatten().collect())
    }

    fn levels(
        &mut self,
        given: &Given<'_>,
        option: &'static str,
        policy_type: PolicyType,
    ) -> Result<Vec<Vec<NamedPolicy>>, CommandError> {
        let mut levels = Vec::new();
        for words in given.each(option) {
            let mut level = Vec::with_capacity(words.len());
            for word in words {
                level.extend(self.read(option, word, policy_type)?);
            }
            levels.push(level);
        }
        Ok(levels)
    }

    /// A policy: of a file, of standard input, or of the command line itself.
    /// None where it is none; then there is a fault more.
    fn read(
        &mut self,
        option: &'static str,
        word: &str,
        policy_type: PolicyType,
    ) -> Result<Option<NamedPolicy>, CommandError> {
        let is_text = word.trim_start().starts_with('{');
        let (name, text) = if is_text {
            (option, Cow::Borrowed(word))
        } else {
            let path = match word {
                "-" | "/dev/stdin" => {
                    if let Some(other) = self.standard_input.replace(option) {
                        return Err(CommandError::validation(format!(
                            "Standard input cannot be both {other} and {option}"
                        )));
                    }
                    "-"
                }
                path => path,
            };
            let bytes = request::read(self.host, option, path)?;
            let name = word.strip_prefix("file://").unwrap_or(word);
            let name = if path == "-" { "standard input" } else { name };
            match String::from_utf8(bytes) {
                Ok(text) => (name, Cow::Owned(text)),
                Err(_) => {
                    self.faults.push(format!("{name}: the policy is not UTF-8"));
                    return Ok(None);
                }
            }
        };
        // An editor's mark of UTF-8 is no part of the policy.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        match parse(text, policy_type) {
            Ok(policy) => Ok(Some(NamedPolicy::new(name, policy))),
            Err(faults) => {
                let faults = faults.into_iter().map(|fault| format!("{name}:{fault}"));
                self.faults.extend(faults);
                Ok(None)
            }
        }
    }
}

/// Reads a policy and checks what its type asks of it. Each fault begins with
/// its line and column.
fn parse(text: &str, policy_type: PolicyType) -> Result<Policy, Vec<String>> {
    let policy = Policy::parse(text).map_err(|errors| {
        let errors = errors.errors().iter();
        errors
            .map(|error| fault(error.span.start, &error.kind, &error.explanation))
            .collect::<Vec<String>>()
    })?;
    // How long a policy may be depends on where it is kept, which nobody said.
    let faults: Vec<String> = policy
        .validate(policy_type)
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .filter(|finding| !matches!(finding.kind, PolicyErrorKind::Size(_)))
        .map(|finding| fault(finding.span.start, &finding.kind, &finding.explanation))
        .collect();
    match faults.is_empty() {
        true => Ok(policy),
        false => Err(faults),
    }
}

fn fault(place: awl_iam::Position, kind: &PolicyErrorKind, explanation: &str) -> String {
    let message = kind.aws_message();
    let message = message.trim_end_matches('.');
    format!("{place}: {message}: {explanation}")
}

/// The requests of the command line: every action on every resource.
///
/// # Errors
/// What is wrong with principal, action, resource or context.
pub(super) fn requests(host: &dyn Host, given: &Given<'_>) -> Result<Vec<Request>, CommandError> {
    let principal = Principal::parse(given.get("--principal").unwrap_or_default())
        .map_err(|error| CommandError::parameter("--principal", error))?;
    let context = context(host, given)?;
    let account = account(given)?;
    let resources = words(given, "--resource");
    let resources = match resources.is_empty() {
        true => vec!["*"],
        false => resources,
    };
    let mut requests = Vec::new();
    for action in words(given, "--action") {
        let is_action = action.split_once(':').is_some_and(|(service, name)| {
            !service.is_empty() && !name.is_empty() && !action.contains(['*', '?', ' '])
        });
        if !is_action {
            return Err(CommandError::parameter(
                "--action",
                format!("{action} is no action, such as s3:GetObject"),
            ));
        }
        for resource in &resources {
            if *resource != "*" && !resource.starts_with("arn:") {
                return Err(CommandError::parameter(
                    "--resource",
                    format!("{resource} is neither an ARN nor *"),
                ));
            }
            let request = Request::new(principal.clone(), action, *resource);
            let request = request.with_context(context.clone());
            requests.push(match account {
                Some(account) => request.with_resource_account(account),
                None => request,
            });
        }
    }
    Ok(requests)
}

/// The account that owns the resource, where it is given.
///
/// # Errors
/// What is no account.
pub(in crate::commands::policy) fn account<'a>(
    given: &'a Given<'_>,
) -> Result<Option<&'a str>, CommandError> {
    let account = given.get("--resource-account");
    let is_account =
        |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    match account {
        Some(account) if !is_account(account) => Err(CommandError::parameter(
            "--resource-account",
            "an account has twelve digits",
        )),
        account => Ok(account),
    }
}

/// Whether a request opens a session of a role, whose policy is a trust policy.
pub(in crate::commands::policy) fn opens_session(request: &Request) -> bool {
    let action = request.action().to_ascii_lowercase();
    action.starts_with("sts:assumerole") && request.resource().contains(":role/")
}

fn words<'a>(given: &'a Given<'_>, option: &'static str) -> Vec<&'a str> {
    given.each(option).flatten().map(|word| &**word).collect()
}

/// The context: of the file, and over it what the command line has.
///
/// # Errors
/// What is no context.
pub(in crate::commands::policy) fn context(
    host: &dyn Host,
    given: &Given<'_>,
) -> Result<Context, CommandError> {
    const FILE: &str = "--context-file";
    const OPTION: &str = "--context";
    let mut context = Context::new();
    if let Some(path) = given.get(FILE) {
        let path = if path == "/dev/stdin" { "-" } else { path };
        let bytes = request::read(host, FILE, path)?;
        let value = std::str::from_utf8(&bytes)
            .map_err(|error| error.to_string())
            .and_then(|text| json::parse(text).map_err(|error| error.to_string()))
            .map_err(|error| CommandError::parameter(FILE, format!("{path}: {error}")))?;
        context = match &value {
            Value::List(entries) => of_entries(entries),
            value => Context::from_value(value),
        }
        .map_err(|error| CommandError::parameter(FILE, format!("{path}: {error}")))?;
    }
    for entry in words(given, OPTION) {
        let (key, values) = entry
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| {
                CommandError::parameter(OPTION, format!("{entry} is not of the form key=value"))
            })?;
        let mut values = split(values);
        let value = match (values.len(), values.pop()) {
            (1, Some(value)) => ContextValue::One(value),
            (_, last) => {
                values.extend(last);
                ContextValue::Many(values)
            }
        };
        context.insert(key, value);
    }
    Ok(context)
}

/// The entries that IAM's own simulator takes.
fn of_entries(entries: &[Value]) -> Result<Context, String> {
    let mut context = Context::new();
    for entry in entries {
        let key = entry.get("ContextKeyName").and_then(Value::as_str);
        let values = entry.get("ContextKeyValues").and_then(Value::as_list);
        let (Some(key), Some(values)) = (key, values) else {
            return Err("an entry has ContextKeyName and ContextKeyValues".to_owned());
        };
        let values: Option<Vec<String>> = values
            .iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect();
        let mut values = values.ok_or_else(|| format!("{key}: its values are no strings"))?;
        let kind = entry.get("ContextKeyType").and_then(Value::as_str);
        let is_list = kind.map_or(values.len() != 1, |kind| kind.ends_with("List"));
        let value = match values.pop() {
            Some(value) if !is_list => ContextValue::One(value),
            last => {
                values.extend(last);
                ContextValue::Many(values)
            }
        };
        context.insert(key, value);
    }
    Ok(context)
}

/// The values between commas; a backslash makes one a part of a value.
fn split(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, values.last_mut()) {
            ('\\', Some(value)) if letters.peek() == Some(&',') => {
                value.push(',');
                letters.next();
            }
            (',', _) => values.push(String::new()),
            (letter, Some(value)) => value.push(letter),
            (_, None) => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn values_are_between_commas() {
        assert_eq!(split("a"), ["a"]);
        assert_eq!(split("a,b,"), ["a", "b", ""]);
        assert_eq!(split(r"a\,b,c\d"), ["a,b", r"c\d"]);
        assert_eq!(split(""), [""]);
    }
}
