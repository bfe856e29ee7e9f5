//! An explanation, in lines and as JSON.

use awl_iam::messages::{Denial, DeniedStatement};
use awl_iam::remedy::{self, Addition};
use awl_iam::{Condition, Decision, Evaluation, Failure, PolicyType, evaluate, words};
use awl_value::{Map, Value, json};

use super::{Refused, Simulation};
use crate::commands::policy::simulate;

/// What there is to say of a refusal.
pub(super) struct Explained<'a> {
    denial: &'a Denial,
    note: Option<&'a str>,
    evaluation: Option<Evaluation<'a>>,
    additions: Vec<Addition>,
    /// Whether the additions are all that is needed; None where no policies
    /// were given to try them with.
    suffices: Option<bool>,
}

impl<'a> Explained<'a> {
    /// Works out what to say, with the policies that were given.
    pub(super) fn new(refused: &'a Refused, known: Option<&'a Simulation>) -> Self {
        let denial = &refused.denial;
        let (additions, suffices) = match known {
            Some(known) => {
                let (additions, suffices) = remedy::additions(&known.request, &known.policies);
                (additions, Some(suffices))
            }
            None => (Vec::from_iter(of_text(denial)), None),
        };
        Self {
            denial,
            note: refused.note.as_deref(),
            evaluation: known.map(|known| evaluate(&known.request, &known.policies)),
            additions,
            suffices,
        }
    }

    /// Whether a statement denies; None where nobody says.
    fn explicit(&self) -> Option<bool> {
        let evaluated = self.evaluation.as_ref().map(|found| found.decision);
        match evaluated {
            Some(decision) => Some(decision == Decision::ExplicitDeny),
            None => self.denial.explicit,
        }
    }

    /// As somebody reads it.
    pub(super) fn lines(&self) -> String {
        let denial = self.denial;
        let mut text = String::new();
        let mut row = |label: &str, lines: &[String]| {
            for (index, line) in lines.iter().enumerate() {
                let label = if index == 0 { label } else { "" };
                let line = format!("{label:<8}{line}");
                text.push_str(line.trim_end());
                text.push('\n');
            }
        };
        for (label, value) in [
            ("Who", &denial.principal),
            ("What", &denial.action),
            ("On", &denial.resource),
        ] {
            let value = value.as_deref().unwrap_or("(it is not said)");
            row(label, &[value.to_owned()]);
        }
        row("Why", &self.reasons());
        row("Change", &self.change());
        text
    }

    /// Why it was refused, in one line or more.
    pub(super) fn reasons(&self) -> Vec<String> {
        let denial = self.denial;
        let mut lines = Vec::new();
        if denial.allowed {
            lines.push("the message says that it was allowed".to_owned());
        } else if self.evaluation.is_none() || denial.policy_type.is_some() {
            lines.push(self.headline());
        }
        for statement in &denial.statements {
            lines.extend(of_statement(statement, denial));
        }
        if let Some(evaluation) = &self.evaluation {
            let decision = evaluation.decision;
            lines.push(match decision {
                Decision::Allowed => {
                    "the policies that were given allow it: another one refused".to_owned()
                }
                _ => "by the policies that were given:".to_owned(),
            });
            let about = words::about(evaluation);
            lines.extend(about.into_iter().map(|line| format!("  {line}")));
        }
        lines.extend(self.note.map(str::to_owned));
        lines
    }

    /// What the refusal says by itself.
    fn headline(&self) -> String {
        let denial = self.denial;
        let name = denial.policy_type.map(PolicyType::as_str);
        let arn = denial.policy_arn.as_deref();
        let arn = arn.map(|arn| format!(": {arn}")).unwrap_or_default();
        match (denial.explicit, name) {
            (Some(true), Some(name)) => {
                let organization = match denial.policy_type {
                    // Parity: AWS says the same of both.
                    Some(PolicyType::ServiceControl) => ", or one of its levels does not allow it",
                    _ => "",
                };
                format!(
                    "a statement of {} {name} denies it{organization}{arn}",
                    article(name)
                )
            }
            (Some(true), None) => format!("a statement denies it{arn}"),
            (Some(false), Some(name)) => format!("no {name} allows it{arn}"),
            (Some(false), None) => "nothing denies it, and nothing allows it".to_owned(),
            (None, _) => "the refusal does not say why".to_owned(),
        }
    }

    /// What to do about it.
    fn change(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.explicit() == Some(true) {
            lines.push(
                "no Allow outweighs a Deny: its statement has to leave this request out".to_owned(),
            );
            if let Some(principal) = &self.denial.principal {
                lines.push("among its conditions, this takes the caller out:".to_owned());
                lines.extend(block(&remedy::exemption(principal)));
            }
            lines.extend(self.circumstances());
            return lines;
        }
        for addition in &self.additions {
            lines.push(format!("add to {}:", self.place(addition)));
            lines.extend(block(&addition.statement));
        }
        match self.suffices {
            Some(true) if !self.additions.is_empty() => lines.push("then it is allowed".to_owned()),
            Some(false) if !self.additions.is_empty() => {
                lines.push("then it is still refused".to_owned());
            }
            _ => {}
        }
        lines.extend(self.circumstances());
        lines
    }

    /// What another request would be decided otherwise by: the conditions under
    /// which a statement denies, or would allow.
    fn circumstances(&self) -> Vec<String> {
        let Some(evaluation) = &self.evaluation else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        for matched in evaluation
            .matched
            .iter()
            .filter(|_| self.explicit() == Some(true))
        {
            let conditions = matched.statement.conditions.iter();
            let words: Vec<String> = conditions.map(of_condition).collect();
            if !words.is_empty() {
                lines.push("or make a request for which one of these does not hold:".to_owned());
                lines.extend(words.iter().map(|words| format!("  {words}")));
            }
        }
        if evaluation.decision != Decision::ImplicitDeny {
            return lines;
        }
        let explanation = evaluation.explain();
        let mut misses = explanation.near_misses.iter();
        let near = misses.find(|miss| {
            let lacks_conditions = |found: &Failure| matches!(found, Failure::Condition { .. });
            evaluation.missing_allow() == Some(miss.policy_type)
                && miss.failures.iter().all(lacks_conditions)
        });
        if let Some(miss) = near {
            lines.push("or make a request for which these hold:".to_owned());
            for failure in &miss.failures {
                if let Failure::Condition { index, .. } = failure
                    && let Some(condition) = miss.statement.conditions.get(*index)
                {
                    lines.push(format!("  {}", of_condition(condition)));
                }
            }
        }
        lines
    }

    /// The policy that an addition is for.
    fn place(&self, addition: &Addition) -> String {
        let arn = self.denial.policy_arn.as_deref();
        let arn = arn.filter(|_| self.denial.policy_type == Some(addition.policy_type));
        let resource = self.denial.resource.as_deref().unwrap_or("the resource");
        let principal = self.denial.principal.as_deref().unwrap_or("the caller");
        let principal = remedy::lasting(principal);
        match (addition.policy_type, arn) {
            (PolicyType::Identity, _) => format!("a policy of {principal}"),
            (PolicyType::Resource, _) => format!("the policy of {resource}"),
            (PolicyType::RoleTrust, _) => format!("the trust policy of {resource}"),
            (PolicyType::Session, _) => "the policy that the session is opened with".to_owned(),
            (_, Some(arn)) => arn.to_owned(),
            (PolicyType::ServiceControl, None) => match addition.level {
                Some(level) => format!("a service control policy of level {}", level + 1),
                None => "a service control policy".to_owned(),
            },
            (other, None) => format!("the {} of {principal}", other.as_str()),
        }
    }

    /// The one line that a hint has room for.
    pub(super) fn hint(&self) -> String {
        let mut reasons = self.reasons().into_iter();
        let mut text = reasons.next().unwrap_or_default();
        let statement = self.denial.statements.first();
        if let Some(sid) = statement.and_then(|statement| statement.sid.as_deref()) {
            text.push_str(&format!(" (statement \"{sid}\")"));
        }
        if let (Some(addition), false) = (self.additions.first(), self.explicit() == Some(true)) {
            let statement = json::to_string(&addition.statement);
            text.push_str(&format!(
                "; {} could have {statement}",
                self.place(addition)
            ));
        }
        text
    }

    /// As JSON.
    pub(super) fn value(&self) -> Value {
        let denial = self.denial;
        let mut map = Map::new();
        let mut text = |key: &'static str, value: Option<&str>| {
            map.push(key, value.map_or(Value::Null, Value::from));
        };
        text("principal", denial.principal.as_deref());
        text("action", denial.action.as_deref());
        text("resource", denial.resource.as_deref());
        text("policyType", denial.policy_type.map(PolicyType::as_str));
        text("policyArn", denial.policy_arn.as_deref());
        map.push(
            "explicitDeny",
            self.explicit().map_or(Value::Null, Value::Bool),
        );
        map.push("reasons", texts(&self.reasons()));
        let statements: Vec<Value> = denial.statements.iter().map(statement_value).collect();
        map.push("statements", Value::List(statements));
        let mut context = Map::new();
        for (key, value) in denial.context.iter() {
            context.push(key.to_owned(), texts(value.values()));
        }
        map.push("context", Value::Map(context));
        let changes = match (self.explicit(), &denial.principal) {
            (Some(true), Some(principal)) => vec![exemption(principal)],
            (Some(true), None) => Vec::new(),
            _ => self.additions.iter().map(addition_value).collect(),
        };
        map.push("changes", Value::List(changes));
        if let Some(evaluation) = &self.evaluation {
            map.push("evaluation", Value::Map(simulate::result(evaluation)));
        }
        Value::Map(map)
    }
}

/// The statement that the refusal itself calls for, where it says enough.
fn of_text(denial: &Denial) -> Option<Addition> {
    if denial.explicit != Some(false) || denial.allowed {
        return None;
    }
    let policy_type = denial.policy_type.unwrap_or(PolicyType::Identity);
    let action = denial.action.as_deref()?;
    let resource = denial.resource.as_deref().unwrap_or("*");
    let principal = denial.principal.as_deref();
    Some(remedy::addition(policy_type, principal, action, resource))
}

/// A statement of a decoded message, with what the request has for its keys.
fn of_statement(statement: &DeniedStatement, denial: &Denial) -> Vec<String> {
    let name = match &statement.sid {
        Some(sid) => format!("statement \"{sid}\""),
        None => "a statement".to_owned(),
    };
    let verb = if statement.deny { "denies" } else { "allows" };
    let mut lines = vec![format!(
        "{name} {verb} {} on {}",
        statement.actions.join(", "),
        statement.resources.join(", ")
    )];
    for (key, values) in &statement.conditions {
        let actual = match denial.context.get(key) {
            Some(value) => value.values().join(", "),
            None => "nothing".to_owned(),
        };
        lines.push(format!(
            "  its condition on {key} ({}) holds: the request has {actual}",
            values.join(", ")
        ));
    }
    lines
}

/// A condition as its statement has it.
fn of_condition(condition: &Condition) -> String {
    let values: Vec<&str> = condition.values.iter().map(|own| &*own.value).collect();
    format!(
        "{} {} {}",
        condition.written,
        condition.key.value,
        values.join(", ")
    )
}

fn statement_value(statement: &DeniedStatement) -> Value {
    let mut map = Map::new();
    let sid = statement.sid.as_deref();
    map.push("statementId", sid.map_or(Value::Null, Value::from));
    let effect = if statement.deny { "Deny" } else { "Allow" };
    map.push("effect", Value::from(effect));
    map.push("principals", texts(&statement.principals));
    map.push("actions", texts(&statement.actions));
    map.push("resources", texts(&statement.resources));
    let mut conditions = Map::new();
    for (key, values) in &statement.conditions {
        conditions.push(key.clone(), texts(values));
    }
    map.push("conditions", Value::Map(conditions));
    Value::Map(map)
}

fn addition_value(addition: &Addition) -> Value {
    let mut map = Map::new();
    map.push("policyType", Value::from(addition.policy_type.as_str()));
    if let Some(level) = addition.level {
        let level = i64::try_from(level).unwrap_or(i64::MAX);
        map.push("level", Value::Int(level));
    }
    map.push("statement", addition.statement.clone());
    Value::Map(map)
}

fn exemption(principal: &str) -> Value {
    let mut map = Map::new();
    map.push("condition", remedy::exemption(principal));
    Value::Map(map)
}

/// JSON in lines, indented below what introduces it.
fn block(value: &Value) -> Vec<String> {
    let mut text = String::new();
    json::write(value, json::Style::PRETTY, &mut text);
    text.lines().map(|line| format!("  {line}")).collect()
}

fn article(name: &str) -> &'static str {
    match name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "an",
        false => "a",
    }
}

fn texts(items: &[String]) -> Value {
    Value::List(items.iter().map(|item| Value::from(&**item)).collect())
}
