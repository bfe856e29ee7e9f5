//! The account as a whole.

use awl_value::{Map, Value};

use super::{done, map};
use crate::door::{Call, Outcome};

/// Answers what is asked of the account.
pub(super) fn call(call: &mut Call<'_>, operation: &str) -> Outcome {
    match operation {
        "GetAccountSummary" => Ok(Some(summary(call))),
        "ListAccountAliases" => {
            let alias = call.account.alias().map(Value::from);
            Ok(Some(map([
                ("AccountAliases", Value::List(alias.into_iter().collect())),
                ("IsTruncated", Value::Bool(false)),
            ])))
        }
        "CreateAccountAlias" => {
            let alias = call.parameters.text("AccountAlias").unwrap_or_default();
            call.account.set_alias(Some(alias.to_owned()));
            done()
        }
        "DeleteAccountAlias" => {
            let alias = call.parameters.text("AccountAlias").unwrap_or_default();
            if call.account.alias() != Some(alias) {
                let message = format!("The account alias {alias} does not exist.");
                return Err(call.failure("NoSuchEntity", message));
            }
            call.account.set_alias(None);
            done()
        }
        _ => Ok(None),
    }
}

/// How much there is of everything, and how much there may be.
fn summary(call: &Call<'_>) -> Map {
    let counts = call.account.counts();
    let entries: [(&'static str, usize); 34] = [
        ("GroupPolicySizeQuota", 5120),
        ("InstanceProfilesQuota", 1000),
        ("Policies", counts.policies),
        ("GroupsPerUserQuota", 10),
        ("InstanceProfiles", counts.profiles),
        ("AttachedPoliciesPerUserQuota", 10),
        ("Users", counts.users),
        ("PoliciesQuota", 1500),
        (
            "Providers",
            call.account.extras.oidc.len() + call.account.extras.saml.len(),
        ),
        ("AccountMFAEnabled", 0),
        ("AccessKeysPerUserQuota", 2),
        ("AssumeRolePolicySizeQuota", 2048),
        ("PolicyVersionsInUseQuota", 10_000),
        ("GlobalEndpointTokenVersion", 1),
        ("VersionsPerPolicyQuota", 5),
        ("AttachedPoliciesPerGroupQuota", 10),
        ("PolicySizeQuota", 6144),
        ("Groups", counts.groups),
        ("AccountSigningCertificatesPresent", 0),
        ("UsersQuota", 5000),
        ("ServerCertificatesQuota", 20),
        ("MFADevices", counts.devices),
        ("UserPolicySizeQuota", 2048),
        ("PolicyVersionsInUse", counts.versions),
        ("ServerCertificates", 0),
        ("Roles", counts.roles),
        ("RolesQuota", 1000),
        ("SigningCertificatesPerUserQuota", 2),
        ("MFADevicesInUse", counts.devices_in_use),
        ("RolePolicySizeQuota", 10_240),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("AccountAccessKeysPresent", 0),
        ("AccountPasswordPresent", 0),
        ("GroupsQuota", 300),
    ];
    let count = |count| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    let entries = entries
        .into_iter()
        .map(|(name, number)| (name.into(), count(number)));
    map([("SummaryMap", Value::Map(entries.collect()))])
}
