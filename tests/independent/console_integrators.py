"""What integrators need: applications, channels, webhooks, and calls made from the API explorer."""

import http.server
import threading


class Hook(http.server.BaseHTTPRequestHandler):
    """A webhook's other end: takes everything."""

    def do_POST(self):  # noqa: N802
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.taken.append(self.headers["webhook-id"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def journey(console):
    secret, client = application(console)
    channel(console)
    webhook(console)
    explorer(console, client, secret)
    console.open("/")


def at(console, path):
    return f"/{console.tenant}{path}"


def application(console):
    """Made with its secret, renamed, given another secret; the page says what goes into the software."""
    console.open(at(console, "/applications"))
    console.on("applications")
    console.screenshot("applications")
    console.fill("#name", "Journey shop")
    console.fill("#color", "#ffee00")
    # The picture of the band follows what is typed.
    assert console.attribute(".face rect", "fill") == "#ffee00"
    assert console.attribute(".face text", "fill") == "#000000"
    console.click('form[action$="/applications"] button[type=submit]')
    console.on("application-secret")
    secret = console.text(".secret code")
    assert secret.startswith("cs_secret_"), secret
    console.axe()
    console.click("main a.button")
    console.on("application")
    client = console.text("main > p code")
    assert secret not in console.text("main")
    console.screenshot("application")
    console.fill("#name", "Journey shop, renamed")
    console.click('form[action$="/face"] button')
    console.shown("#done")
    assert console.text("h1") == "Journey shop, renamed"
    console.fill("#uris", "javascript:alert(1)")
    console.click('form[action$="/web"] button')
    console.shown("#problem")
    console.axe()
    console.fill("#uris", "https://shop.example.org/back")
    console.click('form[action$="/web"] button')
    console.shown("#done")
    console.click('summary:has-text("Make another secret")')
    console.click('form[action$="/secrets"] button')
    console.on("application-secret")
    assert console.text(".secret code") != secret
    return secret, client


def channel(console):
    console.open(at(console, "/channels"))
    console.on("channels")
    console.fill("#name", "Clinic")
    console.fill("#networks", "0.0.0.0/0")
    console.click('form[action$="/channels"] button')
    console.shown("#problem")
    console.axe()
    console.fill("#networks", "192.0.2.0/28")
    console.click('form[action$="/channels"] button')
    console.on("channel-key")
    assert console.text(".secret code").startswith("cs_channel_")
    console.click("main a.button")
    console.on("channel")
    console.screenshot("channel")
    console.open(at(console, "/channels"))
    console.screenshot("channels")


def webhook(console):
    """A ping arrives, and the page says so."""
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    receiver.taken = []
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    try:
        console.open(at(console, "/webhooks"))
        console.on("webhooks")
        console.screenshot("webhooks")
        console.fill("#url", f"http://127.0.0.1:{receiver.server_port}/hook")
        console.click('form[action$="/webhooks"] button')
        console.on("webhook-secret")
        console.click("main a.button")
        console.on("webhook")
        console.screenshot("webhook")
        console.click('form[action$="/test"] button')
        console.shown("#tried")
        assert "204" in console.text("#tried"), console.text("#tried")
        assert len(receiver.taken) == 1
        console.axe()
    finally:
        receiver.shutdown()
        receiver.server_close()


def explorer(console, client, secret):
    """A call made from the browser, and the same as a command; the secret goes to the API alone."""
    console.open(at(console, f"/api?application={client}"))
    console.on("api")
    console.screenshot("api")
    console.click('a[href*="operation=listUsers"]')
    console.shown("#curl")
    console.screenshot("api-call")
    console.fill("#secret", secret)
    console.click("[data-send]")
    console.shown("[data-body]:not(:empty)")
    assert console.text("[data-status]").startswith("200"), console.text("[data-status]")
    assert '"users"' in console.text("[data-body]")
    console.axe()
    # The form is sent without it, and the command has a variable in its place.
    console.fill('[name="query.limit"]', "7")
    console.click("form[data-call] button[type=submit]")
    console.shown('#curl:has-text("limit=7")')
    assert secret not in console.text("main") and "$CS_SECRET" in console.text("#curl")
    assert client in console.text("#curl")
