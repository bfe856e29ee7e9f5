//! From text to a policy. All that AWS refuses whatever the policy's type is an
//! error here; as many as can be told are told at once.

use super::{
    Actions, Effect, Policy, PolicyError, PolicyErrorKind, PolicyErrors, Principals,
    ResourcePattern, Resources, Sizes, Statement, Version,
};
use crate::arn::{ArnPattern, has_wild_type};
use crate::condition::{Condition, Operator};
use crate::pattern::Pattern;
use crate::position::{Located, Position, Span};
use crate::principal::PrincipalPattern;
use crate::syntax::{self, Entry, Node};

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// Everything that is wrong with the text whatever the policy is for, each
    /// with its place. A text that is no JSON has one error.
    pub fn parse(text: &str) -> Result<Self, PolicyErrors> {
        let document = syntax::parse(text).map_err(|error| {
            let error = PolicyError::new(PolicyErrorKind::Syntax, error.message, error.span);
            PolicyErrors::new(vec![error])
        })?;
        let mut reader = Reader {
            errors: Vec::new(),
            variables: false,
        };
        let policy = reader.policy(document, text);
        match policy {
            Some(policy) if reader.errors.is_empty() => Ok(policy),
            _ => {
                reader.errors.sort_by_key(|error| error.span.start);
                Err(PolicyErrors::new(reader.errors))
            }
        }
    }
}

struct Reader {
    errors: Vec<PolicyError>,
    variables: bool,
}

/// An element that may stand as itself or as its negation.
struct Pair {
    negated: bool,
    value: Located<Node>,
}

impl Reader {
    fn error(&mut self, kind: PolicyErrorKind, span: Span, explanation: impl Into<String>) {
        self.errors.push(PolicyError::new(kind, explanation, span));
    }

    fn syntax(&mut self, span: Span, explanation: impl Into<String>) {
        self.error(PolicyErrorKind::Syntax, span, explanation);
    }

    fn policy(&mut self, document: Located<Node>, text: &str) -> Option<Policy> {
        let span = document.span;
        let Node::Map(entries) = document.value else {
            let kind = document.value.kind();
            self.syntax(span, format!("a policy is an object, this is {kind}"));
            return None;
        };
        let (mut version, mut version_span) = (Version::V2008, None);
        let (mut id, mut statements) = (None, None);
        for Entry { key, value } in entries {
            match &*key.value {
                "Version" => {
                    version_span = Some(value.span);
                    match &value.value {
                        Node::String(text) if text == "2012-10-17" => version = Version::V2012,
                        Node::String(text) if text == "2008-10-17" => {}
                        _ => self.syntax(
                            value.span,
                            "the version must be \"2012-10-17\" or \"2008-10-17\"",
                        ),
                    }
                }
                "Id" => id = self.text(value, "Id"),
                "Statement" => statements = Some(value),
                other => self.syntax(key.span, format!("a policy has no element {other:?}")),
            }
        }
        self.variables = version == Version::V2012;
        let Some(statements) = statements else {
            self.syntax(span, "the policy has no element \"Statement\"");
            return None;
        };
        let statements = self.statements(statements);
        Some(Policy {
            version,
            version_span,
            id,
            statements,
            span,
            sizes: Sizes {
                whole: text.len(),
                without_space: without_space(text),
            },
        })
    }

    fn statements(&mut self, node: Located<Node>) -> Vec<Statement> {
        let items = match node.value {
            Node::List(items) => items,
            Node::Map(entries) => {
                let start = after_bracket(node.span.start);
                let statement = self.statement(entries, node.span, start);
                return statement.into_iter().collect();
            }
            other => {
                let kind = other.kind();
                self.syntax(
                    node.span,
                    format!("\"Statement\" must be an object or a list of objects, this is {kind}"),
                );
                return Vec::new();
            }
        };
        let mut before = after_bracket(node.span.start);
        let mut statements = Vec::with_capacity(items.len());
        for item in items {
            let start = std::mem::replace(&mut before, item.span.end);
            match item.value {
                Node::Map(entries) => {
                    statements.extend(self.statement(entries, item.span, start));
                }
                other => {
                    let kind = other.kind();
                    self.syntax(
                        item.span,
                        format!("a statement must be an object, this is {kind}"),
                    );
                }
            }
        }
        statements
    }

    fn statement(
        &mut self,
        entries: Vec<Entry>,
        span: Span,
        simulated_start: Position,
    ) -> Option<Statement> {
        let (mut sid, mut effect) = (None, None);
        let (mut principals, mut actions, mut resources) = (None, None, None);
        let mut conditions = Vec::new();
        for Entry { key, value } in entries {
            let negated = key.value.starts_with("Not");
            match &*key.value {
                "Sid" => sid = self.text(value, "Sid"),
                "Effect" => effect = Some(self.effect(&value)),
                "Principal" | "NotPrincipal" => self.pair(&mut principals, key, negated, value),
                "Action" | "NotAction" => self.pair(&mut actions, key, negated, value),
                "Resource" | "NotResource" => self.pair(&mut resources, key, negated, value),
                "Condition" => conditions = self.conditions(value),
                other => self.syntax(key.span, format!("a statement has no element {other:?}")),
            }
        }
        let principals = principals.map(|pair| self.principals(pair));
        let resources = resources.map(|pair| self.resources(pair));
        let actions = actions.map(|pair| self.actions(pair));
        if effect.is_none() {
            self.syntax(span, "the statement has no element \"Effect\"");
        }
        if actions.is_none() {
            self.error(
                PolicyErrorKind::MissingActions,
                span,
                "the statement has neither \"Action\" nor \"NotAction\"",
            );
        }
        Some(Statement {
            sid,
            effect: effect??,
            principals,
            actions: actions?,
            resources,
            conditions,
            span,
            simulated_start,
        })
    }

    fn effect(&mut self, value: &Located<Node>) -> Option<Located<Effect>> {
        let effect = match &value.value {
            Node::String(text) if text == "Allow" => Effect::Allow,
            Node::String(text) if text == "Deny" => Effect::Deny,
            _ => {
                self.syntax(
                    value.span,
                    "the effect must be \"Allow\" or \"Deny\", spelled so",
                );
                return None;
            }
        };
        Some(Located {
            value: effect,
            span: value.span,
        })
    }

    fn pair(
        &mut self,
        place: &mut Option<Pair>,
        key: Located<String>,
        negated: bool,
        value: Located<Node>,
    ) {
        if place.is_some() {
            let name = key.value.trim_start_matches("Not");
            self.syntax(
                key.span,
                format!("a statement has either \"{name}\" or \"Not{name}\", not both"),
            );
            return;
        }
        *place = Some(Pair { negated, value });
    }

    fn text(&mut self, node: Located<Node>, name: &str) -> Option<Located<String>> {
        match node.value {
            Node::String(value) => Some(Located {
                value,
                span: node.span,
            }),
            other => {
                let kind = other.kind();
                self.syntax(
                    node.span,
                    format!("\"{name}\" must be a string, this is {kind}"),
                );
                None
            }
        }
    }

    /// One text or a list of them.
    fn texts(&mut self, node: Located<Node>, name: &str) -> Vec<Located<String>> {
        match node.value {
            Node::List(items) => {
                let texts = items.into_iter().map(|item| self.text(item, name));
                texts.collect::<Vec<_>>().into_iter().flatten().collect()
            }
            _ => self.text(node, name).into_iter().collect(),
        }
    }

    fn actions(&mut self, pair: Pair) -> Actions {
        let Pair { negated, value } = pair;
        let span = value.span;
        if matches!(&value.value, Node::List(items) if items.is_empty()) {
            let explanation = "the list of actions is empty";
            self.error(PolicyErrorKind::MissingActions, span, explanation);
        }
        let name = if negated { "NotAction" } else { "Action" };
        let values = self.texts(value, name);
        Actions {
            negated,
            span,
            patterns: values
                .iter()
                .map(|action| Pattern::lower_case(&action.value))
                .collect(),
            values,
        }
    }

    fn resources(&mut self, pair: Pair) -> Resources {
        let Pair { negated, value } = pair;
        let span = value.span;
        if matches!(&value.value, Node::List(items) if items.is_empty()) {
            let explanation = "the list of resources is empty";
            self.error(PolicyErrorKind::MissingResources, span, explanation);
        }
        let name = if negated { "NotResource" } else { "Resource" };
        let values = self.texts(value, name);
        let patterns = values.iter().map(|resource| {
            let text = &resource.value;
            let void = has_wild_type(text);
            let exact = ArnPattern::resource(text, self.variables, false);
            match exact {
                ArnPattern::Text(_) => {
                    let pattern = ArnPattern::resource(text, self.variables, true);
                    let incomplete = matches!(pattern, ArnPattern::Parts(_));
                    ResourcePattern {
                        pattern,
                        incomplete,
                        void,
                    }
                }
                pattern => ResourcePattern {
                    pattern,
                    incomplete: false,
                    void,
                },
            }
        });
        Resources {
            negated,
            span,
            patterns: patterns.collect(),
            values,
        }
    }

    fn principals(&mut self, pair: Pair) -> Principals {
        let Pair { negated, value } = pair;
        let span = value.span;
        let mut values = Vec::new();
        let star = matches!(&value.value, Node::String(text) if text == "*");
        match value.value {
            Node::String(_) if star => values.push(Located {
                value: PrincipalPattern::Everyone,
                span,
            }),
            Node::String(text) => {
                let explanation = format!(
                    "{text:?} must stand in an object, such as {{\"AWS\": {text:?}}}; only \"*\" stands alone"
                );
                self.error(PolicyErrorKind::InvalidPrincipal(text), span, explanation);
            }
            Node::Map(entries) => {
                if entries.is_empty() {
                    self.syntax(span, "the object of principals is empty");
                }
                for Entry { key, value } in entries {
                    self.principals_of(&key, value, &mut values);
                }
            }
            other => {
                let kind = other.kind();
                self.syntax(
                    span,
                    format!("principals must be \"*\" or an object, this is {kind}"),
                );
            }
        }
        Principals {
            negated,
            span,
            values,
            star,
        }
    }

    fn principals_of(
        &mut self,
        key: &Located<String>,
        value: Located<Node>,
        values: &mut Vec<Located<PrincipalPattern>>,
    ) {
        let name = key.value.as_str();
        if !matches!(name, "AWS" | "Service" | "Federated" | "CanonicalUser") {
            self.syntax(
                key.span,
                format!(
                    "{name:?} is no kind of principal: they are AWS, Service, Federated and CanonicalUser"
                ),
            );
            return;
        }
        for text in self.texts(value, name) {
            let span = text.span;
            let pattern = match name {
                "AWS" => PrincipalPattern::aws(&text.value),
                "Service" => Some(PrincipalPattern::Service(text.value.clone())),
                "Federated" => Some(PrincipalPattern::Federated(text.value.clone())),
                _ => Some(PrincipalPattern::CanonicalUser(text.value.clone())),
            };
            match pattern {
                Some(value) => values.push(Located { value, span }),
                None => {
                    let kind =
                        PolicyErrorKind::InvalidPrincipal(format!("\"AWS\":\"{}\"", text.value));
                    let explanation = format!(
                        "{:?} is no account, user, role or session; parts of an ARN have no wildcards here",
                        text.value
                    );
                    self.error(kind, span, explanation);
                }
            }
        }
    }

    fn conditions(&mut self, node: Located<Node>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let Node::Map(operators) = node.value else {
            let kind = node.value.kind();
            self.syntax(
                node.span,
                format!("\"Condition\" must be an object, this is {kind}"),
            );
            return conditions;
        };
        for Entry { key, value } in operators {
            let Some(operator) = Operator::parse(&key.value) else {
                let explanation = unknown_operator(&key.value);
                self.syntax(key.span, explanation);
                continue;
            };
            let written = key.value.clone();
            let operator = key.map(|_| operator);
            let Node::Map(keys) = value.value else {
                let kind = value.value.kind();
                self.syntax(
                    value.span,
                    format!("an operator has an object of keys and values, this is {kind}"),
                );
                continue;
            };
            for Entry { key, value } in keys {
                let list = matches!(value.value, Node::List(_));
                let values = self.condition_values(value);
                conditions.push(Condition::new(
                    operator.clone(),
                    written.clone(),
                    key,
                    values,
                    list,
                    self.variables,
                ));
            }
        }
        conditions
    }

    fn condition_values(&mut self, node: Located<Node>) -> Vec<Located<String>> {
        let items = match node.value {
            Node::List(items) => items,
            value => vec![Located {
                value,
                span: node.span,
            }],
        };
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let value = match item.value {
                Node::String(text) => text,
                Node::Number(text) => plain_number(text),
                Node::Bool(flag) => flag.to_string(),
                other => {
                    let kind = other.kind();
                    self.syntax(
                        item.span,
                        format!("a value of a condition must be a string, number or boolean, this is {kind}"),
                    );
                    continue;
                }
            };
            values.push(Located {
                value,
                span: item.span,
            });
        }
        values
    }
}

fn unknown_operator(name: &str) -> String {
    if name.eq_ignore_ascii_case("NullIfExists") {
        return "\"Null\" has no form with \"IfExists\"".to_owned();
    }
    let base = name.rsplit(':').next().unwrap_or(name);
    let base = base.strip_suffix("IfExists").unwrap_or(base);
    let similar = Operator::names().find(|known| {
        let known = known.to_ascii_lowercase();
        let base = base.to_ascii_lowercase();
        known.starts_with(&base) || (!known.is_empty() && base.starts_with(&known))
    });
    match similar {
        Some(similar) if similar != base => {
            format!("there is no operator {name:?}; did you mean \"{similar}\"?")
        }
        _ => format!("there is no operator {name:?}"),
    }
}

/// A JSON number without exponent, which numbers in policies do not have.
fn plain_number(text: String) -> String {
    match text.parse::<f64>() {
        Ok(number) if text.contains(['e', 'E']) && number.is_finite() => number.to_string(),
        _ => text,
    }
}

/// The place behind a bracket that stands at `start`.
const fn after_bracket(start: Position) -> Position {
    Position {
        line: start.line,
        column: start.column + 1,
        offset: start.offset + 1,
    }
}

/// The bytes of a JSON text but for white space between its words.
fn without_space(text: &str) -> usize {
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        if quoted || !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            count += 1;
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    count
}
