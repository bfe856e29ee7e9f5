use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use awl_model::Operation;
use awl_value::Map;
use proptest::prelude::*;

use super::events::InstanceEvents;
use super::facts::{Interface, Options, Profile};
use super::*;
use crate::account::{Identity, Kind};
use crate::record::{Document, Tag};
use crate::session::Session;
use crate::testing::Fixed;
use crate::{Access, AccessFacts, Scope};

#[derive(Debug)]
struct Nothing;

impl AccessFacts for Nothing {
    fn access(&self, _: Operation, _: &Map, _: &Scope<'_>) -> Access {
        Access::Free
    }
}

fn sandbox() -> (Sandbox, Arc<AtomicI64>) {
    let machine = Fixed::default();
    let now = machine.now.clone();
    let store = awl_catalog::store();
    let sandbox = Sandbox::in_memory(store, Box::new(Nothing), Box::new(machine));
    (sandbox.unwrap(), now)
}

fn facts() -> Facts {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Facts {
        account: "123456789012".to_owned(),
        region: "eu-west-3".to_owned(),
        zone: "eu-west-3b".to_owned(),
        zone_id: "euw3-az2".to_owned(),
        instance_id: "i-0123456789abcdef0".to_owned(),
        image_id: "ami-0123456789abcdef0".to_owned(),
        launch_index: 0,
        instance_type: "t3.micro".to_owned(),
        architecture: "x86_64".to_owned(),
        kernel_id: None,
        ramdisk_id: None,
        reservation_id: "r-0123456789abcdef0".to_owned(),
        launched: 1_800_000_000,
        life_cycle: "on-demand".to_owned(),
        system: "nitro".to_owned(),
        is_monitored: false,
        state: State::Running,
        key: Some(("laptop".to_owned(), "ssh-ed25519 AAAA laptop".to_owned())),
        user_data: Some(b"#!/bin/sh\n\xff".to_vec()),
        profile: Some(Profile {
            arn: "arn:aws:iam::123456789012:instance-profile/web".to_owned(),
            id: "AIPA1".to_owned(),
            exists: true,
            role: Some("web".to_owned()),
        }),
        product_codes: Vec::new(),
        root_device: "/dev/xvda".to_owned(),
        devices: texts(&["/dev/sdb"]),
        interfaces: vec![Interface {
            id: "eni-1".to_owned(),
            mac: "0e:49:61:0f:c3:11".to_owned(),
            owner: "123456789012".to_owned(),
            device_index: 0,
            card_index: 0,
            addresses: texts(&["172.31.0.5"]),
            private_name: "ip-172-31-0-5.eu-west-3.compute.internal".to_owned(),
            public_address: Some("203.0.113.9".to_owned()),
            public_name: None,
            addresses_v6: Vec::new(),
            groups: vec![("sg-1".to_owned(), "default".to_owned())],
            subnet_id: "subnet-1".to_owned(),
            subnet_block: "172.31.0.0/20".to_owned(),
            subnet_blocks_v6: Vec::new(),
            vpc_id: "vpc-1".to_owned(),
            vpc_blocks: texts(&["172.31.0.0/16", "10.0.0.0/16"]),
            vpc_blocks_v6: Vec::new(),
        }],
        tags: vec![Tag {
            key: "Name".to_owned(),
            value: "web 1".to_owned(),
        }],
        placement_group: None,
        partition_number: None,
        host_id: None,
        options: Options {
            is_enabled: true,
            wants_tokens: true,
            hop_limit: 2,
            has_v6: false,
            shows_tags: true,
        },
        events: None,
    }
}

fn ask(
    sandbox: &Sandbox,
    facts: &Facts,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let headers: BTreeMap<&str, &str> = headers.iter().copied().collect();
    sandbox.of_facts(
        facts,
        &Asked {
            is_v6: false,
            method,
            path,
            header: &|name| headers.get(name).copied(),
        },
    )
}

fn token(sandbox: &Sandbox, facts: &Facts) -> String {
    let answer = ask(sandbox, facts, "PUT", "/latest/api/token", &[(TTL, "60")]);
    assert_eq!((answer.status, answer.ttl), (200, Some(60)));
    String::from_utf8(answer.body).unwrap()
}

fn read(sandbox: &Sandbox, facts: &Facts, path: &str) -> (u16, String) {
    let token = token(sandbox, facts);
    let answer = ask(sandbox, facts, "GET", path, &[(TOKEN, &token)]);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    (answer.status, text)
}

#[test]
fn who_may_ask_is_as_the_options_say() {
    let ((sandbox, now), mut facts) = (sandbox(), facts());
    let path = "/latest/meta-data/instance-id";
    let token = token(&sandbox, &facts);
    let status = |facts: &Facts, method: &str, path: &str, headers: &[(&str, &str)]| {
        ask(&sandbox, facts, method, path, headers).status
    };
    let shown: &[(&str, &str)] = &[(TOKEN, &token)];
    assert_eq!(status(&facts, "GET", path, shown), 200);
    assert_eq!(status(&facts, "HEAD", path, shown), 200);
    assert_eq!(status(&facts, "GET", path, &[]), 401);
    assert_eq!(status(&facts, "GET", path, &[(TOKEN, "x")]), 401);
    for method in ["POST", "DELETE", "OPTIONS", "PUT"] {
        assert_eq!(status(&facts, method, path, shown), 405, "{method}");
    }
    assert_eq!(status(&facts, "GET", "/latest/api/token", shown), 405);
    let put = "/latest/api/token";
    assert_eq!(status(&facts, "PUT", put, &[]), 400);
    assert_eq!(status(&facts, "PUT", put, &[(TTL, "0")]), 400);
    assert_eq!(status(&facts, "PUT", put, &[(TTL, "21601")]), 400);
    let forwarded = [(TTL, "60"), ("x-forwarded-for", "::1")];
    assert_eq!(status(&facts, "PUT", put, &forwarded), 403);
    let dated = "/2021-03-23/api/token";
    assert_eq!(status(&facts, "PUT", dated, &[(TTL, "60")]), 403);
    facts.instance_id = "i-1".to_owned();
    assert_eq!(
        status(&facts, "GET", path, shown),
        401,
        "another instance's"
    );
    facts = super::tests::facts();
    facts.options.wants_tokens = false;
    assert_eq!(status(&facts, "GET", path, &[]), 200);
    assert_eq!(status(&facts, "GET", path, &[(TOKEN, "x")]), 401);
    now.fetch_add(60, Ordering::Relaxed);
    assert_eq!(status(&facts, "GET", path, shown), 401, "it ended");
    facts.options.is_enabled = false;
    assert_eq!(status(&facts, "GET", path, &[]), 403);
    assert_eq!(status(&facts, "PUT", put, &[(TTL, "60")]), 403);
}

#[test]
fn the_tree_is_the_services() {
    let ((sandbox, _), mut facts) = (sandbox(), facts());
    let get = |path: &str| read(&sandbox, &facts, path);
    assert!(get("/").1.starts_with("1.0\n2007-01-19\n"));
    assert!(get("/").1.ends_with("\nlatest"));
    assert_eq!(get("/latest").1, "dynamic\nmeta-data\nuser-data");
    let listing = "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nevents/\n\
                   hostname\niam/\nidentity-credentials/\ninstance-action\ninstance-id\n\
                   instance-life-cycle\ninstance-type\nlocal-hostname\nlocal-ipv4\nmac\nmetrics/\n\
                   network/\nplacement/\nprofile\npublic-ipv4\npublic-keys/\nreservation-id\n\
                   security-groups\nservices/\nsystem\ntags/";
    assert_eq!(get("/latest/meta-data").1, listing);
    assert_eq!(get("/latest/meta-data/").1, listing);
    let mac = "/latest/meta-data/network/interfaces/macs/0e:49:61:0f:c3:11";
    for (path, expected) in [
        ("/latest/meta-data/instance-id/", "i-0123456789abcdef0"),
        ("/1.0/meta-data/ami-id", "ami-0123456789abcdef0"),
        ("/latest/meta-data/block-device-mapping", "ami\nebs1\nroot"),
        ("/latest/meta-data/block-device-mapping/ebs1", "sdb"),
        ("/latest/meta-data/public-keys/", "0=laptop"),
        ("/latest/meta-data/public-keys/0", "openssh-key"),
        (
            "/latest/meta-data/public-keys/0/openssh-key",
            "ssh-ed25519 AAAA laptop",
        ),
        ("/latest/meta-data/placement/region", "eu-west-3"),
        ("/latest/meta-data/services/domain", "amazonaws.com"),
        ("/latest/meta-data/tags/instance", "Name"),
        ("/latest/meta-data/tags/instance/Name", "web 1"),
        ("/latest/meta-data/tags/instance/%4eame", "web 1"),
        ("/latest/meta-data/iam", "info\nsecurity-credentials/"),
        ("/latest/meta-data/iam/security-credentials/", "web"),
        ("/latest/meta-data/events/maintenance/history", "[]"),
        (
            "/latest/meta-data/network/interfaces/macs",
            "0e:49:61:0f:c3:11/",
        ),
        (
            &format!("{mac}/vpc-ipv4-cidr-blocks"),
            "172.31.0.0/16\n10.0.0.0/16",
        ),
        (
            &format!("{mac}/ipv4-associations/203.0.113.9"),
            "172.31.0.5",
        ),
        ("/latest/dynamic", "fws/\ninstance-identity/"),
        (
            "/latest/dynamic/instance-identity",
            "document\npkcs7\nrsa2048\nsignature",
        ),
    ] {
        assert_eq!(get(path), (200, expected.to_owned()), "{path}");
    }
    for path in [
        "/2006-01-01/meta-data",
        "/latest/meta-data/nothing",
        "/latest/meta-data/instance-id/more",
        "/latest/meta-data//instance-id",
        "/latest/meta-data/../user-data",
        "/latest/meta-data/%2e%2e",
        "/latest/meta-data/%zz",
        "/latest/meta-data/%",
        "/1.0/meta-data/tags/instance",
        "/latest/meta-data/spot/instance-action",
        "/latest/meta-data/events/recommendations/rebalance",
        "/latest/meta-data/public-hostname",
        "*",
    ] {
        assert_eq!(get(path).0, 404, "{path}");
    }
    let token = token(&sandbox, &facts);
    let data = ask(
        &sandbox,
        &facts,
        "GET",
        "/latest/user-data",
        &[(TOKEN, &token)],
    );
    assert_eq!(data.body, b"#!/bin/sh\n\xff");
    assert_eq!(data.content_type, "application/octet-stream");
    facts.options.shows_tags = false;
    facts.user_data = None;
    facts.profile = None;
    let get = |path: &str| read(&sandbox, &facts, path).0;
    assert_eq!(get("/latest/meta-data/tags"), 404);
    assert_eq!(get("/latest/user-data"), 404);
    assert_eq!(get("/latest/meta-data/iam/"), 404);
}

#[test]
fn pages_say_their_status() {
    let page = String::from_utf8(Answer::error(401).body).unwrap();
    assert!(page.contains("<title>401 - Unauthorized</title>"), "{page}");
    assert!(page.contains("\n <body>\n  <h1>401 - Unauthorized</h1>\n </body>\n</html>\n"));
}

fn role(sandbox: &Sandbox, service: &str) {
    let mut role = Identity::new(Kind::Role, "web", "/", 0, sandbox.entropy());
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Service":"{service}"}},
        "Action":"sts:AssumeRole"}}}}"#
    );
    role.trust = Some(Document::parse(&trust).unwrap());
    let mut account = sandbox.account();
    // A role of the same name that was there is another.
    account.put(role);
}

#[test]
fn the_role_is_had_by_whom_it_trusts_and_changes_hourly() {
    let ((sandbox, now), facts) = (sandbox(), facts());
    let path = "/latest/meta-data/iam/security-credentials/web";
    let get = || awl_value::json::parse(&read(&sandbox, &facts, path).1).unwrap();
    let text = |value: &Value, key: &str| value.get(key).unwrap().as_str().unwrap().to_owned();
    role(&sandbox, "lambda.amazonaws.com");
    let refused = get();
    assert_eq!(text(&refused, "Code"), "AssumeRoleUnauthorizedAccess");
    assert!(text(&refused, "Message").starts_with("EC2 cannot assume the role web. Please"));
    let entry = sandbox.log().pop().unwrap();
    assert_eq!(entry.principal.as_deref(), Some("ec2.amazonaws.com"));
    assert_eq!(entry.error.as_deref(), Some("AccessDenied"));
    assert_eq!(entry.checked[0].decision, "implicitDeny");
    role(&sandbox, "ec2.amazonaws.com");
    let first = get();
    let count = sandbox.log().len();
    assert_eq!(text(&first, "Code"), "Success");
    assert_eq!(text(&first, "Expiration"), "2027-01-15T14:00:00Z");
    let session = Session::open(&text(&first, "Token"), &sandbox.sessions).unwrap();
    assert_eq!(session.session_name, facts.instance_id);
    assert_eq!(session.instance.unwrap().delivery, "2.0");
    assert_eq!(text(&get(), "Token"), text(&first, "Token"));
    assert_eq!(sandbox.log().len(), count, "it was not assumed again");
    now.fetch_add(3600, Ordering::Relaxed);
    assert_ne!(text(&get(), "AccessKeyId"), text(&first, "AccessKeyId"));
    let info = read(&sandbox, &facts, "/latest/meta-data/iam/info").1;
    assert!(info.contains("\"InstanceProfileId\" : \"AIPA1\""), "{info}");
    let own = "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance";
    let own = awl_value::json::parse(&read(&sandbox, &facts, own).1).unwrap();
    let session = Session::open(&text(&own, "Token"), &sandbox.sessions).unwrap();
    let caller = crate::caller::Caller::of_session(&sandbox.account(), session).unwrap();
    assert_eq!(
        caller.principal.arn(),
        "arn:aws:sts::123456789012:assumed-role/aws:ec2-instance/i-0123456789abcdef0"
    );
}

#[test]
fn events_are_there_when_they_were_said() {
    let ((sandbox, now), mut facts) = (sandbox(), facts());
    let start = now.load(Ordering::Relaxed);
    let mut events = InstanceEvents::new(&facts.instance_id);
    events.spot_action = Some("stop".to_owned());
    events.spot_time = start + 120;
    events.rebalance = Some(start);
    assert!(events.schedule("instance-event-1".to_owned(), "system-reboot", start + 60));
    assert!(!events.schedule("instance-event-2".to_owned(), "party", start));
    facts.events = Some(events);
    let get = |path: &str| read(&sandbox, &facts, &format!("/latest/meta-data/{path}")).1;
    assert_eq!(
        get("spot/instance-action"),
        r#"{"action": "stop", "time": "2027-01-15T08:02:00Z"}"#
    );
    assert_eq!(get("spot/termination-time"), "2027-01-15T08:02:00Z");
    assert_eq!(
        get("events/recommendations/rebalance"),
        r#"{"noticeTime":"2027-01-15T08:00:00Z"}"#
    );
    let scheduled = get("events/maintenance/scheduled");
    assert!(
        scheduled.contains(r#""NotBefore" : "15 Jan 2027 08:01:00 GMT""#),
        "{scheduled}"
    );
    assert_eq!(get("events/maintenance/history"), "[]");
    now.fetch_add(7200, Ordering::Relaxed);
    assert_eq!(get("events/maintenance/scheduled"), "[]");
    let history = get("events/maintenance/history");
    assert!(
        history.contains(r#""Description" : "[Completed] scheduled reboot""#),
        "{history}"
    );
}

#[test]
fn documents_are_signed() {
    let ((sandbox, _), facts) = (sandbox(), facts());
    let document = read(
        &sandbox,
        &facts,
        "/latest/dynamic/instance-identity/document",
    )
    .1;
    let value = awl_value::json::parse(&document).unwrap();
    assert_eq!(value.as_map().unwrap().len(), 15);
    assert!(document.contains("\"kernelId\" : null,\n"), "{document}");
    let certificate = sandbox.certificate().unwrap();
    assert_eq!(certificate.pem(), sandbox.certificate().unwrap().pem());
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("document", &document);
    write("certificate.pem", &certificate.pem());
    let signature = read(
        &sandbox,
        &facts,
        "/latest/dynamic/instance-identity/signature",
    )
    .1;
    let message = read(
        &sandbox,
        &facts,
        "/latest/dynamic/instance-identity/rsa2048",
    )
    .1;
    write("signature.b64", &format!("{signature}\n"));
    write(
        "rsa2048",
        &format!("-----BEGIN PKCS7-----\n{message}\n-----END PKCS7-----\n"),
    );
    // As the EC2 guide has it.
    let commands = "openssl x509 -pubkey -noout -in certificate.pem > key && \
         base64 -d signature.b64 > signature && \
         openssl dgst -sha256 -verify key -signature signature document && \
         openssl smime -verify -in rsa2048 -inform PEM -certfile certificate.pem -noverify \
         -out verified && cmp verified document && \
         openssl verify -attime 1800000000 -CAfile certificate.pem certificate.pem";
    let output = std::process::Command::new("sh")
        .args(["-c", commands])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
}

proptest! {
    #[test]
    fn whatever_is_asked_has_an_answer(
        method in "GET|HEAD|PUT|POST",
        path in "(/|/latest/?(meta-data|dynamic|user-data|api)?)?[/a-z0-9:.%-]{0,20}|\\PC{0,20}",
        token in prop::option::of("[A-Za-z0-9+/=]{0,90}|\\PC{0,9}"),
        ttl in prop::option::of("-?[0-9]{0,25}|\\PC{0,9}"),
        wants_tokens: bool,
    ) {
        thread_local! {
            static SANDBOX: Sandbox = sandbox().0;
        }
        let mut facts = facts();
        facts.options.wants_tokens = wants_tokens;
        let headers = [(TOKEN, token.as_deref()), (TTL, ttl.as_deref())];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let headers: Vec<_> = headers.collect();
        SANDBOX.with(|sandbox| {
            let answer = ask(sandbox, &facts, &method, &path, &headers);
            // A token that nobody was given opens nothing.
            if wants_tokens || token.is_some() {
                prop_assert!(answer.status >= 400 || method == "PUT", "{answer:?}");
            }
            prop_assert!(matches!(answer.status, 200 | 400 | 401 | 403 | 404 | 405));
            let page = String::from_utf8_lossy(&answer.body).contains("<h1>");
            prop_assert_eq!(page, answer.status != 200);
            Ok(())
        })?;
    }
}
