"""What violates the schema and what is against the rules is reported in one response."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client import ApiClient
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver

BLANK = "\u200b"
"""A label without a visible character."""
GOOD = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "currency": "EUR", "date": "2025-06-14"}
BY_SCHEMA: dict[str, Any] = {**dict.fromkeys(GOOD, True), "amount": "1", "notes": 7, "colour": "unknown"}
BY_RULE = {"category": BLANK, "payment_method": BLANK, "amount": 1.234, "currency": "XYZ"}
CHOICES = st.fixed_dictionaries(
    {name: st.sampled_from([each for each in (GOOD, BY_SCHEMA, BY_RULE) if name in each]) for name in BY_SCHEMA}
)


def expected(body: dict[str, Any]) -> list[str]:
    """Return the properties that are wrong; whether an amount is exact depends on the currency."""
    wrong = {name for name, value in body.items() if value != GOOD.get(name)}
    if body["currency"] != GOOD["currency"] and body["amount"] == BY_RULE["amount"]:
        wrong.remove("amount")
    return sorted(f"/{name}" for name in wrong)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHOICES, min_size=1, max_size=4))
def test_every_violation_of_every_kind_is_reported_once(
    api_over: ApiOver, choices: list[dict[str, dict[str, Any]]]
) -> None:
    api = api_over(FakeDynamoDB())
    bodies = [{name: kind[name] for name, kind in each.items()} for each in choices]
    for body in bodies:
        assert sorted(api.post("/expenses", body).pointers) == expected(body)
    found = api.post("/expenses/batch", {"items": bodies}).pointers
    assert sorted(found) == sorted(f"/items/{at}{name}" for at, body in enumerate(bodies) for name in expected(body))


FOOD = {
    "category": "Food",
    "amount": 9,
    "payment_method": "Cash",
    "first": "2025-06-14",
    "every": {"count": 1, "unit": "month"},
}


@pytest.mark.parametrize(
    ("method", "path", "body", "pointers"),
    [
        ("PATCH", "/expenses/{id}", {"notes": 7, "category": BLANK}, ["/category", "/notes"]),
        ("PATCH", "/expenses/{id}", {"notes": 7, "amount": 1.5, "currency": "JPY"}, ["/amount", "/notes"]),
        ("PATCH", "/expenses/{id}", {"date": 7, "currency": "XYZ"}, ["/currency", "/date"]),
        (
            "PATCH",
            "/expenses/{id}",
            {"date": None, "amount": None, "currency": None},
            ["/amount", "/currency", "/date"],
        ),
        (
            "POST",
            "/expenses",
            {**GOOD, "date": "1999-01-01", "currency": "DEM", "amount": 1.234, "x": 1},
            ["/amount", "/x"],
        ),
        ("POST", "/expenses", {"amount": 1.234}, ["/amount", "/category", "/payment_method"]),
        ("POST", "/expenses", [], [""]),
        ("POST", "/expenses/batch", {"items": [7, {**GOOD, "amount": 1.234}]}, ["/items/0", "/items/1/amount"]),
        ("POST", "/expenses/batch", {"items": [{**GOOD, "amount": 1.234}] * 51}, ["/items"]),
        ("POST", "/expenses/batch", {"items": 7}, ["/items"]),
        (
            "PUT",
            "/budgets",
            {"category": BLANK, "currency": "EUR", "amount": 1.234, "from": 7},
            ["/amount", "/category", "/from"],
        ),
        ("PUT", "/budgets", {"currency": "XYZ", "amount": "1"}, ["/amount", "/currency", "/from"]),
        ("POST", "/categories/rename", {"from": BLANK}, ["/from", "/to"]),
        (
            "POST",
            "/recurrences",
            {**FOOD, "until": "2025-01-01", "amount": 1.234, "notes": 7},
            ["/amount", "/notes", "/until"],
        ),
        ("POST", "/recurrences", {**FOOD, "first": 7, "until": "2025-01-01", "times": 3}, ["/first", "/times"]),
        (
            "PATCH",
            "/recurrences/{id}",
            {"every": 7, "amount": 1.5, "currency": "JPY", "category": BLANK},
            ["/amount", "/category", "/every"],
        ),
    ],
)
def test_rules_that_need_nothing_stored_are_reported_with_the_schema(
    api: ApiClient, method: str, path: str, body: Any, pointers: list[str]
) -> None:
    headers = {"Content-Type": f"application/{'merge-patch+' if method == 'PATCH' else ''}json"}
    response = api.send(method, path.replace("{id}", "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10"), headers, body)
    assert (response.status, sorted(response.pointers)) == (400, pointers)


def test_a_parameter_that_is_not_valid_hides_no_rule(api: ApiClient) -> None:
    response = api.post("/expenses", {**GOOD, "amount": 1.234}, Idempotency_Key="x" * 101)
    assert (response.status, [each.get("parameter") or each["pointer"] for each in response.json["errors"]]) == (
        400,
        ["Idempotency-Key", "/amount"],
    )
