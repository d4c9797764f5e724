"""Where the processor time of a cold start goes, seen from inside the function's process.

    python -m bench.phases MODULE HANDLER

runs the module as the image does, such as `awslambdaric`, with a clock at every import and at what a cold start is made
of. The handler responds to an event `{"phases": ""}` with the milliseconds of each phase up to then; each
phase is without those within it. Imported in each peer's environment, so it needs the standard library only.
"""

# ruff: noqa: E402 — the first reading of the clock is before the first import
import time

_STARTED = time.thread_time_ns()

import importlib
import runpy
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

INTERPRETER, STDLIB, CONTRACT, CLIENT, CONNECTION, REQUEST = (
    "interpreter", "import: standard library", "contract", "client", "connection", "first request",
)  # fmt: skip
IMPORTS = {
    "import: botocore": ("botocore", "boto3", "s3transfer", "urllib3", "jmespath", "dateutil", "six"),
    "import: awslambdaric": ("awslambdaric", "snapshot_restore_py", "simplejson", "runtime_client"),
    "import: own": ("api", "app", "bench", "jsonschema_rs", "orjson", "tzdata"),
}
PHASES = (INTERPRETER, STDLIB, *IMPORTS, CONTRACT, CLIENT, CONNECTION, REQUEST)
TIMED = (
    ("api.openapi.contract", "load", CONTRACT),
    ("botocore.session", "Session.create_client", CLIENT),
    ("ssl", "SSLContext.load_verify_locations", CONNECTION),
    ("ssl", "SSLContext.load_default_certs", CONNECTION),
    ("urllib3.connection", "HTTPSConnection.connect", CONNECTION),
)
"""What is timed when its module is imported: the functions and methods that do most of a phase."""


class _Clock(threading.local):
    """What a thread has spent of the processor's time, in nanoseconds by phase."""

    def __init__(self) -> None:
        self.within = [REQUEST]
        self.since = time.thread_time_ns()
        self.spent: defaultdict[str, int] = defaultdict(int)
        _of_all_threads.append(self.spent)

    def switch(self) -> None:
        """Let what was spent since the last time go to the phase that is under way."""
        now = time.thread_time_ns()
        self.spent[self.within[-1]] += now - self.since
        self.since = now


_of_all_threads: list[Mapping[str, int]] = []
_clock = _Clock()


@contextmanager
def _phase(name: str) -> Iterator[None]:
    """Let the processor time of the block go to a phase, but for what goes to a phase within it."""
    clock = _clock
    clock.switch()
    clock.within.append(name)
    try:
        yield
    finally:
        clock.switch()
        clock.within.pop()


def _milliseconds() -> dict[str, float]:
    _clock.switch()
    return {phase: sum(spent.get(phase, 0) for spent in _of_all_threads) / 1e6 for phase in PHASES}


class _Finder(MetaPathFinder):
    """Finds modules as usual, and times what executes them."""

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        with _phase(_group(name)):
            spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None and hasattr(spec.loader, "exec_module"):
            spec.loader.exec_module = _timed_loading(name, spec.loader)  # type: ignore[method-assign,assignment]
        return spec


def _timed_loading(name: str, loader: Loader) -> Callable[[ModuleType], None]:
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        with _phase(_group(name)):
            load(module)
        for of, path, phase in TIMED:
            if of == name:
                _time(module, path, phase)

    return exec_module


def _group(name: str) -> str:
    top = name.partition(".")[0]
    return next((group for group, packages in IMPORTS.items() if top in packages), STDLIB)


def _time(module: ModuleType, path: str, phase: str) -> None:
    """Replace a function or a method of a module by one that does the same and is timed; there may be none."""
    *owners, name = path.split(".")
    owner: Any = module
    for part in owners:
        owner = getattr(owner, part, None)
    call = getattr(owner, name, None)
    if call is None:
        return

    def timed(*args: Any, **kwargs: Any) -> Any:
        with _phase(phase):
            return call(*args, **kwargs)

    setattr(owner, name, timed)


def main() -> None:
    """Run the module that the command line names."""
    _clock.spent[INTERPRETER], _clock.spent[STDLIB] = _STARTED, _clock.since - _STARTED
    _time(threading, "Thread.run", CONNECTION)  # what runs beside the start opens the connection
    module, handler = sys.argv[1:]
    name, _, function = handler.rpartition(".")

    class Handler(ModuleType):
        """A module whose handler is the real one, imported where the runtime client imports it."""

        def __getattr__(self, attribute: str) -> Any:
            if attribute != "handler":
                raise AttributeError(attribute)
            respond = getattr(importlib.import_module(name), function)

            def reporting(event: dict[str, Any], context: Any) -> Any:
                if "phases" not in event:
                    return respond(event, context)
                return _milliseconds()

            return reporting

    sys.modules["timed_handler"] = Handler("timed_handler")
    sys.meta_path.insert(0, _Finder())
    sys.argv[1:] = ["timed_handler.handler"]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
