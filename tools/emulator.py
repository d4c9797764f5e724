"""Fetch Lambda's Runtime Interface Emulator into .tools: `make tools`.

AWS publishes it inside the wheel of aws-sam-cli, which is locked by its hash in requirements/emulator.txt. No container
engine is needed to run it. https://docs.aws.amazon.com/lambda/latest/dg/images-test.html
"""

import platform
import sys
import tempfile
from pathlib import Path

from tools.wheels import WheelsUnavailable, unpack

REPOSITORY = Path(__file__).parents[1]
BINARY = REPOSITORY / ".tools" / "aws-lambda-rie"
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64"}
"""The emulator's name for each name of a machine."""


class NoEmulator(RuntimeError):
    """The emulator is not available here; the message says why."""


def fetch(binary: Path = BINARY) -> None:
    """Put the emulator for this machine at `binary`. Raises `NoEmulator`."""
    architecture = ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or architecture is None:
        raise NoEmulator(f"There is no Lambda emulator for {sys.platform} on {platform.machine()}.")
    binary.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=binary.parent) as directory:
        try:
            unpack(REPOSITORY / "requirements" / "emulator.txt", Path(directory))
        except WheelsUnavailable as reason:
            raise NoEmulator(str(reason)) from None
        found = Path(directory, "samcli/local/rapid", f"aws-lambda-rie-{architecture}")
        if not found.exists():
            raise NoEmulator(f"The wheel of aws-sam-cli has no {found.name} any more.")
        found.chmod(0o755)
        found.replace(binary)


if __name__ == "__main__":
    try:
        fetch()
    except NoEmulator as reason:
        sys.exit(str(reason))
