"""`make` makes the environment, and mends it: each kind of damage, with a stand-in for uv that installs in no time."""

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.system import ROOT
from tools.environment import Environment

MAKE = shutil.which("make") or ""
PYTHON = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
UV = """#!/bin/sh
[ "$1" = cache ] && { echo "$HOME/.cache/uv"; exit; }
echo "uv $* UV_NO_CACHE=$UV_NO_CACHE" >> calls
[ -e refuses ] && exit 1
case "$*" in *ministack*) inner=/ministack ;; esac
mkdir -p .venv$inner/lib/python*/site-packages/half
[ -e hangs ] && exec sleep 60
[ -e fails ] && exit 1
mv .venv$inner/lib/python*/site-packages/half .venv$inner/lib/python*/site-packages/whole$$
"""
"""Leaves half a package where it is stopped: the file `hangs` makes it wait there, `fails` makes it fail there, and
`refuses` before it has done anything."""
NO_PIP = "import sys; sys.exit(1)"
PIP_OF_THE_BASE = """
import pathlib, shutil, sys
if "--python" not in sys.argv:
    sys.exit(1)
if "install" in sys.argv:
    shutil.copy("bin/uv", ".venv/bin/uv")
"""

NEEDS_NO_UV = pytest.mark.skipif(bool(shutil.which("uv", path="/usr/bin:/bin")), reason="this machine has uv")

pytestmark = pytest.mark.skipif(not MAKE, reason="make is not installed")


INSTALLING = """\
Installing what is needed into .venv, this once.
Installing MiniStack, which is AWS on this machine, into .venv/ministack, this once.
"""


class Checkout:
    """A checkout with nothing in it but what makes the environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("Makefile", "pyproject.toml", "tools/__init__.py", "tools/environment.py"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
        (root / "requirements").mkdir()
        for name in ("local", "dev", "ministack", "uv"):
            (root / f"requirements/{name}.txt").write_text(f"{name}==1\n")
        self.write("ensurepip.py", "")
        self.uv = self.write("path/uv", UV)

    def write(self, name: str, content: str = "") -> Path:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)
        return path

    def start(self, target: str = ".venv/.local", **environment: str) -> "subprocess.Popen[str]":
        variables = {"PATH": f"{self.root}/path:/usr/bin:/bin", "HOME": str(self.root), **environment}
        return subprocess.Popen(
            [MAKE, f"PYTHON={PYTHON}", target],
            cwd=self.root,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def make(self, target: str = ".venv/.local", **environment: str) -> tuple[int, str]:
        process = self.start(target, **environment)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    def interrupt(self, process: "subprocess.Popen[str]") -> None:
        """Press Ctrl-C when half a package is installed."""
        deadline = time.monotonic() + 30
        while not self.packages and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)
        (self.root / "hangs").unlink()

    @property
    def packages(self) -> list[str]:
        return [path.name.rstrip("0123456789") for path in self.root.glob(".venv/lib/*/site-packages/*")]

    @property
    def syncs(self) -> int:
        calls = (self.root / "calls").read_text().splitlines()
        return sum(" sync " in call and "ministack" not in call for call in calls)

    def is_whole(self) -> bool:
        return self.packages == ["whole"]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / "a directory").mkdir()
    return Checkout(tmp_path / "a directory")


def test_the_environment_is_made_once(checkout: Checkout) -> None:
    assert checkout.make() == (0, INSTALLING)
    assert checkout.make() == (0, "")
    assert checkout.is_whole()


def test_aws_has_an_environment_of_its_own_inside(checkout: Checkout) -> None:
    checkout.make()

    assert len(list(checkout.root.glob(".venv/ministack/lib/*/site-packages/whole*"))) == 1
    assert checkout.is_whole()


def test_a_changed_lock_is_installed_into_the_same_environment(checkout: Checkout) -> None:
    checkout.make()
    checkout.write("requirements/local.txt", "local==2\n")

    assert checkout.make() == (0, "")
    assert (checkout.syncs, checkout.packages) == (2, ["whole", "whole"])


def test_make_run_keeps_the_tools_of_make_test(checkout: Checkout) -> None:
    checkout.make(".venv/.ready")
    checkout.make(".venv/.local")

    assert checkout.syncs == 1


@pytest.mark.parametrize("target", [".venv/.local", ".venv/.ready"])
def test_an_installation_that_was_cut_off_is_made_anew(checkout: Checkout, target: str) -> None:
    checkout.write("hangs")
    checkout.interrupt(checkout.start(target))
    assert checkout.packages == ["half"]

    status, output = checkout.make(target)

    assert (status, "this once" in output) == (0, True)
    assert "half" not in checkout.packages


def test_a_creation_that_was_cut_off_is_made_anew(checkout: Checkout) -> None:
    checkout.write("ensurepip.py", "import pathlib, time; pathlib.Path('hangs').touch(); time.sleep(60)")
    process = checkout.start()
    while not (checkout.root / "hangs").exists():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    (checkout.root / "hangs").unlink()
    checkout.write("ensurepip.py", "")

    assert checkout.make()[0] == 0
    assert checkout.is_whole()


def no_interpreter(checkout: Checkout) -> None:
    (checkout.root / ".venv/bin/python").unlink()
    (checkout.root / ".venv/bin/python").symlink_to("/nonexistent/python3.11")


def another_version(checkout: Checkout) -> None:
    (checkout.root / ".venv/bin/python").unlink()
    checkout.write(".venv/bin/python", f"#!/bin/sh\necho '{checkout.root}/.venv (3, 99)'\n")


def an_older_makefile(checkout: Checkout) -> None:
    (checkout.root / ".venv/.made").unlink()


def another_directory(checkout: Checkout) -> None:
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))


@pytest.mark.parametrize("damage", [no_interpreter, another_version, an_older_makefile, another_directory])
def test_a_broken_environment_is_made_anew(checkout: Checkout, damage: Callable[[Checkout], None]) -> None:
    checkout.make()
    damage(checkout)

    assert checkout.make() == (0, INSTALLING)
    assert checkout.is_whole()


def test_a_download_that_fails_leaves_the_environment_as_it_was(checkout: Checkout) -> None:
    checkout.make()
    lock = checkout.write("requirements/local.txt", "local==2\n")
    checkout.write("refuses")
    assert checkout.make()[0] == 2

    lock.write_text("local==1\n")
    assert checkout.make() == (0, "")


def test_an_installation_that_fails_half_way_is_made_anew(checkout: Checkout) -> None:
    checkout.make()
    checkout.write("requirements/local.txt", "local==2\n")
    failing = checkout.write("fails")
    assert checkout.make()[0] == 2
    failing.unlink()

    checkout.make()
    assert checkout.is_whole()


def test_two_at_once_make_one_environment(checkout: Checkout) -> None:
    first, second = checkout.start(), checkout.start()
    outputs = sorted(process.communicate(timeout=60)[0] for process in (first, second))

    assert outputs == [
        INSTALLING,
        "Waiting for another make, which is installing.\n",
    ]
    assert (checkout.syncs, checkout.is_whole()) == (1, True)


@NEEDS_NO_UV
def test_a_python_without_ensurepip_gets_uv_by_its_own_pip(checkout: Checkout) -> None:
    checkout.uv.rename(checkout.write("bin/uv"))
    checkout.write("ensurepip.py", NO_PIP)
    checkout.write("pip.py", PIP_OF_THE_BASE)

    assert checkout.make()[0] == 0
    assert checkout.is_whole()


@NEEDS_NO_UV
def test_a_python_without_any_installer_names_what_to_install_each_time(checkout: Checkout) -> None:
    uv = checkout.uv.rename(checkout.root / "uv")
    checkout.write("ensurepip.py", NO_PIP)
    checkout.write("pip.py", NO_PIP)
    for _ in range(2):
        status, output = checkout.make()
        assert (status, "apt install python3-venv" in output) == (2, True)

    uv.rename(checkout.uv)
    assert checkout.make()[0] == 0
    assert checkout.is_whole()


def test_a_home_that_cannot_be_written_to_needs_no_cache(checkout: Checkout) -> None:
    assert checkout.make(HOME=os.devnull)[0] == 0
    assert "UV_NO_CACHE=1" in (checkout.root / "calls").read_text()


def test_packages_of_elsewhere_stay_out(checkout: Checkout) -> None:
    checkout.write("elsewhere/hashlib.py", "raise SystemExit('PYTHONPATH was read')")

    assert checkout.make(PYTHONPATH=str(checkout.root / "elsewhere"))[0] == 0


def test_a_python_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(sys, "version", "3.9.2 (main)")

    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed; this is 3\.9\.2\."):
        Environment(tmp_path).ensure("local")


def test_a_python_that_is_too_old_can_read_what_names_it() -> None:
    source = (ROOT / "tools" / "environment.py").read_text(encoding="utf-8")

    assert ast.parse(source, feature_version=(3, 8)).body
