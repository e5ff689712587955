"""Tokens of a real server, checked by another implementation (jwcrypto) with nothing but what the server publishes: for a
tenant that signs with RSA and for one that signs with P-256. And tokens of that implementation's own, which the server
must refuse.

Needs jwcrypto. Usage: python3 tests/independent/oauth_tokens.py path/to/countersign-server
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from jwcrypto import jwk, jws, jwt
from running import Server, free_port

PASSWORD = "a quiet afternoon in Riyadh"
PERSON = "sam@example.org"
PATIENCE = 60  # seconds for anything at all; reached only when something hangs


def get(url, bearer=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def post(url, **form):
    body = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(url, body, timeout=PATIENCE) as reply:
        return json.load(reply)


def checked(token, keys, algorithm, typ, **claims):
    """The claims of a token whose signature, kind and claims hold."""
    read = jwt.JWT(jwt=token, key=keys, algs=[algorithm], check_claims={"exp": None, "iat": None, **claims})
    header, content = json.loads(read.header), json.loads(read.claims)
    assert (header["alg"], header["typ"]) == (algorithm, typ), header
    return content


def client(server, host, algorithm):
    """A tenant that issues tokens under this host name, with an application, somebody, and their tokens."""
    tenant = server.run("tenant", "create", "--name", host)["tenant_id"]
    if algorithm != "RS256":
        server.run("tenant", "token-key", "--tenant", tenant, "--rotate", "--algorithm", algorithm)
    issuer = server.run("tenant", "issuer", "--tenant", tenant, "--host", host)["issuer"]
    made = server.run("application", "create", "--tenant", tenant, "--name", "Webshop")
    server.run("application", "oauth", "--application", made["client_id"], "--flavour", "auth0", "--set", "demand=enrolled")
    server.run("user", "create", "--tenant", tenant, "--email", PERSON, password=PASSWORD)
    credentials = {name: made[name] for name in ("client_id", "client_secret")}
    status, found = get(f"{issuer}.well-known/openid-configuration")
    assert status == 200 and found["issuer"] == issuer, found
    status, published = get(found["jwks_uri"])
    assert status == 200 and not any("d" in key for key in published["keys"]), published
    return issuer, found, jwk.JWKSet.from_json(json.dumps(published)), credentials


def check(server, host, algorithm):
    issuer, found, keys, credentials = client(server, host, algorithm)
    ask = lambda **more: post(found["token_endpoint"], **credentials, **more)
    login = {"grant_type": "password", "username": PERSON, "password": PASSWORD}
    tokens = ask(**login, scope="openid email offline_access")
    refreshed = ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    for given in (tokens, refreshed):
        access = checked(given["access_token"], keys, algorithm, "at+jwt", iss=issuer, aud=issuer)
        identity = checked(given["id_token"], keys, algorithm, "JWT", iss=issuer, aud=credentials["client_id"])
        assert access["sub"] == identity["sub"] and identity["email"] == PERSON, (access, identity)
        assert access["client_id"] == credentials["client_id"] and access["amr"] == ["pwd"], access
        assert access["exp"] - access["iat"] == given["expires_in"], access
    factors = ask(**login, audience=f"{issuer}mfa/")["access_token"]
    status, _ = get(f"{issuer}mfa/authenticators", factors)
    assert status == 200, status
    refuses(issuer, factors, keys, algorithm)
    print(f"{issuer}: tokens by {algorithm} hold, those of others do not")
    return keys, tokens["access_token"], algorithm


def refuses(issuer, good, keys, algorithm):
    """The same claims under every signature that somebody else could make."""
    message = jws.JWS()
    message.deserialize(good)
    payload, kid = message.objects["payload"], json.loads(message.objects["protected"])["kid"]
    own = jwk.JWK.generate(**({"kty": "RSA", "size": 2048} if algorithm == "RS256" else {"kty": "EC", "crv": "P-256"}))
    published = jwk.JWK(kty="oct", k=jws.base64url_encode(keys.get_key(kid).export_to_pem()))
    for key, alg in ((own, algorithm), (published, "HS256")):
        forged = jws.JWS(payload)
        forged.add_signature(key, alg, json.dumps({"alg": alg, "typ": "at+jwt", "kid": kid}))
        status, reply = get(f"{issuer}mfa/authenticators", forged.serialize(compact=True))
        assert status == 401, (alg, status, reply)
    header = jws.base64url_encode(json.dumps({"alg": "none", "typ": "at+jwt", "kid": kid}))
    status, reply = get(f"{issuer}mfa/authenticators", f"{header}.{jws.base64url_encode(payload)}.")
    assert status == 401, (status, reply)


def main():
    port = free_port()
    with Server(sys.argv[1], listen=f"127.0.0.1:{port}", public_url=f"http://localhost:{port}") as server:
        first = check(server, f"localhost:{port}", "RS256")
        second = check(server, f"127.0.0.1:{port}", "ES256")
        for (keys, _, _), (_, token, algorithm) in ((first, second), (second, first)):
            try:
                jwt.JWT(jwt=token, key=keys, algs=[algorithm])
            except (jwt.JWTMissingKey, jws.InvalidJWSSignature):
                continue
            raise AssertionError("one tenant's token holds under another's keys")


if __name__ == "__main__":
    main()
