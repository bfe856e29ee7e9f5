//! The permissions that an operation needs.
//!
//! In this order: what the table of exceptions says; the action that is called
//! as the operation is; the action that an operation's variant goes by (`…V2`,
//! `Batch…`, `…Batch`, `…Stream`); HTTP verbs, where a service's actions are
//! those; the operation's own name under the service's prefix, assumed.

use awl_model::{Operation, Service};

use super::exceptions::{self, Case};
use super::resources::{self, Parameter, Scope};
use super::{ServiceFacts, facts};

/// Where it is known from which action an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The facts list an action of the operation's name.
    Listed,
    /// The table of exceptions names it.
    Excepted,
    /// The facts list the action that the operation is a variant of.
    Derived,
    /// The facts list nothing like it: the action is named as the operation.
    Assumed,
}

/// One action that an operation needs, on some resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The action with its prefix: `s3:ListBucket`.
    pub action: String,
    /// How it is known.
    pub basis: Basis,
    /// The ARNs, or `*` where the action takes no resource or none is known.
    pub resources: Vec<String>,
    /// Whether a part of the resources could not be told by the parameters.
    pub is_open: bool,
    /// Other actions that the facts say it may need as well, on resources that
    /// nobody tells.
    pub dependents: Vec<String>,
}

/// What an operation needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The actions; none where no policy is asked.
    pub needs: Vec<Need>,
    /// Why no policy is asked.
    pub free: Option<&'static str>,
}

/// What a call of `operation` with these parameters needs.
#[must_use]
pub fn access(operation: Operation, parameters: &[Parameter], scope: &Scope) -> Access {
    if let Some(reason) = unsigned(operation) {
        return Access {
            needs: Vec::new(),
            free: Some(reason),
        };
    }
    let service = operation.service();
    if let Some(reason) = exceptions::free(service.name(), operation.name()) {
        return Access {
            needs: Vec::new(),
            free: Some(reason),
        };
    }
    let needs: Vec<Need> = actions(operation, parameters)
        .into_iter()
        .map(|found| {
            let (resources, is_open) = resources::of(&found, operation, parameters, scope);
            Need {
                dependents: dependents(&found.action),
                action: found.action,
                basis: found.basis,
                resources,
                is_open,
            }
        })
        .chain(passed_roles(operation, parameters))
        .collect();
    Access { needs, free: None }
}

/// An action found.
pub(super) struct Found {
    /// With its prefix.
    pub action: String,
    pub basis: Basis,
    /// The parameter that names the resource, where the table says so.
    pub from: Option<&'static str>,
}

fn actions(operation: Operation, parameters: &[Parameter]) -> Vec<Found> {
    let service = operation.service();
    if let Some(row) = exceptions::row(service.name(), operation.name()) {
        return row
            .actions
            .iter()
            .filter(|(case, ..)| holds(*case, parameters))
            .map(|(_, action, from)| Found {
                action: (*action).to_owned(),
                basis: Basis::Excepted,
                from: *from,
            })
            .collect();
    }
    let (prefix, facts) = prefix(service, operation.name());
    let found = |name: &str, basis| Found {
        action: format!("{prefix}:{name}"),
        basis,
        from: None,
    };
    let Some(facts) = facts else {
        return vec![found(operation.name(), Basis::Assumed)];
    };
    if let Some(action) = facts.action(operation.name()) {
        return vec![found(action.name(), Basis::Listed)];
    }
    for variant in variants(operation.name()) {
        if let Some(action) = facts.action(&variant) {
            return vec![found(action.name(), Basis::Derived)];
        }
    }
    match facts.action(operation.http_method()) {
        Some(action) => vec![found(action.name(), Basis::Derived)],
        None => vec![found(operation.name(), Basis::Assumed)],
    }
}

fn holds(case: Case, parameters: &[Parameter]) -> bool {
    let given = |path: &str| parameters.iter().any(|parameter| parameter.is_at(path));
    match case {
        Case::Always => true,
        Case::With(path) => given(path),
        Case::Without(path) => !given(path),
        Case::Says(path, word) => parameters
            .iter()
            .filter(|parameter| parameter.is_at(path))
            .any(|parameter| {
                let first = parameter.text.split_whitespace().next();
                first.is_some_and(|first| first.eq_ignore_ascii_case(word))
            }),
    }
}

/// The prefix of a service's actions, with its facts: the first of the names
/// that its model has whose facts list the operation, else the first with
/// facts at all.
fn prefix(service: Service, operation: &str) -> (String, Option<ServiceFacts>) {
    if let Some(prefix) = exceptions::prefix(service.name()) {
        return (prefix.to_owned(), facts(prefix));
    }
    let id = service.service_id().to_ascii_lowercase();
    let names = [
        service.signing_name().to_ascii_lowercase(),
        service.endpoint_prefix().to_ascii_lowercase(),
        service.name().to_owned(),
        id.replace(' ', ""),
        id.replace(' ', "-"),
    ];
    let mut first = None;
    for name in names {
        let Some(facts) = facts(&name) else {
            continue;
        };
        if facts.action(operation).is_some() {
            return (name, Some(facts));
        }
        first.get_or_insert((name, facts));
    }
    match first {
        Some((name, facts)) => (name, Some(facts)),
        None => (service.signing_name().to_ascii_lowercase(), None),
    }
}

/// What the operation may be a variant of.
fn variants(name: &str) -> Vec<String> {
    let version = name
        .strip_suffix(|letter: char| letter.is_ascii_digit())
        .and_then(|name| name.strip_suffix('V'));
    let streams = [
        "WithResponseStream",
        "WithBidirectionalStream",
        "Stream",
        "Batch",
    ];
    let bare = version
        .into_iter()
        .chain(streams.iter().filter_map(|end| name.strip_suffix(end)))
        .chain(name.strip_prefix("Batch"));
    bare.flat_map(|name| [Some(name.to_owned()), singular(name)])
        .flatten()
        .collect()
}

fn singular(name: &str) -> Option<String> {
    if let Some(stem) = name.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    name.strip_suffix('s').map(str::to_owned)
}

/// `iam:PassRole` on each role that a parameter hands to the service: one that
/// is called a role and is the ARN of one.
fn passed_roles(operation: Operation, parameters: &[Parameter]) -> Vec<Need> {
    if exceptions::takes_no_role(operation.service().name(), operation.name()) {
        return Vec::new();
    }
    let mut roles: Vec<String> = Vec::new();
    for parameter in parameters {
        let name = parameter.name().to_ascii_lowercase();
        let name = name.strip_suffix("arn").unwrap_or(&name);
        let mut parts = parameter.text.splitn(6, ':');
        let is_role = parts.next() == Some("arn")
            && parts.nth(1) == Some("iam")
            && parts
                .nth(2)
                .is_some_and(|resource| resource.starts_with("role/"));
        if name.ends_with("role") && is_role && !roles.contains(&parameter.text) {
            roles.push(parameter.text.clone());
        }
    }
    if roles.is_empty() {
        return Vec::new();
    }
    vec![Need {
        action: "iam:PassRole".to_owned(),
        basis: Basis::Derived,
        resources: roles,
        is_open: false,
        dependents: Vec::new(),
    }]
}

/// The other actions that the facts name with an action.
fn dependents(action: &str) -> Vec<String> {
    let Some((prefix, name)) = action.split_once(':') else {
        return Vec::new();
    };
    let service = facts(prefix);
    let Some(action) = service.as_ref().and_then(|service| service.action(name)) else {
        return Vec::new();
    };
    let of_types = action.resources().flat_map(|own| own.dependents());
    let mut names: Vec<String> = Vec::new();
    for name in action.dependents().chain(of_types) {
        // Roles that are handed over are told by the parameters.
        if name != "iam:PassRole" && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Why a request of this operation has no signature that policies are asked of.
fn unsigned(operation: Operation) -> Option<&'static str> {
    let traits = operation.traits();
    match traits.str("authtype") {
        Some("none") => return Some("its requests are not signed"),
        Some("bearer") => return Some("its requests carry a bearer token"),
        _ => {}
    }
    let own = traits.get("auth");
    let metadata = operation.service().metadata();
    let schemes = if own.is_null() {
        metadata.get("auth")
    } else {
        own
    };
    let mut names = schemes.items().filter_map(|scheme| scheme.as_str());
    let first = names.next()?;
    if first.contains("sigv4") || names.any(|name| name.contains("sigv4")) {
        return None;
    }
    Some(if first.contains("noAuth") {
        "its requests are not signed"
    } else {
        "its requests carry a bearer token"
    })
}
