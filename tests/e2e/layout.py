"""What the image adds to its base, laid out on this machine by the script that lays out the image."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.emulator import REPOSITORY
from tools.image_layout import DEPENDENCIES
from tools.wheels import unpack

SCRIPT = REPOSITORY / "tools" / "image_layout.py"
LOCK = REPOSITORY / "requirements" / "runtime.txt"


def lay_out(root: Path) -> None:
    """Lay out the function in an empty directory. The dependencies are kept, and only linked to."""
    (root / DEPENDENCIES).parent.mkdir(parents=True)
    (root / DEPENDENCIES).symlink_to(_dependencies() / DEPENDENCIES)
    _run("task", root)


def _dependencies() -> Path:
    """Return where the dependencies are laid out; a directory for each lock, script and interpreter."""
    state = hashlib.blake2b(LOCK.read_bytes() + SCRIPT.read_bytes() + sys.version.encode(), digest_size=8).hexdigest()
    kept = REPOSITORY / ".tools" / f"layout-{state}"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, ignore_cleanup_errors=True) as directory:
            new = Path(directory, "root")
            unpack(LOCK, new / DEPENDENCIES)
            _run("dependencies", new)
            try:
                new.rename(kept)
            except OSError:
                assert kept.exists(), "another test run was to have been quicker"
    return kept


def _run(part: str, root: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, SCRIPT, part, root, "--source", REPOSITORY], check=True, env=environment)
