"""Stand-ins for the images that the Dockerfile starts from, where no registry can be reached.

Debian by mmdebstrap with this machine's Python 3.13 under /usr/local, as the official image has it, and Lambda's
emulator where AWS's image has it. They go into a store of their own, never into the one that podman uses otherwise.
"""

import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tools.emulator import BINARY

PYTHON_IMAGE = "docker.io/library/python:3.13-slim-bookworm"
EMULATOR_IMAGE = "public.ecr.aws/lambda/python:3.13"
LIBRARIES = (
    "ca-certificates,libbz2-1.0,libexpat1,libffi8,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1,tzdata"
)
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Podman:
    """podman without a daemon, with its images in a directory."""

    directory: Path

    def command(self, *arguments: str) -> list[str]:
        """Return the command line; runc, because older versions of crun refuse some machines' control groups."""
        places = ("--root", str(self.directory / "images"), "--runroot", str(self.directory / "run"))
        return ["podman", *places, "--runtime", "runc", "--cgroup-manager", "cgroupfs", *arguments]

    def has(self, image: str) -> bool:
        """Return whether there is an image of this name."""
        return subprocess.run(self.command("image", "exists", image), check=False).returncode == 0  # noqa: S603

    def output(self, *arguments: str) -> str:
        """Return what a command prints. Raises `CalledProcessError`, whose `stderr` says why."""
        return subprocess.run(  # noqa: S603
            self.command(*arguments), check=True, capture_output=True, text=True
        ).stdout


def provide(podman: Podman, python: Path) -> None:
    """Make the stand-ins that are not there yet, with a Python of the image's version.

    Raises `CalledProcessError`, whose `stderr` says why.
    """
    podman.directory.mkdir(parents=True, exist_ok=True)
    if not podman.has(PYTHON_IMAGE):
        archive = podman.directory / "python.tar"
        _debian_with(python, archive)
        podman.output("import", str(archive), PYTHON_IMAGE)
        archive.unlink()
    if not podman.has(EMULATOR_IMAGE):
        archive = podman.directory / "emulator.tar"
        with tarfile.open(archive, "w") as contents:
            contents.add(BINARY, "usr/local/bin/aws-lambda-rie")
        podman.output("import", str(archive), EMULATOR_IMAGE)
        archive.unlink()


def _debian_with(python: Path, archive: Path) -> None:
    """Make a Debian with a copy of a Python, without its bytecode and tests, as the official slim image is."""
    prefix = python.resolve().parents[1]
    left_out = ("__pycache__", f"lib/{python.name}/test", f"lib/{python.name}/site-packages/_*", "lib/*/config-*")
    excludes = " ".join(f"--exclude='{pattern}'" for pattern in left_out)
    hooks = [
        f'tar -C {prefix} {excludes} -c bin lib | tar -C "$1/usr/local" -x',
        'chroot "$1" ldconfig',
        f'cp {CERTIFICATES} "$1{CERTIFICATES}"',
        f'printf "[global]\\ncert = {CERTIFICATES}\\n" > "$1/etc/pip.conf"',
    ]
    subprocess.run(  # noqa: S603
        [  # noqa: S607
            "mmdebstrap",
            *("--quiet", "--variant=minbase", f"--include={LIBRARIES}"),
            *(f"--customize-hook={hook}" for hook in hooks),
            *("bookworm", str(archive)),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
