"""Pastes blocks of a document into real shells, with stand-ins that record what would have reached AWS."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

SHELLS = [found for found in (shutil.which("bash"), shutil.which("zsh")) if found]
"""bash, and zsh where it is installed (it is macOS's shell): its tests are not there otherwise."""

STAND_INS = f"""
aws() {{
  {sys.executable} -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@" >>"$HOME/calls"
  if [ "$2" = get-caller-identity ]; then echo 123456789012; else printf '%s\\n' "${{@: -1}}"; fi
}}
curl() {{ echo '{{"id": 34, "name": "expenses", "owner": {{"login": "acme", "id": 12}}}}'; }}
pulumi() {{ echo "${{@: -1}}"; }}
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


def paste(shell: str, script: str, directory: Path, typed: Sequence[str] = ()) -> list[Call]:
    """Run a script in a shell and return its calls of `aws`.

    `typed` are the lines that a person enters where the script reads.
    """
    entered = "".join(f"{line}\n" for line in typed)
    command, environment = [shell, "-euc", STAND_INS + script], {"PATH": os.environ["PATH"], "HOME": str(directory)}
    done = subprocess.run(
        command, env=environment, input=entered, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    recorded = [json.loads(line) for line in (directory / "calls").read_text(encoding="utf-8").splitlines()]
    return [
        Call(service, operation, {name[2:]: value for name, value in pairwise([*rest, ""]) if name.startswith("--")})
        for service, operation, *rest in recorded
    ]
