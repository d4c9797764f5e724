"""JSON that is exact and means the same to every reader: what RFC 8259 leaves to the reader is refused or settled here.

Refused are duplicate names, huge numbers, deep nesting and unpaired surrogates. Strings become Unicode's form C
(RFC 5198 asks for it), so that the same text has one spelling and one length however a keyboard composed it.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn
from unicodedata import is_normalized, normalize

import orjson

MAX_DEPTH = 16
MAX_NUMBER_LENGTH = 100
"""In characters. Longer numbers cost time to parse, and no amount needs them."""
MAX_EXPONENT = 100


class NotStrictJson(ValueError):
    """The text is not JSON, or not strictly so; the message says what and, if possible, where."""


def parse(text: str) -> Any:
    """Return the value of a JSON text; numbers with fraction or exponent become `Decimal`. Raises `NotStrictJson`."""
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotStrictJson(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise NotStrictJson(_TOO_DEEP) from None
    if not text.isascii() or "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:
        return _settled(value, depth=1)  # any other text has nothing to settle
    return value


def parse_number(text: str) -> int | Decimal:
    """Return the number that a string is by JSON's grammar (`12.50`, `-0`, `1e2`). Raises `NotStrictJson`."""
    if not _NUMBER.fullmatch(text):
        raise NotStrictJson("must be a number")
    return _integer(text) if text.removeprefix("-").isdigit() else _decimal(text)


def normalized(text: str) -> str:
    """Return a string in Unicode's form C. Raises `NotStrictJson` for unpaired surrogates, which UTF-8 can't carry."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotStrictJson("has a string with an unpaired surrogate, which is not a character") from None
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def dump(value: Any) -> str:
    """Return the JSON text of a value; a `Decimal` is written as exactly the number that it is."""
    return orjson.dumps(value, default=_exact).decode()


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
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
    properties: dict[str, Any] = {}
    for name, value in pairs:
        if name in properties:
            raise NotStrictJson(f"has the property {json.dumps(name[:50])} more than once")
        properties[name] = value
    return properties


def _settled(value: Any, depth: int) -> Any:
    """Return a value with its strings normalized. Raises `NotStrictJson` for surrogates and deep nesting."""
    if isinstance(value, str):
        return normalized(value)
    if isinstance(value, (dict, list)) and depth > MAX_DEPTH:
        raise NotStrictJson(_TOO_DEEP)
    if isinstance(value, dict):
        # Names stay: the contract knows each by its own spelling, and normalizing could make two of them one.
        return {_encodable(name): _settled(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_settled(item, depth + 1) for item in value]
    return value


def _encodable(name: str) -> str:
    normalized(name)
    return name


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        text = str(value)  # in half the time of `format`, which is needed for very large and very small ones only
        return orjson.Fragment(format(value, "f") if "E" in text else text)
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_object
)
