"""Serve MiniStack, with its state in a file, until standard input ends: with the process that started this one."""

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack

from local.identity.rules import apply_rules
from local.identity.user_pool import CLIENT_ID
from local.ministack.gate import gate
from local.ministack.state import State

PAUSE_SECONDS = 0.25
"""Between saves, at least; as long as the last one took, if that is longer."""


async def _serve(listener: int, state: State) -> None:
    """Serve at a listening socket, by its file descriptor, and save what has changed again and again."""
    config = Config()
    config.bind = [f"fd://{listener}"]
    config.loglevel = "WARNING"
    config.keep_alive_timeout = 3600
    apply_rules(CLIENT_ID)
    saving = asyncio.create_task(_save(state))
    saving.add_done_callback(_end_unless_cancelled)
    await serve(gate(state.watching(ministack.app)), config, shutdown_trigger=_end)
    saving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saving
    try:
        await state.save()
    except OSError as error:
        sys.exit(f"The last changes are not saved: {error}")


async def _save(state: State) -> None:
    while True:
        try:
            seconds = await state.save()
        except OSError as error:
            seconds = 1
            sys.stderr.write(f"Changes are not saved: {error}\n")
        await asyncio.sleep(max(PAUSE_SECONDS, seconds))


def _end_unless_cancelled(saving: asyncio.Task[None]) -> None:
    """End the process if saving has failed in a way that is not known: what is done then would be lost."""
    if not saving.cancelled():
        sys.stderr.write(f"What is done can no longer be saved: {saving.exception()!r}\n")
        os._exit(1)


async def _end() -> None:
    """Wait until the parent has ended, however it did: its end of the pipe is closed then."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


directory, is_kept = Path(sys.argv[2]), sys.argv[3] == "keep"
state = State(directory / "state.json" if is_kept else None)
try:
    state.load()
except (ValueError, LookupError, TypeError, AttributeError) as error:
    sys.exit(f"{directory}/state.json is damaged: {error}. `make run FRESH=1` forgets it and starts anew.")
asyncio.run(_serve(int(sys.argv[1]), state))
if not is_kept:
    shutil.rmtree(directory)
