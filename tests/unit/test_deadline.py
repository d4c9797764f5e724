"""Deadlines, and attempts within them."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from api import handler as entry_point
from api.deadline import MARGIN_SECONDS, attempts, deadline, remaining


def test_without_a_deadline_there_is_no_end_of_time() -> None:
    assert remaining() == float("inf")


def test_a_deadline_holds_for_its_block_only() -> None:
    with deadline(5):
        assert 4 < remaining() <= 5
    assert remaining() == float("inf")


@pytest.mark.parametrize(("outer", "inner"), [(1, 5), (5, 1)])
def test_of_two_deadlines_the_earlier_holds(outer: float, inner: float) -> None:
    with deadline(outer), deadline(inner):
        assert remaining() <= 1


def test_a_deadline_that_has_passed_leaves_less_than_nothing() -> None:
    with deadline(-1):
        assert remaining() < 0
        assert list(attempts(3, first_pause=0, longest_pause=0)) == []


def test_attempts_are_at_most_so_many() -> None:
    assert list(attempts(3, first_pause=0.001, longest_pause=0.002)) == [0, 1, 2]


def test_the_pauses_before_attempts_double_up_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("api.deadline.random", SimpleNamespace(uniform=lambda _, longest: longest))
    monkeypatch.setattr("time.sleep", slept.append)
    list(attempts(6, first_pause=0.1, longest_pause=0.5))
    assert slept == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_the_pauses_of_those_who_failed_together_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    for _ in range(20):
        list(attempts(2, first_pause=0.1, longest_pause=0.5))
    assert len(set(slept)) > 10
    assert max(slept) <= 0.1


def test_no_pause_goes_beyond_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.deadline.random", SimpleNamespace(uniform=lambda _, longest: longest))
    started = time.monotonic()
    with deadline(0.05):
        assert list(attempts(9, first_pause=0.02, longest_pause=9)) == [0, 1]
    assert time.monotonic() - started < 0.05


def test_a_request_has_what_the_function_has_left_but_for_a_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[float] = []
    monkeypatch.setattr(entry_point, "_dispatch", lambda *_: left.append(remaining()))
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 10_000, aws_request_id="")
    entry_point.handler({}, context)
    assert 9 < left[0] <= 10 - MARGIN_SECONDS
