"""An OpenAPI 3.0 document, compiled: which operation a request is for.

What can be decided at start is decided at start: an unsupported contract stops the service there, never a request.
https://spec.openapis.org/oas/v3.0.3
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from api.openapi.document import operations
from api.openapi.errors import NoSuchOperation
from api.openapi.operation import HttpRequest, Operation, Request, Response
from api.openapi.schema import Schemas

__all__ = ["Contract", "HttpRequest", "Operation", "Request", "Response", "load"]


class Contract:
    """The whole contract, ready for requests.

    contract = Contract(json.loads(Path("openapi.json").read_bytes()))
    operation = contract.match("/pets/{pet_id}", "GET")
    request = operation.parse(http_request)         # raises a RequestError
    response = functions[operation.id](request)
    operation.validate(response)                    # raises ContractViolation
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Compile a parsed OpenAPI 3.0 document. Raises `UnsupportedContract`."""
        self.version: str = document["info"]["version"]
        self.schemas: Mapping[str, Mapping[str, Any]] = document.get("components", {}).get("schemas", {})
        """The component schemas by name, as the document writes them."""
        schemas = Schemas(self.schemas)
        self._operations = {
            (operation.path, operation.method.upper()): Operation(operation, schemas)
            for operation in operations(document)
        }

    @property
    def operations(self) -> Collection[Operation]:
        """Every operation."""
        return self._operations.values()

    @property
    def response_headers(self) -> frozenset[str]:
        """The name of every header that some response has."""
        return frozenset().union(*(operation.response_headers for operation in self.operations))

    def match(self, resource: str, method: str) -> Operation:
        """Return the operation at a resource, for a method in upper case. Raises `NoSuchOperation`.

        `resource` is the path as the document writes it: a router in front, such as API Gateway, has found it.
        """
        operation = self._operations.get((resource, method))
        if operation is None:
            raise NoSuchOperation
        return operation


def load(directory: Path) -> Contract:
    """Compile the contract in a directory: its JSON copy, which the image build makes, or else openapi.yaml."""
    copy = directory / "openapi.json"
    if copy.exists():
        return Contract(json.loads(copy.read_bytes()))
    import yaml  # noqa: PLC0415 — only where there is no copy: the image has no PyYAML

    return Contract(yaml.safe_load((directory / "openapi.yaml").read_text(encoding="utf-8")))
