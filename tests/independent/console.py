"""Runs the console as an operator does, with a real browser: the first owner comes by the printed link and signs in with a
password and an authenticator app; then each file console_*.py beside this one tells a journey. Pictures of pages, in both
languages, go to target/screenshots/.

A journey is a function `journey(console)`; see `Console` for what it can do. Without names, all journeys are run.

Needs Debian's chromium and the packages of node/package.json.
Usage: python3 tests/independent/console.py path/to/countersign-server path/to/countersign FOLDER_OF_NODE_PACKAGES [NAME…]
"""

import base64
import contextlib
import hashlib
import hmac
import importlib
import pathlib
import shutil
import sys
import time
import urllib.parse

from browser import CHROMIUM, Browser
from running import Server, free_port

NAME = "console, in Chromium"
PICTURES = pathlib.Path("target/screenshots")
PASSWORD = "correct horse battery staple"
PERIOD = 30  # seconds


class Seed:
    """An authenticator app with one seed (RFC 6238). Each code is good once, so it never shows the same one twice."""

    def __init__(self, secret):
        secret = secret.strip()
        self.key, self.last = base64.b32decode(secret + "=" * (-len(secret) % 8)), 0

    def code(self):
        """A code that the server takes for half a minute at least: that of the present step, or of the next. That of the step
        before would be taken too, until this one is over, and that may be in a moment."""
        while True:
            now = int(time.time()) // PERIOD
            step = max(self.last + 1, now)
            if step <= now + 1:
                break
            time.sleep(0.2)
        self.last = step
        digest = hmac.new(self.key, step.to_bytes(8, "big"), hashlib.sha1).digest()
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 1_000_000:06}"


class Operator:
    """Somebody who signs in with a password and an authenticator app."""

    def __init__(self, email, seed, recovery):
        self.email, self.seed, self.recovery, self.password = email, seed, recovery, PASSWORD


class Console:
    """An operator's browser. Addresses begin behind `/console`; what a page is asked for by name is a CSS selector."""

    def __init__(self, site, browser, person, operator):
        self.site, self.browser, self.person, self.operator = site, browser, person, operator
        self.tab, self.tenant, self.terminal = person.tab(), site.tenant, site.terminal

    def open(self, path):
        """Goes there, and says with which status."""
        return self.tab.goto(self.address_of(path))

    def address_of(self, path):
        return f"{self.site.url}/console{path}"

    @property
    def address(self):
        return self.tab.address

    def click(self, selector):
        self.tab.click(selector)

    def fill(self, selector, text):
        self.tab.fill(selector, text)

    def text(self, selector):
        return self.tab.text(selector)

    def attribute(self, selector, name):
        return self.tab.attribute(selector, name)

    def has(self, selector):
        return self.tab.has(selector)

    def shown(self, selector):
        """Waits until it is there to be seen."""
        self.tab.shown(selector)

    def on(self, page):
        """Waits until it shows this page (`data-page`)."""
        self.tab.on(page)

    def command(self, *arguments):
        """A command beside the server, and the JSON that it prints."""
        return self.site.run(*arguments)

    def screenshot(self, name):
        """Pictures of the page in each of its looks and, where it can be opened by its address, in Arabic. axe finds
        nothing serious in any of them, and nothing stands out sideways."""
        self.tab.pictured(f"console-{name}")
        with self.browser.person("ar") as reader:
            tab = reader.tab()
            self.person.share_cookies(reader)
            if tab.goto(self.tab.address) == 200 and tab.has("main"):
                tab.pictured(f"console-{name}")

    def axe(self):
        """Nothing serious is wrong with the page as it stands."""
        bad = [one for one in self.tab.ask("serious") if one["impact"] in ("serious", "critical")]
        assert not bad, f"{self.address}: {bad}"

    @contextlib.contextmanager
    def somebody(self, role, tenant=None, name=None):
        """Another operator in a browser of their own, who comes by a link of the command line."""
        scope = ["--tenant", tenant] if tenant else []
        link = self.command("operator", "link", "--role", role, *scope)["link"]
        with self.browser.person() as person:
            # A browser takes no address whose host has an underscore, and an id has one.
            place = (tenant or "server").replace("_", "-")
            yield joined(self.site, self.browser, person, link, f"{name or role}@{place}.example.org")

    def sign_in(self, path="/"):
        """With the password and the app, and from there to `path`."""
        self.open(f"/sign-in?to={urllib.parse.quote('/console' + path, safe='')}")
        self.fill("#email", self.operator.email)
        self.fill("#password", self.operator.password)
        self.click("#sign-in")
        self.answer()

    def answer(self):
        """The second factor, on the pages of a sign-in."""
        self.on("choose")
        self.click('button[name="way"][value="totp"]')
        self.on("passcode")
        self.fill("#code", self.operator.seed.code())
        self.click('form:has(#code) button[type=submit]')
        self.shown("nav")


def joined(site, browser, person, link, email):
    """Becomes an operator by a link, and is signed in."""
    console = Console(site, browser, person, None)
    assert console.tab.goto(link) == 200
    console.on("join")
    console.fill("#name", email.split("@")[0].title())
    if console.attribute("#email", "readonly") is None:
        console.fill("#email", email)
    console.fill("#password", PASSWORD)
    console.click("#go")
    console.on("join-factor")
    console.click("#totp")
    console.on("join-totp")
    seed = Seed(console.text("#secret"))
    console.fill("#code", seed.code())
    console.click("#go")
    console.on("join-done")
    console.operator = Operator(email, seed, console.text("#codes").split())
    console.click("#on")
    console.shown("nav")
    return console


class Site(Server):
    """A server with the phones and shops of a check; it prints a link for its first owner."""

    def __init__(self, program, terminal, **settings):
        super().__init__(program, **settings)
        self.terminal = terminal


def journeys(wanted):
    """The files beside this one, by name."""
    names = sorted(path.stem for path in pathlib.Path(__file__).parent.glob("console_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("console_") in wanted]
    assert chosen, f"no journey is called {wanted}"
    return [(name, importlib.import_module(name)) for name in chosen]


def main():
    program, terminal, packages, *wanted = sys.argv[1:]
    for tool, package in ((CHROMIUM, "chromium"), ("node", "nodejs")):
        if not shutil.which(tool):
            print(f"SKIPPED: {NAME}: {tool} is missing: apt-get install {package}")
            sys.exit(77)
    # What an earlier run drew proves nothing.
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("console-*.png"):
        old.unlink()
    told = journeys(wanted)
    # Browsers have passkeys for names, and for no numbers.
    port = free_port()
    settings = {"listen": f"127.0.0.1:{port}", "public_url": f"http://localhost:{port}",
                "webhook_allow_networks": "127.0.0.0/8", "registration": "true"}
    with Site(program, terminal, **settings) as site, Browser(packages, PICTURES) as browser, browser.person() as person:
        owner = joined(site, browser, person, site.first_owner_link, "owner@example.org")
        for name, module in told:
            print(f"journey: {name}", flush=True)
            module.journey(owner)
        seen, version = browser.seen(), browser.version
        others = set(seen["origins"]) - {site.url, "null"}
        assert not others, f"pages asked others for something: {others}"
        assert not seen["complaints"], seen["complaints"]
        shown = len(browser.shown)
    print(f"note: console: Chromium {version}: {', '.join(name.removeprefix('console_') for name, _ in told)}; "
          f"{shown} pictures in {PICTURES}, nothing serious by axe-core, nothing asked of others")


if __name__ == "__main__":
    main()
