"""The programs as they are shipped, for checks that need a server which runs, a relying party and a person's terminal."""

import contextlib
import json
import os
import select
import subprocess
import tempfile
import urllib.error
import urllib.request

PATIENCE = 60  # seconds for anything at all; reached only when something hangs
PASSWORD = b"correct horse battery staple\n"


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
            self.url = json.loads(self.process.stdout.readline())["url"]
            self.stack = stack.pop_all()
        self.tenant = self.run("tenant", "create", "--name", "Example")["tenant_id"]
        made = self.run("application", "create", "--tenant", self.tenant, "--name", "Webshop")
        self.headers = {"X-Client-ID": made["client_id"], "X-Client-Secret": made["client_secret"]}
        return self

    def __exit__(self, *_):
        self.stack.close()

    def run(self, *arguments):
        """A command beside the server, and the JSON that it prints."""
        command = [self.program, "--json", *arguments]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        print(" ".join(arguments), ran.returncode, ran.stderr)
        assert ran.returncode == 0, f"{arguments} ended with {ran.returncode}: {ran.stderr}"
        return json.loads(ran.stdout)

    def post(self, path, **body):
        """A relying party's request, and what it is answered."""
        headers = {**self.headers, "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None


class Terminal:
    """A person's terminal authenticator with a vault of its own."""

    def __init__(self, program, folder):
        self.program, self.vault = str(program), f"{folder}/vault.db"

    def run(self, *arguments):
        """A command, and the JSON that it prints. The password comes through a pipe of its own."""
        reader, writer = os.pipe()
        os.write(writer, PASSWORD)
        os.close(writer)
        command = [self.program, "--json", "--yes", "--vault", self.vault, "--password-fd", str(reader), *arguments]
        try:
            ran = subprocess.run(command, input=b"", capture_output=True, pass_fds=[reader], timeout=PATIENCE)
        finally:
            os.close(reader)
        print(arguments[0], ran.returncode, ran.stderr.decode())
        assert ran.returncode == 0, f"{arguments[0]} ended with {ran.returncode}"
        return [json.loads(line) for line in ran.stdout.splitlines()]
