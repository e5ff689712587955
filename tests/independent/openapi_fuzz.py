"""Schemathesis over the server's own OpenAPI document, against a running server, with real credentials: no 5xx, nothing
that the document does not say. The document itself is checked by openapi-spec-validator.

Usage: python3 tests/independent/openapi_fuzz.py path/to/countersign-server [seed]
The interpreter must be one that has schemathesis, openapi-spec-validator and jwcrypto.
"""

import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import urllib.request

import openapi_device
from openapi_spec_validator import OpenAPIV31SpecValidator

SEED = 20260313
EXAMPLES = 25  # for each operation and phase, at most
PATIENCE = 30  # seconds for a word from the server
# What a run cannot call: it would end the device that the run signs with, or its person, or never end itself.
LEFT_OUT = ["leave", "events", "removeUser"]


def line(process):
    """The next line the server prints, as JSON."""
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    assert ready, f"the server said nothing for {PATIENCE} s"
    return json.loads(process.stdout.readline())


def command(program, environment, *arguments):
    ended = subprocess.run([program, "--json", *arguments], env=environment, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


def call(url, application, body):
    headers = {"X-Client-ID": application["client_id"], "X-Client-Secret": application["client_secret"]}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return json.load(reply)


def fuzz(url, application, device, real, folder, seed):
    settings = pathlib.Path(folder) / "schemathesis.toml"
    # 410: of links and codes that are over. 413: bodies that grew too long on purpose.
    settings.write_text(
        'hooks = "openapi_hooks"\n'
        "[checks]\n"
        "negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 410, 413, 422, 429]\n"
        # mPass says 200 whatever it is, and what is wrong in the body.
        "[[operations]]\n"
        'include-operation-id = ["mpassSendSms", "mpassVerifyOtp"]\n'
        "checks.negative_data_rejection.expected-statuses = [200, 429]\n"
    )
    left_out = [word for operation in LEFT_OUT for word in ("--exclude-operation-id", operation)]
    st = pathlib.Path(sys.executable).parent / "st"
    run = [st, "--config-file", settings, "run", f"{url}/api/openapi.json", "--seed", str(seed), "--mode", "all"]
    run += ["--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--checks", "all"]
    # Ours, in the hooks, takes its place.
    run += ["--exclude-checks", "positive_data_acceptance"]
    run += ["--continue-on-failure", "--no-color", "--request-timeout", "20", *left_out]
    environment = {
        **os.environ,
        "PYTHONPATH": str(pathlib.Path(__file__).parent),
        "FUZZ_APPLICATION": json.dumps(application),
        "FUZZ_DEVICE": device.export(),
        "FUZZ_REAL": json.dumps(real),
    }
    return subprocess.run(run, env=environment, cwd=folder).returncode


def check(program, folder, seed):
    environment = {"COUNTERSIGN_LISTEN": "127.0.0.1:0", "COUNTERSIGN_DATA_DIR": f"{folder}/data"}
    serve = [program, "--json", "serve"]
    with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        try:
            url = line(process)["url"]
            with urllib.request.urlopen(f"{url}/api/openapi.json", timeout=PATIENCE) as reply:
                document = json.load(reply)
            OpenAPIV31SpecValidator(document).validate()
            tenant = command(program, environment, "tenant", "create", "--name", "Fuzz")["tenant_id"]
            application = command(program, environment, "application", "create", "--tenant", tenant, "--name", "Fuzz")
            link = call(f"{url}/api/v1/users/enroll", application, {"user_ref": "alice"})
            device = openapi_device.Device.enroll(url, link["enrollment_token"])
            link = call(f"{url}/api/v1/users/enroll", application, {"user_ref": "alice"})
            asked = call(f"{url}/api/v1/mfa/send", application, {"user_ref": "alice"})
            real = {"user_ref": "alice", "session_id": asked["session_id"], "id": asked["session_id"]}
            real["token"] = link["enrollment_token"]
            # For the dialect that has them among its parameters.
            real |= {"uid": application["client_id"], "secret": application["client_secret"], "email": "alice"}
            channel = ["channel", "create", "--tenant", tenant, "--name", "Fuzz", "--cidr", "127.0.0.1", "--country", "SA"]
            real["apikey"] = command(program, environment, *channel)["api_key"]
            operations = sum(len(item) for item in document["paths"].values())
            print(f"note: OpenAPI: {operations} operations, seed {seed}", flush=True)
            code = fuzz(url, application, device, real, folder, seed)
            assert process.poll() is None, "the server has ended"
            process.send_signal(signal.SIGTERM)
            assert line(process) == {"event": "stopped"}
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
    assert code == 0, f"schemathesis found something; again with: seed {seed}"


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    with tempfile.TemporaryDirectory() as folder:
        check(pathlib.Path(sys.argv[1]).resolve(), folder, seed)


if __name__ == "__main__":
    main()
