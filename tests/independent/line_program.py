"""A program that answers each line of JSON with one, until its input ends."""

import json
import os
import select
import subprocess

PATIENCE = 60  # seconds for anything at all; reached only when something hangs


class Program:
    """Runs until the `with` ends."""

    def __init__(self, *command, **environment):
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1, env={**os.environ, **environment})

    def line(self):
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert ready, f"nothing was said for {PATIENCE} s"
        return json.loads(self.process.stdout.readline())

    def ask(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        return self.line()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
