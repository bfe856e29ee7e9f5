//! What the linter must be told of AWS, and the condition keys that belong to no
//! service.

use std::sync::Arc;

/// What IAM knows of services, told by whoever has it.
pub trait Facts {
    /// The service whose actions have this prefix, which is in lower case.
    fn service(&self, prefix: &str) -> Option<Arc<ServiceFacts>>;

    /// Whether all services are known, so that one that is not does not exist.
    fn is_complete(&self) -> bool {
        true
    }
}

/// Nothing is known.
#[derive(Clone, Copy, Debug)]
pub struct NoFacts;

impl Facts for NoFacts {
    fn service(&self, _: &str) -> Option<Arc<ServiceFacts>> {
        None
    }

    fn is_complete(&self) -> bool {
        false
    }
}

/// What IAM knows of one service.
#[derive(Clone, Debug, Default)]
pub struct ServiceFacts {
    /// Its actions.
    pub actions: Vec<ActionFacts>,
    /// Its condition keys, those of `aws:` that it fills included, and their
    /// types.
    pub keys: Vec<(String, KeyType)>,
}

/// What IAM knows of an action.
#[derive(Clone, Debug)]
pub struct ActionFacts {
    /// Its name without the prefix.
    pub name: String,
    /// The formats of the ARNs of resources that it can be on:
    /// `arn:${Partition}:s3:::${BucketName}`. None where it is on `*` alone.
    pub resources: Vec<String>,
    /// The condition keys that its requests may have.
    pub keys: Vec<String>,
}

/// What a condition key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Text.
    Text,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A point in time.
    Date,
    /// An address.
    Address,
    /// Bytes.
    Binary,
    /// Several values of text or ARNs.
    Several,
}

impl KeyType {
    /// Reads a type as AWS's reference names it: `String`, `ArrayOfString`,
    /// `ARN`, `Bool`, `Numeric`, `Date`, `IPAddress`, `Binary`.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "ARN" => Self::Arn,
            "Bool" | "Boolean" => Self::Bool,
            "Numeric" | "Long" | "Integer" => Self::Number,
            "Date" => Self::Date,
            "IPAddress" => Self::Address,
            "Binary" => Self::Binary,
            name if name.starts_with("ArrayOf") => Self::Several,
            _ => Self::Text,
        }
    }

    /// What such a key holds, in a sentence.
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Arn => "an ARN",
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Date => "a point in time",
            Self::Address => "an address",
            Self::Binary => "bytes",
            Self::Several => "several values",
        }
    }
}

/// The type of a key of `aws:`, in any letters.
pub(super) fn global(key: &str) -> Option<KeyType> {
    GLOBAL
        .iter()
        .find(|(known, _)| is_key(known, key))
        .map(|(_, kind)| *kind)
}

/// The names of the keys of `aws:`.
pub(super) fn globals() -> impl Iterator<Item = &'static str> {
    GLOBAL.iter().map(|(name, _)| *name)
}

/// Whether a key as it is documented stands for a key of a policy: what is in
/// `${…}` or `<…>` is the policy's own.
pub(super) fn is_key(written: &str, name: &str) -> bool {
    let Some(start) = written.find("${").or_else(|| written.find('<')) else {
        return written.eq_ignore_ascii_case(name);
    };
    let end = written.rfind(['}', '>']).map_or(written.len(), |at| at + 1);
    let (before, behind) = (
        written.get(..start).unwrap_or_default(),
        written.get(end..).unwrap_or_default(),
    );
    let head = name.get(..before.len());
    let tail = name
        .len()
        .checked_sub(behind.len())
        .and_then(|at| name.get(at..));
    name.len() > before.len() + behind.len()
        && head.is_some_and(|head| head.eq_ignore_ascii_case(before))
        && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(behind))
}

/// AWS's global condition context keys.
static GLOBAL: &[(&str, KeyType)] = &[
    ("aws:AssumedRoot", KeyType::Bool),
    ("aws:CalledVia", KeyType::Several),
    ("aws:CalledViaAWSMCP", KeyType::Text),
    ("aws:CalledViaFirst", KeyType::Text),
    ("aws:CalledViaLast", KeyType::Text),
    ("aws:ChatbotSourceArn", KeyType::Arn),
    ("aws:CurrentTime", KeyType::Date),
    ("aws:Ec2InstanceSourcePrivateIPv4", KeyType::Address),
    ("aws:Ec2InstanceSourceVpc", KeyType::Text),
    ("aws:EpochTime", KeyType::Date),
    ("aws:FederatedProvider", KeyType::Text),
    ("aws:IsMcpServiceAction", KeyType::Bool),
    ("aws:MultiFactorAuthAge", KeyType::Number),
    ("aws:MultiFactorAuthPresent", KeyType::Bool),
    ("aws:PrincipalAccount", KeyType::Text),
    ("aws:PrincipalArn", KeyType::Arn),
    ("aws:PrincipalIsAWSService", KeyType::Bool),
    ("aws:PrincipalOrgID", KeyType::Text),
    ("aws:PrincipalOrgPaths", KeyType::Several),
    ("aws:PrincipalServiceName", KeyType::Text),
    ("aws:PrincipalServiceNamesList", KeyType::Several),
    ("aws:PrincipalTag/${TagKey}", KeyType::Text),
    ("aws:PrincipalType", KeyType::Text),
    ("aws:referer", KeyType::Text),
    ("aws:RequestedRegion", KeyType::Text),
    ("aws:RequestTag/${TagKey}", KeyType::Text),
    ("aws:ResourceAccount", KeyType::Text),
    ("aws:ResourceOrgID", KeyType::Text),
    ("aws:ResourceOrgPaths", KeyType::Several),
    ("aws:ResourceTag/${TagKey}", KeyType::Text),
    ("aws:SecureTransport", KeyType::Bool),
    ("aws:SignInSessionArn", KeyType::Arn),
    ("aws:SourceAccount", KeyType::Text),
    ("aws:SourceArn", KeyType::Arn),
    ("aws:SourceIdentity", KeyType::Text),
    ("aws:SourceIp", KeyType::Address),
    ("aws:SourceOrgID", KeyType::Text),
    ("aws:SourceOrgPaths", KeyType::Several),
    ("aws:SourceOwner", KeyType::Text),
    ("aws:SourceVpc", KeyType::Text),
    ("aws:SourceVpcArn", KeyType::Arn),
    ("aws:SourceVpce", KeyType::Text),
    ("aws:TagKeys", KeyType::Several),
    ("aws:TokenIssueTime", KeyType::Date),
    ("aws:UserAgent", KeyType::Text),
    ("aws:userid", KeyType::Text),
    ("aws:username", KeyType::Text),
    ("aws:ViaAWSService", KeyType::Bool),
    ("aws:VpceAccount", KeyType::Text),
    ("aws:VpceOrgID", KeyType::Text),
    ("aws:VpceOrgPaths", KeyType::Several),
    ("aws:VpcSourceIp", KeyType::Address),
];
