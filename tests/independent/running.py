"""The programs as they are shipped, for checks that need a server which runs, a relying party and a person's terminal."""

import contextlib
import json
import os
import select
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

PATIENCE = 60  # seconds for anything at all; reached only when something hangs
PASSWORD = "correct horse battery staple"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def piped(secret):
    """The end of a pipe from which this line can be read."""
    reader, writer = os.pipe()
    os.write(writer, secret.encode() + b"\n")
    os.close(writer)
    try:
        yield reader
    finally:
        os.close(reader)


class Server:
    """A server of its own, until the `with` ends."""

    def __init__(self, program, **settings):
        self.program = str(program)
        self.settings = {f"COUNTERSIGN_{name.upper()}": value for name, value in settings.items()}

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            listen = {"COUNTERSIGN_LISTEN": "127.0.0.1:0", "COUNTERSIGN_DATA_DIR": f"{folder}/data"}
            self.environment = {"PATH": os.environ["PATH"], **listen, **self.settings}
            command = [self.program, "--json", "serve"]
            self.process = stack.enter_context(
                subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True, bufsize=1))
            stack.callback(self.process.kill)
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            assert ready, f"the server said nothing for {PATIENCE} s"
            listening = json.loads(self.process.stdout.readline())
            self.url, self.address = listening["url"], listening["address"]
            self.first_owner_link = listening["first_owner_link"]
            self.stack = stack.pop_all()
        self.tenant = self.run("tenant", "create", "--name", "Example")["tenant_id"]
        made = self.run("application", "create", "--tenant", self.tenant, "--name", "Webshop")
        self.headers = {"X-Client-ID": made["client_id"], "X-Client-Secret": made["client_secret"]}
        return self

    def __exit__(self, *_):
        self.stack.close()

    def run(self, *arguments, password=None):
        """A command beside the server, and the JSON that it prints. A password goes through a pipe of its own."""
        command = [self.program, "--json", *arguments]
        with contextlib.ExitStack() as stack:
            pipes = [stack.enter_context(piped(password))] if password else []
            command += [f"--password-fd={reader}" for reader in pipes]
            ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE,
                                 pass_fds=pipes)
        print(" ".join(arguments), ran.returncode, ran.stderr)
        assert ran.returncode == 0, f"{arguments} ended with {ran.returncode}: {ran.stderr}"
        return json.loads(ran.stdout)

    def post(self, path, **body):
        """A relying party's request, and what it is answered."""
        return self.call("POST", path, body)

    def call(self, method, path, body=None, headers=None):
        headers = {**(headers or self.headers), "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, sent, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None


class Terminal:
    """A person's terminal authenticator with a vault of its own."""

    def __init__(self, program, folder, *options):
        self.command = [str(program), "--json", "--yes", "--vault", f"{folder}/vault.db", *options]

    @contextlib.contextmanager
    def started(self, *arguments):
        """A command that runs. The password comes through a pipe of its own."""
        with piped(PASSWORD) as reader:
            command = [*self.command, "--password-fd", str(reader), *arguments]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       pass_fds=[reader], text=True, bufsize=1)
            try:
                yield process
            finally:
                process.kill()
                process.communicate()

    def run(self, *arguments):
        """A command, and the JSON that it prints."""
        with self.started(*arguments) as process:
            told, trouble = process.communicate(timeout=PATIENCE)
        print(arguments[0], process.returncode, trouble)
        assert process.returncode == 0, f"{arguments[0]} ended with {process.returncode}"
        return [json.loads(line) for line in told.splitlines()]

    def waiting(self):
        """The id of the one request that waits."""
        requests = [event for event in self.run("inbox") if event["event"] == "request"]
        assert len(requests) == 1, requests
        return requests[0]["id"]
