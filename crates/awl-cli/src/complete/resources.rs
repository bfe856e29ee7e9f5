//! Where the names come from that an argument may take: the operation of the
//! same service that lists them, found by its name and its output's.
// Parity: awscli/autocomplete/autogen.py made what the AWS CLI ships as
// completions-1.json, from models of long ago. It is not in any package that
// awl is built from; this has the same purpose and stricter rules.

use awl_model::{Member, Operation, Shape, ShapeKind};
use awl_sdk::pages;

/// A call that lists names, and where in its answer they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// The operation's name.
    pub operation: &'static str,
    /// The members that lead to the names, through lists.
    pub path: Vec<&'static str>,
}

/// What an identifier may end with: `InstanceId` is the `Id` of an `Instance`.
const SUFFIXES: &[&str] = &["identifier", "id", "name", "arn", "url"];

/// What a thing is called by where its identifier has no such ending.
const PLAIN: &[&str] = &["name", "arn", "id", "identifier", "url"];

/// How well a source fits; the least is the best.
type Rank = (usize, bool, usize, bool, bool);

/// The source of the values of `operation`'s parameter `member`.
pub(super) fn source(operation: Operation, member: Member) -> Option<Source> {
    let wanted = Identifier::new(operation, member)?;
    let own = without_verb(operation.name()).to_lowercase();
    let makes = operation.name().starts_with("Create") || operation.name().starts_with("Register");
    // What is made has no name yet.
    if makes && singular(&own) == wanted.base {
        return None;
    }
    let mut best: Option<(Rank, Source)> = None;
    for lister in operation.service().operations() {
        let Some((rank, path)) = listed(lister, &wanted) else {
            continue;
        };
        if best.as_ref().is_none_or(|(other, _)| rank < *other) {
            let operation = lister.name();
            best = Some((rank, Source { operation, path }));
        }
    }
    best.map(|(_, source)| source)
}

/// An identifier, taken apart; all in lower case.
struct Identifier {
    /// As it is, of one thing.
    whole: String,
    /// The thing that it identifies.
    base: String,
    /// What it ends with; empty if with nothing known.
    suffix: &'static str,
}

impl Identifier {
    fn new(operation: Operation, member: Member) -> Option<Self> {
        let shape = member.shape();
        let is_list = shape.kind() == ShapeKind::List;
        let item = shape.list_member().map_or(shape, Member::shape);
        if item.kind() != ShapeKind::String || item.enum_values().next().is_some() {
            return None;
        }
        let mut whole = member.name().to_lowercase();
        if is_list {
            whole = singular(&whole);
        }
        let suffix = SUFFIXES.iter().find(|suffix| whole.ends_with(**suffix));
        let suffix = suffix.copied().unwrap_or_default();
        let mut base = whole[..whole.len() - suffix.len()].to_owned();
        if base.is_empty() {
            base = singular(&without_verb(operation.name()).to_lowercase());
        }
        (base.len() > 1).then_some(Self {
            whole,
            base,
            suffix,
        })
    }
}

/// How an operation lists what is wanted, if it does.
fn listed(lister: Operation, wanted: &Identifier) -> Option<(Rank, Vec<&'static str>)> {
    let verb = ["List", "Describe", "list", "describe"]
        .into_iter()
        .find(|verb| lister.name().starts_with(verb))?;
    let noun = singular(&lister.name()[verb.len()..].to_lowercase());
    // `SourceDBInstance` is a `DBInstance`.
    if noun.len() < 3 || !wanted.base.ends_with(&noun) {
        return None;
    }
    let distance = wanted.base.len() - noun.len();
    let needs = |input: Shape| input.required().next().is_some();
    if lister.input().is_some_and(needs) {
        return None;
    }
    let is_paged = !pages::model(lister).is_null();
    let lists = |shape: Shape| {
        shape
            .members()
            .filter_map(|list| Some((list, list.shape().list_member()?.shape())))
    };
    let mut best: Option<(Rank, Vec<&'static str>)> = None;
    let mut offer = |fit: usize, list: Member, path: Vec<&'static str>| {
        let is_named = singular(&list.name().to_lowercase()) == noun;
        let rank = (
            distance,
            !is_paged,
            fit,
            !is_named,
            !verb.eq_ignore_ascii_case("list"),
        );
        if best.as_ref().is_none_or(|(other, _)| rank < *other) {
            best = Some((rank, path));
        }
    };
    for (list, item) in lists(lister.output()?) {
        match item.kind() {
            ShapeKind::String => {
                let name = singular(&list.name().to_lowercase());
                let is_wanted = name == wanted.whole
                    || name == noun
                    || SUFFIXES
                        .iter()
                        .any(|suffix| name == format!("{noun}{suffix}"));
                if is_wanted {
                    offer(0, list, vec![list.name()]);
                }
            }
            ShapeKind::Structure => {
                if let Some((fit, name)) = named(item, wanted, &noun) {
                    offer(fit, list, vec![list.name(), name]);
                }
                // As `Reservations[].Instances[]` is.
                for (inner, item) in lists(item) {
                    let is_noun = singular(&inner.name().to_lowercase()) == noun;
                    if is_noun && let Some((fit, name)) = named(item, wanted, &noun) {
                        offer(fit, inner, vec![list.name(), inner.name(), name]);
                    }
                }
            }
            _ => {}
        }
    }
    best
}

/// The member of a listed thing that is wanted, and how far it is from that.
fn named(item: Shape, wanted: &Identifier, noun: &str) -> Option<(usize, &'static str)> {
    let find = |name: &str| {
        item.members()
            .filter(|member| member.shape().kind() == ShapeKind::String)
            .find(|member| member.name().eq_ignore_ascii_case(name))
            .map(Member::name)
    };
    if let Some(name) = find(&wanted.whole) {
        return Some((0, name));
    }
    let suffixes: &[&str] = match wanted.suffix {
        "" => PLAIN,
        "id" => &["id", "identifier", "name", "arn"],
        "identifier" => &["identifier", "id", "name", "arn"],
        "name" => &["name", "id", "identifier"],
        "arn" => &["arn"],
        _ => &["url"],
    };
    suffixes.iter().enumerate().find_map(|(index, suffix)| {
        let name = find(&format!("{noun}{suffix}")).or_else(|| find(suffix))?;
        Some((index + 1, name))
    })
}

/// A name in camel case without its first word.
fn without_verb(name: &str) -> &str {
    let end = name
        .char_indices()
        .skip(1)
        .find(|(_, letter)| letter.is_uppercase());
    end.map_or("", |(at, _)| &name[at..])
}

/// One of what a word in lower case names many of.
fn singular(word: &str) -> String {
    for (ending, one) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{one}");
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    fn check(service: &str, operation: &str, member: &str, expected: &str) {
        let model = awl_catalog::store().service(service).unwrap();
        let operation = model.operation(operation).unwrap();
        let input = operation.input().unwrap().member(member).unwrap();
        let found = source(operation, input).map_or_else(String::new, |source| {
            format!("{} {}", source.operation, source.path.join("."))
        });
        assert_eq!(found, expected, "{service} {} {member}", operation.name());
    }

    #[test]
    fn sources_are_found() {
        for (service, operation, member, expected) in [
            (
                "ec2",
                "TerminateInstances",
                "InstanceIds",
                "DescribeInstances Reservations.Instances.InstanceId",
            ),
            ("ec2", "CreateSubnet", "VpcId", "DescribeVpcs Vpcs.VpcId"),
            ("ec2", "DeleteSecurityGroup", "GroupId", ""),
            (
                "lambda",
                "Invoke",
                "FunctionName",
                "ListFunctions Functions.FunctionName",
            ),
            (
                "dynamodb",
                "DescribeTable",
                "TableName",
                "ListTables TableNames",
            ),
            ("s3", "ListObjectsV2", "Bucket", "ListBuckets Buckets.Name"),
            ("s3", "CreateBucket", "Bucket", ""),
            ("iam", "GetUser", "UserName", "ListUsers Users.UserName"),
            (
                "iam",
                "AttachRolePolicy",
                "PolicyArn",
                "ListPolicies Policies.Arn",
            ),
            ("sqs", "SendMessage", "QueueUrl", "ListQueues QueueUrls"),
            ("sns", "Publish", "TopicArn", "ListTopics Topics.TopicArn"),
            ("ecs", "ListTasks", "cluster", "ListClusters clusterArns"),
            (
                "cloudformation",
                "DescribeStacks",
                "StackName",
                "DescribeStacks Stacks.StackName",
            ),
            ("kms", "Encrypt", "KeyId", "ListKeys Keys.KeyId"),
            (
                "rds",
                "DeleteDBInstance",
                "DBInstanceIdentifier",
                "DescribeDBInstances DBInstances.DBInstanceIdentifier",
            ),
            (
                "secretsmanager",
                "GetSecretValue",
                "SecretId",
                "ListSecrets SecretList.Name",
            ),
            ("eks", "DescribeCluster", "name", "ListClusters clusters"),
            (
                "stepfunctions",
                "StartExecution",
                "stateMachineArn",
                "ListStateMachines stateMachines.stateMachineArn",
            ),
            (
                "logs",
                "GetLogEvents",
                "logGroupName",
                "DescribeLogGroups logGroups.logGroupName",
            ),
            ("ec2", "RunInstances", "InstanceType", ""),
        ] {
            check(service, operation, member, expected);
        }
    }
}
