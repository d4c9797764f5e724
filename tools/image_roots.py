"""The certificates that the image trusts, each in a file by which OpenSSL finds it, so that only those in use are read.

botocore trusts a bundle of more than a hundred, all of which are parsed for each new connection. In a directory with
the names that OpenSSL looks for, the same certificates cost nothing until one of them signs what a server shows.
https://docs.openssl.org/3.0/man1/openssl-rehash/
"""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

BUNDLE = Path("botocore/cacert.pem")
"""Where botocore has its own bundle, in the directory that packages are in."""


class BadCertificates(RuntimeError):
    """The certificates of a bundle can't be set out one by one; the message says why."""


def set_out(bundle: Path) -> None:
    """Write each certificate of a bundle into a directory beside it, `cacert.pem.d`. Raises `BadCertificates`."""
    directory = bundle.with_name(f"{bundle.name}.d")
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    found = _CERTIFICATE.findall(bundle.read_text(encoding="utf-8"))
    if not found:
        raise BadCertificates(f"There is no certificate in {bundle}.")
    of_name: Counter[str] = Counter()
    for certificate in found:
        name = _hash(certificate)
        (directory / f"{name}.{of_name[name]}").write_text(certificate + "\n", encoding="utf-8")
        of_name[name] += 1


def _hash(certificate: str) -> str:
    """Return the digest of a certificate's subject, as OpenSSL names files by it."""
    try:
        hashed = subprocess.run(
            ["openssl", "x509", "-noout", "-subject_hash"],  # noqa: S607 — the one that the base image has
            input=certificate,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise BadCertificates(f"openssl could not read a certificate: {getattr(error, 'stderr', error)}") from error
    return hashed.stdout.strip()


_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
