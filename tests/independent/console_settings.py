"""A journey in the console: providers, wording, messages and settings, as an administrator and as those who may not."""


def journey(console):
    tenant = f"/{console.tenant}"
    providers(console, tenant)
    wording(console, tenant)
    messages(console, tenant)
    settings(console, tenant)
    with console.somebody("helpdesk", console.tenant) as helper:
        for page in ("providers", "templates", "messages", "settings"):
            assert helper.open(f"{tenant}/{page}") == 403, page
        assert not helper.has('nav a[href$="/providers"]')
    with console.somebody("auditor", console.tenant) as auditor:
        assert auditor.open(f"{tenant}/providers/email") == 200
        assert not auditor.has('form[action$="/set"]')
        assert auditor.open(f"{tenant}/settings/policy") == 200
        assert not auditor.has('form[method="post"][action$="/policy"]')
        assert auditor.open(f"{tenant}/messages") == 403


def providers(console, tenant):
    assert console.open(f"{tenant}/providers") == 200
    console.screenshot("providers")
    assert console.open(f"{tenant}/providers/email") == 200
    console.screenshot("provider")
    console.fill("#to", "sam@example.org")
    console.click('form[action$="/test"] button')
    console.shown("#came")
    assert console.open(f"{tenant}/providers/sms?kind=smpp") == 200
    assert console.has("#system_id")
    console.screenshot("provider-sms")


def wording(console, tenant):
    assert console.open(f"{tenant}/templates") == 200
    console.screenshot("templates")
    assert console.open(f"{tenant}/templates/sms/sign_in_code/en") == 200
    console.fill("#body", "no code")
    console.click('button[value="save"]')
    console.shown("#problem")
    console.fill("#body", "{{ code }} opens {{ name }}.")
    console.click('button[value="save"]')
    console.shown("#done")
    assert "123456 opens" in console.text(".side.current pre")
    console.screenshot("template")
    console.click('form[action$="/reset"] button')
    console.shown("#done")


def messages(console, tenant):
    assert console.open(f"{tenant}/messages") == 200
    console.screenshot("messages")
    # The message that was tried above was written to a file, because no provider carries mail here.
    assert console.open(f"{tenant}/messages/files") == 200
    assert "sam@example.org" in console.text("main")
    console.screenshot("files")


def settings(console, tenant):
    for page in ("", "/policy", "/access", "/keys"):
        assert console.open(f"{tenant}/settings{page}") == 200
        console.screenshot("settings" + page.replace("/", "-"))
    console.open(f"{tenant}/settings/access")
    console.fill("#place", "192.0.2.0/24")
    console.click('form[action$="/access"] button')
    console.shown("#done")
    console.screenshot("settings-access-rules")
    console.click('form[action$="/remove"] button')
    console.shown("#done")
