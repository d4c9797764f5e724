"""The same draws from a Hypothesis strategy each time: tables of known differences can't stand on luck."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

Drawn = TypeVar("Drawn")


def samples(strategy: st.SearchStrategy[Drawn], count: int) -> list[Drawn]:
    """Return `count` draws, or fewer where the strategy has no more."""
    drawn: list[Drawn] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(value: Drawn) -> None:
        drawn.append(value)

    draw()
    return drawn


def pool(strategy: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    """Return a few draws as a strategy of their own, for what surrounds a violation: drawing it anew is slow."""
    return st.sampled_from(samples(strategy, 20))
