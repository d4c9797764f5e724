"""What prod deploys changes only on purpose."""

import pytest

from tests.infra.snapshot import FOLDER, WRITTEN_BY, snapshots


@pytest.mark.parametrize("name", ["prod.json", "gateway_body.json"])
def test_prod_deploys_what_the_snapshot_says(name: str) -> None:
    expected = (FOLDER / name).read_text(encoding="utf-8")
    assert snapshots()[name] == expected, f"If this is meant, run {WRITTEN_BY} and read the difference."
