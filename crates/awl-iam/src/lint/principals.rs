//! Whom a policy lets in: everybody, everybody but some, services on behalf of
//! anybody.

use super::{Level, Linter, is_limited_by};
use crate::policy::{Effect, PolicyType, Statement};
use crate::principal::PrincipalPattern;

/// The keys whose conditions say who may come.
const WHO: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:userid",
    "aws:username",
    "kms:CallerAccount",
    "kms:ViaService",
    "lambda:FunctionUrlAuthType",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "sns:Endpoint",
];

/// The keys that say for whom a service acts.
const FOR_WHOM: &[&str] = &[
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "sts:ExternalId",
];

pub(super) fn statement(linter: &mut Linter<'_>, statement: &Statement) {
    let Some(principals) = &statement.principals else {
        return;
    };
    let policy_type = linter.policy_type;
    if !matches!(policy_type, PolicyType::Resource | PolicyType::RoleTrust) {
        return;
    }
    let allows = statement.effect.value == Effect::Allow;
    if principals.negated {
        let (level, message) = if allows {
            let message = "\"NotPrincipal\" with \"Allow\" lets in everybody else";
            (Level::Error, message)
        } else {
            let message = "\"NotPrincipal\" denies everybody who is not listed whole";
            (Level::Warning, message)
        };
        linter.add("not-principal", level, principals.span, message);
        return;
    }
    if !allows {
        return;
    }
    for principal in &principals.values {
        let is_everybody = match &principal.value {
            PrincipalPattern::Everyone => true,
            PrincipalPattern::Service(name) | PrincipalPattern::Federated(name) => name == "*",
            _ => false,
        };
        if is_everybody && !is_limited_by(statement, WHO) {
            let message = match policy_type {
                PolicyType::RoleTrust => "anybody may assume the role",
                _ if statement.conditions.is_empty() => "anybody is allowed this",
                _ => "anybody is allowed this; no condition says who",
            };
            let level = match policy_type {
                PolicyType::RoleTrust => Level::Error,
                _ => Level::Warning,
            };
            linter.add("public-access", level, principal.span, message);
        }
        if let PrincipalPattern::Federated(name) = &principal.value
            && name != "*"
            && policy_type == PolicyType::RoleTrust
            && !names_its_users(statement)
        {
            let message = format!("whomever {name} signs in may assume the role");
            linter.warn("open-federation", principal.span, message);
        }
        if let PrincipalPattern::Service(name) = &principal.value
            && name != "*"
            && !is_limited_by(statement, FOR_WHOM)
        {
            let message = format!("{name} may do this on behalf of anybody");
            // Few services fill the keys when they assume roles.
            let level = match policy_type {
                PolicyType::RoleTrust => Level::Note,
                _ => Level::Warning,
            };
            linter.add("confused-deputy", level, principal.span, message);
        }
    }
}

/// Whether a condition is on a key of the identity provider that tells its users
/// or applications apart: `accounts.google.com:aud`, `SAML:aud`, `….com:sub`.
fn names_its_users(statement: &Statement) -> bool {
    let keys = statement.conditions.iter().map(|own| &own.key.value);
    keys.filter_map(|key| key.rsplit_once(':'))
        .any(|(provider, name)| {
            let is_own = provider.contains('.') || provider.eq_ignore_ascii_case("saml");
            is_own && !name.eq_ignore_ascii_case("edupersonorgdn")
        })
        || is_limited_by(statement, WHO)
}
