"""The life of an account over any transport: the walk of `make smoke`, and what takes another user or all the data."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.client import ApiClient
from tools.smoke_journey import check_journey
from tools.smoke_walk import Response, Walk

CHECKS = 43
LUNCH = {"category": "Food", "amount": Decimal("12.34"), "payment_method": "Cash", "notes": "☕"}
FLAT = {"category": "Flat", "amount": 450, "currency": "EUR", "payment_method": "Card", "first": "2025-01-31"}


class Walker(Walk):
    """Walks by a client of the tests, which holds each response to the contract."""

    def __init__(self, client: ApiClient) -> None:
        super().__init__("", "", print)
        self._client = client

    def send(self, method: str, path: str, body: Any = None, **headers: Any) -> Response:
        media_type = {} if body is None else {"Content-Type": "application/json"}
        response = self._client.send(method, path, {**media_type, **headers}, body)
        mapping: Any = response.headers
        return Response(response.status, mapping, response.text.encode())


def travel(new_user: Callable[[str, str], ApiClient]) -> None:
    """Go through the life of the account of a new user, whom `new_user` returns by name and IANA time zone."""
    api, there = new_user("amina", "Pacific/Pago_Pago"), new_user("otieno", "Pacific/Kiritimati")
    walk = Walker(api)
    check_journey(walk)
    assert (walk.failures, walk.checks) == ([], CHECKS)

    first, second = api.post("/expenses", LUNCH), api.post("/expenses", LUNCH | {"amount": Decimal("-0.01")})
    url = first.headers["Location"]
    unchanged = api.get(url, If_None_Match=first.headers["ETag"])
    assert (unchanged.status, unchanged.text) == (304, "")
    assert api.get(f"/expenses{api.get('/expenses?limit=1').links['next']}").json["items"] == [first.json]
    refused = api.post("/expenses", LUNCH | {"category": "", "currency": "XX"})
    assert sorted(refused.pointers) == ["/category", "/currency"]
    assert [there.get(url).status, there.patch(url, {"amount": 1}).status, there.delete(url).status] == [404] * 3
    assert second.json["date"] < there.post("/expenses", LUNCH).json["date"]  # 25 hours apart: never the same day

    for media_type, user, recorded in (("application/x-ndjson", there, 2), ("text/csv", api, 0)):
        lines = api.get("/export", Accept=media_type).text
        outcome = user.send("POST", "/import", {"Content-Type": media_type}, lines).json
        assert (outcome["recorded"], outcome["already_there"], outcome["done"]) == (recorded, 2 - recorded, True)
    assert sum(expense["amount"] for expense in there.get("/expenses").json["items"]) == Decimal("24.67")

    made = api.post("/recurrences", {**FLAT, "every": {"count": 1, "unit": "month"}, "times": 4})
    assert api.patch(made.headers["Location"], {"skipped": ["2025-03-31"]}, If_Match='"1"').headers["ETag"] == '"2"'
    assert [item["date"] for item in api.get("/recurrences/due").json["items"]][1:] == ["2025-02-28", "2025-04-30"]
    for reading in ("/health", "/budgets", "/recurrences", made.headers["Location"]):
        assert api.get(reading).status == 200
    assert (api.delete(url).status, api.delete("/trash").json["purged"]) == (204, 1)
    assert api.post("/erase", {"confirm": "erase everything"}).json["done"]
    assert [user.get("/expenses").json["count"] for user in (api, there)] == [0, 3]
