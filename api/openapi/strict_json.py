"""JSON as this service takes and gives it: exact numbers, and nothing that two readers could understand differently.

RFC 8259 leaves duplicate names, huge numbers and lone surrogates to the reader; here each is refused.
"""

import json
from decimal import Decimal
from typing import Any, NoReturn

import orjson

MAX_DEPTH = 16
MAX_NUMBER_LENGTH = 100
"""In characters. Longer numbers cost time to parse, and no amount needs them."""
MAX_EXPONENT = 100


class NotStrictJson(ValueError):
    """The text is not JSON, or not strictly so; the message says what and, where it can, at which place."""


def parse(text: str) -> Any:
    """Return the value of a JSON text; numbers with fraction or exponent become `Decimal`. Raises `NotStrictJson`."""
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotStrictJson(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise NotStrictJson(_TOO_DEEP) from None
    if not text.isascii() or "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        _check(value, depth=1)  # in all other texts there is nothing that it could find
    return value


def dump(value: Any) -> str:
    """Return the JSON text of a value; a `Decimal` is written as the exact number that it is."""
    return orjson.dumps(value, default=_exact).decode()


_TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
_TOO_LONG = f"has a number of more than {MAX_NUMBER_LENGTH} characters"


def _integer(text: str) -> int:
    if len(text) > MAX_NUMBER_LENGTH:
        raise NotStrictJson(_TOO_LONG)
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_NUMBER_LENGTH:
        raise NotStrictJson(_TOO_LONG)
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > MAX_EXPONENT:
        raise NotStrictJson(f"has a number whose exponent is beyond {MAX_EXPONENT}")
    return Decimal(text)


def _no_constant(name: str) -> NoReturn:
    raise NotStrictJson(f"has {name}, which is not a JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise NotStrictJson(f"has the property {json.dumps(name[:50])} more than once")
        members[name] = value
    return members


def _check(value: Any, depth: int) -> None:
    """Refuse lone surrogates, which UTF-8 can't carry, and deep nesting."""
    if isinstance(value, str):
        if not _is_unicode(value):
            raise NotStrictJson("has a string with an unpaired surrogate, which is not a character")
    elif isinstance(value, dict):
        if depth > MAX_DEPTH:
            raise NotStrictJson(_TOO_DEEP)
        for name, member in value.items():
            _check(name, depth)
            _check(member, depth + 1)
    elif isinstance(value, list):
        if depth > MAX_DEPTH:
            raise NotStrictJson(_TOO_DEEP)
        for member in value:
            _check(member, depth + 1)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_object
)
