//! The arguments that ask for pages in the same words for every service, and
//! when the command line pages by hand instead.
// Parity: awscli/customizations/paginate.py; ec2/paginate.py; kinesis.py.

use awl_model::{Member, Operation, ShapeKind, kebab_case};
use awl_sdk::pages::{PageConfig, model, paging_parameters};
use awl_value::{Map, Value};

use super::{Argument, Kind, destination};
use crate::error::CommandError;
use crate::python;

/// The parameter that holds the arguments' values. No service has one of this
/// name; where pages are off, it is refused like any unknown parameter.
pub(crate) const PAGINATION_CONFIG: &str = "PaginationConfig";

const STARTING_TOKEN: &str = "StartingToken";
const PAGE_SIZE: &str = "PageSize";
const MAX_ITEMS: &str = "MaxItems";

/// Members that page by hand though they are no tokens in the model: service,
/// operation, argument.
static TOKENS: &[(&str, &str, &str)] =
    &[("kinesis", "list-streams", "exclusive-start-stream-name")];

/// Operations that are asked for pages of a size if they have none of these
/// other parameters: service, operation, what may be there, size.
static PAGE_SIZES: &[(&str, &str, &[&str], i64)] = &[
    ("ec2", "describe-volumes", &[], 1000),
    (
        "ec2",
        "describe-snapshots",
        &["OwnerIds", "RestorableByUserIds"],
        1000,
    ),
];

/// An argument that asks for pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageArgument {
    /// Its name in [`PAGINATION_CONFIG`].
    pub parameter: &'static str,
    /// Whether its value is text, else it is a number.
    pub is_text: bool,
    /// The member whose own argument has this name and stands behind this one.
    pub shadowed: Option<Member>,
}

/// The arguments that an operation has for its pages, by name.
pub(super) fn page_arguments(
    operation: Operation,
) -> impl Iterator<Item = (&'static str, PageArgument)> {
    let model = model(operation);
    let limit = model.str("limit_key").map(|name| {
        operation
            .input()
            .and_then(|input| input.member(name))
            .is_some_and(|member| member.shape().kind() == ShapeKind::String)
    });
    let argument = |parameter, is_text| PageArgument {
        parameter,
        is_text,
        shadowed: None,
    };
    let arguments = (!model.is_null()).then(|| {
        [
            Some(("starting-token", argument(STARTING_TOKEN, true))),
            limit.map(|is_text| ("page-size", argument(PAGE_SIZE, is_text))),
            Some(("max-items", argument(MAX_ITEMS, limit.unwrap_or_default()))),
        ]
    });
    arguments.into_iter().flatten().flatten()
}

/// The value of an argument that asks for pages, and what to warn of.
///
/// # Errors
/// A number of items that is none.
pub(crate) fn page_value(
    argument: PageArgument,
    word: Value,
) -> Result<(Value, Option<&'static str>), CommandError> {
    if argument.is_text && argument.parameter != MAX_ITEMS {
        return Ok((word, None));
    }
    let number = python::int_of(&word).map_err(CommandError::general)?;
    let is_positive = match &number {
        Value::BigInt(digits) => !digits.starts_with('-'),
        number => number.as_int() > Some(0),
    };
    let warning = (argument.parameter == MAX_ITEMS && !is_positive).then_some(
        "warning: Non-positive values for --max-items may result in undefined behavior.\n",
    );
    Ok((if argument.is_text { word } else { number }, warning))
}

/// Whether pages are fetched without being asked for one by one: not where an
/// argument asks for one. `words` gives the words of the argument that is kept
/// under a name.
///
/// # Errors
/// Both forms of paging at once.
pub(crate) fn is_automatic<'a>(
    command: &str,
    operation: Operation,
    paginate: bool,
    arguments: &[Argument],
    words: impl Fn(&str) -> Option<&'a [&'a str]>,
) -> Result<bool, CommandError> {
    if model(operation).is_null() {
        return Ok(paginate);
    }
    let is_given = |name: &str| words(&destination(name)).is_some();
    let by_hand = paging_parameters(operation)
        .map(kebab_case)
        // Parity: the names that awscli's check_should_enable_pagination
        // leaves out; no argument is called start-token.
        .any(|name| name != "max-items" && name != "start-token" && is_given(&name))
        || TOKENS.iter().any(|(service, name, argument)| {
            (*service, *name) == (command, operation.cli_name()) && is_given(argument)
        });
    if paginate && !by_hand {
        return Ok(true);
    }
    let used: Vec<String> = ["starting-token", "page-size", "max-items"]
        .into_iter()
        .filter(|name| {
            let argument = arguments.iter().find(|argument| argument.name == *name);
            let kind = argument.map(|argument| argument.kind);
            let is_shadow = matches!(kind, Some(Kind::Page(page)) if page.shadowed.is_some());
            let is_number = matches!(kind, Some(Kind::Page(page)) if !page.is_text);
            let word = words(&destination(name)).and_then(|words| words.first().copied());
            !is_shadow
                && word.is_some_and(|word| match is_number {
                    true => python::int(word) != Some(Value::Int(0)),
                    false => !word.is_empty(),
                })
        })
        .map(|name| format!("--{name}"))
        .collect();
    if used.is_empty() {
        return Ok(false);
    }
    Err(CommandError::validation(format!(
        "Cannot specify --no-paginate along with pagination arguments: {}",
        used.join(", ")
    )))
}

/// What [`is_automatic`] says, once the parameters of documents are known too.
/// Adds the page size that an operation has without one.
pub(crate) fn settle(
    command: &str,
    operation: Operation,
    paginate: bool,
    parameters: &mut Map,
) -> bool {
    let by_hand = paging_parameters(operation).any(|name| parameters.contains_key(name));
    if !paginate || by_hand {
        return false;
    }
    let size = PAGE_SIZES
        .iter()
        .filter(|(service, name, ..)| (*service, *name) == (command, operation.cli_name()))
        .find(|(_, _, others, _)| {
            parameters.keys().all(|name| {
                matches!(name, "NextToken" | "DryRun" | PAGINATION_CONFIG) || others.contains(&name)
            })
        });
    if let Some((.., size)) = size {
        if !parameters.contains_key(PAGINATION_CONFIG) {
            parameters.push(PAGINATION_CONFIG, Value::Map(Map::new()));
        }
        if let Some(config) = parameters
            .get_mut(PAGINATION_CONFIG)
            .and_then(Value::as_map_mut)
            && !config.contains_key(PAGE_SIZE)
        {
            config.push(PAGE_SIZE, Value::Int(*size));
        }
    }
    !model(operation).is_null()
}

/// Takes what the arguments say of pages out of the parameters.
///
/// # Errors
/// A number of items that is none.
pub(crate) fn take_page_config(parameters: &mut Map) -> Result<PageConfig, CommandError> {
    let mut config = PageConfig::default();
    if let Some(Value::Map(mut given)) = parameters.remove(PAGINATION_CONFIG) {
        let mut take = |name| given.remove(name).filter(|value| !value.is_null());
        if let Some(number) = take(MAX_ITEMS) {
            let number = python::int_of(&number).map_err(CommandError::general)?;
            config.max_items = Some(number.as_int().unwrap_or(i64::MAX));
        }
        config.page_size = take(PAGE_SIZE);
        config.starting_token = take(STARTING_TOKEN).map(|token| python::str(&token));
    }
    Ok(config)
}
