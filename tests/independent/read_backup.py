"""Reads a sealed backup of Countersign (docs/backup-format.md) without any code of Countersign, and prints what is in it.

Usage: python3 read_backup.py FILE        the password is asked for; needs the package `cryptography`, 44 or later
"""

import getpass
import hashlib
import json
import struct
import sys
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

HEAD = struct.Struct(">18sHIII16s12s")


def read(file, password):
    """The JSON of the backup in `file` (bytes)."""
    magic, version, memory_kib, passes, lanes, salt, nonce = HEAD.unpack_from(file)
    if magic != b"COUNTERSIGN BACKUP":
        raise ValueError("this is no backup of Countersign")
    if version != 1:
        raise ValueError(f"this backup is of version {version}")
    body, checksum = file[:-32], file[-32:]
    if hashlib.sha256(body).digest() != checksum:
        raise ValueError("the file is damaged")
    if memory_kib > 1 << 20 or memory_kib * passes > 16 << 20:
        raise ValueError("the file asks for more memory or time than any real backup")
    password = unicodedata.normalize("NFC", password)
    key = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory_kib).derive(password.encode())
    head, sealed = body[: HEAD.size], body[HEAD.size :]
    try:
        return json.loads(AESGCM(key).decrypt(nonce, sealed, head))
    except InvalidTag:
        raise ValueError("the password is wrong") from None


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as opened:
        print(json.dumps(read(opened.read(), getpass.getpass()), indent=2, ensure_ascii=False))
