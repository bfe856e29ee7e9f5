use awl_model::documentation::{Block, Library};
use awl_model::{Location, ShapeKind, Store};
use proptest::prelude::*;

use crate::{Files, compile};

fn files(service: &str) -> Files {
    Files::from([("s/1/service-2.json".to_owned(), service.as_bytes().to_vec())])
}

fn error(service: &str) -> String {
    let error = compile(&files(service)).expect_err(service);
    match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[test]
fn broken_models_are_errors_that_name_file_and_place() {
    for (model, expected) in [
        (
            "{",
            "s/1/service-2.json: invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (
            "[]",
            "s/1/service-2.json: at the top: an object is needed here",
        ),
        (
            r#"{"shapes": []}"#,
            "s/1/service-2.json: at shapes: an object is needed here",
        ),
        (
            r#"{"shapes": {"A": {}}}"#,
            "s/1/service-2.json: at shapes.A: a shape needs a `type`",
        ),
        (
            r#"{"shapes": {"A": {"type": "blub"}}}"#,
            "s/1/service-2.json: at shapes.A: unknown type `blub`",
        ),
        (
            r#"{"shapes": {"A": {"type": "list"}}}"#,
            "s/1/service-2.json: at shapes.A.member: is missing",
        ),
        (
            r#"{"shapes": {"A": {"type": "structure", "members": {"M": {"shape": "B"}}}}}"#,
            "s/1/service-2.json: at shapes.A.members.M: there is no shape `B`",
        ),
        (
            r#"{"operations": {"O": {"input": {"shape": "B"}}}}"#,
            "s/1/service-2.json: at operations.O.input: there is no shape `B`",
        ),
        (
            r#"{"operations": {"GetX": {}, "getX": {}}}"#,
            "s/1/service-2.json: at operations.getX: same name as `GetX` on the command line",
        ),
    ] {
        assert_eq!(error(model), expected);
    }
    assert!(error(&"[".repeat(1 << 20)).contains("Nesting too deep"));
    let text = compile(&Files::from([(
        "s/1/service-2.json".to_owned(),
        vec![0xff],
    )]));
    assert!(
        text.unwrap_err()
            .to_string()
            .starts_with("s/1/service-2.json: not readable as text")
    );
}

#[test]
fn members_have_what_their_shapes_say_unless_they_say_otherwise() {
    let model = r#"{"shapes": {
        "S": {"type": "structure", "required": ["A"], "payload": "B", "members": {
            "A": {"shape": "T", "location": "header", "locationName": "x-a"},
            "B": {"shape": "T", "timestampFormat": "rfc822", "flattened": true},
            "C": {"shape": "L", "contextParam": {"name": "Bucket"}}
        }},
        "T": {"type": "timestamp", "timestampFormat": "iso8601", "sensitive": true},
        "L": {"type": "list", "member": {"shape": "T", "locationName": "item"}}
    }}"#;
    let store = Store::open(compile(&files(model)).unwrap().leak()).unwrap();
    let shape = store.service("s").unwrap().shape("S").unwrap();
    let [a, b, c] = ["A", "B", "C"].map(|name| shape.member(name).unwrap());
    assert_eq!(
        (a.location(), a.wire_name(), a.is_required()),
        (Location::Header, "x-a", true)
    );
    assert_eq!(format!("{:?}", a.timestamp_format()), "Some(Iso8601)");
    assert_eq!(format!("{:?}", b.timestamp_format()), "Some(Rfc822)");
    assert_eq!(
        (b.location_name(), b.wire_name(), b.is_flattened()),
        (None, "B", true)
    );
    assert!(a.is_sensitive() && b.is_payload() && !a.is_payload());
    assert_eq!(c.traits().get("contextParam").str("name"), Some("Bucket"));
    assert_eq!(c.shape().kind(), ShapeKind::List);
    assert_eq!(
        c.shape().list_member().unwrap().location_name(),
        Some("item")
    );
}

#[test]
fn the_newest_version_is_taken_and_extras_are_merged() {
    let model = |name: &str| format!(r#"{{"metadata": {{"serviceId": "{name}"}}}}"#).into_bytes();
    let files = Files::from([
        ("s/2010-01-01/service-2.json".to_owned(), model("old")),
        ("s/2020-01-01/service-2.json".to_owned(), model("new")),
        (
            "s/2020-01-01/service-2.sdk-extras.json".to_owned(),
            br#"{"version": 1.0, "merge": {"metadata": {"more": [1, {"x": 2.5}, true]}}}"#.to_vec(),
        ),
    ]);
    let store = Store::open(compile(&files).unwrap().leak()).unwrap();
    let metadata = store.service("s").unwrap().metadata();
    assert_eq!(
        format!("{metadata:?}"),
        r#"{"serviceId": "new", "more": [1, {"x": 2.5}, true]}"#
    );
    assert_eq!(store.service("s").unwrap().api_version(), "2020-01-01");
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let files =
        files(r#"{"metadata": {"a": 1, "b": [1, 2]}, "shapes": {"A": {"type": "string"}}}"#);
    assert_eq!(compile(&files).unwrap(), compile(&files).unwrap());
}

fn touch_everything(store: Store) -> usize {
    let mut seen = format!("{:?}", store.partitions()).len();
    for service in store.services() {
        seen += format!("{:?}{:?}", service.metadata(), service.endpoint_rules()).len();
        for operation in service.operations().take(100) {
            seen += operation.cli_name().len() + operation.errors().take(100).count();
            seen += operation
                .input()
                .map_or(0, |shape| shape.members().take(100).len());
        }
        seen += service.operation("Op").is_some() as usize;
        for shape in service.shapes().take(100) {
            seen += shape
                .members()
                .take(100)
                .map(|member| member.name().len())
                .sum::<usize>();
            seen += format!("{:?}{:?}", shape.traits(), shape.list_member()).len();
        }
    }
    seen
}

proptest! {
    #[test]
    fn no_damage_to_a_store_makes_the_reader_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)
    ) {
        let model = r#"{"metadata": {"a": [1, {"b": 2.5}]}, "operations": {"Op": {"input": {"shape": "S"}}},
            "shapes": {"S": {"type": "structure", "members": {"M": {"shape": "L"}}},
                       "L": {"type": "list", "member": {"shape": "S"}, "min": 300000000000}}}"#;
        let mut bytes = compile(&files(model)).unwrap();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Ok(store) = Store::open(bytes.leak()) {
            touch_everything(store);
        }
    }

    #[test]
    fn no_damage_to_documentation_makes_the_reader_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)
    ) {
        let model = r#"{"documentation": "A <b>service</b>.", "operations": {"Op": {"documentation": "x",
            "input": {"shape": "S"}}}, "shapes": {"S": {"type": "structure", "documentation": "y",
            "members": {"M": {"shape": "T", "documentation": "z"}}}, "T": {"type": "string", "pattern": "w"}}}"#;
        let files = files(model);
        let store = Store::open(compile(&files).unwrap().leak()).unwrap();
        let service = store.services().next().unwrap();
        let block = crate::service_documentation(&crate::services(&files)[0]).unwrap().unwrap();
        let whole = Block::new(block.clone());
        let operation = service.operation("Op").unwrap();
        let member = operation.input().unwrap().members().next().unwrap();
        prop_assert_eq!(whole.of_service(), Some("A **service** ."));
        prop_assert_eq!(whole.of_operation(operation), Some("x"));
        prop_assert_eq!(whole.of_member(member), Some("z"));
        prop_assert_eq!(whole.pattern(member.shape()), Some("w"));

        let library = crate::library(&files, &Files::new()).unwrap();
        for mut bytes in [block, library] {
            for (index, byte) in &changes {
                let index = index.index(bytes.len());
                bytes[index] = *byte;
            }
            let damaged = Block::new(bytes.clone());
            let _ = (damaged.of_service(), damaged.of_operation(operation));
            let _ = (damaged.of_member(member), damaged.pattern(member.shape()));
            let _ = damaged.texts().count();
            if let Ok(library) = Library::open(bytes.leak()) {
                for name in library.names().take(10) {
                    let _ = library.block(name);
                }
            }
        }
    }

    #[test]
    fn no_model_text_makes_the_compiler_panic(
        text in r#"(\{|\}|\[|\]|:|,|"shapes"|"type"|"structure"|"list"|"member"|"members"|"shape"|"A"|"operations"|"input"|"http"|1|null){0,30}"#
    ) {
        let _ = compile(&files(&text));
    }
}
