"""Budgets: set from a month on, carried over with both signs, deleted with or without their history."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from api.budgets.items import State, to_item
from api.budgets.periods import Period
from api.dynamodb import stamped
from tests.client import ApiClient, EventTransport, Response
from tests.fakes.dynamodb import FakeDynamoDB
from tests.integration.conftest import ApiOver
from tests.seed import expense, total_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FOOD = {"category": "Food", "currency": "EUR", "amount": 400, "from": "2025-05", "carry_over": "both"}
OF_FOOD = "/budgets?category=Food&currency=EUR"


@pytest.fixture
def api(api_over: ApiOver, fake: FakeDynamoDB) -> ApiClient:
    """The real handler over tables that are faster than moto's."""
    return api_over(fake)


def spend(api: ApiClient, amount: float, date: str, category: str = "Food", currency: str = "EUR") -> str:
    """Record an expense and return where it is."""
    body = {"category": category, "amount": amount, "payment_method": "Cash", "date": date, "currency": currency}
    response = api.post("/expenses", body)
    assert response.status == 201
    return response.headers["Location"]


def put(api: ApiClient, **properties: Any) -> Response:
    """Set the budget for food, but for some properties."""
    response = api.put("/budgets", {**FOOD, **properties})
    assert response.status == 200, response
    return response


def status(api: ApiClient, month: str, year: int = 2025) -> list[dict[str, Any]]:
    response = api.get(f"/budgets/status?year={year}&month={month}&limit=100")
    assert response.status == 200, response
    assert (response.json["year"], response.json["month"]) == (year, month)
    items: list[dict[str, Any]] = response.json["items"]
    assert response.json["count"] == len(items)
    return items


def figures(api: ApiClient, month: str, year: int = 2025) -> tuple[Any, ...]:
    """Return the amount of the only budget, what was carried, the total and what is left."""
    [budget] = status(api, month, year)
    return tuple(budget[name] for name in ("amount", "carried", "total", "left"))


def budgets(api: ApiClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get("/budgets?limit=100").json["items"]
    return items


def test_what_may_was_overspent_by_is_carried_into_june(api: ApiClient) -> None:
    put(api)
    spend(api, 412.5, "2025-05-31")
    spend(api, 109.3, "2025-06-01")
    assert figures(api, "May") == (400, 0, Decimal("412.5"), Decimal("-12.5"))
    assert figures(api, "June") == (400, Decimal("-12.5"), Decimal("109.3"), Decimal("278.2"))


def test_what_was_left_is_carried_too(api: ApiClient) -> None:
    put(api)
    spend(api, 399.99, "2025-05-01")
    assert figures(api, "June") == (400, Decimal("0.01"), 0, Decimal("400.01"))
    assert figures(api, "July") == (400, Decimal("400.01"), 0, Decimal("800.01"))


def test_a_budget_that_does_not_carry_over_begins_anew_each_month(api: ApiClient) -> None:
    put(api, carry_over="none")
    spend(api, 500, "2025-05-01")
    assert figures(api, "June") == (400, 0, 0, 400)


def test_nothing_is_carried_over_unless_it_is_asked_for(api: ApiClient) -> None:
    body = {name: value for name, value in FOOD.items() if name != "carry_over"}
    assert api.put("/budgets", body).json["periods"][0]["carry_over"] == "none"


def test_what_was_spent_before_the_first_month_is_not_carried(api: ApiClient) -> None:
    spend(api, 1000, "2025-04-30")
    put(api)
    assert figures(api, "May") == (400, 0, 0, 400)
    assert status(api, "April") == []


def test_a_refund_reduces_the_total_of_the_month_in_which_it_came(api: ApiClient) -> None:
    put(api)
    spend(api, 450, "2025-05-30")
    spend(api, -80.5, "2025-06-02")
    assert figures(api, "June") == (400, -50, Decimal("-80.5"), Decimal("430.5"))


def test_an_old_expense_that_is_changed_or_deleted_changes_what_is_carried(api: ApiClient) -> None:
    put(api)
    place = spend(api, 450, "2025-05-30")
    assert figures(api, "July")[1] == 350
    api.patch(place, {"amount": 410})
    assert figures(api, "July")[1] == 390
    api.delete(place)
    assert figures(api, "July")[1] == 800


def test_changing_the_amount_of_june_leaves_may_as_it_was(api: ApiClient) -> None:
    put(api)
    spend(api, 410, "2025-05-30")
    may = status(api, "May")
    changed = put(api, amount=450, **{"from": "2025-06"})
    assert changed.json["periods"] == [
        {"from": "2025-05", "until": "2025-05", "amount": 400, "carry_over": "both"},
        {"from": "2025-06", "until": None, "amount": 450, "carry_over": "both"},
    ]
    assert status(api, "May") == may
    assert figures(api, "June") == (450, -10, 0, 440)
    assert figures(api, "July") == (450, 440, 0, 890)


def test_an_amount_that_is_set_for_later_stays_when_an_earlier_one_changes(api: ApiClient) -> None:
    put(api, amount=500, **{"from": "2025-08"})
    put(api)
    put(api, amount=450, **{"from": "2025-06"})
    assert [figures(api, month)[0] for month in ("May", "June", "July", "August")] == [400, 450, 450, 500]


def test_the_same_month_again_replaces_its_amount(api: ApiClient) -> None:
    put(api)
    response = put(api, amount=0, carry_over="none")
    assert response.json["periods"] == [{"from": "2025-05", "until": None, "amount": 0, "carry_over": "none"}]


def test_carrying_begins_with_the_month_that_carries_over(api: ApiClient) -> None:
    put(api, carry_over="none")
    spend(api, 100, "2025-05-10")
    put(api, **{"from": "2025-06"})
    spend(api, 150, "2025-06-10")
    assert [figures(api, month)[1] for month in ("May", "June", "July")] == [0, 0, 250]


def test_a_month_that_does_not_carry_over_ends_the_carrying(api: ApiClient) -> None:
    put(api)
    put(api, carry_over="none", **{"from": "2025-06"})
    put(api, **{"from": "2025-07"})
    assert [figures(api, month)[1] for month in ("June", "July", "August")] == [0, 0, 400]


def test_nothing_may_be_spent_of_a_budget_of_zero(api: ApiClient) -> None:
    put(api, amount=0)
    spend(api, 3.2, "2025-05-10")
    assert figures(api, "June") == (0, Decimal("-3.2"), 0, Decimal("-3.2"))


def test_the_budget_for_all_counts_every_category_of_its_currency(api: ApiClient) -> None:
    put(api)
    put(api, category=None, amount=1000)
    spend(api, 300, "2025-05-10")
    spend(api, 900, "2025-05-10", "Rent")
    spend(api, 5000, "2025-05-10", "Rent", "KES")
    all_of_them, food = status(api, "June")
    assert (all_of_them["category"], all_of_them["carried"]) == (None, -200)
    assert (food["category"], food["carried"]) == ("Food", 100)


def test_a_category_that_is_left_out_is_all_of_them(api: ApiClient) -> None:
    body = {name: value for name, value in FOOD.items() if name != "category"}
    assert api.put("/budgets", body).json["category"] is None
    assert api.put("/budgets", {**FOOD, "category": None}).json["version"] == 1


def test_budgets_of_one_category_in_two_currencies_are_two(api: ApiClient) -> None:
    put(api)
    put(api, currency="JPY", amount=50000)
    spend(api, 1200, "2025-05-10", currency="JPY")
    euro, yen = status(api, "June")
    assert (euro["currency"], euro["carried"]) == ("EUR", 400)
    assert (yen["currency"], yen["carried"]) == ("JPY", 48800)


@pytest.mark.parametrize("category", ["Food#EUR", "Food%23", "#", "all", "null", "Ünïcødé 🍲", "Food#~", "x" * 50])
def test_a_category_is_only_ever_itself(api: ApiClient, category: str) -> None:
    put(api)
    put(api, category=None)
    put(api, category=category, amount=7)
    spend(api, 3, "2025-05-10", category)
    by_category = {budget["category"]: budget["left"] for budget in status(api, "May")}
    assert by_category == {None: 397, "Food": 400, category: 4}
    assert api.delete(f"/budgets?category={quote(category, safe='')}&currency=EUR").status == 204
    assert [budget["category"] for budget in budgets(api)] == [None, "Food"]


def test_a_category_is_kept_as_that_of_an_expense(api: ApiClient) -> None:
    put(api)
    assert put(api, category=" Fo\u200bod  ").json["version"] == 1
    assert api.delete("/budgets?category=%20Food&currency=EUR").status == 204


@pytest.mark.parametrize(
    ("properties", "violations"),
    [
        ({"amount": -0.01}, ["/amount"]),
        ({"amount": "400"}, ["/amount"]),
        ({"amount": 10**15}, ["/amount"]),
        ({"amount": 0.001}, ["/amount"]),
        ({"amount": 1.5, "currency": "JPY"}, ["/amount"]),
        ({"amount": 1.0001, "currency": "KWD"}, ["/amount"]),
        ({"currency": "XXX"}, ["/currency"]),
        ({"currency": "DEM"}, ["/currency"]),
        ({"currency": "eur"}, ["/currency"]),
        ({"currency": None}, ["/currency"]),
        ({"category": ""}, ["/category"]),
        ({"category": 7}, ["/category"]),
        ({"category": "\U000e0041", "amount": 0.001}, ["/amount", "/category"]),
        ({"from": "2025-13"}, ["/from"]),
        ({"from": "2025-6"}, ["/from"]),
        ({"from": "2025-06-01"}, ["/from"]),
        ({"from": "June"}, ["/from"]),
        ({"from": "1899-12"}, ["/from"]),
        ({"from": None}, ["/from"]),
        ({"carry_over": "surplus"}, ["/carry_over"]),
        ({"carry_over": None}, ["/carry_over"]),
        ({"month": "June"}, ["/month"]),
    ],
)
def test_a_budget_that_is_not_valid_is_not_set(
    api: ApiClient, properties: dict[str, Any], violations: list[str]
) -> None:
    response = api.put("/budgets", {**FOOD, **properties})
    assert (response.status, sorted(response.pointers)) == (400, violations)
    assert budgets(api) == []


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", 50000), ("KWD", Decimal("12.345")), ("CLF", Decimal("0.0001")), ("EUR", -0.0)]
)
def test_an_amount_has_the_decimals_of_its_currency(api: ApiClient, currency: str, amount: Any) -> None:
    assert put(api, currency=currency, amount=amount).json["periods"][0]["amount"] == amount


def test_a_withdrawn_currency_had_budgets_while_it_was_in_use(api: ApiClient) -> None:
    put(api, currency="DEM", **{"from": "1999-06"})
    spend(api, 450, "1999-06-14", currency="DEM")
    assert figures(api, "July", 1999)[1] == -50


def test_the_largest_amounts_are_added_up_exactly(api: ApiClient) -> None:
    put(api, amount=9999999999999.99, **{"from": "1900-01"})
    spend(api, 0.01, "1900-01-01")
    spend(api, -9999999999999.99, "1901-01-01")
    assert figures(api, "December", 2199)[1] == Decimal("9999999999999.99") * 3600 - Decimal("0.01")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?year=2025",
        "?month=June",
        "?year=2025&month=06",
        "?year=1899&month=June",
        "?year=2025&month=June&category=Food",
        "?year=2025&month=June&cursor=x",
        "?year=2025&month=June&limit=101",
    ],
)
def test_a_status_is_of_one_month(api: ApiClient, query: str) -> None:
    assert api.get(f"/budgets/status{query}").status == 400


@pytest.mark.parametrize(
    "query", ["", "?category=Food", "?currency=EURO", "?currency=EUR&from=2025", "?currency=EUR&category="]
)
def test_a_budget_is_deleted_by_its_category_and_currency(api: ApiClient, query: str) -> None:
    put(api)
    assert api.delete(f"/budgets{query}").status == 400
    assert len(budgets(api)) == 1


def test_a_budget_that_is_deleted_from_a_month_on_keeps_the_months_before(api: ApiClient) -> None:
    put(api)
    put(api, amount=500, **{"from": "2025-09"})
    spend(api, 410, "2025-05-10")
    before = status(api, "May"), status(api, "June")
    assert api.delete(f"{OF_FOOD}&from=2025-07").status == 204
    assert (status(api, "May"), status(api, "June")) == before
    assert [status(api, month) for month in ("July", "September", "December")] == [[], [], []]
    [budget] = budgets(api)
    assert budget["periods"] == [{"from": "2025-05", "until": "2025-06", "amount": 400, "carry_over": "both"}]


def test_a_budget_that_is_set_again_after_its_end_carries_nothing_of_before(api: ApiClient) -> None:
    put(api)
    api.delete(f"{OF_FOOD}&from=2025-06")
    put(api, **{"from": "2025-08"})
    assert [status(api, month) for month in ("June", "July")] == [[], []]
    assert figures(api, "September") == (400, 400, 0, 800)


def test_an_end_is_no_end_once_the_budget_is_set_from_there_on(api: ApiClient) -> None:
    put(api)
    api.delete(f"{OF_FOOD}&from=2025-07")
    put(api, amount=450, **{"from": "2025-07"})
    assert figures(api, "July") == (450, 800, 0, 1250)


@pytest.mark.parametrize("query", ["", "&from=2025-05", "&from=2024-01"])
def test_a_budget_that_is_deleted_from_its_first_month_on_is_gone(api: ApiClient, query: str) -> None:
    put(api)
    put(api, amount=500, **{"from": "2025-09"})
    spend(api, 410, "2025-05-10")
    assert api.delete(f"{OF_FOOD}{query}").status == 204
    assert (budgets(api), status(api, "May"), status(api, "October")) == ([], [], [])
    assert api.get("/expenses").json["count"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "category=Rent&currency=EUR",
        "category=Food&currency=USD",
        "currency=EUR",
        "category=Food&currency=EUR&from=2025-07",
        "category=Food&currency=EUR&from=2025-08",
        f"category={quote(chr(0xE0041))}&currency=EUR",
    ],
)
def test_what_is_not_there_cannot_be_deleted(api: ApiClient, query: str) -> None:
    put(api)
    api.delete(f"{OF_FOOD}&from=2025-07")
    before = budgets(api)
    assert api.delete(f"/budgets?{query}").status == 404
    assert budgets(api) == before


def test_a_budget_is_deleted_once(api: ApiClient) -> None:
    put(api)
    assert [api.delete(OF_FOOD).status for _ in range(2)] == [204, 404]


def test_the_version_goes_on_after_a_deletion(api: ApiClient) -> None:
    assert put(api).headers["ETag"] == '"1"'
    assert put(api, amount=450).headers["ETag"] == '"2"'
    assert put(api, amount=450).headers["ETag"] == '"2"'
    api.delete(OF_FOOD)
    assert put(api).headers["ETag"] == '"4"'


@pytest.mark.parametrize(
    "change",
    [lambda api, **h: api.put("/budgets", FOOD, **h), lambda api, **h: api.delete(OF_FOOD, **h)],
    ids=["set", "delete"],
)
class TestIfMatch:
    def test_another_version_stops_it(self, api: ApiClient, change: Callable[..., Response]) -> None:
        put(api)
        put(api, amount=450)
        response = change(api, If_Match='"1", W/"2"')
        assert (response.status, response.headers["ETag"]) == (412, '"2"')
        assert figures(api, "May")[0] == 450

    @pytest.mark.parametrize("tags", ['"2"', '"7", "2"', "*"])
    def test_the_current_version_or_any_lets_it_pass(
        self, api: ApiClient, change: Callable[..., Response], tags: str
    ) -> None:
        put(api)
        put(api, amount=450)
        assert change(api, If_Match=tags).status in {200, 204}
        assert [budget["version"] for budget in budgets(api)] in ([3], [])

    def test_what_is_missing_is_missing_whatever_the_version(
        self, api: ApiClient, change: Callable[..., Response]
    ) -> None:
        put(api)
        api.delete(OF_FOOD)
        assert [change(api, If_Match=tag).status for tag in ('"1"', '"2"', '"9"')] == [404, 404, 404]
        assert budgets(api) == []


def test_budgets_are_listed_page_by_page(api: ApiClient) -> None:
    wanted = [
        (None, "EUR"),
        (None, "USD"),
        ("#", "EUR"),
        ("Food", "EUR"),
        ("Food", "JPY"),
        ("Zoo", "EUR"),
        ("Été", "EUR"),
    ]
    for category, currency in reversed(wanted):
        put(api, category=category, currency=currency)
    put(api, category="Gone")
    api.delete("/budgets?category=Gone&currency=EUR")
    for path in ("/budgets", "/budgets/status?year=2025&month=May&limit=25"):
        found, url = [], f"{path.replace('limit=25', 'limit=2')}{'' if '?' in path else '?limit=2'}"
        while url:
            page = api.get(url)
            assert len(page.json["items"]) <= 2
            found += [(item["category"], item["currency"]) for item in page.json["items"]]
            url = path.partition("?")[0] + page.links["next"] if page.json["next_cursor"] else ""
        assert found == wanted


def test_a_cursor_belongs_to_its_list(api: ApiClient) -> None:
    put(api)
    put(api, category="x" * 50 + "")
    cursor = api.get("/budgets?limit=1").json["next_cursor"]
    assert api.get(f"/budgets/status?year=2025&month=June&cursor={cursor}").pointers == ["cursor"]
    of_june = api.get("/budgets/status?year=2025&month=June&limit=1").json["next_cursor"]
    assert api.get(f"/budgets/status?year=2025&month=July&cursor={of_june}").pointers == ["cursor"]
    assert api.get(f"/budgets?cursor={of_june}").pointers == ["cursor"]


@pytest.mark.parametrize("category", ["🍲" * 50, "#" * 50, "%" * 50])
def test_the_longest_category_has_a_cursor(api: ApiClient, category: str) -> None:
    put(api, category=category)
    put(api, category=category, currency="USD")
    cursor = api.get("/budgets?limit=1").json["next_cursor"]
    assert [item["currency"] for item in api.get(f"/budgets?cursor={cursor}").json["items"]] == ["USD"]


def test_a_budget_has_at_most_240_amounts(api: ApiClient, fake: FakeDynamoDB) -> None:
    months = [f"{2000 + number // 12}-{number % 12 + 1:02}" for number in range(240)]
    state = State("Food", "EUR", {month: Period(Decimal(400), "both") for month in months}, version=240)
    fake.put_item(TableName="records", Item=stamped(to_item("amina", state), token="0"))
    assert api.put("/budgets", {**FOOD, "from": "2020-01"}).pointers == ["/from"]
    assert put(api, amount=450, **{"from": "2019-12"}).json["version"] == 241
    [budget] = budgets(api)
    assert len(budget["periods"]) == 240
    api.delete(f"{OF_FOOD}&from=2019-12")
    assert len(put(api, **{"from": "2020-01"}).json["periods"]) == 240


def test_a_budget_carries_over_since_whenever_it_began_beside_one_that_is_new(api: ApiClient) -> None:
    put(api, category="Old", **{"from": "1900-01"})
    put(api, category="New", **{"from": "2026-01"})
    spend(api, 5000, "1915-06-30", "Old")
    spend(api, 500, "2026-10-31", "New")
    new, old = status(api, "November", 2026)
    assert (old["carried"], old["left"]) == (1522 * 400 - 5000, 1523 * 400 - 5000)
    assert (new["carried"], new["left"]) == (10 * 400 - 500, 11 * 400 - 500)
    assert api.get("/budgets/status?year=2026&month=November&limit=1").json["items"] == [new]


def test_a_budget_that_carries_over_more_than_is_read_says_so_and_hides_no_other(
    api: ApiClient, fake: FakeDynamoDB
) -> None:
    put(api, category="Old", **{"from": "2024-12"})
    put(api, category="New", **{"from": "2025-05"})
    put(api, category="Yearly", carry_over="none")
    many = [expense(n, date(2025, 1, 1), category="Old", payment_method=f"Card {n}") for n in range(10_000)]
    for item in total_items("amina", many):
        fake.put_item(TableName="records", Item=item)
    spend(api, 10, "2025-06-30", "Old")
    new, old, yearly = status(api, "June")
    assert old == {
        "category": "Old",
        "currency": "EUR",
        "amount": 400,
        "carry_over": "both",
        "carried": None,
        "total": 10,
        "left": None,
    }
    assert (new["carried"], new["left"], yearly["left"]) == (400, 800, 400)
    assert old in api.get("/budgets/status?year=2025&month=June&limit=2").json["items"]
    # What the contract tells to do where it is null, word for word:
    put(api, category="Old", carry_over="none", **{"from": "2025-04"})
    put(api, category="Old", **{"from": "2025-05"})
    again = status(api, "June")
    assert [(item["carried"], item["left"]) for item in again] == [(400, 800), (400, 790), (0, 400)]


def test_a_users_budgets_are_their_own(api: ApiClient) -> None:
    put(api)
    spend(api, 100, "2025-05-10")
    other = api.as_user("brian")
    assert (budgets(other), status(other, "May")) == ([], [])
    assert other.delete(OF_FOOD).status == 404
    put(other, amount=7)
    assert (figures(other, "May"), figures(api, "May")) == ((7, 0, 0, 7), (400, 0, 100, 300))


def test_a_status_reads_the_cells_of_the_months_that_it_needs(client: "DynamoDBClient", events: EventTransport) -> None:
    api = ApiClient(events)
    for month in range(1, 13):
        spend(api, 10, f"2025-{month:02}-10")
    put(api)
    read: list[Any] = []
    client.meta.events.register("after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["Count"]))
    status(api, "July")
    assert read == [1, 3]
    put(api, carry_over="none")
    read.clear()
    status(api, "July")
    assert read == [1, 1]


def rename(api: ApiClient, old: str, new: str) -> list[str]:
    """Rename a category and return the notices."""
    response = api.post("/categories/rename", {"from": old, "to": new})
    assert (response.status, response.json["done"]) == (200, True)
    notices: list[str] = response.json["notices"]
    return notices


@pytest.mark.parametrize("old", ["Food", "Food#EUR", "%"])
def test_a_category_that_is_renamed_takes_its_budgets_along(api: ApiClient, old: str) -> None:
    put(api, category=old)
    put(api, category=old, amount=450, **{"from": "2025-06"})
    put(api, category=old, currency="JPY", amount=50000)
    put(api, category=f"{old}#")
    spend(api, 412.5, "2025-05-31", old)
    before = {name: value for name, value in status(api, "June")[0].items() if name != "category"}
    assert rename(api, old, "Groceries") == []
    euro, yen = (budget for budget in status(api, "June") if budget["category"] == "Groceries")
    assert {name: value for name, value in euro.items() if name != "category"} == before
    assert (yen["currency"], yen["amount"]) == ("JPY", 50000)
    assert {budget["category"] for budget in budgets(api)} == {"Groceries", f"{old}#"}


def test_a_budget_that_is_in_the_way_of_a_rename_stays_and_so_does_the_other(api: ApiClient) -> None:
    put(api, category="food", amount=100)
    put(api, category="food", currency="JPY", amount=100)
    put(api)
    before = [budget for budget in budgets(api) if budget["currency"] == "EUR"]
    for _ in range(2):
        [notice] = rename(api, "food", "Food")
        assert notice == (
            "There is a budget for Food in EUR already, so that the one for food was not moved. "
            "Set the one for Food as you want it, and delete the other."
        )
    assert [budget for budget in budgets(api) if budget["currency"] == "EUR"] == before
    assert [budget["category"] for budget in budgets(api) if budget["currency"] == "JPY"] == ["Food"]


def test_a_deleted_budget_is_not_in_the_way_of_a_rename(api: ApiClient) -> None:
    put(api)
    api.delete(OF_FOOD)
    put(api, category="food", amount=100)
    assert rename(api, "food", "Food") == []
    assert [(budget["category"], budget["version"]) for budget in budgets(api)] == [("Food", 3)]


def test_a_rename_leaves_the_budget_for_all_as_it_is(api: ApiClient) -> None:
    put(api, category=None)
    spend(api, 100, "2025-05-10")
    before = status(api, "June")
    assert rename(api, "Food", "Rent") == []
    assert status(api, "June") == before
