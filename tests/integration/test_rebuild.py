"""A recount of totals finds what is wrong, corrects it on request, and stays exact while users go on writing."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Event
from typing import TYPE_CHECKING, Any, cast

import pytest

from api.dynamodb import StoreUnavailable
from api.expenses.service import ExpenseService
from api.expenses.store import DynamoDBExpenseStore
from api.gateway.caller import Caller
from api.summaries import rebuild
from api.summaries.cells import Cell, Tally, cell_of
from api.summaries.recount import LOOKS, Recount
from api.summaries.store import DynamoDBTotals, Kept
from tests.client import ApiClient
from tests.fakes.dynamodb import FakeDynamoDB
from tests.seed import expense, put

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LUNCH = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "date": "2025-06-14"}
FOOD = Cell("2025-06", "EUR", "Food", "Cash")
GHOST = Cell("1999-12", "EUR", "Ghosts", "Cash")
KEY = "total#2025-06#EUR#Food#Cash"


def at_once() -> None:
    """The pause of a recount where nothing else goes on."""


@pytest.fixture
def recount(client: "DynamoDBClient") -> Recount:
    return Recount(client, "expenses", "records")


def outcomes(recount: Recount, *, write: bool, pause: Callable[[], object] = at_once) -> dict[Cell, str]:
    return {found.cell: outcome for found, outcome in recount.of_user("amina", write=write, pause=pause)}


def total(api: ApiClient) -> Decimal:
    groups = api.get("/summary").json["items"]
    return sum((group["total"] for group in groups), Decimal(0))


def add(recount: Recount, cell: Cell, spent: int, purchases: int = 1) -> None:
    """Falsify a cell."""
    kept = recount.totals.all_cells("amina").get(cell, Kept(Tally(), 0))
    assert recount.totals.correct("amina", cell, Tally(Decimal(spent), purchases=purchases), kept)


def test_after_writes_of_all_kinds_a_recount_finds_nothing(api: ApiClient, recount: Recount) -> None:
    ids = [api.post("/expenses", {**LUNCH, "amount": n - 2}).json["expense_id"] for n in range(6)]
    api.patch(f"/expenses/{ids[0]}", {"date": "2024-01-01", "category": "a#b%"})
    api.patch(f"/expenses/{ids[1]}", {"notes": "within its cell"})
    for expense_id in ids[2:5]:
        api.delete(f"/expenses/{expense_id}")
    api.post(f"/expenses/{ids[2]}/restore", b"")
    api.delete(f"/trash/{ids[3]}")
    assert recount.of_user("amina", write=False, pause=at_once) == []


def test_what_is_wrong_is_reported_and_left_as_it_is(api: ApiClient, recount: Recount) -> None:
    api.post("/expenses", LUNCH)
    add(recount, FOOD, 100)
    [(found, outcome)] = recount.of_user("amina", write=False, pause=at_once)
    assert (found.cell, found.kept.tally.spent, found.counted.spent, outcome) == (
        FOOD,
        Decimal("112.5"),
        Decimal("12.5"),
        "wrong",
    )
    assert total(api) == Decimal("112.5")


def test_what_is_wrong_is_corrected_on_request(api: ApiClient, recount: Recount, client: "DynamoDBClient") -> None:
    for amount in (12.5, -3.2, 0):
        api.post("/expenses", {**LUNCH, "amount": amount})
    add(recount, FOOD, 100)
    add(recount, GHOST, 7)
    uncounted = expense(1, date(2025, 7, 1))
    put(client, "amina", [uncounted])
    assert outcomes(recount, write=True) == dict.fromkeys((GHOST, FOOD, cell_of(uncounted)), "corrected")
    assert outcomes(recount, write=True) == {}
    assert total(api) == Decimal("9.3") + uncounted["amount"]


def test_what_is_recorded_meanwhile_is_counted_once(api: ApiClient, recount: Recount) -> None:
    add(recount, FOOD, 100)
    late = iter(range(2))

    def record() -> None:
        for _ in late:
            api.post("/expenses", LUNCH)
            return

    assert outcomes(recount, write=True, pause=record) == {FOOD: "corrected"}
    assert total(api) == Decimal(25)


def test_a_cell_that_moved_there_and_back_is_not_written(
    api: ApiClient, recount: Recount, client: "DynamoDBClient"
) -> None:
    add(recount, FOOD, 100)
    made: list[str] = []

    def record() -> None:
        if not made:
            made.append(api.post("/expenses", LUNCH).json["expense_id"])

    def delete(**_: object) -> None:
        if len(made) == 1:
            made.append("deleted")
            api.delete(f"/expenses/{made[0]}")

    client.meta.events.register("before-call.dynamodb.UpdateItem", delete)
    assert outcomes(recount, write=True, pause=record) == {FOOD: "corrected"}
    assert len(made) == 2
    assert total(api) == Decimal(0)


def test_a_cell_that_was_erased_and_made_anew_with_the_same_version_is_not_written(
    api: ApiClient, recount: Recount, client: "DynamoDBClient"
) -> None:
    add(recount, FOOD, 100)

    def erase_and_record(**_: object) -> None:
        client.meta.events.unregister("before-call.dynamodb.UpdateItem", erase_and_record)
        assert api.post("/erase", {"confirm": "erase everything"}).json["done"]
        api.post("/expenses", LUNCH)

    client.meta.events.register("before-call.dynamodb.UpdateItem", erase_and_record)
    assert outcomes(recount, write=True) == {}
    assert total(api) == Decimal("12.5")


@pytest.mark.parametrize("write", [True, False])
def test_a_cell_that_never_rests_is_reported_as_moving(api: ApiClient, recount: Recount, write: bool) -> None:
    add(recount, FOOD, 100)
    looks: list[None] = []

    def record() -> None:
        looks.append(None)
        api.post("/expenses", LUNCH)

    assert outcomes(recount, write=write, pause=record) == {FOOD: "moving"}
    assert len(looks) == LOOKS
    assert total(api) == 100 + LOOKS * Decimal("12.5")


@pytest.mark.parametrize("write", [True, False])
def test_half_of_a_write_that_was_read_is_no_difference(api: ApiClient, recount: Recount, write: bool) -> None:
    api.post("/expenses", LUNCH)
    add(recount, FOOD, 100)
    rest = iter([-100])

    def finish() -> None:
        for spent in rest:
            add(recount, FOOD, spent, purchases=-1)

    assert outcomes(recount, write=write, pause=finish) == {}
    assert total(api) == Decimal("12.5")


def test_all_users_are_those_with_expenses_or_totals(api: ApiClient, recount: Recount) -> None:
    api.as_user("brian").post("/expenses", LUNCH)
    add(recount, GHOST, 7)
    assert recount.users() == ["amina", "brian"]


def test_others_that_write_all_the_time_neither_spoil_nor_are_spoiled() -> None:
    fake = FakeDynamoDB()
    dynamodb = cast("Any", fake)
    totals = DynamoDBTotals(dynamodb, "records")
    service = ExpenseService(
        DynamoDBExpenseStore(dynamodb, "expenses", totals.updates), "EUR", lambda: datetime.now(UTC)
    )
    recount = Recount(dynamodb, "expenses", "records")
    amina = Caller("amina", UTC)
    add(recount, FOOD, 1000)
    is_over = Event()

    def write(seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 — nothing is kept secret by it
        while not is_over.is_set():
            category = rng.choice(["Food", "Rent"])
            new = {"category": category, "amount": Decimal(rng.randrange(-9, 9)), "payment_method": "Cash"}
            made = service.record(amina, cast("Any", {**new, "date": "2025-06-14"}), None).expense
            service.change(amina, made["expense_id"], {"date": "2025-06-01", "amount": Decimal(1)})
            if rng.random() < 0.9:
                service.remove(amina, made["expense_id"])

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, seed) for seed in range(3)]
        try:
            for _ in range(30):
                recount.of_user("amina", write=True, pause=at_once)
        finally:
            is_over.set()
        for writer in writers:
            writer.result()
    recount.of_user("amina", write=True, pause=at_once)
    assert recount.of_user("amina", write=False, pause=at_once) == []


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.summaries.recount.PAUSE_SECONDS", 0)


@pytest.mark.usefixtures("no_pause")
def test_the_command_reports_corrects_and_then_finds_nothing(
    api: ApiClient, recount: Recount, capsys: pytest.CaptureFixture[str]
) -> None:
    api.post("/expenses", LUNCH)
    add(recount, FOOD, 100)
    difference = f"amina {KEY}: spent 112.5 in 2, refunded 0 in 0; counted spent 12.5 in 1, refunded 0 in 0"
    for arguments, code, lines in (
        ([], 1, [f"wrong {difference}", "users: 1; totals wrong: 1, corrected: 0, moving: 0"]),
        (["--user", "brian"], 0, ["users: 1; totals wrong: 0, corrected: 0, moving: 0"]),
        (["--write"], 0, [f"corrected {difference}", "users: 1; totals wrong: 0, corrected: 1, moving: 0"]),
        ([], 0, ["users: 1; totals wrong: 0, corrected: 0, moving: 0"]),
    ):
        assert rebuild.main(arguments) == code
        assert capsys.readouterr().out.splitlines() == lines


def test_the_command_needs_both_tables(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("RECORDS_TABLE_NAME")
    with pytest.raises(SystemExit) as exit_:
        rebuild.main([])
    assert exit_.value.code == 2
    assert "name both tables, by options or by TABLE_NAME and RECORDS_TABLE_NAME" in capsys.readouterr().err


def test_the_command_says_what_stopped_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Recount) -> list[str]:
        raise StoreUnavailable("unchanged", aws_code="ThrottlingException")

    monkeypatch.setattr(Recount, "users", fail)
    with pytest.raises(SystemExit, match=r"Stopped: ThrottlingException\. What was corrected stays; run it again\."):
        rebuild.main([])
