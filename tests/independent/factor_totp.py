"""Gives a person of a real server a seed over the API, and lets oathtool make the codes. The right one makes the factor count
and is used up with it.

Needs Debian's oathtool. Usage: python3 tests/independent/factor_totp.py path/to/countersign-server
"""

import shutil
import subprocess
import sys
import time

from running import Server


def oathtool(secret, at):
    command = ["oathtool", "--totp", "--base32", f"--now=@{at}", secret]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def refused(server, path, status, **body):
    """A request that must be refused."""
    try:
        answer = server.post(path, **body)
    except AssertionError as error:
        assert f": {status} " in str(error), error
        return
    raise AssertionError(f"{path} was answered with {answer}")


def main():
    if not shutil.which("oathtool"):
        print("SKIPPED: factors, against oathtool: oathtool is missing: install oathtool")
        sys.exit(77)
    with Server(sys.argv[1]) as server:
        server.post("/api/v1/users/enroll", user_ref="sam")
        added = server.post("/api/v1/users/sam/factors", type="totp")
        factor, secret = added["factor"], added["secret"]
        assert not factor["active"], factor
        verify = f"/api/v1/users/sam/factors/{factor['id']}/verify"
        now = int(time.time())
        # A code of long ago; none of the window can be the same but by a chance of one in some hundred thousand.
        near = {oathtool(secret, now + 30 * step) for step in range(-2, 4)}
        old = next(code for step in range(10, 40) if (code := oathtool(secret, now - 30 * step)) not in near)
        refused(server, verify, 400, code=old)
        code = oathtool(secret, int(time.time()))
        assert server.post(verify, code=code)["active"]
        # The code is used up: a link that asks for one does not open with it, and does with the next.
        issued = server.post("/api/v1/users/enroll", user_ref="sam", challenge="totp")
        link = {"token": issued["enrollment_token"]}
        refused(server, "/api/v1/devices/verify-enrollment", 400, code=code, **link)
        later = oathtool(secret, int(time.time()) + 30)
        assert server.post("/api/v1/devices/verify-enrollment", code=later, **link)["verified"]
    print("note: factors: oathtool's code makes a seed count, once; the next one opens a link")


if __name__ == "__main__":
    main()
