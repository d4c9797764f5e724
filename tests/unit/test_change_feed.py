"""A client that keeps a copy by the change feed never misses a change, whatever lands late and wherever it stops."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit import feed_model
from tests.unit.feed_model import SCENARIOS, STEPS, Step

queries = st.sampled_from([1, 2, 100])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_client_that_follows_the_feed_never_misses(scenario: str) -> None:
    feed_model.run(*SCENARIOS[scenario])


@settings(max_examples=200, deadline=None)
@given(STEPS, queries)
def test_a_client_that_follows_the_feed_never_misses_a_change(steps: list[Step], largest_query: int) -> None:
    feed_model.run(steps, largest_query)


@pytest.mark.fuzz
@settings(max_examples=10_000, deadline=None)
@given(STEPS, queries)
def test_a_client_never_misses_a_change_for_long(steps: list[Step], largest_query: int) -> None:
    feed_model.run(steps, largest_query)
