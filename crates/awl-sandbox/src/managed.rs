//! Policies of AWS that every account has.

use crate::account::{ManagedPolicy, PolicyVersion};
use crate::record::Document;

/// Their names, what they allow, and when AWS made them. The documents are
/// short ones whose meaning AWS documents; the long ones are not here.
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

/// The policies.
pub(crate) fn policies() -> Vec<ManagedPolicy> {
    let policies = POLICIES.iter().enumerate();
    policies
        .filter_map(|(number, (name, text, created))| {
            Some(ManagedPolicy {
                name: (*name).to_owned(),
                path: "/".to_owned(),
                id: format!("ANPAAWLSANDBOX{number:07}"),
                arn: format!("arn:aws:iam::aws:policy/{name}"),
                description: None,
                created: *created,
                updated: *created,
                tags: Vec::new(),
                default: 1,
                latest: 1,
                versions: vec![PolicyVersion {
                    number: 1,
                    document: Document::parse(text).ok()?,
                    created: *created,
                }],
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_can_be_read() {
        assert_eq!(super::policies().len(), super::POLICIES.len());
    }
}
