"""Stands in for Twilio: takes a short message from a real server, and reports on it under signatures that Twilio's own
library makes. The server must take those and no others.

Needs twilio. Usage: python3 tests/independent/twilio_signature.py path/to/countersign-server
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

from twilio.request_validator import RequestValidator

from running import PATIENCE, Server

ACCOUNT, TOKEN = "AC" + "0a" * 16, "f0" * 16
asked = queue.Queue()


class Twilio(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
        asked.put((self.path, self.headers["Authorization"], {name: value[0] for name, value in form.items()}))
        body = json.dumps({"sid": "SM" + "1b" * 16, "status": "queued"}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def report(url, fields, signature):
    """The status that the server answers a report with."""
    headers = {"X-Twilio-Signature": signature}
    request = urllib.request.Request(url, urllib.parse.urlencode(fields).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def check(server):
    came = server.run("provider", "test", "sms", "--tenant", server.tenant, "--to", "+12025550123")
    assert came["reference"] == "SM" + "1b" * 16, came
    path, login, form = asked.get(timeout=PATIENCE)
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", path
    assert login == "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert (form["To"], form["From"]) == ("+12025550123", "+15005550006") and "000000" in form["Body"], form
    url = form["StatusCallback"]
    fields = {"MessageSid": came["reference"], "MessageStatus": "delivered", "To": "+12025550123", "ErrorCode": ""}
    fields = {name: value for name, value in fields.items() if value}
    right = RequestValidator(TOKEN).compute_signature(url, fields)
    assert report(url, fields, right) == 204
    other = RequestValidator("0" * 32).compute_signature(url, fields)
    for name, signature, said in [("none", "", fields), ("another account's", other, fields),
                                  ("of other fields", right, {**fields, "MessageStatus": "failed"})]:
        assert report(url, said, signature) == 404, name


def main():
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Twilio)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder, Server(sys.argv[1], webhook_allow_networks="127.0.0.0/8") as server:
        # A command beside the server must tell the same address as the server does.
        server.environment["COUNTERSIGN_PUBLIC_URL"] = server.url
        secret = pathlib.Path(folder, "token")
        secret.write_text(TOKEN + "\n")
        server.run("provider", "set", "sms", "twilio", "--tenant", server.tenant, "--account-sid", ACCOUNT,
                   "--auth-token-file", str(secret), "--from", "+15005550006", "--countries", "US", "--per-day", "100",
                   "--endpoint", f"http://127.0.0.1:{listener.server_port}")
        check(server)
    listener.shutdown()
    print("note: Twilio: a message asked for, and its report taken under the signature of Twilio's library")


if __name__ == "__main__":
    main()
