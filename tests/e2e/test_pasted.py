"""What the documents have to paste, pasted into a shell: an export that follows its links, and an erasure."""

import json
import os
import re
import subprocess
from pathlib import Path

from tests.e2e.system import System
from tools.image_root import REPOSITORY

BLOCKS = re.findall(r"```sh\n(.*?)```", (REPOSITORY / "docs" / "import.md").read_text(encoding="utf-8"), re.DOTALL)
LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}


EXPIRES_AFTER_ONE = """
curl() { command curl "${@//$TOKEN/$(cat token)}" && echo expired > token; }
"""
"""For bash: the token of the first request is good, and that of the next ones is not."""
ERASED_AFTER_TWO = """
curl() { command curl "$@" | { [ -e again ] && cat || sed s/true/false/; } && touch again; }
"""
"""For bash: the first request says that there is more to erase."""


def paste(beginning: str, system: System, token: str, directory: Path, before: str = "") -> tuple[int, str]:
    """Paste the block with this beginning, its pages made smaller than they are; return the status and the errors."""
    [block] = [block for block in BLOCKS if block.startswith(beginning)]
    variables = {**os.environ, "API": system.about["api_url"], "TOKEN": token}
    small = block.replace("next=/export;", "next='/export?limit=2';")
    done = subprocess.run(
        ["bash", "-uc", before + small],  # noqa: S607
        env=variables,
        cwd=directory,
        check=False,
        timeout=60,
        stderr=subprocess.PIPE,
        text=True,
    )
    return done.returncode, done.stderr


def test_a_file_is_imported_exported_and_all_is_erased_from_a_terminal(system: System, tmp_path: Path) -> None:
    email = system.new_user()
    token = system.log_in(email)["IdToken"]
    user = system.client(f"Bearer {token}")
    rows = [{**LUNCH, "notes": f"row {number}"} for number in range(5)]
    spreadsheet = tmp_path / "expenses.csv"
    spreadsheet.write_text("\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]))
    imported = spreadsheet.read_bytes()
    assert paste("import()", system, token, tmp_path) == (0, "")
    assert user.get("/expenses").json["count"] == 5

    assert paste("download()", system, token, tmp_path) == (0, "")
    exported = (tmp_path / "exported.csv").read_bytes()
    assert exported.decode() == user.get("/export", Accept="text/csv").text

    # Neither a token that has expired nor one that expires between two pages leaves a part in the place of the whole.
    (tmp_path / "token").write_text(token)
    for bad_token, before in (("expired", ""), (token, EXPIRES_AFTER_ONE)):
        status, message = paste("download()", system, bad_token, tmp_path, before)
        assert status != 0
        assert message.splitlines()[-1].startswith("exported.csv is not exported.")
    status, message = paste("erase()", system, "expired", tmp_path)
    assert status != 0
    assert message.splitlines()[-1].startswith("Not everything is erased.")
    assert (tmp_path / "token").read_text() == "expired\n"
    assert {path.name for path in tmp_path.iterdir()} == {"expenses.csv", "exported.csv", "token"}
    assert (tmp_path / "exported.csv").read_bytes() == exported
    assert spreadsheet.read_bytes() == imported
    assert user.get("/expenses").json["count"] == 5

    assert paste("erase()", system, token, tmp_path, ERASED_AFTER_TWO) == (0, "")
    assert (tmp_path / "again").exists()
    assert json.loads(user.get("/changes").text)["items"] == []
