"""Runs commands of the AWS CLI, each in a process of its own that is forked
from this one. This one has imported the CLI and read what of its package the
commands read, so that a command takes a fifth of the time. One JSON object a
line comes in, one exit code goes out."""

import functools
import json
import os
import sys
import traceback

import awscli.clidriver
import awscli.handlers  # noqa: F401 - imported for the children
from awscli.botocore import handlers, loaders, session  # noqa: F401

# The CLI's own data, which its package adds when it is imported.
OWN_DATA = os.environ["AWS_DATA_PATH"]
PACKAGE = os.path.dirname(awscli.__file__)


def remember(function):
    """The function, its results of paths in the package kept for children."""
    kept = functools.cache(function)

    @functools.wraps(function)
    def wrapper(path, *more):
        is_own = isinstance(path, str) and path.startswith(PACKAGE)
        return kept(path, *more) if is_own else function(path, *more)

    return wrapper


os.listdir = remember(os.listdir)
os.path.isdir = remember(os.path.isdir)
os.path.isfile = remember(os.path.isfile)
# The loader has no state of its own, so one reads for all.
READER = loaders.JSONFileLoader()
read = remember(READER.load_file)
loaders.JSONFileLoader.load_file = lambda self, path: read(path)


@functools.cache
def prepare(service):
    """Reads what a command of the service will read."""
    loader = session.get_session().get_component("data_loader")
    for name in ("cli", "endpoints", "partitions", "_retry", "sdk-default-configuration"):
        loader.load_data(name)
    for kind in ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"):
        loader.list_available_services(kind)
        try:
            loader.load_service_model(service, kind)
        except Exception:
            # Not every service has every file; the command will say so.
            continue


def run(job):
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    paths = [OWN_DATA, os.environ.get("AWS_DATA_PATH")]
    os.environ["AWS_DATA_PATH"] = os.pathsep.join(filter(None, paths))
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, path, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, job["stdout"], flags),
        (2, job["stderr"], flags),
    ):
        os.dup2(os.open(path, mode), number)
    sys.argv = ["aws", *job["arguments"]]
    try:
        return awscli.clidriver.main()
    except SystemExit as end:
        return end.code
    except BaseException:
        traceback.print_exc()
        return 1


for line in iter(sys.stdin.readline, ""):
    job = json.loads(line)
    service = job["arguments"][0]
    prepare({"s3api": "s3"}.get(service, service))
    child = os.fork()
    if child == 0:
        code = run(job)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
