"""The contract is a valid document of OpenAPI 3.0; `make lint-contract` asks more of it."""

from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.contract.document import CONTRACT


def test_the_contract_is_valid() -> None:
    assert [str(error) for error in OpenAPIV30SpecValidator(CONTRACT).iter_errors()] == []
