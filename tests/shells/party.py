"""What the phones' tests talk to: a relying party and an operator in one, over JSON by POST on the loopback.

Each call forwards to the server's public API or commands. README.md lists them.
"""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import pathlib
import sqlite3
import struct
import sys
import threading
import time
import urllib.parse

from page import Page

LONGEST_WAIT = 60  # seconds until a request must have ended


class Party:
    def __init__(self, server, network):
        self.server = server
        self.network = network
        self.applications, self.pages = {}, {}

    def link(self, user):
        """An invitation for this person."""
        return {"link": self.server.post("/api/v1/users/enroll", user_ref=user, email=email(user))["enrollment_url"]}

    def application(self, policy):
        """Another application, with settings of its own. The server has not seen it yet, so they hold at once."""
        made = self.server.run("application", "create", "--tenant", self.server.tenant, "--name", "Payroll")
        self.server.run("policy", "set", "--tenant", self.server.tenant, "--application", made["client_id"], *policy)
        headers = {"X-Client-ID": made["client_id"], "X-Client-Secret": made["client_secret"]}
        self.applications[made["client_id"]] = headers
        return {"application": made["client_id"]}

    def ask(self, user, message="Sign in", number=False, verify=False, seconds=600, ip=None, application=None):
        """Asks the person. With `number`, the phone has to type what `number` of the reply says."""
        asked = {"user_ref": user, "message": message, "number_match": number, "timeout": seconds}
        asked |= {"risk_profile": 3} if verify else {}
        asked |= {"context": {"ip": ip}} if ip else {}
        headers = self.applications[application] if application else None
        sent = self.server.call("POST", "/api/v1/mfa/send", asked, headers)
        return {"id": sent["session_id"], "number": sent.get("number"), "status": sent["status"]}

    def sign_in(self, user, message="Sign in", seconds=600):
        """Opens a sign-in page, which asks the person: its QR code is for a phone without a network. `forged` is what such a
        code would say that somebody else has made of the same question."""
        page = Page(self.server, email(user), message, seconds)
        self.pages[page.channel] = page
        payload = self.newest_question().split(".")[1]
        question = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        picture = base64.b64encode(page.picture()).decode()
        forged = offline_text(signature=b"forged! " * 8, payload=question)
        return {"page": page.channel, "id": json.loads(question)["jti"], "picture": picture, "forged": forged}

    def newest_question(self):
        """As the server has signed it."""
        (database,) = pathlib.Path(self.server.environment["COUNTERSIGN_DATA_DIR"]).glob("*.db")
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT challenge_jws FROM prompts ORDER BY challenge_id DESC LIMIT 1").fetchone()[0]

    def type(self, page, digits):
        """Types the digits that the phone shows into that page."""
        return {"status": self.pages[page].type(digits)}

    def verify(self, id, code):
        """Types the code that the phone shows into the login page."""
        return {"status": self.server.call("POST", "/api/v1/mfa/verify", {"session_id": id, "code": code})["status"]}

    def result(self, id):
        """How the request ended; waits until it has."""
        ends = time.monotonic() + LONGEST_WAIT
        while True:
            told = self.server.call("GET", f"/api/v1/mfa/status/{id}?wait=30")
            if told["status"] != "pending" or time.monotonic() > ends:
                return {"status": told["status"]}

    def cancel(self, id):
        """Takes the request back."""
        return {"status": self.server.call("DELETE", f"/api/v1/mfa/cancel/{id}")["status"]}

    def devices(self, user):
        """The person's devices as the server knows them."""
        listed = self.server.call("GET", f"/api/v1/devices/user/{urllib.parse.quote(user, safe='')}")["devices"]
        return {"devices": [{"name": one["device_name"], "confirmation_code": one["confirmation_code"],
                             "attestation": (one["attestation"] or {}).get("format")} for one in listed]}

    def codes(self, secret, digits=6, period=30):
        """The TOTP codes (SHA-1) of now, of the step before and of the one after, by Python's own HMAC."""
        step = int(time.time()) // period
        return {"codes": [totp(base64.b32decode(secret), at, digits) for at in (step - 1, step, step + 1)]}

    def cut(self, up):
        self.network.set(up)
        return {}

    CALLS = {"/link": link, "/application": application, "/ask": ask, "/verify": verify, "/result": result,
             "/cancel": cancel, "/devices": devices, "/codes": codes, "/network": cut, "/sign-in": sign_in, "/type": type}

    def serve(self):
        """Starts to listen, and returns the address."""
        party = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                try:
                    status, told = 200, Party.CALLS[self.path](party, **asked)
                except Exception as error:  # a test that asks for the wrong thing is told so, and goes red
                    status, told = 500, {"error": f"{self.path} {asked}: {error!r}"}
                    print(told["error"], file=sys.stderr)
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                # Said, too: not every client knows that HTTP/1.0 ends the connection, and the next call would break.
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{listener.server_port}"


def email(user):
    """Each person has an address of their own, whatever their name."""
    return f"{hashlib.sha256(user.encode()).hexdigest()[:16]}@example.org"


def offline_text(signature, payload):
    """A question as docs/offline.md writes it: the signature and the payload as decimal digits, seven bytes at a time."""
    data = signature + payload
    chunks = [data[at:at + 7] for at in range(0, len(data), 7)]
    digits = [0, 3, 5, 8, 10, 13, 15, 17]
    return "COUNTERSIGN://OFFLINE/1" + "".join(str(int.from_bytes(c, "little")).zfill(digits[len(c)]) for c in chunks)


def totp(secret, step, digits):
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return str((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 10**digits).zfill(digits)
