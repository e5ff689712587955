"""Starts the server as it is shipped, on nothing but an empty directory, and sees how large it is, what memory it takes
when idle, and that it stops when it is told to. Memory above the limit fails; other figures are only shown.

Usage: python3 tests/independent/server_process.py path/to/countersign-server
"""

import json
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import urllib.request

IDLE_LIMIT = 25_000_000  # bytes resident
PATIENCE = 30  # seconds for anything at all; reached only when something hangs


def line(process):
    """The next line the server prints, as JSON."""
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    assert ready, f"the server said nothing for {PATIENCE} s"
    text = process.stdout.readline()
    assert text, "the server ended without a word; its log is above"
    return json.loads(text)


def resident(process):
    """Bytes of memory that are the process's now, and at most so far."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return [int(re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)[1]) * 1024 for name in ("VmRSS", "VmHWM")]


def get(url):
    with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
        return reply.status, reply.read()


def check(program, folder):
    environment = {"COUNTERSIGN_LISTEN": "127.0.0.1:0", "COUNTERSIGN_DATA_DIR": f"{folder}/data"}
    command = [program, "--json", "serve"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        try:
            listening = line(process)
            assert listening["event"] == "listening", listening
            assert get(listening["url"] + "/healthz") == (200, b"ok\n")
            assert get(listening["url"] + "/readyz") == (200, b"ready\n")
            now, most = resident(process)
            process.send_signal(signal.SIGTERM)
            assert line(process) == {"event": "stopped"}
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
    size = pathlib.Path(program).stat().st_size
    print(f"note: server: program {size / 1e6:.1f} MB, idle memory {now / 1e6:.1f} MB (at most {most / 1e6:.1f} MB)")
    assert now < IDLE_LIMIT, f"idle memory must stay below {IDLE_LIMIT / 1e6:.0f} MB"


def main():
    if not pathlib.Path("/proc/self/status").exists():
        print("SKIPPED: server process: memory is read from /proc, which this system does not have: run it on Linux")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        check(pathlib.Path(sys.argv[1]).resolve(), folder)


if __name__ == "__main__":
    main()
