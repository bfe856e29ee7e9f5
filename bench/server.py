"""A loopback server that answers AWS requests with prepared bytes.

    python3 server.py [--tls CERT KEY]

prints its URL and serves until its standard input ends.
"""

import argparse
import re
import socket
import ssl
import sys
import threading

import bodies

XML = "text/xml;charset=UTF-8"
JSON = "application/x-amz-json-1.0"
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
TARGET = re.compile(rb"x-amz-target:\s*(\S+)", re.IGNORECASE)
ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


def answer(content_type, body):
    head = (
        "HTTP/1.1 200 OK\r\n"
        f"Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "x-amzn-RequestId: 01234567-89ab-cdef-0123-456789abcdef\r\n"
        "\r\n"
    )
    return head.encode() + body


ANSWERS = {
    b"AssumeRole": answer(XML, bodies.assumed("AssumeRole")),
    b"AssumeRoleWithWebIdentity": answer(XML, bodies.assumed("AssumeRoleWithWebIdentity")),
    b"GetCallerIdentity": answer(XML, bodies.caller_identity()),
    b"DescribeInstances": answer(XML, bodies.describe_instances()),
    b"DynamoDB_20120810.Scan": answer(JSON, bodies.scan()),
}
ROLE = b"/latest/meta-data/iam/security-credentials/"
SSO = b"/federation/credentials?role_name=bench&account_id=" + bodies.ACCOUNT.encode()
PATHS = {
    SSO: answer("application/json", bodies.role_credentials()),
    b"/container": answer("application/json", bodies.metadata()),
    b"/latest/api/token": answer("text/plain", b"token"),
    ROLE: answer("text/plain", b"bench"),
    ROLE + b"bench": answer("text/plain", bodies.metadata()),
}
LISTING = re.compile(rb"/keys-(\d+)\?.*list-type=2")
TOKEN = re.compile(rb"continuation-token=(\d+)")
UNKNOWN = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def listing(target):
    """A page of a bucket: `keys-N` has N pages of 1,000 keys."""
    found = LISTING.match(target)
    if not found:
        return UNKNOWN
    token = TOKEN.search(target)
    page = int(token[1]) if token else 0
    return answer("application/xml", bodies.objects(page, int(found[1])))


def serve(connection, context):
    """Answers the requests of one connection until the client is gone."""
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        pending = b""
        while True:
            while (end := pending.find(b"\r\n\r\n")) < 0:
                more = connection.recv(65536)
                if not more:
                    return
                pending += more
            head, pending = pending[:end], pending[end + 4 :]
            length = LENGTH.search(head)
            length = int(length[1]) if length else 0
            while len(pending) < length:
                pending += connection.recv(65536)
            body, pending = pending[:length], pending[length:]
            name = TARGET.search(head) or ACTION.search(body)
            known = ANSWERS.get(name and name[1])
            target = head.split(b" ", 2)[1]
            connection.sendall(known or PATHS.get(target) or listing(target))
    except OSError:
        # The client went away, which is how every call ends.
        pass
    finally:
        connection.close()


def accept(listener, context):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    arguments = parser.parse_args()
    context = None
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    threading.Thread(target=accept, args=(listener, context), daemon=True).start()
    scheme = "https" if context else "http"
    print(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
