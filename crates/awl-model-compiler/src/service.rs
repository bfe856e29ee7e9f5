//! One service: its model, paginators, waiters and endpoint rules into records.

use std::collections::HashMap;

use awl_model::format::{
    NO_SHAPE, NULL, flags, member_fields, operation_fields, service_fields, shape_fields,
};
use awl_model::{Location, ShapeKind, TimestampFormat, kebab_case};
use awl_value::{Map, Value};

use crate::{CompileError, Packer, ServiceFiles};

/// Keys that only documentation shows; a later section has them.
const DOCUMENTATION: [&str; 5] = [
    "documentation",
    "deprecatedMessage",
    "deprecatedSince",
    "pattern",
    "examples",
];

/// Compiles one service into `packer`.
pub(crate) fn compile(packer: &mut Packer, files: &ServiceFiles<'_>) -> Result<(), CompileError> {
    let Some(model) = files.load("service-2")? else {
        return Ok(());
    };
    let compiler = ServiceCompiler {
        file: files.path("service-2"),
        numbers: HashMap::new(),
        shapes: Vec::new(),
    };
    let model = compiler.map(&model, "the top")?;
    let empty = Map::new();
    let section = |key: &str| match model.get(key) {
        None => Ok(&empty),
        Some(value) => compiler.map(value, key),
    };
    let (metadata, shapes, operations) = (
        section("metadata")?,
        section("shapes")?,
        section("operations")?,
    );
    if shapes.len() > usize::from(u16::MAX) {
        return Err(compiler.error("shapes", "more than 65,535 shapes"));
    }
    let compiler = ServiceCompiler {
        numbers: shapes
            .keys()
            .enumerate()
            .map(|(number, name)| (name, number as u32))
            .collect(),
        shapes: shapes.values().map(Value::as_map).collect(),
        ..compiler
    };
    let first_shape = packer.shapes.len() as u32;
    for (name, shape) in shapes.iter() {
        compiler.shape(packer, name, shape)?;
    }
    let first_operation = packer.operations.len() as u32;
    let wire_order = compiler.operations(packer, operations)?;

    let mut record = [0; service_fields::WORDS];
    record[service_fields::NAME] = packer.string(files.name);
    record[service_fields::VERSION] = packer.string(files.api_version);
    record[service_fields::METADATA] = packer.node_without(metadata, |_| false);
    record[service_fields::CLIENT_CONTEXT] = match model.get("clientContextParams") {
        Some(Value::Map(params)) => packer.node(&undocumented(params)),
        _ => NULL,
    };
    record[service_fields::PAGINATORS] =
        optional_section(packer, files, "paginators-1", "pagination")?;
    record[service_fields::WAITERS] = optional_section(packer, files, "waiters-2", "waiters")?;
    record[service_fields::RULES] = match files.load("endpoint-rule-set-1")? {
        Some(Value::Map(mut rules)) => {
            if let Some(Value::Map(params)) = rules.get("parameters") {
                let params = undocumented(params);
                rules.insert("parameters", params);
            }
            packer.node(&Value::Map(rules))
        }
        _ => NULL,
    };
    record[service_fields::OPERATIONS] = first_operation;
    record[service_fields::OPERATION_COUNT] = packer.operations.len() as u32 - first_operation;
    record[service_fields::SHAPES] = first_shape;
    record[service_fields::SHAPE_COUNT] = packer.shapes.len() as u32 - first_shape;
    record[service_fields::WIRE_ORDER] = wire_order;
    packer.services.push(record);
    packer.check_size(&compiler.file)
}

/// The section `key` of a file that a service need not have.
fn optional_section(
    packer: &mut Packer,
    files: &ServiceFiles<'_>,
    stem: &str,
    key: &str,
) -> Result<u32, CompileError> {
    let value = files.load(stem)?;
    Ok(match value.as_ref().and_then(|value| value.get(key)) {
        Some(Value::Map(entries)) if !entries.is_empty() => packer.node(&undocumented(entries)),
        _ => NULL,
    })
}

/// The entries, each without its documentation.
fn undocumented(entries: &Map) -> Value {
    let mut entries = entries.clone();
    for (_, entry) in entries.iter_mut() {
        if let Value::Map(entry) = entry {
            entry.retain(|key, _| key != "documentation" && key != "description");
        }
    }
    Value::Map(entries)
}

struct ServiceCompiler<'a> {
    file: String,
    /// Shapes' numbers by name.
    numbers: HashMap<&'a str, u32>,
    shapes: Vec<Option<&'a Map>>,
}

impl ServiceCompiler<'_> {
    fn error(&self, place: &str, reason: impl Into<String>) -> CompileError {
        CompileError::Model {
            file: self.file.clone(),
            place: place.to_owned(),
            reason: reason.into(),
        }
    }

    fn map<'v>(&self, value: &'v Value, place: &str) -> Result<&'v Map, CompileError> {
        value
            .as_map()
            .ok_or_else(|| self.error(place, "an object is needed here"))
    }

    /// The number of the shape that a reference names, and its traits.
    fn reference<'v>(
        &self,
        reference: &'v Value,
        place: &str,
    ) -> Result<(u32, &'v Map), CompileError> {
        let reference = self.map(reference, place)?;
        let name = reference
            .get("shape")
            .and_then(Value::as_str)
            .ok_or_else(|| self.error(place, "a reference needs the name of a shape"))?;
        let number = self
            .numbers
            .get(name)
            .ok_or_else(|| self.error(place, format!("there is no shape `{name}`")))?;
        Ok((*number, reference))
    }

    fn shape(&self, packer: &mut Packer, name: &str, shape: &Value) -> Result<(), CompileError> {
        let place = format!("shapes.{name}");
        let shape = self.map(shape, &place)?;
        let word = shape
            .get("type")
            .and_then(Value::as_str)
            .ok_or_else(|| self.error(&place, "a shape needs a `type`"))?;
        let kind = ShapeKind::parse(word)
            .ok_or_else(|| self.error(&place, format!("unknown type `{word}`")))?;
        let first_member = packer.members.len() as u32;
        match kind {
            ShapeKind::Structure => self.structure(packer, shape, &place)?,
            ShapeKind::List => self.child(packer, shape, "member", &place)?,
            ShapeKind::Map => {
                self.child(packer, shape, "key", &place)?;
                self.child(packer, shape, "value", &place)?;
            }
            _ => {}
        }
        let count = packer.members.len() as u32 - first_member;
        if count > u32::from(u16::MAX) {
            return Err(self.error(&place, "more than 65,535 members"));
        }
        let mut record = [0; shape_fields::WORDS];
        record[shape_fields::NAME] = packer.string(name);
        record[shape_fields::TRAITS] = packer.node_without(shape, |key| {
            matches!(key, "type" | "members" | "member" | "key" | "value")
                || DOCUMENTATION.contains(&key)
                || is_flag(shape, key)
        });
        record[shape_fields::MEMBERS] = first_member;
        let kind = ShapeKind::ALL
            .iter()
            .position(|other| *other == kind)
            .unwrap_or(0) as u32;
        record[shape_fields::COUNT_AND_KIND] = count | kind << 16;
        record[shape_fields::FLAGS] = flags_of(shape);
        packer.shapes.push(record);
        Ok(())
    }

    fn structure(&self, packer: &mut Packer, shape: &Map, place: &str) -> Result<(), CompileError> {
        let empty = Map::new();
        let members = match shape.get("members") {
            None => &empty,
            Some(members) => self.map(members, place)?,
        };
        let required: Vec<&str> = match shape.get("required") {
            Some(Value::List(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let payload = shape.get("payload").and_then(Value::as_str);
        for (name, reference) in members.iter() {
            let place = format!("{place}.members.{name}");
            let mut extra = 0;
            if required.contains(&name) {
                extra |= flags::REQUIRED;
            }
            if payload == Some(name) {
                extra |= flags::PAYLOAD;
            }
            self.member(packer, name, reference, extra, &place)?;
        }
        Ok(())
    }

    fn child(
        &self,
        packer: &mut Packer,
        shape: &Map,
        key: &str,
        place: &str,
    ) -> Result<(), CompileError> {
        let place = format!("{place}.{key}");
        let reference = shape
            .get(key)
            .ok_or_else(|| self.error(&place, "is missing"))?;
        self.member(packer, "", reference, 0, &place)
    }

    fn member(
        &self,
        packer: &mut Packer,
        name: &str,
        reference: &Value,
        extra: u32,
        place: &str,
    ) -> Result<(), CompileError> {
        let (number, own) = self.reference(reference, place)?;
        let shape = self.shapes.get(number as usize).copied().flatten();
        let inherited = |key: &str| own.get(key).or_else(|| shape?.get(key));
        let text = |key: &str| inherited(key).and_then(Value::as_str);

        let mut flag_bits = extra | flags_of(own) | shape.map_or(0, flags_of);
        let location_name = text("locationName");
        if location_name.is_some() {
            flag_bits |= flags::LOCATION_NAME;
        }
        if own.contains_key("contextParam") {
            flag_bits |= flags::CONTEXT_PARAM;
        }
        let location = match text("location") {
            None => Location::Body,
            Some(word) => Location::parse(word)
                .ok_or_else(|| self.error(place, format!("unknown location `{word}`")))?,
        };
        let format = text("timestampFormat").and_then(TimestampFormat::parse);
        let location = Location::ALL
            .iter()
            .position(|other| *other == location)
            .unwrap_or(0);
        let format = format
            .and_then(|format| {
                TimestampFormat::ALL
                    .iter()
                    .position(|other| *other == format)
            })
            .map_or(0, |index| index + 1);

        let mut record = [0; member_fields::WORDS];
        record[member_fields::NAME] = packer.string(name);
        record[member_fields::WIRE_NAME] = packer.string(location_name.unwrap_or(name));
        record[member_fields::TRAITS] = packer.node_without(own, |key| {
            matches!(
                key,
                "shape" | "location" | "locationName" | "timestampFormat"
            ) || DOCUMENTATION.contains(&key)
                || is_flag(own, key)
        });
        record[member_fields::SHAPE_AND_PLACE] =
            number | (location as u32) << 16 | (format as u32) << 24;
        record[member_fields::FLAGS] = flag_bits;
        packer.members.push(record);
        Ok(())
    }

    /// Writes the operations sorted by CLI name; returns their order by wire name.
    fn operations(&self, packer: &mut Packer, operations: &Map) -> Result<u32, CompileError> {
        let mut records = Vec::with_capacity(operations.len());
        for (name, operation) in operations.iter() {
            let place = format!("operations.{name}");
            let operation = self.map(operation, &place)?;
            records.push((
                kebab_case(name),
                name,
                self.operation(packer, name, operation, &place)?,
            ));
        }
        records.sort_by(|left, right| left.0.cmp(&right.0));
        if let Some(pair) = records.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let place = format!("operations.{}", pair[1].1);
            return Err(self.error(
                &place,
                format!("same name as `{}` on the command line", pair[0].1),
            ));
        }
        let mut order: Vec<u32> = (0..records.len() as u32).collect();
        order.sort_by_key(|&number| records[number as usize].1);
        for (cli_name, _, mut record) in records {
            record[operation_fields::CLI_NAME] = packer.string(&cli_name);
            packer.operations.push(record);
        }
        Ok(packer.numbers(order.into_iter()))
    }

    fn operation(
        &self,
        packer: &mut Packer,
        name: &str,
        operation: &Map,
        place: &str,
    ) -> Result<[u32; operation_fields::WORDS], CompileError> {
        let mut traits = operation.clone();
        traits.retain(|key, value| {
            let same_name = key == "name" && value.as_str() == Some(name);
            let elsewhere = matches!(key, "http" | "input" | "output" | "errors");
            !(same_name || elsewhere || DOCUMENTATION.contains(&key))
        });
        let mut record = [0; operation_fields::WORDS];
        record[operation_fields::NAME] = packer.string(name);
        let http = operation.get("http").and_then(Value::as_map);
        let http_text = |key: &str| http.and_then(|http| http.get(key)).and_then(Value::as_str);
        record[operation_fields::METHOD] = packer.string(http_text("method").unwrap_or("POST"));
        record[operation_fields::URI] = packer.string(http_text("requestUri").unwrap_or("/"));
        // Nearly all answers have status 200, which need not be said.
        let status = http.and_then(|http| http.get("responseCode"));
        if let Some(status) = status.filter(|status| **status != Value::Int(200)) {
            traits.insert("responseCode", status.clone());
        }
        for (key, field, traits_key) in [
            ("input", operation_fields::INPUT, "inputTraits"),
            ("output", operation_fields::OUTPUT, "outputTraits"),
        ] {
            record[field] = NO_SHAPE;
            if let Some(reference) = operation.get(key) {
                let (number, own) = self.reference(reference, &format!("{place}.{key}"))?;
                record[field] = number;
                let mut own = own.clone();
                own.retain(|key, _| key != "shape" && !DOCUMENTATION.contains(&key));
                if !own.is_empty() {
                    traits.insert(traits_key, Value::Map(own));
                }
            }
        }
        let mut errors = Vec::new();
        if let Some(Value::List(references)) = operation.get("errors") {
            for reference in references {
                errors.push(self.reference(reference, &format!("{place}.errors"))?.0);
            }
        }
        record[operation_fields::ERRORS] = packer.numbers(errors.into_iter());
        record[operation_fields::TRAITS] = packer.node_without(&traits, |_| false);
        Ok(record)
    }
}

/// The flags that a shape or reference has as traits that are true.
fn flags_of(traits: &Map) -> u32 {
    flags::NAMES
        .into_iter()
        .filter(|(name, _)| traits.get(name) == Some(&Value::Bool(true)))
        .fold(0, |bits, (_, flag)| bits | flag)
}

/// Whether `key` is a flag here, so that its bit says all.
fn is_flag(traits: &Map, key: &str) -> bool {
    traits
        .get(key)
        .is_some_and(|value| matches!(value, Value::Bool(_)))
        && flags::NAMES.iter().any(|(name, _)| *name == key)
}
