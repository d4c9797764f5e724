"""What a signed-in user does with expenses, over HTTP."""

from uuid import uuid4

from tests.e2e.system import System

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": "Lunch", "date": "2025-06-14"}
RENT = {"category": "Rent", "amount": 45000, "payment_method": "Mpesa", "date": "2025-06-01", "currency": "KES"}
OLD_RENT = RENT | {"date": "2024-06-01"}


def test_an_expense_is_recorded_found_changed_and_deleted(system: System) -> None:
    user = system.new_user()

    created = user.send("POST", "/expenses", LUNCH)
    assert created.status_code == 201
    path = created.headers["Location"]
    assert created.json() | LUNCH == created.json()
    assert user.send("GET", path).json() == created.json()
    unchanged = user.send("GET", path, **{"If-None-Match": created.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")

    changed = user.send("PATCH", path, {"amount": 13.75}, **{"If-Match": created.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json()["amount"] == 13.75
    assert changed.json()["notes"] == "Lunch"
    assert user.send("PATCH", path, {"amount": 1}, **{"If-Match": created.headers["ETag"]}).status_code == 412
    assert user.send("GET", "/expenses").json()["items"] == [changed.json()]

    assert user.send("DELETE", path).status_code == 204
    assert user.send("GET", path).status_code == 404
    assert user.send("GET", "/expenses").json()["items"] == []


def test_filters_give_exactly_the_right_expenses_newest_first(system: System) -> None:
    user = system.new_user()
    lunch, rent, old_rent = (user.send("POST", "/expenses", body).json() for body in (LUNCH, RENT, OLD_RENT))

    def found(query: str) -> list[object]:
        items: list[object] = user.send("GET", f"/expenses?{query}").json()["items"]
        return items

    assert found("month=June") == [lunch, rent, old_rent]
    assert found("category=Food") == [lunch]
    assert found("month=June&category=Rent&year=2025") == [rent]
    assert found("month=May") == []


def test_pages_follow_one_another_to_the_end(system: System) -> None:
    demo = system.about["demo_user"]
    user = system.client(f"Bearer {system.log_in(demo['username'], demo['password'])['IdToken']}")

    dates, page = [], user.send("GET", "/expenses?limit=40").json()
    dates += [item["date"] for item in page["items"]]
    while page["next_cursor"]:
        page = user.send("GET", f"/expenses?limit=40&cursor={page['next_cursor']}").json()
        dates += [item["date"] for item in page["items"]]

    assert len(dates) > 100
    assert dates == sorted(dates, reverse=True)


def test_a_repeated_request_with_the_same_key_records_once(system: System) -> None:
    user, key = system.new_user(), {"Idempotency-Key": str(uuid4())}

    first, second = (user.send("POST", "/expenses", LUNCH, **key) for _ in range(2))

    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"


def test_all_violations_of_a_request_come_in_one_problem(system: System) -> None:
    response = system.new_user().send(
        "POST", "/expenses", {"amount": "12", "currency": "XX", "category": "", "colour": 1}
    )

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert sorted(violation["pointer"] for violation in response.json()["errors"]) == [
        "/amount",
        "/category",
        "/colour",
        "/currency",
        "/payment_method",
    ]


def test_today_is_the_users_own_day(system: System) -> None:
    west, east = system.new_user(zoneinfo="Pacific/Pago_Pago"), system.new_user(zoneinfo="Pacific/Kiritimati")
    undated = {name: value for name, value in LUNCH.items() if name != "date"}

    days = [user.send("POST", "/expenses", undated).json()["date"] for user in (west, east)]

    # They are 25 hours apart: it is never the same day in both.
    assert days[0] < days[1]


def test_another_user_sees_and_reaches_nothing(system: System) -> None:
    owner, other = system.new_user(), system.new_user()
    path = owner.send("POST", "/expenses", LUNCH).headers["Location"]

    assert other.send("GET", "/expenses").json()["items"] == []
    assert other.send("GET", path).status_code == 404
    assert other.send("PATCH", path, {"amount": 1}).status_code == 404
    assert other.send("DELETE", path).status_code == 404
    assert owner.send("GET", path).status_code == 200


def test_head_is_get_without_a_body(system: System) -> None:
    user = system.new_user()
    path = user.send("POST", "/expenses", LUNCH).headers["Location"]

    for url in (path, "/expenses", "/expenses?month=Juni", "/health"):
        got, head = user.send("GET", url), user.send("HEAD", url)
        assert (head.status_code, head.headers["Content-Type"], head.headers.get("ETag"), head.text) == (
            got.status_code,
            got.headers["Content-Type"],
            got.headers.get("ETag"),
            "",
        )


def test_a_web_page_may_read_every_response(system: System) -> None:
    user = system.new_user()

    for path, status in (("/expenses", 200), ("/expenses?month=Juni", 400), ("/nothing", 404)):
        response = user.send("GET", path, Origin="https://app.example")
        assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (status, "*")
