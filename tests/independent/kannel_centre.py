"""A real Kannel (bearerbox, smsbox and its fake message centre) on ports of its own, and what its centre got."""

import contextlib
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse

from running import PATIENCE

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
PASSWORD = "p&w ord"


def need_kannel(name):
    """Ends as a check that cannot run where Kannel is missing."""
    missing = [box for box in ("bearerbox", "smsbox") if not shutil.which(box, path="/usr/sbin:/usr/bin")]
    if missing or not pathlib.Path(FAKESMSC).exists():
        print(f"SKIPPED: {name}: Kannel is missing: apt-get install kannel kannel-extras")
        sys.exit(77)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def configuration(folder, admin, smsbox, sendsms, smsc):
    path = pathlib.Path(folder, "kannel.conf")
    path.write_text(f"""
group = core
admin-port = {admin}
admin-password = admin
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
admin-interface = 127.0.0.1
store-location = "{folder}/store"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
sendsms-chars = "0123456789+"

group = sendsms-user
username = countersign
password = "{PASSWORD}"
max-messages = 10
concatenation = true

group = sms-service
keyword = default
text = "no"
""")
    return path


def started(stack, folder, name, *command):
    """A program of its own, ended with the `with`; its output is kept for the log."""
    log = open(pathlib.Path(folder, f"{name}.log"), "w")
    stack.callback(log.close)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL,
                               start_new_session=True)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def wait_for_port(port):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


def in_arabic(parts):
    """The text of a message in parts, each with its header: `from to udh HEADER data UNITS`."""
    whole, headers = b"", []
    for part in parts:
        _from, _to, kind, header, data, units = part.split(" ")
        assert (kind, data) == ("udh", "data"), part
        headers.append(urllib.parse.unquote_to_bytes(header))
        content = urllib.parse.unquote_to_bytes(units.replace("+", " "))
        assert len(content) <= 134, len(content)
        whole += content
    assert all(header[:3] == b"\x05\x00\x03" for header in headers), headers
    assert [header[5] for header in headers] == list(range(1, len(parts) + 1)), headers
    return whole.decode("utf-16-be")


class Centre:
    """Runs until the `with` ends, in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.read = folder, 0

    def __enter__(self):
        admin, smsbox, self.port, smsc = free_ports(4)
        with contextlib.ExitStack() as stack:
            conf = str(configuration(self.folder, admin, smsbox, self.port, smsc))
            started(stack, self.folder, "bearerbox", "/usr/sbin/bearerbox", "-v", "1", conf)
            wait_for_port(smsbox)
            wait_for_port(smsc)
            started(stack, self.folder, "smsbox", "/usr/sbin/smsbox", "-v", "1", conf)
            wait_for_port(self.port)
            started(stack, self.folder, "fakesmsc", FAKESMSC, "-v", "0", "-H", "127.0.0.1", "-r", str(smsc), "-m", "0",
                    "1 2 text x")
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def carries(self, server, *whose):
        """Has a server's short messages go this way: those of a tenant, or `--platform`."""
        secret = pathlib.Path(self.folder, "secret")
        secret.write_text(f"{PASSWORD}\n")
        server.run("provider", "set", "sms", "http", *whose, "--preset", "kannel", "--url", f"http://127.0.0.1:{self.port}",
                   "--from", "12345", "--user", "countersign", "--password-file", str(secret), "--countries", "US",
                   "--per-day", "100")

    def got(self):
        """What the fake centre got: the parts of lines such as `Got message 1: <from to kind …>`."""
        log = pathlib.Path(self.folder, "fakesmsc.log")
        return re.findall(r"Got message \d+: <(.*)>", log.read_text(errors="replace"))

    def messages(self, count):
        """So many messages, and no more."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self.got()
            if len(found) >= count:
                assert len(found) == count, found
                return found
            time.sleep(0.05)
        raise AssertionError(f"{count} messages did not come; there are {found}")

    def code(self, number):
        """The code in the next message to this number, which is read whole: one in Arabic comes in two parts or more."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            new = [message for message in self.got()[self.read:] if message.split(" ")[1] == number]
            arabic = [message for message in new if message.split(" ")[2] == "udh"]
            if arabic and len(arabic) == urllib.parse.unquote_to_bytes(arabic[0].split(" ")[3])[4]:
                return self.code_in(in_arabic(arabic))
            if new and not arabic:
                return self.code_in(new[0])
            time.sleep(0.05)
        raise AssertionError(f"no message to {number} came; there are {self.got()}")

    def code_in(self, text):
        self.read = len(self.got())
        found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
        assert found, text
        return found[0]
