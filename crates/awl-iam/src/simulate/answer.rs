//! What the simulator answers, and the same as a value in the model's terms.

use awl_value::{Map, Value};

use super::{texts, together};
use crate::arn::Arn;
use crate::evaluate::{Decision, Evaluation, MatchedStatement};
use crate::policy::PolicyType;
use crate::position::Position;

/// `SimulatePolicyResponse`.
#[derive(Clone, Debug)]
pub struct SimulationResponse {
    /// A result for each action.
    pub evaluation_results: Vec<EvaluationResult>,
    /// Where the next page begins; None on the last.
    pub marker: Option<String>,
}

/// `EvaluationResult`: what became of an action.
#[derive(Clone, Debug)]
pub struct EvaluationResult {
    /// `EvalActionName`
    pub action: String,
    /// `EvalResourceName`: an ARN, `*`, or of several ARNs what they have in common.
    pub resource: String,
    /// `EvalDecision`: of several ARNs what is worst.
    pub decision: Decision,
    /// `MatchedStatements`
    pub matched_statements: Vec<PolicyStatement>,
    /// `MissingContextValues`, where no ARN was given.
    pub missing_context_values: Vec<String>,
    /// `OrganizationsDecisionDetail.AllowedByOrganizations`
    pub allowed_by_organizations: Option<bool>,
    /// `PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary`
    pub allowed_by_permissions_boundary: Option<bool>,
    /// `EvalDecisionDetails`: across accounts each side's decision; nothing within
    /// one; None for `*`.
    pub details: Option<Vec<(&'static str, Decision)>>,
    /// `ResourceSpecificResults`, one for each ARN.
    pub resource_specific_results: Vec<ResourceSpecificResult>,
}

/// `ResourceSpecificResult`: what became of an action on a resource.
#[derive(Clone, Debug)]
pub struct ResourceSpecificResult {
    /// `EvalResourceName`
    pub resource: String,
    /// `EvalResourceDecision`
    pub decision: Decision,
    /// `MatchedStatements`
    pub matched_statements: Vec<PolicyStatement>,
    /// `MissingContextValues`
    pub missing_context_values: Vec<String>,
    /// `EvalDecisionDetails`
    pub details: Option<Vec<(&'static str, Decision)>>,
    /// `PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary`
    pub allowed_by_permissions_boundary: Option<bool>,
    allowed_by_organizations: Option<bool>,
}

/// `Statement`: a statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyStatement {
    /// `SourcePolicyId`
    pub source_policy_id: String,
    /// `SourcePolicyType`: what IAM says, which is none of its model's values.
    pub source_policy_type: &'static str,
    /// `StartPosition`
    pub start: Position,
    /// `EndPosition`
    pub end: Position,
}

impl PolicyStatement {
    fn of(statement: &MatchedStatement<'_>) -> Option<Self> {
        let source_policy_type = match statement.policy_type {
            PolicyType::Identity | PolicyType::PermissionsBoundary | PolicyType::Session => {
                "IAM Policy"
            }
            PolicyType::Resource | PolicyType::RoleTrust => "Resource Policy",
            // What the organization says stands in a detail of its own.
            _ => return None,
        };
        Some(Self {
            source_policy_id: statement.policy.id.clone(),
            source_policy_type,
            start: statement.start(),
            end: statement.end(),
        })
    }

    fn to_value(&self) -> Value {
        let mut map = Map::with_capacity(4);
        map.insert("SourcePolicyId", self.source_policy_id.as_str().into());
        map.insert("SourcePolicyType", self.source_policy_type.into());
        map.insert("StartPosition", position(self.start));
        map.insert("EndPosition", position(self.end));
        Value::Map(map)
    }
}

impl ResourceSpecificResult {
    pub(super) fn new(
        evaluation: &Evaluation<'_>,
        missing: Vec<String>,
        in_organization: bool,
    ) -> Self {
        let request = evaluation.request();
        let says = |policy_type| {
            let mut parts = evaluation.parts.iter();
            parts.find(|part| part.policy_type == policy_type)
        };
        let allowed = |decision| decision == Decision::Allowed;
        let boundary = says(PolicyType::PermissionsBoundary);
        let organization = evaluation.parts.iter().filter(|part| {
            part.policy_type == PolicyType::ServiceControl
                || part.policy_type == PolicyType::ResourceControl
        });
        let details = if request.is_cross_account() {
            let side = |name, policy_type| says(policy_type).map(|part| (name, part.decision));
            let own = side("IAM Policy", PolicyType::Identity);
            let other = side("Resource Policy", PolicyType::Resource)
                .or_else(|| side("Resource Policy", PolicyType::RoleTrust));
            Some(own.into_iter().chain(other).collect())
        } else {
            (request.resource() != "*").then(Vec::new)
        };
        let matched = evaluation.matched.iter();
        Self {
            resource: request.resource().to_owned(),
            decision: evaluation.decision,
            matched_statements: matched.filter_map(PolicyStatement::of).collect(),
            missing_context_values: missing,
            details,
            allowed_by_permissions_boundary: boundary.map(|part| allowed(part.decision)),
            allowed_by_organizations: in_organization
                .then(|| organization.into_iter().all(|part| allowed(part.decision))),
        }
    }

    /// The result of an action on no resource in particular.
    pub(super) fn into_result(self, action: &str) -> EvaluationResult {
        EvaluationResult {
            action: action.to_owned(),
            resource: self.resource,
            decision: self.decision,
            matched_statements: self.matched_statements,
            missing_context_values: self.missing_context_values,
            allowed_by_organizations: self.allowed_by_organizations,
            allowed_by_permissions_boundary: self.allowed_by_permissions_boundary,
            details: self.details,
            resource_specific_results: Vec::new(),
        }
    }

    fn to_value(&self) -> Value {
        let mut map = Map::with_capacity(6);
        map.insert("EvalResourceName", self.resource.as_str().into());
        map.insert("EvalResourceDecision", self.decision.as_str().into());
        map.insert("MatchedStatements", statements(&self.matched_statements));
        map.insert("MissingContextValues", texts(&self.missing_context_values));
        if let Some(details) = &self.details {
            map.insert("EvalDecisionDetails", details_value(details));
        }
        if let Some(allowed) = self.allowed_by_permissions_boundary {
            map.insert(
                "PermissionsBoundaryDecisionDetail",
                flag("AllowedByPermissionsBoundary", allowed),
            );
        }
        Value::Map(map)
    }
}

impl EvaluationResult {
    /// The result of an action on resources that were named.
    pub(super) fn of_resources(action: &str, results: Vec<ResourceSpecificResult>) -> Self {
        let all = |read: fn(&ResourceSpecificResult) -> Option<bool>| {
            let flags: Option<Vec<bool>> = results.iter().map(read).collect();
            flags.map(|flags| flags.into_iter().all(|flag| flag))
        };
        let decision = together(results.iter().map(|result| result.decision));
        let mut matched: Vec<PolicyStatement> = Vec::new();
        // Of what is denied, only what denies.
        for result in results.iter().filter(|result| result.decision == decision) {
            for statement in &result.matched_statements {
                if !matched.contains(statement) {
                    matched.push(statement.clone());
                }
            }
        }
        let mut details: Vec<(&'static str, Decision)> = Vec::new();
        for (name, decision) in results
            .iter()
            .flat_map(|result| result.details.iter().flatten())
        {
            match details.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = together([*known, *decision].into_iter()),
                None => details.push((name, *decision)),
            }
        }
        Self {
            action: action.to_owned(),
            resource: in_common(&results),
            decision,
            matched_statements: matched,
            missing_context_values: Vec::new(),
            allowed_by_organizations: all(|result| result.allowed_by_organizations),
            allowed_by_permissions_boundary: all(|result| result.allowed_by_permissions_boundary),
            details: Some(details),
            resource_specific_results: results,
        }
    }

    /// The result as the model has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = Map::with_capacity(9);
        map.insert("EvalActionName", self.action.as_str().into());
        map.insert("EvalResourceName", self.resource.as_str().into());
        map.insert("EvalDecision", self.decision.as_str().into());
        map.insert("MatchedStatements", statements(&self.matched_statements));
        map.insert("MissingContextValues", texts(&self.missing_context_values));
        if let Some(allowed) = self.allowed_by_organizations {
            let detail = flag("AllowedByOrganizations", allowed);
            map.insert("OrganizationsDecisionDetail", detail);
        }
        if let Some(allowed) = self.allowed_by_permissions_boundary {
            map.insert(
                "PermissionsBoundaryDecisionDetail",
                flag("AllowedByPermissionsBoundary", allowed),
            );
        }
        if let Some(details) = &self.details {
            map.insert("EvalDecisionDetails", details_value(details));
        }
        if !self.resource_specific_results.is_empty() {
            let results = self.resource_specific_results.iter();
            let results = results.map(ResourceSpecificResult::to_value).collect();
            map.insert("ResourceSpecificResults", Value::List(results));
        }
        Value::Map(map)
    }
}

impl SimulationResponse {
    /// The answer as the model has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = Map::with_capacity(3);
        let results = self.evaluation_results.iter();
        let results = results.map(EvaluationResult::to_value).collect();
        map.insert("EvaluationResults", Value::List(results));
        map.insert("IsTruncated", Value::Bool(self.marker.is_some()));
        if let Some(marker) = &self.marker {
            map.insert("Marker", marker.as_str().into());
        }
        Value::Map(map)
    }
}

/// What names several resources: IAM writes the template of their ARN, which it
/// has for each type of resource; here S3's are known.
fn in_common(results: &[ResourceSpecificResult]) -> String {
    if let [only] = results {
        return only.resource.clone();
    }
    let all = |check: fn(Arn<'_>) -> bool| {
        let mut arns = results.iter().map(|result| Arn::parse(&result.resource));
        arns.all(|arn| arn.is_some_and(check))
    };
    let template = if all(|arn| arn.service == "s3" && arn.resource.contains('/')) {
        "arn:aws:s3:::${BucketName}/${KeyName}"
    } else if all(|arn| arn.service == "s3" && !arn.resource.contains('/')) {
        "arn:aws:s3:::${BucketName}"
    } else {
        "*"
    };
    template.to_owned()
}

fn statements(statements: &[PolicyStatement]) -> Value {
    Value::List(statements.iter().map(PolicyStatement::to_value).collect())
}

fn position(position: Position) -> Value {
    let mut map = Map::with_capacity(2);
    map.insert("Line", Value::Int(position.line.into()));
    map.insert("Column", Value::Int(position.column.into()));
    Value::Map(map)
}

fn flag(name: &'static str, value: bool) -> Value {
    let mut map = Map::with_capacity(1);
    map.insert(name, Value::Bool(value));
    Value::Map(map)
}

fn details_value(details: &[(&'static str, Decision)]) -> Value {
    let mut map = Map::with_capacity(details.len());
    for (name, decision) in details {
        map.insert(*name, decision.as_str().into());
    }
    Value::Map(map)
}
