"""How many signed GetCallerIdentity requests a second a sandbox answers, and
whether it outlives kill -9 and ten thousand connections.

    python3 bench/sandbox.py load [--seconds 5] [--clients 8]
    python3 bench/sandbox.py kill [--rounds 100]
    python3 bench/sandbox.py connections [--count 10000]

AWL names the program; `target/release/awl` by default. Requests are signed
beforehand, so that the client costs little; the sandbox is bound to one core
where there is more than one.
"""

import argparse, datetime, hashlib, hmac, http.client, json, os, pathlib, select, shutil, signal
import socket, subprocess, sys, tempfile, threading, time, urllib.parse

AWL = os.environ.get('AWL', 'target/release/awl')


class Sandbox:
    def __init__(self, folder, *words):
        self.home = pathlib.Path(folder)
        (self.home / '.aws').mkdir(parents=True, exist_ok=True)
        environment = {'HOME': str(self.home), 'PATH': os.environ['PATH']}
        words = [AWL, 'sandbox', 'start', '--port', '0', *words]
        cores = sorted(os.sched_getaffinity(0))
        pin = (lambda: os.sched_setaffinity(0, {cores[0]})) if len(cores) > 1 else None
        self.process = subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, preexec_fn=pin, text=True)
        line = self.process.stdout.readline()
        self.port = int(line.strip().rsplit(':', 1)[1])
        section = {}
        for line in (self.home / '.aws/credentials').read_text().splitlines():
            if '=' in line:
                name, value = line.split('=', 1)
                section[name.strip()] = value.strip()
        self.key, self.secret = section['aws_access_key_id'], section['aws_secret_access_key']

    def signed(self, body, service, method='POST', path='/'):
        now = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ')
        scope = f'{now[:8]}/us-east-1/{service}/aws4_request'
        digest = hashlib.sha256(body).hexdigest()
        headers = {'host': f'127.0.0.1:{self.port}', 'x-amz-date': now}
        if service == 's3':
            headers['x-amz-content-sha256'] = digest
        else:
            headers['content-type'] = 'application/x-www-form-urlencoded'
        headers = dict(sorted(headers.items()))
        names = ';'.join(headers)
        lines = ''.join(f'{name}:{value}\n' for name, value in headers.items())
        canonical = f'{method}\n{path}\n\n{lines}\n{names}\n{digest}'
        text = f'AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}'
        key = ('AWS4' + self.secret).encode()
        for part in scope.split('/'):
            key = hmac.digest(key, part.encode(), 'sha256')
        signature = hmac.new(key, text.encode(), 'sha256').hexdigest()
        lines = ''.join(f'{name}: {value}\r\n' for name, value in headers.items())
        head = (f'{method} {path} HTTP/1.1\r\n{lines}'
                f'Authorization: AWS4-HMAC-SHA256 Credential={self.key}/{scope}, '
                f'SignedHeaders={names}, Signature={signature}\r\n'
                f'Content-Length: {len(body)}\r\n\r\n')
        return head.encode() + body

    def connected(self):
        return socket.create_connection(('127.0.0.1', self.port))

    def call(self, stream, service, verb, name, body=b''):
        """Makes a thing, looks for it, or removes it: its status and the answer."""
        if service == 's3':
            method = {'Create': 'PUT', 'Find': 'GET', 'Delete': 'DELETE'}[verb]
            request = self.signed(body, service, method, f'/bench/{name}')
        else:
            text = FORMS[service, verb].format(name)
            request = self.signed(text.encode(), service)
        stream.sendall(request)
        return answer(stream)

    def resident(self):
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(status.split('VmRSS:')[1].split()[0])

    def processor_seconds(self):
        fields = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def answer(stream):
    """Reads one answer of a connection that is kept: its status."""
    bytes_ = b''
    while b'\r\n\r\n' not in bytes_:
        more = stream.recv(65536)
        if not more:
            raise ConnectionError
        bytes_ += more
    head, body = bytes_.split(b'\r\n\r\n', 1)
    sizes = head.lower().split(b'content-length:')[1:]
    length = int(sizes[0].split(b'\r\n')[0]) if sizes else 0
    while len(body) < length:
        more = stream.recv(65536)
        if not more:
            raise ConnectionError
        body += more
    return int(head.split(b' ')[1]), body


def load(given):
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(folder, '--no-limits')
        request = sandbox.signed(b'Action=GetCallerIdentity&Version=2011-06-15', 'sts')
        streams = []
        for _ in range(given.clients):
            stream = socket.create_connection(('127.0.0.1', sandbox.port))
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            streams.append(stream)
        for stream in streams:
            stream.sendall(request)
            assert answer(stream)[0] == 200
        poll = select.epoll()
        by_number = {stream.fileno(): stream for stream in streams}
        for stream in streams:
            poll.register(stream, select.EPOLLIN)
            stream.sendall(request)
        used, begun, count = sandbox.processor_seconds(), time.monotonic(), 0
        while time.monotonic() - begun < given.seconds:
            for number, _ in poll.poll(1):
                status, _ = answer(by_number[number])
                assert status == 200, status
                count += 1
                by_number[number].sendall(request)
        spent = time.monotonic() - begun
        used = sandbox.processor_seconds() - used
        print(json.dumps({'requests_a_second': round(count / spent),
                          'requests_a_second_of_processor': round(count / max(used, 0.01)),
                          'resident_kib': sandbox.resident()}))
        sandbox.process.kill()


FORMS = {
    ('iam', 'Create'): 'Action=CreateGroup&Version=2010-05-08&GroupName={}',
    ('iam', 'Find'): 'Action=GetGroup&Version=2010-05-08&GroupName={}',
    ('iam', 'Delete'): 'Action=DeleteGroup&Version=2010-05-08&GroupName={}',
    ('ec2', 'Create'): 'Action=CreateSecurityGroup&Version=2016-11-15&GroupDescription=x&GroupName={}',
    ('ec2', 'Find'): 'Action=DescribeSecurityGroups&Version=2016-11-15&GroupName.1={}',
    ('ec2', 'Delete'): 'Action=DeleteSecurityGroup&Version=2016-11-15&GroupName={}',
}


def kill(given):
    """Kills it under write load, and looks for what was acknowledged: groups of
    IAM, security groups of EC2, and objects of S3, small ones and such as get files
    of their own."""
    total, lost = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(given.rounds):
            sandbox = Sandbox(folder, '--no-limits')
            if round_ == 0:
                stream = sandbox.connected()
                stream.sendall(sandbox.signed(b'', 's3', 'PUT', '/bench'))
                assert answer(stream)[0] == 200
            tried, acknowledged = [], {}

            def write(service, number):
                try:
                    stream = sandbox.connected()
                    for count in range(10000):
                        name = f'r{round_}-{number}-{count}'
                        body = os.urandom(100_000 if number % 2 else 100) if service == 's3' else b''
                        tried.append((service, name))
                        if sandbox.call(stream, service, 'Create', name, body)[0] == 200:
                            acknowledged[service, name] = body
                except OSError:
                    pass

            services = ['iam', 'ec2', 's3', 's3']
            threads = [threading.Thread(target=write, args=own) for own in zip(services, range(4))]
            [thread.start() for thread in threads]
            time.sleep(0.05 + 0.01 * (round_ % 20))
            sandbox.process.send_signal(signal.SIGKILL)
            sandbox.process.wait()
            [thread.join() for thread in threads]
            sandbox = Sandbox(folder, '--no-limits')
            stream = sandbox.connected()
            for (service, name), body in acknowledged.items():
                status, found = sandbox.call(stream, service, 'Find', name)
                total[service] = total.get(service, 0) + 1
                if status != 200 or service == 's3' and found != body:
                    lost[service] = lost.get(service, 0) + 1
            for service, name in tried:
                # Of those that were not acknowledged some are there.
                sandbox.call(stream, service, 'Delete', name)
            sandbox.process.send_signal(signal.SIGKILL)
            sandbox.process.wait()
    print(json.dumps({'rounds': given.rounds, 'acknowledged': total, 'lost': lost}))
    sys.exit(1 if lost else 0)


def connections(given):
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(folder, '--no-limits')
        before = sandbox.resident()
        request = sandbox.signed(b'Action=GetCallerIdentity&Version=2011-06-15', 'sts')
        begun, streams, outcomes = time.monotonic(), [], {}
        for _ in range(given.count):
            stream = socket.create_connection(('127.0.0.1', sandbox.port), timeout=30)
            streams.append(stream)
            # Half of a request: a slow client.
            stream.sendall(request[:100])
        held = sandbox.resident()
        for stream in streams:
            try:
                stream.sendall(request[100:])
                outcome = answer(stream)[0]
            except OSError:
                outcome = 'closed'
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        print(json.dumps({'connections': given.count, 'outcomes': outcomes,
                          'seconds': round(time.monotonic() - begun, 1),
                          'resident_kib': [before, held, sandbox.resident()],
                          'alive': sandbox.process.poll() is None}))
        sandbox.process.kill()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('what', choices=['load', 'kill', 'connections'])
parser.add_argument('--seconds', type=float, default=5)
parser.add_argument('--clients', type=int, default=8)
parser.add_argument('--rounds', type=int, default=100)
parser.add_argument('--count', type=int, default=10000)
given = parser.parse_args()
{'load': load, 'kill': kill, 'connections': connections}[given.what](given)
