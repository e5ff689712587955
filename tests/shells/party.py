"""What the phones' tests talk to: a relying party and an operator in one, over JSON by POST on the loopback.

Each call forwards to the server's public API or commands. README.md lists them.
"""

import base64
import hashlib
import hmac
import http.server
import json
import struct
import sys
import threading
import time
import urllib.parse

LONGEST_WAIT = 60  # seconds until a request must have ended


class Party:
    def __init__(self, server, network):
        self.server = server
        self.network = network
        self.applications = {}

    def link(self, user):
        """An invitation for this person."""
        return {"link": self.server.post("/api/v1/users/enroll", user_ref=user)["enrollment_url"]}

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
             "/cancel": cancel, "/devices": devices, "/codes": codes, "/network": cut}

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


def totp(secret, step, digits):
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return str((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 10**digits).zfill(digits)
