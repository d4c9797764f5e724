"""A cursor brings back the position it was made for, and only for the filters it was made for."""

import base64
from datetime import UTC, date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import cursors
from api.expenses.cursor import decode, encode
from api.expenses.filters import Filters
from api.expenses.items import Position
from api.openapi.errors import InvalidRequest, Violation
from tests.contract.document import CONTRACT

instants = st.datetimes(timezones=st.just(UTC)).map(
    lambda instant: instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
)
positions = st.builds(Position, st.dates(), instants, st.uuids().map(str)) | st.builds(
    Position, st.dates(), st.just(""), st.just("")
)
INVALID = Violation("query", "cursor", "is not a valid cursor for this query")


def refused(text: str, filters: str) -> bool:
    with pytest.raises(InvalidRequest) as error:
        decode(text, filters)
    return error.value.violations == (INVALID,)


@given(positions, st.text())
def test_a_cursor_brings_back_its_position(position: Position, filters: str) -> None:
    assert decode(encode(position, filters), filters) == position


@given(positions, st.text())
def test_a_cursor_is_as_the_contract_says(position: Position, filters: str) -> None:
    text = encode(position, filters)
    assert len(text) <= CONTRACT["components"]["parameters"]["Cursor"]["schema"]["maxLength"]
    assert text.replace("-", "").replace("_", "").isalnum()


@given(positions)
def test_a_cursor_of_other_filters_is_not_valid(position: Position) -> None:
    assert refused(encode(position, "this"), "that")


@given(st.text(max_size=50) | st.binary(max_size=50).map(lambda octets: octets.hex()))
def test_a_string_that_is_not_a_cursor_is_not_valid(text: str) -> None:
    assert refused(text, "this")


def test_a_cursor_of_an_unknown_version_is_not_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(cursors, "VERSION", "2")
        from_later = encode(Position(date(2025, 6, 14), "", ""), "this")
    assert refused(from_later, "this")


@pytest.mark.parametrize(
    ("created_at", "expense_id"),
    [
        ("", "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10"),
        ("2025-06-14T18:22:05.123456Z", ""),
        ("2025-06-14T18:22:05.123Z", "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10"),
        ("2025-06-14T18:22:05.123456Z", "6F1C2F0E-6D3B-4A8E-9A51-0F4F1C1F5B10"),
        ("~", "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10"),
    ],
)
def test_a_forged_position_that_no_key_has_is_not_valid(created_at: str, expense_id: str) -> None:
    assert refused(encode(Position(date(2025, 6, 14), created_at, expense_id), "this"), "this")


def test_the_form_of_a_cursor_changes_only_with_its_version() -> None:
    position = Position(date(2025, 6, 14), "2025-06-14T18:22:05.123456Z", "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10")
    text = encode(position, Filters(month=6, category="Food", min_amount=Decimal("12.50")).canonical())
    assert base64.urlsafe_b64decode(text + "==").decode() == (
        "1#8edc426254a3bd3c#2025-06-14#2025-06-14T18:22:05.123456Z#6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10"
    )
