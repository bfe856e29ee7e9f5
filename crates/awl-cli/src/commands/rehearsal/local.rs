//! Asks awl's own engine, with the policies of `--policy-file`: nothing is
//! asked of AWS.

use awl_catalog::access::{Need, Scope};
use awl_iam::{
    Context, Decision as Engine, NamedPolicy, Policy, PolicySet, Principal, Request, evaluate,
};
use awl_sdk::Client;
use awl_sdk::env::Host;

use super::identity::Identity;
use super::parameters::Entry;
use super::{Decision, Verdict};
use crate::error::CommandError;
use crate::python;

/// What stands for the account where nothing tells it.
const NO_ACCOUNT: &str = "123456789012";

/// Reads the policies.
///
/// # Errors
/// A file that cannot be read, or is no policy.
pub(super) fn read(host: &dyn Host, files: &[String]) -> Result<Vec<NamedPolicy>, CommandError> {
    let mut policies = Vec::with_capacity(files.len());
    for file in files {
        let path = file.strip_prefix("file://").unwrap_or(file);
        let path = std::path::Path::new(path);
        let bytes = host
            .read(path)
            .map_err(|error| CommandError::general(python::os_error(&error, path)))?;
        let text = String::from_utf8_lossy(&bytes);
        let policy = Policy::parse(&text).map_err(|errors| {
            let lines: Vec<String> = errors
                .errors()
                .iter()
                .map(|error| format!("{file}:{}: {}", error.span.start, error.explanation))
                .collect();
            CommandError::validation(lines.join("\n"))
        })?;
        policies.push(NamedPolicy::new(file.clone(), policy));
    }
    Ok(policies)
}

/// Who is taken to make the call: a user of the account that the credentials
/// tell, else of the one that the policies' ARNs name.
pub(super) async fn identity(client: &Client, scope: &Scope, policies: &[NamedPolicy]) -> Identity {
    let known = client.credentials().await.ok();
    let known = known.and_then(|found| found.account_id.clone());
    let account = known.or_else(|| named_account(policies));
    let account = account.unwrap_or_else(|| NO_ACCOUNT.to_owned());
    Identity {
        arn: format!("arn:{}:iam::{account}:user/dry-run", scope.partition),
        account,
        config: None,
    }
}

/// The first account that a policy's resources name.
fn named_account(policies: &[NamedPolicy]) -> Option<String> {
    let statements = policies.iter().flat_map(|policy| &policy.policy.statements);
    let resources = statements.filter_map(|statement| statement.resources.as_ref());
    resources
        .flat_map(|resources| &resources.values)
        .filter_map(|arn| arn.value.split(':').nth(4))
        .find(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

/// Decides the needs.
pub(super) fn decide(
    identity: &Identity,
    policies: &[NamedPolicy],
    needs: &[Need],
    entries: Vec<Entry>,
) -> Verdict {
    let set = PolicySet {
        identity: policies.to_vec(),
        resource: delegation(&identity.account),
        ..PolicySet::default()
    };
    let mut context = Context::new();
    for (key, mut values, kind) in entries {
        if kind.ends_with("List") {
            context.insert(&key, values);
        } else if let Some(value) = values.pop() {
            context.insert(&key, value);
        }
    }
    let mut decisions = Vec::new();
    for need in needs {
        for resource in &need.resources {
            decisions.extend(decide_one(identity, &set, &need.action, resource, &context));
        }
    }
    let count = policies.len();
    let files = if count == 1 { "file" } else { "files" };
    Verdict {
        caller: identity.arn.clone(),
        decisions,
        remarks: vec![format!(
            "decided by awl's own engine from {count} {files} as the only identity policies of a \
             user of account {}; other policies of the caller, resource policies, SCPs and RCPs \
             were not looked at; keys and roles are taken to leave it to those",
            identity.account
        )],
    }
}

/// The policy of a resource that leaves it to its account's own policies, as keys
/// of KMS have by default. It grants nothing by itself.
fn delegation(account: &str) -> Option<NamedPolicy> {
    let text = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{account}"}}, "Action": "*",
            "Resource": "*"}}}}"#
    );
    let policy = Policy::parse(&text).ok()?;
    Some(NamedPolicy::new("delegation", policy))
}

fn decide_one(
    identity: &Identity,
    set: &PolicySet,
    action: &str,
    resource: &str,
    context: &Context,
) -> Option<Decision> {
    let principal = Principal::parse(&identity.arn).ok()?;
    let request = Request::new(principal, action, resource)
        // A bucket of another account would need its policy, which is not known.
        .with_resource_account(&*identity.account)
        .with_context(context.clone());
    let evaluation = evaluate(&request, set);
    let explanation = evaluation.explain();
    let reason = match evaluation.decision {
        Engine::ExplicitDeny => "with an explicit deny in an identity-based policy".to_owned(),
        _ => format!("because no identity-based policy allows the {action} action"),
    };
    let place = evaluation
        .matched
        .first()
        .map(|matched| format!(" ({}:{})", matched.policy.id, matched.statement.span.start));
    Some(Decision {
        action: action.to_owned(),
        resource: resource.to_owned(),
        decision: evaluation.decision.as_str().to_owned(),
        reason: format!("{reason}{}", place.unwrap_or_default()),
        missing: explanation
            .missing_keys
            .iter()
            .map(ToString::to_string)
            .collect(),
    })
}
