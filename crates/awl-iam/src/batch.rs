//! Many requests, one a line: each line is a JSON object with a request and the
//! policies that bear on it, and has its answer, whatever is wrong with it.

use awl_value::{Map, Value, json};

use crate::context::Context;
use crate::evaluate::{Decision, MatchedStatement, PolicySet, evaluate};
use crate::policy::{NamedPolicy, Policy, PolicyErrorKind, PolicyType, Severity};
use crate::position::{Located, Position};
use crate::principal::Principal;
use crate::request::Request;
use crate::syntax::{self, Node};

/// Answers a line: `{"id", "decision", "matchedStatements"}`, or `{"id",
/// "error": {"code", "message"}}` where the line or a policy cannot be read.
///
/// ```
/// let line = r#"{"id": 7, "request": {"principal": "arn:aws:iam::111122223333:user/ana",
///     "action": "s3:ListBucket", "resource": "arn:aws:s3:::reports",
///     "context": {"s3:prefix": "2026/"}}, "identityPolicies": [{"Statement": [
///     {"Sid": "List", "Effect": "Allow", "Action": "s3:List*", "Resource": "*",
///      "Condition": {"StringLike": {"s3:prefix": "20??/*"}}}]}]}"#;
/// let answer = awl_iam::batch::answer(line);
/// assert_eq!(answer.get("decision").unwrap().as_str(), Some("allowed"));
/// let matched = answer.get("matchedStatements").unwrap().as_list().unwrap();
/// assert_eq!(matched[0].get("statementId").unwrap().as_str(), Some("List"));
///
/// let answer = awl_iam::batch::answer("{");
/// assert!(answer.get("error").is_some());
/// ```
#[must_use]
pub fn answer(line: &str) -> Value {
    let mut map = Map::with_capacity(3);
    let parsed = syntax::parse(line);
    let id = match &parsed {
        Ok(document) => entry(document, "id").map(|id| value_of(line, id)),
        Err(_) => None,
    };
    map.insert("id", id.unwrap_or(Value::Null));
    let outcome = match parsed {
        Ok(document) => read(line, &document),
        Err(error) => Err(Problem::input(format!(
            "the line is no JSON: column {}: {}",
            error.span.start.column, error.message
        ))),
    };
    match outcome {
        Ok((request, policies)) => {
            let evaluation = evaluate(&request, &policies);
            map.insert("decision", evaluation.decision.as_str().into());
            let matched = evaluation.matched.iter().map(matched_statement);
            map.insert("matchedStatements", Value::List(matched.collect()));
            if evaluation.decision == Decision::ImplicitDeny
                && let Some(missing) = evaluation.missing_allow()
            {
                map.insert("missingAllow", missing.as_str().into());
            }
        }
        Err(problem) => {
            let mut error = Map::with_capacity(2);
            error.insert("code", problem.code.into());
            error.insert("message", problem.message.into());
            map.insert("error", error.into());
        }
    }
    Value::Map(map)
}

/// A matched statement as the offline simulator prints it.
#[must_use]
pub fn matched_statement(statement: &MatchedStatement<'_>) -> Value {
    let mut map = Map::with_capacity(8);
    map.insert("sourcePolicyId", statement.policy.id.as_str().into());
    map.insert("policyType", statement.policy_type.as_str().into());
    if let Some(level) = statement.level {
        map.insert(
            "level",
            Value::Int(i64::try_from(level).unwrap_or(i64::MAX)),
        );
    }
    if let Some(sid) = &statement.statement.sid {
        map.insert("statementId", sid.value.as_str().into());
    }
    let index = i64::try_from(statement.index).unwrap_or(i64::MAX);
    map.insert("statementIndex", Value::Int(index));
    map.insert("effect", statement.statement.effect.value.as_str().into());
    map.insert("startPosition", position(statement.start()));
    map.insert("endPosition", position(statement.end()));
    Value::Map(map)
}

fn position(position: Position) -> Value {
    let mut map = Map::with_capacity(2);
    map.insert("line", Value::Int(position.line.into()));
    map.insert("column", Value::Int(position.column.into()));
    Value::Map(map)
}

/// Why a line has no decision.
struct Problem {
    code: &'static str,
    message: String,
}

impl Problem {
    fn input(message: impl Into<String>) -> Self {
        Self {
            code: "InvalidInput",
            message: message.into(),
        }
    }
}

fn read(line: &str, document: &Located<Node>) -> Result<(Request, PolicySet), Problem> {
    if !matches!(document.value, Node::Map(_)) {
        return Err(Problem::input("a line must be an object"));
    }
    let request = entry(document, "request")
        .filter(|node| matches!(node.value, Node::Map(_)))
        .ok_or_else(|| Problem::input("the line has no object \"request\""))?;
    let text = |name: &str| match entry(request, name) {
        None => Ok(None),
        Some(Located {
            value: Node::String(text),
            ..
        }) => Ok(Some(text.as_str())),
        Some(other) => Err(Problem::input(format!(
            "\"{name}\" must be a string, it is {}",
            other.value.kind()
        ))),
    };
    let needed = |name: &str| {
        text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Problem::input(format!("the request has no \"{name}\"")))
    };
    let principal = Principal::parse(needed("principal")?)
        .map_err(|error| Problem::input(error.to_string()))?;
    let action = needed("action")?;
    let mut asked = Request::new(principal, action, text("resource")?.unwrap_or("*"));
    if let Some(account) = text("resourceAccount")? {
        asked = asked.with_resource_account(account);
    }
    if let Some(context) = entry(request, "context") {
        let context = Context::from_value(&value_of(line, context)).map_err(Problem::input)?;
        asked = asked.with_context(context);
    }
    let one = |name: &str, id: &str, policy_type| {
        entry(document, name)
            .map(|node| policy(line, node, id.to_owned(), policy_type))
            .transpose()
    };
    let several = |name: &str, id: &str, policy_type| {
        let Some(node) = entry(document, name) else {
            return Ok(Vec::new());
        };
        policies(line, node, name, id, policy_type)
    };
    let policies = PolicySet {
        identity: several("identityPolicies", "PolicyInputList", PolicyType::Identity)?,
        resource: one("resourcePolicy", "ResourcePolicy", PolicyType::Resource)?,
        permissions_boundary: one(
            "permissionsBoundary",
            "PermissionsBoundaryPolicyInputList.1",
            PolicyType::PermissionsBoundary,
        )?,
        scps: levels(line, document, "scps", PolicyType::ServiceControl)?,
        rcps: levels(line, document, "rcps", PolicyType::ResourceControl)?,
        session: several("sessionPolicies", "SessionPolicyList", PolicyType::Session)?,
        vpc_endpoint: one(
            "vpcEndpointPolicy",
            "VpcEndpointPolicy",
            PolicyType::VpcEndpoint,
        )?,
    };
    Ok((asked, policies))
}

fn levels(
    line: &str,
    document: &Located<Node>,
    name: &str,
    policy_type: PolicyType,
) -> Result<Vec<Vec<NamedPolicy>>, Problem> {
    let Some(node) = entry(document, name) else {
        return Ok(Vec::new());
    };
    let Node::List(levels) = &node.value else {
        return Err(Problem::input(format!(
            "\"{name}\" must be a list of levels, each a list of policies"
        )));
    };
    let levels = levels.iter().enumerate().map(|(level, node)| {
        policies(
            line,
            node,
            name,
            &format!("{name}.{}", level + 1),
            policy_type,
        )
    });
    levels.collect()
}

fn policies(
    line: &str,
    node: &Located<Node>,
    name: &str,
    id: &str,
    policy_type: PolicyType,
) -> Result<Vec<NamedPolicy>, Problem> {
    let Node::List(items) = &node.value else {
        return Err(Problem::input(format!(
            "\"{name}\" must be a list of policies"
        )));
    };
    let policies = items
        .iter()
        .enumerate()
        .map(|(index, item)| policy(line, item, format!("{id}.{}", index + 1), policy_type));
    policies.collect()
}

/// Reads a policy, which is an object or the text of one. Places count from its
/// own beginning.
fn policy(
    line: &str,
    node: &Located<Node>,
    id: String,
    policy_type: PolicyType,
) -> Result<NamedPolicy, Problem> {
    let text = match &node.value {
        Node::String(text) => text,
        _ => slice(line, node),
    };
    let malformed = |place: Position, message: &str, explanation: &str| Problem {
        code: "MalformedPolicyDocument",
        message: format!(
            "{id}: {message} (line {}, column {}: {explanation})",
            place.line, place.column
        ),
    };
    let policy = Policy::parse(text).map_err(|errors| match errors.errors().first() {
        Some(error) => malformed(error.span.start, &error.aws_message(), &error.explanation),
        None => Problem::input(errors.to_string()),
    })?;
    // How long a policy may be depends on where it is kept.
    let refused = policy.validate(policy_type).into_iter().find(|finding| {
        finding.severity == Severity::Error && !matches!(finding.kind, PolicyErrorKind::Size(_))
    });
    if let Some(finding) = refused {
        let message = finding.kind.aws_message();
        return Err(malformed(
            finding.span.start,
            &message,
            &finding.explanation,
        ));
    }
    Ok(NamedPolicy::new(id, policy))
}

/// The value of a key, unless it is `null`.
fn entry<'a>(node: &'a Located<Node>, name: &str) -> Option<&'a Located<Node>> {
    let Node::Map(entries) = &node.value else {
        return None;
    };
    let entry = entries.iter().find(|entry| entry.key.value == name)?;
    (!matches!(entry.value.value, Node::Null)).then_some(&entry.value)
}

fn slice<'a>(line: &'a str, node: &Located<Node>) -> &'a str {
    line.get(node.span.start.offset..node.span.end.offset)
        .unwrap_or_default()
}

fn value_of(line: &str, node: &Located<Node>) -> Value {
    json::parse(slice(line, node)).unwrap_or_default()
}
