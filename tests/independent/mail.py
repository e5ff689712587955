"""Lets a real server send codes to aiosmtpd, in English over TLS from the first byte and in Arabic over STARTTLS, with a
login, and reads the mails with Python's own parser. The code in each must be the one that the server takes.

Needs aiosmtpd and cryptography. Usage: python3 tests/independent/mail.py path/to/countersign-server
"""

import email
import email.policy
import json
import pathlib
import queue
import re
import socket
import ssl
import sys
import tempfile

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from authority import certificate
from running import PATIENCE, Server, free_port

LOGIN = LoginPassword(b"mfa@example.org", b"p/ss word")


class Handler:
    def __init__(self):
        self.mails = queue.Queue()

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.put(envelope)
        return "250 taken"


class Tls(Controller):
    """aiosmtpd asks itself once whether it is up; with a certificate of our own that takes a context of our own."""

    def _trigger_server(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port), PATIENCE) as plain:
            with context.wrap_socket(plain) as secured:
                assert secured.recv(1024).startswith(b"220")


def read(envelope, language):
    """The code in a mail, after a look at everything else."""
    assert (envelope.mail_from, envelope.rcpt_tos) == ("mfa@example.org", ["alice@example.org"])
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert not message.defects, message.defects
    assert message.get_content_type() == "multipart/alternative"
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"] and message["Date"].datetime
    text, page = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    code = re.search(r"^ +(\d{6})\r?$", text, re.MULTILINE)[1]
    assert f">{code}<" in page and f'lang="{language}"' in page, page
    assert ('dir="rtl"' in page) == (language == "ar"), page
    assert not any(code in value for value in message.values()), "the code is in no header"
    assert "Example" in message["Subject"] and "Example" in text
    return code


def tell(server, folder, url, root):
    """Makes the mail server the one of all tenants. Its address holds the login, so it goes through a file."""
    secret = pathlib.Path(folder, "smtp-url")
    secret.write_text(url + "\n")
    server.run("provider", "set", "email", "--platform", "--smtp-url-file", str(secret),
               "--from", "Example <mfa@example.org>", "--ca", str(root))


def code_arrives(server, handler, user, language):
    server.headers["Accept-Language"] = language
    issued = server.post("/api/v1/users/enroll", user_ref=user, email="alice@example.org", challenge="email_otp")
    code = read(handler.mails.get(timeout=PATIENCE), language)
    reply = server.post("/api/v1/devices/verify-enrollment", token=issued["enrollment_token"], code=code)
    assert reply == {"verified": True}, reply


def main():
    handler = Handler()
    with tempfile.TemporaryDirectory() as folder:
        files = certificate(folder)
        root, context = files.root, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        authenticate = lambda _server, _session, _envelope, _mechanism, given: AuthResult(success=given == LOGIN)
        login = {"authenticator": authenticate, "auth_required": True}
        kinds = [
            ("en", "smtps", lambda port: Tls(handler, "127.0.0.1", port, ssl_context=context, auth_require_tls=False,
                                             **login)),
            ("ar", "smtp+starttls", lambda port: Controller(handler, "127.0.0.1", port, tls_context=context,
                                                            require_starttls=True, **login)),
        ]
        for language, scheme, make in kinds:
            port = free_port()
            controller = make(port)
            controller.start()
            try:
                with Server(sys.argv[1]) as server:
                    url = f"{scheme}://mfa%40example.org:p%2Fss%20word@localhost:{port}"
                    tell(server, folder, url, root)
                    code_arrives(server, handler, "alice", language)
                    shown = json.dumps(server.run("provider", "show", "--platform", "email"))
                    assert "ss word" not in shown and "p%2F" not in shown, shown
            finally:
                controller.stop()
    assert handler.mails.empty(), "one mail, once"
    print("note: mail: codes in English over TLS and in Arabic over STARTTLS with a login, read by Python's parser and "
          "taken by the server")


if __name__ == "__main__":
    main()
