"""Passkeys: making one, signing in with it, removing it, and joining with one; with Chromium's own device for tests."""


def journey(console):
    """The owner makes a passkey, which asks for no password from then on."""
    console.sign_in("/account")
    console.on("account")
    tab = console.tab
    assert tab.device(unlocks=False) == 0
    console.fill("#passkey-name", "Laptop")
    console.click("#add-passkey")
    console.shown("#new-passkey [data-said]")
    assert "not unlocked" in console.text("#new-passkey [data-said]")
    console.axe()
    assert console.has('#passkey-name:enabled') and tab.device() == 0, "nothing is lost, and nothing was made"
    console.click("#add-passkey")
    console.shown("#done")
    assert "Laptop" in console.text("#passkeys ~ .table") and tab.device() == 1
    console.screenshot("passkeys")
    # The same device once more.
    console.click("#add-passkey")
    console.shown("#new-passkey [data-said]")
    assert "already" in console.text("#new-passkey [data-said]")
    signing_in(console)
    signed_out_meanwhile(console)
    # The name is as the browser calls itself, until one types another.
    assert console.attribute("#passkey-name", "value").startswith("Chrome")
    console.click('button[aria-label="Remove Laptop"]')
    console.shown("#done")
    assert not console.has('button[aria-label="Remove Laptop"]')
    console.click("nav form button")
    console.on("sign-in")
    console.click("#passkey")
    console.shown("#problem")
    assert "was not taken" in console.text("#problem")
    console.axe()
    without_script(console)
    joining(console)
    console.sign_in("/")


def signing_in(console):
    """Signed out, one press is enough; whoever stops stays where they are."""
    console.click("nav form button")
    console.on("sign-in")
    console.screenshot("sign-in-passkey")
    console.tab.device(unlocks=False)
    console.click("#passkey")
    console.shown("form[data-passkey] [data-said]")
    console.axe()
    console.tab.device()
    console.open("/account")
    console.on("sign-in")
    console.click("#passkey")
    console.on("account")


def signed_out_meanwhile(console):
    """A page that was left open: the form's own reply says what is wrong."""
    tab = console.person.tab()
    assert tab.goto(console.address_of("/account")) == 200
    tab.click("nav form button")
    tab.on("sign-in")
    console.click("#add-passkey")
    console.on("problem")
    console.open("/account")
    console.on("sign-in")
    console.click("#passkey")
    console.on("account")


def without_script(console):
    """Nobody is shown a button that does nothing."""
    with console.browser.person("en", scripts=False) as reader:
        tab = reader.tab()
        assert tab.goto(console.address_of("/sign-in")) == 200
        assert tab.has("#passkey[type=submit]") and not tab.ask("visible", "#passkey")


def joining(console):
    """With a link one may make a passkey in place of a second factor."""
    link = console.command("operator", "link", "--role", "auditor", "--email", "passkey@example.org")["link"]
    with console.browser.person() as person:
        tab = person.tab()
        tab.device()
        assert tab.goto(link) == 200
        tab.fill("#name", "Pat Passkey")
        tab.fill("#password", console.operator.password)
        tab.click("#go")
        tab.on("join-factor")
        tab.shown("#passkey")
        tab.pictured("console-join-passkey")
        tab.click("#passkey")
        tab.on("join-done")
        assert tab.device() == 1
        tab.click("#on")
        tab.shown("nav")
