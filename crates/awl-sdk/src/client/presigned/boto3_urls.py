"""Presigns operations of the services named by boto3, at the tests' time: a
JSON line each with the service, the operation, its parameters and the URL."""

import copy
import datetime
import json
import sys
import uuid

import boto3
import botocore.auth
from botocore import xform_name
from botocore.config import Config

NOW = datetime.datetime(2020, 9, 13, 12, 26, 40)
SCALARS = {
    "string": "aé /",
    "integer": 7,
    "long": 7,
    "float": 0.5,
    "double": 0.5,
    "boolean": True,
    "timestamp": "2020-01-01T00:00:00Z",
    "blob": "AAEC",
}


class Clock(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return NOW

    @classmethod
    def now(cls, tz=None):
        return NOW.replace(tzinfo=tz)


def value(shape, name, depth=0):
    """The least value that a shape takes."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.required_members
        return {m: value(shape.members[m], m, depth + 1) for m in members}
    if kind == "list":
        return [value(shape.member, name, depth + 1)]
    if kind == "map":
        return {"key": value(shape.value, name, depth + 1)}
    if kind == "string":
        if shape.enum:
            return shape.enum[0]
        if name in ("Bucket", "AccountId", "accountId", "vaultName"):
            return "123456789012"
        least = shape.metadata.get("min", 1)
        return SCALARS[kind].ljust(least, "x")[: max(4, least)]
    if kind in ("integer", "long", "float", "double"):
        return shape.metadata.get("min", SCALARS[kind])
    return SCALARS[kind]


if hasattr(botocore.auth, "get_current_datetime"):
    botocore.auth.get_current_datetime = lambda *_, **__: NOW
botocore.auth.datetime = type("datetime", (), {"datetime": Clock, "timedelta": datetime.timedelta})
uuid.uuid4 = lambda: uuid.UUID("00000000-0000-4000-8000-000000000000")
session = boto3.Session("AKID", "SECRET", region_name="us-west-2")
for service in sys.argv[1:]:
    # As the AWS CLI has it: its botocore knows no other signature of S3.
    style = {"addressing_style": "virtual"}
    config = Config(signature_version="s3v4", s3=style) if service == "s3" else Config()
    client = session.client(service, config=config)
    for name in client.meta.service_model.operation_names:
        operation = client.meta.service_model.operation_model(name)
        shape = operation.input_shape
        if operation.has_event_stream_input or operation.has_streaming_input and shape.required_members == []:
            continue
        parameters = value(shape, "") if shape else {}
        opens = operation.metadata["protocol"] in ("query", "ec2") or name == "SynthesizeSpeech"
        method = "GET" if opens else None
        # boto3 changes what it is given.
        line = {"service": service, "operation": name, "parameters": copy.deepcopy(parameters)}
        try:
            line["url"] = client.generate_presigned_url(
                xform_name(name), Params=parameters, ExpiresIn=60, HttpMethod=method
            )
        except Exception as error:
            line["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(line))
