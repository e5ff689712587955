"""What an application does with Auth0's MFA API, from the first factor of a person to the last, by any of the clients in
auth0_clients.py. Each step of it is checked, and the errors are those that applications compare."""

import json
import re
import time

from auth0_clients import Refused
from auth0_server import NUMBER, Seed

OPENID = "openid profile email offline_access"
FACTORS = "enroll read:authenticators remove:authenticators"


def refused(error, description, status, call, *arguments, **options):
    """The refusal of a call, which must be this one; the status only where the client tells it."""
    try:
        answer = call(*arguments, **options)
    except Refused as told:
        assert (told.error, told.description) == (error, description), f"{told} instead of {error}: {description}"
        assert told.status in (None, status), f"{told} instead of {status}"
        return told
    raise AssertionError(f"{error} was expected instead of {answer}")


def begin(client, person, scope=OPENID, **options):
    """The mfa_token of a sign-in whose password was right."""
    told = refused("mfa_required", "Multifactor authentication required", 403, client.login, person, scope=scope, **options)
    assert re.fullmatch(r"[A-Za-z0-9._~+/*-]+", told.mfa_token), "it travels as a bearer token"
    return told.mfa_token


def complete(tokens, expires_in=86_400):
    """Tokens of a sign-in by two factors."""
    assert tokens["token_type"].lower() == "bearer", tokens
    assert tokens.get("expires_in", expires_in) == expires_in, tokens
    assert len(tokens["id_token"].split(".")) == 3 and tokens["refresh_token"] and tokens["access_token"]
    return tokens


def listed(client, token):
    """What there is, by the beginning of each id."""
    return {one["id"].split("|")[0]: one for one in client.authenticators(token)}


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


class Journey:
    def __init__(self, client, server):
        self.client, self.server = client, server
        self.ann, self.steps = server.person("ann"), []

    def step(self, name):
        print(f"{self.client.name}: {name}", flush=True)
        self.steps.append(name)

    def first_factor(self):
        """A person with a password alone: an authenticator app comes first, with a recovery code."""
        client, ann = self.client, self.ann
        self.step("password")
        refused("invalid_grant", "Wrong email or password.", 403, client.login, ann, "not the password")
        refused("invalid_grant", "Wrong email or password.", 403, client.login, "nobody@example.org", "not the password")
        token = begin(client, ann)
        self.step("nothing yet")
        assert client.authenticators(token) == []
        refused("association_required",
                "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.", 401,
                client.challenge, token, "otp")
        self.step("associate otp")
        made = client.enroll(token, "otp")
        seed = Seed(made["barcode_uri"])
        assert made["authenticator_type"] == "otp" and made["secret"] == seed.secret, made
        (recovery,) = made["recovery_codes"]
        assert re.fullmatch(r"[A-Z0-9]{24}", recovery), "one code of 24 characters"
        assert [one["active"] for one in client.authenticators(token)] in ([False], [False, False])
        refused("invalid_grant", "Invalid otp_code.", 403, client.verify, token, otp=seed.wrong())
        complete(client.verify(token, otp=seed.code()))
        self.step("the same mfa_token again")
        again = Seed(made["barcode_uri"]).at(seed.last + 1)
        try:
            client.verify(token, otp=again)
            raise AssertionError("an mfa_token was good for two sign-ins")
        except Refused as told:
            assert told.error in ("invalid_grant", "expired_token"), told
        return seed, recovery

    def otp(self, seed):
        """The second sign-in, with the factor that there is now."""
        client = self.client
        self.step("challenge otp")
        token = begin(client, self.ann)
        there = listed(client, token)
        assert set(there) == {"totp", "recovery-code"}, there
        assert all(one["active"] for one in there.values()), there
        assert there["totp"]["authenticator_type"] == "otp", there
        refused("access_denied", "User is already enrolled.", 403, client.enroll, token, "otp")
        assert client.challenge(token, "otp") == {"challenge_type": "otp"}
        refused("invalid_grant", "Invalid otp_code.", 403, client.verify, token, otp=seed.wrong())
        tokens = complete(client.verify(token, otp=seed.code()))
        self.step("refresh, and the same again")
        renewed = client.refresh(tokens["refresh_token"])
        assert renewed["refresh_token"] != tokens["refresh_token"] and renewed["access_token"]
        for used in (tokens, renewed):
            try:
                client.refresh(used["refresh_token"])
                raise AssertionError("a refresh token that came twice did not end its family")
            except Refused as told:
                assert told.error == "invalid_grant", told

    def factors_token(self, **proof):
        """A token that may change factors, by a sign-in with this."""
        token = begin(self.client, self.ann, FACTORS, audience=self.server.mfa)
        return self.client.verify(token, session=False, **proof)

    def more_factors(self, seed):
        """A number, an address and a phone besides, with a token that was got by a code."""
        client, server = self.client, self.server
        self.step("a token that may change factors")
        tokens = self.factors_token(otp=seed.code())
        assert not tokens.get("refresh_token") and tokens.get("expires_in", 600) == 600, tokens
        token = tokens["access_token"]
        assert set(listed(client, token)) == {"totp", "recovery-code"}
        self.step("associate sms")
        refused("invalid_request", "The phone number is invalid.", 400, client.enroll, token, "sms", phone_number="12")
        self.associated_by_code(token, server.messages, NUMBER, client.enroll(token, "sms", phone_number=NUMBER), "sms")
        self.step("associate email")
        self.associated_by_code(token, server.mails, self.ann, client.enroll(token, "email", email=self.ann), "email")
        self.step("associate push")
        made = client.enroll(token, "auth0")
        assert (made["authenticator_type"], made["oob_channel"]) == ("oob", "auth0"), made
        assert not made.get("binding_method") and not made.get("recovery_codes"), made
        phone = server.phone()
        phone.run("enroll", made["barcode_uri"])
        assert client.verify(token, session=False, oob_code=made["oob_code"])["access_token"]
        return phone

    def associated_by_code(self, token, inbox, to, made, channel):
        client = self.client
        assert (made["authenticator_type"], made["oob_channel"], made["binding_method"]) == ("oob", channel, "prompt"), made
        assert not made.get("recovery_codes"), "only with the first"
        code = inbox.code(to)
        refused("invalid_grant", "Invalid binding_code.", 403, client.verify, token, session=False,
                oob_code=made["oob_code"], binding_code=wrong(code))
        assert client.verify(token, session=False, oob_code=made["oob_code"], binding_code=code)["access_token"]

    def push(self, phone):
        """Asked on the phone: waiting, asking too often, approved; then refused."""
        client = self.client
        self.step("challenge push")
        token = begin(client, self.ann)
        there = listed(client, token)
        assert set(there) == {"totp", "sms", "email", "push", "recovery-code"}, there
        self.channels(there)
        asked = client.challenge(token, "auth0", there["push"]["id"])
        assert asked["challenge_type"] == "oob" and not asked.get("binding_method"), asked
        poll = {"oob_code": asked["oob_code"]}
        self.step("pending")
        refused("authorization_pending", "Authorization pending: please repeat the request in a few seconds.", 400,
                client.verify, token, **poll)
        self.step("slow down")
        told = refused("slow_down", "You are polling faster than the specified interval of 5 seconds.", 429,
                       client.verify, token, **poll)
        if client.waits:
            phone.run("approve", phone.waiting())
            # As the client was told; there is nothing else to wait for.
            time.sleep(float(told.retry_after or 5))
        else:
            token = begin(client, self.ann)
            poll = {"oob_code": client.challenge(token, "auth0", there["push"]["id"])["oob_code"]}
            phone.run("approve", phone.waiting())
        self.step("approved")
        complete(client.verify(token, **poll))
        self.step("rejected")
        token = begin(client, self.ann)
        asked = client.challenge(token, "auth0", there["push"]["id"])
        phone.run("deny", phone.waiting())
        refused("invalid_grant", "MFA Authorization rejected.", 403, client.verify, token, oob_code=asked["oob_code"])

    @staticmethod
    def channels(there):
        """Both spellings of the channel reach the clients, and no number or address in full does."""
        for kind, channel in [("sms", "sms"), ("email", "email"), ("push", "auth0")]:
            one = there[kind]
            assert one["authenticator_type"] == "oob" and one["active"], one
            assert one.get("oob_channel", channel) == channel and one.get("oob_channels", [channel]) == [channel], one
            assert "oob_channel" in one or "oob_channels" in one, one
        assert re.fullmatch(r"X+0123", there["sms"]["name"]), there["sms"]
        assert "*" in there["email"]["name"] and "ann@example" not in there["email"]["name"], there["email"]

    def bound_push(self, client, phone):
        """At an application whose pushes are bound: the phone shows a code, which is typed into the sign-in page."""
        self.step("bound push")
        token = begin(client, self.ann)
        asked = client.challenge(token, "auth0", listed(client, token)["push"]["id"])
        assert asked["binding_method"] == "prompt", asked
        refused("invalid_request", "Missing required parameter: binding_code", 400, client.verify, token,
                oob_code=asked["oob_code"])
        with phone.started("approve", phone.waiting()) as approving:
            shown = json.loads(approving.stdout.readline())
            assert shown["outcome"] == "pending", shown
            complete(client.verify(token, oob_code=asked["oob_code"], binding_code=shown["code"]))
            told, trouble = approving.communicate(timeout=60)
            assert json.loads(told.splitlines()[0])["outcome"] == "approved", (told, trouble)

    def recovery(self, code):
        """A recovery code lets in once and gives the next one. Returns a token by which factors may change."""
        client = self.client
        self.step("recovery code")
        tokens = self.factors_token(recovery_code=code)
        new = tokens["recovery_code"]
        assert re.fullmatch(r"[A-Z0-9]{24}", new) and new != code
        self.step("the same recovery code again")
        token = begin(client, self.ann)
        refused("invalid_grant", "MFA Authorization rejected.", 403, client.verify, token, recovery_code=code)
        complete(client.verify(token, recovery_code=new))
        return tokens["access_token"]

    def remove(self, token):
        """With an mfa_token nothing is deleted; with the right token it is."""
        client = self.client
        self.step("delete")
        first_factor_only = begin(client, self.ann)
        sms = listed(client, token)["sms"]["id"]
        try:
            client.remove(first_factor_only, sms)
            raise AssertionError("a password alone deleted a factor")
        except Refused as told:
            assert told.status in (401, 403), told
        assert "sms" in listed(client, token)
        client.remove(token, sms)
        assert "sms" not in listed(client, token)

    def sms(self):
        """A person whose one factor is a number."""
        client, server = self.client, self.server
        self.step("challenge sms")
        sam = server.person("sam")
        number = "+12025550158"
        server.run("user", "add-contact", "--tenant", server.tenant, "--user-ref", sam, "sms", number)
        token = begin(client, sam)
        asked = client.challenge(token, "sms", listed(client, token)["sms"]["id"])
        assert (asked["challenge_type"], asked["binding_method"]) == ("oob", "prompt"), asked
        code = server.messages.code(number)
        refused("invalid_request", "Missing required parameter: binding_code", 400, client.verify, token,
                oob_code=asked["oob_code"])
        refused("invalid_grant", "Invalid binding_code.", 403, client.verify, token, oob_code=asked["oob_code"],
                binding_code=wrong(code))
        complete(client.verify(token, oob_code=asked["oob_code"], binding_code=code))

    def run(self, bound):
        seed, recovery = self.first_factor()
        self.otp(seed)
        phone = self.more_factors(seed)
        self.push(phone)
        self.bound_push(bound, phone)
        token = self.recovery(recovery)
        if self.client.deletes:
            self.remove(token)
        self.sms()
        return self.steps
