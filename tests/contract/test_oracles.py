"""Three implementations of OpenAPI oracle requests that are generated from the contract: they must agree."""

import pytest

from tests.contract.agreement import DIFFERENCES, OPERATIONS, Difference, agreement_on, is_met, three_oracles
from tests.contract.document import Operation
from tests.figures import FIGURES

pytestmark = pytest.mark.no_cover  # tracing would double the time, and what runs here is covered elsewhere


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_all_oracles_take_every_valid_request_and_refuse_every_violating_one(operation: Operation) -> None:
    agreement = agreement_on(operation, three_oracles())

    FIGURES["operations covered"] += 1
    FIGURES["generated requests"] += agreement.requests
    FIGURES["agreements"] += agreement.agreements
    FIGURES["known differences met"] += agreement.known_differences
    assert agreement.unexplained == ()


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.violation)
def test_each_known_difference_is_still_there(difference: Difference) -> None:
    FIGURES["named differences"] += 1

    assert is_met(difference, three_oracles())
