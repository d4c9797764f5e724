"""What the Lambda's image is built from."""

import hashlib
from collections.abc import Iterator
from pathlib import Path


def source_tag(root: Path, platform: str) -> str:
    """Return the tag of the image that this source makes on this platform: the same on every machine."""
    digest = hashlib.sha256(f"{platform}\0".encode())
    for path in sorted(_files(root)):
        content = path.read_bytes()
        mode = path.stat().st_mode & 0o777
        digest.update(f"{path.relative_to(root).as_posix()}\0{mode:o}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:32]


def _files(root: Path) -> Iterator[Path]:
    """Yield the files that the build gets to see: .dockerignore shuts out all but what it names after a `!`."""
    ignore_file = root / ".dockerignore"
    yield from (root / "Dockerfile", ignore_file)
    for line in ignore_file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("!"):
            continue
        path = root / line.removeprefix("!")
        if path.is_dir():
            yield from (inner for inner in path.rglob("*") if inner.is_file() and "__pycache__" not in inner.parts)
        else:
            yield path
