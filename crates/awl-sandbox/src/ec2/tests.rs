//! EC2 without a door: states over time, and that what is kept says the same again.

use std::cell::RefCell;
use std::collections::BTreeMap;

use awl_iam::{Context, Principal};
use awl_model::Operation;
use awl_protocol::Headers;
use awl_protocol::server::Failure;
use awl_value::{Map, Value, json};
use proptest::prelude::*;

use super::{fields, images};
use crate::account::{Account, Identity, Kind};
use crate::caller::Caller;
use crate::door::{Call, Family, More, Parameters, Payload, Sandbox};
use crate::testing::Fixed;
use crate::{Access, AccessFacts, Scope};

const START: i64 = 1_800_000_000;
const REGION: &str = "eu-west-1";

#[derive(Debug)]
struct Nothing;

impl AccessFacts for Nothing {
    fn access(&self, _: Operation, _: &Map, _: &Scope<'_>) -> Access {
        Access::Free
    }
}

fn sandbox() -> Sandbox {
    let store = awl_catalog::store();
    Sandbox::in_memory(store, Box::new(Nothing), Box::new(Fixed::default())).unwrap()
}

/// What the service answers to a call that is allowed.
fn ask(
    sandbox: &Sandbox,
    account: &mut Account,
    now: i64,
    operation: &str,
    parameters: &Map,
) -> Result<Map, Failure> {
    let service = awl_catalog::store().service("ec2").unwrap();
    let caller = Caller {
        principal: Principal::parse("arn:aws:iam::123456789012:user/admin").unwrap(),
        access_key_id: String::new(),
        user_id: String::new(),
        identity: Identity::new(Kind::User, "admin", "/", now, sandbox.entropy()),
        session: None,
    };
    let mut call = Call {
        claims: None,
        sandbox,
        account,
        caller: &caller,
        operation: service.operation(operation).unwrap(),
        parameters: Parameters(parameters),
        now,
        authenticated: None,
        region: REGION,
        family: Family::Ec2,
        headers: &Headers::default(),
        context: Context::new(),
        checked: RefCell::default(),
        payload: &mut Payload::default(),
        more: &mut More::default(),
    };
    super::prepare(&mut call);
    Ok(super::call(&mut call)?.unwrap())
}

/// A request for one instance.
fn request() -> Map {
    let listed = images::published(REGION);
    let image = listed
        .iter()
        .find(|own| images::member(own, "Architecture") == "x86_64");
    fields! {
        "ImageId": images::member(image.unwrap(), "ImageId"),
        "InstanceType": "t3.micro",
        "MinCount": 1_i64,
        "MaxCount": 1_i64,
    }
}

fn ids(id: &str) -> Map {
    fields! {"InstanceIds": vec![id]}
}

#[test]
fn states_follow_the_clock() {
    let sandbox = sandbox();
    let mut account = Account::new("123456789012", "[]");
    let request = request();
    let launched = ask(&sandbox, &mut account, START, "RunInstances", &request).unwrap();
    let id = launched.get("Instances").unwrap().as_list().unwrap()[0].get("InstanceId");
    let id = id.unwrap().as_str().unwrap().to_owned();
    let state = |account: &Account, now| account.instance(&id).map(|own| own.state(now).1);
    assert_eq!(state(&account, START), Some("pending"));
    assert_eq!(state(&account, START + 1), Some("running"));
    let mut at =
        |now, operation| ask(&sandbox, &mut account, now, operation, &ids(&id)).map(|_| ());
    // What it is already is no failure.
    at(START + 2, "StartInstances").unwrap();
    at(START + 3, "StopInstances").unwrap();
    let error = at(START + 3, "StartInstances").unwrap_err();
    assert_eq!(error.code, "IncorrectInstanceState");
    at(START + 5, "StartInstances").unwrap();
    at(START + 9, "RebootInstances").unwrap();
    at(START + 10, "TerminateInstances").unwrap();
    at(START + 20, "TerminateInstances").unwrap();
    for (operation, code) in [
        ("StartInstances", "IncorrectInstanceState"),
        ("RebootInstances", "IncorrectInstanceState"),
        ("StopInstances", "IncorrectInstanceState"),
    ] {
        assert_eq!(
            at(START + 30, operation).unwrap_err().code,
            code,
            "{operation}"
        );
    }
    at(START + 10 + 3600, "TerminateInstances").unwrap();
    let error = at(START + 10 + 3601, "TerminateInstances").unwrap_err();
    assert_eq!(error.code, "InvalidInstanceID.NotFound");
}

/// What somebody does, to the instance or volume of a number.
#[derive(Clone, Debug)]
enum Step {
    Run(i64),
    Instance(&'static str, usize),
    Tag(usize, String),
    Volume,
    Attach(usize, usize),
    Detach(usize),
    Address,
    Associate(usize, usize),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    const OPERATIONS: [&str; 4] = [
        "StartInstances",
        "StopInstances",
        "TerminateInstances",
        "MonitorInstances",
    ];
    prop_oneof![
        (1..4_i64).prop_map(Step::Run),
        (prop::sample::select(&OPERATIONS[..]), 0..4_usize)
            .prop_map(|(name, number)| Step::Instance(name, number)),
        (0..4_usize, "[a-c]").prop_map(|(number, key)| Step::Tag(number, key)),
        Just(Step::Volume),
        (0..4_usize, 0..4_usize).prop_map(|(volume, instance)| Step::Attach(volume, instance)),
        (0..4_usize).prop_map(Step::Detach),
        Just(Step::Address),
        (0..3_usize, 0..4_usize).prop_map(|(address, instance)| Step::Associate(address, instance)),
        (0..3_i64).prop_map(Step::Wait),
    ]
}

/// The operation and parameters of a step; None where nothing has its number.
fn call_of(step: &Step, account: &Account) -> Option<(&'static str, Map)> {
    let instance = |number: usize| account.instances().nth(number).map(|own| own.id.clone());
    let resource = |kind: &str, number: usize| {
        let mut own = account.resources(REGION, kind).map(|own| own.id.clone());
        own.nth(number)
    };
    Some(match step {
        Step::Run(count) => {
            let mut request = request();
            request.insert("MaxCount", (*count).into());
            ("RunInstances", request)
        }
        Step::Instance(name, number) => (name, ids(&instance(*number)?)),
        Step::Tag(number, key) => {
            let tag = fields! {"Key": &**key, "Value": "x"};
            let tags = fields! {"Resources": vec![instance(*number)?], "Tags": vec![tag]};
            ("CreateTags", tags)
        }
        Step::Volume => {
            let zone = format!("{REGION}a");
            (
                "CreateVolume",
                fields! {"Size": 3_i64, "AvailabilityZone": zone},
            )
        }
        Step::Attach(volume, number) => (
            "AttachVolume",
            fields! {
                "VolumeId": resource("vol", *volume)?,
                "InstanceId": instance(*number)?,
                "Device": format!("/dev/sd{volume}"),
            },
        ),
        Step::Detach(volume) => (
            "DetachVolume",
            fields! {"VolumeId": resource("vol", *volume)?},
        ),
        Step::Address => ("AllocateAddress", Map::new()),
        Step::Associate(address, number) => (
            "AssociateAddress",
            fields! {
                "AllocationId": resource("eipalloc", *address)?,
                "InstanceId": instance(*number)?,
            },
        ),
        Step::Wait(_) => return None,
    })
}

const LISTS: [&str; 7] = [
    "DescribeInstances",
    "DescribeInstanceStatus",
    "DescribeVolumes",
    "DescribeAddresses",
    "DescribeNetworkInterfaces",
    "DescribeSubnets",
    "DescribeTags",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is done, a process that starts anew on the records sees the same;
    /// no two instances have one address, and volumes know their instances.
    #[test]
    fn records_say_the_same_again(steps in prop::collection::vec(step(), 1..24)) {
        let sandbox = sandbox();
        let mut account = Account::new("123456789012", "[]");
        let (mut now, mut records) = (START, BTreeMap::new());
        for step in &steps {
            if let Step::Wait(seconds) = step {
                now += seconds;
            }
            if let Some((operation, parameters)) = call_of(step, &account) {
                // What is refused changes nothing that is kept.
                let _ = ask(&sandbox, &mut account, now, operation, &parameters);
            }
            for (name, value) in account.changes() {
                match value {
                    Some(value) => records.insert(name, json::to_string(&value)),
                    None => records.remove(&name),
                };
            }
        }
        let mut again = Account::new("123456789012", "[]");
        for (name, text) in &records {
            prop_assert!(again.take(name, &json::parse(text).unwrap()), "{name}");
        }
        for operation in LISTS {
            let seen = ask(&sandbox, &mut account, now, operation, &Map::new()).unwrap();
            let seen_again = ask(&sandbox, &mut again, now, operation, &Map::new()).unwrap();
            if records.is_empty() {
                continue;
            }
            prop_assert_eq!(Value::Map(seen), Value::Map(seen_again), "{}", operation);
        }
        let alive: Vec<_> = account.instances().filter(|own| !own.is_terminated()).collect();
        let mut addresses: Vec<_> = alive.iter().map(|own| &own.private_ip).collect();
        addresses.sort();
        addresses.dedup();
        prop_assert_eq!(addresses.len(), alive.len());
        for volume in account.resources(REGION, "vol") {
            let attached = volume.list("Attachments");
            prop_assert_eq!(volume.text("State") == "in-use", !attached.is_empty());
            for own in attached {
                let id = super::text(own, "InstanceId").unwrap();
                prop_assert!(alive.iter().any(|own| own.id == id));
            }
        }
        for address in account.resources(REGION, "eipalloc") {
            let id = address.text("InstanceId");
            prop_assert!(id.is_empty() || alive.iter().any(|own| own.id == id));
        }
    }
}
