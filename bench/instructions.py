"""Counts awl's instructions with callgrind, which a busy machine does not
disturb, and fails where a limit is passed.

    python3 instructions.py --awl PATH
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import common

# What is counted, over which scheme, and the most millions of instructions.
# The HTTPS call guards against the CPU-jitter entropy of aws-lc: 423 M.
CASES = [
    ("--version", None, ["--version"], 1),
    ("sts get-caller-identity, HTTP", "http", ["sts", "get-caller-identity"], 4),
    ("sts get-caller-identity, HTTPS", "https", ["sts", "get-caller-identity"], 10),
    ("unknown operation", None, ["ec2", "describe-instancez"], 8),
    ("ec2 describe-instances, 1,000", "http", ["ec2", "describe-instances"], 250),
    ("the same, as a table", "http", ["ec2", "describe-instances", "--output", "table"], 700),
    (
        "the same, --query",
        "http",
        ["ec2", "describe-instances", "--query", "Reservations[].Instances[].InstanceId"],
        250,
    ),
    ("help of an operation", None, ["ec2", "describe-instances", "help"], 120),
    ("dynamodb scan, 5 MB", "http", ["dynamodb", "scan", "--table-name", "bench"], 450),
]

CERTIFICATE = """\
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = localhost
[extensions]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--awl", required=True, help="the awl to measure (profile dist)")
    parser.add_argument("--keep", metavar="FOLDER", help="where callgrind's files stay")
    arguments = parser.parse_args()
    awl = os.path.abspath(arguments.awl)
    passed = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        certificate = make_certificate(folder)
        kept = pathlib.Path(arguments.keep) if arguments.keep else folder
        kept.mkdir(parents=True, exist_ok=True)
        with common.server() as http, common.server("--tls", *certificate) as https:
            urls = {"http": http, "https": https, None: http}
            print("| work | instructions | limit |\n| --- | ---: | ---: |")
            for title, scheme, words, limit in CASES:
                variables = common.environment(folder, urls[scheme])
                variables["AWS_CA_BUNDLE"] = str(certificate[0])
                file = kept / (re.sub(r"\W+", "-", title.strip("-")) + ".callgrind")
                count = instructions([awl, *words], variables, file)
                print(f"| {title} | {count / 1e6:.2f} M | {limit} M |", flush=True)
                if count > limit * 1_000_000:
                    passed.append(title)
    if passed:
        sys.exit("Too many instructions: " + "; ".join(passed))


def make_certificate(folder):
    """A certificate for loopback, and its key."""
    config, certificate, key = folder / "openssl.cnf", folder / "cert.pem", folder / "key.pem"
    config.write_text(CERTIFICATE)
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-config", config]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-out", certificate, "-keyout", key]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def instructions(words, variables, file):
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}", *words]
    result = subprocess.run(command, env=variables, capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", result.stderr)
    if not collected or (result.returncode and "describe-instancez" not in words):
        sys.exit(f"{' '.join(words)}: {result.stderr}")
    return int(collected[1])


if __name__ == "__main__":
    main()
