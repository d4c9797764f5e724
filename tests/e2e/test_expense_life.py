"""What only HTTP shows of a signed-in user's requests; the rest is the journey."""

from decimal import Decimal
from uuid import uuid4

from tests.e2e.system import System

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": "Lunch", "date": "2025-06-14"}
RENT = {"category": "Rent", "amount": 45000, "payment_method": "Mpesa", "date": "2025-06-01", "currency": "KES"}


def test_pages_follow_one_another_to_the_end(system: System) -> None:
    user = system.client_of(**system.about["demo_user"])

    dates, page = [], user.get("/expenses?limit=40").json
    dates += [item["date"] for item in page["items"]]
    while page["next_cursor"]:
        page = user.get(f"/expenses?limit=40&cursor={page['next_cursor']}").json
        dates += [item["date"] for item in page["items"]]

    assert len(dates) > 100
    assert dates == sorted(dates, reverse=True)


def test_what_is_deleted_leaves_the_totals_and_comes_back(system: System) -> None:
    user = system.client_of(system.new_user())
    refund, ramen = LUNCH | {"amount": -2.25, "date": "2025-06-24"}, LUNCH | {"amount": 1200, "currency": "JPY"}
    lunch, *_ = (user.post("/expenses", body) for body in (LUNCH, refund, ramen, RENT))
    path = lunch.headers["Location"]

    def totals() -> dict[str, Decimal]:
        """The totals of a month from the 25th to the 24th, by currency."""
        summary = user.get("/summary?date_from=2025-05-25&date_to=2025-06-24").json
        return {group["currency"]: group["total"] for group in summary["items"]}

    assert totals() == {"EUR": Decimal("10.25"), "JPY": 1200, "KES": 45000}
    assert user.delete(path).status == 204
    assert totals() == {"EUR": Decimal("-2.25"), "JPY": 1200, "KES": 45000}
    assert [each["amount"] for each in user.get("/trash").json["items"]] == [12.5]
    restored = user.post(f"{path}/restore", None).json
    assert (restored["expense_id"], restored["version"]) == (lunch.json["expense_id"], 3)
    assert totals() == {"EUR": Decimal("10.25"), "JPY": 1200, "KES": 45000}


def test_another_device_keeps_a_copy_by_the_change_feed(system: System) -> None:
    user = system.client_of(system.new_user())
    lunch, rent = (user.post("/expenses", body).headers["Location"] for body in (LUNCH, RENT))

    def changed(cursor: str) -> tuple[list[tuple[str, int, bool]], str]:
        page = user.get(f"/changes?cursor={cursor}").json
        assert page["up_to_date"]
        changes = [(f"/expenses/{c['expense_id']}", c["version"], c["deleted"]) for c in page["items"]]
        return changes, page["next_cursor"]

    first, cursor = changed("")
    assert first == [(lunch, 1, False), (rent, 1, False)]
    user.delete(lunch)
    user.patch(rent, {"notes": "June"})
    later, cursor = changed(cursor)
    assert later[-2:] == [(lunch, 2, True), (rent, 2, False)]
    user.post(f"{lunch}/restore", None)
    assert (lunch, 3, False) in changed(cursor)[0]


def test_what_is_deleted_for_good_stays_deleted(system: System) -> None:
    user, key = system.client_of(system.new_user()), str(uuid4())
    path = user.post("/expenses", LUNCH, Idempotency_Key=key).headers["Location"]
    user.delete(path)

    # A phone that was offline sends its request again.
    again = user.post("/expenses", LUNCH, Idempotency_Key=key)
    assert (again.status, again.json["type"]) == (410, "urn:problem-type:expenses:deleted")
    assert user.delete(path.replace("expenses", "trash")).status == 204
    assert user.post(f"{path}/restore", None).status == 404
    assert user.get("/trash").json["items"] == []
    assert user.post("/expenses", LUNCH, Idempotency_Key=key).status == 410


def test_head_is_get_without_a_body(system: System) -> None:
    user = system.client_of(system.new_user())
    path = user.post("/expenses", LUNCH).headers["Location"]

    for url in (path, "/expenses", "/expenses?month=Juni", "/health"):
        got, head = user.get(url), user.send("HEAD", url, {})
        assert (head.status, head.headers["Content-Type"], head.headers.get("ETag"), head.text) == (
            got.status,
            got.headers["Content-Type"],
            got.headers.get("ETag"),
            "",
        )


def test_a_web_page_may_read_every_response(system: System) -> None:
    user = system.client_of(system.new_user())

    for path, status in (("/expenses", 200), ("/expenses?month=Juni", 400), ("/nothing", 404)):
        response = user.get(path, Origin="https://app.example")
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (status, "*")
