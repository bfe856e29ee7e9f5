use awl_value::{Map, Value, json};

use super::validate;

/// A model with one operation, whose input is the structure `input`.
fn model(shapes: &str) -> awl_model::Shape {
    let store = awl_test::compile(&format!(
        r#"{{"version": "2.0",
            "metadata": {{"apiVersion": "2020-01-01", "protocol": "json", "jsonVersion": "1.1",
                "endpointPrefix": "test", "serviceId": "Test", "targetPrefix": "T"}},
            "operations": {{"Do": {{"name": "Do", "http": {{"method": "POST", "requestUri": "/"}},
                "input": {{"shape": "Input"}}}}}},
            "shapes": {{"S": {{"type": "string"}}, "I": {{"type": "integer"}},
                "L": {{"type": "long"}}, "D": {{"type": "double"}}, "B": {{"type": "boolean"}},
                "T": {{"type": "timestamp"}}, "Blob": {{"type": "blob"}}, {shapes}}}}}"#
    ));
    let service = store.services().next().unwrap();
    service.operation("Do").unwrap().input().unwrap()
}

fn parameters(text: &str) -> Map {
    match json::parse(text) {
        Ok(Value::Map(map)) => map,
        other => panic!("{other:?}"),
    }
}

fn errors(shapes: &str, text: &str) -> Vec<String> {
    match validate(&parameters(text), model(shapes), None) {
        Ok(()) => Vec::new(),
        Err(errors) => errors.errors().to_vec(),
    }
}

#[test]
fn right_parameters_pass() {
    let shapes = r#""Input": {"type": "structure", "required": ["Text"], "members": {
        "Text": {"shape": "S"}, "Number": {"shape": "I"}, "Long": {"shape": "L"},
        "Double": {"shape": "D"}, "Flag": {"shape": "B"}, "Time": {"shape": "T"},
        "Bytes": {"shape": "Blob"}, "List": {"shape": "List"}, "Map": {"shape": "Map"}}},
        "List": {"type": "list", "member": {"shape": "S"}},
        "Map": {"type": "map", "key": {"shape": "S"}, "value": {"shape": "I"}}"#;
    let text = r#"{"Text": "", "Number": 1, "Long": 12345678901234567890, "Double": 1,
        "Flag": true, "Time": "2020-01-01T00:00:00Z", "Bytes": "x", "List": ["a"],
        "Map": {"a": 1}}"#;
    assert!(errors(shapes, text).is_empty());
    assert!(errors(shapes, r#"{"Text": "", "Number": true, "Time": 5}"#).is_empty());
}

#[test]
fn every_fault_is_told_in_botocores_words() {
    let shapes = r#""Input": {"type": "structure", "required": ["Text", "Other"], "members": {
        "Text": {"shape": "S"}, "Other": {"shape": "S"}, "Number": {"shape": "I"},
        "Double": {"shape": "D"}, "Flag": {"shape": "B"}, "Bytes": {"shape": "Blob"},
        "Time": {"shape": "T"}, "List": {"shape": "List"}, "Map": {"shape": "Map"},
        "Inner": {"shape": "Inner"}}},
        "List": {"type": "list", "member": {"shape": "S"}},
        "Inner": {"type": "structure", "required": ["A"], "members": {"A": {"shape": "S"}}},
        "Map": {"type": "map", "key": {"shape": "S"}, "value": {"shape": "I"}}"#;
    let text = r#"{"Number": "1", "Unknown": 1, "Text": 5, "Double": "x", "Flag": 1,
        "Bytes": [1], "Time": "", "List": [1, "a", null], "Map": {"k": "it's"},
        "Inner": {"B": {}}}"#;
    assert_eq!(
        errors(shapes, text),
        [
            "Missing required parameter in input: \"Other\"",
            "Unknown parameter in input: \"Unknown\", must be one of: Text, Other, Number, \
             Double, Flag, Bytes, Time, List, Map, Inner",
            "Invalid type for parameter Number, value: 1, type: <class 'str'>, valid types: \
             <class 'int'>",
            "Invalid type for parameter Text, value: 5, type: <class 'int'>, valid types: \
             <class 'str'>",
            "Invalid type for parameter Double, value: x, type: <class 'str'>, valid types: \
             <class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
            "Invalid type for parameter Flag, value: 1, type: <class 'int'>, valid types: \
             <class 'bool'>",
            "Invalid type for parameter Bytes, value: [1], type: <class 'list'>, valid types: \
             <class 'bytes'>, <class 'bytearray'>, file-like object",
            "Invalid type for parameter Time, value: , type: <class 'str'>, valid types: \
             <class 'datetime.datetime'>, timestamp-string",
            "Invalid type for parameter List[0], value: 1, type: <class 'int'>, valid types: \
             <class 'str'>",
            "Invalid type for parameter List[2], value: None, type: <class 'NoneType'>, valid \
             types: <class 'str'>",
            "Invalid type for parameter Map.k, value: it's, type: <class 'str'>, valid types: \
             <class 'int'>",
            "Missing required parameter in Inner: \"A\"",
            "Unknown parameter in Inner: \"B\", must be one of: A",
        ]
    );
}

#[test]
fn bounds_are_checked_from_below_only() {
    let shapes = r#""Input": {"type": "structure", "members": {
        "Text": {"shape": "Short"}, "Number": {"shape": "Small"}, "Double": {"shape": "Half"},
        "List": {"shape": "List"}, "Map": {"shape": "Map"}, "Host": {"shape": "S",
        "hostLabel": true}}},
        "Short": {"type": "string", "min": 2, "max": 3},
        "Small": {"type": "integer", "min": 1, "max": 2},
        "Half": {"type": "double", "min": 0.5},
        "Map": {"type": "map", "key": {"shape": "Short"}, "value": {"shape": "S"}, "min": 9},
        "List": {"type": "list", "member": {"shape": "Short"}, "min": 2}"#;
    let text = r#"{"Text": "é", "Number": 0, "Double": 0.25, "List": ["a"], "Map": {"b": ""},
        "Host": ""}"#;
    assert_eq!(
        errors(shapes, text),
        [
            "Invalid length for parameter Text, value: 1, valid min length: 2",
            "Invalid value for parameter Number, value: 0, valid min value: 1",
            "Invalid value for parameter Double, value: 0.25, valid min value: 0.5",
            "Invalid length for parameter List, value: 1, valid min length: 2",
            "Invalid length for parameter List[0], value: 1, valid min length: 2",
            "Invalid length for parameter Map (key: b), value: 1, valid min length: 2",
            "Invalid length for parameter Host, value: 0, valid min length: 1",
        ]
    );
    let text = r#"{"Text": "abcdefgh", "Number": 100, "Double": 12345678901234567890}"#;
    assert!(errors(shapes, text).is_empty());
}

#[test]
fn a_union_has_exactly_one_member() {
    let shapes = r#""Input": {"type": "structure", "members": {"U": {"shape": "U"}}},
        "U": {"type": "structure", "union": true, "members": {
            "A": {"shape": "S"}, "B": {"shape": "S"}}}"#;
    assert_eq!(
        errors(shapes, r#"{"U": {}}"#),
        ["Must set one of the following keys for tagged unionstructure U: A. B."]
    );
    assert_eq!(
        errors(shapes, r#"{"U": {"A": "", "B": ""}}"#),
        [
            "Invalid number of parameters set for tagged union structure U. Can only set one of \
             the following keys: A. B."
        ]
    );
}

#[test]
fn documents_and_json_headers_take_what_json_takes() {
    let shapes = r#""Input": {"type": "structure", "members": {
        "Document": {"shape": "Document"},
        "Json": {"shape": "S", "jsonvalue": true, "location": "header", "locationName": "x"}}},
        "Document": {"type": "structure", "members": {}, "document": true}"#;
    let shape = model(shapes);
    let text = r#"{"Document": {"a": [1, null, {"b": 1.5}]}, "Json": {"a": [1]}}"#;
    assert_eq!(validate(&parameters(text), shape, None), Ok(()));
    let mut map = Map::new();
    map.push("Document", Value::List(vec![Value::Blob(b"x".to_vec())]));
    map.push("Json", Value::Blob(b"x".to_vec()));
    let errors = validate(&map, shape, None).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "Parameter validation failed:\n\
         Invalid type for document parameter Document[0], value: b'x', type: <class 'bytes'>, \
         valid types: <class 'str'>, <class 'int'>, <class 'bool'>, <class 'float'>, \
         <class 'list'>, <class 'dict'>\n\
         Invalid parameter Json must be json serializable: Object of type bytes is not JSON \
         serializable"
    );
}

#[test]
fn a_streamed_member_is_not_missing() {
    let shape = model(
        r#""Input": {"type": "structure", "required": ["Bytes"], "payload": "Bytes",
        "members": {"Bytes": {"shape": "Blob"}}}"#,
    );
    assert_eq!(validate(&Map::new(), shape, Some("Bytes")), Ok(()));
    assert!(validate(&Map::new(), shape, None).is_err());
}
