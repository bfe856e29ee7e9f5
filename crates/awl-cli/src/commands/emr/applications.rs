//! Applications of clusters without a release label, which are installed by
//! steps and bootstrap actions, and `emr install-applications`.
// Parity: awscli/customizations/emr/{applicationutils,installapplications}.py.

use awl_value::{Map, Value};

use super::{
    CLUSTER_ID, SCRIPT_RUNNER, add_steps, bootstrap_action, configured, map, maps, refuse_release,
    s3_link, schemas, step, text, texts,
};
use crate::argv::Globals;
use crate::commands::Invocation;
use crate::commands::custom::{Argument, Custom, Given};
use crate::error::CommandError;
use crate::python;

/// `emr install-applications`.
pub(super) const INSTALL: Custom = Custom::new(
    "install-applications",
    &[
        CLUSTER_ID,
        Argument::shaped("--applications", schemas::APPLICATIONS).required(),
    ],
    run,
)
.excused_by(configured::given);

const KNOWN: [&str; 10] = [
    "HIVE", "PIG", "HBASE", "GANGLIA", "IMPALA", "SPARK", "MAPR", "MAPR_M3", "MAPR_M5", "MAPR_M7",
];
const INSTALLABLE: [&str; 2] = ["HIVE", "PIG"];

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let region = super::region(invocation, globals)?;
    refuse_release(invocation, globals, given, INSTALL.name)?;
    let applications = given.value("--applications").cloned().unwrap_or_default();
    for application in maps(&applications) {
        let name = text(application, "Name").unwrap_or_default();
        let upper = name.to_uppercase();
        if INSTALLABLE.contains(&&*upper) {
            continue;
        }
        return Err(CommandError::validation(if KNOWN.contains(&&*upper) {
            format!(
                "{name} cannot be installed on a running cluster. 'Name' should be one of the \
                 following: {}",
                INSTALLABLE.join(", ")
            )
        } else {
            format!(
                "Unknown application: {name}. 'Name' should be one of the following: {}",
                KNOWN.join(", ")
            )
        }));
    }
    let installed = build(&region, &applications, "")?;
    add_steps(invocation, globals, given, installed.steps, Map::new())
}

/// What applications come to.
#[derive(Debug, Default)]
pub(super) struct Installed {
    pub products: Vec<Value>,
    pub bootstrap_actions: Vec<Value>,
    pub steps: Vec<Value>,
}

/// What installs applications.
///
/// # Errors
/// A version that HBase does not run on.
pub(super) fn build(
    region: &str,
    applications: &Value,
    ami_version: &str,
) -> Result<Installed, CommandError> {
    let mut installed = Installed::default();
    for application in maps(applications) {
        let name = text(application, "Name").unwrap_or_default();
        let arguments = application.get("Args").and_then(Value::as_list);
        match &*name.to_lowercase() {
            "hive" => {
                installed.steps.push(install("Hive", "hive", region));
                let site = arguments.and_then(|arguments| {
                    let mut arguments = arguments.iter().filter_map(Value::as_str);
                    arguments.find(|argument| argument.contains("--hive-site"))
                });
                installed
                    .steps
                    .extend(site.map(|site| hive_site(site, region)));
            }
            "pig" => installed.steps.push(install("Pig", "pig", region)),
            "ganglia" => installed.bootstrap_actions.push(bootstrap_action(
                "Install Ganglia",
                s3_link("/bootstrap-actions/install-ganglia", region),
                Value::Null,
            )),
            "hbase" => {
                installed.bootstrap_actions.push(bootstrap_action(
                    "Install HBase",
                    s3_link("/bootstrap-actions/setup-hbase", region),
                    Value::Null,
                ));
                installed.steps.push(start_hbase(ami_version)?);
            }
            "impala" => {
                let mut words = vec![
                    "--base-path".to_owned(),
                    s3_link("", region),
                    "--impala-version".to_owned(),
                    "latest".to_owned(),
                ];
                if let Some(arguments) = arguments {
                    let arguments: Vec<String> = arguments.iter().map(python::str).collect();
                    words.push("--impala-conf".to_owned());
                    words.push(arguments.join(","));
                }
                installed.bootstrap_actions.push(bootstrap_action(
                    "Install Impala",
                    s3_link("/libs/impala/setup-impala", region),
                    texts(words),
                ));
            }
            other => installed.products.push(Value::Map(map([
                ("Name", other.into()),
                ("Args", Value::List(arguments.unwrap_or_default().to_vec())),
            ]))),
        }
    }
    Ok(installed)
}

fn install(title: &str, name: &str, region: &str) -> Value {
    let words = [
        s3_link(&format!("/libs/{name}/{name}-script"), region),
        format!("--install-{name}"),
        "--base-path".to_owned(),
        s3_link(&format!("/libs/{name}"), region),
        format!("--{name}-versions"),
        "latest".to_owned(),
    ];
    Value::Map(step(
        &format!("Install {title}"),
        "TERMINATE_CLUSTER",
        &s3_link(SCRIPT_RUNNER, region),
        texts(words),
    ))
}

fn hive_site(site: &str, region: &str) -> Value {
    let words = [
        s3_link("/libs/hive/hive-script", region),
        "--base-path".to_owned(),
        // Parity: this path is that of one Region wherever the cluster is.
        s3_link("/libs/hive", "us-east-1"),
        "--install-hive-site".to_owned(),
        site.to_owned(),
        "--hive-versions".to_owned(),
        "latest".to_owned(),
    ];
    Value::Map(step(
        "Install Hive Site Configuration",
        "CANCEL_AND_WAIT",
        &s3_link(SCRIPT_RUNNER, region),
        texts(words),
    ))
}

fn start_hbase(ami_version: &str) -> Result<Value, CommandError> {
    let jar = if ami_version >= "3.0" {
        "/home/hadoop/lib/hbase.jar"
    } else if ami_version >= "2.1" {
        "/home/hadoop/lib/hbase-0.92.0.jar"
    } else {
        return Err(CommandError::validation(format!(
            "AMI version {ami_version} is not compatible with HBase."
        )));
    };
    let words = texts(["emr.hbase.backup.Main", "--start-master"]);
    Ok(Value::Map(step(
        "Start HBase",
        "TERMINATE_CLUSTER",
        jar,
        words,
    )))
}
