"""Checks the good vectors in protocol/vectors with another JOSE implementation, and their hashes from the definition.

Needs jwcrypto. Usage: python3 tests/independent/jose_vectors.py [folder with the vectors]
"""

import base64
import hashlib
import json
import pathlib
import sys

from jwcrypto import jwk, jws

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "protocol" / "vectors")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha(text):
    return b64(hashlib.sha256(text.encode()).digest())


def claims(compact, typ, key):
    """The payload of a message that this key signed for this purpose."""
    key = jwk.JWK(**key)
    message = jws.JWS()
    message.allowed_algs = ["ES256"]
    message.deserialize(compact)
    message.verify(key)
    assert json.loads(message.objects["protected"]) == {"alg": "ES256", "typ": typ, "kid": key.thumbprint()}
    return json.loads(message.payload)


def answer(i, keys, challenge, out):
    assert claims(i, "cs-answer+jwt", keys[out["proof"]]) == out["answer"]
    assert out["answer"]["cth"] == sha(challenge)


def check(kind, i, out):
    if kind == "jwk_thumbprint":
        assert jwk.JWK.from_json(i["jwk"]).thumbprint() == out["thumbprint"]
    elif kind == "enroll":
        for role, key in i["keys"].items():
            assert claims(i["proof"][role], "cs-enroll+jwt", key) == out
            assert out["keys"][role] == jwk.JWK(**key).thumbprint()
    elif kind == "request":
        assert claims(i["jws"], "cs-request+jwt", i["possession"]) == out and out["bsh"] == sha(i["body"])
    elif kind == "challenge":
        assert claims(i["jws"], "cs-challenge+jwt", i["server_key"]) == out
    elif kind == "answer":
        answer(i["jws"], i["keys"], i["challenge"], out)
    elif kind == "receipt":
        r = i["receipt"]
        assert claims(r["challenge"], "cs-challenge+jwt", r["server_key"]) == out["challenge"]
        answer(r["answer"], r["device_keys"], r["challenge"], out)
    elif kind == "server_key_chain":
        key = i["chain"]["root"]
        for link in i["chain"]["successions"]:
            key = claims(link, "cs-server-key+jwt", key)["key"]
        assert jwk.JWK(**key).thumbprint() == out["newest"]
    elif kind == "transcript":
        parts = ["countersign enrollment transcript v1", sha(i["token"]), i["server"], i["server_key"],
                 i["keys"]["possession"], i["keys"]["verification"], i["device_name"], i["device"]]
        digest = hashlib.sha256(b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)).digest()
        bits = int.from_bytes(digest[:16], "big")
        code = "".join(ALPHABET[bits >> shift & 31] for shift in range(120, 90, -5))
        assert out == {"token_hash": sha(i["token"]), "hash": b64(digest), "confirmation_code": code}
    else:
        return 0
    return 1


files = sorted(p for p in FOLDER.glob("*.json") if p.stem != "keys")
done = [check(f.stem, c["in"], c["out"]) for f in files for c in json.loads(f.read_text())["cases"] if "out" in c]
assert sum(done) >= 30, "too few vectors were checked"
print(f"{sum(done)} vectors checked by jwcrypto, {len(done) - sum(done)} without anything to check there")
