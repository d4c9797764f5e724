"""The life of an expense, written once, over any transport: the dispatcher, Lambda's emulator, the image, or HTTP."""

from decimal import Decimal

from tests.client import ApiClient

LUNCH = {"category": "Food", "amount": Decimal("12.34"), "payment_method": "Cash", "date": "2025-06-14"}
RENT = {"category": "Rent", "amount": 45000, "payment_method": "Mpesa", "date": "2025-06-01", "currency": "KES"}


def travel(api: ApiClient) -> None:
    """Record, look up, find, change, sum up, delete and restore expenses, and send what is not valid on the way."""
    url = record(api)
    look_up(api, url)
    find(api)
    reach_nothing_of_another_user(api.as_user("wanjiku"), url)
    change(api, url)
    violate_the_contract(api)
    begin_the_day_where_the_user_is(api)
    sum_up_delete_and_restore(api, url)
    take_everything_along(api, api.as_user("otieno"))
    carry_over(api)
    recur(api)


def record(api: ApiClient) -> str:
    first, second = (api.post("/expenses", LUNCH, Idempotency_Key="first") for _ in range(2))
    assert (first.status, second.status, second.json) == (201, 201, first.json)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json | LUNCH == first.json
    assert (first.json["month"], first.json["year"]) == ("June", 2025)
    assert first.headers["Location"] == f"/expenses/{first.json['expense_id']}"
    return first.headers["Location"]


def look_up(api: ApiClient, url: str) -> None:
    expense = api.get(url)
    assert expense.json | LUNCH == expense.json
    unchanged = api.get(url, If_None_Match=expense.headers["ETag"])
    assert (unchanged.status, unchanged.text) == (304, "")


def find(api: ApiClient) -> None:
    rent, old_rent = (api.post("/expenses", RENT | {"date": date}).json for date in ("2025-06-01", "2024-06-01"))
    [lunch] = api.get("/expenses?category=Food").json["items"]
    assert api.get("/expenses?month=June").json == {"items": [lunch, rent, old_rent], "count": 3, "next_cursor": None}
    assert api.get("/expenses?month=June&category=Rent&year=2025").json["items"] == [rent]
    assert api.get("/expenses?month=May").json["items"] == []
    page = api.get("/expenses?category=Rent&limit=1").json
    assert api.get(f"/expenses?category=Rent&cursor={page['next_cursor']}").json["items"] == [old_rent]


def reach_nothing_of_another_user(other: ApiClient, url: str) -> None:
    assert other.get("/expenses").json["items"] == []
    assert [other.get(url).status, other.patch(url, {"amount": 1}).status, other.delete(url).status] == [404] * 3


def change(api: ApiClient, url: str) -> None:
    changed = api.patch(url, {"amount": Decimal("10.01"), "notes": "Lunch ☕"}, If_Match='"1"')
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json["amount"], changed.json["notes"]) == (Decimal("10.01"), "Lunch ☕")
    assert api.patch(url, {"amount": 1}, If_Match='"1"').status == 412
    assert api.get(url).json == changed.json


def violate_the_contract(api: ApiClient) -> None:
    refused = api.post("/expenses", {"amount": "12", "currency": "XX", "category": "", "colour": 1})
    assert (refused.status, refused.headers["Content-Type"]) == (400, "application/problem+json")
    assert sorted(refused.pointers) == ["/amount", "/category", "/colour", "/currency", "/payment_method"]


def begin_the_day_where_the_user_is(api: ApiClient) -> None:
    undated = {name: value for name, value in LUNCH.items() if name != "date"}
    zones = {"akamu": "Pacific/Pago_Pago", "tebuka": "Pacific/Kiritimati"}
    west, east = (api.as_user(user, zone).post("/expenses", undated).json["date"] for user, zone in zones.items())
    assert west < east  # they are 25 hours apart: it is never the same day in both


def sum_up_delete_and_restore(api: ApiClient, url: str) -> None:
    june = "/summary?date_from=2025-05-25&date_to=2025-06-24&category=Food"
    expense = api.get(url).json
    assert [group["total"] for group in api.get(june).json["items"]] == [expense["amount"]]
    assert api.delete(url).status == 204
    assert api.get(url).status == 404
    assert api.get(june).json["items"] == []
    assert [each["category"] for each in api.get("/expenses").json["items"]] == ["Rent", "Rent"]
    assert [deleted["expense_id"] for deleted in api.get("/trash").json["items"]] == [expense["expense_id"]]
    assert api.post(f"{url}/restore", None).json["version"] == expense["version"] + 2
    assert [group["total"] for group in api.get(june).json["items"]] == [expense["amount"]]
    changes = {change["expense_id"]: change["version"] for change in api.get("/changes").json["items"]}
    assert changes[expense["expense_id"]] == expense["version"] + 2


def take_everything_along(api: ApiClient, there: ApiClient) -> None:
    """Export everything, import it into another account and into one's own again."""
    ndjson, csv = (api.get("/export", Accept=media_type).text for media_type in ("application/x-ndjson", "text/csv"))
    moved = there.send("POST", "/import", {"Content-Type": "application/x-ndjson"}, ndjson).json
    assert (moved["recorded"], moved["done"]) == (ndjson.count("\n"), True)
    assert there.get("/export", Accept="application/x-ndjson").text == ndjson
    again = api.send("POST", "/import", {"Content-Type": "text/csv"}, csv).json
    assert (again["recorded"], again["already_there"]) == (0, moved["recorded"])


def recur(api: ApiClient) -> None:
    rent = {"category": "Flat", "amount": 450, "currency": "EUR", "payment_method": "Card", "first": "2025-01-31"}
    made = api.post(
        "/recurrences", {**rent, "every": {"count": 1, "unit": "month"}, "times": 4}, Idempotency_Key="rent"
    )
    place = made.headers["Location"]
    assert api.get("/recurrences").json["items"] == [api.get(place).json] == [made.json]
    assert api.patch(place, {"skipped": ["2025-03-31"]}, If_Match='"1"').headers["ETag"] == '"2"'
    dates = ["2025-01-31", "2025-02-28", "2025-04-30"]
    assert [item["date"] for item in api.get("/recurrences/due").json["items"]] == dates
    recorded = [api.post("/recurrences/record", {"until": "2025-06-30"}).json for _ in range(2)]
    assert [[item["expense"]["date"] for item in each["items"]] for each in recorded] == [dates, []]
    listed = api.get("/expenses?category=Flat&sort=date").json["items"]
    assert listed == [item["expense"] for item in recorded[0]["items"]]
    assert (api.get(place).json["next"], api.delete(place).status, api.get(place).status) == (None, 204, 404)


def carry_over(api: ApiClient) -> None:
    budget = {"category": "Food", "currency": "EUR", "amount": 10, "from": "2025-06", "carry_over": "both"}
    assert api.put("/budgets", budget).headers["ETag"] == '"1"'
    assert api.put("/budgets", budget | {"amount": 20, "from": "2025-07"}, If_Match='"1"').headers["ETag"] == '"2"'
    [july] = api.get("/budgets/status?year=2025&month=July").json["items"]
    assert (july["carried"], july["left"]) == (Decimal("-0.01"), Decimal("19.99"))
    assert [each["category"] for each in api.get("/budgets").json["items"]] == ["Food"]
    assert api.delete("/budgets?category=Food&currency=EUR").status == 204
    assert api.get("/budgets").json["items"] == []
