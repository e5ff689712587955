"""Somebody at a terminal: runs a command line as it was copied from a page, reads what it says, and types."""

import os
import pty
import re
import select
import signal
import termios
import time

from running import PATIENCE

# What a program says to the terminal instead of to the person in front of it.
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|[\r\x00\x07]")

SIZE = (40, 120)  # lines and columns


class Typist:
    """A shell with one command line, until the `with` ends. Its home is a folder of its own."""

    def __init__(self, line, home, **variables):
        self.line, self.said, self.read = line, "", 0
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8", **variables}

    def __enter__(self):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execvpe("bash", ["bash", "-c", self.line], self.environment)
        termios.tcsetwinsize(self.terminal, SIZE)
        return self

    def __exit__(self, *_):
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)

    def _hear(self, until):
        ready, _, _ = select.select([self.terminal], [], [], max(0, until - time.monotonic()))
        assert ready, f"{self.line}: nothing new was said; so far: {self.said}"
        try:
            heard = os.read(self.terminal, 65536)
        except OSError:  # Linux's word for an end
            heard = b""
        self.said += CONTROL.sub("", heard.decode(errors="replace"))
        return bool(heard)

    def says(self, pattern):
        """Waits until this was said, after what was waited for before."""
        until = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.said[self.read:])):
            assert self._hear(until), f"{self.line}: it ended without {pattern}: {self.said}"
        self.read += found.end()
        return found

    def types(self, text):
        os.write(self.terminal, text.encode() + b"\n")

    def ends(self):
        """Waits for the end, and says how it came."""
        until = time.monotonic() + PATIENCE
        while self._hear(until):
            pass
        _, status = os.waitpid(self.process, 0)
        self.process = None
        return os.waitstatus_to_exitcode(status)
