"""Getting in and out: links, signing in, and what a person sees who may not."""


def journey(console):
    """The owner signs out, is led to where they wanted to go, and mistypes."""
    console.open("/tenants")
    console.screenshot("tenants")
    console.click("nav form button")
    console.on("sign-in")
    assert "signed out" in console.text("#done")
    assert console.has("#register"), "organisations may register themselves here"
    console.screenshot("sign-in")
    # A page that needs somebody leads to signing in, and back.
    console.open("/tenants")
    console.on("sign-in")
    console.fill("#email", console.operator.email)
    console.fill("#password", "not the password")
    console.click("#sign-in")
    console.shown("#problem")
    console.axe()
    console.fill("#password", console.operator.password)
    console.click("#sign-in")
    console.answer()
    console.on("tenants")
    # The link of the first owner is used up, whoever has it.
    assert console.tab.goto(console.site.first_owner_link) == 410
    console.screenshot("link-used")
    joining(console)
    console.open("/")


def joining(console):
    """Each page of a link, as whoever is invited sees them; the link is good in one browser."""
    link = console.command("operator", "link", "--role", "auditor", "--email", "auditor@example.org")["link"]
    with console.browser.person() as person, console.browser.person() as other:
        tab, foreign = person.tab(), other.tab()
        assert tab.goto(link) == foreign.goto(link) == 200
        tab.pictured("console-join")
        tab.fill("#name", "Auditor")
        tab.fill("#password", console.operator.password)
        tab.click("#go")
        tab.on("join-factor")
        tab.pictured("console-join-factor")
        assert foreign.goto(link) == 403
        tab.click("#totp")
        tab.on("join-totp")
        tab.pictured("console-join-totp")
        tab.fill("#code", "12345")
        tab.click("#go")
        tab.shown("#problem")
        assert tab.has(".qr svg"), "the code to scan is still there"
        assert tab.goto(link) == 200
        tab.click("#app")
        tab.on("join-app")
        tab.pictured("console-join-app")
        tab.click("#finish")
        tab.on("join-factor")
        assert "not set up" in tab.text("#problem")
