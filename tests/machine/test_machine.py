"""Whatever users do, in whatever order, and whatever fails: all that they see is what a simple model foretells."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.conftest import NewWorld
from tests.machine.machine import Machine
from tests.machine.world import World

STEPS = 100


def run(new_world: Callable[[], World], examples: int, steps: int = STEPS, **options: object) -> None:
    """Run the machine: so many examples, of so many steps each."""
    machine = type("Machine", (Machine,), {"new_world": staticmethod(new_world)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            **options,  # type: ignore[arg-type]
        ),
    )


def test_500_steps_end_as_the_model_foretells(new_world: NewWorld) -> None:
    run(new_world, examples=7, derandomize=True)


def test_a_few_steps_over_moto_end_as_the_model_foretells(new_world_over_moto: NewWorld) -> None:
    run(new_world_over_moto, examples=5, steps=20, derandomize=True, phases=[Phase.generate])


@pytest.mark.fuzz
def test_20_000_steps_end_as_the_model_foretells(new_world: NewWorld) -> None:
    run(new_world, examples=230)


@pytest.mark.fuzz
def test_500_steps_over_moto_end_as_the_model_foretells(new_world_over_moto: NewWorld) -> None:
    run(new_world_over_moto, examples=5, phases=[Phase.generate])
