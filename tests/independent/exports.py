"""Reads our exports with code that is not ours: the sealed backup, and Aegis' form, plain and encrypted.

Usage: python exports.py path/to/countersign        in the environment of requirements.txt
"""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import read_backup

PASSWORD = "correct horse battery staple"
OTHER = "مرحبا another password"
LINKS = [
    "otpauth://totp/Acme%20Mail:ann%40acme.test?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme%20Mail",
    "otpauth://hotp/Beta:bob?secret=MV4GC3LQNRSS243FMNZGK5BNGI&issuer=Beta&algorithm=SHA256&digits=8&counter=7",
    "otpauth://totp/Gamma:%D8%B2%D9%8A%D8%AF?secret=MZXW6YTBOI&issuer=Gamma&algorithm=SHA512&digits=7&period=60",
]
# type, issuer, account, secret, algorithm, digits, period or counter
EXPECTED = [
    ("totp", "Acme Mail", "ann@acme.test", "MV4GC3LQNRSS243FMNZGK5BNGE", "SHA1", 6, 30),
    ("hotp", "Beta", "bob", "MV4GC3LQNRSS243FMNZGK5BNGI", "SHA256", 8, 7),
    ("totp", "Gamma", "زيد", "MZXW6YTBOI", "SHA512", 7, 60),
]


def pipe(text):
    reader, writer = os.pipe()
    os.write(writer, text.encode() + b"\n")
    os.close(writer)
    return reader


def countersign(program, vault, *arguments, new=None):
    """Runs the program; passwords come through pipes of their own."""
    pipes = [pipe(PASSWORD)]
    command = [program, "--json", "--yes", "--vault", vault, "--password-fd", str(pipes[0]), *arguments]
    if new is not None:
        pipes.append(pipe(new))
        command += ["--new-password-fd", str(pipes[1])]
    ran = subprocess.run(command, capture_output=True, pass_fds=pipes, timeout=120)
    print(" ".join(arguments), ran.stdout.decode(), ran.stderr.decode(), sep="\n")
    assert ran.returncode == 0, f"{arguments} ended with {ran.returncode}"


def of_backup(entry):
    otp = entry["otp"]
    step = otp["period"] if otp["type"] == "totp" else otp["counter"]
    return otp["type"], otp.get("issuer"), otp["account"], otp["secret"], otp["algorithm"], otp["digits"], step


def of_aegis(entry):
    info = entry["info"]
    step = info["period"] if entry["type"] == "totp" else info["counter"]
    return entry["type"], entry["issuer"], entry["name"], info["secret"], info["algo"], info["digits"], step


def open_aegis(file, password):
    """Aegis' vault: scrypt of the password opens the key, the key opens the database."""
    assert file["version"] == 1
    header = file["header"]
    if header["slots"] is None:
        assert header["params"] is None
        return file["db"]
    (slot,) = [slot for slot in header["slots"] if slot["type"] == 1]
    parts = {name: bytes.fromhex(slot[name]) for name in ("key", "salt")}
    derived = hashlib.scrypt(
        password.encode(), salt=parts["salt"], n=slot["n"], r=slot["r"], p=slot["p"], maxmem=1 << 28, dklen=32
    )
    opened = {name: bytes.fromhex(value) for name, value in slot["key_params"].items()}
    master = AESGCM(derived).decrypt(opened["nonce"], parts["key"] + opened["tag"], None)
    params = {name: bytes.fromhex(value) for name, value in header["params"].items()}
    return json.loads(AESGCM(master).decrypt(params["nonce"], base64.b64decode(file["db"]) + params["tag"], None))


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        vault = str(folder / "vault.db")
        for link in LINKS:
            countersign(program, vault, "add", link)

        countersign(program, vault, "export", str(folder / "our.backup"), new=OTHER)
        file = (folder / "our.backup").read_bytes()
        assert [of_backup(entry) for entry in read_backup.read(file, OTHER)["entries"]] == EXPECTED
        for wrong, password, reason in [(file, "x", "wrong"), (file[:-1], OTHER, "damaged"), (b"x" * 99, OTHER, "no backup")]:
            try:
                read_backup.read(wrong, password)
            except ValueError as error:
                assert reason in str(error), error
            else:
                raise AssertionError(f"read in spite of: {reason}")

        countersign(program, vault, "export", "--form", "aegis", "--plain", str(folder / "plain.json"))
        countersign(program, vault, "export", "--form", "aegis", str(folder / "sealed.json"), new=OTHER)
        for name in ("plain.json", "sealed.json"):
            database = open_aegis(json.loads((folder / name).read_text()), OTHER)
            assert database["version"] == 3
            assert [of_aegis(entry) for entry in database["entries"]] == EXPECTED
            assert len({entry["uuid"] for entry in database["entries"]}) == len(EXPECTED)
    print("note: a backup and two exports for Aegis were read by Python")


main()
