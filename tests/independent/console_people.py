"""The pages about people: making somebody known, finding them, enrolling a phone, and what is being asked now."""


def journey(console):
    known(console)
    found(console)
    enrolled(console)
    secrets(console)
    decided(console)
    for path, page in (("/users/requests", "resets"), ("/challenges", "questions")):
        console.open(at(console, path))
        console.on(page)
        console.screenshot(page)
    forgotten(console)
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


def decided(console):
    """What one operator asks for shows in the menu of another, who decides; not in one's own."""
    console.command("policy", "set", "--tenant", console.tenant, "two_person_resets=on")
    line, number = 'nav a[href$="/users/requests"]', 'nav a[href$="/users/requests"] .state'
    with console.somebody("helpdesk", console.tenant, "asks") as helper:
        helper.open(at(console, "/users"))
        assert helper.has(line) and not helper.has(number), "nothing waits"
        helper.click('tbody a:has-text("فاطمة")')
        helper.on("person")
        helper.click('form:has(input[value="all"]) button')
        helper.shown("#done")
        assert not helper.has(number), "one's own waits for somebody else"
    console.open(at(console, "/users/requests"))
    console.on("resets")
    assert console.text(line).split() == ["Resets", "1", "waiting", "for", "you"], console.text(line)
    console.screenshot("resets-waiting")
    console.click('form[action$="/refuse"] button')
    console.shown("#done")
    assert not console.has(number), "it is decided"
    console.command("policy", "set", "--tenant", console.tenant, "two_person_resets=off")


def secrets(console):
    console.click('form[action$="/recovery"] button')
    console.on("secret")
    assert len(console.text(".secret code").split()) == 10, "ten recovery codes"
    console.axe()


def forgotten(console):
    """Not without a tick; then the list says so, and what leads back to the person finds nobody."""
    console.open(at(console, "/users"))
    console.click('tbody a:has-text("فاطمة")')
    console.on("person")
    person, form = console.address, 'form[action$="/remove"]'
    console.click('section[aria-labelledby="forget"] summary')
    console.axe()
    console.screenshot("forget")
    console.click(f"{form} button")
    assert console.address == person and console.has(form), "nobody is forgotten without a tick"
    console.click(f"{form} input[name=sure]")
    console.click(f"{form} button")
    console.on("people")
    assert "forgotten" in console.text("#done"), console.text("#done")
    assert not console.has('a:has-text("فاطمة")'), "and they are not in the list"
    assert console.open(person.split("/console", 1)[1]) == 404, "the address finds nobody"
