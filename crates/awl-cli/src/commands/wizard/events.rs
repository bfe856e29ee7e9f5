//! `awl events wizard new-rule`: a rule, by schedule or by pattern, and what it
//! sets off.

use awl_value::{Map, Value, json, python};

use super::lambda::ROLES;
use super::text::{always, only};
use super::{Lookup, NO_ARGUMENTS, Prompt, Same, Session, Takes, Wizard};
use crate::commands::custom::Custom;
use crate::commands::roles::map;
use crate::error::CommandError;

pub(super) const COMMAND: Custom =
    Custom::new("new-rule", NO_ARGUMENTS, |invocation, globals, _| {
        super::run(invocation, globals, &WIZARD)
    });

const BY_PATTERN: &[(&str, &str)] = &[("pattern_type", "event_pattern")];
const BY_SCHEDULE: &[(&str, &str)] = &[("pattern_type", "schedule")];
const PREDEFINED: &[(&str, &str)] = &[
    ("pattern_type", "event_pattern"),
    ("event_pattern_input_type", "predefined"),
];
const OWN_PATTERN: &[(&str, &str)] = &[
    ("pattern_type", "event_pattern"),
    ("event_pattern_input_type", "custom"),
];
const CRON: &[(&str, &str)] = &[("pattern_type", "schedule"), ("schedule_type", "cron")];
const FIXED: &[(&str, &str)] = &[("pattern_type", "schedule"), ("schedule_type", "fixed")];
const LOGS: &[(&str, &str)] = &[("target_type", "logs_group")];
const BUILD: &[(&str, &str)] = &[("target_type", "codebuild_project")];
const FUNCTION: &[(&str, &str)] = &[("target_type", "lambda_function")];
const TOPIC: &[(&str, &str)] = &[("target_type", "sns_topic")];

/// What the parts that the rule and its targets have are called.
const ID: &str = "cli-wizard-0";

const fn prompt(
    name: &'static str,
    only_if: &'static [(&'static str, &'static str)],
    text: &'static str,
    takes: Takes,
) -> Prompt {
    Prompt {
        name,
        text,
        takes,
        only_if,
    }
}

static WIZARD: Wizard = Wizard {
    prompts: &[
        prompt("rule_name", &[], "Rule name", Takes::Text),
        prompt("rule_description", &[], "Rule description", Takes::Text),
        prompt(
            "pattern_type",
            &[],
            "Select pattern type for invoking target",
            Takes::Choice(&[("Event Pattern", "event_pattern"), ("Schedule", "schedule")]),
        ),
        prompt(
            "event_pattern_input_type",
            BY_PATTERN,
            "Select method to choose the event pattern",
            Takes::Choice(&[
                ("Use pre-defined pattern by service", "predefined"),
                ("Use custom pattern", "custom"),
            ]),
        ),
        prompt(
            "service_for_event_pattern",
            PREDEFINED,
            "Select a service to match events for",
            Takes::Choice(&[
                ("AWS CodeBuild", "codebuild"),
                ("AWS CodeCommit", "codecommit"),
                ("Amazon DynamoDB", "dynamodb"),
                ("Amazon EC2", "ec2"),
                ("AWS Lambda", "lambda"),
                ("Amazon S3", "s3"),
            ]),
        ),
        prompt(
            "custom_event_pattern_filename",
            OWN_PATTERN,
            "Enter the filename with the custom event pattern",
            Takes::File,
        ),
        prompt(
            "schedule_type",
            BY_SCHEDULE,
            "Select schedule type",
            Takes::Choice(&[("Fixed rate", "fixed"), ("Cron expression", "cron")]),
        ),
        prompt(
            "cron_expression",
            CRON,
            "Enter the cron expression",
            Takes::Text,
        ),
        prompt("fixed_rate_value", FIXED, "Once every", Takes::Text),
        prompt(
            "fixed_rate_unit",
            FIXED,
            "Select unit of time",
            Takes::Choice(&[("Minutes", "minute"), ("Hours", "hour"), ("Days", "day")]),
        ),
        prompt(
            "target_type",
            &[],
            "Select the target type",
            Takes::Choice(&[
                ("CloudWatch Logs group", "logs_group"),
                ("CodeBuild project", "codebuild_project"),
                ("Lambda function", "lambda_function"),
                ("SNS topic", "sns_topic"),
            ]),
        ),
        prompt(
            "logs_target",
            LOGS,
            "Select the CloudWatch Logs group",
            Takes::Listed(Lookup {
                service: "logs",
                operation: "DescribeLogGroups",
                parameters: &[],
                query: "sort_by(logGroups[].{display: logGroupName, actual_value: arn}, &display)",
            }),
        ),
        prompt(
            "codebuild_target",
            BUILD,
            "Select the CodeBuild project",
            Takes::Listed(Lookup {
                service: "codebuild",
                operation: "ListProjects",
                parameters: &[("sortBy", "NAME"), ("sortOrder", "DESCENDING")],
                query: "projects",
            }),
        ),
        prompt(
            "lambda_function_target",
            FUNCTION,
            "Select the Lambda function",
            Takes::Listed(Lookup {
                service: "lambda",
                operation: "ListFunctions",
                parameters: &[],
                query: "sort(Functions[].FunctionName)",
            }),
        ),
        prompt(
            "sns_topic_target",
            TOPIC,
            "Select the SNS topic",
            Takes::Listed(Lookup {
                service: "sns",
                operation: "ListTopics",
                parameters: &[],
                query: "sort(Topics[].TopicArn)",
            }),
        ),
        prompt(
            "target_role_arn",
            BUILD,
            "Select the role to invoke target",
            Takes::Listed(ROLES),
        ),
    ],
    derive,
    commands: &[
        only(FUNCTION, "rule_arn=$("),
        always(
            "aws events put-rule \\\n  --name '{rule_name}' \\\n  \
             --description '{rule_description}' \\\n",
        ),
        only(
            BY_SCHEDULE,
            "  --schedule-expression '{schedule_expression}' \\\n",
        ),
        only(BY_PATTERN, "  --event-pattern '{event_pattern}' \\\n"),
        always("  --query RuleArn --output text"),
        only(
            FUNCTION,
            ")\n\naws lambda add-permission \\\n  --function-name '{lambda_function_target}' \\\n  \
             --statement-id cli-wizard \\\n  --action 'lambda:InvokeFunction' \\\n  \
             --principal 'events.amazonaws.com' \\\n  --source-arn \"$rule_arn\"\n\n\n\n",
        ),
        only(BUILD, "\n\n\n\n"),
        only(
            TOPIC,
            "\n\naws sns get-topic-attributes \\\n  --topic-arn {sns_topic_target} \\\n  \
             --query Attributes.Policy --output text > policy.json\n\n\
             # Update \"Statement\" list in policy.json to include:\n# {\n#   \"Effect\": \"Allow\",\n\
             #   \"Action\": \"sns:Publish\",\n#   \"Principal\": {\n\
             #     \"Service\": \"events.amazonaws.com\"\n#   },\n\
             #   \"Resource\": \"{sns_topic_target}\"\n# }\n\n\
             aws sns set-topic-attributes \\\n  --topic-arn {sns_topic_target} \\\n  \
             --attribute-name Policy \\\n  --attribute-value file://policy.json\n\n\n",
        ),
        only(
            LOGS,
            "\n\n\naws logs put-resource-policy \\\n  --policy-name 'WriteEventLogs' \\\n  \
             --policy-document '{logs_policy}'\n\n",
        ),
        always(
            "aws events put-targets \\\n  --rule '{rule_name}' \\\n  \
             --targets 'Id=cli-wizard-0,Arn={target_arn}",
        ),
        only(BUILD, ",RoleArn={target_role_arn}"),
        always("'\n"),
    ],
    template: &[
        always(
            "Resources:\n  {rule_name}:\n    Type: AWS::Events::Rule\n    Properties:\n      \
             Name: {rule_name}\n      Description: {rule_description}\n",
        ),
        only(
            BY_SCHEDULE,
            "      ScheduleExpression: {schedule_expression}\n",
        ),
        only(BY_PATTERN, "      EventPattern: {event_pattern}\n"),
        always("      Targets:\n        - Id: cli-wizard-0\n          Arn: {target_arn}\n"),
        only(BUILD, "          RoleArn: {target_role_arn}\n"),
        only(
            FUNCTION,
            "  LambdaPermission:\n    Type: AWS::Lambda::Permission\n    Properties:\n      \
             Action: lambda:InvokeFunction\n      FunctionName: {lambda_function_target}\n      \
             Principal: events.amazonaws.com\n      SourceArn:\n        Fn::GetAtt:\n          \
             - {rule_name}\n          - Arn\n",
        ),
        only(
            TOPIC,
            "  SNSTopicPolcy:\n    Type: AWS::SNS::TopicPolicy\n    Properties:\n      \
             PolicyDocument:\n        Version: 2012-10-17\n        Statement:\n          \
             - Effect: Allow\n            Action: sns:Publish\n            Principal:\n              \
             Service: events.amazonaws.com\n            Resource: {sns_topic_target}\n      \
             Topics:\n        - {sns_topic_target}\n",
        ),
        only(
            LOGS,
            "  LogsGroupPolicy:\n    Type: AWS::Logs::ResourcePolicy\n    Properties:\n      \
             PolicyName: WriteEventLogs\n      PolicyDocument: '{logs_policy}'\n",
        ),
    ],
    execute,
    done: &[
        always(
            "Wizard successfully created rule with following properties:\n  \
             Rule name: {rule_name}\n  Rule ARN: {rule_arn}\n",
        ),
        only(
            BY_SCHEDULE,
            "  Schedule expression: {schedule_expression}\n",
        ),
        only(BY_PATTERN, "  Event pattern: {event_pattern}\n"),
        always("  Target resource: {target_arn}\n"),
    ],
    same: Same {
        what: "rule",
        gap: "",
    },
};

fn derive(session: &mut Session<'_>) -> Result<(), CommandError> {
    let rate = session.get("fixed_rate_value");
    let plural = if rate == "1" { "" } else { "s" };
    let expression = match session.get("schedule_type") {
        "cron" => format!("cron({})", session.get("cron_expression")),
        _ => format!("rate({rate} {}{plural})", session.get("fixed_rate_unit")),
    };
    session.set("schedule_expression", expression);
    let pattern = match session.get("event_pattern_input_type") {
        "custom" => {
            let content = session.read(session.get("custom_event_pattern_filename"))?;
            let pattern = json::parse(&String::from_utf8_lossy(&content));
            dumped(&pattern.map_err(|error| CommandError::general(error.to_string()))?)
        }
        _ => {
            let service = session.get("service_for_event_pattern");
            format!("{{\"source\": [\"aws.{service}\"]}}")
        }
    };
    session.set("event_pattern", pattern);
    let policy = format!(
        "{{\"Version\":\"2012-10-17\", \"Statement\":[{{\"Sid\":\"TrustEventsToStoreLogEvent\",\
         \"Effect\":\"Allow\",\"Principal\":{{\"Service\":[\"delivery.logs.amazonaws.com\",\
         \"events.amazonaws.com\"]}},\"Action\":[\"logs:CreateLogStream\",\"logs:PutLogEvents\"],\
         \"Resource\":\"{}:*\"}}]}}",
        session.get("logs_target")
    );
    session.set("logs_policy", policy);
    let arn = match session.get("target_type") {
        "codebuild_project" => {
            let names = Value::List(vec![Value::from(session.get("codebuild_target"))]);
            let answer = session.call("codebuild", "BatchGetProjects", map([("names", names)]))?;
            let projects = answer.get("projects").and_then(Value::as_list);
            let arn = projects.and_then(|projects| projects.first()?.get("arn"));
            arn.map(python::str)
        }
        "lambda_function" => {
            let name = Value::from(session.get("lambda_function_target"));
            let answer = session.call("lambda", "GetFunction", map([("FunctionName", name)]))?;
            let function = answer.get("Configuration");
            let arn = function.and_then(|function| function.get("FunctionArn"));
            arn.map(python::str)
        }
        "sns_topic" => Some(session.get("sns_topic_target").to_owned()),
        _ => Some(session.get("logs_target").to_owned()),
    };
    session.set("target_arn", arn.unwrap_or_default());
    Ok(())
}

fn execute(session: &mut Session<'_>) -> Result<(), CommandError> {
    let text = |name: &str| Value::from(session.get(name));
    let mut rule: Map = map([
        ("Name", text("rule_name")),
        ("Description", text("rule_description")),
    ]);
    match session.get("pattern_type") {
        "schedule" => rule.push("ScheduleExpression", text("schedule_expression")),
        _ => rule.push("EventPattern", text("event_pattern")),
    }
    let answer = session.call("events", "PutRule", rule)?;
    let rule = answer.get("RuleArn").map(python::str).unwrap_or_default();
    session.set("rule_arn", rule);
    allow(session)?;
    let text = |name: &str| Value::from(session.get(name));
    let mut target: Map = map([("Id", Value::from(ID)), ("Arn", text("target_arn"))]);
    if session.get("target_type") == "codebuild_project" {
        target.push("RoleArn", text("target_role_arn"));
    }
    let parameters = map([
        ("Rule", text("rule_name")),
        ("Targets", Value::List(vec![Value::Map(target)])),
    ]);
    session.call("events", "PutTargets", parameters)?;
    Ok(())
}

/// Lets the rule set off its target.
fn allow(session: &mut Session<'_>) -> Result<(), CommandError> {
    let text = |name: &str| Value::from(session.get(name));
    match session.get("target_type") {
        "logs_group" => {
            let parameters = map([
                ("policyName", Value::from("WriteEventLogs")),
                ("policyDocument", text("logs_policy")),
            ]);
            session.call("logs", "PutResourcePolicy", parameters)?;
        }
        "lambda_function" => {
            let parameters = map([
                ("FunctionName", text("lambda_function_target")),
                ("StatementId", Value::from("cli-wizard")),
                ("Action", Value::from("lambda:InvokeFunction")),
                ("Principal", Value::from("events.amazonaws.com")),
                ("SourceArn", text("rule_arn")),
            ]);
            session.call("lambda", "AddPermission", parameters)?;
        }
        "sns_topic" => {
            let topic = text("sns_topic_target");
            let parameters = map([("TopicArn", topic.clone())]);
            let answer = session.call("sns", "GetTopicAttributes", parameters)?;
            let attributes = answer.get("Attributes");
            let policy = attributes.and_then(|attributes| attributes.get("Policy"));
            let policy = policy.and_then(Value::as_str).unwrap_or_default();
            let policy = json::parse(policy);
            let mut policy = policy.map_err(|error| CommandError::general(error.to_string()))?;
            let statement = Value::Map(map([
                ("Effect", Value::from("Allow")),
                ("Action", Value::from("sns:Publish")),
                (
                    "Principal",
                    Value::Map(map([("Service", Value::from("events.amazonaws.com"))])),
                ),
                ("Resource", topic.clone()),
            ]));
            if let Value::Map(policy) = &mut policy {
                match policy.get_mut("Statement") {
                    Some(Value::List(statements)) => statements.push(statement),
                    _ => {
                        policy.insert("Statement", Value::List(vec![statement]));
                    }
                }
            }
            let parameters = map([
                ("TopicArn", topic),
                ("AttributeName", Value::from("Policy")),
                ("AttributeValue", Value::from(dumped(&policy))),
            ]);
            session.call("sns", "SetTopicAttributes", parameters)?;
        }
        _ => {}
    }
    Ok(())
}

/// As Python's `json.dumps` writes it.
fn dumped(value: &Value) -> String {
    let mut text = String::new();
    json::write(value, json::Style::WIRE, &mut text);
    text
}
