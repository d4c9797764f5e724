"""The list of DynamoDB's operations, which the image is built by, is what the Lambda's modules call."""

import ast
from pathlib import Path

from botocore import xform_name

import api
from api.dynamodb.operations import ALWAYS_RETURNED

NOT_OPERATIONS = {"_endpoint", "meta"}
CLIENTS = {"client", "_client"}
"""What the modules of the Lambda name the client of DynamoDB."""


def called_of_clients() -> set[str]:
    """Return every attribute that some module of the Lambda takes of a client of DynamoDB."""
    modules = Path(str(api.__file__)).parent.rglob("*.py")
    return {
        node.attr
        for module in modules
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and (
            (isinstance(node.value, ast.Name) and node.value.id in CLIENTS)
            or (isinstance(node.value, ast.Attribute) and node.value.attr in CLIENTS)
        )
    }


def test_the_operations_that_the_image_has_are_those_that_are_called() -> None:
    assert called_of_clients() - NOT_OPERATIONS == {xform_name(operation) for operation in ALWAYS_RETURNED}
