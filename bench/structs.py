"""The contract as msgspec's structures, with the same constraints.

Imported in the environments of Litestar and of the plain handler, which bring msgspec.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Label = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=50,
        pattern=r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$",
    ),
]
Amount = Annotated[float, Meta(ge=-999999999999999, le=999999999999999)]
Notes = Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$")]
Day = Annotated[str, Meta(pattern=r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
Instant = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$")]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
ExpenseId = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Month = Literal[
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
Year = Annotated[int, Meta(ge=1900, le=2199)]
Limit = Annotated[int, Meta(ge=1, le=100)]


class ExpenseCreate(Struct, forbid_unknown_fields=True):
    category: Label
    amount: Amount
    payment_method: Label
    notes: Notes | None = None
    date: Day | None = None
    currency: Currency | None = None


class Expense(Struct, forbid_unknown_fields=True):
    expense_id: ExpenseId
    category: Label
    amount: Amount
    currency: Currency
    payment_method: Label
    notes: Notes | None
    date: Day
    month: Month
    year: Year
    version: Annotated[int, Meta(ge=1)]
    created_at: Instant
    updated_at: Instant


class ExpensePage(Struct, forbid_unknown_fields=True):
    items: Annotated[list[Expense], Meta(max_length=100)]
    count: Annotated[int, Meta(ge=0, le=100)]
    next_cursor: Annotated[str, Meta(max_length=200)] | None


class ListQuery(Struct, forbid_unknown_fields=True):
    limit: Limit = 25
    month: Month | None = None
    year: Year | None = None
    category: Label | None = None
