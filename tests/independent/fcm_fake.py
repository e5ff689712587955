"""Checks our fake of Google's push service with a client that is not ours: firebase-admin, with google-auth, must take from
each of its answers what it would take from Google's. What our own client does is then checked against the fake
(tests/it/delivery/fcm.rs).

Needs firebase-admin. Usage: python3 tests/independent/fcm_fake.py path/to/fake_fcm
"""

import datetime
import os
import sys
import tempfile

import firebase_admin
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import RefreshError

from line_program import Program

DEVICE = "phone:APA91b-_"
ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
DATA = {"challenge": "0190f3c2-1111-7222-8333-444444444444", "title": "A request is waiting", "body": "Open the app."}


def other_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


class Client:
    """firebase-admin under one account."""

    def __init__(self, name, key_file):
        self.app = firebase_admin.initialize_app(credentials.Certificate(key_file), name=name)

    def send(self, device=DEVICE, dry_run=False):
        android = messaging.AndroidConfig(
            priority="high", ttl=datetime.timedelta(seconds=57), collapse_key=DATA["challenge"])
        message = messaging.Message(token=device, data=DATA, android=android)
        return messaging.send(message, dry_run=dry_run, app=self.app)

    def fails(self, kind, *arguments):
        try:
            self.send(*arguments)
        except kind as error:
            assert type(error) is kind, f"{error!r} is no {kind}"
            return error
        raise AssertionError(f"there was no {kind}")


def refusal(status, general, code=None):
    details = [{"@type": ERROR, "errorCode": code}] if code else []
    return {"error": {"code": status, "message": "said for people", "status": general, "details": details}}


def check(fake, facts):
    client = Client("right", facts["key_file"])
    assert client.send().startswith("projects/example-1234/messages/0:")
    so_far = fake.ask()
    android = {"priority": "high", "ttl": "57s", "collapse_key": DATA["challenge"]}
    assert so_far["pushed"] == [{"token": DEVICE, "data": DATA, "android": android}], so_far
    assert client.send(dry_run=True).endswith("/fake_message_id")

    rows = [
        (404, "NOT_FOUND", "UNREGISTERED", messaging.UnregisteredError),
        (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", messaging.SenderIdMismatchError),
        (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", messaging.QuotaExceededError),
        (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", messaging.ThirdPartyAuthError),
        (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", exceptions.InvalidArgumentError),
        (403, "PERMISSION_DENIED", None, exceptions.PermissionDeniedError),
    ]
    for status, general, code, kind in rows:
        # google-auth asks once more after a 401, so that one is said as often as it asks.
        for _ in range(3 if status == 401 else 1):
            fake.ask(device=f"phone-{code}", status=status, body=refusal(status, general, code))
        client.fails(kind, f"phone-{code}")

    error = client.fails(exceptions.InvalidArgumentError, "not/a/token")
    assert "registration token" in str(error), error

    asked = fake.ask(device=DEVICE, status=503, retry_after="0", body=refusal(503, "UNAVAILABLE", "UNAVAILABLE"))["asked"]
    assert client.send(), "it has tried again"
    assert fake.ask()["asked"] == asked + 2

    grants = fake.ask(forget=True)["grants"]
    assert client.send(), "it has asked for another token"
    assert fake.ask()["grants"] == grants + 1

    stranger = Client("stranger", {**facts["key_file"], "private_key": other_key()})
    assert "Invalid JWT Signature" in str(stranger.fails(RefreshError))
    nobody = Client("nobody", {**facts["key_file"], "client_email": "nobody@example.org"})
    assert "account not found" in str(nobody.fails(RefreshError))
    fake.ask(ahead=7200)
    late = Client("late", facts["key_file"])
    assert "short-lived token" in str(late.fails(RefreshError))
    print(f"note: fake of FCM: firebase-admin {firebase_admin.__version__} took {len(rows) + 1} refusals for what they are, "
          "asked for tokens as Google wants it, and tried again when it had to")


def main():
    with Program(sys.argv[1]) as fake, tempfile.TemporaryDirectory() as folder:
        facts = fake.line()
        authority = f"{folder}/ca.pem"
        with open(authority, "w", encoding="ascii") as file:
            file.write(facts["ca"])
        os.environ["REQUESTS_CA_BUNDLE"] = authority
        messaging._MessagingService.FCM_URL = facts["url"] + "/v1/projects/{0}/messages:send"
        check(fake, facts)


if __name__ == "__main__":
    main()
