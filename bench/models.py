"""The contract as the code-first peers write it: pydantic models with the same constraints.

Imported in the environments of Powertools and FastAPI, which bring pydantic.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Label = Annotated[
    str,
    Field(
        min_length=1,
        max_length=50,
        pattern=r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$",
    ),
]
Amount = Annotated[float, Field(ge=-999999999999999, le=999999999999999, strict=True)]
Notes = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$")]
Day = Annotated[str, Field(pattern=r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
Instant = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
ExpenseId = Annotated[str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Month = Literal[
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
Year = Annotated[int, Field(ge=1900, le=2199)]
Limit = Annotated[int, Field(ge=1, le=100)]


class ExpenseCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    category: Label
    amount: Amount
    payment_method: Label
    notes: Notes | None = None
    date: Day | None = None
    currency: Currency | None = None


class Expense(BaseModel):
    model_config = ConfigDict(extra="forbid")
    expense_id: ExpenseId
    category: Label
    amount: Amount
    currency: Currency
    payment_method: Label
    notes: Notes | None
    date: Day
    month: Month
    year: Year
    version: Annotated[int, Field(ge=1)]
    created_at: Instant
    updated_at: Instant


class ExpensePage(BaseModel):
    model_config = ConfigDict(extra="forbid")
    items: Annotated[list[Expense], Field(max_length=100)]
    count: Annotated[int, Field(ge=0, le=100)]
    next_cursor: Annotated[str, Field(max_length=200)] | None
