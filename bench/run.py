"""Builds awl as it is shipped, gets the peers, measures both, and writes RESULTS.md.

    python3 bench/run.py [--aws PATH] [--awl PATH] [--rounds N]

The peer is the AWS CLI that `--aws` or the variable AWL_AWS_CLI names, else the
newest that PyPI has, which is version 1: it is installed into the target folder.
"""

import argparse
import os
import pathlib
import subprocess
import sys

import common

ROOT = common.HERE.parent
RESULTS = common.HERE / "RESULTS.md"
# As models.lock pins it.
PEER = "awscli==1.46.2"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--awl", help="an awl that is built already (profile dist)")
    parser.add_argument("--aws", default=os.environ.get("AWL_AWS_CLI"), help="the AWS CLI")
    parser.add_argument("--rounds", default="7", help="turns of each case (default 7)")
    arguments = parser.parse_args()
    awl = arguments.awl or build()
    aws = arguments.aws or install()
    compare = [sys.executable, common.HERE / "compare.py", "--awl", awl, "--aws", aws]
    table = output([*compare, "--rounds", arguments.rounds])
    counts = output([sys.executable, common.HERE / "instructions.py", "--awl", awl])
    policies = output([sys.executable, common.HERE / "policies.py", "--awl", awl])
    engine = output(
        ["cargo", "run", "--quiet", "--profile", "dist", "--package", "awl-iam", "--example", "decisions"], cwd=ROOT
    )
    RESULTS.write_text(
        "# Results\n\n"
        "Written by `python3 bench/run.py`; what the columns say is in [README.md](README.md).\n\n"
        f"{table}\n## Instructions\n\n{counts}\n"
        "## Policies\n\n`awl policy simulate --batch` beside @cloud-copilot/iam-simulate: "
        f"{policies}\nThe engine alone (`cargo run --profile dist -p awl-iam --example decisions`), "
        f"one core:\n\n```\n{engine}```\n"
    )
    print(f"\nwritten to {RESULTS}")


def target():
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def build():
    subprocess.run(["cargo", "build", "--profile", "dist", "--package", "awl-cli"], cwd=ROOT, check=True)
    return target() / "dist" / "awl"


def install():
    """The AWS CLI of PyPI, in an environment of its own."""
    folder = target() / "bench" / PEER
    program = folder / "bin" / "aws"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", PEER], check=True)
    return program


def output(words, cwd=None):
    """Runs a command; what it prints, which is shown while it comes."""
    lines = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=cwd) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    # A limit that is missed is a result, too; anything else has said so itself.
    return "".join(lines)


if __name__ == "__main__":
    main()
