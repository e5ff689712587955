"""Sends the snippets of Auth0's own page on MFA challenges to a real server: curl's and Python's run as they are printed, the
others as bytes, in the shape in which their languages send them. First with the page's placeholders, then with real values in
their place. Then what a browser asks before it lets a page of another origin call.

Needs curl and oathtool. Usage: python3 tests/independent/auth0_seed.py path/to/countersign-server path/to/countersign
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

from auth0_server import ORIGIN, PASSWORD, Auth0Server, Seed, need
from running import PATIENCE

BODY = '{ "client_id": "YOUR_CLIENT_ID", "challenge_type": "otp", "mfa_token": "Fe26.2**05..." }'
OOB = '{ "client_id": "YOUR_CLIENT_ID", "challenge_type": "oob", "authenticator_id": "sms|dev_s...O", "mfa_token": "Fe26.2**05..." }'
CURL = f"""curl --request POST \\
  --url 'https://YOUR_DOMAIN/mfa/challenge' \\
  --data '{BODY}'"""
PYTHON = r"""import http.client

conn = http.client.HTTPSConnection("")

payload = "{ \"client_id\": \"YOUR_CLIENT_ID\", \"challenge_type\": \"otp\", \"mfa_token\": \"Fe26.2**05...\" }"

conn.request("POST", "/YOUR_DOMAIN/mfa/challenge", payload)

res = conn.getresponse()
data = res.read()

print(data.decode("utf-8"))
"""
# What each language sends besides method, path, host and length, from the snippets on the page.
SHAPES = {
    "Go": ["User-Agent: Go-http-client/1.1", "Accept-Encoding: gzip"],
    "C#": ["Accept: application/json, text/json, text/x-json, text/javascript, application/xml, text/xml",
           "User-Agent: RestSharp/106.0.0.0", "Content-Type: undefined", "Accept-Encoding: gzip, deflate"],
    "Java": ["accept-encoding: gzip", "user-agent: unirest-java/1.3.11", "content-type: text/plain; charset=UTF-8"],
    "Node": ["accept: application/json", "content-type: application/json"],
    "Swift": ["Accept: */*", "Content-Type: application/x-www-form-urlencoded", "User-Agent: App/1 CFNetwork/1410 Darwin/22"],
    "PHP": ["Accept: */*", "Accept-Encoding: deflate, gzip, br", "Content-Type: application/x-www-form-urlencoded"],
    "Ruby": ["Accept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3", "Accept: */*", "User-Agent: Ruby",
             "Content-Type: application/x-www-form-urlencoded"],
}


class Page:
    """The page, with the server in the place of YOUR_DOMAIN, and these values in place of the others."""

    def __init__(self, server, client_id="YOUR_CLIENT_ID", mfa_token="Fe26.2**05...", authenticator="sms|dev_s...O"):
        self.server = server
        self.values = {"YOUR_DOMAIN": server.domain, "YOUR_CLIENT_ID": client_id, "Fe26.2**05...": mfa_token,
                       "sms|dev_s...O": authenticator}

    def filled(self, text):
        for placeholder, value in self.values.items():
            text = text.replace(placeholder, value)
        return text

    def ran(self, *command):
        believing = {"CURL_CA_BUNDLE": str(self.server.files.root), "SSL_CERT_FILE": str(self.server.files.root)}
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE,
                              env={**os.environ, **believing})
        return told.stdout

    def curl(self):
        return json.loads(self.ran("sh", "-c", self.filled(CURL)))

    def python(self):
        return json.loads(self.ran(sys.executable, "-c", self.python_as_printed().replace("/YOUR_DOMAIN/", "/")))

    def python_as_printed(self):
        """The page has the host in the path, and nothing where the host belongs. Only the latter must be mended to run it."""
        snippet = PYTHON.replace('Connection("")', f'Connection("{self.server.domain}")')
        for placeholder, value in list(self.values.items())[1:]:
            snippet = snippet.replace(placeholder, value)
        return snippet

    def sent(self, headers, body):
        """What comes back for these bytes, over TLS: status and JSON."""
        body = self.filled(body)
        host, port = self.server.domain.split(":")
        head = ["POST /mfa/challenge HTTP/1.1", f"Host: {self.server.domain}", *headers, f"Content-Length: {len(body)}"]
        context = ssl.create_default_context(cafile=self.server.files.root)
        with socket.create_connection(("127.0.0.1", int(port)), PATIENCE) as plain:
            with context.wrap_socket(plain, server_hostname=host) as connection:
                connection.sendall("\r\n".join([*head, "", body]).encode())
                answer = connection.makefile("rb")
                status = int(answer.readline().split()[1])
                fields = dict(iter(lambda: read_field(answer), None))
                assert fields["content-type"].startswith("application/json"), fields
                return status, json.loads(answer.read(int(fields["content-length"])))


def read_field(answer):
    line = answer.readline().strip().decode()
    if not line:
        return None
    name, value = line.split(":", 1)
    return name.lower(), value.strip()


def asked(server, path, **body):
    """A request of the application's own, as JSON, and what it is answered."""
    return asked_with(server, path, {}, **body)[1]


def asked_with(server, path, headers, **body):
    request = urllib.request.Request(server.origin + path, json.dumps(body).encode(), headers)
    context = ssl.create_default_context(cafile=server.files.root)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE, context=context) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def signing_in(server, person):
    return asked(server, "/oauth/token", grant_type="password", username=person, password=PASSWORD,
                 client_id=server.client_id, client_secret=server.client_secret)["mfa_token"]


def placeholders(server):
    """What the page says, word by word, gets an error that can be read."""
    page = Page(server)
    assert "nothing at this address" in page.ran(sys.executable, "-c", page.python_as_printed()), "there is no such path"
    answers = [page.curl(), page.python()]
    answers += [page.sent(headers, body)[1] for headers in SHAPES.values() for body in (BODY, OOB)]
    for answer in answers:
        assert answer["error"] and answer["error_description"], answer
    return len(answers)


def real_values(server):
    """With real values, each snippet gets the answer that the page prints."""
    ann = server.person("ann")
    first = signing_in(server, ann)
    _, made = asked_with(server, "/mfa/associate", {"Authorization": f"Bearer {first}"}, authenticator_types=["otp"])
    grant = {"grant_type": "http://auth0.com/oauth/grant-type/mfa-otp", "client_id": server.client_id,
             "client_secret": server.client_secret}
    seed = Seed(made["barcode_uri"])
    assert "access_token" in asked(server, "/oauth/token", mfa_token=first, otp=seed.code(), **grant)
    token = signing_in(server, ann)
    page = Page(server, server.client_id, token)
    answers = [page.curl(), page.python()]
    answers += [page.sent(headers, BODY)[1] for headers in SHAPES.values()]
    for answer in answers:
        assert answer == {"challenge_type": "otp"}, answer
    # The page ends with `otp` as a parameter of /oauth/token.
    assert "access_token" in asked(server, "/oauth/token", mfa_token=token, otp=seed.code(), **grant)
    return len(answers)


def out_of_band(server):
    """The page's second kind of challenge: a short message to the authenticator that is named."""
    sam, number = server.person("sam"), "+12025550158"
    server.run("user", "add-contact", "--tenant", server.tenant, "--user-ref", sam, "sms", number)
    token = signing_in(server, sam)
    request = urllib.request.Request(f"{server.origin}/mfa/authenticators", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=server.files.root)) as reply:
        (there,) = json.load(reply)
    status, answer = Page(server, server.client_id, token, there["id"]).sent(["Content-Type: application/json"], OOB)
    assert status == 200 and list(answer) == ["challenge_type", "oob_code", "binding_method"], (status, answer)
    assert (answer["challenge_type"], answer["binding_method"]) == ("oob", "prompt"), answer
    assert len(server.messages.code(number)) == 6


def cross_origin(server):
    """Before a page calls, the browser asks whether its origin may, by curl here."""
    def preflight(path, origin):
        told = subprocess.run(
            ["curl", "--silent", "--cacert", str(server.files.root), "--request", "OPTIONS", "--header", f"Origin: {origin}",
             "--header", "Access-Control-Request-Method: POST", "--header",
             "Access-Control-Request-Headers: authorization,content-type,auth0-client", "--dump-header", "-",
             "--output", "/dev/null", f"{server.origin}{path}"],
            capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.splitlines()
        fields = dict(line.lower().split(": ", 1) for line in told[1:] if line)
        return int(told[0].split()[1]), fields

    for path in ("/oauth/token", "/mfa/challenge", "/mfa/associate", "/mfa/authenticators"):
        status, fields = preflight(path, ORIGIN)
        assert status in (200, 204) and fields["access-control-allow-origin"] == ORIGIN, (path, status, fields)
        allowed = fields["access-control-allow-headers"]
        assert all(name in allowed for name in ("authorization", "content-type", "auth0-client")), fields
        assert "origin" in fields["vary"], fields
        _, fields = preflight(path, "https://elsewhere.example")
        assert "access-control-allow-origin" not in fields, (path, fields)


def main():
    need("Auth0, the page's own snippets", "curl", "oathtool")
    with Auth0Server(sys.argv[1], sys.argv[2]) as server:
        empty, real = placeholders(server), real_values(server)
        out_of_band(server)
        cross_origin(server)
    print(f"note: Auth0: {empty} snippets of its page with placeholders, {real} with real values, one short message; "
          "preflights of 4 paths")


if __name__ == "__main__":
    main()
