"""Money leaves as the exact number that it is, though on its way out it is a double."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from api.currencies import MINOR_UNIT_DIGITS
from api.operations import _sent
from api.strict_json import dump, parse

DIGITS = 15


@st.composite
def amounts(draw: st.DrawFn) -> Decimal:
    """Any amount that the rules let in, in any currency."""
    decimals = draw(st.integers(0, max(MINOR_UNIT_DIGITS.values())))
    return Decimal(draw(st.integers(1 - 10**DIGITS, 10**DIGITS - 1))).scaleb(-decimals)


@given(amounts())
def test_an_amount_is_sent_as_the_exact_number_that_it_is(amount: Decimal) -> None:
    sent = dump(_sent({"amount": amount})["amount"])  # type: ignore[typeddict-item]
    assert parse(sent) == amount
    assert "e" not in sent.lower()
