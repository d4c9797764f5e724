"""A deletion is known and can be undone for 30 days, to the second, and the version goes on whatever happens."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from api.expenses.states import KEPT, State, deleted, expiry, oldest_deletion, purged, recorded, restored
from tests.seed import expense

LUNCH = expense(1, version=7)
NOON = datetime(2025, 6, 14, 12, 0, 0, 123456, UTC)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
near_expiry = st.timedeltas(KEPT - timedelta(seconds=2), KEPT + timedelta(seconds=2))


def in_trash(now: datetime = NOON) -> State:
    return deleted(LUNCH, now)


def test_a_deletion_keeps_the_content_at_the_next_version() -> None:
    state = in_trash()
    assert (state.live, state.in_trash) == (None, {**LUNCH, "version": 8})
    assert (state.version, state.changed_at) == (8, "2025-06-14T12:00:00.123456Z")


def test_a_restoration_is_the_same_content_at_the_next_version() -> None:
    kept = in_trash().in_trash
    assert kept is not None
    state = restored(kept, NOON + timedelta(days=1))
    assert state.live == {**LUNCH, "version": 9, "updated_at": "2025-06-15T12:00:00.123456Z"}
    assert (state.version, state.changed_at, state.in_trash) == (9, "2025-06-15T12:00:00.123456Z", None)


def test_what_is_deleted_for_good_is_the_same_deletion_without_content() -> None:
    state = purged(in_trash())
    assert (state.live, state.in_trash) == (None, None)
    assert (state.version, state.changed_at, state.deletion) == (8, in_trash().changed_at, in_trash().deletion)


def test_a_deletion_expires_after_30_days_rounded_up_to_the_second() -> None:
    deletion = in_trash().deletion
    assert deletion is not None
    assert expiry(deletion) == "2025-07-14T12:00:01.000000Z"


@given(instants, near_expiry)
def test_a_deletion_is_never_forgotten_before_30_days_nor_a_second_after(now: datetime, later: timedelta) -> None:
    is_expired = in_trash(now).is_expired(now + later)
    if later < KEPT:
        assert not is_expired
    if later >= KEPT + timedelta(seconds=1):
        assert is_expired


@given(instants, near_expiry)
def test_the_trash_ends_where_deletions_expire(now: datetime, later: timedelta) -> None:
    state = in_trash(now)
    assert (state.changed_at < oldest_deletion(now + later)) == state.is_expired(now + later)


def test_what_is_live_never_expires() -> None:
    assert not recorded(LUNCH).is_expired(datetime(9999, 1, 1, tzinfo=UTC))


def test_instants_are_in_utc_whatever_the_clocks_zone() -> None:
    assert deleted(LUNCH, NOON.astimezone(timezone(timedelta(hours=3)))) == in_trash()
