"""How the image starts the function, read from its Dockerfile: what the benchmark starts, and what Lambda starts."""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class EntryPoint(NamedTuple):
    """A command and its variables."""

    command: list[str]
    variables: Mapping[str, str]


def entry_point(dockerfile: Path, root: Path, python: Path) -> EntryPoint:
    """Return what the stage `function` of a Dockerfile runs, where the image's root is `root`."""
    text = dockerfile.read_text(encoding="utf-8").replace("\\\n", " ")
    stage = re.search(r"^FROM \S+ AS function\n(.*?)(?=^FROM )", text, re.DOTALL | re.MULTILINE)
    if stage is None:
        raise ValueError(f"{dockerfile} has no stage of the name function.")
    command: list[str] = []
    for name in ("ENTRYPOINT", "CMD"):
        command += json.loads(re.findall(rf"^{name} (\[.*\])$", stage[1], re.MULTILINE)[-1])
    words = [word for line in re.findall(r"^ENV (.*)$", stage[1], re.MULTILINE) for word in shlex.split(line)]
    variables = dict(word.split("=", 1) for word in words)

    def here(value: str) -> str:
        return re.sub(r"(?<![\w.])/(opt|var/task)(?=[/:]|$)", lambda found: f"{root}/{found[1]}", value)

    return EntryPoint([str(python), *map(here, command[1:])], {name: here(value) for name, value in variables.items()})
