//! Refusals as callers see them, taken apart.

use crate::context::Context;
use crate::policy::PolicyType;

/// A refusal, as far as the text or the message says what it was about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Denial {
    /// Whether the message says that the request was allowed after all.
    pub allowed: bool,
    /// Whether a statement denies; None where the text does not say.
    pub explicit: Option<bool>,
    /// The ARN of the caller.
    pub principal: Option<String>,
    /// The unique id of the caller.
    pub principal_id: Option<String>,
    /// The action, with its service.
    pub action: Option<String>,
    /// The resource.
    pub resource: Option<String>,
    /// The type of the policy that the text names.
    pub policy_type: Option<PolicyType>,
    /// The ARN of the policy that the text names.
    pub policy_arn: Option<String>,
    /// The message that is still encoded.
    pub encoded: Option<String>,
    /// The context, of a decoded message.
    pub context: Context,
    /// The statements that denied, of a decoded message.
    pub statements: Vec<DeniedStatement>,
}

/// A statement in a decoded message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeniedStatement {
    /// The Sid.
    pub sid: Option<String>,
    /// Whether it denies.
    pub deny: bool,
    /// Whom it is about: ids mostly.
    pub principals: Vec<String>,
    /// Its actions.
    pub actions: Vec<String>,
    /// Its resources.
    pub resources: Vec<String>,
    /// Its conditions: keys and values, without operators.
    pub conditions: Vec<(String, Vec<String>)>,
}

const ENCODED: &str = "Encoded authorization failure message:";

/// Reads the text of an error, alone or within what a program printed: who was
/// refused what on which resource and why, as far as it is said. None where the
/// text speaks of no refusal.
///
/// ```
/// use awl_iam::{PolicyType, messages::parse_denial};
/// let denial = parse_denial("An error occurred (AccessDenied) when calling the PutObject operation: \
///     User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:PutObject on \
///     resource: \"arn:aws:s3:::reports/x\" with an explicit deny in an identity-based policy").unwrap();
/// assert_eq!(denial.action.as_deref(), Some("s3:PutObject"));
/// assert_eq!(denial.resource.as_deref(), Some("arn:aws:s3:::reports/x"));
/// assert_eq!(denial.policy_type, Some(PolicyType::Identity));
/// assert_eq!(denial.explicit, Some(true));
/// ```
#[must_use]
pub fn parse_denial(text: &str) -> Option<Denial> {
    let mut denial = Denial::default();
    let mut known = false;
    let mut text = text;
    if let Some((before, after)) = text.split_once(ENCODED) {
        let encoded = after.split_whitespace().next().unwrap_or_default();
        let encoded = encoded.trim_matches(['"', '\'']);
        if !encoded.is_empty() {
            denial.encoded = Some(encoded.to_owned());
            known = true;
        }
        text = before;
    }
    if let Some((before, after)) = text.split_once("is not authorized to perform:") {
        known = true;
        let caller = before.rsplit_once("User:").map(|(_, caller)| caller.trim());
        denial.principal = caller
            .filter(|caller| !caller.is_empty())
            .map(str::to_owned);
        denial.action = word(after);
        if let Some((_, after)) = after.split_once("on resource:") {
            denial.resource = word(after);
        }
        reason(after, &mut denial);
    }
    known.then_some(denial)
}

/// What follows the resource: the type of policy, and its ARN.
fn reason(text: &str, denial: &mut Denial) {
    let (explicit, rest) = if let Some((_, rest)) = text.split_once("with an explicit deny in ") {
        let article = rest.strip_prefix("an ").or_else(|| rest.strip_prefix("a "));
        (true, article.unwrap_or(rest))
    } else if let Some((_, rest)) = text.split_once("because no ") {
        (false, rest)
    } else {
        // Older texts end with the words themselves.
        if text.contains("with an explicit deny") {
            denial.explicit = Some(true);
        }
        return;
    };
    denial.explicit = Some(explicit);
    let named = PolicyType::ALL
        .into_iter()
        .find(|policy_type| rest.starts_with(policy_type.as_str()));
    denial.policy_type = named;
    let arn = rest.find(": arn:").and_then(|place| rest.get(place + 2..));
    denial.policy_arn = arn.and_then(word);
}

/// The first word, without quotes and what ends a sentence.
fn word(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let word = word.trim_matches(['"', '\'', '`']);
    let word = word
        .trim_end_matches(['.', ',', ';'])
        .trim_end_matches(['"', '\'', '`']);
    (!word.is_empty()).then(|| word.to_owned())
}
