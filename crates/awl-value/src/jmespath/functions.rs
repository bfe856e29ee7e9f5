//! The table of the built-in functions and the check of what they are called
//! with.
//!
//! Parity: jmespath/functions.py, `call_function` and `_type_check`.

use super::ast::Call;
use super::builtins;
use super::error::{ErrorKind, JmespathError};
use super::interpreter::{Evaluated, evaluate};
use super::item::Item;
use super::python::{self, Type};

/// A built-in function.
#[derive(Debug)]
pub(super) struct Function {
    name: &'static str,
    /// The types that each argument may have; none for any type.
    parameters: &'static [&'static [&'static str]],
    /// Whether more arguments may follow, which are not checked.
    variadic: bool,
    body: Body,
}

/// What a function does with arguments that were checked. The number is the
/// depth of evaluation, for those that evaluate.
type Body = for<'a> fn(&[Item<'a>], usize) -> Evaluated<'a>;

const ANY: &[&str] = &[];
const NUMBER: &[&str] = &["number"];
const STRING: &[&str] = &["string"];
const ARRAY: &[&str] = &["array"];
const OBJECT: &[&str] = &["object"];
const EXPREF: &[&str] = &["expref"];
const NUMBERS: &[&str] = &["array-number"];
const STRINGS: &[&str] = &["array-string"];

/// All functions, by name.
static FUNCTIONS: [Function; 26] = [
    function("abs", &[NUMBER], builtins::abs),
    function("avg", &[NUMBERS], builtins::avg),
    function("ceil", &[NUMBER], builtins::ceil),
    function("contains", &[&["array", "string"], ANY], builtins::contains),
    function("ends_with", &[STRING, STRING], builtins::ends_with),
    function("floor", &[NUMBER], builtins::floor),
    function("join", &[STRING, STRINGS], builtins::join),
    function("keys", &[OBJECT], builtins::keys),
    function(
        "length",
        &[&["string", "array", "object"]],
        builtins::length,
    ),
    function("map", &[EXPREF, ARRAY], builtins::map),
    function("max", &[&["array-number", "array-string"]], builtins::max),
    function("max_by", &[ARRAY, EXPREF], builtins::max_by),
    variadic("merge", &[OBJECT], builtins::merge),
    function("min", &[&["array-number", "array-string"]], builtins::min),
    function("min_by", &[ARRAY, EXPREF], builtins::min_by),
    variadic("not_null", &[ANY], builtins::not_null),
    function("reverse", &[&["array", "string"]], builtins::reverse),
    function("sort", &[&["array-string", "array-number"]], builtins::sort),
    function("sort_by", &[ARRAY, EXPREF], builtins::sort_by),
    function("starts_with", &[STRING, STRING], builtins::starts_with),
    function("sum", &[NUMBERS], builtins::sum),
    function("to_array", &[ANY], builtins::to_array),
    function("to_number", &[ANY], builtins::to_number),
    function("to_string", &[ANY], builtins::to_string),
    function("type", &[ANY], builtins::type_of),
    function("values", &[OBJECT], builtins::values),
];

const fn function(
    name: &'static str,
    parameters: &'static [&'static [&'static str]],
    body: Body,
) -> Function {
    Function {
        name,
        parameters,
        variadic: false,
        body,
    }
}

const fn variadic(
    name: &'static str,
    parameters: &'static [&'static [&'static str]],
    body: Body,
) -> Function {
    Function {
        variadic: true,
        ..function(name, parameters, body)
    }
}

/// The function of that name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS
        .binary_search_by(|function| function.name.cmp(name))
        .ok()
        .and_then(|index| FUNCTIONS.get(index))
}

/// Evaluates the arguments, checks them, calls the function.
pub(super) fn call<'a>(call: &'a Call, item: &Item<'a>, depth: usize) -> Evaluated<'a> {
    let mut arguments = Vec::with_capacity(call.arguments.len());
    for node in &call.arguments {
        arguments.push(evaluate(node, item, depth)?);
    }
    let Some(function) = call.function else {
        return Err(JmespathError::new(
            ErrorKind::UnknownFunction,
            format!("Unknown function: {}()", call.name),
        ));
    };
    check_arity(function, arguments.len())?;
    for (argument, types) in arguments.iter().zip(function.parameters) {
        if !types.is_empty() {
            check_type(function.name, argument, types)?;
        }
    }
    (function.body)(&arguments, depth)
}

fn check_arity(function: &Function, received: usize) -> Result<(), JmespathError> {
    let expected = function.parameters.len();
    let fits = if function.variadic {
        received >= expected
    } else {
        received == expected
    };
    if fits {
        return Ok(());
    }
    let at_least = if function.variadic { "at least " } else { "" };
    let plural = if expected == 1 { "" } else { "s" };
    Err(JmespathError::new(
        ErrorKind::InvalidArity,
        format!(
            "Expected {at_least}{expected} argument{plural} for function {}(), \
             received {received}",
            function.name
        ),
    ))
}

fn check_type(name: &str, argument: &Item<'_>, types: &[&str]) -> Result<(), JmespathError> {
    let actual = Type::of(argument);
    let base = |expected: &str| match expected.split_once('-') {
        Some((base, _)) => base == actual.jmespath_name(),
        None => expected == actual.jmespath_name(),
    };
    if !types.iter().any(|expected| base(expected)) {
        return Err(type_error(name, argument, actual.jmespath_name(), types));
    }
    let Some(elements) = argument.elements() else {
        return Ok(());
    };
    // The types that the elements may have: all of them one, where there are
    // several, that of the first element.
    let mut allowed: Vec<&str> = types
        .iter()
        .filter_map(|expected| expected.split_once('-').map(|(_, element)| element))
        .collect();
    if allowed.len() > 1
        && let Some(first) = elements.get(0)
    {
        allowed.retain(|element| *element == Type::of(&first).jmespath_name());
        if allowed.is_empty() {
            return Err(type_error(name, &first, Type::of(&first).name(), types));
        }
    }
    if let [allowed] = allowed[..] {
        for element in elements.iter() {
            let actual = Type::of(&element);
            if actual.jmespath_name() != allowed {
                return Err(type_error(name, &element, actual.name(), types));
            }
        }
    }
    Ok(())
}

/// `JMESPathTypeError`.
pub(super) fn type_error(
    function: &str,
    item: &Item<'_>,
    actual: &str,
    expected: &[&str],
) -> JmespathError {
    let expected: Vec<String> = expected.iter().map(|name| format!("'{name}'")).collect();
    JmespathError::invalid_type(format!(
        "In function {function}(), invalid type for value: {}, expected one of: [{}], \
         received: \"{actual}\"",
        python::text(item),
        expected.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;

    #[test]
    fn the_table_is_sorted_for_its_search() {
        assert!(FUNCTIONS.is_sorted_by(|left, right| left.name < right.name));
    }
}
