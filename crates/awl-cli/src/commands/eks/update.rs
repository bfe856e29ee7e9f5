//! `awl eks update-kubeconfig`: writes down a cluster, and that `aws eks
//! get-token` says who comes.
// Parity: awscli/customizations/eks/update_kubeconfig.py.

use std::path::{Component, Path, PathBuf};

use awl_sdk::config::Config;
use awl_value::{Map, Value};

use super::kubeconfig::{Kubeconfig, yaml};
use super::with_role;
use crate::argv::Globals;
use crate::commands::caller::Caller;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::roles::with_endpoint;
use crate::commands::{Invocation, call};
use crate::error::CommandError;
use crate::python;

/// `eks update-kubeconfig`.
pub(super) const COMMAND: Custom = Custom::new(
    "update-kubeconfig",
    &[
        Argument::option("--name").required(),
        Argument::option("--kubeconfig"),
        Argument::option("--role-arn"),
        Argument::option("--proxy-url"),
        Argument::flag("--dry-run"),
        Argument::flag("--verbose"),
        Argument::option("--alias"),
        Argument::option("--user-alias"),
        Argument::option("--assume-role-arn"),
    ],
    run,
);

const API_VERSION: &str = "client.authentication.k8s.io/v1beta1";

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let description = describe(invocation, globals, given, &config)?;
    let cluster = cluster_entry(given, &description);
    let user = user_entry(given, &config, &description)?;
    let name = cluster.get("name").cloned().unwrap_or_default();
    let mut file = choose(invocation, given, &name)?;
    let is_known = file.has_cluster(&name);
    let context = file.insert(&cluster, &user, given.get("--alias"));
    if given.has("--dry-run") {
        invocation.ui.write_out(&file.text());
        return Ok(());
    }
    file.save(&*invocation.host)?;
    let (verb, preposition) = if is_known {
        ("Updated", "in")
    } else {
        ("Added new", "to")
    };
    let context_name = context.get("name").map(python::str).unwrap_or_default();
    invocation.ui.write_out(&format!(
        "{verb} context {context_name} {preposition} {}\n",
        file.path.display()
    ));
    if given.has("--verbose") {
        let mut text = "Entries:\n\n".to_owned();
        for entry in [&context, &user, &cluster] {
            text.push_str(&yaml(entry));
            text.push('\n');
        }
        invocation.ui.write_out(&text);
    }
    Ok(())
}

/// What EKS says of the cluster.
fn describe(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
    config: &Config,
) -> Result<Map, CommandError> {
    let role = given.get("--assume-role-arn").filter(|arn| !arn.is_empty());
    let config = match role {
        Some(arn) => {
            const SESSION: &str = "EKSDescribeClusterSession";
            let own = with_endpoint(config, None);
            let overrides = with_role(invocation, globals, &own, arn, SESSION)?;
            let mut overrides = overrides.overrides().clone();
            overrides.endpoint_url = config.overrides().endpoint_url.clone();
            config.with_overrides(overrides)
        }
        None => config.clone(),
    };
    let eks = Caller::of(invocation, globals, &config, "eks")?;
    let mut parameters = Map::new();
    parameters.push("name", given.get("--name").unwrap_or_default().into());
    let mut answer = eks.call(invocation, globals, "DescribeCluster", parameters)?;
    let cluster = match answer.remove("cluster") {
        Some(Value::Map(cluster)) if cluster.contains_key("status") => cluster,
        _ => return Err(CommandError::general("Cluster not found")),
    };
    match cluster.get("status").and_then(Value::as_str) {
        Some("ACTIVE" | "UPDATING") => Ok(cluster),
        status => Err(CommandError::general(format!(
            "Cluster status is {}",
            status.unwrap_or("None")
        ))),
    }
}

fn cluster_entry(given: &Given<'_>, description: &Map) -> Map {
    let value = |name: &str| description.get(name).cloned().unwrap_or_default();
    let authority = description
        .get("certificateAuthority")
        .and_then(|authority| authority.get("data"));
    let mut cluster = Map::new();
    cluster.push(
        "certificate-authority-data",
        authority.cloned().unwrap_or_else(|| "".into()),
    );
    cluster.push("server", value("endpoint"));
    if let Some(url) = given.get("--proxy-url") {
        cluster.push("proxy-url", url.into());
    }
    let mut entry = Map::new();
    entry.push("cluster", Value::Map(cluster));
    entry.push("name", value("arn"));
    entry
}

fn user_entry(given: &Given<'_>, config: &Config, description: &Map) -> Result<Map, CommandError> {
    let arn = description
        .get("arn")
        .and_then(Value::as_str)
        .ok_or_else(|| CommandError::general("'NoneType' object has no attribute 'split'"))?;
    let region = arn
        .split(':')
        .nth(3)
        .ok_or_else(|| CommandError::general("list index out of range"))?;
    let outpost = description.get("outpostConfig");
    // A cluster on an Outpost alone is called by its identifier.
    let is_local =
        outpost.is_some_and(|outpost| outpost.get("etcdInstanceType").is_none_or(Value::is_null));
    let (option, cluster) = if is_local {
        let id = description.get("id").cloned();
        ("--cluster-id", id.unwrap_or_default())
    } else {
        let name = given.get("--name").unwrap_or_default();
        ("--cluster-name", name.into())
    };
    let mut arguments: Vec<Value> = ["--region", region, "eks", "get-token", option]
        .map(Value::from)
        .into();
    arguments.push(cluster);
    arguments.extend(["--output", "json"].map(Value::from));
    if let Some(role) = given.get("--role-arn") {
        arguments.extend(["--role", role].map(Value::from));
    }
    let mut exec = Map::new();
    exec.push("apiVersion", API_VERSION.into());
    exec.push("args", Value::List(arguments));
    exec.push("command", "aws".into());
    if let Some(profile) = config.chosen_profile() {
        let mut variable = Map::new();
        variable.push("name", "AWS_PROFILE".into());
        variable.push("value", profile.value.clone().into());
        exec.push("env", Value::List(vec![Value::Map(variable)]));
    }
    let mut user = Map::new();
    user.push("exec", Value::Map(exec));
    let alias = given.get("--user-alias").filter(|alias| !alias.is_empty());
    let mut entry = Map::new();
    entry.push("name", alias.unwrap_or(arn).into());
    entry.push("user", Value::Map(user));
    Ok(entry)
}

/// The file that has the cluster, else the first.
// Parity: update_kubeconfig.py, KubeconfigSelector.
fn choose(
    invocation: &Invocation,
    given: &Given<'_>,
    name: &Value,
) -> Result<Kubeconfig, CommandError> {
    const DEFAULT: &str = "~/.kube/config";
    let host = &*invocation.host;
    let variable = host.variable("KUBECONFIG").unwrap_or_default();
    let separator = if cfg!(windows) { ';' } else { ':' };
    let mut words: Vec<&str> = match given.get("--kubeconfig") {
        Some(path) => vec![path],
        None => variable
            .split(separator)
            .filter(|path| !path.trim_matches(python::is_space).is_empty())
            .collect(),
    };
    if words.is_empty() {
        words.push(DEFAULT);
    }
    let folder = host.current_folder().unwrap_or_default();
    // A tilde is expanded here, variables are not.
    let paths: Vec<PathBuf> = words
        .into_iter()
        .map(|word| match word.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => host.home().map_or_else(
                || word.into(),
                |home| home.join(rest.trim_start_matches('/')),
            ),
            _ => PathBuf::from(word),
        })
        .map(|path| absolute(&folder, &path))
        .collect();
    for path in &paths {
        // One that is broken is passed by.
        if let Ok(file) = Kubeconfig::load(host, path)
            && file.has_cluster(name)
        {
            return Ok(file);
        }
    }
    match paths.first() {
        Some(path) => Kubeconfig::load(host, path),
        None => Err(CommandError::general("There is no kubeconfig.")),
    }
}

/// `os.path.abspath`.
fn absolute(folder: &Path, path: &Path) -> PathBuf {
    let mut absolute = PathBuf::new();
    for component in folder.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                absolute.pop();
            }
            other => absolute.push(other),
        }
    }
    absolute
}
