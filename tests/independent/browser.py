"""A browser: Debian's Chromium, driven through node/browser.mjs. Each person in it has cookies of their own."""

import contextlib
import itertools
import pathlib
import shutil
import tempfile

from line_program import Program

CHROMIUM = "/usr/bin/chromium"
DESKTOP, NARROW = 1000, 320  # pixels
# What a page looks like: at its widest, by night, and on the smallest phone.
LOOKS = {"": (False, DESKTOP), "-dark": (True, DESKTOP), "-narrow": (False, NARROW)}


class Browser:
    """Runs until the `with` ends. Pictures of pages go into a folder."""

    def __init__(self, packages, pictures):
        self.packages, self.pictures = pathlib.Path(packages).resolve(), pathlib.Path(pictures)
        self.numbers, self.shown = itertools.count(), set()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            # A module is looked for beside the script that wants it.
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (folder / "node_modules").symlink_to(self.packages / "node_modules")
            script = shutil.copy(pathlib.Path(__file__).parent / "node" / "browser.mjs", folder)
            axe = self.packages / "node_modules" / "axe-core" / "axe.min.js"
            self.program = stack.enter_context(Program("node", script, CHROMIUM, axe))
            stack.callback(self.ask, "end")
            self.version = self.ask("version")
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def ask(self, method, **options):
        answer = self.program.ask(method=method, options=options)
        assert "error" not in answer, f"{method} {options}: {answer['error']}"
        return answer.get("value")

    @contextlib.contextmanager
    def person(self, language="en", scripts=True):
        """Somebody with a browser of their own, and one tab."""
        name = f"person-{next(self.numbers)}"
        person = Person(self, name, {"locale": language, "javaScriptEnabled": scripts, "ignoreHTTPSErrors": True,
                                     "viewport": {"width": DESKTOP, "height": 800}})
        yield person
        self.ask("leave", person=name)

    def seen(self):
        """The origins that were asked for anything, and what the console was told."""
        return self.ask("seen")


class Person:
    def __init__(self, browser, name, options):
        self.browser, self.name, self.options = browser, name, options

    def tab(self):
        name = f"tab-{next(self.browser.numbers)}"
        self.browser.ask("open", tab=name, person=self.name, **self.options)
        return Tab(self, name)

    def share_cookies(self, other):
        """The other one has this one's cookies, too."""
        self.browser.ask("share", person=self.name, other=other.name)

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self.browser.ask("cookies", person=self.name)}


class Tab:
    """One tab. What it is asked for by name is a CSS selector."""

    def __init__(self, person, name):
        self.person, self.browser, self.name = person, person.browser, name

    def ask(self, method, selector=None, **options):
        if selector:
            options["selector"] = selector
        return self.browser.ask(method, tab=self.name, **options)

    def goto(self, url):
        return self.ask("goto", url=url)

    def back(self):
        return self.ask("back")

    @property
    def address(self):
        return self.ask("address")

    def click(self, selector):
        self.ask("click", selector)

    def fill(self, selector, value):
        self.ask("fill", selector, value=value)

    def device(self, unlocks=True):
        """There is a device for passkeys, whose owner unlocks it or does not; how many it keeps."""
        return self.ask("device", unlocks=unlocks)

    def press(self, key):
        self.ask("press", key=key)

    def shown(self, selector):
        """Waits until it is there to be seen."""
        self.ask("shown", selector)

    def has(self, selector):
        return self.ask("count", selector) > 0

    def text(self, selector):
        return self.ask("text", selector)

    def attribute(self, selector, name):
        return self.ask("attribute", selector, name=name)

    def on(self, page):
        """Waits until it shows this page of ours."""
        self.shown(f'main[data-page="{page}"]')
        assert self.ask("count", "h1") == 1, "one title"

    def tab_to(self, selector):
        """Goes there with the Tab key alone. Wherever it is on the way, one sees it."""
        for _ in range(30):
            self.press("Tab")
            focus = self.ask("has_focus", selector)
            if focus["is"]:
                assert focus["visible"], f"nobody sees that this has the keyboard: {focus['tag']}"
                return
        raise AssertionError(f"the Tab key does not lead to {selector}")

    def pictured(self, name):
        """Pictures of it, in each of its looks; axe finds nothing serious in any of them, and nothing stands out sideways."""
        language, direction, text_direction = self.ask("language")
        wanted = self.person.options["locale"].split("-")[0]
        assert (language, direction) == (wanted, {"en": "ltr", "ar": "rtl"}[wanted]), (name, language, direction)
        assert text_direction == direction, (name, text_direction)
        for look, (dark, width) in LOOKS.items():
            self.ask("look", dark=dark, width=width)
            full = f"{name}-{language}{look}"
            self.ask("screenshot", path=str(self.browser.pictures / f"{full}.png"))
            out = self.ask("too_wide")
            assert out["by"] <= 0, f"{full} is too wide: {out}"
            # axe is a script, and waits forever where none may run.
            found = self.ask("serious") if self.person.options["javaScriptEnabled"] else []
            bad = [one for one in found if one["impact"] in ("serious", "critical")]
            assert not bad, f"{full}: {bad}"
            self.browser.shown.add(full)
        self.ask("look", dark=False, width=DESKTOP)
