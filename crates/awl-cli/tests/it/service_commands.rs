//! Commands that services have beyond their operations: requests, output,
//! files. All of it was compared with the AWS CLI on a local server.

use awl_test::{Answer, Request, Server};

use crate::support::TestPlace;

/// A server that answers by what a request says: its target, line and body.
fn server(answers: &'static [(&'static str, u16, &'static str)]) -> Server {
    Server::start(move |_, request: &Request| {
        let said = said(request);
        let known = answers.iter().find(|(part, _, _)| said.contains(part));
        match known {
            Some((_, status, body)) => Answer::new(*status, *body),
            None => Answer::new(200, "{}"),
        }
    })
}

fn said(request: &Request) -> String {
    let target = request.header("x-amz-target").unwrap_or_default();
    let target = target.rsplit('.').next().unwrap_or_default();
    let body = String::from_utf8_lossy(&request.body);
    format!("{target} {} {} {body}", request.method, request.target)
        .trim()
        .to_owned()
}

fn requests(server: &Server) -> Vec<String> {
    server.requests().iter().map(said).collect()
}

fn place(server: &Server) -> TestPlace {
    TestPlace::new().variable("AWS_ENDPOINT_URL", &server.endpoint())
}

#[test]
fn recorders_and_channels_have_a_status() {
    let server = server(&[
        (
            "DescribeConfigurationRecorderStatus",
            200,
            r#"{"ConfigurationRecordersStatus":[{"name":"a","recording":true,
            "lastStatus":"FAILURE","lastErrorCode":"E","lastErrorMessage":"M"},
            {"name":"b","recording":false}]}"#,
        ),
        (
            "DescribeDeliveryChannelStatus",
            200,
            r#"{"DeliveryChannelsStatus":[{"name":"c","configStreamDeliveryInfo":
            {"lastStatus":"SUCCESS"},"configHistoryDeliveryInfo":{},
            "configSnapshotDeliveryInfo":{}}]}"#,
        ),
    ]);
    assert_eq!(
        place(&server).line("configservice get-status"),
        "exit: 0\n----- stdout\nConfiguration Recorders:\n\nname: a\nrecorder: ON\nlast status: \
         FAILURE\nerror code: E\nmessage: M\n\nname: b\nrecorder: OFF\n\nDelivery \
         Channels:\n\nname: c\nlast stream delivery status: SUCCESS\n\n----- stderr\n"
    );
}

#[test]
fn registries_have_a_password() {
    // AWS:pw
    let server = server(&[(
        "GetAuthorizationToken",
        200,
        r#"{"authorizationData":[{"authorizationToken":"QVdTOnB3"}]}"#,
    )]);
    assert_eq!(
        place(&server).line("ecr get-login-password"),
        "exit: 0\n----- stdout\npw\n----- stderr\n"
    );
}

const CLUSTER: &str = r#"{"cluster":{"name":"c","status":"ACTIVE","endpoint":"https://e",
    "arn":"arn:aws:eks:us-west-2:1:cluster/c","certificateAuthority":{"data":"Q0E="}}}"#;

#[test]
fn a_cluster_is_written_down_for_kubectl() {
    let server = server(&[("GET /clusters/c", 200, CLUSTER)]);
    let place = place(&server).file(
        "k.yaml",
        "apiVersion: v1\nclusters:\n- cluster: {server: https://o}\n  name: other\nusers: null\n",
    );
    let line = "eks update-kubeconfig --name c --kubeconfig k.yaml --alias mine";
    assert_eq!(
        place.line(line),
        "exit: 0\n----- stdout\nAdded new context mine to [FOLDER]/k.yaml\n----- stderr\n"
    );
    assert_eq!(
        std::fs::read_to_string(place.folder().join("k.yaml")).unwrap(),
        "apiVersion: v1\nclusters:\n- cluster:\n    server: https://o\n  name: other\n- \
         cluster:\n    certificate-authority-data: Q0E=\n    server: https://e\n  name: \
         arn:aws:eks:us-west-2:1:cluster/c\nusers:\n- name: arn:aws:eks:us-west-2:1:cluster/c\n  \
         user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n      args:\n      \
         - --region\n      - us-west-2\n      - eks\n      - get-token\n      - --cluster-name\n      \
         - c\n      - --output\n      - json\n      command: aws\ncontexts:\n- context:\n    \
         cluster: arn:aws:eks:us-west-2:1:cluster/c\n    user: \
         arn:aws:eks:us-west-2:1:cluster/c\n  name: mine\ncurrent-context: mine\n"
    );
    assert!(place.line(line).contains("Updated context mine in"));
}

#[test]
fn tokens_are_presigned_urls() {
    let server = server(&[]);
    let place = place(&server);
    let token = place.line(
        "eks get-token --cluster-name c --query status.token --output text --region eu-west-1",
    );
    assert!(
        token.starts_with("exit: 0\n----- stdout\nk8s-aws-v1."),
        "{token}"
    );
    let token = place.line(
        "rds generate-db-auth-token --hostname h --port 3306 --username a@b --region eu-west-1",
    );
    let expected = "exit: 0\n----- stdout\nh:3306/?Action=connect&DBUser=a%40b&X-Amz-Algorithm=\
                    AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F";
    assert!(token.starts_with(expected), "{token}");
    assert!(token.contains("%2Feu-west-1%2Frds-db%2Faws4_request&"));
    assert!(token.contains("&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature="));
    assert!(server.requests().is_empty());
}

#[test]
fn git_gets_a_user_and_a_password() {
    let place = TestPlace::new()
        .input("protocol=https\nhost=git-codecommit.us-east-1.amazonaws.com\npath=v1/repos/r\n\n");
    let answer = place.line("codecommit credential-helper get");
    let password = answer
        .strip_prefix("exit: 0\n----- stdout\nusername=AKIDEXAMPLE\npassword=")
        .and_then(|rest| rest.strip_suffix("\n----- stderr\n"))
        .unwrap();
    // A time and a signature.
    assert_eq!(password.len(), "20260102T030405Z".len() + 64, "{password}");
    let other = TestPlace::new().input("protocol=https\nhost=example.com\npath=x\n");
    assert_eq!(
        other.line("codecommit credential-helper get"),
        "exit: 0\n----- stdout\n----- stderr\n"
    );
}

#[test]
fn package_managers_are_told_of_the_repository() {
    let server = server(&[
        (
            "/v1/authorization-token",
            200,
            r#"{"authorizationToken":"T","expiration":4102444800}"#,
        ),
        (
            "/v1/repository/endpoint",
            200,
            r#"{"repositoryEndpoint":"https://h/npm/r/"}"#,
        ),
    ]);
    let place = place(&server);
    let login = |options: &str| {
        place.line(&format!(
            "codeartifact login --domain dom --repository repo --dry-run {options}"
        ))
    };
    assert_eq!(
        login("--tool npm --namespace a"),
        "exit: 0\n----- stdout\nnpm config set @a:registry https://h/npm/r/\n\nnpm config set \
         //h/npm/r/:always-auth true\n\nnpm config set //h/npm/r/:_authToken T\n\n----- stderr\n"
    );
    assert_eq!(
        requests(&server)[..2],
        [
            "POST /v1/authorization-token?domain=dom",
            "GET /v1/repository/endpoint?domain=dom&repository=repo&format=npm",
        ]
    );
    assert_eq!(
        login("--tool pip --namespace a"),
        "exit: 255\n----- stdout\n----- stderr\n\naws: [ERROR]: Argument --namespace is not \
         supported for pip\n"
    );
}

#[test]
fn a_machine_is_registered_with_a_user_of_its_own() {
    let server = server(&[
        (
            "Action=CreateUser",
            200,
            "<R><CreateUserResult><User><Arn>arn:u</Arn></User></CreateUserResult></R>",
        ),
        (
            "Action=CreateAccessKey",
            200,
            "<R><CreateAccessKeyResult><AccessKey><AccessKeyId>K</AccessKeyId>\
             <SecretAccessKey>S</SecretAccessKey></AccessKey></CreateAccessKeyResult></R>",
        ),
        ("Action=PutUserPolicy", 200, "<R/>"),
    ]);
    let place = place(&server);
    let printed = place.line("deploy register --instance-name m --tags Key=a,Value=b");
    assert!(printed.starts_with("exit: 0\n"), "{printed}");
    assert_eq!(
        std::fs::read_to_string(place.folder().join("codedeploy.onpremises.yml")).unwrap(),
        "---\nregion: us-west-2\niam_user_arn: arn:u\naws_access_key_id: \
         K\naws_secret_access_key: S\n"
    );
    assert_eq!(
        requests(&server)[3..],
        [
            "RegisterOnPremisesInstance POST / {\"instanceName\": \"m\", \"iamUserArn\": \
             \"arn:u\"}",
            "AddTagsToOnPremisesInstances POST / {\"tags\": [{\"Key\": \"a\", \"Value\": \
             \"b\"}], \"instanceNames\": [\"m\"]}",
        ]
    );
}

const TEMPLATE: &str = "Parameters:\n  A: {Type: String}\n  B: {Type: String}\nResources:\n  T:\n    \
                        Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Sub '${A}'}\n";

#[test]
fn a_template_becomes_a_change_set() {
    let server = server(&[
        (
            "Action=DescribeStacks",
            200,
            "<R><DescribeStacksResult><Stacks><member><StackName>s</StackName>\
             <StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks></DescribeStacksResult></R>",
        ),
        (
            "Action=GetTemplateSummary",
            200,
            "<R><GetTemplateSummaryResult><Parameters><member><ParameterKey>B</ParameterKey>\
             </member></Parameters></GetTemplateSummaryResult></R>",
        ),
        (
            "Action=CreateChangeSet",
            200,
            "<R><CreateChangeSetResult><Id>arn:c</Id></CreateChangeSetResult></R>",
        ),
        (
            "Action=DescribeChangeSet",
            200,
            "<R><DescribeChangeSetResult><Status>FAILED</Status><StatusReason>No updates are to \
             be performed.</StatusReason></DescribeChangeSetResult></R>",
        ),
    ]);
    let place = place(&server).file("t.yaml", TEMPLATE);
    let line = "cloudformation deploy --template-file t.yaml --stack-name s --parameter-overrides \
                A=1";
    assert_eq!(
        place.line(line),
        "exit: 0\n----- stdout\n\nWaiting for changeset to be created..\n\nNo changes to deploy. \
         Stack s is up to date\n----- stderr\n"
    );
    let sent = requests(&server)[2].clone();
    for part in [
        "&ChangeSetType=UPDATE&",
        "&Parameters.member.1.ParameterKey=A&Parameters.member.1.ParameterValue=1&\
         Parameters.member.2.ParameterKey=B&Parameters.member.2.UsePreviousValue=true&",
    ] {
        assert!(sent.contains(part), "{part}\n{sent}");
    }
    let printed = place.line(&format!("{line} --fail-on-empty-changeset"));
    assert!(printed.starts_with("exit: 255\n"), "{printed}");
}

#[test]
fn a_session_without_its_program_is_ended() {
    let server = server(&[(
        "StartSession",
        200,
        r#"{"SessionId":"s-1","TokenValue":"t","StreamUrl":"wss://x"}"#,
    )]);
    let place = place(&server).variable("PATH", "/nowhere");
    assert_eq!(
        place.line("ssm start-session --target i-1"),
        "exit: 255\n----- stdout\n----- stderr\n\naws: [ERROR]: SessionManagerPlugin is not \
         found. Please refer to SessionManager Documentation here: \
         http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found\n"
    );
    assert_eq!(
        requests(&server),
        [
            "StartSession POST / {\"Target\": \"i-1\"}",
            "TerminateSession POST / {\"SessionId\": \"s-1\"}",
        ]
    );
}

/// A service that ECS makes resources for; its second look fails.
fn express_gateway() -> Server {
    const SERVICE: &str = r#"{"service": {"serviceArn": "arn:s", "cluster": "c",
        "activeConfigurations": [{"serviceRevisionArn": "r1"}]}}"#;
    const REVISIONS: &str = r#"{"serviceRevisions": [{"serviceRevisionArn": "r1",
        "ecsManagedResources": {
            "ingressPaths": [{"endpoint": "e", "accessType": "PUBLIC",
                "loadBalancer": {"arn": "lb", "status": "PROVISIONING", "statusReason": "why",
                    "updatedAt": 1700000000}}],
            "logGroups": [{"arn": "lg", "status": "ACTIVE", "updatedAt": 1700000001}]}}]}"#;
    const EVENTS: &str = r#"{"services": [{"events": [{"message": "has begun"}]}]}"#;
    const FAILURE: &str = r#"{"failures": [{"arn": "arn:s", "reason": "gone"}]}"#;
    let looks = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |_, request| {
        let said = said(request);
        let count = |said: &str| said.starts_with("DescribeServices ");
        Answer::new(
            200,
            if said.contains("ExpressGatewayService") {
                SERVICE
            } else if said.starts_with("DescribeServiceRevisions") {
                REVISIONS
            } else if count(&said) && looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0 {
                FAILURE
            } else {
                EVENTS
            },
        )
    })
}

/// The text without the times at its lines' beginnings.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line
        .strip_prefix('[')
        .and_then(|line| line.split_once("Z] "))
    {
        Some((_, rest)) => format!("[T] {rest}\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Compared with the AWS CLI, which printed the same.
#[test]
fn express_gateway_services_are_watched() {
    let server = express_gateway();
    let place = place(&server);
    let line = "ecs delete-express-gateway-service --service-arn s --monitor-resources \
                --monitor-mode TEXT-ONLY";
    let outcome = timeless(&place.line(line));
    let expected = "exit: 0\n----- stdout\n[T] Starting monitoring...\n[T] Cluster c\n\
        [T] Service arn:s\n  Info: has begun\n[T] LoadBalancer lb [PROVISIONING]\n  Reason: why\n  \
        Last Updated At: 2023-11-14 22:13:20Z\n[T] LogGroup lg [ACTIVE]\n  \
        Last Updated At: 2023-11-14 22:13:21Z\n[T] Error: DescribeServices:\narn:s failed with gone\n\
        [T] Monitoring complete!\n\x1b[0m----- stderr\n";
    assert_eq!(outcome, expected);
    let operations: Vec<String> = requests(&server)
        .iter()
        .map(|said| said.split(' ').next().unwrap().to_owned())
        .collect();
    let look = [
        "DescribeExpressGatewayService",
        "DescribeServiceRevisions",
        "DescribeServices",
    ];
    let expected: Vec<&str> = ["DeleteExpressGatewayService"]
        .into_iter()
        .chain(look)
        .chain(look)
        .collect();
    assert_eq!(operations, expected);
    let skipped =
        place.line("ecs delete-express-gateway-service --service-arn s --monitor-resources");
    assert!(
        skipped.starts_with("exit: 0\n----- stdout\n{\n"),
        "{skipped}"
    );
    assert!(skipped.contains("Monitoring skipped."), "{skipped}");
    let alone =
        place.line("ecs delete-express-gateway-service --service-arn s --monitor-mode TEXT-ONLY");
    assert!(alone.starts_with("exit: 255\n"), "{alone}");
    let screen =
        place.line("ecs monitor-express-gateway-service --service-arn s --mode INTERACTIVE");
    assert!(screen.starts_with("exit: 1\n"), "{screen}");
}

/// On a terminal the service has the whole screen, until `q`.
#[test]
fn express_gateway_services_have_a_screen() {
    let server = express_gateway();
    let place = place(&server);
    let mut command = awl_test::on_terminal(&[("LogGroup", "q")], env!("CARGO_BIN_EXE_awl"));
    let output = command
        .args([
            "ecs",
            "monitor-express-gateway-service",
            "--service-arn",
            "s",
        ])
        .current_dir(place.folder())
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("TERM", "xterm")
        .env("HOME", place.folder())
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-west-2")
        .env("AWS_ENDPOINT_URL", server.endpoint())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("up/down"), "{shown}");
    // What was last seen stays behind.
    let (_, after) = shown.rsplit_once("\x1b[?1049l").unwrap();
    assert!(after.contains("Reason: why"), "{after}");
    assert!(after.contains("Monitoring Complete!"), "{after}");
}
