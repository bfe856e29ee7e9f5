//! Whether policies allow a request, and the words for it where they do not.

use awl_iam::{Context, Decision, Evaluation, NamedPolicy, PolicySet, Request, evaluate, messages};
use awl_protocol::server::Failure;
use awl_value::json;

use super::{Call, Family, Sandbox, context, services};
use crate::account::Account;
use crate::log::Checked;
use crate::{Access, Need, Scope, ec2, s3};

impl Sandbox {
    /// Asks policies for all that a call needs; the first refusal counts.
    pub(super) fn authorize(&self, call: &Call<'_>, region: &str) -> Result<(), Failure> {
        let mut policies = call.caller.policies(call.account);
        for need in self.needs(call, region) {
            for resource in &need.resources {
                self.ask(call, &mut policies, &need.action, resource)?;
            }
        }
        Ok(())
    }

    /// Asks policies for one action more, which only the service knows of.
    pub(crate) fn allows(
        &self,
        call: &Call<'_>,
        action: &str,
        resource: &str,
    ) -> Result<(), Failure> {
        let mut policies = call.caller.policies(call.account);
        self.ask(call, &mut policies, action, resource)
    }

    fn ask(
        &self,
        call: &Call<'_>,
        policies: &mut PolicySet,
        action: &str,
        resource: &str,
    ) -> Result<(), Failure> {
        let mut context = call.context.clone();
        of_resource(call.account, action, resource, &mut context, policies);
        ec2::fill(&mut context, call, action, resource);
        if action.starts_with("s3:") {
            s3::bind(call, action, resource, &mut context);
            if s3::is_shut(call, resource) {
                policies.resource = None;
            }
        }
        let request =
            Request::new(call.caller.principal.clone(), action, resource).with_context(context);
        let evaluation = evaluate(&request, policies);
        call.checked.borrow_mut().push(Checked::new(&evaluation));
        match evaluation.decision {
            Decision::Allowed => Ok(()),
            _ => Err(self.refusal(&evaluation, call)),
        }
    }

    fn needs(&self, call: &Call<'_>, region: &str) -> Vec<Need> {
        let own = services::of(call);
        if let Some(needs) = (own.needs)(call) {
            return needs;
        }
        let scope = Scope {
            region,
            account: &call.account.id,
        };
        match self.facts.access(call.operation, call.parameters.0, &scope) {
            Access::Free => Vec::new(),
            Access::Needs(mut needs) => {
                (own.place)(&mut needs, call);
                needs
            }
        }
    }

    fn refusal(&self, evaluation: &Evaluation<'_>, call: &Call<'_>) -> Failure {
        let family = call.family;
        let service = call.operation.service();
        if family == Family::S3 && call.caller.is_anonymous() {
            return s3::access_denied();
        }
        if family != Family::Ec2 {
            let mut text = messages::denial_text(evaluation).unwrap_or_default();
            if family == Family::S3 {
                let resource = evaluation.request().resource();
                let plain = format!(" on resource: {resource} ");
                text = text.replace(&plain, &format!(" on resource: \"{resource}\" "));
            }
            return family.denied(service, text);
        }
        let Some(encoded) = self.encode(evaluation) else {
            let text = messages::denial_text(evaluation).unwrap_or_default();
            return Failure::new("UnauthorizedOperation", text).with_status(403);
        };
        let text = messages::unauthorized_operation(evaluation, &encoded);
        Failure::new("UnauthorizedOperation", text.unwrap_or_default()).with_status(403)
    }

    /// The message that says why, as only this sandbox can read it.
    fn encode(&self, evaluation: &Evaluation<'_>) -> Option<String> {
        self.encode_message(&json::to_string(&messages::decoded_message(evaluation)))
    }
}

/// Fills in what a resource has: its keys, its owner, the policy that it has.
pub(crate) fn of_resource(
    account: &Account,
    action: &str,
    resource: &str,
    context: &mut Context,
    policies: &mut PolicySet,
) {
    policies.resource = None;
    if let Some(identity) = account.identity_by_arn(resource) {
        context::of_identity(context, identity);
        if action.starts_with("sts:") {
            let trust = account.trust_of(identity);
            policies.resource = trust.map(|trust| NamedPolicy::new("trust", trust.policy));
        }
    }
    if action.starts_with("s3:") {
        policies.resource = s3::policy_of(account, resource);
    }
    let owner = awl_iam::Arn::parse(resource).map_or("", |arn| arn.account);
    context.insert(
        "aws:ResourceAccount",
        match owner {
            "" => &*account.id,
            owner => owner,
        },
    );
}
