"""Checks the good vectors in protocol/vectors with another JOSE implementation, and their hashes from the definition.

Needs jwcrypto. Usage: python3 tests/independent/jose_vectors.py [folder with the vectors]
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import pathlib
import sys

from jwcrypto import jwk, jws

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "protocol" / "vectors")
APPROVE = {"decision": "approve"}
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


def signed_by(compact, key):
    header = compact.split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return header["kid"] == jwk.JWK(**key).thumbprint()


def applies(rule, challenge, at):
    """Whether a rule approves a challenge at that second."""
    assert (rule["iss"], rule["aud"], rule["app"]) == (challenge["aud"], challenge["iss"], challenge["app"]["id"])
    assert challenge["rules_allowed"] is True and "risk" not in challenge
    address = ipaddress.ip_address(challenge["context"]["ip"])
    address = getattr(address, "ipv4_mapped", None) or address
    assert address in ipaddress.ip_network(rule["network"]) and rule["iat"] <= at < rule["exp"]
    assert rule["exp"] - rule["iat"] <= 30 * 86400


def transcript_hash(i):
    parts = ["countersign enrollment transcript v1", sha(i["token"]), i["server"], i["server_key"],
             i["keys"]["possession"], i["keys"]["verification"], i["device_name"], i["device"]]
    return hashlib.sha256(framed(*parts)).digest()


def framed(*parts):
    return b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def offline_text(challenge):
    """Signature and payload as decimal digits, seven bytes (little endian) at a time."""
    _, payload, signature = map(unb64, challenge.split("."))
    data, digits = signature + payload, [0, 3, 5, 8, 10, 13, 15, 17]
    chunks = [data[at:at + 7] for at in range(0, len(data), 7)]
    return "COUNTERSIGN://OFFLINE/1" + "".join(str(int.from_bytes(c, "little")).zfill(digits[len(c)]) for c in chunks)


def offline(i, out):
    if "key" in i:
        said = framed("countersign offline answer v1", sha(i["challenge"]), "approve", i["device"])
        tag = hmac.digest(unb64(i["key"]), said, "sha256")
        assert out["code"] == str(int.from_bytes(tag[:8], "big"))[-8:].zfill(8)
    elif "text" in i:
        assert offline_text(out["challenge"]) == i["text"].strip().upper()
    else:
        assert offline_text(i["challenge"]) == out["text"]


def check(kind, i, out):
    if kind == "jwk_thumbprint":
        assert jwk.JWK.from_json(i["jwk"]).thumbprint() == out["thumbprint"]
    elif kind == "enroll":
        for role, key in i["keys"].items():
            assert claims(i["proof"][role], "cs-enroll+jwt", key) == out
            assert out["keys"][role] == jwk.JWK(**key).thumbprint()
    elif kind == "enrolled":
        t, key = i["transcript"], i["server_key"]
        assert claims(i["jws"], "cs-enrolled+jwt", key) == out and jwk.JWK(**key).thumbprint() == t["server_key"]
        assert out == {"iss": t["server"], "device": t["device"], "transcript": b64(transcript_hash(t))}
    elif kind == "request":
        assert claims(i["jws"], "cs-request+jwt", i["possession"]) == out and out["bsh"] == sha(i["body"])
    elif kind == "challenge":
        assert claims(i["jws"], "cs-challenge+jwt", i["server_key"]) == out
    elif kind == "answer":
        answer(i["jws"], i["keys"], i["challenge"], out)
    elif kind == "receipt":
        r, asked, outcome, at = i["receipt"], out["challenge"], out["outcome"], out["decided_at"]
        assert claims(r["challenge"], "cs-challenge+jwt", r["server_key"]) == asked
        about = {"iss": asked["iss"], "cid": asked["jti"], "outcome": outcome, "at": at}
        if r["v"] == 1:
            answer(r["answer"], r["device_keys"], r["challenge"], out)
            about |= {"ath": sha(r["answer"])}
        else:
            assert claims(r["rule"], "cs-rule+jwt", r["device_keys"]["verification"]) == out["rule"]
            applies(out["rule"], asked, at)
            about |= {"cth": sha(r["challenge"]), "rth": sha(r["rule"])}
        assert claims(r["verdict"], "cs-verdict+jwt", r["server_key"]) == about and asked["iat"] <= at < asked["exp"]
        assert outcome == "denied" or (outcome, out.get("answer", APPROVE)["decision"]) == ("approved", "approve")
    elif kind == "rule":
        assert claims(i["jws"], "cs-rule+jwt", i["verification"]) == out
        applies(out, i["challenge"], i["at"])
    elif kind == "checkpoint":
        by = [key for key in i["keys"] if signed_by(i["jws"], key)]
        assert claims(i["jws"], "cs-checkpoint+jwt", by[0]) == out
        assert (out["iss"], out["tenant"]) == (i["issuer"], i["tenant"])
    elif kind == "offline":
        offline(i, out)
    elif kind == "server_key_chain":
        key = i["chain"]["root"]
        for link in i["chain"]["successions"]:
            key = claims(link, "cs-server-key+jwt", key)["key"]
        assert jwk.JWK(**key).thumbprint() == out["newest"]
    elif kind == "transcript":
        bits = int.from_bytes((digest := transcript_hash(i))[:16], "big")
        code = "".join(ALPHABET[bits >> shift & 31] for shift in range(120, 90, -5))
        assert out == {"token_hash": sha(i["token"]), "hash": b64(digest), "confirmation_code": code}
    elif kind == "attestation":
        shared = i["server"], sha(i["token"])
        android = framed("countersign android attestation v1", *shared)
        apple = framed("countersign apple attestation v1", *shared, i["keys"]["possession"], i["keys"]["verification"])
        assert out == {"android": b64(hashlib.sha256(android).digest()), "apple": b64(hashlib.sha256(apple).digest())}
    else:
        return 0
    return 1


files = sorted(p for p in FOLDER.glob("*.json") if p.stem != "keys")
done = [check(f.stem, c["in"], c["out"]) for f in files for c in json.loads(f.read_text())["cases"] if "out" in c]
assert sum(done) >= 50, "too few vectors were checked"
print(f"note: vectors: {sum(done)} read by jwcrypto, {len(done) - sum(done)} of kinds that are no signatures or keys")
