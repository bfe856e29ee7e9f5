//! `awl dynamodb wizard new-table`: a table.

use awl_value::{Map, Value};

use super::text::{always, only};
use super::{Lookup, NO_ARGUMENTS, Prompt, Same, Session, Takes, Wizard};
use crate::commands::custom::Custom;
use crate::commands::roles::map;
use crate::error::CommandError;

pub(super) const COMMAND: Custom =
    Custom::new("new-table", NO_ARGUMENTS, |invocation, globals, _| {
        super::run(invocation, globals, &WIZARD)
    });

const KEY_TYPE: Takes = Takes::Choice(&[("String", "S"), ("Number", "N"), ("Binary", "B")]);
const HAS_SORT_KEY: &[(&str, &str)] = &[("wants_sort_key", "yes")];
const PROVISIONED: &[(&str, &str)] = &[("capacity_mode", "PROVISIONED")];
const ON_DEMAND: &[(&str, &str)] = &[("capacity_mode", "PAY_PER_REQUEST")];
const MANAGED_KEY: &[(&str, &str)] = &[("encryption_settings", "aws_managed_cmk")];
const OWN_KEY: &[(&str, &str)] = &[("encryption_settings", "customer_managed_cmk")];

const fn prompt(name: &'static str, text: &'static str, takes: Takes) -> Prompt {
    Prompt {
        name,
        text,
        takes,
        only_if: &[],
    }
}

static WIZARD: Wizard = Wizard {
    prompts: &[
        prompt("table_name", "Enter the name of the table", Takes::Text),
        prompt(
            "primary_key_name",
            "Enter the name of the primary key",
            Takes::Text,
        ),
        prompt("primary_key_type", "Primary key type", KEY_TYPE),
        prompt(
            "wants_sort_key",
            "Add a sort key?",
            Takes::Choice(&[("Yes", "yes"), ("No", "no")]),
        ),
        Prompt {
            only_if: HAS_SORT_KEY,
            ..prompt(
                "sort_key_name",
                "Enter the name of the sort key",
                Takes::Text,
            )
        },
        Prompt {
            only_if: HAS_SORT_KEY,
            ..prompt("sort_key_type", "Sort key type", KEY_TYPE)
        },
        prompt(
            "capacity_mode",
            "Select the read/write capacity mode.",
            Takes::Choice(&[
                ("Provisioned (free-tier eligible)", "PROVISIONED"),
                ("On-demand", "PAY_PER_REQUEST"),
            ]),
        ),
        Prompt {
            only_if: PROVISIONED,
            ..prompt(
                "read_capacity",
                "Enter read capacity units",
                Takes::Number("5"),
            )
        },
        Prompt {
            only_if: PROVISIONED,
            ..prompt(
                "write_capacity",
                "Enter write capacity units",
                Takes::Number("5"),
            )
        },
        prompt(
            "encryption_settings",
            "Encryption settings for your DynamoDB table",
            Takes::Choice(&[
                ("DEFAULT", "default"),
                ("KMS - AWS managed CMK", "aws_managed_cmk"),
                ("KMS - Customer managed CMK", "customer_managed_cmk"),
            ]),
        ),
        Prompt {
            only_if: OWN_KEY,
            ..prompt(
                "kms_key_id",
                "Choose a customer managed CMK",
                Takes::Listed(Lookup {
                    service: "kms",
                    operation: "ListAliases",
                    parameters: &[],
                    query: "Aliases[?!starts_with(AliasName, `\"alias/aws\"`)]\
                            .{display: AliasName, actual_value: TargetKeyId}",
                }),
            )
        },
    ],
    derive: |_| Ok(()),
    commands: &[
        always(
            "aws dynamodb create-table \\\n  --table-name '{table_name}' \\\n  \
             --attribute-definitions \\\n    \
             'AttributeName={primary_key_name},AttributeType={primary_key_type}' \\\n",
        ),
        only(
            HAS_SORT_KEY,
            "    'AttributeName={sort_key_name},AttributeType={sort_key_type}' \\\n",
        ),
        always("  --key-schema \\\n    'AttributeName={primary_key_name},KeyType=HASH' \\\n"),
        only(
            HAS_SORT_KEY,
            "    'AttributeName={sort_key_name},KeyType=RANGE' \\\n",
        ),
        only(
            MANAGED_KEY,
            "  --sse-specification 'Enabled=true,SSEType=KMS' \\\n",
        ),
        only(
            OWN_KEY,
            "  --sse-specification \\\n    \
             'Enabled=true,SSEType=KMS,KMSMasterKeyId={kms_key_id}' \\\n",
        ),
        only(
            PROVISIONED,
            "  --provisioned-throughput \\\n     \
             'ReadCapacityUnits={read_capacity},WriteCapacityUnits={write_capacity}'\n",
        ),
        only(ON_DEMAND, "  --billing-mode PAY_PER_REQUEST\n"),
    ],
    template: &[
        always(
            "Resources:\n  {table_name}:\n    Type: \"AWS::DynamoDB::Table\"\n    Properties:\n      \
             TableName: {table_name}\n      AttributeDefinitions:\n        \
             - AttributeName: {primary_key_name}\n          AttributeType: {primary_key_type}\n",
        ),
        only(
            HAS_SORT_KEY,
            "        - AttributeName: {sort_key_name}\n          AttributeType: {sort_key_type}\n",
        ),
        always(
            "      KeySchema:\n        - AttributeName: {primary_key_name}\n          KeyType: HASH\n",
        ),
        only(
            HAS_SORT_KEY,
            "        - AttributeName: {sort_key_name}\n          KeyType: RANGE\n",
        ),
        only(
            PROVISIONED,
            "      ProvisionedThroughput:\n        ReadCapacityUnits: {read_capacity}\n        \
             WriteCapacityUnits: {write_capacity}\n",
        ),
        only(ON_DEMAND, "      BillingMode: PAY_PER_REQUEST\n"),
        only(
            MANAGED_KEY,
            "      SSESpecification:\n        SSEEnabled: true\n        SSEType: KMS\n",
        ),
        only(
            OWN_KEY,
            "      SSESpecification:\n        KMSMasterKeyId: {kms_key_id}\n        \
             SSEEnabled: true\n        SSEType: KMS\n",
        ),
    ],
    execute,
    done: &[
        always(
            "Wizard successfully created DynamoDB Table:\n  Table name: {table_name}\n  \
             Primary partition key: {primary_key_name} ({primary_key_type})\n",
        ),
        only(
            HAS_SORT_KEY,
            "  Primary sort key: {sort_key_name} ({sort_key_type})\n",
        ),
    ],
    same: Same {
        what: "table",
        gap: "\n",
    },
};

fn execute(session: &mut Session<'_>) -> Result<(), CommandError> {
    let text = |name: &str| Value::from(session.get(name));
    let mut keys = vec![("primary_key_name", "primary_key_type", "HASH")];
    if session.get("wants_sort_key") == "yes" {
        keys.push(("sort_key_name", "sort_key_type", "RANGE"));
    }
    let schema = keys.iter().map(|(name, _, kind)| {
        Value::Map(map([
            ("AttributeName", text(name)),
            ("KeyType", Value::from(*kind)),
        ]))
    });
    let attributes = keys.iter().map(|(name, kind, _)| {
        Value::Map(map([
            ("AttributeName", text(name)),
            ("AttributeType", text(kind)),
        ]))
    });
    let mut parameters: Map = map([
        ("TableName", text("table_name")),
        ("KeySchema", Value::List(schema.collect())),
        ("AttributeDefinitions", Value::List(attributes.collect())),
        ("BillingMode", text("capacity_mode")),
    ]);
    if session.get("capacity_mode") == "PROVISIONED" {
        let number = |name| Value::Int(session.get(name).trim().parse().unwrap_or_default());
        let throughput = map([
            ("ReadCapacityUnits", number("read_capacity")),
            ("WriteCapacityUnits", number("write_capacity")),
        ]);
        parameters.push("ProvisionedThroughput", Value::Map(throughput));
    }
    let encryption = session.get("encryption_settings");
    if encryption != "default" {
        let mut specification = map([
            ("Enabled", Value::Bool(true)),
            ("SSEType", Value::from("KMS")),
        ]);
        if encryption == "customer_managed_cmk" {
            specification.push("KMSMasterKeyId", text("kms_key_id"));
        }
        parameters.push("SSESpecification", Value::Map(specification));
    }
    session.call("dynamodb", "CreateTable", parameters)?;
    Ok(())
}
