"""Runs infra/__main__.py as Pulumi's Python host does and records what the engine would be asked for.

Each run has its own `contextvars` context and event loop: the SDK keeps its stack, settings and configuration in
context variables, so that runs cannot see each other.
"""

import asyncio
import contextvars
import functools
import json
import logging
import runpy
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pulumi.runtime import mocks, rpc, set_all_config, settings
from pulumi.runtime.stack import run_in_stack

from tests.infra.provider import Aws

ROOT = Path(__file__).resolve().parents[2]
STACK_TYPE = "pulumi:pulumi:Stack"

# A program that fails leaves futures that are never awaited; Pulumi's own host silences these too.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)


@dataclass
class Resource:
    """One registration: `inputs` as the engine would get them, and the names of those that have secrets."""

    type: str
    name: str
    urn: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    secrets: frozenset[str]
    request: Any
    """Pulumi's own `RegisterResourceRequest`: what else the engine receives, such as `protect` and `dependencies`."""


@dataclass
class Recording:
    """All that one run of the program asked for, in an order that does not change from run to run."""

    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    finished: set[str] = field(default_factory=set)

    @property
    def components(self) -> list[Resource]:
        """The program's own components."""
        return [r for r in self.resources if r.type.startswith("expenses:")]

    @property
    def custom(self) -> list[Resource]:
        """The resources of a provider, without the components that group them."""
        return [r for r in self.resources if not r.type.startswith("expenses:")]

    def all(self, kind: str) -> list[Resource]:
        """The provider's resources of a kind, such as `LogGroup`."""
        return [r for r in self.custom if r.type.endswith(f":{kind}")]

    def one(self, kind: str) -> Resource:
        """The provider's only resource of a kind."""
        found = self.all(kind)
        assert len(found) == 1, f"{kind}: {[r.name for r in found]}"
        return found[0]


class _Engine(mocks.MockMonitor):
    """Pulumi's mock of its engine, but it keeps each registration whole."""

    def __init__(self, aws: Aws, recording: Recording) -> None:
        super().__init__(aws)
        self._recording = recording
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type == STACK_TYPE:
            return response
        raw = rpc.deserialize_properties(request.object, keep_unknowns=True)
        resource = Resource(
            request.type,
            request.name,
            response.urn,
            inputs={key: _plain(value) for key, value in raw.items()},
            outputs=_plain(self.resources[response.urn].state),
            secrets=frozenset(key for key, value in raw.items() if _has_secret(value)),
            request=request,
        )
        with self._lock:
            self._recording.resources.append(resource)
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        if f"::{STACK_TYPE}::" in request.urn:
            self._recording.outputs = _plain(rpc.deserialize_properties(request.outputs, keep_unknowns=True))
        else:
            with self._lock:
                self._recording.finished.add(request.urn)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def _has_secret(value: Any) -> bool:
    if rpc.is_rpc_secret(value):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_secret(item) for item in inner)


def _plain(value: Any) -> Any:
    """Unwrap secrets, and turn numbers without a fraction back into integers: the protocol has only doubles."""
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def stack_config(stack: str) -> dict[str, str]:
    """The configuration as the CLI passes it: Pulumi.yaml's defaults, then the stack's own file, all as text."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    values = {
        key if ":" in key else f"{project['name']}:{key}": declared.get("value", declared.get("default"))
        for key, declared in project["config"].items()
    } | own
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def program() -> None:
    """Run infra/__main__.py."""
    runpy.run_path(str(ROOT / "infra"), run_name="__main__")


def record(
    stack: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    preview: bool = False,
    name: str = "",
    roles: tuple[str, ...] = (),
    run: Callable[[], None] = program,
) -> Recording:
    """Run the program, or a part of it, for a stack.

    `overrides` are keys of the project, and None removes one; `name` is another name for the stack; `roles` are the IAM
    roles that the account has already.
    """
    config = stack_config(stack)
    for key, value in (overrides or {}).items():
        full = key if ":" in key else f"expenses:{key}"
        config.pop(full, None)
        if value is not None:
            config[full] = value if isinstance(value, str) else json.dumps(value)
    aws = Aws(config.get("aws:region", "eu-west-1"), roles, preview=preview)
    recording = Recording(calls=aws.calls)
    contextvars.copy_context().run(_run, run, name or stack, config, _Engine(aws, recording), aws, preview=preview)
    urns = [resource.urn for resource in recording.resources]
    assert len(urns) == len(set(urns)), "two resources have the same type and name"
    # Registrations arrive in an order that differs between processes.
    recording.resources.sort(key=lambda resource: (resource.type, resource.name))
    recording.calls.sort()
    return recording


@functools.cache
def recorded(stack: str, *, preview: bool = False) -> Recording:
    """The recording of a committed stack, made once; a test that changes it works on a copy."""
    return record(stack, preview=preview)


def _run(
    run: Callable[[], None],
    stack: str,
    config: dict[str, str],
    engine: _Engine,
    aws: Aws,
    *,
    preview: bool,
) -> None:
    with _event_loop() as loop:
        settings.SETTINGS.outputs = set()
        settings.SETTINGS.lock = threading.Lock()
        # `set_mocks` makes a root stack unless there is one; `run_in_stack` is to make the only one.
        settings.set_root_resource(object())  # type: ignore[arg-type]
        mocks.set_mocks(aws, project="expenses", stack=stack, preview=preview, monitor=engine)
        settings.set_root_resource(None)  # type: ignore[arg-type]
        set_all_config(config)
        loop.run_until_complete(run_in_stack(run))


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop whose worker has a loop too, as the mocks need; both are closed at the end, which the mocks forget."""
    loops = [asyncio.new_event_loop()]

    def start_worker() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    with ThreadPoolExecutor(max_workers=1, initializer=start_worker) as worker:
        asyncio.set_event_loop(loops[0])
        loops[0].set_default_executor(worker)
        try:
            yield loops[0]
        finally:
            worker.shutdown()
            asyncio.set_event_loop(None)
            for loop in loops:
                loop.close()
