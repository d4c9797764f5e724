"""What a spreadsheet would run is harmless in an export, and the same string again after an import."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.transfer.formulas import neutralized, restored

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "=",
    " =1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20A1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_plain_text(text: str) -> None:
    assert neutralized(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Food", "'tis the season", "''", "'", "a=b", "1-2", "e-mail@home", "'Tis -1"])
def test_any_other_string_stays_in_both_directions(text: str) -> None:
    assert (neutralized(text), restored(text)) == (text, text)


@given(st.text("'=+-@\t\r\n \uff1dx") | st.text())
@example("'=1")
@example("''=1")
@example("' =1")
def test_every_string_comes_back_as_it_was(text: str) -> None:
    assert restored(neutralized(text)) == text


@given(st.text("'=+-@\t\r\n \uff1dx"), st.text("'=+-@\t\r\n \uff1dx"))
def test_no_two_strings_become_the_same_cell(one: str, other: str) -> None:
    assert (neutralized(one) == neutralized(other)) == (one == other)
