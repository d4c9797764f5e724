"""What the image keeps of botocore: the descriptions of the operations that are called, and nothing of all others.

A client reads these descriptions whenever it is made. Those of one service are a hundredth of what botocore has, and of
the operations that are called a tenth of that, without their documentation.
"""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

MODEL = "service-2.json"
RULES = "endpoint-rule-set-1.json"
"""How the address of a service follows from the region."""
ENDPOINTS = "endpoints.json"
"""The addresses and regions of every service, by partition: AWS's own regions, China's, GovCloud's."""


class MissingData(RuntimeError):
    """botocore lacks something that is to be kept, so that a client could not be made; the message says what."""


def cut_data(data: Path, wanted: Mapping[str, Collection[str]]) -> None:
    """Drop all of botocore's data but what the operations need that are wanted of each service.

    Files beside the services describe AWS as a whole and stay. Raises `MissingData`.
    """
    prune_services(data, wanted.keys())
    for service, operations in wanted.items():
        _cut_service(data / service, operations)
    if (endpoints := data / ENDPOINTS).exists():
        document = json.loads(endpoints.read_bytes())
        for partition in document["partitions"]:
            partition["services"] = {name: service for name, service in partition["services"].items() if name in wanted}
        _write(endpoints, document)


def prune_services(data: Path, wanted: AbstractSet[str]) -> None:
    """Drop botocore's descriptions of all services but the wanted ones. Raises `MissingData`."""
    present = {directory.name for directory in data.iterdir() if directory.is_dir()}
    if missing := wanted - present:
        raise MissingData(f"botocore has no data for {', '.join(sorted(missing))} in {data}.")
    for name in present - wanted:
        shutil.rmtree(data / name)


def _cut_service(service: Path, operations: Collection[str]) -> None:
    *older, newest = sorted(service.iterdir())  # botocore takes the newest version
    model, rules = _read(newest / MODEL), _read(newest / RULES)
    if missing := set(operations) - model["operations"].keys():
        raise MissingData(f"botocore's {service.name} has no {', '.join(sorted(missing))}.")
    model["operations"] = {name: model["operations"][name] for name in sorted(operations)}
    used = set(_shapes_of(model["operations"], model["shapes"]))
    model["shapes"] = {name: shape for name, shape in model["shapes"].items() if name in used}
    for path in (*older, newest):
        shutil.rmtree(path)
    newest.mkdir()
    _write(newest / MODEL, _without_documentation(model))
    _write(newest / RULES, rules)


def _shapes_of(operations: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[str]:
    """Give the name of every shape that is in the requests, the responses or the errors of operations."""
    found: set[str] = set()
    left = list(_references(operations))
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            yield name
            left += _references(shapes[name])


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("shape"), str):
            yield node["shape"]
        for item in node.values():
            yield from _references(item)


def _without_documentation(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_documentation(item) for item in node]
    if isinstance(node, dict):
        return {
            name: _without_documentation(item)
            for name, item in node.items()
            if name != "documentation" or not isinstance(item, str)  # a property of this name is an object
        }
    return node


def _read(path: Path) -> Any:
    """Return the content of a file of JSON that may be compressed. Raises `MissingData`."""
    compressed = path.with_name(f"{path.name}.gz")
    try:
        content = path.read_bytes() if path.exists() else gzip.decompress(compressed.read_bytes())
    except FileNotFoundError:
        raise MissingData(f"botocore has no {path}.") from None
    return json.loads(content)


def _write(path: Path, document: Any) -> None:
    """Write a file anew: what is there may be linked to the cache that packages are installed from."""
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
