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


def paste(beginning: str, system: System, token: str, directory: Path) -> None:
    """Paste the block with this beginning, its pages made smaller than they are."""
    [block] = [block for block in BLOCKS if block.startswith(beginning)]
    variables = {**os.environ, "API": system.about["api_url"], "TOKEN": token}
    small = block.replace("next=/export;", "next='/export?limit=2';")
    subprocess.run(["bash", "-euc", small], env=variables, cwd=directory, check=True, timeout=60)  # noqa: S607


def test_a_file_is_imported_exported_and_all_is_erased_from_a_terminal(system: System, tmp_path: Path) -> None:
    email = system.sign_up()
    system.confirm(email)
    token = system.log_in(email)["IdToken"]
    user = system.client(f"Bearer {token}")
    rows = [{**LUNCH, "notes": f"row {number}"} for number in range(5)]
    (tmp_path / "expenses.csv").write_text(
        "\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)])
    )
    paste("import()", system, token, tmp_path)
    assert user.get("/expenses").json["count"] == 5

    paste("next=", system, token, tmp_path)
    assert (tmp_path / "expenses.csv").read_bytes().decode() == user.get("/export", Accept="text/csv").text

    paste("erase()", system, token, tmp_path)
    assert json.loads(user.get("/changes").text)["items"] == []
