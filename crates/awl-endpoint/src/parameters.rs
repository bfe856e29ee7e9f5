//! The parameters that a rule set is asked with, for one call.

use awl_model::{Node, Operation, snake_case};
use awl_value::{Map, Value, jmespath::Expression};

use crate::{Builtins, Endpoint, EndpointError, assumed, rules, services};

/// The parameters for a call: each comes from the operation's static context,
/// its input, the client's context (keys in Python's spelling, `use_arn_region`)
/// or the built-ins, whichever has it first.
///
/// # Errors
/// A rule set with a built-in that is not known, or an operation with a path
/// into its input that is no JMESPath.
// Parity: botocore/regions.py, EndpointRulesetResolver._get_provider_params.
pub fn parameters(
    operation: Operation,
    input: &Map,
    builtins: &Builtins,
    client_context: &Map,
) -> Result<Map, EndpointError> {
    let service = operation.service();
    let definitions = service.endpoint_rules().get("parameters");
    let sources = Sources::read(operation);
    let builtins = services::customised(operation, input, builtins);
    let mut parameters = Map::with_capacity(definitions.len());
    for (name, definition) in definitions.entries() {
        if services::is_unreferenced(service, name) {
            continue;
        }
        let mut value = sources.value(name, input, client_context)?;
        if value.is_none()
            && let Some(built_in) = definition.str("builtIn")
        {
            value = builtins
                .value(built_in)
                .ok_or_else(|| EndpointError::UnknownBuiltIn(built_in.to_owned()))?;
        }
        if let Some(value) = value {
            parameters.push(name, value);
        }
    }
    Ok(parameters)
}

/// The endpoint for a call: [`parameters`] and [`crate::resolve`], with the
/// service's own words for what is wrong.
///
/// # Errors
/// All that [`EndpointError`] has.
// Parity: botocore/regions.py, EndpointRulesetResolver.construct_endpoint.
pub fn resolve_operation(
    operation: Operation,
    partitions: Node,
    input: &Map,
    builtins: &Builtins,
    client_context: &Map,
) -> Result<Endpoint, EndpointError> {
    let parameters = parameters(operation, input, builtins, client_context)?;
    resolve_with(operation, partitions, builtins, &parameters)
}

/// The endpoint for a call whose parameters are known.
pub(crate) fn resolve_with(
    operation: Operation,
    partitions: Node,
    builtins: &Builtins,
    parameters: &Map,
) -> Result<Endpoint, EndpointError> {
    let service = operation.service();
    let rules = service.endpoint_rules();
    if rules.is_null() {
        return assumed::endpoint(service, partitions, builtins)
            .ok_or_else(|| EndpointError::NoRules(service.name().to_owned()));
    }
    let mut endpoint = rules::resolve(rules, partitions, parameters)
        .map_err(|error| services::explained(service, parameters, error))?;
    endpoint.default_signing_region = services::signing_region(service, partitions, builtins);
    Ok(endpoint)
}

/// Where the model says that parameters of a call come from.
struct Sources {
    fixed: Node,
    /// Parameters and the members of the input that give them.
    members: Vec<(&'static str, &'static str)>,
    paths: Node,
    client: Node,
}

impl Sources {
    fn read(operation: Operation) -> Self {
        let traits = operation.traits();
        let members = operation.input().into_iter().flat_map(|input| {
            input
                .members()
                .filter(|member| member.has_context_param())
                .filter_map(|member| {
                    let name = member.attribute("contextParam").str("name")?;
                    Some((name, member.name()))
                })
        });
        Self {
            fixed: traits.get("staticContextParams"),
            members: members.collect(),
            paths: traits.get("operationContextParams"),
            client: operation.service().client_context_params(),
        }
    }

    fn value(
        &self,
        name: &str,
        input: &Map,
        client_context: &Map,
    ) -> Result<Option<Value>, EndpointError> {
        if let Some(value) = fixed_value(self.fixed.get(name).get("value")) {
            return Ok(Some(value));
        }
        // A later member replaces an earlier one of the same parameter.
        let member = self.members.iter().rev().find(|(given, _)| *given == name);
        if let Some((_, member)) = member
            && let Some(value) = input.get(member).filter(|value| !value.is_null())
        {
            return Ok(Some(value.clone()));
        }
        if let Some(path) = self.paths.get(name).str("path") {
            let found = search(path, input)?;
            if !found.is_null() {
                return Ok(Some(found));
            }
        }
        if client_context.is_empty() || self.client.get(name).is_null() {
            return Ok(None);
        }
        let value = client_context.get(&snake_case(name));
        Ok(value.filter(|value| !value.is_null()).cloned())
    }
}

fn fixed_value(node: Node) -> Option<Value> {
    if let Some(text) = node.as_str() {
        return Some(Value::from(text));
    }
    if let Some(flag) = node.as_bool() {
        return Some(Value::Bool(flag));
    }
    node.is_list().then(|| {
        let items = node.items().filter_map(Node::as_str);
        Value::List(items.map(Value::from).collect())
    })
}

fn search(path: &str, input: &Map) -> Result<Value, EndpointError> {
    Expression::compile(path)
        .and_then(|expression| expression.search_map(input))
        .map_err(|error| EndpointError::rules(format!("path {path:?}: {error}")))
}
