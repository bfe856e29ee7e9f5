"""Signs requests with botocore: a JSON array of them on standard input, one of
what came of each on standard output."""

import datetime
import json
import sys

import botocore.auth
import botocore.compat
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def at(timestamp):
    moment = datetime.datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ")

    class Clock(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return moment

        @classmethod
        def now(cls, tz=None):
            return moment.replace(tzinfo=tz)

    class Module:
        datetime = Clock

    botocore.auth.datetime = Module
    # Newer releases ask one function for the time.
    if hasattr(botocore.auth, "get_current_datetime"):
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: moment


def sign(job):
    at(job["date"])
    credentials = Credentials("AKIDEXAMPLE", "secret", job["token"])
    request = AWSRequest(
        method=job["method"], url=job["url"], headers=dict(job["headers"]), data=job["body"]
    )
    is_s3 = job["service"] == "s3"
    arguments = [credentials, job["service"], job["region"]]
    if job["expires"]:
        kind = botocore.auth.S3SigV4QueryAuth if is_s3 else botocore.auth.SigV4QueryAuth
        kind(*arguments, expires=job["expires"]).add_auth(request)
    else:
        kind = botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth
        kind(*arguments).add_auth(request)
    return {"url": request.url, "headers": list(request.headers.items())}


json.dump([sign(job) for job in json.load(sys.stdin)], sys.stdout)
