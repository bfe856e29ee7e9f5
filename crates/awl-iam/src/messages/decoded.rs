//! The decoded authorization message: JSON, of which AWS documents examples only.

use awl_value::{Map, Value, json};

use super::denial::{Denial, DeniedStatement};
use crate::arn::Arn;
use crate::condition::Condition;
use crate::context::{Context, ContextValue};
use crate::evaluate::{Decision, Evaluation};
use crate::policy::{Effect, Statement};
use crate::position::Located;

/// The message that says how a request was decided, as
/// `sts decode-authorization-message` prints it. AWS sends it for refusals.
///
/// ```
/// use awl_iam::{PolicySet, Principal, Request, evaluate, messages};
/// let ana = Principal::parse("arn:aws:iam::111122223333:user/ana").unwrap();
/// let request = Request::new(ana, "ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:instance/*");
/// let policies = PolicySet::default();
/// let message = messages::decoded_message(&evaluate(&request, &policies));
/// let text = awl_value::json::to_string(&message);
/// let denial = messages::parse_decoded_message(&text).unwrap();
/// assert_eq!(denial.action.as_deref(), Some("ec2:RunInstances"));
/// assert_eq!(denial.explicit, Some(false));
/// ```
#[must_use]
pub fn decoded_message(evaluation: &Evaluation<'_>) -> Value {
    let mut map = Map::with_capacity(5);
    map.insert(
        "allowed",
        Value::Bool(evaluation.decision == Decision::Allowed),
    );
    let explicit = evaluation.decision == Decision::ExplicitDeny;
    map.insert("explicitDeny", Value::Bool(explicit));
    let matched = evaluation.matched.iter();
    let matched = matched.map(|own| statement(own.statement, evaluation));
    map.insert("matchedStatements", items(matched.collect()));
    map.insert("failures", items(Vec::new()));
    map.insert("context", context(evaluation));
    Value::Map(map)
}

fn statement(statement: &Statement, evaluation: &Evaluation<'_>) -> Value {
    let mut map = Map::with_capacity(7);
    let sid = statement.sid.as_ref();
    map.insert("statementId", sid.map_or("", |sid| &sid.value).into());
    let effect = match statement.effect.value {
        Effect::Allow => "ALLOW",
        Effect::Deny => "DENY",
    };
    map.insert("effect", effect.into());
    let principals = match &statement.principals {
        Some(principals) => {
            let values = principals.values.iter();
            values.map(|own| value(&own.value.to_string())).collect()
        }
        // Policies of identities are about whom they are attached to.
        None => vec![value(principal_id(evaluation, true))],
    };
    map.insert("principals", items(principals));
    map.insert("principalGroups", items(Vec::new()));
    map.insert("actions", items(values(&statement.actions.values)));
    let resources = statement.resources.as_ref();
    let resources = resources.map_or(&[][..], |resources| &resources.values);
    map.insert("resources", items(values(resources)));
    let conditions = statement.conditions.iter().map(condition);
    map.insert("conditions", items(conditions.collect()));
    Value::Map(map)
}

fn condition(condition: &Condition) -> Value {
    let mut map = Map::with_capacity(2);
    map.insert("key", condition.key.value.as_str().into());
    map.insert("value", items(values(&condition.values)));
    Value::Map(map)
}

/// The unique id of the caller where the context has it, else the ARN; of a
/// session the role's, where `parent` is asked for.
fn principal_id<'a>(evaluation: &'a Evaluation<'_>, parent: bool) -> &'a str {
    let request = evaluation.request();
    match request.context().single("aws:userid") {
        Some(id) if parent => id.split(':').next().unwrap_or(id),
        Some(id) => id,
        None => request.principal().arn(),
    }
}

fn context(evaluation: &Evaluation<'_>) -> Value {
    let request = evaluation.request();
    let mut principal = Map::with_capacity(3);
    principal.insert("id", principal_id(evaluation, false).into());
    if let Some(name) = request.context().single("aws:username") {
        principal.insert("name", name.into());
    }
    principal.insert("arn", request.principal().arn().into());
    let mut conditions = Vec::new();
    let mut add = |key: &str, texts: Vec<Value>| {
        let mut map = Map::with_capacity(2);
        map.insert("key", Value::from(key));
        map.insert("values", items(texts));
        conditions.push(Value::Map(map));
    };
    for (key, held) in request.context().iter() {
        add(key, held.values().iter().map(|text| value(text)).collect());
    }
    // What AWS derives from the resource.
    if let Some(arn) = Arn::parse(request.resource()) {
        let mut type_and_name = arn.resource.splitn(2, ['/', ':']);
        let kind = type_and_name.next().unwrap_or_default();
        for (key, text) in [
            ("aws:Resource", arn.resource),
            ("aws:Account", arn.account),
            ("aws:Region", arn.region),
            ("aws:Service", arn.service),
            ("aws:Type", kind),
            ("aws:ARN", request.resource()),
        ] {
            if request.context().get(key).is_none() {
                add(key, vec![value(text)]);
            }
        }
    }
    let mut map = Map::with_capacity(4);
    map.insert("principal", principal.into());
    map.insert("action", request.action().into());
    map.insert("resource", request.resource().into());
    map.insert("conditions", items(conditions));
    Value::Map(map)
}

fn items(items: Vec<Value>) -> Value {
    let mut map = Map::with_capacity(1);
    map.insert("items", Value::List(items));
    Value::Map(map)
}

fn value(text: &str) -> Value {
    let mut map = Map::with_capacity(1);
    map.insert("value", text.into());
    Value::Map(map)
}

fn values(texts: &[Located<String>]) -> Vec<Value> {
    texts.iter().map(|text| value(&text.value)).collect()
}

/// Reads a decoded message: its JSON, the same as a JSON string, or the whole
/// answer of `DecodeAuthorizationMessage`. None where the text is none of these.
#[must_use]
pub fn parse_decoded_message(text: &str) -> Option<Denial> {
    let mut message = json::parse(text.trim()).ok()?;
    for _ in 0..2 {
        if let Some(inner) = message.get("DecodedMessage") {
            message = inner.clone();
        }
        if let Some(text) = message.as_str() {
            message = json::parse(text).ok()?;
        }
    }
    let allowed = message.get("allowed")?.as_bool()?;
    let explicit = message.get("explicitDeny").and_then(Value::as_bool);
    let context = message.get("context");
    let text = |name: &str| {
        let text = context?.get(name)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    let principal = |name: &str| {
        let principal = context?.get("principal")?;
        principal.get(name)?.as_str().map(str::to_owned)
    };
    let mut keys = Context::new();
    for item in list(context.and_then(|context| context.get("conditions"))) {
        if let Some(key) = item.get("key").and_then(Value::as_str) {
            let mut values = texts(item.get("values").or_else(|| item.get("value")));
            match values.len() {
                1 => keys.insert(key, values.remove(0)),
                _ => keys.insert(key, ContextValue::Many(values)),
            }
        }
    }
    let action = text("action");
    let resource = text("resource");
    Some(Denial {
        allowed,
        explicit,
        principal: principal("arn").or_else(|| principal("id")),
        principal_id: principal("id"),
        action: action.map(|action| with_service(action, resource.as_deref())),
        resource,
        context: keys,
        statements: list(message.get("matchedStatements"))
            .map(read_statement)
            .collect(),
        ..Denial::default()
    })
}

/// Older messages have the action's name only: the resource says the service.
fn with_service(action: String, resource: Option<&str>) -> String {
    let service = resource.and_then(Arn::parse).map(|arn| arn.service);
    match service {
        Some(service) if !action.contains(':') && !service.is_empty() => {
            format!("{service}:{action}")
        }
        _ => action,
    }
}

fn read_statement(item: &Value) -> DeniedStatement {
    let sid = item.get("statementId").and_then(Value::as_str);
    let conditions = list(item.get("conditions")).filter_map(|condition| {
        let key = condition.get("key")?.as_str()?.to_owned();
        let values = condition.get("value").or_else(|| condition.get("values"));
        Some((key, texts(values)))
    });
    DeniedStatement {
        sid: sid.filter(|sid| !sid.is_empty()).map(str::to_owned),
        deny: item.get("effect").and_then(Value::as_str) == Some("DENY"),
        principals: texts(item.get("principals")),
        actions: texts(item.get("actions")),
        resources: texts(item.get("resources")),
        conditions: conditions.collect(),
    }
}

/// What `{"items": […]}` holds.
fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let items = value.and_then(|value| value.get("items"));
    items.and_then(Value::as_list).unwrap_or_default().iter()
}

/// The texts of `{"items": [{"value": text}, …]}`.
fn texts(value: Option<&Value>) -> Vec<String> {
    let texts = list(value).filter_map(|item| item.get("value")?.as_str());
    texts.map(str::to_owned).collect()
}
