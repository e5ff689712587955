"""Does what somebody does who has only just found this: starts the demo, reads what it says, and does nothing but that.
Commands and links are taken from the terminal and from the pages as they stand there, up to a first approval at the demo's
bank, and up to one by an application of one's own that is made in the console. Pictures go to target/screenshots/.

Needs Debian's chromium and curl, and the packages of node/package.json.
Usage: python3 tests/independent/newcomer.py path/to/countersign-demo path/to/countersign FOLDER_OF_NODE_PACKAGES
"""

import json
import os
import pathlib
import shlex
import shutil
import sys
import tempfile
import types

from browser import CHROMIUM, Browser
from console import joined
from running import PASSWORD
from typist import Typist

NAME = "the demo, by what it says"
PICTURES = pathlib.Path("target/screenshots")


def need():
    for tool, package in ((CHROMIUM, "chromium"), ("node", "nodejs"), ("curl", "curl"), ("bash", "bash")):
        if not shutil.which(tool):
            print(f"SKIPPED: {NAME}: {tool} is missing: apt-get install {package}")
            sys.exit(77)


def enrolled(me):
    """Says yes and chooses a password; what the authenticator says then: the code, and the command to go on with."""
    me.says(r"\[y/N\] ")
    me.types("y")
    me.says("New password for the vault: ")
    me.types(PASSWORD)
    me.says("The same once more: ")
    me.types(PASSWORD)
    code = me.says(r"Confirmation code: (\w{6})")[1]
    return code, me.says(r"to answer:\n +([^\n]+)\n")[1]


def answer(command, home, number):
    """Types the number where it is asked for."""
    with Typist(command, home, TERM="xterm") as me:
        me.says("Password: ")
        me.types(PASSWORD)
        me.says("digits")
        # Keys of the first moment are not taken for an answer; the time that is left goes on meanwhile.
        me.says(r"\d")
        me.says(r"\d")
        me.types(number)
        me.says(r"(?i)approved")
        me.types("q")
        assert me.ends() == 0, me.said


def bank(tab, home, address):
    """A phone is enrolled and signs in twice: by the page's command, and by the one that the authenticator has told."""
    tab.goto(address)
    tab.click("#enroll")
    tab.shown("#command")
    tab.pictured("newcomer-phone")
    with Typist(tab.text("#command"), home) as me:
        code, told = enrolled(me)
        assert me.ends() == 0, me.said
    tab.shown("#confirmation")
    assert tab.text("#confirmation").strip() == code
    watch = tab.text("#watch")
    tab.click("#go-on")
    for command in (watch, told):
        tab.shown("#begin")
        tab.click("#begin")
        tab.shown("#number")
        answer(command, home, tab.text("#number").strip())
        tab.shown("#in")
    tab.pictured("newcomer-in")


def own_application(browser, person, home, link):
    """The console's first owner makes a tenant and an application, and does what its page says."""
    site = types.SimpleNamespace(url=link.split("/console/")[0], tenant=None, terminal=None)
    console = joined(site, browser, person, link, "newcomer@example.org")
    console.fill("#name", "My company")
    console.click("main form button[type=submit]")
    console.shown("#done")
    console.click('main ol a[href$="/applications"]')
    console.on("applications")
    console.fill("#name", "My shop")
    console.click('form[action$="/applications"] button[type=submit]')
    console.on("application-secret")
    console.tab.pictured("newcomer-first-call")
    secret = console.text(".secret code").strip()
    give, enrol, phone, ask, reply, status = (console.text(f"#first-call li:nth-child({step}) code") for step in range(1, 7))
    with Typist("exec env PS1='ready> ' bash --norc --noprofile -i", home) as shell:
        def does(command):
            shell.says("ready> ")
            shell.types(command)
        does(give)
        shell.types(secret)
        does(enrol)
        told = json.loads(shell.says(r'\{"user_ref":"alice"[^\n]*\}')[0])
        does(phone.replace("LINK", told["enrollment_url"]))
        enrolled(shell)
        does(ask)
        asked = json.loads(shell.says(r'\{[^\n]*"session_id":"[^\n]*\}')[0])
        answer(reply, home, asked["number"])
        does(status.replace("SESSION_ID", asked["session_id"]))
        shell.says('"status":"approved"')


def main():
    program, terminal, packages = sys.argv[1:]
    need()
    PICTURES.mkdir(parents=True, exist_ok=True)
    os.environ["PATH"] = f"{pathlib.Path(terminal).resolve().parent}:{os.environ['PATH']}"
    line = f"{shlex.quote(program)} --listen 127.0.0.1:0 --demo-listen 127.0.0.1:0"
    with tempfile.TemporaryDirectory() as home, Browser(packages, PICTURES) as browser, Typist(line, home) as demo:
        address = demo.says(r"Open (http\S+) in a browser")[1]
        link = demo.says(r"(http\S+/console/join/\S+)")[1]
        with browser.person() as person:
            print("journey: the bank", flush=True)
            bank(person.tab(), home, address)
            print("journey: an application of one's own", flush=True)
            own_application(browser, person, home, link)
        demo.types("\x03")
        demo.says("files are deleted")
        assert demo.ends() == 0, demo.said
        seen, shown = browser.seen(), len(browser.shown)
        assert not seen["complaints"], seen["complaints"]
    print(f"note: newcomer: three approvals by what the demo, its pages and the console say; {shown} pictures in {PICTURES}")


if __name__ == "__main__":
    main()
