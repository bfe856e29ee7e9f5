//! Asks `iam:SimulatePrincipalPolicy`, which knows the caller's policies.

use awl_catalog::access::Need;
use awl_sdk::Client;
use awl_value::{Map, Value};

use super::identity::{self, Identity};
use super::parameters::Entry;
use super::{Decision, Verdict, say};
use crate::commands::Invocation;
use crate::commands::caller::error_code;
use crate::error::CommandError;

/// What the simulation does not look at.
const BLIND: &str = "iam:SimulatePrincipalPolicy looks at the caller's identity policies, \
                     permissions boundary and SCPs without conditions; it does not see resource \
                     policies, session policies, RCPs, nor VPC endpoint policies";

/// Decides the needs, one call for those that are about the same resources.
///
/// # Errors
/// What the calls meet; above all, that the caller may not simulate.
pub(super) async fn decide(
    invocation: &mut Invocation,
    client: &Client,
    identity: &Identity,
    needs: &[Need],
    context: Vec<Entry>,
) -> Result<Verdict, CommandError> {
    let mut verdict = Verdict {
        caller: identity.arn.clone(),
        decisions: Vec::new(),
        remarks: Vec::new(),
    };
    if identity.arn.ends_with(":root") {
        verdict.remarks.push(format!(
            "{} is the root user, who needs no policy; SCPs, RCPs and resource policies, which \
             were not looked at, bind it all the same",
            identity.arn
        ));
        return Ok(verdict);
    }
    let Some(mut source) = policy_source(&identity.arn) else {
        return Err(CommandError::general(format!(
            "A dry run cannot tell what {} may do: IAM simulates users and roles only",
            identity.arn
        )));
    };
    let config = identity.config.as_ref().unwrap_or_else(|| client.config());
    let iam = identity::service(config, "iam")?;
    let mut groups: Vec<(&[String], Vec<&str>)> = Vec::new();
    for need in needs {
        match groups
            .iter_mut()
            .find(|(resources, _)| *resources == need.resources)
        {
            Some((_, actions)) => actions.push(&need.action),
            None => groups.push((&need.resources, vec![&need.action])),
        }
    }
    let context: Vec<Value> = context.into_iter().map(entry).collect();
    for (resources, actions) in groups {
        let mut marker = None;
        loop {
            let ask = |source: &str| parameters(source, resources, &actions, &context, &marker);
            let mut answer = iam.call("SimulatePrincipalPolicy", ask(&source)).await;
            if let Err(error) = &answer
                && error_code(error) == Some("NoSuchEntity")
                && let Some(found) = with_path(&iam, &source).await
            {
                source = found;
                answer = iam.call("SimulatePrincipalPolicy", ask(&source)).await;
            }
            let answer = answer.map_err(|error| {
                let unknown = "whether the caller may make the call is not known, as IAM did not \
                               simulate it; --policy-file FILE asks awl's own engine";
                say(invocation, unknown);
                CommandError::from(error)
            })?;
            read(&answer.value, &mut verdict.decisions);
            marker = match answer.get("Marker") {
                Some(next) if answer.get("IsTruncated") == Some(&Value::Bool(true)) => {
                    Some(next.clone())
                }
                _ => break,
            };
        }
    }
    verdict
        .remarks
        .push(format!("asked iam:SimulatePrincipalPolicy about {source}"));
    verdict.remarks.push(BLIND.to_owned());
    Ok(verdict)
}

/// The user or role whose policies a caller has.
fn policy_source(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let partition = parts.nth(1)?;
    let (service, account) = (parts.next()?, parts.nth(1)?);
    let (kind, name) = parts.next()?.split_once('/')?;
    match (service, kind) {
        ("iam", "user") => Some(arn.to_owned()),
        ("sts", "assumed-role") => {
            let (role, _) = name.split_once('/')?;
            Some(format!("arn:{partition}:iam::{account}:role/{role}"))
        }
        _ => None,
    }
}

/// The ARN of a role with its path, which a session's ARN does not have.
async fn with_path(iam: &Client, source: &str) -> Option<String> {
    let name = source.rsplit_once(":role/")?.1;
    let mut params = Map::new();
    params.push("RoleName", Value::from(name));
    let answer = iam.call("GetRole", Value::Map(params)).await.ok()?;
    let arn = answer.get("Role")?.get("Arn")?.as_str()?;
    (arn != source).then(|| arn.to_owned())
}

fn parameters(
    source: &str,
    resources: &[String],
    actions: &[&str],
    context: &[Value],
    marker: &Option<Value>,
) -> Value {
    let mut map = Map::new();
    map.push("PolicySourceArn", Value::from(source));
    let list = |items: Vec<Value>| Value::List(items);
    map.push(
        "ActionNames",
        list(actions.iter().map(|&action| Value::from(action)).collect()),
    );
    map.push(
        "ResourceArns",
        list(resources.iter().map(|arn| Value::from(&**arn)).collect()),
    );
    map.push("ContextEntries", list(context.to_vec()));
    if let Some(marker) = marker {
        map.push("Marker", marker.clone());
    }
    Value::Map(map)
}

fn entry((name, values, kind): (String, Vec<String>, &'static str)) -> Value {
    let mut map = Map::new();
    map.push("ContextKeyName", Value::from(name));
    let values = values.into_iter().map(Value::from).collect();
    map.push("ContextKeyValues", Value::List(values));
    map.push("ContextKeyType", Value::from(kind));
    Value::Map(map)
}

/// The results of an answer: those of each resource where there are several.
fn read(answer: &Map, decisions: &mut Vec<Decision>) {
    let list = |value: Option<&Value>| -> Vec<Value> {
        let list = value.and_then(Value::as_list);
        list.map(<[Value]>::to_vec).unwrap_or_default()
    };
    for result in list(answer.get("EvaluationResults")) {
        let text = |of: &Value, key: &str| {
            let text = of.get(key).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let action = text(&result, "EvalActionName");
        let specific = list(result.get("ResourceSpecificResults"));
        let mut add = |of: &Value, resource: String, decision: String| {
            let missing = list(of.get("MissingContextValues"));
            let missing = missing.iter().filter_map(Value::as_str);
            let missing = missing.map(str::to_owned).collect();
            decisions.push(Decision {
                reason: reason(&result, of, &action, &decision),
                action: action.clone(),
                resource,
                decision,
                missing,
            });
        };
        if specific.len() > 1 {
            for one in &specific {
                let resource = text(one, "EvalResourceName");
                add(one, resource, text(one, "EvalResourceDecision"));
            }
        } else {
            let resource = text(&result, "EvalResourceName");
            add(&result, resource, text(&result, "EvalDecision"));
        }
    }
}

/// Which kind of policy is in the way, in the words of AWS's errors.
fn reason(result: &Value, of: &Value, action: &str, decision: &str) -> String {
    let forbids = |detail: &str, key: &str| {
        let detail = of.get(detail).or_else(|| result.get(detail));
        detail.and_then(|detail| detail.get(key)) == Some(&Value::Bool(false))
    };
    let no = |kind: &str| format!("because no {kind} allows the {action} action");
    if forbids("OrganizationsDecisionDetail", "AllowedByOrganizations") {
        return "with an explicit deny in a service control policy".to_owned();
    }
    if decision == "explicitDeny" {
        return "with an explicit deny in an identity-based policy".to_owned();
    }
    if forbids(
        "PermissionsBoundaryDecisionDetail",
        "AllowedByPermissionsBoundary",
    ) {
        return no("permissions boundary");
    }
    no("identity-based policy")
}

#[cfg(test)]
mod tests {
    use super::policy_source;

    #[test]
    fn policies_are_those_of_the_user_or_role_behind() {
        for (caller, source) in [
            (
                "arn:aws:iam::111122223333:user/div/Ana",
                Some("arn:aws:iam::111122223333:user/div/Ana"),
            ),
            (
                "arn:aws-cn:sts::111122223333:assumed-role/Ops/session/x",
                Some("arn:aws-cn:iam::111122223333:role/Ops"),
            ),
            ("arn:aws:sts::111122223333:federated-user/Ana", None),
            ("arn:aws:iam::111122223333:root", None),
            ("", None),
        ] {
            assert_eq!(policy_source(caller).as_deref(), source, "{caller}");
        }
    }
}
