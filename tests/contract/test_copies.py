"""What an expense has, it has wherever an expense is sent or shown.

Each schema takes no other properties than its own, and in OpenAPI 3.0 nothing extends such a schema: `allOf` would
refuse what either part does not know. So the properties are repeated, and these tests hold the copies to each other.
"""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.document import CONTRACT

COPIES = [
    "BatchedExpense",
    "DeletedExpense",
    "ExpensePatch",
    "Occurrence",
    "Recurrence",
    "RecurrenceCreate",
    "RecurrencePatch",
    "x-line of import_expenses",
]
ORIGINALS = ["Expense", "ExpenseCreate"]
"""What a response has, and what a request has; a copy is of the one that has the same amount."""


def schemas_of_expenses(contract: Mapping[str, Any]) -> dict[str, Any]:
    """Return each schema that has an amount and how it was paid, by its name."""
    schemas = dict(contract["components"]["schemas"])
    for item in contract["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "x-line" in operation.get("requestBody", {}):
                schemas[f"x-line of {operation['operationId']}"] = operation["requestBody"]["x-line"]
    wanted = {"amount", "payment_method"}
    return {name: schema for name, schema in schemas.items() if wanted <= schema.get("properties", {}).keys()}


def differences(contract: Mapping[str, Any]) -> list[str]:
    """Return what a copy lacks or has otherwise, in order."""
    schemas = schemas_of_expenses(contract)
    shown, new = (schemas[name] for name in ORIGINALS)
    found = []
    for name, schema in schemas.items():
        own = schema["properties"]
        original = shown if own["amount"] == shown["properties"]["amount"] else new
        # What has the month has all that is derived, and what recurs has its first date instead of one.
        wanted = {**new["properties"], **(shown["properties"] if "month" in own else {})}
        for each in wanted.keys() - ({"date"} if "first" in own else set()):
            if each not in own:
                found.append(f"{name} has no {each}")
            elif each in new["properties"] and own[each] != original["properties"].get(each):
                found.append(f"{name} has another {each}")
            elif original is shown and each in shown["required"] and each not in schema["required"]:
                found.append(f"{name} does not require {each}")
    return sorted(found)


def test_every_copy_is_found() -> None:
    assert sorted(schemas_of_expenses(CONTRACT)) == sorted(COPIES + ORIGINALS)


def test_every_copy_has_what_an_expense_has() -> None:
    assert differences(CONTRACT) == []


@pytest.mark.parametrize("name", [*COPIES, "Expense"])
def test_what_a_copy_lacks_is_named(name: str) -> None:
    contract = copy.deepcopy(CONTRACT)
    del schemas_of_expenses(contract)[name]["properties"]["notes"]
    assert f"{name} has no notes" in differences(contract)


@pytest.mark.parametrize("name", COPIES)
def test_what_a_copy_has_otherwise_is_named(name: str) -> None:
    contract = copy.deepcopy(CONTRACT)
    schemas_of_expenses(contract)[name]["properties"]["notes"] = {"type": "string", "maxLength": 10}
    assert differences(contract) == [f"{name} has another notes"]


@pytest.mark.parametrize("name", ["DeletedExpense", "Recurrence", "Occurrence"])
def test_what_a_response_may_leave_out_is_named(name: str) -> None:
    contract = copy.deepcopy(CONTRACT)
    schemas_of_expenses(contract)[name]["required"].remove("notes")
    assert differences(contract) == [f"{name} does not require notes"]


def test_what_only_the_originals_have_is_named_for_each_copy() -> None:
    contract = copy.deepcopy(CONTRACT)
    for name in ORIGINALS:
        schemas_of_expenses(contract)[name]["properties"]["merchant"] = {"type": "string", "nullable": True}
    assert differences(contract) == [f"{name} has no merchant" for name in COPIES]
