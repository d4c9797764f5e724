"""The change feed: a client that keeps a copy by it never misses a change, whatever lands late and wherever it stops."""

from hypothesis import given, settings

from tests.unit.feed_model import STEPS, Step, World


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_a_client_that_follows_the_feed_never_misses_a_change(steps: list[Step]) -> None:
    world = World()
    for step in steps:
        world.take(step)
    world.come_to_rest()
