"""The parameters of operations are typed: mypy, which `make check` runs over this module, finds a misspelt name.

Each `type: ignore` is an error that mypy must find here; one that it does not find is an unused one, which it reports.
"""

from typing import TYPE_CHECKING, NotRequired, get_origin, get_type_hints

from api.models import ListExpensesParameters
from api.openapi.document import operations
from api.openapi.parameters import key_of
from tests.contract.document import CONTRACT

if TYPE_CHECKING:
    from api.expenses.filters import Filters
    from api.openapi.contract import Request

    def _misspelt(request: Request[ListExpensesParameters, None]) -> None:
        given = request.parameters
        Filters(category=given["category"])
        Filters(category=given["catgeory"])  # type: ignore[typeddict-item]
        Filters(category=given.get("catgeory"))  # type: ignore[arg-type]
        Filters(year=given["category"])  # type: ignore[arg-type]


def test_each_parameter_of_an_operation_has_its_type() -> None:
    names = {
        key_of(parameter["name"])
        for operation in operations(CONTRACT)
        if operation.id == "list_expenses"
        for parameter in operation.parameters
    }
    hints = get_type_hints(ListExpensesParameters, include_extras=True)
    assert hints.keys() == names
    assert {name for name, hint in hints.items() if get_origin(hint) is not NotRequired} == {"sort", "limit", "cursor"}
