"""Checks our fake of Apple's push service with a client that is not ours: @parse/node-apn must take from each of its answers
what it would take from Apple's. What our own client does is then checked against the fake (tests/it/delivery/apns.rs).

Needs Node, and @parse/node-apn in a folder. Usage: python3 tests/independent/apns_fake.py path/to/fake_apns FOLDER
"""

import json
import pathlib
import sys
import uuid

from line_program import Program

CLIENT = pathlib.Path(__file__).parent / "node" / "apns_client.js"
DEVICE = "ab" * 32


def other_key():
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def main():
    fake_program, folder = sys.argv[1:]
    with Program(fake_program) as fake:
        facts = fake.line()
        with Program("node", CLIENT, json.dumps(facts), NODE_PATH=f"{folder}/node_modules") as client:
            check(fake, client, facts)


def check(fake, client, facts):
    pushes = 0

    def push(key=facts["key"], topic=facts["topic"], token=DEVICE, id_=None, **more):
        nonlocal pushes
        pushes += 1
        return client.ask(key=key, topic=topic, token=token, id=id_ or str(uuid.uuid4()), **more)

    def told(status, **body):
        fake.ask(token=DEVICE, status=status, body=body)
        return push()

    id_ = str(uuid.uuid4())
    came = push(id_=id_)
    assert came == {"sent": 1, "id": id_}, came
    assert all(push()["sent"] == 1 for _ in range(20))
    so_far = fake.ask()
    assert (so_far["taken"], so_far["connections"], so_far["tokens"]) == (21, 1, 1), so_far

    def refused(came, status, reason):
        assert (came["sent"], came["status"], came["response"]["reason"]) == (0, status, reason), came
        return came

    # What the fake finds by itself.
    refused(push(token="zz" * 32), 400, "BadDeviceToken")
    refused(push(topic="org.example.other"), 400, "TopicDisallowed")
    refused(push(collapse="x" * 65), 400, "BadCollapseId")
    refused(push(priority=7), 400, "BadPriority")
    refused(push(type="nonsense"), 400, "InvalidPushType")
    refused(push(text="x" * 4096), 413, "PayloadTooLarge")
    refused(push(key=other_key()), 403, "InvalidProviderToken")

    # What it is told to say.
    gone = refused(told(410, reason="Unregistered", timestamp=1_700_000_000_000), 410, "Unregistered")
    assert gone["response"]["timestamp"] == 1_700_000_000_000, gone
    refused(told(400, reason="BadDeviceToken"), 400, "BadDeviceToken")
    refused(told(400, reason="DeviceTokenNotForTopic"), 400, "DeviceTokenNotForTopic")

    # The client's token is called expired: it makes another and pushes again, which the fake takes, as twenty minutes are
    # over. When they are not, it is told so.
    fake.ask(ahead=1_300)
    assert told(403, reason="ExpiredProviderToken")["sent"] == 1
    assert fake.ask()["tokens"] == 3, "two of the client's, and one by another key"
    came = told(403, reason="ExpiredProviderToken")
    assert (came["sent"], came["status"]) == (0, 429), came
    # After an hour nobody has to tell the fake.
    fake.ask(ahead=5_000)
    came = push()
    assert (came["sent"], came["status"], came["error"]) == (0, 403, "ExpiredProviderToken"), came
    print(f"note: apns fake: {pushes} pushes by @parse/node-apn, each answer taken as Apple's")


if __name__ == "__main__":
    main()
