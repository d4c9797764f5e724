"""A certificate authority of the benchmark's own, and a certificate of it for 127.0.0.1, as good for a day."""

from datetime import UTC, datetime, timedelta
from hashlib import sha1
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


class Certificates(NamedTuple):
    """Where they are."""

    root: Path
    """The authority's own, named as OpenSSL looks for it in a directory."""
    certificate: Path
    key: Path


def certificates(directory: Path) -> Certificates:
    """Make both, of the kind that AWS's own are: RSA with 2,048 bits."""
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root_name, name = _name("benchmark root"), _name("benchmark")
    root = _builder(root_name, root_name, root_key)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    leaf = _builder(name, root_name, key)
    leaf = leaf.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
    made = Certificates(directory / _hashed(root_name), directory / "certificate.pem", directory / "key.pem")
    made.root.write_bytes(_pem(root, root_key))
    made.certificate.write_bytes(_pem(leaf, root_key))
    made.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


def _hashed(name: x509.Name) -> str:
    """Return the name that OpenSSL has for the file of an authority, whose own name has to be in lower case.

    https://docs.openssl.org/master/man1/openssl-rehash/
    """
    content = name.public_bytes()[2:]  # without the header of the sequence
    return f"{int.from_bytes(sha1(content, usedforsecurity=False).digest()[:4], 'little'):08x}.0"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))


def _pem(builder: x509.CertificateBuilder, key: rsa.RSAPrivateKey) -> bytes:
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
