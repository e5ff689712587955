"""Sends short messages through a real Kannel (bearerbox, smsbox and its fake message centre): English in one message, Arabic
in several, with delivery reports that come back to the server. The commands are the operator's own.

Needs Debian's kannel and kannel-extras. Usage: python3 tests/independent/kannel.py path/to/countersign-server
"""

import contextlib
import http.server
import pathlib
import queue
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from running import PATIENCE, Server

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
TO = "+12025550123"


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
password = "p&w ord"
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


def messages(log, count):
    """So many messages as the fake centre got them: the parts of a line such as `Got message 1: <from to kind …>`."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = re.findall(r"Got message \d+: <(.*)>", log.read_text(errors="replace"))
        if len(found) >= count:
            assert len(found) == count, found
            return found
        time.sleep(0.05)
    raise AssertionError(f"{count} messages did not come; there are {found}")


class Reports(http.server.BaseHTTPRequestHandler):
    """Stands at the server's public address, and passes on what Kannel reports."""

    server_url, seen = "", queue.Queue()

    def do_GET(self):
        try:
            with urllib.request.urlopen(self.server_url + self.path, timeout=PATIENCE) as reply:
                status = reply.status
        except urllib.error.HTTPError as error:
            status = error.code
        self.seen.put((self.path, status))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


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


def check(server, log):
    came = server.run("provider", "test", "sms", "--tenant", server.tenant, "--to", TO)
    assert (came["taken"], came["status"]) == (True, 202), came
    [english] = messages(log, 1)
    assert english.startswith(f"12345 {TO} text ") and "000000" in english, english
    server.run("provider", "test", "sms", "--tenant", server.tenant, "--to", TO, "--arabic")
    arabic = in_arabic(messages(log, 3)[1:])
    assert "000000" in arabic and "رمز" in arabic, arabic
    reported = set()
    while len(reported) < 2:
        path, status = Reports.seen.get(timeout=PATIENCE)
        report = urllib.parse.urlsplit(path)
        assert report.path.startswith("/api/v1/delivery/receipts/"), path
        assert urllib.parse.parse_qs(report.query)["status"][0] in {"1", "4", "8"}, path
        assert status == 204, (path, status)
        reported.add(report.path)
    # An address that Kannel was not told is nobody's.
    path = reported.pop()
    forged = path[:-1] + ("A" if path[-1] != "A" else "B")
    try:
        urllib.request.urlopen(f"{Reports.server_url}{forged}?status=1", timeout=PATIENCE)
        raise AssertionError("a forged report was taken")
    except urllib.error.HTTPError as error:
        assert error.code == 404, error


def main():
    missing = [name for name in ("bearerbox", "smsbox") if not shutil.which(name, path="/usr/sbin:/usr/bin")]
    if missing or not pathlib.Path(FAKESMSC).exists():
        print("SKIPPED: short messages through Kannel: Kannel is missing: apt-get install kannel kannel-extras")
        sys.exit(77)
    admin, smsbox, sendsms, smsc, own = free_ports(5)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        conf = str(configuration(folder, admin, smsbox, sendsms, smsc))
        started(stack, folder, "bearerbox", "/usr/sbin/bearerbox", "-v", "1", conf)
        wait_for_port(smsbox)
        wait_for_port(smsc)
        started(stack, folder, "smsbox", "/usr/sbin/smsbox", "-v", "1", conf)
        wait_for_port(sendsms)
        started(stack, folder, "fakesmsc", FAKESMSC, "-v", "0", "-H", "127.0.0.1", "-r", str(smsc), "-m", "0", "1 2 text x")
        public = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reports)
        stack.callback(public.server_close)
        stack.callback(public.shutdown)
        threading.Thread(target=public.serve_forever, daemon=True).start()
        Reports.server_url = f"http://127.0.0.1:{own}"
        server = stack.enter_context(Server(sys.argv[1], webhook_allow_networks="127.0.0.0/8", listen=f"127.0.0.1:{own}",
                                            public_url=f"http://127.0.0.1:{public.server_port}"))
        secret = pathlib.Path(folder, "secret")
        secret.write_text("p&w ord\n")
        server.run("provider", "set", "sms", "http", "--tenant", server.tenant, "--preset", "kannel",
                   "--url", f"http://127.0.0.1:{sendsms}", "--from", "12345", "--user", "countersign",
                   "--password-file", str(secret), "--countries", "US", "--per-day", "100")
        check(server, pathlib.Path(folder, "fakesmsc.log"))
    print("note: Kannel: one message in English, one in Arabic in two parts, and both reported")


if __name__ == "__main__":
    main()
