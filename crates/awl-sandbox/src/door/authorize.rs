//! Whether policies allow a request, and the words for it where they do not.

use awl_iam::{Context, Decision, Evaluation, NamedPolicy, PolicySet, Request, evaluate, messages};
use awl_protocol::server::Failure;
use awl_value::json;

use super::arrival::Visit;
use super::{Call, Family, Sandbox, context};
use crate::account::Account;
use crate::log::Checked;
use crate::{Access, Need, Scope, ec2, iam, seal, sts};

/// What encoded messages are sealed as.
pub(crate) const MESSAGE: &str = "message";
/// The longest encoded message that can be asked about.
const LONGEST_MESSAGE: usize = 10_240;

impl Sandbox {
    /// Asks policies for all that a call needs; the first refusal counts.
    pub(super) fn authorize(
        &self,
        visit: &mut Visit,
        call: &Call<'_>,
        filled: &Context,
        region: &str,
        family: Family,
    ) -> Result<(), Failure> {
        let mut policies = call.caller.policies(call.account);
        for need in self.needs(call, region) {
            for resource in &need.resources {
                let mut context = filled.clone();
                of_resource(
                    call.account,
                    &need.action,
                    resource,
                    &mut context,
                    &mut policies,
                );
                ec2::fill(&mut context, call, &need.action, resource);
                let request =
                    Request::new(call.caller.principal.clone(), &*need.action, &**resource)
                        .with_context(context);
                let evaluation = evaluate(&request, &policies);
                visit.entry.checked.push(Checked::new(&evaluation));
                if evaluation.decision != Decision::Allowed {
                    return Err(self.refusal(&evaluation, call, family));
                }
            }
        }
        Ok(())
    }

    fn needs(&self, call: &Call<'_>, region: &str) -> Vec<Need> {
        let service = call.operation.service().name();
        if service == "sts"
            && let Some(needs) = sts::needs(call)
        {
            return needs;
        }
        let scope = Scope {
            region,
            account: &call.account.id,
        };
        match self.facts.access(call.operation, call.parameters.0, &scope) {
            Access::Free => Vec::new(),
            Access::Needs(mut needs) => {
                if service == "iam" {
                    iam::place(&mut needs, call);
                    needs.extend(iam::passes(call));
                }
                if service == "ec2" {
                    ec2::place(&mut needs, call);
                }
                needs
            }
        }
    }

    fn refusal(&self, evaluation: &Evaluation<'_>, call: &Call<'_>, family: Family) -> Failure {
        let service = call.operation.service();
        if family != Family::Ec2 {
            let text = messages::denial_text(evaluation).unwrap_or_default();
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
        let text = json::to_string(&messages::decoded_message(evaluation));
        let sealed = self.messages.seal(text.as_bytes(), MESSAGE, self.entropy());
        let encoded = seal::message(&sealed.ok()?);
        (encoded.len() <= LONGEST_MESSAGE).then_some(encoded)
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
            let trust = identity.trust.as_ref();
            policies.resource = trust.map(|trust| NamedPolicy::new("trust", trust.policy.clone()));
        }
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
