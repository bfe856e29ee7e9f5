//! `awl configservice subscribe` and `get-status`.
// Parity: awscli/customizations/configservice/{subscribe,getstatus}.py.

use awl_sdk::config::Config;
use awl_value::{Map, Value, json};

use super::caller::{Caller, error_code};
use super::custom::{Argument, Custom, Given};
use super::roles::map;
use super::{Invocation, call, roles, s3};
use crate::argv::Globals;
use crate::error::CommandError;
use crate::output::show_timestamps;
use crate::python;

/// What is added to the commands of the service `configservice`.
pub(super) static COMMANDS: &[Custom] = &[
    Custom::new(
        "subscribe",
        &[
            Argument::option("--s3-bucket").required(),
            Argument::option("--sns-topic").required(),
            Argument::option("--iam-role").required(),
        ],
        subscribe,
    ),
    Custom::new("get-status", &[], status),
];

/// How the recorder and the channel are called.
const NAME: &str = "default";

fn subscribe(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let word = |name: &str| given.get(name).unwrap_or_default();
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let others = roles::with_endpoint(&config, None);
    let service = Caller::of(invocation, globals, &config, "configservice")?;
    let (bucket, prefix) = s3::bucket_and_key(word("--s3-bucket"))?;
    prepare_bucket(invocation, globals, &others, bucket)?;
    let topic = prepare_topic(invocation, globals, &others, word("--sns-topic"))?;
    let recorder = map([
        ("name", NAME.into()),
        ("roleARN", word("--iam-role").into()),
    ]);
    let mut channel = map([
        ("name", NAME.into()),
        ("s3BucketName", bucket.into()),
        ("snsTopicARN", topic.into()),
    ]);
    if !prefix.is_empty() {
        channel.push("s3KeyPrefix", prefix.into());
    }
    for (operation, name, value) in [
        (
            "PutConfigurationRecorder",
            "ConfigurationRecorder",
            recorder.into(),
        ),
        ("PutDeliveryChannel", "DeliveryChannel", channel.into()),
        (
            "StartConfigurationRecorder",
            "ConfigurationRecorderName",
            NAME.into(),
        ),
    ] {
        service.call(invocation, globals, operation, map([(name, value)]))?;
    }
    invocation.ui.write_out("Subscribe succeeded:\n\n");
    for (title, operation, name, end) in [
        (
            "Configuration Recorders",
            "DescribeConfigurationRecorders",
            "ConfigurationRecorders",
            "\n\n",
        ),
        (
            "Delivery Channels",
            "DescribeDeliveryChannels",
            "DeliveryChannels",
            "\n",
        ),
    ] {
        invocation.ui.write_out(&format!("{title}: "));
        let mut answer = service.call(invocation, globals, operation, Map::new())?;
        let mut value = answer.remove(name).ok_or_else(|| absent(name))?;
        show_timestamps(&mut value, &*invocation.host);
        let style = json::Style {
            ascii: true,
            ..json::Style::PRETTY
        };
        let mut text = String::new();
        json::write(&value, style, &mut text);
        text.push_str(end);
        invocation.ui.write_out(&text);
    }
    Ok(())
}

fn prepare_bucket(
    invocation: &mut Invocation,
    globals: &Globals,
    config: &Config,
    bucket: &str,
) -> Result<(), CommandError> {
    let s3 = Caller::of(invocation, globals, config, "s3api")?;
    let parameters = || map([("Bucket", bucket.into())]);
    let head = s3.prepare("HeadBucket", parameters())?;
    let is_there = match s3.send(invocation, globals, head)? {
        Ok(_) => true,
        Err(error) => {
            let Some(code) = error_code(&error) else {
                return Err(error.into());
            };
            let number =
                python::int(code).ok_or_else(|| CommandError::general(python::int_error(code)))?;
            number != Value::Int(404)
        }
    };
    let kind = if is_there {
        "existing"
    } else {
        let mut parameters = parameters();
        if s3.region() != "us-east-1" {
            let place = map([("LocationConstraint", s3.region().into())]);
            parameters.push("CreateBucketConfiguration", place.into());
        }
        s3.call(invocation, globals, "CreateBucket", parameters)?;
        "new"
    };
    let line = format!("Using {kind} S3 bucket: {bucket}\n");
    invocation.ui.write_out(&line);
    Ok(())
}

/// The ARN of a topic, which is made if only its name is known.
fn prepare_topic(
    invocation: &mut Invocation,
    globals: &Globals,
    config: &Config,
    topic: &str,
) -> Result<String, CommandError> {
    let (kind, arn) = if topic.contains(':') {
        ("existing", topic.to_owned())
    } else {
        let sns = Caller::of(invocation, globals, config, "sns")?;
        let parameters = map([("Name", topic.into())]);
        let answer = sns.call(invocation, globals, "CreateTopic", parameters)?;
        ("new", python::str(member(&answer, "TopicArn")?))
    };
    let line = format!("Using {kind} SNS topic: {arn}\n");
    invocation.ui.write_out(&line);
    Ok(arn)
}

fn status(
    invocation: &mut Invocation,
    globals: &Globals,
    _given: &Given<'_>,
) -> Result<(), CommandError> {
    let service = Caller::new(invocation, globals, "configservice")?;
    let call = |invocation: &mut Invocation, operation| {
        service.call(invocation, globals, operation, Map::new())
    };
    let answer = call(invocation, "DescribeConfigurationRecorderStatus")?;
    invocation.ui.write_out("Configuration Recorders:\n\n");
    for recorder in list(&answer, "ConfigurationRecordersStatus")? {
        let name = python::str(member(recorder, "name")?);
        invocation.ui.write_out(&format!("name: {name}\n"));
        let is_on = *member(recorder, "recording")? == Value::Bool(true);
        let state = if is_on { "ON" } else { "OFF" };
        invocation.ui.write_out(&format!("recorder: {state}\n"));
        if is_on {
            last_status(invocation, recorder, "")?;
        }
        invocation.ui.write_out("\n");
    }
    let answer = call(invocation, "DescribeDeliveryChannelStatus")?;
    invocation.ui.write_out("Delivery Channels:\n\n");
    for channel in list(&answer, "DeliveryChannelsStatus")? {
        let name = python::str(member(channel, "name")?);
        invocation.ui.write_out(&format!("name: {name}\n"));
        let deliveries = [
            ("configStreamDeliveryInfo", "stream delivery "),
            ("configHistoryDeliveryInfo", "history delivery "),
            ("configSnapshotDeliveryInfo", "snapshot delivery "),
        ];
        for (key, _) in deliveries {
            member(channel, key)?;
        }
        for (key, title) in deliveries {
            let delivery = member(channel, key)?.as_map();
            if let Some(delivery) = delivery.filter(|delivery| !delivery.is_empty()) {
                last_status(invocation, delivery, title)?;
            }
        }
        invocation.ui.write_out("\n");
    }
    Ok(())
}

fn last_status(invocation: &mut Invocation, status: &Map, title: &str) -> Result<(), CommandError> {
    let last = python::str(member(status, "lastStatus")?);
    let line = format!("last {title}status: {last}\n");
    invocation.ui.write_out(&line);
    if last == "FAILURE" {
        for (key, title) in [
            ("lastErrorCode", "error code"),
            ("lastErrorMessage", "message"),
        ] {
            let value = python::str(member(status, key)?);
            invocation.ui.write_out(&format!("{title}: {value}\n"));
        }
    }
    Ok(())
}

/// The maps of a list that must be there.
fn list<'a>(
    answer: &'a Map,
    name: &str,
) -> Result<impl Iterator<Item = &'a Map> + use<'a>, CommandError> {
    let list = member(answer, name)?.as_list().unwrap_or_default();
    Ok(list.iter().filter_map(Value::as_map))
}

/// A member that must be there.
fn member<'a>(map: &'a Map, name: &str) -> Result<&'a Value, CommandError> {
    map.get(name).ok_or_else(|| absent(name))
}

/// What Python says of a key that is not there.
fn absent(name: &str) -> CommandError {
    CommandError::general(format!("'{name}'"))
}
