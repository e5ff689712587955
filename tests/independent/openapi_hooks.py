"""What schemathesis is told about this API besides its document: how to authenticate, and not to wait."""

import itertools
import json
import os

import openapi_device
import schemathesis
from requests.auth import HTTPBasicAuth

application = json.loads(os.environ["FUZZ_APPLICATION"])
basic = HTTPBasicAuth(application["client_id"], application["client_secret"])
device = openapi_device.Device.restore(os.environ["FUZZ_DEVICE"])

schemathesis.auth.set_from_requests(device).apply_to(path_regex=r"^/api/v1/device(/|$)")
schemathesis.auth.set_from_requests(basic).skip_for(path_regex=r"^/api/v1/device(/|$)")


# What exists, so that not every id is unknown.
real = json.loads(os.environ["FUZZ_REAL"])
# What no schema says: rules about several members at once, about this server's settings, and numbers like 1.0, which
# JSON Schema takes for integers.
BEYOND_THE_SCHEMA = (
    "missing field `code`",
    "challenge email_otp needs",
    "challenge totp needs",
    "a factor of type sms or voice needs",
    "the telephone number",
    "email must be",
    "keys and proof must come together",
    "the character U+0000",
    # OAuth's dialects: a blank text is as good as none, and these words stand for rules.
    "Missing required parameter",
    "client_id and client_secret say another client",
    "Authenticator not found",
    "mfa_token not issued to this client",
    "authenticator_types must",
    "oob_channels must",
    # Acceptto's: what a token would stand for, and blank texts.
    "otp must be there",
    "message must be 1 to",
    "type must be 1 to",
    # A form has no null: what stands there is the word.
    "timeout must be a whole number",
    "auth_type must be a whole number",
    "risk_profile must be a whole number",
    "ip_address must be one",
    "remote_ip_address must be one",
)
calls = itertools.count()


def is_good(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.check
def what_fits_the_schema_is_no_invalid_request(context, response, case):
    """The built-in check knows no difference between a body of the wrong form and a rule that says no."""
    if is_good(case) and response.status_code == 400:
        body = response.json()
        code, text = body.get("error") or body.get("code"), body.get("message") or body.get("title") or body.get("error_description")
        known = text.startswith(BEYOND_THE_SCHEMA) or "floating point" in text
        # A form may have any other members; none of them may come twice.
        known = known or text.endswith("is there twice")
        assert code != "invalid_request" or known, f"the document allows it, and the server says: {text}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """A long poll that is allowed to wait would do nothing else; a key that was used says 422 to all that follows; and
    every other good request is about something that exists."""
    query = case.query or {}
    if str(query.get("wait", "")).isdigit() and int(query["wait"]) in range(2, 61):
        query["wait"] = 1
    if not is_good(case):
        return
    nth = next(calls)
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = f"fuzz-{nth}"
    if nth % 2:
        for members in (case.path_parameters, case.query, case.body):
            if isinstance(members, dict):
                members.update({name: value for name, value in real.items() if name in members})
