"""The state machine, tested: it finds each defect that is planted in the service."""

import pytest
from hypothesis import Phase

from tests.figures import FIGURES
from tests.machine.conftest import NewWorld
from tests.machine.defects import DEFECTS, Defect
from tests.machine.test_machine import run

pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_the_state_machine_finds_that(defect: Defect, new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    defect.plant(monkeypatch)
    with pytest.raises(AssertionError):
        run(
            new_world,
            examples=100,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        )
    FIGURES["planted defects of the service found"] += 1
