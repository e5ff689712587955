"""Sends short messages by SMPP to a message centre that is not ours (the npm package smpp): English, Arabic in parts, a
receipt that is acknowledged, and what the operator is told when it refuses or goes away.

Needs Node, and smpp in a folder. Usage: python3 tests/independent/smpp_centre.py path/to/countersign-server FOLDER
"""

import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading

from running import PATIENCE, Server

CENTRE = pathlib.Path(__file__).parent / "node" / "smsc.js"


class Centre:
    """The centre, until the `with` ends."""

    def __init__(self, folder):
        environment = {**os.environ, "NODE_PATH": f"{folder}/node_modules"}
        self.process = subprocess.Popen(["node", str(CENTRE)], stdout=subprocess.PIPE, text=True, bufsize=1,
                                        env=environment, start_new_session=True)
        self.said = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.port = self.next("listening")["port"]

    def listen(self):
        for line in self.process.stdout:
            self.said.put(json.loads(line))

    def next(self, *events):
        said = self.said.get(timeout=PATIENCE)
        assert said["event"] in events, (events, said)
        return said

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def send(server, to, *options):
    """One message by the operator's command: what it printed, and what it said was wrong."""
    command = [server.program, "--json", "provider", "test", "sms", "--tenant", server.tenant, "--to", to, *options]
    ran = subprocess.run(command, env=server.environment, capture_output=True, text=True, timeout=PATIENCE)
    print(to, options, ran.returncode, ran.stdout, ran.stderr)
    assert (ran.returncode == 0) == bool(ran.stdout.strip()), "either it was taken, or it is said why not"
    return json.loads(ran.stdout) if ran.returncode == 0 else None, ran.stderr


def use(server, folder, port, password):
    secret = pathlib.Path(folder, "secret")
    secret.write_text(password + "\n")
    server.run("provider", "set", "sms", "smpp", "--tenant", server.tenant, "--host", "127.0.0.1", "--port", str(port),
               "--system-id", "countersign", "--password-file", str(secret), "--from", "Example", "--countries", "US",
               "--per-day", "100")


def check(server, centre, folder):
    use(server, folder, centre.port, "secret08")
    came, _ = send(server, "+12025550123")
    assert (came["status"], came["reference"]) == (0, "peer-1"), came
    assert centre.next("bind") == {"event": "bind", "system_id": "countersign", "version": 0x34, "right": True}
    message = centre.next("message")
    assert (message["to"], message["from"]) == ("12025550123", "Example"), message
    assert (message["data_coding"], message["registered"], message["udh"]) == (0, 1, []), message
    assert "000000" in message["text"], message

    # The receipt is acknowledged while we take leave: in either order.
    last_words(centre)
    came, _ = send(server, "+12025550123", "--arabic")
    assert came["reference"] == "peer-3", came
    centre.next("bind")
    parts = [centre.next("message"), centre.next("message")]
    assert [part["udh"] for part in parts] == [[parts[0]["udh"][0]], [parts[0]["udh"][0][:-2] + "02"]], parts
    assert all(part["data_coding"] == 8 and part["esm_class"] & 0x40 for part in parts), parts
    assert [part["registered"] for part in parts] == [0, 1], parts
    text = "".join(part["text"] for part in parts)
    assert "000000" in text and "رمز" in text, text

    last_words(centre)
    for to, word, ends in [("+12025550158", "throttled", True), ("+12025550111", "bad_number", True),
                           ("+12025550199", "disconnected", False)]:
        came, why = send(server, to)
        assert came is None and f"({word})" in why and to not in why, why
        centre.next("bind")
        centre.next("message")
        if ends:
            centre.next("unbind")
    use(server, folder, centre.port, "wrong")
    came, why = send(server, "+12025550123")
    assert came is None and "(login_refused)" in why and "account that is refused" in why, why
    assert centre.next("bind")["right"] is False


def last_words(centre):
    words = [centre.next("acknowledged", "unbind") for _ in range(2)]
    assert {said["event"] for said in words} == {"acknowledged", "unbind"}, words
    assert all(said.get("status", 0) == 0 for said in words), words


def main():
    program, packages = sys.argv[1:]
    with Centre(packages) as centre, tempfile.TemporaryDirectory() as folder:
        with Server(program, webhook_allow_networks="127.0.0.0/8") as server:
            check(server, centre, folder)
    print("note: SMPP: 2 messages and 3 refusals, over sessions with the npm package smpp")


if __name__ == "__main__":
    main()
