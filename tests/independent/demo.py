"""Uses the demo as somebody does who has just found it: opens its bank in a real browser, enrols the terminal authenticator by
the command that the page shows, signs in by each of the five APIs, and makes one of the shown calls by hand with curl. Its
pictures go to target/screenshots/.

Needs Debian's chromium, curl and oathtool, and the packages of node/package.json.
Usage: python3 tests/independent/demo.py path/to/countersign-demo path/to/countersign FOLDER_OF_NODE_PACKAGES
"""

import contextlib
import json
import pathlib
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

from browser import CHROMIUM, Browser
from running import PATIENCE, Terminal

NAME = "the demo, in Chromium"
PICTURES = pathlib.Path("target/screenshots")


def need():
    tools = ((CHROMIUM, "chromium"), ("node", "nodejs"), ("curl", "curl"), ("oathtool", "oathtool"))
    for tool, package in tools:
        if not shutil.which(tool):
            print(f"SKIPPED: {NAME}: {tool} is missing: apt-get install {package}")
            sys.exit(77)


@contextlib.contextmanager
def staying(program):
    """The demo after its story, and what it said then."""
    command = [program, "--json", "--listen", "127.0.0.1:0", "--demo-listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1)
    try:
        fact = {}
        while fact.get("step") != "staying":
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            assert ready, f"the demo said nothing for {PATIENCE} s"
            line = process.stdout.readline()
            assert line, f"the demo ended with {process.wait()}"
            fact = json.loads(line)
        yield process, fact
    finally:
        process.kill()
        process.communicate()


def oath(uri, earlier=None):
    """The present code of an app's link, by oathtool; not one that was used already."""
    secret = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)["secret"][0]
    # A code is good in the step before its own too, so the next one can be had at once.
    moment = int(time.time()) + (30 if earlier else 0)
    command = ["oathtool", "--totp", "--base32", f"--now=@{moment}", secret]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


class Journeys:
    """One browser, one terminal authenticator, and the bank."""

    def __init__(self, tab, phone, fact):
        self.tab, self.phone, self.fact, self.home = tab, phone, fact, fact["demo_url"]

    def page(self, way):
        self.tab.goto(f"{self.home}{way}")

    def stands(self, mark):
        """Waits until the page says that it stands so; it changes by itself."""
        self.tab.shown(f'main[data-mark="{mark}"]')

    def begin(self, way):
        self.page(way)
        self.tab.click("#begin")

    def is_in(self, name):
        self.stands("in")
        self.tab.click("#calls li:first-child summary")
        self.tab.pictured(f"demo-{name}-in")

    def approve(self, *number):
        self.phone.run("approve", self.phone.waiting(), *number)

    def enrol(self):
        self.tab.goto(self.home)
        self.tab.pictured("demo-start")
        self.tab.click("#enroll")
        self.stands("waiting")
        self.tab.pictured("demo-phone")
        # What the page says is typed, with another program name and vault in front.
        words = shlex.split(self.tab.text("#command"))
        ours = self.phone.run(*words[words.index("enroll"):])
        self.stands("enrolled")
        code = self.tab.text("#confirmation").strip()
        assert code in json.dumps(ours), f"{code} is not what the terminal shows: {ours}"
        self.tab.pictured("demo-phone-enrolled")

    def mypass(self):
        self.begin("mypass")
        self.stands("waiting")
        self.tab.pictured("demo-mypass")
        self.approve("--number", self.tab.text("#number").strip())
        self.is_in("mypass")

    def denied(self):
        self.begin("mypass")
        self.stands("waiting")
        self.phone.run("deny", self.phone.waiting())
        self.stands("over")
        self.tab.pictured("demo-denied")

    def auth0(self):
        self.begin("auth0")
        self.stands("waiting")
        self.approve()
        self.is_in("auth0")

    def typed(self, code):
        self.tab.fill("#code", code)
        self.tab.press("Enter")

    def auth0_otp(self):
        self.begin("auth0-otp")
        self.stands("typing")
        self.tab.pictured("demo-auth0-otp")
        self.typed(oath(self.tab.text("#uri").strip()))
        self.is_in("auth0-otp")

    def reltio(self):
        self.begin("reltio")
        self.stands("typing")
        uri = self.tab.text("#uri").strip()
        first = oath(uri)
        self.typed("000000" if first != "000000" else "000001")
        self.tab.shown("#problem")
        self.tab.pictured("demo-reltio-wrong")
        self.typed(first)
        self.tab.shown('pre code#command')
        self.tab.shown('main[data-mark="typing"]:not(:has(#uri))')
        self.typed(oath(uri, earlier=first))
        self.is_in("reltio")

    def acceptto(self):
        self.begin("acceptto")
        self.stands("leaving")
        self.tab.pictured("demo-acceptto")
        self.tab.click("#leave")
        self.tab.on("choose")
        self.tab.click('button[name="way"][value="push"]')
        self.tab.on("waiting")
        self.approve("--number", self.tab.text("#number").strip())
        self.is_in("acceptto")

    def mpass(self):
        self.begin("mpass")
        self.stands("typing")
        self.tab.pictured("demo-mpass")
        # The page's own command finds the code.
        said = subprocess.run(["bash", "-c", self.tab.text("#command")], capture_output=True, text=True, check=True).stdout
        self.typed(re.search(r'"([0-9]{6})"', said)[1])
        self.is_in("mpass")

    def by_hand(self):
        """The first call of a sign-in by its curl command, with the variables that the demo has printed."""
        self.page("mypass")
        self.tab.click("#calls li:first-child summary")
        command = self.tab.text("#calls li:first-child details pre:last-of-type")
        assert command.startswith("curl ") and "${MYPASS_SECRET}" in command, command
        ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=PATIENCE,
                             env={"PATH": "/usr/bin:/bin", **self.fact["variables"]})
        assert "200 OK" in ran.stdout and '"number"' in ran.stdout, ran.stdout + ran.stderr
        self.phone.run("deny", self.phone.waiting())

    def stopped(self, process):
        """Told to stop, the demo ends well and leaves nothing behind."""
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert not pathlib.Path(self.fact["outbox"]).exists(), "the demo's files are deleted"


def main():
    program, terminal, packages = sys.argv[1:]
    need()
    PICTURES.mkdir(parents=True, exist_ok=True)
    done = []
    with tempfile.TemporaryDirectory() as folder, Browser(packages, PICTURES) as browser, staying(program) as (process, fact):
        for language in ("en", "ar"):
            home = pathlib.Path(folder, language)
            home.mkdir()
            with browser.person(language) as person:
                journeys = Journeys(person.tab(), Terminal(terminal, home), fact)
                steps = [journeys.enrol, journeys.mypass, journeys.denied, journeys.auth0, journeys.auth0_otp,
                         journeys.reltio, journeys.acceptto]
                # A number gets one code in thirty seconds, and this one is asked in one language only.
                steps += [journeys.mpass, journeys.by_hand] if language == "en" else []
                for step in steps:
                    print(f"journey in {language}: {step.__name__}", flush=True)
                    step()
                    done.append(step.__name__)
        seen, version = browser.seen(), browser.version
        origin = fact["demo_url"].removesuffix("/demo/")
        others = set(seen["origins"]) - {origin, fact["url"], "null"}
        assert not others, f"pages asked others for something: {others}"
        assert not seen["complaints"], seen["complaints"]
        journeys.stopped(process)
        shown = sorted(browser.shown)
    print(f"note: demo: Chromium {version}: {len(done)} journeys: {', '.join(dict.fromkeys(done))}")
    print(f"note: demo: {len(shown)} pictures in {PICTURES}, nothing serious by axe-core, nothing asked of others")


if __name__ == "__main__":
    main()
