//! Policies of AWS that every account has.

use awl_value::{Value, json};

use crate::account::{ManagedPolicy, PolicyVersion};
use crate::record::Document;

/// Their names, what they allow, and when AWS made them. The documents are
/// short ones whose meaning AWS documents.
const POLICIES: &[(&str, &str, i64)] = &[
    (
        "AdministratorAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        1_423_190_354,
    ),
    (
        "AmazonS3FullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]}"#,
        1_423_190_418,
    ),
    (
        "AmazonS3ReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}"#,
        1_423_190_419,
    ),
    (
        "IAMFullAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren","organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots","organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}]}"#,
        1_423_190_438,
    ),
    (
        "IAMReadOnlyAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}]}"#,
        1_423_190_439,
    ),
    (
        "IAMUserChangePassword",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ChangePassword"],"Resource":["arn:aws:iam::*:user/${aws:username}"]},{"Effect":"Allow","Action":["iam:GetAccountPasswordPolicy"],"Resource":"*"}]}"#,
        1_479_168_976,
    ),
    (
        "PowerUserAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["account:GetAccountInformation","account:GetPrimaryEmail","account:ListRegions","iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization"],"Resource":"*"}]}"#,
        1_423_190_427,
    ),
];

/// The short ones, and those of a list, see
/// [`AccessFacts::managed_policies`](crate::AccessFacts::managed_policies). What
/// cannot be read is none.
pub(crate) fn policies(more: &str) -> Vec<ManagedPolicy> {
    let short = POLICIES.iter().filter_map(|(name, text, created)| {
        let document = Document::parse(text).ok()?;
        Some(policy(name, "/", (*created, *created), 1, document))
    });
    let more = json::parse(more).ok();
    let more = more.as_ref().and_then(Value::as_list).unwrap_or_default();
    let more = more.iter().filter_map(|entry| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        // Microseconds, of which AWS tells the whole seconds.
        let time = |name: &str| Some(awl_protocol::parse_time(text(name)?)? / 1_000_000);
        let document = Document::parse(&json::to_string(entry.get("document")?)).ok()?;
        let version = entry.get("version").and_then(Value::as_int)?;
        let times = (time("created")?, time("updated")?);
        Some(policy(
            text("name")?,
            text("path")?,
            times,
            version,
            document,
        ))
    });
    let mut all: Vec<ManagedPolicy> = short.chain(more).collect();
    for (number, policy) in all.iter_mut().enumerate() {
        policy.id = format!("ANPAAWLSANDBOX{number:07}");
    }
    all
}

fn policy(
    name: &str,
    path: &str,
    (created, updated): (i64, i64),
    version: i64,
    document: Document,
) -> ManagedPolicy {
    ManagedPolicy {
        name: name.to_owned(),
        path: path.to_owned(),
        id: String::new(),
        arn: format!("arn:aws:iam::aws:policy{path}{name}"),
        description: None,
        created,
        updated,
        tags: Vec::new(),
        default: version,
        latest: version,
        versions: vec![PolicyVersion {
            number: version,
            document,
            created: updated,
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_can_be_read() {
        let more = json::parse(awl_catalog::MANAGED_POLICIES).unwrap();
        let count = POLICIES.len() + more.as_list().unwrap().len();
        let all = policies(awl_catalog::MANAGED_POLICIES);
        assert_eq!(all.len(), count);
        assert!(count > 40);
        assert!(all.iter().all(|policy| policy.created > 1_400_000_000));
    }
}
