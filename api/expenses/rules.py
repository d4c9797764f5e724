"""The rules that make an expense one: labels, lengths, money and what follows from the date. Pure functions."""

from collections.abc import Collection
from datetime import date
from decimal import Context, Decimal
from typing import TypedDict, cast, get_args
from unicodedata import normalize

from api.expenses.currencies import MINOR_UNIT_DIGITS
from api.models import ExpenseCreate, Month
from api.openapi.errors import InvalidRequest, Violation

MONTHS: tuple[Month, ...] = get_args(Month)
MAX_SIGNIFICANT_DIGITS = 15
MAX_LABEL_LENGTH = 50
MAX_NOTES_LENGTH = 1000


def label(text: str) -> str:
    """Return a category or payment method as it is kept: without spaces at its ends, in Unicode's form C.

    That form can be the longer one, so that lengths count again.
    """
    return normalize("NFC", text.strip())


class Entry(TypedDict):
    """What an expense says of the spending itself, derived members included."""

    category: str
    amount: Decimal
    currency: str
    payment_method: str
    notes: str | None
    date: str
    month: Month
    year: int


def entry(complete: ExpenseCreate, given: Collection[str]) -> Entry:
    """Put an expense with nothing left out under the rules. Raises `InvalidRequest`; `given` are the members sent."""
    violations: list[Violation] = []
    category, payment_method = label(complete["category"]), label(complete["payment_method"])
    notes = None if complete["notes"] is None else normalize("NFC", complete["notes"])
    lengths = (
        ("category", category, MAX_LABEL_LENGTH),
        ("payment_method", payment_method, MAX_LABEL_LENGTH),
        ("notes", notes or "", MAX_NOTES_LENGTH),
    )
    for name, text, limit in lengths:
        if len(text) > limit:
            violations.append(Violation("body", f"/{name}", f"must have at most {limit} characters"))
    amount, currency = _plain(Decimal(complete["amount"])), complete["currency"]
    if "amount" in given or "currency" in given:  # a currency that has gone since does not bar other changes
        if currency not in MINOR_UNIT_DIGITS:
            violations.append(Violation("body", "/currency", "must be the ISO 4217 code of a currency in use"))
        elif detail := _inexact(amount, currency):
            violations.append(Violation("body", "/amount" if "amount" in given else "/currency", detail))
    if violations:
        raise InvalidRequest(violations)
    day = date.fromisoformat(complete["date"])
    return {
        "category": category,
        "amount": amount,
        "currency": currency,
        "payment_method": payment_method,
        "notes": notes,
        "date": complete["date"],
        "month": MONTHS[day.month - 1],
        "year": day.year,
    }


def _plain(amount: Decimal) -> Decimal:
    """Return an amount as DynamoDB gives it back: with neither exponent nor needless zeros, and zero without a sign."""
    shortest = _EXACTLY.plus(amount.normalize(_EXACTLY))
    return shortest if _exponent(shortest) <= 0 else shortest.quantize(Decimal(1), context=_EXACTLY)


def _inexact(amount: Decimal, currency: str) -> str:
    """Return why an amount is not exact in its currency, or nothing."""
    if len(amount.as_tuple().digits) > MAX_SIGNIFICANT_DIGITS:
        return f"must have at most {MAX_SIGNIFICANT_DIGITS} significant digits"
    allowed = MINOR_UNIT_DIGITS[currency]
    if -_exponent(amount) > allowed:
        return f"must have {f'at most {allowed}' if allowed else 'no'} decimals in {currency}"
    return ""


def _exponent(number: Decimal) -> int:
    return cast("int", number.as_tuple().exponent)  # a text only for NaN and the infinities, which JSON has not


_EXACTLY = Context(prec=1000)
"""The default context would round to 28 digits, and a number with more could pass for one with fewer."""
