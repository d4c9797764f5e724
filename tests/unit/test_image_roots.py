"""The roots that the image trusts are those of botocore's bundle, all of them and no more."""

import re
from pathlib import Path

import botocore
import pytest

from tools.image_roots import BUNDLE, BadCertificates, set_out

WHOLE = Path(str(botocore.__file__)).parents[1] / BUNDLE
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def test_each_certificate_of_a_bundle_has_a_file_of_its_own(tmp_path: Path) -> None:
    some = "# A comment\n".join(CERTIFICATE.findall(WHOLE.read_text())[:8])  # each takes a process
    bundle = tmp_path / "cacert.pem"
    bundle.write_text(some)
    (tmp_path / "cacert.pem.d").mkdir()
    (tmp_path / "cacert.pem.d" / "00000000.0").write_text("trusted before")
    set_out(bundle)
    files = list((tmp_path / "cacert.pem.d").iterdir())
    assert sorted(file.read_text().strip() for file in files) == sorted(CERTIFICATE.findall(some))
    assert {file.name for file in files if not re.fullmatch(r"[0-9a-f]{8}\.\d", file.name)} == set()


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_has_no_certificates_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "roots.pem").write_text(content)
    with pytest.raises(BadCertificates):
        set_out(tmp_path / "roots.pem")


def test_a_build_without_openssl_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "roots.pem").write_text(CERTIFICATE.findall(WHOLE.read_text())[0])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadCertificates, match="openssl"):
        set_out(tmp_path / "roots.pem")
