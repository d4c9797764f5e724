"""Binding: a contract and functions that don't match never serve a request."""

from types import ModuleType
from typing import Any

import pytest

from api.expenses import operations as expenses
from api.gateway.dispatcher import UnboundContract, bind
from api.health import operations as health
from api.openapi.contract import Contract, Response
from tests.gateway import CONTRACT


def module_of(**functions: Any) -> ModuleType:
    module = ModuleType("made_up")
    for name, function in functions.items():
        function.__module__ = "made_up"
        setattr(module, name, function)
    return module


def contract_of(**security: Any) -> Contract:
    answers = {"200": {"description": "Done."}}
    paths = {
        f"/{name}": {"get": {"operationId": name, "security": requirement, "responses": answers}}
        for name, requirement in security.items()
    }
    return Contract({"info": {"version": "1"}, "paths": paths})


def with_caller(_request: object, _service: object, _caller: object) -> Response:
    return Response(200)


def without_caller(_request: object, _service: object) -> Response:
    return Response(200)


def test_every_operation_of_the_contract_has_its_function() -> None:
    bound = bind(Contract(CONTRACT), [expenses, health])
    named = {o["operationId"] for item in CONTRACT["paths"].values() for o in item.values() if "operationId" in o}
    assert bound.keys() == named


@pytest.mark.parametrize(
    ("contract", "module", "reason"),
    [
        (contract_of(find=[{"x": []}]), module_of(), "the operation find has no function"),
        (contract_of(), module_of(find=with_caller), "the function find has no operation"),
        (contract_of(find=[]), module_of(find=with_caller), "find takes a caller but is public"),
        (contract_of(find=[{"x": []}]), module_of(find=without_caller), "find takes no caller but is not public"),
        (contract_of(find=None), module_of(find=without_caller), "find takes no caller but is not public"),
    ],
)
def test_a_mismatch_of_contract_and_functions_stops_the_service_at_start(
    contract: Contract, module: ModuleType, reason: str
) -> None:
    with pytest.raises(UnboundContract, match=reason):
        bind(contract, [module])


def test_every_mismatch_is_told_at_once() -> None:
    with pytest.raises(UnboundContract, match="a has no function; the operation b has no function"):
        bind(contract_of(a=[], b=[]), [module_of()])


def test_what_a_module_imports_or_keeps_to_itself_is_no_operation() -> None:
    module = module_of(_private=without_caller)
    module.imported = contract_of  # type: ignore[attr-defined]
    assert bind(contract_of(), [module]) == {}
