"""Pastes blocks of a document into real shells, with stand-ins that record what would have reached AWS."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

SHELLS = [Path(found) for found in (shutil.which("bash"), shutil.which("zsh")) if found]
"""bash, and zsh where it is installed (it is macOS's shell): its tests are not there otherwise."""

_REPOSITORY = {"id": 34, "name": "expenses", "owner": {"login": "acme", "id": 12}}

_STAND_IN = """\
#!{python}
import json, os, sys
name, arguments = os.path.basename(sys.argv[0]), sys.argv[1:]
with open({log!r}, "a") as log:
    print(json.dumps([name, arguments]), file=log)
if name == "curl":
    print({repository!r} if "repos" in " ".join(arguments) else "{{}}")
elif arguments[:2] == ["sts", "get-caller-identity"]:
    print("123456789012")
else:
    print("-".join(arguments[-1:]))
"""


@dataclass(frozen=True)
class Call:
    """One call of the AWS CLI. `options` has no leading hyphens."""

    service: str
    operation: str
    options: dict[str, str]


def blocks(text: str) -> list[str]:
    """Return the blocks of shell, without their indentation."""
    return [dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)]


def paste(shell: Path, script: str, directory: Path, typed: Sequence[str] = ()) -> list[Call]:
    """Run a script in a shell that finds stand-ins for `aws`, `curl` and `pulumi`; return the calls of `aws`.

    `typed` are the lines that a person enters where the script reads.
    """
    log = directory / "calls"
    log.touch()
    tools = directory / "bin"
    tools.mkdir()
    stand_in = _STAND_IN.format(python=sys.executable, log=str(log), repository=json.dumps(_REPOSITORY))
    for name in ("aws", "curl", "pulumi"):
        (tools / name).write_text(stand_in, encoding="utf-8")
        (tools / name).chmod(0o755)
    env = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "HOME": str(directory)}
    entered = "".join(f"{line}\n" for line in typed)
    done = subprocess.run(
        [shell, "-euc", script], env=env, input=entered, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    recorded = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [Call(arguments[0], arguments[1], _options(arguments[2:])) for name, arguments in recorded if name == "aws"]


def _options(arguments: Sequence[str]) -> dict[str, str]:
    return {
        name.removeprefix("--"): value
        for name, value in zip(arguments, [*arguments[1:], ""], strict=True)
        if name[:2] == "--"
    }
