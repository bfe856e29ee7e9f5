//! The cases of the rule language, in `tests/unit/data/endpoints`.

use awl_endpoint::resolve;
use awl_model::Store;
use awl_value::Value;

use crate::{Report, expectation::check, map};

const MODEL: &str = r#"{"metadata": {"protocol": "json", "serviceId": "Test"},
    "operations": {}, "shapes": {}}"#;

/// A store with a service `test` of this rule set.
fn store_of(rules: Vec<u8>) -> Store {
    let mut files = awl_model_compiler::Files::new();
    let folder = "test/2020-01-01";
    files.insert(format!("{folder}/service-2.json"), MODEL.into());
    files.insert(format!("{folder}/endpoint-rule-set-1.json"), rules);
    awl_test::compile_files(&files)
}

#[test]
fn the_rule_language_is_botocores() {
    let folder = awl_test::botocore_source().join("tests/unit/data/endpoints");
    let partitions = awl_catalog::store().partitions();
    let mut report = Report::default();
    for entry in std::fs::read_dir(folder.join("test-cases")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let rules = std::fs::read(folder.join("valid-rules").join(name)).unwrap();
        let service = store_of(rules).service("test").unwrap();
        let suite = awl_test::read_json(&path);
        for case in suite.get("testCases").and_then(Value::as_list).unwrap() {
            let words = case.get("documentation").and_then(Value::as_str);
            let case_name = format!("{name} ({})", words.unwrap_or_default());
            let given = map(case.get("params"));
            let found = resolve(service.endpoint_rules(), partitions, &given);
            report.add(&case_name, check(found, case.get("expect").unwrap()));
        }
    }
    report.finish("cases of the rule language", 50);
}
