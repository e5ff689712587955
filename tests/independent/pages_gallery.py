"""Each page that people see, in both languages: a picture of each of its looks, what axe finds there, and whether it fits."""

import urllib.parse

from pages_journeys import way, wrong


class Gallery:
    def __init__(self, site, shop, kiosk, browser):
        """`kiosk` is an application without a place to send people back to, so that they see the last page."""
        self.site, self.shop, self.kiosk, self.browser = site, shop, kiosk, browser

    def sign_in(self, tab, shop, who, page="index", **options):
        channel = shop.begin(who.address, **options)
        tab.goto(shop.page(channel, page, callback=None if shop is self.kiosk else "/callback?cart=7"))
        return channel

    def choosing_and_waiting(self, tab, who):
        self.sign_in(tab, self.shop, who)
        tab.on("choose")
        tab.pictured("choose")
        tab.click(way("push"))
        tab.on("waiting")
        if tab.has("#offline"):
            tab.click("#offline summary")
        tab.pictured("waiting")
        tab.click("#cancel")
        tab.shown("#shop")

    def codes_and_endings(self, tab, who):
        self.sign_in(tab, self.kiosk, who)
        tab.click(way("sms"))
        tab.on("passcode")
        tab.pictured("passcode")
        code = self.site.centre.code(who.number)
        tab.fill("#code", wrong(code))
        tab.press("Enter")
        tab.shown("#problem")
        tab.pictured("passcode-wrong")
        tab.fill("#code", code)
        tab.press("Enter")
        self.ended(tab, "approved")
        self.sign_in(tab, self.kiosk, who)
        tab.click(way("push"))
        tab.on("waiting")
        who.deny()
        self.ended(tab, "rejected")

    def ended(self, tab, outcome):
        tab.on("result")
        tab.shown(f'#outcome[data-outcome="{outcome}"]')
        tab.pictured(f"result-{outcome}")

    def too_late(self, tab, who):
        self.sign_in(tab, self.kiosk, who, timeout=10)
        tab.click(way("push"))
        tab.on("waiting")
        self.ended(tab, "expired")

    def problems(self, tab, who):
        """The pages that say why there is no page, which lead nowhere."""
        good = self.shop.page(self.shop.begin(who.address))
        astray = self.shop.page(self.shop.begin(who.address), callback="/callback").replace("localhost", "evil.example.org")
        cases = [("callback", astray, 400), ("unknown", good.replace("channel=ch_", "channel=ch_0"), 404)]
        for name, address, status in cases:
            assert tab.goto(address) == status, name
            tab.on("problem")
            assert "evil.example.org" not in tab.text("body") and not tab.has('main a[href*="//"]')
            tab.pictured(f"problem-{name}")
        tab.goto(good)
        tab.on("choose")
        with self.browser.person(tab.person.options["locale"]) as stranger:
            strange = stranger.tab()
            assert strange.goto(good) == 403
            strange.on("problem")
            strange.pictured("problem-browser")

    def enabling(self, tab, who):
        tab.goto(self.shop.enabling_page())
        tab.on("email")
        tab.pictured("email")
        tab.fill("#email", who.address)
        tab.press("Enter")
        tab.shown("#code")
        tab.pictured("email-code")

    def enrolment(self, tab, name):
        link = self.site.somebody(name, phone=False, number=False).link
        assert tab.goto(link) == 200
        tab.pictured("enroll")
        ended = urllib.parse.urlsplit(link)._replace(path="/enroll/none", fragment="").geturl()
        assert tab.goto(ended) == 404
        tab.pictured("enroll-unknown")

    def all(self):
        for language in ("en", "ar"):
            who = self.site.somebody(f"gallery-{language}")
            with self.browser.person(language) as person:
                tab = person.tab()
                for part in (self.choosing_and_waiting, self.codes_and_endings, self.too_late, self.problems,
                             self.enabling):
                    print(f"pictures in {language}: {part.__name__}", flush=True)
                    part(tab, who)
                self.enrolment(tab, f"newcomer-{language}")
        return sorted(self.browser.shown)
