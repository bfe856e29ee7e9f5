//! The policies of users, groups and roles: inline, attached, and boundaries.

use awl_iam::PolicyType;
use awl_value::Value;

use super::identities::boundary_exists;
use super::{check_name, document, done, encoded, exceeded, map, named, page};
use crate::account::Kind;
use crate::door::{Call, Outcome};

const ATTACHED: usize = 10;

/// Answers what is asked of an identity's policies.
pub(super) fn call(call: &mut Call<'_>, operation: &str, kind: Kind) -> Outcome {
    let name = kind.name();
    let is = |before: &str, after: &str| {
        let rest = operation.strip_prefix(before);
        rest.and_then(|rest| rest.strip_prefix(name)) == Some(after)
    };
    if operation == "ListGroupsForUser" && kind == Kind::User {
        return super::identities::groups_for_user(call);
    }
    if is("Put", "Policy") {
        put(call, kind)
    } else if is("Get", "Policy") {
        let identity = named(call, kind)?;
        let policy = policy_name(call);
        let Some(document) = identity.inline.get(policy) else {
            return Err(no_inline(call, kind));
        };
        Ok(Some(map([
            (kind.parameter(), identity.name.as_str().into()),
            ("PolicyName", policy.into()),
            ("PolicyDocument", encoded(document)),
        ])))
    } else if is("Delete", "Policy") {
        let mut identity = named(call, kind)?;
        if identity.inline.remove(policy_name(call)).is_none() {
            return Err(no_inline(call, kind));
        }
        call.account.put(identity);
        done()
    } else if is("List", "Policies") {
        let identity = named(call, kind)?;
        let names = identity.inline.keys();
        let items = names.map(|name| (name.clone(), Value::from(name.as_str())));
        page(call, "PolicyNames", items.collect())
    } else if is("Attach", "Policy") {
        attach(call, kind)
    } else if is("Detach", "Policy") {
        let mut identity = named(call, kind)?;
        let arn = call.parameters.text("PolicyArn").unwrap_or_default();
        let before = identity.attached.len();
        identity.attached.retain(|own| own != arn);
        if identity.attached.len() == before {
            return Err(call.failure("NoSuchEntity", format!("Policy {arn} was not found.")));
        }
        call.account.put(identity);
        done()
    } else if is("ListAttached", "Policies") {
        let identity = named(call, kind)?;
        let prefix = call.parameters.text("PathPrefix").unwrap_or("/");
        let attached = identity.attached.iter();
        let attached = attached.filter_map(|arn| call.account.policy(arn));
        let items = attached
            .filter(|policy| policy.path.starts_with(prefix))
            .map(|policy| {
                let value = map([
                    ("PolicyName", policy.name.as_str().into()),
                    ("PolicyArn", policy.arn.as_str().into()),
                ]);
                (policy.arn.clone(), Value::Map(value))
            });
        page(call, "AttachedPolicies", items.collect())
    } else if is("Put", "PermissionsBoundary") {
        let mut identity = named(call, kind)?;
        let arn = call
            .parameters
            .text("PermissionsBoundary")
            .unwrap_or_default();
        boundary_exists(call, arn)?;
        identity.boundary = Some(arn.to_owned());
        call.account.put(identity);
        done()
    } else if is("Delete", "PermissionsBoundary") {
        let mut identity = named(call, kind)?;
        if identity.boundary.take().is_none() {
            let message = format!(
                "{name} {} does not have a permissions boundary.",
                identity.name
            );
            return Err(call.failure("NoSuchEntity", message));
        }
        call.account.put(identity);
        done()
    } else {
        Ok(None)
    }
}

fn policy_name<'a>(call: &Call<'a>) -> &'a str {
    call.parameters.text("PolicyName").unwrap_or_default()
}

fn no_inline(call: &Call<'_>, kind: Kind) -> awl_protocol::server::Failure {
    let (kind, name) = (kind.word(), policy_name(call));
    let message = format!("The {kind} policy with name {name} cannot be found.");
    call.failure("NoSuchEntity", message)
}

fn put(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let mut identity = named(call, kind)?;
    let name = policy_name(call);
    check_name(call, "PolicyName", name)?;
    let text = call.parameters.text("PolicyDocument").unwrap_or_default();
    let document = document(call, text, PolicyType::Identity)?;
    identity.inline.insert(name.to_owned(), document);
    let inline = identity.inline.values();
    let size: usize = inline.map(|own| own.policy.size_without_space()).sum();
    let most = match kind {
        Kind::User => 2048,
        Kind::Group => 5120,
        Kind::Role => 10_240,
    };
    if size > most {
        let message = format!(
            "Maximum policy size of {most} bytes exceeded for {} {}",
            kind.word(),
            identity.name
        );
        return Err(call.failure("LimitExceeded", message));
    }
    call.account.put(identity);
    done()
}

fn attach(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let mut identity = named(call, kind)?;
    let arn = call.parameters.text("PolicyArn").unwrap_or_default();
    if call.account.policy(arn).is_none() {
        let message = format!("Policy {arn} does not exist or is not attachable.");
        return Err(call.failure("NoSuchEntity", message));
    }
    if identity.attached.iter().any(|own| own == arn) {
        return done();
    }
    if identity.attached.len() >= ATTACHED {
        return Err(exceeded(
            call,
            &format!("PoliciesPer{}", kind.name()),
            ATTACHED,
        ));
    }
    identity.attached.push(arn.to_owned());
    call.account.put(identity);
    done()
}
