"""A sign-in page, as a browser without a script opens it: it asks the phone, shows a QR code for one without a network, and takes
the digits that are typed."""

import html
import http.cookiejar
import json
import re
import struct
import urllib.parse
import urllib.request
import zlib

PATIENCE = 60  # seconds for anything at all; reached only when something hangs
SCALE = 4  # pixels of the picture for each unit of the drawing


class Page:
    def __init__(self, server, email, message, seconds):
        self.server = server
        jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.whom = {"uid": server.headers["X-Client-ID"], "secret": server.headers["X-Client-Secret"], "email": email}
        asked = {"message": message, "type": "Login", "timeout": seconds}
        self.channel = self.api("authenticate_with_options", **asked)["channel"]
        query = urllib.parse.urlencode({"channel": self.channel})
        self.open(f"/mfa/index?{query}")
        self.shown = self.send("index", way="push")

    def api(self, name, **fields):
        form = urllib.parse.urlencode({**self.whom, **fields}).encode()
        with urllib.request.urlopen(f"{self.server.url}/api/v9/{name}", form, PATIENCE) as reply:
            return json.load(reply)

    def open(self, target, form=None):
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"} if form else {}
        request = urllib.request.Request(self.server.url + target, form, headers)
        with self.browser.open(request, timeout=PATIENCE) as reply:
            return reply.read().decode()

    def send(self, name, **fields):
        return self.open(f"/mfa/{name}", urllib.parse.urlencode({"channel": self.channel, **fields}).encode())

    def picture(self):
        """The QR code as a person would photograph it: a PNG."""
        drawn = re.search(r'<div id="offline-qr".*?<svg[^>]* viewBox="0 0 (\d+) (\d+)".*?<path[^>]* d="([^"]*)"', self.shown, re.DOTALL)
        assert drawn, f"the page has no QR code: {html.unescape(self.shown)}"
        return png(int(drawn[1]), int(drawn[2]), re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", drawn[3]))

    def type(self, code):
        """Types the digits, and says how the sign-in stands then."""
        self.shown = self.send("passcode", code=code)
        return self.api("check", channel=self.channel)["status"]


def png(width, height, dark):
    """A grey picture with these dark rectangles: left, top, width, height."""
    rows = [bytearray(b"\xff" * width * SCALE) for _ in range(height * SCALE)]
    for left, top, wide, high in (map(int, one) for one in dark):
        for row in rows[top * SCALE:(top + high) * SCALE]:
            row[left * SCALE:(left + wide) * SCALE] = bytes(wide * SCALE)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width * SCALE, height * SCALE, 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + bytes(row) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
