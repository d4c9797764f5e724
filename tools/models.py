"""Write api/models.py from openapi.yaml: `python -m tools.models`.

The schemas become types by datamodel-codegen; the parameters of each operation, which it does not know as a request has
them, are added here (decoded, by Python name, defaults filled in), and the bounds of numbers that rules go by.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from api.openapi.document import OperationObject, dereference, operations
from api.openapi.parameters import key_of

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "api" / "models.py"
_TYPES = {"string": "str", "integer": "int", "number": "Decimal", "boolean": "bool"}


def render() -> str:
    """Return the module's text. Raises `CalledProcessError` where a generator fails."""
    contract = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    with TemporaryDirectory() as directory:
        module = Path(directory, "models.py")
        _run("datamodel-codegen", "--output", module)
        types = module.read_text(encoding="utf-8")
        parameters = "\n".join(_parameters(contract, operation) for operation in operations(contract))
        module.write_text("\n\n".join([types, parameters, _maxima(contract)]), encoding="utf-8")
        _run("ruff", "format", "--quiet", "--isolated", "--line-length", "120", module)
        return module.read_text(encoding="utf-8")


def _parameters(contract: Mapping[str, Any], operation: OperationObject) -> str:
    name = "".join(word.capitalize() for word in operation.id.split("_")) + "Parameters"
    description = f'"""The parameters of `{operation.id}`, decoded."""'
    fields = dict(_fields(contract, operation))
    if any(map(iskeyword, fields)):  # which no class can have as an attribute
        return "\n".join(
            [
                f"{name} = TypedDict({name!r}, {{",
                *(f"    {key!r}: {kind}," for key, kind in fields.items()),
                "})",
                description,
                "",
            ]
        )
    attributes = [f"    {key}: {kind}" for key, kind in fields.items()] or ["    pass"]
    return "\n".join([f"class {name}(TypedDict):", f"    {description}", "", *attributes, ""])


def _fields(contract: Mapping[str, Any], operation: OperationObject) -> Iterator[tuple[str, str]]:
    for parameter in operation.parameters:
        schema = dereference(contract, parameter["schema"])
        kind = _type(contract, parameter["schema"])
        is_always_there = parameter.get("required") or "default" in schema
        yield key_of(parameter["name"]), kind if is_always_there else f"NotRequired[{kind}]"


def _maxima(contract: Mapping[str, Any]) -> str:
    schemas = contract["components"]["schemas"]
    maxima = {name: schema["maximum"] for name, schema in schemas.items() if "maximum" in schema}
    return f'MAXIMUM = {maxima!r}\n"""The `maximum` of each number that has a name of its own."""\n'


def _type(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if schema["type"] == "array":
        return f"list[{_type(contract, schema['items'])}]"
    return _TYPES[schema["type"]]


def _run(tool: str, *arguments: str | Path) -> None:
    subprocess.run([Path(sys.executable).with_name(tool), *arguments], cwd=ROOT, check=True)  # noqa: S603


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
