"""A cursor brings back the place it was made for, and only for the question it was made for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.expenses.cursor import decode, encode
from api.expenses.items import Position
from api.openapi.errors import InvalidRequest
from tests.gateway import CONTRACT

positions = st.builds(Position, st.dates(), st.uuids().map(str) | st.just(""))


@given(positions, st.text())
def test_a_cursor_brings_back_its_place(position: Position, question: str) -> None:
    assert decode(encode(position, question), question) == position


@given(positions, st.text())
def test_a_cursor_is_as_the_contract_says(position: Position, question: str) -> None:
    (parameter,) = [p for p in CONTRACT["paths"]["/expenses"]["get"]["parameters"] if p["name"] == "cursor"]
    text = encode(position, question)
    assert len(text) <= parameter["schema"]["maxLength"]
    assert text.replace("-", "").replace("_", "").isalnum()


@given(positions)
def test_a_cursor_of_another_question_is_refused(position: Position) -> None:
    with pytest.raises(InvalidRequest) as refused:
        decode(encode(position, "this"), "that")
    assert refused.value.violations[0].message.startswith("belongs to other filters")


@given(st.text(max_size=50) | st.binary(max_size=50).map(lambda octets: octets.hex()))
def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        decode(text, "this")
    assert refused.value.violations[0].name == "cursor"
