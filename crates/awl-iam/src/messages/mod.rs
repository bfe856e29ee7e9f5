//! What AWS tells a caller whom it refuses: the text of the error, and the
//! message that `sts decode-authorization-message` decodes; made from an
//! evaluation, and read back into a [`Denial`].

mod decoded;
mod denial;

pub use decoded::{decoded_message, parse_decoded_message};
pub use denial::{Denial, DeniedStatement, parse_denial};

use crate::evaluate::{Decision, Evaluation};
use crate::policy::PolicyType;

/// Which policy refused, as error texts name it: one type, and whether a
/// statement denies. None where the request is allowed.
#[must_use]
pub fn refusal(evaluation: &Evaluation<'_>) -> Option<Refusal> {
    match evaluation.decision {
        Decision::Allowed => None,
        Decision::ExplicitDeny => {
            let first = evaluation.matched.first()?;
            Some(Refusal {
                policy_type: first.policy_type,
                explicit: true,
                policy_arn: first.policy.arn.clone(),
            })
        }
        Decision::ImplicitDeny => {
            let policy_type = evaluation.missing_allow()?;
            let mut policies = evaluation.policies().all();
            let named = match policy_type {
                PolicyType::PermissionsBoundary => policies
                    .find(|(own, ..)| *own == policy_type)
                    .and_then(|(.., policy)| policy.arn.clone()),
                _ => None,
            };
            Some(Refusal {
                policy_type,
                // A missing allow of an organization reads as a deny.
                explicit: policy_type == PolicyType::ServiceControl,
                policy_arn: named,
            })
        }
    }
}

/// Which policy refused, as error texts name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The type of the policy.
    pub policy_type: PolicyType,
    /// Whether the text speaks of an explicit deny.
    pub explicit: bool,
    /// The ARN of the policy, where it is known.
    pub policy_arn: Option<String>,
}

/// The message of the error with which services refuse: code `AccessDenied` or
/// `AccessDeniedException`, status 403. None where the request is allowed.
///
/// ```
/// use awl_iam::{PolicySet, Principal, Request, evaluate, messages};
/// let ana = Principal::parse("arn:aws:iam::111122223333:user/ana").unwrap();
/// let request = Request::new(ana, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs");
/// let policies = PolicySet::default();
/// assert_eq!(
///     messages::denial_text(&evaluate(&request, &policies)).unwrap(),
///     "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: sqs:SendMessage \
///      on resource: arn:aws:sqs:eu-west-1:111122223333:jobs because no identity-based policy \
///      allows the sqs:SendMessage action",
/// );
/// ```
#[must_use]
pub fn denial_text(evaluation: &Evaluation<'_>) -> Option<String> {
    let refusal = refusal(evaluation)?;
    let request = evaluation.request();
    let caller = match request.principal().arn() {
        "*" => "anonymous",
        arn => arn,
    };
    let (action, resource) = (request.action(), request.resource());
    let name = refusal.policy_type.as_str();
    let mut text =
        format!("User: {caller} is not authorized to perform: {action} on resource: {resource} ");
    if refusal.explicit {
        let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "an"
        } else {
            "a"
        };
        text.push_str(&format!("with an explicit deny in {article} {name}"));
    } else {
        text.push_str(&format!("because no {name} allows the {action} action"));
    }
    if let Some(arn) = refusal.policy_arn {
        text.push_str(": ");
        text.push_str(&arn);
    }
    Some(text)
}

/// The message of EC2's error `UnauthorizedOperation`, status 403, with the
/// encoded message that says more. None where the request is allowed.
#[must_use]
pub fn unauthorized_operation(evaluation: &Evaluation<'_>, encoded: &str) -> Option<String> {
    let text = denial_text(evaluation)?;
    Some(format!(
        "You are not authorized to perform this operation. {text}. \
         Encoded authorization failure message: {encoded}"
    ))
}

/// What EC2 says instead when all was well and `DryRun` was asked for: code
/// `DryRunOperation`, status 412.
pub const DRY_RUN: &str = "Request would have succeeded, but DryRun flag is set.";

#[cfg(test)]
mod tests;
