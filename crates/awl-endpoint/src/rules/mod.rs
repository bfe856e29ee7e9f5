//! Rule sets, evaluated straight over the packed model's trees: no rule is
//! parsed, copied or prepared. Only what an endpoint is made of is allocated.
//!
//! Rules nest in the trees, so depth is bounded; and as a damaged or hostile
//! store may share a subtree any number of times, steps are counted, too.

mod functions;
mod template;
mod variable;

use std::borrow::Cow;

use awl_model::Node;
use awl_value::{Map, Value};

use crate::{AuthScheme, Endpoint, EndpointError};
use variable::Variable;

/// How deep rules, and functions in arguments of functions, may nest.
const MAX_DEPTH: usize = 100;
/// How many rules and functions one evaluation may look at. The largest rule
/// set has about 1500 of both.
const MAX_STEPS: usize = 1_000_000;
/// The most arguments that any function takes.
const MAX_ARGUMENTS: usize = 4;

/// Evaluates a rule set (`Service::endpoint_rules`) with partitions
/// (`Store::partitions`) and parameters.
///
/// # Errors
/// A missing or wrong parameter, an error rule, or no rule at all that fits:
/// [`EndpointError::Resolution`] in botocore's words. A rule set that breaks
/// the grammar: [`EndpointError::Rules`].
// Parity: botocore/endpoint_provider.py, EndpointProvider.resolve_endpoint.
pub fn resolve(rules: Node, partitions: Node, parameters: &Map) -> Result<Endpoint, EndpointError> {
    let mut evaluator = Evaluator {
        partitions,
        scope: Vec::with_capacity(parameters.len() + 24),
        steps: 0,
    };
    evaluator.enter_parameters(rules.get("parameters"), parameters)?;
    for rule in rules.get("rules").items() {
        if let Some(endpoint) = evaluator.rule(rule, 0)? {
            return Ok(endpoint);
        }
    }
    Err(EndpointError::Resolution(no_endpoint(parameters)))
}

struct Evaluator<'a> {
    partitions: Node,
    /// All variables, the innermost rule's last. A rule takes its own away
    /// when it ends, so that rules beside it do not see them.
    scope: Vec<(&'a str, Variable<'a>)>,
    steps: usize,
}

impl<'a> Evaluator<'a> {
    // Parity: botocore/endpoint_provider.py, RuleSet.process_input_parameters.
    fn enter_parameters(
        &mut self,
        definitions: Node,
        parameters: &'a Map,
    ) -> Result<(), EndpointError> {
        for (name, value) in parameters.iter() {
            if let Some(variable) = Variable::from_value(value) {
                self.scope.push((name, variable));
            }
        }
        for (name, definition) in definitions.entries() {
            let kind = definition.str("type").unwrap_or_default();
            let expected = ParameterKind::parse(kind)?;
            match parameters.get(name) {
                None | Some(Value::Null) => {
                    let default = definition.get("default");
                    if !default.is_null() {
                        self.scope.push((name, Variable::literal(default)));
                    } else if definition.get("required").as_bool() == Some(true) {
                        return Err(EndpointError::Resolution(format!(
                            "Cannot find value for required parameter {name}"
                        )));
                    }
                }
                Some(value) => expected.check(name, value)?,
            }
        }
        Ok(())
    }

    fn rule(&mut self, rule: Node, depth: usize) -> Result<Option<Endpoint>, EndpointError> {
        self.step(depth)?;
        let outer = self.scope.len();
        let endpoint = self.fitting_rule(rule, depth)?;
        self.scope.truncate(outer);
        Ok(endpoint)
    }

    fn fitting_rule(
        &mut self,
        rule: Node,
        depth: usize,
    ) -> Result<Option<Endpoint>, EndpointError> {
        for condition in rule.get("conditions").items() {
            if !self.call(condition, depth)?.holds() {
                return Ok(None);
            }
        }
        match rule.str("type") {
            Some("endpoint") => self.endpoint(rule.get("endpoint"), depth).map(Some),
            Some("tree") => {
                for inner in rule.get("rules").items() {
                    if let Some(endpoint) = self.rule(inner, depth + 1)? {
                        return Ok(Some(endpoint));
                    }
                }
                Ok(None)
            }
            Some("error") => {
                let message = self.value(rule.get("error"), depth)?.into_text();
                Err(EndpointError::Resolution(message.into_owned()))
            }
            kind => Err(EndpointError::Resolution(format!(
                "Unknown rule type: {}. A rule must be of type tree, endpoint or error.",
                kind.unwrap_or("None")
            ))),
        }
    }

    // Parity: botocore/endpoint_provider.py, EndpointRule.evaluate.
    fn endpoint(&mut self, node: Node, depth: usize) -> Result<Endpoint, EndpointError> {
        let Variable::Text(url) = self.value(node.get("url"), depth)? else {
            return Err(EndpointError::rules("the URL of an endpoint is no string"));
        };
        let mut endpoint = Endpoint {
            url: url.into_owned(),
            ..Endpoint::default()
        };
        for (name, property) in node.get("properties").entries() {
            if name == "authSchemes" {
                endpoint.auth_schemes = property
                    .items()
                    .map(|scheme| self.auth_scheme(scheme))
                    .collect::<Result<_, _>>()?;
            } else {
                endpoint
                    .properties
                    .push(name, self.property(property, depth)?);
            }
        }
        for (name, values) in node.get("headers").entries() {
            let mut texts = Vec::with_capacity(values.len());
            for value in values.items() {
                texts.push(self.value(value, depth)?.into_text().into_owned());
            }
            endpoint.headers.push((name, texts));
        }
        Ok(endpoint)
    }

    fn auth_scheme(&self, node: Node) -> Result<AuthScheme, EndpointError> {
        let mut scheme = AuthScheme::default();
        for (name, property) in node.entries() {
            match name {
                "name" => scheme.name = self.property_text(property)?,
                "signingName" => scheme.signing_name = Some(self.property_text(property)?),
                "signingRegion" => scheme.signing_region = Some(self.property_text(property)?),
                "signingRegionSet" => {
                    let regions = property.items().map(|region| self.property_text(region));
                    scheme.signing_region_set = Some(regions.collect::<Result<_, _>>()?);
                }
                "disableDoubleEncoding" => scheme.disable_double_encoding = property.as_bool(),
                _ => {}
            }
        }
        Ok(scheme)
    }

    fn property_text(&self, node: Node) -> Result<Cow<'static, str>, EndpointError> {
        let text = node
            .as_str()
            .ok_or_else(|| EndpointError::rules("a property of an auth scheme is no string"))?;
        self.expand(text)
    }

    /// A property as it is, but with the templates in it expanded.
    // Parity: botocore/endpoint_provider.py, EndpointRule.resolve_properties.
    fn property(&mut self, node: Node, depth: usize) -> Result<Value, EndpointError> {
        self.step(depth)?;
        if let Some(text) = node.as_str() {
            return Ok(Value::String(self.expand(text)?.into_owned()));
        }
        if node.is_list() {
            let items = node.items().map(|item| self.property(item, depth + 1));
            return Ok(Value::List(items.collect::<Result<_, _>>()?));
        }
        if node.is_object() {
            let mut map = Map::with_capacity(node.len());
            for (name, value) in node.entries() {
                map.insert(name, self.property(value, depth + 1)?);
            }
            return Ok(Value::Map(map));
        }
        Ok(match (node.as_bool(), node.as_int(), node.as_float()) {
            (Some(flag), ..) => Value::Bool(flag),
            (_, Some(number), _) => Value::Int(number),
            (.., Some(number)) => Value::Float(number),
            _ => Value::Null,
        })
    }

    /// The value of an argument: a function's, a reference's, a template's or
    /// the literal itself.
    // Parity: botocore/endpoint_provider.py, resolve_value.
    fn value(&mut self, node: Node, depth: usize) -> Result<Variable<'a>, EndpointError> {
        if let Some(text) = node.as_str() {
            return self.expand(text).map(Variable::Text);
        }
        if node.is_object() {
            if !node.get("fn").is_null() {
                return self.call(node, depth + 1);
            }
            if let Some(name) = node.str("ref") {
                return Ok(self.variable(name).cloned().unwrap_or(Variable::None));
            }
        }
        Ok(Variable::literal(node))
    }

    /// Calls a function and assigns its result, where it says to.
    // Parity: botocore/endpoint_provider.py, call_function.
    fn call(&mut self, node: Node, depth: usize) -> Result<Variable<'a>, EndpointError> {
        self.step(depth)?;
        let mut given = 0;
        let mut arguments = [const { Variable::None }; MAX_ARGUMENTS];
        for argument in node.get("argv").items() {
            let place = arguments
                .get_mut(given)
                .ok_or_else(|| EndpointError::rules("too many arguments"))?;
            *place = self.value(argument, depth)?;
            given += 1;
        }
        let name = node.str("fn").unwrap_or_default();
        let result = functions::call(name, &arguments[..given], self.partitions)?;
        if let Some(assign) = node.str("assign") {
            if self.variable(assign).is_some() {
                return Err(EndpointError::Resolution(format!(
                    "Assignment {assign} already exists in scoped variables and cannot be \
                     overwritten"
                )));
            }
            self.scope.push((assign, result.clone()));
        }
        Ok(result)
    }

    fn expand(&self, text: &'static str) -> Result<Cow<'static, str>, EndpointError> {
        template::expand(text, |name| self.variable(name))
    }

    fn variable(&self, name: &str) -> Option<&Variable<'a>> {
        self.scope
            .iter()
            .find(|(candidate, _)| *candidate == name)
            .map(|(_, variable)| variable)
    }

    fn step(&mut self, depth: usize) -> Result<(), EndpointError> {
        self.steps += 1;
        if depth > MAX_DEPTH {
            return Err(EndpointError::rules("nested too deeply"));
        }
        if self.steps > MAX_STEPS {
            return Err(EndpointError::rules("too long to evaluate"));
        }
        Ok(())
    }
}

/// The types of parameters.
#[derive(Clone, Copy)]
enum ParameterKind {
    String,
    Boolean,
    StringArray,
}

impl ParameterKind {
    fn parse(name: &str) -> Result<Self, EndpointError> {
        for (known, kind) in [
            ("string", Self::String),
            ("boolean", Self::Boolean),
            ("stringarray", Self::StringArray),
        ] {
            if name.eq_ignore_ascii_case(known) {
                return Ok(kind);
            }
        }
        Err(EndpointError::Resolution(format!(
            "Unknown parameter type: {name}. A parameter must be of type string, boolean, or \
             stringarray."
        )))
    }

    // Parity: botocore/endpoint_provider.py, ParameterDefinition.validate_input.
    fn check(self, name: &str, value: &Value) -> Result<(), EndpointError> {
        let python = match (self, value) {
            (Self::String, Value::String(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::StringArray, Value::List(_)) => return Ok(()),
            (Self::String, _) => "str",
            (Self::Boolean, _) => "bool",
            (Self::StringArray, _) => "tuple",
        };
        Err(EndpointError::Resolution(format!(
            "Value ({name}) is the wrong type. Must be <class '{python}'>."
        )))
    }
}

fn no_endpoint(parameters: &Map) -> String {
    let mut text = "No endpoint found for parameters:".to_owned();
    for (name, value) in parameters.iter() {
        text.push('\n');
        text.push_str(name);
        text.push_str(": ");
        match Variable::from_value(value) {
            Some(variable) => text.push_str(&variable.into_text()),
            None => text.push_str("None"),
        }
    }
    text
}
