"""JSON in and out: exact, and nothing that two readers could understand differently."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.openapi.strict_json import MAX_DEPTH, NotStrictJson, dump, parse

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | decimals
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(values)
def test_what_is_written_is_read_back_as_it_was(value: object) -> None:
    assert parse(dump(value)) == value


@given(decimals)
def test_a_decimal_is_written_as_the_number_that_it_is(number: Decimal) -> None:
    assert Decimal(dump(number)) == number
    assert "E" not in dump(number)


def test_numbers_with_a_fraction_are_never_floats() -> None:
    assert parse("[0.1, 1e2, 3]") == [Decimal("0.1"), Decimal("1E+2"), 3]
    assert [type(number) for number in parse("[0.1, 1e2, 3]")] == [Decimal, Decimal, int]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not JSON: Expecting value at line 1, column 1"),
        ('{"a": 1,}', "is not JSON"),
        ("{'a': 1}", "is not JSON"),
        ("[1] 2", "is not JSON: Extra data at line 1, column 5"),
        ("NaN", "has NaN"),
        ("[-Infinity]", "has -Infinity"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', 'has the property "c" more than once'),
        ('{"a": 1, "\\u0061": 2}', 'has the property "a" more than once'),
        ('["\\ud800"]', "an unpaired surrogate"),
        ('{"\\udfff": 1}', "an unpaired surrogate"),
        ("9" * 101, "a number of more than 100 characters"),
        ("0." + "9" * 101, "a number of more than 100 characters"),
        ("1e101", "exponent is beyond 100"),
        ("1e-99999999999999999999", "exponent is beyond 100"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested deeper than 16"),
        ('{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1), "nested deeper than 16"),
        ("[" * 60_000, "nested deeper than 16"),
    ],
)
def test_what_is_not_strictly_json_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotStrictJson, match=reason.replace("[", r"\[")):
        parse(text)


def test_a_duplicate_among_very_many_members_is_found_at_once() -> None:
    text = "{" + ",".join(f'"m{n}":1' for n in [*range(7000), 6999]) + "}"
    started = time.process_time()
    with pytest.raises(NotStrictJson, match="m6999"):
        parse(text)
    assert time.process_time() - started < 0.5


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert parse('"\\ud83c\\udf55"') == "🍕"


def test_the_deepest_nesting_that_is_allowed_is_taken() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


def test_what_is_no_json_value_is_not_written() -> None:
    with pytest.raises(TypeError):
        dump({"a": object()})
