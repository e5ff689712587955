"""A real server that speaks Auth0's MFA API at `localhost`: a tenant that issues tokens, an application, people with
passwords, and whatever carries codes to them. Everything is made by the commands that an operator uses."""

import contextlib
import copy
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

from authority import certificate
from inboxes import mails, short_messages
from running import Server, Terminal, free_port

PASSWORD = "a quiet afternoon in Riyadh"
NUMBER = "+12025550123"
ORIGIN = "https://app.example.org"
ENOUGH = 10  # seconds in which a code is typed and checked


class Auth0Server(Server):
    """The server, over TLS unless `plain`; until the `with` ends."""

    def __init__(self, program, terminal, plain=False):
        self.terminal_program, self.plain, self.people = terminal, plain, 0
        self.domain = f"localhost:{free_port()}"
        self.origin = f"{'http' if plain else 'https'}://{self.domain}"
        self.mfa = f"{self.origin}/mfa/"
        super().__init__(program, listen=self.domain.replace("localhost", "127.0.0.1"), public_url=self.origin,
                         webhook_allow_networks="127.0.0.0/8")

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = stack.enter_context(tempfile.TemporaryDirectory())
            self.files = None if self.plain else certificate(self.folder)
            if self.files:
                tls = {"TLS_CERT": str(self.files.certificate), "TLS_KEY": str(self.files.key)}
                self.settings.update({f"COUNTERSIGN_{name}": value for name, value in tls.items()})
            super().__enter__()
            stack.callback(super().__exit__)
            self.client_id, self.client_secret = self.headers["X-Client-ID"], self.headers["X-Client-Secret"]
            self.speaks_auth0(self.client_id)
            self.run("tenant", "issuer", "--tenant", self.tenant, "--host", self.domain)
            # Two steps to each side, so that one seed gives several codes without waiting, and no rest between pushes.
            self.policy("totp_window=2", "pushes_per_minute=0")
            self.mails = stack.enter_context(mails(self, self.folder))
            self.messages = stack.enter_context(short_messages(self, self.folder))
            self.rest = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.rest.close()

    def speaks_auth0(self, application):
        self.run("application", "oauth", "--application", application, "--flavour", "auth0", "--origin", ORIGIN)

    def policy(self, *settings):
        self.run("policy", "set", "--tenant", self.tenant, *settings)

    def bound(self):
        """The same server for another application, whose pushes are bound by a code that the phone shows."""
        other = copy.copy(self)
        made = self.run("application", "create", "--tenant", self.tenant, "--name", "Vault")
        other.client_id, other.client_secret = made["client_id"], made["client_secret"]
        self.speaks_auth0(other.client_id)
        self.policy("--application", other.client_id, "number_kind=show")
        return other

    def person(self, name):
        """A person with an address and a password. Each check has people of its own."""
        address = f"{name}@example.org"
        self.run("user", "create", "--tenant", self.tenant, "--email", address, password=PASSWORD)
        return address

    def phone(self):
        """A terminal authenticator with an empty vault, in place of a phone."""
        self.people += 1
        folder = pathlib.Path(self.folder, f"phone-{self.people}")
        folder.mkdir()
        return Terminal(self.terminal_program, folder, *(["--ca", str(self.files.root)] if self.files else []))


class Seed:
    """Codes of oathtool for one seed. Each code is of a later step than the one before, as none may be used twice."""

    def __init__(self, uri):
        fields = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)
        self.secret, self.last = fields["secret"][0], 0

    def code(self):
        # The step before is taken as well, which leaves two more codes; but only until the present step is over.
        left = 30 - time.time() % 30
        if left < ENOUGH:
            time.sleep(left)
        step = int(time.time()) // 30
        self.last = max(self.last + 1, step - 1)
        assert self.last <= step + 2, "so many codes cannot be had without waiting"
        return self.at(self.last)

    def wrong(self):
        """A code that is of no step near now."""
        step = int(time.time()) // 30
        near = {self.at(step + offset) for offset in range(-3, 5)}
        return next(code for number in range(1_000_000) if (code := f"{number:06}") not in near)

    def at(self, step):
        command = ["oathtool", "--totp", "--base32", f"--now=@{step * 30}", self.secret]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def need(name, *tools):
    """Ends as a check that cannot run where one of Debian's tools is missing."""
    for tool in tools:
        if not shutil.which(tool):
            print(f"SKIPPED: {name}: {tool} is missing: apt-get install {tool}")
            sys.exit(77)
