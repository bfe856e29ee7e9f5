use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;

#[derive(Debug, Default)]
struct World {
    variables: HashMap<&'static str, &'static str>,
    files: HashMap<&'static str, &'static str>,
}

impl Host for World {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| (*value).to_owned())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = path.to_str().and_then(|path| self.files.get(path));
        text.map(|text| text.as_bytes().to_vec())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn uuid(&self) -> String {
        "00000000-0000-4000-8000-000000000000".to_owned()
    }
}

const CONFIG: &str = "[default]\nregion = eu-west-1\ns3 =\n  addressing_style = path\n\
    [profile dev]\nregion = us-west-2\nservices = local\nendpoint_url = http://profile\n\
    aws_access_key_id = from-config\n\
    [services local]\ns3 =\n  endpoint_url = http://section\n";
const CREDENTIALS: &str = "[dev]\naws_access_key_id = from-credentials\n[other]\nregion = x\n";

fn load(
    variables: &[(&'static str, &'static str)],
    overrides: Overrides,
) -> Result<Config, ConfigError> {
    let world = World {
        variables: variables
            .iter()
            .copied()
            .chain([("HOME", "/home/u")])
            .collect(),
        files: HashMap::from([
            ("/home/u/.aws/config", CONFIG),
            ("/home/u/.aws/credentials", CREDENTIALS),
            ("/broken", "[default]\nregion"),
        ]),
    };
    Config::load(Arc::new(world), overrides)
}

#[test]
fn the_region_comes_from_option_environment_profile_or_default() {
    let region = |variables: &[(&'static str, &'static str)], option: Option<&str>| {
        let mut overrides = Overrides::default();
        overrides
            .settings
            .extend(option.map(|region| ("region", region.to_owned())));
        let region = load(variables, overrides).unwrap().region();
        format!("{} {:?}", region.value, region.origin)
    };
    assert_eq!(region(&[], Some("a")), "a Explicit");
    let both = [("AWS_DEFAULT_REGION", "b"), ("AWS_REGION", "c")];
    assert_eq!(region(&both, None), r#"c Variable("AWS_REGION")"#);
    assert_eq!(
        region(&[("AWS_DEFAULT_REGION", "b")], None),
        r#"b Variable("AWS_DEFAULT_REGION")"#
    );
    assert_eq!(region(&[], None), r#"eu-west-1 Profile("region")"#);
    assert_eq!(
        region(&[("AWS_CONFIG_FILE", "/none")], None),
        "us-east-1 Default"
    );
    assert_eq!(
        region(&[("AWS_PROFILE", "other")], None),
        r#"x Profile("region")"#
    );
}

#[test]
fn the_endpoint_url_has_an_order_of_precedence() {
    let url = |variables: &[(&'static str, &'static str)], service: &str| {
        let mut variables = variables.to_vec();
        variables.push(("AWS_PROFILE", "dev"));
        load(&variables, Overrides::default())
            .unwrap()
            .endpoint_url(service)
    };
    let all = ("AWS_ENDPOINT_URL", "http://all");
    assert_eq!(url(&[], "SQS").as_deref(), Some("http://profile"));
    assert_eq!(url(&[], "S3").as_deref(), Some("http://section"));
    assert_eq!(url(&[all], "S3").as_deref(), Some("http://all"));
    let one = ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "http://one");
    assert_eq!(
        url(&[all, one], "Elastic Load Balancing v2").as_deref(),
        Some("http://one")
    );
    assert_eq!(
        url(
            &[all, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True")],
            "S3"
        ),
        None
    );
    let overrides = Overrides {
        endpoint_url: Some("http://flag".into()),
        ..Overrides::default()
    };
    let config = load(&[all, one], overrides).unwrap();
    assert_eq!(config.endpoint_url("S3").as_deref(), Some("http://flag"));
}

#[test]
fn the_credentials_file_wins_key_by_key_and_nested_keys_are_found() {
    let config = load(&[("AWS_PROFILE", "dev")], Overrides::default()).unwrap();
    assert_eq!(
        config.profile_key("aws_access_key_id"),
        Some("from-credentials")
    );
    assert_eq!(config.text(&settings::REGION).as_deref(), Some("us-west-2"));
    let config = load(&[], Overrides::default()).unwrap();
    assert_eq!(
        config.text(&settings::S3_ADDRESSING_STYLE).as_deref(),
        Some("path")
    );
}

#[test]
fn a_missing_profile_and_a_broken_file_are_errors() {
    let error = |variables: &[(&'static str, &'static str)]| {
        load(variables, Overrides::default())
            .expect_err("an error")
            .to_string()
    };
    assert_eq!(
        error(&[("AWS_PROFILE", "nope")]),
        "The config profile (nope) could not be found"
    );
    assert_eq!(
        error(&[("AWS_CONFIG_FILE", "/broken")]),
        "Unable to parse config file: /broken (line 2: neither a section header nor `key = value`)"
    );
}

#[test]
fn settings_have_distinct_names() {
    for (index, setting) in settings::ALL.iter().enumerate() {
        assert!(
            settings::ALL[..index]
                .iter()
                .all(|other| other.name != setting.name)
        );
    }
}
