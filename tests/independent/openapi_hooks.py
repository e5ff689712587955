"""What schemathesis is told about this API besides its document: how to authenticate, and not to wait."""

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


@schemathesis.hook
def before_call(context, case, kwargs):
    """A long poll that is allowed to wait would do nothing else."""
    query = case.query or {}
    if str(query.get("wait", "")).isdigit() and int(query["wait"]) in range(2, 61):
        query["wait"] = 1
