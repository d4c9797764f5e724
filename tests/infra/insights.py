"""Which log lines a query of CloudWatch Logs Insights finds, by SQLite: a filter is nearly SQL, with the same null.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html
"""

import json
import re
import sqlite3
from collections.abc import Mapping
from typing import Any

_WORDS = {"and", "as", "asc", "by", "desc", "fields", "filter", "in", "limit", "or", "sort", "stats"}
_TOKEN = re.compile(r'"[^"]*"|(?<![\w.@])[a-zA-Z][\w.]*(?![\w.]*\()')
"""A string, or a word that is no function."""


def fields_of(query: str) -> set[str]:
    """Return the fields that a query reads."""
    renamed = set(re.findall(r"\bas (\w+)", query))
    return {token for token in _TOKEN.findall(query) if token[0] != '"'} - renamed - _WORDS


def finds(query: str, line: Mapping[str, Any]) -> bool:
    """Return whether a query finds a log line; `line` is nested, as it is logged."""
    filters = [part.removeprefix("filter ") for part in re.split(r"\s*\|\s*", query) if part.startswith("filter ")]
    conditions = " and ".join(f"({_TOKEN.sub(_as_sql, each)})" for each in filters).replace("[", "(").replace("]", ")")
    # The access log has its numbers as strings; Insights compares them as numbers.
    logged = re.sub(r'"(\d+)"', r"\1", json.dumps(line))
    database = sqlite3.connect(":memory:")
    database.create_function("ispresent", 1, lambda value: value is not None)
    [found] = database.execute(f"select {conditions} from (select ? as line)", [logged]).fetchone()  # noqa: S608
    database.close()
    return bool(found)


def _as_sql(token: re.Match[str]) -> str:
    """Return a token as SQL has it: a field is looked up in the line."""
    text = token[0].replace('"', "'")
    return text if text[0] == "'" or text in _WORDS else f"json_extract(line, '$.{text}')"
