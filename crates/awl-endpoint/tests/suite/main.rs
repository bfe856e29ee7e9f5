//! botocore's own endpoint suites: every case of every service, by parameters
//! and by calls of operations, and the cases of the rule language itself.

mod expectation;
mod language;
mod skips;

use std::path::Path;

use awl_endpoint::{
    Builtins, EndpointError, parameters, prepare_input, resolve, resolve_operation,
};
use awl_model::Service;
use awl_value::{Map, Value};

use expectation::check;

/// What became of the cases.
#[derive(Default)]
struct Report {
    passed: usize,
    skipped: usize,
    failures: Vec<String>,
}

impl Report {
    fn add(&mut self, case: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(difference) => self.failures.push(format!("{case}: {difference}")),
        }
    }

    #[track_caller]
    fn finish(self, what: &str, at_least: usize) {
        let Self {
            passed,
            skipped,
            failures,
        } = self;
        assert!(
            failures.is_empty(),
            "{what}: {} of {} cases fail:\n{}",
            failures.len(),
            passed + failures.len(),
            failures.join("\n")
        );
        assert!(passed >= at_least, "{what}: only {passed} cases were found");
        // The harness shows this with `--nocapture`.
        #[expect(clippy::print_stderr, reason = "the figures of a suite")]
        {
            eprintln!("{what}: {passed} passed, {skipped} skipped");
        }
    }
}

fn folder() -> std::path::PathBuf {
    awl_test::botocore_source().join("tests/functional/endpoint-rules")
}

/// The cases of all services, with a name for each.
fn each_case(mut run: impl FnMut(Service, &str, &Value)) {
    for service in awl_catalog::store().services() {
        let path = folder().join(service.name()).join("endpoint-tests-1.json");
        let suite = awl_test::read_json(&path);
        let cases = suite.get("testCases").and_then(Value::as_list);
        let cases = cases.filter(|cases| !cases.is_empty());
        let cases = cases.expect("a suite has cases");
        for (index, case) in cases.iter().enumerate() {
            let words = case.get("documentation").and_then(Value::as_str);
            let name = format!("{} {index} ({})", service.name(), words.unwrap_or_default());
            run(service, &name, case);
        }
    }
}

fn map(value: Option<&Value>) -> Map {
    value.and_then(Value::as_map).cloned().unwrap_or_default()
}

#[test]
fn no_folder_is_forgotten() {
    let mut folders: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(&folder()).join(name).is_dir())
        .collect();
    folders.sort();
    let services: Vec<&str> = awl_catalog::store().services().map(Service::name).collect();
    assert_eq!(folders, services);
}

#[test]
fn all_services_have_rules() {
    for service in awl_catalog::store().services() {
        assert!(!service.endpoint_rules().is_null(), "{}", service.name());
    }
}

#[test]
fn parameters_give_the_endpoint() {
    let partitions = awl_catalog::store().partitions();
    let mut report = Report::default();
    each_case(|service, name, case| {
        let given = map(case.get("params"));
        let found = resolve(service.endpoint_rules(), partitions, &given);
        report.add(name, check(found, case.get("expect").unwrap()));
    });
    report.finish("cases by parameters", 14_000);
}

#[test]
fn calls_give_the_endpoint() {
    let partitions = awl_catalog::store().partitions();
    let mut report = Report::default();
    each_case(|service, name, case| {
        let inputs = case.get("operationInputs").and_then(Value::as_list);
        for call in inputs.unwrap_or_default() {
            let operation_name = call.get("operationName").and_then(Value::as_str).unwrap();
            let name = format!("{name}, {operation_name}");
            let mut input = map(call.get("operationParams"));
            let words = case.get("documentation").and_then(Value::as_str);
            if skips::reason(service.name(), words.unwrap_or_default()).is_some() {
                report.skipped += 1;
                continue;
            }
            let operation = service.operation(operation_name).unwrap();
            let builtins = builtins(&map(call.get("builtInParams")));
            let context = Map::new();
            let expected = case.get("expect").unwrap();
            let found = prepare_input(operation, &mut input, false)
                .and_then(|()| parameters(operation, &input, &builtins, &context))
                .and_then(|given| resolve(service.endpoint_rules(), partitions, &given));
            report.add(&name, check(found, expected));
            // The whole way, where errors are put in the service's words.
            let found = resolve_operation(operation, partitions, &input, &builtins, &context);
            report.add(&name, expectation::check_explained(found, expected));
        }
    });
    // Each call is compared twice.
    report.finish("comparisons by calls", 1_300);
}

/// Built-ins under their names, and no others.
fn builtins(given: &Map) -> Builtins {
    let mut builtins = Builtins::default();
    for (name, value) in given.iter() {
        let text = value.as_str().map(str::to_owned);
        let flag = value.as_bool();
        match name {
            "AWS::Region" => builtins.region = text,
            "SDK::Endpoint" => builtins.endpoint = text,
            "AWS::Auth::AccountId" => builtins.account_id = text,
            "AWS::Auth::AccountIdEndpointMode" => builtins.account_id_endpoint_mode = text,
            "AWS::UseFIPS" => builtins.use_fips = flag,
            "AWS::UseDualStack" => builtins.use_dualstack = flag,
            "AWS::STS::UseGlobalEndpoint" => builtins.sts_use_global_endpoint = flag,
            "AWS::S3::UseGlobalEndpoint" => builtins.s3_use_global_endpoint = flag,
            "AWS::S3::Accelerate" => builtins.s3_accelerate = flag,
            "AWS::S3::ForcePathStyle" => builtins.s3_force_path_style = flag,
            "AWS::S3::UseArnRegion" => builtins.s3_use_arn_region = flag,
            "AWS::S3::DisableMultiRegionAccessPoints" => {
                builtins.s3_disable_multi_region_access_points = flag;
            }
            "AWS::S3Control::UseArnRegion" => builtins.s3control_use_arn_region = flag,
            _ => panic!("the suite has a new built-in, {name}"),
        }
    }
    builtins
}

#[test]
fn a_missing_rule_set_is_told() {
    let store = awl_test::compile(
        r#"{"metadata": {"protocol": "json", "serviceId": "Test"},
            "operations": {"Do": {"name": "Do", "http": {"method": "POST", "requestUri": "/"}}},
            "shapes": {}}"#,
    );
    let operation = store.service("test").unwrap().operation("Do").unwrap();
    let partitions = awl_catalog::store().partitions();
    let (input, context) = (Map::new(), Map::new());
    let found = resolve_operation(
        operation,
        partitions,
        &input,
        &Builtins::default(),
        &context,
    );
    assert_eq!(found, Err(EndpointError::NoRules("test".to_owned())));
}
