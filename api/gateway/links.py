"""Links from a page of a list to others (RFC 8288), relative to the request's own address."""

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote, urlencode


def next_link(given: Mapping[str, object], cursor: str | None) -> dict[str, str]:
    """Return the header `Link` to the page after a cursor, with this page's parameters; no header without a cursor."""
    return {} if cursor is None else {"Link": f'<?{query({**given, "cursor": cursor})}>; rel="next"'}


def query(parameters: Mapping[str, object]) -> str:
    """Return parameters as a query: `month=June&limit=25`."""
    return urlencode({name: _as_text(value) for name, value in parameters.items()}, quote_via=quote)


def _as_text(value: object) -> str:
    """Return a parameter's value as a client sends it; a number never has an exponent."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)
