"""The tests of this directory, tested: each defect that is planted in the service is found."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import Phase

from tests.figures import FIGURES
from tests.machine.conftest import NewWorld
from tests.machine.defects import DEFECTS, Defect
from tests.machine.file_defects import FILE_DEFECTS
from tests.machine.files_scenario import bring_and_take
from tests.machine.recurrence_defects import RECURRENCE_DEFECTS
from tests.machine.recurrences_scenario import recur
from tests.machine.scenario import live_through, stepping
from tests.machine.test_machine import run
from tests.machine.world import World

Scenario = Callable[[World, Callable[..., None]], None]
SCENARIOS: dict[Scenario, Sequence[Defect]] = {
    live_through: DEFECTS,
    bring_and_take: FILE_DEFECTS,
    recur: RECURRENCE_DEFECTS,
}
"""Which defects each scenario finds."""
ALL = [defect for defects in SCENARIOS.values() for defect in defects]
pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_finds_nothing_where_no_defect_is_planted(scenario: Scenario, new_world: NewWorld) -> None:
    world = new_world()
    scenario(world, stepping(world))


@pytest.mark.parametrize(
    ("scenario", "defect"),
    [pytest.param(scenario, defect, id=str(defect)) for scenario, defects in SCENARIOS.items() for defect in defects],
)
def test_the_scenario_finds_that(
    scenario: Scenario, defect: Defect, new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    defect.plant(monkeypatch)
    world = new_world()
    with pytest.raises(AssertionError):
        scenario(world, stepping(world))
    FIGURES["planted defects of the service found"] += 1


@pytest.mark.fuzz
@pytest.mark.parametrize("defect", ALL, ids=str)
def test_the_state_machine_finds_that(defect: Defect, new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    defect.plant(monkeypatch)
    with pytest.raises(AssertionError):
        run(new_world, 60, derandomize=True, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    FIGURES["planted defects of the service found"] += 1
