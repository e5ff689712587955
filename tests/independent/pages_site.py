"""A real server whose pages people see, a shop that sends them there, and what those people have: a phone, which is our
terminal authenticator, a number that a real Kannel reaches, and a mailbox."""

import contextlib
import html
import http.server
import json
import pathlib
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request

from inboxes import mails
from kannel_centre import Centre
from running import PATIENCE, Server, Terminal


class Site(Server):
    """Runs until the `with` ends."""

    def __init__(self, program, terminal, **settings):
        super().__init__(program, webhook_allow_networks="127.0.0.0/8", **settings)
        self.terminal, self.people = terminal, 0

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = stack.enter_context(tempfile.TemporaryDirectory())
            centre = pathlib.Path(self.folder, "centre")
            centre.mkdir()
            self.centre = stack.enter_context(Centre(centre))
            super().__enter__()
            stack.callback(super().__exit__)
            self.centre.carries(self, "--platform")
            self.mails = stack.enter_context(mails(self, self.folder))
            self.run("policy", "set", "--tenant", self.tenant, "pushes_per_minute=0")
            self.rest = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.rest.close()

    def somebody(self, name, phone=True, number=True):
        """A person of a check of their own: with a phone, and with a number unless `number` is false."""
        self.people += 1
        address = f"{name}@example.org"
        made = self.post("/api/v1/users/enroll", user_ref=address, email=address)
        one = Somebody(address, f"+1202555{1000 + self.people}" if number else None, made["enrollment_url"])
        if phone:
            folder = pathlib.Path(self.folder, name)
            folder.mkdir()
            one.phone = Terminal(self.terminal, folder)
            one.phone.run("enroll", one.link)
        if number:
            self.run("user", "add-contact", "--tenant", self.tenant, "--user-ref", address, "sms", one.number)
        return one

    def shop(self, name, *settings):
        """A shop of its own application; `settings` are those of `application web`."""
        made = self.run("application", "create", "--tenant", self.tenant, "--name", name)
        shop = Shop(self.url, made["client_id"], made["client_secret"])
        if settings:
            self.run("application", "web", "--application", shop.uid, *(one.format(shop=shop.url) for one in settings))
        return shop


class Somebody:
    def __init__(self, address, number, link):
        self.address, self.number, self.link, self.phone = address, number, link, None

    def approve(self, number):
        self.phone.run("approve", self.phone.waiting(), "--number", number)

    def deny(self):
        self.phone.run("deny", self.phone.waiting())


class Shop(http.server.ThreadingHTTPServer):
    """A relying party at `localhost`, which is another site than 127.0.0.1 to a browser. It believes nothing that comes with
    the browser: it asks the server itself how a sign-in went."""

    def __init__(self, server, uid, secret):
        super().__init__(("127.0.0.1", 0), Visit)
        self.url, self.server_url = f"http://localhost:{self.server_port}", server
        self.uid, self.secret, self.begun, self.token = uid, secret, {}, None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def ask(self, path, bearer=None, **fields):
        """A call to the API: a form, with the application's secret or with a token."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        own = {} if bearer else {"uid": self.uid, "secret": self.secret}
        form = urllib.parse.urlencode({**own, **fields}).encode()
        request = urllib.request.Request(f"{self.server_url}/api/v9/{path}", form, headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None

    def begin(self, email, bearer=None, **options):
        """A sign-in, and the address of its page."""
        whom = {} if bearer else {"email": email}
        channel = self.ask("authenticate_with_options", bearer, message="Sign in to the shop", type="Login", **whom,
                           **options)["channel"]
        assert channel, "a person who is known has a channel"
        self.begun[channel] = email, bearer
        return channel

    def page(self, channel, page="index", callback="/callback?cart=7&channel=old", onward="/basket"):
        """Where a browser is sent to."""
        query = {"channel": channel}
        if callback:
            query |= {"callback_url": self.url + callback, "redirect_url": self.url + onward}
        return f"{self.server_url}/mfa/{page}?{urllib.parse.urlencode(query)}"

    def enabling_page(self):
        """Where a person lets the shop ask them without its secret."""
        query = {"uid": self.uid, "callback_url": f"{self.url}/callback?cart=7"}
        return f"{self.server_url}/mfa/email?{urllib.parse.urlencode(query)}"

    def status(self, channel):
        email, bearer = self.begun[channel]
        return self.ask("check", bearer, channel=channel, **({} if bearer else {"email": email}))["status"]


class Visit(http.server.BaseHTTPRequestHandler):
    """The shop's own pages."""

    def do_GET(self):
        try:
            self.answer()
        except AssertionError as wrong:
            # A journey that reads the title says then what it was.
            self.reply(500, str(wrong))

    def answer(self):
        asked = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(asked.query))
        shop = self.server
        if asked.path == "/sign-in":
            channel = shop.begin(query.pop("email"), **query)
            return self.reply(302, Location=shop.page(channel))
        if asked.path == "/callback" and "channel" in query:
            assert query["cart"] == "7" and query["redirect_url"] == f"{shop.url}/basket", query
            return self.reply(200, shop.status(query["channel"]))
        if asked.path == "/callback" and "access_token" in query:
            shop.token = query["access_token"]
            return self.reply(200, "enabled")
        if asked.path == "/callback":
            return self.reply(200, query.get("error", "nothing"))
        return self.reply(404, "nothing here")

    def reply(self, status, title="", **headers):
        body = f'<!doctype html><title>Shop</title><link rel="icon" href="data:,"><h1 id="shop">{html.escape(title)}</h1>'
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        # A browser may be on its way elsewhere by now.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body.encode())

    def log_message(self, *_):
        pass
