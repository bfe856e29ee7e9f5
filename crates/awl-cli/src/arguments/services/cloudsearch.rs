//! `cloudsearch`: the members of an expression and of an index field as
//! arguments of their own.
// Parity: awscli/customizations/{cloudsearch,flatten}.py.

use awl_value::Value;

use crate::arguments::added::{Added, Customization, Setting, map_at, text};
use crate::error::CommandError;
use crate::python;

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| {
            table.add(&EXPRESSION_NAME);
            table.add(&EXPRESSION_VALUE);
        },
        ..Customization::of("define-expression")
    },
    Customization {
        table: |table| {
            for added in INDEX_FIELD {
                table.add(added);
            }
            table.remove("index-field");
        },
        ..Customization::of("define-index-field")
    },
];

static EXPRESSION_NAME: Added = Added::new("name", "ExpressionName", set_in_expression).required();

static EXPRESSION_VALUE: Added =
    Added::new("expression", "ExpressionValue", set_in_expression).required();

fn set_in_expression(
    added: &Added,
    setting: &mut Setting<'_>,
    value: Value,
) -> Result<(), CommandError> {
    map_at(setting.parameters, "Expression").insert(added.key, value);
    Ok(())
}

/// The type stands before the options, which go where it says.
static INDEX_FIELD: &[Added] = &[
    Added::new("name", "IndexFieldName", set_in_field).required(),
    Added::new("type", "IndexFieldType", set_in_field).required(),
    Added::new("default-value", "DefaultValue", set_default),
    Added::new("facet-enabled", "FacetEnabled", set_flag),
    Added::new("search-enabled", "SearchEnabled", set_flag),
    Added::new("return-enabled", "ReturnEnabled", set_flag),
    Added::new("sort-enabled", "SortEnabled", set_flag),
    Added::new("source-field", "SourceField", set_option),
    Added::new("highlight-enabled", "HighlightEnabled", set_flag),
    Added::new("analysis-scheme", "AnalysisScheme", set_option),
];

fn set_in_field(
    added: &Added,
    setting: &mut Setting<'_>,
    value: Value,
) -> Result<(), CommandError> {
    map_at(setting.parameters, "IndexField").insert(added.key, value);
    Ok(())
}

fn set_flag(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    let flag = !text(&value).eq_ignore_ascii_case("false");
    set_option(added, setting, Value::Bool(flag))
}

fn set_default(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    let converted = match &*options(setting)? {
        "IntOptions" | "IntArrayOptions" => python::int_of(&value),
        "DoubleOptions" | "DoubleArrayOptions" => python::float_of(&value),
        _ => Ok(value),
    };
    set_option(added, setting, converted.map_err(CommandError::general)?)
}

fn set_option(added: &Added, setting: &mut Setting<'_>, value: Value) -> Result<(), CommandError> {
    let options = options(setting)?;
    let field = map_at(setting.parameters, "IndexField");
    map_at(field, options).insert(added.key, value);
    Ok(())
}

/// The name of the member that holds the options of the field's type:
/// `int-array` has `IntArrayOptions`.
fn options(setting: &mut Setting<'_>) -> Result<String, CommandError> {
    let field = map_at(setting.parameters, "IndexField");
    let Some(kind) = field.get("IndexFieldType").map(text) else {
        return Err(CommandError::validation("You must pass the --type option."));
    };
    let capital = |piece: &str| {
        let mut letters = piece.chars();
        let first = letters
            .next()
            .map(|letter| letter.to_uppercase().to_string());
        first.unwrap_or_default() + &letters.as_str().to_lowercase()
    };
    Ok(match &*kind.split('-').map(capital).collect::<String>() {
        "Latlon" => "LatLonOptions".to_owned(),
        kind => format!("{kind}Options"),
    })
}
