"""Three implementations of OpenAPI judge requests that are generated from the contract: they must agree."""

import pytest

from tests.contract.agreement import DIFFERENCES, OPERATIONS, Difference, agreement_on, is_met, three_judges
from tests.contract.document import Operation
from tests.figures import FIGURES

pytestmark = pytest.mark.no_cover  # tracing would double the time, and what runs here is covered elsewhere


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_all_judges_take_every_valid_request_and_refuse_every_faulty_one(operation: Operation) -> None:
    agreement = agreement_on(operation, three_judges())

    FIGURES["operations covered"] += 1
    FIGURES["generated requests"] += agreement.requests
    FIGURES["agreements"] += agreement.agreements
    FIGURES["known differences met"] += agreement.known_differences
    assert agreement.unexplained == ()


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.fault)
def test_each_known_difference_is_still_there(difference: Difference) -> None:
    FIGURES["named differences"] += 1

    assert is_met(difference, three_judges())
