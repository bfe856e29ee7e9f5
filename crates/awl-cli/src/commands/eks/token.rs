//! `awl eks get-token`: a presigned call of STS, by which a cluster learns who
//! somebody is.
// Parity: awscli/customizations/eks/get_token.py.

use awl_sdk::client::Presign;
use awl_value::{Map, Timestamp, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::with_role;
use crate::argv::Globals;
use crate::commands::caller::{self, Caller};
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::roles::with_endpoint;
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// `eks get-token`.
pub(super) const COMMAND: Custom = Custom::new(
    "get-token",
    &[
        Argument::option("--cluster-name"),
        Argument::option("--role-arn"),
        Argument::option("--cluster-id"),
    ],
    run,
);

/// How many seconds the call is good for before it is made.
const URL_LIFETIME: i64 = 60;
/// After how many seconds kubectl is to ask for another token.
const TOKEN_LIFETIME: u64 = 14 * 60;

const V1: &str = "client.authentication.k8s.io/v1";
const BETA: &str = "client.authentication.k8s.io/v1beta1";
const ALPHA: &str = "client.authentication.k8s.io/v1alpha1";

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let config = match given.get("--role-arn") {
        Some(arn) => with_role(invocation, globals, &config, arn, "EKSGetTokenAuth")?,
        None => config,
    };
    let (name, id) = (given.get("--cluster-name"), given.get("--cluster-id"));
    if name.is_some() && id.is_some() {
        return Err(CommandError::validation(
            "The key \"cluster_id\" cannot be specified when one of the following keys are also \
             specified: cluster_name",
        ));
    }
    let Some(cluster) = id.or(name).filter(|cluster| !cluster.is_empty()) else {
        // Parity: the AWS CLI returns the error where it means to raise it.
        invocation
            .ui
            .write_error("Either parameter --cluster-name or --cluster-id must be specified.\n");
        return Err(CommandError::silent(1));
    };
    let sts = Caller::of(invocation, globals, &with_endpoint(&config, None), "sts")?;
    let call = sts.prepare("GetCallerIdentity", Map::new())?;
    let options = Presign {
        expires_in: URL_LIFETIME,
        method: Some("GET"),
        headers: &[("x-k8s-aws-id", cluster)],
    };
    let url = sts.run(async { Ok(sts.client().presign(&call, &options).await?) })?;
    let token = format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url));
    let end = invocation.host.epoch().as_secs() + TOKEN_LIFETIME;
    let version = api_version(invocation);
    let map = |entries: Vec<(&'static str, Value)>| -> Value {
        let entries = entries.into_iter();
        Value::Map(entries.map(|(name, value)| (name.into(), value)).collect())
    };
    let credential = map(vec![
        ("kind", "ExecCredential".into()),
        ("apiVersion", version.into()),
        ("spec", map(Vec::new())),
        (
            "status",
            map(vec![
                ("expirationTimestamp", time(end).into()),
                ("token", token.into()),
            ]),
        ),
    ]);
    caller::print(invocation, globals, COMMAND.name, credential)?;
    invocation.ui.write_out("\n");
    Ok(())
}

/// `2026-01-02T03:04:05Z`
fn time(seconds: u64) -> String {
    let micros = i64::try_from(seconds).unwrap_or_default() * 1_000_000;
    let (year, month, day, hour, minute, second, _) = Timestamp::utc(micros).civil(0);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The version of the answer that the caller wants.
// Parity: get_token.py, discover_api_version.
fn api_version(invocation: &mut Invocation) -> &'static str {
    const ADVICE: &str = "This is likely a bug in your Kubernetes client. Please update your \
                          Kubernetes client.";
    let wanted = invocation.host.variable("KUBERNETES_EXEC_INFO");
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return BETA;
    };
    let Ok(wanted) = json::parse(&wanted) else {
        invocation.ui.write_error(&format!(
            "Error parsing KUBERNETES_EXEC_INFO, defaulting to {BETA}. {ADVICE}\n"
        ));
        return BETA;
    };
    match wanted.get("apiVersion").and_then(Value::as_str) {
        Some(V1) => V1,
        Some(BETA) => BETA,
        Some(ALPHA) => {
            invocation.ui.write_error(&format!(
                "Kubeconfig user entry is using deprecated API version {ALPHA}. Run 'aws eks \
                 update-kubeconfig' to update.\n"
            ));
            ALPHA
        }
        _ => {
            invocation.ui.write_error(&format!(
                "Unrecognized API version in KUBERNETES_EXEC_INFO, defaulting to {BETA}. This is \
                 likely due to an outdated AWS CLI. Please update your AWS CLI.\n"
            ));
            BETA
        }
    }
}
