"""mPass's number verification with curl, through a real Kannel to its fake message centre: the codes are read out of the
messages as a phone would show them, in English and in Arabic.

Needs curl, and Debian's kannel and kannel-extras. Usage: python3 tests/independent/mpass.py path/to/countersign-server
"""

import re
import subprocess
import sys

from kannel import TO, Reports, in_arabic, messages, running
from running import PATIENCE

NUMBER = "%2B12025550123"
OTHER = "+12025550124"


def curl(operation, key, rest, *options):
    """HTTP status, content type and body of a request as it is written."""
    url = f"{Reports.server_url}/mpass-web/rest/mv/{operation}?apikey={key}&{rest}"
    command = ["curl", "--silent", "--max-time", str(PATIENCE), "--write-out", "\n%{http_code} %{content_type}", *options, url]
    body, _, end = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rpartition("\n")
    return end, body


def says(came, status, word, http="200"):
    assert came == (f"{http} application/json", f'{{"description":"{word}","status":"{status}"}}'), came


def code_in(text):
    [code] = re.findall(r"(?<![0-9])[0-9]{6}(?![0-9])", text)
    return code


def check(server, log):
    made = server.run("channel", "create", "--tenant", server.tenant, "--name", "Clinic", "--cidr", "127.0.0.1",
                      "--country", "US")
    key = made["api_key"]
    says(curl("msg", key, f"dest={NUMBER}"), 0, "Accept")
    [english] = messages(log, 1)
    assert english.startswith(f"12345 {TO} text "), english
    code = code_in(english.split(" text ", 1)[1])
    says(curl("msg", key, "dest=2025550123"), 2, "Access Denied", http="429")
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    says(curl("verify", key, f"dest={NUMBER}&otp={wrong}"), 3, "Reject")
    says(curl("verify", key, f"dest={NUMBER}&otp={code}&app=East"), 3, "Reject")
    says(curl("verify", key, f"dest={NUMBER}&otp={code}"), 0, "Accept")
    says(curl("verify", key, f"dest={NUMBER}&otp={code}"), 3, "Reject")

    # A + as it stands in many programs, and a name in Arabic.
    says(curl("msg", key, f"dest={OTHER}&lang=ar_SA&app=%D8%B9%D9%8A%D8%A7%D8%AF%D8%A9"), 0, "Accept")
    arabic = in_arabic(messages(log, 3)[1:])
    assert "عيادة" in arabic and "رمز" in arabic, arabic
    says(curl("verify", key, f"dest={OTHER}&otp={code_in(arabic)}&app=%D8%B9%D9%8A%D8%A7%D8%AF%D8%A9"), 0, "Accept")

    says(curl("msg", key, "dest=%2B966501234567"), 1, "Invalid Data")
    says(curl("msg", key, f"dest={NUMBER}&lang=fr_FR"), 1, "Invalid Data")
    says(curl("msg", key[:-1], f"dest={NUMBER}"), 2, "Access Denied")
    server.run("channel", "set", "--channel", made["channel_id"], "--cidr", "192.0.2.7")
    says(curl("msg", key, f"dest={NUMBER}"), 2, "Access Denied")
    says(curl("msg", key, f"dest={NUMBER}", "--header", "X-Forwarded-For: 192.0.2.7"), 2, "Access Denied")
    assert curl("msg", key, f"dest={NUMBER}", "--request", "POST")[0].startswith("405 ")


def main():
    with running(sys.argv[1]) as (server, log):
        check(server, log)
    print("note: mPass: with curl through Kannel, a code in English and one in Arabic, each read and verified")


if __name__ == "__main__":
    main()
