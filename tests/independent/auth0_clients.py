"""Clients that others wrote for Auth0, each behind the same few methods, so that one journey can be made with every one.

`deletes`: it can delete an authenticator; `waits`: it is made to wait after `slow_down`, which takes real seconds.
Answers are dictionaries in the API's own words. What a client throws becomes `Refused`. `session` says that a sign-in with an
id token ends here, for the clients that begin something with it.
"""

import asyncio
import contextlib
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from auth0_server import PASSWORD
from line_program import Program

MFA = "http://auth0.com/oauth/grant-type/mfa-"


class Refused(Exception):
    """An error as a client told it; what a client does not tell is None."""

    def __init__(self, error, description, status=None, mfa_token=None, retry_after=None):
        super().__init__(f"{status} {error}: {description}")
        self.error, self.description, self.status = error, description, status
        self.mfa_token, self.retry_after = mfa_token, retry_after


def given(**options):
    return {name: value for name, value in options.items() if value is not None}


class NodeClient:
    """A client in Node: a program of its own that answers line by line."""

    def __init__(self, packages, script, server):
        self.packages, self.script, self.server = packages, script, server

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            # Modules are looked for beside the script that asks for them.
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (folder / "node_modules").symlink_to(pathlib.Path(self.packages, "node_modules").resolve())
            script = shutil.copy(pathlib.Path(__file__).parent / "node" / self.script, folder)
            version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
            # `localhost` may be ::1 first, where nothing listens. Before Node 20, cryptography has to be asked for.
            options = ["--dns-result-order=ipv4first"]
            if int(re.match(r"v(\d+)", version)[1]) < 20:
                options.append("--experimental-global-webcrypto")
            self.program = stack.enter_context(Program(
                "node", *options, script, self.server.domain, self.server.client_id, self.server.client_secret,
                NODE_EXTRA_CA_CERTS=str(self.server.files.root)))
            self.stack = stack.pop_all()
        self.runtime = f"Node {version}"
        return self

    def __exit__(self, *_):
        self.stack.close()

    def call(self, method, **options):
        answer = self.program.ask(method=method, options=given(**options))
        if "error" in answer:
            told = answer["error"]
            if not told.get("error"):
                raise AssertionError(f"{method} threw something of its own: {told}")
            raise Refused(told["error"], told.get("error_description"), told.get("status"), told.get("mfa_token"),
                          told.get("retry_after"))
        return answer["value"]


def snake(value):
    """A dictionary of auth0-auth-js in the API's words; what is inside stays as it is."""
    return {re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name): inner for name, inner in value.items()}


class AuthJs(NodeClient):
    """npm @auth0/auth0-auth-js. It checks the claims of id tokens that it is given."""

    name, deletes, waits = "auth0-auth-js", True, True

    def __init__(self, server, packages):
        super().__init__(packages, "auth0_auth_js.mjs", server)

    def login(self, username, password=PASSWORD, scope=None, audience=None):
        return snake(self.call("login", username=username, password=password, scope=scope, audience=audience))

    def refresh(self, token):
        return snake(self.call("refresh", refreshToken=token))

    def authenticators(self, token):
        return [snake(one) for one in self.call("authenticators", mfaToken=token)]

    def enroll(self, token, channel, phone_number=None, email=None):
        kind = {"authenticatorTypes": ["otp"]} if channel == "otp" else {
            "authenticatorTypes": ["oob"], "oobChannels": [channel]}
        return snake(self.call("enroll", mfaToken=token, phoneNumber=phone_number, email=email, **kind))

    def challenge(self, token, channel, authenticator_id=None):
        kind = "otp" if channel == "otp" else "oob"
        return snake(self.call("challenge", mfaToken=token, challengeType=kind, authenticatorId=authenticator_id))

    def verify(self, token, session=True, otp=None, oob_code=None, binding_code=None, recovery_code=None):
        kind = "otp" if otp else "oob" if oob_code else "recovery-code"
        return snake(self.call("verify", mfaToken=token, factorType=kind, otp=otp, oobCode=oob_code,
                               bindingCode=binding_code, recoveryCode=recovery_code))

    def remove(self, token, authenticator_id):
        self.call("remove", mfaToken=token, authenticatorId=authenticator_id)


class Auth0Node(NodeClient):
    """npm auth0, major version 4. Its validator checks id tokens with the published keys."""

    name, deletes, waits = "auth0 for Node", True, False

    def __init__(self, server, packages):
        super().__init__(packages, "auth0_node.mjs", server)

    def login(self, username, password=PASSWORD, scope=None, audience=None):
        return self.call("login", username=username, password=password, scope=scope, audience=audience)

    def refresh(self, token):
        return self.call("refresh", refresh_token=token)

    def authenticators(self, token):
        return self.call("authenticators", token=token)

    def enroll(self, token, channel, phone_number=None, email=None):
        return self.call("enroll", token=token, **association(channel), phone_number=phone_number, email=email)

    def challenge(self, token, channel, authenticator_id=None):
        kind = "otp" if channel == "otp" else "oob"
        return self.call("challenge", mfa_token=token, challenge_type=kind, authenticator_id=authenticator_id)

    def verify(self, token, session=True, **fields):
        return self.call("verify", grant=grant_of(fields), mfa_token=token, **fields)

    def remove(self, token, authenticator_id):
        self.call("remove", token=token, id=authenticator_id)


def association(channel):
    if channel == "otp":
        return {"authenticator_types": ["otp"]}
    return {"authenticator_types": ["oob"], "oob_channels": [channel]}


def grant_of(fields):
    return "otp" if "otp" in fields else "oob" if "oob_code" in fields else "recovery-code"


class Store:
    """Where auth0-server-python keeps the session of one browser."""

    def __init__(self):
        self.states = {}

    async def set(self, identifier, state, remove_if_expires=False, options=None):
        self.states[identifier] = state

    async def get(self, identifier, options=None):
        return self.states.get(identifier)

    async def delete(self, identifier, options=None):
        self.states.pop(identifier, None)


class ServerPython:
    """PyPI auth0-server-python. It has no password grant, so that one request is made beside it. Believes the authority in
    SSL_CERT_FILE, and checks id tokens with the published keys before it begins a session."""

    name, deletes, waits = "auth0-server-python", False, True
    SECRET = "a secret of the application, thirty-two characters and more"

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def client(self):
        from auth0_server_python.auth_server.server_client import ServerClient

        return ServerClient(domain=self.server.domain, client_id=self.server.client_id,
                            client_secret=self.server.client_secret, secret=self.SECRET, state_store=Store(),
                            transaction_store=Store())

    def run(self, asked):
        from auth0_server_python.error import ApiError, MfaApiError

        try:
            return asyncio.run(asked)
        except MfaApiError as error:
            if not error.cause:
                raise
            raise Refused(error.cause.get("error"), error.cause.get("error_description")) from None
        except ApiError as error:
            raise Refused(error.code, str(error)) from None

    def sealed(self, token):
        """The token as the package wants it: as it stands in the session of a browser."""
        from auth0_server_python.auth_types import MfaTokenContext
        from auth0_server_python.encryption.encrypt import encrypt

        context = MfaTokenContext(mfa_token=token, audience="", scope="openid", created_at=int(time.time()))
        return {"mfa_token": encrypt(context.model_dump(), self.SECRET, "mfa_token")}

    def login(self, username, password=PASSWORD, scope=None, audience=None):
        import httpx

        body = given(grant_type="password", username=username, password=password, scope=scope, audience=audience,
                     client_id=self.server.client_id, client_secret=self.server.client_secret)
        reply = httpx.post(f"{self.server.origin}/oauth/token", data=body)
        told = reply.json()
        if reply.status_code != 200:
            raise Refused(told["error"], told["error_description"], reply.status_code, told.get("mfa_token"))
        return told

    def refresh(self, token):
        return self.run(self.client().get_token_by_refresh_token({"refresh_token": token}))

    def authenticators(self, token):
        listed = self.run(self.client().mfa.list_authenticators(self.sealed(token)))
        return [one.model_dump(exclude_none=True) for one in listed]

    def enroll(self, token, channel, phone_number=None, email=None):
        options = given(factor_type=channel, phone_number=phone_number, email=email)
        return self.run(self.client().mfa.enroll_authenticator({**self.sealed(token), **options})).model_dump(exclude_none=True)

    def challenge(self, token, channel, authenticator_id=None):
        options = given(factor_type=channel, authenticator_id=authenticator_id)
        return self.run(self.client().mfa.challenge_authenticator({**self.sealed(token), **options})).model_dump(exclude_none=True)

    def verify(self, token, session=True, **fields):
        client = self.client()
        begins = {"persist": True, "audience": "default", "scope": "openid"} if session else {}
        told = self.run(client.mfa.verify({**self.sealed(token), **fields, **begins}))
        return told.model_dump(exclude_none=True)


class Auth0Python:
    """PyPI auth0-python, over plain HTTP. Its requests are JSON with a null for all that is not given."""

    name, deletes, waits = "auth0-python", False, False

    def __init__(self, server):
        self.server, self.base = server, server.origin

    def __enter__(self):
        from auth0.authentication import GetToken

        self.tokens = GetToken(self.server.domain, self.server.client_id, client_secret=self.server.client_secret,
                               protocol="http")
        return self

    def __exit__(self, *_):
        pass

    def run(self, method, *arguments, **options):
        from auth0.authentication.exceptions import Auth0Error

        try:
            return method(*arguments, **options)
        except Auth0Error as error:
            body, headers = error.content or {}, error.headers or {}
            raise Refused(error.error_code, error.message, error.status_code, body.get("mfa_token"),
                          headers.get("retry-after")) from None

    def login(self, username, password=PASSWORD, scope=None, audience=None):
        return self.run(self.tokens.login, username, password, scope=scope, audience=audience)

    def refresh(self, token):
        return self.run(self.tokens.refresh_token, token)

    def authenticators(self, token):
        return self.run(self.tokens.get, f"{self.base}/mfa/authenticators", headers={"Authorization": f"Bearer {token}"})

    def enroll(self, token, channel, phone_number=None, email=None):
        body = {**association(channel), "phone_number": phone_number, "email": email}
        return self.run(self.tokens.post, f"{self.base}/mfa/associate", body, {"Authorization": f"Bearer {token}"})

    def challenge(self, token, channel, authenticator_id=None):
        body = {"client_id": self.server.client_id, "mfa_token": token, "authenticator_id": authenticator_id,
                "challenge_type": "otp" if channel == "otp" else "oob"}
        return self.run(self.tokens.authenticated_post, f"{self.base}/mfa/challenge", body)

    def verify(self, token, session=True, otp=None, oob_code=None, binding_code=None, recovery_code=None):
        fields = {"otp": otp, "oob_code": oob_code, "binding_code": binding_code, "recovery_code": recovery_code}
        body = {"client_id": self.server.client_id, "mfa_token": token, **fields,
                "grant_type": MFA + grant_of(given(**fields))}
        told = self.run(self.tokens.authenticated_post, f"{self.base}/oauth/token", body)
        if "id_token" in told:
            self.check(told["id_token"])
        return told

    def check(self, id_token):
        from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier

        keys = AsymmetricSignatureVerifier(f"{self.base}/.well-known/jwks.json")
        TokenVerifier(keys, issuer=f"{self.base}/", audience=self.server.client_id).verify(id_token)
