"""The cursor of the change feed, and the bounds of one page."""

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import cursors
from api.changes import progress
from api.changes.progress import Progress, decode, encode, window
from api.changes.service import ChangeService, CursorExpired
from api.deadline import deadline
from api.dynamodb import StoreUnavailable
from api.expenses.states import KEPT, InstantPosition, State, States, instant, recorded
from api.gateway.caller import Caller
from api.openapi.errors import InvalidRequest, Violation
from tests.contract.document import CONTRACT
from tests.seed import expense

NOW = datetime(2025, 6, 14, 18, 22, 5, 123456, tzinfo=UTC)
AMINA = Caller("amina", UTC)
ID = "6f1c2f0e-6d3b-4a8e-9a51-0f4f1c1f5b10"
INVALID = (Violation("query", "cursor", "is not a valid cursor for this query"),)

instants = st.datetimes(max_value=NOW.replace(tzinfo=None), timezones=st.just(UTC)).map(instant)
positions = st.builds(InstantPosition, instants, st.uuids().map(str))
epochs = st.just("") | st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True)
progresses = st.builds(Progress, instants, st.none(), st.just(False), epochs) | st.builds(
    Progress, instants, positions, st.booleans(), epochs
)


def refused(cursor: str) -> bool:
    with pytest.raises(InvalidRequest) as error:
        decode(cursor, NOW)
    return error.value.violations == INVALID


def states(count: int) -> list[State]:
    return [recorded(expense(n, updated_at=instant(NOW - timedelta(hours=count - n)))) for n in range(count)]


def service_over(
    found: list[State], *, largest: int = 100, before: Callable[[], object] = lambda: None
) -> ChangeService:
    """Return a service over some states, of which a query finds so many at most."""

    def states_by_change(caller: Caller, after: InstantPosition, limit: int) -> States:
        assert caller == AMINA
        before()
        rest = [state for state in found if (state.changed_at, state.expense_id) > after]
        part = rest[: min(limit, largest)]
        last = InstantPosition(part[-1].changed_at, part[-1].expense_id) if len(part) < len(rest) else None
        return States(part, last)

    return ChangeService(states_by_change, lambda _: "", 10, now=lambda: NOW)


@given(progresses)
def test_a_cursor_brings_back_its_progress(known: Progress) -> None:
    assert decode(encode(known), NOW) == known


@given(progresses)
def test_a_cursor_is_as_the_contract_describes_it(known: Progress) -> None:
    cursor = encode(known)
    assert len(cursor) <= CONTRACT["components"]["parameters"]["Cursor"]["schema"]["maxLength"]
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=50) | st.binary(max_size=50).map(lambda octets: octets.hex()))
def test_a_string_that_is_not_a_cursor_is_not_valid(text: str) -> None:
    assert refused(text)


def test_a_cursor_of_another_version_is_not_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(cursors, "VERSION", "2")
        from_later = encode(Progress(instant(NOW)))
    assert refused(from_later)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        ("2025-06-14",),
        ("2025-06-31T00:00:00.000000Z",),
        (instant(NOW + timedelta(microseconds=1)),),
        (instant(NOW), "first"),
        (instant(NOW), "first", instant(NOW)),
        (instant(NOW), "second", instant(NOW), ID),
        (instant(NOW), "first", "2025-13-01T00:00:00.000000Z", ID),
        (instant(NOW), "first", instant(NOW), ID.upper()),
        (instant(NOW), "first", instant(NOW), ID, ID),
        (instant(NOW), ""),
    ],
    ids=str,
)
def test_a_forged_progress_is_not_valid(parts: tuple[str, ...]) -> None:
    assert refused(cursors.encode(progress.QUERY, parts))


def test_a_cursor_of_another_query_is_not_valid() -> None:
    assert refused(cursors.encode("trash", (instant(NOW),)))


def test_the_form_of_a_cursor_changes_only_with_its_version() -> None:
    cursor = encode(Progress(instant(NOW), InstantPosition("2025-06-14T18:00:00.000000Z", ID), is_first=True))
    assert base64.urlsafe_b64decode(cursor + "==").decode() == (
        f"1#a614e064c4b8b7c2#2025-06-14T18:22:05.123456Z#first#2025-06-14T18:00:00.000000Z#{ID}"
    )


def test_the_window_is_the_functions_timeout_and_the_skew() -> None:
    assert window(10) == timedelta(seconds=15)


@pytest.mark.parametrize("seconds", [0, -1, 901])
def test_a_timeout_that_no_function_has_is_an_error(seconds: int) -> None:
    expected = f"FUNCTION_TIMEOUT_SECONDS is {seconds}; it must be an integer from 1 to 900"
    with pytest.raises(ValueError, match=expected):
        ChangeService(lambda *_: States([], None), lambda _: "", seconds, now=lambda: NOW)


def test_a_cursor_never_goes_back() -> None:
    cursor = encode(Progress(instant(NOW - timedelta(seconds=1))))  # by a clock that is ahead
    page = service_over([]).changes(AMINA, 25, cursor)
    assert page["next_cursor"] == cursor


def test_a_cursor_expires_when_its_deletions_do() -> None:
    service = service_over([])
    service.changes(AMINA, 25, encode(Progress(instant(NOW - KEPT + timedelta(microseconds=1)))))
    with pytest.raises(CursorExpired, match="Delete your copy and begin without a cursor"):
        service.changes(AMINA, 25, encode(Progress(instant(NOW - KEPT))))


def test_a_full_page_with_nothing_after_it_is_the_last_one() -> None:
    page = service_over(states(3)).changes(AMINA, 3, None)
    assert (page["count"], page["up_to_date"]) == (3, True)


def test_a_page_is_filled_by_as_many_queries_as_it_needs() -> None:
    page = service_over(states(6), largest=2).changes(AMINA, 5, None)
    assert (page["count"], page["up_to_date"]) == (5, False)


def test_a_page_that_runs_out_of_time_goes_on_from_where_it_is() -> None:
    service = service_over(states(6), largest=1, before=lambda: time.sleep(0.02))
    with deadline(1.03):  # so that little is left beyond what is reserved
        page = service.changes(AMINA, 5, None)
    rest = service.changes(AMINA, 100, page["next_cursor"])
    assert 0 < page["count"] < 5
    assert [change["expense_id"] for change in page["items"] + rest["items"]] == [s.expense_id for s in states(6)]


@pytest.mark.parametrize("failing_query", [1, 2])
def test_a_page_returns_what_was_read_before_the_table_failed(failing_query: int) -> None:
    made: list[Any] = []

    def fail() -> None:
        made.append(None)
        if len(made) == failing_query:
            raise StoreUnavailable("unchanged")

    service = service_over(states(4), largest=2, before=fail)
    if failing_query == 1:
        with pytest.raises(StoreUnavailable):
            service.changes(AMINA, 4, None)
        return
    page = service.changes(AMINA, 4, None)
    assert (page["count"], page["up_to_date"]) == (2, False)
    assert service.changes(AMINA, 4, page["next_cursor"])["count"] == 2
