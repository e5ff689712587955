"""Where codes arrive in checks: a mail server by aiosmtpd, and a gateway for short messages."""

import contextlib
import email
import email.policy
import http.server
import pathlib
import queue
import re
import threading
import urllib.parse

from aiosmtpd.controller import Controller

from running import PATIENCE, free_port

SENDER = "mfa@example.org"


class Inbox:
    """Texts by whom they are for, in the order in which they came."""

    def __init__(self):
        self.texts = {}

    def of(self, recipient):
        return self.texts.setdefault(recipient, queue.Queue())

    def code(self, recipient):
        """The code in the next text for this person that has one. Notices have none."""
        while True:
            text = self.of(recipient).get(timeout=PATIENCE)
            if found := re.search(r"(?<!\d)\d{6}(?!\d)", text):
                return found[0]


class Mails(Inbox):
    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.of(envelope.rcpt_tos[0]).put(message.get_body(["plain"]).get_content())
        return "250 taken"


class Gateway(http.server.BaseHTTPRequestHandler):
    """Takes short messages as Kannel does."""

    def do_GET(self):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        body = b"0: Accepted for delivery"
        self.send_response(202)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.inbox.of(asked["to"]).put(asked["text"])

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def mail_server():
    """A mail server that nobody knows of yet: its mails, and its port."""
    inbox, port = Mails(), free_port()
    controller = Controller(inbox, "127.0.0.1", port)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


@contextlib.contextmanager
def mails(server, folder):
    """A mail server for all tenants of this server."""
    with mail_server() as (inbox, port):
        url = pathlib.Path(folder, "smtp-url")
        url.write_text(f"smtp://127.0.0.1:{port}\n")
        server.run("provider", "set", "email", "--platform", "--smtp-url-file", str(url), "--from", f"Example <{SENDER}>")
        yield inbox


@contextlib.contextmanager
def short_messages(server, folder):
    """A gateway for all tenants of this server, which needs `webhook_allow_networks`."""
    gateway = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    gateway.inbox = Inbox()
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    try:
        secret = pathlib.Path(folder, "gateway-secret")
        secret.write_text("secret\n")
        server.run("provider", "set", "sms", "http", "--platform", "--preset", "kannel",
                   "--url", f"http://127.0.0.1:{gateway.server_port}", "--from", "12345", "--user", "countersign",
                   "--password-file", str(secret), "--countries", "US", "--per-day", "100")
        yield gateway.inbox
    finally:
        gateway.shutdown()
        gateway.server_close()
