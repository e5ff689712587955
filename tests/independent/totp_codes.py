"""Compares the one-time passwords of the terminal authenticator with those of oathtool, which shares no code with us.

Usage: python3 tests/independent/totp_codes.py path/to/countersign
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

PASSWORD = b"correct horse battery staple\n"
# The seeds of RFC 6238, appendix B, and one that is no multiple of five bytes long.
SEEDS = {"SHA1": b"12345678901234567890", "SHA256": b"12345678901234567890123456789012", "SHA512": b"1234567890" * 6 + b"1234"}
CASES = [(algorithm, digits, period) for algorithm in SEEDS for digits in (6, 7, 8) for period in (30, 60)]

NEXT_SHOWN = 10  # seconds before its time, for periods of 30 s and more


def secret(algorithm):
    return base64.b32encode(SEEDS[algorithm]).decode().rstrip("=")


def name(case):
    return "-".join(map(str, case))


def countersign(program, vault, *arguments, given=b""):
    """What the program prints, as JSON values; the password comes through a pipe of its own."""
    reader, writer = os.pipe()
    os.write(writer, PASSWORD)
    os.close(writer)
    command = [program, "--json", "--yes", "--vault", vault, "--password-fd", str(reader), *arguments]
    try:
        ran = subprocess.run(command, input=given, capture_output=True, pass_fds=[reader], timeout=60)
    finally:
        os.close(reader)
    print(" ".join(arguments), ran.stdout.decode(), ran.stderr.decode(), sep="\n")
    assert ran.returncode == 0, f"{arguments} ended with {ran.returncode}"
    return [json.loads(line) for line in ran.stdout.splitlines()]


def oathtool(case, at):
    algorithm, digits, period = case
    command = ["oathtool", f"--totp={algorithm}", f"--digits={digits}", f"--time-step-size={period}s", f"--now=@{at}"]
    return subprocess.run([*command, "--base32", secret(algorithm)], capture_output=True, text=True, check=True).stdout.strip()


def main():
    if not shutil.which("oathtool"):
        print("SKIPPED: codes, against oathtool: oathtool is missing: install oathtool")
        sys.exit(77)
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        vault = os.path.join(folder, "vault.db")
        for case in CASES:
            algorithm, digits, period = case
            query = f"secret={secret(algorithm)}&algorithm={algorithm}&digits={digits}&period={period}"
            countersign(program, vault, "add", "-", given=f"otpauth://totp/Test:{name(case)}?{query}\n".encode())
        before = int(time.time())
        codes = {code["account"]: code for code in countersign(program, vault, "codes")}
        after = int(time.time())
    for case in CASES:
        period, shown = case[2], codes[name(case)]
        # The step may have ended while the program ran; then the later one is as right.
        steps = [(oathtool(case, at), oathtool(case, at + period)) for at in (before, after)]
        # The one that follows is shown in the last seconds only.
        right = [(code, following if shown["seconds_left"] <= NEXT_SHOWN else None) for code, following in steps]
        assert (shown["code"], shown["next"]) in right, (case, shown, right)
    print(f"note: codes: {len(CASES)} kinds of one-time passwords, and those that follow soon, are oathtool's too")


if __name__ == "__main__":
    main()
