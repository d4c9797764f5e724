"""The test of the change feed, tested: it finds each planted defect, by the promise that the defect breaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from api.changes import progress, service
from api.changes.progress import Progress
from api.changes.service import ChangeService
from api.expenses.states import InstantPosition, State, States, instant
from api.models import ChangePage
from api.openapi.errors import InvalidRequest
from tests.unit.test_change_feed import SCENARIOS, follow

Patch = pytest.MonkeyPatch
MISSED = "a change is missed"
DIFFERENT = "the copy is not what the server has"


class Planted(NamedTuple):
    """A defect, what breaks, and how to plant it."""

    name: str
    breaks: str
    plant: Callable[[Patch], object]

    def __str__(self) -> str:
        return self.name


def with_page(patch: Patch, change: Callable[[ChangePage, datetime], object]) -> None:
    """Change each page before the client has it; also given when the page was made."""
    original = ChangeService.changes

    def changed(self: ChangeService, *arguments: Any) -> ChangePage:
        page = original(self, *arguments)
        change(page, self._now())
        return page

    patch.setattr(ChangeService, "changes", changed)


def with_states(patch: Patch, change: Callable[[States], States]) -> None:
    """Change what the feed reads."""
    original = ChangeService.__init__

    def init(self: ChangeService, read: Any, *arguments: Any) -> None:
        original(self, lambda *query: change(read(*query)), *arguments)

    patch.setattr(ChangeService, "__init__", init)


def to_the_newest(page: ChangePage, _: datetime) -> None:
    if page["up_to_date"] and page["items"]:
        page["next_cursor"] = progress.encode(Progress(page["items"][-1]["changed_at"]))


def settled_anew(page: ChangePage, now: datetime) -> None:
    known = progress.decode(page["next_cursor"], now)
    page["next_cursor"] = progress.encode(known._replace(settled=instant(now - timedelta(seconds=15))))


def from_the_beginning(page: ChangePage, now: datetime) -> None:
    known = progress.decode(page["next_cursor"], now)
    if known.after:
        page["next_cursor"] = progress.encode(Progress(known.settled))


def ended_where_empty(page: ChangePage, now: datetime) -> None:
    if not page["items"]:
        page["next_cursor"] = progress.encode(Progress(progress.decode(page["next_cursor"], now).settled))
        page["up_to_date"] = True


def for_ever(state: State) -> State:
    return replace(state, deletion=state.deletion and state.deletion._replace(expires_at=10**10))


def begun_over(known: Progress | None, now: datetime, window: timedelta) -> Progress:
    """A new walk goes on where the one before ended: behind the changes that it read in the last seconds."""
    made = progress.begun(known, now, window)
    return made if known is None or known.after else made._replace(after=InstantPosition(instant(now), ""))


DEFECTS = [
    Planted("the window is zero", MISSED, lambda p: p.setattr(service, "window", lambda _: timedelta(0))),
    Planted("the window has no skew", MISSED, lambda p: p.setattr(progress, "CLOCK_SKEW_SECONDS", 0)),
    Planted(
        "the window is the skew alone",
        MISSED,
        lambda p: p.setattr(service, "window", lambda _: timedelta(seconds=progress.CLOCK_SKEW_SECONDS)),
    ),
    Planted("the cursor goes to the newest change", MISSED, lambda p: with_page(p, to_the_newest)),
    Planted("the cursor settles when the walk ends", MISSED, lambda p: with_page(p, settled_anew)),
    Planted("a new walk begins at the last second", MISSED, lambda p: p.setattr(service, "begun", begun_over)),
    Planted(
        "what changed in the settled instant is skipped",
        MISSED,
        lambda p: p.setattr(
            Progress, "position", property(lambda self: self.after or InstantPosition(self.settled, "~"))
        ),
    ),
    Planted(
        "what changed in the same instant as the last of a page is skipped",
        MISSED,
        lambda p: p.setattr(
            Progress,
            "position",
            property(lambda s: InstantPosition(s.after[0], "~") if s.after else InstantPosition(s.settled, "")),
        ),
    ),
    Planted("a cursor within a walk is forgotten", MISSED, lambda p: with_page(p, from_the_beginning)),
    Planted(
        "deletions are left out",
        MISSED,
        lambda p: with_states(p, lambda r: r._replace(states=[s for s in r.states if not s.deletion])),
    ),
    Planted("a cursor never expires", DIFFERENT, lambda p: p.setattr(service, "is_expired", lambda *_: False)),
    Planted(
        "a cursor's age is that of its walk alone",
        DIFFERENT,
        lambda p: p.setattr(Progress, "known_to", Progress.settled),
    ),
    Planted(
        "the first walk expires like a later one",
        "the cursor expired too early",
        lambda p: p.setattr(
            Progress, "known_to", property(lambda s: min(s.settled, s.after[0] or s.settled) if s.after else s.settled)
        ),
    ),
    Planted(
        "expired deletions are returned",
        "an expired deletion is in the feed",
        lambda p: with_states(p, lambda r: r._replace(states=[for_ever(state) for state in r.states])),
    ),
    Planted(
        "a page of expired deletions is the last one",
        MISSED,
        lambda p: with_page(p, ended_where_empty),
    ),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_planted_defect_is_found(defect: Planted, monkeypatch: Patch) -> None:
    monkeypatch.setattr(service, "MAX_QUERIES", 2)
    defect.plant(monkeypatch)
    broken: list[str] = []
    for scenario in SCENARIOS:
        try:
            follow(scenario)
        except (AssertionError, InvalidRequest) as error:
            broken.append(str(error).splitlines()[0])
    assert defect.breaks in broken
