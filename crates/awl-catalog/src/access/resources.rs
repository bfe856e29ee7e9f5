//! The ARNs of the resources that a call is about, from its parameters: those
//! that are ARNs of the right format, else the format with its placeholders
//! filled by the parameters that are named alike.

use awl_model::Operation;

use super::exceptions;
use super::operations::Found;
use super::{ActionResource, facts};

/// A scalar among the parameters of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Where it stands: `Delete.Objects[].Key`; the key of a map is
    /// `RequestItems{}`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl Parameter {
    /// The last name of its path: `Key`.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.path.rsplit('.').next().unwrap_or_default();
        name.trim_end_matches(['[', ']', '{', '}'])
    }

    /// Whether it stands at a path or below it.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '{']))
    }

    fn depth(&self) -> usize {
        self.path.matches('.').count()
    }
}

/// Where and as whom a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The partition: `aws`.
    pub partition: String,
    /// The Region.
    pub region: String,
    /// The account's number.
    pub account: String,
}

/// The resources of an action, and whether a part of them is open.
pub(super) fn of(
    found: &Found,
    operation: Operation,
    parameters: &[Parameter],
    scope: &Scope,
) -> (Vec<String>, bool) {
    let any = || vec!["*".to_owned()];
    let Some((prefix, name)) = found.action.split_once(':') else {
        return (any(), true);
    };
    if prefix == "apigateway" && name == operation.http_method() {
        return (vec![api_gateway(operation, parameters, scope)], false);
    }
    let service = facts(prefix);
    let Some((service, action)) = service
        .as_ref()
        .and_then(|service| Some((service, service.action(name)?)))
    else {
        return (any(), true);
    };
    let mut types: Vec<ActionResource<'_>> = action.resources().collect();
    if found.from.is_some() {
        // What the table names is of the plainest type.
        types.sort_by_key(|kind| service.resource(kind.name).map(|kind| kind.arn.len()));
        types.truncate(1);
    }
    if types.is_empty() {
        return (any(), false);
    }
    if prefix == "dynamodb" && name.starts_with("PartiQL") {
        let tables = tables(parameters);
        if !tables.is_empty() {
            let Scope {
                partition,
                region,
                account,
            } = scope;
            let arn = |table| format!("arn:{partition}:dynamodb:{region}:{account}:table/{table}");
            return (tables.into_iter().map(arn).collect(), false);
        }
    }
    let is_alone = types.len() == 1 || types.iter().filter(|kind| kind.required).count() == 1;
    let (mut resources, mut is_open) = (Vec::new(), false);
    let (mut partial, mut unfilled) = (Vec::new(), Vec::new());
    for kind in &types {
        let Some(resource) = service.resource(kind.name) else {
            continue;
        };
        let filling = Filling {
            prefix,
            kind: kind.name,
            format: resource.arn,
            from: found.from,
            is_alone: is_alone && (kind.required || types.len() == 1),
            parameters,
            scope,
        };
        match filling.arns() {
            // A type that need not be there is not, unless all of it is named.
            Some((arns, true)) if !kind.required => partial.extend(arns),
            Some((arns, open)) => {
                is_open |= open;
                for arn in arns {
                    if !resources.contains(&arn) {
                        resources.push(arn);
                    }
                }
            }
            None if kind.required => unfilled.push(filling.unknown()),
            None => {}
        }
    }
    is_open |= !unfilled.is_empty();
    resources.extend(unfilled);
    if !resources.is_empty() {
        return (resources, is_open);
    }
    let resources = if partial.is_empty() { any() } else { partial };
    (resources, true)
}

/// A resource type that is looked for.
struct Filling<'a> {
    prefix: &'a str,
    kind: &'a str,
    format: &'a str,
    from: Option<&'static str>,
    /// Whether nothing else can be meant by `Name` or `Id`.
    is_alone: bool,
    parameters: &'a [Parameter],
    scope: &'a Scope,
}

impl Filling<'_> {
    /// The ARNs that the parameters tell, and whether a part is open.
    fn arns(&self) -> Option<(Vec<String>, bool)> {
        if let Some(from) = self.from {
            return self.named(from);
        }
        let whole: Vec<&Parameter> = self
            .parameters
            .iter()
            .filter(|parameter| fits(self.format, &parameter.text))
            .collect();
        if let Some(depth) = whole.iter().map(|parameter| parameter.depth()).min() {
            let nearest = whole
                .iter()
                .filter(|parameter| parameter.depth() == depth)
                .map(|parameter| parameter.text.clone());
            return Some((nearest.collect(), false));
        }
        self.filled()
    }

    /// The ARNs that the parameter of a name tells: ARNs, or what stands in
    /// the place of all placeholders.
    fn named(&self, name: &str) -> Option<(Vec<String>, bool)> {
        let texts = self
            .parameters
            .iter()
            .filter(|parameter| parameter.is_at(name))
            .filter(|parameter| !is_alias(self.format, &parameter.text));
        let head = self.head();
        let arns: Vec<String> = texts
            .map(|parameter| {
                let text = parameter.text.as_str();
                if text.starts_with("arn:") {
                    return text.to_owned();
                }
                let text = text.trim_start_matches('/');
                let text = text.split_once("?versionId=").map_or(text, |(key, _)| key);
                let start = head.find("${").unwrap_or(head.len());
                format!("{}{text}", &head[..start])
            })
            .collect();
        (!arns.is_empty()).then_some((arns, false))
    }

    /// The format with what is named like its placeholders.
    fn filled(&self) -> Option<(Vec<String>, bool)> {
        let head = self.head();
        let names = placeholders(&head);
        let mut arns = vec![head];
        let (mut is_open, mut is_known) = (false, names.is_empty());
        // A parameter stands for one part only.
        let mut taken: Vec<&str> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let is_last = index + 1 == names.len();
            let (path, texts) = self.texts(name, is_last, &taken);
            taken.extend(path);
            let pattern = format!("${{{name}}}");
            if texts.is_empty() {
                is_open = true;
                arns = arns.iter().map(|arn| arn.replace(&pattern, "*")).collect();
                continue;
            }
            is_known = true;
            arns = arns
                .iter()
                .flat_map(|arn| texts.iter().map(|text| arn.replace(&pattern, text)))
                .collect();
        }
        is_known.then_some((arns, is_open))
    }

    /// The format with nothing known.
    fn unknown(&self) -> String {
        let mut arn = self.head();
        for name in placeholders(&arn) {
            arn = arn.replace(&format!("${{{name}}}"), "*");
        }
        arn
    }

    /// The format with partition, Region and account.
    fn head(&self) -> String {
        self.format
            .replace("${Partition}", &self.scope.partition)
            .replace("${Region}", &self.scope.region)
            .replace("${Account}", self.account())
    }

    /// The account that owns the resource: a queue's URL has it.
    fn account(&self) -> &str {
        let urls = self.parameters.iter().filter(|parameter| {
            parameter.name().ends_with("Url") && parameter.text.starts_with("http")
        });
        urls.filter_map(|parameter| parameter.text.rsplit('/').nth(1))
            .find(|part| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or(&self.scope.account)
    }

    /// What the parameters say of a placeholder: the texts of those that are
    /// named best, and their path.
    fn texts(
        &self,
        placeholder: &str,
        is_last: bool,
        taken: &[&str],
    ) -> (Option<&str>, Vec<String>) {
        let best = self
            .parameters
            .iter()
            .filter(|parameter| !taken.contains(&&*parameter.path))
            .filter(|parameter| !is_alias(self.format, &parameter.text))
            .filter(|parameter| is_alike(self.format, &parameter.text))
            .filter(|parameter| exceptions::may_be(self.prefix, self.kind, &parameter.text))
            .map(|parameter| (self.score(parameter, placeholder, is_last), parameter))
            .max_by(|left, right| left.0.cmp(&right.0).then(std::cmp::Ordering::Greater));
        let Some((score, best)) = best.filter(|(score, _)| *score > 0) else {
            return (None, Vec::new());
        };
        let is_meant = |parameter: &&Parameter| {
            parameter.path == best.path && self.score(parameter, placeholder, is_last) == score
        };
        let texts = self.parameters.iter().filter(is_meant);
        let texts = texts.map(|parameter| shorten(placeholder, &parameter.text));
        (Some(&best.path), texts.collect())
    }

    /// How well a parameter's name fits a placeholder; 0 for not at all.
    fn score(&self, parameter: &Parameter, placeholder: &str, is_last: bool) -> usize {
        const FAR: usize = 10;
        let name = parameter.name();
        let given = letters(name);
        let (wanted, kind) = (letters(placeholder), letters(self.kind));
        let wanted = wanted
            .trim_end_matches("withpath")
            .trim_end_matches("withoutleadingslash");
        let bare = ["name", "id", "identifier", "arn", "resourceid", "resource"];
        let score = if exceptions::is_alias(self.prefix, placeholder, parameter) {
            120
        } else if given == wanted {
            100
        } else if !stem(&given).is_empty() && stem(&given) == stem(wanted) {
            80
        } else if is_last && !stem(&given).is_empty() && stem(&given) == kind {
            70
        } else if is_last && self.is_alone && parameter.depth() == 0 && bare.contains(&&*given) {
            40
        } else {
            return 0;
        };
        score - (FAR * parameter.depth()).min(30)
    }
}

/// Whether a text is an ARN of a format. What stands for Region and account
/// may be empty.
fn fits(format: &str, text: &str) -> bool {
    let (mut wanted, mut given) = (format.splitn(6, ':'), text.splitn(6, ':'));
    for part in 0..6 {
        let (Some(wanted), Some(given)) = (wanted.next(), given.next()) else {
            return false;
        };
        let fits = match part {
            5 => resource_fits(wanted, given),
            _ => wanted.starts_with("${") || wanted == given,
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Whether the last part of an ARN has the literal parts of a format's.
fn resource_fits(format: &str, text: &str) -> bool {
    let mut rest = text;
    let mut format = format;
    loop {
        let Some(start) = format.find("${") else {
            return rest == format;
        };
        let Some(behind) = rest.strip_prefix(&format[..start]) else {
            return false;
        };
        let end = format[start..]
            .find('}')
            .map_or(format.len(), |at| start + at + 1);
        format = &format[end..];
        if format.is_empty() {
            return !behind.is_empty();
        }
        let literal = &format[..format.find("${").unwrap_or(format.len())];
        match behind.find(literal) {
            Some(at) if at > 0 => rest = &behind[at..],
            _ => return false,
        }
    }
}

/// The names in `${…}`, each once.
fn placeholders(format: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in format.split("${").skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// What a parameter puts in the place of a placeholder: the name in an ARN or
/// at the end of a URL, else itself.
fn shorten(placeholder: &str, text: &str) -> String {
    let text = if placeholder.ends_with("WithoutLeadingSlash") {
        text.strip_prefix('/').unwrap_or(text)
    } else {
        text
    };
    let last = if text.starts_with("arn:") {
        text.rsplit([':', '/']).next()
    } else if text.starts_with("https://") || text.starts_with("http://") {
        text.rsplit('/').next()
    } else {
        None
    };
    last.unwrap_or(text).to_owned()
}

/// Whether a text names a resource by its alias, which tells no ARN.
fn is_alias(format: &str, text: &str) -> bool {
    (text.starts_with("alias/") || text.contains(":alias/")) && !format.contains(":alias/")
}

/// Whether a text, where it is an ARN, is one of the service and the kind that
/// a format begins with.
fn is_alike(format: &str, text: &str) -> bool {
    if !text.starts_with("arn:") {
        return true;
    }
    let wanted: Vec<&str> = format.splitn(6, ':').collect();
    let given: Vec<&str> = text.splitn(6, ':').collect();
    let (Some(resource), Some(given_resource)) = (wanted.get(5), given.get(5)) else {
        return false;
    };
    let literal = &resource[..resource.find("${").unwrap_or(resource.len())];
    wanted[2] == given[2]
        && wanted[3].is_empty() == given[3].is_empty()
        && given_resource.starts_with(literal)
}

/// A name in small letters and digits.
fn letters(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// A name without what says that it is one.
fn stem(name: &str) -> &str {
    let name = name
        .strip_suffix("identifiers")
        .or_else(|| name.strip_suffix("names"))
        .or_else(|| name.strip_suffix("arns"))
        .or_else(|| name.strip_suffix("ids"))
        .unwrap_or(name);
    ["identifier", "name", "arn", "url", "id"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name)
}

/// The ARN of an API Gateway request: the path of its URI.
fn api_gateway(operation: Operation, parameters: &[Parameter], scope: &Scope) -> String {
    let uri = operation.request_uri();
    let mut path = uri.split('?').next().unwrap_or(uri).to_owned();
    path = path.strip_prefix("/v2").map_or(path.clone(), str::to_owned);
    for part in uri.split('{').skip(1) {
        let Some((label, _)) = part.split_once('}') else {
            continue;
        };
        let wanted = letters(label);
        let text = operation
            .input()
            .into_iter()
            .flat_map(awl_model::Shape::members)
            .find(|member| member.wire_name() == label || letters(member.name()) == wanted)
            .and_then(|member| {
                let at = |parameter: &&Parameter| parameter.path == member.name();
                parameters.iter().find(at)
            })
            .map_or("*", |parameter| parameter.text.as_str());
        path = path.replace(&format!("{{{label}}}"), text);
    }
    format!(
        "arn:{}:apigateway:{}::{path}",
        scope.partition, scope.region
    )
}

/// The tables that statements of PartiQL are about.
fn tables(parameters: &[Parameter]) -> Vec<String> {
    let mut tables: Vec<String> = Vec::new();
    for parameter in parameters.iter().filter(|own| own.name() == "Statement") {
        let mut words = parameter.text.split_whitespace();
        let begins = |word: &str| {
            ["from", "into", "update"]
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known))
        };
        if words.any(begins)
            && let Some(word) = words.next()
        {
            // A table's name, or that and an index's: "Music"."Genre".
            let name = match word.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => word.split(['.', ',', ';']).next(),
            };
            let name = name.unwrap_or_default().to_owned();
            if !name.is_empty() && !tables.contains(&name) {
                tables.push(name);
            }
        }
    }
    tables
}
