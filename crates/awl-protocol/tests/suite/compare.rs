//! When two things of a suite are the same.

use awl_value::Value;
use base64::Engine as _;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Equal as the suites mean it: numbers by value, bytes as their text, times
/// as seconds, and the numbers that JSON lacks by their names.
pub(crate) fn equal(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Map(actual), Value::Map(expected)) => {
            actual.len() == expected.len()
                && actual
                    .iter()
                    .all(|(key, value)| expected.get(key).is_some_and(|other| equal(value, other)))
        }
        (Value::List(actual), Value::List(expected)) => {
            actual.len() == expected.len()
                && actual
                    .iter()
                    .zip(expected)
                    .all(|(one, other)| equal(one, other))
        }
        (Value::Timestamp(time), _) if number(expected).is_some() => {
            number(expected) == Some(time.micros as f64 / 1e6)
        }
        (Value::Blob(bytes), Value::String(text)) => bytes == text.as_bytes(),
        (Value::Float(number), Value::String(name)) => match name.as_str() {
            "NaN" => number.is_nan(),
            "Infinity" => *number == f64::INFINITY,
            "-Infinity" => *number == f64::NEG_INFINITY,
            _ => false,
        },
        (Value::Float(one), Value::Float(other)) if one.is_nan() => other.is_nan(),
        _ => match (number(actual), number(expected)) {
            (Some(actual), Some(expected)) => actual == expected,
            _ => actual == expected,
        },
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// The bytes of base64.
pub(crate) fn base64(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// A CBOR item, read by other means than the crate's.
pub(crate) fn cbor(bytes: &[u8]) -> Value {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = item(&mut decoder);
    assert_eq!(decoder.position(), bytes.len());
    value
}

fn item(decoder: &mut minicbor::Decoder<'_>) -> Value {
    use minicbor::data::Type;
    let more = |decoder: &mut minicbor::Decoder<'_>, length: Option<u64>, read: usize| match length
    {
        Some(length) => (read as u64) < length,
        None if decoder.datatype().unwrap() == Type::Break => {
            decoder.skip().unwrap();
            false
        }
        None => true,
    };
    match decoder.datatype().unwrap() {
        Type::Null => {
            decoder.null().unwrap();
            Value::Null
        }
        Type::Bool => Value::Bool(decoder.bool().unwrap()),
        Type::F16 => Value::Float(decoder.f16().unwrap().into()),
        Type::F32 => Value::Float(decoder.f32().unwrap().into()),
        Type::F64 => Value::Float(decoder.f64().unwrap()),
        Type::String | Type::StringIndef => {
            Value::String(decoder.str_iter().unwrap().map(Result::unwrap).collect())
        }
        Type::Bytes | Type::BytesIndef => Value::Blob(
            decoder
                .bytes_iter()
                .unwrap()
                .flat_map(|piece| piece.unwrap().to_vec())
                .collect(),
        ),
        Type::Tag => {
            let tag = decoder.tag().unwrap().as_u64();
            Value::List(vec![Value::Int(tag as i64), item(decoder)])
        }
        Type::Array | Type::ArrayIndef => {
            let length = decoder.array().unwrap();
            let mut items = Vec::new();
            while more(decoder, length, items.len()) {
                items.push(item(decoder));
            }
            Value::List(items)
        }
        Type::Map | Type::MapIndef => {
            let length = decoder.map().unwrap();
            let mut map = awl_value::Map::new();
            while more(decoder, length, map.len()) {
                let key = item(decoder).as_str().unwrap().to_owned();
                map.push(key, item(decoder));
            }
            Value::Map(map)
        }
        _ => Value::Int(i128::from(decoder.int().unwrap()) as i64),
    }
}

/// An element of XML, as far as two are compared.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tree {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Tree>,
}

/// The tree of an XML text; none where it is none.
pub(crate) fn tree(text: &str) -> Option<Tree> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Tree::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let mut attributes: Vec<_> = start
                    .attributes()
                    .map(|attribute| attribute.unwrap())
                    .map(|one| (one.key.as_ref().to_owned(), one.value.into_owned()))
                    .collect();
                attributes.sort();
                open.push(Tree {
                    name: start.name().as_ref().to_owned(),
                    attributes,
                    ..Tree::default()
                });
            }
            Event::End(_) => {
                let child = open.pop()?;
                open.last_mut()?.children.push(child);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(text.trim()),
            Event::GeneralRef(reference) => open
                .last_mut()?
                .text
                .push_str(&format!("&{};", &*reference)),
            Event::Eof => {
                let root = open.pop()?;
                return (open.is_empty() && root.children.len() == 1).then_some(root);
            }
            _ => {}
        }
    }
}
