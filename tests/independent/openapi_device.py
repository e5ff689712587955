"""A device that signs its requests with a JOSE library that is not ours: enough of one for `openapi_fuzz`."""

import hashlib
import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from jwcrypto.common import base64url_encode
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from requests.auth import AuthBase

PATIENCE = 30  # seconds


def digest(data):
    return base64url_encode(hashlib.sha256(data).digest())


class Device(AuthBase):
    """Its keys and id. As `requests` wants it, it signs what is about to be sent."""

    def __init__(self, url, keys, device_id=None):
        self.url, self.keys, self.id = url, keys, device_id
        self.nonce = None

    def sign(self, which, purpose, claims):
        key = self.keys[which]
        header = {"alg": "ES256", "typ": f"cs-{purpose}+jwt", "kid": key.thumbprint()}
        jws = JWS(json.dumps(claims))
        jws.add_signature(key, None, json.dumps(header), None)
        return jws.serialize(compact=True)

    @classmethod
    def enroll(cls, url, token):
        device = cls(url, {name: JWK.generate(kty="EC", crv="P-256") for name in ("possession", "verification")})
        claims = {
            "aud": url,
            "token_hash": digest(token.encode()),
            "keys": {name: key.thumbprint() for name, key in device.keys.items()},
            "device_name": "Fuzz",
        }
        body = {
            "token": token,
            "device_token": "fuzz",
            "platform": "terminal",
            "device_name": "Fuzz",
            "keys": {name: key.export_public(as_dict=True) for name, key in device.keys.items()},
            "proof": {name: device.sign(name, "enroll", claims) for name in device.keys},
        }
        for key in body["keys"].values():
            key.pop("kid", None)
        request = urllib.request.Request(f"{url}/api/v1/devices/complete-enrollment", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            device.id = json.load(reply)["device_id"]
        return device

    def export(self):
        keys = {name: key.export_private(as_dict=True) for name, key in self.keys.items()}
        return json.dumps({"url": self.url, "keys": keys, "id": self.id})

    @classmethod
    def restore(cls, text):
        kept = json.loads(text)
        return cls(kept["url"], {name: JWK(**key) for name, key in kept["keys"].items()}, kept["id"])

    def fresh_nonce(self):
        try:
            urllib.request.urlopen(f"{self.url}/api/v1/device/challenges", timeout=PATIENCE)
        except urllib.error.HTTPError as refused:
            return refused.headers["Device-Nonce"]
        raise AssertionError("an unsigned request was answered")

    def __call__(self, request):
        # A nonce is good for five minutes, which is longer than a run.
        self.nonce = self.nonce or self.fresh_nonce()
        body = request.body or b""
        claims = {
            "iss": self.id,
            "aud": self.url,
            "htm": request.method,
            "htu": self.url + urlsplit(request.url).path,
            "nonce": self.nonce,
            "bsh": digest(body.encode() if isinstance(body, str) else body),
        }
        request.headers["Authorization"] = "Device " + self.sign("possession", "request", claims)
        return request
