"""What the benchmarks share: the server, the environment, the measuring."""

import contextlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def server(*arguments):
    """Runs the fixture server; gives its URL."""
    process = subprocess.Popen(
        [sys.executable, HERE / "server.py", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()


def environment(home, url):
    """All that a measured command sees of the world."""
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def launcher():
    """Builds `measure` and returns its path."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")) / "measure"
    manifest = HERE / "measure" / "Cargo.toml"
    command = ["cargo", "build", "--release", "--quiet", "--target-dir", target]
    subprocess.run([*command, "--manifest-path", manifest], check=True)
    return target / "release" / "measure"


def measure(launcher, words, variables):
    """Runs a command; its wall time, CPU time (s), peak memory (KiB) and code."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(
            [launcher, file.name, *words],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        sample = json.loads(pathlib.Path(file.name).read_text())
    sample["cpu"] = sample["user"] + sample["system"]
    return sample


def machine():
    """One line on where this runs."""
    model = platform.machine()
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":")[1].strip()
                break
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, load {load}"


def version(program, variables):
    output = subprocess.run([program, "--version"], env=variables, stdout=subprocess.PIPE, text=True)
    return output.stdout.strip()
