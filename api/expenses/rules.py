"""The rules that make an expense one: labels, notes, money and what follows from the date. Pure functions.

Lengths, patterns and bounds are the contract's, and are validated before anything gets here: on strings in Unicode's
form C, which nothing here makes longer.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, tzinfo
from decimal import Context, Decimal
from typing import Any, TypedDict, cast, get_args
from unicodedata import normalize

from api.expenses.currencies import MINOR_UNIT_DIGITS, WITHDRAWN
from api.expenses.visible import is_visible, without_invisible
from api.models import MAXIMUM, Expense, ExpenseCreate, Month
from api.openapi.errors import InvalidRequest, Violation
from api.openapi.partial import INVALID

MONTHS: tuple[Month, ...] = get_args(Month)
MAX_SIGNIFICANT_DIGITS = len(str(MAXIMUM["Amount"]))
"""As many as the largest amount has; JSON Schema can't count those of a fraction."""


LABELS = ("category", "payment_method")


def label(text: str) -> str:
    """Return a category or payment method as it is kept; empty where nothing is visible.

    What shows nothing is removed, so that two labels that look the same are the same: "Food" with a byte order mark
    before it, a zero width space in it or spaces after it is "Food". What is kept is its own label, so that it is found
    by it: where the marks beside a removed character change places, another one can lose its effect.
    """
    while (kept := normalize("NFC", without_invisible(text)).strip()) != text:
        text = kept
    return text


_SAID = tuple(name for name in Expense.__annotations__ if name in ExpenseCreate.__annotations__)
"""The properties that a client may set, in the contract's order."""


class Entry(TypedDict):
    """What an expense says of the spending itself, derived properties included.

    Those without a rule are in it, too, without being named here, so that a new one needs nothing.
    """

    category: str
    amount: Decimal
    currency: str
    payment_method: str
    notes: str | None
    date: str
    month: Month
    year: int


def today(now: datetime, zone: tzinfo | None) -> str:
    """Return the date of an expense that is recorded without one, in the caller's time zone.

    Raises `InvalidRequest` where the caller has a time zone that is not known: any date might be the wrong one.
    """
    if zone is None:
        raise InvalidRequest(
            [Violation("body", "/date", "is required, because the token's zoneinfo claim is not a known time zone")]
        )
    return now.astimezone(zone).date().isoformat()


def entry(complete: ExpenseCreate, given: Collection[str]) -> Entry:
    """Put an expense that has a date and a currency under the rules; what else it leaves out is null.

    `given` are the properties that were sent. Raises `InvalidRequest`.
    """
    labels = {"category": label(complete["category"]), "payment_method": label(complete["payment_method"])}
    violations = label_violations(labels)
    amount, currency = plain(Decimal(complete["amount"])), complete["currency"]
    if not {"amount", "currency", "date"}.isdisjoint(given):  # a currency withdrawn since bars no other change
        violations += money_violations(amount, currency, complete["date"], given)
    if violations:
        raise InvalidRequest(violations)
    day = date.fromisoformat(complete["date"])
    said: dict[str, Any] = {name: complete.get(name) for name in _SAID}
    notes = said["notes"]
    ruled: Entry = {
        "category": labels["category"],
        "amount": amount,
        "currency": currency,
        "payment_method": labels["payment_method"],
        "notes": normalize("NFC", notes) if notes and is_visible(notes) else None,
        "date": complete["date"],
        "month": MONTHS[day.month - 1],
        "year": day.year,
    }
    return cast("Entry", {**said, **ruled})


def expense_of(expense_id: str, said: Entry, created_at: str, updated_at: str, version: int = 1) -> Expense:
    """Return the expense under an id that says this: the one place where a new one is put together."""
    recording = {"version": version, "created_at": created_at, "updated_at": updated_at}
    return cast("Expense", {"expense_id": expense_id, **said, **recording})


def partial_violations(given: Mapping[str, Any], default_currency: str | None, day: str) -> list[Violation]:
    """Return what is against the rules in a request of which some values are `INVALID`, and others may be missing.

    Nothing is said that depends on such a value. `day` is the date, and `default_currency` the currency, where none is
    given; None is not known.
    """
    valid = {name: value for name, value in given.items() if value is not INVALID and value is not None}
    violations = label_violations({name: label(valid[name]) for name in LABELS if name in valid})
    currency = valid.get("currency") if "currency" in given else default_currency
    if currency is None or {"amount", "currency", "date"}.isdisjoint(valid):
        return violations
    on = valid.get("date", "") if "date" in given else day
    return violations + money_violations(plain(Decimal(valid.get("amount", 0))), currency, on, valid)


def label_violations(labels: Mapping[str, str]) -> list[Violation]:
    """Return which labels, by their properties and as they are kept, are empty."""
    return [Violation("body", f"/{name}", "must have a visible character") for name, text in labels.items() if not text]


def money_violations(amount: Decimal, currency: str, day: str, given: Collection[str]) -> list[Violation]:
    """Return why an amount is not exact in its currency, or the currency not in use on a day, if so.

    `given` are the properties that were sent: each violation is one of these.
    """
    digits, last_day = _CURRENCIES.get(currency, (None, ""))
    if digits is None:
        return [Violation("body", "/currency", "must be the ISO 4217 code of a currency in use")]
    if last_day and day > last_day:  # dates in ISO 8601 sort as they are written
        name = "/date" if "date" in given and "currency" not in given else "/currency"
        wanted = f"must be {last_day} or earlier for {currency}" if name == "/date" else f"must be in use on {day}"
        return [Violation("body", name, f"{wanted}; {currency} was withdrawn on {last_day}")]
    if message := _inexact(amount, currency, digits):
        return [Violation("body", "/amount" if "amount" in given else "/currency", message)]
    return []


def last_day_of(currency: str) -> str:
    """Return the last day on which a currency was in use; empty where it still is, or never was."""
    return _CURRENCIES.get(currency, (0, ""))[1]


def plain(amount: Decimal) -> Decimal:
    """Return an amount as DynamoDB gives it back: with neither exponent nor needless zeros, and zero without a sign."""
    shortest = _EXACTLY.plus(amount.normalize(_EXACTLY))
    return shortest if _exponent(shortest) <= 0 else shortest.quantize(Decimal(1), context=_EXACTLY)


def _inexact(amount: Decimal, currency: str, allowed: int) -> str:
    """Return why an amount is not exact in its currency, or nothing."""
    if len(amount.as_tuple().digits) > MAX_SIGNIFICANT_DIGITS:
        return f"must have at most {MAX_SIGNIFICANT_DIGITS} significant digits"
    if -_exponent(amount) > allowed:
        return f"must have {f'at most {allowed}' if allowed else 'no'} decimals in {currency}"
    return ""


def _exponent(number: Decimal) -> int:
    return cast("int", number.as_tuple().exponent)  # a string only for NaN and the infinities, which JSON has not


_CURRENCIES = {**WITHDRAWN, **{currency: (digits, "") for currency, digits in MINOR_UNIT_DIGITS.items()}}
"""How many decimals each currency has or had, and the last day on which it was in use."""
_EXACTLY = Context(prec=1000)
"""The default context would round to 28 digits, and a number with more could pass for one with fewer."""
