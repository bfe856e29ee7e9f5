//! `datapipeline`: definitions as people write them, translated into objects
//! with fields and back.
// Parity: awscli/customizations/datapipeline/{__init__,translator}.py.

use awl_value::{Map, Value, json};

use crate::arguments::added::{Added, Customization, Setting, Takes, map, text};
use crate::error::CommandError;

const OBJECTS: &str = "pipelineObjects";
const PARAMETERS: &str = "parameterObjects";
const VALUES: &str = "parameterValues";

pub(super) const CUSTOMIZATIONS: &[Customization] = &[
    Customization {
        table: |table| {
            table.add(&DEFINITION);
            table.add(&PARAMETER_OBJECTS);
            table.add(&VALUES_URI);
            table.add(&INLINE_VALUES);
            table.remove("pipeline-objects");
        },
        ..Customization::of("put-pipeline-definition")
    },
    Customization {
        table: |table| {
            table.add(&VALUES_URI);
            table.add(&INLINE_VALUES);
        },
        ..Customization::of("activate-pipeline")
    },
    Customization {
        answer: Some(translate),
        ..Customization::of("get-pipeline-definition")
    },
];

static DEFINITION: Added = Added::new("pipeline-definition", OBJECTS, |added, setting, value| {
    let definition = parse(&value)?;
    let Some(objects) = definition.get("objects") else {
        return Err(error("Missing \"objects\" key"));
    };
    let objects = elements(objects, "element", |id, mut element| {
        let name = element.remove("name").unwrap_or_else(|| id.clone());
        map([("id", id), ("name", name), ("fields", fields(element))])
    })?;
    let parameters = parameters(&definition)?;
    let values = values(&definition);
    setting.parameters.insert(added.key, objects);
    // What the command line says of these counts.
    for (name, value) in [(PARAMETERS, parameters), (VALUES, values)] {
        if let Some(value) = value
            && !setting.parameters.contains_key(name)
        {
            setting.parameters.push(name, value);
        }
    }
    Ok(())
})
.required();

static PARAMETER_OBJECTS: Added =
    Added::new("parameter-objects", PARAMETERS, |added, setting, value| {
        let parameters = parameters(&parse(&value)?)?;
        setting
            .parameters
            .insert(added.key, parameters.unwrap_or_default());
        Ok(())
    });

static VALUES_URI: Added = Added::new("parameter-values-uri", VALUES, |added, setting, value| {
    check_values(setting)?;
    let values = values(&parse(&value)?);
    setting
        .parameters
        .insert(added.key, values.unwrap_or_default());
    Ok(())
});

static INLINE_VALUES: Added = Added::new("parameter-values", VALUES, |added, setting, value| {
    check_values(setting)?;
    let words: Vec<String> = match &value {
        Value::List(words) => words.iter().map(text).collect(),
        other => text(other).chars().map(String::from).collect(),
    };
    let mut values = Map::new();
    for word in &words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(CommandError::validation(format!(
                "Error in parameter: Invalid inline parameter format: {word}\n"
            )));
        };
        add_value(&mut values, key, Value::from(value));
    }
    let values = map([("values", Value::Map(values))]);
    let values = self::values(&values).unwrap_or_default();
    setting.parameters.insert(added.key, values);
    Ok(())
})
.taking(Takes::Words);

fn check_values(setting: &Setting<'_>) -> Result<(), CommandError> {
    if setting.parameters.contains_key(VALUES) {
        return Err(CommandError::validation(
            "Only parameter-values or parameter-values-uri is allowed",
        ));
    }
    Ok(())
}

fn parse(value: &Value) -> Result<Value, CommandError> {
    json::parse(&text(value)).map_err(|error| CommandError::general(error.to_string()))
}

fn error(message: &str) -> CommandError {
    CommandError::validation(format!("Error in pipeline definition: {message}\n"))
}

/// The parameters of a definition as the service wants them.
fn parameters(definition: &Value) -> Result<Option<Value>, CommandError> {
    let Some(parameters) = definition.get("parameters") else {
        return Ok(None);
    };
    elements(parameters, "parameter", |id, element| {
        map([("id", id), ("attributes", fields(element))])
    })
    .map(Some)
}

/// Makes something of each element, apart from its `id`.
fn elements(
    elements: &Value,
    what: &str,
    make: fn(Value, Map) -> Value,
) -> Result<Value, CommandError> {
    let mut made = Vec::new();
    for element in elements.as_list().unwrap_or_default() {
        let mut map = element.as_map().cloned().unwrap_or_default();
        let Some(id) = map.remove("id") else {
            let mut text = String::new();
            json::write(element, json::Style::WIRE, &mut text);
            return Err(error(&format!("Missing \"id\" key of {what}: {text}")));
        };
        made.push(make(id, map));
    }
    Ok(Value::List(made))
}

/// The entries of an element, by name, as fields.
fn fields(element: Map) -> Value {
    let mut entries: Vec<(String, Value)> = element
        .into_iter()
        .map(|(key, value)| (key.into_string(), value))
        .collect();
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    let mut fields = Vec::new();
    for (key, value) in entries {
        let values = match value {
            Value::List(values) => values,
            value => vec![value],
        };
        for value in values {
            let reference = match &value {
                Value::Map(map) if map.len() == 1 => map.get("ref").cloned(),
                _ => None,
            };
            let (name, value) = match reference {
                Some(reference) => ("refValue", reference),
                None => ("stringValue", value),
            };
            fields.push(map([("key", Value::from(&*key)), (name, value)]));
        }
    }
    Value::List(fields)
}

/// The values of a definition as the service wants them.
fn values(definition: &Value) -> Option<Value> {
    let entries = definition.get("values")?.as_map()?;
    let mut values = Vec::new();
    for (id, value) in entries.iter() {
        let single = std::slice::from_ref(value);
        for value in value.as_list().unwrap_or(single) {
            values.push(map([
                ("id", Value::from(id)),
                ("stringValue", value.clone()),
            ]));
        }
    }
    Some(Value::List(values))
}

/// Makes an answer a definition.
fn translate(answer: &mut Map) {
    for (from, to, make) in [
        (OBJECTS, "objects", object as fn(&[Value]) -> Value),
        (PARAMETERS, "parameters", parameter),
        (VALUES, "values", value_map),
    ] {
        if let Some(items) = answer.remove(from) {
            answer.push(to, make(items.as_list().unwrap_or_default()));
        }
    }
}

fn object(items: &[Value]) -> Value {
    let object = |item: &Value| {
        let mut object = Map::new();
        object.push("id", part(item, "id"));
        object.push("name", part(item, "name"));
        for field in list(item, "fields") {
            let value = match field.get("stringValue") {
                Some(value) => value.clone(),
                None => map([("ref", part(field, "refValue"))]),
            };
            add_value(&mut object, &text(&part(field, "key")), value);
        }
        Value::Map(object)
    };
    Value::List(items.iter().map(object).collect())
}

fn parameter(items: &[Value]) -> Value {
    let parameter = |item: &Value| {
        let mut parameter = Map::new();
        parameter.push("id", part(item, "id"));
        for attribute in list(item, "attributes") {
            let value = part(attribute, "stringValue");
            add_value(&mut parameter, &text(&part(attribute, "key")), value);
        }
        Value::Map(parameter)
    };
    Value::List(items.iter().map(parameter).collect())
}

fn value_map(items: &[Value]) -> Value {
    let mut values = Map::new();
    for item in items {
        add_value(
            &mut values,
            &text(&part(item, "id")),
            part(item, "stringValue"),
        );
    }
    Value::Map(values)
}

fn part(item: &Value, name: &str) -> Value {
    item.get(name).cloned().unwrap_or_default()
}

fn list<'a>(item: &'a Value, name: &str) -> &'a [Value] {
    item.get(name).and_then(Value::as_list).unwrap_or_default()
}

/// Adds a value; a second one of the same name makes a list of both.
fn add_value(map: &mut Map, key: &str, value: Value) {
    match map.get_mut(key) {
        None => {
            map.push(key.to_owned(), value);
        }
        Some(Value::List(values)) => values.push(value),
        Some(there) => *there = Value::List(vec![std::mem::take(there), value]),
    }
}
