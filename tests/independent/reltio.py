"""Sends the requests of Reltio's MFA setup as its documentation writes them, to a real server. The QR code is read by zbar and
the codes are made by oathtool, which share no code with us: the right one verifies, and is used up with it.

Needs Debian's zbar-tools and oathtool. Usage: python3 tests/independent/reltio.py path/to/countersign-server
"""

import base64
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

from running import PASSWORD, PATIENCE, Server, free_port

SAM = "sam@example.org"


def oathtool(secret, at):
    command = ["oathtool", "--totp", "--base32", f"--now=@{at}", secret]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


class Reltio(Server):
    """A server whose tenant issues tokens as `localhost`, with one client that speaks Reltio's words, and sam."""

    def __init__(self, program):
        self.host = f"localhost:{free_port()}"
        listen = self.host.replace("localhost", "127.0.0.1")
        super().__init__(program, listen=listen, public_url=f"http://{self.host}")

    def __enter__(self):
        super().__enter__()
        client = self.headers["X-Client-ID"]
        self.run("application", "oauth", "--application", client, "--flavour", "reltio")
        self.run("tenant", "issuer", "--tenant", self.tenant, "--host", self.host)
        self.run("user", "create", "--tenant", self.tenant, "--email", SAM, password=PASSWORD)
        pair = f"{client}:{self.headers['X-Client-Secret']}"
        self.basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        return self

    def ask(self, method, path, headers, body=None):
        """One request, and its status, content type and body."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        read = reply.status, reply.headers["Content-Type"], reply.read()
        connection.close()
        print(method, path, read[0])
        return read

    def token(self, **parameters):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = self.ask("POST", "/oauth/token", {**self.basic, **form}, urllib.parse.urlencode(parameters))
        return status, json.loads(body)

    def login(self):
        status, told = self.token(grant_type="password", username=SAM, password=PASSWORD)
        assert status == 200, told
        return told


def seed_in(picture):
    """The seed in a QR code, as zbar reads it."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "qr.png")
        file.write_bytes(picture)
        read = subprocess.run(["zbarimg", "--raw", "-q", str(file)], capture_output=True, text=True, check=True).stdout
    link = urllib.parse.urlsplit(read.strip())
    assert (link.scheme, link.netloc) == ("otpauth", "totp"), read
    return urllib.parse.parse_qs(link.query)["secret"][0]


def check(server):
    tokens = server.login()
    assert tokens["token_type"] == "bearer" and tokens["refresh_token"], tokens
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    status, kind, picture = server.ask("PUT", "/users/mfa/associateQRCode?mfatype=AUTHENTICATOR", bearer)
    assert (status, kind) == (200, "image/png"), picture
    secret = seed_in(picture)

    def verify(code):
        payload = '{\n    "mfatype": "AUTHENTICATOR",\n    "totp": "%s"\n}' % code
        return server.ask("PUT", "/users/mfa/verifyQRCodeEnroll", bearer, payload)[0]

    now = int(time.time())
    near = {oathtool(secret, now + 30 * step) for step in range(-2, 4)}
    wrong = next(code for number in range(1_000_000) if (code := f"{number:06}") not in near)
    assert verify(wrong) == 400
    code = oathtool(secret, int(time.time()))
    assert verify(code) == 200
    assert verify(code) == 404, "nothing waits any more"
    status, _, body = server.ask("GET", "/oauth/users/mfaDetails", bearer)
    expected = {"AUTHENTICATOR": {"verified": True}, "EMAIL": {"verified": False}}
    assert json.loads(body) == {"availables": ["AUTHENTICATOR", "EMAIL"], "details": expected}, body

    waits = server.login()
    login = waits["state_token"]["token"]
    inner = {"mfaType": "AUTHENTICATOR", "expires_in": "600", "status": "VERIFY", "token": login}
    assert waits == {"expires_in": 599, "state_token": inner}, waits
    status, refused = server.token(grant_type="state_token", state_token=login, totp=code)
    assert status == 400, f"a code that was used is answered with {refused}"
    later = oathtool(secret, int(time.time()) + 30)
    status, told = server.token(grant_type="state_token", state_token=login, totp=later)
    assert status == 200 and told["access_token"], told


def main():
    for tool, package in [("zbarimg", "zbar-tools"), ("oathtool", "oathtool")]:
        if not shutil.which(tool):
            print(f"SKIPPED: Reltio, by zbar and oathtool: {tool} is missing: install {package}")
            sys.exit(77)
    with Reltio(sys.argv[1]) as server:
        check(server)
    print("note: Reltio: zbar read the picture, oathtool's code verified it, once; the next one signed in")


if __name__ == "__main__":
    main()
