"""The names of a stack's resources are ones that AWS takes."""

import re
from collections import Counter
from collections.abc import Mapping

import pytest

from infra.config.loading import InvalidConfig, parse
from tests.infra.recording import STACKS, Recording, record, recorded

AUTO_NAME_SUFFIX = 8
"""Pulumi adds a hyphen and seven characters to a name that it makes."""

LONGEST_AUTO_NAMED = {"Role": 64, "RolePolicy": 128}
"""Kinds that Pulumi names, with AWS's limit."""

RULES: Mapping[str, tuple[str, str]] = {
    "Alias": ("name", r"(?!\d+$)[\w-]{1,128}"),
    "Budget": ("name", r"[^:\\]{1,100}"),
    "Dashboard": ("dashboardName", r"[\w-]{1,255}"),
    "Function": ("name", r"[\w-]{1,64}"),
    "LogGroup": ("name", r"[\w./#-]{1,512}"),
    "MetricAlarm": ("name", r"[ -~]{1,255}"),
    "QueryDefinition": ("name", r"[^:*]{1,255}"),
    "Repository": ("name", r"(?=.{2,256}$)[a-z0-9]+((\.|_|__|-)[a-z0-9]+)*"),
    "RestApi": ("name", r".{1,1024}"),
    "Stage": ("stageName", r"[\w-]{1,128}"),
    "Table": ("name", r"[\w.-]{3,255}"),
    "Topic": ("name", r"[\w-]{1,256}"),
    "UserPool": ("name", r"[\w\s+=,.@-]{1,128}"),
    "UserPoolClient": ("name", r"[\w\s+=,.@-]{1,128}"),
    "UserPoolDomain": ("domain", r"(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"),
    "WebAcl": ("name", r"[\w-]{1,128}"),
}
"""By kind: the input that names a resource, and what AWS lets it look like."""


def wrong_names(recording: Recording) -> list[str]:
    found = []
    for kind, (key, pattern) in RULES.items():
        counted = Counter(resource.inputs[key] for resource in recording.all(kind))
        found += [f"{kind} {name}" for name, times in counted.items() if times > 1 or not re.fullmatch(pattern, name)]
    for kind, longest in LONGEST_AUTO_NAMED.items():
        found += [r.name for r in recording.all(kind) if len(r.name) + AUTO_NAME_SUFFIX > longest]
    return found


@pytest.mark.parametrize("name", STACKS)
def test_every_name_is_unique_and_one_that_aws_takes(name: str) -> None:
    assert wrong_names(recorded(name)) == []


def test_the_longest_name_of_a_stack_is_one_that_aws_takes() -> None:
    longest = record("prod", name=f"a-{'b' * 28}")
    assert {len(table.inputs["name"]) for table in longest.all("Table")} == {39, 47}
    assert wrong_names(longest) == []


@pytest.mark.parametrize("stack", ["my--stack", "-stack", "stack-", "Stack", "my_stack", "my.stack", "aws", "x" * 31])
def test_a_stack_whose_name_aws_would_refuse_somewhere_is_refused_at_once(stack: str) -> None:
    with pytest.raises(InvalidConfig, match="the name of project and stack is"):
        parse("expenses", stack, {"aws:region": "eu-west-1"})
