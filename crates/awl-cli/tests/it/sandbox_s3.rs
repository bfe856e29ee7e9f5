//! S3 of the sandbox, with boto3, the AWS CLI, the AWS SDK for JavaScript and awl
//! itself as its clients.

use std::fs;

use super::sandbox_support::{Running, text};

#[test]
fn boto3_is_a_client_of_s3() {
    let sandbox = Running::start();
    let output = sandbox.peer("python", &["-c", include_str!("../data/sandbox/s3.py")]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "done\n",
        "{stderr}"
    );
}

#[test]
fn javascript_is_a_client_of_s3() {
    let sandbox = Running::start();
    let script = include_str!("../data/sandbox/s3.js");
    assert_eq!(
        sandbox.exec_javascript("--user admin", script).unwrap(),
        "done"
    );
}

/// Commands of `s3` up and down, in parts as well, by one of the command lines.
fn transfers(sandbox: &Running, run: impl Fn(&str) -> Result<String, String>, name: &str) {
    let folder = sandbox.place.folder().join(name);
    let make = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let large: Vec<u8> = (0..9_500_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    make("up/large", &large);
    make("up/one.txt", b"one");
    make("up/deep/two.txt", b"two");
    let run = |line: &str| run(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let local = |path: &str| folder.join(path).to_str().unwrap().to_owned();
    run(&format!("s3 mb s3://{name}"));
    run(&format!("s3 cp {} s3://{name}/large", local("up/large")));
    run(&format!("s3 cp s3://{name}/large {}", local("down")));
    assert!(fs::read(folder.join("down")).unwrap() == large);
    run(&format!("s3 cp s3://{name}/large s3://{name}/copy"));
    run(&format!("s3 cp s3://{name}/copy {}", local("down")));
    assert!(fs::read(folder.join("down")).unwrap() == large);
    run(&format!("s3 sync {} s3://{name}/tree", local("up")));
    let listed = run(&format!("s3 ls s3://{name}/ --recursive"));
    let keys: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split(' ').next_back())
        .collect();
    let expected = [
        "copy",
        "large",
        "tree/deep/two.txt",
        "tree/large",
        "tree/one.txt",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        run(&format!("s3 sync {} s3://{name}/tree", local("up"))),
        ""
    );
    run(&format!("s3 sync s3://{name}/tree {}", local("back")));
    assert_eq!(fs::read(folder.join("back/deep/two.txt")).unwrap(), b"two");
    run(&format!("s3 mv s3://{name}/tree/one.txt s3://{name}/moved"));
    let url = run(&format!("s3 presign s3://{name}/moved"));
    let answer = sandbox.peer(
        "python",
        &["-c", "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())", &url],
    );
    assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "one");
    run(&format!("s3 rm s3://{name}/tree --recursive"));
    let listed = run(&format!("s3 ls s3://{name}/"));
    assert_eq!(listed.lines().count(), 3, "{listed}");
    run(&format!("s3 rb s3://{name} --force"));
    assert!(!run("s3 ls").contains(name));
}

#[test]
fn the_aws_cli_is_a_client_of_s3() {
    let sandbox = Running::start();
    transfers(
        &sandbox,
        |line| sandbox.exec_aws("--user admin", line),
        "theirs",
    );
}

#[test]
fn awl_is_a_client_of_s3() {
    let sandbox = Running::start();
    let run = |line: &str| sandbox.awl(&format!("{line} --profile sandbox"));
    run("s3api create-bucket --bucket photos").unwrap();
    fs::write(sandbox.place.folder().join("body"), b"0123456789").unwrap();
    let put =
        run("s3api put-object --bucket photos --key k --body body --checksum-algorithm CRC64NVME");
    assert_eq!(text(&put.unwrap(), "ChecksumType"), "FULL_OBJECT");
    let got = run("s3api get-object --bucket photos --key k --range bytes=2-4 got").unwrap();
    assert_eq!(text(&got, "ContentRange"), "bytes 2-4/10");
    assert_eq!(
        fs::read(sandbox.place.folder().join("got")).unwrap(),
        b"234"
    );
    let error = run("s3api get-object --bucket photos --key none got").unwrap_err();
    assert!(
        error.contains("An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist."),
        "{error}"
    );
    let error = run("s3api put-object --bucket photos --key k --body body --if-none-match *");
    assert!(error.unwrap_err().contains("(PreconditionFailed)"));
    let said = |line: &str| sandbox.exec_awl("--user admin", line).unwrap();
    assert!(said("s3 ls s3://photos").ends_with("        10 k"));
    let url = said("s3 presign s3://photos/k");
    let script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read())";
    let read = sandbox.peer("python", &["-c", script, &url]);
    assert_eq!(String::from_utf8_lossy(&read.stdout), "b'0123456789'\n");
}

#[test]
fn moto_answers_alike() {
    let (sandbox, moto) = (Running::start(), awl_test::Moto::start());
    let script = include_str!("../data/sandbox/s3_peer.py");
    let output = sandbox.peer(
        "python",
        &["-c", script, &sandbox.endpoint, &moto.endpoint()],
    );
    let said = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "done\n", "{stderr}");
}
