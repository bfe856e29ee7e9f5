//! The one protocol that moto does not speak: a small server answers in CBOR.
//! Requests are compared too, as no server checks them.

use awl_test::{Answer, Request, Server};
use awl_value::{Value, json};

use super::scenario::parse;
use super::{Side, check_code, compare, peers};

const COMMANDS: &str = "\
$ partnercentral-revenue-measurement create-marketplace-revenue-share --catalog AWS --client-token t \
    --product-id prod-0123456789abc --tags Key=k,Value=é
$ partnercentral-revenue-measurement get-marketplace-revenue-share --catalog AWS --product-id prod-0123456789abc \
    --revision 65536
$ partnercentral-revenue-measurement list-marketplace-revenue-shares --catalog AWS \
    --created-after 2026-01-02T03:04:05.678Z --product-ids prod-0123456789abc prod-0123456789xyz
$ partnercentral-revenue-measurement update-revenue-attribution --catalog AWS --client-token t \
    --identifier ra-0123456789abc --revision 1 --description ''
$ partnercentral-revenue-measurement tag-resource --resource-arn a --tags Key=k,Value=v
$ partnercentral-revenue-measurement untag-resource --resource-arn a --tag-keys k
$ partnercentral-revenue-measurement list-tags-for-resource --resource-arn a
$ partnercentral-revenue-measurement get-revenue-attribution --catalog AWS --identifier ra-0123456789xyz
= 254
";

/// What the server answers for an operation; a double is a timestamp.
const ANSWERS: &[(&str, u16, &str)] = &[
    (
        "CreateMarketplaceRevenueShare",
        200,
        r#"{"Revision": 1, "Arn": "arn:é", "CreatedDate": 1767323045.678}"#,
    ),
    (
        "GetMarketplaceRevenueShare",
        200,
        r#"{"Revision": 4294967296, "LatestRevision": -7, "ProductName": null, "Unknown": [1, {"a": true}],
            "LastModifiedDate": 1767323045.0}"#,
    ),
    (
        "ListMarketplaceRevenueShares",
        200,
        r#"{"MarketplaceRevenueShareSummaries": [{"ProductId": "prod-0123456789abc", "LatestRevision": 300}, {}]}"#,
    ),
    (
        "UpdateRevenueAttribution",
        200,
        r#"{"Id": "i", "Description": ""}"#,
    ),
    ("TagResource", 200, "{}"),
    ("UntagResource", 200, "{}"),
    (
        "ListTagsForResource",
        200,
        r#"{"tags": [{"Key": "k", "Value": "v"}]}"#,
    ),
    (
        "GetRevenueAttribution",
        404,
        r#"{"__type": "com.amazonaws#ResourceNotFoundException", "Message": "no such thing", "Reason": "GONE"}"#,
    ),
];

#[test]
fn a_service_that_speaks_cbor() {
    let server = Server::start(|_, request| answer(request));
    let peers = peers();
    let side = Side::new(&server.endpoint());
    for step in parse("cbor", COMMANDS) {
        let theirs = side.aws(&peers, &step);
        check_code(&step, &theirs);
        let ours = side.awl(&step);
        assert_eq!(ours.code, step.code, "{}: {}", step.place, ours.stderr);
        compare(&step, "standard error", &ours.stderr, &theirs.stderr, false);
        compare(
            &step,
            "standard output",
            &ours.stdout,
            &theirs.stdout,
            false,
        );
        let requests = server.requests();
        let [.., theirs, ours] = &requests[..] else {
            panic!("{}: two requests", step.place);
        };
        assert_eq!(ours.target, theirs.target, "{}", step.place);
        assert_eq!(ours.body, theirs.body, "{}", step.place);
        for header in ["Content-Type", "Accept", "smithy-protocol"] {
            assert!(ours.header(header).is_some(), "{}: {header}", step.place);
            assert_eq!(ours.header(header), theirs.header(header), "{}", step.place);
        }
    }
    assert_eq!(server.requests().len(), 2 * ANSWERS.len());
}

fn answer(request: &Request) -> Answer {
    let operation = request.target.rsplit('/').next();
    let known = ANSWERS.iter().find(|(name, ..)| operation == Some(*name));
    let Some((_, status, body)) = known else {
        return Answer::new(500, "");
    };
    let mut bytes = Vec::new();
    encode(&json::parse(body).unwrap(), &mut bytes);
    Answer::new(*status, bytes)
        .header("Content-Type", "application/cbor")
        .header("smithy-protocol", "rpc-v2-cbor")
}

fn encode(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Null => bytes.push(0xf6),
        Value::Bool(value) => bytes.push(0xf4 + u8::from(*value)),
        Value::String(text) => {
            head(3, text.len() as u64, bytes);
            bytes.extend_from_slice(text.as_bytes());
        }
        Value::List(items) => {
            head(4, items.len() as u64, bytes);
            for item in items {
                encode(item, bytes);
            }
        }
        Value::Map(map) => {
            // Of no known length, as servers may send it.
            bytes.push(0xbf);
            for (key, value) in map.iter() {
                encode(&Value::from(key), bytes);
                encode(value, bytes);
            }
            bytes.push(0xff);
        }
        other => match json::to_string(other).parse::<i64>() {
            Ok(number) if number < 0 => head(1, number.unsigned_abs() - 1, bytes),
            Ok(number) => head(0, number.unsigned_abs(), bytes),
            Err(_) => {
                let seconds: f64 = json::to_string(other).parse().unwrap();
                bytes.extend_from_slice(&[0xc1, 0xfb]);
                bytes.extend_from_slice(&seconds.to_be_bytes());
            }
        },
    }
}

/// The start of an item: its major type and its length or value.
fn head(major: u8, argument: u64, bytes: &mut Vec<u8>) {
    bytes.push((major << 5) | 27);
    bytes.extend_from_slice(&argument.to_be_bytes());
}
