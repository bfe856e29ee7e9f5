//! `emr create-cluster`.
// Parity: awscli/customizations/emr/createcluster.py.

use awl_value::{Map, Value, json};

use super::{
    applications, apply, configured, default_roles, ec2_attributes, emrfs, exclusive, hbase,
    instances, logging, map, maps, one_of_flags, schemas, steps, text,
};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call, caller};
use crate::error::CommandError;

/// `emr create-cluster`.
pub(super) const COMMAND: Custom = Custom::new(
    "create-cluster",
    &[
        Argument::option("--release-label"),
        Argument::option("--os-release-label"),
        Argument::option("--ami-version"),
        Argument::shaped("--instance-groups", schemas::INSTANCE_GROUPS),
        Argument::option("--instance-type"),
        Argument::option("--instance-count"),
        Argument::flag("--auto-terminate"),
        Argument::flag("--no-auto-terminate"),
        Argument::shaped("--instance-fleets", schemas::INSTANCE_FLEETS),
        Argument::option("--name"),
        Argument::option("--log-uri"),
        Argument::option("--log-encryption-kms-key-id"),
        Argument::option("--service-role"),
        Argument::option("--auto-scaling-role"),
        Argument::flag("--use-default-roles"),
        Argument::option("--configurations"),
        Argument::shaped("--ec2-attributes", schemas::EC2_ATTRIBUTES),
        Argument::flag("--termination-protected"),
        Argument::flag("--no-termination-protected"),
        Argument::flag("--unhealthy-node-replacement"),
        Argument::flag("--no-unhealthy-node-replacement"),
        Argument::option("--scale-down-behavior"),
        Argument::flag("--visible-to-all-users"),
        Argument::flag("--no-visible-to-all-users"),
        Argument::flag("--enable-debugging"),
        Argument::flag("--no-enable-debugging"),
        Argument::shaped("--tags", schemas::WORDS),
        Argument::shaped("--bootstrap-actions", schemas::BOOTSTRAP_ACTIONS),
        Argument::shaped("--applications", schemas::APPLICATIONS),
        Argument::shaped("--emrfs", schemas::EMRFS),
        Argument::shaped("--steps", schemas::STEPS),
        Argument::option("--additional-info"),
        Argument::shaped("--restore-from-hbase-backup", schemas::HBASE_BACKUP),
        Argument::option("--security-configuration"),
        Argument::option("--custom-ami-id"),
        Argument::option("--ebs-root-volume-size"),
        Argument::option("--ebs-root-volume-iops"),
        Argument::option("--ebs-root-volume-throughput"),
        Argument::option("--repo-upgrade-on-boot"),
        Argument::shaped("--kerberos-attributes", schemas::KERBEROS_ATTRIBUTES),
        Argument::shaped("--step-concurrency-level", schemas::WHOLE_NUMBER),
        Argument::option("--step-execution-role-arn"),
        Argument::shaped("--managed-scaling-policy", schemas::MANAGED_SCALING_POLICY),
        Argument::shaped(
            "--placement-group-configs",
            schemas::PLACEMENT_GROUP_CONFIGS,
        ),
        Argument::shaped(
            "--auto-termination-policy",
            schemas::AUTO_TERMINATION_POLICY,
        ),
        Argument::shaped(
            "--monitoring-configuration",
            schemas::MONITORING_CONFIGURATION,
        ),
        Argument::flag("--extended-support"),
        Argument::flag("--no-extended-support"),
        Argument::flag("--session-enabled"),
        Argument::flag("--no-session-enabled"),
    ],
    run,
)
.excused_by(configured::given);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let request = Request::new(invocation, globals, given)?;
    let parameters = request.parameters()?;
    let emr = caller::Caller::new(invocation, globals, "emr")?;
    let answer = emr.call(invocation, globals, "RunJobFlow", parameters)?;
    let mut result = Map::new();
    if let Some(id) = answer.get("JobFlowId") {
        result.push("ClusterId", id.clone());
        let arn = answer.get("ClusterArn").cloned();
        result.push("ClusterArn", arn.unwrap_or_default());
    }
    caller::print(invocation, globals, "run_job_flow", result.into())
}

/// What was given, and what the configuration gives besides.
struct Request<'a> {
    given: &'a Given<'a>,
    region: String,
    log_uri: Option<String>,
    service_role: Option<String>,
    ec2_attributes: Option<Map>,
    debugs: bool,
}

impl<'a> Request<'a> {
    // Parity: command.py, _apply_configs.
    fn new(
        invocation: &Invocation,
        globals: &Globals,
        given: &'a Given<'a>,
    ) -> Result<Self, CommandError> {
        let config = call::load_config(invocation, globals)?;
        let block = configured::Block::new(&config);
        let has_default_roles = given.has("--use-default-roles");
        let text = |option: &str, key: &str| {
            let word = given.get(option).map(str::to_owned);
            // An empty word is as good as none.
            match word.as_deref() {
                None | Some("") => block.get(key).map(str::to_owned).or(word),
                Some(_) => word,
            }
        };
        let service_role = if has_default_roles {
            given.get("--service-role").map(str::to_owned)
        } else {
            text("--service-role", "service_role")
        };
        let mut ec2_attributes = given
            .value("--ec2-attributes")
            .and_then(Value::as_map)
            .cloned();
        for (name, key) in [
            ("InstanceProfile", "instance_profile"),
            ("KeyName", "key_name"),
        ] {
            if name == "InstanceProfile" && has_default_roles {
                continue;
            }
            let Some(value) = block.get(key) else {
                continue;
            };
            let attributes = ec2_attributes.get_or_insert_default();
            if !attributes.contains_key(name) {
                attributes.push(name, value.into());
            }
        }
        let (on, off) = ("--enable-debugging", "--no-enable-debugging");
        let configured = if given.has(on) || given.has(off) {
            None
        } else {
            configured::enable_debugging(&config, &block)?
        };
        Ok(Self {
            given,
            region: super::region(invocation, globals)?,
            log_uri: text("--log-uri", "log_uri"),
            service_role,
            ec2_attributes,
            debugs: configured.unwrap_or(given.has(on)),
        })
    }

    fn parameters(mut self) -> Result<Map, CommandError> {
        let given = self.given;
        let label = given.get("--release-label");
        let has_release = label.is_some_and(|label| !label.is_empty());
        self.check()?;
        let mut instances = Map::new();
        match given.value("--instance-fleets") {
            Some(fleets) => instances.push("InstanceFleets", instances::fleets_of(fleets)),
            None => instances.push("InstanceGroups", instances::groups_of_cluster(given)?),
        }
        let name = given.get("--name").unwrap_or("Development Cluster");
        let mut cluster = map([("Name", name.into())]);
        self.put_version(&mut cluster)?;
        self.put_texts(&mut cluster, &["--additional-info"]);
        let log_uri = self.log_uri.as_deref();
        apply(&mut cluster, "LogUri", log_uri.unwrap_or_default());
        self.put_texts(
            &mut cluster,
            &["--os-release-label", "--log-encryption-kms-key-id"],
        );
        if given.has("--use-default-roles") {
            self.service_role = Some(default_roles::EMR.to_owned());
            let attributes = self.ec2_attributes.get_or_insert_default();
            attributes.insert("InstanceProfile", default_roles::EC2.into());
        }
        let role = self.service_role.as_deref();
        apply(&mut cluster, "ServiceRole", role.unwrap_or_default());
        let groups = given.value("--instance-groups");
        if groups.is_some_and(|groups| maps(groups).any(|it| it.contains_key("AutoScalingPolicy")))
            && !given.has("--auto-scaling-role")
        {
            return Err(CommandError::validation(
                "Must specify --auto-scaling-role when configuring an AutoScaling policy for an \
                 instance group.",
            ));
        }
        self.put_texts(
            &mut cluster,
            &["--auto-scaling-role", "--scale-down-behavior"],
        );
        self.put_flags(&mut cluster, &mut instances)?;
        let tags = given.value("--tags").and_then(Value::as_list);
        let tags = tags.unwrap_or_default().iter();
        let tags = tags.filter_map(Value::as_str).map(steps::key_value);
        cluster.push("Tags", Value::List(tags.collect()));
        cluster.push("Instances", Value::Map(instances));
        if let Some(attributes) = &self.ec2_attributes {
            ec2_attributes::put(&mut cluster, attributes)?;
        }
        self.put_software(&mut cluster, has_release)?;
        self.put_others(&mut cluster)?;
        self.check_applications()?;
        Ok(cluster)
    }

    /// What cannot stand together.
    fn check(&self) -> Result<(), CommandError> {
        let given = self.given;
        const ADVICE: &str = " Either choose --use-default-roles or use both --service-role \
                              <roleName> and --ec2-attributes InstanceProfile=<profileName>.";
        let (ami, label) = ("--ami-version", "--release-label");
        match (given.has(ami), given.has(label)) {
            (true, true) => return Err(exclusive(ami, label, "")),
            (false, false) => {
                return Err(CommandError::validation(format!(
                    "Either {ami} or {label} is required."
                )));
            }
            _ => {}
        }
        if given.has("--use-default-roles") {
            if self.service_role.is_some() {
                return Err(exclusive("--use-default-roles", "--service-role", ADVICE));
            }
            let attributes = self.ec2_attributes.as_ref();
            if attributes.is_some_and(|given| given.contains_key("InstanceProfile")) {
                let option = "--ec2-attributes InstanceProfile";
                return Err(exclusive("--use-default-roles", option, ADVICE));
            }
        }
        let (groups, fleets) = ("--instance-groups", "--instance-fleets");
        if given.has(groups) && given.has(fleets) {
            return Err(exclusive(groups, fleets, ""));
        }
        Ok(())
    }

    /// The version of EMR, and configurations, which only some have.
    fn put_version(&self, cluster: &mut Map) -> Result<(), CommandError> {
        let given = self.given;
        if let Some(label) = given.get("--release-label") {
            cluster.push("ReleaseLabel", label.into());
            if let Some(text) = given.get("--configurations") {
                let configurations = json::parse(text).map_err(|_| {
                    CommandError::validation("invalid json argument for option --configurations")
                })?;
                cluster.push("Configurations", configurations);
            }
            return Ok(());
        }
        let version = given.get("--ami-version").unwrap_or_default();
        // Parity: `\d?\..*`
        let behind = version.trim_start_matches(|it: char| it.is_numeric());
        if !behind.starts_with('.') || version.chars().count() - behind.chars().count() > 1 {
            return Err(CommandError::validation(format!(
                "The supplied AMI version \"{version}\" is invalid. Please see AMI Versions \
                 Supported in Amazon EMR in Amazon Elastic MapReduce Developer Guide: \
                 http://docs.aws.amazon.com/ElasticMapReduce/latest/DeveloperGuide/\
                 ami-versions-supported.html"
            )));
        }
        cluster.push("AmiVersion", version.into());
        Ok(())
    }

    /// Puts what is text by the name of its option.
    fn put_texts(&self, cluster: &mut Map, options: &[&str]) {
        for option in options {
            let name = match *option {
                "--additional-info" => "AdditionalInfo",
                "--os-release-label" => "OSReleaseLabel",
                "--log-encryption-kms-key-id" => "LogEncryptionKmsKeyId",
                "--auto-scaling-role" => "AutoScalingRole",
                "--scale-down-behavior" => "ScaleDownBehavior",
                "--security-configuration" => "SecurityConfiguration",
                "--custom-ami-id" => "CustomAmiId",
                "--repo-upgrade-on-boot" => "RepoUpgradeOnBoot",
                "--step-execution-role-arn" => "StepExecutionRoleArn",
                _ => continue,
            };
            apply(cluster, name, self.given.get(option).unwrap_or_default());
        }
    }

    fn put_flags(&self, cluster: &mut Map, instances: &mut Map) -> Result<(), CommandError> {
        let given = self.given;
        let flag = |on: &str, off: &str| one_of_flags(given.has(on), on, given.has(off), off);
        let lives = given.has("--no-auto-terminate") || !given.has("--auto-terminate");
        instances.push(
            "KeepJobFlowAliveWhenNoSteps",
            one_of_flags(
                lives,
                "--no-auto-terminate",
                given.has("--auto-terminate"),
                "--auto-terminate",
            )?
            .into(),
        );
        instances.push(
            "TerminationProtected",
            flag("--termination-protected", "--no-termination-protected")?.into(),
        );
        let (on, off) = (
            "--unhealthy-node-replacement",
            "--no-unhealthy-node-replacement",
        );
        if given.has(on) || given.has(off) {
            instances.push("UnhealthyNodeReplacement", flag(on, off)?.into());
        }
        let (on, off) = ("--visible-to-all-users", "--no-visible-to-all-users");
        let is_visible = given.has(on) || !given.has(off);
        let is_visible = one_of_flags(is_visible, on, given.has(off), off)?;
        cluster.push("VisibleToAllUsers", is_visible.into());
        Ok(())
    }

    /// Debugging, applications, bootstrap actions, EMRFS and steps.
    fn put_software(&self, cluster: &mut Map, has_release: bool) -> Result<(), CommandError> {
        let given = self.given;
        let (on, off) = ("--enable-debugging", "--no-enable-debugging");
        let debugs = one_of_flags(self.debugs, on, given.has(off), off)?;
        if debugs {
            if self.log_uri.is_none() {
                return Err(CommandError::validation(
                    "LogUri not specified. You must specify a logUri if you enable debugging when \
                     creating a cluster.",
                ));
            }
            let step = steps::debugging(&self.region, has_release);
            append(cluster, "Steps", vec![step]);
        }
        if let Some(list) = given.value("--applications") {
            match given.get("--ami-version") {
                Some(version) => {
                    let installed = applications::build(&self.region, list, version)?;
                    append(cluster, "NewSupportedProducts", installed.products);
                    append(cluster, "BootstrapActions", installed.bootstrap_actions);
                    append(cluster, "Steps", installed.steps);
                }
                None => cluster.push("Applications", list.clone()),
            }
        }
        let backup = given.value("--restore-from-hbase-backup");
        if let Some(backup) = backup.and_then(Value::as_map) {
            let step = hbase::restore_step(text(backup, "Dir"), text(backup, "BackupVersion"));
            append(cluster, "Steps", vec![step]);
        }
        if let Some(actions) = given.value("--bootstrap-actions") {
            put_bootstrap_actions(cluster, actions)?;
        }
        if let Some(emrfs) = given.value("--emrfs").and_then(Value::as_map) {
            if has_release {
                let configurations = cluster.get("Configurations").map(maps);
                if configurations
                    .into_iter()
                    .flatten()
                    .any(|configuration| text(configuration, "Classification") == Some(emrfs::SITE))
                {
                    return Err(CommandError::validation(
                        "EMRFS should be configured either using --configuration or --emrfs but \
                         not both",
                    ));
                }
                let configuration = emrfs::configuration(emrfs)?;
                append(cluster, "Configurations", vec![configuration]);
            } else {
                let actions = emrfs::bootstrap_actions(emrfs, &self.region)?;
                append(cluster, "BootstrapActions", actions);
            }
        }
        if let Some(list) = given.value("--steps") {
            let steps = steps::build(list, &self.region, has_release)?;
            append(cluster, "Steps", steps);
        }
        Ok(())
    }

    fn put_others(&self, cluster: &mut Map) -> Result<(), CommandError> {
        let given = self.given;
        self.put_texts(cluster, &["--security-configuration", "--custom-ami-id"]);
        for (option, name) in [
            ("--ebs-root-volume-size", "EbsRootVolumeSize"),
            ("--ebs-root-volume-iops", "EbsRootVolumeIops"),
            ("--ebs-root-volume-throughput", "EbsRootVolumeThroughput"),
        ] {
            if let Some(word) = given.get(option) {
                apply(cluster, name, instances::number(word)?);
            }
        }
        self.put_texts(cluster, &["--repo-upgrade-on-boot"]);
        self.put_value(cluster, "--kerberos-attributes", "KerberosAttributes");
        if let Some(level) = given.value("--step-concurrency-level") {
            cluster.push("StepConcurrencyLevel", level.clone());
        }
        self.put_texts(cluster, &["--step-execution-role-arn"]);
        for (on, off, name) in [
            (
                "--extended-support",
                "--no-extended-support",
                "ExtendedSupport",
            ),
            (
                "--session-enabled",
                "--no-session-enabled",
                "SessionEnabled",
            ),
        ] {
            let (is_on, is_off) = (given.has(on), given.has(off));
            if is_on || is_off {
                cluster.push(name, one_of_flags(is_on, on, is_off, off)?.into());
            }
        }
        for (option, name) in [
            ("--managed-scaling-policy", "ManagedScalingPolicy"),
            ("--placement-group-configs", "PlacementGroupConfigs"),
            ("--auto-termination-policy", "AutoTerminationPolicy"),
            ("--monitoring-configuration", "MonitoringConfiguration"),
        ] {
            self.put_value(cluster, option, name);
        }
        let monitoring = given.value("--monitoring-configuration");
        match monitoring.and_then(Value::as_map) {
            Some(monitoring) => logging::check(monitoring, self.log_uri.as_deref()),
            None => Ok(()),
        }
    }

    fn put_value(&self, cluster: &mut Map, option: &str, name: &'static str) {
        let value = self.given.value(option).cloned();
        apply(cluster, name, value.unwrap_or_default());
    }

    /// Whether what the steps need is installed.
    // Parity: _validate_required_applications. Python's sets have no order
    // when more than one application is missing.
    fn check_applications(&self) -> Result<(), CommandError> {
        let given = self.given;
        let list = |option: &str| given.value(option).into_iter().flat_map(maps);
        let names = list("--applications").filter_map(|map| text(map, "Name"));
        let installed: Vec<String> = names.map(str::to_lowercase).collect();
        let kinds = list("--steps").filter_map(|step| text(step, "Type"));
        let kinds: Vec<String> = kinds.map(str::to_lowercase).collect();
        let is_missing = |name: &str| !installed.iter().any(|known| known == name);
        let mut absent: Vec<&str> = [("hive", "Hive"), ("pig", "Pig"), ("impala", "Impala")]
            .into_iter()
            .filter(|(name, _)| kinds.iter().any(|kind| kind == name) && is_missing(name))
            .map(|(_, title)| title)
            .collect();
        if given.has("--restore-from-hbase-backup") && is_missing("hbase") {
            absent.push("Hbase");
        }
        if absent.is_empty() {
            return Ok(());
        }
        Err(CommandError::validation(format!(
            "Some of the steps require the following applications to be installed: {}. Please \
             install the applications using --applications.",
            absent.join(", ")
        )))
    }
}

/// Adds to a list, which is only there if it has something.
// Parity: _update_cluster_dict.
fn append(cluster: &mut Map, name: &'static str, values: Vec<Value>) {
    match cluster.get_mut(name) {
        Some(Value::List(list)) => list.extend(values),
        _ if values.is_empty() => {}
        _ => cluster.push(name, Value::List(values)),
    }
}

// Parity: _build_bootstrap_actions.
fn put_bootstrap_actions(cluster: &mut Map, given: &Value) -> Result<(), CommandError> {
    const MOST: usize = 16;
    let known = cluster.get("BootstrapActions").and_then(Value::as_list);
    let count = given.as_list().map_or(0, <[_]>::len);
    if known.map_or(0, <[_]>::len) + count > MOST {
        return Err(CommandError::validation(
            "maximum number of bootstrap actions for a cluster exceeded.",
        ));
    }
    let actions = maps(given).map(|action| {
        let name = text(action, "Name").unwrap_or("Bootstrap action");
        let mut result = map([("Name", name.into())]);
        let mut script = Map::new();
        for name in ["Path", "Args"] {
            let value = action.get(name).cloned();
            apply(&mut script, name, value.unwrap_or_default());
        }
        apply(&mut result, "ScriptBootstrapAction", script);
        Value::Map(result)
    });
    append(cluster, "BootstrapActions", actions.collect());
    Ok(())
}
