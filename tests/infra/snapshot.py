"""What prod deploys, as files to read and to compare: `.venv/bin/python -m tests.infra.snapshot` writes them again.

Of alarms and saved queries one stands for all: the others differ by their line in a table only, which says it all.
"""

import json
import re
from pathlib import Path
from typing import Any

from tests.infra.recording import ROOT, opened, recorded

FOLDER = Path(__file__).with_name("snapshots")
WRITTEN_BY = ".venv/bin/python -m tests.infra.snapshot"


def snapshots() -> dict[str, str]:
    """The text of each snapshot by its file's name."""
    prod = recorded("prod")
    kinds = {"MetricAlarm": "table-errors", "QueryDefinition": "one-request"}
    alike = [each for kind, kept in kinds.items() for each in prod.all(kind) if not each.name.endswith(kept)]
    resources = {f"{r.type} {r.name}": opened(r.inputs) for r in prod.custom if r not in alike}
    del resources["aws:apigateway/restApi:RestApi expenses-prod-api"]["body"]
    body = json.loads(prod.one("RestApi").inputs["body"])
    for item in body["paths"].values():
        for operation in item.values():
            if "operationId" in operation:
                # `test_document` compares them.
                operation["parameters"] = "the contract's"
    return {"prod.json": _text(resources), "gateway_body.json": _text(body)}


def _text(document: Any) -> str:
    """The text of a document, without what differs from machine to machine or with every change of the source."""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).replace(str(ROOT), "the-project")
    return re.sub(r'(?<=:)[0-9a-f]{32}(?=")|(?<=")[0-9a-f]{64}(?=")', "its-digest", text) + "\n"


if __name__ == "__main__":
    for name, text in snapshots().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
