"""A certificate authority of a check's own, and a certificate of it for this machine."""

import collections
import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Files = collections.namedtuple("Files", "root certificate key")


def built(name, key, issuer, issuer_key, *extensions):
    named = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1)))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def certificate(folder):
    """A certificate of `localhost`, its key, and the authority that it is from, as files (PEM)."""
    ca, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    of_ca = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.public_key())
    itself = lambda public: x509.SubjectKeyIdentifier.from_public_key(public.public_key())
    files = Files(*(pathlib.Path(folder, name) for name in ("ca.pem", "leaf.pem", "key.pem")))
    files.root.write_bytes(built("Test CA", ca, "Test CA", ca, x509.BasicConstraints(ca=True, path_length=None), itself(ca)))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    files.certificate.write_bytes(built("localhost", key, "Test CA", ca, names, of_ca, itself(key),
                                        x509.BasicConstraints(ca=False, path_length=None)))
    files.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                            serialization.NoEncryption()))
    return files
