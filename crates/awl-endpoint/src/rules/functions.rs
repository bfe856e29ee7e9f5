//! The functions of rule sets.

use std::borrow::Cow;
use std::rc::Rc;

use awl_model::Node;

use super::variable::Variable;
use crate::url::{ParsedUrl, is_virtual_hostable_bucket, percent_encode};
use crate::{Arn, EndpointError, Partition, is_valid_host_label};

/// Calls a function by its name.
///
/// # Errors
/// Values of a wrong type, in botocore's words; an unknown function, or a
/// wrong number of arguments.
// Parity: botocore/endpoint_provider.py, RuleSetStandardLibrary.
pub(super) fn call<'a>(
    name: &str,
    arguments: &[Variable<'a>],
    partitions: Node,
) -> Result<Variable<'a>, EndpointError> {
    Ok(match (name, arguments) {
        ("isSet", [value]) => Variable::Bool(!matches!(value, Variable::None)),
        ("not", [value]) => Variable::Bool(!value.is_truthy()),
        ("booleanEquals", [left, right]) => boolean_equals(left, right)?,
        ("stringEquals", [left, right]) => string_equals(left, right)?,
        ("getAttr", [value, Variable::Text(path)]) => attribute(value, path)?,
        ("aws.partition", [value]) => partition(value, partitions)?,
        ("aws.parseArn", [value]) => optional(value, parse_arn)?,
        ("parseURL", [value]) => optional(value, |text| {
            ParsedUrl::parse(text).map(|url| Variable::Url(Rc::new(url)))
        })?,
        ("uriEncode", [value]) => optional(value, |text| Some(uri_encode(text)))?,
        (
            "substring",
            [
                value,
                Variable::Int(start),
                Variable::Int(stop),
                Variable::Bool(reverse),
            ],
        ) => substring(value, *start, *stop, *reverse)?,
        ("isValidHostLabel", [value, Variable::Bool(subdomains)]) => {
            host_test(value, |text| is_valid_host_label(text, *subdomains))?
        }
        ("aws.isVirtualHostableS3Bucket", [value, Variable::Bool(subdomains)]) => {
            host_test(value, |text| is_virtual_hostable_bucket(text, *subdomains))?
        }
        _ => {
            return Err(EndpointError::rules(format!(
                "no function {name} of these {} arguments",
                arguments.len()
            )));
        }
    })
}

fn boolean_equals<'a>(
    left: &Variable<'a>,
    right: &Variable<'a>,
) -> Result<Variable<'a>, EndpointError> {
    match (left, right) {
        (Variable::Bool(left), Variable::Bool(right)) => Ok(Variable::Bool(left == right)),
        _ => Err(EndpointError::Resolution(format!(
            "Both arguments must be bools, not {} and {}.",
            left.python_type(),
            right.python_type()
        ))),
    }
}

fn string_equals<'a>(
    left: &Variable<'a>,
    right: &Variable<'a>,
) -> Result<Variable<'a>, EndpointError> {
    match (left, right) {
        (Variable::Text(left), Variable::Text(right)) => Ok(Variable::Bool(left == right)),
        _ => Err(EndpointError::Resolution(format!(
            "Both values must be strings, not {} and {}.",
            left.python_type(),
            right.python_type()
        ))),
    }
}

/// What stands at a path: names with dots between, and an index at the end.
fn attribute<'a>(value: &Variable<'a>, path: &str) -> Result<Variable<'a>, EndpointError> {
    let mut value = value.clone();
    for part in path.split('.') {
        let index = part
            .split_once('[')
            .and_then(|(name, rest)| Some((name, rest.strip_suffix(']')?.parse().ok()?)));
        match index {
            Some((name, index)) => {
                if !name.is_empty() {
                    value = value.attribute(name)?;
                }
                return value.item(index);
            }
            None => value = value.attribute(part)?,
        }
    }
    Ok(value)
}

fn partition<'a>(value: &Variable<'a>, partitions: Node) -> Result<Variable<'a>, EndpointError> {
    let partition = match value {
        Variable::None => Partition::first(partitions),
        Variable::Text(region) => Partition::for_region(partitions, region),
        _ => return Err(wrong_type(value)),
    };
    partition
        .map(Variable::Partition)
        .ok_or_else(|| EndpointError::rules("there are no partitions"))
}

fn parse_arn<'a>(text: &Cow<'a, str>) -> Option<Variable<'a>> {
    let arn = match text {
        Cow::Borrowed(text) => Arn::parse(text)?,
        Cow::Owned(text) => Arn::parse(text)?.into_owned(),
    };
    let complete = !arn.partition.is_empty() && !arn.service.is_empty() && !arn.resource.is_empty();
    complete.then(|| Variable::Arn(Rc::new(arn)))
}

fn uri_encode<'a>(text: &str) -> Variable<'a> {
    let mut encoded = String::with_capacity(text.len() + 8);
    percent_encode(text, b"", &mut encoded);
    Variable::Text(Cow::Owned(encoded))
}

fn substring<'a>(
    value: &Variable<'a>,
    start: i64,
    stop: i64,
    reverse: bool,
) -> Result<Variable<'a>, EndpointError> {
    let Variable::Text(text) = value else {
        return Err(EndpointError::Resolution(format!(
            "Input must be a string, not {}.",
            value.python_type()
        )));
    };
    let (Ok(start), Ok(stop)) = (usize::try_from(start), usize::try_from(stop)) else {
        return Err(EndpointError::rules("a substring from before its text"));
    };
    if start >= stop || text.len() < stop || !text.is_ascii() {
        return Ok(Variable::None);
    }
    let range = if reverse {
        text.len() - stop..text.len() - start
    } else {
        start..stop
    };
    Ok(match text {
        Cow::Borrowed(text) => text
            .get(range)
            .map_or(Variable::None, |part| Variable::Text(Cow::Borrowed(part))),
        Cow::Owned(text) => text.get(range).map_or(Variable::None, |part| {
            Variable::Text(Cow::Owned(part.to_owned()))
        }),
    })
}

/// A function of text that has nothing to say of nothing.
fn optional<'a>(
    value: &Variable<'a>,
    function: impl FnOnce(&Cow<'a, str>) -> Option<Variable<'a>>,
) -> Result<Variable<'a>, EndpointError> {
    match value {
        Variable::None => Ok(Variable::None),
        Variable::Text(text) => Ok(function(text).unwrap_or(Variable::None)),
        _ => Err(wrong_type(value)),
    }
}

/// A test of text that nothing does not pass.
fn host_test<'a>(
    value: &Variable<'a>,
    test: impl FnOnce(&str) -> bool,
) -> Result<Variable<'a>, EndpointError> {
    match value {
        Variable::None => Ok(Variable::Bool(false)),
        Variable::Text(text) => Ok(Variable::Bool(test(text))),
        _ => Err(wrong_type(value)),
    }
}

fn wrong_type(value: &Variable<'_>) -> EndpointError {
    EndpointError::rules(format!(
        "a function of strings is given {}",
        value.python_type()
    ))
}
