"""The pages about people: making somebody known, finding them, enrolling a phone, and what is being asked now."""


def journey(console):
    known(console)
    found(console)
    enrolled(console)
    secrets(console)
    for path, page in (("/users/requests", "resets"), ("/challenges", "questions")):
        console.open(at(console, path))
        console.on(page)
        console.screenshot(page)
    console.open("/")


def at(console, path):
    return f"/{console.tenant}{path}"


def known(console):
    console.open(at(console, "/users"))
    console.on("people")
    console.fill("#user_ref", "u-4711")
    console.fill("#email", "fatima@bank.example")
    console.fill("#name", "فاطمة الأحمد")
    console.click('form[method="post"][action$="/users"] button')
    console.on("person")
    assert console.text("#title") == "فاطمة الأحمد", console.text("#title")
    assert console.text("#done")
    console.screenshot("person")


def found(console):
    """With another spelling of the last letter than the name has."""
    console.open(at(console, "/users"))
    console.on("people")
    console.fill("#q", "فاطمه")
    console.click('form[role="search"] button')
    console.shown("tbody a")
    assert "u-4711" in console.text("tbody"), console.text("tbody")
    console.screenshot("people")
    console.click("tbody a")
    console.on("person")


def enrolled(console):
    """A link is shown, looked after and ended."""
    console.click('form[action$="/enrol"] button')
    console.on("enrol")
    console.shown(".qr svg")
    console.axe()
    console.click("#became a")
    console.shown("#became:not(:has(a))")
    assert not console.has(".qr"), "the link is shown once"
    console.screenshot("enrol")
    console.click("main form button.danger")
    console.on("person")
    assert console.text("#done")


def secrets(console):
    console.click('form[action$="/recovery"] button')
    console.on("secret")
    assert len(console.text(".secret code").split()) == 10, "ten recovery codes"
    console.axe()
