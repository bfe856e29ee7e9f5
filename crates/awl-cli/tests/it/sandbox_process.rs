//! The sandbox as a process and within one: `--sandbox`, `sandbox exec`, seeds and
//! exports.

use std::path::PathBuf;

use super::support::TestPlace;

const SEED: &str = r##"# A team.
Policies:
  - PolicyName: read-photos
    PolicyDocument:
      Version: "2012-10-17"
      Statement: {Effect: Allow, Action: "iam:Get*", Resource: "*"}
Groups:
  - GroupName: developers
    ManagedPolicies: [read-photos]
Roles:
  - RoleName: app
    MaxSessionDuration: 7200
    AssumeRolePolicyDocument:
      Version: "2012-10-17"
      Statement: {Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}
    Policies:
      list: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "iam:ListUsers", Resource: "*"}}
  - RoleName: deploy
    AssumeRolePolicyDocument:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: {AWS: ["arn:aws:iam::123456789012:role/app", "arn:aws:iam::123456789012:role/later", "arn:aws:iam::123456789012:user/team/alice"]}
        Action: "sts:AssumeRole"
  - RoleName: later
    AssumeRolePolicyDocument:
      Version: "2012-10-17"
      Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::123456789012:role/deploy"}, Action: "sts:AssumeRole"}
Users:
  - UserName: alice
    Path: /team/
    Groups: [developers]
    Tags: {team: web}
    PermissionsBoundary: IAMReadOnlyAccess
    AccessKeys:
      - {AccessKeyId: AKIAIOSFODNN7EXAMPLE, SecretAccessKey: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}
    MFADevices:
      - {VirtualMFADeviceName: alice, Base32StringSeed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}
InstanceProfiles:
  - {InstanceProfileName: app, Role: app}
KeyPairs:
  - KeyName: laptop
    PublicKeyMaterial: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVXbbGZPRxFOV8pD4qAdmxQJDPhtK7LLJtFqzMUQDBy laptop
SecurityGroups:
  - GroupName: web
    Description: What the world may reach
    Region: eu-west-1
    IpPermissions:
      - {IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [{CidrIp: 0.0.0.0/0}]}
Instances:
  - ImageId: IMAGE
    InstanceType: t3.micro
    IamInstanceProfile: app
    KeyName: laptop
    UserData: "#!/bin/sh\n"
    Tags: {Name: first}
    MetadataOptions: {HttpTokens: required, HttpPutResponseHopLimit: 2}
Buckets:
  - Bucket: photos
    Versioning: Enabled
    Tags: {team: web}
    Policy:
      Version: "2012-10-17"
      Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::123456789012:root"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*"}
    Objects:
      - Key: a/hello.txt
        ContentType: text/plain
        Metadata: {from: seed}
        Tags: {kind: greeting}
        Body: "hello\n"
      - {Key: note.txt, File: note.txt}
"##;

/// A place whose environment would lead elsewhere.
fn place() -> TestPlace {
    TestPlace::new()
        .program("awl")
        .variable("AWS_PAGER", "")
        .variable("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:1")
        .variable("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
        .without("AWS_MAX_ATTEMPTS")
}

fn seeded(place: &TestPlace, seed: &str) -> String {
    let image = place.line(
        "--sandbox ec2 describe-images --region us-east-1 --query Images[?Architecture=='x86_64']|[0].ImageId --output text",
    );
    let image = image.lines().nth(2).unwrap();
    let seed = seed.replace("IMAGE", image);
    std::fs::write(place.folder().join("seed.yaml"), seed).unwrap();
    std::fs::write(place.folder().join("note.txt"), "from a file\n").unwrap();
    let outcome = place.line("sandbox start --detach --port 0 --seed seed.yaml");
    let ended = place.line("sandbox stop");
    // A seed that is refused starts nothing.
    assert_eq!(
        outcome.starts_with("exit: 0"),
        ended.starts_with("exit: 0"),
        "{outcome} {ended}"
    );
    outcome
}

fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_awl").into()
}

#[test]
fn a_command_has_a_sandbox_of_its_own_where_none_runs() {
    let place = place();
    insta::assert_snapshot!(place.line("--sandbox sts get-caller-identity --query Arn"), @r#"
    exit: 0
    ----- stdout
    "arn:aws:iam::123456789012:user/admin"
    ----- stderr
    "#);
    let made = place.line("--sandbox iam create-user --user-name ana --query User.Arn");
    assert!(made.contains(":user/ana"), "{made}");
    let kept = place.line("iam list-users --sandbox --query Users[].UserName --output text");
    assert!(kept.contains("admin\tana"), "{kept}");
    // Nobody's configuration is touched by it.
    assert!(!place.folder().join("home/.aws").exists());
    assert!(place.line("sandbox status").starts_with("exit: 1"));
}

#[test]
fn commands_that_need_it_at_once_share_one() {
    let place = place();
    let children: Vec<_> = (0..8)
        .map(|number| {
            let name = format!("user{number}");
            place.start(&["--sandbox", "iam", "create-user", "--user-name", &name])
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    }
    let count = place.line("--sandbox iam list-users --query length(Users)");
    assert!(count.contains("\n9\n"), "{count}");
}

#[test]
fn programs_and_aliases_that_a_command_runs_have_its_sandbox() {
    let awl = program();
    let alias = format!(
        "[toplevel]\nme = !{} sts get-caller-identity --query Arn\n",
        awl.display()
    );
    let place = place().file("home/.aws/cli/alias", alias);
    let aliased = place.line("--sandbox me");
    assert!(aliased.contains(":user/admin"), "{aliased}");
    let awl = awl.to_string_lossy().into_owned();
    let mut words = vec!["--sandbox", "exec", "--", &awl];
    words.extend(["sts", "get-caller-identity", "--query", "Arn"]);
    let run = place.run(&words);
    assert!(run.contains(":user/admin"), "{run}");
}

#[test]
fn a_program_runs_as_a_user_or_a_role() {
    let place = place();
    seeded(&place, SEED);
    let awl = program().to_string_lossy().into_owned();
    let run = |options: &[&str], command: &str| {
        let mut words = vec!["sandbox", "exec"];
        words.extend(options);
        words.extend(["--", &awl]);
        words.extend(command.split(' '));
        place.run(&words)
    };
    let who = "sts get-caller-identity --query Arn";
    let user = run(&["--user", "alice"], who);
    assert!(user.contains(":user/team/alice"), "{user}");
    let role = run(&["--role", "app"], who);
    assert!(role.contains(":assumed-role/app/sandbox-exec"), "{role}");
    // Without MFA a session token gets no rights in IAM.
    let read = "iam get-user --query User.UserName";
    let with = run(&["--user", "alice", "--mfa"], read);
    assert!(with.contains("\"alice\""), "{with}");
    let key = run(&["--user", "alice"], "configure get aws_access_key_id");
    assert!(!key.contains("AKIA"), "{key}");
    insta::assert_snapshot!(run(&["--user", "bob"], who), @"
    exit: 255
    ----- stdout
    ----- stderr

    awl: [ERROR]: the sandbox has no user bob
    ");
    insta::assert_snapshot!(run(&["--role", "app", "--user", "alice"], who), @"
    exit: 252
    ----- stdout
    ----- stderr

    awl: [ERROR]: An error occurred (ParamValidation): one of --user, --role, --instance and --task says whose credentials the command gets
    ");
    let ended = place.run(&[
        "sandbox", "exec", "--user", "alice", "--", "/bin/sh", "-c", "exit 7",
    ]);
    assert!(ended.starts_with("exit: 7"), "{ended}");
}

#[test]
fn a_seed_makes_what_is_not_there() {
    let place = place();
    let first = seeded(&place, SEED);
    assert!(first.starts_with("exit: 0"), "{first}");
    let groups = "--sandbox iam list-groups-for-user --user-name alice --query Groups[].GroupName";
    assert!(place.line(groups).contains("developers"));
    // What somebody has changed since stays.
    let left = "--sandbox iam remove-user-from-group --user-name alice --group-name developers";
    assert!(place.line(left).starts_with("exit: 0"));
    let again = seeded(&place, SEED);
    assert!(again.starts_with("exit: 0"), "{again}");
    assert!(!place.line(groups).contains("developers"));
}

#[test]
fn what_is_wrong_with_a_seed_is_told_with_its_line_and_changes_nothing() {
    let place = place();
    let wrong = |seed: &str| {
        let outcome = seeded(&place, seed);
        let (_, error) = outcome.split_once("[ERROR]: ").unwrap();
        error.trim().to_owned()
    };
    insta::assert_snapshot!(wrong("Users:\n- UserName: [\n"), @"An error occurred (ParamValidation): seed.yaml:3: this is neither YAML nor JSON: while parsing a node, did not find expected node content");
    insta::assert_snapshot!(wrong("Users:\n- UserName: ana\n- Name: bob\n"), @"An error occurred (ParamValidation): seed.yaml:3: Users[1].Name: this is not known here; known are UserName, Path, Groups, Policies, ManagedPolicies, PermissionsBoundary, Tags, AccessKeys, MFADevices");
    insta::assert_snapshot!(wrong("Users:\n- UserName: ana\n  Groups:\n  - nobody\n"), @"An error occurred (ParamValidation): seed.yaml:4: Users[0].Groups[0]: user ana cannot be made: An error occurred (NoSuchEntity) when calling the AddUserToGroup operation: The group with name nobody cannot be found.");
    insta::assert_snapshot!(wrong("Users:\n- UserName: ana\n  Tags: web\n"), @"An error occurred (ParamValidation): seed.yaml:3: Users[0].Tags: this is to be a map of names and values");
    insta::assert_snapshot!(wrong("Users:\n- UserName: ana\n  UserName: bob\n"), @"An error occurred (ParamValidation): seed.yaml:3: this is neither YAML nor JSON: this stands twice, or cannot stand here");
    insta::assert_snapshot!(wrong("{\"Roles\": [\n  {\"RoleName\": \"app\"}]}"), @"An error occurred (ParamValidation): seed.yaml:2: Roles[0]: AssumeRolePolicyDocument is missing");
    let users = place.line("--sandbox iam list-users --query Users[].UserName --output text");
    assert!(users.contains("\nadmin\n"), "{users}");
}

#[test]
fn an_export_is_a_seed() {
    let first = place();
    assert!(seeded(&first, SEED).starts_with("exit: 0"));
    let export = |place: &TestPlace, options: &str| {
        let outcome = place.line(&format!("sandbox export{options}"));
        let text = outcome.strip_prefix("exit: 0\n----- stdout\n").unwrap();
        text.strip_suffix("----- stderr\n").unwrap().to_owned()
    };
    let exported = export(&first, " --with-secrets");
    assert!(exported.contains("wJalrXUtnFEMI"), "{exported}");
    let second = place();
    assert!(seeded(&second, &exported).starts_with("exit: 0"));
    assert_eq!(export(&second, " --with-secrets"), exported);
    let without = export(&first, "");
    assert!(
        !without.contains("AccessKey") && !without.contains("Seed"),
        "{without}"
    );
}

#[test]
fn the_details_of_a_real_account_are_a_seed() {
    let place = place();
    let details = r#"{
        "UserDetailList": [{"UserName": "ana", "Path": "/", "UserId": "AIDA1", "GroupList": ["team"],
            "Arn": "arn:aws:iam::999988887777:user/ana", "CreateDate": "2020-01-01T00:00:00+00:00",
            "AttachedManagedPolicies": [{"PolicyName": "Rare", "PolicyArn": "arn:aws:iam::aws:policy/Rare"}],
            "Tags": [{"Key": "a", "Value": "b"}]}],
        "GroupDetailList": [{"GroupName": "team", "Path": "/", "GroupId": "AGPA1",
            "Arn": "arn:aws:iam::999988887777:group/team", "GroupPolicyList": [], "AttachedManagedPolicies":
            [{"PolicyName": "own", "PolicyArn": "arn:aws:iam::999988887777:policy/own"}]}],
        "RoleDetailList": [{"RoleName": "AWSServiceRoleForX", "Path": "/aws-service-role/x.amazonaws.com/",
            "Arn": "arn:aws:iam::999988887777:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"}],
        "Policies": [
            {"PolicyName": "Rare", "Arn": "arn:aws:iam::aws:policy/Rare", "Path": "/", "PolicyVersionList":
                [{"VersionId": "v1", "IsDefaultVersion": true, "Document":
                    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}}}]},
            {"PolicyName": "own", "Arn": "arn:aws:iam::999988887777:policy/own", "Path": "/", "PolicyVersionList":
                [{"VersionId": "v2", "IsDefaultVersion": true, "Document":
                    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}}}]}]
    }"#;
    let outcome = seeded(&place, details);
    assert!(outcome.starts_with("exit: 0"), "{outcome}");
    let awl = program().to_string_lossy().into_owned();
    let run = |command: &str| {
        let mut words = vec!["sandbox", "exec", "--user", "ana", "--", &awl];
        words.extend(command.split(' '));
        place.run(&words)
    };
    assert!(run("iam get-user --query User.Arn").contains("::123456789012:user/ana"));
    assert!(run("iam list-users --query Users[].UserName").contains("ana"));
    assert!(run("iam list-roles").contains("AccessDenied"));
}
