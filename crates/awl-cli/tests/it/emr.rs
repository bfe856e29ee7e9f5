//! The commands of `emr` beyond its operations: requests, output, refusals.
//! All of it was compared with the AWS CLI on a local server.

use awl_test::{Answer, Request, Server};

use crate::support::TestPlace;

/// A server that knows one cluster.
fn server(cluster: &'static str) -> Server {
    Server::start(move |_, request: &Request| {
        let target = request.header("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        Answer::new(
            200,
            match operation {
                "RunJobFlow" => r#"{"JobFlowId":"j-1","ClusterArn":"arn:c"}"#,
                "AddInstanceGroups" => r#"{"JobFlowId":"j-1","InstanceGroupIds":["ig-1"]}"#,
                "AddJobFlowSteps" => r#"{"StepIds":["s-1"]}"#,
                "DescribeCluster" => cluster,
                "ListInstanceFleets" => r#"{"InstanceFleets":[{"Id":"if-1"}]}"#,
                "ListInstanceGroups" => r#"{"InstanceGroups":[{"Id":"ig-1"}],"Marker":"m"}"#,
                "ListBootstrapActions" => r#"{"BootstrapActions":[{"Name":"b"}]}"#,
                _ => "{}",
            },
        )
    })
}

const OLD: &str = r#"{"Cluster":{"Id":"j-1","Status":{"State":"WAITING"}}}"#;
const NEW: &str = r#"{"Cluster":{"Id":"j-1","ReleaseLabel":"emr-5.9.0",
    "InstanceCollectionType":"INSTANCE_FLEET","MasterPublicDnsName":"master.example.com",
    "Status":{"State":"RUNNING"}}}"#;

fn place(server: &Server) -> TestPlace {
    TestPlace::new().variable("AWS_ENDPOINT_URL", &server.endpoint())
}

/// The operations called, and what each was sent.
fn calls(server: &Server) -> Vec<String> {
    let calls = server.requests().into_iter().map(|request| {
        let target = request.header("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = String::from_utf8(request.body.clone()).unwrap();
        format!("{operation} {body}")
    });
    calls.collect()
}

/// What a line prints that makes a cluster, and what it sends.
fn create(line: &str) -> String {
    let server = server(OLD);
    let printed = place(&server).line(&format!("emr create-cluster {line}"));
    let expected = "exit: 0\n----- stdout\n{\n    \"ClusterId\": \"j-1\",\n    \"ClusterArn\": \
                    \"arn:c\"\n}\n----- stderr\n";
    assert_eq!(printed, expected);
    calls(&server).join("\n")
}

/// What a line says that is refused before anything is sent.
fn refused(line: &str) -> String {
    let server = server(OLD);
    let printed = place(&server).line(&format!("emr {line}"));
    assert!(server.requests().is_empty(), "{line}");
    let (_, message) = printed.split_once("[ERROR]: ").unwrap();
    message.trim_end().to_owned()
}

#[test]
fn a_cluster_has_groups_roles_and_tags() {
    assert_eq!(
        create(
            "--release-label emr-5.9.0 --instance-type m4.large --instance-count 3 \
             --use-default-roles --tags a=b c --auto-terminate"
        ),
        "RunJobFlow {\"Name\": \"Development Cluster\", \"ReleaseLabel\": \"emr-5.9.0\", \
         \"ServiceRole\": \"EMR_DefaultRole\", \"VisibleToAllUsers\": true, \"Tags\": [{\"Key\": \
         \"a\", \"Value\": \"b\"}, {\"Key\": \"c\", \"Value\": \"\"}], \"Instances\": \
         {\"InstanceGroups\": [{\"InstanceType\": \"m4.large\", \"InstanceCount\": 1, \
         \"InstanceRole\": \"MASTER\", \"Name\": \"MASTER\", \"Market\": \"ON_DEMAND\"}, \
         {\"InstanceType\": \"m4.large\", \"InstanceCount\": 2, \"InstanceRole\": \"CORE\", \
         \"Name\": \"CORE\", \"Market\": \"ON_DEMAND\"}], \"KeepJobFlowAliveWhenNoSteps\": \
         false, \"TerminationProtected\": false}, \"JobFlowRole\": \"EMR_EC2_DefaultRole\"}"
    );
}

#[test]
fn old_clusters_install_applications_by_steps_and_scripts() {
    let sent = create(
        "--ami-version 3.11 --instance-type m1 --applications Name=hive Name=hbase Name=mapr \
         --emrfs Consistent=true,Args=[x=y]",
    );
    for part in [
        "\"NewSupportedProducts\": [{\"Name\": \"mapr\", \"Args\": []}]",
        "{\"Name\": \"Install HBase\", \"ScriptBootstrapAction\": {\"Path\": \
         \"s3://us-west-2.elasticmapreduce/bootstrap-actions/setup-hbase\"}}",
        "{\"Name\": \"Setup EMRFS\", \"ScriptBootstrapAction\": {\"Args\": [\"-e\", \
         \"fs.s3.consistent=true\", \"-e\", \"x=y\"], \"Path\": \
         \"s3://us-west-2.elasticmapreduce/bootstrap-actions/configure-hadoop\"}}",
        "{\"Name\": \"Install Hive\", \"ActionOnFailure\": \"TERMINATE_CLUSTER\", \
         \"HadoopJarStep\": {\"Jar\": \"s3://us-west-2.elasticmapreduce/libs/script-runner/\
         script-runner.jar\", \"Args\": [\"s3://us-west-2.elasticmapreduce/libs/hive/hive-script\", \
         \"--install-hive\", \"--base-path\", \"s3://us-west-2.elasticmapreduce/libs/hive\", \
         \"--hive-versions\", \"latest\"]}}",
        "\"Jar\": \"/home/hadoop/lib/hbase.jar\"",
    ] {
        assert!(sent.contains(part), "{part}\n{sent}");
    }
}

#[test]
fn the_profile_gives_what_the_line_does_not() {
    let server = server(OLD);
    let place = place(&server)
        .file(
            "home/.aws/config",
            "[profile team]\nemr =\n    service_role = r\n    log_uri = s3://l/\n    key_name = k\n\
             \x20   instance_profile = p\n    enable_debugging = True\n",
        )
        .variable("AWS_PROFILE", "team");
    place.line("emr create-cluster --release-label emr-5 --instance-type m1");
    let sent = calls(&server).join("\n");
    for part in [
        "\"LogUri\": \"s3://l/\"",
        "\"ServiceRole\": \"r\"",
        "\"Ec2KeyName\": \"k\"",
        "\"JobFlowRole\": \"p\"",
        "\"Jar\": \"command-runner.jar\", \"Args\": [\"state-pusher-script\"]",
    ] {
        assert!(sent.contains(part), "{part}\n{sent}");
    }
}

#[test]
fn what_does_not_stand_together_is_refused() {
    let create = |line: &str| refused(&format!("create-cluster {line}"));
    assert_eq!(
        create("--instance-type m1"),
        "An error occurred (ParamValidation): Either --ami-version or --release-label is required."
    );
    assert_eq!(
        create("--release-label emr-5 --instance-type m1 --enable-debugging"),
        "An error occurred (ParamValidation): LogUri not specified. You must specify a logUri if \
         you enable debugging when creating a cluster."
    );
    assert_eq!(
        create("--release-label emr-5 --instance-groups InstanceGroupType=MASTER,InstanceType=m1"),
        "An error occurred (ParamValidation): Parameter validation failed:\nMissing required \
         parameter in [0]: \"InstanceCount\""
    );
    assert_eq!(
        create("--release-label emr-5 --instance-type m1 --steps Type=HIVE,Args=[a]"),
        "An error occurred (ParamValidation): Some of the steps require the following \
         applications to be installed: Hive. Please install the applications using --applications."
    );
    assert_eq!(
        create("--release-label emr-5 --instance-type m1 --instance-count x"),
        "invalid literal for int() with base 10: 'x'"
    );
    assert_eq!(
        refused("modify-cluster-attributes --cluster-id j-1 --auto-terminate --no-auto-terminate"),
        "An error occurred (ParamValidation): You cannot specify both --auto-terminate and \
         --no-auto-terminate options together."
    );
}

#[test]
fn steps_depend_on_the_release() {
    let line = "emr add-steps --cluster-id j-1 --steps Type=SPARK,Args=[a,b]";
    for (cluster, step) in [
        (
            NEW,
            "\"Jar\": \"command-runner.jar\", \"Args\": [\"spark-submit\", \"a\", \"b\"]",
        ),
        (
            OLD,
            "\"Jar\": \"s3://us-west-2.elasticmapreduce/libs/script-runner/script-runner.jar\", \
             \"Args\": [\"/home/hadoop/spark/bin/spark-submit\", \"a\", \"b\"]",
        ),
    ] {
        let server = server(cluster);
        place(&server).line(line);
        assert_eq!(
            calls(&server),
            [
                "DescribeCluster {\"ClusterId\": \"j-1\"}".to_owned(),
                format!(
                    "AddJobFlowSteps {{\"JobFlowId\": \"j-1\", \"Steps\": [{{\"Name\": \"Spark \
                     application\", \"ActionOnFailure\": \"CONTINUE\", \"HadoopJarStep\": \
                     {{{step}}}}}]}}"
                ),
            ]
        );
    }
}

#[test]
fn a_cluster_is_described_with_its_instances() {
    let server = server(NEW);
    let line = "emr describe-cluster --cluster-id j-1 --output text --query \
                Cluster.[InstanceFleets[0].Id,BootstrapActions[0].Name]";
    assert_eq!(
        place(&server).line(line),
        "exit: 0\n----- stdout\nif-1\tb\n----- stderr\n"
    );
    let called: Vec<String> = calls(&server)
        .iter()
        .map(|call| call.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        called,
        [
            "DescribeCluster",
            "ListInstanceFleets",
            "ListBootstrapActions"
        ]
    );
}

#[test]
fn hbase_is_for_clusters_without_a_release() {
    let line = "emr create-hbase-backup --cluster-id j-1 --dir s3://b --consistent";
    let old = server(OLD);
    place(&old).line(line);
    assert_eq!(
        calls(&old)[1],
        "AddJobFlowSteps {\"JobFlowId\": \"j-1\", \"Steps\": [{\"Name\": \"Backup HBase\", \
         \"ActionOnFailure\": \"CANCEL_AND_WAIT\", \"HadoopJarStep\": {\"Jar\": \
         \"/home/hadoop/lib/hbase.jar\", \"Args\": [\"emr.hbase.backup.Main\", \"--backup\", \
         \"--backup-dir\", \"s3://b\", \"--consistent\"]}}]}"
    );
    let new = server(NEW);
    assert_eq!(
        place(&new).line(line),
        "exit: 252\n----- stdout\n----- stderr\n\naws: [ERROR]: An error occurred \
         (ParamValidation): create-hbase-backup is not supported with 'emr-5.9.0' release.\n"
    );
}

#[cfg(unix)]
#[test]
fn ssh_runs_with_the_key_of_the_profile() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = server(NEW);
    let place = place(&server)
        .file("bin/ssh", "#!/bin/sh\necho \"ssh ran\"\nexit 3\n")
        .file(
            "home/.aws/config",
            "[default]\nemr =\n    key_pair_file = my.pem\n",
        );
    let program = place.folder().join("bin/ssh");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = place.folder().join("bin").to_string_lossy().into_owned();
    let place = place.variable("PATH", &format!("{path}:/usr/bin:/bin"));
    assert_eq!(
        place.line("emr ssh --cluster-id j-1 --command ls --ssh-options StrictHostKeyChecking=no"),
        "exit: 3\n----- stdout\nssh ran\nssh -o StrictHostKeyChecking=no -o \
         ServerAliveInterval=10 -i my.pem hadoop@master.example.com -t ls\n----- stderr\n"
    );
}
