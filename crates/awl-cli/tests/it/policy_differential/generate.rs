//! Requests and the policies that decide them, made at random: of every operator
//! in all its forms, every type of policy, every form of a principal. What is made
//! is near what the request has, so that much of it matches.

use awl_value::{Map, Value};

use super::random::{Random, member, object, texts};
use super::vocabulary::{
    ABSENT, CALLERS, KEYS, KINDS, Key, Kind, OTHER, OWN, PRINCIPALS, TARGETS, operators,
};

/// A request with its policies, in the form of a batch's line.
pub(super) fn case(random: &mut Random, id: usize) -> Value {
    Generator::new(random).case(id)
}

struct Generator<'a> {
    random: &'a mut Random,
    caller: &'static str,
    action: &'static str,
    resource: String,
    owner: &'static str,
    context: Map,
}

/// The policies that are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Identity,
    Resource,
    Trust,
    Boundary,
    Session,
    Endpoint,
    ServiceControl,
    ResourceControl,
}

impl<'a> Generator<'a> {
    fn new(random: &'a mut Random) -> Self {
        let target = random.pick(TARGETS);
        let owner = if random.chance(70) { OWN } else { OTHER };
        // A star in a request is text; it is rare.
        let star = if random.chance(30) { "*" } else { "star" };
        let resource = target.resource.replace("{}", owner).replace("{star}", star);
        let mut generator = Self {
            caller: *random.pick(CALLERS),
            action: target.action,
            resource,
            owner,
            context: Map::new(),
            random,
        };
        generator.context = generator.context();
        generator
    }

    fn case(&mut self, id: usize) -> Value {
        let is_service = self.caller.ends_with(".com");
        let is_anonymous = self.caller == "*";
        let is_root = self.caller.ends_with(":root");
        let is_session = self.caller.starts_with("arn:aws:sts:");
        let has_policies = !is_service && !is_anonymous;

        let mut case = Map::new();
        case.push("id", Value::Int(id as i64));
        let mut request = Map::new();
        request.push("principal", Value::from(self.caller));
        request.push("action", Value::from(self.action));
        request.push("resource", Value::from(&*self.resource));
        request.push("resourceAccount", Value::from(self.owner));
        request.push("context", Value::Map(self.context.clone()));
        case.push("request", Value::Map(request));

        let count = match has_policies && !is_root {
            true => self.random.count(&[15, 55, 20, 10]),
            false => 0,
        };
        case.push("identityPolicies", self.policies(Type::Identity, count));
        let is_role = self.action == "sts:AssumeRole";
        let wants_resource = !has_policies || self.owner == OTHER || self.random.chance(50);
        let resource = if wants_resource && self.resource != "*" && self.random.chance(92) {
            self.policy(if is_role { Type::Trust } else { Type::Resource })
        } else {
            Value::Null
        };
        case.push("resourcePolicy", resource);
        let boundary = if has_policies && !is_root && self.random.chance(20) {
            self.policy(Type::Boundary)
        } else {
            Value::Null
        };
        case.push("permissionsBoundary", boundary);
        let count = if has_policies {
            self.random.count(&[70, 12, 12, 6])
        } else {
            0
        };
        case.push("scps", self.levels(Type::ServiceControl, count));
        let count = self.random.count(&[80, 12, 8]);
        case.push("rcps", self.levels(Type::ResourceControl, count));
        let count = if is_session && self.random.chance(40) {
            self.random.count(&[0, 85, 15])
        } else {
            0
        };
        case.push("sessionPolicies", self.policies(Type::Session, count));
        if self.random.chance(6) {
            case.push("vpcEndpointPolicy", self.policy(Type::Endpoint));
        }
        Value::Map(case)
    }

    fn levels(&mut self, kind: Type, count: usize) -> Value {
        let levels = (0..count).map(|_| {
            let count = self.random.count(&[3, 70, 27]);
            self.policies(kind, count)
        });
        Value::List(levels.collect())
    }

    fn policies(&mut self, kind: Type, count: usize) -> Value {
        Value::List((0..count).map(|_| self.policy(kind)).collect())
    }

    fn policy(&mut self, kind: Type) -> Value {
        let mut policy = Map::new();
        match self.random.count(&[92, 5]) {
            _ if kind == Type::ResourceControl => {
                policy.push("Version", Value::from("2012-10-17"));
            }
            0 => policy.push("Version", Value::from("2012-10-17")),
            1 => policy.push("Version", Value::from("2008-10-17")),
            _ => {}
        }
        if kind == Type::ServiceControl && self.random.chance(60) {
            let all = object([
                ("Effect", Value::from("Allow")),
                ("Action", Value::from("*")),
                ("Resource", Value::from("*")),
            ]);
            let mut statements = vec![all];
            if self.random.chance(40) {
                statements.push(self.statement(kind));
            }
            policy.push("Statement", Value::List(statements));
            return Value::Map(policy);
        }
        let count = 1 + self.random.count(&[60, 30]);
        let mut statements: Vec<Value> = (0..count).map(|_| self.statement(kind)).collect();
        let statement = match (&*statements, kind) {
            // Session policies are merged for the other side.
            ([_], Type::Identity | Type::Resource) if self.random.chance(20) => {
                statements.remove(0)
            }
            _ => Value::List(statements),
        };
        policy.push("Statement", statement);
        Value::Map(policy)
    }

    fn statement(&mut self, kind: Type) -> Value {
        let denies = match kind {
            Type::ResourceControl => true,
            Type::ServiceControl => self.random.chance(35),
            _ => self.random.chance(18),
        };
        let mut statement = Map::new();
        statement.push("Effect", Value::from(if denies { "Deny" } else { "Allow" }));
        match kind {
            Type::Resource | Type::Trust => self.principal(&mut statement, denies),
            Type::ResourceControl | Type::Endpoint => statement.push("Principal", Value::from("*")),
            _ => {}
        }
        self.actions(&mut statement, kind);
        if kind != Type::Trust {
            self.resources(&mut statement, kind);
        }
        let count = self.random.count(&[45, 38, 17]);
        let mut conditions = Map::new();
        for _ in 0..count {
            self.condition(&mut conditions);
        }
        if !conditions.is_empty() {
            statement.push("Condition", Value::Map(conditions));
        }
        Value::Map(statement)
    }

    fn principal(&mut self, statement: &mut Map, denies: bool) {
        if self.random.chance(6) {
            // With all its forms, as documentation wants it.
            let mut names = vec![OWN.to_owned()];
            if self.random.chance(60) {
                names.push(self.caller.to_owned());
            }
            if denies && self.caller.starts_with("arn:") {
                if self.random.chance(50) {
                    names = self.caller_forms();
                } else {
                    names = vec![format!("arn:aws:iam::{OTHER}:user/ana"), OTHER.to_owned()];
                }
                statement.push("NotPrincipal", object([("AWS", texts(&names))]));
                return;
            }
        }
        if self.random.chance(12) {
            statement.push("Principal", Value::from("*"));
            return;
        }
        let count = 1 + self.random.count(&[70, 20]);
        let mut principals = Map::new();
        for _ in 0..count {
            let forms = self.caller_forms();
            let (key, name) = if self.random.chance(65) && !forms.is_empty() {
                let key = if self.caller.ends_with(".com") {
                    "Service"
                } else {
                    "AWS"
                };
                (key, self.random.pick(&forms).clone())
            } else {
                let (key, name) = self.random.pick(PRINCIPALS);
                (*key, (*name).to_owned())
            };
            match principals.get_mut(key) {
                None if self.random.chance(50) => principals.push(key, Value::from(name)),
                None => principals.push(key, texts(&[name])),
                Some(Value::List(names)) => names.push(Value::from(name)),
                Some(value) => *value = Value::List(vec![value.clone(), Value::from(name)]),
            }
        }
        statement.push("Principal", Value::Map(principals));
    }

    /// The names that the caller goes by in a policy.
    fn caller_forms(&self) -> Vec<String> {
        let role = |name: &str| format!("arn:aws:iam::{OWN}:role/{name}");
        let mut forms = vec![self.caller.to_owned()];
        if self.caller.starts_with("arn:") {
            forms.extend([OWN.to_owned(), format!("arn:aws:iam::{OWN}:root")]);
        }
        let path = self.caller.rsplit(':').next().unwrap();
        let mut parts = path.split('/');
        match (parts.next(), parts.next()) {
            (Some("assumed-role"), Some(name)) => forms.push(role(name)),
            (Some("federated-user"), Some(name)) => {
                forms.push(format!("arn:aws:iam::{OWN}:user/{name}"));
            }
            _ => {}
        }
        forms
    }

    fn actions(&mut self, statement: &mut Map, kind: Type) {
        let count = 1 + self.random.count(&[70, 20]);
        let near = if kind == Type::Trust { 95 } else { 85 };
        let mut patterns: Vec<String> = (0..count).map(|_| self.action_pattern(near)).collect();
        if kind == Type::ResourceControl {
            // It has to name a service.
            let service = self.action.split_once(':').unwrap().0;
            patterns
                .iter_mut()
                .filter(|pattern| *pattern == "*")
                .for_each(|pattern| {
                    *pattern = format!("{service}:*");
                });
        }
        // Neither element is for those policies.
        let plain = kind == Type::Trust || kind == Type::ResourceControl;
        let key = if !plain && self.random.chance(10) {
            "NotAction"
        } else {
            "Action"
        };
        statement.push(key, self.scalar_or_list(&patterns));
    }

    fn action_pattern(&mut self, near: usize) -> String {
        if !self.random.chance(near) {
            return self.random.pick(TARGETS).action.to_owned();
        }
        let (service, name) = self.action.split_once(':').unwrap();
        match self.random.below(10) {
            0 => "*".to_owned(),
            1 => format!("{service}:*"),
            2 => format!("{service}:{}*", &name[..3]),
            3 => format!("{service}:*{}", &name[3..]),
            4 => format!("{service}:{}?{}", &name[..2], &name[3..]),
            5 => format!("{service}:{}", name.to_lowercase()),
            6 => format!("{service}:{name}?"),
            _ => self.action.to_owned(),
        }
    }

    fn resources(&mut self, statement: &mut Map, kind: Type) {
        let count = 1 + self.random.count(&[75, 20]);
        let patterns: Vec<String> = (0..count).map(|_| self.resource_pattern()).collect();
        let key = match kind {
            Type::ResourceControl => "Resource",
            _ if self.random.chance(10) => "NotResource",
            _ => "Resource",
        };
        statement.push(key, self.scalar_or_list(&patterns));
    }

    fn resource_pattern(&mut self) -> String {
        if self.resource == "*" {
            return match self.random.below(4) {
                0 => "arn:aws:ec2:us-east-1:111122223333:instance/*".to_owned(),
                _ => "*".to_owned(),
            };
        }
        if self.random.chance(10) {
            return self
                .random
                .pick(TARGETS)
                .resource
                .replace("{}", OWN)
                .replace("{star}", "x");
        }
        let resource = self.resource.clone();
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        let [_, _, service, region, account, name] = *parts else {
            return resource;
        };
        let arn = |region: &str, account: &str, name: &str| {
            format!("arn:aws:{service}:{region}:{account}:{name}")
        };
        // Whatever says the type of resource has no wildcards.
        let fixed = match service {
            "s3" | "sqs" | "sns" => 0,
            _ => name.find(['/', ':']).map_or(0, |at| at + 1),
        };
        let (kind, rest) = name.split_at(fixed);
        let half = rest.len() / 2;
        match self.random.below(12) {
            0 | 1 => "*".to_owned(),
            2 => arn(region, account, &format!("{kind}*")),
            3 => arn(region, account, &format!("{kind}{}*", &rest[..half])),
            4 => arn(
                region,
                account,
                &format!("{kind}{}?{}", &rest[..half], &rest[half + 1..]),
            ),
            5 => arn("*", "*", name),
            6 => arn("us-*-?", account, name),
            7 => arn(region, account, &format!("{kind}*{}", &rest[half..])),
            8 => {
                let variable = self.variable();
                let text = if rest.contains("ana") {
                    rest.replacen("ana", &variable, 1)
                } else if rest.contains("blue") {
                    rest.replacen("blue", &variable, 1)
                } else {
                    format!("{rest}{variable}")
                };
                arn(region, account, &format!("{kind}{text}"))
            }
            9 => arn(region, account, &format!("{kind}{}", rest.to_uppercase())),
            _ => resource,
        }
    }

    /// A variable: of a key that is there or is not, with a default or without.
    fn variable(&mut self) -> String {
        let name = *self.random.pick(&[
            "aws:username",
            "aws:username",
            "aws:PrincipalTag/team",
            "AWS:UserName",
            ABSENT,
            "aws:TagKeys",
        ]);
        match self.random.below(8) {
            0..=1 => format!("${{{name}, 'ana'}}"),
            2 => format!("${{{name}, 'blue'}}"),
            3 => (*self.random.pick(&["${*}", "${?}", "${$}"])).to_owned(),
            _ => format!("${{{name}}}"),
        }
    }

    fn scalar_or_list(&mut self, items: &[String]) -> Value {
        match items {
            [item] if self.random.chance(50) => Value::from(&**item),
            _ => texts(items),
        }
    }

    fn context(&mut self) -> Map {
        let mut context = Map::new();
        for key in KEYS {
            if self.random.chance(30) {
                continue;
            }
            let value = if key.many {
                let names: Vec<String> = key.values.iter().map(|&name| name.to_owned()).collect();
                let mut values = self.random.some(&names, 50);
                if values.is_empty() && !self.random.chance(10) {
                    values.push(self.random.pick(&names).clone());
                }
                texts(&values)
            } else {
                Value::from(*self.random.pick(key.values))
            };
            let name = match self.random.chance(5) {
                true => key.name.to_lowercase(),
                false => key.name.to_owned(),
            };
            context.push(name, value);
        }
        context
    }

    fn values_of(&self, key: &Key) -> Vec<String> {
        let found = self
            .context
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key.name));
        match found {
            Some((_, Value::List(items))) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some((_, value)) => value.as_str().map(str::to_owned).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn condition(&mut self, conditions: &mut Map) {
        // By the kind first: some have many operators and few keys.
        let kind = *self.random.pick(KINDS);
        let keys: Vec<&Key> = KEYS.iter().filter(|key| key.kind == kind).collect();
        let key = *self.random.pick(&keys);
        let name = match self.random.below(20) {
            0 => key.name.to_uppercase(),
            1 => key.name.to_lowercase(),
            _ => key.name.to_owned(),
        };
        if self.random.chance(8) {
            let value = match self.random.below(4) {
                0 => Value::Bool(true),
                1 => Value::from("false"),
                _ => Value::from("true"),
            };
            put(conditions, "Null", name, value);
            return;
        }
        let base = *self.random.pick(operators(key.kind));
        let set = match (key.many, self.random.below(20)) {
            // Without one, a list has no documented meaning.
            (true, 0..=9) => "ForAnyValue:",
            (true, _) => "ForAllValues:",
            (false, 0) => "ForAnyValue:",
            (false, 1) => "ForAllValues:",
            _ => "",
        };
        let suffix = if self.random.chance(20) {
            "IfExists"
        } else {
            ""
        };
        let operator = format!("{set}{base}{suffix}");
        let count = 1 + self.random.count(&[60, 25]);
        let values: Vec<String> = (0..count)
            .map(|_| self.condition_value(key, base))
            .collect();
        let name = match self.random.chance(2) {
            true => ABSENT.to_owned(),
            false => name,
        };
        let value = match (&*values, key.kind) {
            ([value], Kind::Bool) if self.random.chance(20) => {
                Value::Bool(value.eq_ignore_ascii_case("true"))
            }
            ([value], Kind::Number) if self.random.chance(20) => value
                .parse()
                .map_or_else(|_| Value::from(&**value), Value::Int),
            _ => self.scalar_or_list(&values),
        };
        put(conditions, &operator, name, value);
    }

    /// A value of a policy for a key: mostly near the request's.
    fn condition_value(&mut self, key: &Key, operator: &str) -> String {
        let own = self.values_of(key);
        let near = match self.random.chance(60) && !own.is_empty() {
            true => self.random.pick(&own).clone(),
            false => (*self.random.pick(key.values)).to_owned(),
        };
        match key.kind {
            Kind::Text => self.text_value(near, operator),
            Kind::Number => match self.random.below(4) {
                0 => "300".to_owned(),
                1 => "1800".to_owned(),
                2 => "0.25".to_owned(),
                _ => near,
            },
            Kind::Date => match self.random.below(12) {
                0 => "2026-03-01T12:00:00Z".to_owned(),
                1 => "2026-01-01".to_owned(),
                2 => "2027-06-30T00:00:00.000Z".to_owned(),
                3 => "1772366400".to_owned(),
                _ => near,
            },
            Kind::Bool => match self.random.below(5) {
                0 => "True".to_owned(),
                1 => "false".to_owned(),
                _ => near,
            },
            Kind::Binary => near,
            Kind::Address => self.address_value(near),
            Kind::Arn => self.arn_value(near, operator),
        }
    }

    fn text_value(&mut self, near: String, operator: &str) -> String {
        let half = near.len() / 2;
        let takes_patterns = operator.ends_with("Like");
        match self.random.below(14) {
            0 if takes_patterns => "*".to_owned(),
            1 | 2 if takes_patterns => format!("{}*", &near[..half]),
            3 if takes_patterns => format!("*{}", &near[half..]),
            4 if takes_patterns => format!("{}?{}", &near[..half], &near[half + 1..]),
            5 if takes_patterns => format!("*{}*{}*", &near[..1], &near[half..]),
            0 => format!("{}*", &near[..half]),
            1 => near.to_uppercase(),
            6 | 7 if self.random.chance(60) => self.variable(),
            8 if self.random.chance(50) => format!("{}-{near}", self.variable()),
            9 => near.to_lowercase(),
            _ => near,
        }
    }

    fn address_value(&mut self, near: String) -> String {
        match self.random.below(10) {
            0 => "203.0.113.0/24".to_owned(),
            1 => "203.0.113.77/24".to_owned(),
            2 => "10.0.0.0/8".to_owned(),
            3 => "2001:db8::/32".to_owned(),
            4 => "0.0.0.0/0".to_owned(),
            5 => "::/0".to_owned(),
            6 if near.contains(':') => format!("{}/128", near.to_uppercase()),
            6 => format!("{near}/32"),
            7 => "203.0.113.128/25".to_owned(),
            _ => near,
        }
    }

    fn arn_value(&mut self, near: String, _: &str) -> String {
        let parts: Vec<&str> = near.splitn(6, ':').collect();
        let [_, _, service, region, account, name] = *parts else {
            return near;
        };
        let arn = |region: &str, account: &str, name: &str| {
            format!("arn:aws:{service}:{region}:{account}:{name}")
        };
        match self.random.below(12) {
            0 => arn("*", "*", "*"),
            1 => arn(region, account, &format!("{}*", &name[..2])),
            2 => arn(region, account, &format!("{}?{}", &name[..1], &name[2..])),
            3 => format!("arn:aws:*:*:{OWN}:*"),
            4 if name.contains("ana") => {
                let variable = self.variable();
                arn(region, account, &name.replacen("ana", &variable, 1))
            }
            5 => arn(region, OTHER, name),
            6 => format!("arn:aws:s3:::{}*", &name[..1]),
            _ => near.clone(),
        }
    }
}

/// Puts a condition among others; one key stands once under an operator.
fn put(conditions: &mut Map, operator: &str, key: String, value: Value) {
    if let Value::Map(keys) = member(conditions, operator)
        && !keys.keys().any(|known| known.eq_ignore_ascii_case(&key))
    {
        keys.push(key, value);
    }
}
