"""The Accept header of RFC 9110, section 12.5.1: ranges, weights, and what is most specific."""

import pytest

from api.openapi.negotiation import preferred

NDJSON, CSV = OFFERED = ("application/x-ndjson", "text/csv")


@pytest.mark.parametrize("accept", ["", " ", ",", "*/*", "*/*;q=0.1", "text/csv;q=0.5, application/x-ndjson;q=0.5"])
def test_the_first_offer_is_sent_where_all_are_wanted_as_much(accept: str) -> None:
    assert preferred(accept, OFFERED) == NDJSON


@pytest.mark.parametrize(
    "accept",
    [
        "text/csv",
        "TEXT/CSV",
        " text/csv ;q=1.0 , */* ; Q=0.9",
        "text/*",
        "application/x-ndjson;q=0.5, text/csv;q=0.501",
        "application/x-ndjson;q=0, */*",
        "text/html, application/xhtml+xml, text/*;q=0.2, */*;q=0.1",
        "text/csv;charset=utf-8;header=present",
        'text/csv; charset="UTF-8"',
        'text/csv;comment="a, application/x-ndjson", application/x-ndjson;q=0.9',
        "csv, text/csv;q=0.1",
        "application/*;q=0.9;ext=1, text/csv",
    ],
)
def test_csv_is_sent_where_it_is_wanted_most(accept: str) -> None:
    assert preferred(accept, OFFERED) == CSV


def test_the_most_specific_range_decides_the_weight() -> None:
    assert preferred("*/*;q=1, text/*;q=0.3, text/csv;q=0", OFFERED) == NDJSON
    assert preferred("text/csv;q=0.2, text/*;q=1, application/x-ndjson;q=0.1", OFFERED) == CSV


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "csv",
        "text/csv;q=0",
        "text/csv;q=0.000, application/*;q=0",
        "*/*;q=0",
        "*/csv",
        "text/csv;q=2",
        "text/csv;q=-1",
        "text/csv;q=high",
        "text/csv;charset=iso-8859-1",
        "application/json",
        '"text/csv"',
    ],
)
def test_nothing_is_sent_where_nothing_offered_is_accepted(accept: str) -> None:
    assert preferred(accept, OFFERED) is None
