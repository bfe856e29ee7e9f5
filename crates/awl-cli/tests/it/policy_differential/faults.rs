//! Where the implementation on npm is not as AWS documents it. Each fault is a
//! predicate over the case that also says how to write the same so that it is
//! read right: with all faults written around, both have to say the same.

use awl_value::{Map, Value, json};

use super::random::object;

/// A fault.
pub(super) struct Fault {
    /// What it is.
    pub name: &'static str,
    /// Writes the case around it; None where the case has it not. Of several
    /// cases the most lenient decides.
    pub around: fn(&Value) -> Option<Vec<Value>>,
}

/// The faults, those of values before those of whole policies.
pub(super) static FAULTS: &[Fault] = &[
    // Null tells whether a key has a value; a list without values has none.
    // IAM User Guide, "Condition operator to check existence of condition keys".
    Fault {
        name: "a key with a list of no values is taken to be there",
        around: empty_lists,
    },
    // A policy without a version is of 2008-10-17, and has no variables: they are plain text.
    // IAM User Guide, "IAM JSON policy elements: Version".
    Fault {
        name: "variables are substituted in policies of 2008",
        around: old_variables,
    },
    // ${*} is an asterisk wherever a variable may stand, below StringEquals, too.
    // IAM User Guide, "IAM policy elements: Variables and tags".
    Fault {
        name: "${*} under StringEquals is no star",
        around: |case| change_conditions(case, literal_characters),
    },
    // Variables stand in resources and in conditions on text and ARNs; a key's colon is no
    // separator of the ARN.
    // IAM User Guide, "IAM policy elements: Variables and tags".
    Fault {
        name: "an ARN is cut before its variables are substituted",
        around: |case| change_conditions(case, arn_variables),
    },
    // A value with a variable that has no value is equal to nothing, which a negated operator
    // takes for true.
    // IAM User Guide, "IAM policy elements: Variables and tags", "Policy variables with no value".
    Fault {
        name: "a variable without value makes negated operators false",
        around: |case| change_conditions(case, unresolved),
    },
    // IfExists makes a condition true where the key is missing, with set operators, too.
    // IAM User Guide, "IAM JSON policy elements: Condition operators".
    Fault {
        name: "ForAnyValue with IfExists is false where the key is missing",
        around: |case| change_conditions(case, missing_if_exists),
    },
    // 0.0.0.0/0 is every address of IPv4: CIDR of RFC 4632.
    // IAM User Guide, "IP address condition operators".
    Fault {
        name: "0.0.0.0/0 holds nothing",
        around: |case| change_conditions(case, zero_prefix),
    },
    // An address without a prefix is that address alone (/32), and NotIpAddress is true of every
    // other one.
    // IAM User Guide, "IP address condition operators".
    Fault {
        name: "NotIpAddress is false for the other family where the prefix is left out",
        around: |case| change_conditions(case, bare_address),
    },
    // A date is one of ISO 8601 or a time of the epoch, which counts seconds.
    // IAM User Guide, "Date condition operators".
    Fault {
        name: "seconds since 1970 are compared with milliseconds",
        around: epoch,
    },
    // Wildcards are those of the policy's ARN; an ARN in a request names what it names.
    // IAM User Guide, "IAM JSON policy elements: Resource".
    Fault {
        name: "a star in the request's ARN is a wildcard",
        around: request_star,
    },
    // A role's trust policy says who may assume it; nobody else may.
    // IAM User Guide, "Roles terms and concepts"; "Policy evaluation logic", role trust policies.
    Fault {
        name: "a role without a trust policy trusts its account",
        around: untrusting_role,
    },
    // Variables stand in the resource's part of an ARN; a key's colon ends no type of resource.
    // IAM User Guide, "IAM policy elements: Variables and tags".
    Fault {
        name: "the colon of a variable ends the type of the resource",
        around: resource_variables,
    },
    // A resource with a variable that has no value is none: so NotResource names nothing, and the
    // statement is for all.
    // IAM User Guide, "IAM policy elements: Variables and tags", "Policy variables with no value".
    Fault {
        name: "NotResource with a variable without value is for no resource",
        around: unresolved_resources,
    },
    // The root user may do everything in its account; no policy has to say so.
    // IAM User Guide, "Policy evaluation logic", "AWS account root user".
    Fault {
        name: "the root user needs an Allow",
        around: root_user,
    },
    // What a resource's policy grants to a session's ARN is not limited by what the session's
    // policies leave out: the table of principals.
    // IAM User Guide, "Determining whether a request is allowed or denied within an account".
    Fault {
        name: "a session policy caps what is granted to the session itself",
        around: session_grant,
    },
];

/// A value that equals nothing in any request.
const NOTHING: &str = "<nothing>";
const NO_ARN: &str = "arn:<nothing>:<nothing>:<nothing>:<nothing>:<nothing>";

/// An element of a condition block.
struct Condition<'a> {
    /// `ForAnyValue`, `ForAllValues` or nothing.
    set: &'a str,
    /// The operator without what stands before and behind.
    base: &'a str,
    if_exists: bool,
    key: &'a str,
    values: Vec<String>,
    /// Whether its policy has variables.
    has_variables: bool,
    context: &'a Map,
}

/// What becomes of an element.
enum Change {
    Values(Vec<String>),
    Remove,
}

impl Condition<'_> {
    fn is_negated(&self) -> bool {
        self.base.contains("Not")
    }

    /// What the request has for a key.
    fn request(&self, key: &str) -> Option<&Value> {
        find(self.context, key)
    }

    fn is_missing(&self) -> bool {
        self.request(self.key).is_none()
    }

    /// Other values, where `change` makes any other.
    fn map(&self, change: impl Fn(&str) -> Option<Vec<String>>) -> Option<Change> {
        let changed: Vec<Option<Vec<String>>> =
            self.values.iter().map(|value| change(value)).collect();
        if changed.iter().all(Option::is_none) {
            return None;
        }
        let values = self.values.iter().zip(changed);
        Some(Change::Values(
            values
                .flat_map(|(value, changed)| changed.unwrap_or_else(|| vec![value.clone()]))
                .collect(),
        ))
    }
}

/// What a variable stands for: its value, else its default; None where it has
/// neither.
fn resolve(context: &Map, inner: &str) -> Option<String> {
    let (name, default) = match inner.split_once(", ") {
        Some((name, default)) => (name, Some(default.trim_matches('\''))),
        None => (inner, None),
    };
    match find(context, name) {
        Some(Value::List(_)) | None => default.map(str::to_owned),
        Some(value) => value.as_str().map(str::to_owned),
    }
}

fn find<'a>(context: &'a Map, key: &str) -> Option<&'a Value> {
    let mut entries = context.iter();
    entries
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}

/// The variables of a text: what is between their braces.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn is_literal(inner: &str) -> bool {
    matches!(inner, "*" | "?" | "$")
}

fn literal_characters(condition: &Condition<'_>) -> Option<Change> {
    let compares = condition.base.starts_with("String") && !condition.base.ends_with("Like");
    if !compares || !condition.has_variables {
        return None;
    }
    condition.map(|value| {
        variables(value).any(is_literal).then(|| {
            let value = value.replace("${*}", "*").replace("${?}", "?");
            vec![value.replace("${$}", "$")]
        })
    })
}

fn arn_variables(condition: &Condition<'_>) -> Option<Change> {
    if !condition.base.starts_with("Arn") || !condition.has_variables {
        return None;
    }
    condition.map(|value| {
        if !variables(value).any(|inner| inner.contains(':')) {
            return None;
        }
        let mut text = value.to_owned();
        for inner in variables(value).filter(|inner| !is_literal(inner)) {
            let Some(resolved) = resolve(condition.context, inner) else {
                return Some(vec![NO_ARN.to_owned()]);
            };
            let escaped = resolved.replace('*', "${*}").replace('?', "${?}");
            text = text.replace(&format!("${{{inner}}}"), &escaped);
        }
        Some(vec![text])
    })
}

fn unresolved(condition: &Condition<'_>) -> Option<Change> {
    let takes_variables = condition.base.starts_with("String");
    if !takes_variables || !condition.is_negated() || !condition.has_variables {
        return None;
    }
    condition.map(|value| {
        variables(value)
            .any(|inner| !is_literal(inner) && resolve(condition.context, inner).is_none())
            .then(|| vec![NOTHING.to_owned()])
    })
}

fn missing_if_exists(condition: &Condition<'_>) -> Option<Change> {
    let applies = condition.set == "ForAnyValue" && condition.if_exists && condition.is_missing();
    applies.then_some(Change::Remove)
}

fn zero_prefix(condition: &Condition<'_>) -> Option<Change> {
    if !condition.base.ends_with("IpAddress") {
        return None;
    }
    condition.map(|value| {
        (value == "0.0.0.0/0").then(|| vec!["0.0.0.0/1".to_owned(), "128.0.0.0/1".to_owned()])
    })
}

fn bare_address(condition: &Condition<'_>) -> Option<Change> {
    if condition.base != "NotIpAddress" {
        return None;
    }
    condition.map(|value| {
        let prefix = if value.contains(':') { 128 } else { 32 };
        (!value.contains('/')).then(|| vec![format!("{value}/{prefix}")])
    })
}

/// The same instant as a date, of seconds since 1970.
fn date(text: &str) -> Option<String> {
    let seconds: i64 = text.parse().ok()?;
    Some(
        awl_value::Timestamp::utc(seconds * 1_000_000)
            .isoformat(0)
            .replace("+00:00", "Z"),
    )
}

fn epoch(case: &Value) -> Option<Vec<Value>> {
    let context = context(case);
    let mixes = std::cell::Cell::new(false);
    let changed = change_conditions(case, |condition| {
        if !condition.base.starts_with("Date") {
            return None;
        }
        let request = condition.request(condition.key).and_then(Value::as_str);
        let is_epoch = |text: &str| date(text).is_some();
        let differs =
            |value: &String| request.is_some_and(|request| is_epoch(request) != is_epoch(value));
        if condition.values.iter().any(differs) {
            mixes.set(true);
        }
        condition.map(|value| date(value).map(|date| vec![date]))
    });
    if !mixes.get() {
        return None;
    }
    let mut case = changed.map_or_else(|| case.clone(), |mut cases| cases.remove(0));
    let mut changed = context.clone();
    for (key, value) in context.iter() {
        if key.eq_ignore_ascii_case("aws:EpochTime")
            && let Some(date) = value.as_str().and_then(date)
        {
            changed.insert(key.to_owned(), Value::from(date));
        }
    }
    request_mut(&mut case).insert("context", Value::Map(changed));
    Some(vec![case])
}

fn old_variables(case: &Value) -> Option<Vec<Value>> {
    let mut case = case.clone();
    let mut has = false;
    each_policy(&mut case, &mut |policy| {
        if policy.get("Version").and_then(Value::as_str) == Some("2012-10-17") {
            return;
        }
        let text = json::to_string(policy);
        if text.contains("${") {
            has = true;
            *policy = json::parse(&text.replace("${", "<{")).unwrap();
        }
    });
    has.then(|| vec![case])
}

fn untrusting_role(case: &Value) -> Option<Vec<Value>> {
    let is_missing = case.get("resourcePolicy").is_none_or(Value::is_null);
    if request(case, "action") != "sts:AssumeRole" || !is_missing {
        return None;
    }
    let nobody = object([
        ("Effect", Value::from("Allow")),
        (
            "Principal",
            object([("Service", Value::from("nobody.amazonaws.com"))]),
        ),
        ("Action", Value::from("sts:AssumeRole")),
    ]);
    let mut case = case.clone();
    map_mut(&mut case).insert("resourcePolicy", policy_of(vec![nobody]));
    Some(vec![case])
}

fn resource_variables(case: &Value) -> Option<Vec<Value>> {
    let context = context(case);
    change_resources(case, &["Resource", "NotResource"], |text| {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, service, _, _, name] = *parts else {
            return None;
        };
        let at = name.find("${")?;
        // Buckets and keys have no type.
        let has_type = service == "s3" || name[..at].contains(['/', ':']);
        if has_type || !variables(name).any(|inner| inner.contains(':')) {
            return None;
        }
        let mut text = text.to_owned();
        for inner in variables(name).filter(|inner| !is_literal(inner)) {
            let value = match resolve(&context, inner) {
                Some(value) => value.replace('*', "${*}").replace('?', "${?}"),
                None => NOTHING.to_owned(),
            };
            text = text.replace(&format!("${{{inner}}}"), &value);
        }
        Some(text)
    })
}

fn unresolved_resources(case: &Value) -> Option<Vec<Value>> {
    let context = context(case);
    change_resources(case, &["NotResource"], |text| {
        let mut variables = variables(text).filter(|inner| !is_literal(inner));
        let is_unresolved = variables.any(|inner| resolve(&context, inner).is_none());
        is_unresolved.then(|| format!("arn:aws:s3:::{NOTHING}"))
    })
}

/// Changes resources in policies that have variables; None where none is
/// changed.
fn change_resources(
    case: &Value,
    keys: &[&str],
    change: impl Fn(&str) -> Option<String>,
) -> Option<Vec<Value>> {
    let mut case = case.clone();
    let mut changed = false;
    let mut change = |pattern: &mut Value| {
        if let Some(text) = pattern.as_str().and_then(&change) {
            *pattern = Value::from(text);
            changed = true;
        }
    };
    each_policy(&mut case, &mut |policy| {
        if policy.get("Version").and_then(Value::as_str) != Some("2012-10-17") {
            return;
        }
        let mut statements = statements(policy);
        for statement in &mut statements {
            for key in keys {
                match map_mut(statement).get_mut(key) {
                    Some(Value::List(patterns)) => patterns.iter_mut().for_each(&mut change),
                    Some(pattern) => change(pattern),
                    None => {}
                }
            }
        }
        map_mut(policy).insert("Statement", Value::List(statements));
    });
    changed.then(|| vec![case])
}

fn empty_lists(case: &Value) -> Option<Vec<Value>> {
    let mut context = context(case);
    let count = context.len();
    context.retain(|_, value| value.as_list().is_none_or(|items| !items.is_empty()));
    if context.len() == count {
        return None;
    }
    let mut case = case.clone();
    request_mut(&mut case).insert("context", Value::Map(context));
    Some(vec![case])
}

fn request_star(case: &Value) -> Option<Vec<Value>> {
    let resource = request(case, "resource");
    if resource == "*" || !resource.contains('*') {
        return None;
    }
    let resource = Value::from(resource.replace('*', "q"));
    let mut case = case.clone();
    request_mut(&mut case).insert("resource", resource);
    Some(vec![case])
}

fn root_user(case: &Value) -> Option<Vec<Value>> {
    if !request(case, "principal").ends_with(":root") {
        return None;
    }
    let mut case = case.clone();
    let policies = Value::List(vec![policy_of(vec![allow_all()])]);
    map_mut(&mut case).insert("identityPolicies", policies);
    Some(vec![case])
}

/// What is granted to the session itself is a case of its own, in which nothing
/// else grants anything and no session policy stands in the way.
fn session_grant(case: &Value) -> Option<Vec<Value>> {
    let principal = request(case, "principal").to_owned();
    let has_session_policy = case
        .get("sessionPolicies")
        .and_then(Value::as_list)
        .is_some_and(|list| !list.is_empty());
    let is_same_account = principal.split(':').nth(4) == Some(request(case, "resourceAccount"));
    let resource_policy = case
        .get("resourcePolicy")
        .filter(|policy| !policy.is_null())?;
    if !has_session_policy || !is_same_account {
        return None;
    }
    let names = |value: &Value| match value {
        Value::List(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        value => value
            .as_str()
            .map(str::to_owned)
            .into_iter()
            .collect::<Vec<String>>(),
    };
    let mut granted = false;
    let mut statements = statements(resource_policy);
    statements.retain_mut(|statement| {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            return true;
        }
        let direct = match statement.get("Principal") {
            Some(Value::Map(principals)) => {
                let found = principals.get("AWS").map(names).unwrap_or_default();
                found
                    .into_iter()
                    .filter(|name| *name == principal || name == "*")
                    .collect()
            }
            Some(value) => names(value),
            None => Vec::new(),
        };
        granted |= !direct.is_empty();
        let direct: Vec<Value> = direct.into_iter().map(Value::from).collect();
        map_mut(statement).insert("Principal", object([("AWS", Value::List(direct.clone()))]));
        !direct.is_empty()
    });
    if !granted {
        return None;
    }
    let mut direct = case.clone();
    each_policy_under(&mut direct, "identityPolicies", &mut |policy| {
        let mut statements = self::statements(policy);
        statements
            .retain(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Deny"));
        if statements.is_empty() {
            statements.push(object([
                ("Effect", Value::from("Deny")),
                ("Action", Value::from("a4b:none")),
                ("Resource", Value::from("*")),
            ]));
        }
        map_mut(policy).insert("Statement", Value::List(statements));
    });
    let mut policy = resource_policy.clone();
    map_mut(&mut policy).insert("Statement", Value::List(statements));
    map_mut(&mut direct).insert("resourcePolicy", policy);
    each_policy_under(&mut direct, "sessionPolicies", &mut |policy| {
        let mut statements = self::statements(policy);
        statements.push(allow_all());
        map_mut(policy).insert("Statement", Value::List(statements));
    });
    Some(vec![case.clone(), direct])
}

fn allow_all() -> Value {
    object([
        ("Effect", Value::from("Allow")),
        ("Action", Value::from("*")),
        ("Resource", Value::from("*")),
    ])
}

fn policy_of(statements: Vec<Value>) -> Value {
    object([
        ("Version", Value::from("2012-10-17")),
        ("Statement", Value::List(statements)),
    ])
}

/// A member of a case's request.
pub(super) fn request<'a>(case: &'a Value, name: &str) -> &'a str {
    case.get("request")
        .and_then(|request| request.get(name))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn context(case: &Value) -> Map {
    let context = case
        .get("request")
        .and_then(|request| request.get("context"));
    context.and_then(Value::as_map).cloned().unwrap_or_default()
}

fn request_mut(case: &mut Value) -> &mut Map {
    map_mut(map_mut(case).get_mut("request").unwrap())
}

fn map_mut(value: &mut Value) -> &mut Map {
    value.as_map_mut().unwrap()
}

/// The statements of a policy, one or a list of them.
pub(super) fn statements(policy: &Value) -> Vec<Value> {
    match policy.get("Statement") {
        Some(Value::List(statements)) => statements.clone(),
        Some(statement) => vec![statement.clone()],
        None => Vec::new(),
    }
}

/// Where policies are in a case.
const PLACES: &[&str] = &[
    "identityPolicies",
    "resourcePolicy",
    "permissionsBoundary",
    "scps",
    "rcps",
    "sessionPolicies",
    "vpcEndpointPolicy",
];

pub(super) fn each_policy(case: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    for place in PLACES {
        each_policy_under(case, place, visit);
    }
}

fn each_policy_under(case: &mut Value, place: &str, visit: &mut dyn FnMut(&mut Value)) {
    fn walk(value: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| walk(item, visit)),
            Value::Map(_) => visit(value),
            _ => {}
        }
    }
    if let Some(value) = map_mut(case).get_mut(place) {
        walk(value, visit);
    }
}

/// Changes elements of conditions in all policies; None where none is changed.
fn change_conditions(
    case: &Value,
    change: impl Fn(&Condition<'_>) -> Option<Change>,
) -> Option<Vec<Value>> {
    let context = context(case);
    let mut case = case.clone();
    let mut changed = false;
    each_policy(&mut case, &mut |policy| {
        let has_variables = policy.get("Version").and_then(Value::as_str) == Some("2012-10-17");
        let mut statements = statements(policy);
        for statement in &mut statements {
            let Some(Value::Map(block)) = map_mut(statement).get_mut("Condition") else {
                continue;
            };
            for (operator, keys) in block.iter_mut() {
                let (set, base) = operator.split_once(':').unwrap_or(("", operator));
                let (base, if_exists) = match base.strip_suffix("IfExists") {
                    Some(base) => (base, true),
                    None => (base, false),
                };
                map_mut(keys).retain(|key, value| {
                    let condition = Condition {
                        set,
                        base,
                        if_exists,
                        key,
                        values: words(value),
                        has_variables,
                        context: &context,
                    };
                    match change(&condition) {
                        None => return true,
                        Some(Change::Remove) => {}
                        Some(Change::Values(values)) => {
                            *value = Value::List(values.into_iter().map(Value::from).collect());
                            changed = true;
                            return true;
                        }
                    }
                    changed = true;
                    false
                });
            }
            block.retain(|_, keys| keys.as_map().is_some_and(|keys| !keys.is_empty()));
            if block.is_empty() {
                map_mut(statement).remove("Condition");
            }
        }
        let statements = Value::List(statements);
        map_mut(policy).insert("Statement", statements);
    });
    changed.then(|| vec![case])
}

/// The values of a condition's element, as texts.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().flat_map(words).collect(),
        Value::String(text) => vec![text.to_string()],
        value => vec![json::to_string(value)],
    }
}
