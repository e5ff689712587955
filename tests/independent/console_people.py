"""The pages about people in a real browser: making somebody known, finding them, enrolling a phone, and open questions."""


def journey(console):
    tenant = console.tenant
    people = f"/{tenant}/users"

    console.open(people)
    console.screenshot("people-empty")
    console.axe()
    console.fill("#user_ref", "u-4711")
    console.fill("#email", "fatima@bank.example")
    console.fill("#name", "فاطمة الأحمد")
    console.click('form[action$="/users"][method="post"] button')
    assert "فاطمة الأحمد" in console.text("#title"), console.text("#title")
    console.screenshot("person")
    console.axe()

    # Typed without marks and with another spelling of the last letter.
    console.open(people)
    console.fill("#q", "فاطمه")
    console.click('form[role="search"] button')
    assert "u-4711" in console.text("main"), console.text("main")
    console.screenshot("people-found")
    console.axe()

    console.click("tbody a")
    console.click('form[action$="/enrol"] button')
    assert console.text("#became"), "it says that no phone has taken the link"
    console.screenshot("person-enrol")
    console.axe()
    console.click("#became a")
    console.axe()
    console.click("main form button.danger")
    assert console.text("#done"), "the link has ended"

    console.click('form[action$="/recovery"] button')
    assert len(console.text(".secret code").split()) == 10
    console.axe()

    console.open(f"{people}/requests")
    console.screenshot("resets")
    console.axe()
    console.open(f"/{tenant}/challenges")
    console.screenshot("questions")
    console.axe()
