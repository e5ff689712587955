"""Receives webhooks of a real server and checks them with the Standard Webhooks library, which shares no code with us, and
the seed's own signature with Python's hmac. A secret is rotated between two decisions.

Needs standardwebhooks. Usage: python3 tests/independent/webhooks.py path/to/countersign-server path/to/countersign
"""

import hashlib
import hmac
import http.server
import json
import queue
import sys
import tempfile
import threading

from standardwebhooks import Webhook, WebhookVerificationError

from running import PATIENCE, Server, Terminal

received = queue.Queue()
answers = iter([503])  # the first attempt fails; those after it are taken


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.put((body, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(next(answers, 204))
        self.end_headers()

    def log_message(self, *_):
        pass


def refused(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


def check(body, headers, *secrets):
    """Verifies one delivery with each secret; the first is the newest."""
    for secret in secrets:
        assert Webhook(secret).verify(body, headers) == json.loads(body)
        assert refused(secret, body + b" ", headers), "a changed body is refused"
        assert refused(secret, body, {**headers, "webhook-id": "another"}), "another id is refused"
        assert refused(secret, body, {**headers, "webhook-timestamp": "1"}), "an old timestamp is refused"
    expected = "sha256=" + hmac.new(secrets[0].encode(), body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(headers["x-mypass-signature"], expected)
    return json.loads(body)


def decide(server, terminal, decision):
    session = server.post("/api/v1/mfa/send", user_ref="alice", session_ref="txn_9988")["session_id"]
    terminal.run(decision, session)
    return session


def main():
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{listener.server_port}/hook"
    with Server(sys.argv[1], webhook_allow_networks="127.0.0.0/8") as server, tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(sys.argv[2], folder)
        added = server.run("webhook", "add", "--tenant", server.tenant, "--url", url)
        terminal.run("enroll", server.post("/api/v1/users/enroll", user_ref="alice")["enrollment_url"])

        session = decide(server, terminal, "approve")
        first, again = received.get(timeout=PATIENCE), received.get(timeout=PATIENCE)
        told = check(*again, added["secret"])
        assert list(told) == ["event", "session_id", "session_ref", "status", "responded_at"], told
        assert (told["event"], told["session_id"], told["status"]) == ("mfa.response", session, "approved"), told
        assert first[0] == again[0] and first[1]["webhook-id"] == again[1]["webhook-id"], "the same, once more"

        new = server.run("webhook", "rotate-secret", added["webhook_id"])["secret"]
        decide(server, terminal, "deny")
        body, headers = received.get(timeout=PATIENCE)
        assert check(body, headers, new, added["secret"])["status"] == "denied"
        server.run("webhook", "rotate-secret", added["webhook_id"], "--end-old")
        server.run("webhook", "test", added["webhook_id"])
        body, headers = received.get(timeout=PATIENCE)
        assert check(body, headers, new)["event"] == "mfa.ping"
        assert refused(added["secret"], body, headers), "the old secret has ended"
    print("note: webhooks: 4 deliveries verified by standardwebhooks, with one secret and with two")


if __name__ == "__main__":
    main()
