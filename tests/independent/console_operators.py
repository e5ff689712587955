"""Operators: inviting somebody, changing what they may, and one's own account."""

from console import joined


def journey(console):
    """An owner invites somebody, who joins; their role changes and ends. Whoever is no owner sees no such page."""
    console.open("/operators")
    console.on("operators")
    console.screenshot("operators")
    console.fill("#email", "helper@example.org")
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
    own_account(console)


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
