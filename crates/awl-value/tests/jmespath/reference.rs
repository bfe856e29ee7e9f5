//! The pinned jmespath.py over expressions and documents that nobody wrote:
//! same trees, same results, same words.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use awl_value::jmespath::Expression;
use awl_value::{Value, json};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::strategies::{documents, expressions, nearly_expressions};

const VERSION: &str = "1.1.0";
const WHEEL: &str = "jmespath-1.1.0-py3-none-any.whl";
const SHA256: &str = "a5663118de4908c91729bea0acadca56526eb2698e83de10cd116ae0f4e97c64";

/// How many pairs of an expression and a document are tried.
/// `AWL_JMESPATH_CASES` may say otherwise.
const CASES: u64 = 10_000;

/// Reads lines of `[expression, document]`, answers each with the tree, and the
/// result or the error.
const SCRIPT: &str = r#"
import json, sys, warnings
import jmespath
from jmespath import functions

def sum_of_python_3_12(numbers):
    total, lost, corrects = 0, 0.0, True
    for number in numbers:
        if type(number) is int and not -2**63 <= number < 2**63:
            total = total + lost if lost and abs(lost) < float('inf') else total
            lost, corrects = 0.0, False
        new = total + number
        if corrects and type(total) is float and type(number) is float:
            lost += (total - new) + number if abs(total) >= abs(number) else (number - new) + total
        total = new
        if type(total) is int and not -2**63 <= total < 2**63:
            corrects = False
    return total + lost if lost and abs(lost) < float('inf') else total

if sys.version_info < (3, 12):
    functions.sum = sum_of_python_3_12
warnings.simplefilter('ignore')
sys.stdin.reconfigure(encoding='utf-8')
for line in sys.stdin:
    expression, document = json.loads(line)
    answer = [None, None, None]
    try:
        compiled = jmespath.compile(expression)
        answer[0] = compiled.parsed
        result = compiled.search(document)
        try:
            answer[1] = json.dumps(result)
        except TypeError:
            answer[2] = 'Encountered unrecognized type in JSON encoder.'
    except Exception as error:
        answer[2] = str(error)
    print(json.dumps(answer), flush=False)
"#;

#[test]
fn random_expressions_give_what_jmespath_py_gives() {
    let pairs = pairs();
    let lines: String = pairs
        .iter()
        .map(|(expression, document)| {
            let pair = Value::List(vec![expression.as_str().into(), document.clone()]);
            json::to_string(&pair) + "\n"
        })
        .collect();
    let output = python(lines, &wheel());
    let answers = String::from_utf8(output.stdout).unwrap();
    let (mut results, mut errors, mut differences) = (0, 0, Vec::new());
    for ((expression, document), answer) in pairs.iter().zip(answers.lines()) {
        let actual = answered(expression, document);
        let expected = without_addresses(answer);
        if actual == expected {
            let failed = json::parse(&expected).unwrap().as_list().unwrap()[1].is_null();
            *(if failed { &mut errors } else { &mut results }) += 1;
        } else {
            let document = json::to_string(document);
            differences.push(format!(
                "{expression}\n  over   {document}\n  gives  {actual}\n  not    {expected}"
            ));
        }
    }
    println!("{results} results and {errors} errors are the same");
    let count = differences.len();
    differences.truncate(20);
    assert!(count == 0, "{count} differ:\n{}", differences.join("\n"));
    assert_eq!(results + errors, pairs.len());
    // Neither is of any use without the other.
    assert!(results > pairs.len() / 5 && errors > pairs.len() / 10);
}

fn pairs() -> Vec<(String, Value)> {
    let cases = option_env!("AWL_JMESPATH_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]),
    );
    let (nearly, right) = (nearly_expressions().boxed(), expressions().boxed());
    let documents = documents().boxed();
    (0..cases)
        .map(|case| {
            let texts = if case % 4 == 0 { &nearly } else { &right };
            let text = texts.new_tree(&mut runner).unwrap().current();
            (text, documents.new_tree(&mut runner).unwrap().current())
        })
        .collect()
}

/// The answer of this implementation, as the script gives it.
fn answered(expression: &str, document: &Value) -> String {
    let compiled = Expression::compile(expression);
    let tree = compiled
        .as_ref()
        .map_or(Value::Null, Expression::syntax_tree);
    let result = compiled.and_then(|compiled| compiled.search(document));
    let (result, error) = match result {
        Ok(result) => {
            let mut text = String::new();
            json::write(&result, json::Style::WIRE, &mut text);
            (text.into(), Value::Null)
        }
        Err(error) => (Value::Null, error.to_string().into()),
    };
    let mut text = String::new();
    let answer = Value::List(vec![tree, result, error]);
    json::write(&answer, json::Style::WIRE, &mut text);
    text
}

/// Python shows where an expression reference lies in memory.
fn without_addresses(answer: &str) -> String {
    let mut pieces = answer.split(" object at 0x");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(" object");
        plain.push_str(piece.trim_start_matches(|digit: char| digit.is_ascii_hexdigit()));
    }
    plain
}

fn python(lines: String, wheel: &Path) -> Output {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .env("PYTHONPATH", wheel)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().expect("what python3 reads");
    assert!(output.status.success());
    output
}

/// The pinned wheel, which Python imports as it is; got by pip once and kept in
/// the target folder.
fn wheel() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let wheel = folder.join(WHEEL);
    if wheel.exists() {
        return wheel;
    }
    let requirements = folder.join("jmespath.txt");
    let line = format!("jmespath=={VERSION} --hash=sha256:{SHA256}\n");
    std::fs::write(&requirements, line).unwrap();
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--require-hashes",
        ])
        .args([
            "--disable-pip-version-check",
            "--only-binary",
            ":all:",
            "--dest",
        ])
        .arg(folder)
        .arg("--requirement")
        .arg(&requirements)
        .output()
        .expect("python3 with pip");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pip cannot get {WHEEL}: {words}");
    wheel
}
