//! A call that is not made: what the policies of this moment would say to it, by
//! the engine that decides on real ones.

use awl_iam::{Context, Request, evaluate};
use awl_value::{Map, Value};

use crate::account::Kind;
use crate::caller::{Caller, iso};
use crate::log::Checked;
use crate::session::Session;
use crate::{Sandbox, door};

/// The name of the session that a role is tried with.
const SESSION: &str = "console";

/// Decides on the action `action` by the user or role `principal` on `resource`,
/// with the condition keys of `context` beside those that every request has.
pub(super) fn rehearse(sandbox: &Sandbox, parameters: &Map) -> Result<Map, String> {
    let text = |name: &str| {
        let text = parameters.get(name).and_then(Value::as_str);
        text.map(str::trim).filter(|text| !text.is_empty())
    };
    let arn = text("principal").ok_or("say who calls")?;
    let action = text("action").ok_or("say what is called")?;
    if !action
        .split_once(':')
        .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
    {
        return Err(format!(
            "{action} is no action: expected a service and a name, as in s3:GetObject"
        ));
    }
    let resource = text("resource").unwrap_or("*");
    if resource != "*" && awl_iam::Arn::parse(resource).is_none() {
        return Err(format!("{resource} is no ARN"));
    }
    let account = sandbox.account();
    let now = sandbox.now();
    let identity = account.identity_by_arn(arn).cloned();
    let identity = identity.ok_or_else(|| format!("the sandbox has no user or role {arn}"))?;
    let caller = match identity.kind {
        Kind::User => Caller::user(&account, &identity, ""),
        Kind::Role => {
            let entropy = sandbox.entropy();
            let mut session = Session::begin(&identity, "role", &account, now, 3600, entropy);
            SESSION.clone_into(&mut session.session_name);
            Caller::of_session(&account, session)
        }
        Kind::Group => None,
    };
    let caller = caller.ok_or_else(|| format!("{arn} calls nothing"))?;
    let mut context = Context::new();
    context.insert("aws:CurrentTime", iso(now));
    context.insert("aws:EpochTime", now.to_string());
    context.insert("aws:SecureTransport", "true");
    context.insert("aws:SourceIp", "127.0.0.1");
    context.insert("aws:RequestedRegion", "us-east-1");
    context.insert("aws:ViaAWSService", "false");
    caller.fill(&mut context, &account, now);
    let mut policies = caller.policies(&account);
    door::of_resource(&account, action, resource, &mut context, &mut policies);
    if let Some(given) = parameters.get("context") {
        for (key, value) in Context::from_value(given)?.iter() {
            context.insert(key, value.clone());
        }
    }
    let mut shown = Map::new();
    for (key, value) in context.iter() {
        shown.push(key.to_owned(), value.values().to_vec().into());
    }
    let request = Request::new(caller.principal.clone(), action, resource).with_context(context);
    let evaluation = evaluate(&request, &policies);
    let mut answer = Map::new();
    answer.push("principal", caller.principal.arn().into());
    answer.push("checked", Checked::new(&evaluation).to_value());
    answer.push("context", shown.into());
    Ok(answer)
}
