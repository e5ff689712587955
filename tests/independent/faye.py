"""Acceptto's samples wait for the end of a sign-in with Faye's client. Here that client, from npm, listens to a real server:
it hears of a sign-in that ends while it waits, and of one that had ended before; a channel that is none is refused.

Needs Node, with faye in a folder. Usage: python3 tests/independent/faye.py path/to/countersign-server FOLDER
"""

import json
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from line_program import Program
from running import PATIENCE, Server

KIM = "kim@example.org"


class SignIn:
    """A sign-in of kim's, in a browser of its own."""

    def __init__(self, server):
        asked = {"uid": server.headers["X-Client-ID"], "secret": server.headers["X-Client-Secret"], "email": KIM}
        address = f"{server.url}/api/v9/authenticate_with_options?{urllib.parse.urlencode(asked)}"
        with urllib.request.urlopen(address, timeout=PATIENCE) as reply:
            self.channel = json.load(reply)["channel"]
        self.server = server
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = f"{server.url}/mfa/index?{urllib.parse.urlencode({'channel': self.channel})}"
        self.browser.open(page, timeout=PATIENCE).close()

    def cancel(self):
        form = urllib.parse.urlencode({"channel": self.channel}).encode()
        self.browser.open(f"{self.server.url}/mfa/cancel", form, timeout=PATIENCE).close()


def main():
    program, packages = map(pathlib.Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder, Server(program) as server:
        # Modules are looked for beside the script that asks for them.
        pathlib.Path(folder, "node_modules").symlink_to((packages / "node_modules").resolve())
        script = shutil.copy(pathlib.Path(__file__).parent / "node" / "faye_client.mjs", folder)
        server.run("user", "create", "--tenant", server.tenant, "--user-ref", KIM, "--email", KIM)

        def listening(channel):
            return Program("node", script, server.url, channel)

        waited_for, over = SignIn(server), SignIn(server)
        with listening(waited_for.channel) as client:
            assert client.line() == {"event": "subscribed"}
            begun = time.monotonic()
            waited_for.cancel()
            assert client.line() == {"event": "message", "message": {"finished": True}}
            print(f"heard {time.monotonic() - begun:.3f} s after the sign-in had ended")
            assert client.line() == {"event": "disconnected"}
        over.cancel()
        with listening(over.channel) as client:
            told = {json.dumps(client.line()) for _ in range(2)}
            assert told == {'{"event": "subscribed"}', '{"event": "message", "message": {"finished": true}}'}, told
        with listening(over.channel[:-1] + "x") as client:
            assert client.line() == {"event": "refused", "code": 403}


main()
