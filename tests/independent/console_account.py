"""One's own second factor: another authenticator app, a phone, and taking one away."""

import tempfile

from console import Seed
from running import Terminal


def journey(console):
    with console.somebody("auditor", name="careful") as own:
        own.open("/account")
        own.on("account")
        assert not own.has('form[action$="/remove"]'), "nobody takes the last way in away"
        own.screenshot("account-factors")
        another_app(own)
        with tempfile.TemporaryDirectory() as folder:
            phone(own, Terminal(own.terminal, folder))
        taken_away(own)


def another_app(own):
    """The new app counts once its code is typed; a page with a seed that is loaded again shows another one."""
    own.click("#app")
    own.on("account-app")
    own.tab.pictured("console-account-app")
    first = own.text("#secret")
    own.open("/account")
    own.click("#app")
    own.on("account-app")
    seed = Seed(own.text("#secret"))
    assert own.text("#secret") != first, "each is shown once"
    own.fill("#code", "12345")
    own.click("#go")
    own.shown("#problem")
    own.axe()
    assert own.has(".qr svg"), "the code to scan is still there"
    own.fill("#code", seed.code())
    own.click("#go")
    own.on("account")
    own.shown("#done")
    own.operator.seed = seed
    own.sign_in("/account")
    own.on("account")


def phone(own, terminal):
    """A phone takes the link, and both show the same code."""
    own.click("#phone")
    own.on("account-phone")
    own.shown(".qr svg")
    own.tab.pictured("console-account-phone")
    link = own.text("pre code").strip()
    own.click("#became a")
    own.shown("#became:not(:has(a))")
    assert not own.has(".qr"), "the link is shown once"
    terminal.run("enroll", link)
    own.shown(".number")
    own.screenshot("account-phone-taken")
    code = own.text(".number").strip()
    own.open("/account")
    assert code in own.text("#phones"), own.text("#phones")
    own.screenshot("account-two-factors")


def taken_away(own):
    own.click('#phones form[action$="/remove"] button')
    own.on("account")
    own.shown("#done")
    assert not own.has("#phones"), "it is gone"
    assert not own.has('form[action$="/remove"]')
