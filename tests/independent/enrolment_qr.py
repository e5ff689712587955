"""Plays the demo once and reads the enrolment QR code that it drew with zbar, which shares no code with us: what it
reads must be the very link that the server issued.

Usage: python3 tests/independent/enrolment_qr.py path/to/countersign-demo path/for/the/picture.png
"""

import json
import pathlib
import shutil
import subprocess
import sys

LIMIT = 60  # seconds for the whole story


def main():
    demo, picture = sys.argv[1], pathlib.Path(sys.argv[2])
    if not shutil.which("zbarimg"):
        print("SKIPPED: demo, QR code read by zbar: zbarimg is missing: install zbar-tools")
        sys.exit(77)
    # What an earlier run drew proves nothing.
    picture.unlink(missing_ok=True)
    command = [demo, "--once", "--json", "--qr", str(picture)]
    played = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    print(played.stdout, played.stderr, sep="\n")
    assert played.returncode == 0, f"the demo ended with {played.returncode}"
    facts = [json.loads(line) for line in played.stdout.splitlines() if line.startswith("{")]
    links = [fact["enrollment_url"] for fact in facts if fact.get("step") == "enroll" and "enrollment_url" in fact]
    assert links, "the demo told of no enrolment link"
    read = subprocess.run(["zbarimg", "--raw", "-q", str(picture)], capture_output=True, text=True, check=True).stdout
    assert read == links[0] + "\n", f"zbar read {read!r}, the demo said {links[0]!r}"
    print(f"note: demo: {len(facts)} facts told, the QR code holds the link ({len(links[0])} characters)")


if __name__ == "__main__":
    main()
