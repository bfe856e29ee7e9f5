"""The answers that the benchmarks serve, made of nothing but a seed."""

import json
import random

ACCOUNT = "123456789012"


def caller_identity():
    """An answer of sts GetCallerIdentity."""
    return (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <GetCallerIdentityResult>\n"
        f"    <Arn>arn:aws:iam::{ACCOUNT}:user/bench</Arn>\n"
        "    <UserId>AIDAEXAMPLEBENCH00000</UserId>\n"
        f"    <Account>{ACCOUNT}</Account>\n"
        "  </GetCallerIdentityResult>\n"
        "  <ResponseMetadata>\n"
        "    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</GetCallerIdentityResponse>\n"
    ).encode()


def keys():
    """Temporary credentials for a long time to come."""
    return {
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": "bench",
        "SessionToken": "token",
        "Expiration": "2099-01-01T00:00:00Z",
    }


def process():
    """What a credential_process prints."""
    return {"Version": 1, **keys()}


def sso_token():
    """A token of an SSO session, as it is cached."""
    return {
        "startUrl": "https://bench.awsapps.com/start",
        "region": "us-east-1",
        "accessToken": "bench",
        "expiresAt": keys()["Expiration"],
    }


def role_credentials():
    """An answer of sso GetRoleCredentials."""
    credentials = {name[0].lower() + name[1:]: value for name, value in keys().items()}
    return json.dumps({"roleCredentials": {**credentials, "expiration": 4070908800000}}).encode()


def sign_in():
    """A console sign-in, as it is cached."""
    credentials = {name[0].lower() + name[1:]: value for name, value in keys().items()}
    expires = credentials.pop("expiration")
    return {
        "accessToken": {**credentials, "accountId": ACCOUNT, "expiresAt": expires},
        "tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "refreshToken": "bench",
        "idToken": "bench",
        "dpopKey": "bench",
    }


def metadata():
    """What the metadata endpoints of containers and instances give."""
    answer = {"Code": "Success", **keys()}
    return json.dumps({**answer, "Token": answer.pop("SessionToken")}).encode()


def assumed(operation):
    """An answer of sts AssumeRole or AssumeRoleWithWebIdentity."""
    credentials = "".join(f"<{name}>{value}</{name}>" for name, value in keys().items())
    return (
        f'<{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<{operation}Result><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:bench</AssumedRoleId>"
        f"<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/bench/bench</Arn></AssumedRoleUser>"
        f"<Credentials>{credentials}</Credentials></{operation}Result>"
        "<ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>"
        f"</ResponseMetadata></{operation}Response>"
    ).encode()


def describe_instances(count=1000):
    """An answer of ec2 DescribeInstances: about 3.5 kB an instance."""
    rng = random.Random(1)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">\n'
        "    <requestId>01234567-89ab-cdef-0123-456789abcdef</requestId>\n"
        "    <reservationSet>\n"
    ]
    parts.extend(_reservation(rng, number) for number in range(count))
    parts.append("    </reservationSet>\n</DescribeInstancesResponse>\n")
    return "".join(parts).encode()


def _reservation(rng, number):
    def identifier(prefix):
        return f"{prefix}-{rng.getrandbits(68):017x}"

    instance, subnet, vpc = identifier("i"), identifier("subnet"), identifier("vpc")
    group, interface = identifier("sg"), identifier("eni")
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    public = f"203.0.{number >> 8 & 255}.{number & 255}"
    name = f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com"
    launched = f"2026-0{rng.randint(1, 9)}-{rng.randint(10, 28)}T0{rng.randint(0, 9)}:12:34.000Z"
    groups = [
        ("item", [("groupId", group), ("groupName", f"web-{number % 17}")]),
    ]
    tags = [
        ("item", [("key", key), ("value", value)])
        for key, value in (
            ("Name", f"web-{number:04}"),
            ("team", rng.choice(["storage", "search", "billing & tax", "platform"])),
            ("environment", rng.choice(["production", "staging"])),
        )
    ]
    disk = [
        ("volumeId", identifier("vol")),
        ("status", "attached"),
        ("attachTime", launched),
        ("deleteOnTermination", "true"),
    ]
    association = [
        ("publicIp", public),
        ("publicDnsName", name),
        ("ipOwnerId", "amazon"),
    ]
    addresses = [
        ("item", [
            ("privateIpAddress", address),
            ("privateDnsName", f"ip-{address.replace('.', '-')}.ec2.internal"),
            ("primary", "true"),
            ("association", association),
        ]),
    ]
    interfaces = [
        ("item", [
            ("networkInterfaceId", interface),
            ("subnetId", subnet),
            ("vpcId", vpc),
            ("description", ""),
            ("ownerId", ACCOUNT),
            ("status", "in-use"),
            ("macAddress", f"0a:ff:{number >> 8 & 255:02x}:{number & 255:02x}:12:34"),
            ("privateIpAddress", address),
            ("sourceDestCheck", "true"),
            ("groupSet", groups),
            ("attachment", [
                ("attachmentId", identifier("eni-attach")),
                ("deviceIndex", "0"),
                ("status", "attached"),
                ("attachTime", launched),
                ("deleteOnTermination", "true"),
                ("networkCardIndex", "0"),
            ]),
            ("association", association),
            ("privateIpAddressesSet", addresses),
            ("ipv6AddressesSet", []),
            ("interfaceType", "interface"),
        ]),
    ]
    members = [
        ("instanceId", instance),
        ("imageId", identifier("ami")),
        ("instanceState", [("code", "16"), ("name", "running")]),
        ("privateDnsName", f"ip-{address.replace('.', '-')}.ec2.internal"),
        ("dnsName", name),
        ("reason", ""),
        ("keyName", "bench"),
        ("amiLaunchIndex", "0"),
        ("productCodes", []),
        ("instanceType", rng.choice(["t3.micro", "m7i.large", "c7g.xlarge"])),
        ("launchTime", launched),
        ("placement", [
            ("availabilityZone", f"us-east-1{rng.choice('abc')}"),
            ("groupName", ""),
            ("tenancy", "default"),
        ]),
        ("monitoring", [("state", "disabled")]),
        ("subnetId", subnet),
        ("vpcId", vpc),
        ("privateIpAddress", address),
        ("ipAddress", public),
        ("sourceDestCheck", "true"),
        ("groupSet", groups),
        ("architecture", "x86_64"),
        ("rootDeviceType", "ebs"),
        ("rootDeviceName", "/dev/xvda"),
        ("blockDeviceMapping", [
            ("item", [("deviceName", "/dev/xvda"), ("ebs", disk)]),
        ]),
        ("virtualizationType", "hvm"),
        ("clientToken", f"{rng.getrandbits(128):032x}"),
        ("tagSet", tags),
        ("hypervisor", "xen"),
        ("networkInterfaceSet", interfaces),
        ("ebsOptimized", "false"),
        ("enaSupport", "true"),
    ]
    reservation = [
        ("reservationId", identifier("r")),
        ("ownerId", ACCOUNT),
        ("groupSet", []),
        ("instancesSet", [("item", members)]),
    ]
    lines = []
    _element("item", reservation, 2, lines)
    return "".join(lines)


def _element(name, content, level, lines):
    space = " " * (level // 2)
    if not content:
        lines.append(f"{space}<{name}/>\n")
    elif isinstance(content, str):
        text = content.replace("&", "&amp;").replace("<", "&lt;")
        lines.append(f"{space}<{name}>{text}</{name}>\n")
    else:
        lines.append(f"{space}<{name}>\n")
        for child, value in content:
            _element(child, value, level + 1, lines)
        lines.append(f"{space}</{name}>\n")


def objects(page, pages):
    """A page of an answer of s3 ListObjectsV2, 1,000 keys."""
    more = page + 1 < pages
    token = f"<NextContinuationToken>{page + 1}</NextContinuationToken>" if more else ""
    # The keys of a page differ in their last digits alone.
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>keys</Name><Prefix></Prefix><KeyCount>1000</KeyCount><MaxKeys>1000</MaxKeys>{token}"
        f"<EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>"
        + "".join(OBJECT % (page, number) for number in range(1000))
        + "</ListBucketResult>"
    ).encode()


OBJECT = (
    "<Contents><Key>photos/2026/%06d/%04d.jpg</Key><LastModified>2026-01-01T00:00:00.000Z"
    "</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>"
    "<Size>123456</Size><StorageClass>STANDARD</StorageClass></Contents>"
)


def scan(size=5_000_000):
    """An answer of dynamodb Scan of about this many bytes."""
    rng = random.Random(2)
    items, length = [], 0
    while length < size:
        item = json.dumps(_item(rng, len(items)), separators=(",", ":"), ensure_ascii=False)
        items.append(item)
        length += len(item) + 1
    count = len(items)
    text = f'{{"Count":{count},"Items":[{",".join(items)}],"ScannedCount":{count}}}'
    return text.encode()


def _item(rng, number):
    words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "größe", "\"quoted\"", "line\nbreak"]
    return {
        "pk": {"S": f"customer#{rng.getrandbits(64):016x}"},
        "sk": {"S": f"order#{number:08}"},
        "amount": {"N": f"{rng.randint(1, 10**7) / 100:.2f}"},
        "quantity": {"N": str(rng.randint(1, 99))},
        "paid": {"BOOL": rng.random() < 0.5},
        "note": {"S": " ".join(rng.choice(words) for _ in range(12))},
        "coupon": {"NULL": True},
        "digest": {"B": "3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
        "labels": {"SS": rng.sample(words[:7], 3)},
        "address": {
            "M": {
                "street": {"S": f"{rng.randint(1, 999)} Long Street"},
                "city": {"S": rng.choice(["Oslo", "Graz", "Lyon"])},
                "zip": {"S": f"{rng.randint(0, 99999):05}"},
            }
        },
        "history": {
            "L": [
                {"M": {"at": {"N": str(1_700_000_000 + rng.randint(0, 10**7))}, "state": {"S": state}}}
                for state in ("created", "packed", "sent")
            ]
        },
    }
