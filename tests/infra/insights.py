"""Which log lines a query of CloudWatch Logs Insights finds, in the operators that the saved queries use.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Line = Mapping[str, Any]
Condition = Callable[[Line], bool]

_TOKEN = re.compile(r'"[^"]*"|!=|>=|<=|[=<>(),\[\]]|[\w.@]+')
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<": operator.lt,
}
_WORDS = {"fields", "filter", "stats", "sort", "limit", "by", "desc", "asc", "as", "and", "or", "in"}


def fields_of(query: str) -> set[str]:
    """The fields that a query reads."""
    renamed = set(re.findall(r"\bas (\w+)", query))
    names = set(re.findall(r"(?<![\w.@])[a-zA-Z]\w*(?:\.\w+)*(?![\w.]*\()", re.sub(r'"[^"]*"', "", query)))
    return names - renamed - _WORDS


def finds(query: str, line: Line) -> bool:
    """Whether a query finds a log line; `line` is nested, as it is logged."""
    flat = dict(_flatten(line))
    conditions = [
        part.strip().removeprefix("filter ") for part in query.split("|") if part.strip().startswith("filter")
    ]
    return all(_Parser(condition).parse()(flat) for condition in conditions)


class _Parser:
    def __init__(self, condition: str) -> None:
        self._tokens = _TOKEN.findall(condition)

    def parse(self) -> Condition:
        alternatives = [self._all()]
        while self._tokens[:1] == ["or"]:
            self._take()
            alternatives.append(self._all())
        return lambda line: any(condition(line) for condition in alternatives)

    def _all(self) -> Condition:
        conditions = [self._one()]
        while self._tokens[:1] == ["and"]:
            self._take()
            conditions.append(self._one())
        return lambda line: all(condition(line) for condition in conditions)

    def _one(self) -> Condition:
        first = self._take()
        if first == "(":
            inside = self.parse()
            self._take()
            return inside
        if first == "ispresent":
            _, name, _ = self._take(), self._take(), self._take()
            return lambda line: name in line
        symbol = self._take()
        if symbol == "in":
            values = self._list()
            return lambda line: line.get(first) in values
        compare, value = _COMPARISONS[symbol], _literal(self._take())
        return lambda line: first in line and compare(type(value)(line[first]), value)

    def _list(self) -> list[Any]:
        end = self._tokens.index("]")
        inside, self._tokens = self._tokens[1:end], self._tokens[end + 1 :]
        return [_literal(token) for token in inside if token != ","]

    def _take(self) -> str:
        token: str = self._tokens.pop(0)
        return token


def _literal(token: str) -> Any:
    return token.strip('"') if token.startswith('"') else float(token)


def _flatten(line: Line, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in line.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
