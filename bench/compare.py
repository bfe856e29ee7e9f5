"""Measures awl against the real AWS CLI on the same loopback server, turn by
turn in one run, and prints a Markdown table of medians.

    python3 compare.py --awl PATH [--aws PATH]
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile

import bodies
import common

# What each case has to reach: awl's wall time (s) and peak (MiB), and how many
# times less CPU than the AWS CLI it may take.
CASES = {
    "version": {
        "title": "`--version`",
        "words": ["--version"],
        "limits": {"wall": 0.002, "ratio": 100},
        "differs": True,
    },
    "identity": {
        "title": "`sts get-caller-identity`",
        "words": ["sts", "get-caller-identity"],
        "limits": {"wall": 0.006, "peak": 12, "ratio": 60},
    },
    "instances": {
        "title": "`ec2 describe-instances`, 1,000",
        "words": ["ec2", "describe-instances"],
        "limits": {"peak": 40, "ratio": 40},
    },
    "table": {
        "title": "the same, as a table",
        "words": ["ec2", "describe-instances", "--output", "table"],
        "limits": {"peak": 40, "ratio": 40},
    },
    "text": {
        "title": "the same, as text",
        "words": ["ec2", "describe-instances", "--output", "text"],
        "limits": {"peak": 40},
    },
    "yaml": {
        "title": "the same, as YAML",
        "words": ["ec2", "describe-instances", "--output", "yaml"],
        "limits": {},
    },
    "query": {
        "title": "the same, `--query`",
        "words": ["ec2", "describe-instances", "--query", "Reservations[].Instances[].[InstanceId,State.Name]"],
        "limits": {"peak": 40, "ratio": 40},
    },
    "scan": {
        "title": "`dynamodb scan`, 5 MB",
        "words": ["dynamodb", "scan", "--table-name", "bench"],
        "limits": {"peak": 40, "ratio": 40},
    },
    "unknown": {
        "title": "unknown operation",
        "words": ["ec2", "describe-instancez"],
        "limits": {"ratio": 100},
    },
    "help": {
        "title": "help of an operation",
        "words": ["ec2", "describe-instances", "help"],
        "limits": {"wall": 0.030},
        "differs": True,
    },
    "completion": {
        "title": "completion",
        "words": [],
        "limits": {"wall": 0.003},
        "completes": "aws ec2 describe-inst",
        "differs": True,
    },
    "keys": {
        "title": "`s3api list-objects-v2`, 1,000,000 keys",
        "words": ["s3api", "list-objects-v2", "--bucket", "keys-1000"],
        # The AWS CLI lists fewer, and its times are scaled.
        "aws-words": ["s3api", "list-objects-v2", "--bucket", "keys-20"],
        "scale": 50,
        "limits": {"wall": 3, "peak": 64},
        "rounds": 1,
        "differs": True,
    },
    "loop": {
        "title": "200 calls in a shell loop",
        "words": ["sts", "get-caller-identity"],
        "limits": {"wall": 2},
        "calls": 200,
    },
}

IDENTITY = ["sts", "get-caller-identity"]
KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = bench\n"
ROLE = "[default]\nrole_arn = arn:aws:iam::123456789012:role/bench\nsource_profile = base\n[profile base]\n"


def provider(title, files=None, variables=None, forget=False):
    """A call whose credentials come from a provider: without keys in the
    environment, with these files and variables; `forget`: the caches are emptied
    before every call."""
    return {
        "title": title,
        "words": IDENTITY,
        "limits": {"wall": 0.010},
        "files": files or {},
        "variables": {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, **(variables or {})},
        "forget": forget,
    }


CASES |= {
    "file": provider("credentials from the credentials file", {"credentials": f"[default]\n{KEYS}"}),
    "process": provider(
        "credentials from a process",
        {"config": "[default]\ncredential_process = cat {home}/.aws/printed\n", "printed": "{process}"},
    ),
    "role": provider("credentials from a role, assumed", {"config": ROLE + KEYS}, forget=True),
    "role-cached": provider("credentials from a role, cached", {"config": ROLE + KEYS}),
    "web": provider(
        "credentials from a web identity, assumed",
        {"token": "jwt"},
        {
            "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/.aws/token",
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/bench",
        },
        forget=True,
    ),
    "sso": provider(
        "credentials from an SSO session, asked for",
        {
            "config": "[default]\nsso_session = bench\nsso_account_id = 123456789012\n"
            "sso_role_name = bench\n[sso-session bench]\nsso_region = us-east-1\n"
            "sso_start_url = https://bench.awsapps.com/start\n",
            f"sso/cache/{hashlib.sha1(b'bench').hexdigest()}.json": "{sso}",
        },
        forget=True,
    ),
    "login": provider(
        "credentials from a console sign-in",
        {
            "config": "[default]\nlogin_session = bench\n",
            f"login/cache/{hashlib.sha256(b'bench').hexdigest()}.json": "{login}",
        },
    ),
    "container": provider(
        "credentials from a container",
        variables={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container"},
    ),
    "imds": provider(
        "credentials from an instance",
        variables={
            "AWS_EC2_METADATA_DISABLED": None,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}",
        },
    ),
}
LOOP = 'program=$1 calls=$2; shift 2; while [ "$calls" -gt 0 ]; do "$program" "$@"; calls=$((calls - 1)); done'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--awl", required=True, help="the awl to measure (profile dist)")
    parser.add_argument("--aws", help="the AWS CLI to measure against")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each case (default 7)")
    parser.add_argument(
        "--aws-calls",
        type=int,
        default=20,
        help="calls of the AWS CLI in the shell loop, whose figures are scaled to 200 (default 20)",
    )
    parser.add_argument("--only", action="append", choices=CASES, help="a case; may be repeated")
    parser.add_argument("--json", metavar="FILE", help="where all samples go")
    arguments = parser.parse_args()
    programs = {"awl": os.path.abspath(arguments.awl)}
    if arguments.aws:
        programs["aws"] = os.path.abspath(arguments.aws)
    launcher = common.launcher()
    results = {}
    with tempfile.TemporaryDirectory() as home, common.server() as url:
        variables = common.environment(home, url)
        print(f"Date: {datetime.date.today()}")
        print(f"Machine: {common.machine()}")
        for name, program in programs.items():
            print(f"{name}: {common.version(program, variables)}")
        print()
        for name in arguments.only or CASES:
            results[name] = run_case(name, programs, arguments, launcher, variables)
    size = os.path.getsize(programs["awl"]) / 2**20
    print_table(results, "aws" in programs)
    print(f"\nThe binary has {size:.1f} MiB (limit 45).")
    missed = [text for name, result in results.items() for text in misses(name, result)]
    if size > 45:
        missed.append("size of the binary")
    print("Limits missed: " + ("; ".join(missed) or "none") + ".")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


def run_case(name, programs, arguments, launcher, variables):
    case = CASES[name]
    variables = settle(case, variables)
    if "completes" in case:
        programs = {key: completer(key, program, variables) for key, program in programs.items()}
        variables |= {"COMP_LINE": case["completes"], "COMP_POINT": str(len(case["completes"]))}
    outputs = [
        # The first run also warms the caches up.
        subprocess.run([program, *words_of(case, key)], env=variables, capture_output=True)
        for key, program in programs.items()
    ]
    samples = {program: [] for program in programs}
    loop = "calls" in case
    rounds = max(1, arguments.rounds // 3) if loop else case.get("rounds", arguments.rounds)
    for _ in range(rounds):
        for key, program in programs.items():
            if case.get("forget"):
                shutil.rmtree(f"{variables['HOME']}/.aws/cli/cache", ignore_errors=True)
            words, scale = [program, *words_of(case, key)], 1
            if key == "aws":
                scale = case.get("scale", 1)
            if loop:
                calls = case["calls"] if key == "awl" else min(arguments.aws_calls, case["calls"])
                scale = case["calls"] / calls
                words = ["sh", "-c", LOOP, "loop", program, str(calls), *case["words"]]
            sample = common.measure(launcher, words, variables)
            for time in ("wall", "cpu", "user", "system"):
                sample[time] *= scale
            samples[key].append(sample)
    result = {
        key: {
            "median": {
                figure: statistics.median(sample[figure] for sample in taken)
                for figure in ("wall", "cpu", "peak_kib")
            },
            "samples": taken,
        }
        for key, taken in samples.items()
    }
    if len(outputs) == 2 and not case.get("differs"):
        # Messages carry the program's name, so only codes and answers count.
        awl, aws = ((output.returncode, output.stdout) for output in outputs)
        result["same"] = awl == aws
    return result


def words_of(case, key):
    return case.get(f"{key}-words", case["words"])


def completer(key, program, variables):
    """What a shell calls to complete a command line: awl through a link of that
    name, the AWS CLI's program beside its `aws`."""
    if key == "aws":
        return os.path.join(os.path.dirname(program), "aws_completer")
    link = pathlib.Path(variables["HOME"]) / "aws_completer"
    link.unlink(missing_ok=True)
    link.symlink_to(program)
    return str(link)


def settle(case, variables):
    """Puts the files of a case where they belong; the variables with its own."""
    home = pathlib.Path(variables["HOME"])
    shutil.rmtree(home / ".aws", ignore_errors=True)
    known = {
        "home": home,
        "url": variables["AWS_ENDPOINT_URL"],
        "process": json.dumps(bodies.process()),
        "sso": json.dumps(bodies.sso_token()),
        "login": json.dumps(bodies.sign_in()),
    }
    for name, text in case.get("files", {}).items():
        path = home / ".aws" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fill(text, known))
    variables = dict(variables)
    for name, value in case.get("variables", {}).items():
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = fill(value, known)
    return variables


def fill(text, known):
    for name, value in known.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def ratio(result, figure):
    return result["aws"]["median"][figure] / result["awl"]["median"][figure]


def print_table(results, peer):
    heads = ["work", "awl wall", "CPU", "peak"]
    if peer:
        heads += ["aws wall", "CPU", "peak", "wall ×", "CPU ×", "memory ×", "same output"]
    print("| " + " | ".join(heads) + " |")
    print("| --- |" + " ---: |" * (len(heads) - 1))
    for name, result in results.items():
        row = [CASES[name]["title"], *cells(result["awl"]["median"])]
        if peer:
            row += cells(result["aws"]["median"])
            row += [f"{ratio(result, figure):.1f}" for figure in ("wall", "cpu", "peak_kib")]
            row.append({True: "yes", False: "NO", None: ""}[result.get("same")])
        print("| " + " | ".join(row) + " |")


def cells(median):
    return [seconds(median["wall"]), seconds(median["cpu"]), f"{median['peak_kib'] / 1024:.1f} MiB"]


def seconds(value):
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def misses(name, result):
    case, median = CASES[name], result["awl"]["median"]
    limits = case["limits"]
    title = case["title"]
    if median["wall"] > limits.get("wall", float("inf")):
        yield f"wall time of {title}"
    if median["peak_kib"] / 1024 > limits.get("peak", float("inf")):
        yield f"memory of {title}"
    if "aws" in result and ratio(result, "cpu") < limits.get("ratio", 0):
        yield f"CPU of {title}"
    if result.get("same") is False:
        yield f"output of {title}"


if __name__ == "__main__":
    main()
