"""What prod deploys, as files to read and to compare: `python -m tests.infra.snapshot` writes them again.

Of alarms and saved queries one stands for all: the others differ by their line in a table only, which says it all.
"""

import json
from pathlib import Path
from typing import Any

from tests.infra.document import is_mock, methods_of
from tests.infra.recording import ROOT, recorded

FOLDER = Path(__file__).with_name("snapshots")
WRITTEN_BY = "python -m tests.infra.snapshot"


def snapshots() -> dict[str, str]:
    """The text of each snapshot by its file's name."""
    recording = recorded("prod")
    body = json.loads(recording.one("RestApi").inputs["body"])
    alike = [*recording.all("MetricAlarm")[1:], *recording.all("QueryDefinition")[1:]]
    resources = {f"{r.type} {r.name}": _settled(r.inputs) for r in recording.custom if r not in alike}
    resources["aws:apigateway/restApi:RestApi expenses-prod-api"]["body"] = "see gateway_body.json"
    resources["aws:apigateway/deployment:Deployment expenses-prod-deployment"]["triggers"]["body"] = "its digest"
    image = resources["docker-build:index:Image expenses-prod-image"]
    image["tags"] = [tag.rpartition(":")[0] + ":its-source" for tag in image["tags"]]
    return {"prod.json": _text(resources), "gateway_body.json": _text(_without_parameters(body))}


def _without_parameters(body: dict[str, Any]) -> dict[str, Any]:
    """Take out the parameters of the operations: they are the contract's, which `test_document` compares."""
    for _, _, operation in methods_of(body):
        if not is_mock(operation):
            operation["parameters"] = "the contract's"
    return body


def _settled(value: Any) -> Any:
    """Take out what differs from machine to machine, and open the strings that are JSON."""
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_settled(item) for item in value]
    if isinstance(value, str) and value.startswith("{"):
        return {"as text": _settled(json.loads(value))}
    return value.replace(str(ROOT), "the-project") if isinstance(value, str) else value


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in snapshots().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
