"""Which log lines a query of CloudWatch Logs Insights finds, in the operators that the saved queries use.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Line = Mapping[str, Any]

_WORDS = {"fields", "filter", "stats", "sort", "limit", "by", "desc", "asc", "as", "and", "or", "in"}
_TOKEN = re.compile(r'"[^"]*"|\bispresent\b|(?:and|or|in)\b|[!<>]?=|[a-zA-Z@][\w.@]*')


class _Absent:
    """The value of a field that a line does not have: no comparison with it holds."""

    __hash__ = None  # type: ignore[assignment]

    def _compare(self, _: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare


_ABSENT = _Absent()


def fields_of(query: str) -> set[str]:
    """Return the fields that a query reads."""
    renamed = set(re.findall(r"\bas (\w+)", query))
    names = set(re.findall(r"(?<![\w.@])[a-zA-Z]\w*(?:\.\w+)*(?![\w.]*\()", re.sub(r'"[^"]*"', "", query)))
    return names - renamed - _WORDS


def finds(query: str, line: Line) -> bool:
    """Return whether a query finds a log line; `line` is nested, as it is logged."""
    flat = dict(_flatten(line))
    names = {"value": lambda name: flat.get(name, _ABSENT), "ispresent": lambda value: value is not _ABSENT}
    commands = [part.strip() for part in query.split("|")]
    return all(
        eval(f"({_TOKEN.sub(_as_python, command.removeprefix('filter '))})", names)  # noqa: S307 - our own queries
        for command in commands
        if command.startswith("filter ")
    )


def _as_python(token: re.Match[str]) -> str:
    """Return a token of a condition as Python has it: a field is looked up in the line."""
    text = token[0]
    if text[0] == '"' or text in {"and", "or", "in", "ispresent", "!=", "<=", ">="}:
        return text
    return "==" if text == "=" else f"value({text!r})"


def _flatten(line: Line, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in line.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            # The access log has its numbers as strings; Insights compares them as numbers.
            yield prefix + key, float(value) if isinstance(value, str) and value.isdecimal() else value
