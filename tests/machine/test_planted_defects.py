"""The tests of this directory, tested: each defect that is planted in the service is found."""

import pytest
from hypothesis import Phase

from tests.figures import FIGURES
from tests.machine.conftest import NewWorld
from tests.machine.defects import DEFECTS, Defect
from tests.machine.file_defects import FILE_DEFECTS
from tests.machine.recurrence_defects import RECURRENCE_DEFECTS
from tests.machine.scenario import live_through
from tests.machine.test_machine import run

ALL = (*DEFECTS, *FILE_DEFECTS, *RECURRENCE_DEFECTS)
pytestmark = pytest.mark.no_cover


def test_the_scenario_finds_nothing_where_no_defect_is_planted(new_world: NewWorld) -> None:
    live_through(new_world())


@pytest.mark.parametrize("defect", ALL, ids=str)
def test_the_scenario_finds_that(defect: Defect, new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    defect.plant(monkeypatch)
    with pytest.raises(AssertionError):
        live_through(new_world())
    FIGURES["planted defects of the service found"] += 1


@pytest.mark.fuzz
@pytest.mark.parametrize("defect", ALL, ids=str)
def test_the_state_machine_finds_that(defect: Defect, new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    defect.plant(monkeypatch)
    with pytest.raises(AssertionError):
        run(new_world, 60, derandomize=True, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    FIGURES["planted defects of the service found"] += 1
