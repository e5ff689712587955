"""A receipt from a real server, made and checked with another JOSE implementation and nothing of ours: the phone that
enrols and answers is written here, with keys of jwcrypto's.

Needs jwcrypto. Usage: python3 tests/independent/receipt.py path/to/countersign-server
"""

import base64
import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from jwcrypto import jwk, jws

PATIENCE = 30  # seconds for anything at all; reached only when something hangs


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha(text):
    return b64(hashlib.sha256(text.encode()).digest())


def bare(key):
    return {name: value for name, value in key.export_public(as_dict=True).items() if name in ("kty", "crv", "x", "y")}


def sign(key, typ, claims):
    message = jws.JWS(json.dumps(claims).encode())
    header = {"alg": "ES256", "typ": typ, "kid": key.thumbprint()}
    message.add_signature(key, None, json.dumps(header), None)
    return message.serialize(compact=True)


def claims(compact, typ, key):
    """The payload of a message that this key signed for this purpose."""
    message = jws.JWS()
    message.allowed_algs = ["ES256"]
    message.deserialize(compact)
    message.verify(key)
    assert json.loads(message.objects["protected"]) == {"alg": "ES256", "typ": typ, "kid": key.thumbprint()}
    return json.loads(message.payload)


def call(method, url, body=None, headers=()):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=dict(headers))
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return json.load(reply), reply.headers


def nonce(url):
    try:
        call("GET", f"{url}/api/v1/device/challenges")
    except urllib.error.HTTPError as refused:
        return refused.headers["Device-Nonce"]
    raise AssertionError("a request without a signature was answered")


def enrol(url, token, possession, verification):
    thumbprints = {"possession": possession.thumbprint(), "verification": verification.thumbprint()}
    proof = {"aud": url, "token_hash": sha(token), "keys": thumbprints, "device_name": "Independent"}
    body = {
        "token": token, "device_token": b64(os.urandom(16)), "platform": "terminal", "device_name": "Independent",
        "keys": {"possession": bare(possession), "verification": bare(verification)},
        "proof": {"possession": sign(possession, "cs-enroll+jwt", proof),
                  "verification": sign(verification, "cs-enroll+jwt", proof)},
    }
    return call("POST", f"{url}/api/v1/devices/complete-enrollment", body)[0]["device_id"]


def challenge_of(url, device, possession):
    proof = {"iss": device, "aud": url, "htm": "GET", "htu": f"{url}/api/v1/device/challenges", "nonce": nonce(url),
             "bsh": sha("")}
    headers = {"Authorization": "Device " + sign(possession, "cs-request+jwt", proof)}
    return call("GET", proof["htu"], headers=headers)[0]["challenges"][0]


def answer(url, device, challenge, key, decision):
    asked = json.loads(base64.urlsafe_b64decode(challenge.split(".")[1] + "=="))
    said = {"iss": device, "aud": url, "jti": b64(os.urandom(16)), "cid": asked["jti"], "cth": sha(challenge),
            "decision": decision}
    signed = sign(key, "cs-answer+jwt", said)
    call("POST", f"{url}/api/v1/device/challenges/{asked['jti']}/answer", {"answer": signed})


def check_receipt(receipt, trusted, keys, decision, outcome):
    server = jwk.JWK(**receipt["server_key"])
    assert server.thumbprint() == trusted, "signed by another server than the one of the link"
    asked = claims(receipt["challenge"], "cs-challenge+jwt", server)
    offered = {role: jwk.JWK(**key) for role, key in receipt["device_keys"].items()}
    assert {role: key.thumbprint() for role, key in offered.items()} == asked["keys"] == keys
    role = "verification" if decision == "approve" else "possession"
    said = claims(receipt["answer"], "cs-answer+jwt", offered[role])
    assert (said["cth"], said["cid"], said["decision"]) == (sha(receipt["challenge"]), asked["jti"], decision)
    verdict = claims(receipt["verdict"], "cs-verdict+jwt", server)
    assert (verdict["cid"], verdict["ath"], verdict["outcome"]) == (asked["jti"], sha(receipt["answer"]), outcome)
    assert asked["iat"] <= verdict["at"] < asked["exp"] and receipt["v"] == 1


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"COUNTERSIGN_LISTEN": "127.0.0.1:0", "COUNTERSIGN_DATA_DIR": f"{folder}/data"}
        serve = [program, "--json", "serve"]
        with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
            try:
                assert select.select([process.stdout], [], [], PATIENCE)[0], "the server said nothing"
                url = json.loads(process.stdout.readline())["url"]
                check(program, environment, url)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)


def check(program, environment, url):
    def command(*arguments):
        ran = subprocess.run([program, "--json", *arguments], env=environment, capture_output=True, check=True)
        return json.loads(ran.stdout)

    tenant = command("tenant", "create", "--name", "Independent")["tenant_id"]
    application = command("application", "create", "--tenant", tenant, "--name", "Independent")
    link = command("user", "create", "--tenant", tenant, "--user-ref", "sam", "--enroll")["enrollment_url"]
    token = link.split("/enroll/")[1].split("#")[0]
    trusted = link.split("&k=")[1]
    possession, verification = (jwk.JWK.generate(kty="EC", crv="P-256") for _ in range(2))
    keys = {"possession": possession.thumbprint(), "verification": verification.thumbprint()}
    device = enrol(url, token, possession, verification)
    headers = {"X-Client-ID": application["client_id"], "X-Client-Secret": application["client_secret"]}
    for decision, outcome, key in (("approve", "approved", verification), ("deny", "denied", possession)):
        sent = call("POST", f"{url}/api/v1/mfa/send", {"user_ref": "sam"}, headers)[0]
        challenge = challenge_of(url, device, possession)
        answer(url, device, challenge, key, decision)
        receipt = call("GET", f"{url}/api/v1/mfa/receipt/{sent['session_id']}", headers=headers)[0]
        check_receipt(receipt, trusted, keys, decision, outcome)
        for part in ("challenge", "answer", "verdict"):
            body = receipt[part].split(".")
            bent = receipt | {part: ".".join([body[0], body[1][:-1] + ("A" if body[1][-1] != "A" else "E"), body[2]])}
            try:
                check_receipt(bent, trusted, keys, decision, outcome)
            except Exception:
                continue
            raise AssertionError(f"a changed {part} was not noticed")
    print("note: receipt: an approval and a denial by a phone of jwcrypto's, checked by jwcrypto")


if __name__ == "__main__":
    main()
