"""The user that is there from the start: a year of expenses, the same for the same day, budgets, and two recurrences.

One expense more is recorded, and deleted. Nothing is due yet.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

from local.banner import Credentials
from local.function import Invoke
from local.gateway.proxy_event import Received, proxy_event
from local.identity.user_pool import CLIENT_ID

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

DEMO_USER = Credentials("demo@example.com", "Demo-password-1")
DONE = "demo"
"""The tag of a pool whose demo user has all the expenses."""


@dataclass(frozen=True, slots=True)
class Habit:
    """Something paid for again and again: when, and how much in turn."""

    category: str
    payment_method: str
    notes: str
    due: Callable[[date], bool]
    amounts: tuple[float, ...]
    currency: str = "EUR"


def monthly(day: int) -> Callable[[date], bool]:
    """On this day of every month."""
    return lambda today: today.day == day


def every(days: int, offset: int = 0) -> Callable[[date], bool]:
    """Once in so many days."""
    return lambda today: today.toordinal() % days == offset


HABITS = (
    Habit("Rent", "Bank Transfer", "Two rooms", monthly(1), (1150,)),
    Habit("Transport", "Debit Card", "Monthly ticket", monthly(2), (49,)),
    Habit("Utilities", "Bank Transfer", "Electricity and gas", monthly(5), (96.4, 91.15, 74.8, 58.3, 61.75, 83.9)),
    Habit("Utilities", "Credit Card", "Internet", monthly(9), (34.9,)),
    Habit("Phone", "Credit Card", "Mobile contract", monthly(12), (14.99,)),
    Habit("Family", "Mpesa", "Sent home", monthly(20), (4500, 6000, 5250), "KES"),
    Habit("Health", "Credit Card", "Gym", monthly(28), (29.5,)),
    Habit("Food", "Debit Card", "Groceries", every(12, 5), (63.18, 71.4, 58.92, 80.05, 66.37)),
    Habit("Food", "Cash", "Market", every(24, 3), (12.5, 9.8, 17.2, 14)),
    Habit("Food", "Credit Card", "Lunch", every(26, 1), (8.9, 11.5, 9.4, 13.2, 7.8)),
    Habit("Food", "Cash", "Coffee", every(34, 4), (3.2, 3.2, 5.9)),
    Habit("Food", "Credit Card", "Dinner with friends", every(43, 7), (38.6, 27.9, 44.5)),
    Habit("Transport", "Credit Card", "Taxi", every(44, 2), (17.3, 22.8)),
    Habit("Leisure", "Cash", "Cinema", every(47, 10), (11, 13.5)),
    Habit("Leisure", "Credit Card", "Books", every(66, 21), (24.9, 16.95, 31)),
    Habit("Health", "Cash", "Pharmacy", every(73, 30), (7.45, 12.6)),
    Habit("Clothing", "Credit Card", "Shoes and a shirt", every(91, 15), (119.9, 84.95)),
    Habit("Clothing", "Credit Card", "Refund: the shirt was too small", every(91, 24), (-29.95,)),
    Habit("Gifts", "Cash", "Birthday present", every(120, 44), (35, 25)),
    Habit("Travel", "Credit Card", "Hotel in Tokyo", every(150, 60), (21800, 19500), "JPY"),
    Habit("Travel", "Cash", "Train to Kyoto", every(150, 61), (13850, 14170), "JPY"),
    Habit("Travel", "Credit Card", "Refund: a night less", every(150, 66), (-9750,), "JPY"),
)


def demo_expenses(today: date) -> Iterator[dict[str, Any]]:
    """Return what was spent in the year up to today, as bodies of `create_expense`, habit by habit."""
    back = [today - timedelta(days=n) for n in range(366)]
    days = [day for day in reversed(back) if (day.year + 1, day.month, day.day) > (today.year, today.month, today.day)]
    for habit in HABITS:
        for day, amount in zip(filter(habit.due, days), cycle(habit.amounts), strict=False):
            yield {
                "category": habit.category,
                "amount": amount,
                "currency": habit.currency,
                "payment_method": habit.payment_method,
                "notes": habit.notes,
                "date": day.isoformat(),
            }


def twice_by_mistake(today: date) -> dict[str, Any]:
    """Return the body of an expense that is recorded and deleted, so that the trash has something."""
    return {
        "category": "Leisure",
        "amount": 13.5,
        "currency": "EUR",
        "payment_method": "Cash",
        "notes": "Cinema, recorded twice",
        "date": today.isoformat(),
    }


def demo_budgets(today: date) -> Iterator[dict[str, Any]]:
    """Return the bodies of `set_budget`: one that carries over for a category, and one for all of them together."""
    since = (today.replace(day=1) - timedelta(days=150)).isoformat()[:7]
    yield {"category": "Food", "currency": "EUR", "amount": 210, "from": since, "carry_over": "both"}
    yield {"category": None, "currency": "EUR", "amount": 1750, "from": since, "carry_over": "none"}


def demo_recurrences(today: date) -> Iterator[dict[str, Any]]:
    """Return the bodies of `create_recurrence`: of the rent, and of a course of ten lessons."""
    next_month = today.replace(day=1) + timedelta(days=31)
    rent = {"category": "Rent", "amount": 1150, "currency": "EUR", "payment_method": "Bank Transfer"}
    yield {
        **rent,
        "notes": "Two rooms",
        "first": next_month.replace(day=1).isoformat(),
        "every": {"count": 1, "unit": "month"},
    }
    swimming = {"category": "Health", "amount": 12.5, "currency": "EUR", "payment_method": "Cash"}
    yield {
        **swimming,
        "notes": "Swimming course",
        "first": (today + timedelta(days=7)).isoformat(),
        "every": {"count": 2, "unit": "week"},
        "times": 10,
    }


class SeedError(RuntimeError):
    """The function did not do what was asked of it; the message has what it returned."""


def make_once(
    cognito: "CognitoIdentityProviderClient",
    user_pool_id: str,
    invoke: Invoke,
    today: date,
    announce: Callable[[str], None],
) -> None:
    """Make the user and the expenses unless that was done before, completely: then the pool has a tag that says so.

    Raises `SeedError` where the function does not record or delete an expense, and what invoking it raises.
    """
    pool = cognito.describe_user_pool(UserPoolId=user_pool_id)["UserPool"]
    if DONE not in pool.get("UserPoolTags", {}):
        announce("Recording a year of expenses for the demo user, this once.")
        user_id = _sign_up(cognito, user_pool_id)
        _record_a_year(_DemoUser(invoke, {"sub": user_id, "aud": CLIENT_ID}), today)
        cognito.tag_resource(ResourceArn=pool["Arn"], Tags={DONE: today.isoformat()})


def _sign_up(cognito: "CognitoIdentityProviderClient", user_pool_id: str) -> str:
    """Make the user, able to log in at once, in place of one whose expenses are incomplete; return the user's id."""
    with contextlib.suppress(cognito.exceptions.UserNotFoundException):
        cognito.admin_delete_user(UserPoolId=user_pool_id, Username=DEMO_USER.username)
    user = cognito.admin_create_user(
        UserPoolId=user_pool_id,
        Username=DEMO_USER.username,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": DEMO_USER.username},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "name", "Value": "Demo"},
        ],
    )
    cognito.admin_set_user_password(
        UserPoolId=user_pool_id, Username=DEMO_USER.username, Password=DEMO_USER.password, Permanent=True
    )
    return next(attribute["Value"] for attribute in user["User"]["Attributes"] if attribute["Name"] == "sub")


def _record_a_year(user: "_DemoUser", today: date) -> None:
    for expense in demo_expenses(today):
        user.request("POST", "/expenses", 201, body=expense)
    mistake = user.request("POST", "/expenses", 201, body=twice_by_mistake(today))
    expense_id = json.loads(mistake["body"])["expense_id"]
    user.request("DELETE", "/expenses/{expense_id}", 204, expense_id=expense_id)
    for budget in demo_budgets(today):
        user.request("PUT", "/budgets", 200, body=budget)
    for recurrence in demo_recurrences(today):
        user.request("POST", "/recurrences", 201, body=recurrence)


@dataclass(frozen=True, slots=True)
class _DemoUser:
    """Sends requests to the function as the gateway passes them on."""

    invoke: Invoke
    claims: Mapping[str, str]

    def request(
        self, method: str, resource: str, status: int, *, body: dict[str, Any] | None = None, **in_path: str
    ) -> dict[str, Any]:
        """Return the function's response. Raises `SeedError` where it has another status."""
        event = proxy_event(
            Received(
                request_id="demo",
                extended_request_id="demo",
                at=datetime.now(UTC),
                source_ip="127.0.0.1",
                protocol="HTTP/1.1",
                method=method,
                path=resource.format(**in_path),
                query="",
                headers=[("content-type", "application/json")] if body else [],
                body=json.dumps(body).encode() if body else b"",
                resource=resource,
                path_parameters=in_path,
                claims=self.claims,
            )
        )
        returned = self.invoke(event)
        if not isinstance(returned, dict) or returned.get("statusCode") != status:
            raise SeedError(f"The function did not answer {method} {event['path']} by {status}: {returned}")
        return returned
