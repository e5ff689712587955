"""Operators: inviting somebody by hand and by mail, changing what they may, and one's own account."""

import re

from console import joined
from inboxes import SENDER, mail_server
from running import PATIENCE


def journey(console):
    """An owner invites somebody, who joins; their role changes and ends. Whoever is no owner sees no such page."""
    console.open("/operators")
    console.on("operators")
    console.screenshot("operators")
    console.fill("#email", "helper@example.org")
    console.click("#by-link")
    console.click("#make")
    console.shown(".secret")
    console.axe()
    link = console.text(".secret code").strip()
    console.open("/operators")
    assert "helper@example.org" in console.text("main"), "whoever is invited is listed"
    with console.browser.person() as person:
        helper = joined(console.site, console.browser, person, link, "helper@example.org")
        assert helper.open("/operators") == 403
        helper.screenshot("not-allowed")
        console.open("/operators")
        row = 'tr:has-text("helper@example.org")'
        console.tab.ask("select", f"{row} select", value="admin")
        console.click(f'{row} button[value="role"]')
        console.shown("#done")
        # Another role begins with signing in again.
        helper.open("/account")
        helper.on("sign-in")
        helper.sign_in("/account")
        helper.on("account")
        helper.screenshot("account")
        console.click(f'{row} button[value="remove"]')
        console.shown("#done")
        helper.open("/account")
        helper.on("sign-in")
    by_mail(console)
    own_account(console)


def by_mail(console):
    """The link goes to the invited person alone, who joins by it. The mail server is set on its page, and forgotten."""
    with mail_server() as (inbox, port):
        console.open("/providers/email")
        console.fill("#host", "127.0.0.1")
        console.fill("#port", str(port))
        console.tab.ask("select", "#security", value="none")
        console.fill("#from", f"Example <{SENDER}>")
        console.click('form[action$="/set"] button')
        console.shown("#done")
        console.open("/operators")
        console.fill("#email", "mailed@example.org")
        console.click("#make")
        console.shown("#done")
        assert "mailed@example.org" in console.text("main") and "/console/join/" not in console.text("main")
        console.screenshot("operators-invited")
        link = re.search(r"http\S+/console/join/\S+", inbox.of("mailed@example.org").get(timeout=PATIENCE))[0]
        # Another one would come too soon.
        console.click('tr:has-text("mailed@example.org") button[value="mail"]')
        console.shown("#problem")
        console.axe()
        with console.browser.person() as person:
            joined(console.site, console.browser, person, link, "mailed@example.org")
        console.open("/providers/email")
        console.click('form[action$="/remove"] button')
        console.shown("#done")
    # While developing, what the server itself sends stands in files when nobody carries it.
    console.fill("#to", "tried@example.org")
    console.click('form[action$="/test"] button')
    console.shown("#came")
    console.open("/providers")
    console.click('a[href$="/messages/files"]')
    console.on("files")
    assert "tried@example.org" in console.text("main")
    console.screenshot("files-platform")


def own_account(console):
    """A name, a password, and new recovery codes."""
    console.open("/account")
    console.fill("#name", "Olga Owner")
    console.click("#rename")
    console.shown("#done")
    assert "Olga Owner" in console.text("nav")
    console.fill("#old", "not the password")
    console.fill("#new", "another good password")
    console.click("#change")
    console.shown("#problem")
    console.axe()
    console.fill("#old", console.operator.password)
    console.fill("#new", "another good password")
    console.click("#change")
    console.shown("#done")
    console.operator.password = "another good password"
    console.sign_in("/account")
    console.click("#recovery")
    console.shown("#codes")
    console.axe()
    console.operator.recovery = console.text("#codes").split()
    assert len(console.operator.recovery) == 10
