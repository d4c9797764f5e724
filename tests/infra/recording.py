"""Runs infra/__main__.py as Pulumi's Python host does and records what the engine would be asked for."""

import asyncio
import json
import logging
import re
import runpy
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from pulumi.runtime import mocks, rpc, run_in_stack, set_all_config, settings

from tests.infra.provider import Aws

ROOT = Path(__file__).resolve().parents[2]

JSON = "JSON"
"""Stands before what a string holds that is JSON: see `opened`."""

EVERYTHING = {
    "domainName": "api.example.com",
    "hostedZoneId": "Z0A1B2C3",
    "reservedConcurrency": 20,
    "provisionedConcurrency": 2,
    "userPoolTier": "PLUS",
    "mfa": "ON",
    "selfSignUp": True,
    "emailFrom": "expenses@example.com",
    "sesIdentityArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
    "architecture": "x86_64",
    "liveVersion": 3,
    "logLevel": "WARNING",
    "allowedOrigins": ["https://a.example.com", "capacitor://localhost"],
    "callbackUrls": ["myapp://callback"],
}
LEAST = {"userPoolTier": "LITE", "accountLogging": False, "selfSignUp": False, "allowedOrigins": ["*"]}
STACKS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    "everything": ("prod", EVERYTHING),
    "least": ("dev", LEAST),
}
"""The stacks that tests look at: the committed ones, and two that differ from them as far as they can."""

# A program that fails leaves futures that are never awaited; Pulumi's own host silences these too.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Resource:
    """One registration: `inputs` as the engine would get them, and the names of those that have secrets."""

    type: str
    name: str
    urn: str
    inputs: dict[str, Any]
    secrets: frozenset[str]
    request: Any
    """Pulumi's own `RegisterResourceRequest`: what else the engine receives, such as `protect` and `dependencies`."""


@dataclass(frozen=True)
class Recording:
    """What one run of the program asked for, by type and name: registrations arrive in another order each time."""

    components: list[Resource]
    custom: list[Resource]
    """The resources of a provider."""
    outputs: dict[str, Any]
    finished: set[str]
    """The URNs of the components that registered their outputs."""

    def all(self, kind: str) -> list[Resource]:
        """The provider's resources of a kind, such as `LogGroup`."""
        return [r for r in self.custom if r.type.endswith(f":{kind}")]

    def one(self, kind: str) -> Resource:
        """The provider's only resource of a kind."""
        [found] = self.all(kind)
        return found


class _Engine(mocks.MockMonitor):
    """Pulumi's mock of its engine, but it keeps each request whole."""

    def __init__(self, aws: Aws) -> None:
        super().__init__(aws)
        self.registered: dict[str, Any] = {}
        self.finished: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        assert response.urn not in self.registered, "two resources have the same type and name"
        self.registered[response.urn] = request
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        self.finished[request.urn] = request.outputs
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]

    def resource(self, urn: str) -> Resource:
        request = self.registered[urn]
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        return Resource(
            request.type,
            request.name,
            urn,
            {key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()},
            frozenset(key for key, value in inputs.items() if rpc.is_rpc_secret(value)),
            request,
        )


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
    run: Callable[[], object] = program,
) -> Recording:
    """Run the program, or a part of it, for a stack.

    `overrides` are keys of the project, and None removes one; `name` is another name for the stack; `roles` are the IAM
    roles that the account has already.
    """
    own = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    # Pulumi.yaml has the same defaults as the model, and a region.
    given = {"aws:region": "eu-west-1"} | own | {f"expenses:{key}": value for key, value in (overrides or {}).items()}
    config = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items() if value is not None
    }
    engine = _Engine(Aws(roles, preview=preview))
    of_the_run = settings.Settings("expenses", name or stack, monitor=engine, dry_run=preview)
    asyncio.run(_host(of_the_run, config, run))
    [root] = [urn for urn, request in engine.registered.items() if request.type == "pulumi:pulumi:Stack"]
    outputs = rpc.deserialize_properties(engine.finished.pop(root), keep_unknowns=True)
    resources = [engine.resource(urn) for urn in engine.registered if urn != root]
    resources.sort(key=lambda resource: (resource.type, resource.name))
    return Recording(
        [resource for resource in resources if not resource.request.custom],
        [resource for resource in resources if resource.request.custom],
        outputs,
        set(engine.finished),
    )


async def _host(of_the_run: settings.Settings, config: dict[str, str], run: Callable[[], Any]) -> None:
    """Run a program in a task's own context, where the SDK keeps its state, so that runs cannot see each other."""
    settings.configure(of_the_run)
    set_all_config(config)
    loop = asyncio.get_running_loop()
    # The mocks run in a worker, which needs a loop too; one that they make themselves is never closed.
    with closing(asyncio.new_event_loop()) as of_the_worker:
        start = partial(asyncio.set_event_loop, of_the_worker)
        loop.set_default_executor(ThreadPoolExecutor(max_workers=1, initializer=start))
        try:
            await run_in_stack(run)
        finally:
            await loop.shutdown_default_executor()


@cache
def recorded(stack: str, *, preview: bool = False) -> Recording:
    """The recording of one of `STACKS`, made once."""
    return record(*STACKS[stack], preview=preview)


def opened(value: Any) -> Any:
    """The value with each string that is JSON, or a template that ends in JSON, as what it holds."""
    match value:
        case dict():
            return {key: opened(item) for key, item in value.items()}
        case list():
            return [opened(item) for item in value]
        case str():
            text = re.fullmatch(r"(#.*#end)?({.*})", value, re.DOTALL)
            return {JSON: opened(json.loads(text[2]))} if text else value
        case float() if value.is_integer():
            return int(value)  # the engine's protocol has only doubles
    return value
