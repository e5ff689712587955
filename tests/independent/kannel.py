"""Sends short messages through a real Kannel (bearerbox, smsbox and its fake message centre): English in one message, Arabic
in several, with delivery reports that come back to the server. The commands are the operator's own.

Needs Debian's kannel and kannel-extras. Usage: python3 tests/independent/kannel.py path/to/countersign-server
"""

import contextlib
import http.server
import queue
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request

from kannel_centre import Centre, in_arabic, need_kannel
from running import PATIENCE, Server, free_port

TO = "+12025550123"


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


def check(server, centre):
    came = server.run("provider", "test", "sms", "--tenant", server.tenant, "--to", TO)
    assert (came["taken"], came["status"]) == (True, 202), came
    [english] = centre.messages(1)
    assert english.startswith(f"12345 {TO} text ") and "000000" in english, english
    server.run("provider", "test", "sms", "--tenant", server.tenant, "--to", TO, "--arabic")
    arabic = in_arabic(centre.messages(3)[1:])
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


@contextlib.contextmanager
def running(program):
    """Kannel and the server, whose messages go there; with the log in which the fake centre notes what it gets."""
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
        server = stack.enter_context(Server(program, webhook_allow_networks="127.0.0.0/8", listen=f"127.0.0.1:{own}",
                                            public_url=f"http://127.0.0.1:{public.server_port}"))
        secret = pathlib.Path(folder, "secret")
        secret.write_text("p&w ord\n")
        server.run("provider", "set", "sms", "http", "--tenant", server.tenant, "--preset", "kannel",
                   "--url", f"http://127.0.0.1:{sendsms}", "--from", "12345", "--user", "countersign",
                   "--password-file", str(secret), "--countries", "US", "--per-day", "100")
        yield server, pathlib.Path(folder, "fakesmsc.log")


def main():
    with running(sys.argv[1]) as (server, log):
        check(server, log)
    print("note: Kannel: one message in English, one in Arabic in two parts, and both reported")


if __name__ == "__main__":
    main()
