//! `awl lambda wizard new-function`: a function from an archive of code.

use awl_value::{Value, python};

use super::text::always;
use super::{Lookup, NO_ARGUMENTS, Prompt, Same, Session, Takes, Wizard};
use crate::commands::custom::Custom;
use crate::commands::roles::map;
use crate::error::CommandError;

pub(super) const COMMAND: Custom =
    Custom::new("new-function", NO_ARGUMENTS, |invocation, globals, _| {
        super::run(invocation, globals, &WIZARD)
    });

/// The runtimes that the AWS CLI's wizard offers.
const RUNTIMES: &[(&str, &str)] = &[
    ("Python 2.7", "python2.7"),
    ("Python 3.6", "python3.6"),
    ("Python 3.7", "python3.7"),
    ("Node.js 4.3", "nodejs4.3"),
    ("Node.js 6.10", "nodejs6.10"),
    ("Node.js 8.10", "nodejs8.10"),
    ("Java 8", "java8"),
    (".NET Core 1.0 (C#)", "dotnetcore1.0"),
    (".NET Core 2.0 (C#)", "dotnetcore2.0"),
    (".NET Core 2.1 (C#)", "dotnetcore2.1"),
    ("Go 1.x", "go1."),
];

/// The roles of the account.
pub(super) const ROLES: Lookup = Lookup {
    service: "iam",
    operation: "ListRoles",
    parameters: &[],
    query: "sort_by(Roles[].{display: RoleName, actual_value: Arn}, &display)",
};

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
        prompt("function_name", "Function name", Takes::Text),
        prompt(
            "runtime",
            "Select the Lambda runtime",
            Takes::Choice(RUNTIMES),
        ),
        prompt("role_arn", "Select the role to use", Takes::Listed(ROLES)),
        prompt(
            "handler",
            "Enter the handler for your function",
            Takes::Text,
        ),
        prompt(
            "zip_filename",
            "Enter location of your code zip file",
            Takes::File,
        ),
    ],
    derive: |_| Ok(()),
    commands: &[always(
        "aws lambda create-function \\\n  --function-name '{function_name}' \\\n  \
         --role '{role_arn}' \\\n  --runtime '{runtime}' \\\n  --handler '{handler}' \\\n  \
         --zip-file fileb://{zip_filename}\n",
    )],
    template: &[always(
        "Resources:\n  {function_name}:\n    Type: \"AWS::Lambda::Function\"\n    Properties:\n      \
         FunctionName: {function_name}\n      Runtime: {runtime}\n      Handler: {handler}\n      \
         Role: {role_arn}\n      Code:\n        \
         # Replace the below properties after uploading code zip file to S3\n        \
         S3Bucket: REPLACE-WITH-BUCKET-NAME\n        S3Key: REPLACE-WITH-KEY-NAME\n",
    )],
    execute: |session: &mut Session<'_>| {
        let code = session.read(session.get("zip_filename"))?;
        let text = |name: &str| Value::from(session.get(name));
        let parameters = map([
            ("FunctionName", text("function_name")),
            ("Role", text("role_arn")),
            ("Runtime", text("runtime")),
            ("Handler", text("handler")),
            ("Code", Value::Map(map([("ZipFile", Value::Blob(code))]))),
        ]);
        let answer = session.call("lambda", "CreateFunction", parameters)?;
        let arn = answer.get("FunctionArn").map(python::str);
        session.set("function_arn", arn.unwrap_or_default());
        Ok::<(), CommandError>(())
    },
    done: &[always(
        "Wizard successfully created Lambda Function:\n  Function name: {function_name}\n  \
         Function ARN: {function_arn}\n",
    )],
    same: Same {
        what: "function",
        gap: "\n",
    },
};
