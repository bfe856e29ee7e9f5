"""Measures `awl policy simulate --batch` against npm's @cloud-copilot/iam-simulate on the
same lines, turn by turn in one run, and prints a Markdown table.

    python3 policies.py --awl PATH [--lines N] [--rounds N]

The peer is installed as crates/awl-test/iam_simulate/package-lock.json has it, and run as a
program of its own.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import common

TESTS = common.HERE.parent / "crates" / "awl-test"
# Decisions a second, of lines with their policies, on one core.
LIMIT = 10_000

ANY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
HOME = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Look", "Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "Resource": "*"},
        {
            "Sid": "Home",
            "Effect": "Allow",
            "Action": "s3:*Object",
            "Resource": "arn:aws:s3:::reports/home/${aws:username}/*",
        },
        {
            "Sid": "Mfa",
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:GetSessionToken", "s3:Get*", "s3:List*"],
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
    ],
}
REGIONS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*", "s3:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
        }
    ],
}
BUCKET = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--awl", required=True, help="the awl to measure (profile dist)")
    parser.add_argument("--lines", type=int, default=20_000, help="requests (default 20,000)")
    parser.add_argument("--rounds", type=int, default=3, help="turns (default 3)")
    arguments = parser.parse_args()
    peer = install()
    driver = (TESTS / "src" / "iam_simulate.js").read_text()
    programs = {
        "awl": ([arguments.awl, "policy", "simulate", "--batch"], None),
        "iam-simulate": (["node", "--eval", driver], peer),
    }
    with tempfile.TemporaryDirectory() as folder:
        requests = pathlib.Path(folder) / "lines.jsonl"
        requests.write_text("".join(lines(arguments.lines)))
        samples = {name: [] for name in programs}
        decisions = {}
        for _ in range(arguments.rounds):
            for name, (words, place) in programs.items():
                sample, decisions[name] = run(words, requests, place, folder)
                samples[name].append(sample)
    results = {name: [statistics.median(column) for column in zip(*all_)] for name, all_ in samples.items()}
    print_table(arguments.lines, results, decisions["awl"] == decisions["iam-simulate"])


def lines(count):
    """Requests of a few users, each with all the policies that bear on it."""
    choose = random.Random(7)
    for number in range(count):
        user = choose.choice(["ana", "bob", "eve"])
        action, resource = choose.choice(
            [
                ("s3:GetObject", f"arn:aws:s3:::reports/home/{choose.choice(['ana', 'bob'])}/{number}.csv"),
                ("s3:PutObject", f"arn:aws:s3:::reports/home/{user}/{number}.csv"),
                ("ec2:StopInstances", f"arn:aws:ec2:eu-west-1:111122223333:instance/i-{number:08x}"),
                ("iam:CreateUser", f"arn:aws:iam::111122223333:user/{user}"),
            ]
        )
        context = {
            "aws:username": user,
            "aws:MultiFactorAuthPresent": choose.choice(["true", "false"]),
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": choose.choice(["eu-west-1", "us-east-1"]),
        }
        yield json.dumps(
            {
                "id": number,
                "request": {
                    "principal": f"arn:aws:iam::111122223333:user/{user}",
                    "action": action,
                    "resource": resource,
                    "resourceAccount": "111122223333",
                    "context": context,
                },
                "identityPolicies": [HOME],
                "permissionsBoundary": ANY,
                "resourcePolicy": BUCKET if action.startswith("s3:") else None,
                "scps": [[ANY], [ANY, REGIONS]],
            }
        ) + "\n"


def run(words, requests, place, home):
    """Wall time and CPU time (s) of a program over the requests, and its decisions."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with requests.open() as file:
        variables = {"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        result = subprocess.run(words, stdin=file, stdout=subprocess.PIPE, cwd=place, env=variables, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    return (wall, cpu), [(answer["id"], answer.get("decision")) for answer in answers]


def install():
    """The peer's folder."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", common.HERE.parent / "target"))
    folder = target / "bench" / "iam-simulate"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ["package.json", "package-lock.json"]:
            shutil.copy(TESTS / "iam_simulate" / name, folder)
        words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(words, cwd=folder, check=True, stdout=sys.stderr)
    return folder


def print_table(count, results, is_same):
    (wall, cpu), (peer_wall, peer_cpu) = results["awl"], results["iam-simulate"]
    print(f"{count:,} lines, each with its policies; {common.machine()}\n")
    print("| | wall | CPU | a second of CPU |")
    print("| --- | --- | --- | --- |")
    for name, (one, two) in results.items():
        print(f"| {name} | {one:.2f} s | {two:.2f} s | {count / two:,.0f} |")
    print(f"| ratio | {peer_wall / wall:.1f} | {peer_cpu / cpu:.1f} | |")
    print(f"\nSame decisions: {'yes' if is_same else 'no'}.")
    if count / cpu < LIMIT:
        print(f"\nLimit missed: {LIMIT:,} lines a second.")


if __name__ == "__main__":
    main()
