"""docs/deploy.md speaks of things that exist."""

import re

import yaml

from tests.infra.recording import ROOT, recorded

TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
KEYS = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]


def test_every_output_that_it_reads_is_one() -> None:
    read = set(re.findall(r"pulumi stack output (\w+)", TEXT))
    assert read <= recorded("dev").outputs.keys()


def test_every_key_that_it_sets_is_declared() -> None:
    named = re.findall(r"pulumi config set (?:--path ')?([\w:]+)", TEXT)
    assert named
    assert [key for key in named if key not in KEYS] == []


def test_its_variables_are_those_of_the_workflow() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    for variable in set(re.findall(r"vars\.(\w+)", workflow)):
        assert f"`{variable}`" in TEXT


def amounts(label: str) -> list[float]:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| {label}"))
    return [float(cell.strip(" *≤")) for cell in row.split("|")[3:6]]


def rows_before(label: str) -> list[list[float]]:
    lines = TEXT.splitlines()
    table = lines[lines.index("|---|---|--:|--:|--:|") + 1 :]
    end = next(place for place, line in enumerate(table) if line.startswith(f"| {label}"))
    return [
        [float(cell.strip(" *≤")) for cell in line.split("|")[3:6]]
        for line in table[:end]
        if not line.startswith("| **")
    ]


def test_the_sums_of_the_costs_are_right() -> None:
    for stack in ("**`dev`**", "**`prod`**"):
        sums = [round(sum(column), 2) for column in zip(*rows_before(stack), strict=True)]
        assert amounts(stack) == sums


def test_the_alarms_cost_what_they_look_at() -> None:
    metrics = sum(
        "metric" in query for alarm in recorded("dev").all("MetricAlarm") for query in alarm.inputs["metricQueries"]
    )
    assert f"{metrics} metrics" in TEXT
    assert amounts("Alarms")[0] == round(metrics * 0.1, 2)
