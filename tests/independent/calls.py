"""Lets a real server have somebody called, by a stand-in for Twilio that signs with Twilio's own library, and hears the code in
what the server says. The code that was heard must be the one that the server takes.

Needs twilio. Usage: python3 tests/independent/calls.py path/to/countersign-server
"""

import base64
import http.server
import json
import pathlib
import queue
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

from twilio.request_validator import RequestValidator

from running import PATIENCE, Server

ACCOUNT, TOKEN = "AC" + "0a" * 16, "f0e1d2c3b4a5968778695a4b3c2d1e0f"
NUMBER = "+966501234567"


class Taking(http.server.BaseHTTPRequestHandler):
    """Takes calls as Twilio does."""

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        right = self.headers["Authorization"] == f"Basic {login}"
        right = right and self.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
        body = json.dumps({"sid": "CA" + "0b" * 16, "status": "queued"} if right else {"code": 20003}).encode()
        self.send_response(201 if right else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if right:
            self.server.calls.put(dict(urllib.parse.parse_qsl(form)))

    def log_message(self, *_):
        pass


def ask(url, token, **fields):
    """A request as Twilio makes it, and what it is answered: status and text."""
    signature = RequestValidator(token).compute_signature(url, fields)
    request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode(), {"X-Twilio-Signature": signature})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def heard(twiml):
    """The digits that are said, which must be the same twice."""
    said = [say.text for say in xml.fromstring(twiml).iter("Say")]
    digits = "".join(text for text in said if text.isdigit())
    assert len(digits) == 12 and digits[:6] == digits[6:], twiml
    assert all(say.get("language") == "en-US" for say in xml.fromstring(twiml).iter("Say")), twiml
    return digits[:6]


def main():
    twilio = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    twilio.calls = queue.Queue()
    threading.Thread(target=twilio.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder, Server(sys.argv[1], webhook_allow_networks="127.0.0.0/8") as server:
        secret = pathlib.Path(folder, "token")
        secret.write_text(TOKEN + "\n")
        server.run("provider", "set", "voice", "twilio", "--platform", "--account-sid", ACCOUNT, "--auth-token-file",
                   str(secret), "--from", "+15005550006", "--countries", "SA", "--per-day", "10",
                   "--endpoint", f"http://127.0.0.1:{twilio.server_port}")
        server.post("/api/v1/users/enroll", user_ref="alice")
        added = server.post("/api/v1/users/alice/factors", type="voice", to=NUMBER)
        call = twilio.calls.get(timeout=PATIENCE)
        assert call["To"] == NUMBER and call["From"] == "+15005550006", call
        assert ask(call["Url"], "another token", CallSid="CA1")[0] == 404, "signed by somebody else"
        status, twiml = ask(call["Url"], TOKEN, CallSid="CA1", CallStatus="in-progress", To=NUMBER)
        assert status == 200, twiml
        code = heard(twiml)
        assert not any(code in value for value in call.values()), "the code is not in the request"
        assert ask(call["StatusCallback"], TOKEN, CallSid="CA1", CallStatus="completed")[0] == 204
        confirmed = server.post(f"/api/v1/users/alice/factors/{added['factor']['id']}/verify", code=code)
        print("confirmed", confirmed)
        deliveries = json.dumps(server.run("deliveries", "--tenant", server.tenant, "--channel", "voice"))
        assert '"delivered"' in deliveries and code not in deliveries and NUMBER not in deliveries, deliveries
    twilio.shutdown()
    print("note: calls: one code heard in TwiML, fetched under a signature of Twilio's own library, and taken by the server")


if __name__ == "__main__":
    main()
