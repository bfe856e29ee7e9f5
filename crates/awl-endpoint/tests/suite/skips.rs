//! The calls of the suite that are not compared, each with its reason. Their
//! cases by parameters are.

/// Service, the case's words, and why its calls are not compared.
const SKIPS: [(&str, &str, &str); 5] = [
    ("s3", "path style + ARN bucket", PATH_STYLE),
    ("s3", "path style + arn is error@us-west-2", PATH_STYLE),
    ("s3", "path style + arn is error@cn-north-1", PATH_STYLE),
    ("s3", "path style + arn is error@af-south-1", PATH_STYLE),
    (
        "s3control",
        "Account ID set inline and in ARN and they do not match@us-west-2",
        "botocore's handler compares the accounts before the rules do, and refuses in other \
         words; its test looks at no words, and ours are tested beside the handler",
    ),
];

const PATH_STYLE: &str = "botocore's handler turns path style off for every ARN, so that no call \
    meets this error; its test puts the built-in back after the handler";

/// Why the calls of a case are not compared; `None` where they are.
pub(crate) fn reason(service: &str, words: &str) -> Option<&'static str> {
    SKIPS
        .iter()
        .find(|(skipped, case, _)| *skipped == service && *case == words)
        .map(|(.., reason)| *reason)
}
