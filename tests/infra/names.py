"""What AWS takes as names, and where they must be unique."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.infra.recording import Recording


@dataclass(frozen=True, slots=True)
class NameRule:
    """The input that names a resource, and what it may look like."""

    key: str
    pattern: str


AUTO_NAME_SUFFIX = 8
"""Pulumi adds a hyphen and seven characters to a name that it makes."""

LONGEST_AUTO_NAMED = {"Role": 64, "RolePolicy": 128}
"""Kinds that Pulumi names, with AWS's limit."""

RULES: Mapping[str, NameRule] = {
    "Alias": NameRule("name", r"(?!\d+$)[\w-]{1,128}"),
    "Dashboard": NameRule("dashboardName", r"[\w-]{1,255}"),
    "Function": NameRule("name", r"[\w-]{1,64}"),
    "LogGroup": NameRule("name", r"[\w./#-]{1,512}"),
    "MetricAlarm": NameRule("name", r"[ -~]{1,255}"),
    "QueryDefinition": NameRule("name", r"[^:*]{1,255}"),
    "Repository": NameRule("name", r"[a-z0-9]+([._/-][a-z0-9]+)*(?<=.{2})"),
    "RestApi": NameRule("name", r".{1,1024}"),
    "Stage": NameRule("stageName", r"[\w-]{1,128}"),
    "Table": NameRule("name", r"[\w.-]{3,255}"),
    "Topic": NameRule("name", r"[\w-]{1,256}"),
    "UserPool": NameRule("name", r"[\w\s+=,.@-]{1,128}"),
    "UserPoolClient": NameRule("name", r"[\w\s+=,.@-]{1,128}"),
    "UserPoolDomain": NameRule("domain", r"(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"),
    "WebAcl": NameRule("name", r"[\w-]{1,128}"),
}


def wrong_names(recording: Recording) -> list[str]:
    """The names that AWS would refuse."""
    found = []
    for kind, rule in RULES.items():
        names = [resource.inputs[rule.key] for resource in recording.all(kind)]
        found += [f"{kind} {name} is not a name" for name in names if not re.fullmatch(rule.pattern, name)]
        found += [f"{kind} {name} is there {names.count(name)} times" for name in set(names) if names.count(name) > 1]
    for kind, longest in LONGEST_AUTO_NAMED.items():
        found += [
            f"{kind} {resource.name} is too long with what Pulumi adds"
            for resource in recording.all(kind)
            if len(resource.name) + AUTO_NAME_SUFFIX > longest
        ]
    return found
