"""What people do on the pages of a sign-in, in a real browser. Each journey has a person of its own, and ends at the shop,
which asks the server itself how it went."""

import contextlib
import pathlib
import re
import subprocess
import tempfile
import urllib.parse


def way(kind):
    return f'button[name="way"][value="{kind}"]'


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def number_of(tab):
    """The number that the page has the person type on the phone."""
    number = tab.text("#number").strip()
    assert re.fullmatch("[0-9]{2}", number), number
    return number


class Journeys:
    def __init__(self, site, shop, browser):
        self.site, self.shop, self.browser = site, shop, browser

    def begun(self, tab, who, **options):
        """At the shop, and from there to the page where one chooses."""
        tab.goto(f"{self.shop.url}/sign-in?{urllib.parse.urlencode({'email': who.address, **options})}")
        tab.on("choose")

    def ended(self, tab, outcome):
        """Back at the shop."""
        tab.shown("#shop")
        assert tab.text("#shop") == outcome, f"{tab.text('#shop')} instead of {outcome}"
        assert tab.address.startswith(self.shop.url), tab.address

    @contextlib.contextmanager
    def sign_in(self, who, language="en", scripts=True, **options):
        with self.browser.person(language, scripts) as person:
            tab = person.tab()
            self.begun(tab, who, **options)
            yield tab

    def push(self):
        """A push, and the number of the page typed on the phone."""
        who = self.site.somebody("push")
        with self.sign_in(who) as tab:
            tab.click(way("push"))
            tab.on("waiting")
            who.approve(number_of(tab))
            self.ended(tab, "approved")
            cookie = tab.person.cookies()["cs-browser"]
            assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/"), cookie

    def denied(self):
        """Refused on the phone; then given up on the page."""
        who = self.site.somebody("denied")
        with self.sign_in(who) as tab:
            tab.click(way("push"))
            tab.on("waiting")
            who.deny()
            self.ended(tab, "rejected")
            self.begun(tab, who)
            tab.click(way("push"))
            tab.on("waiting")
            tab.click("#cancel")
            self.ended(tab, "rejected")

    def short_message(self):
        """A code by Kannel, typed wrong once."""
        who = self.site.somebody("message", phone=False)
        with self.sign_in(who) as tab:
            tab.click(way("sms"))
            tab.on("passcode")
            assert who.number not in tab.text("main"), "the number is masked"
            code = self.site.centre.code(who.number)
            tab.fill("#code", wrong(code))
            tab.press("Enter")
            tab.shown('#problem[role="alert"]')
            tab.fill("#code", f" {code[:3]} {code[3:]} ")
            tab.press("Enter")
            self.ended(tab, "approved")

    def another_way(self):
        """A push that nobody answers, and a short message instead: the phone is asked no longer."""
        who = self.site.somebody("another")
        with self.sign_in(who) as tab:
            tab.click(way("push"))
            tab.on("waiting")
            who.phone.waiting()
            tab.click("#another")
            tab.on("choose")
            tab.click(way("sms"))
            tab.on("passcode")
            assert not [one for one in who.phone.run("inbox") if one["event"] == "request"]
            tab.fill("#code", self.site.centre.code(who.number))
            tab.press("Enter")
            self.ended(tab, "approved")

    def expired(self):
        """Nobody answers, and the page leads on by itself when the time is over."""
        who = self.site.somebody("expired")
        with self.sign_in(who, timeout=10) as tab:
            tab.click(way("push"))
            tab.on("waiting")
            self.ended(tab, "expired")

    def back(self):
        """The back button shows what is, never what was."""
        who = self.site.somebody("back", phone=False)
        with self.sign_in(who) as tab:
            tab.click(way("sms"))
            tab.on("passcode")
            tab.back()
            tab.on("passcode")
            tab.fill("#code", self.site.centre.code(who.number))
            tab.press("Enter")
            self.ended(tab, "approved")
            tab.back()
            self.ended(tab, "approved")

    def twice(self):
        """Two clicks on one button, two tabs with one sign-in: what is done in one is seen in the other."""
        who = self.site.somebody("twice")
        with self.sign_in(who) as tab:
            other = tab.person.tab()
            other.goto(tab.address)
            other.on("choose")
            tab.ask("click_twice", way("push"))
            tab.on("waiting")
            other.on("waiting")
            assert number_of(tab) == number_of(other), "one question"
            who.phone.waiting()
            tab.click("#another")
            tab.on("choose")
            tab.click(way("sms"))
            tab.on("passcode")
            other.on("passcode")
            tab.fill("#code", self.site.centre.code(who.number))
            tab.ask("click_twice", "form:has(#code) button")
            self.ended(tab, "approved")
            self.ended(other, "approved")

    def without_scripts(self):
        """The same without any script: the page asks again by itself, and nothing but the server minds two clicks."""
        who = self.site.somebody("plain")
        with self.sign_in(who, scripts=False) as tab:
            tab.ask("click_twice", way("push"))
            tab.on("waiting")
            who.approve(number_of(tab))
            self.ended(tab, "approved")
            self.begun(tab, who)
            tab.click(way("sms"))
            tab.on("passcode")
            tab.fill("#code", self.site.centre.code(who.number))
            tab.ask("click_twice", "form:has(#code) button")
            self.ended(tab, "approved")

    def offline(self):
        """A phone without a network: the QR code is read by zbar from a picture of the page, and eight digits are typed."""
        who = self.site.somebody("offline")
        with self.sign_in(who) as tab, tempfile.TemporaryDirectory() as folder:
            tab.click(way("push"))
            tab.on("waiting")
            tab.click("#offline summary")
            picture = pathlib.Path(folder, "qr.png")
            tab.ask("screenshot", "#offline-qr", path=str(picture))
            read = subprocess.run(["zbarimg", "--raw", "-q", str(picture)], capture_output=True, text=True, check=True)
            assert read.stdout.strip(), "zbar reads it"
            (shown,) = [line for line in who.phone.run("offline", str(picture)) if "code" in line]
            tab.fill("#offline input[name=code]", shown["code"])
            tab.press("Enter")
            self.ended(tab, "approved")

    def keyboard(self):
        """Nothing but the keyboard: every step is reached by the Tab key, and seen to be."""
        who = self.site.somebody("keyboard")
        with self.sign_in(who) as tab:
            tab.tab_to(way("push"))
            tab.press("Enter")
            tab.on("waiting")
            tab.tab_to("#another")
            tab.press("Enter")
            tab.on("choose")
            tab.tab_to(way("sms"))
            tab.press("Enter")
            tab.on("passcode")
            tab.shown("#code:focus")
            tab.ask("type", value=self.site.centre.code(who.number))
            tab.press("Enter")
            self.ended(tab, "approved")
            self.begun(tab, who)
            tab.tab_to(way("push"))
            tab.press(" ")
            tab.on("waiting")
            tab.tab_to("#cancel")
            tab.press("Enter")
            self.ended(tab, "rejected")

    def other_browser(self):
        """Somebody who was sent the address of a page sees nothing of the sign-in, and can do nothing to it."""
        who = self.site.somebody("lured")
        with self.sign_in(who) as tab, self.browser.person() as stranger:
            tab.click(way("push"))
            tab.on("waiting")
            number, strange = number_of(tab), stranger.tab()
            for address in (tab.address, tab.address.replace("waiting", "index"), tab.address.replace("waiting", "result")):
                assert strange.goto(address) == 403
                strange.on("problem")
                text = strange.text("body")
                assert number not in text and who.address not in text and not strange.has("form"), text
            who.approve(number)
            self.ended(tab, "approved")

    def enabled(self):
        """The shop may ask somebody without its secret, once they have typed a code that was mailed to them."""
        who = self.site.somebody("enabled")
        with self.browser.person() as person:
            tab = person.tab()
            assert tab.goto(self.shop.enabling_page()) == 200
            tab.on("email")
            tab.fill("#email", who.address)
            tab.press("Enter")
            tab.shown("#code")
            tab.fill("#code", self.site.mails.code(who.address))
            tab.press("Enter")
            self.ended(tab, "enabled")
            tab.goto(self.shop.page(self.shop.begin(who.address, bearer=self.shop.token)))
            tab.on("choose")
            tab.click(way("push"))
            tab.on("waiting")
            who.approve(number_of(tab))
            self.ended(tab, "approved")
            tab.goto(self.shop.enabling_page())
            tab.on("email")
            tab.click("#cancel")
            self.ended(tab, "access_denied")

    def all(self):
        """Each journey, by its name."""
        journeys = [self.push, self.denied, self.short_message, self.another_way, self.expired, self.back, self.twice,
                    self.without_scripts, self.offline, self.keyboard, self.other_browser,
                    self.enabled]
        for journey in journeys:
            print(f"journey: {journey.__name__}", flush=True)
            journey()
        return [journey.__name__.replace("_", " ") for journey in journeys]
